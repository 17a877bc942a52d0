//! Input and output that takes a moment, away from the loop: files, and the desktop's clipboard. What
//! became of it comes back as a message.

use std::path::PathBuf;
use std::time::Duration;

use tokio::sync::OwnedSemaphorePermit;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::task::spawn_blocking;
use tokio::time::timeout;

use super::app::{Copied, Copy, Msg};
use super::clipboard::{self, ClipboardChoice, Clipboards, Desktop, Multiplexer, osc52};
use super::export::{self, Export};
use super::notice::{self, Notice};
use super::settings::{ReadSettings, SettingsSource, SettingsWatcher};
use crate::environment;
use crate::journal::{self, JournalPlace, Report};

/// How long the desktop, or tmux, may take to take a text.
const CLIPBOARD_TIMEOUT: Duration = Duration::from_secs(2);

/// What is done in the background.
pub struct Background {
    desktop: Desktop,
    clipboards: Clipboards,
    settings_watcher: Option<SettingsWatcher>,
    sender: UnboundedSender<Done>,
    receiver: UnboundedReceiver<Done>,
}

/// What has been done.
#[expect(clippy::large_enum_variant, reason = "one is handled at a time")]
pub enum Done {
    /// The app is to know.
    Message(Msg),
    /// The terminal is to get a text.
    CopyThroughTerminal {
        /// The text.
        copy: Copy,
        /// Whether another clipboard has taken it.
        is_addition: bool,
    },
    /// The settings were read again.
    Settings(Box<ReadSettings>),
}

impl Background {
    /// Nothing to do yet.
    pub fn new() -> Self {
        let (sender, receiver) = unbounded_channel();
        Self {
            desktop: Desktop::default(),
            clipboards: Clipboards::of_session(environment::variable),
            settings_watcher: None,
            sender,
            receiver,
        }
    }

    /// Waits for something to be done. Cancel-safe.
    pub async fn next(&mut self) -> Done {
        match self.receiver.recv().await {
            Some(done) => done,
            None => unreachable!("this holds a sender"),
        }
    }

    /// Copies a text. Returns it if the terminal is to get it.
    pub fn copy(&self, copy: Copy, choice: ClipboardChoice) -> Option<Copy> {
        let Clipboards {
            has_desktop,
            terminal,
        } = self.clipboards.chosen(choice);
        let has_tmux = terminal == Some(Multiplexer::Tmux);
        if !has_desktop && !has_tmux {
            return Some(copy);
        }
        let (desktop, sender) = (self.desktop.clone(), self.sender.clone());
        tokio::spawn(async move {
            let taken = if has_desktop && desktop_takes(desktop, &copy.text).await {
                Some(Copied::Desktop)
            } else if has_tmux && tmux_takes(&copy.text).await {
                Some(Copied::Tmux)
            } else {
                None
            };
            let is_addition = taken.is_some();
            if let Some(taken) = taken {
                let _ = sender.send(Done::Message(Msg::Copied(copy.clone(), taken)));
            }
            if !is_addition || choice == ClipboardChoice::Both {
                let _ = sender.send(Done::CopyThroughTerminal { copy, is_addition });
            }
        });
        None
    }

    /// The bytes that put a text into the terminal's clipboard; `None` if it has none, or the text is too
    /// long for it.
    pub fn for_terminal(&self, copy: &Copy, choice: ClipboardChoice) -> Option<Vec<u8>> {
        let multiplexer: Multiplexer = self.clipboards.chosen(choice).terminal?;
        osc52(&copy.text, multiplexer)
    }

    /// Saves a text that no clipboard takes.
    pub fn save(&self, copy: Copy) {
        self.run(move || {
            let copied = match clipboard::save(&copy.text) {
                Ok(path) => Copied::File(path),
                Err(error) => Copied::Failed(format!(
                    "there is no clipboard, and no file could be written: {error}."
                )),
            };
            Msg::Copied(copy, copied)
        });
    }

    /// Reads the settings again when their files change.
    pub fn watch_settings(&mut self, source: SettingsSource) {
        let sender = self.sender.clone();
        let report = move |settings| {
            let _ = sender.send(Done::Settings(Box::new(settings)));
        };
        match SettingsWatcher::start(source, report) {
            Ok(watcher) => self.settings_watcher = Some(watcher),
            Err(error) => tracing::warn!(%error, "changes of the settings are not noticed"),
        }
    }

    /// A function that passes on what the journal reports, from any thread.
    pub fn journal_reporter(&self) -> impl Fn(Report) + Clone + Send + use<> {
        let sender = self.sender.clone();
        move |report| {
            let _ = sender.send(Done::Message(Msg::Journal(report)));
        }
    }

    /// Reads from the journal what happened to the tasks of a place in earlier runs. The writer says what is
    /// wrong with a journal that cannot be read.
    pub fn read_earlier_runs(&self, journal: PathBuf, place: JournalPlace) {
        self.run(move || {
            let earlier = journal::earlier_runs(&journal, &place);
            Msg::EarlierRuns(place, earlier.unwrap_or_default())
        });
    }

    /// Reads the past tasks of a place from the journal.
    pub fn read_past(&self, journal: PathBuf, place: JournalPlace) {
        self.run(move || {
            let past = journal::past_tasks(&journal, &place);
            Msg::Past(place, past)
        });
    }

    /// Runs the command for a notice. The permit is given back when it has ended.
    pub fn notify(&self, command: Vec<String>, notice: Notice, permit: OwnedSemaphorePermit) {
        let sender = self.sender.clone();
        tokio::spawn(async move {
            let failed = notice::run_command(&command, &notice).await.err();
            drop(permit);
            if let Some(reason) = failed {
                let _ = sender.send(Done::Message(Msg::NoticeFailed(reason)));
            }
        });
    }

    /// Exports tasks to a file.
    pub fn export(&self, export: Export) {
        self.run(move || Msg::Exported(export::export(export)));
    }

    /// Looks for paths that begin as typed.
    pub fn suggest_paths(&self, typed: String) {
        self.run(move || {
            let suggestions = export::suggest_paths(&typed);
            Msg::PathsSuggested { typed, suggestions }
        });
    }

    fn run(&self, work: impl FnOnce() -> Msg + Send + 'static) {
        let sender = self.sender.clone();
        // Not awaited: what hangs, such as a dead network drive, holds nothing up.
        spawn_blocking(move || {
            // Fails only if the program is exiting.
            let _ = sender.send(Done::Message(work()));
        });
    }
}

async fn desktop_takes(desktop: Desktop, text: &str) -> bool {
    let text = text.to_owned();
    let copying = spawn_blocking(move || desktop.copy(&text));
    match timeout(CLIPBOARD_TIMEOUT, copying).await {
        Ok(Ok(Ok(()))) => true,
        Ok(Ok(Err(error))) => {
            tracing::warn!(%error, "the desktop's clipboard");
            false
        }
        Ok(Err(_)) | Err(_) => false,
    }
}

async fn tmux_takes(text: &str) -> bool {
    match timeout(CLIPBOARD_TIMEOUT, clipboard::copy_to_tmux(text)).await {
        Ok(Ok(())) => true,
        Ok(Err(error)) => {
            tracing::warn!(%error, "the clipboard of tmux");
            false
        }
        Err(_) => false,
    }
}
