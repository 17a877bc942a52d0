//! What can go wrong between this program and EC2: the kind, EC2's own words, and a remedy.

use std::fmt;

use thiserror::Error;

/// The EC2 or STS operation an error belongs to, as AWS and its IAM policies name it.
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

/// What went wrong, as far as a person or the poller would act differently on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ErrorKind {
    /// No credentials were found anywhere.
    NoCredentials,
    /// The credentials were there but could not be used or were refused (`AuthFailure`, a broken
    /// `credential_process`, a signature that does not match).
    BadCredentials,
    /// The credentials have expired.
    Expired,
    /// The SSO or `aws login` session needs a new login.
    LoginNeeded,
    /// IAM refuses the operation.
    Denied,
    /// A dry run was answered with `DryRunOperation`: the operation would be permitted.
    DryRunSucceeded,
    /// EC2 asks us to slow down.
    Throttled,
    /// EC2 failed on its side (5xx).
    ServerError,
    /// No connection could be made: nothing was sent.
    Unreachable,
    /// The request went out and no answer came in time. It may have been carried out.
    TimedOut,
    /// The request went out and the connection ended before an answer. It may have been carried out.
    AnswerLost,
    /// An answer came and could not be believed: not XML, cut short, or of another form.
    /// The request may have been carried out.
    Unparsable,
    /// EC2 does not know the bundle ID.
    NotFound,
    /// The task's state does not allow the operation.
    WrongState,
    /// No region is set.
    NoRegion,
    /// A setting, in a file, the environment or a flag, is missing or bad.
    BadSettings,
    /// Any other refusal by EC2.
    Rejected,
}

/// An error of the gateway: what happened, in EC2's own words where it spoke.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("{}", self.summary())]
pub struct Ec2Error {
    /// What went wrong.
    pub kind: ErrorKind,
    /// The operation that failed.
    pub operation: Operation,
    /// EC2's error code, such as `UnauthorizedOperation`.
    pub code: Option<String>,
    /// EC2's message, or ours where EC2 said nothing. One sentence; never the raw answer.
    pub message: String,
    /// EC2's request ID, for a support case.
    pub request_id: Option<String>,
}
