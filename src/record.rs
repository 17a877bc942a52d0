//! What happened to a task, as it is kept: in the event log, in the journal, in recordings. One line of JSON
//! for programs, one sentence for people.
//!
//! A record is made from a [`Transition`] of the monitor. It has no secrets. In JSON, `event` says what
//! happened, and the other members are those of that event:
//!
//! ```json
//! {"at":"2015-09-15T13:28:00Z","account":"123456789012","region":"us-east-1","bundleId":"bun-2a4e041c",
//!  "event":"state","from":"bundling","to":"storing","lasted":125,"task":{"BundleId":"bun-2a4e041c"}}
//! ```
//! Times are RFC 3339 in UTC, durations whole seconds. `task` is the task after the event, as the AWS CLI
//! prints it. Later versions may add events and members; readers skip what they do not know.

pub mod recording;
mod sentence;

pub use sentence::in_state;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::monitor::{
    CancelChange, Change, LookupResult, NotSent, TrackedTask, Transition, Verdict,
};
use crate::task::{BundleId, BundleTask, Progress, SecretsShown, State};

/// Something that happened to a task.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Record {
    /// When it was detected.
    pub at: Timestamp,
    /// The account, if it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
    /// The region.
    pub region: String,
    /// The task.
    #[serde(with = "bundle_id")]
    pub bundle_id: BundleId,
    /// What happened.
    #[serde(flatten)]
    pub event: RecordedEvent,
    /// The task after that, if it is known, as JSON without secrets.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub task: Option<Value>,
}

/// What happened to a task.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    tag = "event",
    rename_all = "kebab-case",
    rename_all_fields = "camelCase"
)]
pub enum RecordedEvent {
    /// It was in the first list.
    Listed {
        /// Its state.
        state: String,
    },
    /// EC2 lists it for the first time.
    Appeared {
        /// Its state.
        state: String,
    },
    /// Its state changed.
    State {
        /// What it was.
        from: String,
        /// What it is.
        to: String,
        /// How long it was in the state it left, in seconds, if that is known.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        lasted: Option<i64>,
    },
    /// Its progress changed.
    Progress {
        /// What it was.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        from: Option<String>,
        /// What it is.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        to: Option<String>,
    },
    /// It does not move any more.
    Stalled {
        /// Since when.
        since: Timestamp,
    },
    /// EC2 reports why it failed.
    Error {
        /// The code.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        code: Option<String>,
        /// The message.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        message: Option<String>,
    },
    /// EC2 no longer lists it.
    NoLongerListed {},
    /// EC2 lists it again.
    ListedAgain {},
    /// A person confirmed its cancel.
    CancelRequested {
        /// The ARN of the identity that asks for it, if it is known.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        arn: Option<String>,
    },
    /// The cancel was sent.
    CancelSent {},
    /// The cancel did not reach EC2.
    CancelNotSent {
        /// Why.
        reason: String,
    },
    /// EC2 accepted the cancel.
    CancelAccepted {
        /// The ID of the request.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        request_id: Option<String>,
    },
    /// EC2 refused the cancel.
    CancelRefused {
        /// EC2's code and message.
        reason: String,
        /// The ID of the request.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        request_id: Option<String>,
    },
    /// The cancel was sent and its answer was lost.
    CancelAnswerLost {
        /// How.
        reason: String,
    },
    /// After that, EC2 was asked about the task.
    CancelLookedUp {
        /// What that gave.
        found: String,
    },
    /// EC2's reports have told what the cancel came to.
    CancelSettled {
        /// The state that EC2 reported.
        state: String,
    },
    /// EC2 reports for the first time that the task is being cancelled.
    Cancelling {
        /// The time since the cancel was sent, in seconds.
        after: i64,
    },
    /// What became of a cancel.
    CancelVerdict {
        /// What.
        verdict: Verdict,
        /// The time since the cancel was sent, in seconds.
        after: i64,
    },
}

impl Record {
    /// The record of a transition, and of the task as it is known now.
    pub fn of(transition: &Transition, task: Option<&BundleTask>) -> Self {
        Self {
            at: transition.at,
            account: transition.place.account.clone(),
            region: transition.place.region.clone(),
            bundle_id: transition.bundle_id.clone(),
            event: RecordedEvent::of(&transition.change),
            task: task.map(|task| task.to_json(SecretsShown::Omitted)),
        }
    }

    /// The record of a task in the first list.
    pub fn listed(
        tracked: &TrackedTask,
        account: Option<String>,
        region: String,
        at: Timestamp,
    ) -> Self {
        Self {
            at,
            account,
            region,
            bundle_id: tracked.task.bundle_id.clone(),
            event: RecordedEvent::Listed {
                state: tracked.task.state.to_string(),
            },
            task: Some(tracked.task.to_json(SecretsShown::Omitted)),
        }
    }
}

impl RecordedEvent {
    /// The event of a change.
    pub fn of(change: &Change) -> Self {
        let state = State::to_string;
        let progress = |progress: &Option<Progress>| progress.as_ref().map(Progress::to_string);
        match change {
            Change::Appeared { state: appeared } => Self::Appeared {
                state: state(appeared),
            },
            Change::State { from, to, lasted } => Self::State {
                from: state(from),
                to: state(to),
                lasted: lasted.as_ref().map(SignedDuration::as_secs),
            },
            Change::Progress { from, to } => Self::Progress {
                from: progress(from),
                to: progress(to),
            },
            Change::Stalled { since } => Self::Stalled { since: *since },
            Change::Error(error) => Self::Error {
                code: error.code.clone(),
                message: error.message.clone(),
            },
            Change::NoLongerListed => Self::NoLongerListed {},
            Change::ListedAgain => Self::ListedAgain {},
            Change::Cancel(_, change) => Self::of_cancel(change),
        }
    }

    /// The event of a change of a cancel.
    pub fn of_cancel(change: &CancelChange) -> Self {
        match change {
            CancelChange::Requested { arn } => Self::CancelRequested { arn: arn.clone() },
            CancelChange::Sent => Self::CancelSent {},
            CancelChange::NotSent(reason) => Self::CancelNotSent {
                reason: match reason {
                    NotSent::NotCancellable(reason) => reason.to_string(),
                    NotSent::RecheckFailed(error) | NotSent::RequestFailed(error) => {
                        error.summary()
                    }
                },
            },
            CancelChange::Accepted { request_id } => Self::CancelAccepted {
                request_id: request_id.clone(),
            },
            CancelChange::Refused(error) => Self::CancelRefused {
                reason: error.summary(),
                request_id: error.request_id.clone(),
            },
            CancelChange::AnswerLost(error) => Self::CancelAnswerLost {
                reason: error.summary(),
            },
            CancelChange::LookedUp(result) => Self::CancelLookedUp {
                found: match result {
                    LookupResult::State(state) => state.to_string(),
                    LookupResult::NotListed => "no longer listed".into(),
                    LookupResult::PlaceChanged => "the account or region changed".into(),
                    LookupResult::Failed(error) => error.summary(),
                },
            },
            CancelChange::Settled(state) => Self::CancelSettled {
                state: state.to_string(),
            },
            CancelChange::Cancelling { after } => Self::Cancelling {
                after: after.as_secs(),
            },
            CancelChange::Verdict { verdict, after } => Self::CancelVerdict {
                verdict: *verdict,
                after: after.as_secs(),
            },
        }
    }

    /// The state that the event ends in, if it is one of the task's state.
    pub fn state(&self) -> Option<State> {
        match self {
            Self::Listed { state }
            | Self::Appeared { state }
            | Self::State { to: state, .. }
            | Self::CancelSettled { state } => Some(State::new(state)),
            Self::Cancelling { .. } => Some(State::new("cancelling")),
            Self::CancelVerdict { verdict, .. } => match verdict {
                Verdict::Completed => Some(State::new("complete")),
                Verdict::Failed => Some(State::new("failed")),
                Verdict::StillCancelling => Some(State::new("cancelling")),
                Verdict::NoLongerListed => None,
            },
            Self::Progress { .. }
            | Self::Stalled { .. }
            | Self::Error { .. }
            | Self::NoLongerListed {}
            | Self::ListedAgain {}
            | Self::CancelRequested { .. }
            | Self::CancelSent {}
            | Self::CancelNotSent { .. }
            | Self::CancelAccepted { .. }
            | Self::CancelRefused { .. }
            | Self::CancelAnswerLost { .. }
            | Self::CancelLookedUp { .. } => None,
        }
    }

    /// Whether it is about a cancel.
    pub fn is_of_cancel(&self) -> bool {
        match self {
            Self::CancelRequested { .. }
            | Self::CancelSent {}
            | Self::CancelNotSent { .. }
            | Self::CancelAccepted { .. }
            | Self::CancelRefused { .. }
            | Self::CancelAnswerLost { .. }
            | Self::CancelLookedUp { .. }
            | Self::CancelSettled { .. }
            | Self::Cancelling { .. }
            | Self::CancelVerdict { .. } => true,
            Self::Listed { .. }
            | Self::Appeared { .. }
            | Self::State { .. }
            | Self::Progress { .. }
            | Self::Stalled { .. }
            | Self::Error { .. }
            | Self::NoLongerListed {}
            | Self::ListedAgain {} => false,
        }
    }
}

mod bundle_id {
    use serde::{Deserialize as _, Deserializer, Serializer};

    use crate::task::BundleId;

    pub fn serialize<S: Serializer>(id: &BundleId, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(id.as_str())
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<BundleId, D::Error> {
        String::deserialize(deserializer).map(BundleId::new)
    }
}
