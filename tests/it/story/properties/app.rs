//! The screen, under keys that come at any moment.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use bundletop::ec2::AccessKeyId;
use bundletop::monitor::{Call, Event as MonitorEvent, Now};
use bundletop::task::BundleId;
use bundletop::tui::app::{Effect, Msg};
use bundletop::tui::dialog::Dialog;
use crossterm::event::Event;
use proptest::prelude::*;

use super::aws::{ACCOUNTS, Aws, Fate, Lag, REGIONS, Reply, Sent, fates, lags, owner, pauses};
use crate::harness::{Harness, press, text};

const KEYS: [&str; 14] = [
    "c", "y", "c", "y", "n", "Esc", "j", "k", "Enter", "x", "r", "p", "Tab", "?",
];

/// What happens next. Numbers choose among what there is, modulo its count.
#[derive(Clone, Debug)]
enum Step {
    /// A key, pressed by a person who sees the screen.
    Key(&'static str),
    /// Keys at once.
    Paste(Vec<&'static str>),
    Resize(u16, u16),
    Wait(Duration),
    Answer(u8, Fate, Lag),
    NewKey(bool),
    OtherRegion,
    TaskMoves(u8, u8),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let key = || prop::sample::select(&KEYS[..]);
    let step = prop_oneof![
        8 => key().prop_map(Step::Key),
        1 => prop::collection::vec(key(), 2..5).prop_map(Step::Paste),
        1 => (1u16..90, 1u16..20).prop_map(|(width, height)| Step::Resize(width, height)),
        4 => pauses().prop_map(Step::Wait),
        10 => (any::<u8>(), fates(), lags()).prop_map(|(r, f, l)| Step::Answer(r, f, l)),
        1 => any::<bool>().prop_map(Step::NewKey),
        1 => Just(Step::OtherRegion),
        2 => (any::<u8>(), any::<u8>()).prop_map(|(t, to)| Step::TaskMoves(t, to)),
    ];
    prop::collection::vec(step, 5..50)
}

struct World {
    harness: Harness,
    aws: Aws,
    key: AccessKeyId,
    account: usize,
    region: usize,
    in_flight: Vec<Sent>,
    /// How many cancels of each task a person confirmed, and how many were sent.
    confirmed: HashMap<BundleId, usize>,
    sent: HashMap<BundleId, usize>,
    /// The tasks whose cancel EC2 accepted, and those whose outcome a dialog showed.
    accepted: HashSet<BundleId>,
    shown: HashSet<BundleId>,
}

impl World {
    fn new() -> Self {
        let mut aws = Aws::new();
        let key = aws.new_key(0);
        Self {
            harness: Harness::new(80, 16),
            aws,
            key,
            account: 0,
            region: 0,
            in_flight: Vec::new(),
            confirmed: HashMap::new(),
            sent: HashMap::new(),
            accepted: HashSet::new(),
            shown: HashSet::new(),
        }
    }

    fn now(&self) -> Now {
        self.harness.now()
    }

    fn carry_out(&mut self, step: &Step) {
        match step {
            Step::Key(key) => {
                self.harness.mono += Duration::from_millis(300);
                self.input(vec![press(key)]);
            }
            Step::Paste(keys) => self.input(keys.iter().map(|key| press(key)).collect()),
            Step::Resize(width, height) => self.input(vec![Event::Resize(*width, *height)]),
            Step::Wait(time) => self.wait(*time),
            Step::Answer(request, fate, lag) => {
                if !self.in_flight.is_empty() {
                    let index = usize::from(*request) % self.in_flight.len();
                    self.answer(index, *fate, *lag);
                }
            }
            Step::NewKey(is_other_account) => {
                self.account ^= usize::from(*is_other_account);
                self.key = self.aws.new_key(self.account);
            }
            Step::OtherRegion => self.region ^= 1,
            Step::TaskMoves(task, to) => {
                let now = self.now();
                self.aws.task_moves(*task, *to, now);
            }
        }
    }

    /// Keys. What they confirm must have been on the screen.
    fn input(&mut self, events: Vec<Event>) {
        let is_alone = events.len() == 1;
        let asked = match self.harness.app.dialog() {
            Some(Dialog::Confirm(confirm)) => Some(confirm.id.clone()),
            _ => None,
        };
        let before = self.in_flight.len();
        self.send(Msg::Input(events));
        for sent in &self.in_flight[before..] {
            if let Call::DescribeOne(id) = &sent.effect.call {
                assert_eq!(Some(id), asked.as_ref(), "nobody was asked");
                assert!(is_alone, "keys that came together confirmed a cancel");
                *self.confirmed.entry(id.clone()).or_default() += 1;
            }
        }
    }

    fn wait(&mut self, time: Duration) {
        let end = self.harness.mono + time;
        while let Some(tick) = self.harness.app.next_tick().filter(|it| *it <= end) {
            self.harness.mono = self.harness.mono.max(tick);
            self.send(Msg::Tick);
        }
        self.harness.mono = end;
    }

    fn answer(&mut self, index: usize, fate: Fate, lag: Lag) {
        let sent = self.in_flight.remove(index);
        let now = self.now();
        let reply = self.aws.reply(&sent, fate, lag, now);
        if let (Call::Cancel { bundle_id, .. }, Reply::Cancelled(Ok(_))) =
            (&sent.effect.call, &reply)
        {
            self.accepted.insert(bundle_id.clone());
        }
        self.send(Msg::Monitor(MonitorEvent::Answered {
            request: sent.effect.request,
            signed_by: Some(sent.key.clone()),
            answer: reply.answer(),
        }));
    }

    fn send(&mut self, msg: Msg) {
        let now = self.now();
        let effects = self.harness.app.update(now, msg);
        self.take(effects);
        if self.harness.app.take_dirty() {
            let (buffer, drawn) = self.harness.frame();
            self.check_screen(&text(&buffer));
            let effects = self.harness.app.update(now, Msg::Drawn(drawn));
            self.take(effects);
        }
    }

    fn take(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            let Effect::Perform(effect) = effect else {
                continue;
            };
            let session = self.harness.app.scope().session();
            let region =
                session.and_then(|it| REGIONS.into_iter().find(|known| *known == it.region));
            let region = match effect.call {
                Call::Connect => REGIONS[self.region],
                _ => region.expect("a connection"),
            };
            let sent = self.aws.send(effect, &self.key, region, self.harness.mono);
            if let Call::Cancel { bundle_id, .. } = &sent.effect.call {
                assert_eq!(
                    sent.owner,
                    owner(bundle_id),
                    "another account or region is asked"
                );
                let count = self.sent.entry(bundle_id.clone()).or_default();
                *count += 1;
                assert!(
                    *count <= self.confirmed[bundle_id],
                    "sent more often than confirmed"
                );
            }
            self.in_flight.push(sent);
        }
    }

    fn check_screen(&mut self, screen: &str) {
        let header = screen.lines().next().unwrap_or_default();
        for account in ACCOUNTS
            .into_iter()
            .filter(|account| header.contains(account))
        {
            for (_, tracked) in self.harness.app.tasks().iter() {
                let id = &tracked.task.bundle_id;
                assert_eq!(owner(id).0, account, "{screen}");
            }
        }
        match self.harness.app.dialog() {
            Some(Dialog::Confirm(confirm)) => {
                let lines = screen.lines().filter(|line| line.contains("Account "));
                for line in lines {
                    for account in ACCOUNTS
                        .into_iter()
                        .filter(|account| line.contains(account))
                    {
                        assert_eq!(owner(&confirm.id).0, account, "{screen}");
                    }
                }
            }
            Some(Dialog::Outcome(outcome)) => {
                self.shown.insert(outcome.id.clone());
            }
            Some(_) | None => {}
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_screen_names_no_wrong_account_and_every_confirmed_cancel_has_an_outcome(steps in steps()) {
        let mut world = World::new();
        world.send(Msg::Tick);
        for _ in 0..4 {
            if !world.in_flight.is_empty() {
                world.answer(0, Fate::Answered, 0);
            }
        }
        for step in &steps {
            world.carry_out(step);
        }
        // In the end everything is answered, and every dialog is read and closed.
        world.carry_out(&Step::Resize(80, 16));
        for _ in 0..12 {
            while !world.in_flight.is_empty() {
                world.answer(0, Fate::Answered, 0);
            }
            world.wait(Duration::from_secs(5));
            world.carry_out(&Step::Key("Esc"));
        }
        for id in world.confirmed.keys() {
            let is_known = world.accepted.contains(id) || world.shown.contains(id);
            prop_assert!(is_known, "the cancel of {id} ended in silence");
        }
    }
}
