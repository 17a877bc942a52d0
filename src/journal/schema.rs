//! The tables of the journal, and how files of older versions become like those of this one.

use rusqlite::{Connection, TransactionBehavior};

/// What each version adds to the one before. `user_version` in the file says how many it has.
///
/// Times are milliseconds since 1970 in UTC. `task.json` and `event.json` are as in [`crate::record`],
/// `cancel.outcome` is a [`RequestOutcome`](super::RequestOutcome) and `cancel.verdict` a
/// [`Verdict`](crate::monitor::Verdict), both by their names in JSON.
const VERSIONS: [&str; 3] = [
    "CREATE TABLE task (
        id INTEGER PRIMARY KEY,
        account TEXT NOT NULL,
        region TEXT NOT NULL,
        endpoint TEXT NOT NULL,
        bundle_id TEXT NOT NULL,
        state TEXT NOT NULL,
        json TEXT NOT NULL,
        first_seen INTEGER NOT NULL,
        last_seen INTEGER NOT NULL,
        unlisted_at INTEGER,
        UNIQUE (account, region, endpoint, bundle_id)
     ) STRICT;
     CREATE TABLE event (
        id INTEGER PRIMARY KEY,
        task INTEGER NOT NULL REFERENCES task ON DELETE CASCADE,
        at INTEGER NOT NULL,
        json TEXT NOT NULL
     ) STRICT;
     CREATE INDEX event_by_task ON event (task, at);",
    // Who cancelled what, and what became of it.
    "CREATE TABLE cancel (
        id INTEGER PRIMARY KEY,
        task INTEGER NOT NULL REFERENCES task ON DELETE CASCADE,
        run TEXT NOT NULL,
        number INTEGER NOT NULL,
        requested_at INTEGER NOT NULL,
        arn TEXT,
        request_id TEXT,
        outcome TEXT NOT NULL,
        outcome_at INTEGER NOT NULL,
        verdict TEXT,
        verdict_at INTEGER,
        UNIQUE (run, number)
     ) STRICT;
     CREATE INDEX cancel_by_task ON cancel (task);
     CREATE INDEX task_by_last_seen ON task (last_seen);
     -- A version without this table had only the events.
     INSERT INTO cancel (task, run, number, requested_at, arn, outcome, outcome_at)
        SELECT task, 'version 1', id, at, json_extract(json, '$.arn'), 'requested', at
        FROM event WHERE json_extract(json, '$.event') = 'cancel-requested';",
    // Names instead of English phrases. What was no verdict is removed.
    "UPDATE cancel SET
        outcome = CASE outcome WHEN 'not sent' THEN 'not-sent' WHEN 'answer lost' THEN 'answer-lost'
            WHEN 'found again' THEN 'settled' ELSE outcome END,
        verdict = CASE
            WHEN verdict LIKE 'cancelled:%' THEN 'no-longer-listed'
            WHEN verdict LIKE 'not cancelled:%' THEN 'completed'
            WHEN verdict LIKE 'failed %' THEN 'failed'
            WHEN verdict LIKE 'still cancelling %' THEN 'still-cancelling' END;
     UPDATE cancel SET verdict_at = NULL WHERE verdict IS NULL;",
];

/// The version of this program's journals.
pub(super) const VERSION: u32 = 3;
const _: () = assert!(VERSION as usize == VERSIONS.len());

/// Says in the file that it is a journal: `btjl`.
const APPLICATION_ID: i32 = 0x6274_6a6c;

/// What a file is.
pub(super) enum Recognized {
    /// A journal that this program understands, or an empty database.
    Journal,
    /// A journal of this later version.
    Newer(u32),
    /// Something else.
    Other,
}

/// Recognizes a file without writing to it.
pub(super) fn recognize(connection: &Connection) -> rusqlite::Result<Recognized> {
    let pragma = |name: &str| -> rusqlite::Result<i64> {
        connection.pragma_query_value(None, name, |row| row.get(0))
    };
    let (id, version) = (pragma("application_id")?, pragma("user_version")?);
    let tables: i64 =
        connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    Ok(match u32::try_from(version) {
        _ if id == 0 && version == 0 && tables == 0 => Recognized::Journal,
        Ok(version) if id == i64::from(APPLICATION_ID) && version > VERSION => {
            Recognized::Newer(version)
        }
        Ok(1..=VERSION) if id == i64::from(APPLICATION_ID) => Recognized::Journal,
        Ok(_) | Err(_) => Recognized::Other,
    })
}

/// Makes the file one of this version.
pub(super) fn migrate(connection: &mut Connection) -> rusqlite::Result<()> {
    let version_of = |connection: &Connection| -> rusqlite::Result<u32> {
        connection.pragma_query_value(None, "user_version", |row| row.get(0))
    };
    if version_of(connection)? == VERSION {
        return Ok(());
    }
    // Another program may be doing the same.
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let version = version_of(&transaction)?;
    for sql in VERSIONS.iter().skip(version as usize) {
        transaction.execute_batch(sql)?;
    }
    transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
    transaction.pragma_update(None, "user_version", VERSION)?;
    transaction.commit()
}
