//! Keys that identify scopes and tasks.

use jiff::Timestamp;

use crate::task::{BundleId, BundleTask};

/// Identifies a scope.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ScopeId(usize);

impl ScopeId {
    pub(super) fn new(index: usize) -> Self {
        Self(index)
    }

    pub(super) fn index(self) -> usize {
        self.0
    }
}

/// Identifies a task in a scope. EC2's IDs are unique, but a response could repeat one or leave it
/// out.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct TaskKey {
    bundle_id: BundleId,
    /// What tells tasks without an ID apart: the order in which EC2 returns them varies.
    unnamed: Option<(Option<String>, Option<Timestamp>)>,
    /// How many earlier tasks in the same response had the same ID.
    duplicate_index: u32,
}

impl TaskKey {
    /// The task with that ID; if there are several, the first in EC2's response.
    pub fn of_id(bundle_id: BundleId) -> Self {
        Self {
            bundle_id,
            unnamed: None,
            duplicate_index: 0,
        }
    }

    /// A task, as far as it is not a duplicate of an earlier one in the same response.
    pub(super) fn of_task(task: &BundleTask) -> Self {
        let is_unnamed = task.bundle_id.as_str().is_empty();
        Self {
            unnamed: is_unnamed.then(|| (task.instance_id.clone(), task.start_time)),
            ..Self::of_id(task.bundle_id.clone())
        }
    }

    /// The same task, but one of several: how many earlier ones are in the same response.
    pub(super) fn duplicate(self, duplicate_index: u32) -> Self {
        Self {
            duplicate_index,
            ..self
        }
    }

    pub(super) fn duplicate_index(&self) -> u32 {
        self.duplicate_index
    }

    /// The ID.
    pub fn bundle_id(&self) -> &BundleId {
        &self.bundle_id
    }
}
