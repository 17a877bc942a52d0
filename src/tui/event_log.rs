//! The event log of this run: what happened to the tasks, the AWS commands of what was done here, and what there is
//! to say of the settings, the journal and notices.

use std::collections::VecDeque;

use jiff::Timestamp;

use super::list::filter::{Filter, Matcher};
use crate::record::RecordedEvent;
use crate::task::BundleId;

/// How many entries are kept that say more than a progress. What happened to tasks is in the journal for longer.
const MAX_ENTRIES: usize = 2_000;

/// How many entries of progress are kept at least: every poll gives one of each task that moves, and the others must
/// not be forgotten for them.
const MIN_PROGRESS_ENTRIES: usize = 1_000;

/// How many of them are dropped at once, because the other entries have to move up.
const DROPPED_AT_ONCE: usize = 500;

/// An entry.
#[derive(Clone, Debug)]
pub struct LogEntry {
    /// Counts the entries of the run.
    pub number: u64,
    /// When it happened.
    pub at: Timestamp,
    /// What.
    pub content: Content,
}

/// What an entry is about.
#[derive(Clone, Debug)]
pub enum Content {
    /// Something that happened to a task.
    Event {
        /// The task.
        bundle_id: BundleId,
        /// What happened.
        event: RecordedEvent,
    },
    /// What was done here, as the command of the AWS CLI that does the same.
    Command(String),
    /// What there is to say of something else, such as the settings or the journal.
    Message(String),
}

impl LogEntry {
    /// The task, if it is about one.
    pub fn bundle_id(&self) -> Option<&BundleId> {
        match &self.content {
            Content::Event { bundle_id, .. } => Some(bundle_id),
            Content::Command(_) | Content::Message(_) => None,
        }
    }

    /// What it says. The texts of EC2 are in it as they came.
    pub fn text(&self, arrow: &str) -> String {
        match &self.content {
            Content::Event { event, .. } => event.phrase(arrow),
            Content::Command(command) => format!("$ {command}"),
            Content::Message(text) => text.clone(),
        }
    }

    /// Whether it only says that a task has moved on, as most entries do.
    pub fn is_progress(&self) -> bool {
        match &self.content {
            Content::Event { event, .. } => matches!(event, RecordedEvent::Progress { .. }),
            Content::Command(_) | Content::Message(_) => false,
        }
    }
}

/// The entries of this run, the newest last.
#[derive(Debug, Default)]
pub struct EventLog {
    /// By their numbers, of which some are missing.
    entries: VecDeque<LogEntry>,
    count: u64,
    /// How many of the entries are of progress.
    progress: usize,
    /// How many have been dropped.
    dropped: u64,
}

impl EventLog {
    /// Adds an entry. The oldest are dropped if there are too many.
    pub fn push(&mut self, at: Timestamp, content: Content) {
        let entry = LogEntry {
            number: self.count,
            at,
            content,
        };
        self.count += 1;
        self.progress += usize::from(entry.is_progress());
        self.entries.push_back(entry);
        if self.progress >= MIN_PROGRESS_ENTRIES + DROPPED_AT_ONCE {
            self.drop_progress();
        }
        while self.entries.len() - self.progress > MAX_ENTRIES
            && let Some(oldest) = self.entries.pop_front()
        {
            self.progress -= usize::from(oldest.is_progress());
            self.dropped += 1;
        }
    }

    /// Drops the oldest entries of progress.
    fn drop_progress(&mut self) {
        let mut surplus = DROPPED_AT_ONCE;
        self.progress -= surplus;
        self.dropped += surplus as u64;
        self.entries.retain(|entry| {
            let is_surplus = surplus > 0 && entry.is_progress();
            surplus -= usize::from(is_surplus);
            !is_surplus
        });
    }

    /// What happened to a task, the oldest first.
    pub fn about(&self, id: &BundleId) -> impl Iterator<Item = (Timestamp, &RecordedEvent)> {
        let entries = self.entries.iter();
        entries.filter_map(move |entry| match &entry.content {
            Content::Event { bundle_id, event } if bundle_id == id => Some((entry.at, event)),
            Content::Event { .. } | Content::Command(_) | Content::Message(_) => None,
        })
    }

    /// The entry with that number, if it is still there.
    pub fn get(&self, number: u64) -> Option<&LogEntry> {
        let place = self.place(number);
        self.entries.get(place).filter(|it| it.number == number)
    }

    /// The entries from that number on.
    fn since(&self, number: u64) -> impl Iterator<Item = &LogEntry> {
        self.entries.range(self.place(number)..)
    }

    /// Where the entry with that number is, or would be.
    fn place(&self, number: u64) -> usize {
        self.entries.partition_point(|entry| entry.number < number)
    }

    /// How many entries there are of progress.
    pub fn progress_count(&self) -> usize {
        self.progress
    }

    /// The newest entry about a task that says more than its progress.
    pub fn newest(&self) -> Option<&LogEntry> {
        let mut newest_first = self.entries.iter().rev();
        newest_first.find(|entry| entry.bundle_id().is_some() && !entry.is_progress())
    }

    /// How many entries there have been.
    pub fn count(&self) -> u64 {
        self.count
    }
}

/// The event log on the screen.
#[derive(Debug, Default)]
pub struct EventPage {
    filter: Filter,
    shows_progress: bool,
    /// The numbers of the entries that are shown.
    shown: VecDeque<u64>,
    /// How many entries of the log have been looked at.
    seen: u64,
    /// The selected entry; `None` for the newest.
    selected: Option<u64>,
    /// How many entries the log had dropped when it was looked at.
    dropped: u64,
    matcher: Matcher,
}

impl EventPage {
    /// Takes the entries that are new, and forgets those that are gone.
    pub fn update(&mut self, log: &EventLog) {
        if self.dropped != log.dropped {
            self.dropped = log.dropped;
            self.shown.retain(|number| log.get(*number).is_some());
        }
        for entry in log.since(self.seen) {
            if self.shows(entry) {
                self.shown.push_back(entry.number);
            }
        }
        self.seen = log.count;
    }

    fn shows(&mut self, entry: &LogEntry) -> bool {
        if entry.is_progress() && !self.shows_progress {
            return false;
        }
        let id = entry.bundle_id().map_or("", BundleId::as_str);
        let text = entry.text("→");
        self.filter.fits_line(id, &text, &mut self.matcher)
    }

    /// Looks at all entries again.
    fn restart(&mut self, log: &EventLog) {
        self.shown.clear();
        self.seen = 0;
        self.update(log);
        if self
            .selected
            .is_some_and(|selected| !self.shown.contains(&selected))
        {
            self.selected = None;
        }
    }

    /// Shows only what a filter finds.
    pub fn set_filter(&mut self, text: &str, log: &EventLog) {
        if text != self.filter.text() {
            self.filter = Filter::parse(text);
            self.restart(log);
        }
    }

    /// The filter.
    pub fn filter(&self) -> &Filter {
        &self.filter
    }

    /// Shows changes of progress, or leaves them out.
    pub fn toggle_progress(&mut self, log: &EventLog) {
        self.shows_progress = !self.shows_progress;
        self.restart(log);
    }

    /// Whether entries of progress are shown.
    pub fn shows_progress(&self) -> bool {
        self.shows_progress
    }

    /// How many entries are shown.
    pub fn len(&self) -> usize {
        self.shown.len()
    }

    /// Whether none is.
    pub fn is_empty(&self) -> bool {
        self.shown.is_empty()
    }

    /// The place of the selected entry among those shown.
    pub fn cursor(&self) -> usize {
        let last = self.shown.len().saturating_sub(1);
        let selected = self.selected;
        selected.map_or(last, |number| {
            self.shown
                .partition_point(|shown| *shown < number)
                .min(last)
        })
    }

    /// Selects the entry in that place. The last one is followed when more come.
    pub fn select(&mut self, place: usize) {
        let last = self.shown.len().saturating_sub(1);
        self.selected = if place >= last {
            None
        } else {
            self.shown.get(place).copied()
        };
    }

    /// The selected entry.
    pub fn selected<'l>(&self, log: &'l EventLog) -> Option<&'l LogEntry> {
        log.get(*self.shown.get(self.cursor())?)
    }

    /// The entries that `height` lines show, each with its place.
    pub fn visible<'l>(
        &self,
        height: usize,
        log: &'l EventLog,
    ) -> impl Iterator<Item = (usize, &'l LogEntry)> {
        // The selected entry is in the middle, but for the ends.
        let last_first = self.shown.len().saturating_sub(height);
        let first = self.cursor().saturating_sub(height / 2).min(last_first);
        let shown = self.shown.iter().enumerate().skip(first).take(height);
        let entries = shown.filter_map(|(place, number)| Some((place, log.get(*number)?)));
        entries.collect::<Vec<_>>().into_iter()
    }
}
