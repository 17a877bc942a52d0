use std::collections::{HashMap, HashSet};
use std::time::Duration;

use bundletop::ec2::{AccessKeyId, Filter};
use bundletop::monitor::poll::PollSchedule;
use bundletop::monitor::{
    Call, CancelChange, CancelId, CancelState, Change, Command, Effect, Event, LookupResult,
    Monitor, Now, RequestId, Scope, ScopeId, Transition,
};
use bundletop::task::{BundleId, BundleTask, Phase};
use proptest::prelude::*;

use super::aws::{Aws, Fate, Lag, Owner, REGIONS, Reply, Sent, fates, lags, owner, pauses};
use crate::harness::{START, at};

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
    /// All tasks at once.
    CancelAll,
    Dismiss,
    /// Only tasks in one state are wanted, or all again.
    Filter,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let wish = prop_oneof![
        1 => Just(Wish::Refresh),
        1 => Just(Wish::TogglePause),
        1 => Just(Wish::CheckPermission),
        8 => Just(Wish::Cancel),
        2 => Just(Wish::CancelAll),
        2 => Just(Wish::Dismiss),
        1 => Just(Wish::Filter),
    ];
    let step = prop_oneof![
        8 => pauses().prop_map(Step::Wait),
        6 => (any::<u8>(), any::<u8>(), wish).prop_map(|(s, t, w)| Step::Command(s, t, w)),
        16 => (any::<u8>(), fates(), lags()).prop_map(|(r, f, l)| Step::Answer(r, f, l)),
        1 => any::<u8>().prop_map(Step::Repeat),
        1 => (any::<u8>(), any::<u8>()).prop_map(|(r, other)| Step::Misdirect(r, other)),
        1 => (any::<u8>(), any::<bool>()).prop_map(|(s, other)| Step::NewKey(s, other)),
        1 => any::<u8>().prop_map(Step::OtherRegion),
        3 => (any::<u8>(), any::<u8>()).prop_map(|(t, to)| Step::TaskMoves(t, to)),
    ];
    prop::collection::vec(step, 20..120)
}

/// An answer that was delivered, to be delivered again.
type Delivered = (RequestId, AccessKeyId, Reply);

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
    /// The states that the transitions have told, of the tasks that are known.
    told: HashMap<BundleId, String>,
}

struct World {
    aws: Aws,
    monitor: Monitor,
    scopes: Vec<Truth>,
    mono: Duration,
    in_flight: Vec<Sent>,
    delivered: Vec<Delivered>,
    /// Those that were out when the filters changed.
    abandoned: HashSet<RequestId>,
}

impl World {
    fn new() -> Self {
        let mut monitor = Monitor::new();
        let mut aws = Aws::new();
        let scopes = (0..2).map(|number| Truth {
            id: monitor.open(PollSchedule::new(None, number)),
            region: 0,
            account: 0,
            key: aws.new_key(0),
            identified: HashSet::new(),
            said: HashMap::new(),
            left_out: HashSet::new(),
            cancels: HashMap::new(),
            confirmed: HashMap::new(),
            sent: HashMap::new(),
            identify_at: None,
            told: HashMap::new(),
        });
        let scopes = scopes.collect();
        Self {
            aws,
            monitor,
            scopes,
            mono: Duration::ZERO,
            in_flight: Vec::new(),
            delivered: Vec::new(),
            abandoned: HashSet::new(),
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
                truth.key = self.aws.new_key(truth.account);
            }
            Step::OtherRegion(scope) => {
                let number = usize::from(*scope) % self.scopes.len();
                self.scopes[number].region ^= 1;
            }
            Step::TaskMoves(task, to) => {
                let now = self.now();
                self.aws.task_moves(*task, *to, now);
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
        let tasks = self.scope(number).tasks();
        let chosen = tasks.iter().nth(usize::from(task) % tasks.len().max(1));
        let chosen = chosen.map(|(_, task)| (task.task.bundle_id.clone(), task.key()));
        let command = match (wish, chosen) {
            (Wish::Refresh, _) => Command::Refresh,
            (Wish::TogglePause, _) => Command::TogglePause,
            (Wish::Filter, _) => {
                let is_set = !self.scope(number).filters().is_empty();
                let storing = Filter {
                    name: Some("state".into()),
                    values: Some(vec!["storing".into()]),
                };
                // A poll that is out was asked for with the old ones, and does not count any more.
                let scope = self.scopes[number].id;
                let of_scope = self.in_flight.iter().map(|sent| sent.effect.request);
                let of_scope = of_scope.filter(|request| request.scope == scope);
                self.abandoned.extend(of_scope);
                Command::SetFilters(if is_set { vec![] } else { vec![storing] })
            }
            (_, None) => return,
            (Wish::CancelAll, Some(_)) => {
                let ids = tasks.iter().map(|(_, task)| task.task.bundle_id.clone());
                Command::Cancel(ids.collect())
            }
            (Wish::CheckPermission, Some((id, _))) => Command::CheckPermissions(vec![id]),
            (Wish::Cancel, Some((id, _))) => Command::Cancel(vec![id]),
            (Wish::Dismiss, Some((_, key))) => Command::Dismiss(key),
        };
        let ids = match &command {
            Command::Cancel(ids) => ids.clone(),
            _ => Vec::new(),
        };
        for id in &ids {
            *self.scopes[number].confirmed.entry(id.clone()).or_default() += 1;
        }
        let event = Event::Command(self.scopes[number].id, command);
        let update = self.monitor.update(event, self.now());
        for id in &ids {
            let is_said = update.transitions.iter().any(|it| {
                let is_answer = matches!(
                    it.change,
                    Change::Cancel(_, CancelChange::Requested { .. } | CancelChange::NotSent(_))
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
            self.note_what_is_told(&transition);
        }
        self.check_that_nothing_is_untold();
        for number in 0..self.scopes.len() {
            self.check_screen(number);
        }
    }

    /// Each transition continues where the one before it ended, so none comes twice.
    fn note_what_is_told(&mut self, transition: &Transition) {
        let truth = self.truth(transition.scope);
        let id = &transition.bundle_id;
        match &transition.change {
            Change::Appeared { state } => {
                let before = truth.told.insert(id.clone(), state.to_string());
                assert_eq!(before, None, "{id} appears twice");
            }
            Change::State { from, to, .. } => {
                let before = truth.told.insert(id.clone(), to.to_string());
                assert_eq!(before.as_deref(), Some(from.as_str()), "{transition:?}");
                assert_ne!(from, to, "{transition:?}");
            }
            Change::Progress { from, to } => assert_ne!(from, to, "{transition:?}"),
            _ => {}
        }
    }

    /// No change of a task's state is left out.
    fn check_that_nothing_is_untold(&mut self) {
        for truth in &mut self.scopes {
            let tasks = self.monitor.scope(truth.id).tasks();
            truth.told.retain(|id, _| tasks.by_id(id).is_some());
            for (_, tracked) in tasks.iter() {
                let state = tracked.task.state.to_string();
                let id = tracked.task.bundle_id.clone();
                let told = truth.told.entry(id).or_insert_with(|| state.clone());
                assert_eq!(
                    *told, state,
                    "a change of {} was not told",
                    tracked.task.bundle_id
                );
            }
        }
    }

    fn send(&mut self, effect: Effect) {
        let mono = self.mono;
        let id = effect.request.scope;
        let is_poll = |call: &Call| matches!(call, Call::Connect | Call::Describe { .. });
        let in_flight = self.in_flight.iter().map(|sent| &sent.effect);
        let mut others = in_flight.filter(|it| {
            let is_abandoned = self.abandoned.contains(&it.request) && it.call != Call::Connect;
            it.request.scope == id && is_poll(&it.call) && !is_abandoned
        });
        if is_poll(&effect.call) {
            assert_eq!(others.next(), None, "two polls at once");
        }
        // A connection keeps its region until the next one.
        let session = self.monitor.scope(id).session();
        let region = session.and_then(|it| REGIONS.into_iter().find(|known| *known == it.region));
        let truth = self
            .scopes
            .iter_mut()
            .find(|it| it.id == id)
            .expect("a scope");
        let region = match effect.call {
            Call::Connect => REGIONS[truth.region],
            _ => region.expect("a connection"),
        };
        let sent = self.aws.send(effect, &truth.key, region, mono);
        match &sent.effect.call {
            Call::Identify(wanted) => {
                if let Some(wanted) = wanted {
                    assert!(
                        !truth.identified.contains(wanted),
                        "{wanted:?} is identified"
                    );
                }
                let pause = truth.identify_at.map(|at| mono.saturating_sub(at));
                let is_long = pause.is_none_or(|it| it >= Duration::from_secs(10));
                assert!(is_long, "{pause:?}");
                truth.identify_at = Some(mono);
            }
            Call::Cancel { bundle_id, .. } => {
                assert_eq!(
                    sent.owner,
                    owner(bundle_id),
                    "another account or region is asked"
                );
                let count = truth.sent.entry(bundle_id.clone()).or_default();
                *count += 1;
                assert!(
                    *count <= truth.confirmed[bundle_id],
                    "sent more often than confirmed"
                );
                let unsettled = truth.cancels.values().filter(|cancel| {
                    cancel.bundle_id.as_ref() == Some(bundle_id)
                        && (!cancel.is_ended || cancel.lost_at.is_some())
                });
                assert_eq!(unsettled.count(), 1, "a second cancel of {bundle_id}");
            }
            Call::Connect
            | Call::Describe { .. }
            | Call::DescribeThese(_)
            | Call::DryRun(_)
            | Call::DescribeOne(_) => {}
        }
        self.in_flight.push(sent);
    }

    fn answer(&mut self, sent: &Sent, fate: Fate, lag: Lag) {
        let now = self.now();
        let reply = self.aws.reply(sent, fate, lag, now);
        let request = sent.effect.request;
        let is_carried_out = self.aws.is_carried_out(request);
        let truth = self.truth(request.scope);
        match (&sent.effect.call, &reply) {
            (Call::Identify(_), Reply::Identified(Ok(_))) => {
                truth.identified.insert(sent.key.clone());
            }
            (Call::Cancel { bundle_id, .. }, _) if is_carried_out => {
                let mut cancels = truth.cancels.values_mut();
                let cancel =
                    cancels.find(|it| it.bundle_id.as_ref() == Some(bundle_id) && !it.is_ended);
                cancel.expect("it was confirmed").is_carried_out = true;
            }
            _ => {}
        }
        self.note_what_is_said(sent, &reply);
        self.delivered
            .push((request, sent.key.clone(), reply.clone()));
        self.event(Event::Answered {
            request,
            signed_by: Some(sent.key.clone()),
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
        let is_left_out = |id: &&BundleId| {
            owner(id) == sent.owner
                && !tasks.iter().any(|it| it.bundle_id == **id)
                && match (&sent.effect.call, reply) {
                    (Call::Describe { filters }, Reply::Described(Ok(_))) => filters.is_empty(),
                    (Call::DescribeThese(asked), Reply::Described(Ok(_))) => asked.contains(id),
                    (Call::DescribeOne(asked), Reply::DescribedOne(Ok(None))) => asked == *id,
                    _ => false,
                }
        };
        let left_out: Vec<_> = self.aws.ids().filter(is_left_out).cloned().collect();
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
        assert_eq!(place.region, owner(id).1, "{transition:?}");
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
            CancelChange::Requested { .. } => {}
            CancelChange::Sent => assert!(!known.is_ended, "{transition:?}"),
            CancelChange::Cancelling { .. } | CancelChange::Verdict { .. } => {
                assert!(known.is_ended, "not sent: {transition:?}");
            }
            CancelChange::NotSent(_) | CancelChange::Refused(_) | CancelChange::Accepted { .. } => {
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
        for (_, tracked) in scope.tasks().iter() {
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
        for cancel in truth.cancels.values().filter(|it| !it.is_ended) {
            let id = cancel.bundle_id.as_ref().expect("an ID");
            let is_here = scope.cancel_state(id).is_some();
            let is_listed = scope.tasks().by_id(id).is_some();
            assert!(
                is_listed || !is_here,
                "{id} is being cancelled and has no row"
            );
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
