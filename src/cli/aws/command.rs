//! The commands of the AWS page and their options: the one table that reading, help, completions and
//! the manual page go by.

use clap::builder::PossibleValuesParser;
use clap::{Arg, ArgAction, Command, ValueHint};

use crate::output::Format;

/// What can be asked of EC2.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    /// `describe-bundle-tasks`
    Describe,
    /// `cancel-bundle-task`
    Cancel,
    /// `wait bundle-task-complete`
    Wait,
}

/// The commands' names, and those of the waiters below `wait`.
pub const DESCRIBE: &str = "describe-bundle-tasks";
/// See [`DESCRIBE`].
pub const CANCEL: &str = "cancel-bundle-task";
/// See [`DESCRIBE`].
pub const WAIT: &str = "wait";
/// See [`DESCRIBE`].
pub const BUNDLE_TASK_COMPLETE: &str = "bundle-task-complete";

impl Asked {
    /// The options of its own.
    pub fn options(self) -> Command {
        match self {
            Self::Describe => describe_options(Command::new(DESCRIBE)),
            Self::Cancel => cancel_options(Command::new(CANCEL)),
            Self::Wait => describe_options(Command::new(BUNDLE_TASK_COMPLETE)),
        }
    }
}

/// The commands whole, as help, completions and the manual page show them.
pub fn commands() -> [Command; 3] {
    [
        globals(describe_options(Command::new(DESCRIBE)))
            .display_order(1)
            .about("Describe bundle tasks: all of them, or those named or filtered")
            .after_help(DESCRIBE_EXAMPLES)
            .after_long_help(with_exit_codes(DESCRIBE_EXAMPLES)),
        globals(cancel_options(Command::new(CANCEL)))
            .display_order(2)
            .about("Cancel the bundling of an instance store-backed Windows instance")
            .after_help(CANCEL_EXAMPLE)
            .after_long_help(with_exit_codes(CANCEL_EXAMPLE)),
        Command::new(WAIT)
            .display_order(3)
            .about("Wait until bundle tasks have reached a state")
            .subcommand_required(true)
            .after_help(WAIT_EXAMPLE)
            .subcommand(
                globals(describe_options(Command::new(BUNDLE_TASK_COMPLETE)))
                    .about("Wait until all of the bundle tasks are complete")
                    .long_about(
                        "Wait until all of the bundle tasks are complete: asks every 15 seconds, \
                         40 times at most. Fails with exit code 255 when one of them has failed, \
                         or when the time is over.",
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

fn with_exit_codes(example: &str) -> String {
    format!("{example}\n\n{EXIT_CODES}")
}

const EXIT_CODES: &str = "\
Exit codes:
  0    EC2 took it
  252  the command line or a parameter is not understood; nothing was sent
  253  credentials, the region or the configuration are missing
  254  EC2 answered with an error; a dry run always ends so
  255  anything else: no connection, an unreadable answer, a wait that failed
  130  SIGINT";

/// The global options of the AWS CLI.
pub fn globals(command: Command) -> Command {
    let words = |words: [&'static str; 3]| PossibleValuesParser::new(words);
    command.next_help_heading("Global options").args([
        one(
            "profile",
            "NAME",
            "Use this profile of the AWS config files, before credentials in the environment",
        ),
        one("region", "REGION", "The region to ask, such as us-east-1"),
        one("output", "FORMAT", "How to show the answer [default: json]").value_parser(
            PossibleValuesParser::new(Format::NAMES.iter().map(|(name, _)| *name)),
        ),
        one(
            "query",
            "JMESPATH",
            "Show only what this JMESPath expression picks from the answer",
        ),
        one(
            "endpoint-url",
            "URL",
            "Ask this endpoint in place of EC2's own",
        )
        .value_hint(ValueHint::Url),
        flag(
            "no-sign-request",
            "Send the request without a signature, and look for no credentials",
        ),
        one(
            "ca-bundle",
            "FILE",
            "Trust the certificates of this PEM file in place of the system's",
        )
        .value_hint(ValueHint::FilePath),
        flag(
            "no-verify-ssl",
            "Do not check whose certificate the endpoint has",
        ),
        one(
            "cli-read-timeout",
            "SECONDS",
            "How long to wait for EC2 to send something; 0 for ever [default: 60]",
        ),
        one(
            "cli-connect-timeout",
            "SECONDS",
            "How long to wait for a connection; 0 for ever [default: 60]",
        ),
        one(
            "color",
            "WHEN",
            "Colours in tables [default: auto: on a terminal, without NO_COLOR]",
        )
        .value_parser(words(["on", "off", "auto"])),
        flag("no-cli-pager", "Do not show the answer in a pager"),
        flag(
            "no-paginate",
            "Without effect: EC2 does not page bundle tasks",
        )
        .hide(true),
        flag(
            "no-cli-auto-prompt",
            "Without effect: nothing is prompted for",
        )
        .hide(true),
        flag("version", "Print the version"),
        flag(
            "debug",
            "Say on standard error what is done, without secrets",
        ),
    ])
}

fn describe_options(command: Command) -> Command {
    let command = command.args([
        list(
            "bundle-ids",
            "ID",
            "The bundle task IDs. Without them, all bundle tasks",
        ),
        list(
            "filters",
            "FILTER",
            "Only tasks that match: Name=state,Values=bundling,storing; or JSON; or file://",
        )
        .long_help(FILTERS),
    ]);
    common_options(command)
}

const FILTERS: &str = "\
Only tasks that match all of these filters, each by one of its values: \
Name=state,Values=bundling,storing Name=s3-bucket,Values=win*; or a JSON list such as \
[{\"Name\": \"state\", \"Values\": [\"failed\"]}]; or a file of that, file://filters.json. * stands \
for any text and ? for one character.

Names: bundle-id, error-code, error-message, instance-id, progress, s3-bucket, s3-prefix, \
start-time, state (pending, waiting-for-shutdown, bundling, storing, cancelling, complete, failed), \
update-time";

fn cancel_options(command: Command) -> Command {
    common_options(command.arg(one("bundle-id", "ID", "The ID of the bundle task").required(true)))
}

fn common_options(command: Command) -> Command {
    command.args([
        flag("dry-run", "Ask whether you may, without doing it: the answer is the error DryRunOperation, or UnauthorizedOperation"),
        flag("no-dry-run", "Do it after all"),
        one("cli-input-json", "JSON", "Take the parameters from this JSON, or from file://; the options here come first"),
        one("cli-input-yaml", "YAML", "Not there").hide(true), // so that --cli-input stays ambiguous
        one("generate-cli-skeleton", "FORM", "Print JSON to fill in for --cli-input-json, and do nothing else")
            .num_args(0..=1)
            .default_missing_value("input")
            .value_parser(PossibleValuesParser::new(["input"])),
    ])
}

fn flag(name: &'static str, help: &'static str) -> Arg {
    Arg::new(name)
        .long(name)
        .help(help)
        .action(ArgAction::SetTrue)
}

fn one(name: &'static str, value: &'static str, help: &'static str) -> Arg {
    Arg::new(name).long(name).help(help).value_name(value)
}

fn list(name: &'static str, value: &'static str, help: &'static str) -> Arg {
    one(name, value, help).num_args(0..)
}
