//! The command line: what can be asked for, and the exit code it ends in.

pub mod aws;
mod completions;
mod man;
mod serve;
mod top;

use std::env;
use std::io::{self, Write as _};
use std::process::ExitCode;

use anyhow::Context as _;
use clap::error::ErrorKind;
use clap::{CommandFactory as _, FromArgMatches as _, Parser, Subcommand};

/// A terminal UI manager for Amazon EC2 bundle tasks.
///
/// Shows the bundle tasks of an account in a region, follows them, and cancels one after asking.
/// A bundle task packages an instance store-backed Windows instance into Amazon S3.
#[derive(Debug, Parser)]
#[command(version, after_help = EXAMPLES, args_conflicts_with_subcommands = true)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,

    #[command(flatten)]
    top: top::Top,
}

const EXAMPLES: &str = "\
Examples:
  bundletop --demo
  bundletop --profile prod --region us-east-1
  bundletop cancel-bundle-task --bundle-id bun-2a4e041c

NO_COLOR takes the colours away. Logs are written below the XDG state directory; BUNDLETOP_LOG=debug says \
more.";

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve a made-up world as EC2 would, for other programs to ask.
    #[command(display_order = 10)]
    Serve(serve::Serve),

    /// Print what makes a shell complete commands, options, profiles and regions.
    #[command(display_order = 11)]
    Completions(completions::Completions),

    /// Print the manual page, in roff.
    #[command(display_order = 12)]
    Man(man::Man),
}

/// The whole command line: the program's own part, and the commands of the AWS page.
fn command() -> clap::Command {
    Cli::command().subcommands(aws::command::commands())
}

/// The exit code, as other programs have it, for being called in a way that cannot work.
const USAGE: u8 = 2;

/// Why a command did not do what it was asked to.
#[derive(Debug)]
struct Failure {
    code: u8,
    words: String,
}

impl Failure {
    /// It was called in a way that cannot work.
    fn usage(error: &impl ToString) -> Self {
        Self {
            code: USAGE,
            words: error.to_string(),
        }
    }
}

impl From<anyhow::Error> for Failure {
    fn from(error: anyhow::Error) -> Self {
        Self {
            code: 1,
            words: format!("{error:#}"),
        }
    }
}

/// Whether a command is the program's own, not one of the AWS page.
fn is_own_command(name: &str) -> bool {
    name == "help" || Cli::command().find_subcommand(name).is_some()
}

/// Runs what the command line asks for.
pub fn run() -> ExitCode {
    completions::answer_shell();
    let args: Vec<_> = env::args_os().skip(1).collect();
    let words: Vec<_> = args
        .iter()
        .map(|arg| arg.to_string_lossy().into_owned())
        .collect();
    if aws::is_asked(&words) {
        return aws::run(&args);
    }
    let cli = match command()
        .try_get_matches()
        .and_then(|matches| Cli::from_arg_matches(&matches))
    {
        Ok(cli) => cli,
        Err(error) => return misread(&error),
    };
    let done = match cli.command {
        None => top::run(cli.top),
        Some(Command::Serve(serve)) => serve::run(&serve),
        Some(Command::Completions(completions)) => completions::run(&completions),
        Some(Command::Man(man)) => man::run(&man),
    };
    done.unwrap_or_else(|failure| {
        say(&format!("bundletop: {}", failure.words));
        failure.code.into()
    })
}

/// Help and version are no errors. A command that does not exist ends as with the AWS CLI, for whose
/// commands it may have been taken.
fn misread(error: &clap::Error) -> ExitCode {
    let _ = error.print();
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => ExitCode::SUCCESS,
        ErrorKind::InvalidSubcommand => aws::USAGE.into(),
        _ => USAGE.into(),
    }
}

/// Writes to standard output.
fn print(text: &str) -> Result<ExitCode, Failure> {
    crate::output::print(text).context("could not write to standard output")?;
    Ok(ExitCode::SUCCESS)
}

/// Writes a line to standard error. `eprintln!` would panic where that is gone.
fn say(line: &str) {
    let _ = writeln!(io::stderr(), "{line}");
}

fn speed(text: &str) -> Result<f64, String> {
    let speed: f64 = text.parse().map_err(|_| "not a number")?;
    if (0.01..=10_000.0).contains(&speed) {
        Ok(speed)
    } else {
        Err("0.01 to 10000 times".into())
    }
}
