//! The tasks on the screen: merging what EC2 says into them, and the selection among them.
//!
//! EC2 is eventually consistent and answers overtake each other, so a word about a task is weighed
//! before it is believed ([`Row::is_older`]). A selection is a task, not a row number.

use std::collections::HashMap;
use std::time::Duration;

use jiff::Timestamp;

use super::Now;
use crate::task::{BundleId, BundleTask, Phase};

/// How long an older word about a task is taken for a late one. After that it is believed: perhaps
/// EC2 knows better than the clock in its answer.
const DISTRUST: Duration = Duration::from_secs(60);

/// What we asked of a task and what is known to have come of it. EC2's own state stands beside it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CancelMark {
    /// Nothing was asked.
    #[default]
    None,
    /// A cancel was confirmed by a person; the task is looked at once more before it is sent.
    Checking,
    /// The cancel was sent.
    Sent,
    /// EC2 accepted the cancel.
    Accepted,
    /// The cancel went out and its answer was lost: nobody knows.
    Unanswered,
}

/// One task on the screen.
#[derive(Clone, Debug)]
pub struct Row {
    /// The task, in EC2's newest believed words.
    pub task: BundleTask,
    /// What we asked of it.
    pub cancel: CancelMark,
    /// When EC2 was first found to no longer list it.
    pub gone: Option<Timestamp>,
    /// When EC2 last listed it.
    pub listed: Timestamp,
    /// When its words were last believed.
    heard: Duration,
    /// Polls with a lower number were asked before we learnt what we know.
    trust_from: u64,
}

impl Row {
    fn new(task: BundleTask, now: Now) -> Self {
        Self {
            task,
            cancel: CancelMark::None,
            gone: None,
            listed: now.wall,
            heard: now.mono,
            trust_from: 0,
        }
    }

    /// Whether the cancel we asked for is all there is to say: EC2 has not named a state since.
    pub fn is_cancel_requested(&self) -> bool {
        match self.cancel {
            CancelMark::Checking | CancelMark::Sent => true,
            CancelMark::Accepted => match self.task.state.phase() {
                Phase::Pending
                | Phase::WaitingForShutdown
                | Phase::Bundling
                | Phase::Storing
                | Phase::Unknown => true,
                Phase::Cancelling | Phase::Complete | Phase::Failed => false,
            },
            CancelMark::None | CancelMark::Unanswered => false,
        }
    }

    /// Whether `word` is an older state of the task than the one already known.
    ///
    /// The times of update decide. Where they can't, a task that EC2 said to be cancelling, or
    /// whose cancel it accepted, does not go back to what it did before.
    fn is_older(&self, word: &BundleTask, now: Now) -> bool {
        if now.mono.saturating_sub(self.heard) > DISTRUST {
            return false;
        }
        match (self.task.update_time, word.update_time) {
            (Some(known), Some(said)) if known != said => said < known,
            _ => {
                let is_cancelled = self.cancel == CancelMark::Accepted
                    || self.task.state.phase() == Phase::Cancelling;
                is_cancelled && word.state.phase() < Phase::Cancelling
            }
        }
    }

    fn believe(&mut self, task: BundleTask, now: Now) {
        let phase = task.state.phase();
        self.cancel = match self.cancel {
            // A word asked for after the cancel: what it says is what became of it.
            CancelMark::Unanswered | CancelMark::Accepted if phase < Phase::Cancelling => {
                CancelMark::None
            }
            CancelMark::Unanswered => CancelMark::Accepted,
            mark @ (CancelMark::None
            | CancelMark::Checking
            | CancelMark::Sent
            | CancelMark::Accepted) => mark,
        };
        self.task = task;
        self.heard = now.mono;
        self.listed = now.wall;
        self.gone = None;
    }

    /// Whether the row stays on the screen, dimmed, when EC2 no longer lists the task: its end was
    /// not seen, or it had to do with us.
    fn outlives_its_task(&self) -> bool {
        self.gone.is_some()
            || self.cancel != CancelMark::None
            || self.task.state.phase().is_under_way()
    }
}

/// How many listed tasks are in each phase.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts([usize; Phase::ALL.len()]);

impl Counts {
    /// How many are in `phase`.
    pub fn of(&self, phase: Phase) -> usize {
        self.0[phase as usize]
    }

    /// How many there are.
    pub fn total(&self) -> usize {
        self.0.iter().sum()
    }

    /// Whether EC2 may still change any of them by itself.
    pub fn any_under_way(&self) -> bool {
        Phase::ALL
            .iter()
            .any(|phase| phase.is_under_way() && self.of(*phase) > 0)
    }
}

/// The tasks on the screen, newest first.
#[derive(Debug, Default)]
pub struct Rows {
    rows: Vec<Row>,
    selected: Option<BundleId>,
    /// Where the selected task is now.
    cursor: usize,
    /// The first row on the screen.
    offset: usize,
    counts: Counts,
}

impl Rows {
    /// Takes in the answer to poll number `asked`.
    pub fn merge(&mut self, asked: u64, tasks: Vec<BundleTask>, now: Now) {
        let mut known: HashMap<BundleId, Row> = self
            .rows
            .drain(..)
            .map(|row| (row.task.bundle_id.clone(), row))
            .collect();
        self.rows.reserve(tasks.len());
        for task in tasks {
            let row = match known.remove(&task.bundle_id) {
                Some(mut row) => {
                    if asked >= row.trust_from && !row.is_older(&task, now) {
                        row.believe(task, now);
                    }
                    row
                }
                None => Row::new(task, now),
            };
            self.rows.push(row);
        }
        for (id, mut row) in known {
            if asked >= row.trust_from {
                if !row.outlives_its_task() && self.selected.as_ref() != Some(&id) {
                    continue;
                }
                row.gone.get_or_insert(now.wall);
            }
            self.rows.push(row);
        }
        self.settle();
    }

    /// Takes in what EC2 said of one of the tasks when asked directly. Polls up to number `asked` went out
    /// before that and are not believed about this task.
    pub fn put(&mut self, task: BundleTask, asked: u64, now: Now) {
        if let Some(row) = self.find_mut(&task.bundle_id) {
            row.trust_from = asked + 1;
            if !row.is_older(&task, now) {
                row.believe(task, now);
            }
            self.settle();
        }
    }

    /// Takes in what EC2 answered to a cancel. It is the newest word there is, whatever its times.
    pub fn put_answer(&mut self, task: BundleTask, asked: u64, now: Now) {
        if let Some(row) = self.find_mut(&task.bundle_id) {
            row.trust_from = asked + 1;
            row.task = task;
            row.heard = now.mono;
        }
        self.settle();
    }

    /// Polls up to number `asked` went out before something happened to the task, and are not
    /// believed about it.
    pub fn distrust_until(&mut self, id: &BundleId, asked: u64, now: Now) {
        if let Some(row) = self.find_mut(id) {
            row.trust_from = asked + 1;
            row.heard = now.mono;
        }
    }

    /// EC2, asked directly, does not list the task.
    pub fn put_gone(&mut self, id: &BundleId, asked: u64, now: Now) {
        if let Some(row) = self.find_mut(id) {
            row.trust_from = asked + 1;
            row.gone.get_or_insert(now.wall);
        }
        self.settle();
    }

    /// Sets what we asked of a task.
    pub fn mark(&mut self, id: &BundleId, mark: CancelMark) {
        if let Some(row) = self.find_mut(id) {
            row.cancel = mark;
        }
    }

    /// Takes the selected task off the screen if EC2 no longer lists it; says whether it did.
    pub fn dismiss_selected(&mut self) -> bool {
        let Some(row) = self.selected() else {
            return false;
        };
        if row.gone.is_none() {
            return false;
        }
        self.rows.remove(self.cursor);
        self.select(self.cursor);
        true
    }

    /// The selected task.
    pub fn selected(&self) -> Option<&Row> {
        self.rows.get(self.cursor)
    }

    /// The task of that ID.
    pub fn find(&self, id: &BundleId) -> Option<&Row> {
        self.rows.iter().find(|row| row.task.bundle_id == *id)
    }

    fn find_mut(&mut self, id: &BundleId) -> Option<&mut Row> {
        self.rows.iter_mut().find(|row| row.task.bundle_id == *id)
    }

    /// Every row, in the order of the screen.
    pub fn iter(&self) -> std::slice::Iter<'_, Row> {
        self.rows.iter()
    }

    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// How many listed tasks are in each phase.
    pub fn counts(&self) -> &Counts {
        &self.counts
    }

    /// The index of the selected row.
    pub fn cursor(&self) -> usize {
        self.cursor
    }

    /// The index of the first row on the screen.
    pub fn offset(&self) -> usize {
        self.offset
    }

    /// The rows on a screen with room for `height` of them.
    pub fn visible(&self, height: usize) -> &[Row] {
        let end = (self.offset + height).min(self.rows.len());
        &self.rows[self.offset.min(end)..end]
    }

    /// Selects the row at `index`, or the last one.
    pub fn select(&mut self, index: usize) {
        self.cursor = index.min(self.rows.len().saturating_sub(1));
        self.selected = self.selected().map(|row| row.task.bundle_id.clone());
    }

    /// Brings the selected row onto a screen with room for `height` rows.
    pub fn scroll_to_selection(&mut self, height: usize) {
        let last_offset = self.rows.len().saturating_sub(height);
        self.offset = self
            .offset
            .min(self.cursor)
            .max((self.cursor + 1).saturating_sub(height))
            .min(last_offset);
    }

    /// Puts the rows in order, finds the selected task again and counts.
    fn settle(&mut self) {
        // Newest first; a task without a start time has only just been asked for. EC2's own order
        // varies between answers.
        self.rows.sort_unstable_by(|a, b| {
            let (a, b) = (&a.task, &b.task);
            match (a.start_time, b.start_time) {
                (None, Some(_)) => std::cmp::Ordering::Less,
                (Some(_), None) => std::cmp::Ordering::Greater,
                (a_start, b_start) => b_start.cmp(&a_start),
            }
            .then_with(|| a.bundle_id.cmp(&b.bundle_id))
        });
        let found = self
            .selected
            .as_ref()
            .and_then(|id| self.rows.iter().position(|row| row.task.bundle_id == *id));
        self.select(found.unwrap_or(self.cursor));
        self.counts = Counts::default();
        for row in self.rows.iter().filter(|row| row.gone.is_none()) {
            self.counts.0[row.task.state.phase() as usize] += 1;
        }
    }
}

impl<'a> IntoIterator for &'a Rows {
    type Item = &'a Row;
    type IntoIter = std::slice::Iter<'a, Row>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}
