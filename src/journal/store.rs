//! The file of the journal: opened, created, written to and cleared.

mod write;

use std::fs;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use jiff::Timestamp;
use rusqlite::{Connection, OpenFlags, TransactionBehavior};
use serde_json::Value;

use super::Entry;
use super::error::JournalError;
use super::schema::{self, Recognized};
use write::Write;

/// What to do while another program has locked the file: called again and again with how often that was.
/// Returns whether to try once more.
pub type OnLocked = fn(tries: i32) -> bool;

/// Waits for at most five seconds in all.
pub fn wait_for_lock(tries: i32) -> bool {
    const PAUSE: Duration = Duration::from_millis(50);
    const MAX_TRIES: i32 = 100;
    thread::sleep(PAUSE);
    tries < MAX_TRIES
}

/// An open journal.
pub struct Store {
    pub(super) connection: Connection,
    pub(super) path: PathBuf,
    file: Option<FileIdentity>,
    /// Tells the cancels of this run from those of others.
    run: String,
}

impl Store {
    /// Opens the journal, and creates it if there is none.
    ///
    /// # Errors
    ///
    /// [`JournalError`], if it cannot be used.
    pub fn open(path: &Path, on_locked: OnLocked) -> Result<Self, JournalError> {
        if let Some(directory) = path.parent().filter(|it| !it.as_os_str().is_empty()) {
            fs::create_dir_all(directory).map_err(|error| JournalError::CannotOpen {
                path: path.to_owned(),
                reason: error.to_string(),
            })?;
        }
        let failed = |error: rusqlite::Error| JournalError::of_sqlite(path, &error);
        let found = fs::metadata(path).ok();
        if found.as_ref().is_some_and(|found| !found.is_file()) {
            return Err(JournalError::NotAFile(path.to_owned()));
        }
        let mut connection = Connection::open(path).map_err(failed)?;
        connection.busy_handler(Some(on_locked)).map_err(failed)?;
        match found {
            // Nothing is written before it is known that this is a journal, and one that is understood.
            Some(found) if found.len() > 0 => {
                let newer = |version| JournalError::Newer {
                    path: path.to_owned(),
                    version,
                    known: schema::VERSION,
                };
                match schema::recognize(&connection).map_err(failed)? {
                    Recognized::Journal => {}
                    Recognized::Newer(version) => return Err(newer(version)),
                    Recognized::Other => return Err(JournalError::Damaged(path.to_owned())),
                }
            }
            Some(_) | None => restrict_to_owner(path),
        }
        configure(&connection).map_err(failed)?;
        schema::migrate(&mut connection).map_err(failed)?;
        Ok(Self {
            file: FileIdentity::of(path),
            connection,
            path: path.to_owned(),
            run: uuid::Builder::from_random_bytes(fastrand::u128(..).to_le_bytes())
                .into_uuid()
                .to_string(),
        })
    }

    /// Opens a journal that exists, for reading.
    ///
    /// # Errors
    ///
    /// [`JournalError`], if there is none or it cannot be used.
    pub fn open_to_read(path: &Path, on_locked: OnLocked) -> Result<Self, JournalError> {
        let failed = |error: rusqlite::Error| JournalError::of_sqlite(path, &error);
        // Not read-only: of a program that was killed, SQLite must finish what it had begun.
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let probe = Connection::open_with_flags(path, flags).map_err(failed)?;
        drop(probe);
        Self::open(path, on_locked)
    }

    /// Lets the file grow to that many pages of 4 KiB.
    ///
    /// # Errors
    ///
    /// [`JournalError`], if that failed.
    pub fn limit_pages(&mut self, pages: u32) -> Result<(), JournalError> {
        let set = self.connection.pragma_update(None, "max_page_count", pages);
        set.map_err(|error| JournalError::of_sqlite(&self.path, &error))
    }

    /// Writes entries, all or none.
    ///
    /// # Errors
    ///
    /// [`JournalError`], if they could not be written.
    pub fn write(&mut self, entries: &[Entry]) -> Result<(), JournalError> {
        if FileIdentity::of(&self.path) != self.file {
            return Err(JournalError::Replaced(self.path.clone()));
        }
        let written = self.try_write(entries);
        written.map_err(|error| JournalError::of_sqlite(&self.path, &error))
    }

    fn try_write(&mut self, entries: &[Entry]) -> rusqlite::Result<()> {
        // Immediate: a transaction that reads first could not become one that writes if another program
        // wrote meanwhile.
        let transaction = self
            .connection
            .transaction_with_behavior(TransactionBehavior::Immediate)?;
        let write = Write {
            transaction: &transaction,
            run: &self.run,
        };
        for entry in entries {
            write.entry(entry)?;
        }
        transaction.commit()
    }

    /// Forgets tasks that were last seen before a time, and gives their room on the disk back.
    ///
    /// # Errors
    ///
    /// [`JournalError`], if that failed.
    pub fn forget_before(&mut self, time: Timestamp) -> Result<(), JournalError> {
        let forget = |connection: &Connection| {
            let sql = "DELETE FROM task WHERE last_seen < ?1";
            connection.execute(sql, [time.as_millisecond()])?;
            // Each step gives one page back.
            let mut vacuum = connection.prepare("PRAGMA incremental_vacuum")?;
            let mut rows = vacuum.query([])?;
            while rows.next()?.is_some() {}
            Ok(())
        };
        forget(&self.connection).map_err(|error| JournalError::of_sqlite(&self.path, &error))
    }
}

/// Tells a file from another one that has taken its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct FileIdentity {
    device: u64,
    number: u64,
}

impl FileIdentity {
    /// That of a file; `None` if there is none. On Windows, of every file the same: a file that is in use
    /// cannot be removed there.
    fn of(path: &Path) -> Option<Self> {
        let found = fs::metadata(path).ok()?;
        #[cfg(unix)]
        let (device, number) = {
            use std::os::unix::fs::MetadataExt as _;
            (found.dev(), found.ino())
        };
        #[cfg(not(unix))]
        let (device, number) = (u64::from(found.is_file()), 0);
        Some(Self { device, number })
    }
}

fn configure(connection: &Connection) -> rusqlite::Result<()> {
    connection.set_prepared_statement_cache_capacity(32);
    // Both are kept in the file. Setting them again would wait for a program that writes.
    let mode: String = connection.pragma_query_value(None, "journal_mode", |row| row.get(0))?;
    if mode != "wal" {
        // Takes effect only before the first table is created.
        connection.pragma_update(None, "auto_vacuum", "INCREMENTAL")?;
        // Readers and a writer do not wait for each other, and a killed program leaves whole transactions.
        connection.pragma_update(None, "journal_mode", "WAL")?;
    }
    connection.pragma_update(None, "synchronous", "NORMAL")?;
    // In KiB if negative. SQLite's own 2 MiB would fill over an hour, and little is read twice.
    connection.pragma_update(None, "cache_size", -256)?;
    connection.pragma_update(None, "foreign_keys", true)
}

/// Only the owner may read the journal. An error is ignored: the directory may not be the owner's own.
fn restrict_to_owner(path: &Path) {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let _ = fs::set_permissions(path, fs::Permissions::from_mode(0o600));
    }
    #[cfg(not(unix))]
    let _ = path;
}

/// The JSON of a column; `null` if another program has damaged it.
pub(super) fn parse_json(json: &str) -> Value {
    serde_json::from_str(json).unwrap_or_default()
}
