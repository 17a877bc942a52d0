//! The columns of the table, as data: a new one is a new entry.

use ratatui::text::{Line, Span};

use super::{Look, text};
use crate::task::{Phase, S3Storage};
use crate::tui::state::{CancelMark, Row};
use crate::tui::theme::Role;

/// One column, as it could be.
struct Column {
    /// What stands above it: on a wide screen, and on one under [`NARROW`] columns.
    title: (&'static str, &'static str),
    /// Cells it takes, likewise. 0 keeps it off a narrow screen.
    width: (u16, u16),
    /// Which columns stay when there is no room for all: the lowest number longest.
    priority: u8,
    /// Whether it takes the room that is left.
    grows: bool,
    /// What it says of a task, in so many cells.
    cell: fn(&Row, usize, &Look) -> Line<'static>,
}

/// Under so many cells the columns take their narrow form.
const NARROW: u16 = 60;
/// Cells of the marker before the first column.
pub const MARKER: u16 = 2;

/// The columns from left to right.
#[rustfmt::skip]
const COLUMNS: &[Column] = &[
    Column { title: ("BUNDLE ID", "BUNDLE ID"),  width: (12, 12), priority: 0, grows: false, cell: bundle_id },
    Column { title: ("INSTANCE", "INSTANCE"),   width: (19, 19), priority: 5, grows: false, cell: instance },
    Column { title: ("STATE", "STATE"),      width: (22, 17), priority: 1, grows: false, cell: state },
    Column { title: ("PROGRESS", "DONE"),   width: (15, 4),  priority: 2, grows: false, cell: progress },
    Column { title: ("S3 STORAGE", "S3 STORAGE"), width: (14, 0),  priority: 3, grows: true,  cell: storage },
    Column { title: ("STARTED", "STARTED"),    width: (8, 8),   priority: 4, grows: false, cell: started },
    Column { title: ("UPDATED", "UPDATED"),    width: (8, 8),   priority: 6, grows: false, cell: updated },
];

/// A column on the screen at hand.
pub struct Fitted {
    /// What stands above it.
    pub title: &'static str,
    /// Cells it takes.
    pub width: u16,
    /// What it says of a task.
    pub cell: fn(&Row, usize, &Look) -> Line<'static>,
}

/// The columns that fit into `room` cells.
pub fn fit(room: u16) -> Vec<Fitted> {
    let is_narrow = room < NARROW;
    let width = |column: &Column| {
        if is_narrow {
            column.width.1
        } else {
            column.width.0
        }
    };
    let mut by_priority: Vec<&Column> = COLUMNS.iter().filter(|column| width(column) > 0).collect();
    by_priority.sort_by_key(|column| column.priority);
    // One cell of space behind each column; the one behind the last is no one's.
    let mut left = (room + 1).saturating_sub(MARKER);
    let mut kept = Vec::new();
    for column in by_priority {
        if width(column) + 1 > left {
            break;
        }
        kept.push(column.priority);
        left -= width(column) + 1;
    }
    COLUMNS
        .iter()
        .filter(|column| kept.contains(&column.priority))
        .map(|column| Fitted {
            title: if is_narrow {
                column.title.1
            } else {
                column.title.0
            },
            width: width(column) + if column.grows { left } else { 0 },
            cell: column.cell,
        })
        .collect()
}

fn absent() -> Line<'static> {
    Line::default()
}

fn bundle_id(row: &Row, width: usize, look: &Look) -> Line<'static> {
    let id = look.clean(row.task.bundle_id.as_str());
    look.cut_end(&id, width).into()
}

fn instance(row: &Row, width: usize, look: &Look) -> Line<'static> {
    match &row.task.instance_id {
        Some(id) => look.cut_end(&look.clean(id), width).into(),
        None => absent(),
    }
}

fn state(row: &Row, width: usize, look: &Look) -> Line<'static> {
    let (symbol, words, role) = headline(row, look);
    let style = look.theme.style(role);
    let words = look.cut_end(&words, width.saturating_sub(2));
    Line::from(vec![
        Span::styled(symbol, style),
        Span::raw(" "),
        Span::styled(words, style),
    ])
}

/// The one thing to say of a task: EC2's state, or what stands between it and us.
pub fn headline(row: &Row, look: &Look) -> (&'static str, String, Role) {
    let theme = look.theme;
    if row.gone.is_some() {
        return (
            theme.symbols().dot.trim(),
            "no longer listed".into(),
            Role::Dim,
        );
    }
    if row.is_cancel_requested() {
        let (symbol, role) = theme.phase(Phase::Cancelling);
        return (symbol, "cancel requested".into(), role);
    }
    let (symbol, role) = theme.phase(row.task.state.phase());
    let word = look.clean(row.task.state.as_str()).into_owned();
    match row.cancel {
        CancelMark::Unanswered => (symbol, format!("{word}, no answer"), Role::Warning),
        CancelMark::None | CancelMark::Requested | CancelMark::Accepted => (symbol, word, role),
    }
}

fn progress(row: &Row, width: usize, look: &Look) -> Line<'static> {
    let Some(progress) = &row.task.progress else {
        return absent();
    };
    let words = look.clean(progress.as_str());
    match progress.percent() {
        Some(percent) if width >= 10 => Line::from(vec![
            Span::styled(
                bar(percent, width - 5, look.theme.symbols().bar),
                look.theme.style(Role::Active),
            ),
            Span::raw(format!("{:>5}", format!("{percent:.0}%"))),
        ]),
        Some(percent) => format!("{:>width$}", format!("{percent:.0}%")).into(),
        None => look.cut_end(&words, width).into(),
    }
}

/// A bar of `width` cells, `percent` of it filled, in as fine steps as the symbols have.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "0 to 100 percent of a few dozen cells"
)]
pub fn bar(percent: f64, width: usize, steps: &[&'static str]) -> String {
    let per_cell = steps.len() - 1;
    let filled = percent / 100.0 * (width * per_cell) as f64;
    // Rounded down: a bar is full when the work is done, not before.
    let filled = filled.floor() as usize;
    (0..width)
        .map(|cell| steps[filled.saturating_sub(cell * per_cell).min(per_cell)])
        .collect()
}

fn storage(row: &Row, width: usize, look: &Look) -> Line<'static> {
    let place = row.task.storage.as_ref().map(place).unwrap_or_default();
    look.cut_start(&look.clean(&place), width).into()
}

/// `bucket/prefix`, or what there is of it.
pub fn place(storage: &S3Storage) -> String {
    [&storage.bucket, &storage.prefix]
        .into_iter()
        .flatten()
        .map(String::as_str)
        .collect::<Vec<_>>()
        .join("/")
}

fn started(row: &Row, width: usize, look: &Look) -> Line<'static> {
    age(row.task.start_time, width, look)
}

fn updated(row: &Row, width: usize, look: &Look) -> Line<'static> {
    age(row.task.update_time, width, look)
}

fn age(time: Option<jiff::Timestamp>, width: usize, look: &Look) -> Line<'static> {
    match time {
        Some(time) => format!("{:>width$}", text::age(time, look.now)).into(),
        None => absent(),
    }
}
