//! The table of tasks. Only the rows on the screen are built.

use ratatui::Frame;
use ratatui::layout::{Constraint, Rect};
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use ratatui::widgets::{self, Table};

use super::columns::{self, Row};
use crate::monitor::TrackedTask;
use crate::tui::app::App;
use crate::tui::render::RenderContext;
use crate::tui::theme::Role;

/// Draws the rows into the inside of the table's box.
pub fn draw(frame: &mut Frame, area: Rect, app: &App, context: &RenderContext) {
    let columns = columns::fit(area.width);
    let header = std::iter::once(Line::default()).chain(
        columns
            .iter()
            .map(|column| context.span(Role::Label, column.title).into()),
    );
    let widths = std::iter::once(columns::MARKER_WIDTH - 1)
        .chain(columns.iter().map(|column| column.width))
        .map(Constraint::Length);
    let height = usize::from(area.height.saturating_sub(1));
    let scope = app.scope();
    let rows = app
        .list()
        .visible(height, app.tasks())
        .map(|(number, tracked)| {
            let is_selected = number == app.list().cursor();
            let row = Row { tracked, scope };
            let cells = columns
                .iter()
                .map(|column| (column.cell)(&row, usize::from(column.width), context));
            widgets::Row::new(std::iter::once(marker(is_selected, context)).chain(cells))
                .style(row_style(tracked, is_selected, context))
        });
    let table = Table::new(rows, widths)
        .header(widgets::Row::new(header))
        .column_spacing(1);
    frame.render_widget(table, area);
}

fn marker(is_selected: bool, context: &RenderContext) -> Line<'static> {
    if is_selected {
        Span::styled(context.symbols().marker, context.theme.style(Role::Label)).into()
    } else {
        Line::default()
    }
}

fn row_style(tracked: &TrackedTask, is_selected: bool, context: &RenderContext) -> Style {
    let mut style = Style::new();
    if tracked.unlisted_since.is_some() {
        style = style.patch(context.theme.style(Role::Dim));
    }
    if is_selected {
        style = style.patch(context.theme.style(Role::Selected));
    }
    style
}
