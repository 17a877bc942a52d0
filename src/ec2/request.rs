//! The requests to EC2 and STS.

use std::fmt;

use super::filter::Filter;

/// An operation, as AWS and its IAM policies name it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Operation {
    /// `ec2:DescribeBundleTasks`
    DescribeBundleTasks,
    /// `ec2:CancelBundleTask`
    CancelBundleTask,
    /// `sts:GetCallerIdentity`
    GetCallerIdentity,
    /// Reading the settings and finding credentials, before any request.
    Connect,
}

impl Operation {
    /// The action's name in an IAM policy, such as `ec2:CancelBundleTask`; `None` before any request.
    pub fn iam_action(self) -> Option<&'static str> {
        match self {
            Self::DescribeBundleTasks => Some("ec2:DescribeBundleTasks"),
            Self::CancelBundleTask => Some("ec2:CancelBundleTask"),
            Self::GetCallerIdentity => Some("sts:GetCallerIdentity"),
            Self::Connect => None,
        }
    }
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::DescribeBundleTasks => "DescribeBundleTasks",
            Self::CancelBundleTask => "CancelBundleTask",
            Self::GetCallerIdentity => "GetCallerIdentity",
            Self::Connect => "connect",
        })
    }
}

/// A request. A `None` parameter is not sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Request {
    /// `DescribeBundleTasks`
    Describe {
        /// `BundleIds`
        bundle_ids: Option<Vec<String>>,
        /// `Filters`
        filters: Option<Vec<Filter>>,
        /// `DryRun`
        dry_run: Option<bool>,
    },
    /// `CancelBundleTask`
    Cancel {
        /// `BundleId`
        bundle_id: String,
        /// `DryRun`
        dry_run: Option<bool>,
    },
    /// `GetCallerIdentity`
    Identify,
}

impl Request {
    /// The operation.
    pub fn operation(&self) -> Operation {
        match self {
            Self::Describe { .. } => Operation::DescribeBundleTasks,
            Self::Cancel { .. } => Operation::CancelBundleTask,
            Self::Identify => Operation::GetCallerIdentity,
        }
    }

    /// Whether the request only checks if the operation is permitted.
    pub fn is_dry_run(&self) -> bool {
        match self {
            Self::Describe { dry_run, .. } | Self::Cancel { dry_run, .. } => *dry_run == Some(true),
            Self::Identify => false,
        }
    }
}
