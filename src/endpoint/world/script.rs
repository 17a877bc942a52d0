//! How a task changes over time: a pure function of its script and the time.
//!
//! Nothing runs in the background. Whenever a task is shown, its state is computed from the time.

use jiff::{SignedDuration, Timestamp};

use super::durations::{StateDuration, StateDurations};
use super::task_state::TaskState;
use crate::endpoint::time::{saturating_add, saturating_sub};

/// What determines the state of a task at any time.
#[derive(Clone, Debug)]
pub(super) struct TaskScript {
    initial_state: TaskState,
    /// When the task entered the initial state, which may be before the world began.
    entered_at: Timestamp,
    /// In percent. Shown if the initial state lasts forever; otherwise progress follows from the
    /// time.
    initial_progress: u8,
    durations: StateDurations,
    /// Whether the task ends as `failed` instead of `complete`.
    fails: bool,
    cancelled_at: Option<Timestamp>,
}

/// What the script says about a task at one time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct TaskSnapshot {
    pub(super) state: TaskState,
    /// When the state or the progress last changed.
    pub(super) updated_at: Timestamp,
    /// In percent, 0 to 100.
    pub(super) progress: Option<u8>,
}

impl TaskScript {
    /// The script of a task that reached `state` and `progress` (in percent) at `updated_at`.
    pub(super) fn new(
        state: TaskState,
        progress: u8,
        updated_at: Timestamp,
        durations: StateDurations,
        fails: bool,
    ) -> Self {
        let entered_at = match durations.get(state) {
            StateDuration::Finite(duration) if state.has_rising_progress() => {
                saturating_sub(updated_at, time_to_progress(duration, progress))
            }
            StateDuration::Finite(_) | StateDuration::Forever => updated_at,
        };
        Self {
            initial_state: state,
            entered_at,
            initial_progress: progress,
            durations,
            fails,
            cancelled_at: None,
        }
    }

    /// Cancels the task at `now`.
    pub(super) fn cancel(&mut self, now: Timestamp) {
        self.cancelled_at = Some(now);
    }

    /// The script of the same task after it was put into `state` at `now`, to stay there forever
    /// with its current progress. A cancel is forgotten.
    pub(super) fn frozen_in(&self, state: TaskState, now: Timestamp) -> Self {
        let progress = self.snapshot_at(now).and_then(|snapshot| snapshot.progress);
        let mut durations = self.durations.clone();
        durations.set(state, StateDuration::Forever);
        Self::new(state, progress.unwrap_or(0), now, durations, self.fails)
    }

    /// What the task is at `now`, or `None` if EC2 no longer lists it. A time before the task
    /// entered its initial state counts as that time.
    pub(super) fn snapshot_at(&self, now: Timestamp) -> Option<TaskSnapshot> {
        if let Some(cancelled_at) = self.cancelled_at.filter(|time| *time <= now) {
            return self.cancelled_snapshot(cancelled_at, now);
        }
        let mut state = self.initial_state;
        let mut entered_at = self.entered_at;
        let now = now.max(entered_at);
        loop {
            let duration = match self.durations.get(state) {
                StateDuration::Finite(duration) => duration,
                StateDuration::Forever => return Some(self.endless_snapshot(state, entered_at)),
            };
            let left_at = saturating_add(entered_at, duration);
            if now < left_at {
                return Some(finite_snapshot(state, entered_at, duration, now));
            }
            entered_at = left_at;
            state = state.next(self.fails)?;
        }
    }

    /// The snapshot of a task that was cancelled before `now`. It is `cancelling` at least at the
    /// very time of the cancel, even if that state has no duration.
    fn cancelled_snapshot(&self, cancelled_at: Timestamp, now: Timestamp) -> Option<TaskSnapshot> {
        match self.durations.get(TaskState::Cancelling) {
            StateDuration::Finite(duration)
                if now > cancelled_at && now >= saturating_add(cancelled_at, duration) =>
            {
                None
            }
            StateDuration::Finite(_) | StateDuration::Forever => Some(TaskSnapshot {
                state: TaskState::Cancelling,
                updated_at: cancelled_at,
                progress: None,
            }),
        }
    }

    /// The snapshot of a task in a state that lasts forever.
    fn endless_snapshot(&self, state: TaskState, entered_at: Timestamp) -> TaskSnapshot {
        let progress = if state == TaskState::Complete {
            Some(100)
        } else if !state.has_rising_progress() {
            None
        } else if state == self.initial_state {
            Some(self.initial_progress)
        } else {
            Some(0)
        };
        TaskSnapshot {
            state,
            updated_at: entered_at,
            progress,
        }
    }
}

/// The snapshot of a task in a state that lasts for `duration`, at a time before it ends.
fn finite_snapshot(
    state: TaskState,
    entered_at: Timestamp,
    duration: SignedDuration,
    now: Timestamp,
) -> TaskSnapshot {
    if !state.has_rising_progress() {
        return TaskSnapshot {
            state,
            updated_at: entered_at,
            progress: (state == TaskState::Complete).then_some(100),
        };
    }
    let percent = now.duration_since(entered_at).as_nanos() * 100 / duration.as_nanos();
    let progress = u8::try_from(percent).unwrap_or(100).min(100);
    TaskSnapshot {
        state,
        updated_at: saturating_add(entered_at, time_to_progress(duration, progress)),
        progress: Some(progress),
    }
}

/// How long a task needs to reach `progress` (in percent) in a state of that duration, rounded up
/// to the nanosecond.
fn time_to_progress(duration: SignedDuration, progress: u8) -> SignedDuration {
    let nanos = (duration.as_nanos() * i128::from(progress) + 99) / 100;
    SignedDuration::from_nanos_i128(nanos)
}
