//! What the app is told, and what it asks for.

use crossterm::event::Event as TerminalEvent;

use super::{ChangedSettings, Copied, Copy};
use crate::journal::{EarlierRuns, Entry, JournalError, JournalPlace, PastTasks, Report};
use crate::monitor;
use crate::record::Record;
use crate::tui::drawn::Drawn;
use crate::tui::export::{Export, ExportOutcome};
use crate::tui::notice::Notice;
use crate::tui::replay::{ReplayCommand, ReplayStatus};
/// What happened.
#[derive(Debug)]
#[expect(clippy::large_enum_variant, reason = "one is handled at a time")]
pub enum Msg {
    /// Everything the terminal sent since it was last read, in order.
    Input(Vec<TerminalEvent>),
    /// A frame is on the screen.
    Drawn(Drawn),
    /// The time given by [`App::next_tick`](super::App::next_tick) has come.
    Tick,
    /// Nothing else is to be done, and [`App::has_work`](super::App::has_work).
    Work,
    /// An event from the monitor's driver.
    Monitor(monitor::Event),
    /// A text was copied, or not.
    Copied(Copy, Copied),
    /// Tasks were exported, or not.
    Exported(ExportOutcome),
    /// What was recorded since the last list of a replay.
    Recorded(Vec<Record>),
    /// A person did something with the replay.
    Replayed {
        /// How it is now.
        status: ReplayStatus,
        /// Whether the time has gone back.
        is_back: bool,
    },
    /// The command for a notice failed, or was not run: why, in a sentence.
    NoticeFailed(String),
    /// What became of entries for the journal.
    Journal(Report),
    /// What the journal has of earlier runs, for the place that was asked for.
    EarlierRuns(JournalPlace, EarlierRuns),
    /// The past tasks of the place that was asked for.
    Past(JournalPlace, Result<PastTasks, JournalError>),
    /// The settings have changed.
    Settings(Box<ChangedSettings>),
    /// Paths that begin as typed.
    PathsSuggested {
        /// What was typed.
        typed: String,
        /// The paths.
        suggestions: Vec<String>,
    },
}

/// What the caller must do.
#[derive(Clone, Debug)]
pub enum Effect {
    /// Have the monitor's driver perform a call.
    Perform(monitor::Effect),
    /// Return to the shell until it resumes the program.
    Suspend,
    /// Put a text into the clipboard.
    Copy(Copy),
    /// Export tasks to a file.
    Export(Export),
    /// Look for paths that begin as typed.
    SuggestPaths(String),
    /// Give a notice outside the screen.
    Notify(Notice),
    /// Do something with the replay.
    Replay(ReplayCommand),
    /// Write entries into the journal.
    WriteJournal(Vec<Entry>),
    /// Read from the journal what happened to the tasks of a place in earlier runs.
    ReadEarlierRuns(JournalPlace),
    /// Read the past tasks of a place from the journal.
    ReadPast(JournalPlace),
    /// Open the file of the settings in the person's editor.
    EditSettings,
    /// Have the terminal report the mouse, or not.
    CaptureMouse(bool),
    /// End the program.
    Quit,
}
