//! A recording: what `bundletop watch --output ndjson` writes, a header and then one record a line.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::{fs, io};

use jiff::Timestamp;
use serde_json::{Value, json};
use thiserror::Error;

use super::{Record, RecordedEvent};
use crate::task::{BundleId, BundleTask};

/// The version of recordings that is known.
const VERSION: u64 = 1;

/// What was recorded.
#[derive(Clone, Debug)]
pub struct Recording {
    records: Vec<Record>,
}

/// Why a recording cannot be replayed.
#[derive(Debug, Error)]
pub enum RecordingError {
    /// It cannot be read.
    #[error("the recording {path} cannot be read: {error}")]
    CannotRead {
        /// The file.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// It is something else.
    #[error("{0} is not a recording. Create one with bundletop watch --output ndjson")]
    NotOne(PathBuf),
    /// A later version has written it.
    #[error(
        "the recording {path} has version {version}, but this bundletop supports only version {VERSION}"
    )]
    Newer {
        /// The file.
        path: PathBuf,
        /// Its version.
        version: u64,
    },
    /// A line is damaged.
    #[error("line {line} of the recording {path} is damaged at column {}", error.column())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// Why.
        error: serde_json::Error,
    },
    /// There is nothing in it.
    #[error("the recording {0} has no events")]
    Empty(PathBuf),
}

/// The first line of a recording that begins at a time.
pub fn header(at: Timestamp) -> String {
    let program = concat!("bundletop ", env!("CARGO_PKG_VERSION"));
    json!({ "recording": VERSION, "at": at.to_string(), "program": program }).to_string()
}

impl Recording {
    /// Reads a recording. Events of later versions are skipped, and a last line that is cut off.
    ///
    /// # Errors
    ///
    /// [`RecordingError`].
    pub fn read(path: &Path) -> Result<Self, RecordingError> {
        let bytes = fs::read(path).map_err(|error| RecordingError::CannotRead {
            path: path.to_owned(),
            error,
        })?;
        // A last line may be cut off in the middle of a character.
        let text = String::from_utf8_lossy(&bytes);
        Self::parse(text.trim_start_matches('\u{feff}'), path)
    }

    fn parse(text: &str, path: &Path) -> Result<Self, RecordingError> {
        let path = || path.to_owned();
        let mut lines = text.split_inclusive('\n').enumerate();
        let header: Option<Value> = lines
            .next()
            .and_then(|(_, line)| serde_json::from_str(line).ok());
        let version = header.and_then(|header| header["recording"].as_u64());
        match version {
            None => return Err(RecordingError::NotOne(path())),
            Some(version) if version > VERSION => {
                return Err(RecordingError::Newer {
                    path: path(),
                    version,
                });
            }
            Some(_) => {}
        }
        let mut records = Vec::new();
        for (number, line) in lines {
            if line.trim().is_empty() {
                continue;
            }
            let value: Value = match serde_json::from_str(line) {
                Ok(value) => value,
                Err(_) if !line.ends_with('\n') => break,
                Err(error) => {
                    return Err(RecordingError::Damaged {
                        path: path(),
                        line: number + 1,
                        error,
                    });
                }
            };
            records.extend(serde_json::from_value::<Record>(value).ok());
        }
        if records.is_empty() {
            return Err(RecordingError::Empty(path()));
        }
        records.sort_by_key(|record| record.at);
        Ok(Self { records })
    }

    /// What happened, the oldest first.
    pub fn records(&self) -> &[Record] {
        &self.records
    }

    /// When the first event was.
    pub fn start(&self) -> Timestamp {
        self.records
            .first()
            .map_or(Timestamp::UNIX_EPOCH, |it| it.at)
    }

    /// When the last event was.
    pub fn end(&self) -> Timestamp {
        self.records
            .last()
            .map_or(Timestamp::UNIX_EPOCH, |it| it.at)
    }

    /// When the first event after a time was.
    pub fn next_event(&self, after: Timestamp) -> Option<Timestamp> {
        let later = self.records.iter().find(|record| record.at > after);
        later.map(|record| record.at)
    }

    /// The tasks as they were after the first so many records.
    pub fn tasks(&self, happened: usize) -> Vec<Arc<BundleTask>> {
        let mut tasks: BTreeMap<BundleId, Arc<BundleTask>> = BTreeMap::new();
        for record in self.records.iter().take(happened) {
            if record.event == (RecordedEvent::NoLongerListed {}) {
                tasks.remove(&record.bundle_id);
            } else if let Some(json) = &record.task {
                let task = BundleTask::from_json(json);
                tasks.insert(record.bundle_id.clone(), Arc::new(task));
            }
        }
        tasks.into_values().collect()
    }
}
