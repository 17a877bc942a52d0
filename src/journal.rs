//! The journal: what EC2 said of bundle tasks and what was asked of it, kept after EC2 has forgotten it.
//!
//! An `SQLite` file in the state directory. It has every task that was seen per account, region and endpoint,
//! what happened to it, and every cancel with who asked for it. It has no secrets.
//!
//! | file              | what it is                                                      |
//! |-------------------|-----------------------------------------------------------------|
//! | `feed`    | from the monitor's transitions and lists to entries             |
//! | `schema`  | the tables, and how files of older versions become like those of this one |
//! | `store`   | the file: opened, created, written to and cleared               |
//! | `history` | reading                                                         |
//! | `writer`  | the thread that writes, so that nothing waits for the disk      |
//! | `error`   | why the journal cannot be used                                  |
//! | `request_outcome` | what came of the request to cancel a task                |
//!
//! Several programs can use the file at the same time. What is [reported as saved](writer::Report) is still
//! there after the program was killed.

mod error;
mod feed;
mod history;
mod request_outcome;
mod schema;
mod store;
mod writer;

use std::collections::HashMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::Timestamp;

use crate::environment;
use crate::monitor::{Observation, PastTask, Place, ProgressHistory, Scope};
use crate::record::{Record, RecordedEvent};
use crate::task::{BundleId, BundleTask};

pub use error::JournalError;
use history::Listing;

pub use feed::Feed;
pub use history::{CancelSelection, JournalTask, PastCancel, PastEvent, Rows, TaskSelection};
pub use request_outcome::RequestOutcome;
pub use store::{Store, wait_for_lock};
pub use writer::{Report, Writer};

/// Where tasks are, as the journal tells places apart.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct JournalPlace {
    /// The account; empty if it is not known.
    pub account: String,
    /// The region.
    pub region: String,
    /// The endpoint, if it is not AWS's own; otherwise empty.
    pub endpoint: String,
}

impl JournalPlace {
    /// Where the tasks of a scope are; `None` until its settings are read.
    pub fn of(scope: &Scope) -> Option<Self> {
        scope.place().map(|place| Self::of_place(scope, &place))
    }

    fn of_place(scope: &Scope, place: &Place) -> Self {
        let endpoint = scope
            .session()
            .and_then(|session| session.endpoint_url.clone());
        Self {
            account: place.account.clone().unwrap_or_default(),
            region: place.region.clone(),
            endpoint: endpoint.unwrap_or_default(),
        }
    }
}

/// Something to keep.
#[derive(Clone, Debug)]
pub enum Entry {
    /// EC2 listed these tasks, and no others unless the list is partial. The first list of a run: what
    /// happened since the journal was last written to is found by comparing.
    Listed {
        /// Where.
        place: JournalPlace,
        /// When.
        at: Timestamp,
        /// The tasks.
        tasks: Vec<Arc<BundleTask>>,
        /// Whether filters left out others.
        is_partial: bool,
    },
    /// Something happened to a task.
    Happened {
        /// Where.
        place: JournalPlace,
        /// What, without the task.
        record: Box<Record>,
        /// The task after that, if it is known.
        task: Option<Arc<BundleTask>>,
        /// Which of the run's cancels it is about, if it is about one.
        cancel: Option<u64>,
    },
    /// EC2 listed the same tasks as before.
    Polled {
        /// Where.
        place: JournalPlace,
        /// When.
        at: Timestamp,
    },
}

impl Entry {
    /// Where it happened.
    fn place_mut(&mut self) -> &mut JournalPlace {
        match self {
            Self::Listed { place, .. }
            | Self::Happened { place, .. }
            | Self::Polled { place, .. } => place,
        }
    }
}

/// How many tasks of the past are read at most, those seen last.
const MAX_PAST_TASKS: u32 = 5_000;

/// What happened to the cancels of tasks, and when, the oldest first.
pub type CancelEvents = HashMap<BundleId, Vec<(Timestamp, RecordedEvent)>>;

/// The tasks of a place that EC2 no longer lists.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PastTasks {
    /// The tasks, each with how its progress went.
    pub tasks: Vec<PastTask>,
    /// What happened to their cancels.
    pub cancels: CancelEvents,
}

/// What happened in earlier runs to the tasks of a place that EC2 listed last.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct EarlierRuns {
    /// How their state and their progress changed, the oldest first.
    pub observations: HashMap<BundleId, Vec<Observation>>,
    /// What happened to their cancels.
    pub cancels: CancelEvents,
}

/// The tasks of a place that EC2 no longer lists.
///
/// # Errors
///
/// [`JournalError`], if the journal cannot be read.
pub fn past_tasks(path: &Path, place: &JournalPlace) -> Result<PastTasks, JournalError> {
    let store = Store::open_to_read(path, wait_for_lock)?;
    let tasks = store.tasks(&TaskSelection {
        place: Some(place.clone()),
        only_unlisted: true,
        limit: Some(MAX_PAST_TASKS),
        ..TaskSelection::default()
    })?;
    let mut happened = store.happened(place, Listing::Unlisted)?;
    let tasks = tasks.rows.into_iter().filter_map(|past| {
        let observed = happened.observations.remove(&past.task.bundle_id);
        let history = observed.and_then(ProgressHistory::of_observations);
        let history = history.unwrap_or_else(|| ProgressHistory::new(&past.task, past.last_seen));
        Some(PastTask {
            unlisted_since: past.unlisted_since?,
            last_listed: past.last_seen,
            history,
            task: past.task,
        })
    });
    Ok(PastTasks {
        tasks: tasks.collect(),
        cancels: happened.cancels,
    })
}

/// What happened in earlier runs to the tasks of a place that EC2 listed last.
///
/// # Errors
///
/// [`JournalError`], if the journal cannot be read.
pub fn earlier_runs(path: &Path, place: &JournalPlace) -> Result<EarlierRuns, JournalError> {
    Store::open_to_read(path, wait_for_lock)?.happened(place, Listing::Listed)
}

/// Where the journal is if no other file is given.
///
/// # Errors
///
/// If there is no home directory.
pub fn default_path() -> io::Result<PathBuf> {
    environment::state_file("journal.sqlite3")
}
