//! Which scope and which task is meant.

use crate::task::BundleId;

/// Which scope is meant.
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

/// Which task of a scope is meant. EC2's IDs are unique, but an answer could repeat one or leave it
/// out.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct TaskKey {
    /// The ID.
    pub bundle_id: BundleId,
    /// How many tasks of the same answer had the same ID before it.
    pub occurrence: u32,
}

impl TaskKey {
    /// The task of that ID; of several, the one that came first in EC2's answer.
    pub fn first(bundle_id: BundleId) -> Self {
        Self {
            bundle_id,
            occurrence: 0,
        }
    }
}
