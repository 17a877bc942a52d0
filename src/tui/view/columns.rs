//! How wide the columns of the table are, and how their cells look.

use ratatui::text::{Line, Span};

use crate::monitor::CancelState;
use crate::task::{ParsedMember, Phase};
use crate::text;
use crate::tui::column::{Column, Row};
use crate::tui::render::RenderContext;
use crate::tui::theme::Role;

/// The widths of a column.
struct Widths {
    column: Column,
    /// For when its title does not fit.
    short_title: &'static str,
    /// The widths it can have, each wider than the one before.
    widths: &'static [RankedWidth],
    /// Whether it takes the room that is left.
    grows: bool,
}

/// A width of a column. Room goes to the lower ranks first.
struct RankedWidth {
    rank: u8,
    /// In cells.
    width: u16,
}

const fn ranked(rank: u8, width: u16) -> RankedWidth {
    RankedWidth { rank, width }
}

/// Cells of the markers before the first column, and the space after them.
pub const MARKER_WIDTH: u16 = 3;

/// The columns from left to right.
#[rustfmt::skip]
const COLUMNS: &[Widths] = &[
    Widths { column: Column::BundleId, short_title: "BUNDLE ID",  widths: &[ranked(0, 12)],                grows: false },
    Widths { column: Column::Instance, short_title: "INSTANCE",   widths: &[ranked(7, 19)],                grows: false },
    Widths { column: Column::State,    short_title: "STATE",      widths: &[ranked(1, 17), ranked(5, 22)], grows: false },
    Widths { column: Column::Progress, short_title: "DONE",       widths: &[ranked(2, 4), ranked(6, 15)],  grows: false },
    Widths { column: Column::Storage,  short_title: "S3 STORAGE", widths: &[ranked(3, 14), ranked(8, 24)], grows: true },
    Widths { column: Column::Started,  short_title: "STARTED",    widths: &[ranked(4, 8)],                 grows: false },
    Widths { column: Column::Updated,  short_title: "UPDATED",    widths: &[ranked(9, 8)],                 grows: false },
    Widths { column: Column::Error,    short_title: "ERROR",      widths: &[ranked(10, 30)],               grows: false },
];

/// A column that fits the screen.
pub struct FittedColumn {
    /// Which one.
    pub column: Column,
    /// Its title.
    pub title: &'static str,
    /// Cells it takes.
    pub width: u16,
}

/// The columns that fit into `room` cells.
pub fn fit(room: u16) -> Vec<FittedColumn> {
    let mut candidates: Vec<(u8, usize, u16)> = COLUMNS
        .iter()
        .enumerate()
        .flat_map(|(i, column)| {
            column
                .widths
                .iter()
                .map(move |step| (step.rank, i, step.width))
        })
        .collect();
    candidates.sort_unstable();
    // One cell of space after each column; the last column needs none.
    let mut left = (room + 1).saturating_sub(MARKER_WIDTH);
    let mut given = [0; COLUMNS.len()];
    for (_, i, width) in candidates {
        let more = match given[i] {
            0 => width + 1,
            narrower => width - narrower,
        };
        if more <= left {
            left -= more;
            given[i] = width;
        }
    }
    COLUMNS
        .iter()
        .zip(given)
        .filter(|(_, width)| *width > 0)
        .map(|(widths, width)| FittedColumn {
            column: widths.column,
            title: if widths.column.title().len() > usize::from(width) {
                widths.short_title
            } else {
                widths.column.title()
            },
            width: width + if widths.grows { left } else { 0 },
        })
        .collect()
}

/// The cell of a column for a task, in at most `width` cells.
pub fn cell(column: Column, row: &Row, width: usize, context: &RenderContext) -> Line<'static> {
    match column {
        Column::BundleId | Column::Instance | Column::Error => {
            let text = column.text(row, context.now);
            context.keep_start(&text, width).into()
        }
        // Paths differ at their ends.
        Column::Storage => {
            let text = column.text(row, context.now);
            context.keep_end(&text, width).into()
        }
        Column::State => state(row, width, context),
        Column::Progress => progress(row, width, context),
        Column::Started => age(column, row, ParsedMember::StartTime, width, context),
        Column::Updated => age(column, row, ParsedMember::UpdateTime, width, context),
    }
}

fn absent() -> Line<'static> {
    Line::default()
}

fn state(row: &Row, width: usize, context: &RenderContext) -> Line<'static> {
    let (symbol, role) = state_symbol(row, context);
    let style = context.theme.style(role);
    let text = Column::State.text(row, context.now);
    let text = context.keep_start(&text, width.saturating_sub(2));
    Line::from(vec![
        Span::styled(symbol, style),
        Span::raw(" "),
        Span::styled(text, style),
    ])
}

/// The symbol and the role of a task's state on the screen.
fn state_symbol(row: &Row, context: &RenderContext) -> (&'static str, Role) {
    let theme = context.theme;
    if row.tracked.unlisted_since.is_some() {
        return (theme.symbols().separator.trim(), Role::Dim);
    }
    if row.scope.shows_as_cancel_requested(row.task()) {
        return theme.phase(Phase::Cancelling);
    }
    let (symbol, role) = theme.phase(row.task().state.phase());
    match row.scope.cancel_state(&row.task().bundle_id) {
        Some(CancelState::AnswerLost) => (symbol, Role::Warning),
        Some(
            CancelState::Queued
            | CancelState::Checking
            | CancelState::Sent
            | CancelState::Accepted
            | CancelState::Settled,
        )
        | None => (symbol, role),
    }
}

fn progress(row: &Row, width: usize, context: &RenderContext) -> Line<'static> {
    let Some(progress) = &row.tracked.task.progress else {
        return absent();
    };
    // Rounded down, as the bar is.
    match progress.percent().map(|percent| percent.abs().floor()) {
        Some(percent) if width >= 10 => Line::from(vec![
            Span::styled(
                progress_bar(percent, width - 5, context.symbols().bar),
                context
                    .theme
                    .style(context.theme.phase(row.tracked.task.state.phase()).1),
            ),
            Span::raw(format!("{:>5}", format!("{percent:.0}%"))),
        ]),
        Some(percent) => format!("{:>width$}", format!("{percent:.0}%")).into(),
        None => context.keep_start(progress.as_str(), width).into(),
    }
}

/// A bar of `width` cells, `percent` of it filled, in as fine steps as the symbols allow.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "0 to 100 percent of a few dozen cells"
)]
pub fn progress_bar(percent: f64, width: usize, steps: &[&'static str]) -> String {
    let per_cell = steps.len() - 1;
    let filled = percent / 100.0 * (width * per_cell) as f64;
    // Rounded down: a bar is full when the work is done, not before.
    let filled = filled.floor() as usize;
    (0..width)
        .map(|cell| steps[filled.saturating_sub(cell * per_cell).min(per_cell)])
        .collect()
}

/// How long ago a time was; a time that cannot be parsed is marked; the details say more.
fn age(
    column: Column,
    row: &Row,
    member: ParsedMember,
    width: usize,
    context: &RenderContext,
) -> Line<'static> {
    let is_unreadable = row.task().unreadable(member).is_some();
    match column.time(row.task()) {
        Some(time) => format!("{:>width$}", text::age(time, context.now)).into(),
        None if is_unreadable => format!("{:>width$}", "?").into(),
        None => absent(),
    }
}
