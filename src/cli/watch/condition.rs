//! When a watch ends.

use std::collections::HashMap;

use clap::ValueEnum;

use crate::monitor::{Scope, TrackedTask};
use crate::task::{BundleId, Phase};

/// The values of `--until`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Until {
    /// Complete.
    Complete,
    /// Failed.
    Failed,
    /// Being cancelled, or cancelled and no longer listed.
    Cancelling,
    /// No longer listed.
    Gone,
    /// Complete, failed or no longer listed.
    Settled,
    /// No longer listed, after a cancel that was accepted.
    #[value(skip)]
    Cancelled,
}

/// What has become of the condition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// It may still be met.
    Open,
    /// It is met.
    Met,
    /// It cannot be met any more, because of this task in this state.
    Unmet(BundleId, String),
}

/// What has become of one task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    Open,
    Met,
    Unmet,
}

impl Until {
    /// Its name on the command line; `None` if it has none there.
    pub fn name(self) -> Option<String> {
        let value = self.to_possible_value()?;
        Some(value.get_name().to_owned())
    }

    /// What has become of it for the tasks with these IDs. `last` has the last state of each task that was
    /// ever listed.
    pub fn check<'a>(
        self,
        scope: &Scope,
        ids: impl IntoIterator<Item = &'a BundleId>,
        last: &HashMap<BundleId, Phase>,
    ) -> Outcome {
        let mut outcome = Outcome::Met;
        for id in ids {
            let tracked = scope.tasks().by_id(id);
            let listed = tracked.filter(|tracked| tracked.unlisted_since.is_none());
            let last = last.get(id).copied();
            match self.end(listed, last) {
                End::Met => {}
                End::Open => outcome = Outcome::Open,
                End::Unmet => return Outcome::Unmet(id.clone(), state(listed, last)),
            }
        }
        outcome
    }

    fn end(self, listed: Option<&TrackedTask>, last: Option<Phase>) -> End {
        let Some(phase) = listed.map(|tracked| tracked.task.state.phase()) else {
            return match (self, last) {
                (Self::Gone | Self::Settled | Self::Cancelled, _)
                | (Self::Cancelling, Some(Phase::Cancelling))
                // EC2 lists what has ended for a limited time only.
                | (Self::Complete, Some(Phase::Complete))
                | (Self::Failed, Some(Phase::Failed)) => End::Met,
                (Self::Complete | Self::Failed | Self::Cancelling, _) => End::Unmet,
            };
        };
        match (self, phase) {
            (Self::Complete, Phase::Complete)
            | (Self::Failed, Phase::Failed)
            | (Self::Cancelling, Phase::Cancelling)
            | (Self::Settled, Phase::Complete | Phase::Failed) => End::Met,
            (Self::Complete, Phase::Failed)
            | (Self::Failed, Phase::Complete)
            | (Self::Cancelling | Self::Cancelled, Phase::Complete | Phase::Failed) => End::Unmet,
            (
                _,
                Phase::Pending
                | Phase::WaitingForShutdown
                | Phase::Bundling
                | Phase::Storing
                | Phase::Cancelling
                | Phase::Complete
                | Phase::Failed
                | Phase::Unknown,
            ) => End::Open,
        }
    }
}

fn state(listed: Option<&TrackedTask>, last: Option<Phase>) -> String {
    match (listed, last) {
        (Some(tracked), _) => tracked.task.state.to_string(),
        (None, Some(_)) => "no longer listed".to_owned(),
        (None, None) => "not listed".to_owned(),
    }
}
