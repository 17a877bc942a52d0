//! The steps of a cancel, from its confirmation to its outcome.
//!
//! A person confirms it; the task is described again; if its state still allows it, the cancel is
//! sent. If the response to the cancel is lost, the task is looked up.

use super::{Freshness, Scope};
use crate::ec2::Ec2Error;
use crate::monitor::cancel::{CancelState, NotCancellable};
use crate::monitor::event::{Call, DescribeReason, Now, Update};
use crate::monitor::tasks::{Changes, TrackedTask};
use crate::monitor::transition::{Change, LookupResult, NotSent};
use crate::task::{BundleId, BundleTask, Phase};

impl Scope {
    /// Whether a task's latest known state is the cancel requested here: EC2 has not reported a
    /// state since.
    pub fn shows_as_cancel_requested(&self, task: &BundleTask) -> bool {
        match self.cancels.state(&task.bundle_id) {
            Some(CancelState::Checking | CancelState::Sent) => true,
            Some(CancelState::Accepted) => match task.state.phase() {
                Phase::Pending
                | Phase::WaitingForShutdown
                | Phase::Bundling
                | Phase::Storing
                | Phase::Unknown => true,
                Phase::Cancelling | Phase::Complete | Phase::Failed => false,
            },
            Some(CancelState::AnswerLost) | None => false,
        }
    }

    /// Why a task cannot be cancelled now; `None` if it can.
    pub fn why_not_cancel(&self, tracked: &TrackedTask) -> Option<NotCancellable> {
        let task = &tracked.task;
        let cancel = self.cancels.state(&task.bundle_id);
        if tracked.unlisted_since.is_some() {
            return Some(match cancel {
                Some(CancelState::Accepted) => NotCancellable::AcceptedAndNotListed,
                Some(CancelState::Checking | CancelState::Sent | CancelState::AnswerLost)
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
            Some(CancelState::Checking | CancelState::Sent | CancelState::Accepted) => {
                return Some(NotCancellable::Requested);
            }
            Some(CancelState::AnswerLost) => return Some(NotCancellable::EarlierAnswerLost),
            None => {}
        }
        match self.freshness() {
            Freshness::Offline => Some(NotCancellable::Offline),
            Freshness::Stale => Some(NotCancellable::Stale),
            Freshness::Connecting | Freshness::Live | Freshness::Paused => None,
        }
    }

    /// The message to show at exit, if a cancel is unresolved. IDs are as EC2 sent them.
    pub(in crate::monitor) fn exit_message(&self) -> Option<String> {
        let message = |text: &str, states: &[CancelState]| {
            let ids = self.cancels.ids(states);
            let ids: Vec<_> = ids.iter().map(BundleId::as_str).collect();
            (!ids.is_empty()).then(|| format!("{text}: {}.", ids.join(", ")))
        };
        let unsent = message(
            "A cancel was confirmed and is not sent any more",
            &[CancelState::Checking],
        );
        let unanswered = message(
            "A cancel was sent and not answered yet; check the task before you rely on it",
            &[CancelState::Sent, CancelState::AnswerLost],
        );
        match (unsent, unanswered) {
            (Some(unsent), Some(unanswered)) => Some(format!("{unsent} {unanswered}")),
            (unsent, unanswered) => unsent.or(unanswered),
        }
    }

    /// A person confirmed the cancel of a task.
    pub(super) fn cancel(&mut self, id: BundleId, now: Now, update: &mut Update) {
        let task = self.tasks.by_id(&id);
        if task.is_some_and(|task| self.why_not_cancel(task).is_none()) {
            self.cancels.set(&id, CancelState::Checking);
            self.transition(&id, Change::CancelRequested, now, update);
            self.push(Call::DescribeOne(id, DescribeReason::BeforeCancel), update);
        }
    }

    /// The task was described before its cancel is sent.
    pub(super) fn rechecked(
        &mut self,
        id: &BundleId,
        result: Result<Option<BundleTask>, Ec2Error>,
        now: Now,
        update: &mut Update,
    ) {
        if self.cancels.state(id) != Some(CancelState::Checking) {
            return; // Given up meanwhile; a transition said so.
        }
        let last_poll = self.poll.last_poll();
        let mut changes = Changes::new();
        let not_sent = match result {
            Ok(Some(task)) => {
                let refusal = NotCancellable::for_state(&task.state);
                let cancels = &mut self.cancels;
                self.tasks
                    .apply_description(task, last_poll, now, cancels, &mut changes);
                refusal.map(NotSent::NotCancellable)
            }
            Ok(None) => {
                self.tasks.mark_unlisted(id, last_poll, now, &mut changes);
                Some(NotSent::NotCancellable(NotCancellable::NotListed))
            }
            Err(error) => Some(NotSent::RecheckFailed(error)),
        };
        self.transitions(changes, now, update);
        match not_sent {
            None => {
                self.cancels.set(id, CancelState::Sent);
                self.push(Call::Cancel(id.clone()), update);
            }
            Some(not_sent) => self.not_sent(id, not_sent, now, update),
        }
    }

    fn not_sent(&mut self, id: &BundleId, reason: NotSent, now: Now, update: &mut Update) {
        self.cancels.clear(id);
        self.transition(id, Change::CancelNotSent(reason), now, update);
    }

    /// A new connection may use another account or region, so unsent cancels are dropped.
    pub(super) fn drop_unsent_cancels(&mut self, now: Now, update: &mut Update) {
        for id in self.cancels.ids(&[CancelState::Checking]) {
            let reason = NotSent::NotCancellable(NotCancellable::Reconnected);
            self.not_sent(&id, reason, now, update);
        }
    }

    pub(super) fn cancelled(
        &mut self,
        id: &BundleId,
        result: Result<Option<BundleTask>, Ec2Error>,
        now: Now,
        update: &mut Update,
    ) {
        let last_poll = self.poll.last_poll();
        match result {
            Ok(task) => {
                self.cancels.set(id, CancelState::Accepted);
                self.transition(id, Change::CancelAccepted, now, update);
                match task {
                    Some(task) if task.bundle_id == *id => {
                        let mut changes = Changes::new();
                        self.tasks
                            .apply_cancel_answer(task, last_poll, now, &mut changes);
                        self.transitions(changes, now, update);
                    }
                    // No task in the response: wait for later polls, and ignore those in flight.
                    Some(_) | None => self.tasks.ignore_polls_through(id, last_poll, now),
                }
                self.poll.poll_often(now.mono);
            }
            Err(error) if error.may_have_been_carried_out() => {
                self.cancels.set(id, CancelState::AnswerLost);
                self.tasks.ignore_polls_through(id, last_poll, now);
                self.transition(id, Change::CancelAnswerLost(error), now, update);
                self.poll.poll_often(now.mono);
                let lookup = Call::DescribeOne(id.clone(), DescribeReason::AfterLostAnswer);
                self.push(lookup, update);
            }
            Err(error) if error.code.is_some() => {
                self.cancels.clear(id);
                self.transition(id, Change::CancelRefused(error), now, update);
            }
            Err(error) => self.not_sent(id, NotSent::RequestFailed(error), now, update),
        }
    }

    /// The task was looked up after the response to its cancel was lost.
    pub(super) fn looked_up(
        &mut self,
        id: &BundleId,
        result: Result<Option<BundleTask>, Ec2Error>,
        now: Now,
        update: &mut Update,
    ) {
        let last_poll = self.poll.last_poll();
        let mut changes = Changes::new();
        let found = match result {
            Ok(Some(task)) => {
                let state = task.state.clone();
                let cancels = &mut self.cancels;
                self.tasks
                    .apply_description(task, last_poll, now, cancels, &mut changes);
                LookupResult::State(state)
            }
            Ok(None) => {
                self.tasks.mark_unlisted(id, last_poll, now, &mut changes);
                LookupResult::NotListed
            }
            Err(error) => LookupResult::Failed(error),
        };
        self.transitions(changes, now, update);
        self.transition(id, Change::LostCancelLookedUp(found), now, update);
    }
}
