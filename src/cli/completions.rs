//! `bundletop completions`: scripts that make a shell complete commands, options and their values.
//!
//! A script asks this program whenever the user presses Tab, so that it offers the profiles that the
//! AWS files have at that moment.

use std::process::ExitCode;

use clap::builder::PossibleValuesParser;
use clap::{Arg, Args, Command};
use clap_complete::engine::{ArgValueCandidates, CompletionCandidate};
use clap_complete::env::{CompleteEnv, Shells};

use super::error::CliError;
use super::man;
use super::options::aws_global_options;
use crate::output;

/// The environment variable that a script sets when it asks this program.
const VARIABLE: &str = "BUNDLETOP_COMPLETE";

const SHELLS: [&str; 4] = ["bash", "zsh", "fish", "powershell"];

/// The arguments of `bundletop completions`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  source <(bundletop completions bash)       in ~/.bashrc
  source <(bundletop completions zsh)        in ~/.zshrc, after compinit
  bundletop completions fish | source        in ~/.config/fish/config.fish
  bundletop completions powershell | Out-String | Invoke-Expression
                                             in $PROFILE")]
pub(super) struct CompletionsArgs {
    /// The shell to print a script for.
    #[arg(value_parser = PossibleValuesParser::new(SHELLS))]
    shell: String,
}

/// Prints the script.
pub(super) fn run(args: &CompletionsArgs) -> Result<ExitCode, CliError> {
    let shells = Shells::builtins();
    let shell = shells
        .completer(&args.shell)
        .expect("all four shells are built in");
    let mut script = Vec::new();
    shell
        .write_registration(VARIABLE, "bundletop", "bundletop", "bundletop", &mut script)
        .expect("writing to memory does not fail");
    output::print(&String::from_utf8(script).expect("a script is UTF-8"))?;
    Ok(ExitCode::SUCCESS)
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
