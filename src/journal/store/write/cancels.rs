//! Writing what happened to cancels: those of this run step by step, and what became of those of runs that ended.

use jiff::Timestamp;
use rusqlite::params;

use super::Write;
use crate::journal::{JournalPlace, RequestOutcome};
use crate::monitor::Verdict;
use crate::names::name_of;
use crate::record::{Record, RecordedEvent};

/// A cancel that was confirmed waits for its turn: a thousand of them take minutes. After an hour its program has
/// ended.
const UNSENT_FOR: i64 = 60 * 60 * 1000;

impl Write<'_> {
    /// What happened to a cancel, into the row of that cancel.
    pub(super) fn cancel(&self, task: i64, number: u64, record: &Record) -> rusqlite::Result<()> {
        let at = record.at.as_millisecond();
        let number = number.cast_signed();
        let set = |sql: &str, values: &[&dyn rusqlite::ToSql]| {
            self.transaction.prepare_cached(sql)?.execute(values)
        };
        let arn = match &record.event {
            RecordedEvent::CancelRequested { arn } => arn.as_deref(),
            _ => None,
        };
        let request_id = match &record.event {
            RecordedEvent::CancelAccepted { request_id }
            | RecordedEvent::CancelRefused { request_id, .. } => request_id.as_deref(),
            _ => None,
        };
        set(
            "INSERT INTO cancel (task, run, number, requested_at, arn, outcome, outcome_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?4)
             ON CONFLICT DO UPDATE SET arn = coalesce(arn, excluded.arn)",
            &[
                &task,
                &self.run,
                &number,
                &at,
                &arn,
                &name_of(RequestOutcome::Requested),
            ],
        )?;
        if let Some(outcome) = RequestOutcome::of(&record.event).and_then(name_of) {
            set(
                "UPDATE cancel SET outcome = ?3, outcome_at = ?4, request_id = coalesce(?5, request_id)
                 WHERE run = ?1 AND number = ?2",
                &[&self.run, &number, &outcome, &at, &request_id],
            )?;
        }
        if let RecordedEvent::CancelVerdict { verdict, .. } = &record.event {
            set(
                "UPDATE cancel SET verdict = ?3, verdict_at = ?4 WHERE run = ?1 AND number = ?2",
                &[&self.run, &number, &name_of(verdict), &at],
            )?;
        }
        Ok(())
    }

    /// Completes a step of a cancel that was recorded before all of it was known. Returns whether there is one.
    pub(super) fn complete_step(&self, task: i64, record: &Record) -> rusqlite::Result<bool> {
        let json =
            serde_json::to_value(&record.event).expect("an event has only texts and numbers");
        let sql = "UPDATE event SET json = ?4
                   WHERE task = ?1 AND at = ?2 AND json_extract(json, '$.event') = ?3";
        let values = params![
            task,
            record.at.as_millisecond(),
            json["event"].as_str(),
            json.to_string()
        ];
        let updated = self.transaction.prepare_cached(sql)?.execute(values)?;
        Ok(updated > 0)
    }

    /// Gives the cancels of a task their verdict that other runs have sent: these may have ended before they knew
    /// it. One that goes on comes to the same.
    pub(super) fn settle_earlier_cancels(
        &self,
        task: i64,
        at: Timestamp,
        verdict: Verdict,
    ) -> rusqlite::Result<()> {
        // A task can have been forgotten after it completed, unless EC2 has accepted the cancel or begun with it.
        let sql = "SELECT cancel.id, requested_at FROM cancel JOIN task ON task.id = cancel.task
                   WHERE task.id = ?1 AND run <> ?2 AND verdict IS NULL
                       AND (outcome IN ('sent', 'accepted', 'answer-lost') OR state = 'cancelling')
                       AND (?3 <> 'no-longer-listed' OR outcome = 'accepted' OR state = 'cancelling')";
        let name = name_of(verdict);
        let mut select = self.transaction.prepare_cached(sql)?;
        let rows = select.query_map(params![task, self.run, name], |row| {
            Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?))
        })?;
        let open: Vec<_> = rows.collect::<Result<_, _>>()?;
        let sql = "UPDATE cancel SET verdict = ?2, verdict_at = ?3 WHERE id = ?1";
        let mut update = self.transaction.prepare_cached(sql)?;
        for (cancel, requested_at) in open {
            update.execute(params![cancel, name, at.as_millisecond()])?;
            let after = (at.as_millisecond() - requested_at) / 1000;
            self.insert_event(task, at, &RecordedEvent::CancelVerdict { verdict, after })?;
        }
        Ok(())
    }

    /// Cancels that another run confirmed long ago and never sent are not sent any more: it has ended.
    pub(super) fn give_up_unsent_cancels(
        &self,
        place: &JournalPlace,
        at: Timestamp,
    ) -> rusqlite::Result<()> {
        let sql = "SELECT cancel.id, task.id FROM cancel JOIN task ON task.id = cancel.task
                   WHERE account = ?1 AND region = ?2 AND endpoint = ?3
                       AND run <> ?4 AND outcome = 'requested' AND requested_at < ?5";
        let before = at.as_millisecond() - UNSENT_FOR;
        let key = params![
            place.account,
            place.region,
            place.endpoint,
            self.run,
            before
        ];
        let mut select = self.transaction.prepare_cached(sql)?;
        let rows = select.query_map(key, |row| {
            Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?))
        })?;
        let unsent: Vec<_> = rows.collect::<Result<_, _>>()?;
        let sql = "UPDATE cancel SET outcome = ?2, outcome_at = ?3 WHERE id = ?1";
        let mut update = self.transaction.prepare_cached(sql)?;
        let name = name_of(RequestOutcome::NotSent);
        for (cancel, task) in unsent {
            update.execute(params![cancel, name, at.as_millisecond()])?;
            let reason = "bundletop ended before it was sent".to_owned();
            self.insert_event(task, at, &RecordedEvent::CancelNotSent { reason })?;
        }
        Ok(())
    }
}
