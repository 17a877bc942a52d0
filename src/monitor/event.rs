//! The monitor's input events and output effects.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;

use super::key::{ScopeId, TaskKey};
use super::progress_history::{Observation, ProgressHistory};
use super::request::RequestId;
use super::transition::Transition;
use crate::ec2::{AccessKeyId, Cancelled, Ec2Error, Filter, Identity, Session};
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
    /// A list that was merged, with what no transition tells of it.
    pub listed: Option<Listed>,
    /// Whether anything visible changed.
    pub has_visible_change: bool,
}

/// A list that was merged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Listed {
    /// The scope.
    pub scope: ScopeId,
    /// When it was received.
    pub at: Timestamp,
    /// Whether it has tasks that were not known, and that no transition names: in the first list, or the first
    /// with other filters.
    pub has_unreported: bool,
    /// Whether it has only what filters find.
    pub is_partial: bool,
}

/// What happened.
#[derive(Debug)]
#[expect(clippy::large_enum_variant, reason = "one is handled at a time")]
pub enum Event {
    /// The time from [`Monitor::next_tick`](super::Monitor::next_tick) was reached.
    Tick,
    /// A person asks for something.
    Command(ScopeId, Command),
    /// A call returned a result or an error.
    Answered {
        /// The request.
        request: RequestId,
        /// The access key that signed it; `None` if it was not signed.
        signed_by: Option<AccessKeyId>,
        /// The result.
        answer: Answer,
    },
}

/// A task that EC2 listed in the past.
#[derive(Clone, Debug, PartialEq)]
pub struct PastTask {
    /// The task, as EC2 last described it.
    pub task: BundleTask,
    /// When EC2 last listed it.
    pub last_listed: Timestamp,
    /// Since when EC2 no longer lists it.
    pub unlisted_since: Timestamp,
    /// How its state and progress changed.
    pub history: ProgressHistory,
}

/// What a person can ask for.
#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    /// Request the list now.
    Refresh,
    /// Request only tasks that EC2's own filters find; all without any.
    SetFilters(Vec<Filter>),
    /// Pause polling, or resume it.
    TogglePause,
    /// Request the list at this interval; adapt it if `None`.
    SetInterval(Option<Duration>),
    /// Check with dry runs whether cancels would be permitted, unless that was checked just now.
    CheckPermissions(Vec<BundleId>),
    /// Do not check those that have not been sent.
    StopCheckingPermissions,
    /// Cancel tasks. Each is described again before its cancel is sent.
    Cancel(Vec<BundleId>),
    /// Do not send the cancels that are not sent yet: the settings have become read-only.
    StopCancels,
    /// Follow a cancel that was requested elsewhere.
    FollowCancel(AcceptedCancel),
    /// Forget a task that EC2 no longer lists, unless its cancel is under way.
    Dismiss(TaskKey),
    /// Add what was observed of tasks at other times to their histories.
    Recall(HashMap<BundleId, Vec<Observation>>),
    /// Show tasks that EC2 listed in the past.
    ShowPast(Vec<PastTask>),
    /// Do not show them any more.
    HidePast,
}

/// A cancel that EC2 accepted before the monitor began. Its clock was started when the cancel was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AcceptedCancel {
    /// The task.
    pub bundle_id: BundleId,
    /// EC2's ID of the request.
    pub request_id: Option<String>,
    /// When it was sent.
    pub sent_at: Timestamp,
    /// When EC2 accepted it.
    pub accepted_at: Timestamp,
}

/// A call for the [driver](super::driver) to make.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Effect {
    /// Identifies the request; its answer carries the same.
    pub request: RequestId,
    /// The call.
    pub call: Call,
}

/// A call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Call {
    /// Read the settings and connect.
    Connect,
    /// Get the identity behind this access key, which signed an earlier call of the connection; without
    /// one, behind the credentials found now.
    Identify(Option<AccessKeyId>),
    /// Request the list.
    Describe {
        /// EC2's own filters; all tasks are wanted if there are none.
        filters: Vec<Filter>,
    },
    /// Request these tasks, of which some may be gone.
    DescribeThese(Vec<BundleId>),
    /// Check whether a cancel would be permitted.
    DryRun(BundleId),
    /// Ask for one task.
    DescribeOne(BundleId),
    /// Cancel.
    Cancel {
        /// The task.
        bundle_id: BundleId,
        /// The access key to sign it with, which signed an earlier call of the connection. With any
        /// other key the cancel must not be sent.
        key: Option<AccessKeyId>,
    },
}

/// The result of a call.
#[derive(Debug)]
pub enum Answer {
    /// The settings were read: the profile, region and endpoint.
    Connected(Result<Session, Ec2Error>),
    /// Whose credentials these are.
    Identified(Result<Identity, Ec2Error>),
    /// The tasks that were asked for.
    Described(Result<Vec<Arc<BundleTask>>, Ec2Error>),
    /// `Ok` if a cancel would be permitted.
    DryRun(Result<(), Ec2Error>),
    /// One task; `None` if EC2 does not list it.
    DescribedOne(Result<Option<BundleTask>, Ec2Error>),
    /// What EC2 returned.
    Cancelled(Result<Cancelled, Ec2Error>),
}
