//! The command line: runs the terminal UI or a command, and determines the exit code.
//!
//! There are two parsers. The terminal UI and the program's own commands are parsed by
//! clap. The AWS commands, which the AWS CLI has too, are parsed by its rules. Both take options
//! from the same declarations.
//!
//! | module           | what it is                                                     |
//! |------------------|----------------------------------------------------------------|
//! | `options`        | the options that several commands have, each declared once     |
//! | `option_parser`  | parses options as the AWS CLI does                             |
//! | `command_line`   | the command line as typed, its global options parsed           |
//! | `ui`             | the terminal UI                                                |
//! | `watch`, `history`, `config`, `serve`, `completions`, `man` | the program's own commands |
//! | `setting_options` | the options that are settings too                            |
//! | `aws`            | the AWS commands                                               |
//! | `candidates`, `error` | what the others share                                     |

mod aws;
mod candidates;
mod command_line;
mod completions;
mod config;
mod error;
mod history;
mod man;
mod option_parser;
mod options;
mod serve;
mod setting_options;
mod ui;
mod watch;

use std::env;
use std::ffi::OsString;
use std::process::ExitCode;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{CommandFactory as _, FromArgMatches as _, Parser, Subcommand};

use aws::{AwsExitCode, CommandError};
use command_line::{CommandLine, CommandNames};
use error::{CliError, USAGE_EXIT_CODE, print_error};

/// A terminal UI manager for Amazon EC2 bundle tasks.
///
/// Lists the bundle tasks of an AWS account and region, follows their progress, and cancels them after
/// asking for confirmation. A bundle task packages an instance store-backed Windows instance into
/// Amazon S3.
#[derive(Debug, Parser)]
#[command(version, after_help = EXAMPLES, args_conflicts_with_subcommands = true)]
struct OwnCommandLine {
    #[command(subcommand)]
    command: Option<OwnCommand>,

    #[command(flatten)]
    ui: ui::UiArgs,
}

const EXAMPLES: &str = "\
Examples:
  bundletop --demo
  bundletop --profile prod --region us-east-1
  bundletop cancel-bundle-task --bundle-id bun-2a4e041c

Environment variables:
  BUNDLETOP_CONFIG    The file of the settings
  AWS_PROFILE, AWS_REGION, AWS_ACCESS_KEY_ID and others
                      As for the AWS CLI
  AWS_DEFAULT_OUTPUT  The format of the AWS commands and of history
  AWS_PAGER, PAGER    The pager for their output; AWS_PAGER takes precedence
  VISUAL, EDITOR      The editor for the settings; VISUAL takes precedence
  TZ                  The time zone of times on the screen and in watch
  NO_COLOR            Turns colours off, unless it is empty; so does CLICOLOR=0
  BUNDLETOP_LOG       The level of detail of the log file: off, error, warn,
                      info (the default), debug or trace. The file is
                      bundletop/bundletop.log in $XDG_STATE_HOME or ~/.local/state";

/// One of the program's own commands, which the AWS CLI does not have.
#[derive(Debug, Subcommand)]
enum OwnCommand {
    /// Write a line for each change of the bundle tasks, as it happens.
    #[command(display_order = 7)]
    Watch(watch::WatchArgs),

    /// Show what the journal has of tasks and cancels, also after EC2 has forgotten them.
    #[command(display_order = 8)]
    History(history::HistoryArgs),

    /// Show, check and describe the settings.
    #[command(display_order = 9)]
    Config(config::ConfigArgs),

    /// Serve a simulated EC2 with bundle tasks, for testing other programs.
    #[command(display_order = 10)]
    Serve(serve::ServeArgs),

    /// Print a shell completion script.
    #[command(display_order = 11)]
    Completions(completions::CompletionsArgs),

    /// Show the manual page of the program or of a command.
    #[command(display_order = 12)]
    Man(man::ManArgs),
}

/// Runs what the command line asks for, and returns the exit code to end with. If a shell asks for
/// completions, it answers and ends the program.
pub fn run() -> ExitCode {
    completions::answer_completion_request(program);
    let program = program();
    let arguments: Vec<_> = env::args_os().collect();
    let names = CommandNames::new(
        program.get_subcommands().map(clap::Command::get_name),
        &aws::command::NAMES,
    );
    let ui_options: Vec<_> = program.get_arguments().cloned().collect();
    let after_name = arguments.get(1..).unwrap_or_default();
    match CommandLine::parse(after_name, &names, &ui_options) {
        CommandLine::OwnCommand => run_own_command(&arguments, &program, &names.all()),
        CommandLine::AwsCommand(command_line) => aws::run(command_line, &program, &names.all()),
        CommandLine::Invalid(reason) => aws::report_error(&CommandError::usage(reason)),
    }
}

/// The whole command line interface: the program's own part, and the AWS commands.
fn program() -> clap::Command {
    OwnCommandLine::command().subcommands(aws::command::commands())
}

/// Parses the arguments, of which the first is the program's name, with clap, and runs the terminal UI
/// or one of the program's own commands.
fn run_own_command(
    arguments: &[OsString],
    program: &clap::Command,
    command_names: &[&str],
) -> ExitCode {
    let parsed = program
        .clone()
        .try_get_matches_from(arguments)
        .and_then(|matches| OwnCommandLine::from_arg_matches(&matches));
    let command_line = match parsed {
        Ok(command_line) => command_line,
        Err(error) => {
            // The mistyped one is one of that command's own.
            let is_nested = arguments
                .iter()
                .any(|argument| program.find_subcommand(argument).is_some());
            return report_clap_error(&error, (!is_nested).then_some(command_names));
        }
    };
    let result = match command_line.command {
        None => ui::run(command_line.ui),
        Some(OwnCommand::Serve(args)) => serve::run(&args),
        Some(OwnCommand::Watch(args)) => watch::run(&args),
        Some(OwnCommand::History(args)) => history::run(&args),
        Some(OwnCommand::Config(args)) => config::run(&args),
        Some(OwnCommand::Completions(args)) => completions::run(&args),
        Some(OwnCommand::Man(args)) => man::run(&args, program),
    };
    result.unwrap_or_else(|error: CliError| {
        print_error(&format!("bundletop: {error}"));
        error.exit_code()
    })
}

/// Prints clap's error, or the help or version that was requested, and returns the exit code to end
/// with. The error for a command that does not exist is the AWS CLI's: the user may have meant one
/// of the AWS CLI's commands, unless it is one of another command.
fn report_clap_error(error: &clap::Error, command_names: Option<&[&str]>) -> ExitCode {
    if let Some(ContextValue::String(name)) = error.get(ContextKind::InvalidSubcommand)
        && error.kind() == ErrorKind::InvalidSubcommand
        && let Some(command_names) = command_names
    {
        let message = error::invalid_choice("command", name, command_names);
        return aws::report_error(&CommandError::usage(message));
    }
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
            let _ = error.print();
            AwsExitCode::Success.into()
        }
        _ => {
            // Without clap's colours, which could not be told from those in an argument that it quotes.
            print_error(&error.render().to_string());
            USAGE_EXIT_CODE.into()
        }
    }
}
