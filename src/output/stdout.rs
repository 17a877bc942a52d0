//! Writes plain text to standard output, and handles a closed pipe.

use std::io::{self, Write as _};

use super::error::WriteError;

/// Writes a text to standard output, all at once.
///
/// # Errors
///
/// [`WriteError::Io`] if standard output does not take it. A reader that has closed the pipe is not
/// an error.
pub(crate) fn print(text: &str) -> Result<(), WriteError> {
    let mut out = io::stdout().lock();
    let written = out.write_all(text.as_bytes()).and_then(|()| out.flush());
    Ok(ignore_closed_pipe(written)?)
}

/// Treats a closed pipe as success: the reader has seen all it wanted.
pub(super) fn ignore_closed_pipe(written: io::Result<()>) -> io::Result<()> {
    match written {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        other => other,
    }
}
