//! The actions of EC2 and STS that the endpoint supports.

/// An action that a client can request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum EndpointAction {
    DescribeBundleTasks,
    CancelBundleTask,
    BundleInstance,
    GetCallerIdentity,
}

impl EndpointAction {
    const ALL: [Self; 4] = [
        Self::DescribeBundleTasks,
        Self::CancelBundleTask,
        Self::BundleInstance,
        Self::GetCallerIdentity,
    ];

    fn name(self) -> &'static str {
        match self {
            Self::DescribeBundleTasks => "DescribeBundleTasks",
            Self::CancelBundleTask => "CancelBundleTask",
            Self::BundleInstance => "BundleInstance",
            Self::GetCallerIdentity => "GetCallerIdentity",
        }
    }

    /// The action with that name.
    pub(super) fn find(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|action| action.name() == name)
    }

    /// The names of all actions, separated by commas, for messages.
    pub(super) fn all_names() -> String {
        Self::ALL.map(Self::name).join(", ")
    }

    /// Whether it is an action of STS; all others are EC2's.
    pub(super) fn belongs_to_sts(self) -> bool {
        match self {
            Self::DescribeBundleTasks | Self::CancelBundleTask | Self::BundleInstance => false,
            Self::GetCallerIdentity => true,
        }
    }
}
