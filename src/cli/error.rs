//! Errors of the terminal UI and of the program's own commands, and how they are printed.

use std::io::{self, IsTerminal as _, Write as _};
use std::process::ExitCode;

use crate::output::WriteError;
use crate::suggestion::similar_name;
use crate::text::{Charset, clean};

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

/// Writes a message to standard error. A message may quote what EC2, a file or a person wrote, so on a
/// terminal it is made harmless, line by line. `eprintln!` would panic if standard error is closed.
pub(super) fn print_error(message: &str) {
    let is_terminal = io::stderr().is_terminal();
    let mut text = String::new();
    for line in message.lines() {
        if is_terminal {
            text += &clean(line, Charset::Unicode);
        } else {
            text += line;
        }
        text.push('\n');
    }
    let _ = io::stderr().write_all(text.as_bytes());
}

/// The AWS CLI's message for a name that is not among the choices, and a similar name.
pub(super) fn invalid_choice(kind: &str, typed: &str, choices: &[&str]) -> String {
    let list = choices.join(", ");
    let suggestion = similar_name(typed, choices)
        .map_or_else(String::new, |name| format!("\nMaybe you meant {name}."));
    format!("argument {kind}: Found invalid choice '{typed}'. The choices are: {list}{suggestion}")
}
