//! The marked tasks.

use std::collections::HashSet;

use crate::monitor::{TaskKey, TaskSlot, Tasks};

/// The marked tasks, and the range being marked. A mark belongs to a task, not to a row.
#[derive(Debug, Default)]
pub struct Marks {
    keys: HashSet<TaskKey>,
    /// The task at which the range begins that goes to the selected task.
    range_start: Option<TaskKey>,
}

impl Marks {
    /// Whether a task is marked.
    pub fn has(&self, key: &TaskKey) -> bool {
        self.keys.contains(key)
    }

    /// How many tasks are marked.
    pub fn len(&self) -> usize {
        self.keys.len()
    }

    /// Whether none is.
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// The slots of the marked tasks.
    pub(super) fn slots<'a>(&'a self, tasks: &'a Tasks) -> impl Iterator<Item = TaskSlot> + 'a {
        self.keys.iter().filter_map(|key| tasks.slot_of(key))
    }

    /// The task at which the open range begins.
    pub(super) fn range_start(&self) -> Option<&TaskKey> {
        self.range_start.as_ref()
    }

    pub(super) fn set_range_start(&mut self, start: Option<TaskKey>) {
        self.range_start = start;
    }

    /// Marks a task, or removes its mark.
    pub(super) fn toggle(&mut self, key: TaskKey) {
        if !self.keys.remove(&key) {
            self.keys.insert(key);
        }
    }

    pub(super) fn add(&mut self, keys: impl IntoIterator<Item = TaskKey>) {
        self.keys.extend(keys);
    }

    pub(super) fn clear(&mut self) {
        self.keys.clear();
    }

    /// Forgets tasks that are gone.
    pub(super) fn forget_gone(&mut self, tasks: &Tasks) {
        self.keys.retain(|key| tasks.slot_of(key).is_some());
        if let Some(start) = &self.range_start
            && tasks.slot_of(start).is_none()
        {
            self.range_start = None;
        }
    }
}
