//! Reading the journal.

use std::collections::HashMap;

use jiff::Timestamp;
use rusqlite::{Row, params};
use serde_json::Value;

use super::JournalPlace;
use super::error::JournalError;
use super::store::{Store, parse_json};
use crate::monitor::Observation;
use crate::record::RecordedEvent;
use crate::task::{BundleId, BundleTask, Phase, Progress, State};

/// Which tasks to read.
#[derive(Clone, Debug, Default)]
pub struct TaskSelection {
    /// Only those of a place.
    pub place: Option<JournalPlace>,
    /// Only those that were seen at this time or later.
    pub since: Option<Timestamp>,
    /// Only those in these states; all if there are none.
    pub states: Vec<String>,
    /// Only these; all if there are none.
    pub bundle_ids: Vec<String>,
    /// Only those that EC2 no longer lists.
    pub only_unlisted: bool,
}

/// Which cancels to read.
#[derive(Clone, Debug, Default)]
pub struct CancelSelection {
    /// Only those requested at this time or later.
    pub since: Option<Timestamp>,
    /// Only those of these tasks; all if there are none.
    pub bundle_ids: Vec<String>,
}

/// A task that was seen.
#[derive(Clone, Debug, PartialEq)]
pub struct PastTask {
    /// Where it was.
    pub place: JournalPlace,
    /// The task, as EC2 last described it, without secrets.
    pub task: BundleTask,
    /// The same as JSON.
    pub json: Value,
    /// When it was first seen.
    pub first_seen: Timestamp,
    /// When EC2 last listed it.
    pub last_seen: Timestamp,
    /// Since when EC2 no longer lists it.
    pub unlisted_since: Option<Timestamp>,
}

/// Something that happened to a task.
#[derive(Clone, Debug, PartialEq)]
pub struct PastEvent {
    /// Where the task was.
    pub place: JournalPlace,
    /// The task.
    pub bundle_id: BundleId,
    /// When it was detected.
    pub at: Timestamp,
    /// What.
    pub event: RecordedEvent,
}

/// A cancel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PastCancel {
    /// Where the task was.
    pub place: JournalPlace,
    /// The task.
    pub bundle_id: BundleId,
    /// When a person confirmed it.
    pub requested_at: Timestamp,
    /// The ARN of the identity that asked for it, if it was known.
    pub arn: Option<String>,
    /// EC2's ID of the request.
    pub request_id: Option<String>,
    /// What came of the request: `requested`, `sent`, `accepted`, `refused`, `not sent`, `answer lost`,
    /// `found again`.
    pub outcome: String,
    /// When that was.
    pub outcome_at: Timestamp,
    /// What became of the task, once that is known, and when.
    pub verdict: Option<(String, Timestamp)>,
}

/// The beginning of a query about tasks, with the place.
const PLACE: &str = "task.account, task.region, task.endpoint";

impl Store {
    /// The tasks, the one seen last first.
    ///
    /// # Errors
    ///
    /// [`JournalError`], if the journal cannot be read.
    pub fn tasks(&self, wanted: &TaskSelection) -> Result<Vec<PastTask>, JournalError> {
        let sql = format!(
            "SELECT {PLACE}, json, first_seen, last_seen, unlisted_at FROM task
             WHERE last_seen >= ?1 AND (?2 = 0 OR unlisted_at IS NOT NULL)
             ORDER BY last_seen DESC, bundle_id"
        );
        let since = wanted.since.map_or(i64::MIN, Timestamp::as_millisecond);
        self.read(&sql, params![since, wanted.only_unlisted], |row| {
            let json = parse_json(&row.get::<_, String>(3)?);
            Ok(PastTask {
                place: place(row)?,
                task: BundleTask::from_json(&json),
                json,
                first_seen: time(row, 4)?,
                last_seen: time(row, 5)?,
                unlisted_since: row.get::<_, Option<i64>>(6)?.map(from_millisecond),
            })
        })
        .map(|tasks| {
            let is_wanted = |it: &PastTask| {
                let state = it.task.state.as_str();
                let id = it.task.bundle_id.as_str();
                let is_in =
                    |all: &[String], one: &str| all.is_empty() || all.iter().any(|it| it == one);
                is_in(&wanted.states, state)
                    && is_in(&wanted.bundle_ids, id)
                    && wanted.place.as_ref().is_none_or(|place| *place == it.place)
            };
            tasks.into_iter().filter(is_wanted).collect()
        })
    }

    /// What happened to the task with that ID, the oldest first.
    ///
    /// # Errors
    ///
    /// [`JournalError`], if the journal cannot be read.
    pub fn events(&self, bundle_id: &str) -> Result<Vec<PastEvent>, JournalError> {
        let sql = format!(
            "SELECT {PLACE}, task.bundle_id, event.at, event.json FROM event JOIN task ON task.id = event.task
             WHERE task.bundle_id = ?1 ORDER BY event.at, event.id"
        );
        let events = self.read(&sql, params![bundle_id], |row| {
            // An event of a later version is skipped.
            let Ok(event) = serde_json::from_str(&row.get::<_, String>(5)?) else {
                return Ok(None);
            };
            Ok(Some(PastEvent {
                place: place(row)?,
                bundle_id: BundleId::new(row.get::<_, String>(3)?),
                at: time(row, 4)?,
                event,
            }))
        })?;
        Ok(events.into_iter().flatten().collect())
    }

    /// How the state and the progress of each task of a place changed, by the tasks' IDs.
    pub(super) fn observations(
        &self,
        place: &JournalPlace,
    ) -> Result<HashMap<String, Vec<Observation>>, JournalError> {
        let sql = "SELECT task.bundle_id, event.at, event.json FROM event JOIN task ON task.id = event.task
             WHERE unlisted_at IS NOT NULL AND account = ?1 AND region = ?2 AND endpoint = ?3
             ORDER BY event.at, event.id";
        let values = params![place.account, place.region, place.endpoint];
        let events = self.read(sql, values, |row| {
            let event: Option<RecordedEvent> = serde_json::from_str(&row.get::<_, String>(2)?).ok();
            Ok((row.get::<_, String>(0)?, time(row, 1)?, event))
        })?;
        let mut all: HashMap<String, Vec<Observation>> = HashMap::new();
        for (id, at, event) in events {
            let observed = all.entry(id).or_default();
            let last = observed.last().copied();
            let observation = match event {
                Some(
                    RecordedEvent::Listed { state }
                    | RecordedEvent::Appeared { state }
                    | RecordedEvent::State { to: state, .. },
                ) => Observation {
                    at,
                    phase: State::new(&state).phase(),
                    percent: None,
                },
                Some(RecordedEvent::Progress { to, .. }) => Observation {
                    at,
                    phase: last.map_or(Phase::Unknown, |last| last.phase),
                    percent: to.and_then(|to| Progress::new(to).percent()),
                },
                Some(_) | None => continue,
            };
            observed.push(observation);
        }
        Ok(all)
    }

    /// The cancels, the newest first.
    ///
    /// # Errors
    ///
    /// [`JournalError`], if the journal cannot be read.
    pub fn cancels(&self, wanted: &CancelSelection) -> Result<Vec<PastCancel>, JournalError> {
        let sql = format!(
            "SELECT {PLACE}, bundle_id, requested_at, arn, request_id, outcome, outcome_at, verdict, verdict_at
             FROM cancel JOIN task ON task.id = cancel.task
             WHERE requested_at >= ?1 ORDER BY requested_at DESC, cancel.id DESC"
        );
        let since = wanted.since.map_or(i64::MIN, Timestamp::as_millisecond);
        let cancels = self.read(&sql, params![since], |row| {
            let verdict: Option<String> = row.get(9)?;
            let verdict_at: Option<i64> = row.get(10)?;
            Ok(PastCancel {
                place: place(row)?,
                bundle_id: BundleId::new(row.get::<_, String>(3)?),
                requested_at: time(row, 4)?,
                arn: row.get(5)?,
                request_id: row.get(6)?,
                outcome: row.get(7)?,
                outcome_at: time(row, 8)?,
                verdict: verdict.zip(verdict_at.map(from_millisecond)),
            })
        })?;
        let is_wanted = |it: &PastCancel| {
            let ids = &wanted.bundle_ids;
            ids.is_empty() || ids.iter().any(|id| id == it.bundle_id.as_str())
        };
        Ok(cancels.into_iter().filter(is_wanted).collect())
    }

    fn read<T>(
        &self,
        sql: &str,
        values: impl rusqlite::Params,
        row: impl FnMut(&Row) -> rusqlite::Result<T>,
    ) -> Result<Vec<T>, JournalError> {
        let read = || -> rusqlite::Result<Vec<T>> {
            let mut select = self.connection.prepare(sql)?;
            select.query_map(values, row)?.collect()
        };
        read().map_err(|error| JournalError::of_sqlite(&self.path, &error))
    }
}

fn place(row: &Row) -> rusqlite::Result<JournalPlace> {
    Ok(JournalPlace {
        account: row.get(0)?,
        region: row.get(1)?,
        endpoint: row.get(2)?,
    })
}

fn time(row: &Row, column: usize) -> rusqlite::Result<Timestamp> {
    Ok(from_millisecond(row.get(column)?))
}

fn from_millisecond(time: i64) -> Timestamp {
    Timestamp::from_millisecond(time).unwrap_or(Timestamp::UNIX_EPOCH)
}
