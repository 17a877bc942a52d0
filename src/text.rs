//! Text for a terminal: escapes harmful characters, measures the width, truncates at either end.
//!
//! Everything that comes from EC2, a file or a person goes through [`clean`] or one of the `keep_…`
//! functions before it reaches a terminal.

mod harmful;
mod time;
pub mod words;

use std::borrow::Cow;

use jiff::{SignedDuration, Timestamp};
use unicode_segmentation::UnicodeSegmentation as _;
use unicode_width::UnicodeWidthStr as _;

pub use harmful::{replacement, scan};
pub use time::{TimeCells, TimeStyle};

/// The characters that may be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Charset {
    /// All visible characters.
    Unicode,
    /// The printable characters of ASCII.
    Ascii,
}

impl Charset {
    /// The mark for truncated text.
    pub fn ellipsis(self) -> &'static str {
        match self {
            Self::Unicode => "…",
            Self::Ascii => "...",
        }
    }
}

/// Whether a character is printable ASCII.
fn is_plain(c: char) -> bool {
    matches!(c, ' '..='~')
}

/// Makes external text harmless: characters that a terminal would interpret, that would reorder
/// the line, or that are invisible, become visible. `␛` replaces an escape character; in ASCII
/// every other character is escaped, as `\u{e9}`, and the backslash, as `\\`.
pub fn clean(text: &str, charset: Charset) -> Cow<'_, str> {
    let is_unchanged = |c| is_plain(c) && (charset == Charset::Unicode || c != '\\');
    if text.chars().all(is_unchanged) {
        return Cow::Borrowed(text);
    }
    match charset {
        Charset::Unicode => replace_harmful(text, harmful::replacement),
        Charset::Ascii => text
            .chars()
            .map(written_in_ascii)
            .collect::<String>()
            .into(),
    }
}

/// The text with its harmful characters replaced.
pub fn replace_harmful(text: &str, replacement: impl Fn(char) -> char) -> Cow<'_, str> {
    if !has_harmful(text) {
        return Cow::Borrowed(text);
    }
    let characters = harmful::scan(text);
    let replaced = characters.map(|(c, is_harmful)| if is_harmful { replacement(c) } else { c });
    replaced.collect::<String>().into()
}

/// Whether any character of the text is harmful.
pub fn has_harmful(text: &str) -> bool {
    !text.chars().all(is_plain) && harmful::scan(text).any(|(_, is_harmful)| is_harmful)
}

/// The number of columns that text takes on the screen.
pub fn width(text: &str) -> usize {
    text.width()
}

/// The start of a cleaned text, in at most `max` columns. If it was truncated, an ellipsis
/// says so.
pub fn keep_start(text: &str, max: usize, charset: Charset) -> Cow<'_, str> {
    let cleaned = clean(text, charset);
    if width(&cleaned) <= max {
        return cleaned;
    }
    let room = max.saturating_sub(width(charset.ellipsis()));
    let kept = match charset {
        Charset::Unicode => take_columns(cleaned.graphemes(true).map(Cow::Borrowed), room),
        Charset::Ascii => take_columns(text.chars().map(written_in_ascii), room),
    };
    (kept.concat() + charset.ellipsis()).into()
}

/// The end of a cleaned text, in at most `max` columns: long prefixes mostly differ at the end.
pub fn keep_end(text: &str, max: usize, charset: Charset) -> Cow<'_, str> {
    let cleaned = clean(text, charset);
    if width(&cleaned) <= max {
        return cleaned;
    }
    let room = max.saturating_sub(width(charset.ellipsis()));
    let mut kept = match charset {
        Charset::Unicode => take_columns(cleaned.graphemes(true).rev().map(Cow::Borrowed), room),
        Charset::Ascii => take_columns(text.chars().rev().map(written_in_ascii), room),
    };
    kept.reverse();
    (charset.ellipsis().to_owned() + &kept.concat()).into()
}

/// An escape such as `\u{e9}` is one piece and is never split.
fn written_in_ascii<'a>(c: char) -> Cow<'a, str> {
    // Different names must not look the same.
    match c {
        '\\' => r"\\".into(),
        c if is_plain(c) => c.to_string().into(),
        c => c.escape_unicode().to_string().into(),
    }
}

/// As many pieces as fit.
///
/// Does not use `unicode-truncate`: in debug builds it panics on text that is narrower than its
/// graphemes' total width, such as Arabic ligatures.
fn take_columns<'a>(pieces: impl Iterator<Item = Cow<'a, str>>, room: usize) -> Vec<Cow<'a, str>> {
    let mut used = 0;
    pieces
        .take_while(|piece| {
            used += width(piece);
            used <= room
        })
        .collect()
}

/// The text with its first letter in upper case.
pub fn capitalized(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().into_iter().flat_map(char::to_uppercase);
    first.chain(letters).collect()
}

/// How long before `now` something was, in at most eight columns: `12m ago`. A time so far away that it
/// cannot be meant is `long ago` or `far off`; one in the future is `in 12m`.
pub fn age(then: Timestamp, now: Timestamp) -> String {
    const STEPS: [(i64, &str); 4] = [(365 * 86_400, "y"), (86_400, "d"), (3_600, "h"), (60, "m")];
    const MAX_YEARS: i64 = 999;
    let seconds = now.as_second() - then.as_second();
    let is_past = seconds >= 0;
    let step = STEPS.iter().find(|(length, _)| seconds.abs() >= *length);
    let Some((length, unit)) = step else {
        return "just now".into();
    };
    let count = seconds.abs() / length;
    match (is_past, *unit == "y" && count > MAX_YEARS) {
        (true, true) => "long ago".into(),
        (false, true) => "far off".into(),
        (true, false) => format!("{count}{unit} ago"),
        (false, false) => format!("in {count}{unit}"),
    }
}

/// A duration in its two largest units, rounded down: `40s`, `4m 16s`, `1h 5m`, `3d 2h`.
pub fn duration(duration: SignedDuration) -> String {
    let seconds = duration.as_secs().max(0);
    let (days, hours) = (seconds / 86_400, seconds / 3_600 % 24);
    let (minutes, seconds) = (seconds / 60 % 60, seconds % 60);
    let units = [(days, 'd'), (hours, 'h'), (minutes, 'm'), (seconds, 's')];
    let largest = units.iter().position(|(count, _)| *count > 0).unwrap_or(3);
    let shown = units[largest..].iter().take(2).enumerate();
    let shown = shown.filter(|(number, (count, _))| *number == 0 || *count > 0);
    let shown = shown.map(|(_, (count, unit))| format!("{count}{unit}"));
    shown.collect::<Vec<_>>().join(" ")
}
