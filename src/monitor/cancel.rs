//! The life of a cancel: confirmed, described once more, sent, answered.
//!
//! What a cancel does in each state is documented nowhere, so nothing here claims more than EC2 said.
//! A cancel that was sent and whose answer was lost is neither done nor failed: the task is looked
//! up.

use std::collections::HashMap;

use thiserror::Error;

use crate::ec2::{Ec2Error, ErrorKind};
use crate::task::{BundleId, BundleTask, Phase, State};

/// How far a cancel that was requested here has come. EC2's own state of the task stands beside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CancelState {
    /// A person confirmed it; the task is described once more before it is sent.
    Checking,
    /// It was sent.
    Sent,
    /// EC2 accepted it.
    Accepted,
    /// It was sent and its answer was lost: what became of it is unknown.
    Unanswered,
}

/// What EC2 said to the dry run of a cancel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Permission {
    /// Nothing yet.
    Asking,
    /// `DryRunOperation`.
    Allowed,
    /// `UnauthorizedOperation`.
    Denied(Ec2Error),
    /// Something else, so it is unknown.
    Unknown(Ec2Error),
}

/// Why a task cannot be cancelled now.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum NotCancellable {
    /// EC2 does not list it.
    #[error("EC2 no longer lists this task")]
    NotListed,
    /// It was cancelled, and EC2 no longer lists it.
    #[error("EC2 accepted the cancel of this task and no longer lists it")]
    AcceptedAndNotListed,
    /// Without an ID there is nothing to name in the request.
    #[error("EC2 sent no ID with this task")]
    NoId,
    /// It is complete or being cancelled.
    #[error("the task is already {0}")]
    Already(State),
    /// It has failed.
    #[error("the task has already {0}")]
    Failed(State),
    /// One cancel at a time.
    #[error("a cancel of this task is already requested")]
    Requested,
    /// What became of an earlier one is unknown.
    #[error("an earlier cancel of this task is still unanswered")]
    Unanswered,
    /// The list may be out of date.
    #[error("EC2 can't be reached, and this list is old")]
    Offline,
    /// The list may be out of date.
    #[error("the last poll failed, and this list is old")]
    Stale,
    /// What was confirmed on the old connection is not sent on the new one, which may lead elsewhere.
    #[error("the connection to EC2 was made anew meanwhile")]
    Reconnected,
}

impl NotCancellable {
    /// The reason as a sentence. A task that is gone leaves nothing to cancel.
    pub fn sentence(&self) -> String {
        match self {
            Self::NotListed | Self::AcceptedAndNotListed => format!("Nothing to cancel: {self}."),
            Self::NoId
            | Self::Already(_)
            | Self::Failed(_)
            | Self::Requested
            | Self::Unanswered
            | Self::Offline
            | Self::Stale
            | Self::Reconnected => format!("Not cancelled: {self}."),
        }
    }

    /// Why the state of a task does not allow a cancel, if so. States that EC2 does not document are
    /// left to EC2 to judge.
    pub(super) fn for_state(state: &State) -> Option<Self> {
        match state.phase() {
            Phase::Complete | Phase::Cancelling => Some(Self::Already(state.clone())),
            Phase::Failed => Some(Self::Failed(state.clone())),
            Phase::Pending
            | Phase::WaitingForShutdown
            | Phase::Bundling
            | Phase::Storing
            | Phase::Unknown => None,
        }
    }
}

/// The cancels of a scope, by the IDs of their tasks.
#[derive(Debug, Default)]
pub(super) struct Cancels {
    states: HashMap<BundleId, CancelState>,
    permissions: HashMap<BundleId, Permission>,
}

impl Cancels {
    /// How far the cancel of a task has come; `None` if none was requested.
    pub fn state(&self, id: &BundleId) -> Option<CancelState> {
        self.states.get(id).copied()
    }

    pub fn set(&mut self, id: &BundleId, state: CancelState) {
        self.states.insert(id.clone(), state);
    }

    pub fn clear(&mut self, id: &BundleId) {
        self.states.remove(id);
    }

    /// The IDs of the tasks whose cancel is in one of these states, sorted.
    pub fn ids(&self, states: &[CancelState]) -> Vec<BundleId> {
        let found = self.states.iter().filter(|(_, it)| states.contains(it));
        let mut ids: Vec<_> = found.map(|(id, _)| id.clone()).collect();
        ids.sort_unstable();
        ids
    }

    /// Draws the conclusion from a description that is newer than the cancel.
    pub fn update_from(&mut self, task: &BundleTask) {
        let id = &task.bundle_id;
        let is_before_cancelling = task.state.phase() < Phase::Cancelling;
        match self.state(id) {
            Some(CancelState::Unanswered | CancelState::Accepted) if is_before_cancelling => {
                self.clear(id);
            }
            Some(CancelState::Unanswered) => self.set(id, CancelState::Accepted),
            Some(CancelState::Checking | CancelState::Sent | CancelState::Accepted) | None => {}
        }
    }

    /// Whether a cancel would be permitted, if that was asked for.
    pub fn permission(&self, id: &BundleId) -> Option<&Permission> {
        self.permissions.get(id)
    }

    pub fn ask_permission(&mut self, id: BundleId) {
        self.permissions.insert(id, Permission::Asking);
    }

    /// Takes in the answer to a dry run. Returns whether it was asked for.
    pub fn permission_answered(&mut self, id: &BundleId, result: Result<(), Ec2Error>) -> bool {
        let asked = self.permissions.get_mut(id);
        let is_asked = asked.is_some();
        if let Some(permission) = asked {
            *permission = match result {
                Ok(()) => Permission::Allowed,
                Err(error) if error.kind == ErrorKind::Denied => Permission::Denied(error),
                Err(error) => Permission::Unknown(error),
            };
        }
        is_asked
    }
}
