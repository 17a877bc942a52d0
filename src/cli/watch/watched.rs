//! Which tasks are watched.

use std::collections::HashSet;

use crate::task::BundleId;

/// Which tasks are watched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Watched {
    /// All.
    All,
    /// Those with these IDs.
    These(HashSet<BundleId>),
}

impl Watched {
    /// Those of `--bundle-ids`; all if none is given.
    pub fn of_option(ids: &[String]) -> Self {
        if ids.is_empty() {
            return Self::All;
        }
        Self::These(ids.iter().map(|id| BundleId::new(id.as_str())).collect())
    }

    /// Whether a task is watched.
    pub fn has(&self, id: &BundleId) -> bool {
        match self {
            Self::All => true,
            Self::These(ids) => ids.contains(id),
        }
    }
}
