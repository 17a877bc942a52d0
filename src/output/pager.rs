//! The pager, through which the AWS CLI v2 shows its output on a terminal.

use std::ffi::OsString;
use std::io::{self, Write};
use std::iter;
use std::process::{Child, Command, Stdio};

use super::stdout::ignore_closed_pipe;

/// The pager if the user has not chosen one.
const DEFAULT_PAGER: &str = "less";

/// The value of `LESS` for the pager, unless it is set: leave at once if everything fits on the
/// screen (F), pass colours on (R), do not clear the screen (X).
const DEFAULT_LESS: &str = "FRX";

/// A program that shows text page by page, and how to call it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pager {
    program: String,
    arguments: Vec<String>,
    /// The value to set `LESS` to, if any.
    less: Option<&'static str>,
    /// Whether the user has chosen this pager, in the environment or the profile.
    is_user_choice: bool,
}

/// Why the pager does not show the output.
#[derive(Debug, thiserror::Error)]
pub enum PagerError {
    /// Its command line cannot be split into words. The AWS CLI has exit code 255 for this.
    #[error("the pager command {0:?} ends inside quotes or after a backslash")]
    Command(String),
    /// It cannot be started. The AWS CLI has exit code 253 for this.
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
    /// The output could not be written to the pager, or to standard output in its place.
    #[error("cannot write the output: {0}")]
    Write(#[from] io::Error),
}

impl Pager {
    /// The pager for output on a terminal: `AWS_PAGER`, else `setting` (that of the settings, or the
    /// profile's `cli_pager`), else `PAGER`, else `less`. There is none if `no_pager` (`--no-cli-pager`)
    /// is given, or if the first of these that is set is blank. `lookup` reads an environment variable.
    ///
    /// # Errors
    ///
    /// [`PagerError::Command`] if the chosen command cannot be split into words.
    pub fn choose(
        no_pager: bool,
        setting: Option<&str>,
        lookup: impl Fn(&str) -> Option<OsString>,
    ) -> Result<Option<Self>, PagerError> {
        if no_pager {
            return Ok(None);
        }
        let variable = |name| lookup(name).map(|value| value.to_string_lossy().into_owned());
        let chosen = variable("AWS_PAGER")
            .or_else(|| setting.map(str::to_owned))
            .or_else(|| variable("PAGER"));
        let command = chosen.as_deref().unwrap_or(DEFAULT_PAGER);
        let words = shlex::split(command).ok_or_else(|| PagerError::Command(command.to_owned()))?;
        let mut words = words.into_iter();
        Ok(words.next().map(|program| Self {
            program,
            arguments: words.collect(),
            less: lookup("LESS").is_none().then_some(DEFAULT_LESS),
            is_user_choice: chosen.is_some(),
        }))
    }

    /// The program and its arguments.
    pub fn command(&self) -> impl Iterator<Item = &str> {
        iter::once(&self.program)
            .chain(&self.arguments)
            .map(String::as_str)
    }

    /// Shows the output, and waits until the user leaves the pager. No pager is started for empty
    /// output. The terminal's interrupts reach both the pager and this program: the caller has to
    /// ignore them meanwhile.
    ///
    /// If the user has not chosen a pager and `less` is not installed, the output is written to
    /// `out`.
    ///
    /// # Errors
    ///
    /// [`PagerError::Start`] if the pager cannot be started, [`PagerError::Write`] if it does not
    /// take the output. A pager that quits before it has read everything is not an error.
    pub fn show(&self, output: &[u8], out: &mut impl Write) -> Result<(), PagerError> {
        if output.is_empty() {
            return Ok(());
        }
        let mut pager = match self.start() {
            Ok(pager) => pager,
            Err(error) if !self.is_user_choice && error.kind() == io::ErrorKind::NotFound => {
                ignore_closed_pipe(out.write_all(output).and_then(|()| out.flush()))?;
                return Ok(());
            }
            Err(error) => {
                let program = self.program.clone();
                return Err(PagerError::Start { program, error });
            }
        };
        let mut input = pager.stdin.take().expect("its input is a pipe");
        let written = ignore_closed_pipe(input.write_all(output));
        drop(input); // closes the pipe, so that the pager sees the end of the output
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
