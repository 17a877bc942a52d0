//! Text fit for a terminal: harmless, of a known width, cut at the right end.

use std::borrow::Cow;

use jiff::Timestamp;
use unicode_segmentation::UnicodeSegmentation as _;
use unicode_width::UnicodeWidthStr as _;

/// Makes text from outside harmless: characters that a terminal would act on, that would reorder
/// the line, or that cannot be seen, become visible. `␛` stands for an escape character; in ASCII
/// every other character is spelt out, as `\u{e9}`.
pub fn clean(text: &str, ascii: bool) -> Cow<'_, str> {
    let is_plain = |c: char| {
        if ascii {
            matches!(c, ' '..='~')
        } else {
            !is_harmful(c)
        }
    };
    if text.chars().all(is_plain) {
        return Cow::Borrowed(text);
    }
    let mut cleaned = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            c if is_plain(c) => cleaned.push(c),
            // Two names that differ must not look the same.
            c if ascii => cleaned.extend(c.escape_unicode()),
            c => cleaned.push(harmless(c)),
        }
    }
    cleaned.into()
}

/// A character, or what is shown in place of a harmful one.
pub fn harmless(c: char) -> char {
    match c {
        // The control pictures stand in the order of the control characters.
        '\0'..='\x1f' => char::from_u32(0x2400 + u32::from(c)).unwrap_or('�'),
        '\x7f' => '␡',
        c if is_harmful(c) => '�',
        c => c,
    }
}

/// Control characters, bidirectional overrides and isolates, zero-width characters that join
/// nothing visible, line and paragraph separators, and the tag characters.
fn is_harmful(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '\u{ad}'
                | '\u{61c}'
                | '\u{180e}'
                | '\u{200b}'
                | '\u{200e}'..='\u{200f}'
                | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}'
                | '\u{feff}'
                | '\u{fff9}'..='\u{fffb}'
                | '\u{e0000}'..='\u{e007f}'
        )
}

/// Columns that text takes on the screen.
pub fn width(text: &str) -> usize {
    text.width()
}

/// Text in at most `max` columns, its end cut off and marked.
pub fn cut_end<'a>(text: &'a str, max: usize, ellipsis: &str) -> Cow<'a, str> {
    if width(text) <= max {
        return Cow::Borrowed(text);
    }
    let room = max.saturating_sub(width(ellipsis));
    let kept = take_columns(text.graphemes(true), room);
    format!("{}{ellipsis}", kept.concat()).into()
}

/// Text in at most `max` columns, its beginning cut off and marked: of a long prefix the end tells
/// one from the other.
pub fn cut_start<'a>(text: &'a str, max: usize, ellipsis: &str) -> Cow<'a, str> {
    if width(text) <= max {
        return Cow::Borrowed(text);
    }
    let room = max.saturating_sub(width(ellipsis));
    let mut kept = take_columns(text.graphemes(true).rev(), room);
    kept.reverse();
    format!("{ellipsis}{}", kept.concat()).into()
}

fn take_columns<'a>(graphemes: impl Iterator<Item = &'a str>, room: usize) -> Vec<&'a str> {
    let mut used = 0;
    graphemes
        .take_while(|grapheme| {
            used += width(grapheme);
            used <= room
        })
        .collect()
}

/// How long before `now` something was, in at most eight columns: `12m ago`.
pub fn age(then: Timestamp, now: Timestamp) -> String {
    const STEPS: [(i64, &str); 4] = [(365 * 86_400, "y"), (86_400, "d"), (3_600, "h"), (60, "m")];
    let seconds = now.as_second() - then.as_second();
    STEPS
        .iter()
        .find(|(length, _)| seconds >= *length)
        .map_or_else(
            || "just now".into(),
            |(length, unit)| format!("{}{unit} ago", seconds / length),
        )
}

/// The time of day, in UTC: `14:03:22`.
pub fn clock(time: Timestamp) -> String {
    time.strftime("%H:%M:%S").to_string()
}

/// Date and time, in UTC: `2015-09-15 13:24:35 UTC`.
pub fn date(time: Timestamp) -> String {
    time.strftime("%Y-%m-%d %H:%M:%S UTC").to_string()
}
