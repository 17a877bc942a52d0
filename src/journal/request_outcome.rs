//! What came of the request to cancel a task.

use serde::{Deserialize, Serialize};

use crate::record::RecordedEvent;

/// What came of the request to cancel a task, so far.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RequestOutcome {
    /// A person confirmed it.
    Requested,
    /// It was sent.
    Sent,
    /// EC2 accepted it.
    Accepted,
    /// EC2 refused it.
    Refused,
    /// It did not reach EC2.
    NotSent,
    /// It was sent and its answer was lost.
    AnswerLost,
    /// After that, EC2's reports have told what it came to.
    Settled,
}

impl RequestOutcome {
    /// What an event says about a request; `None` if nothing.
    pub(super) fn of(event: &RecordedEvent) -> Option<Self> {
        match event {
            RecordedEvent::CancelRequested { .. } => Some(Self::Requested),
            RecordedEvent::CancelSent {} => Some(Self::Sent),
            RecordedEvent::CancelAccepted { .. } => Some(Self::Accepted),
            RecordedEvent::CancelRefused { .. } => Some(Self::Refused),
            RecordedEvent::CancelNotSent { .. } => Some(Self::NotSent),
            RecordedEvent::CancelAnswerLost { .. } => Some(Self::AnswerLost),
            RecordedEvent::CancelSettled { .. } => Some(Self::Settled),
            RecordedEvent::CancelLookedUp { .. }
            | RecordedEvent::Cancelling { .. }
            | RecordedEvent::CancelVerdict { .. }
            | RecordedEvent::Listed { .. }
            | RecordedEvent::Appeared { .. }
            | RecordedEvent::State { .. }
            | RecordedEvent::Progress { .. }
            | RecordedEvent::Stalled { .. }
            | RecordedEvent::Error { .. }
            | RecordedEvent::NoLongerListed {}
            | RecordedEvent::ListedAgain {} => None,
        }
    }
}
