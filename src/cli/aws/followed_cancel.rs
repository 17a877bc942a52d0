//! A cancel with `--follow`: what the journal has of it before it is sent, and after.

use std::path::Path;
use std::time::Instant;

use jiff::Timestamp;

use crate::cli::error::print_error;
use crate::ec2::{JsonAnswer, RequestError, Session};
use crate::journal::{Entry, JournalError, JournalPlace, Store, wait_for_lock};
use crate::monitor::{CancelChange, CancelId, Change};
use crate::record::{Record, RecordedEvent};
use crate::task::BundleId;

/// A cancel that is being sent.
pub(in crate::cli) struct FollowedCancel {
    /// The task.
    pub bundle_id: BundleId,
    /// When it was sent, on either clock.
    pub sent: (Instant, Timestamp),
    /// When EC2 answered.
    pub answered_at: Timestamp,
    /// The journal; `None` if none is kept.
    pub journal: Option<Store>,
    place: JournalPlace,
}

impl FollowedCancel {
    /// Notes in the journal that a cancel is sent now, so that it is known whatever happens to this program.
    pub fn begin(bundle_id: BundleId, session: &Session, journal: Option<&Path>) -> Self {
        let journal = journal.and_then(|path| {
            let opened = Store::open(path, wait_for_lock);
            opened.inspect_err(say).ok()
        });
        let now = Timestamp::now();
        let mut cancel = Self {
            bundle_id,
            sent: (Instant::now(), now),
            answered_at: now,
            journal,
            // Whose the task is will be known when the cancel is followed.
            place: JournalPlace {
                account: String::new(),
                region: session.region.clone(),
                endpoint: session.endpoint_url.clone().unwrap_or_default(),
            },
        };
        cancel.note(now, RecordedEvent::CancelRequested { arn: None });
        cancel.note(now, RecordedEvent::CancelSent {});
        cancel
    }

    /// Notes what came of the request.
    pub fn answered(&mut self, answer: &Result<JsonAnswer, RequestError>) {
        let event = match answer {
            Ok(answer) => RecordedEvent::CancelAccepted {
                request_id: answer.request_id.clone(),
            },
            Err(RequestError::Refused { code, message, .. }) => RecordedEvent::CancelRefused {
                reason: format!("{code}: {message}"),
                request_id: None,
            },
            Err(RequestError::Other(error)) => {
                let change = CancelChange::of_failure(error.clone());
                RecordedEvent::of(&Change::Cancel(CancelId::FIRST, change))
            }
        };
        self.answered_at = Timestamp::now();
        self.note(self.answered_at, event);
    }

    fn note(&mut self, at: Timestamp, event: RecordedEvent) {
        let Some(journal) = &mut self.journal else {
            return;
        };
        let record = Record {
            at,
            account: None,
            region: self.place.region.clone(),
            bundle_id: self.bundle_id.clone(),
            event,
            task: None,
        };
        let entry = Entry::Happened {
            place: self.place.clone(),
            record: Box::new(record),
            task: None,
            // The monitor that follows it begins to count with that, too.
            cancel: Some(CancelId::FIRST.number()),
        };
        if let Err(error) = journal.write(&[entry]) {
            self.journal = None;
            say(&error);
        }
    }
}

fn say(error: &JournalError) {
    print_error(&format!("bundletop: No journal is kept: {error}"));
}
