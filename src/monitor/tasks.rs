//! The tasks of a scope by ID, and what EC2 says about one of them. Whole lists are merged in
//! `tasks/merge.rs`.
//!
//! EC2 is eventually consistent and responses arrive out of order, so a description is compared with
//! what is known before it is applied: see [`TrackedTask::overrules`].

mod merge;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use slotmap::SlotMap;

use super::cancel::{CONSISTENT_AFTER, CancelState};
use super::cancels::Cancels;
use super::estimate::{Estimate, estimate};
use super::event::{Now, PastTask};
use super::key::TaskKey;
use super::progress_history::{Observation, ProgressHistory};
use super::transition::Change;
use crate::task::{BundleId, BundleTask, Phase};

pub(super) use merge::MergeContext;

/// How long a task stays in the list after EC2 stopped listing it. The journal has it for longer.
const UNLISTED_KEPT_FOR: SignedDuration = SignedDuration::from_hours(24);

slotmap::new_key_type! {
    /// Where a task is in [`Tasks`]. It stays there while it is known, and the slot of a task that is
    /// gone never becomes another's.
    pub struct TaskSlot;
}

/// What changed, task by task.
pub(super) type Changes = Vec<(BundleId, Change)>;

/// A task and what is known about it.
#[derive(Clone, Debug)]
pub struct TrackedTask {
    /// The task, as EC2 last described it.
    pub task: Arc<BundleTask>,
    /// Since when EC2 no longer lists it.
    pub unlisted_since: Option<Timestamp>,
    /// When EC2 last listed it.
    pub last_listed: Timestamp,
    /// Whether EC2's own filters leave it out of the list.
    pub is_left_out: bool,
    /// Whether it is shown although EC2 had stopped listing it before this run, or had been forgotten.
    pub is_past: bool,
    /// How its state and progress have changed.
    pub history: ProgressHistory,
    /// Whether the transition that it is stalled was returned since it last moved.
    is_stall_reported: bool,
    duplicate_index: u32,
    /// When the description was accepted, in time since the program started.
    described_at: Duration,
    /// Requests up to this number were sent before the latest information about the task, or led to it.
    ignore_requests_through: u64,
    /// The number of the merge that last listed it.
    last_merge: u64,
    /// Its place in that list.
    last_place: usize,
}

impl TrackedTask {
    /// Which task it is.
    pub fn key(&self) -> TaskKey {
        TaskKey::of_task(&self.task).duplicate(self.duplicate_index)
    }

    /// Whether what is known is newer than `description`.
    ///
    /// The update times decide. If they cannot, a task that is being cancelled, or whose cancel
    /// EC2 accepted, does not return to its earlier state. A description requested
    /// [`CONSISTENT_AFTER`] is never older, whatever its times: EC2 may have set them back.
    fn overrules(
        &self,
        description: &BundleTask,
        cancel: Option<CancelState>,
        requested_at: Duration,
    ) -> bool {
        if requested_at >= self.described_at + CONSISTENT_AFTER {
            return false;
        }
        match (self.task.update_time, description.update_time) {
            (Some(known), Some(described)) if known != described => described < known,
            _ => {
                let is_cancelled =
                    matches!(cancel, Some(CancelState::Accepted | CancelState::Settled))
                        || self.task.state.phase() == Phase::Cancelling;
                is_cancelled && description.state.phase() < Phase::Cancelling
            }
        }
    }

    /// Applies a description.
    fn apply(&mut self, task: Arc<BundleTask>, now: Now, changes: &mut Changes) {
        if !Arc::ptr_eq(&self.task, &task) {
            self.push_changes(&task, now.wall, changes);
            if self.history.observe(&task, now.wall) {
                self.is_stall_reported = false;
            }
        }
        if self.unlisted_since.take().is_some() {
            changes.push((task.bundle_id.clone(), Change::ListedAgain));
        }
        self.task = task;
        self.described_at = now.mono;
        self.last_listed = now.wall;
        if !self.is_stall_reported
            && let Some(since) = self.stalled_since()
        {
            self.is_stall_reported = true;
            changes.push((self.task.bundle_id.clone(), Change::Stalled { since }));
        }
    }

    /// Since when it has not moved, if that is longer than its own pace explains.
    pub fn stalled_since(&self) -> Option<Timestamp> {
        let is_listed = self.unlisted_since.is_none();
        is_listed.then(|| self.history.stalled_since(self.last_listed))?
    }

    /// When its progress will reach 100%, if there are grounds for an estimate.
    pub fn estimate(&self) -> Option<Estimate> {
        estimate(&self.history, self.last_listed)
    }

    fn push_changes(&self, to: &BundleTask, at: Timestamp, changes: &mut Changes) {
        let from = &*self.task;
        // A task begins in `pending`.
        let is_pending = from.state.phase() == Phase::Pending;
        let started = from.start_time.filter(|_| is_pending);
        let since = self.history.state_since().or(started);
        let lasted = since.map(|since| at.duration_since(since));
        // EC2's clock may be ahead of this one.
        let lasted = lasted.filter(|lasted| !lasted.is_negative());
        // Of states between two polls it is not known how long each lasted.
        let lasted = lasted.filter(|_| !is_state_skipped(from.state.phase(), to.state.phase()));
        let all = Change::between(from, to, lasted);
        changes.extend(all.map(|change| (to.bundle_id.clone(), change)));
    }

    /// Whether the task is kept when EC2 no longer lists it: its end was not seen, or a cancel of it
    /// was requested here. Neither lasts longer than [`UNLISTED_KEPT_FOR`], unless the cancel is not answered.
    fn is_retained(&self, cancel: Option<CancelState>, now: Timestamp) -> bool {
        if self.is_past {
            return true;
        }
        match (cancel, self.unlisted_since) {
            (
                Some(
                    CancelState::Queued
                    | CancelState::Checking
                    | CancelState::Sent
                    | CancelState::AnswerLost,
                ),
                _,
            ) => true,
            (Some(CancelState::Accepted | CancelState::Settled) | None, Some(since)) => {
                now.duration_since(since) < UNLISTED_KEPT_FOR
            }
            (Some(CancelState::Accepted | CancelState::Settled), None) => true,
            (None, None) => self.task.state.phase().is_under_way(),
        }
    }
}

/// How many tasks are in each phase.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    listed: [usize; Phase::ALL.len()],
    /// How many EC2 no longer lists, without those of the past.
    pub unlisted: usize,
    /// How many are of the past.
    pub past: usize,
}

impl Counts {
    /// How many listed tasks are in `phase`.
    pub fn of(&self, phase: Phase) -> usize {
        self.listed[phase as usize]
    }

    /// How many tasks EC2 lists.
    pub fn listed(&self) -> usize {
        self.listed.iter().sum()
    }

    /// Whether EC2 may still change any of them by itself.
    pub fn any_under_way(&self) -> bool {
        Phase::ALL
            .iter()
            .any(|phase| phase.is_under_way() && self.of(*phase) > 0)
    }
}

/// The tasks of a scope, in no particular order.
#[derive(Debug, Default)]
pub struct Tasks {
    tasks: SlotMap<TaskSlot, TrackedTask>,
    by_key: HashMap<TaskKey, TaskSlot>,
    /// The tasks in the order of the last list.
    last_list: Vec<TaskSlot>,
    counts: Counts,
    merge_count: u64,
    /// Whether the next list is another part of what there is: what comes with it need not be new.
    expects_other_tasks: bool,
    revision: u64,
}

/// What merging the answer to a request for one task needs besides the task.
pub(super) struct SingleAnswer<'a> {
    /// The number of the request that was answered.
    pub request: u64,
    /// When it was sent, in time since the program started.
    pub requested_at: Duration,
    /// The number of the newest request. Those up to it were sent before this answer came.
    pub last_request: u64,
    /// When it was answered.
    pub now: Now,
    pub cancels: &'a mut Cancels,
    pub changes: &'a mut Changes,
}

impl Tasks {
    /// No tasks, with the next revision, so that a list on the screen is updated.
    pub(super) fn empty_with_next_revision(&self) -> Self {
        Self {
            revision: self.revision + 1,
            ..Self::default()
        }
    }

    /// Merges the description of one task, requested alone.
    pub(super) fn apply_description(&mut self, task: BundleTask, answer: &mut SingleAnswer) {
        let cancel = answer.cancels.state(&task.bundle_id);
        let Some(known) = self.expecting(&task.bundle_id, answer) else {
            return;
        };
        if !known.overrules(&task, cancel, answer.requested_at) {
            let settled = answer.cancels.settle(&task, answer.requested_at);
            known.apply(Arc::new(task), answer.now, answer.changes);
            let id = known.task.bundle_id.clone();
            if let Some((cancel, change)) = settled {
                answer.changes.push((id, Change::Cancel(cancel, change)));
            }
        }
        self.recount();
    }

    /// Merges the task in the answer to a cancel. It is the newest description, whatever its times.
    pub(super) fn apply_cancel_answer(&mut self, task: BundleTask, answer: &mut SingleAnswer) {
        if let Some(known) = self.expecting(&task.bundle_id, answer) {
            known.apply(Arc::new(task), answer.now, answer.changes);
            self.recount();
        }
    }

    /// A request for this task alone did not return it.
    pub(super) fn mark_unlisted(&mut self, id: &BundleId, answer: &mut SingleAnswer) {
        if let Some(known) = self.expecting(id, answer) {
            if known.unlisted_since.is_none() {
                known.unlisted_since = Some(answer.now.wall);
                answer.changes.push((id.clone(), Change::NoLongerListed));
            }
            self.recount();
        }
    }

    /// Ignores what requests up to number `last_request` say about a task: they were sent before
    /// something happened to it.
    pub(super) fn ignore_requests_through(&mut self, id: &BundleId, last_request: u64, now: Now) {
        if let Some(known) = self.by_id_mut(id) {
            known.ignore_requests_through = last_request;
            known.described_at = now.mono;
        }
    }

    /// The task that an answer is about, unless the answer is older than what is known.
    fn expecting(&mut self, id: &BundleId, answer: &SingleAnswer) -> Option<&mut TrackedTask> {
        let known = self.by_id_mut(id)?;
        if answer.request <= known.ignore_requests_through {
            return None;
        }
        known.ignore_requests_through = answer.last_request;
        Some(known)
    }

    /// Removes a task that EC2 no longer lists. Returns whether there was one.
    pub(super) fn dismiss(&mut self, key: &TaskKey) -> bool {
        let slot = self.slot_of(key);
        let unlisted = slot.filter(|&slot| self.tasks[slot].unlisted_since.is_some());
        if let Some(slot) = unlisted {
            self.remove(slot);
            self.recount();
        }
        unlisted.is_some()
    }

    /// Adds what was observed of tasks at other times to their histories.
    pub(super) fn recall(&mut self, observations: HashMap<BundleId, Vec<Observation>>) {
        for (id, observations) in observations {
            if let Some(known) = self.by_id_mut(&id) {
                known.history.add(observations);
                // That it stood still before is not news.
                known.is_stall_reported |= known.stalled_since().is_some();
            }
        }
        self.recount();
    }

    /// Shows tasks of the past, of those that are not known.
    pub(super) fn show_past(&mut self, tasks: Vec<PastTask>) {
        for past in tasks {
            let key = TaskKey::of_task(&past.task);
            if self.by_key.contains_key(&key) {
                continue;
            }
            let slot = self.tasks.insert(TrackedTask {
                task: Arc::new(past.task),
                unlisted_since: Some(past.unlisted_since),
                last_listed: past.last_listed,
                is_left_out: false,
                is_past: true,
                history: past.history,
                is_stall_reported: true,
                duplicate_index: 0,
                described_at: Duration::ZERO,
                ignore_requests_through: 0,
                last_merge: 0,
                last_place: 0,
            });
            self.by_key.insert(key, slot);
        }
        self.recount();
    }

    /// Forgets the tasks of the past.
    pub(super) fn hide_past(&mut self) {
        let past = self.tasks.iter().filter(|(_, task)| task.is_past);
        for slot in past.map(|(slot, _)| slot).collect::<Vec<_>>() {
            self.remove(slot);
        }
        self.recount();
    }

    /// The next list is another part of what there is.
    pub(super) fn expect_other_tasks(&mut self) {
        self.expects_other_tasks = true;
    }

    /// The tasks that are here although filters leave them out, and that EC2 may still list.
    pub(super) fn left_out(&self) -> impl Iterator<Item = BundleId> {
        let is_left_out = |task: &&TrackedTask| task.is_left_out && task.unlisted_since.is_none();
        let left_out = self.tasks.values().filter(is_left_out);
        left_out.map(|task| task.task.bundle_id.clone())
    }

    /// Every task and its slot.
    pub fn iter(&self) -> impl Iterator<Item = (TaskSlot, &TrackedTask)> {
        self.tasks.iter()
    }

    /// How many tasks there are.
    pub fn len(&self) -> usize {
        self.tasks.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.tasks.is_empty()
    }

    /// The task in a slot; `None` if it is gone.
    pub fn at(&self, slot: TaskSlot) -> Option<&TrackedTask> {
        self.tasks.get(slot)
    }

    /// The slot of the task with that key.
    pub fn slot_of(&self, key: &TaskKey) -> Option<TaskSlot> {
        self.by_key.get(key).copied()
    }

    /// The task with that key.
    pub fn get(&self, key: &TaskKey) -> Option<&TrackedTask> {
        self.at(self.slot_of(key)?)
    }

    /// The task with that ID; if there are several, the first in EC2's response.
    pub fn by_id(&self, id: &BundleId) -> Option<&TrackedTask> {
        self.get(&TaskKey::of_id(id.clone()))
    }

    fn by_id_mut(&mut self, id: &BundleId) -> Option<&mut TrackedTask> {
        let key = TaskKey::of_id(id.clone());
        let slot = *self.by_key.get(&key)?;
        self.tasks.get_mut(slot)
    }

    /// How many tasks are in each phase.
    pub fn counts(&self) -> &Counts {
        &self.counts
    }

    /// Changes whenever a task may have changed.
    pub fn revision(&self) -> u64 {
        self.revision
    }

    fn remove(&mut self, slot: TaskSlot) {
        if let Some(removed) = self.tasks.remove(slot) {
            self.by_key.remove(&removed.key());
        }
    }

    fn recount(&mut self) {
        self.revision += 1;
        self.counts = Counts::default();
        for task in self.tasks.values() {
            if task.is_past {
                self.counts.past += 1;
            } else if task.unlisted_since.is_some() {
                self.counts.unlisted += 1;
            } else {
                self.counts.listed[task.task.state.phase() as usize] += 1;
            }
        }
    }
}

/// Whether a task that goes the usual way has been in another state between these.
fn is_state_skipped(from: Phase, to: Phase) -> bool {
    const USUAL_WAY: [Phase; 5] = [
        Phase::Pending,
        Phase::WaitingForShutdown,
        Phase::Bundling,
        Phase::Storing,
        Phase::Complete,
    ];
    let place = |phase| USUAL_WAY.iter().position(|it| *it == phase);
    match (place(from), place(to)) {
        (Some(from), Some(to)) => to > from + 1,
        _ => false,
    }
}
