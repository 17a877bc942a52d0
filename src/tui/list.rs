//! The list on the screen: which of the monitor's tasks are shown and in what order, as indices into
//! them, and the selected one. The selection is a task, not a row number.
//!
//! This is the place for everything that hides, orders or marks rows: the monitor keeps all tasks, and
//! text typed for this purpose comes from a [`TextField`](super::input::TextField).

use std::cmp::Reverse;

use crate::monitor::{TaskKey, Tasks, TrackedTask};

/// The tasks on the screen, newest first.
#[derive(Debug, Default)]
pub struct List {
    /// Indices into [`Tasks::all`].
    rows: Vec<usize>,
    /// The revision of the tasks that the indices refer to.
    revision: u64,
    selected: Option<TaskKey>,
    /// The row of the selected task.
    cursor: usize,
    /// The first row on the screen.
    offset: usize,
}

impl List {
    /// Sorts the rows again and finds the selected task again, if the tasks have changed. If the
    /// selected task is gone, the task that takes its row is selected.
    pub fn update(&mut self, tasks: &Tasks) {
        if self.revision == tasks.revision() && self.rows.len() == tasks.all().len() {
            return;
        }
        self.revision = tasks.revision();
        self.rows = sorted(tasks);
        let index = self.selected.as_ref().and_then(|key| tasks.index_of(key));
        let row = index.and_then(|index| self.rows.iter().position(|row| *row == index));
        self.select(row.unwrap_or(self.cursor), tasks);
    }

    /// Selects row number `row`, or the last one.
    pub fn select(&mut self, row: usize, tasks: &Tasks) {
        self.cursor = row.min(self.rows.len().saturating_sub(1));
        self.selected = self.selected(tasks).map(TrackedTask::key);
    }

    /// The selected task.
    pub fn selected<'t>(&self, tasks: &'t Tasks) -> Option<&'t TrackedTask> {
        self.row(self.cursor, tasks)
    }

    /// The key of the selected task.
    pub fn selected_key(&self) -> Option<&TaskKey> {
        self.selected.as_ref()
    }

    /// The task in a row.
    pub fn row<'t>(&self, row: usize, tasks: &'t Tasks) -> Option<&'t TrackedTask> {
        tasks.all().get(*self.rows.get(row)?)
    }

    /// The rows that `height` lines show, each with its number.
    pub fn visible<'t>(
        &self,
        height: usize,
        tasks: &'t Tasks,
    ) -> impl Iterator<Item = (usize, &'t TrackedTask)> {
        let end = self.rows.len().min(self.offset + height);
        let rows = self.offset.min(end)..end;
        rows.filter_map(|row| Some((row, self.row(row, tasks)?)))
    }

    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The number of the selected row.
    pub fn cursor(&self) -> usize {
        self.cursor
    }

    /// Scrolls so that `height` lines show the selected row.
    pub fn scroll_to_selection(&mut self, height: usize) {
        let last_offset = self.rows.len().saturating_sub(height);
        self.offset = self
            .offset
            .min(self.cursor)
            .max((self.cursor + 1).saturating_sub(height))
            .min(last_offset);
    }
}

/// The indices of the tasks, newest first. A task without a start time has only just been requested.
/// EC2's own order varies between answers.
fn sorted(tasks: &Tasks) -> Vec<usize> {
    let all = tasks.all();
    // Store the times with the indices, so that few comparisons have to look at the tasks.
    let mut rows: Vec<_> = (0..all.len())
        .map(|index| {
            let start = all[index].task.start_time;
            (start.is_some(), Reverse(start), index)
        })
        .collect();
    rows.sort_unstable_by(|(a_started, a_start, a), (b_started, b_start, b)| {
        let by_time = (a_started, a_start).cmp(&(b_started, b_start));
        let id = |index: &usize| &all[*index].task.bundle_id;
        by_time.then_with(|| id(a).cmp(id(b)).then(a.cmp(b)))
    });
    rows.into_iter().map(|(_, _, index)| index).collect()
}
