//! What changed: in a task, or with a cancel of it. [`Monitor::update`](super::Monitor::update) returns
//! the transitions; `tui/app/monitoring.rs` and `cli/watch/watcher.rs` act on them.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::cancel::{CancelId, NotCancellable};
use super::key::ScopeId;
use super::place::Place;
use crate::ec2::Ec2Error;
use crate::task::{BundleId, BundleTask, Progress, State, TaskError};

/// A change of one task.
///
/// The first list of a place causes no transitions: nothing was known before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transition {
    /// The scope.
    pub scope: ScopeId,
    /// Where the task is. For a cancel that was sent before the account or region changed, that is not
    /// the [place](super::Scope::place) of the tasks on the screen.
    pub place: Arc<Place>,
    /// The task.
    pub bundle_id: BundleId,
    /// When it was detected.
    pub at: Timestamp,
    /// What changed.
    pub change: Change,
}

/// What changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// EC2 lists it for the first time.
    Appeared {
        /// Its state.
        state: State,
    },
    /// Its state changed.
    State {
        /// What it was.
        from: State,
        /// What it is.
        to: State,
        /// How long it was in the state it left, if that is known.
        lasted: Option<SignedDuration>,
    },
    /// Its progress changed.
    Progress {
        /// What it was.
        from: Option<Progress>,
        /// What it is.
        to: Option<Progress>,
    },
    /// It has not moved for longer than its own pace explains.
    Stalled {
        /// Since when.
        since: Timestamp,
    },
    /// EC2 reports why it failed.
    Error(TaskError),
    /// EC2 no longer lists it.
    NoLongerListed,
    /// EC2 lists it again.
    ListedAgain,
    /// Something happened to a cancel requested here.
    Cancel(CancelId, CancelChange),
}

impl Change {
    /// What differs between two descriptions of a task. `lasted` is how long it was in the state of the
    /// first, if that is known.
    pub fn between(
        from: &BundleTask,
        to: &BundleTask,
        lasted: Option<SignedDuration>,
    ) -> impl Iterator<Item = Self> {
        let state = (from.state != to.state).then(|| Self::State {
            from: from.state.clone(),
            to: to.state.clone(),
            lasted,
        });
        let progress = (from.progress != to.progress).then(|| Self::Progress {
            from: from.progress.clone(),
            to: to.progress.clone(),
        });
        let error = to.error.as_ref().filter(|_| from.error != to.error);
        let error = error.cloned().map(Self::Error);
        [state, progress, error].into_iter().flatten()
    }
}

/// What happened to a cancel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CancelChange {
    /// A person confirmed it. Nothing is sent yet.
    Requested {
        /// The ARN of the identity that will ask for it, if it is known.
        arn: Option<String>,
    },
    /// The task was described again and still allows it, so it was sent.
    Sent,
    /// It did not reach EC2.
    NotSent(NotSent),
    /// EC2 accepted it.
    Accepted {
        /// The ID of the request.
        request_id: Option<String>,
    },
    /// EC2 refused it.
    Refused(Ec2Error),
    /// It was sent and its answer was lost, so it may or may not have been carried out.
    AnswerLost(Ec2Error),
    /// The result of looking up the task after the answer was lost.
    LookedUp(LookupResult),
    /// After the answer was lost, or after a cancel that EC2 accepted but did not act on, EC2 reported
    /// this state.
    Settled(State),
    /// EC2 reports for the first time that the task is being cancelled.
    Cancelling {
        /// The time since it was sent.
        after: SignedDuration,
    },
    /// What became of a cancel that was sent.
    Verdict {
        /// What.
        verdict: Verdict,
        /// The time since it was sent.
        after: SignedDuration,
    },
}

impl CancelChange {
    /// What the failure of the request means.
    pub fn of_failure(error: Ec2Error) -> Self {
        if error.may_have_been_carried_out() {
            Self::AnswerLost(error)
        } else if error.code.is_some() {
            Self::Refused(error)
        } else {
            Self::NotSent(NotSent::RequestFailed(error))
        }
    }
}

/// What became of a cancel that was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// EC2 no longer lists the task.
    NoLongerListed,
    /// The task completed all the same.
    Completed,
    /// The task failed.
    Failed,
    /// The task is still being cancelled. Another verdict may follow.
    StillCancelling,
}

/// Why a cancel did not reach EC2.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotSent {
    /// The task no longer allows it.
    NotCancellable(NotCancellable),
    /// The task could not be described first.
    RecheckFailed(Ec2Error),
    /// No connection was made.
    RequestFailed(Ec2Error),
}

/// The result of looking up a task after the response to its cancel was lost.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LookupResult {
    /// This state.
    State(State),
    /// EC2 does not list the task.
    NotListed,
    /// The tasks on the screen are now those of another account or region, so the task was not
    /// looked up there.
    PlaceChanged,
    /// The lookup failed too.
    Failed(Ec2Error),
}
