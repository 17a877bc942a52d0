//! Why the journal cannot be used.

use std::path::{Path, PathBuf};

use rusqlite::ErrorCode;
use thiserror::Error;

/// Why the journal cannot be used, and what to do.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum JournalError {
    /// The directory or the file cannot be created or opened.
    #[error("the journal {path} cannot be opened: {reason}. Use --journal to choose another file.")]
    CannotOpen {
        /// The file.
        path: PathBuf,
        /// The operating system's reason.
        reason: String,
    },
    /// The file or its directory is read-only.
    #[error("the journal {0} is read-only. Use --journal to choose another file.")]
    ReadOnly(PathBuf),
    /// The disk is full.
    #[error("there is no room on the disk for the journal {0}.")]
    Full(PathBuf),
    /// The file is damaged, or is no journal.
    #[error(
        "the journal {0} is damaged or is not a journal of bundletop. Move it away to start a new one."
    )]
    Damaged(PathBuf),
    /// It is a directory, a pipe or a device.
    #[error("the journal {0} is not a regular file. Use --journal to choose another file.")]
    NotAFile(PathBuf),
    /// The file was removed or replaced while it was in use.
    #[error("the journal {0} was removed or replaced while it was in use.")]
    Replaced(PathBuf),
    /// A later version has written it.
    #[error(
        "the journal {path} has version {version}, but this bundletop supports only version {known}. Use a \
         newer bundletop, or choose another file with --journal."
    )]
    Newer {
        /// The file.
        path: PathBuf,
        /// Its version.
        version: u32,
        /// The newest version that is known.
        known: u32,
    },
    /// Another program has locked it for too long.
    #[error("the journal {0} is locked by another program.")]
    Locked(PathBuf),
    /// Anything else.
    #[error("the journal {path} failed: {reason}.")]
    Other {
        /// The file.
        path: PathBuf,
        /// The reason that `SQLite` gives.
        reason: String,
    },
}

impl JournalError {
    /// The error for a file, from that of `SQLite`.
    pub(super) fn of_sqlite(path: &Path, error: &rusqlite::Error) -> Self {
        let path = path.to_owned();
        let reason = error.to_string();
        match error.sqlite_error_code() {
            Some(ErrorCode::CannotOpen | ErrorCode::PermissionDenied) => {
                Self::CannotOpen { path, reason }
            }
            Some(ErrorCode::ReadOnly) => Self::ReadOnly(path),
            Some(ErrorCode::DiskFull) => Self::Full(path),
            Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt) => Self::Damaged(path),
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::Locked(path),
            _ => Self::Other { path, reason },
        }
    }
}
