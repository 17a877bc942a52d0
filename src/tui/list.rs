//! The list on the screen: which of the monitor's tasks are shown and in what order, the selected one, and
//! the marked ones.
//!
//! This is the place for everything that hides, orders or marks rows; the monitor keeps all tasks. The
//! selection and the marks are tasks, not row numbers.

mod arrangement;
pub mod completion;
pub mod filter;
mod marks;
pub mod order;

use std::ops::RangeInclusive;

use jiff::Timestamp;

use crate::monitor::{Scope, TaskKey, TaskSlot, Tasks, TrackedTask};
use crate::task::Phase;
use crate::text::TimeStyle;
use arrangement::{Arranged, Arrangement, Rules, TASKS_PER_STEP};
use filter::{Filter, Matcher};
pub use marks::Marks;
use order::Order;

/// The rows, and what they depend on.
#[derive(Debug, Default)]
pub struct List {
    filter: Filter,
    /// The only phase to show.
    phase: Option<Phase>,
    order: Order,
    rows: Vec<TaskSlot>,
    /// The tasks to look at if the filter is narrowed; see [`Arranged`].
    candidates: Vec<TaskSlot>,
    /// The filter of the candidates.
    candidates_filter: Filter,
    /// The revision of the tasks that were arranged last.
    revision: u64,
    /// Rows being worked out, to take the place of these.
    work: Option<Work>,
    matcher: Matcher,
    selected: Option<TaskKey>,
    /// The task that a person selected last. It is selected again when it is shown again.
    chosen: Option<TaskKey>,
    /// A task that stays although it no longer meets the filter: it was selected when it changed.
    kept: Option<TaskKey>,
    /// The row of the selected task.
    cursor: usize,
    /// The first row on the screen.
    offset: usize,
    marks: Marks,
    /// How many marked tasks are not shown.
    hidden_marks: usize,
    /// The row at which the open range begins.
    range_start: Option<usize>,
}

#[derive(Debug)]
struct Work {
    arrangement: Arrangement,
    /// Whether a person changed what is shown.
    is_new_view: bool,
}

/// A row on the screen.
pub struct VisibleRow<'t> {
    /// Its number, from 0.
    pub number: usize,
    /// The task in it.
    pub tracked: &'t TrackedTask,
    /// Whether the task is marked, or in the range being marked.
    pub is_marked: bool,
}

impl List {
    /// Follows the tasks, if they have changed. If the selected task is gone, the task that takes its row is
    /// selected.
    pub fn update(&mut self, scope: &Scope, now: Timestamp) {
        if self.revision == scope.tasks().revision() {
            return;
        }
        self.refresh(scope, now);
    }

    /// Works the rows out again, because what they depend on has changed.
    pub fn refresh(&mut self, scope: &Scope, now: Timestamp) {
        let tasks = scope.tasks();
        self.revision = tasks.revision();
        if self.work.is_none() {
            self.kept.clone_from(&self.selected);
        }
        self.marks.forget_gone(tasks);
        self.rows.retain(|slot| tasks.at(*slot).is_some());
        self.find_selection(tasks, self.cursor);
        self.arrange(Arrangement::of_all(scope), false, scope, now);
    }

    /// Shows only what a filter finds.
    pub fn set_filter(&mut self, text: &str, scope: &Scope, now: Timestamp) {
        self.filter = Filter::parse(text);
        self.begin_new_view();
        let arrangement = if self.filter.narrows(&self.candidates_filter) {
            Arrangement::of_candidates(self.candidates.clone())
        } else {
            Arrangement::of_all(scope)
        };
        self.arrange(arrangement, true, scope, now);
    }

    /// Shows only tasks in one phase, or in all.
    pub fn set_phase(&mut self, phase: Option<Phase>, scope: &Scope, now: Timestamp) {
        self.phase = phase;
        self.begin_new_view();
        self.arrange(Arrangement::of_all(scope), true, scope, now);
    }

    /// A person changes what is shown. The selected task is selected again when it is shown again.
    fn begin_new_view(&mut self) {
        self.kept = None;
        if self.chosen.is_none() {
            self.chosen.clone_from(&self.selected);
        }
    }

    /// Sorts the rows.
    pub fn set_order(&mut self, order: Order, scope: &Scope, now: Timestamp) {
        self.order = order;
        self.arrange(Arrangement::of_all(scope), false, scope, now);
    }

    /// Whether the rows are still being worked out, by [`work`](Self::work).
    pub fn has_work(&self) -> bool {
        self.work.is_some()
    }

    /// Works on the rows for some milliseconds at most.
    pub fn work(&mut self, scope: &Scope, now: Timestamp) {
        let Some(mut work) = self.work.take() else {
            return;
        };
        let tasks = scope.tasks();
        let rules = Rules {
            filter: &self.filter,
            phase: self.phase,
            order: self.order,
            kept: self.kept.as_ref().and_then(|key| tasks.slot_of(key)),
            scope,
            now,
        };
        match work.arrangement.step(&rules, &mut self.matcher) {
            Some(arranged) => self.show(arranged, work.is_new_view, tasks),
            None => self.work = Some(work),
        }
    }

    /// Has filters find times as they are written.
    pub fn write_times(&mut self, times: TimeStyle) {
        self.matcher.times = times;
    }

    /// Begins to work rows out. What is in progress is given up.
    fn arrange(
        &mut self,
        arrangement: Arrangement,
        is_new_view: bool,
        scope: &Scope,
        now: Timestamp,
    ) {
        let before = self.work.take();
        self.work = Some(Work {
            arrangement,
            is_new_view: is_new_view || before.is_some_and(|work| work.is_new_view),
        });
        self.candidates.clear();
        self.candidates_filter = Filter::default();
        // Many are left for later, so that this and the merge before it do not add up.
        if scope.tasks().len() <= TASKS_PER_STEP {
            self.work(scope, now);
        }
    }

    fn show(&mut self, arranged: Arranged, is_new_view: bool, tasks: &Tasks) {
        self.rows = arranged.rows;
        self.candidates = arranged.candidates;
        self.candidates_filter = self.filter.clone();
        let otherwise = if is_new_view { 0 } else { self.cursor };
        self.find_selection(tasks, otherwise);
        let start = self.marks.range_start();
        self.range_start = start.and_then(|slot| self.row_of(slot));
        if self.range_start.is_none() {
            self.marks.set_range_start(None);
        }
        let shown = self.rows.iter().filter(|slot| self.marks.has(**slot));
        self.hidden_marks = self.marks.len() - shown.count();
    }

    /// The number of the row of a task, if it is shown.
    pub fn row_of(&self, slot: TaskSlot) -> Option<usize> {
        self.rows.iter().position(|row| *row == slot)
    }

    /// Selects the chosen task, or else the one that is selected, or else the one in row `otherwise`.
    fn find_selection(&mut self, tasks: &Tasks, otherwise: usize) {
        let slot = |key: &Option<TaskKey>| tasks.slot_of(key.as_ref()?);
        let (chosen, selected) = (slot(&self.chosen), slot(&self.selected));
        if chosen.is_none() {
            self.chosen = None;
        }
        let row = chosen.and_then(|slot| self.row_of(slot));
        let row = row.or_else(|| self.row_of(selected?));
        self.cursor = row
            .unwrap_or(otherwise)
            .min(self.rows.len().saturating_sub(1));
        self.selected = self.selected(tasks).map(TrackedTask::key);
    }

    /// Selects row number `row`, or the last one.
    pub fn select(&mut self, row: usize, tasks: &Tasks) {
        self.cursor = row.min(self.rows.len().saturating_sub(1));
        self.selected = self.selected(tasks).map(TrackedTask::key);
        self.chosen.clone_from(&self.selected);
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
        tasks.at(*self.rows.get(row)?)
    }

    /// The rows that `height` lines show.
    pub fn visible<'t>(
        &self,
        height: usize,
        tasks: &'t Tasks,
    ) -> impl Iterator<Item = VisibleRow<'t>> {
        let end = self.rows.len().min(self.offset + height);
        let range = self.range();
        (self.offset.min(end)..end).filter_map(move |number| {
            let slot = *self.rows.get(number)?;
            let tracked = tasks.at(slot)?;
            let is_in_range = range.as_ref().is_some_and(|range| range.contains(&number));
            let is_marked = is_in_range || self.marks.has(slot);
            Some(VisibleRow {
                number,
                tracked,
                is_marked,
            })
        })
    }

    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The number of the first row on the screen.
    pub fn first_row(&self) -> usize {
        self.offset
    }

    /// The number of the selected row.
    pub fn cursor(&self) -> usize {
        self.cursor
    }

    /// The filter.
    pub fn filter(&self) -> &Filter {
        &self.filter
    }

    /// The only phase shown; `None` if all are.
    pub fn phase(&self) -> Option<Phase> {
        self.phase
    }

    /// The order of the rows.
    pub fn order(&self) -> Order {
        self.order
    }

    /// Whether tasks may be hidden.
    pub fn is_filtered(&self) -> bool {
        self.phase.is_some() || self.filter.is_active()
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

    /// The marked tasks.
    pub fn marks(&self) -> &Marks {
        &self.marks
    }

    /// The marked tasks in the order of the rows; those that are hidden last.
    pub fn marked_in_order(&self) -> Vec<TaskSlot> {
        let shown = self
            .rows
            .iter()
            .copied()
            .filter(|slot| self.marks.has(*slot));
        let mut slots: Vec<_> = shown.collect();
        if slots.len() < self.marks.len() {
            let shown: std::collections::HashSet<_> = slots.iter().copied().collect();
            slots.extend(self.marks.iter().filter(|slot| !shown.contains(slot)));
        }
        slots
    }

    /// How many marked tasks the filter hides.
    pub fn hidden_marks(&self) -> usize {
        self.hidden_marks
    }

    /// The rows of the range being marked.
    pub fn range(&self) -> Option<RangeInclusive<usize>> {
        let start = self.range_start?;
        Some(start.min(self.cursor)..=start.max(self.cursor))
    }

    /// Begins a range at the selected task, or marks the range that is open.
    pub fn toggle_range(&mut self) {
        if self.range_start.is_some() {
            return self.mark_range();
        }
        let start = self.rows.get(self.cursor).copied();
        self.marks.set_range_start(start);
        self.range_start = start.map(|_| self.cursor);
    }

    /// Marks the range that is open, if one is.
    pub fn mark_range(&mut self) {
        let rows = self.range().into_iter().flatten();
        let slots = rows.filter_map(|row| self.rows.get(row).copied());
        self.marks.add(slots);
        self.drop_range();
    }

    /// Closes the range without marking it.
    pub fn drop_range(&mut self) {
        self.marks.set_range_start(None);
        self.range_start = None;
    }

    /// Marks the selected task, or removes its mark.
    pub fn toggle_mark(&mut self) {
        if let Some(slot) = self.rows.get(self.cursor) {
            self.marks.toggle(*slot);
        }
    }

    /// Marks every row.
    pub fn mark_all(&mut self) {
        self.marks.add(self.rows.iter().copied());
    }

    /// Removes every mark, also of tasks that are hidden.
    pub fn unmark_all(&mut self) {
        self.marks.clear();
        self.drop_range();
        self.hidden_marks = 0;
    }
}
