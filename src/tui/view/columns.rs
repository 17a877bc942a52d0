//! The columns of the table, as data: a new one is a new entry.

use ratatui::text::{Line, Span};

use crate::monitor::{CancelState, Scope, TrackedTask};
use crate::task::{ParsedMember, Phase, S3Storage};
use crate::text;
use crate::tui::render::RenderContext;
use crate::tui::theme::Role;

/// A task, and what else its cells need.
pub struct Row<'a> {
    /// The task.
    pub tracked: &'a TrackedTask,
    /// The scope it belongs to.
    pub scope: &'a Scope,
}

/// One possible column.
struct Column {
    /// Its title.
    title: &'static str,
    /// For when the title does not fit.
    short_title: &'static str,
    /// The widths it can have, each wider than the one before.
    widths: &'static [RankedWidth],
    /// Whether it takes the room that is left.
    grows: bool,
    /// Its cell for a task, in this many columns.
    cell: fn(&Row, usize, &RenderContext) -> Line<'static>,
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

/// Cells of the marker before the first column.
pub const MARKER_WIDTH: u16 = 2;

/// The columns from left to right.
#[rustfmt::skip]
const COLUMNS: &[Column] = &[
    Column { title: "BUNDLE ID",  short_title: "BUNDLE ID",  widths: &[ranked(0, 12)],                 grows: false, cell: bundle_id },
    Column { title: "INSTANCE",   short_title: "INSTANCE",   widths: &[ranked(7, 19)],                 grows: false, cell: instance },
    Column { title: "STATE",      short_title: "STATE",      widths: &[ranked(1, 17), ranked(5, 22)],  grows: false, cell: state },
    Column { title: "PROGRESS",   short_title: "DONE",       widths: &[ranked(2, 4), ranked(6, 15)],   grows: false, cell: progress },
    Column { title: "S3 STORAGE", short_title: "S3 STORAGE", widths: &[ranked(3, 14), ranked(8, 24)],  grows: true,  cell: storage },
    Column { title: "STARTED",    short_title: "STARTED",    widths: &[ranked(4, 8)],                  grows: false, cell: started },
    Column { title: "UPDATED",    short_title: "UPDATED",    widths: &[ranked(9, 8)],                  grows: false, cell: updated },
];

/// A column that fits the screen.
pub struct FittedColumn {
    /// Its title.
    pub title: &'static str,
    /// Cells it takes.
    pub width: u16,
    /// Its cell for a task.
    pub cell: fn(&Row, usize, &RenderContext) -> Line<'static>,
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
        .map(|(column, width)| FittedColumn {
            title: if column.title.len() > usize::from(width) {
                column.short_title
            } else {
                column.title
            },
            width: width + if column.grows { left } else { 0 },
            cell: column.cell,
        })
        .collect()
}

fn absent() -> Line<'static> {
    Line::default()
}

fn bundle_id(row: &Row, width: usize, context: &RenderContext) -> Line<'static> {
    context
        .keep_start(row.tracked.task.bundle_id.as_str(), width)
        .into()
}

fn instance(row: &Row, width: usize, context: &RenderContext) -> Line<'static> {
    match &row.tracked.task.instance_id {
        Some(id) => context.keep_start(id, width).into(),
        None => absent(),
    }
}

fn state(row: &Row, width: usize, context: &RenderContext) -> Line<'static> {
    let (symbol, text, role) = state_label(row, context);
    let style = context.theme.style(role);
    let text = context.keep_start(&text, width.saturating_sub(2));
    Line::from(vec![
        Span::styled(symbol, style),
        Span::raw(" "),
        Span::styled(text, style),
    ])
}

/// The state to show for a task: EC2's, or what the program knows beyond it.
pub fn state_label(row: &Row, context: &RenderContext) -> (&'static str, String, Role) {
    let theme = context.theme;
    if row.tracked.unlisted_since.is_some() {
        return (
            theme.symbols().separator.trim(),
            "no longer listed".into(),
            Role::Dim,
        );
    }
    if row.scope.shows_as_cancel_requested(&row.tracked.task) {
        let (symbol, role) = theme.phase(Phase::Cancelling);
        return (symbol, "cancel requested".into(), role);
    }
    let (symbol, role) = theme.phase(row.tracked.task.state.phase());
    let state = row.tracked.task.state.to_string();
    match row.scope.cancel_state(&row.tracked.task.bundle_id) {
        Some(CancelState::AnswerLost) => (symbol, format!("{state}, no answer"), Role::Warning),
        Some(
            CancelState::Checking
            | CancelState::Sent
            | CancelState::Accepted
            | CancelState::Settled,
        )
        | None => (symbol, state, role),
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

fn storage(row: &Row, width: usize, context: &RenderContext) -> Line<'static> {
    let path = row.tracked.task.storage.as_ref().map(S3Storage::path);
    context.keep_end(&path.unwrap_or_default(), width).into()
}

fn started(row: &Row, width: usize, context: &RenderContext) -> Line<'static> {
    age(
        row,
        row.tracked.task.start_time,
        ParsedMember::StartTime,
        width,
        context,
    )
}

fn updated(row: &Row, width: usize, context: &RenderContext) -> Line<'static> {
    age(
        row,
        row.tracked.task.update_time,
        ParsedMember::UpdateTime,
        width,
        context,
    )
}

/// How long ago a time was; a time that cannot be parsed is marked; the details say more.
fn age(
    row: &Row,
    time: Option<jiff::Timestamp>,
    member: ParsedMember,
    width: usize,
    context: &RenderContext,
) -> Line<'static> {
    let is_unreadable = row.tracked.task.unreadable(member).is_some();
    match time {
        Some(time) => format!("{:>width$}", text::age(time, context.now)).into(),
        None if is_unreadable => format!("{:>width$}", "?").into(),
        None => absent(),
    }
}
