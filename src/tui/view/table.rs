//! The table of tasks. Only the rows on the screen are built.

use ratatui::Frame;
use ratatui::layout::{Alignment, Rect};
use ratatui::style::Style;
use ratatui::text::Line;
use unicode_segmentation::UnicodeSegmentation as _;

use super::columns::{self, FittedColumn};
use crate::monitor::TrackedTask;
use crate::tui::app::App;
use crate::tui::column::{Column, Row};
use crate::tui::drawn::Target;
use crate::tui::list::VisibleRow;
use crate::tui::list::filter::{Filter, Matcher};
use crate::tui::render::RenderContext;
use crate::tui::theme::{ColorDepth, Role};

/// Draws the rows into the inside of the table's box.
///
/// Not with ratatui's `Table`, which takes most of the time of a frame: it lays out again what is laid out
/// here already.
pub fn draw(frame: &mut Frame, area: Rect, app: &App, context: &RenderContext) {
    let columns = columns::fit(
        area.width,
        &app.preferences().columns,
        context.times.cells(),
    );
    let titles = columns.iter().map(|column| title(column, app, context));
    draw_line(
        frame,
        area,
        &columns,
        &Line::default(),
        titles,
        Style::new(),
    );
    let height = usize::from(area.height.saturating_sub(1));
    let scope = app.scope();
    let filter = app.list().filter();
    let mut matcher = filter.is_active().then(Matcher::default);
    let rows = app.list().visible(height, app.tasks());
    for (visible, line) in rows.zip(area.rows().skip(1)) {
        let tracked = visible.tracked;
        let is_selected = visible.number == app.list().cursor();
        let row = Row { tracked, scope };
        let style = row_style(tracked, is_selected, context);
        // Where the band has a colour for its text, all of the text has that.
        let text_style = Style {
            fg: style.fg.filter(|_| is_selected),
            ..Style::new()
        };
        let cells = columns.iter().map(|fitted| {
            let cell = columns::cell(fitted.column, &row, usize::from(fitted.width), context);
            let cell = match &mut matcher {
                Some(matcher) => {
                    let found = found_in_cell(&cell, fitted.column, &row, filter, matcher, context);
                    context.highlight(cell, &found)
                }
                None => cell,
            };
            patch_spans(cell, text_style)
        });
        let has_changed = app.has_just_changed(&tracked.task.bundle_id);
        let marker = marker(&visible, is_selected, has_changed, context);
        let marker = patch_spans(marker, text_style);
        draw_line(frame, line, &columns, &marker, cells, style);
    }
    add_targets(area, &columns, app, context);
}

/// Which characters of a cell the filter finds; the ellipsis if what it finds was cut off.
fn found_in_cell(
    cell: &Line,
    column: Column,
    row: &Row,
    filter: &Filter,
    matcher: &mut Matcher,
    context: &RenderContext,
) -> Vec<u32> {
    let shown = cell.to_string();
    let text = column.text(row, context.now);
    let text = context.clean(&text);
    // A cell may have a symbol or a bar beside its text.
    if let Some((before, _)) = shown.split_once(text.as_ref())
        && !text.is_empty()
    {
        let start = graphemes(before);
        let found = filter.found(column, &text, matcher);
        return found.into_iter().map(|at| start + at).collect();
    }
    let found = filter.found(column, &shown, matcher);
    let ellipsis = context.charset().ellipsis();
    match shown.split_once(ellipsis) {
        Some((before, _))
            if found.is_empty() && !filter.found(column, &text, matcher).is_empty() =>
        {
            let start = graphemes(before);
            (start..start + graphemes(ellipsis)).collect()
        }
        Some(_) | None => found,
    }
}

fn graphemes(text: &str) -> u32 {
    u32::try_from(text.graphemes(true).count()).unwrap_or(u32::MAX)
}

/// Draws the cells of a line, after the marker.
fn draw_line(
    frame: &mut Frame,
    line: Rect,
    columns: &[FittedColumn],
    marker: &Line,
    cells: impl Iterator<Item = Line<'static>>,
    style: Style,
) {
    let buffer = frame.buffer_mut();
    let line = Rect { height: 1, ..line }.intersection(buffer.area);
    if line.is_empty() {
        return;
    }
    buffer.set_style(line, style);
    buffer.set_line(
        line.x,
        line.y,
        marker,
        columns::MARKER_WIDTH.min(line.width),
    );
    let gap = columns::gap(line.width);
    let mut x = line.x + columns::MARKER_WIDTH;
    for (fitted, cell) in columns.iter().zip(cells) {
        x += gap;
        if x >= line.right() {
            return;
        }
        let width = fitted.width.min(line.right() - x);
        // Only titles are aligned to the right here; the text of cells is.
        let pad = match cell.alignment {
            Some(Alignment::Right) => {
                let used = u16::try_from(cell.width()).unwrap_or(width);
                width.saturating_sub(used)
            }
            Some(Alignment::Left | Alignment::Center) | None => 0,
        };
        buffer.set_line(x + pad, line.y, &cell, width - pad);
        x += fitted.width;
    }
}

/// Notes where the titles and the rows are.
fn add_targets(area: Rect, columns: &[FittedColumn], app: &App, context: &RenderContext) {
    let mut x = area.x + columns::MARKER_WIDTH + columns::gap(area.width);
    for column in columns {
        let title = Rect::new(x, area.y, column.width, 1).intersection(area);
        context.add_target(title, Target::Title(column.column));
        x += column.width + columns::gap(area.width);
    }
    let rows = app.list().visible(usize::from(area.height), app.tasks());
    for (row, line) in rows.zip(area.rows().skip(1)) {
        context.add_target(line, Target::Row(row.number));
    }
}

/// The title of a column, with a mark if the rows are sorted by it.
fn title(fitted: &FittedColumn, app: &App, context: &RenderContext) -> Line<'static> {
    let order = app.list().order();
    if order.column != fitted.column {
        let title = context.span(Role::Heading, fitted.title);
        return aligned(title.into(), fitted.column);
    }
    let [ascending, descending] = context.symbols().sorted;
    let mark = if order.is_descending {
        descending
    } else {
        ascending
    };
    let room = usize::from(fitted.width).saturating_sub(1);
    let title: String = fitted.title.chars().take(room).collect();
    let title = Line::from(vec![
        context.span(Role::Heading, title),
        context.span(Role::Pointer, mark),
    ]);
    aligned(title, fitted.column)
}

/// Times are aligned to the right, and so are their titles.
fn aligned(title: Line<'static>, column: Column) -> Line<'static> {
    match column {
        Column::Started | Column::Updated => title.right_aligned(),
        Column::BundleId
        | Column::Instance
        | Column::State
        | Column::Progress
        | Column::Storage
        | Column::Error => title,
    }
}

fn patch_spans(line: Line<'static>, style: Style) -> Line<'static> {
    let alignment = line.alignment;
    let spans = line.spans.into_iter().map(|span| span.patch_style(style));
    Line {
        alignment,
        ..spans.collect()
    }
}

fn marker(
    row: &VisibleRow,
    is_selected: bool,
    has_changed: bool,
    context: &RenderContext,
) -> Line<'static> {
    let symbols = context.symbols();
    let pointer = match (is_selected, context.theme.colors()) {
        (false, _) => " ",
        (true, ColorDepth::None) => symbols.plain_marker,
        (true, ColorDepth::Sixteen | ColorDepth::Palette256 | ColorDepth::TrueColor) => {
            symbols.marker
        }
    };
    let mark = match (row.is_marked, has_changed) {
        (true, _) => symbols.mark,
        (false, true) => symbols.changed,
        (false, false) => " ",
    };
    Line::from(vec![
        context.span(Role::Pointer, pointer),
        context.span(Role::Pointer, mark),
    ])
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
