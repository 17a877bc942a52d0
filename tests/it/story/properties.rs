//! Properties that hold whatever comes: answers that are late, lost, repeated, reordered, of another
//! scope, of an old connection, or signed with another key; accounts, regions and tasks that change
//! at any moment.
//!
//! A small model of AWS answers the monitor's requests. After every step the screen's claims are
//! compared with what the model has said. `PROPTEST_CASES` sets how many runs there are.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use bundletop::ec2::{AccessKeyId, Ec2Error, ErrorKind, Identity, Operation};
use bundletop::monitor::poll::PollSchedule;
use bundletop::monitor::{
    Answer, Call, CancelChange, CancelId, CancelState, Change, Command, Effect, Event,
    LookupResult, Monitor, Now, RequestId, Scope, ScopeId, Transition,
};
use bundletop::task::{BundleId, BundleTask, Phase};
use proptest::prelude::*;

use crate::harness::{START, at, error, session, task};

/// EC2 may return what was true this long before it was asked.
const LAG: Duration = Duration::from_secs(59);

/// The states of a task, and words of EC2's that nobody documented.
const STATES: [&str; 6] = [
    "pending",
    "bundling",
    "storing",
    "validating",
    "complete",
    "cancelled",
];

/// What happens next. Numbers choose among what there is, modulo its count.
#[derive(Clone, Debug)]
enum Step {
    Wait(Duration),
    Command(u8, u8, Wish),
    /// A request is answered.
    Answer(u8, Fate, Lag),
    /// An answer comes a second time.
    Repeat(u8),
    /// An answer comes under the number of another request, connection or scope.
    Misdirect(u8, u8),
    /// The credentials of a scope change, perhaps to those of another account.
    NewKey(u8, bool),
    /// The settings of a scope now name the other region.
    OtherRegion(u8),
    /// A task moves on, or is no longer listed.
    TaskMoves(u8, u8),
}

#[derive(Clone, Copy, Debug)]
enum Wish {
    Refresh,
    TogglePause,
    CheckPermission,
    Cancel,
    Dismiss,
}

/// How a request ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    Answered,
    /// It is carried out and its answer is lost.
    AnswerLost,
    /// It is lost on the way, which looks the same.
    RequestLost,
    Refused,
    Expired,
    NotReached,
}

/// How old the description is that EC2 returns, in hundredths of [`LAG`].
type Lag = u8;

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let wait = prop_oneof![
        4 => (0u64..3000).prop_map(Duration::from_millis),
        2 => (3u64..20).prop_map(Duration::from_secs),
        1 => Just(Duration::from_secs(61)),
    ];
    let wish = prop_oneof![
        1 => Just(Wish::Refresh),
        1 => Just(Wish::TogglePause),
        1 => Just(Wish::CheckPermission),
        8 => Just(Wish::Cancel),
        2 => Just(Wish::Dismiss),
    ];
    let fate = prop_oneof![
        12 => Just(Fate::Answered),
        3 => Just(Fate::AnswerLost),
        2 => Just(Fate::RequestLost),
        2 => Just(Fate::Refused),
        1 => Just(Fate::Expired),
        1 => Just(Fate::NotReached),
    ];
    let lag = prop_oneof![2 => Just(0u8), 1 => 0u8..100];
    let step = prop_oneof![
        8 => wait.prop_map(Step::Wait),
        6 => (any::<u8>(), any::<u8>(), wish).prop_map(|(s, t, w)| Step::Command(s, t, w)),
        16 => (any::<u8>(), fate, lag).prop_map(|(r, f, l)| Step::Answer(r, f, l)),
        1 => any::<u8>().prop_map(Step::Repeat),
        1 => (any::<u8>(), any::<u8>()).prop_map(|(r, other)| Step::Misdirect(r, other)),
        1 => (any::<u8>(), any::<bool>()).prop_map(|(s, other)| Step::NewKey(s, other)),
        1 => any::<u8>().prop_map(Step::OtherRegion),
        3 => (any::<u8>(), any::<u8>()).prop_map(|(t, to)| Step::TaskMoves(t, to)),
    ];
    prop::collection::vec(step, 20..120)
}

/// Account and region.
type Owner = (&'static str, &'static str);

const ACCOUNTS: [&str; 2] = ["111111111111", "222222222222"];
const REGIONS: [&str; 2] = ["us-east-1", "eu-west-1"];

/// A task's ID says whose it is.
fn owner(id: &BundleId) -> Owner {
    let mut parts = id.as_str().split('/').skip(1);
    let mut number = || parts.next().and_then(|part| part.parse::<usize>().ok());
    let (account, region) = (number().expect("an account"), number().expect("a region"));
    (ACCOUNTS[account], REGIONS[region])
}

/// All tasks of all accounts and regions; `None` for those not listed.
type Tasks = Vec<(BundleTask, bool)>;

/// AWS, as far as it matters here.
struct Aws {
    /// The tasks at each time since the start, the newest last.
    history: Vec<(Duration, Tasks)>,
    /// The tasks whose cancel was carried out.
    cancelled: HashSet<BundleId>,
}

impl Aws {
    fn new() -> Self {
        let mut tasks = Tasks::new();
        for account in 0..ACCOUNTS.len() {
            for region in 0..REGIONS.len() {
                for number in 0..2 {
                    let id = format!("bun/{account}/{region}/{number}");
                    tasks.push((task(&id, STATES[number + 1]), true));
                }
            }
        }
        Self {
            history: vec![(Duration::ZERO, tasks)],
            cancelled: HashSet::new(),
        }
    }

    /// The tasks of an account in a region, as they were at that time.
    fn list(&self, owner_: Owner, when: Duration) -> Vec<BundleTask> {
        let mut past = self.history.iter().rev();
        let then = past.find(|(time, _)| *time <= when);
        let (_, tasks) = then.unwrap_or(&self.history[0]);
        tasks
            .iter()
            .filter(|(task, is_listed)| *is_listed && owner(&task.bundle_id) == owner_)
            .map(|(task, _)| task.clone())
            .collect()
    }

    fn change(&mut self, id: &BundleId, now: Now, change: impl FnOnce(&mut (BundleTask, bool))) {
        let (_, mut tasks) = self.history.last().expect("the beginning").clone();
        if let Some(entry) = tasks.iter_mut().find(|(task, _)| task.bundle_id == *id) {
            change(entry);
            entry.0.update_time = Some(now.wall);
        }
        self.history.push((now.mono, tasks));
    }

    fn carry_out_cancel(&mut self, id: &BundleId, now: Now) {
        self.cancelled.insert(id.clone());
        self.change(id, now, |(task, _)| {
            task.state = crate::harness::task("", "cancelling").state;
        });
    }
}

/// A request on its way.
#[derive(Clone)]
struct Sent {
    effect: Effect,
    key: AccessKeyId,
    owner: Owner,
    at: Duration,
}

/// An answer that was delivered, to be delivered again.
type Delivered = (RequestId, AccessKeyId, Reply);

/// [`Answer`] that can be cloned.
#[derive(Clone)]
enum Reply {
    Connected(Result<&'static str, Ec2Error>),
    Identified(Result<&'static str, Ec2Error>),
    Described(Result<Vec<BundleTask>, Ec2Error>),
    DryRun(Result<(), Ec2Error>),
    DescribedOne(Result<Option<BundleTask>, Ec2Error>),
    Cancelled(Result<Option<BundleTask>, Ec2Error>),
}

impl Reply {
    fn answer(&self) -> Answer {
        match self.clone() {
            Self::Connected(result) => Answer::Connected(result.map(session)),
            Self::Identified(result) => Answer::Identified(result.map(|account| Identity {
                account: account.to_owned(),
                arn: String::new(),
            })),
            Self::Described(result) => {
                Answer::Described(result.map(|it| it.into_iter().map(Arc::new).collect()))
            }
            Self::DryRun(result) => Answer::DryRun(result),
            Self::DescribedOne(result) => Answer::DescribedOne(result),
            Self::Cancelled(result) => Answer::Cancelled(result),
        }
    }
}

/// What a test knows of a cancel.
#[derive(Default)]
struct KnownCancel {
    bundle_id: Option<BundleId>,
    is_ended: bool,
    /// When its answer was lost, until it is settled.
    lost_at: Option<Duration>,
    was_lost: bool,
    is_carried_out: bool,
}

/// The truth about one scope: what AWS has said, and whose keys sign.
struct Truth {
    id: ScopeId,
    region: usize,
    account: usize,
    key: AccessKeyId,
    keys: usize,
    identified: HashSet<AccessKeyId>,
    /// The states in which EC2 has described each task.
    said: HashMap<BundleId, HashSet<String>>,
    /// The tasks that EC2 has left out of an answer to their own account.
    left_out: HashSet<BundleId>,
    cancels: HashMap<CancelId, KnownCancel>,
    /// How many cancels of each task were confirmed, and how many were sent.
    confirmed: HashMap<BundleId, usize>,
    sent: HashMap<BundleId, usize>,
    /// When STS was last asked.
    identify_at: Option<Duration>,
}

struct World {
    aws: Aws,
    monitor: Monitor,
    scopes: Vec<Truth>,
    mono: Duration,
    in_flight: Vec<Sent>,
    delivered: Vec<Delivered>,
    /// Each key belongs to one account.
    owners: HashMap<AccessKeyId, usize>,
}

impl World {
    fn new() -> Self {
        let mut monitor = Monitor::new();
        let mut owners = HashMap::new();
        let scopes = (0..2).map(|number| {
            let key = AccessKeyId::new(format!("AKIA{number}/0"));
            owners.insert(key.clone(), 0);
            Truth {
                id: monitor.open(PollSchedule::new(None, number)),
                region: 0,
                account: 0,
                key,
                keys: 1,
                identified: HashSet::new(),
                said: HashMap::new(),
                left_out: HashSet::new(),
                cancels: HashMap::new(),
                confirmed: HashMap::new(),
                sent: HashMap::new(),
                identify_at: None,
            }
        });
        let scopes = scopes.collect();
        Self {
            aws: Aws::new(),
            monitor,
            scopes,
            mono: Duration::ZERO,
            in_flight: Vec::new(),
            delivered: Vec::new(),
            owners,
        }
    }

    fn now(&self) -> Now {
        Now {
            wall: at(START) + self.mono,
            mono: self.mono,
        }
    }

    fn truth(&mut self, id: ScopeId) -> &mut Truth {
        let mut scopes = self.scopes.iter_mut();
        scopes.find(|it| it.id == id).expect("a scope")
    }

    fn scope(&self, number: usize) -> &Scope {
        self.monitor.scope(self.scopes[number].id)
    }

    fn carry_out(&mut self, step: &Step) {
        match step {
            Step::Wait(time) => self.wait(*time),
            Step::Command(scope, task, wish) => self.command(*scope, *task, *wish),
            Step::Answer(request, fate, lag) => {
                if !self.in_flight.is_empty() {
                    let index = usize::from(*request) % self.in_flight.len();
                    let sent = self.in_flight.remove(index);
                    self.answer(&sent, *fate, *lag);
                }
            }
            Step::Repeat(which) => {
                if !self.delivered.is_empty() {
                    let which = usize::from(*which) % self.delivered.len();
                    let (request, key, reply) = self.delivered[which].clone();
                    self.event(Event::Answered {
                        request,
                        signed_by: Some(key),
                        answer: reply.answer(),
                    });
                }
            }
            Step::Misdirect(which, other) => self.misdirect(*which, *other),
            Step::NewKey(scope, is_other_account) => {
                let number = usize::from(*scope) % self.scopes.len();
                let truth = &mut self.scopes[number];
                truth.account ^= usize::from(*is_other_account);
                truth.key = AccessKeyId::new(format!("AKIA{number}/{}", truth.keys));
                truth.keys += 1;
                self.owners.insert(truth.key.clone(), truth.account);
            }
            Step::OtherRegion(scope) => {
                let number = usize::from(*scope) % self.scopes.len();
                self.scopes[number].region ^= 1;
            }
            Step::TaskMoves(task, to) => {
                let (_, tasks) = self.aws.history.last().expect("the beginning");
                let task = &tasks[usize::from(*task) % tasks.len()].0;
                let (id, is_cancelled) = (
                    task.bundle_id.clone(),
                    self.aws.cancelled.contains(&task.bundle_id),
                );
                let now = self.now();
                let state = STATES.get(usize::from(*to) % (STATES.len() + 1));
                self.aws.change(&id, now, |(task, is_listed)| match state {
                    None => *is_listed = !*is_listed,
                    // A cancelled task does not run again.
                    Some(state)
                        if is_cancelled
                            && crate::harness::task("", state).state.phase()
                                < Phase::Cancelling => {}
                    Some(state) => task.state = crate::harness::task("", state).state,
                });
            }
        }
    }

    fn wait(&mut self, time: Duration) {
        let end = self.mono + time;
        while let Some(tick) = self.monitor.next_tick(self.now()).filter(|it| *it <= end) {
            let is_progress = tick > self.mono;
            self.mono = self.mono.max(tick);
            let effects = self.event(Event::Tick);
            assert!(
                is_progress || effects > 0,
                "a tick that leads to nothing, for ever"
            );
        }
        self.mono = end;
    }

    fn command(&mut self, scope: u8, task: u8, wish: Wish) {
        let number = usize::from(scope) % self.scopes.len();
        let tasks = self.scope(number).tasks().all();
        let chosen = tasks.get(usize::from(task) % tasks.len().max(1));
        let chosen = chosen.map(|task| (task.task.bundle_id.clone(), task.key()));
        let command = match (wish, chosen) {
            (Wish::Refresh, _) => Command::Refresh,
            (Wish::TogglePause, _) => Command::TogglePause,
            (_, None) => return,
            (Wish::CheckPermission, Some((id, _))) => Command::CheckPermission(id),
            (Wish::Cancel, Some((id, _))) => {
                *self.scopes[number].confirmed.entry(id.clone()).or_default() += 1;
                Command::Cancel(id)
            }
            (Wish::Dismiss, Some((_, key))) => Command::Dismiss(key),
        };
        let event = Event::Command(self.scopes[number].id, command.clone());
        let update = self.monitor.update(event, self.now());
        if let Command::Cancel(id) = &command {
            let is_said = update.transitions.iter().any(|it| {
                let is_answer = matches!(
                    it.change,
                    Change::Cancel(_, CancelChange::Requested | CancelChange::NotSent(_))
                );
                it.bundle_id == *id && is_answer
            });
            assert!(is_said, "{id} was confirmed and nothing was said");
        }
        self.take(update.effects, update.transitions);
    }

    /// Sends an event to the monitor. Returns how many requests it leads to.
    fn event(&mut self, event: Event) -> usize {
        let update = self.monitor.update(event, self.now());
        let count = update.effects.len();
        self.take(update.effects, update.transitions);
        count
    }

    fn take(&mut self, effects: Vec<Effect>, transitions: Vec<Transition>) {
        for effect in effects {
            self.send(effect);
        }
        for transition in transitions {
            self.check_transition(&transition);
        }
        for number in 0..self.scopes.len() {
            self.check_screen(number);
        }
    }

    fn send(&mut self, effect: Effect) {
        let mono = self.mono;
        let id = effect.request.scope;
        let is_poll = |call: &Call| matches!(call, Call::Connect | Call::Describe);
        let in_flight = self
            .in_flight
            .iter()
            .filter(|it| it.effect.request.scope == id);
        if is_poll(&effect.call) {
            assert_eq!(
                in_flight
                    .clone()
                    .filter(|it| is_poll(&it.effect.call))
                    .count(),
                0
            );
        }
        let owners = self.owners.clone();
        let truth = self.truth(id);
        let mut key = truth.key.clone();
        match &effect.call {
            Call::Identify(wanted) => {
                if let Some(wanted) = wanted {
                    assert!(
                        !truth.identified.contains(wanted),
                        "{wanted:?} is identified"
                    );
                    key = wanted.clone();
                }
                let pause = truth.identify_at.map(|at| mono.saturating_sub(at));
                assert!(
                    pause.is_none_or(|it| it >= Duration::from_secs(10)),
                    "{pause:?}"
                );
                truth.identify_at = Some(mono);
            }
            Call::Cancel {
                bundle_id,
                key: wanted,
            } => {
                key = wanted.clone().expect("a key");
                let account = ACCOUNTS[owners[&key]];
                assert_eq!(
                    account,
                    owner(bundle_id).0,
                    "another account is asked to cancel"
                );
                let sent = truth.sent.entry(bundle_id.clone()).or_default();
                *sent += 1;
                assert!(
                    *sent <= truth.confirmed[bundle_id],
                    "sent more often than confirmed"
                );
                let unsettled = truth.cancels.values().filter(|cancel| {
                    cancel.bundle_id.as_ref() == Some(bundle_id)
                        && (!cancel.is_ended || cancel.lost_at.is_some())
                });
                assert_eq!(unsettled.count(), 1, "a second cancel of {bundle_id}");
            }
            Call::Connect | Call::Describe | Call::DryRun(_) | Call::DescribeOne(_) => {}
        }
        let owner = (ACCOUNTS[owners[&key]], REGIONS[truth.region]);
        // A connection keeps its region until the next one.
        let region = self.monitor.scope(id).session().map(|it| it.region.clone());
        let region = region.and_then(|it| REGIONS.into_iter().find(|known| *known == it));
        let owner = match effect.call {
            Call::Connect => owner,
            _ => (owner.0, region.expect("a connection")),
        };
        self.in_flight.push(Sent {
            effect,
            key,
            owner,
            at: mono,
        });
    }

    fn answer(&mut self, sent: &Sent, fate: Fate, lag: Lag) {
        let now = self.now();
        let lag = LAG * u32::from(lag) / 100;
        let list = self
            .aws
            .list(sent.owner, sent.at.saturating_sub(lag).max(Duration::ZERO));
        let call = &sent.effect.call;
        let failure = match fate {
            Fate::Answered => None,
            Fate::AnswerLost | Fate::RequestLost => Some((ErrorKind::TimedOut, "")),
            Fate::Refused => Some((ErrorKind::Denied, "UnauthorizedOperation")),
            Fate::Expired => Some((ErrorKind::Expired, "RequestExpired")),
            Fate::NotReached => Some((ErrorKind::Unreachable, "")),
        };
        let failure =
            |operation| failure.map(|(kind, code)| error(kind, operation, code, "It failed."));
        let reply = match call {
            Call::Connect => Reply::Connected(match failure(Operation::Connect) {
                None => Ok(sent.owner.1),
                Some(error) => Err(error),
            }),
            Call::Identify(_) => Reply::Identified(match failure(Operation::GetCallerIdentity) {
                None => {
                    self.truth(sent.effect.request.scope)
                        .identified
                        .insert(sent.key.clone());
                    Ok(sent.owner.0)
                }
                Some(error) => Err(error),
            }),
            Call::Describe => Reply::Described(match failure(Operation::DescribeBundleTasks) {
                None => Ok(list),
                Some(error) => Err(error),
            }),
            Call::DryRun(_) => {
                Reply::DryRun(failure(Operation::CancelBundleTask).map_or(Ok(()), Err))
            }
            Call::DescribeOne(id) => {
                Reply::DescribedOne(match failure(Operation::DescribeBundleTasks) {
                    None => Ok(list.into_iter().find(|task| task.bundle_id == *id)),
                    Some(error) => Err(error),
                })
            }
            Call::Cancel { bundle_id, .. } => {
                let (_, tasks) = self.aws.history.last().expect("the beginning");
                let mut tasks = tasks.iter();
                let task =
                    tasks.find(|(task, is_listed)| *is_listed && task.bundle_id == *bundle_id);
                let is_possible = task.is_some_and(|(task, _)| {
                    task.state.phase() < Phase::Cancelling || task.state.phase() == Phase::Unknown
                });
                let is_carried_out = matches!(fate, Fate::Answered | Fate::AnswerLost);
                if is_carried_out && is_possible {
                    self.aws.carry_out_cancel(bundle_id, now);
                    let mut cancels = self.truth(sent.effect.request.scope).cancels.values_mut();
                    let cancel =
                        cancels.find(|it| it.bundle_id.as_ref() == Some(bundle_id) && !it.is_ended);
                    cancel.expect("it was confirmed").is_carried_out = true;
                }
                let wrong_state = || {
                    error(
                        ErrorKind::WrongState,
                        Operation::CancelBundleTask,
                        "IncorrectState",
                        "No.",
                    )
                };
                Reply::Cancelled(match failure(Operation::CancelBundleTask) {
                    None if !is_possible => Err(wrong_state()),
                    None => {
                        let mut now_list = self.aws.list(sent.owner, now.mono).into_iter();
                        // EC2 may leave the task out.
                        Ok(now_list.find(|task| task.bundle_id == *bundle_id && lag.is_zero()))
                    }
                    Some(error) => Err(error),
                })
            }
        };
        self.note_what_is_said(sent, &reply);
        let request = sent.effect.request;
        self.delivered
            .push((request, sent.key.clone(), reply.clone()));
        self.event(Event::Answered {
            request,
            signed_by: (fate != Fate::NotReached || *call == Call::Describe)
                .then(|| sent.key.clone()),
            answer: reply.answer(),
        });
    }

    /// Records what AWS says, for the scope that it says it to.
    fn note_what_is_said(&mut self, sent: &Sent, reply: &Reply) {
        let tasks: Vec<BundleTask> = match reply {
            Reply::Described(Ok(tasks)) => tasks.clone(),
            Reply::DescribedOne(Ok(task)) | Reply::Cancelled(Ok(task)) => {
                task.iter().cloned().collect()
            }
            _ => Vec::new(),
        };
        let (_, all) = self.aws.history.last().expect("the beginning");
        let left_out: Vec<_> = all
            .iter()
            .map(|(task, _)| task.bundle_id.clone())
            .filter(|id| owner(id) == sent.owner && !tasks.iter().any(|it| it.bundle_id == *id))
            .filter(|id| match (&sent.effect.call, reply) {
                (Call::Describe, Reply::Described(Ok(_))) => true,
                (Call::DescribeOne(asked), Reply::DescribedOne(Ok(None))) => asked == id,
                _ => false,
            })
            .collect();
        let truth = self.truth(sent.effect.request.scope);
        truth.left_out.extend(left_out);
        for task in tasks {
            let said = truth.said.entry(task.bundle_id.clone()).or_default();
            said.insert(task.state.to_string());
        }
    }

    fn misdirect(&mut self, which: u8, other: u8) {
        if self.delivered.is_empty() {
            return;
        }
        let which = usize::from(which) % self.delivered.len();
        let (mut request, key, reply) = self.delivered[which].clone();
        match other % 3 {
            0 => request.number += 1000 + u64::from(other),
            1 => request.connection += 1 + u64::from(other),
            _ => {
                let scopes = [self.scopes[0].id, self.scopes[1].id];
                request.scope = scopes[usize::from(request.scope == scopes[0])];
                // The driver never mixes the kinds of answers; the numbers of the other scope may differ.
                let is_waiting = self.in_flight.iter().any(|it| it.effect.request == request);
                if is_waiting {
                    return;
                }
            }
        }
        self.event(Event::Answered {
            request,
            signed_by: Some(key),
            answer: reply.answer(),
        });
    }

    fn check_transition(&mut self, transition: &Transition) {
        let (mono, id) = (self.mono, &transition.bundle_id);
        let truth = self.truth(transition.scope);
        let is_said = |state: &bundletop::task::State| {
            truth
                .said
                .get(id)
                .is_some_and(|said| said.contains(state.as_str()))
        };
        let place = &transition.place;
        assert_eq!(place.session.region, owner(id).1, "{transition:?}");
        if let Some(account) = &place.account {
            assert_eq!(account, owner(id).0, "{transition:?}");
        }
        let Change::Cancel(cancel, change) = &transition.change else {
            match &transition.change {
                Change::NoLongerListed => assert!(truth.left_out.contains(id), "{id} was listed"),
                Change::State { to, .. } => assert!(is_said(to), "{transition:?}"),
                _ => {}
            }
            return;
        };
        match change {
            CancelChange::LookedUp(LookupResult::State(state)) | CancelChange::Settled(state) => {
                assert!(is_said(state), "{transition:?}");
            }
            CancelChange::LookedUp(LookupResult::NotListed) => {
                assert!(truth.left_out.contains(id), "{transition:?}");
            }
            _ => {}
        }
        let known = truth.cancels.entry(*cancel).or_default();
        known.bundle_id = Some(id.clone());
        match change {
            CancelChange::Requested => {}
            CancelChange::NotSent(_) | CancelChange::Refused(_) | CancelChange::Accepted => {
                assert!(!known.is_ended, "two outcomes: {transition:?}");
                known.is_ended = true;
            }
            CancelChange::AnswerLost(_) => {
                assert!(!known.is_ended, "two outcomes: {transition:?}");
                known.is_ended = true;
                known.lost_at = Some(mono);
                known.was_lost = true;
            }
            CancelChange::LookedUp(_) => assert!(known.was_lost, "{transition:?}"),
            CancelChange::Settled(state) => {
                known.lost_at = None;
                if known.was_lost && state.phase() < Phase::Cancelling {
                    assert!(
                        !known.is_carried_out,
                        "{id} was cancelled, and is called {state} for good"
                    );
                }
            }
        }
    }

    fn check_screen(&self, number: usize) {
        let (scope, truth) = (self.scope(number), &self.scopes[number]);
        let mut owners: HashSet<Owner> = HashSet::new();
        for tracked in scope.tasks().all() {
            let id = &tracked.task.bundle_id;
            owners.insert(owner(id));
            let said = truth.said.get(id);
            let state = tracked.task.state.as_str();
            assert!(
                said.is_some_and(|said| said.contains(state)),
                "EC2 did not call {id} {state}"
            );
            if tracked.unlisted_since.is_some() {
                assert!(truth.left_out.contains(id), "EC2 has not left out {id}");
            }
            if scope.cancel_state(id) == Some(CancelState::Accepted) {
                let mut cancels = truth.cancels.values();
                assert!(
                    cancels
                        .any(|it| it.bundle_id.as_ref() == Some(id) && it.is_ended && !it.was_lost),
                    "{id}: EC2 has not accepted a cancel"
                );
            }
            if scope.shows_as_cancel_requested(&tracked.task) {
                assert_ne!(scope.cancel_state(id), None);
                assert_ne!(scope.cancel_state(id), Some(CancelState::AnswerLost));
            }
        }
        assert!(
            owners.len() <= 1,
            "tasks of several accounts or regions: {owners:?}"
        );
        if let Some((account, region)) = owners.into_iter().next() {
            assert_eq!(scope.session().map(|it| it.region.as_str()), Some(region));
            let shown = scope.identity().map(|who| who.account.as_str());
            assert!(
                shown.is_none_or(|shown| shown == account),
                "{shown:?} is shown"
            );
        }
        let message = self.monitor.exit_message().unwrap_or_default();
        for cancel in truth.cancels.values() {
            if !cancel.is_ended || cancel.lost_at.is_some() {
                let id = cancel.bundle_id.as_ref().expect("an ID");
                assert!(message.contains(id.as_str()), "{id}: {message}");
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_is_claimed_that_aws_did_not_say_and_no_cancel_ends_in_silence(steps in steps()) {
        let mut world = World::new();
        // Connected, identified, listed.
        world.wait(Duration::ZERO);
        for _ in 0..8 {
            if !world.in_flight.is_empty() {
                let sent = world.in_flight.remove(0);
                world.answer(&sent, Fate::Answered, 0);
            }
        }
        for step in &steps {
            world.carry_out(step);
        }
        // In the end everything is answered.
        for _ in 0..40 {
            while !world.in_flight.is_empty() {
                let sent = world.in_flight.remove(0);
                world.answer(&sent, Fate::Answered, 0);
            }
            world.wait(Duration::from_secs(5));
        }
        for truth in &world.scopes {
            for cancel in truth.cancels.values() {
                prop_assert!(cancel.is_ended, "{:?} ended in silence", cancel.bundle_id);
            }
        }
    }
}
