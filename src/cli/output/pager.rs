//! The pager, through which AWS CLI v2 shows output on a terminal.

use std::ffi::OsString;
use std::io::{self, Write};
use std::process::{Command, Stdio};

/// The pager where nobody chose one, and what it is told unless `LESS` is set: leave if all fits on
/// the screen, pass colours on, keep the screen.
const DEFAULT: &str = "less";
const LESS: &str = "FRX";

/// A program that shows text, and its arguments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pager {
    command: Vec<String>,
    /// Whether the user asked for it, in the environment or the profile.
    chosen: bool,
}

/// Why the pager that was asked for does not show the output.
#[derive(Debug, thiserror::Error)]
pub enum PagerError {
    /// The command has a quote that does not end. Exit code 255 in AWS CLI.
    #[error("the pager {0:?} cannot be read: a quote or a backslash in it has no end")]
    Command(String),
    /// It cannot be started. Exit code 253 in AWS CLI.
    #[error(
        "Unable to redirect output to pager. Received the following error when opening pager:\\n\\
         {command}: {error}"
    )]
    Start {
        /// The program.
        command: String,
        /// Why it did not start.
        error: io::Error,
    },
    /// It runs, but does not take the output; that it was closed early is no error.
    #[error("cannot write the output to the pager: {0}")]
    Write(#[from] io::Error),
}

impl Pager {
    /// The pager for output on a terminal, if any: `AWS_PAGER`, else the profile's `cli_pager`,
    /// else `PAGER`, else `less`. One that is set but empty means none, as does `--no-cli-pager`.
    pub fn choose(
        no_pager: bool,
        profile: Option<&str>,
        environment: impl Fn(&str) -> Option<OsString>,
    ) -> Result<Option<Self>, PagerError> {
        if no_pager {
            return Ok(None);
        }
        let variable = |name| environment(name).map(|text| text.to_string_lossy().into_owned());
        let chosen = variable("AWS_PAGER")
            .or_else(|| profile.map(str::to_owned))
            .or_else(|| variable("PAGER"));
        let text = chosen.as_deref().unwrap_or(DEFAULT);
        let command = shlex::split(text).ok_or_else(|| PagerError::Command(text.to_owned()))?;
        Ok((!command.is_empty()).then_some(Self {
            command,
            chosen: chosen.is_some(),
        }))
    }

    /// The program and its arguments.
    pub fn command(&self) -> &[String] {
        &self.command
    }

    /// Shows the output and waits for the user to leave the pager. Nothing to show starts no pager.
    ///
    /// Where nobody chose a pager and there is no `less`, the output goes straight to `out`.
    pub fn show(&self, output: &[u8], out: &mut impl Write) -> Result<(), PagerError> {
        if output.is_empty() {
            return Ok(());
        }
        let (program, arguments) = self
            .command
            .split_first()
            .expect("a command without a word is no pager");
        let mut command = Command::new(program);
        command.args(arguments).stdin(Stdio::piped());
        if std::env::var_os("LESS").is_none() {
            command.env("LESS", LESS);
        }
        let mut pager = match command.spawn() {
            Ok(pager) => pager,
            Err(error) if !self.chosen && error.kind() == io::ErrorKind::NotFound => {
                return Ok(unless_closed(
                    out.write_all(output).and_then(|()| out.flush()),
                )?);
            }
            Err(error) => {
                let command = program.clone();
                return Err(PagerError::Start { command, error });
            }
        };
        let mut input = pager.stdin.take().expect("its input is a pipe");
        let written = unless_closed(input.write_all(output));
        drop(input); // the end of the output
        pager.wait()?;
        Ok(written?)
    }
}

/// A reader that leaves before the end has seen enough.
fn unless_closed(written: io::Result<()>) -> io::Result<()> {
    match written {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        other => other,
    }
}
