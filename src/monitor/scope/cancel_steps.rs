//! The steps of a cancel, from its confirmation to its outcome.
//!
//! A person confirms it; the task is described again; if its state still allows it, and the requests
//! are still signed by the account that the person saw, the cancel is sent. If the answer to the cancel
//! is lost, the task is looked up.
//!
//! A cancel that was confirmed always ends in a [`CancelChange`] that says how.

use std::sync::Arc;
use std::time::Duration;

use super::Scope;
use super::list::SameAccount;
use crate::ec2::{AccessKeyId, Cancelled, Ec2Error, ErrorKind};
use crate::monitor::cancel::{Cancel, CancelId, CancelState, NotCancellable, Recheck, Step};
use crate::monitor::event::{AcceptedCancel, Call, Now, Update};
use crate::monitor::pace;
use crate::monitor::place::Place;
use crate::monitor::request::{Purpose, SentRequest};
use crate::monitor::tasks::{Changes, SingleAnswer, Tasks};
use crate::monitor::transition::{CancelChange, Change, LookupResult, NotSent};
use crate::task::{BundleId, BundleTask};

impl Scope {
    /// A person confirmed cancels of tasks.
    pub(super) fn cancel_all(&mut self, ids: Vec<BundleId>, now: Now, update: &mut Update) {
        self.permissions.stop_waiting();
        for id in ids {
            self.cancel(id, now, update);
        }
    }

    /// Sends the first request of each cancel whose turn it is, then the dry runs that are wanted.
    pub(super) fn send_at_pace(&mut self, now: Now, update: &mut Update) {
        while let Some(id) = self.cancels.next_queued() {
            if self.must_connect
                || self.cancels.in_flight() >= pace::MAX_IN_FLIGHT
                || !self.pace.take(now.mono)
            {
                return;
            }
            if let Some(bundle_id) = self.cancels.start(id) {
                let call = Call::DescribeOne(bundle_id);
                self.push(Purpose::Recheck(id), call, now, update);
                update.has_visible_change = true;
            }
        }
        while let Some(id) = self.permissions.next_waiting() {
            if self.must_connect
                || self.permissions.in_flight() >= pace::MAX_IN_FLIGHT
                || !self.pace.take(now.mono)
            {
                return;
            }
            let purpose = Purpose::Permission(id.clone());
            let request = self.push(purpose, Call::DryRun(id.clone()), now, update);
            self.permissions.sent(&id, request, now.mono);
        }
    }

    /// When to call [`send_at_pace`](Self::send_at_pace) if nothing else happens before.
    pub(super) fn next_at_pace(&self) -> Option<Duration> {
        let has_cancel =
            self.cancels.has_queued() && self.cancels.in_flight() < pace::MAX_IN_FLIGHT;
        let has_dry_run =
            self.permissions.has_waiting() && self.permissions.in_flight() < pace::MAX_IN_FLIGHT;
        let is_waiting = !self.must_connect && (has_cancel || has_dry_run);
        is_waiting.then(|| self.pace.next())
    }

    /// A person confirmed the cancel of a task.
    fn cancel(&mut self, bundle_id: BundleId, now: Now, update: &mut Update) {
        let Some(place) = self.place().map(Arc::new) else {
            return; // Without a connection there are no tasks to cancel.
        };
        let reason = match self.tasks.by_id(&bundle_id) {
            Some(task) => self.why_not_cancel(task),
            None => Some(NotCancellable::NotListed),
        };
        if let Some(reason) = reason {
            let id = self.cancels.next_id();
            let change = CancelChange::NotSent(NotSent::NotCancellable(reason));
            return self.report(id, bundle_id, place, change, now, update);
        }
        let key = self.list_key.clone();
        let id = self
            .cancels
            .confirm(bundle_id.clone(), Arc::clone(&place), key);
        let arn = self.identity().map(|identity| identity.arn.clone());
        let change = CancelChange::Requested { arn };
        self.report(id, bundle_id, place, change, now, update);
    }

    /// Follows a cancel that was requested, and accepted, before the program started.
    pub(super) fn follow_accepted(
        &mut self,
        accepted: AcceptedCancel,
        now: Now,
        update: &mut Update,
    ) {
        let AcceptedCancel {
            bundle_id,
            request_id,
            sent_at,
            accepted_at,
        } = accepted;
        let Some(place) = self.place().map(Arc::new) else {
            return; // Without a connection there are no tasks to follow.
        };
        let key = self.list_key.clone();
        let id = self
            .cancels
            .accepted(bundle_id.clone(), Arc::clone(&place), key);
        let arn = self.identity().map(|identity| identity.arn.clone());
        // What the task has come to in the meantime.
        let meanwhile = match self.known_of(&bundle_id) {
            LookupResult::State(state) => Change::State {
                from: state.clone(),
                to: state,
                lasted: None,
            },
            LookupResult::NotListed | LookupResult::PlaceChanged | LookupResult::Failed(_) => {
                Change::NoLongerListed
            }
        };
        let followed = self.cancels.follow(&bundle_id, &meanwhile, now);
        let changes = [
            (sent_at, CancelChange::Requested { arn }),
            (sent_at, CancelChange::Sent),
            (accepted_at, CancelChange::Accepted { request_id }),
        ];
        let followed = followed.map(|(_, change)| (now.wall, change));
        for (at, change) in changes.into_iter().chain(followed) {
            let place = Arc::clone(&place);
            let then = Now { wall: at, ..now };
            self.report(id, bundle_id.clone(), place, change, then, update);
        }
    }

    /// The task was described before its cancel is sent.
    pub(super) fn rechecked(
        &mut self,
        id: CancelId,
        sent: &SentRequest,
        signed_by: Option<AccessKeyId>,
        result: Result<Option<BundleTask>, Ec2Error>,
        now: Now,
        update: &mut Update,
    ) {
        match result {
            Ok(task) => {
                let recheck = Recheck {
                    task,
                    request: sent.number,
                    requested_at: sent.at,
                };
                self.send_or_wait(id, signed_by, Box::new(recheck), now, update);
            }
            Err(error) if self.queues_again(id, &error, now) => {}
            Err(error) => self.not_sent(id, NotSent::RecheckFailed(error), now, update),
        }
    }

    /// If EC2 throttled a request of a cancel, all are slowed down, and this one waits for its turn again.
    /// Returns whether it does.
    fn queues_again(&mut self, id: CancelId, error: &Ec2Error, now: Now) -> bool {
        if error.kind != ErrorKind::Throttled {
            return false;
        }
        self.pace.throttled(now.mono);
        self.cancels.queue_again(id)
    }

    /// Sends a cancel after the recheck, unless STS must first say whose key signed the recheck.
    fn send_or_wait(
        &mut self,
        id: CancelId,
        key: Option<AccessKeyId>,
        recheck: Box<Recheck>,
        now: Now,
        update: &mut Update,
    ) {
        let Some(cancel) = self.cancels.get(id) else {
            return; // Given up meanwhile; a transition said so.
        };
        let reason = match self.is_of_same_account(cancel, key.as_ref()) {
            SameAccount::Yes => {
                let bundle_id = cancel.bundle_id.clone();
                self.merge_recheck(&bundle_id, *recheck, now, update)
            }
            SameAccount::No => {
                self.poll.refresh();
                Some(NotCancellable::PlaceChanged)
            }
            SameAccount::Unknown => {
                let can_be_awaited =
                    cancel.place.account.is_some() && self.identities.can_be_awaited(now.mono);
                if let Some(key) = key.clone().filter(|_| can_be_awaited)
                    && let Some(cancel) = self.cancels.get_mut(id)
                {
                    cancel.step = Step::AwaitingIdentity { key, recheck };
                    return;
                }
                Some(NotCancellable::AccountNotKnown)
            }
        };
        if let Some(reason) = reason {
            return self.not_sent(id, NotSent::NotCancellable(reason), now, update);
        }
        if let Some(cancel) = self.cancels.get_mut(id) {
            cancel.step = Step::Sent;
            cancel.sent_at = Some(now.mono);
            let (bundle_id, place) = (cancel.bundle_id.clone(), Arc::clone(&cancel.place));
            let call = Call::Cancel {
                bundle_id: bundle_id.clone(),
                key,
            };
            self.push(Purpose::Cancel(id), call, now, update);
            self.report(id, bundle_id, place, CancelChange::Sent, now, update);
        }
    }

    /// Merges the recheck. Returns why the task's state does not allow the cancel, if it does not.
    fn merge_recheck(
        &mut self,
        bundle_id: &BundleId,
        recheck: Recheck,
        now: Now,
        update: &mut Update,
    ) -> Option<NotCancellable> {
        let reason = match &recheck.task {
            Some(task) => NotCancellable::for_state(&task.state),
            None => Some(NotCancellable::NotListed),
        };
        let (request, requested_at) = (recheck.request, recheck.requested_at);
        self.merge_answer(
            request,
            requested_at,
            now,
            update,
            |tasks, answer| match recheck.task {
                Some(task) => tasks.apply_description(task, answer),
                None => tasks.mark_unlisted(bundle_id, answer),
            },
        );
        // A list that was requested later may know more.
        reason.or_else(|| match self.tasks.by_id(bundle_id) {
            Some(tracked) if tracked.unlisted_since.is_none() => {
                NotCancellable::for_state(&tracked.task.state)
            }
            Some(_) | None => Some(NotCancellable::NotListed),
        })
    }

    /// STS has answered: cancels that waited for that go on.
    pub(super) fn resume_cancels(&mut self, now: Now, update: &mut Update) {
        for (id, key) in self.cancels.awaiting_identity() {
            let step = self
                .cancels
                .get_mut(id)
                .map(|cancel| std::mem::replace(&mut cancel.step, Step::Rechecking));
            if let Some(Step::AwaitingIdentity { recheck, .. }) = step {
                self.send_or_wait(id, Some(key), recheck, now, update);
            }
        }
    }

    /// Whether `key` belongs to the account whose task a person wants to cancel.
    fn is_of_same_account(&self, cancel: &Cancel, key: Option<&AccessKeyId>) -> SameAccount {
        self.same_account(cancel.key.as_ref(), cancel.place.account.as_deref(), key)
    }

    /// Gives up a cancel that did not reach EC2.
    fn not_sent(&mut self, id: CancelId, reason: NotSent, now: Now, update: &mut Update) {
        if let Some(cancel) = self.cancels.remove(id) {
            let change = CancelChange::NotSent(reason);
            self.report(id, cancel.bundle_id, cancel.place, change, now, update);
        }
    }

    /// Gives up all cancels that are not sent yet.
    pub(super) fn drop_unsent_cancels(&mut self, reason: &NotSent, now: Now, update: &mut Update) {
        for id in self.cancels.unsent() {
            self.not_sent(id, reason.clone(), now, update);
        }
    }

    /// The cancel was answered, or its answer was lost.
    pub(super) fn cancelled(
        &mut self,
        id: CancelId,
        sent: &SentRequest,
        result: Result<Cancelled, Ec2Error>,
        now: Now,
        update: &mut Update,
    ) {
        if let Err(error) = &result
            && !error.may_have_been_carried_out()
            && self.queues_again(id, error, now)
        {
            return;
        }
        let is_left_behind = self.cancels.is_left_behind(id);
        let Some(cancel) = self.cancels.get_mut(id) else {
            return;
        };
        let (bundle_id, place) = (cancel.bundle_id.clone(), Arc::clone(&cancel.place));
        let (change, is_ended) = match &result {
            Ok(cancelled) => {
                cancel.step = Step::Accepted(now.mono);
                let request_id = cancelled.request_id.clone();
                (CancelChange::Accepted { request_id }, false)
            }
            Err(error) => {
                let change = CancelChange::of_failure(error.clone());
                let is_lost = matches!(change, CancelChange::AnswerLost(_));
                if is_lost {
                    cancel.step = Step::AnswerLost(now.mono);
                }
                (change, !is_lost)
            }
        };
        let is_lost = matches!(change, CancelChange::AnswerLost(_));
        self.report(
            id,
            bundle_id.clone(),
            Arc::clone(&place),
            change,
            now,
            update,
        );
        if is_ended {
            self.cancels.remove(id);
            return;
        }
        if is_left_behind {
            if is_lost {
                let change = CancelChange::LookedUp(LookupResult::PlaceChanged);
                self.report(id, bundle_id, place, change, now, update);
            }
            return;
        }
        self.poll.poll_often(now.mono);
        if let Ok(Cancelled {
            task: Some(task), ..
        }) = result
        {
            self.merge_answer(sent.number, sent.at, now, update, |tasks, answer| {
                tasks.apply_cancel_answer(task, answer);
            });
            return;
        }
        // Wait for later requests, and ignore those in flight.
        let last_request = self.requests.last_number();
        self.tasks
            .ignore_requests_through(&bundle_id, last_request, now);
        if is_lost {
            let call = Call::DescribeOne(bundle_id);
            self.push(Purpose::LookUp(id), call, now, update);
        }
    }

    /// The task was looked up after the answer to its cancel was lost.
    pub(super) fn looked_up(
        &mut self,
        id: CancelId,
        sent: &SentRequest,
        signed_by: Option<&AccessKeyId>,
        result: Result<Option<BundleTask>, Ec2Error>,
        now: Now,
        update: &mut Update,
    ) {
        let is_open = |cancel: &&Cancel| cancel.state() != CancelState::Settled;
        let Some(cancel) = self.cancels.get(id).filter(is_open) else {
            return; // Settled meanwhile, by a list; a transition said so.
        };
        let is_same_account = self.is_of_same_account(cancel, signed_by) == SameAccount::Yes;
        let (bundle_id, place) = (cancel.bundle_id.clone(), Arc::clone(&cancel.place));
        let has_row = !self.cancels.is_left_behind(id) && self.tasks.by_id(&bundle_id).is_some();
        let found = match result {
            Ok(Some(task)) if has_row => {
                self.merge_answer(sent.number, sent.at, now, update, |tasks, answer| {
                    tasks.apply_description(task, answer);
                });
                self.known_of(&bundle_id)
            }
            Ok(Some(task)) => {
                if let Some(settled) = self.cancels.settle_by_id(id, &task, sent.at) {
                    let place = Arc::clone(&place);
                    self.report(id, bundle_id.clone(), place, settled, now, update);
                }
                LookupResult::State(task.state)
            }
            Ok(None) if is_same_account && has_row => {
                self.merge_answer(sent.number, sent.at, now, update, |tasks, answer| {
                    tasks.mark_unlisted(&bundle_id, answer);
                });
                self.known_of(&bundle_id)
            }
            Ok(None) if is_same_account => LookupResult::NotListed,
            // Another account does not have the task.
            Ok(None) => LookupResult::PlaceChanged,
            Err(error) => LookupResult::Failed(error),
        };
        let change = CancelChange::LookedUp(found);
        self.report(id, bundle_id, place, change, now, update);
    }

    /// What is known of a task after a look-up: a list that was requested later may know more than that.
    fn known_of(&self, bundle_id: &BundleId) -> LookupResult {
        match self.tasks.by_id(bundle_id) {
            Some(tracked) if tracked.unlisted_since.is_none() => {
                LookupResult::State(tracked.task.state.clone())
            }
            Some(_) | None => LookupResult::NotListed,
        }
    }

    /// Merges the answer to a request for one task, which was sent as number `request` at `requested_at`.
    pub(super) fn merge_answer(
        &mut self,
        request: u64,
        requested_at: Duration,
        now: Now,
        update: &mut Update,
        merge: impl FnOnce(&mut Tasks, &mut SingleAnswer),
    ) {
        let mut changes = Changes::new();
        let mut answer = SingleAnswer {
            request,
            requested_at,
            last_request: self.requests.last_number(),
            now,
            cancels: &mut self.cancels,
            changes: &mut changes,
        };
        merge(&mut self.tasks, &mut answer);
        self.transitions(changes, now, update);
    }

    /// Remarks which tasks are still being cancelled long after their cancels.
    pub(super) fn remark_still_cancelling(&mut self, now: Now, update: &mut Update) {
        let due = self.cancels.still_cancelling(now);
        let Some(place) = self.place().filter(|_| !due.is_empty()).map(Arc::new) else {
            return;
        };
        for (bundle_id, id, change) in due {
            self.report(id, bundle_id, Arc::clone(&place), change, now, update);
        }
    }

    /// Reports what happened to a cancel.
    fn report(
        &mut self,
        id: CancelId,
        bundle_id: BundleId,
        place: Arc<Place>,
        change: CancelChange,
        now: Now,
        update: &mut Update,
    ) {
        let change = Change::Cancel(id, change);
        self.transition(bundle_id, place, change, now, update);
    }
}
