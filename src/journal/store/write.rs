//! Writing entries into the journal's tables.

mod cancels;

use std::collections::{HashMap, HashSet};

use jiff::Timestamp;
use rusqlite::{OptionalExtension as _, Row, Transaction, params};
use serde_json::{Value, json};

use super::parse_json;
use crate::journal::{Entry, JournalPlace};
use crate::monitor::{Change, Verdict};
use crate::record::{Record, RecordedEvent};
use crate::task::{BundleTask, Phase, SecretsShown, State};

/// Two programs that watch the same tasks notice the same change at different times, but not further apart.
const SAME_EVENT_WITHIN: i64 = 10 * 60 * 1000;

/// Entries being written.
pub(super) struct Write<'a> {
    pub transaction: &'a Transaction<'a>,
    pub run: &'a str,
}

/// What the journal has of a task.
struct Known {
    id: i64,
    json: String,
    is_unlisted: bool,
}

impl Known {
    /// Of the columns `id`, `json` and `unlisted_at`, the first three of a row.
    fn of_row(row: &Row) -> rusqlite::Result<Self> {
        Ok(Self {
            id: row.get(0)?,
            json: row.get(1)?,
            is_unlisted: row.get::<_, Option<i64>>(2)?.is_some(),
        })
    }
}

impl Write<'_> {
    /// Writes an entry.
    pub fn entry(&self, entry: &Entry) -> rusqlite::Result<()> {
        match entry {
            Entry::Listed {
                place,
                at,
                tasks,
                is_partial,
            } => {
                let listed: HashSet<_> = tasks.iter().map(|it| it.bundle_id.as_str()).collect();
                self.adopt(place, |id| listed.contains(id))?;
                self.give_up_unsent_cancels(place, *at)?;
                let mut known = self.known(place)?;
                for task in tasks {
                    let known = known.remove(task.bundle_id.as_str());
                    self.listed(place, *at, task, known)?;
                }
                for (_, known) in known.into_iter().filter(|_| !is_partial) {
                    if !known.is_unlisted {
                        self.event(known.id, *at, &RecordedEvent::NoLongerListed {})?;
                        self.set_unlisted(known.id, Some(*at))?;
                    }
                }
                Ok(())
            }
            Entry::Happened {
                place,
                record,
                task,
                cancel,
            } => self.happened(place, record, task.as_deref(), *cancel),
            Entry::Polled { place, at } => self.polled(place, *at),
        }
    }

    /// All tasks of a place, by their IDs.
    fn known(&self, place: &JournalPlace) -> rusqlite::Result<HashMap<String, Known>> {
        let sql = "SELECT id, json, unlisted_at, bundle_id FROM task
                   WHERE account = ?1 AND region = ?2 AND endpoint = ?3";
        let mut select = self.transaction.prepare_cached(sql)?;
        let key = [&place.account, &place.region, &place.endpoint];
        let rows = select.query_map(key, |row| Ok((row.get(3)?, Known::of_row(row)?)))?;
        rows.collect()
    }

    /// A task is in the first list of this run.
    fn listed(
        &self,
        place: &JournalPlace,
        at: Timestamp,
        task: &BundleTask,
        known: Option<Known>,
    ) -> rusqlite::Result<()> {
        let json = task.to_json(SecretsShown::Omitted);
        let Some(known) = known else {
            let id = self.insert(place, at, &json)?;
            let state = task.state.to_string();
            return self.event(id, at, &RecordedEvent::Listed { state });
        };
        // What happened while nobody looked.
        let before = BundleTask::from_json(&parse_json(&known.json));
        if known.is_unlisted {
            self.event(known.id, at, &RecordedEvent::ListedAgain {})?;
            self.set_unlisted(known.id, None)?;
        }
        if is_older(task, &before) {
            return self.seen(known.id, at);
        }
        for change in Change::between(&before, task, None) {
            self.event(known.id, at, &RecordedEvent::of(&change))?;
        }
        self.update(known.id, Some(at), &json)
    }

    fn happened(
        &self,
        place: &JournalPlace,
        record: &Record,
        described: Option<&BundleTask>,
        cancel: Option<u64>,
    ) -> rusqlite::Result<()> {
        let id = record.bundle_id.as_str();
        self.adopt(place, |unowned| unowned == id)?;
        let sql = "SELECT id, json, unlisted_at FROM task
                   WHERE account = ?1 AND region = ?2 AND endpoint = ?3 AND bundle_id = ?4";
        let key = [&place.account, &place.region, &place.endpoint, id];
        let mut select = self.transaction.prepare_cached(sql)?;
        let known = select.query_row(key, Known::of_row).optional()?;
        let json = described.map(|task| task.to_json(SecretsShown::Omitted));
        let (task, is_unlisted) = if let Some(known) = known {
            let before = BundleTask::from_json(&parse_json(&known.json));
            if let (Some(described), Some(json)) = (described, &json)
                && !is_older(described, &before)
            {
                // It may be known only from before that.
                let seen = comes_from_list(&record.event).then_some(record.at);
                self.update(known.id, seen, json)?;
            }
            (known.id, known.is_unlisted)
        } else {
            let json = json.unwrap_or_else(|| json!({ "BundleId": id }));
            (self.insert(place, record.at, &json)?, false)
        };
        match &record.event {
            RecordedEvent::NoLongerListed {} if is_unlisted => return Ok(()),
            RecordedEvent::NoLongerListed {} => self.set_unlisted(task, Some(record.at))?,
            event if is_unlisted && comes_from_list(event) => self.set_unlisted(task, None)?,
            _ => {}
        }
        // Of each cancel all is kept; its verdict may be known from another run.
        let is_verdict = matches!(record.event, RecordedEvent::CancelVerdict { .. });
        let is_recorded = if cancel.is_some() && !is_verdict {
            self.complete_step(task, record)?
        } else {
            self.is_recorded(task, record)?
        };
        if !is_recorded {
            self.event(task, record.at, &record.event)?;
        }
        match cancel {
            Some(number) => self.cancel(task, number, record),
            None => Ok(()),
        }
    }

    /// Whether another program has just recorded the same.
    fn is_recorded(&self, task: i64, record: &Record) -> rusqlite::Result<bool> {
        let sql = "SELECT json FROM event WHERE task = ?1 AND at BETWEEN ?2 AND ?3";
        let at = record.at.as_millisecond();
        let mut select = self.transaction.prepare_cached(sql)?;
        let mut rows = select.query(params![
            task,
            at - SAME_EVENT_WITHIN,
            at + SAME_EVENT_WITHIN
        ])?;
        while let Some(row) = rows.next()? {
            let json: String = row.get(0)?;
            if serde_json::from_str::<RecordedEvent>(&json)
                .is_ok_and(|event| is_same(&event, &record.event))
            {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn polled(&self, place: &JournalPlace, at: Timestamp) -> rusqlite::Result<()> {
        let sql = "UPDATE task SET last_seen = max(last_seen, ?4)
                   WHERE account = ?1 AND region = ?2 AND endpoint = ?3 AND unlisted_at IS NULL";
        let key = params![
            place.account,
            place.region,
            place.endpoint,
            at.as_millisecond()
        ];
        self.transaction.prepare_cached(sql)?.execute(key)?;
        Ok(())
    }

    fn insert(&self, place: &JournalPlace, at: Timestamp, json: &Value) -> rusqlite::Result<i64> {
        let sql = "INSERT INTO task
                       (account, region, endpoint, bundle_id, state, json, first_seen, last_seen)
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?7)";
        let text = |name: &str| json[name].as_str().unwrap_or_default();
        let mut insert = self.transaction.prepare_cached(sql)?;
        insert.insert(params![
            place.account,
            place.region,
            place.endpoint,
            text("BundleId"),
            text("State"),
            json.to_string(),
            at.as_millisecond()
        ])
    }

    /// Notes a description, and when EC2 listed the task so.
    fn update(&self, id: i64, seen: Option<Timestamp>, json: &Value) -> rusqlite::Result<()> {
        let sql =
            "UPDATE task SET state = ?2, json = ?3, last_seen = max(last_seen, coalesce(?4, 0))
                   WHERE id = ?1";
        let state = json["State"].as_str().unwrap_or_default();
        let seen = seen.map(Timestamp::as_millisecond);
        let values = params![id, state, json.to_string(), seen];
        self.transaction.prepare_cached(sql)?.execute(values)?;
        Ok(())
    }

    fn seen(&self, id: i64, at: Timestamp) -> rusqlite::Result<()> {
        let sql = "UPDATE task SET last_seen = max(last_seen, ?2) WHERE id = ?1";
        let values = params![id, at.as_millisecond()];
        self.transaction.prepare_cached(sql)?.execute(values)?;
        Ok(())
    }

    fn set_unlisted(&self, id: i64, at: Option<Timestamp>) -> rusqlite::Result<()> {
        let sql = "UPDATE task SET unlisted_at = ?2 WHERE id = ?1";
        let values = params![id, at.map(Timestamp::as_millisecond)];
        self.transaction.prepare_cached(sql)?.execute(values)?;
        Ok(())
    }

    /// Writes an event, and what it means for cancels of earlier runs.
    fn event(&self, task: i64, at: Timestamp, event: &RecordedEvent) -> rusqlite::Result<()> {
        self.insert_event(task, at, event)?;
        let verdict = match event {
            RecordedEvent::State { to, .. } => match State::new(to).phase() {
                Phase::Complete => Verdict::Completed,
                Phase::Failed => Verdict::Failed,
                _ => return Ok(()),
            },
            RecordedEvent::NoLongerListed {} => Verdict::NoLongerListed,
            _ => return Ok(()),
        };
        self.settle_earlier_cancels(task, at, verdict)
    }

    fn insert_event(
        &self,
        task: i64,
        at: Timestamp,
        event: &RecordedEvent,
    ) -> rusqlite::Result<()> {
        let sql = "INSERT INTO event (task, at, json) VALUES (?1, ?2, ?3)";
        let json = serde_json::to_string(event).expect("an event has only texts and numbers");
        let values = params![task, at.as_millisecond(), json];
        self.transaction.prepare_cached(sql)?.execute(values)?;
        Ok(())
    }

    /// Takes over tasks that were written before it was known whose they are.
    fn adopt(
        &self,
        place: &JournalPlace,
        is_of_place: impl Fn(&str) -> bool,
    ) -> rusqlite::Result<()> {
        if place.account.is_empty() {
            return Ok(());
        }
        let sql = "SELECT id, bundle_id FROM task
                   WHERE account = '' AND region = ?1 AND endpoint = ?2";
        let mut select = self.transaction.prepare_cached(sql)?;
        let mut rows = select.query([&place.region, &place.endpoint])?;
        let sql = "UPDATE OR IGNORE task SET account = ?2 WHERE id = ?1";
        let mut update = self.transaction.prepare_cached(sql)?;
        while let Some(row) = rows.next()? {
            let (unowned, bundle_id): (i64, String) = (row.get(0)?, row.get(1)?);
            if is_of_place(&bundle_id) && update.execute(params![unowned, place.account])? == 0 {
                self.merge(unowned, place, &bundle_id)?;
            }
        }
        Ok(())
    }

    /// Moves what was written of a task to the row that this place has of it already.
    fn merge(&self, unowned: i64, place: &JournalPlace, bundle_id: &str) -> rusqlite::Result<()> {
        for table in ["event", "cancel"] {
            let sql = format!(
                "UPDATE {table} SET task = (SELECT id FROM task
                     WHERE account = ?2 AND region = ?3 AND endpoint = ?4 AND bundle_id = ?5)
                 WHERE task = ?1"
            );
            let key = params![
                unowned,
                place.account,
                place.region,
                place.endpoint,
                bundle_id
            ];
            self.transaction.prepare_cached(&sql)?.execute(key)?;
        }
        let sql = "DELETE FROM task WHERE id = ?1";
        self.transaction.prepare_cached(sql)?.execute([unowned])?;
        Ok(())
    }
}

/// Whether EC2 has just described the task, so that it is listed.
fn comes_from_list(event: &RecordedEvent) -> bool {
    matches!(
        event,
        RecordedEvent::Listed { .. }
            | RecordedEvent::Appeared { .. }
            | RecordedEvent::ListedAgain {}
            | RecordedEvent::State { .. }
            | RecordedEvent::Progress { .. }
            | RecordedEvent::Error { .. }
    )
}

/// Whether two programs mean the same: how long something took depends on when they began to look.
fn is_same(one: &RecordedEvent, other: &RecordedEvent) -> bool {
    match (one, other) {
        (
            RecordedEvent::State { from, to, .. },
            RecordedEvent::State {
                from: other_from,
                to: other_to,
                ..
            },
        ) => (from, to) == (other_from, other_to),
        (
            RecordedEvent::CancelVerdict { verdict, .. },
            RecordedEvent::CancelVerdict { verdict: other, .. },
        ) => verdict == other,
        (one, other) => one == other,
    }
}

/// Whether a description is older than what is known.
fn is_older(task: &BundleTask, known: &BundleTask) -> bool {
    match (task.update_time, known.update_time) {
        (Some(described), Some(known)) => described < known,
        (Some(_) | None, _) => false,
    }
}
