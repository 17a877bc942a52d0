//! What the app hands to the journal, and the tasks of the past.

use std::sync::Arc;
use std::time::Duration;

use super::{App, Effect};
use crate::journal::{Entry, JournalError, JournalPlace, Report};
use crate::monitor::{Change, Command, Listed, PastTask, Place, Transition};
use crate::record::Record;

/// How often at most it is noted that EC2 still lists the same tasks.
const POLLED_INTERVAL: Duration = Duration::from_secs(60);
/// How long to wait for STS to say whose account it is.
const MAX_WAIT_FOR_ACCOUNT: Duration = Duration::from_secs(30);

/// The journal, as far as the app knows it.
#[derive(Debug, Default)]
pub(super) struct JournalState {
    is_on: bool,
    /// What waits until the account is known, and since when something does.
    waiting: Vec<Entry>,
    waiting_since: Option<Duration>,
    sent: u64,
    saved: u64,
    error: Option<JournalError>,
    last_polled: Option<Duration>,
    /// Whether past tasks are shown or have been asked for.
    shows_past: bool,
}

/// What is to be said of the journal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum JournalStatus {
    /// There is none.
    Off,
    /// It cannot be used.
    Failed(JournalError),
    /// How many entries are not saved yet.
    NotSaved(u64),
    /// Everything is saved.
    Saved,
}

impl App {
    /// Keeps a journal.
    pub fn use_journal(&mut self) {
        self.journal.is_on = true;
    }

    /// What is to be said of the journal.
    pub fn journal_status(&self) -> JournalStatus {
        let journal = &self.journal;
        match &journal.error {
            Some(error) => JournalStatus::Failed(error.clone()),
            None if !journal.is_on => JournalStatus::Off,
            None => match journal.sent - journal.saved + journal.waiting.len() as u64 {
                0 => JournalStatus::Saved,
                count => JournalStatus::NotSaved(count),
            },
        }
    }

    /// Whether past tasks are shown.
    pub fn shows_past(&self) -> bool {
        self.journal.shows_past
    }

    fn journal_place(&self, place: &Place) -> JournalPlace {
        let session = self.scope().session();
        let endpoint = session.and_then(|session| session.endpoint_url.clone());
        JournalPlace {
            account: place.account.clone().unwrap_or_default(),
            region: place.region.clone(),
            endpoint: endpoint.unwrap_or_default(),
        }
    }

    /// Something has happened to a task.
    pub(super) fn keep_transition(&mut self, transition: &Transition) {
        if !self.journal.is_on {
            return;
        }
        let is_here = self
            .scope()
            .place()
            .is_some_and(|it| it.is(&transition.place));
        let known = self
            .tasks()
            .by_id(&transition.bundle_id)
            .filter(|_| is_here);
        let record = Record::of(transition, known.map(|known| &*known.task));
        let cancel = match &transition.change {
            Change::Cancel(cancel, _) => Some(cancel.number()),
            _ => None,
        };
        self.journal.waiting.push(Entry::Happened {
            place: self.journal_place(&transition.place),
            record: Box::new(record),
            cancel,
        });
    }

    /// EC2 has sent a list.
    pub(super) fn keep_list(&mut self, listed: Listed) {
        let Some(place) = self.scope().place().filter(|_| self.journal.is_on) else {
            return;
        };
        let place = self.journal_place(&place);
        if listed.has_unreported {
            let tasks = self.tasks().iter();
            let listed_now = tasks.filter(|(_, task)| task.unlisted_since.is_none());
            self.journal.waiting.push(Entry::Listed {
                place,
                at: listed.at,
                tasks: listed_now.map(|(_, task)| Arc::clone(&task.task)).collect(),
                is_partial: listed.is_partial,
            });
            self.journal.last_polled = Some(self.now.mono);
            return;
        }
        let last = self.journal.last_polled;
        let is_due = last.is_none_or(|last| self.now.mono >= last + POLLED_INTERVAL);
        if is_due && !listed.is_partial {
            self.journal.last_polled = Some(self.now.mono);
            self.journal.waiting.push(Entry::Polled {
                place,
                at: listed.at,
            });
        }
    }

    /// Sends what is to be kept, once it is known whose tasks these are.
    pub(super) fn send_to_journal(&mut self, effects: &mut Vec<Effect>) {
        if self.journal.waiting.is_empty() || self.journal.error.is_some() {
            self.journal.waiting.clear();
            return;
        }
        let account = self.scope().place().and_then(|place| place.account);
        let since = *self.journal.waiting_since.get_or_insert(self.now.mono);
        if account.is_none() && self.now.mono < since + MAX_WAIT_FOR_ACCOUNT {
            return;
        }
        self.journal.waiting_since = None;
        let mut entries = std::mem::take(&mut self.journal.waiting);
        for entry in &mut entries {
            let (Entry::Listed { place, .. }
            | Entry::Happened { place, .. }
            | Entry::Polled { place, .. }) = entry;
            if place.account.is_empty() {
                place.account = account.clone().unwrap_or_default();
            }
        }
        self.journal.sent += entries.len() as u64;
        effects.push(Effect::Keep(entries));
    }

    /// The journal says what became of entries.
    pub(super) fn journal_reports(&mut self, report: &Report) {
        match report {
            Report::Saved(saved) => self.journal.saved = *saved,
            Report::Failed(error) => {
                self.show_note(format!("No journal is kept: {error}"));
                self.journal.error = Some(error.clone());
            }
        }
        self.is_dirty |= self.event_page.is_some();
    }

    /// Why past tasks cannot be shown.
    pub(super) fn why_no_past(&self) -> Option<String> {
        match self.journal_status() {
            JournalStatus::Off => Some("No journal is kept, so there is no past.".to_owned()),
            JournalStatus::Failed(error) => Some(format!("No journal is kept: {error}")),
            JournalStatus::NotSaved(_) | JournalStatus::Saved => None,
        }
    }

    /// Shows the tasks of the past, or hides them.
    pub(super) fn toggle_past(&mut self, effects: &mut Vec<Effect>) {
        if self.journal.shows_past {
            self.journal.shows_past = false;
            return self.command(Command::HidePast, effects);
        }
        if let Some(reason) = self.why_no_past() {
            return self.show_note(reason);
        }
        match self.scope().place() {
            Some(place) => {
                self.journal.shows_past = true;
                effects.push(Effect::ReadPast(self.journal_place(&place)));
            }
            None => self.show_note("It is not known yet whose tasks to show."),
        }
    }

    /// The journal has been read.
    pub(super) fn past_read(
        &mut self,
        place: &JournalPlace,
        tasks: Result<Vec<PastTask>, JournalError>,
        effects: &mut Vec<Effect>,
    ) {
        let is_here = self.scope().place().map(|here| self.journal_place(&here));
        if !self.journal.shows_past || is_here.as_ref() != Some(place) {
            return;
        }
        match tasks {
            Ok(tasks) => {
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
