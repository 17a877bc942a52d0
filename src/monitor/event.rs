//! The monitor's input events and output effects.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;

use super::key::{ScopeId, TaskKey};
use super::transition::Transition;
use crate::ec2::{Ec2Error, Identity, Session};
use crate::task::{BundleId, BundleTask};

/// A reading of both clocks.
#[derive(Clone, Copy, Debug)]
pub struct Now {
    /// Wall-clock time, for display.
    pub wall: Timestamp,
    /// Monotonic time since the program started, for waiting.
    pub mono: Duration,
}

/// What an event leads to.
#[must_use = "an effect that is not performed is a request that is never sent"]
#[derive(Debug, Default)]
pub struct Update {
    /// The calls to make to EC2.
    pub effects: Vec<Effect>,
    /// The changes, in the order in which they happened.
    pub transitions: Vec<Transition>,
    /// Whether anything visible changed.
    pub has_visible_change: bool,
}

/// What happened.
#[derive(Debug)]
#[expect(clippy::large_enum_variant, reason = "one is handled at a time")]
pub enum Event {
    /// The time from [`Monitor::next_tick`](super::Monitor::next_tick) was reached.
    Tick,
    /// A person asks for something.
    Command(ScopeId, Command),
    /// The calls of a scope are now signed with other keys, which may belong to another account.
    CredentialsChanged(ScopeId),
    /// A call returned a result or an error.
    Answered(ScopeId, Answer),
}

/// What a person can ask for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// Request the list now.
    Refresh,
    /// Pause polling, or resume it.
    TogglePause,
    /// Check with a dry run whether a cancel would be permitted.
    CheckPermission(BundleId),
    /// Cancel a task. The task is described again before the cancel is sent.
    Cancel(BundleId),
    /// Forget a task that EC2 no longer lists.
    Dismiss(TaskKey),
}

/// A call for the [driver](super::driver) to make.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Effect {
    /// The scope it is for.
    pub scope: ScopeId,
    /// The call.
    pub call: Call,
}

/// A call. Its answer carries the same number or ID.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Call {
    /// Read the settings and connect.
    Connect {
        /// The number of the poll that waits for the connection.
        poll: u64,
    },
    /// Get the identity behind the credentials.
    Identify,
    /// Request the whole list.
    Describe {
        /// The number of the poll.
        poll: u64,
    },
    /// Check whether a cancel would be permitted.
    DryRun(BundleId),
    /// Ask for one task.
    DescribeOne(BundleId, DescribeReason),
    /// Cancel.
    Cancel(BundleId),
}

/// Why one task is described.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DescribeReason {
    /// To see whether its state still allows the cancel that was confirmed.
    BeforeCancel,
    /// To learn the outcome of a cancel whose response was lost.
    AfterLostAnswer,
}

/// The result of a call.
#[derive(Debug)]
pub enum Answer {
    /// The settings were read.
    Connected {
        /// The number of the poll that waits for the connection.
        poll: u64,
        /// The profile, region and endpoint.
        result: Result<Session, Ec2Error>,
    },
    /// Whose credentials these are.
    Identified(Result<Identity, Ec2Error>),
    /// The whole list.
    Described {
        /// The number of the poll.
        poll: u64,
        /// The tasks, in EC2's order.
        result: Result<Vec<Arc<BundleTask>>, Ec2Error>,
    },
    /// Whether a cancel would be permitted.
    DryRun {
        /// The task.
        id: BundleId,
        /// `Ok` if it would be.
        result: Result<(), Ec2Error>,
    },
    /// One task.
    DescribedOne {
        /// The task's ID.
        id: BundleId,
        /// Why it was described.
        reason: DescribeReason,
        /// The task; `None` if EC2 does not list it.
        result: Result<Option<BundleTask>, Ec2Error>,
    },
    /// A cancel.
    Cancelled {
        /// The task's ID.
        id: BundleId,
        /// The task as EC2 returned it, if it did.
        result: Result<Option<BundleTask>, Ec2Error>,
    },
}
