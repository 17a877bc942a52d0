//! A stage for the UI's state: a clock that is moved by hand, keys, EC2's answers, and what the
//! program asks for. No terminal, no network.

use std::time::Duration;

use bundletop::ec2::{Ec2Error, ErrorKind, Identity, Operation, Session};
use bundletop::task::{BundleId, BundleTask, Phase, Progress, S3Storage, State as TaskState};
use bundletop::text::Charset;
use bundletop::tui::poll::Poll;
use bundletop::tui::state::{Effect, Msg, Now, State};
use bundletop::tui::theme::Theme;
use bundletop::tui::view;
use crossterm::event::{Event, KeyCode, KeyEvent, KeyModifiers};
use jiff::Timestamp;
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::buffer::Buffer;

/// The calendar's time when the curtain rises: that of the example on AWS's page.
pub const START: &str = "2015-09-15T13:27:40Z";

pub struct Stage {
    pub state: State,
    pub mono: Duration,
    pub theme: Theme,
}

impl Stage {
    /// A program just started, before its first frame.
    pub fn new(width: u16, height: u16) -> Self {
        let now = Now {
            wall: at(START),
            mono: Duration::ZERO,
        };
        Self {
            state: State::new(now, (width, height), Poll::new(None, 1), false),
            mono: Duration::ZERO,
            theme: Theme::new(true, Charset::Unicode),
        }
    }

    /// A program connected and answered once with `tasks`.
    pub fn with(tasks: Vec<BundleTask>) -> Self {
        Self::sized(120, 40, tasks)
    }

    /// The same on a screen of that size.
    pub fn sized(width: u16, height: u16, tasks: Vec<BundleTask>) -> Self {
        let mut stage = Self::new(width, height);
        assert_eq!(stage.draw(), [Effect::Connect { asked: 1 }]);
        stage.connect(1);
        stage.send(Msg::Identified(Ok(Identity {
            account: "123456789012".into(),
            arn: "arn:aws:iam::123456789012:user/dana".into(),
        })));
        stage.answer(1, tasks);
        stage.draw();
        stage
    }

    pub fn connect(&mut self, asked: u64) -> Vec<Effect> {
        self.send(Msg::Connected {
            asked,
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
        self.state.update(self.now(), msg)
    }

    /// Lets time pass, ticking whenever the program asked to be woken.
    pub fn wait(&mut self, seconds: f64) -> Vec<Effect> {
        let end = self.mono + Duration::from_secs_f64(seconds);
        let mut effects = Vec::new();
        while let Some(tick) = self.state.next_tick().filter(|tick| *tick <= end) {
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

    /// Several keys at once, as a paste or a person ahead of the screen sends them.
    pub fn keys_at_once(&mut self, keys: &[&str]) -> Vec<Effect> {
        self.draw();
        self.mono += Duration::from_millis(300);
        self.send(Msg::Input(keys.iter().map(|key| press(key)).collect()))
    }

    /// EC2's answer to poll number `asked`.
    pub fn answer(&mut self, asked: u64, tasks: Vec<BundleTask>) -> Vec<Effect> {
        self.send(Msg::Described {
            asked,
            result: Ok(tasks),
        })
    }

    /// Poll number `asked` failed.
    pub fn fail(&mut self, asked: u64, error: Ec2Error) -> Vec<Effect> {
        self.send(Msg::Described {
            asked,
            result: Err(error),
        })
    }

    /// Draws a frame, as the loop does.
    pub fn draw(&mut self) -> Vec<Effect> {
        let (_, overflow) = self.frame();
        self.state.take_dirty();
        self.send(Msg::Drawn { overflow })
    }

    pub fn frame(&self) -> (Buffer, u16) {
        let (width, height) = self.state.size;
        let mut terminal = Terminal::new(TestBackend::new(width, height)).expect("a test backend");
        let mut overflow = 0;
        terminal
            .draw(|frame| overflow = view::draw(frame, &self.state, &self.theme))
            .expect("a test backend");
        (terminal.backend().buffer().clone(), overflow)
    }

    /// What is on the screen.
    pub fn screen(&self) -> String {
        text(&self.frame().0)
    }

    /// The line of the screen that has `words`.
    pub fn line(&self, words: &str) -> String {
        let screen = self.screen();
        let line = screen.lines().find(|line| line.contains(words));
        line.unwrap_or_else(|| panic!("{words:?} is not in:\n{screen}"))
            .to_owned()
    }

    pub fn selected(&self) -> &str {
        let row = self.state.rows.selected().expect("a task is selected");
        row.task.bundle_id.as_str()
    }

    pub fn select(&mut self, id: &str) {
        let position = |stage: &Self| {
            stage
                .state
                .rows
                .iter()
                .position(|row| row.task.bundle_id.as_str() == id)
        };
        let index = position(self).expect("the task is listed");
        self.key("g");
        for _ in 0..index {
            self.key("j");
        }
        assert_eq!(self.selected(), id);
    }
}

/// The text of a buffer, a line a row, without trailing space. A wide character's second cell is
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

/// A task of that ID and state, started and updated at the times of the page's example.
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
