//! Filtering and sorting, in steps short enough that a key never waits for them.

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
#[derive(Debug)]
pub(super) struct Arrangement {
    /// The tasks to look at.
    tasks: Vec<TaskSlot>,
    /// How many of them have been looked at.
    done: usize,
    /// Whether they are in order already, because they are the rows of a wider filter.
    is_sorted: bool,
    found: Vec<(SortKey, Fit)>,
}

/// The rows, in order.
#[derive(Debug, Default)]
pub(super) struct Arranged {
    /// The tasks to show.
    pub rows: Vec<TaskSlot>,
    /// The tasks to look at if letters are appended to the filter. Empty without a filter.
    pub candidates: Vec<TaskSlot>,
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
            found: Vec::new(),
        }
    }

    /// Looks at some more tasks. Returns the rows once all have been looked at.
    pub fn step(&mut self, rules: &Rules, matcher: &mut Matcher) -> Option<Arranged> {
        let end = self.tasks.len().min(self.done + TASKS_PER_STEP);
        for slot in &self.tasks[self.done..end] {
            let Some(row) = rules.row(*slot) else {
                continue;
            };
            let fit = rules.fit(&row, *slot, matcher);
            if fit != Fit::No {
                let key = if self.is_sorted {
                    SortKey::unsorted(*slot)
                } else {
                    rules.order.key(&row, *slot, rules.now)
                };
                self.found.push((key, fit));
            }
        }
        self.done = end;
        (end == self.tasks.len()).then(|| self.finish(rules))
    }

    fn finish(&mut self, rules: &Rules) -> Arranged {
        let mut found = std::mem::take(&mut self.found);
        if !self.is_sorted {
            let row = |slot| rules.row(slot);
            found.sort_unstable_by(|(a, _), (b, _)| rules.order.compare(a, b, row, rules.now));
        }
        let shown = found.iter().filter(|(_, fit)| *fit == Fit::Yes);
        let rows = shown.map(|(key, _)| key.slot).collect();
        let candidates = if rules.filter.is_active() {
            found.into_iter().map(|(key, _)| key.slot).collect()
        } else {
            Vec::new()
        };
        Arranged { rows, candidates }
    }
}
