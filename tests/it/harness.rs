//! Drives the app without a terminal or a network: a clock that is moved by hand, keys, EC2's
//! answers, and what the program asks for.

use std::sync::Arc;
use std::time::Duration;

use bundletop::ec2::{AccessKeyId, Cancelled, Ec2Error, ErrorKind, Identity, Operation, Session};
use bundletop::journal::{Entry, JournalPlace};
use bundletop::monitor::{
    self, Answer, Call, CancelState, Event as MonitorEvent, Now, RequestId, TrackedTask,
};
use bundletop::task::{BundleId, BundleTask, Phase, Progress, S3Storage, State as TaskState};
use bundletop::text::Charset;
use bundletop::tui::app::{App, Effect, Msg};
use bundletop::tui::drawn::Drawn;
use bundletop::tui::export::Export;
use bundletop::tui::keymap::Keymap;
use bundletop::tui::notice::{NoticeKind, NoticeOptions};
use bundletop::tui::preferences::Preferences;
use bundletop::tui::replay::ReplayCommand;
use bundletop::tui::theme::{Background, ColorDepth, Theme};
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
    /// The access key that signs the answers.
    pub key: AccessKeyId,
    /// Every call that the program has asked for, and the number of the poll that it belongs to.
    calls: Vec<(monitor::Effect, u64)>,
    pub polls: u64,
    /// What was handed to the journal.
    pub kept: Vec<Entry>,
}

/// What the program asks for. A poll has a number; it may have to connect first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Asked {
    Connect(u64),
    Describe(u64),
    Identify,
    DryRun(BundleId),
    /// A task is described alone: before its cancel, or after the answer to that was lost.
    DescribeOne(BundleId),
    Cancel(BundleId),
    Suspend,
    Quit,
    /// Tasks that filters leave out, by their IDs.
    Follow(Vec<BundleId>),
    /// A text for the clipboard.
    Copy(String),
    Export(Export),
    SuggestPaths(String),
    ReadPast(JournalPlace),
    ReadEarlierRuns(JournalPlace),
    EditSettings,
    Notify(NoticeKind, String),
    Replay(ReplayCommand),
    CaptureMouse(bool),
}

impl Harness {
    /// A program just started, before its first frame.
    pub fn new(width: u16, height: u16) -> Self {
        Self::new_with(width, height, preferences())
    }

    /// The same with other settings.
    pub fn new_with(width: u16, height: u16, preferences: Preferences) -> Self {
        let now = Now {
            wall: at(START),
            mono: Duration::ZERO,
        };
        Self {
            app: App::new(now, (width, height), preferences, 1, false),
            mono: Duration::ZERO,
            theme: Theme::new(Background::Dark, ColorDepth::TrueColor, Charset::Unicode),
            key: AccessKeyId::new("AKIAFIRST"),
            calls: Vec::new(),
            polls: 0,
            kept: Vec::new(),
        }
    }

    /// A program that is connected and has received `tasks` once.
    pub fn with(tasks: Vec<BundleTask>) -> Self {
        Self::sized(120, 40, tasks)
    }

    /// The same on a screen of that size.
    pub fn sized(width: u16, height: u16, tasks: Vec<BundleTask>) -> Self {
        Self::new(width, height).started(tasks)
    }

    /// The same with other keys.
    pub fn with_keymap(keymap: Keymap, tasks: Vec<BundleTask>) -> Self {
        let preferences = Preferences {
            keymap,
            ..preferences()
        };
        Self::with_preferences(preferences, tasks)
    }

    /// The same with other settings.
    pub fn with_preferences(preferences: Preferences, tasks: Vec<BundleTask>) -> Self {
        Self::new_with(120, 40, preferences).started(tasks)
    }

    fn started(self, tasks: Vec<BundleTask>) -> Self {
        let mut harness = self;
        assert_eq!(harness.draw(), [connect(1)]);
        harness.connect(1);
        harness.identified("123456789012");
        harness.answer(1, tasks);
        harness.draw();
        harness
    }

    pub fn connect(&mut self, poll: u64) -> Vec<Asked> {
        self.connected(poll, Ok(session("us-east-1")))
    }

    pub fn connected(&mut self, poll: u64, result: Result<Session, Ec2Error>) -> Vec<Asked> {
        let request = self.request_of(|call, of| *call == Call::Connect && of == poll);
        self.answered(request, Answer::Connected(result))
    }

    /// STS says whose the present key is.
    pub fn identified(&mut self, account: &str) -> Vec<Asked> {
        self.identity(Ok(Identity {
            account: account.into(),
            arn: format!("arn:aws:iam::{account}:user/dana"),
        }))
    }

    pub fn identity(&mut self, result: Result<Identity, Ec2Error>) -> Vec<Asked> {
        let request = self.request_of(|call, _| matches!(call, Call::Identify(_)));
        self.answered(request, Answer::Identified(result))
    }

    pub fn now(&self) -> Now {
        Now {
            wall: at(START) + self.mono,
            mono: self.mono,
        }
    }

    pub fn send(&mut self, msg: Msg) -> Vec<Asked> {
        let effects = self.app.update(self.now(), msg);
        effects
            .into_iter()
            .filter_map(|effect| match effect {
                Effect::WriteJournal(entries) => {
                    self.kept.extend(entries);
                    None
                }
                effect => Some(self.asked(effect)),
            })
            .collect()
    }

    fn asked(&mut self, effect: Effect) -> Asked {
        let effect = match effect {
            Effect::Perform(effect) => effect,
            Effect::Suspend => return Asked::Suspend,
            Effect::Quit => return Asked::Quit,
            Effect::Copy(copy) => return Asked::Copy(copy.text),
            Effect::Export(export) => return Asked::Export(export),
            Effect::SuggestPaths(typed) => return Asked::SuggestPaths(typed),
            Effect::Replay(command) => return Asked::Replay(command),
            Effect::Notify(notice) => return Asked::Notify(notice.kind, notice.text()),
            Effect::ReadPast(place) => return Asked::ReadPast(place),
            Effect::ReadEarlierRuns(place) => return Asked::ReadEarlierRuns(place),
            Effect::WriteJournal(_) => unreachable!("kept aside"),
            Effect::EditSettings => return Asked::EditSettings,
            Effect::CaptureMouse(is_on) => return Asked::CaptureMouse(is_on),
        };
        let is_same_poll = (self.calls.iter().rev())
            .find(|(effect, _)| matches!(effect.call, Call::Connect | Call::Describe { .. }))
            .is_some_and(|(last, _)| {
                last.call == Call::Connect && last.request.connection == effect.request.connection
            });
        let asked = match &effect.call {
            Call::Connect => {
                self.polls += 1;
                Asked::Connect(self.polls)
            }
            Call::Describe { .. } => {
                self.polls += u64::from(!is_same_poll);
                Asked::Describe(self.polls)
            }
            Call::DescribeThese(ids) => Asked::Follow(ids.clone()),
            Call::Identify(_) => Asked::Identify,
            Call::DryRun(id) => Asked::DryRun(id.clone()),
            Call::DescribeOne(id) => Asked::DescribeOne(id.clone()),
            Call::Cancel { bundle_id, .. } => Asked::Cancel(bundle_id.clone()),
        };
        self.calls.push((effect, self.polls));
        asked
    }

    /// The latest request of that kind, by its call and the number of its poll.
    pub fn request_of(&self, is_wanted: impl Fn(&Call, u64) -> bool) -> RequestId {
        let mut calls = self.calls.iter().rev();
        let found = calls.find(|(effect, poll)| is_wanted(&effect.call, *poll));
        found.expect("the program has asked for it").0.request
    }

    /// The driver delivers the answer to a request.
    pub fn answered(&mut self, request: RequestId, answer: Answer) -> Vec<Asked> {
        let signed_by = Some(self.key.clone());
        self.send(Msg::Monitor(MonitorEvent::Answered {
            request,
            signed_by,
            answer,
        }))
    }

    /// EC2 says whether the cancel of a task would be permitted.
    pub fn permission(&mut self, id: &str, result: Result<(), Ec2Error>) -> Vec<Asked> {
        let wanted = Call::DryRun(BundleId::new(id));
        let request = self.request_of(|call, _| *call == wanted);
        self.answered(request, Answer::DryRun(result))
    }

    /// EC2 describes one task: before its cancel, or after the answer to that was lost.
    pub fn described_one(
        &mut self,
        id: &str,
        result: Result<Option<BundleTask>, Ec2Error>,
    ) -> Vec<Asked> {
        let wanted = Call::DescribeOne(BundleId::new(id));
        let request = self.request_of(|call, _| *call == wanted);
        self.answered(request, Answer::DescribedOne(result))
    }

    /// A person confirms the cancel of the selected task, and it is sent.
    pub fn send_cancel(&mut self, id: &str) {
        self.key("c");
        assert_eq!(self.key("y"), [describe_one(id)]);
        let described = self.app.tasks().by_id(&BundleId::new(id));
        let described = described.expect("the task is listed").task.as_ref().clone();
        assert_eq!(self.described_one(id, Ok(Some(described))), [cancel(id)]);
    }

    /// EC2 answers the cancel of a task.
    pub fn cancelled(
        &mut self,
        id: &str,
        result: Result<Option<BundleTask>, Ec2Error>,
    ) -> Vec<Asked> {
        let wanted = BundleId::new(id);
        let request = self.request_of(
            |call, _| matches!(call, Call::Cancel { bundle_id, .. } if *bundle_id == wanted),
        );
        let cancelled = result.map(|task| Cancelled {
            task,
            request_id: Some("req-cancel".into()),
        });
        self.answered(request, Answer::Cancelled(cancelled))
    }

    /// Lets time pass, ticking whenever the program asked to be woken.
    pub fn wait(&mut self, seconds: f64) -> Vec<Asked> {
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
    pub fn key(&mut self, key: &str) -> Vec<Asked> {
        self.draw();
        self.mono += Duration::from_millis(300);
        let mut effects = self.send(Msg::Input(vec![press(key)]));
        effects.extend(self.draw());
        effects
    }

    /// Several keys at once, as from a paste or from a user who types ahead.
    pub fn keys_at_once(&mut self, keys: &[&str]) -> Vec<Asked> {
        self.draw();
        self.mono += Duration::from_millis(300);
        self.send(Msg::Input(keys.iter().map(|key| press(key)).collect()))
    }

    /// EC2's answer to that poll.
    pub fn answer(&mut self, poll: u64, tasks: Vec<BundleTask>) -> Vec<Asked> {
        self.described(poll, Ok(tasks.into_iter().map(Arc::new).collect()))
    }

    /// That poll failed.
    pub fn fail(&mut self, poll: u64, error: Ec2Error) -> Vec<Asked> {
        self.described(poll, Err(error))
    }

    fn described(
        &mut self,
        poll: u64,
        result: Result<Vec<Arc<BundleTask>>, Ec2Error>,
    ) -> Vec<Asked> {
        for _ in 0..120 {
            if self.polls < poll {
                self.wait(1.0); // until it is asked for
            }
        }
        let request =
            self.request_of(|call, of| matches!(call, Call::Describe { .. }) && of == poll);
        self.answered(request, Answer::Described(result))
    }

    /// Draws a frame, as the loop does.
    pub fn draw(&mut self) -> Vec<Asked> {
        let (_, drawn) = self.frame();
        self.app.take_dirty();
        self.send(Msg::Drawn(drawn))
    }

    pub fn frame(&self) -> (Buffer, Drawn) {
        let (width, height) = self.app.size();
        let mut terminal = Terminal::new(TestBackend::new(width, height)).expect("a test backend");
        let mut drawn = Drawn::default();
        terminal
            .draw(|frame| drawn = view::draw(frame, &self.app, &self.theme))
            .expect("a test backend");
        (terminal.backend().buffer().clone(), drawn)
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
        visible.next().expect("a row").number
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

/// A connection in that region.
/// The default settings, without notices.
pub fn preferences() -> Preferences {
    noticing(Vec::new())
}

/// The default settings, with notices about these kinds of events.
pub fn noticing(kinds: Vec<NoticeKind>) -> Preferences {
    Preferences {
        notices: NoticeOptions {
            kinds,
            ..NoticeOptions::default()
        },
        ..Preferences::default()
    }
}

pub fn session(region: &str) -> Session {
    Session {
        profile: Some("prod".into()),
        region: region.into(),
        endpoint_url: None,
    }
}

pub fn connect(poll: u64) -> Asked {
    Asked::Connect(poll)
}

pub fn describe(poll: u64) -> Asked {
    Asked::Describe(poll)
}

pub fn identify() -> Asked {
    Asked::Identify
}

pub fn dry_run(id: &str) -> Asked {
    Asked::DryRun(BundleId::new(id))
}

pub fn describe_one(id: &str) -> Asked {
    Asked::DescribeOne(BundleId::new(id))
}

pub fn cancel(id: &str) -> Asked {
    Asked::Cancel(BundleId::new(id))
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

/// EC2 does not permit the cancel.
pub fn denied() -> Ec2Error {
    error(
        ErrorKind::Denied,
        Operation::CancelBundleTask,
        "UnauthorizedOperation",
        "You are not authorized to perform this operation.",
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

/// The credentials have expired.
pub fn expired() -> Ec2Error {
    error(
        ErrorKind::Expired,
        Operation::DescribeBundleTasks,
        "RequestExpired",
        "The credentials have expired.",
    )
}

/// The answer to a cancel is lost.
pub fn timed_out() -> Ec2Error {
    error(
        ErrorKind::TimedOut,
        Operation::CancelBundleTask,
        "",
        "EC2 did not answer in time.",
    )
}
