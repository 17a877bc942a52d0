//! Whether EC2 would permit the cancels that a person is asked about: the dry runs and their results.

use std::collections::{HashMap, VecDeque};
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
pub(super) struct Permissions {
    dry_runs: HashMap<BundleId, DryRun>,
    /// The tasks whose dry runs wait for their turn, the next first.
    waiting: VecDeque<BundleId>,
}

/// How long a dry run is not repeated for the same task.
const VALID_FOR: Duration = Duration::from_secs(5);

#[derive(Debug)]
struct DryRun {
    /// The number of the request; `None` before it is sent.
    request: Option<u64>,
    /// When it was asked for or sent, in time since the program started.
    at: Duration,
    permission: Permission,
}

impl Permissions {
    /// The result of the dry run for a task; `None` if none was requested.
    pub fn get(&self, id: &BundleId) -> Option<&Permission> {
        Some(&self.dry_runs.get(id)?.permission)
    }

    /// EC2 is to be asked for the permission to cancel these tasks, unless that was asked just now.
    pub fn ask(&mut self, ids: Vec<BundleId>, now: Duration) {
        self.stop_waiting();
        let is_old = |dry_run: &DryRun| now >= dry_run.at + VALID_FOR;
        for id in ids {
            if self.dry_runs.get(&id).is_none_or(is_old) {
                let dry_run = DryRun {
                    request: None,
                    at: now,
                    permission: Permission::Asking,
                };
                self.dry_runs.insert(id.clone(), dry_run);
                self.waiting.push_back(id);
            }
        }
    }

    /// The task whose dry run is next.
    pub fn next_waiting(&mut self) -> Option<BundleId> {
        self.waiting.front().cloned()
    }

    /// Whether a dry run waits for its turn.
    pub fn has_waiting(&self) -> bool {
        !self.waiting.is_empty()
    }

    /// How many dry runs are not answered.
    pub fn in_flight(&self) -> usize {
        let is_in_flight =
            |it: &&DryRun| it.permission == Permission::Asking && it.request.is_some();
        self.dry_runs.values().filter(is_in_flight).count()
    }

    /// The dry run that was next was sent, in the request with this number.
    pub fn sent(&mut self, id: &BundleId, request: u64, now: Duration) {
        self.waiting.pop_front();
        if let Some(dry_run) = self.dry_runs.get_mut(id) {
            dry_run.request = Some(request);
            dry_run.at = now;
        }
    }

    /// The dry runs that wait for their turn are not wanted any more.
    pub fn stop_waiting(&mut self) {
        for id in self.waiting.drain(..) {
            self.dry_runs.remove(&id);
        }
    }

    /// Records an answer, if it is to the newest dry run for the task. Returns whether it is.
    pub fn answered(&mut self, id: &BundleId, request: u64, permission: Permission) -> bool {
        let dry_run = self.dry_runs.get_mut(id);
        let newest = dry_run.filter(|dry_run| dry_run.request == Some(request));
        let is_newest = newest.is_some();
        if let Some(dry_run) = newest {
            dry_run.permission = permission;
        }
        is_newest
    }

    /// The answers that have not come are not waited for any longer.
    pub fn not_answered(&mut self, reason: &NotCancellable) {
        self.waiting.clear();
        for dry_run in self.dry_runs.values_mut() {
            if dry_run.permission == Permission::Asking {
                dry_run.permission = Permission::NotAnswered(reason.clone());
            }
        }
    }

    /// The dry runs were about the tasks of another account or region than those on the screen now.
    pub fn place_changed(&mut self) {
        self.waiting.clear();
        for dry_run in self.dry_runs.values_mut() {
            dry_run.permission = Permission::NotAnswered(NotCancellable::PlaceChanged);
        }
    }
}
