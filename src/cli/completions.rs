//! `bundletop completions`: scripts that make a shell complete commands, options and their values.
//!
//! A script asks this program whenever the user presses Tab, so that it offers the profiles that the
//! AWS files have at that moment.

use std::fs;
use std::io;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;
use clap::builder::PossibleValuesParser;
use clap::{Arg, Args, Command, ValueHint};
use clap_complete::engine::{ArgValueCandidates, CompletionCandidate};
use clap_complete::env::{CompleteEnv, Shells};

use super::error::CliError;
use super::man;
use super::options::aws_global_options;
use crate::output;

/// The environment variable that a script sets when it asks this program.
const VARIABLE: &str = "BUNDLETOP_COMPLETE";

const SHELLS: [&str; 4] = ["bash", "zsh", "fish", "powershell"];
/// What their scripts are called.
const FILES: [&str; 4] = [
    "bundletop.bash",
    "_bundletop",
    "bundletop.fish",
    "_bundletop.ps1",
];

/// The arguments of `bundletop completions`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  source <(bundletop completions bash)       in ~/.bashrc
  source <(bundletop completions zsh)        in ~/.zshrc, after compinit
  bundletop completions fish | source        in ~/.config/fish/config.fish
  bundletop completions powershell | Out-String | Invoke-Expression
                                             in $PROFILE
  bundletop completions --directory DIRECTORY
                                             for packages")]
pub(super) struct CompletionsArgs {
    /// The shell to print a script for.
    #[arg(value_parser = PossibleValuesParser::new(SHELLS), required_unless_present = "directory")]
    shell: Option<String>,

    /// Write the scripts for all shells into this directory, for a package. They are the same each time.
    #[arg(long, value_name = "DIRECTORY", value_hint = ValueHint::DirPath, conflicts_with = "shell")]
    directory: Option<PathBuf>,
}

/// Prints the script, or writes all scripts into a directory.
pub(super) fn run(args: &CompletionsArgs) -> Result<ExitCode, CliError> {
    if let Some(directory) = &args.directory {
        let write = || -> io::Result<()> {
            fs::create_dir_all(directory)?;
            for (shell, file) in SHELLS.iter().zip(FILES) {
                fs::write(directory.join(file), script(shell))?;
            }
            Ok(())
        };
        write().with_context(|| format!("could not write into {}", directory.display()))?;
    }
    if let Some(shell) = &args.shell {
        output::print(&script(shell))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn script(shell: &str) -> String {
    let shells = Shells::builtins();
    let shell = shells
        .completer(shell)
        .expect("all four shells are built in");
    let mut script = Vec::new();
    shell
        .write_registration(VARIABLE, "bundletop", "bundletop", "bundletop", &mut script)
        .expect("writing to memory does not fail");
    String::from_utf8(script).expect("a script is UTF-8")
}

/// If a script asks for completions, answers it and ends the program. `program` returns the whole
/// command line interface.
pub(super) fn answer_completion_request(program: fn() -> Command) {
    CompleteEnv::with_factory(move || completable(program()))
        .var(VARIABLE)
        .complete();
}

/// The command line interface, with the additions that only completion needs.
fn completable(mut program: Command) -> Command {
    let commands: Vec<_> = program
        .get_subcommands()
        .map(|command| command.get_name().to_owned())
        .collect();
    let commands = move || commands.iter().map(CompletionCandidate::new).collect();
    program = program.mut_subcommand(man::NAME, |man| {
        man.mut_arg(man::COMMAND_ARG, |arg| {
            arg.add(ArgValueCandidates::new(commands))
        })
    });
    // The global options can precede an AWS command.
    for option in aws_global_options() {
        let is_same = |known: &Arg| known.get_long() == option.get_long();
        // clap declares the program's own --version.
        if option.get_id() != "version" && !program.get_arguments().any(is_same) {
            program = program.arg(option.hide(true));
        }
    }
    program
}
