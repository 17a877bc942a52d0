//! One call of an AWS command.

use super::command::{self, AwsCommand};
use super::error::CommandError;
use super::global_options::GlobalOptions;
use crate::cli::command_line::AwsCommandLine;
use crate::cli::error::invalid_choice;
use crate::cli::option_parser::{
    END_OF_OPTIONS, OptionValues, first_missing_option, parse_known_options, take_first_word,
};

/// One call of a command, with its command line parsed.
#[derive(Debug)]
pub(super) struct AwsCall {
    /// The command.
    pub command: AwsCommand,
    /// The command's own options.
    pub options: OptionValues,
    /// The global options.
    pub global: GlobalOptions,
}

impl AwsCall {
    /// Parses a command line. `command_names` are those of all commands, for the message about a
    /// command that does not exist.
    pub fn parse(
        command_line: AwsCommandLine,
        command_names: &[&str],
    ) -> Result<Self, CommandError> {
        let global = GlobalOptions::resolve(&command_line.global)?;
        let mut remaining = command_line.remaining;
        let command = take_command(&mut remaining, command_names)?;
        let known = command.options();
        let (options, remaining) =
            parse_known_options(&remaining, &known).map_err(CommandError::usage)?;
        // As with the AWS CLI, an abbreviated name does not count.
        let is_typed = |option: &str| command_line.arguments.iter().any(|arg| arg == option);
        let needs_no_options = is_typed("--cli-input-json") || is_typed("--generate-cli-skeleton");
        if let Some(name) = first_missing_option(&options, &known).filter(|_| !needs_no_options) {
            let message = format!("the following arguments are required: --{name}");
            return Err(CommandError::usage(message));
        }
        // An empty variable in a script leaves an empty argument, which is ignored.
        let unknown: Vec<_> = remaining
            .into_iter()
            .filter(|argument| !argument.is_empty() && argument != END_OF_OPTIONS)
            .collect();
        if !unknown.is_empty() {
            return Err(CommandError::unknown_arguments(&unknown));
        }
        if options.has("cli-input-yaml") {
            let message = "--cli-input-yaml is not supported; use --cli-input-json";
            return Err(CommandError::usage(message));
        }
        Ok(Self {
            command,
            options,
            global,
        })
    }
}

/// Removes the command's name, and the waiter's, from the arguments.
fn take_command(
    remaining: &mut Vec<String>,
    command_names: &[&str],
) -> Result<AwsCommand, CommandError> {
    let Some(name) = take_first_word(remaining) else {
        return Err(missing_name("command", command_names));
    };
    if name != command::WAIT {
        let message = || invalid_choice("command", &name, command_names);
        return AwsCommand::from_name(&name).ok_or_else(|| CommandError::usage(message()));
    }
    let waiters = [command::BUNDLE_TASK_COMPLETE];
    match take_first_word(remaining) {
        Some(waiter) if waiter == command::BUNDLE_TASK_COMPLETE => Ok(AwsCommand::Wait),
        Some(other) => Err(CommandError::usage(invalid_choice(
            "waiter", &other, &waiters,
        ))),
        None => Err(missing_name("waiter", &waiters)),
    }
}

fn missing_name(kind: &str, choices: &[&str]) -> CommandError {
    let choices = choices.join(", ");
    CommandError::usage(format!(
        "the following arguments are required: {kind}. The choices are: {choices}"
    ))
}
