//! The terminal UI's loop: draw, wait for one message, update, perform the effects.
//!
//! How the UI behaves is in [`app`]; how it looks is in [`view`] and `dialog`. This file has only what
//! does input and output: the clocks, the terminal, the monitor's driver.

pub mod app;
pub mod aws_command;
mod background;
pub mod background_query;
pub mod clipboard;
pub mod column;
pub mod copy;
pub mod dialog;
pub mod drawn;
pub mod event_log;
pub mod export;
pub mod input;
pub mod keymap;
pub mod layout;
pub mod list;
pub mod notice;
mod options;
pub mod preferences;
mod render;
pub mod replay;
pub mod settings;
pub mod symbols;
pub mod terminal;
pub mod theme;
pub mod view;

use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use tokio::sync::Semaphore;
use tokio::sync::mpsc::UnboundedReceiver;

use crate::journal::Writer;
use crate::monitor::driver::{Clocks, Driver};
use crate::signal::{self, Signal};
use app::{App, Copied, Copy, Effect, Msg};
use background::{Background, Done};
use drawn::Drawn;
use notice::Notice;
pub use options::{Exit, JournalOptions, Options};
use replay::{ReplayDriver, Replayed};
use settings::SettingsSource;
use terminal::{Input, Screen};
use theme::{Theme, ThemeCatalog};

/// Runs the UI until a person quits, a signal comes or the terminal is gone.
pub async fn run<S: Screen>(
    options: Options,
    screen: &mut S,
    input: UnboundedReceiver<Input>,
    signals: UnboundedReceiver<Signal>,
) -> io::Result<Exit> {
    Loop::new(options, screen)?.run(input, signals).await
}

struct Loop<'a, S> {
    screen: &'a mut S,
    /// The theme of the settings.
    theme: Theme,
    catalog: ThemeCatalog,
    /// The theme that a person has chosen or looks at instead, and its name.
    chosen_theme: Option<(String, Theme)>,
    follows_background: bool,
    app: App,
    source: Source,
    background: Background,
    journal: Option<(PathBuf, Writer)>,
    /// Permits to run commands for notices.
    commands: Arc<Semaphore>,
    clocks: Clocks,
    settings_source: Option<SettingsSource>,
    /// Whether a person wants to edit the settings.
    wants_editor: bool,
    end: Option<End>,
}

/// Where answers come from.
enum Source {
    Ec2(Driver),
    Recording(ReplayDriver),
}

impl Source {
    fn perform(&mut self, effect: crate::monitor::Effect) {
        match self {
            Self::Ec2(driver) => driver.perform(effect),
            Self::Recording(replay) => replay.perform(&effect),
        }
    }

    /// Waits for the next event. Cancel-safe.
    async fn next(&mut self) -> Msg {
        match self {
            Self::Ec2(driver) => Msg::Monitor(driver.next().await),
            Self::Recording(replay) => replay.next().await.into(),
        }
    }

    fn try_next(&mut self) -> Option<Msg> {
        match self {
            Self::Ec2(driver) => driver.try_next().map(Msg::Monitor),
            Self::Recording(replay) => replay.try_next().map(Msg::from),
        }
    }
}

impl From<Replayed> for Msg {
    fn from(replayed: Replayed) -> Self {
        match replayed {
            Replayed::Answered(event) => Self::Monitor(event),
            Replayed::Happened(records) => Self::Recorded(records),
        }
    }
}

/// How many commands for notices may run at the same time; notices beyond that run none.
const MAX_COMMANDS: usize = 8;

/// Why the loop ends.
#[derive(Clone, Copy)]
enum End {
    Quit,
    By(Signal),
}

impl<'a, S: Screen> Loop<'a, S> {
    fn new(options: Options, screen: &'a mut S) -> io::Result<Self> {
        let clocks = Clocks::start(options.wall);
        let (now, size) = (clocks.now(), screen.size()?);
        if options.preferences.mouse {
            screen.capture_mouse(true)?;
        }
        let seed = fastrand::u64(..);
        let mut app = App::new(now, size, options.preferences, seed, options.demo);
        app.arrange(options.order, &options.filter);
        if let Some(message) = options.settings_message {
            app.say_of_settings(message);
        }
        let mut background = Background::new();
        if let Some(source) = &options.settings_source {
            background.watch_settings(source.clone());
        }
        let journal = options.journal.map(|journal| {
            app.use_journal(journal.is_temporary);
            let report = background.journal_reporter();
            let writer = Writer::start(
                journal.path.clone(),
                Some(journal.retention),
                now.wall,
                report,
            );
            (journal.path, writer)
        });
        let source = if let Some(replay) = options.replay {
            app.replays(replay.clock().status());
            Source::Recording(replay)
        } else {
            let mut driver = Driver::new();
            driver.add(app.scope_id(), options.settings);
            Source::Ec2(driver)
        };
        Ok(Self {
            screen,
            theme: options.theme,
            catalog: options.catalog,
            chosen_theme: None,
            follows_background: options.follows_background,
            app,
            source,
            background,
            journal,
            commands: Arc::new(Semaphore::new(MAX_COMMANDS)),
            clocks,
            settings_source: options.settings_source,
            wants_editor: false,
            end: None,
        })
    }

    async fn run(
        mut self,
        mut input: UnboundedReceiver<Input>,
        mut signals: UnboundedReceiver<Signal>,
    ) -> io::Result<Exit> {
        let mut is_background_asked = !self.follows_background;
        loop {
            if let Some(end) = self.end {
                let rest = self.app.rest_for_journal();
                let is_saved = self.journal.take().is_none_or(|(_, mut writer)| {
                    writer.send(rest);
                    writer.end()
                });
                let unsaved = "The journal could not be written in time: the most recent events are missing from it.";
                let unsaved = (!is_saved).then(|| unsaved.to_owned());
                let messages: Vec<_> = self.app.exit_message().into_iter().chain(unsaved).collect();
                return Ok(Exit {
                    signal: match end {
                        End::Quit => None,
                        End::By(signal) => Some(signal),
                    },
                    exit_message: (!messages.is_empty()).then(|| messages.join(" ")),
                });
            }
            if std::mem::take(&mut self.wants_editor) {
                let edited = self.edit_settings(&mut signals).await;
                self.hang_up_if_gone(edited)?;
                continue;
            }
            if self.app.take_dirty() {
                let mut drawn = self.draw();
                if !std::mem::replace(&mut is_background_asked, true) {
                    drawn = drawn.and_then(|()| self.screen.send(background_query::QUERY));
                }
                self.hang_up_if_gone(drawn)?;
                continue;
            }
            let tick = self.app.next_tick().map(|at| self.clocks.instant(at));
            let tick = async {
                match tick {
                    Some(at) => tokio::time::sleep_until(at.into()).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                // Signals first: after SIGCONT, what was typed meanwhile was typed at another screen.
                biased;
                Some(signal) = signals.recv() => {
                    let taken = self.take_signal(signal);
                    self.hang_up_if_gone(taken)?;
                }
                input = input.recv() => match input {
                    Some(input) => self.take_input(input),
                    None => self.end = Some(End::By(Signal::HangUp)),
                },
                msg = self.source.next() => self.update(Instant::now(), msg),
                done = self.background.next() => {
                    let taken = self.take_done(done);
                    self.hang_up_if_gone(taken)?;
                }
                () = tick => self.update(Instant::now(), Msg::Tick),
                // Only if nothing else is to be done: keys never wait for it.
                () = std::future::ready(()), if self.app.has_work() => {
                    self.update(Instant::now(), Msg::Work);
                }
            }
            // Everything else that has arrived goes into the same frame.
            while let Ok(input) = input.try_recv() {
                self.take_input(input);
            }
            while let Some(msg) = self.source.try_next() {
                self.update(Instant::now(), msg);
            }
        }
    }

    /// A terminal that is gone is not an error: SIGHUP arrives a moment later, or never.
    fn hang_up_if_gone(&mut self, result: io::Result<()>) -> io::Result<()> {
        match result {
            Err(error) if signal::is_hang_up(&error) => {
                self.end = Some(End::By(Signal::HangUp));
                Ok(())
            }
            result => result,
        }
    }

    fn draw(&mut self) -> io::Result<()> {
        self.choose_theme();
        let mut drawn = Drawn::default();
        let chosen = self.chosen_theme.as_ref().map(|(_, theme)| theme);
        let (app, theme) = (&self.app, chosen.unwrap_or(&self.theme));
        self.screen
            .draw(|frame| drawn = view::draw(frame, app, theme))?;
        // Keys read before now were typed before the frame was visible.
        self.update(Instant::now(), Msg::Drawn(drawn));
        Ok(())
    }

    fn take_input(&mut self, input: Input) {
        if let Some(background) = input.background
            && self.follows_background
            && background != self.theme.background()
        {
            self.theme = self.theme.on(background);
            self.app.redraw();
        }
        self.update(input.at, Msg::Input(input.events));
    }

    fn take_signal(&mut self, signal: Signal) -> io::Result<()> {
        match signal {
            Signal::Interrupt | Signal::Terminate | Signal::HangUp | Signal::Quit => {
                self.end = Some(End::By(signal));
            }
            Signal::Stop => {
                // What is on the screen must be seen anew: a key may be typed ahead of `fg`.
                self.app.leaves_screen();
                self.screen.leave();
                signal::suspend_self();
            }
            // Also after a SIGSTOP, which leaves no time to restore the terminal.
            Signal::Continue => {
                self.screen.enter()?;
                let (width, height) = self.screen.size()?;
                let resized = crossterm::event::Event::Resize(width, height);
                self.update(Instant::now(), Msg::Input(vec![resized]));
            }
        }
        Ok(())
    }

    fn take_done(&mut self, done: Done) -> io::Result<()> {
        match done {
            Done::Message(msg) => self.update(Instant::now(), msg),
            Done::CopyThroughTerminal { copy, is_addition } => {
                return self.copy_through_terminal(copy, is_addition);
            }
            Done::Settings(settings) => self.take_settings(*settings),
        }
        Ok(())
    }

    /// Has the terminal copy a text, or saves it if the terminal cannot.
    fn copy_through_terminal(&mut self, copy: Copy, is_addition: bool) -> io::Result<()> {
        let choice = self.app.preferences().clipboard;
        match self.background.for_terminal(&copy, choice) {
            Some(bytes) => {
                self.screen.send(&bytes)?;
                if !is_addition {
                    self.update(Instant::now(), Msg::Copied(copy, Copied::Terminal));
                }
            }
            None if is_addition => {}
            None => self.background.save(copy),
        }
        Ok(())
    }

    /// Gives a notice through the terminal and by the user's command. Neither holds anything up.
    fn notify(&mut self, notice: Notice) -> io::Result<()> {
        let options = &self.app.preferences().notices;
        let bytes = notice.bytes(&options.channels);
        if options.command.is_empty() {
            // There is none.
        } else if let Ok(permit) = Arc::clone(&self.commands).try_acquire_owned() {
            let command = options.command.clone();
            self.background.notify(command, notice, permit);
        } else {
            let reason = format!("No notice command is run: {MAX_COMMANDS} are still running.");
            tracing::warn!(kind = ?notice.kind, reason);
            self.update(Instant::now(), Msg::NoticeFailed(reason));
        }
        if bytes.is_empty() {
            return Ok(());
        }
        self.screen.send(&bytes)
    }

    fn update(&mut self, at: Instant, msg: Msg) {
        for effect in self.app.update(self.clocks.at(at), msg) {
            let performed = self.perform(effect);
            if performed.is_err() {
                // The next frame fails too, and says so.
                tracing::warn!(?performed);
            }
        }
    }

    fn perform(&mut self, effect: Effect) -> io::Result<()> {
        match effect {
            Effect::Perform(effect) => self.source.perform(effect),
            Effect::Suspend => {
                if !signal::suspend_job() {
                    self.app.show_note("There is no shell to return to.");
                }
            }
            Effect::Quit => self.end = Some(End::Quit),
            Effect::Copy(copy) => {
                let choice = self.app.preferences().clipboard;
                if let Some(copy) = self.background.copy(copy, choice) {
                    return self.copy_through_terminal(copy, false);
                }
            }
            Effect::Export(export) => self.background.export(export),
            Effect::WriteJournal(entries) => {
                if let Some((_, writer)) = &mut self.journal {
                    writer.send(entries);
                }
            }
            Effect::Replay(command) => {
                if let Source::Recording(replay) = &mut self.source {
                    let is_back = replay.command(command);
                    let status = replay.clock().status();
                    self.update(Instant::now(), Msg::Replayed { status, is_back });
                }
            }
            Effect::Notify(notice) => return self.notify(notice),
            Effect::ReadEarlierRuns(place) => {
                if let Some((path, _)) = &self.journal {
                    self.background.read_earlier_runs(path.clone(), place);
                }
            }
            Effect::ReadPast(place) => {
                if let Some((path, _)) = &self.journal {
                    self.background.read_past(path.clone(), place);
                }
            }
            Effect::SuggestPaths(typed) => self.background.suggest_paths(typed),
            Effect::EditSettings => self.wants_editor = true,
            Effect::CaptureMouse(is_on) => return self.screen.capture_mouse(is_on),
        }
        Ok(())
    }
}
