//! The upper border of the table: what is shown of the tasks, and the filter while it is typed.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Clear, Paragraph};

use super::{columns, text_field};
use crate::ec2::filter;
use crate::text;
use crate::tui::app::{App, Prompt, Purpose};
use crate::tui::render::RenderContext;
use crate::tui::theme::Role;

/// Columns of a text field after its text.
const FREE_FIELD_WIDTH: u16 = 16;
/// The least columns of the suggestions: room for how many more there are.
const MIN_POPUP_WIDTH: usize = 10;
/// How many suggestions are shown at a time.
const MAX_SUGGESTIONS_SHOWN: usize = 8;
/// Columns of the borders at both ends.
const BORDERS: u16 = 2;

/// Draws the title over the upper border of the table's box.
pub fn draw(frame: &mut Frame, area: Rect, app: &App, context: &RenderContext) {
    let line = Rect {
        x: area.x + 1,
        width: area.width.saturating_sub(BORDERS),
        height: area.height.min(1),
        ..area
    };
    let position = position(app, context);
    frame.render_widget(Paragraph::new(position.clone()).right_aligned(), line);
    let room = line
        .width
        .saturating_sub(u16::try_from(position.width()).unwrap_or(u16::MAX));
    let line = Rect {
        width: room,
        ..line
    };
    if let Some(prompt) = app
        .prompt()
        .filter(|prompt| !matches!(prompt.purpose, Purpose::Search | Purpose::Events))
    {
        draw_prompt(frame, line, prompt, app, context);
    } else {
        let title = title(app, usize::from(line.width), context);
        frame.render_widget(title, line);
    }
}

/// Draws over the lower border how many rows are below the screen.
pub fn draw_more(frame: &mut Frame, area: Rect, rows: usize, app: &App, context: &RenderContext) {
    let shown = app.list().first_row() + rows;
    let below = app.list().len().saturating_sub(shown);
    if below > 0 {
        let line = Rect {
            x: area.x + 1,
            y: area.bottom().saturating_sub(1),
            width: area.width.saturating_sub(BORDERS),
            height: 1,
        };
        let more = context.span(Role::Label, format!(" {below} more "));
        frame.render_widget(Line::from(more).right_aligned(), line);
    }
}

/// `2 of 8`; with a filter, `3 of 8 shown`.
fn position(app: &App, context: &RenderContext) -> Line<'static> {
    let (shown, all) = (app.list().len(), app.tasks().len());
    if all == 0 {
        return Line::default();
    }
    let text = if app.list().is_filtered() {
        format!("{shown} of {all} shown ")
    } else if shown == 0 {
        // Until the rows have been worked out.
        format!(" of {all} ")
    } else {
        format!("{} of {all} ", app.list().cursor() + 1)
    };
    let ellipsis = context.charset().ellipsis();
    let busy = if app.has_work() { ellipsis } else { "" };
    context.span(Role::Label, format!(" {busy}{text}")).into()
}

/// What is shown: all tasks, those in one state, those that a filter finds.
fn title(app: &App, room: usize, context: &RenderContext) -> Line<'static> {
    let list = app.list();
    let filter = list.filter();
    let mut spans = Vec::new();
    let has_filter = !filter.text().is_empty();
    let label = context.theme.style(Role::Title);
    if !has_filter || room >= 60 {
        spans.push(Span::styled(" Bundle tasks ", label));
    }
    if let Some(order) = hidden_order(app, context) {
        spans.push(context.span(Role::Label, order));
    }
    let ec2_filters = filter::to_text(app.scope().filters());
    if !ec2_filters.is_empty() {
        let used: usize = spans.iter().map(Span::width).sum();
        let label = if room < 40 {
            " EC2: "
        } else {
            " EC2 filters: "
        };
        // Half of the room is for what else is shown here, if something is.
        let has_others = has_filter || list.phase().is_some();
        let left = room.saturating_sub(used + label.len() + 1);
        let text = context.keep_start(&ec2_filters, if has_others { left / 2 } else { left });
        spans.push(context.span(Role::Label, label));
        spans.push(context.span(Role::Found, text));
        spans.push(Span::raw(" "));
    }
    if let Some(phase) = list.phase() {
        let (_, role) = context.theme.phase(phase);
        spans.push(context.span(role, format!(" {} ", phase.as_str())));
    }
    if has_filter {
        let used: usize = spans.iter().map(Span::width).sum();
        let text = context.keep_start(filter.text(), room.saturating_sub(used + 4));
        let role = if filter.error().is_some() {
            Role::Warning
        } else {
            Role::Found
        };
        spans.push(context.span(Role::Strong, " /"));
        spans.push(context.span(role, text));
        spans.push(Span::raw(" "));
    }
    Line::from(spans)
}

/// What the rows are sorted by, if that column has no room on the screen.
fn hidden_order(app: &App, context: &RenderContext) -> Option<String> {
    let order = app.list().order();
    let room = app.layout().table.width.saturating_sub(BORDERS);
    let mut columns = columns::fit(room).into_iter();
    if columns.any(|fitted| fitted.column == order.column) {
        return None;
    }
    let [ascending, descending] = context.symbols().sorted;
    let mark = if order.is_descending {
        descending
    } else {
        ascending
    };
    Some(format!(" by {}{mark} ", order.column.name()))
}

/// The filter being typed; below it why it cannot be understood, or how it can be completed.
fn draw_prompt(frame: &mut Frame, line: Rect, prompt: &Prompt, app: &App, context: &RenderContext) {
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
    let error = match prompt.purpose {
        Purpose::Filter => app.list().filter().error(),
        Purpose::Ec2Filters | Purpose::Search | Purpose::Export | Purpose::Events => {
            prompt.error.as_ref()
        }
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
