//! In what order the rows are: by a column, either way.
//!
//! The first 16 bytes of what is compared are taken out of each task once, so that sorting 100,000 tasks
//! looks at few of them again.

use std::cmp::Ordering;

use jiff::Timestamp;

use crate::monitor::TaskSlot;
use crate::tui::column::{Column, Row};

/// The order of the rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Order {
    /// The column that decides.
    pub column: Column,
    /// Whether the largest comes first.
    pub is_descending: bool,
    /// Whether tasks that have ended come after all others.
    pub finished_last: bool,
}

impl Default for Order {
    /// Newest first.
    fn default() -> Self {
        Self::by(Column::Started)
    }
}

impl Order {
    /// The order by a column in which what is looked for most comes first: the newest time, the most
    /// progress, otherwise the smallest.
    pub fn by(column: Column) -> Self {
        let is_descending = match column {
            Column::Started | Column::Updated | Column::Progress => true,
            Column::BundleId
            | Column::Instance
            | Column::State
            | Column::Storage
            | Column::Error => false,
        };
        Self {
            column,
            is_descending,
            finished_last: false,
        }
    }

    /// The other way round.
    #[must_use]
    pub fn reversed(self) -> Self {
        Self {
            is_descending: !self.is_descending,
            ..self
        }
    }

    /// What a row is sorted by.
    pub(super) fn key(self, row: &Row, slot: TaskSlot, now: Timestamp) -> SortKey {
        let has_ended =
            row.tracked.unlisted_since.is_some() || !row.task().state.phase().is_under_way();
        let head = self.head(row, now);
        SortKey {
            group: [self.finished_last && has_ended, head.is_none()],
            head: match head.unwrap_or_default() {
                head if self.is_descending => !head,
                head => head,
            },
            slot,
        }
    }

    /// What is compared first; `None` for a task that has nothing to compare. Such tasks come last, either
    /// way.
    fn head(self, row: &Row, now: Timestamp) -> Option<u128> {
        let task = row.task();
        match self.column {
            // A task without a start time has only just been requested.
            Column::Started => Some(task.start_time.map_or(u128::MAX, nanoseconds)),
            Column::Updated => task.update_time.map(nanoseconds),
            Column::Progress => {
                let percent = task.progress.as_ref()?.percent()?;
                // Numbers that are not negative are ordered as their bits are.
                Some(u128::from(percent.abs().to_bits()))
            }
            // In the order of a task's life; then what else the screen says.
            Column::State => {
                let is_unlisted = u128::from(row.tracked.unlisted_since.is_some());
                let text = natural_head(&self.column.text(row, now));
                Some((is_unlisted << 127) | ((task.state.phase() as u128) << 120) | (text >> 8))
            }
            Column::BundleId | Column::Instance | Column::Storage | Column::Error => {
                let text = self.column.text(row, now);
                (!text.is_empty()).then(|| natural_head(&text))
            }
        }
    }

    /// The order of two rows. IDs decide between equal ones, because EC2's own order varies between
    /// answers.
    pub(super) fn compare<'t>(
        self,
        a: &SortKey,
        b: &SortKey,
        row: impl Fn(TaskSlot) -> Option<Row<'t>>,
        now: Timestamp,
    ) -> Ordering {
        let heads = (a.group, a.head).cmp(&(b.group, b.head));
        heads.then_with(|| {
            let (Some(first), Some(second)) = (row(a.slot), row(b.slot)) else {
                return Ordering::Equal;
            };
            self.compare_texts(&first, &second, now)
                .then_with(|| {
                    let (first, second) = (&first.task().bundle_id, &second.task().bundle_id);
                    natural_order(first.as_str(), second.as_str())
                })
                .then(a.slot.cmp(&b.slot))
        })
    }

    /// The order of two rows by the whole text of the column, if the column is sorted by text.
    fn compare_texts(self, first: &Row, second: &Row, now: Timestamp) -> Ordering {
        match self.column {
            Column::State | Column::Progress | Column::Started | Column::Updated => Ordering::Equal,
            Column::BundleId | Column::Instance | Column::Storage | Column::Error => {
                let (first, second) = (self.column.text(first, now), self.column.text(second, now));
                let order = natural_order(&first, &second);
                if self.is_descending {
                    order.reverse()
                } else {
                    order
                }
            }
        }
    }
}

/// What a row is sorted by.
#[derive(Clone, Copy, Debug)]
pub(super) struct SortKey {
    /// Whether it comes after the tasks under way, and after those that have a value.
    group: [bool; 2],
    /// The first bytes of what is compared.
    head: u128,
    pub(super) slot: TaskSlot,
}

impl SortKey {
    /// For a row that is not to be sorted.
    pub(super) fn unsorted(slot: TaskSlot) -> Self {
        Self {
            group: [false; 2],
            head: 0,
            slot,
        }
    }
}

/// A time as an unsigned number.
fn nanoseconds(time: Timestamp) -> u128 {
    let since_first = time.as_nanosecond() - Timestamp::MIN.as_nanosecond();
    u128::try_from(since_first).unwrap_or_default()
}

/// The order in which people expect texts: `run-9` before `run-10`.
fn natural_order(a: &str, b: &str) -> Ordering {
    natural(a).cmp(natural(b)).then_with(|| a.cmp(b))
}

/// Bytes that are ordered as people order texts: before each number is the count of its digits.
///
/// The crates that order texts this way compare two of them; sorting many needs something that is taken
/// out of each only once.
fn natural(text: &str) -> impl Iterator<Item = u8> {
    let pieces = text
        .as_bytes()
        .chunk_by(|a, b| a.is_ascii_digit() == b.is_ascii_digit());
    pieces.flat_map(|piece| {
        let is_number = piece[0].is_ascii_digit();
        let zeros = piece.iter().take_while(|byte| **byte == b'0').count();
        let piece = if is_number { &piece[zeros..] } else { piece };
        let digits = u8::try_from(piece.len()).unwrap_or(u8::MAX);
        let count = is_number.then(|| b'0'.saturating_add(digits));
        count.into_iter().chain(piece.iter().copied())
    })
}

/// The first 16 of those bytes.
fn natural_head(text: &str) -> u128 {
    let mut head = [0; 16];
    for (place, byte) in head.iter_mut().zip(natural(text)) {
        *place = byte;
    }
    u128::from_be_bytes(head)
}
