//! What changed: in a task, or with a cancel of it. [`Monitor::update`](super::Monitor::update) returns
//! the transitions; `tui/app/monitoring.rs` acts on them, and a journal or `watch` would do the same.

use jiff::Timestamp;

use super::cancel::NotCancellable;
use super::key::ScopeId;
use crate::ec2::Ec2Error;
use crate::task::{BundleId, Progress, State, TaskError};

/// A change of one task.
///
/// The first list of a connection causes no transitions: nothing was known before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transition {
    /// The scope.
    pub scope: ScopeId,
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
    },
    /// Its progress changed.
    Progress {
        /// What it was.
        from: Option<Progress>,
        /// What it is.
        to: Option<Progress>,
    },
    /// EC2 reports why it failed.
    Error(TaskError),
    /// EC2 no longer lists it.
    NoLongerListed,
    /// EC2 lists it again.
    ListedAgain,
    /// A person confirmed a cancel. Nothing is sent yet.
    CancelRequested,
    /// The cancel did not reach EC2.
    CancelNotSent(NotSent),
    /// EC2 accepted the cancel.
    CancelAccepted,
    /// EC2 refused the cancel.
    CancelRefused(Ec2Error),
    /// The cancel was sent and its response was lost, so it may or may not have been carried out.
    CancelAnswerLost(Ec2Error),
    /// The result of looking up the task after the response was lost.
    LostCancelLookedUp(LookupResult),
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
    /// The lookup failed too.
    Failed(Ec2Error),
}
