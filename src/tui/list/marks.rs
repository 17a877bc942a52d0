//! The marked tasks.

use slotmap::SecondaryMap;

use crate::monitor::{TaskSlot, Tasks};

/// The marked tasks, and the range being marked. A mark belongs to a task, not to a row.
#[derive(Debug, Default)]
pub struct Marks {
    tasks: SecondaryMap<TaskSlot, ()>,
    /// The task at which the range begins that goes to the selected task.
    range_start: Option<TaskSlot>,
}

impl Marks {
    /// Whether a task is marked.
    pub fn has(&self, task: TaskSlot) -> bool {
        self.tasks.contains_key(task)
    }

    /// How many tasks are marked.
    pub fn len(&self) -> usize {
        self.tasks.len()
    }

    /// Whether none is.
    pub fn is_empty(&self) -> bool {
        self.tasks.is_empty()
    }

    /// The marked tasks.
    pub fn iter(&self) -> impl Iterator<Item = TaskSlot> {
        self.tasks.keys()
    }

    /// The task at which the open range begins.
    pub(super) fn range_start(&self) -> Option<TaskSlot> {
        self.range_start
    }

    pub(super) fn set_range_start(&mut self, start: Option<TaskSlot>) {
        self.range_start = start;
    }

    /// Marks a task, or removes its mark.
    pub(super) fn toggle(&mut self, task: TaskSlot) {
        if self.tasks.remove(task).is_none() {
            self.tasks.insert(task, ());
        }
    }

    pub(super) fn add(&mut self, tasks: impl IntoIterator<Item = TaskSlot>) {
        self.tasks.extend(tasks.into_iter().map(|task| (task, ())));
    }

    pub(super) fn clear(&mut self) {
        self.tasks.clear();
    }

    /// Forgets tasks that are gone.
    pub(super) fn forget_gone(&mut self, tasks: &Tasks) {
        self.tasks.retain(|task, ()| tasks.at(task).is_some());
        self.range_start = self.range_start.filter(|start| tasks.at(*start).is_some());
    }
}
