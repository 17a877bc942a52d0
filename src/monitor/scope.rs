//! One profile and region: whose session it is, how fresh its list is, and what to do with answers.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;

use super::cancel::{CancelState, Cancels, NotCancellable, Permission};
use super::event::{Answer, Call, Command, Effect, Now, Recheck, Update};
use super::key::{ScopeId, TaskKey};
use super::poll::Poll;
use super::tasks::{Changes, Merge, Tasks, TrackedTask};
use super::transition::{Change, LookedUp, NotSent, Transition};
use crate::ec2::{Ec2Error, Identity, Session};
use crate::task::{BundleId, BundleTask, Phase};

/// How fresh a list is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Freshness {
    /// Nothing has been answered yet.
    Connecting,
    /// The last request was answered.
    Live,
    /// Polling is paused; the last request was answered.
    Paused,
    /// EC2 answered the last request with an error, or with something that is not an answer.
    Stale,
    /// EC2 could not be reached.
    Offline,
}

/// Everything known of one scope.
#[derive(Debug)]
pub struct Scope {
    id: ScopeId,
    tasks: Tasks,
    cancels: Cancels,
    poll: Poll,
    session: Option<Session>,
    identity: Option<Identity>,
    last_error: Option<Ec2Error>,
    last_success: Option<Timestamp>,
    /// Whether the settings must be read, for the first time or again, before EC2 can be asked.
    must_connect: bool,
    pub(super) pinned: Option<TaskKey>,
}

impl Scope {
    pub(super) fn new(id: ScopeId, poll: Poll) -> Self {
        Self {
            id,
            tasks: Tasks::default(),
            cancels: Cancels::default(),
            poll,
            session: None,
            identity: None,
            last_error: None,
            last_success: None,
            must_connect: true,
            pinned: None,
        }
    }

    /// The tasks.
    pub fn tasks(&self) -> &Tasks {
        &self.tasks
    }

    /// When EC2 is asked next.
    pub fn poll(&self) -> &Poll {
        &self.poll
    }

    /// As whom we act, and where; `None` until the settings were read.
    pub fn session(&self) -> Option<&Session> {
        self.session.as_ref()
    }

    /// Whose credentials these are, once STS has said so.
    pub fn identity(&self) -> Option<&Identity> {
        self.identity.as_ref()
    }

    /// Why the newest request failed; `None` once one succeeds.
    pub fn last_error(&self) -> Option<&Ec2Error> {
        self.last_error.as_ref()
    }

    /// When the list was last answered.
    pub fn last_success(&self) -> Option<Timestamp> {
        self.last_success
    }

    /// How far the cancel of a task has come; `None` if none was requested.
    pub fn cancel_state(&self, id: &BundleId) -> Option<CancelState> {
        self.cancels.state(id)
    }

    /// What EC2 said to the dry run of a cancel; `None` if it was not asked.
    pub fn permission(&self, id: &BundleId) -> Option<&Permission> {
        self.cancels.permission(id)
    }

    /// Whether the cancel requested here is all there is to say about a task: EC2 has not named a
    /// state since.
    pub fn is_cancel_requested(&self, task: &BundleTask) -> bool {
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
            Some(CancelState::Unanswered) | None => false,
        }
    }

    /// How fresh the list is.
    pub fn freshness(&self) -> Freshness {
        match &self.last_error {
            Some(error) if error.kind.is_offline() => Freshness::Offline,
            Some(_) => Freshness::Stale,
            None if self.last_success.is_none() => Freshness::Connecting,
            None if self.poll.is_paused() => Freshness::Paused,
            None => Freshness::Live,
        }
    }

    /// Since when the request in flight is unanswered, if that is long.
    pub fn waiting_since(&self, now: Now) -> Option<Timestamp> {
        self.poll.slow_at().filter(|at| *at <= now.mono)?;
        let waited = now.mono.saturating_sub(self.poll.sent_at()?);
        now.wall.checked_sub(waited).ok()
    }

    /// The calendar time of the next request, if one will be sent without being asked for.
    pub fn next_poll(&self, now: Now) -> Option<Timestamp> {
        let wait = self.poll.due()?.saturating_sub(now.mono);
        now.wall.checked_add(wait).ok()
    }

    /// Why a task cannot be cancelled now, if so.
    pub fn why_not_cancel(&self, tracked: &TrackedTask) -> Option<NotCancellable> {
        let task = &tracked.task;
        let cancel = self.cancels.state(&task.bundle_id);
        if tracked.unlisted_since.is_some() {
            return Some(match cancel {
                Some(CancelState::Accepted) => NotCancellable::AcceptedAndNotListed,
                Some(CancelState::Checking | CancelState::Sent | CancelState::Unanswered)
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
            Some(CancelState::Unanswered) => return Some(NotCancellable::Unanswered),
            None => {}
        }
        match self.freshness() {
            Freshness::Offline => Some(NotCancellable::Offline),
            Freshness::Stale => Some(NotCancellable::Stale),
            Freshness::Connecting | Freshness::Live | Freshness::Paused => None,
        }
    }

    pub(super) fn next_tick(&self, now: Now) -> Option<Duration> {
        let slow = self.poll.slow_at().filter(|at| *at > now.mono);
        self.poll.due().into_iter().chain(slow).min()
    }

    pub(super) fn exit_message(&self) -> Option<String> {
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
            &[CancelState::Sent, CancelState::Unanswered],
        );
        match (unsent, unanswered) {
            (Some(unsent), Some(unanswered)) => Some(format!("{unsent} {unanswered}")),
            (unsent, unanswered) => unsent.or(unanswered),
        }
    }

    /// What a person asks for.
    pub(super) fn command(&mut self, command: Command, now: Now, update: &mut Update) {
        match command {
            Command::Refresh => {
                if let Some(poll) = self.poll.refresh(now.mono) {
                    self.push_poll(poll, update);
                }
            }
            Command::TogglePause => self.poll.toggle_pause(now.mono),
            Command::CheckPermission(id) => {
                self.cancels.ask_permission(id.clone());
                self.push(Call::DryRun(id), update);
            }
            Command::Cancel(id) => {
                let task = self.tasks.first(&id);
                if task.is_some_and(|task| self.why_not_cancel(task).is_none()) {
                    self.cancels.set(&id, CancelState::Checking);
                    self.transition(&id, Change::CancelRequested, now, update);
                    self.push(Call::DescribeOne(id, Recheck::BeforeCancel), update);
                }
            }
            Command::Dismiss(key) => {
                if self.tasks.dismiss(&key) {
                    self.cancels.clear(&key.bundle_id);
                }
            }
        }
        update.is_visible = true;
    }

    pub(super) fn keys_changed(&mut self, update: &mut Update) {
        self.identity = None;
        self.push(Call::Identify, update);
        update.is_visible = true;
    }

    /// What came of a call.
    pub(super) fn answered(&mut self, answer: Answer, now: Now, update: &mut Update) {
        update.is_visible = true;
        match answer {
            Answer::Connected { poll, result } => self.connected(poll, result, now, update),
            Answer::Identified(result) => self.identity = result.ok(),
            Answer::Described { poll, result } => self.described(poll, result, now, update),
            Answer::DryRun { id, result } => {
                update.is_visible = self.cancels.permission_answered(&id, result);
            }
            Answer::DescribedOne {
                id,
                recheck: Recheck::BeforeCancel,
                result,
            } => self.rechecked(&id, result, now, update),
            Answer::DescribedOne {
                id,
                recheck: Recheck::AfterLostAnswer,
                result,
            } => self.looked_up(&id, result, now, update),
            Answer::Cancelled { id, result } => self.cancelled(&id, result, now, update),
        }
    }

    /// Sends the next poll if it is due.
    pub(super) fn poll_if_due(&mut self, is_tick: bool, now: Now, update: &mut Update) {
        match self.poll.take(now.mono) {
            Some(poll) => {
                self.push_poll(poll, update);
                // While all is well, a request shows nothing before its answer.
                update.is_visible |= self.last_error.is_some();
            }
            None => update.is_visible |= is_tick,
        }
    }

    fn connected(
        &mut self,
        poll: u64,
        result: Result<Session, Ec2Error>,
        now: Now,
        update: &mut Update,
    ) {
        match result {
            Ok(session) => {
                self.drop_unsent_cancels(now, update);
                if self.session.as_ref() != Some(&session) {
                    // What was listed elsewhere says nothing of what is here.
                    self.tasks = self.tasks.cleared();
                    self.cancels = Cancels::default();
                    self.identity = None;
                }
                self.session = Some(session);
                self.must_connect = false;
                self.push(Call::Describe { poll }, update);
                // Also after new credentials in the same place: they may be somebody else's.
                self.push(Call::Identify, update);
            }
            Err(error) => self.request_failed(error, now),
        }
    }

    fn described(
        &mut self,
        poll: u64,
        result: Result<Vec<Arc<BundleTask>>, Ec2Error>,
        now: Now,
        update: &mut Update,
    ) {
        match result {
            Ok(list) => {
                if self.last_error.take().is_some() && self.identity.is_none() {
                    self.push(Call::Identify, update);
                }
                self.last_success = Some(now.wall);
                let mut changes = Changes::new();
                let merge = Merge {
                    poll,
                    now,
                    pinned: self.pinned.as_ref(),
                    cancels: &mut self.cancels,
                    changes: &mut changes,
                };
                self.tasks.merge(list, merge);
                self.transitions(changes, now, update);
                let any_under_way = self.tasks.counts().any_under_way();
                self.poll.succeeded(now.mono, any_under_way);
            }
            Err(error) => self.request_failed(error, now),
        }
    }

    fn request_failed(&mut self, error: Ec2Error, now: Now) {
        if error.kind.needs_new_settings() {
            // What a person does about it, in a file or another terminal, is read only by connecting
            // anew.
            self.must_connect = true;
        }
        self.last_error = Some(error);
        self.poll.failed(now.mono);
    }

    /// The task was described before its cancel is sent.
    fn rechecked(
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

    /// A new connection may lead elsewhere: what was confirmed on the old one is not sent on it.
    fn drop_unsent_cancels(&mut self, now: Now, update: &mut Update) {
        for id in self.cancels.ids(&[CancelState::Checking]) {
            let reason = NotSent::NotCancellable(NotCancellable::Reconnected);
            self.not_sent(&id, reason, now, update);
        }
    }

    fn cancelled(
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
                    // Nothing about the task: the next polls will tell, not those under way.
                    Some(_) | None => self.tasks.ignore_polls_through(id, last_poll, now),
                }
                self.poll.poll_soon(now.mono);
            }
            Err(error) if error.may_have_been_carried_out() => {
                self.cancels.set(id, CancelState::Unanswered);
                self.tasks.ignore_polls_through(id, last_poll, now);
                self.transition(id, Change::CancelAnswerLost(error), now, update);
                self.poll.poll_soon(now.mono);
                let lookup = Call::DescribeOne(id.clone(), Recheck::AfterLostAnswer);
                self.push(lookup, update);
            }
            Err(error) if error.code.is_some() => {
                self.cancels.clear(id);
                self.transition(id, Change::CancelRefused(error), now, update);
            }
            Err(error) => self.not_sent(id, NotSent::NotDelivered(error), now, update),
        }
    }

    /// The task was looked up after the answer to its cancel was lost.
    fn looked_up(
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
                LookedUp::State(state)
            }
            Ok(None) => {
                self.tasks.mark_unlisted(id, last_poll, now, &mut changes);
                LookedUp::NotListed
            }
            Err(error) => LookedUp::Failed(error),
        };
        self.transitions(changes, now, update);
        self.transition(id, Change::LostCancelLookedUp(found), now, update);
    }

    fn push(&self, call: Call, update: &mut Update) {
        let scope = self.id;
        update.effects.push(Effect { scope, call });
    }

    /// A poll needs a connection before EC2 can be asked for the list.
    fn push_poll(&self, poll: u64, update: &mut Update) {
        let call = if self.must_connect {
            Call::Connect { poll }
        } else {
            Call::Describe { poll }
        };
        self.push(call, update);
    }

    fn transition(&self, id: &BundleId, change: Change, now: Now, update: &mut Update) {
        self.transitions(vec![(id.clone(), change)], now, update);
    }

    fn transitions(&self, changes: Changes, now: Now, update: &mut Update) {
        let transitions = changes.into_iter().map(|(bundle_id, change)| Transition {
            scope: self.id,
            bundle_id,
            at: now.wall,
            change,
        });
        update.transitions.extend(transitions);
    }
}
