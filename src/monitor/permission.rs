//! Whether EC2 would permit the cancels that a person is asked about: the dry runs and their results.

use std::collections::HashMap;
use std::time::Duration;

use super::cancel::NotCancellable;
use crate::ec2::{Ec2Error, ErrorKind};
use crate::task::BundleId;

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
    /// The answer was not waited for, or was not for the account on the screen.
    NotAnswered(NotCancellable),
}

impl Permission {
    /// What EC2 said to a dry run.
    pub(super) fn from_dry_run(result: Result<(), Ec2Error>) -> Self {
        match result {
            Ok(()) => Self::Allowed,
            Err(error) if error.kind == ErrorKind::Denied => Self::Denied(error),
            Err(error) => Self::Unknown(error),
        }
    }
}

/// The newest dry run of each task's cancel.
#[derive(Debug, Default)]
pub(super) struct Permissions(HashMap<BundleId, DryRun>);

/// How long a dry run is not repeated for the same task.
const VALID_FOR: Duration = Duration::from_secs(5);

#[derive(Debug)]
struct DryRun {
    /// The number of the request.
    request: u64,
    /// When it was sent, in time since the program started.
    at: Duration,
    permission: Permission,
}

impl Permissions {
    /// The result of the dry run for a task; `None` if none was requested.
    pub fn get(&self, id: &BundleId) -> Option<&Permission> {
        Some(&self.0.get(id)?.permission)
    }

    /// Whether EC2 is to be asked for the permission to cancel a task: the last dry run is old.
    pub fn is_to_be_asked(&self, id: &BundleId, now: Duration) -> bool {
        let last = self.0.get(id);
        last.is_none_or(|dry_run| now >= dry_run.at + VALID_FOR)
    }

    /// The request with this number asks for the permission to cancel a task.
    pub fn asked(&mut self, id: BundleId, request: u64, now: Duration) {
        let dry_run = DryRun {
            request,
            at: now,
            permission: Permission::Asking,
        };
        self.0.insert(id, dry_run);
    }

    /// Records an answer, if it is to the newest dry run for the task. Returns whether it is.
    pub fn answered(&mut self, id: &BundleId, request: u64, permission: Permission) -> bool {
        let newest = self
            .0
            .get_mut(id)
            .filter(|dry_run| dry_run.request == request);
        let is_newest = newest.is_some();
        if let Some(dry_run) = newest {
            dry_run.permission = permission;
        }
        is_newest
    }

    /// The answers that have not come are not waited for any longer.
    pub fn not_answered(&mut self, reason: &NotCancellable) {
        for dry_run in self.0.values_mut() {
            if dry_run.permission == Permission::Asking {
                dry_run.permission = Permission::NotAnswered(reason.clone());
            }
        }
    }

    /// The dry runs were about the tasks of another account or region than those on the screen now.
    pub fn place_changed(&mut self) {
        for dry_run in self.0.values_mut() {
            dry_run.permission = Permission::NotAnswered(NotCancellable::PlaceChanged);
        }
    }
}
