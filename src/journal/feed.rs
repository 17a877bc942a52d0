//! What is handed to the journal: from the monitor's transitions and lists to entries.

use std::sync::Arc;
use std::time::Duration;

use super::{Entry, JournalPlace};
use crate::monitor::{Change, Listed, Now, Scope, Transition, Update};
use crate::record::Record;

/// How often at most it is noted that EC2 still lists the same tasks.
const POLLED_INTERVAL: Duration = Duration::from_secs(60);

/// Makes entries of what the monitor returns, and keeps them until it is known whose tasks these are, or
/// that is [not worth waiting for](Scope::is_account_settled).
#[derive(Debug, Default)]
pub struct Feed {
    waiting: Vec<Entry>,
    /// When it was last noted what EC2 lists, in time since the program started.
    last_polled: Option<Duration>,
}

impl Feed {
    /// Takes what is new. Returns what is to be written now.
    pub fn take(&mut self, update: &Update, scope: &Scope, now: Now) -> Vec<Entry> {
        for transition in &update.transitions {
            self.take_transition(transition, scope);
        }
        if let Some(listed) = update.listed {
            self.take_list(listed, scope, now.mono);
        }
        if self.waiting.is_empty() || !scope.is_account_settled(now) {
            return Vec::new();
        }
        self.rest(scope)
    }

    /// What waits, because the program ends.
    pub fn rest(&mut self, scope: &Scope) -> Vec<Entry> {
        let account = scope.place().and_then(|place| place.account);
        let mut entries = std::mem::take(&mut self.waiting);
        for entry in &mut entries {
            let place = entry.place_mut();
            if place.account.is_empty() {
                place.account = account.clone().unwrap_or_default();
            }
        }
        entries
    }

    /// How many entries wait.
    pub fn waiting(&self) -> usize {
        self.waiting.len()
    }

    /// Something has happened to a task.
    fn take_transition(&mut self, transition: &Transition, scope: &Scope) {
        let is_here = scope.place().is_some_and(|it| it.is(&transition.place));
        let known = scope
            .tasks()
            .by_id(&transition.bundle_id)
            .filter(|_| is_here);
        // Its JSON is made on the journal's thread.
        let record = Record::of(transition, None);
        let cancel = match &transition.change {
            Change::Cancel(cancel, _) => Some(cancel.number()),
            _ => None,
        };
        self.waiting.push(Entry::Happened {
            place: JournalPlace::of_place(scope, &transition.place),
            record: Box::new(record),
            task: known.map(|known| Arc::clone(&known.task)),
            cancel,
        });
    }

    /// EC2 has sent a list.
    fn take_list(&mut self, listed: Listed, scope: &Scope, now: Duration) {
        let Some(place) = JournalPlace::of(scope) else {
            return;
        };
        let at = listed.at;
        if listed.has_unreported {
            let tasks = scope.tasks().iter();
            let listed_now = tasks.filter(|(_, task)| task.unlisted_since.is_none());
            self.waiting.push(Entry::Listed {
                place,
                at,
                tasks: listed_now.map(|(_, task)| Arc::clone(&task.task)).collect(),
                is_partial: listed.is_partial,
            });
            self.last_polled = Some(now);
            return;
        }
        let is_due = self
            .last_polled
            .is_none_or(|last| now >= last + POLLED_INTERVAL);
        if is_due && !listed.is_partial {
            self.last_polled = Some(now);
            self.waiting.push(Entry::Polled { place, at });
        }
    }
}
