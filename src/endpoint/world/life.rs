//! What becomes of a task: a pure function of its script, of when it was cancelled, and of now.
//!
//! Nothing ticks. A task is asked what it is at a moment, and works it out.

use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;

use crate::endpoint::clock::after;

/// The states of a bundle task that EC2 documents, in the order of a task's life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum TaskState {
    Pending,
    WaitingForShutdown,
    Bundling,
    Storing,
    Cancelling,
    Complete,
    Failed,
}

impl TaskState {
    pub const ALL: [Self; 7] = [
        Self::Pending,
        Self::WaitingForShutdown,
        Self::Bundling,
        Self::Storing,
        Self::Cancelling,
        Self::Complete,
        Self::Failed,
    ];

    /// EC2's word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::WaitingForShutdown => "waiting-for-shutdown",
            Self::Bundling => "bundling",
            Self::Storing => "storing",
            Self::Cancelling => "cancelling",
            Self::Complete => "complete",
            Self::Failed => "failed",
        }
    }

    /// Whether `CancelBundleTask` is carried out in this state; if not, it answers
    /// `IncorrectState`.
    ///
    /// A choice: AWS documents it for no state. Here a cancel is taken as long as there is work
    /// left to stop, and refused once the task has ended or is being cancelled already, so that a
    /// client meets both answers. Eucalyptus, the one open implementation, takes it in `pending`
    /// and `storing` only.
    pub fn takes_cancel(self) -> bool {
        match self {
            Self::Pending | Self::WaitingForShutdown | Self::Bundling | Self::Storing => true,
            Self::Cancelling | Self::Complete | Self::Failed => false,
        }
    }

    /// Whether the instance is busy with the task, so that no other can be started for it. A
    /// choice as well: AWS documents `BundlingInProgress`, but not what counts as progress.
    pub fn is_under_way(self) -> bool {
        self.takes_cancel() || self == Self::Cancelling
    }

    /// Whether EC2 sends progress. A choice: AWS documents that it may be absent, not when. Each
    /// of the two states counts from 0% to 100% by itself.
    pub fn counts(self) -> bool {
        matches!(self, Self::Bundling | Self::Storing)
    }

    /// The state that follows by itself, or none if the task is then no longer listed.
    fn next(self, fails: bool) -> Option<Self> {
        match self {
            Self::Pending => Some(Self::WaitingForShutdown),
            Self::WaitingForShutdown => Some(Self::Bundling),
            Self::Bundling => Some(Self::Storing),
            Self::Storing if fails => Some(Self::Failed),
            Self::Storing => Some(Self::Complete),
            Self::Cancelling | Self::Complete | Self::Failed => None,
        }
    }
}

/// How long a task stays in a state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Length {
    For(SignedDuration),
    /// Until somebody cancels it. Progress then never moves.
    Forever,
}

/// How long a task stays in each of the states.
#[derive(Clone, Debug)]
pub(super) struct Takes([Length; TaskState::ALL.len()]);

impl Takes {
    pub fn of(&self, state: TaskState) -> Length {
        self.0[state as usize]
    }

    pub fn set(&mut self, state: TaskState, length: Length) {
        self.0[state as usize] = length;
    }

    /// The whole of an uncancelled life from `pending` on, or none if it has no end.
    pub fn life(&self, fails: bool) -> Option<SignedDuration> {
        let mut whole = SignedDuration::ZERO;
        let mut state = Some(TaskState::Pending);
        while let Some(now) = state {
            match self.of(now) {
                Length::For(length) => whole = whole.saturating_add(length),
                Length::Forever => return None,
            }
            state = now.next(fails);
        }
        Some(whole)
    }
}

impl Default for Takes {
    /// A life of a quarter of an hour, listed for an hour afterwards ("for a limited time", which
    /// AWS does not specify).
    fn default() -> Self {
        const fn seconds(seconds: i64) -> Length {
            Length::For(SignedDuration::from_secs(seconds))
        }
        Self([
            seconds(30),
            seconds(60),
            seconds(5 * 60),
            seconds(8 * 60),
            seconds(20),
            seconds(60 * 60),
            seconds(60 * 60),
        ])
    }
}

/// The script of a task.
#[derive(Clone, Debug)]
pub(super) struct Life {
    /// The state it begins in, and when it entered that state.
    pub state: TaskState,
    pub entered: Timestamp,
    /// The progress it shows if the first state lasts forever.
    pub progress: u8,
    pub takes: Takes,
    /// Whether it ends `failed` rather than `complete`.
    pub fails: bool,
    pub cancelled: Option<Timestamp>,
}

/// What a task is at a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Moment {
    pub state: TaskState,
    /// When the state or the progress last changed.
    pub updated: Timestamp,
    /// In percent, 0 to 100.
    pub progress: Option<u8>,
}

impl Life {
    /// A life that showed `state` and `progress` for the first time at `updated`.
    pub fn new(
        state: TaskState,
        progress: u8,
        updated: Timestamp,
        takes: Takes,
        fails: bool,
    ) -> Self {
        let entered = match takes.of(state) {
            Length::For(length) if state.counts() => after(updated, -up_to(length, progress)),
            Length::For(_) | Length::Forever => updated,
        };
        Self {
            state,
            entered,
            progress,
            takes,
            fails,
            cancelled: None,
        }
    }

    /// What the task is at `now`, or none if EC2 no longer lists it.
    pub fn at(&self, now: Timestamp) -> Option<Moment> {
        if let Some(cancelled) = self.cancelled.filter(|cancelled| *cancelled <= now) {
            return match self.takes.of(TaskState::Cancelling) {
                Length::For(length) if now > cancelled && now >= after(cancelled, length) => None,
                Length::For(_) | Length::Forever => Some(Moment {
                    state: TaskState::Cancelling,
                    updated: cancelled,
                    progress: None,
                }),
            };
        }
        let mut state = self.state;
        let mut entered = self.entered;
        let now = now.max(entered);
        loop {
            let length = match self.takes.of(state) {
                Length::For(length) => length,
                Length::Forever => return Some(self.forever(state, entered)),
            };
            let leaves = after(entered, length);
            if now < leaves {
                return Some(moment(state, entered, length, now));
            }
            entered = leaves;
            state = state.next(self.fails)?;
        }
    }

    fn forever(&self, state: TaskState, entered: Timestamp) -> Moment {
        let progress = if state == self.state {
            self.progress
        } else {
            0
        };
        let progress = if state == TaskState::Complete {
            100
        } else {
            progress
        };
        let shown = state.counts() || state == TaskState::Complete;
        Moment {
            state,
            updated: entered,
            progress: shown.then_some(progress),
        }
    }
}

fn moment(state: TaskState, entered: Timestamp, length: SignedDuration, now: Timestamp) -> Moment {
    if !state.counts() {
        let progress = (state == TaskState::Complete).then_some(100);
        return Moment {
            state,
            updated: entered,
            progress,
        };
    }
    let passed = now.duration_since(entered).as_nanos() * 100 / length.as_nanos();
    let progress = u8::try_from(passed).unwrap_or(100).min(100);
    Moment {
        state,
        updated: after(entered, up_to(length, progress)),
        progress: Some(progress),
    }
}

/// How long a state of that length takes to come to that progress, to the nanosecond above.
fn up_to(length: SignedDuration, progress: u8) -> SignedDuration {
    let nanos = (length.as_nanos() * i128::from(progress) + 99) / 100;
    SignedDuration::from_nanos_i128(nanos)
}
