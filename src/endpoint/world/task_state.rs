//! The states of a bundle task.

use serde::Deserialize;

/// The states of a bundle task that EC2 documents, in the order in which a task passes through
/// them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum TaskState {
    Pending,
    WaitingForShutdown,
    Bundling,
    Storing,
    Cancelling,
    Complete,
    Failed,
}

impl TaskState {
    pub(super) const ALL: [Self; 7] = [
        Self::Pending,
        Self::WaitingForShutdown,
        Self::Bundling,
        Self::Storing,
        Self::Cancelling,
        Self::Complete,
        Self::Failed,
    ];

    /// EC2's name for it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::WaitingForShutdown => "waiting-for-shutdown",
            Self::Bundling => "bundling",
            Self::Storing => "storing",
            Self::Cancelling => "cancelling",
            Self::Complete => "complete",
            Self::Failed => "failed",
        }
    }

    /// The state with that EC2 name.
    pub(super) fn find(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == name)
    }

    /// Whether `CancelBundleTask` cancels a task in this state; otherwise it returns
    /// `IncorrectState`.
    ///
    /// AWS does not document this for any state. Here a task can be cancelled while there is work
    /// left to stop, but not once it has ended or is being cancelled, so that clients can be tested
    /// with both responses. Eucalyptus, the one open-source implementation, cancels only in
    /// `pending` and `storing`.
    pub(super) fn is_cancellable(self) -> bool {
        match self {
            Self::Pending | Self::WaitingForShutdown | Self::Bundling | Self::Storing => true,
            Self::Cancelling | Self::Complete | Self::Failed => false,
        }
    }

    /// Whether a task in this state prevents another one from being started for its instance. AWS
    /// documents the error `BundlingInProgress`, but not in which states it is returned.
    pub(super) fn occupies_instance(self) -> bool {
        self.is_cancellable() || self == Self::Cancelling
    }

    /// Whether the task's progress rises from 0% to 100% in this state. AWS documents that
    /// progress may be absent, but not when.
    pub(super) fn has_rising_progress(self) -> bool {
        match self {
            Self::Bundling | Self::Storing => true,
            Self::Pending
            | Self::WaitingForShutdown
            | Self::Cancelling
            | Self::Complete
            | Self::Failed => false,
        }
    }

    /// The state that follows without a cancel, or `None` if the task is then no longer listed.
    /// `fails` tells whether the task is to end as `failed` instead of `complete`.
    pub(super) fn next(self, fails: bool) -> Option<Self> {
        match self {
            Self::Pending => Some(Self::WaitingForShutdown),
            Self::WaitingForShutdown => Some(Self::Bundling),
            Self::Bundling => Some(Self::Storing),
            Self::Storing if fails => Some(Self::Failed),
            Self::Storing => Some(Self::Complete),
            Self::Cancelling | Self::Complete | Self::Failed => None,
        }
    }
}
