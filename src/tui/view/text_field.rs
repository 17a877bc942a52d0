//! A line in which text is typed.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use crate::text;
use crate::tui::input::TextField;
use crate::tui::render::RenderContext;
use crate::tui::theme::Role;

/// Draws a text field after its label, with the terminal's own cursor in it. Returns the column of the
/// cursor.
pub fn draw(
    frame: &mut Frame,
    area: Rect,
    label: &str,
    field: &TextField,
    context: &RenderContext,
) -> u16 {
    let start = text::width(label);
    let room = usize::from(area.width).saturating_sub(start + 1);
    let (before, after) = field.text().split_at(field.cursor());
    // The end of what is before the cursor, and as much as fits of what follows.
    let before = context.keep_end(before, room);
    let after = context.keep_start(after, room.saturating_sub(text::width(&before)));
    let column = area
        .x
        .saturating_add(u16::try_from(start + text::width(&before)).unwrap_or(u16::MAX));
    let input = context.theme.style(Role::Input);
    let used = text::width(&before) + text::width(&after);
    let rest = " ".repeat((room + 1).saturating_sub(used));
    let line = Line::from(vec![
        context.span(Role::Title, label.to_owned()),
        Span::styled(before, input),
        Span::styled(after, input),
        Span::styled(rest, input),
    ]);
    frame.render_widget(line, area);
    frame.set_cursor_position((column, area.y));
    column
}
