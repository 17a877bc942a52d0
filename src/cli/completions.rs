//! `bundletop completions`: commands, options, profiles and regions completed by the shell.
//!
//! What a shell gets is a script that asks this program at each Tab, so that profiles are those the
//! AWS files have at that moment.

use std::process::ExitCode;

use clap::builder::PossibleValuesParser;
use clap::{Arg, Args, Command};
use clap_complete::engine::{ArgValueCandidates, CompletionCandidate};
use clap_complete::env::{CompleteEnv, Shells};

use super::{Failure, aws};
use crate::ec2;

/// Set by the script when it asks this program.
const VARIABLE: &str = "BUNDLETOP_COMPLETE";

const SHELLS: [&str; 4] = ["bash", "zsh", "fish", "powershell"];

/// The shell to print a script for.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  source <(bundletop completions bash)       in ~/.bashrc
  source <(bundletop completions zsh)        in ~/.zshrc, after compinit
  bundletop completions fish | source        in ~/.config/fish/config.fish
  bundletop completions powershell | Out-String | Invoke-Expression
                                             in $PROFILE")]
pub(super) struct Completions {
    /// The shell.
    #[arg(value_parser = PossibleValuesParser::new(SHELLS))]
    shell: String,
}

/// Prints the script.
pub(super) fn run(completions: &Completions) -> Result<ExitCode, Failure> {
    let shells = Shells::builtins();
    let shell = shells
        .completer(&completions.shell)
        .expect("the builtins have all four");
    let mut script = Vec::new();
    shell
        .write_registration(VARIABLE, "bundletop", "bundletop", "bundletop", &mut script)
        .expect("memory takes every write");
    super::print(&String::from_utf8(script).expect("a script is text"))
}

/// Answers a shell that asks for completions, and ends the program then.
pub(super) fn answer_shell() {
    CompleteEnv::with_factory(completed)
        .var(VARIABLE)
        .complete();
}

/// The command line with what it takes to complete it.
fn completed() -> Command {
    let mut command = super::command();
    // The global options stand before a command, too.
    let globals = aws::command::globals(Command::new("globals"));
    for option in globals.get_arguments() {
        let is_known = |known: &Arg| known.get_long() == option.get_long();
        // The program's --version is clap's own.
        if option.get_id() != "version" && !command.get_arguments().any(is_known) {
            command = command.arg(option.clone().hide(true));
        }
    }
    with_candidates(command)
}

fn with_candidates(command: Command) -> Command {
    command
        .mut_args(|arg| match arg.get_long() {
            Some("profile") => arg.add(ArgValueCandidates::new(profiles)),
            Some("region") => arg.add(ArgValueCandidates::new(regions)),
            None if arg.get_id() == "command" => arg.add(ArgValueCandidates::new(commands)),
            Some(_) | None => arg,
        })
        .mut_subcommands(with_candidates)
}

fn profiles() -> Vec<CompletionCandidate> {
    let runtime = tokio::runtime::Builder::new_current_thread().build();
    let names = runtime.map(|runtime| runtime.block_on(ec2::profile_names()));
    let names = names.unwrap_or_default();
    names.into_iter().map(CompletionCandidate::new).collect()
}

/// What has a manual page.
fn commands() -> Vec<CompletionCandidate> {
    let command = super::command();
    let names = command.get_subcommands().map(Command::get_name);
    names.map(CompletionCandidate::new).collect()
}

fn regions() -> Vec<CompletionCandidate> {
    REGIONS.iter().map(CompletionCandidate::new).collect()
}

// Of AWS, of AWS in China and of AWS GovCloud (US), as of July 2026.
const REGIONS: &[&str] = &[
    "af-south-1",
    "ap-east-1",
    "ap-east-2",
    "ap-northeast-1",
    "ap-northeast-2",
    "ap-northeast-3",
    "ap-south-1",
    "ap-south-2",
    "ap-southeast-1",
    "ap-southeast-2",
    "ap-southeast-3",
    "ap-southeast-4",
    "ap-southeast-5",
    "ap-southeast-6",
    "ap-southeast-7",
    "ca-central-1",
    "ca-west-1",
    "cn-north-1",
    "cn-northwest-1",
    "eu-central-1",
    "eu-central-2",
    "eu-north-1",
    "eu-south-1",
    "eu-south-2",
    "eu-west-1",
    "eu-west-2",
    "eu-west-3",
    "eusc-de-east-1",
    "il-central-1",
    "me-central-1",
    "me-south-1",
    "mx-central-1",
    "sa-east-1",
    "us-east-1",
    "us-east-2",
    "us-gov-east-1",
    "us-gov-west-1",
    "us-west-1",
    "us-west-2",
];
