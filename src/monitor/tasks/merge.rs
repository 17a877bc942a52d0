//! Merging a whole list from EC2 into the tasks.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use super::{Changes, TaskSlot, Tasks, TrackedTask};
use crate::monitor::cancels::Cancels;
use crate::monitor::event::Now;
use crate::monitor::key::TaskKey;
use crate::monitor::progress_history::ProgressHistory;
use crate::monitor::transition::Change;
use crate::task::{BundleId, BundleTask};

/// What merging needs besides the list.
pub(in crate::monitor) struct MergeContext<'a> {
    /// The number of the request that was answered.
    pub request: u64,
    /// When it was sent, in time since the program started.
    pub requested_at: Duration,
    /// When it was answered.
    pub now: Now,
    /// The task to keep in any case.
    pub pinned: Option<&'a TaskKey>,
    /// Whether the list has only what filters find.
    pub is_partial: bool,
    pub cancels: &'a mut Cancels,
    pub changes: &'a mut Changes,
}

impl Tasks {
    /// Merges a whole list. Returns whether it has new tasks that no change names.
    pub(in crate::monitor) fn merge(
        &mut self,
        list: Vec<Arc<BundleTask>>,
        mut merge: MergeContext,
    ) -> bool {
        let mut has_unreported = false;
        self.merge_count += 1;
        let new = list.len().saturating_sub(self.tasks.len());
        self.tasks.reserve(new);
        self.by_key.reserve(new);
        let last_list = std::mem::take(&mut self.last_list);
        let mut next_place = 0;
        self.last_list.reserve(list.len());
        let mut repeated: HashMap<TaskKey, u32> = HashMap::new();
        let contradictory = if merge.cancels.is_empty() {
            HashSet::new()
        } else {
            repeated_ids(&list)
        };
        for task in list {
            // Most tasks are the same object in the same order, which saves looking their keys up.
            if let Some(&slot) = last_list.get(next_place)
                && let Some(known) = self.tasks.get(slot)
                && Arc::ptr_eq(&known.task, &task)
                && known.last_merge != self.merge_count
            {
                next_place += 1;
                let may_settle = !contradictory.contains(&task.bundle_id);
                self.merge_known(slot, task, may_settle, &mut merge);
                continue;
            }
            let mut key = TaskKey::of_task(&task);
            let is_repeated = self
                .by_key
                .get(&key)
                .is_some_and(|&slot| self.tasks[slot].last_merge == self.merge_count);
            if is_repeated {
                let count = repeated.entry(key.clone()).or_default();
                *count += 1;
                key = key.duplicate(*count);
            }
            let may_settle = !contradictory.contains(&task.bundle_id);
            match self.by_key.get(&key) {
                Some(&slot) => {
                    next_place = self.tasks[slot].last_place + 1;
                    self.merge_known(slot, task, may_settle, &mut merge);
                }
                None => has_unreported |= !self.insert(key, task, may_settle, &mut merge),
            }
        }
        self.remove_unlisted(&mut merge);
        // An empty first list is a first list too.
        has_unreported |= self.merge_count == 1;
        self.expects_other_tasks = false;
        self.recount();
        has_unreported
    }

    /// Merges a task. It may settle a cancel unless the same list has several with its ID.
    fn merge_known(
        &mut self,
        slot: TaskSlot,
        task: Arc<BundleTask>,
        may_settle: bool,
        merge: &mut MergeContext,
    ) {
        let known = &mut self.tasks[slot];
        known.last_merge = self.merge_count;
        known.is_left_out = false;
        known.is_past = false;
        known.last_place = self.last_list.len();
        self.last_list.push(slot);
        let cancel = merge.cancels.state(&task.bundle_id);
        if merge.request > known.ignore_requests_through
            && !known.overrules(&task, cancel, merge.requested_at)
        {
            known.ignore_requests_through = merge.request;
            let settled = may_settle.then(|| merge.cancels.settle(&task, merge.requested_at));
            let settled = settled.flatten();
            known.apply(task, merge.now, merge.changes);
            let id = &known.task.bundle_id;
            let settled = settled.map(|(cancel, change)| Change::Cancel(cancel, change));
            merge
                .changes
                .extend(settled.map(|change| (id.clone(), change)));
        }
    }

    /// Returns whether that is reported as a change.
    fn insert(
        &mut self,
        key: TaskKey,
        task: Arc<BundleTask>,
        may_settle: bool,
        merge: &mut MergeContext,
    ) -> bool {
        if may_settle && let Some((id, change)) = merge.cancels.settle(&task, merge.requested_at) {
            let change = Change::Cancel(id, change);
            merge.changes.push((task.bundle_id.clone(), change));
        }
        let is_reported = self.merge_count > 1 && !merge.is_partial && !self.expects_other_tasks;
        if is_reported {
            let state = task.state.clone();
            let change = Change::Appeared { state };
            merge.changes.push((task.bundle_id.clone(), change));
        }
        let history = ProgressHistory::new(&task, merge.now.wall);
        let slot = self.tasks.insert(TrackedTask {
            // What it was like before it was first seen is not news.
            is_stall_reported: history.stalled_since(merge.now.wall).is_some(),
            history,
            task,
            unlisted_since: None,
            last_listed: merge.now.wall,
            is_left_out: false,
            is_past: false,
            duplicate_index: key.duplicate_index(),
            described_at: merge.now.mono,
            ignore_requests_through: merge.request,
            last_merge: self.merge_count,
            last_place: self.last_list.len(),
        });
        self.last_list.push(slot);
        self.by_key.insert(key, slot);
        is_reported
    }

    /// Marks or removes the tasks that the list being merged does not have.
    fn remove_unlisted(&mut self, merge: &mut MergeContext) {
        let (merge_count, request) = (self.merge_count, merge.request);
        // What a person has just asked not to see need not stay because it was being looked at.
        let pinned = merge.pinned.filter(|_| !self.expects_other_tasks);
        let unlisted = self.tasks.iter().filter(|(_, task)| {
            task.last_merge != merge_count && request > task.ignore_requests_through
        });
        for slot in unlisted.map(|(slot, _)| slot).collect::<Vec<_>>() {
            let task = &mut self.tasks[slot];
            let id = task.task.bundle_id.clone();
            let is_new = task.unlisted_since.is_none();
            let is_pinned = pinned.is_some_and(|pinned| *pinned == task.key());
            let cancel = merge.cancels.state(&id);
            if merge.is_partial {
                // It may only be left out.
                if is_new && (is_pinned || cancel.is_some()) {
                    task.is_left_out = true;
                } else if is_new {
                    self.remove(slot);
                }
                continue;
            }
            let is_kept = is_pinned || task.is_retained(cancel, merge.now.wall);
            if is_kept {
                task.unlisted_since.get_or_insert(merge.now.wall);
            } else {
                self.remove(slot);
            }
            if is_new {
                merge.changes.push((id, Change::NoLongerListed));
            }
        }
    }
}

/// The IDs that a list has more than once.
fn repeated_ids(list: &[Arc<BundleTask>]) -> HashSet<BundleId> {
    let mut seen = HashSet::new();
    let ids = list.iter().map(|task| &task.bundle_id);
    ids.filter(|id| !seen.insert(*id)).cloned().collect()
}
