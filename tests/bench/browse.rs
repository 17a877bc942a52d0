//! Times what the app does for a key, an answer or a frame, without a terminal.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bundletop::ec2::{AccessKeyId, Session};
use bundletop::monitor::driver::last_list::LastList;
use bundletop::monitor::{
    Answer, Call, Effect as MonitorEffect, Event as MonitorEvent, Now, RequestId,
};
use bundletop::task::{BundleId, BundleTask, Phase, Progress, S3Storage, State};
use bundletop::text::Charset;
use bundletop::tui::app::{App, Effect, Msg};
use bundletop::tui::drawn::Drawn;
use bundletop::tui::preferences::Preferences;
use bundletop::tui::theme::{Background, ColorDepth, Theme};
use bundletop::tui::view;
use crossterm::event::{Event, KeyCode, KeyEvent, KeyModifiers};
use jiff::Timestamp;
use ratatui::Terminal;
use ratatui::backend::TestBackend;

/// What a person does, and the keys for it.
const KEYS: &[(&str, &str)] = &[
    ("move", "jjkkG"),
    ("filter, each key", "/win"),
    ("one column", "/state:stor"),
    ("sort by another column", "<<<>>>"),
    ("reverse", "SSSS"),
    ("one state", "4567"),
    ("mark all", "*"),
];

/// The longest time that one message took, and the longest until everything was worked out and drawn.
#[derive(Default)]
struct Figure {
    message: Duration,
    whole: Duration,
}

impl fmt::Display for Figure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "longest step {:>9.1?}, to the last frame {:>9.1?}",
            self.message, self.whole
        )
    }
}

/// How many keys are pressed for a median.
const MOVES: usize = 2_000;

/// Prints how long everything takes with that many tasks.
pub fn measure(count: usize) {
    let mut app = Driven::with(count);
    let mut times: Vec<_> = (0..MOVES)
        .map(|press| {
            let key = KeyCode::Char(if press % 2 == 0 { 'j' } else { 'k' });
            let event = KeyEvent::new(key, KeyModifiers::NONE);
            let mut figure = Figure::default();
            app.time(Msg::Input(vec![Event::Key(event)]), &mut figure);
            figure.whole
        })
        .collect();
    times.sort();
    println!(
        "{count:>7} tasks, {:<24} p50 {:.1?}",
        "a key and its frame",
        times[MOVES / 2]
    );
    for (name, keys) in KEYS {
        let mut app = Driven::with(count);
        let mut figure = Figure::default();
        for key in keys.chars() {
            let event = KeyEvent::new(KeyCode::Char(key), KeyModifiers::NONE);
            app.time(Msg::Input(vec![Event::Key(event)]), &mut figure);
        }
        println!("{count:>7} tasks, {name:<24} {figure}");
    }
    for (name, keys) in [("merge", ""), ("merge, filtered", "/win")] {
        let mut app = Driven::with(count);
        for key in keys.chars() {
            let event = KeyEvent::new(KeyCode::Char(key), KeyModifiers::NONE);
            app.time(Msg::Input(vec![Event::Key(event)]), &mut Figure::default());
        }
        let mut figure = Figure::default();
        for round in 1..=3 {
            app.wait();
            let request = app.poll.expect("a poll is out");
            // As the monitor's driver does, on another thread.
            let list = app.last_list.share(tasks(count, round));
            let answer = Answer::Described(Ok(list));
            app.time(answered(request, answer), &mut figure);
        }
        println!("{count:>7} tasks, {name:<24} {figure}");
    }
}

/// Tasks of which one in a hundred changes each round.
fn tasks(count: usize, round: usize) -> Vec<Arc<BundleTask>> {
    let start: Timestamp = "2026-11-25T12:00:00Z".parse().expect("a time");
    let tasks = (0..count).map(|n| {
        let state = Phase::ALL[n % 7];
        let progress = (n + if n % 100 == 0 { round } else { 0 }) % 100;
        // IDs in no order, as EC2's.
        let id = (n as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        Arc::new(BundleTask {
            bundle_id: BundleId::new(format!("bun-{:017x}", u128::from(id) << 4)),
            instance_id: Some(format!("i-{:017x}", u128::from(id.rotate_left(32)) << 4)),
            state: State::from(state),
            start_time: Some(
                start
                    - jiff::SignedDuration::from_secs(
                        i64::try_from(n % 36_000).expect("it is small"),
                    ),
            ),
            update_time: Some(start),
            progress: Some(Progress::new(format!("{progress}%"))),
            storage: Some(S3Storage {
                bucket: Some(format!("bucket-{}", n % 16)),
                prefix: Some(format!("windows/server-{n}")),
                ..S3Storage::default()
            }),
            ..BundleTask::default()
        })
    });
    tasks.collect()
}

fn answered(request: RequestId, answer: Answer) -> Msg {
    Msg::Monitor(MonitorEvent::Answered {
        request,
        signed_by: Some(AccessKeyId::new("AKIAFIRST")),
        answer,
    })
}

struct Driven {
    app: App,
    theme: Theme,
    terminal: Terminal<TestBackend>,
    mono: Duration,
    poll: Option<RequestId>,
    last_list: LastList,
}

impl Driven {
    /// An app that has received that many tasks.
    fn with(count: usize) -> Self {
        let now = Now {
            wall: "2026-11-25T12:00:10Z".parse().expect("a time"),
            mono: Duration::ZERO,
        };
        let size = (120, 40);
        let mut driven = Self {
            app: App::new(now, size, Preferences::default(), 1, false),
            theme: Theme::new(Background::Dark, ColorDepth::TrueColor, Charset::Unicode),
            terminal: Terminal::new(TestBackend::new(size.0, size.1)).expect("a test backend"),
            mono: Duration::ZERO,
            poll: None,
            last_list: LastList::default(),
        };
        driven.send(Msg::Drawn(Drawn::default()));
        let request = driven.poll.expect("it connects");
        driven.send(answered(
            request,
            Answer::Connected(Ok(Session {
                profile: None,
                region: "us-east-1".into(),
                endpoint_url: None,
            })),
        ));
        let request = driven.poll.expect("it polls");
        let list = driven.last_list.share(tasks(count, 0));
        driven.time(
            answered(request, Answer::Described(Ok(list))),
            &mut Figure::default(),
        );
        driven
    }

    fn send(&mut self, msg: Msg) {
        self.mono += Duration::from_millis(1);
        let now = Now {
            wall: "2026-11-25T12:00:10Z".parse().expect("a time"),
            mono: self.mono,
        };
        for effect in self.app.update(now, msg) {
            if let Effect::Perform(MonitorEffect {
                request,
                call: Call::Connect | Call::Describe { .. },
            }) = effect
            {
                self.poll = Some(request);
            }
        }
    }

    /// Lets time pass until the next poll is out.
    fn wait(&mut self) {
        self.mono += Duration::from_secs(60);
        self.send(Msg::Tick);
    }

    /// Sends a message, works and draws as the loop does, and notes how long that took.
    fn time(&mut self, msg: Msg, figure: &mut Figure) {
        let start = Instant::now();
        self.send(msg);
        figure.message = figure.message.max(start.elapsed());
        self.draw(figure);
        while self.app.has_work() {
            let step = Instant::now();
            self.send(Msg::Work);
            figure.message = figure.message.max(step.elapsed());
            self.draw(figure);
        }
        figure.whole = figure.whole.max(start.elapsed());
    }

    fn draw(&mut self, figure: &mut Figure) {
        if !self.app.take_dirty() {
            return;
        }
        let start = Instant::now();
        let mut drawn = Drawn::default();
        let (app, theme) = (&self.app, &self.theme);
        let draw = |frame: &mut ratatui::Frame| drawn = view::draw(frame, app, theme);
        self.terminal.draw(draw).expect("a test backend");
        self.send(Msg::Drawn(drawn));
        self.app.take_dirty();
        figure.message = figure.message.max(start.elapsed());
    }
}
