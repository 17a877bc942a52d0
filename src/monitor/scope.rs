//! One profile and region: its session, how fresh its list is, and the handling of responses.

mod cancel_status;
mod cancel_steps;
mod filtered;
mod list;

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;

use super::cancel::{CancelState, NotCancellable};
use super::cancels::{CancelEvent, Cancels};
use super::event::{Answer, Call, Command, Effect, Now, Update};
use super::identity::Identities;
use super::key::{ScopeId, TaskKey};
use super::pace::Pace;
use super::permission::{Permission, Permissions};
use super::place::Place;
use super::poll::PollSchedule;
use super::request::{Purpose, RequestId, Requests};
use super::tasks::{Changes, Tasks};
use super::transition::{Change, NotSent, Transition, Verdict};
use crate::ec2::{AccessKeyId, Ec2Error, ErrorKind, Filter, Identity, Session};
use crate::task::BundleId;
use list::{ReceivedList, SameAccount};

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

/// How long to wait after the first list for STS to say whose it is.
pub const MAX_WAIT_FOR_ACCOUNT: Duration = Duration::from_secs(5);

/// The known state of one scope.
#[derive(Debug)]
pub struct Scope {
    id: ScopeId,
    tasks: Tasks,
    cancels: Cancels,
    permissions: Permissions,
    pace: Pace,
    filters: Vec<Filter>,
    poll: PollSchedule,
    requests: Requests,
    identities: Identities,
    session: Option<Session>,
    /// See [`Place::number`].
    place_number: u64,
    /// The account of the tasks, if it is known.
    account: Option<String>,
    /// The access key that signed the list; `None` before the first.
    list_key: Option<AccessKeyId>,
    /// The access key that signed the newest request, and the number of that request.
    newest_key: Option<(AccessKeyId, u64)>,
    /// A list signed with a key of which it is not known whose it is.
    unmerged: Option<ReceivedList>,
    /// Whether the list comes before cancels if both wait for STS.
    is_turn_of_list: bool,
    last_error: Option<Ec2Error>,
    last_success: Option<Timestamp>,
    /// When the first list of this place was received, in time since the program started.
    first_listed_at: Option<Duration>,
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
            permissions: Permissions::default(),
            pace: Pace::default(),
            filters: Vec::new(),
            poll,
            requests: Requests::default(),
            identities: Identities::default(),
            session: None,
            place_number: 0,
            account: None,
            list_key: None,
            newest_key: None,
            unmerged: None,
            is_turn_of_list: false,
            last_error: None,
            last_success: None,
            first_listed_at: None,
            must_connect: true,
            pinned: None,
        }
    }

    /// The tasks.
    pub fn tasks(&self) -> &Tasks {
        &self.tasks
    }

    /// EC2's own filters: the tasks are only those that they find.
    pub fn filters(&self) -> &[Filter] {
        &self.filters
    }

    /// When to poll EC2 next.
    pub fn poll(&self) -> &PollSchedule {
        &self.poll
    }

    /// The profile, region and endpoint; `None` until the settings are read.
    pub fn session(&self) -> Option<&Session> {
        self.session.as_ref()
    }

    /// The identity whose tasks these are, once STS has returned it. Before the first list, the identity
    /// that asks for it.
    pub fn identity(&self) -> Option<&Identity> {
        let newest = self.newest_key.as_ref().map(|(key, _)| key);
        self.identities.get(self.list_key.as_ref().or(newest)?)
    }

    /// Where the tasks are; `None` until the settings are read.
    pub fn place(&self) -> Option<Place> {
        Some(Place {
            number: self.place_number,
            region: self.session.as_ref()?.region.clone(),
            account: self.account.clone(),
        })
    }

    /// Why the latest request failed; `None` once one succeeds.
    pub fn last_error(&self) -> Option<&Ec2Error> {
        self.last_error.as_ref()
    }

    /// When the list was last received.
    pub fn last_success(&self) -> Option<Timestamp> {
        self.last_success
    }

    /// Whether a list was received and it is known whose it is, or not worth waiting for: STS has failed or
    /// has not answered for five seconds.
    pub fn is_account_settled(&self, now: Now) -> bool {
        let Some(listed_at) = self.first_listed_at else {
            return false;
        };
        self.account.is_some()
            || !self.identities.can_be_awaited(now.mono)
            || now.mono >= listed_at + MAX_WAIT_FOR_ACCOUNT
    }

    /// The state of a task's cancel; `None` if none was requested.
    pub fn cancel_state(&self, id: &BundleId) -> Option<CancelState> {
        self.cancels.state(id)
    }

    /// What became of the cancel of a task, as far as that is known.
    pub fn cancel_verdict(&self, id: &BundleId) -> Option<Verdict> {
        self.cancels.verdict(id)
    }

    /// What happened to the cancels of a task, the oldest first.
    pub fn cancel_events(&self, id: &BundleId) -> &[CancelEvent] {
        self.cancels.events(id)
    }

    /// The result of the dry run of a cancel; `None` if none was requested.
    pub fn permission(&self, id: &BundleId) -> Option<&Permission> {
        self.permissions.get(id)
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

    /// Whether EC2 has sent a list that is not shown yet, because STS must say whose it is.
    pub fn is_list_waiting(&self) -> bool {
        self.unmerged.is_some()
    }

    /// Since when the request in flight has been waiting, if it is slow.
    pub fn slow_since(&self, now: Now) -> Option<Timestamp> {
        if self.is_list_waiting() {
            return None;
        }
        self.poll.slow_at().filter(|at| *at <= now.mono)?;
        let waited = now.mono.saturating_sub(self.poll.sent_at()?);
        now.wall.checked_sub(waited).ok()
    }

    /// The wall-clock time of the next request, if one is planned.
    pub fn next_poll(&self, now: Now) -> Option<Timestamp> {
        let wait = self.poll.due()?.saturating_sub(now.mono);
        now.wall.checked_add(wait).ok()
    }

    pub(super) fn next_tick(&self, now: Now) -> Option<Duration> {
        let slow = self.poll.slow_at().filter(|at| *at > now.mono);
        let identify = self.awaited_key().and(self.identities.may_ask_from());
        let account = self.first_listed_at.map(|at| at + MAX_WAIT_FOR_ACCOUNT);
        let account = account.filter(|at| self.account.is_none() && *at > now.mono);
        let pace = self.next_at_pace();
        let cancelling = self.cancels.still_cancelling_at();
        let ticks = self.poll.due().into_iter().chain(slow);
        ticks
            .chain(identify)
            .chain(account)
            .chain(pace)
            .chain(cancelling)
            .min()
    }

    /// Handles a person's command.
    pub(super) fn command(&mut self, command: Command, now: Now, update: &mut Update) {
        match command {
            Command::Refresh => self.poll.refresh(),
            Command::SetFilters(filters) => self.set_filters(filters, now),
            Command::TogglePause => self.poll.toggle_pause(),
            Command::SetInterval(interval) => self.poll.set_interval(interval, now.mono),
            Command::CheckPermissions(ids) => self.permissions.ask(ids, now.mono),
            Command::StopCheckingPermissions => self.permissions.stop_waiting(),
            Command::Cancel(ids) => self.cancel_all(ids, now, update),
            Command::StopCancels => {
                let reason = NotSent::NotCancellable(NotCancellable::ReadOnly);
                self.drop_unsent_cancels(&reason, now, update);
            }
            Command::FollowCancel(cancel) => self.follow_accepted(cancel, now, update),
            Command::Recall(observations) => self.tasks.recall(observations),
            Command::ShowPast(tasks) => self.tasks.show_past(tasks),
            Command::HidePast => self.tasks.hide_past(),
            Command::Dismiss(key) => {
                if !self.is_cancel_under_way(key.bundle_id()) {
                    self.tasks.dismiss(&key);
                }
            }
        }
        update.has_visible_change = true;
    }

    /// Handles the answer to a request. One that is not in flight any more, or was made on an earlier
    /// connection, changes nothing.
    pub(super) fn answered(
        &mut self,
        request: RequestId,
        signed_by: Option<AccessKeyId>,
        answer: Answer,
        now: Now,
        update: &mut Update,
    ) {
        let Some(sent) = self.requests.take(request) else {
            return;
        };
        update.has_visible_change = true;
        self.note_key(&sent, signed_by.as_ref());
        match (&sent.purpose, answer) {
            (Purpose::Connect, Answer::Connected(result)) => self.connected(result, now, update),
            (Purpose::Identify, Answer::Identified(result)) => {
                self.identified(signed_by.as_ref(), result, now, update);
            }
            (Purpose::Poll, Answer::Described(Ok(tasks))) => {
                let list = ReceivedList {
                    tasks,
                    signed_by,
                    request: sent.number,
                    requested_at: sent.at,
                    at: now,
                };
                self.accept_list(list, now, update);
            }
            (Purpose::Follow(ids), Answer::Described(Ok(tasks))) => {
                self.followed(ids, &tasks, &sent, signed_by.as_ref(), now, update);
            }
            // The next poll asks again.
            (Purpose::Follow(_), Answer::Described(Err(_))) => {}
            (Purpose::Poll, Answer::Described(Err(error))) => {
                self.follow_newest_key(now, update);
                self.request_failed(error, now);
            }
            (Purpose::Permission(id), Answer::DryRun(result)) => {
                let key = signed_by.as_ref();
                if result
                    .as_ref()
                    .is_err_and(|error| error.kind == ErrorKind::Throttled)
                {
                    self.pace.throttled(now.mono);
                }
                let permission = match self.is_of_account_on_screen(key) {
                    // Not even signed: whatever is wrong with the credentials.
                    _ if key.is_none() => Permission::from_dry_run(result),
                    SameAccount::Yes => Permission::from_dry_run(result),
                    SameAccount::No => Permission::NotAnswered(NotCancellable::PlaceChanged),
                    SameAccount::Unknown => {
                        Permission::NotAnswered(NotCancellable::AccountNotKnown)
                    }
                };
                update.has_visible_change = self.permissions.answered(id, sent.number, permission);
            }
            (Purpose::Recheck(cancel), Answer::DescribedOne(result)) => {
                self.rechecked(*cancel, &sent, signed_by, result, now, update);
            }
            (Purpose::LookUp(cancel), Answer::DescribedOne(result)) => {
                self.looked_up(*cancel, &sent, signed_by.as_ref(), result, now, update);
            }
            (Purpose::Cancel(cancel), Answer::Cancelled(result)) => {
                self.cancelled(*cancel, &sent, result, now, update);
            }
            (
                Purpose::Connect
                | Purpose::Identify
                | Purpose::Poll
                | Purpose::Follow(_)
                | Purpose::Permission(_)
                | Purpose::Recheck(_)
                | Purpose::LookUp(_)
                | Purpose::Cancel(_),
                answer,
            ) => debug_assert!(false, "{answer:?} does not answer {:?}", sent.purpose),
        }
        self.follow_newest_key(now, update);
    }

    /// Sends the requests that are due.
    pub(super) fn send_what_is_due(&mut self, is_tick: bool, now: Now, update: &mut Update) {
        self.identify_if_needed(now, update);
        self.remark_still_cancelling(now, update);
        if self.poll.start_if_due(now.mono) {
            if self.must_connect {
                self.push(Purpose::Connect, Call::Connect, now, update);
            } else {
                self.push_poll(now, update);
            }
            // Unless an error is on the screen, sending a request changes nothing visible.
            update.has_visible_change |= self.last_error.is_some();
        } else {
            update.has_visible_change |= is_tick;
        }
        self.send_at_pace(now, update);
    }

    fn connected(&mut self, result: Result<Session, Ec2Error>, now: Now, update: &mut Update) {
        let session = match result {
            Ok(session) => session,
            Err(error) => return self.request_failed(error, now),
        };
        let unsent = NotSent::NotCancellable(NotCancellable::Reconnected);
        self.drop_unsent_cancels(&unsent, now, update);
        self.permissions.not_answered(&NotCancellable::Reconnected);
        self.requests.connected();
        self.identities.connected();
        self.newest_key = None;
        if self.session.as_ref() != Some(&session) {
            self.reset_for_new_place(now, update);
        }
        self.session = Some(session);
        self.must_connect = false;
        self.push_poll(now, update);
        // The keys are not known yet. Later, a key is identified when it first signs a list.
        if self.identities.is_empty() && self.identities.may_ask(now.mono) {
            self.identify(None, now, update);
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

    /// Sends a request. Returns its number.
    fn push(&mut self, purpose: Purpose, call: Call, now: Now, update: &mut Update) -> u64 {
        let request = self.requests.send(self.id, purpose, now.mono);
        update.effects.push(Effect { request, call });
        request.number
    }

    /// Reports changes of tasks on the screen.
    fn transitions(&mut self, changes: Changes, now: Now, update: &mut Update) {
        let Some(place) = self.place().filter(|_| !changes.is_empty()) else {
            return; // Without a connection there are no tasks.
        };
        let place = Arc::new(place);
        for (bundle_id, change) in changes {
            let cancel = self.cancels.follow(&bundle_id, &change, now);
            self.transition(bundle_id.clone(), Arc::clone(&place), change, now, update);
            if let Some((id, change)) = cancel {
                let change = Change::Cancel(id, change);
                self.transition(bundle_id, Arc::clone(&place), change, now, update);
            }
        }
    }

    /// Reports a change, and keeps it if it is one of a cancel.
    fn transition(
        &mut self,
        bundle_id: BundleId,
        place: Arc<Place>,
        change: Change,
        now: Now,
        update: &mut Update,
    ) {
        if let Change::Cancel(cancel, change) = &change {
            let event = CancelEvent {
                cancel: *cancel,
                at: now.wall,
                change: change.clone(),
            };
            self.cancels.note(&bundle_id, event);
        }
        update.transitions.push(Transition {
            scope: self.id,
            place,
            bundle_id,
            at: now.wall,
            change,
        });
    }
}
