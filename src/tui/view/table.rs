//! The table of tasks. Only the rows on the screen are built.

use ratatui::Frame;
use ratatui::layout::{Constraint, Rect};
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use ratatui::widgets::{self, Table};

use super::{Look, columns};
use crate::tui::state::{Row, State};
use crate::tui::theme::Role;

/// Draws the rows into the inside of the table's box.
pub fn draw(frame: &mut Frame, area: Rect, state: &State, look: &Look) {
    let columns = columns::fit(area.width);
    let header = std::iter::once(Line::default()).chain(
        columns
            .iter()
            .map(|column| look.span(Role::Label, column.title).into()),
    );
    let widths = std::iter::once(columns::MARKER - 1)
        .chain(columns.iter().map(|column| column.width))
        .map(Constraint::Length);
    let height = usize::from(area.height.saturating_sub(1));
    let first = state.rows.offset();
    let rows = state
        .rows
        .visible(height)
        .iter()
        .enumerate()
        .map(|(i, row)| {
            let is_selected = first + i == state.rows.cursor();
            let cells = columns
                .iter()
                .map(|column| (column.cell)(row, usize::from(column.width), look));
            widgets::Row::new(std::iter::once(marker(is_selected, look)).chain(cells))
                .style(row_style(row, is_selected, look))
        });
    let table = Table::new(rows, widths)
        .header(widgets::Row::new(header))
        .column_spacing(1);
    frame.render_widget(table, area);
}

fn marker(is_selected: bool, look: &Look) -> Line<'static> {
    if is_selected {
        Span::styled(look.theme.symbols().marker, look.theme.style(Role::Label)).into()
    } else {
        Line::default()
    }
}

fn row_style(row: &Row, is_selected: bool, look: &Look) -> Style {
    let mut style = Style::new();
    if row.gone.is_some() {
        style = style.patch(look.theme.style(Role::Dim));
    }
    if is_selected {
        style = style.patch(look.theme.style(Role::Selected));
    }
    style
}
