//! What calls attention to a change: an entry in the event log, a mark in the row, a notice outside the screen.

use std::time::Duration;

use super::{App, Effect};
use crate::monitor::{Change, Transition};
use crate::record::Record;
use crate::task::BundleId;
use crate::tui::event_log::Content;
use crate::tui::notice::{self, Notice};

/// How long a row that has changed is marked.
const CHANGED_FOR: Duration = Duration::from_secs(10);

impl App {
    /// Whether a task has just changed.
    pub fn has_just_changed(&self, id: &BundleId) -> bool {
        let until = self.changed.get(id);
        until.is_some_and(|until| *until > self.now.mono)
    }

    /// When the next mark of a changed row disappears, in time since the program started.
    pub(super) fn next_mark_to_end(&self) -> Option<Duration> {
        self.changed.values().min().copied()
    }

    /// Removes the marks of rows that changed some time ago.
    pub(super) fn end_marks_of_changes(&mut self) {
        let before = self.changed.len();
        self.changed.retain(|_, until| *until > self.now.mono);
        self.is_dirty |= self.changed.len() != before;
    }

    /// Notes a transition in the log, and that the row of its task has changed.
    pub(super) fn log_transition(&mut self, transition: &Transition, effects: &mut Vec<Effect>) {
        let record = Record::of(transition, None);
        // What was recorded is in the log as it was recorded, and no news.
        if self.replay.is_none() {
            self.notify(transition, &record, effects);
            let content = Content::Event {
                bundle_id: record.bundle_id,
                event: record.event,
            };
            self.events.push(transition.at, content);
        }
        // Progress changes all the time.
        if !matches!(transition.change, Change::Progress { .. }) {
            let until = self.now.mono + CHANGED_FOR;
            self.changed.insert(transition.bundle_id.clone(), until);
        }
    }

    /// The command for a notice failed, or was not run. It is said once, because the next ones fail likewise.
    pub(super) fn notice_failed(&mut self, reason: String) {
        if self.notice_failure.as_ref() != Some(&reason) {
            self.log_message(reason.clone());
            self.show_note(reason.clone());
            self.notice_failure = Some(reason);
        }
    }

    /// Gives a notice, if one is wanted and nobody looks at the screen as far as the terminal tells.
    fn notify(&self, transition: &Transition, record: &Record, effects: &mut Vec<Effect>) {
        let Some(kind) = notice::kind_of(&record.event) else {
            return;
        };
        if self.has_focus == Some(true) || !self.preferences.notices.kinds.contains(&kind) {
            return;
        }
        let known = self.tasks().by_id(&transition.bundle_id);
        effects.push(Effect::Notify(Notice {
            kind,
            record: Record::of(transition, known.map(|known| &*known.task)),
        }));
    }
}
