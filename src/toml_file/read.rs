//! Reads a text file that a person has written.

use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::Path;

/// The most bytes that are read. Nobody writes as much by hand.
const MAX_BYTES: u64 = 1 << 20;

/// Why a file cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The system does not give it.
    #[error("{0}")]
    Io(#[from] io::Error),
    /// A link on the way to it leads nowhere, as to a disk that is not there. The file is not missing then.
    #[error("a link on the way to it leads nowhere")]
    LeadsNowhere,
    /// It may never end, as a pipe or a device.
    #[error("it is not a regular file")]
    NotAFile,
    /// It is larger than anybody writes.
    #[error("it is larger than 1 MiB")]
    TooLarge,
    /// It is in another encoding, or no text.
    #[error("it is not UTF-8 at line {line}, column {column}")]
    NotUtf8 {
        /// The line of the first byte that is not, from 1.
        line: usize,
        /// Its column, in characters from 1.
        column: usize,
    },
}

impl ReadError {
    /// Whether there is no such file.
    pub fn is_missing(&self) -> bool {
        let missing = [io::ErrorKind::NotFound, io::ErrorKind::NotADirectory];
        matches!(self, Self::Io(error) if missing.contains(&error.kind()))
    }
}

/// Reads a text file of at most 1 MiB.
///
/// # Errors
///
/// If it is not one.
pub fn read(path: &Path) -> Result<String, ReadError> {
    // Asked before it is opened: to open a pipe waits for one who writes.
    match fs::metadata(path) {
        Ok(found) if found.is_file() => {}
        Ok(_) => return Err(ReadError::NotAFile),
        Err(_) if leads_nowhere(path) => return Err(ReadError::LeadsNowhere),
        Err(error) => return Err(error.into()),
    }
    let mut bytes = Vec::new();
    File::open(path)?
        .take(MAX_BYTES + 1)
        .read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MAX_BYTES {
        return Err(ReadError::TooLarge);
    }
    String::from_utf8(bytes).map_err(|error| {
        let valid = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        let valid = String::from_utf8_lossy(valid);
        let last_line = valid.rsplit('\n').next().unwrap_or_default();
        ReadError::NotUtf8 {
            line: valid.matches('\n').count() + 1,
            column: last_line.chars().count() + 1,
        }
    })
}

/// Whether a path is, or goes through, a link whose target is missing.
fn leads_nowhere(path: &Path) -> bool {
    path.ancestors().any(|it| it.is_symlink() && !it.exists())
}
