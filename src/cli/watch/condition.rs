//! When a watch ends.

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
    /// What has become of it for these tasks, or for all that are known.
    pub fn check(self, scope: &Scope, ids: &[BundleId]) -> Outcome {
        let tasks = scope.tasks();
        let known: Vec<_> = if ids.is_empty() {
            let all = tasks.iter();
            all.map(|(_, tracked)| (tracked.task.bundle_id.clone(), Some(tracked)))
                .collect()
        } else {
            ids.iter().map(|id| (id.clone(), tasks.by_id(id))).collect()
        };
        let mut outcome = Outcome::Met;
        for (id, tracked) in known {
            match self.end(tracked) {
                End::Met => {}
                End::Open => outcome = Outcome::Open,
                End::Unmet => return Outcome::Unmet(id, state(tracked)),
            }
        }
        outcome
    }

    fn end(self, tracked: Option<&TrackedTask>) -> End {
        let listed = tracked.filter(|tracked| tracked.unlisted_since.is_none());
        let last = tracked.map(|tracked| tracked.task.state.phase());
        let Some(phase) = listed.map(|tracked| tracked.task.state.phase()) else {
            return match (self, last) {
                (Self::Gone | Self::Settled | Self::Cancelled, _)
                | (Self::Cancelling, Some(Phase::Cancelling)) => End::Met,
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

fn state(tracked: Option<&TrackedTask>) -> String {
    match tracked {
        Some(tracked) if tracked.unlisted_since.is_none() => tracked.task.state.to_string(),
        Some(_) => "no longer listed".to_owned(),
        None => "not listed".to_owned(),
    }
}
