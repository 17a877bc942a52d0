//! Keys that identify scopes and tasks.

use crate::task::BundleId;

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
    /// The ID.
    pub bundle_id: BundleId,
    /// How many earlier tasks in the same response had the same ID.
    pub duplicate_index: u32,
}

impl TaskKey {
    /// The task with that ID; if there are several, the first in EC2's response.
    pub fn first(bundle_id: BundleId) -> Self {
        Self {
            bundle_id,
            duplicate_index: 0,
        }
    }
}
