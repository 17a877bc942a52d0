//! In what order the rows are: by a column, either way.
//!
//! What is compared is taken out of each task once, as bytes whose order is that of the rows.

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

    /// The order after a person chose a column: the other way round if it was the one sorted by.
    #[must_use]
    pub fn choose(self, column: Column) -> Self {
        if column == self.column {
            return self.reversed();
        }
        Self {
            finished_last: self.finished_last,
            ..Self::by(column)
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
        let task = row.task();
        let has_ended = row.tracked.unlisted_since.is_some() || !task.state.phase().is_under_way();
        let value = self.value(row, now);
        let mut bytes = Vec::with_capacity(96);
        bytes.push(u8::from(self.finished_last && has_ended) << 1 | u8::from(value.is_none()));
        // The byte at the end puts a text before the texts that begin with it.
        let value = value
            .into_iter()
            .flat_map(|value| value.into_iter().chain([0]));
        if self.is_descending {
            bytes.extend(value.map(|byte| !byte));
        } else {
            bytes.extend(value);
        }
        // IDs decide between equal tasks, because EC2's own order varies between answers.
        let id = task.bundle_id.as_str();
        bytes.extend(of_id(id));
        bytes.push(0);
        bytes.extend(id.as_bytes());
        SortKey::new(&bytes, slot)
    }

    /// The value that is compared, as bytes; `None` for a task that has none. Such tasks come last, either
    /// way.
    fn value(self, row: &Row, now: Timestamp) -> Option<Vec<u8>> {
        let task = row.task();
        match self.column {
            // A task without a start time has only just been requested.
            Column::Started => {
                let just_now = || vec![u8::MAX; 12];
                Some(task.start_time.map_or_else(just_now, time_bytes))
            }
            Column::Updated => task.update_time.map(time_bytes),
            Column::Progress => {
                let percent = task.progress.as_ref()?.percent()?;
                // Numbers that are not negative are ordered as their bits are.
                Some(percent.abs().to_bits().to_be_bytes().into())
            }
            // In the order of a task's life; then what else the screen says.
            Column::State => {
                let is_unlisted = u8::from(row.tracked.unlisted_since.is_some());
                let place = [is_unlisted, task.state.phase() as u8];
                let text = self.column.text(row, now);
                Some(place.into_iter().chain(natural(&text)).collect())
            }
            Column::BundleId | Column::Instance => {
                let id = self.column.text(row, now);
                (!id.is_empty()).then(|| of_id(&id))
            }
            Column::Storage | Column::Error => {
                let text = self.column.text(row, now);
                (!text.is_empty()).then(|| natural(&text).collect())
            }
        }
    }
}

/// What a row is sorted by: bytes, of which the first are at hand.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct SortKey {
    head: [u8; HEAD],
    rest: Box<[u8]>,
    pub(super) slot: TaskSlot,
}

/// How many bytes are compared without following a pointer: most comparisons need no more.
const HEAD: usize = 16;

impl SortKey {
    fn new(bytes: &[u8], slot: TaskSlot) -> Self {
        let (start, rest) = bytes.split_at(bytes.len().min(HEAD));
        let mut head = [0; HEAD];
        head[..start.len()].copy_from_slice(start);
        Self {
            head,
            rest: rest.into(),
            slot,
        }
    }
}

/// A time as bytes: the seconds since the first possible time, and the nanoseconds.
pub(super) fn time_bytes(time: Timestamp) -> Vec<u8> {
    let seconds = time.as_second() - Timestamp::MIN.as_second();
    let nanoseconds = time.subsec_nanosecond();
    let bytes = seconds.to_be_bytes().into_iter();
    bytes.chain(nanoseconds.to_be_bytes()).collect()
}

/// An ID as bytes. EC2's own are hexadecimal numbers of one length: their digits are no decimal numbers.
fn of_id(id: &str) -> Vec<u8> {
    let number = id.split_once('-').map_or("", |(_, number)| number);
    let is_hexadecimal = number.len() >= 8 && number.bytes().all(|byte| byte.is_ascii_hexdigit());
    if is_hexadecimal {
        id.as_bytes().to_vec()
    } else {
        natural(id).collect()
    }
}

/// Bytes that are ordered as people order texts: before each number is the count of its digits.
///
/// The crates that order texts this way compare two texts, which takes longer than comparing bytes.
pub(super) fn natural(text: &str) -> impl Iterator<Item = u8> {
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
