//! The upper border of the table: what is shown of the tasks, and the filter while it is typed.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

use super::{columns, prompt};
use crate::ec2::filter;
use crate::tui::app::{App, Purpose};
use crate::tui::render::RenderContext;
use crate::tui::theme::Role;

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
    match app.prompt() {
        Some(typed) if !matches!(typed.purpose, Purpose::Search | Purpose::Events) => {
            let error = match typed.purpose {
                Purpose::Filter => app.list().filter().error(),
                Purpose::Ec2Filters | Purpose::Search | Purpose::Export | Purpose::Events => {
                    typed.error.as_ref()
                }
            };
            prompt::draw(frame, line, typed, error, context);
        }
        Some(_) | None => {
            let title = title(app, usize::from(line.width), context);
            frame.render_widget(title, line);
        }
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
        let left = room.saturating_sub(used);
        spans.extend(prompt::accepted(
            filter.text(),
            filter.error(),
            left,
            context,
        ));
    }
    Line::from(spans)
}

/// What the rows are sorted by, if that column has no room on the screen.
fn hidden_order(app: &App, context: &RenderContext) -> Option<String> {
    let order = app.list().order();
    let room = app.layout().table.width.saturating_sub(BORDERS);
    let columns = columns::fit(room, &app.preferences().columns, context.times.cells());
    let mut columns = columns.iter();
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
