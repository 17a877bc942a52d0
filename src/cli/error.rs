//! Errors of the terminal UI and of the program's own commands, and how they are printed.

use std::io::{self, Write as _};
use std::process::ExitCode;

use crate::output::WriteError;

/// The exit code for an invalid command line, which many programs use.
pub(super) const USAGE_EXIT_CODE: u8 = 2;

/// The exit code for anything else that goes wrong.
const FAILURE_EXIT_CODE: u8 = 1;

/// Why the terminal UI or one of the program's own commands did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub(super) enum CliError {
    /// It was called in a way that cannot work. Exit code 2.
    #[error("{0}")]
    Usage(String),
    /// Anything else. Exit code 1.
    #[error("{0:#}")]
    Other(#[from] anyhow::Error),
}

impl CliError {
    /// It was called in a way that cannot work.
    pub fn usage(message: impl Into<String>) -> Self {
        Self::Usage(message.into())
    }

    /// The exit code to end with.
    pub fn exit_code(&self) -> ExitCode {
        match self {
            Self::Usage(_) => USAGE_EXIT_CODE.into(),
            Self::Other(_) => FAILURE_EXIT_CODE.into(),
        }
    }
}

impl From<WriteError> for CliError {
    fn from(error: WriteError) -> Self {
        Self::Other(error.into())
    }
}

/// Writes a line to standard error. `eprintln!` would panic if that is closed.
pub(super) fn print_error_line(line: &str) {
    let _ = writeln!(io::stderr(), "{line}");
}
