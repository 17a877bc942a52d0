//! The AWS commands, and the options that only they have. Their global options are in
//! [`options`](crate::cli::options).

use clap::builder::PossibleValuesParser;
use clap::{Arg, Command};

use super::exit_code::AwsExitCode;
use crate::cli::options::{aws_global_options, flag, value, value_list};

/// An AWS command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum AwsCommand {
    /// `describe-bundle-tasks`
    Describe,
    /// `cancel-bundle-task`
    Cancel,
    /// `wait bundle-task-complete`
    Wait,
}

const DESCRIBE: &str = "describe-bundle-tasks";
const CANCEL: &str = "cancel-bundle-task";

/// The option of `cancel-bundle-task` to follow the task.
pub(super) const FOLLOW: &str = "follow";

/// The command that is followed by the name of a waiter.
pub(super) const WAIT: &str = "wait";

/// The name of the only waiter.
pub(super) const BUNDLE_TASK_COMPLETE: &str = "bundle-task-complete";

/// The names of the commands.
pub(crate) const NAMES: [&str; 3] = [DESCRIBE, CANCEL, WAIT];

impl AwsCommand {
    /// The command of that name. `wait` alone is none: the name of a waiter must follow it.
    pub fn from_name(name: &str) -> Option<Self> {
        match name {
            DESCRIBE => Some(Self::Describe),
            CANCEL => Some(Self::Cancel),
            _ => None,
        }
    }

    /// Its own options.
    pub fn options(self) -> Vec<Arg> {
        let mut options = match self {
            Self::Describe | Self::Wait => vec![bundle_ids(), filters()],
            Self::Cancel => vec![bundle_id(), follow()],
        };
        options.extend(parameter_options());
        options
    }

    /// The command with all its options and without any help text of its own.
    fn with_options(self, name: &'static str) -> Command {
        Command::new(name)
            .args(self.options())
            .next_help_heading("Global options")
            .args(aws_global_options())
    }
}

/// The commands as help, completions and the manual pages show them.
pub(crate) fn commands() -> [Command; 3] {
    [
        AwsCommand::Describe
            .with_options(DESCRIBE)
            .display_order(1)
            .about("Describe all bundle tasks, or those with given IDs or properties")
            .after_help(DESCRIBE_EXAMPLES)
            .after_long_help(with_exit_codes(DESCRIBE_EXAMPLES)),
        AwsCommand::Cancel
            .with_options(CANCEL)
            .display_order(2)
            .about("Cancel the bundling of an instance store-backed Windows instance")
            .after_help(CANCEL_EXAMPLE)
            .after_long_help(with_exit_codes(CANCEL_EXAMPLE)),
        Command::new(WAIT)
            .display_order(3)
            .about("Wait until bundle tasks are in a certain state")
            .subcommand_required(true)
            .after_help(WAIT_EXAMPLE)
            .subcommand(
                AwsCommand::Wait
                    .with_options(BUNDLE_TASK_COMPLETE)
                    .about("Wait until all of the bundle tasks are complete")
                    .long_about(
                        "Wait until all of the bundle tasks are complete. EC2 is asked every 15 \
                         seconds, at most 40 times. The exit code is 255 if one of the tasks has \
                         failed, or if they are not complete after that time.",
                    )
                    .after_help(WAIT_EXAMPLE)
                    .after_long_help(with_exit_codes(WAIT_EXAMPLE)),
            ),
    ]
}

const DESCRIBE_EXAMPLES: &str = "\
Examples:
  bundletop describe-bundle-tasks --filters Name=state,Values=bundling,storing
  bundletop describe-bundle-tasks --query 'BundleTasks[].[BundleId,State,Progress]' --output text";

const CANCEL_EXAMPLE: &str = "\
Example:
  bundletop cancel-bundle-task --bundle-id bun-2a4e041c";

const WAIT_EXAMPLE: &str = "\
Example:
  bundletop wait bundle-task-complete --bundle-ids bun-2a4e041c";

fn with_exit_codes(examples: &str) -> String {
    format!("{examples}\n\n{}", AwsExitCode::table())
}

fn bundle_id() -> Arg {
    value("bundle-id", "ID", "The ID of the bundle task").required(true)
}

/// Not an option of the AWS CLI.
fn follow() -> Arg {
    flag(
        FOLLOW,
        "Then follow the task on standard error until it is known what became of the cancel, for ten \
         minutes at most. Exit code 0 if EC2 no longer lists the task, 3 if it has completed or failed, \
         124 after ten minutes",
    )
}

fn bundle_ids() -> Arg {
    value_list(
        "bundle-ids",
        "ID",
        "The IDs of the bundle tasks [default: all bundle tasks]",
    )
}

fn filters() -> Arg {
    value_list(
        "filters",
        "FILTER",
        "Only tasks that match these filters, such as Name=state,Values=bundling,storing",
    )
    .long_help(
        "Only tasks that match all of these filters. A task matches a filter if it matches one of \
         its values, in which * stands for any text and ? for one character. A filter is written as \
         Name=state,Values=bundling,storing; all filters together as a JSON list such as \
         [{\"Name\": \"state\", \"Values\": [\"failed\"]}], or as a file with such a list, \
         file://filters.json.

Names: bundle-id, error-code, error-message, instance-id, progress, s3-bucket, s3-prefix, start-time, \
         state (pending, waiting-for-shutdown, bundling, storing, cancelling, complete, failed), \
         update-time",
    )
}

/// The options that every command has for its parameters.
fn parameter_options() -> [Arg; 5] {
    [
        flag(
            "dry-run",
            "Only check whether you have the permission: the result is the error DryRunOperation if \
             you do, and UnauthorizedOperation if you do not",
        ),
        flag("no-dry-run", "Carry out the request, which is the default"),
        value(
            "cli-input-json",
            "JSON",
            "Read the parameters from this JSON, or from a file given as file://FILE; other options \
             take precedence",
        ),
        // Declared so that --cli-input is ambiguous, as it is with the AWS CLI.
        value("cli-input-yaml", "YAML", "Not supported").hide(true),
        value(
            "generate-cli-skeleton",
            "FORM",
            "Print a JSON template for --cli-input-json, and send nothing",
        )
        .num_args(0..=1)
        .default_missing_value("input")
        .value_parser(PossibleValuesParser::new(["input"])),
    ]
}
