//! How a task's state and progress have changed over time, as observed here: what charts, estimates and the
//! question whether the task still moves are based on.

use jiff::{SignedDuration, Timestamp};

use crate::task::{BundleTask, Phase, Progress};

/// The most observations that are kept of a task. Beyond that, older ones are thinned out.
const MAX_OBSERVATIONS: usize = 240;

/// A task that has not shown its own pace yet is stalled after this time without movement.
const STALLED_AFTER: SignedDuration = SignedDuration::from_hours(1);
/// No task is called stalled sooner.
const STALLED_NOT_BEFORE: SignedDuration = SignedDuration::from_mins(5);
/// A task whose progress has moved this often in its state has shown its pace.
const MOVES_OF_A_PACE: usize = 3;
/// How many times the longest pause between two moves a task may stand still before it is stalled.
const PAUSES_OF_A_STALL: i32 = 5;
/// How many of the latest moves the pace is taken from.
const RECENT_MOVES: usize = 20;

/// What EC2 said of a task at some time that differed from what it had said before.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Observation {
    /// When EC2's answer came.
    pub at: Timestamp,
    /// The state.
    pub phase: Phase,
    /// The progress, from 0 to 100, if EC2 reported it as a percentage.
    pub percent: Option<f64>,
}

impl Observation {
    /// What a description of a task says.
    pub fn of(task: &BundleTask, at: Timestamp) -> Self {
        Self {
            at,
            phase: task.state.phase(),
            percent: task.progress.as_ref().and_then(Progress::percent),
        }
    }
}

/// How a task's state and progress have changed.
#[derive(Clone, Debug, PartialEq)]
pub struct ProgressHistory {
    /// When the task was first seen. It may have been like that for long.
    first: Observation,
    /// Each change since.
    later: Vec<Observation>,
    /// Since when EC2 had reported nothing new when the task was first seen.
    unchanged_since: Timestamp,
}

impl ProgressHistory {
    /// The history of a task that is seen for the first time.
    pub fn new(task: &BundleTask, at: Timestamp) -> Self {
        Self {
            first: Observation::of(task, at),
            later: Vec::new(),
            unchanged_since: task.update_time.map_or(at, |updated| updated.min(at)),
        }
    }

    /// The history of a task of which these observations were kept, the oldest first; `None` without any.
    pub fn of_observations(observations: impl IntoIterator<Item = Observation>) -> Option<Self> {
        let mut observations = observations.into_iter();
        let first = observations.next()?;
        let mut history = Self {
            first,
            unchanged_since: first.at,
            later: Vec::new(),
        };
        for observation in observations {
            history.push(observation);
        }
        Some(history)
    }

    /// Notes what EC2 says now. Returns whether the task has moved.
    pub fn observe(&mut self, task: &BundleTask, at: Timestamp) -> bool {
        let observation = Observation::of(task, at);
        let last = self.last();
        if (last.phase, last.percent) == (observation.phase, observation.percent) {
            return false;
        }
        self.push(observation);
        true
    }

    /// Adds what was observed at other times.
    pub fn add(&mut self, observations: Vec<Observation>) {
        let mut all: Vec<_> = self.observations().copied().chain(observations).collect();
        all.sort_by_key(|observation| observation.at);
        all.dedup_by_key(|observation| (observation.phase, observation.percent));
        let unchanged_since = self.unchanged_since;
        if let Some(history) = Self::of_observations(all) {
            *self = history;
            self.unchanged_since = unchanged_since.min(self.first.at);
        }
    }

    fn push(&mut self, observation: Observation) {
        if self.later.len() >= MAX_OBSERVATIONS {
            self.thin_out();
        }
        self.later.push(observation);
    }

    /// Drops every other observation of the older half, but for those with which a state began.
    fn thin_out(&mut self) {
        let half = self.later.len() / 2;
        let mut phase = self.first.phase;
        let mut number = 0;
        self.later.retain(|observation| {
            let begins_state =
                std::mem::replace(&mut phase, observation.phase) != observation.phase;
            number += 1;
            begins_state || number > half || number % 2 == 0
        });
        if self.later.len() >= MAX_OBSERVATIONS {
            self.later.drain(..half);
        }
    }

    /// The observations, the oldest first. There is at least one.
    pub fn observations(&self) -> impl DoubleEndedIterator<Item = &Observation> + Clone {
        std::iter::once(&self.first).chain(&self.later)
    }

    /// The latest observation.
    pub fn last(&self) -> &Observation {
        self.later.last().unwrap_or(&self.first)
    }

    /// When the present state began, if that was seen.
    pub fn state_since(&self) -> Option<Timestamp> {
        let phase = self.last().phase;
        let in_state = self.observations().rev().take_while(|it| it.phase == phase);
        let begin = in_state.last()?.at;
        (begin != self.first.at || self.first.phase != phase).then_some(begin)
    }

    /// The progress in the present state, since it last fell: EC2 may count each state from 0 to 100%.
    pub fn rising(&self) -> Vec<Observation> {
        let phase = self.last().phase;
        let mut rising: Vec<Observation> = Vec::new();
        for observation in self.observations().rev() {
            let is_lower = match (observation.percent, rising.last().and_then(|it| it.percent)) {
                (Some(percent), Some(next)) => percent <= next,
                (Some(_), None) => rising.is_empty(),
                (None, _) => false,
            };
            if observation.phase != phase || !is_lower {
                break;
            }
            rising.push(*observation);
        }
        rising.reverse();
        rising
    }

    /// Since when the task has not moved.
    pub fn unmoved_since(&self) -> Timestamp {
        match self.later.last() {
            Some(last) => last.at,
            None => self.unchanged_since,
        }
    }

    /// How long the task may stand still, by its own pace.
    fn longest_pause(&self) -> SignedDuration {
        let rising = self.rising();
        let recent = &rising[rising.len().saturating_sub(RECENT_MOVES + 1)..];
        if recent.len() <= MOVES_OF_A_PACE {
            return STALLED_AFTER;
        }
        let pauses = recent
            .windows(2)
            .map(|pair| pair[1].at.duration_since(pair[0].at));
        let longest = pauses.max().unwrap_or(STALLED_AFTER);
        (longest * PAUSES_OF_A_STALL).clamp(STALLED_NOT_BEFORE, STALLED_AFTER)
    }

    /// Since when the task has not moved, if that is longer than its own pace explains. `confirmed_at` is
    /// when EC2 last described it: while EC2 is not asked, nothing is known.
    pub fn stalled_since(&self, confirmed_at: Timestamp) -> Option<Timestamp> {
        let since = self.unmoved_since();
        let pause = confirmed_at.duration_since(since);
        let is_stalled = self.last().phase.is_under_way()
            && pause >= STALLED_NOT_BEFORE
            && pause >= self.longest_pause();
        is_stalled.then_some(since)
    }
}
