//! Filtering and sorting, in steps short enough that a key never waits for them.

use itertools::{Itertools as _, KMerge};
use jiff::Timestamp;

use super::filter::{Filter, Fit, Matcher};
use super::order::{Order, SortKey};
use crate::monitor::{Scope, TaskSlot};
use crate::task::Phase;
use crate::tui::column::Row;

/// How many tasks one step looks at: some milliseconds of work. A list of at most that many is arranged
/// at once.
pub(super) const TASKS_PER_STEP: usize = 8_192;

/// What decides which rows there are, and in what order.
#[derive(Clone, Copy)]
pub(super) struct Rules<'a> {
    pub filter: &'a Filter,
    /// The only phase to show.
    pub phase: Option<Phase>,
    pub order: Order,
    /// A task to show in any case.
    pub kept: Option<TaskSlot>,
    pub scope: &'a Scope,
    pub now: Timestamp,
}

impl<'a> Rules<'a> {
    fn row(&self, slot: TaskSlot) -> Option<Row<'a>> {
        let scope = self.scope;
        let tracked = scope.tasks().at(slot)?;
        Some(Row { tracked, scope })
    }

    fn fit(&self, row: &Row, slot: TaskSlot, matcher: &mut Matcher) -> Fit {
        if self.kept == Some(slot) {
            return Fit::Yes;
        }
        let is_listed = row.tracked.unlisted_since.is_none();
        let is_in_phase = |phase| is_listed && row.task().state.phase() == phase;
        if self.phase.is_some_and(|phase| !is_in_phase(phase)) {
            return Fit::No;
        }
        self.filter.fit(row, self.now, matcher)
    }
}

/// Rows being filtered and sorted.
pub(super) struct Arrangement {
    /// The tasks to look at.
    tasks: Vec<TaskSlot>,
    /// How many of them have been looked at.
    done: usize,
    /// Whether they are in order already, because they are the rows of a wider filter.
    is_sorted: bool,
    /// What was found in each step, in order.
    runs: Vec<Vec<(SortKey, Fit)>>,
    /// All that was found, in order, once all tasks have been looked at.
    merged: Option<Merged>,
    arranged: Arranged,
}

type Merged = KMerge<std::vec::IntoIter<(SortKey, Fit)>>;

/// The rows, in order.
#[derive(Debug, Default)]
pub(super) struct Arranged {
    /// The tasks to show.
    pub rows: Vec<TaskSlot>,
    /// The tasks to look at if letters are appended to the filter. Empty without a filter.
    pub candidates: Vec<TaskSlot>,
}

impl Arranged {
    fn push(&mut self, slot: TaskSlot, fit: Fit, filter: &Filter) {
        if fit == Fit::Yes {
            self.rows.push(slot);
        }
        if filter.is_active() {
            self.candidates.push(slot);
        }
    }
}

impl Arrangement {
    /// Of all tasks.
    pub fn of_all(scope: &Scope) -> Self {
        Self::new(scope.tasks().iter().map(|(slot, _)| slot).collect(), false)
    }

    /// Of the candidates of a wider filter.
    pub fn of_candidates(candidates: Vec<TaskSlot>) -> Self {
        Self::new(candidates, true)
    }

    fn new(tasks: Vec<TaskSlot>, is_sorted: bool) -> Self {
        Self {
            tasks,
            done: 0,
            is_sorted,
            runs: Vec::new(),
            merged: None,
            arranged: Arranged::default(),
        }
    }

    /// Looks at some more tasks, or puts some more in order. Returns the rows once it is complete.
    pub fn step(&mut self, rules: &Rules, matcher: &mut Matcher) -> Option<Arranged> {
        if self.done < self.tasks.len() {
            self.look(rules, matcher);
            // The rows of a few tasks are complete at once.
            if self.done < self.tasks.len() || self.runs.len() > 1 {
                return None;
            }
        }
        let runs = &mut self.runs;
        let merged = self
            .merged
            .get_or_insert_with(|| std::mem::take(runs).into_iter().kmerge());
        let mut count = 0;
        for (key, fit) in merged.take(TASKS_PER_STEP) {
            self.arranged.push(key.slot, fit, rules.filter);
            count += 1;
        }
        (count < TASKS_PER_STEP).then(|| std::mem::take(&mut self.arranged))
    }

    fn look(&mut self, rules: &Rules, matcher: &mut Matcher) {
        let end = self.tasks.len().min(self.done + TASKS_PER_STEP);
        let mut run = Vec::new();
        for slot in &self.tasks[self.done..end] {
            let Some(row) = rules.row(*slot) else {
                continue;
            };
            let fit = rules.fit(&row, *slot, matcher);
            if fit == Fit::No {
                continue;
            }
            if self.is_sorted {
                self.arranged.push(*slot, fit, rules.filter);
            } else {
                run.push((rules.order.key(&row, *slot, rules.now), fit));
            }
        }
        run.sort_unstable();
        if !run.is_empty() {
            self.runs.push(run);
        }
        self.done = end;
    }
}

impl std::fmt::Debug for Arrangement {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Arrangement({} of {})", self.done, self.tasks.len())
    }
}
