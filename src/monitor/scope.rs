//! One profile and region: its session, how fresh its list is, and the handling of responses.

mod cancel_steps;

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;

use super::cancel::{CancelState, Cancels, Permission};
use super::event::{Answer, Call, Command, DescribeReason, Effect, Now, Update};
use super::key::{ScopeId, TaskKey};
use super::poll::PollSchedule;
use super::tasks::{Changes, MergeContext, Tasks};
use super::transition::{Change, Transition};
use crate::ec2::{Ec2Error, Identity, Session};
use crate::task::{BundleId, BundleTask};

/// How fresh a list is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Freshness {
    /// Nothing has been answered yet.
    Connecting,
    /// The last request was answered.
    Live,
    /// Polling is paused; the last request was answered.
    Paused,
    /// EC2 answered the last request with an error, or with an unreadable response.
    Stale,
    /// EC2 could not be reached.
    Offline,
}

/// The known state of one scope.
#[derive(Debug)]
pub struct Scope {
    id: ScopeId,
    tasks: Tasks,
    cancels: Cancels,
    poll: PollSchedule,
    session: Option<Session>,
    identity: Option<Identity>,
    last_error: Option<Ec2Error>,
    last_success: Option<Timestamp>,
    /// Whether the settings must be read (again) before a request can be sent to EC2.
    must_connect: bool,
    pub(super) pinned: Option<TaskKey>,
}

impl Scope {
    pub(super) fn new(id: ScopeId, poll: PollSchedule) -> Self {
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

    /// When to poll EC2 next.
    pub fn poll(&self) -> &PollSchedule {
        &self.poll
    }

    /// The profile, region and endpoint; `None` until the settings are read.
    pub fn session(&self) -> Option<&Session> {
        self.session.as_ref()
    }

    /// The identity behind the credentials, once STS has returned it.
    pub fn identity(&self) -> Option<&Identity> {
        self.identity.as_ref()
    }

    /// Why the latest request failed; `None` once one succeeds.
    pub fn last_error(&self) -> Option<&Ec2Error> {
        self.last_error.as_ref()
    }

    /// When the list was last received.
    pub fn last_success(&self) -> Option<Timestamp> {
        self.last_success
    }

    /// The state of a task's cancel; `None` if none was requested.
    pub fn cancel_state(&self, id: &BundleId) -> Option<CancelState> {
        self.cancels.state(id)
    }

    /// The result of the dry run of a cancel; `None` if none was requested.
    pub fn permission(&self, id: &BundleId) -> Option<&Permission> {
        self.cancels.permission(id)
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

    /// Since when the request in flight has been waiting, if it is slow.
    pub fn waiting_since(&self, now: Now) -> Option<Timestamp> {
        self.poll.slow_at().filter(|at| *at <= now.mono)?;
        let waited = now.mono.saturating_sub(self.poll.sent_at()?);
        now.wall.checked_sub(waited).ok()
    }

    /// The wall-clock time of the next automatic request, if there is one.
    pub fn next_poll(&self, now: Now) -> Option<Timestamp> {
        let wait = self.poll.due()?.saturating_sub(now.mono);
        now.wall.checked_add(wait).ok()
    }

    pub(super) fn next_tick(&self, now: Now) -> Option<Duration> {
        let slow = self.poll.slow_at().filter(|at| *at > now.mono);
        self.poll.due().into_iter().chain(slow).min()
    }

    /// Handles a person's command.
    pub(super) fn command(&mut self, command: Command, now: Now, update: &mut Update) {
        match command {
            Command::Refresh => {
                if let Some(poll) = self.poll.refresh(now.mono) {
                    self.push_poll(poll, update);
                }
            }
            Command::TogglePause => self.poll.toggle_pause(now.mono),
            Command::CheckPermission(id) => {
                self.cancels.mark_permission_asked(id.clone());
                self.push(Call::DryRun(id), update);
            }
            Command::Cancel(id) => self.cancel(id, now, update),
            Command::Dismiss(key) => {
                if self.tasks.dismiss(&key) {
                    self.cancels.clear(&key.bundle_id);
                }
            }
        }
        update.has_visible_change = true;
    }

    pub(super) fn credentials_changed(&mut self, update: &mut Update) {
        self.identity = None;
        self.push(Call::Identify, update);
        update.has_visible_change = true;
    }

    /// Handles the result of a call.
    pub(super) fn answered(&mut self, answer: Answer, now: Now, update: &mut Update) {
        update.has_visible_change = true;
        match answer {
            Answer::Connected { poll, result } => self.connected(poll, result, now, update),
            Answer::Identified(result) => self.identity = result.ok(),
            Answer::Described { poll, result } => self.described(poll, result, now, update),
            Answer::DryRun { id, result } => {
                update.has_visible_change = self.cancels.permission_answered(&id, result);
            }
            Answer::DescribedOne {
                id,
                reason: DescribeReason::BeforeCancel,
                result,
            } => self.rechecked(&id, result, now, update),
            Answer::DescribedOne {
                id,
                reason: DescribeReason::AfterLostAnswer,
                result,
            } => self.looked_up(&id, result, now, update),
            Answer::Cancelled { id, result } => self.cancelled(&id, result, now, update),
        }
    }

    /// Sends the next poll if it is due.
    pub(super) fn poll_if_due(&mut self, is_tick: bool, now: Now, update: &mut Update) {
        match self.poll.start_if_due(now.mono) {
            Some(poll) => {
                self.push_poll(poll, update);
                // Unless an error is on the screen, sending a request changes nothing visible.
                update.has_visible_change |= self.last_error.is_some();
            }
            None => update.has_visible_change |= is_tick,
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
                    // Another account or region has other tasks.
                    self.tasks = self.tasks.cleared();
                    self.cancels = Cancels::default();
                    self.identity = None;
                }
                self.session = Some(session);
                self.must_connect = false;
                self.push(Call::Describe { poll }, update);
                // Even for the same region: the new credentials may belong to another account.
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
                let merge = MergeContext {
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
            // A new connection reads the files again: a person may have corrected them.
            self.must_connect = true;
        }
        self.last_error = Some(error);
        self.poll.failed(now.mono);
    }

    fn push(&self, call: Call, update: &mut Update) {
        let scope = self.id;
        update.effects.push(Effect { scope, call });
    }

    /// Requests the list, or first a connection if one is needed.
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
