//! Reading the journal.

use jiff::Timestamp;
use rusqlite::{Row, params};
use serde_json::Value;

use super::error::JournalError;
use super::request_outcome::RequestOutcome;
use super::store::{Store, parse_json};
use super::{EarlierRuns, JournalPlace};
use crate::monitor::{Observation, Verdict};
use crate::names::variant;
use crate::record::RecordedEvent;
use crate::task::{BundleId, BundleTask, Phase, Progress, State};

/// What was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rows<T> {
    /// The rows.
    pub rows: Vec<T>,
    /// How many rows another program has damaged. They are left out.
    pub damaged: usize,
}

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
    /// At most so many; all if there is no limit.
    pub limit: Option<u32>,
}

/// Whether EC2 lists a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Listing {
    Listed,
    Unlisted,
}

/// Which cancels to read.
#[derive(Clone, Debug, Default)]
pub struct CancelSelection {
    /// Only those requested at this time or later.
    pub since: Option<Timestamp>,
    /// Only those of these tasks; all if there are none.
    pub bundle_ids: Vec<String>,
}

/// A task in the journal.
#[derive(Clone, Debug, PartialEq)]
pub struct JournalTask {
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
    /// What came of the request.
    pub outcome: RequestOutcome,
    /// When that was.
    pub outcome_at: Timestamp,
    /// What became of the task, once that is known, and when.
    pub verdict: Option<(Verdict, Timestamp)>,
}

/// The beginning of a query about tasks, with the place.
const PLACE: &str = "task.account, task.region, task.endpoint";

impl Store {
    /// The tasks, the one seen last first.
    ///
    /// # Errors
    ///
    /// [`JournalError`], if the journal cannot be read.
    pub fn tasks(&self, wanted: &TaskSelection) -> Result<Rows<JournalTask>, JournalError> {
        let sql = format!(
            "SELECT {PLACE}, json, first_seen, last_seen, unlisted_at FROM task
             WHERE last_seen >= ?1 AND (?2 = 0 OR unlisted_at IS NOT NULL)
                 AND (?3 = '[]' OR state IN (SELECT value FROM json_each(?3)))
                 AND (?4 = '[]' OR bundle_id IN (SELECT value FROM json_each(?4)))
                 AND (?5 IS NULL OR account = ?5 AND region = ?6 AND endpoint = ?7)
             ORDER BY last_seen DESC, bundle_id LIMIT ?8"
        );
        let place = wanted.place.as_ref();
        let values = params![
            since(wanted.since),
            wanted.only_unlisted,
            list(&wanted.states),
            list(&wanted.bundle_ids),
            place.map(|place| place.account.as_str()),
            place.map(|place| place.region.as_str()),
            place.map(|place| place.endpoint.as_str()),
            wanted.limit.map_or(-1, i64::from),
        ];
        self.read(&sql, values, |row| {
            let json = parse_json(&row.get::<_, String>(3)?);
            if !json.is_object() {
                return Ok(Read::Damaged);
            }
            Ok(Read::Row(JournalTask {
                place: place_of(row)?,
                task: BundleTask::from_json(&json),
                json,
                first_seen: time(row, 4)?,
                last_seen: time(row, 5)?,
                unlisted_since: row.get::<_, Option<i64>>(6)?.map(from_millisecond),
            }))
        })
    }

    /// What happened to the task with that ID, the oldest first.
    ///
    /// # Errors
    ///
    /// [`JournalError`], if the journal cannot be read.
    pub fn events(&self, bundle_id: &str) -> Result<Rows<PastEvent>, JournalError> {
        let sql = format!(
            "SELECT {PLACE}, task.bundle_id, event.at, event.json FROM event JOIN task ON task.id = event.task
             WHERE task.bundle_id = ?1 ORDER BY event.at, event.id"
        );
        self.read(&sql, params![bundle_id], |row| {
            let event = match event(&row.get::<_, String>(5)?) {
                Read::Row(event) => event,
                Read::Skipped => return Ok(Read::Skipped),
                Read::Damaged => return Ok(Read::Damaged),
            };
            Ok(Read::Row(PastEvent {
                place: place_of(row)?,
                bundle_id: BundleId::new(row.get::<_, String>(3)?),
                at: time(row, 4)?,
                event,
            }))
        })
    }

    /// What happened to the tasks of a place.
    pub(super) fn happened(
        &self,
        place: &JournalPlace,
        listing: Listing,
    ) -> Result<EarlierRuns, JournalError> {
        let sql = "SELECT task.bundle_id, event.at, event.json FROM event JOIN task ON task.id = event.task
             WHERE account = ?1 AND region = ?2 AND endpoint = ?3 AND (unlisted_at IS NULL) = ?4
             ORDER BY event.at, event.id";
        let is_listed = listing == Listing::Listed;
        let values = params![place.account, place.region, place.endpoint, is_listed];
        let events = self.read(sql, values, |row| {
            Ok(match event(&row.get::<_, String>(2)?) {
                Read::Row(event) => Read::Row((row.get::<_, String>(0)?, time(row, 1)?, event)),
                Read::Skipped | Read::Damaged => Read::Skipped,
            })
        })?;
        let mut all = EarlierRuns::default();
        for (id, at, event) in events.rows {
            let id = BundleId::new(id);
            if event.is_of_cancel() {
                all.cancels.entry(id).or_default().push((at, event));
                continue;
            }
            let observed = all.observations.entry(id).or_default();
            let last = observed.last().copied();
            let observation = match event {
                RecordedEvent::Listed { state }
                | RecordedEvent::Appeared { state }
                | RecordedEvent::State { to: state, .. } => Observation {
                    at,
                    phase: State::new(&state).phase(),
                    percent: None,
                },
                RecordedEvent::Progress { to, .. } => Observation {
                    at,
                    phase: last.map_or(Phase::Unknown, |last| last.phase),
                    percent: to.and_then(|to| Progress::new(to).percent()),
                },
                _ => continue,
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
    pub fn cancels(&self, wanted: &CancelSelection) -> Result<Rows<PastCancel>, JournalError> {
        let sql = format!(
            "SELECT {PLACE}, bundle_id, requested_at, arn, request_id, outcome, outcome_at, verdict, verdict_at
             FROM cancel JOIN task ON task.id = cancel.task
             WHERE requested_at >= ?1
                 AND (?2 = '[]' OR bundle_id IN (SELECT value FROM json_each(?2)))
             ORDER BY requested_at DESC, cancel.id DESC"
        );
        let values = params![since(wanted.since), list(&wanted.bundle_ids)];
        self.read(&sql, values, |row| {
            let Some(outcome) = variant(&row.get::<_, String>(7)?) else {
                return Ok(Read::Damaged);
            };
            let verdict: Option<String> = row.get(9)?;
            let verdict_at: Option<i64> = row.get(10)?;
            Ok(Read::Row(PastCancel {
                place: place_of(row)?,
                bundle_id: BundleId::new(row.get::<_, String>(3)?),
                requested_at: time(row, 4)?,
                arn: row.get(5)?,
                request_id: row.get(6)?,
                outcome,
                outcome_at: time(row, 8)?,
                verdict: verdict
                    .and_then(|verdict| variant(&verdict))
                    .zip(verdict_at.map(from_millisecond)),
            }))
        })
    }

    fn read<T>(
        &self,
        sql: &str,
        values: impl rusqlite::Params,
        mut row: impl FnMut(&Row) -> rusqlite::Result<Read<T>>,
    ) -> Result<Rows<T>, JournalError> {
        let read = || -> rusqlite::Result<Rows<T>> {
            let mut read = Rows {
                rows: Vec::new(),
                damaged: 0,
            };
            let mut select = self.connection.prepare(sql)?;
            let mut rows = select.query(values)?;
            while let Some(next) = rows.next()? {
                match row(next)? {
                    Read::Row(row) => read.rows.push(row),
                    Read::Damaged => read.damaged += 1,
                    Read::Skipped => {}
                }
            }
            Ok(read)
        };
        read().map_err(|error| JournalError::of_sqlite(&self.path, &error))
    }
}

/// What a row of a table is.
enum Read<T> {
    Row(T),
    /// Another program has damaged it.
    Damaged,
    /// A later version has written it.
    Skipped,
}

fn event(json: &str) -> Read<RecordedEvent> {
    let json = parse_json(json);
    let is_event = json["event"].is_string();
    match serde_json::from_value(json) {
        Ok(event) => Read::Row(event),
        Err(_) if is_event => Read::Skipped,
        Err(_) => Read::Damaged,
    }
}

/// A list as a parameter of `json_each`.
fn list(texts: &[String]) -> String {
    serde_json::json!(texts).to_string()
}

fn since(time: Option<Timestamp>) -> i64 {
    time.map_or(i64::MIN, Timestamp::as_millisecond)
}

fn place_of(row: &Row) -> rusqlite::Result<JournalPlace> {
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
