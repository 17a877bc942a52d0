//! What is typed over a border: filters, a text to search for, a path.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Clear, Paragraph};

use super::text_field;
use crate::text;
use crate::text::words::InputError;
use crate::tui::app::Prompt;
use crate::tui::render::RenderContext;
use crate::tui::theme::Role;

/// How many suggestions are shown at a time.
const MAX_SUGGESTIONS_SHOWN: usize = 8;
/// The least columns of the suggestions: room for how many more there are.
const MIN_POPUP_WIDTH: usize = 10;
/// Columns of a text field after its text.
const FREE_FIELD_WIDTH: u16 = 16;
/// Draws what is being typed over a border, and below it why that cannot be understood, or how it can be
/// completed.
pub fn draw(
    frame: &mut Frame,
    line: Rect,
    prompt: &Prompt,
    error: Option<&InputError>,
    context: &RenderContext,
) {
    let room = line.width;
    let line = Rect {
        width: room.min(field_width(prompt)),
        ..line
    };
    frame.render_widget(Clear, line);
    let cursor = text_field::draw(frame, line, prompt.purpose.label(), &prompt.field, context);
    let below = Rect {
        y: line.y + 1,
        width: room,
        height: frame.area().height.saturating_sub(line.y + 2),
        ..line
    };
    if let Some(error) = error {
        let before = prompt.field.text().get(..error.at).unwrap_or_default();
        let start = text::width(prompt.purpose.label()) + text::width(before);
        let column = line.x.saturating_add(u16::try_from(start).unwrap_or(0));
        draw_error(frame, below, column.min(cursor), &error.message, context);
    } else if !prompt.completion.suggestions.is_empty() {
        draw_suggestions(frame, below, cursor, prompt, context);
    }
}

/// What was typed, for a border of at most `room` columns: ` /win `.
pub fn accepted(
    text: &str,
    error: Option<&InputError>,
    room: usize,
    context: &RenderContext,
) -> [Span<'static>; 3] {
    let role = if error.is_some() {
        Role::Warning
    } else {
        Role::Found
    };
    [
        context.span(Role::Strong, " /"),
        context.span(role, context.keep_start(text, room.saturating_sub(4))),
        Span::raw(" "),
    ]
}

/// Columns of the label and the field, with room to type on.
fn field_width(prompt: &Prompt) -> u16 {
    let width = text::width(prompt.purpose.label()) + text::width(prompt.field.text());
    u16::try_from(width)
        .unwrap_or(u16::MAX)
        .saturating_add(FREE_FIELD_WIDTH)
}

/// Why the filter cannot be understood, with a mark under the place.
fn draw_error(frame: &mut Frame, area: Rect, column: u16, message: &str, context: &RenderContext) {
    let message = format!("^ {message}");
    let room = usize::from(area.width);
    let width = u16::try_from(text::width(&message).min(room)).unwrap_or(area.width);
    let x = column.min(area.right().saturating_sub(width));
    let line = Rect::new(x, area.y, width, 1);
    let text = context.keep_start(&message, usize::from(width));
    frame.render_widget(Clear, Rect { height: 1, ..area });
    frame.render_widget(context.span(Role::Warning, text), line);
}

/// A box below the cursor with what the word can become.
fn draw_suggestions(
    frame: &mut Frame,
    area: Rect,
    cursor: u16,
    prompt: &Prompt,
    context: &RenderContext,
) {
    let all = &prompt.completion.suggestions;
    let rows = MAX_SUGGESTIONS_SHOWN.min(usize::from(area.height.saturating_sub(2)).max(1));
    let first = prompt
        .taken
        .map_or(0, |taken| (taken + 1).saturating_sub(rows));
    let suggestions = &all[first..all.len().min(first + rows)];
    let widest = suggestions
        .iter()
        .map(|text| text::width(&context.clean(text)))
        .max();
    let width = u16::try_from(widest.unwrap_or(0).max(MIN_POPUP_WIDTH) + 4)
        .unwrap_or(u16::MAX)
        .min(area.width);
    let height = u16::try_from(suggestions.len() + 2).unwrap_or(u16::MAX);
    let word = prompt.field.text().get(prompt.completion.range.clone());
    let word = u16::try_from(word.map_or(0, text::width)).unwrap_or(0);
    let x = cursor
        .saturating_sub(word + 2)
        .clamp(area.x, area.right().saturating_sub(width));
    let area = Rect::new(x, area.y, width, height.min(area.height));
    let more = all.len() - first - suggestions.len();
    let more = if more > 0 {
        Line::from(context.span(Role::Label, format!(" {more} more "))).right_aligned()
    } else {
        Line::default()
    };
    let block = context.block("").title_bottom(more);
    let inside = block.inner(area);
    let lines = suggestions.iter().enumerate().map(|(number, text)| {
        let is_taken = prompt.taken == Some(first + number);
        let text = context.keep_start(text, usize::from(inside.width).saturating_sub(2));
        let role = if is_taken { Role::Selected } else { Role::Text };
        let width = usize::from(inside.width).saturating_sub(1);
        context.span(role, format!(" {text:<width$}")).into()
    });
    frame.render_widget(Clear, area);
    frame.render_widget(block, area);
    frame.render_widget(Paragraph::new(lines.collect::<Vec<Line>>()), inside);
}
