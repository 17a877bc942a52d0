//! Drives the app without a terminal or a network: a clock that is moved by hand, keys, EC2's
//! answers, and what the program asks for.

use std::sync::Arc;
use std::time::Duration;

use bundletop::ec2::{Ec2Error, ErrorKind, Identity, Operation, Session};
use bundletop::monitor::poll::PollSchedule;
use bundletop::monitor::{
    self, Answer, Call, CancelState, DescribeReason, Event as MonitorEvent, Now,
};
use bundletop::monitor::{ScopeId, TrackedTask};
use bundletop::task::{BundleId, BundleTask, Phase, Progress, S3Storage, State as TaskState};
use bundletop::text::Charset;
use bundletop::tui::app::{App, Effect, Msg};
use bundletop::tui::keymap::Keymap;
use bundletop::tui::theme::Theme;
use bundletop::tui::view;
use crossterm::event::{Event, KeyCode, KeyEvent, KeyModifiers};
use jiff::Timestamp;
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::buffer::Buffer;

/// The wall clock time at the start, which is that of AWS's example.
pub const START: &str = "2015-09-15T13:27:40Z";

pub struct Harness {
    pub app: App,
    pub mono: Duration,
    pub theme: Theme,
}

impl Harness {
    /// A program just started, before its first frame.
    pub fn new(width: u16, height: u16) -> Self {
        let now = Now {
            wall: at(START),
            mono: Duration::ZERO,
        };
        let poll = PollSchedule::new(None, 1);
        Self {
            app: App::new(now, (width, height), poll, Keymap::built_in(), false),
            mono: Duration::ZERO,
            theme: Theme::new(true, Charset::Unicode),
        }
    }

    /// A program that is connected and has received `tasks` once.
    pub fn with(tasks: Vec<BundleTask>) -> Self {
        Self::sized(120, 40, tasks)
    }

    /// The same on a screen of that size.
    pub fn sized(width: u16, height: u16, tasks: Vec<BundleTask>) -> Self {
        let mut harness = Self::new(width, height);
        assert_eq!(harness.draw(), [connect(1)]);
        harness.connect(1);
        harness.answered(Answer::Identified(Ok(Identity {
            account: "123456789012".into(),
            arn: "arn:aws:iam::123456789012:user/dana".into(),
        })));
        harness.answer(1, tasks);
        harness.draw();
        harness
    }

    pub fn connect(&mut self, poll: u64) -> Vec<Effect> {
        self.answered(Answer::Connected {
            poll,
            result: Ok(Session {
                profile: Some("prod".into()),
                region: "us-east-1".into(),
                endpoint_url: None,
            }),
        })
    }

    pub fn now(&self) -> Now {
        Now {
            wall: at(START) + self.mono,
            mono: self.mono,
        }
    }

    pub fn send(&mut self, msg: Msg) -> Vec<Effect> {
        self.app.update(self.now(), msg)
    }

    /// The driver delivers an answer.
    pub fn answered(&mut self, answer: Answer) -> Vec<Effect> {
        let event = MonitorEvent::Answered(self.scope(), answer);
        self.send(Msg::Monitor(event))
    }

    /// The calls are signed with other keys than before.
    pub fn credentials_changed(&mut self) -> Vec<Effect> {
        let event = MonitorEvent::CredentialsChanged(self.scope());
        self.send(Msg::Monitor(event))
    }

    pub fn scope(&self) -> ScopeId {
        self.app.scope_id()
    }

    /// Lets time pass, ticking whenever the program asked to be woken.
    pub fn wait(&mut self, seconds: f64) -> Vec<Effect> {
        let end = self.mono + Duration::from_secs_f64(seconds);
        let mut effects = Vec::new();
        while let Some(tick) = self.app.next_tick().filter(|tick| *tick <= end) {
            self.mono = tick.max(self.mono);
            effects.extend(self.send(Msg::Tick));
        }
        self.mono = end;
        effects
    }

    /// One key, typed by a person who sees the newest frame.
    pub fn key(&mut self, key: &str) -> Vec<Effect> {
        self.draw();
        self.mono += Duration::from_millis(300);
        let mut effects = self.send(Msg::Input(vec![press(key)]));
        effects.extend(self.draw());
        effects
    }

    /// Several keys at once, as from a paste or from a user who types ahead.
    pub fn keys_at_once(&mut self, keys: &[&str]) -> Vec<Effect> {
        self.draw();
        self.mono += Duration::from_millis(300);
        self.send(Msg::Input(keys.iter().map(|key| press(key)).collect()))
    }

    /// EC2's answer to that poll.
    pub fn answer(&mut self, poll: u64, tasks: Vec<BundleTask>) -> Vec<Effect> {
        let result = Ok(tasks.into_iter().map(Arc::new).collect());
        self.answered(Answer::Described { poll, result })
    }

    /// That poll failed.
    pub fn fail(&mut self, poll: u64, error: Ec2Error) -> Vec<Effect> {
        let result = Err(error);
        self.answered(Answer::Described { poll, result })
    }

    /// Draws a frame, as the loop does.
    pub fn draw(&mut self) -> Vec<Effect> {
        let (_, max_scroll) = self.frame();
        self.app.take_dirty();
        self.send(Msg::Drawn { max_scroll })
    }

    pub fn frame(&self) -> (Buffer, u16) {
        let (width, height) = self.app.size();
        let mut terminal = Terminal::new(TestBackend::new(width, height)).expect("a test backend");
        let mut max_scroll = 0;
        terminal
            .draw(|frame| max_scroll = view::draw(frame, &self.app, &self.theme))
            .expect("a test backend");
        (terminal.backend().buffer().clone(), max_scroll)
    }

    /// What is on the screen.
    pub fn screen(&self) -> String {
        text(&self.frame().0)
    }

    /// The line of the screen that has `text` in it.
    pub fn line(&self, text: &str) -> String {
        let screen = self.screen();
        let line = screen.lines().find(|line| line.contains(text));
        line.unwrap_or_else(|| panic!("{text:?} is not in:\n{screen}"))
            .to_owned()
    }

    pub fn selected(&self) -> &str {
        let task = self.app.selected().expect("a task is selected");
        task.task.bundle_id.as_str()
    }

    /// The tasks in the order of the screen.
    pub fn rows(&self) -> impl Iterator<Item = &TrackedTask> {
        let list = self.app.list();
        (0..list.len()).filter_map(|row| list.row(row, self.app.tasks()))
    }

    /// The number of the first row on the screen.
    pub fn first_row(&self) -> usize {
        let mut visible = self.app.list().visible(1, self.app.tasks());
        visible.next().expect("a row").0
    }

    /// The state of a task's cancel.
    pub fn cancel_state(&self, id: &str) -> Option<CancelState> {
        self.app.scope().cancel_state(&BundleId::new(id))
    }

    pub fn select(&mut self, id: &str) {
        let mut rows = self.rows();
        let index = rows.position(|row| row.task.bundle_id.as_str() == id);
        drop(rows);
        self.key("g");
        for _ in 0..index.expect("the task is listed") {
            self.key("j");
        }
        assert_eq!(self.selected(), id);
    }
}

/// The call that an effect asks for; `None` for what is not a call.
pub fn call(effect: &Effect) -> Option<&Call> {
    match effect {
        Effect::Perform(effect) => Some(&effect.call),
        Effect::Suspend | Effect::Quit => None,
    }
}

/// The effect of having this call performed in the first scope.
fn perform(call: Call) -> Effect {
    // The only scope is the first one a monitor opens.
    let scope = monitor::Monitor::new().open(PollSchedule::new(None, 0));
    Effect::Perform(monitor::Effect { scope, call })
}

pub fn connect(poll: u64) -> Effect {
    perform(Call::Connect { poll })
}

pub fn describe(poll: u64) -> Effect {
    perform(Call::Describe { poll })
}

pub fn identify() -> Effect {
    perform(Call::Identify)
}

pub fn dry_run(id: &str) -> Effect {
    perform(Call::DryRun(BundleId::new(id)))
}

pub fn recheck(id: &str, why: DescribeReason) -> Effect {
    perform(Call::DescribeOne(BundleId::new(id), why))
}

pub fn cancel(id: &str) -> Effect {
    perform(Call::Cancel(BundleId::new(id)))
}

/// The text of a buffer, row by row, without trailing space. A wide character's second cell is
/// left out.
pub fn text(buffer: &Buffer) -> String {
    let mut out = String::new();
    for y in 0..buffer.area.height {
        let mut line = String::new();
        let mut x = 0;
        while x < buffer.area.width {
            let symbol = buffer[(x, y)].symbol();
            line.push_str(symbol);
            x += u16::try_from(bundletop::text::width(symbol).max(1)).expect("a cell is narrow");
        }
        out.push_str(line.trim_end());
        out.push('\n');
    }
    out
}

/// A key by its name in the keymap: `j`, `Enter`, `Ctrl-C`.
pub fn press(name: &str) -> Event {
    let (modifiers, name) = match name.strip_prefix("Ctrl-") {
        Some(name) => (KeyModifiers::CONTROL, name.to_lowercase()),
        None => (KeyModifiers::NONE, name.to_owned()),
    };
    let code = match name.as_str() {
        "Enter" => KeyCode::Enter,
        "Esc" => KeyCode::Esc,
        "Tab" => KeyCode::Tab,
        "Up" => KeyCode::Up,
        "Down" => KeyCode::Down,
        "Left" => KeyCode::Left,
        "Right" => KeyCode::Right,
        "Space" => KeyCode::Char(' '),
        "Backspace" => KeyCode::Backspace,
        "PgUp" => KeyCode::PageUp,
        "PgDn" => KeyCode::PageDown,
        "Home" => KeyCode::Home,
        "End" => KeyCode::End,
        _ => KeyCode::Char(name.chars().next().expect("a key has a name")),
    };
    Event::Key(KeyEvent::new(code, modifiers))
}

pub fn at(time: &str) -> Timestamp {
    time.parse().expect("a time")
}

pub fn id(id: &str) -> BundleId {
    BundleId::new(id)
}

/// A task of that ID and state, started and updated at the times of AWS's example.
pub fn task(id: &str, state: &str) -> BundleTask {
    let is_moving = matches!(
        TaskState::new(state).phase(),
        Phase::Bundling | Phase::Storing
    );
    BundleTask {
        instance_id: Some("i-1a2b3c4d".into()),
        bundle_id: BundleId::new(id),
        state: TaskState::new(state),
        start_time: Some(at("2015-09-15T13:24:35Z")),
        update_time: Some(at("2015-09-15T13:26:54Z")),
        storage: Some(S3Storage {
            bucket: Some("bundletasks".into()),
            prefix: Some("winami".into()),
            ..S3Storage::default()
        }),
        progress: is_moving.then(|| Progress::new("72%")),
        ..BundleTask::default()
    }
}

/// The same task, updated at another time.
pub fn updated(task: BundleTask, time: &str) -> BundleTask {
    BundleTask {
        update_time: Some(at(time)),
        ..task
    }
}

/// Three tasks in three states; the middle one can be cancelled.
pub fn three() -> Vec<BundleTask> {
    let started = |task: BundleTask, time| BundleTask {
        start_time: Some(at(time)),
        ..task
    };
    vec![
        started(task("bun-0000000a", "pending"), "2015-09-15T13:26:00Z"),
        task("bun-2a4e041c", "storing"),
        started(task("bun-0000000c", "complete"), "2015-09-15T12:00:00Z"),
    ]
}

pub fn error(kind: ErrorKind, operation: Operation, code: &str, message: &str) -> Ec2Error {
    let mut error = Ec2Error::new(kind, operation, message);
    if !code.is_empty() {
        error.code = Some(code.into());
        error.request_id = Some("11111111-2222-3333-4444-555555555555".into());
    }
    error
}

/// EC2 asks to slow down.
pub fn throttled() -> Ec2Error {
    error(
        ErrorKind::Throttled,
        Operation::DescribeBundleTasks,
        "RequestLimitExceeded",
        "Request limit exceeded.",
    )
}

/// EC2 can't be reached.
pub fn unreachable() -> Ec2Error {
    error(
        ErrorKind::Unreachable,
        Operation::DescribeBundleTasks,
        "",
        "Could not connect to http://127.0.0.1:9: connection refused.",
    )
}
