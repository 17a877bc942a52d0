//! What is handed to the journal: from the monitor's transitions and lists to entries.

use std::sync::Arc;
use std::time::Duration;

use super::{Entry, JournalPlace};
use crate::monitor::{Change, Listed, Place, Scope, Transition};
use crate::record::Record;

/// How often at most it is noted that EC2 still lists the same tasks.
const POLLED_INTERVAL: Duration = Duration::from_secs(60);
/// How long to wait for STS to say whose account it is.
const MAX_WAIT_FOR_ACCOUNT: Duration = Duration::from_secs(30);

/// Collects entries until they can be written: it must be known whose tasks these are.
///
/// Every time is monotonic: time since the program started.
#[derive(Debug, Default)]
pub struct Feed {
    waiting: Vec<Entry>,
    /// Since when something waits.
    waiting_since: Option<Duration>,
    last_polled: Option<Duration>,
}

/// Where the tasks of a scope are, as the journal tells places apart.
pub fn journal_place(scope: &Scope, place: &Place) -> JournalPlace {
    let endpoint = scope
        .session()
        .and_then(|session| session.endpoint_url.clone());
    JournalPlace {
        account: place.account.clone().unwrap_or_default(),
        region: place.region.clone(),
        endpoint: endpoint.unwrap_or_default(),
    }
}

impl Feed {
    /// Something has happened to a task.
    pub fn take_transition(&mut self, transition: &Transition, scope: &Scope) {
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
            place: journal_place(scope, &transition.place),
            record: Box::new(record),
            task: known.map(|known| Arc::clone(&known.task)),
            cancel,
        });
    }

    /// EC2 has sent a list.
    pub fn take_list(&mut self, listed: Listed, scope: &Scope, now: Duration) {
        let Some(place) = scope.place() else {
            return;
        };
        let place = journal_place(scope, &place);
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

    /// How many entries wait.
    pub fn waiting(&self) -> usize {
        self.waiting.len()
    }

    /// Forgets what waits.
    pub fn clear(&mut self) {
        self.waiting.clear();
    }

    /// What can be written, because it is known whose tasks these are, or it was waited for long enough.
    pub fn ready(&mut self, scope: &Scope, now: Duration) -> Vec<Entry> {
        if self.waiting.is_empty() {
            return Vec::new();
        }
        let account = scope.place().and_then(|place| place.account);
        let since = *self.waiting_since.get_or_insert(now);
        if account.is_none() && now < since + MAX_WAIT_FOR_ACCOUNT {
            return Vec::new();
        }
        self.waiting_since = None;
        let mut entries = std::mem::take(&mut self.waiting);
        for entry in &mut entries {
            let (Entry::Listed { place, .. }
            | Entry::Happened { place, .. }
            | Entry::Polled { place, .. }) = entry;
            if place.account.is_empty() {
                place.account = account.clone().unwrap_or_default();
            }
        }
        entries
    }
}
