//! Lines in which a text is searched for, and which are wrapped to the width of the screen.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use unicode_segmentation::UnicodeSegmentation as _;

use super::prompt;
use crate::text;
use crate::tui::app::{App, Details, Purpose};
use crate::tui::render::RenderContext;
use crate::tui::theme::Role;

/// A border with fewer columns has no room for the title beside the prompt.
const NARROW: u16 = 60;
/// Columns of the border with a bundle ID.
const TITLE_WIDTH: u16 = 24;

/// The lines, wrapped to `width` columns, with every place highlighted where the text is found. The numbers
/// of their lines are noted.
pub fn search(
    lines: Vec<Line<'static>>,
    wanted: &str,
    width: usize,
    context: &RenderContext,
) -> Vec<Line<'static>> {
    let mut wrapped = Vec::new();
    for line in lines {
        let found = find(&line.to_string(), wanted);
        let line = context.highlight(line, &found);
        let (pieces, found_in) = wrap(line, &found, width);
        let first = wrapped.len();
        let found_in = found_in.into_iter().map(|piece| first + piece);
        let found_in = found_in.map(|line| u16::try_from(line).unwrap_or(u16::MAX));
        context.drawn.borrow_mut().found.extend(found_in);
        wrapped.extend(pieces);
    }
    wrapped
}

/// The numbers of the grapheme clusters that are part of a place where the text is found. Upper and lower
/// case are the same.
fn find(line: &str, wanted: &str) -> Vec<u32> {
    let lower =
        |text: &str| -> Vec<String> { text.graphemes(true).map(str::to_lowercase).collect() };
    let (line, wanted) = (lower(line), lower(wanted));
    if wanted.is_empty() {
        return Vec::new();
    }
    let mut found = Vec::new();
    let mut at = 0;
    while at + wanted.len() <= line.len() {
        if line[at..at + wanted.len()] == wanted[..] {
            found.extend(at..at + wanted.len());
            at += wanted.len();
        } else {
            at += 1;
        }
    }
    found
        .into_iter()
        .filter_map(|number| u32::try_from(number).ok())
        .collect()
}

/// A line in pieces of at most `width` columns, and which of them have a cluster of `found`.
fn wrap(line: Line<'static>, found: &[u32], width: usize) -> (Vec<Line<'static>>, Vec<usize>) {
    let is_short = line.width() <= width;
    let found_in = |piece: usize| (!found.is_empty()).then_some(piece);
    if is_short {
        return (vec![line], found_in(0).into_iter().collect());
    }
    let mut pieces: Vec<Line> = vec![Line::default()];
    let mut found_in = Vec::new();
    let (mut used, mut number) = (0, 0);
    for span in line.spans {
        for cluster in span.content.graphemes(true) {
            let columns = text::width(cluster);
            if used + columns > width && used > 0 {
                pieces.push(Line::default());
                used = 0;
            }
            used += columns;
            let piece = pieces.len() - 1;
            if found.binary_search(&number).is_ok() && found_in.last() != Some(&piece) {
                found_in.push(piece);
            }
            number += 1;
            if let Some(piece) = pieces.last_mut() {
                match piece.spans.last_mut() {
                    Some(last) if last.style == span.style => {
                        last.content.to_mut().push_str(cluster);
                    }
                    Some(_) | None => piece.push_span(Span::styled(cluster.to_owned(), span.style)),
                }
            }
        }
    }
    (pieces, found_in)
}

/// Draws the text searched for into the upper border of the details, after their title.
pub fn draw_prompt(
    frame: &mut Frame,
    area: Rect,
    app: &App,
    details: &Details,
    context: &RenderContext,
) {
    let prompt = app.prompt();
    let prompt = prompt.filter(|prompt| prompt.purpose == Purpose::Search);
    // After the title, unless there is no room for both.
    let start = if prompt.is_some() && area.width < NARROW {
        1
    } else {
        (area.width / 3).max(TITLE_WIDTH.min(area.width / 2))
    };
    let line = Rect {
        x: area.x + start,
        width: (area.width - start).saturating_sub(2),
        height: 1,
        ..area
    };
    let count = context.drawn.borrow().found.len();
    let said = match count {
        0 => " not found ".to_owned(),
        count => format!(" {} of {count} ", details.at_found.min(count - 1) + 1),
    };
    match prompt {
        Some(typed) => prompt::draw(frame, line, typed, None, context),
        None if details.search.is_empty() => return,
        None => {
            let room = usize::from(line.width).saturating_sub(said.len());
            let text = prompt::accepted(&details.search, None, room, context);
            frame.render_widget(Line::from_iter(text), line);
        }
    }
    if !details.search.is_empty() {
        let role = if count == 0 {
            Role::Warning
        } else {
            Role::Label
        };
        let said = Line::from(context.span(role, said)).right_aligned();
        frame.render_widget(said, line);
    }
}
