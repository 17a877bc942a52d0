//! Layer 5, app: the loop itself, with a screen in memory, scripted keys and signals, the real SDK
//! and the embedded endpoint. Waits for what the screen shows, never for a fixed time.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::time::{Duration, Instant};

use bundletop::ec2::Settings;
use bundletop::endpoint::{Clock, Endpoint, Faults, World};
use bundletop::signal::Signal;
use bundletop::text::Charset;
use bundletop::tui::preferences::Preferences;
use bundletop::tui::terminal::{Input, Screen};
use bundletop::tui::theme::{Background, ColorDepth, Theme, ThemeCatalog};
use bundletop::tui::{self, Exit, Options};
use crossterm::event::{Event, KeyEventKind};
use ratatui::backend::TestBackend;
use ratatui::{Frame, Terminal};
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::harness::{press, text};

/// How long a condition may take before the test gives up. It is long enough for slow machines.
const TIMEOUT: Duration = Duration::from_secs(60);

/// A screen in memory that publishes each frame.
struct MemoryScreen {
    terminal: Terminal<TestBackend>,
    frames: watch::Sender<Shown>,
}

#[derive(Clone, Default)]
struct Shown {
    text: String,
    frames: usize,
}

impl Screen for MemoryScreen {
    fn size(&self) -> io::Result<(u16, u16)> {
        Ok((120, 40))
    }

    fn draw(&mut self, render: impl FnOnce(&mut Frame)) -> io::Result<()> {
        self.terminal.draw(render).expect("memory does not fail");
        let text = text(self.terminal.backend().buffer());
        self.frames.send_modify(|shown| {
            shown.text = text;
            shown.frames += 1;
        });
        Ok(())
    }

    fn send(&mut self, _: &[u8]) -> io::Result<()> {
        Ok(())
    }

    fn capture_mouse(&mut self, _: bool) -> io::Result<()> {
        Ok(())
    }

    fn leave(&mut self) {}

    fn enter(&mut self) -> io::Result<()> {
        Ok(())
    }

    fn lend(&mut self) {}

    fn take_back(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The running program.
struct App {
    endpoint: Endpoint,
    keys: UnboundedSender<Input>,
    signals: UnboundedSender<Signal>,
    shown: watch::Receiver<Shown>,
    running: JoinHandle<io::Result<Exit>>,
}

impl App {
    async fn start(world: World) -> Self {
        Self::start_with(world, Faults::none(), Duration::from_millis(500)).await
    }

    async fn start_with(world: World, faults: Faults, interval: Duration) -> Self {
        let any_port = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let endpoint = Endpoint::start(world, Clock::real(1.0), faults, any_port)
            .await
            .expect("the endpoint starts");
        let mut settings = Settings::demo(endpoint.url());
        settings.timeouts.read = Duration::from_secs(1);
        let (frames, shown) = watch::channel(Shown::default());
        let (keys, input) = unbounded_channel();
        let (signals, signalled) = unbounded_channel();
        let options = Options {
            journal: None,
            replay: None,
            settings,
            demo: true,
            preferences: Preferences {
                interval: Some(interval),
                ..Preferences::default()
            },
            catalog: ThemeCatalog::default(),
            settings_source: None,
            order: bundletop::tui::list::order::Order::default(),
            filter: String::new(),
            settings_message: None,
            follows_background: false,
            theme: Theme::new(Background::Dark, ColorDepth::TrueColor, Charset::Unicode),
            wall: Box::new(jiff::Timestamp::now),
        };
        let running = tokio::spawn(async move {
            let mut screen = MemoryScreen {
                terminal: Terminal::new(TestBackend::new(120, 40)).expect("memory does not fail"),
                frames,
            };
            tui::run(options, &mut screen, input, signalled).await
        });
        Self {
            endpoint,
            keys,
            signals,
            shown,
            running,
        }
    }

    fn send(&self, events: Vec<Event>) {
        let at = Instant::now();
        self.keys
            .send(Input {
                at,
                events,
                background: None,
            })
            .expect("the program runs");
    }

    fn key(&self, name: &str) {
        self.send(vec![press(name)]);
    }

    /// Waits until `wanted` is true of the screen, and returns its text.
    async fn until(&self, what: &str, wanted: impl Fn(&str) -> bool) -> String {
        let mut shown = self.shown.clone();
        let seen = shown.wait_for(|shown| wanted(&shown.text));
        let Ok(shown) = tokio::time::timeout(TIMEOUT, seen).await else {
            panic!("never {what}:\n{}", self.shown.borrow().text);
        };
        shown.expect("the program runs").text.clone()
    }

    async fn until_shown(&self, words: &str) -> String {
        self.until(words, |text| text.contains(words)).await
    }

    /// Waits until the table's row of the task says `words`.
    async fn until_row(&self, id: &str, words: &str) {
        let what = format!("{id} with {words}");
        self.until(&what, |text| row(text, id).contains(words))
            .await;
    }

    /// Selects a task by the keys a person would use.
    async fn select(&self, id: &str) {
        self.until_shown(id).await;
        for _ in 0..100 {
            let before = marked(&self.shown.borrow().text);
            if before == id {
                return;
            }
            self.key("j");
            self.until("a move", |text| marked(text) != before).await;
        }
        panic!("{id} could not be selected");
    }

    async fn end(self) -> Exit {
        let ended = tokio::time::timeout(TIMEOUT, self.running).await;
        ended
            .expect("the program ends")
            .expect("it does not panic")
            .expect("the screen works")
    }
}

fn row<'t>(text: &'t str, id: &str) -> &'t str {
    text.lines()
        .find(|line| line.starts_with('│') && line.contains(id) && !line.contains("Bundle ID"))
        .unwrap_or_default()
}

/// The ID in the selected row.
fn marked(text: &str) -> String {
    let line = text.lines().find_map(|line| line.strip_prefix("│▌ "));
    let id = line.and_then(|line| line.split_whitespace().next());
    id.unwrap_or_default().to_owned()
}

/// What the dialog shows below its buttons once `y` would cancel.
const READY_TO_CONFIRM: &str = "Esc, n, Enter              y";

const ID: &str = "bun-2a4e041c";

#[tokio::test(flavor = "multi_thread")]
async fn a_cancel_from_the_key_to_no_longer_listed() {
    let app = App::start(World::built_in()).await;
    app.select(ID).await;
    app.key("c");
    app.until_shown("allowed (dry run)").await;
    app.until_shown(READY_TO_CONFIRM).await;
    app.key("y");
    app.until_row(ID, "cancelling").await;
    app.endpoint.clock().advance(Duration::from_secs(60));
    app.until_row(ID, "gone after cancel").await;
    app.key("x");
    app.until("dismissed", |text| row(text, ID).is_empty())
        .await;
    app.key("q");
    let exit = app.end().await;
    assert_eq!((exit.signal, exit.exit_message), (None, None));
}

#[tokio::test(flavor = "multi_thread")]
async fn cancel_requested_is_shown_until_ec2_answers() {
    let app = App::start(World::built_in()).await;
    app.select(ID).await;
    let hang = "CancelBundleTask-DryRun:hang".parse().expect("a fault");
    app.endpoint.faults().set(hang);
    app.key("c");
    app.until_shown("allowed (dry run)").await;
    app.until_shown(READY_TO_CONFIRM).await;
    app.key("y");
    app.until_row(ID, "cancel requested").await;
    // Keys work while the call hangs.
    app.key("?");
    app.until_shown("╭ Keys ").await;
    app.key("Esc");
    app.until_shown("Cancel outcome unknown").await;
    app.until_shown("EC2 now says: cancelling.").await;
    app.key("Esc");
    app.until_row(ID, "cancelling").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn enter_on_opening_sends_nothing() {
    let app = App::start(World::built_in()).await;
    app.select(ID).await;
    app.key("c");
    app.until_shown("allowed (dry run)").await;
    app.key("Enter");
    app.until("closed", |text| !text.contains("Cancel this bundle task?"))
        .await;
    let sent = app.endpoint.requests();
    let cancels = sent
        .iter()
        .filter(|request| request.action == "CancelBundleTask");
    assert_eq!(cancels.count(), 1, "the dry run and nothing else");
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_at_once_do_not_cancel() {
    let app = App::start(World::built_in()).await;
    app.select(ID).await;
    app.send(vec![press("c"), press("y")]);
    app.until_shown("allowed (dry run)").await;
    app.until_shown("press it again").await;
    assert!(!row(&app.shown.borrow().text, ID).contains("requested"));
}

#[tokio::test(flavor = "multi_thread")]
async fn every_fault_is_shown_and_recovers() {
    let app = App::start(World::built_in()).await;
    for (fault, words) in [
        ("DescribeBundleTasks:throttle", "RequestLimitExceeded"),
        ("DescribeBundleTasks:internal-error", "InternalError"),
        ("DescribeBundleTasks:deny", "UnauthorizedOperation"),
        ("DescribeBundleTasks:expired", "RequestExpired"),
        ("DescribeBundleTasks:hang", "did not answer in time"),
        ("DescribeBundleTasks:drop", "ended before the answer"),
        ("DescribeBundleTasks:cut", "so it was ignored"),
        ("DescribeBundleTasks:garbage", "so it was ignored"),
    ] {
        app.until_shown("● live").await;
        app.endpoint.faults().set(fault.parse().expect("a fault"));
        app.key("r");
        let text = app.until(fault, |text| text.contains(words)).await;
        assert!(text.contains("last answer"), "{fault}: how old the list is");
        assert!(
            row(&text, ID).contains("bundletasks/winami"),
            "{fault}: the rows stay"
        );
        app.endpoint.faults().clear();
        app.key("r");
    }
    app.until_shown("● live").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_endpoint_that_goes_down_and_comes_back_is_followed() {
    let app = App::start(World::built_in()).await;
    app.until_shown(ID).await;
    app.endpoint
        .faults()
        .set("DescribeBundleTasks:drop=before".parse().expect("a fault"));
    app.until_shown("✗ offline").await;
    app.key("c");
    app.until_shown("Not cancelled: ").await;
    app.endpoint.faults().clear();
    app.until_shown("● live").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_older_state_after_a_cancel_does_not_flicker_back() {
    let app = App::start(World::built_in()).await;
    app.select(ID).await;
    let stale = "DescribeBundleTasks:stale-reads=30s"
        .parse()
        .expect("a fault");
    app.endpoint.faults().set(stale);
    app.key("c");
    app.until_shown("allowed (dry run)").await;
    app.until_shown(READY_TO_CONFIRM).await;
    app.key("y");
    app.until_row(ID, "cancelling").await;
    for _ in 0..3 {
        let polled = app.endpoint.requests().len();
        app.endpoint
            .wait_for_requests(|requests| requests.len() > polled)
            .await;
        let line = row(&app.shown.borrow().text, ID).to_owned();
        assert!(line.contains("cancelling"), "{line}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn signals_end_it_with_their_exit_code() {
    for (signal, code) in [
        (Signal::Interrupt, 130),
        (Signal::Terminate, 143),
        (Signal::HangUp, 129),
    ] {
        let app = App::start(World::built_in()).await;
        app.until_shown(ID).await;
        app.signals.send(signal).expect("the program runs");
        let signal = app.end().await.signal;
        assert_eq!(signal.and_then(Signal::exit_code), Some(code));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_terminal_that_is_gone_ends_it() {
    let app = App::start(World::built_in()).await;
    app.until_shown(ID).await;
    let App { keys, running, .. } = app;
    drop(keys);
    let ended = tokio::time::timeout(TIMEOUT, running).await;
    let exit = ended
        .expect("it ends")
        .expect("no panic")
        .expect("no error");
    assert_eq!(exit.signal, Some(Signal::HangUp));
}

/// The release of a key, which some terminals report.
fn released(name: &str) -> Event {
    let Event::Key(mut key) = press(name) else {
        panic!("{name} is not a key");
    };
    key.kind = KeyEventKind::Release;
    Event::Key(key)
}

#[tokio::test(flavor = "multi_thread")]
async fn with_everything_at_rest_no_frame_is_drawn_between_polls() {
    let rest = r#"{"tasks": []}"#;
    let world = World::from_json("rest", rest).expect("a world");
    let app = App::start_with(world, Faults::none(), Duration::from_secs(3600)).await;
    app.until_shown("EC2 lists no bundle tasks").await;
    app.until_shown("123456789012").await;
    let frames = app.shown.borrow().frames;
    // Events without effect, then a key: if an event drew a frame, the count would be higher.
    for event in [
        Event::FocusGained,
        Event::Paste("z".to_owned()),
        released("z"),
    ] {
        app.send(vec![event]);
    }
    app.key("?");
    app.until_shown("╭ Keys ").await;
    assert_eq!(app.shown.borrow().frames, frames + 1);
}
