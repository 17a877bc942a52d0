//! The pager, through which AWS CLI v2 shows output on a terminal.

use std::ffi::OsString;
use std::io::{self, Write};
use std::process::{Child, Command, Stdio};

use super::unless_closed;

/// The pager where nobody chose one, and what it is told unless `LESS` is set: leave if all fits on
/// the screen, pass colours on, keep the screen.
const DEFAULT: &str = "less";
const LESS: &str = "FRX";

/// A program that shows text, and how to call it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pager {
    program: String,
    arguments: Vec<String>,
    /// What to set `LESS` to.
    less: Option<&'static str>,
    /// Whether the user asked for this pager, in the environment or the profile.
    is_chosen: bool,
}

/// Why the pager that was asked for does not show the output.
#[derive(Debug, thiserror::Error)]
pub enum PagerError {
    /// Its command ends inside quotes. Exit code 255 in AWS CLI.
    #[error("the pager {0:?} is no command: it ends inside quotes or after a backslash")]
    Command(String),
    /// It cannot be started. Exit code 253 in AWS CLI.
    #[error(
        "Unable to redirect output to pager. Received the following error when opening pager:\n\
         {program}: {error}"
    )]
    Start {
        /// The program.
        program: String,
        /// Why it did not start.
        error: io::Error,
    },
    /// The output does not reach the pager, or standard output in its place; a pager closed early is
    /// no error.
    #[error("cannot write the output: {0}")]
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
        let words = shlex::split(text).ok_or_else(|| PagerError::Command(text.to_owned()))?;
        let mut words = words.into_iter();
        Ok(words.next().map(|program| Self {
            program,
            arguments: words.collect(),
            less: environment("LESS").is_none().then_some(LESS),
            is_chosen: chosen.is_some(),
        }))
    }

    /// The program and its arguments.
    pub fn words(&self) -> impl Iterator<Item = &str> {
        let arguments = self.arguments.iter();
        std::iter::once(&self.program)
            .chain(arguments)
            .map(String::as_str)
    }

    /// Shows the output and waits for the user to leave the pager, which gets the interrupts of the
    /// terminal as the caller does. Nothing to show starts no pager.
    ///
    /// Where nobody chose a pager and there is no `less`, the output goes straight to `out`.
    pub fn show(&self, output: &[u8], out: &mut impl Write) -> Result<(), PagerError> {
        if output.is_empty() {
            return Ok(());
        }
        let mut pager = match self.start() {
            Ok(pager) => pager,
            Err(error) if !self.is_chosen && error.kind() == io::ErrorKind::NotFound => {
                unless_closed(out.write_all(output).and_then(|()| out.flush()))?;
                return Ok(());
            }
            Err(error) => {
                let program = self.program.clone();
                return Err(PagerError::Start { program, error });
            }
        };
        let mut input = pager.stdin.take().expect("its input is a pipe");
        let written = unless_closed(input.write_all(output));
        drop(input); // the end of the output
        pager.wait()?;
        Ok(written?)
    }

    fn start(&self) -> io::Result<Child> {
        Command::new(&self.program)
            .args(&self.arguments)
            .envs(self.less.map(|flags| ("LESS", flags)))
            .stdin(Stdio::piped())
            .spawn()
    }
}
