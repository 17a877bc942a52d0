//! What the app hands to the journal, and the tasks of the past.

use jiff::Timestamp;

use super::{App, Effect};
use crate::journal::{
    CancelEvents, EarlierRuns, Entry, Feed, JournalError, JournalPlace, PastTasks, Report,
};
use crate::monitor::{Command, Update};
use crate::record::RecordedEvent;
use crate::task::BundleId;

/// The journal, as far as the app knows it.
#[derive(Debug, Default)]
pub(super) struct JournalState {
    /// `None` if no journal is kept.
    feed: Option<Feed>,
    /// Whether the journal is removed at the end.
    is_temporary: bool,
    sent: u64,
    saved: u64,
    error: Option<JournalError>,
    /// Whether past tasks are shown or have been asked for.
    shows_past: bool,
    /// Whose past tasks are to be read when so many entries are saved.
    past_to_read: Option<(JournalPlace, u64)>,
    /// What happened to cancels, as far as it was read.
    cancels: CancelEvents,
}

/// What is to be said of the journal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum JournalStatus {
    /// There is none.
    Off,
    /// It cannot be used.
    Failed(JournalError),
    /// It is removed at the end, so that nothing is saved.
    Temporary,
    /// How many entries are not saved yet.
    NotSaved(u64),
    /// Everything is saved.
    Saved,
}

impl App {
    /// Keeps a journal, which is removed at the end if it is temporary.
    pub fn use_journal(&mut self, is_temporary: bool) {
        self.journal.feed = Some(Feed::default());
        self.journal.is_temporary = is_temporary;
    }

    /// What is to be said of the journal.
    pub fn journal_status(&self) -> JournalStatus {
        let journal = &self.journal;
        match (&journal.error, &journal.feed) {
            (Some(error), _) => JournalStatus::Failed(error.clone()),
            (None, None) => JournalStatus::Off,
            (None, Some(_)) if journal.is_temporary => JournalStatus::Temporary,
            (None, Some(feed)) => match journal.sent - journal.saved + feed.waiting() as u64 {
                0 => JournalStatus::Saved,
                count => JournalStatus::NotSaved(count),
            },
        }
    }

    /// Whether past tasks are shown.
    pub fn shows_past(&self) -> bool {
        self.journal.shows_past
    }

    /// Sends what is new to the journal, once it is known whose tasks these are.
    pub(super) fn write_journal(&mut self, update: &Update, effects: &mut Vec<Effect>) {
        let scope = self.monitor.scope(self.scope);
        let Some(feed) = &mut self.journal.feed else {
            return;
        };
        let entries = feed.take(update, scope, self.now);
        if !entries.is_empty() {
            self.journal.sent += entries.len() as u64;
            let listed = entries.iter().find_map(|entry| match entry {
                Entry::Listed { place, .. } => Some(place.clone()),
                Entry::Happened { .. } | Entry::Polled { .. } => None,
            });
            effects.extend(listed.map(Effect::ReadEarlierRuns));
            effects.push(Effect::WriteJournal(entries));
        }
    }

    /// What the journal does not have yet, because the program ends.
    pub fn rest_for_journal(&mut self) -> Vec<Entry> {
        let scope = self.monitor.scope(self.scope);
        let feed = self.journal.feed.as_mut();
        feed.map_or_else(Vec::new, |feed| feed.rest(scope))
    }

    /// The journal says what became of entries.
    pub(super) fn journal_reports(&mut self, report: &Report, effects: &mut Vec<Effect>) {
        match report {
            Report::Saved(saved) => {
                self.journal.saved = *saved;
                self.read_past_once_saved(effects);
            }
            Report::Failed(error) => {
                let message = format!("No journal is kept: {error}");
                self.log_message(message.clone());
                self.show_note(message);
                self.journal.error = Some(error.clone());
                self.journal.feed = None;
                if self.journal.past_to_read.take().is_some() {
                    self.journal.shows_past = false;
                }
            }
        }
        self.is_dirty |= self.event_page.is_some();
    }

    /// Why past tasks cannot be shown.
    pub(super) fn why_no_past(&self) -> Option<String> {
        match self.journal_status() {
            JournalStatus::Off => {
                Some("No journal is kept, so there are no past tasks to show.".to_owned())
            }
            JournalStatus::Failed(error) => Some(format!("No journal is kept: {error}")),
            JournalStatus::Temporary | JournalStatus::NotSaved(_) | JournalStatus::Saved => None,
        }
    }

    /// Shows the tasks of the past, or hides them.
    pub(super) fn toggle_past(&mut self, effects: &mut Vec<Effect>) {
        if self.journal.shows_past {
            self.journal.shows_past = false;
            self.journal.past_to_read = None;
            return self.command(Command::HidePast, effects);
        }
        if let Some(reason) = self.why_no_past() {
            return self.show_note(reason);
        }
        match JournalPlace::of(self.scope()) {
            Some(place) => {
                self.journal.shows_past = true;
                self.journal.past_to_read = Some((place, self.journal.sent));
                self.read_past_once_saved(effects);
            }
            None => self.show_note("It is not known yet whose tasks to show."),
        }
    }

    /// Has the past be read, once the journal has what was sent when a person asked for it: only then does it know
    /// which tasks are not listed any more.
    fn read_past_once_saved(&mut self, effects: &mut Vec<Effect>) {
        let saved = self.journal.saved;
        let is_saved = |(_, sent): &mut (JournalPlace, u64)| saved >= *sent;
        if let Some((place, _)) = self.journal.past_to_read.take_if(is_saved) {
            effects.push(Effect::ReadPast(place));
        }
    }

    /// What happened in earlier runs has been read.
    pub(super) fn earlier_runs_read(
        &mut self,
        place: &JournalPlace,
        earlier: EarlierRuns,
        effects: &mut Vec<Effect>,
    ) {
        if JournalPlace::of(self.scope()).as_ref() == Some(place) {
            self.journal.cancels = earlier.cancels;
            self.command(Command::Recall(earlier.observations), effects);
        }
    }

    /// What the journal has of the cancels of a task.
    pub(super) fn cancels_in_journal(&self, id: &BundleId) -> &[(Timestamp, RecordedEvent)] {
        self.journal.cancels.get(id).map_or(&[], Vec::as_slice)
    }

    /// The journal has been read.
    pub(super) fn past_read(
        &mut self,
        place: &JournalPlace,
        past: Result<PastTasks, JournalError>,
        effects: &mut Vec<Effect>,
    ) {
        let here = JournalPlace::of(self.scope());
        if !self.journal.shows_past || here.as_ref() != Some(place) {
            return;
        }
        match past {
            Ok(PastTasks { tasks, cancels }) => {
                self.journal.cancels.extend(cancels);
                let before = self.tasks().len();
                self.command(Command::ShowPast(tasks), effects);
                let count = self.tasks().len() - before;
                let tasks = if count == 1 { "task" } else { "tasks" };
                self.show_note(match count {
                    0 => "The journal has no other tasks of this account and region.".to_owned(),
                    _ => format!("{count} past {tasks} from the journal."),
                });
            }
            Err(error) => {
                self.journal.shows_past = false;
                self.show_note(format!("The past cannot be read: {error}"));
            }
        }
    }
}
