//! The options that several commands have, each declared once: its name, its value's name, its help
//! and what completion offers for it. Parsing, `--help`, the manual pages and the completions all
//! use these declarations. Options of a single command are declared with that command.

use std::path::PathBuf;

use clap::builder::PossibleValuesParser;
use clap::{Arg, ArgAction, ArgMatches, Args, Command, FromArgMatches, ValueHint, value_parser};
use clap_complete::engine::ArgValueCandidates;

use super::candidates;
use crate::config::Interval;
use crate::ec2::Settings;
use crate::output::Format;
use crate::tui::replay::SPEEDS;

/// The names of the options that determine how EC2 is reached, and with whose credentials.
pub(super) const CONNECTION: [&str; 4] = [PROFILE, REGION, ENDPOINT_URL, CA_BUNDLE];

pub(super) const PROFILE: &str = "profile";
pub(super) const REGION: &str = "region";
pub(super) const ENDPOINT_URL: &str = "endpoint-url";
pub(super) const CA_BUNDLE: &str = "ca-bundle";

/// The values of the options in [`CONNECTION`], as they were given. An empty profile or file name counts
/// as not given.
#[derive(Clone, Debug, Default)]
pub(super) struct ConnectionOptions {
    /// `--profile`
    pub profile: Option<String>,
    /// `--region`
    pub region: Option<String>,
    /// `--endpoint-url`
    pub endpoint_url: Option<String>,
    /// `--ca-bundle`
    pub ca_bundle: Option<PathBuf>,
}

impl ConnectionOptions {
    /// The settings of a connection with these options. The rest have their defaults.
    pub fn into_settings(self) -> Settings {
        Settings {
            profile: self.profile.filter(|name| !name.is_empty()),
            region: self.region,
            endpoint_url: self.endpoint_url,
            ca_bundle: self.ca_bundle.filter(|path| !path.as_os_str().is_empty()),
            ..Settings::default()
        }
    }
}

/// The options of what follows EC2 over time: the UI and `watch`.
#[derive(Clone, Debug, Default, Args)]
pub(super) struct MonitorOptions {
    /// The time between two requests for the list of tasks, from 500ms to 24h, or in seconds. By default,
    /// auto, it is 5 seconds while a task is in progress, 2 for a minute after a cancel, and 30 otherwise.
    #[arg(long, value_name = "TIME", value_parser = parse_interval)]
    pub interval: Option<String>,

    /// The file of the journal, in which tasks and cancels are kept. By default it is
    /// bundletop/journal.sqlite3 where the log file is.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub journal: Option<PathBuf>,

    /// Keep no journal.
    #[arg(long, conflicts_with = "journal")]
    pub no_journal: bool,
}

impl Args for ConnectionOptions {
    fn augment_args(command: Command) -> Command {
        command.args([profile(), region(), endpoint_url(), ca_bundle()])
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl FromArgMatches for ConnectionOptions {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let text = |name| matches.get_one::<String>(name).cloned();
        Ok(Self {
            profile: text(PROFILE),
            region: text(REGION),
            endpoint_url: text(ENDPOINT_URL),
            ca_bundle: matches.get_one::<PathBuf>(CA_BUNDLE).cloned(),
        })
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

/// The global options of the AWS CLI that the AWS commands have.
pub(super) fn aws_global_options() -> Vec<Arg> {
    vec![
        profile(),
        region(),
        value("output", "FORMAT", "The format of the output [default: json]").value_parser(
            PossibleValuesParser::new(Format::NAMES.iter().map(|(name, _)| *name)),
        ),
        value(
            "query",
            "JMESPATH",
            "Print only what this JMESPath expression selects from the answer",
        ),
        endpoint_url(),
        flag(
            "no-sign-request",
            "Send the request without a signature, and do not look for credentials",
        ),
        ca_bundle(),
        flag(
            "no-verify-ssl",
            "Do not verify the certificate of the endpoint",
        ),
        value(
            "cli-read-timeout",
            "SECONDS",
            "How long to wait for data from EC2; 0 means no limit [default: 60]",
        ),
        value(
            "cli-connect-timeout",
            "SECONDS",
            "How long to wait for a connection; 0 means no limit [default: 60]",
        ),
        value(
            "color",
            "WHEN",
            "When to colour tables [default: auto, which means on a terminal, unless NO_COLOR is set]",
        )
        .value_parser(PossibleValuesParser::new(["on", "off", "auto"])),
        flag("no-cli-pager", "Do not show the output in a pager"),
        flag(
            "no-paginate",
            "Accepted for the AWS CLI's sake; EC2 does not page bundle tasks",
        )
        .hide(true),
        flag(
            "no-cli-auto-prompt",
            "Accepted for the AWS CLI's sake; there are no prompts",
        )
        .hide(true),
        flag("version", "Print the version"),
        flag(
            "debug",
            "Log every step to standard error, without secrets",
        ),
    ]
}

fn profile() -> Arg {
    value(
        PROFILE,
        "NAME",
        "The profile of the AWS config files to use. It takes precedence over credentials in the \
         environment",
    )
    .add(ArgValueCandidates::new(candidates::profiles))
}

fn region() -> Arg {
    value(REGION, "REGION", "The AWS region, such as us-east-1")
        .add(ArgValueCandidates::new(candidates::regions))
}

fn endpoint_url() -> Arg {
    value(
        ENDPOINT_URL,
        "URL",
        "The URL of the endpoint to use instead of EC2's own",
    )
    .value_hint(ValueHint::Url)
}

fn ca_bundle() -> Arg {
    value(
        CA_BUNDLE,
        "FILE",
        "A PEM file with the certificates to trust instead of the system's",
    )
    .value_parser(value_parser!(PathBuf))
    .value_hint(ValueHint::FilePath)
}

/// An option without a value.
pub(super) fn flag(name: &'static str, help: &'static str) -> Arg {
    Arg::new(name)
        .long(name)
        .help(help)
        .action(ArgAction::SetTrue)
}

/// An option with one value.
pub(super) fn value(name: &'static str, value_name: &'static str, help: &'static str) -> Arg {
    Arg::new(name).long(name).help(help).value_name(value_name)
}

/// An option with any number of values.
pub(super) fn value_list(name: &'static str, value_name: &'static str, help: &'static str) -> Arg {
    value(name, value_name, help).num_args(0..)
}

/// Checks a time between two polls: as in the settings, or a number of seconds.
fn parse_interval(text: &str) -> Result<String, String> {
    let is_number = text.parse::<f64>().is_ok();
    let text = format!("{text}{}", if is_number { "s" } else { "" });
    Interval::try_from(text.clone()).map(|_| text)
}

/// Parses how many times faster than real time a replay or a simulated EC2 runs.
pub(super) fn parse_speed(text: &str) -> Result<f64, String> {
    let speed: f64 = text.parse().map_err(|_| "not a number")?;
    if SPEEDS.contains(&speed) {
        Ok(speed)
    } else {
        Err("must be 0.01 to 10000 times real time".into())
    }
}
