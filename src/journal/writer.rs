//! The thread that writes the journal.

use std::path::PathBuf;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::Entry;
use super::error::JournalError;
use super::store::{Store, wait_for_lock};

/// What has become of entries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Report {
    /// All entries up to that number are saved.
    Saved(u64),
    /// The journal cannot be used, and nothing more is written.
    Failed(JournalError),
}

/// Writes entries on a thread of its own. Dropping it writes what is left.
pub struct Writer {
    entries: Option<Sender<Entry>>,
    /// Says when the thread has ended.
    end: Receiver<()>,
}

/// How long to wait at the end until everything is written.
const MAX_WAIT: Duration = Duration::from_secs(3);

/// The most entries in one transaction.
const MAX_ENTRIES: usize = 1_000;

impl Writer {
    /// Opens the journal and begins to write. Tasks that were not seen for `retention` before `now` are
    /// forgotten. `report` is called on the thread.
    pub fn start(
        path: PathBuf,
        retention: Option<SignedDuration>,
        now: Timestamp,
        report: impl Fn(Report) + Clone + Send + 'static,
    ) -> Self {
        let file = path.clone();
        Self::spawn(file, move || open(&path, retention, now), report)
    }

    /// Goes on with an open journal.
    pub fn go_on(store: Store, report: impl Fn(Report) + Clone + Send + 'static) -> Self {
        Self::spawn(store.path.clone(), move || Ok(store), report)
    }

    fn spawn(
        file: PathBuf,
        open: impl FnOnce() -> Result<Store, JournalError> + Send + 'static,
        report: impl Fn(Report) + Clone + Send + 'static,
    ) -> Self {
        let (sender, receiver) = channel();
        let (end_sender, end) = channel();
        let thread = thread::Builder::new().name("journal".into());
        let reporter = report.clone();
        let started = thread.spawn(move || {
            // Dropped when the thread ends.
            let _end_sender: Sender<()> = end_sender;
            let written = open().and_then(|mut store| write_all(&mut store, &receiver, &reporter));
            if let Err(error) = written {
                tracing::warn!(%error);
                reporter(Report::Failed(error));
                // Entries that still come are dropped.
                while receiver.recv().is_ok() {}
            }
        });
        if let Err(error) = started {
            report(Report::Failed(JournalError::Other {
                path: file,
                reason: format!("there is no thread for it: {error}"),
            }));
        }
        Self {
            entries: Some(sender),
            end,
        }
    }

    /// Hands entries over. They are counted from 1 in [`Report::Saved`].
    pub fn send(&mut self, entries: Vec<Entry>) {
        let Some(sender) = &self.entries else {
            return;
        };
        for entry in entries {
            // Fails only if the thread has ended, which was reported.
            let _ = sender.send(entry);
        }
    }

    /// Waits until everything is written, but not for long: a disk that hangs does not keep the program from
    /// ending. Returns whether it was.
    pub fn end(mut self) -> bool {
        self.close()
    }

    fn close(&mut self) -> bool {
        if self.entries.take().is_none() {
            return true;
        }
        let ended = self.end.recv_timeout(MAX_WAIT);
        // The thread drops its end of the channel when it has ended.
        ended != Err(RecvTimeoutError::Timeout)
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.close();
    }
}

fn open(
    path: &std::path::Path,
    retention: Option<SignedDuration>,
    now: Timestamp,
) -> Result<Store, JournalError> {
    let mut store = Store::open(path, wait_for_lock)?;
    if let Some(before) = retention.and_then(|retention| now.checked_sub(retention).ok()) {
        store.forget_before(before)?;
    }
    Ok(store)
}

/// Writes entries as they come; those that came meanwhile in one transaction.
fn write_all(
    store: &mut Store,
    receiver: &Receiver<Entry>,
    report: &impl Fn(Report),
) -> Result<(), JournalError> {
    let mut saved = 0;
    while let Ok(first) = receiver.recv() {
        let others = receiver.try_iter().take(MAX_ENTRIES - 1);
        let entries: Vec<_> = std::iter::once(first).chain(others).collect();
        store.write(&entries)?;
        saved += entries.len() as u64;
        report(Report::Saved(saved));
    }
    Ok(())
}
