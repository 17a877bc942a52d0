//! How wide the columns of the table are, and how their cells look.

use itertools::Itertools as _;
use ratatui::text::{Line, Span};

use super::progress_chart;
use crate::task::{ParsedMember, Phase};
use crate::text::{self, TimeCells};
use crate::tui::column::{Column, Row, ShownColumn, ShownState};
use crate::tui::render::RenderContext;
use crate::tui::theme::{ColorDepth, Role};

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
#[derive(Clone, Copy)]
struct RankedWidth {
    rank: u8,
    /// In cells.
    width: u16,
}

const fn ranked(rank: u8, width: u16) -> RankedWidth {
    RankedWidth { rank, width }
}

/// Cells of the markers before the first column.
pub const MARKER_WIDTH: u16 = 2;

/// The columns from left to right.
#[rustfmt::skip]
const COLUMNS: &[Widths] = &[
    Widths { column: Column::BundleId, short_title: "BUNDLE ID",  widths: &[ranked(0, 12)],                               grows: false },
    Widths { column: Column::Instance, short_title: "INSTANCE",   widths: &[ranked(7, 19)],                               grows: false },
    Widths { column: Column::State,    short_title: "STATE",      widths: &[ranked(1, 17), ranked(5, 22)],                grows: false },
    Widths { column: Column::Progress, short_title: "DONE",       widths: &[ranked(2, 4), ranked(6, 13), ranked(11, 25)], grows: false },
    Widths { column: Column::Storage,  short_title: "S3 STORAGE", widths: &[ranked(3, 14), ranked(8, 29), ranked(10, 44)], grows: true },
    Widths { column: Column::Started,  short_title: "STARTED",    widths: &[ranked(4, 8)],                                grows: false },
    Widths { column: Column::Updated,  short_title: "UPDATED",    widths: &[ranked(9, 8)],                                grows: false },
    Widths { column: Column::Error,    short_title: "ERROR",      widths: &[ranked(12, 30)],                              grows: false },
];

/// From this width on the column of the progress has a sparkline.
const PROGRESS_WITH_SPARKLINE: usize = 25;
/// Columns of a date and a time of day.
const DATE_AND_TIME_WIDTH: u16 = 16;
/// Columns of the sparkline and the space before it.
const SPARKLINE_WIDTH: usize = 12;

/// From this width on there are two cells between the columns instead of one.
const WIDE: u16 = 96;
/// From this width on there is a cell between the last column and the border.
const ROOMY: u16 = 60;

/// Cells between two columns of a table this wide.
pub fn gap(room: u16) -> u16 {
    if room < WIDE { 1 } else { 2 }
}

/// A column that fits the screen.
pub struct FittedColumn {
    /// Which one.
    pub column: Column,
    /// Its title.
    pub title: &'static str,
    /// Cells it takes.
    pub width: u16,
}

impl Widths {
    fn of(column: Column) -> &'static Self {
        let mut all = COLUMNS.iter();
        all.find(|it| it.column == column)
            .expect("the table has every column")
    }

    /// The widths that the column can have, if a person has chosen that width, or none.
    fn ranked(&self, chosen: Option<u16>, cells: TimeCells) -> Vec<RankedWidth> {
        if let Some(width) = chosen {
            return vec![ranked(self.widths[0].rank, width)];
        }
        let with_date = match (cells, self.column) {
            (TimeCells::Absolute, Column::Started) => Some(6),
            (TimeCells::Absolute, Column::Updated) => Some(10),
            (TimeCells::Absolute | TimeCells::Relative, _) => None,
        };
        let with_date = with_date.map(|rank| ranked(rank, DATE_AND_TIME_WIDTH));
        self.widths.iter().copied().chain(with_date).collect()
    }
}

/// Those of the columns that fit into `room` cells.
pub fn fit(room: u16, columns: &[ShownColumn], cells: TimeCells) -> Vec<FittedColumn> {
    let candidates = columns.iter().enumerate().flat_map(|(number, shown)| {
        let widths = Widths::of(shown.column).ranked(shown.width, cells);
        let widths = widths.into_iter();
        widths.map(move |ranked| (ranked.rank, number, ranked.width))
    });
    let gap = gap(room);
    let end = u16::from(room >= ROOMY);
    let mut left = room.saturating_sub(MARKER_WIDTH + end);
    let mut given = vec![0; columns.len()];
    let candidates = candidates.sorted_unstable().collect_vec();
    for &(_, number, width) in &candidates {
        let more = match given[number] {
            0 => width.saturating_add(gap),
            narrower => width.saturating_sub(narrower),
        };
        if more <= left {
            left -= more;
            given[number] = width;
        }
    }
    // One that is wider than the screen is better than none.
    if given.iter().all(|width| *width == 0)
        && let Some((_, number, _)) = candidates.first()
    {
        given[*number] = left.saturating_sub(gap);
        left = 0;
    }
    let fitting = columns.iter().zip(given);
    let fitting = fitting.filter(|(_, width)| *width > 0);
    fitting
        .map(|(shown, width)| {
            let known = Widths::of(shown.column);
            let grows = known.grows && shown.width.is_none();
            let title = shown.column.title();
            FittedColumn {
                column: shown.column,
                title: if title.len() > usize::from(width) {
                    known.short_title
                } else {
                    title
                },
                width: width + if grows { left } else { 0 },
            }
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
        // The bucket matters, and paths differ at their ends.
        Column::Storage => {
            let text = column.text(row, context.now);
            context.keep_path(&text, width).into()
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
    let is_stalled = row.tracked.stalled_since().is_some();
    let room = width.saturating_sub(if is_stalled { 4 } else { 2 });
    let text = context.keep_start(&text, room);
    let mut line = Line::from(vec![
        Span::styled(symbol, style),
        Span::raw(" "),
        Span::styled(text, style),
    ]);
    if is_stalled {
        line.push_span(context.span(Role::Warning, " !"));
    }
    line
}

/// The symbol and the role of a task's state on the screen.
fn state_symbol(row: &Row, context: &RenderContext) -> (&'static str, Role) {
    let theme = context.theme;
    let reported = theme.phase(row.task().state.phase());
    match ShownState::of(row) {
        ShownState::Past => (reported.0, Role::Dim),
        ShownState::NotListed => (theme.symbols().separator.trim(), Role::Dim),
        ShownState::CancelRequested => theme.phase(Phase::Cancelling),
        ShownState::AnswerLost => (reported.0, Role::Warning),
        ShownState::Reported => reported,
    }
}

fn progress(row: &Row, width: usize, context: &RenderContext) -> Line<'static> {
    let Some(progress) = &row.task().progress else {
        // A task that has failed has no progress; why it failed is what one looks for.
        let error = row.task().error.as_ref();
        return match error.and_then(|error| error.code.as_deref()) {
            Some(code) if width >= 10 => context
                .span(Role::Failed, context.keep_start(code, width))
                .into(),
            Some(_) | None => absent(),
        };
    };
    // Rounded down, as the bar is.
    match progress.whole_percent() {
        Some(percent) if width >= 10 => {
            let (_, role) = context.theme.phase(row.task().state.phase());
            let sparkline = if width >= PROGRESS_WITH_SPARKLINE {
                SPARKLINE_WIDTH
            } else {
                0
            };
            let mut line = Line::from(vec![
                bar(percent, width - 5 - sparkline, role, context),
                Span::raw(format!("{:>5}", format!("{percent:.0}%"))),
            ]);
            if sparkline > 0 {
                let levels = progress_chart::sparkline(row.tracked, sparkline - 2, context);
                line.push_span(Span::raw("  "));
                line.push_span(context.span(role, levels));
            }
            line
        }
        Some(percent) => format!("{:>width$}", format!("{percent:.0}%")).into(),
        None => context.keep_start(progress.as_str(), width).into(),
    }
}

/// A bar in the colour of a role, on the colour of what is not filled.
pub fn bar(percent: f64, width: usize, role: Role, context: &RenderContext) -> Span<'static> {
    let theme = context.theme;
    let steps = match theme.colors() {
        ColorDepth::None => context.symbols().plain_bar,
        ColorDepth::Sixteen | ColorDepth::Palette256 | ColorDepth::TrueColor => {
            context.symbols().bar
        }
    };
    let style = theme.style(role).patch(theme.style(Role::Trough));
    Span::styled(progress_bar(percent, width, steps), style)
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
    // Rounded down: a bar is full when the work is done, not before. What has begun is seen.
    let filled = (filled.floor() as usize).max(usize::from(percent > 0.0));
    (0..width)
        .map(|cell| steps[filled.saturating_sub(cell * per_cell).min(per_cell)])
        .collect()
}

/// A time, or how long ago it was; one that cannot be parsed is marked; the details say more.
fn age(
    column: Column,
    row: &Row,
    member: ParsedMember,
    width: usize,
    context: &RenderContext,
) -> Line<'static> {
    let is_unreadable = row.task().unreadable(member).is_some();
    let is_warning = column == Column::Updated && row.tracked.stalled_since().is_some();
    match column.time(row.task()) {
        Some(time) => {
            let role = if is_warning {
                Role::Warning
            } else {
                Role::Text
            };
            let text = match context.times.cells() {
                TimeCells::Relative => text::age(time, context.now),
                TimeCells::Absolute => context.times.cell(time, context.now, width),
            };
            let text = context.keep_start(&text, width);
            context.span(role, format!("{text:>width$}")).into()
        }
        None if is_unreadable => format!("{:>width$}", "?").into(),
        None => absent(),
    }
}
