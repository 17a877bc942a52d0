//! How long tasks stay in each state.

use std::collections::BTreeMap;

use jiff::SignedDuration;
use serde::{Deserialize, Deserializer};

use super::task_state::TaskState;
use super::values::TextVisitor;
use crate::endpoint::time::parse_duration;

/// How long a task stays in a state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum StateDuration {
    /// This long; never negative.
    Finite(SignedDuration),
    /// Until it is cancelled, with the same progress all the time.
    Forever,
}

impl<'de> Deserialize<'de> for StateDuration {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(TextVisitor {
            expected: r#"a length of time, such as "90s", "10m", "1h30m" or "forever""#,
            parse: |text: &str| match text {
                "forever" => Some(Self::Forever),
                _ => parse_duration(text).map(Self::Finite),
            },
        })
    }
}

/// The durations of single states, which replace those that apply otherwise.
pub(super) type DurationOverrides = BTreeMap<TaskState, StateDuration>;

/// How long a task stays in each of the states, in the order of [`TaskState`].
#[derive(Clone, Debug)]
pub(super) struct StateDurations([StateDuration; TaskState::ALL.len()]);

impl StateDurations {
    pub(super) fn get(&self, state: TaskState) -> StateDuration {
        self.0[state as usize]
    }

    pub(super) fn set(&mut self, state: TaskState, duration: StateDuration) {
        self.0[state as usize] = duration;
    }

    /// These durations, with some of them replaced.
    pub(super) fn with_overrides(&self, overrides: &DurationOverrides) -> Self {
        let mut durations = self.clone();
        for (state, duration) in overrides {
            durations.set(*state, *duration);
        }
        durations
    }

    /// How long a task is listed that begins in `pending` and is not cancelled, or `None` if
    /// forever. `fails` tells whether it ends as `failed` instead of `complete`.
    pub(super) fn total(&self, fails: bool) -> Option<SignedDuration> {
        let mut total = SignedDuration::ZERO;
        let mut next_state = Some(TaskState::Pending);
        while let Some(state) = next_state {
            match self.get(state) {
                StateDuration::Finite(duration) => total = total.saturating_add(duration),
                StateDuration::Forever => return None,
            }
            next_state = state.next(fails);
        }
        Some(total)
    }
}

impl Default for StateDurations {
    /// About a quarter of an hour until a task has ended, and an hour during which it is then
    /// listed. AWS documents only that completed tasks are listed "for a limited time".
    fn default() -> Self {
        Self(TaskState::ALL.map(|state| {
            let seconds = match state {
                TaskState::Pending => 30,
                TaskState::WaitingForShutdown => 60,
                TaskState::Bundling => 5 * 60,
                TaskState::Storing => 8 * 60,
                TaskState::Cancelling => 20,
                TaskState::Complete | TaskState::Failed => 60 * 60,
            };
            StateDuration::Finite(SignedDuration::from_secs(seconds))
        }))
    }
}
