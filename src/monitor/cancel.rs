//! The states of a cancel: confirmed, task described again, sent, answered.
//!
//! The effect of a cancel in each state is not documented, so this code reports only what EC2 said.
//! A cancel whose response was lost is treated as neither done nor failed: the task is looked
//! up.

use std::collections::HashMap;

use thiserror::Error;

use crate::ec2::{Ec2Error, ErrorKind};
use crate::task::{BundleId, BundleTask, Phase, State};

/// The progress of a cancel requested here. It is separate from EC2's state of the task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CancelState {
    /// A person confirmed it; the task is described again before the cancel is sent.
    Checking,
    /// It was sent.
    Sent,
    /// EC2 accepted it.
    Accepted,
    /// It was sent and its response was lost: the outcome is unknown.
    AnswerLost,
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
    /// Another error: whether it is allowed is unknown.
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
    /// A task without an ID cannot be named in the request.
    #[error("EC2 sent no ID with this task")]
    NoId,
    /// It is complete or being cancelled.
    #[error("the task is already {0}")]
    Already(State),
    /// It has failed.
    #[error("the task has already {0}")]
    Failed(State),
    /// Only one cancel at a time is allowed.
    #[error("a cancel of this task is already requested")]
    Requested,
    /// The outcome of an earlier cancel is unknown.
    #[error("an earlier cancel of this task is still unanswered")]
    EarlierAnswerLost,
    /// The list may be out of date.
    #[error("EC2 can't be reached, and this list is old")]
    Offline,
    /// The list may be out of date.
    #[error("the last poll failed, and this list is old")]
    Stale,
    /// A cancel confirmed on the old connection is not sent on the new one, which may differ.
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
            | Self::EarlierAnswerLost
            | Self::Offline
            | Self::Stale
            | Self::Reconnected => format!("Not cancelled: {self}."),
        }
    }

    /// Why the state of a task does not allow a cancel, if it does not. Undocumented states are
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
    /// The state of a task's cancel; `None` if none was requested.
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

    /// Updates the cancel from a description that is newer than it.
    pub fn settle_from_description(&mut self, task: &BundleTask) {
        let id = &task.bundle_id;
        let is_before_cancelling = task.state.phase() < Phase::Cancelling;
        match self.state(id) {
            Some(CancelState::AnswerLost | CancelState::Accepted) if is_before_cancelling => {
                self.clear(id);
            }
            Some(CancelState::AnswerLost) => self.set(id, CancelState::Accepted),
            Some(CancelState::Checking | CancelState::Sent | CancelState::Accepted) | None => {}
        }
    }

    /// The result of a dry run of the cancel, if one was requested.
    pub fn permission(&self, id: &BundleId) -> Option<&Permission> {
        self.permissions.get(id)
    }

    pub fn mark_permission_asked(&mut self, id: BundleId) {
        self.permissions.insert(id, Permission::Asking);
    }

    /// Records the result of a dry run. Returns whether it was requested.
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
