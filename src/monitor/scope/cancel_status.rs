//! What can be said of the cancels of a scope, for the screen and for leaving.

use super::{Freshness, Scope};
use crate::monitor::cancel::{Cancel, CancelState, NotCancellable};
use crate::monitor::tasks::TrackedTask;
use crate::task::{BundleId, BundleTask, Phase};

impl Scope {
    /// Whether a task's latest known state is the cancel requested here: EC2 has not reported a
    /// state since.
    pub fn shows_as_cancel_requested(&self, task: &BundleTask) -> bool {
        let is_requested = match self.cancels.state(&task.bundle_id) {
            Some(
                CancelState::Queued
                | CancelState::Checking
                | CancelState::Sent
                | CancelState::Accepted,
            ) => true,
            Some(CancelState::AnswerLost | CancelState::Settled) | None => false,
        };
        is_requested
            && match task.state.phase() {
                Phase::Pending | Phase::WaitingForShutdown | Phase::Bundling | Phase::Storing => {
                    true
                }
                // EC2 may use a word of its own for what it does after a cancel.
                Phase::Cancelling | Phase::Complete | Phase::Failed | Phase::Unknown => false,
            }
    }

    /// Why a task cannot be cancelled now; `None` if it can.
    pub fn why_not_cancel(&self, tracked: &TrackedTask) -> Option<NotCancellable> {
        let task = &tracked.task;
        let cancel = self.cancels.state(&task.bundle_id);
        if tracked.unlisted_since.is_some() {
            return Some(match cancel {
                Some(CancelState::Accepted) => NotCancellable::AcceptedAndNotListed,
                Some(
                    CancelState::Queued
                    | CancelState::Checking
                    | CancelState::Sent
                    | CancelState::AnswerLost
                    | CancelState::Settled,
                )
                | None => NotCancellable::NotListed,
            });
        }
        if task.bundle_id.as_str().is_empty() {
            return Some(NotCancellable::NoId);
        }
        if let Some(reason) = NotCancellable::for_state(&task.state) {
            return Some(reason);
        }
        match cancel {
            Some(
                CancelState::Queued
                | CancelState::Checking
                | CancelState::Sent
                | CancelState::Accepted,
            ) => {
                return Some(NotCancellable::Requested);
            }
            Some(CancelState::AnswerLost) => return Some(NotCancellable::EarlierAnswerLost),
            // Even if this list is from before.
            Some(CancelState::Settled) => return self.cancels.why_settled(&task.bundle_id),
            None => {}
        }
        match self.freshness() {
            Freshness::Offline => Some(NotCancellable::Offline),
            Freshness::Stale => Some(NotCancellable::Stale),
            Freshness::Connecting | Freshness::Live | Freshness::Paused => None,
        }
    }

    /// Whether a cancel of a task is confirmed, and not refused or answered yet.
    pub fn is_cancel_under_way(&self, id: &BundleId) -> bool {
        match self.cancels.state(id) {
            Some(CancelState::Queued | CancelState::Checking | CancelState::Sent) => true,
            Some(CancelState::Accepted | CancelState::AnswerLost | CancelState::Settled) | None => {
                false
            }
        }
    }

    /// The tasks whose cancels are not answered yet, and whether these are sent, in the order in which they
    /// were confirmed.
    pub fn cancels_under_way(&self) -> Vec<(BundleId, bool)> {
        self.cancels.under_way()
    }

    /// The message to show at exit, if a cancel is unresolved. IDs are as EC2 sent them.
    pub(in crate::monitor) fn exit_message(&self) -> Option<String> {
        let [unsent, sent, left_behind] = self.cancels.unsettled();
        let id = |cancel: &Cancel| cancel.bundle_id.to_string();
        let with_place = |cancel: &Cancel| format!("{} ({})", cancel.bundle_id, cancel.place);
        let unsent: Vec<_> = unsent.into_iter().map(id).collect();
        let sent = sent.into_iter().map(id);
        let sent: Vec<_> = sent
            .chain(left_behind.into_iter().map(with_place))
            .collect();
        let messages = [
            (
                "A cancel was confirmed and is not sent any more",
                "cancels were confirmed and are not sent any more",
                unsent,
            ),
            (
                "A cancel was sent and not answered yet; check the task before you rely on it",
                "cancels were sent and not answered yet; check the tasks before you rely on them",
                sent,
            ),
        ];
        let messages = messages.into_iter().filter(|(.., ids)| !ids.is_empty());
        let messages: Vec<_> = messages
            .map(|(one, several, ids)| match &ids[..] {
                [id] => format!("{one}: {id}."),
                ids => format!("{} {several}: {}.", ids.len(), ids.join(", ")),
            })
            .collect();
        (!messages.is_empty()).then(|| messages.join(" "))
    }
}
