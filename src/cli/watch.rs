//! `bundletop watch`: a line for each change, as it happens, for scripts, logs and screen readers.

mod condition;
mod progress_lines;
mod watched;
mod watcher;

use std::io;
use std::process::ExitCode;
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use anyhow::Context as _;
use clap::{Args, ValueEnum};
use jiff::{SignedDuration, Timestamp};

use super::aws::parameter_values;
use super::error::CliError;
use super::options::{ConnectionOptions, MonitorOptions, parse_duration};
use crate::ec2::{Filter, Settings, filter};
use crate::journal::{Report, Writer};
use crate::monitor::AcceptedCancel;
use crate::signal;
use condition::Until;
use watcher::{Target, Watcher};

/// How long a task is followed after its cancel, and how often EC2 is asked.
const FOLLOWED_FOR: SignedDuration = SignedDuration::from_mins(10);
const FOLLOW_INTERVAL: Duration = Duration::from_secs(2);

/// The arguments of `bundletop watch`.
#[derive(Debug, Args)]
#[command(after_help = "\
Exit codes:
    0  --until is met, or whoever reads the lines has closed the pipe
    1  the lines cannot be written, or EC2 refuses the request for the list, as for an unknown filter
    2  the command line is wrong
    3  --until cannot be met any more: a task has ended in another way or is not listed, or there is
       none to watch
  124  --timeout has passed
  130  Ctrl-C; other signals likewise, as 128 and their number

Examples:
  bundletop watch --bundle-ids bun-2a4e041c --until settled --timeout 2h
  bundletop watch --filters state=storing,bundling --output ndjson > incident.ndjson")]
pub(super) struct WatchArgs {
    #[command(flatten)]
    connection: ConnectionOptions,

    /// Watch only these tasks.
    #[arg(long, value_name = "BUNDLE_ID", num_args = 1..)]
    bundle_ids: Vec<String>,

    /// Watch only tasks that EC2's own filters find: state=storing,bundling, or as the AWS CLI takes
    /// them. With --until, the tasks found at first are watched, whatever becomes of them.
    #[arg(long, value_name = "FILTER", num_args = 1..)]
    filters: Vec<String>,

    /// End when all tasks are like this: settled means complete, failed or no longer listed.
    #[arg(long, value_enum, value_name = "CONDITION")]
    until: Option<Until>,

    /// End after this time, such as 30m, whatever has happened.
    #[arg(long, value_name = "TIME", value_parser = parse_duration)]
    timeout: Option<SignedDuration>,

    /// How the lines are written: as sentences, or as JSON, one object a line.
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t)]
    output: WatchFormat,

    #[command(flatten)]
    monitor: MonitorOptions,
}

/// The values of `--output`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum WatchFormat {
    #[default]
    Plain,
    Ndjson,
}

/// Watches until the condition is met, cannot be met any more, or a signal comes.
pub(super) fn run(args: &WatchArgs) -> Result<ExitCode, CliError> {
    let filters = parse_filters(&args.filters)?;
    let settings = args.connection.clone().into_settings();
    let target = Target::StandardOutput;
    watch(|| Watcher::new(args, filters, settings, target), target)
}

/// Follows a task after its cancel, on standard error. Returns the exit code.
pub(super) fn follow(settings: Settings, cancel: AcceptedCancel) -> Result<ExitCode, CliError> {
    let args = WatchArgs {
        connection: ConnectionOptions::default(),
        bundle_ids: vec![cancel.bundle_id.to_string()],
        filters: Vec::new(),
        until: Some(Until::Cancelled),
        timeout: Some(FOLLOWED_FOR),
        output: WatchFormat::Plain,
        monitor: MonitorOptions {
            interval: Some(FOLLOW_INTERVAL),
            ..MonitorOptions::default()
        },
    };
    let watcher = || {
        let mut watcher = Watcher::new(&args, Vec::new(), settings, Target::StandardError);
        watcher.follow(cancel);
        watcher
    };
    watch(watcher, Target::StandardError)
}

/// Runs a watcher, which is made inside the runtime.
fn watch(watcher: impl FnOnce() -> Watcher, target: Target) -> Result<ExitCode, CliError> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .context("could not start")?;
    let code = runtime.block_on(async {
        let signals = signal::listen().context("could not listen for signals")?;
        match watcher().run(signals).await {
            // Whoever reads the lines has seen enough.
            Err(error)
                if error.kind() == io::ErrorKind::BrokenPipe
                    && target == Target::StandardOutput =>
            {
                Ok(0)
            }
            ended => ended.context("could not write"),
        }
    });
    // Does not wait for a request that hangs.
    runtime.shutdown_background();
    Ok(ExitCode::from(code?))
}

/// Filters as the AWS CLI takes them, or as the UI does: `state=storing,bundling`.
fn parse_filters(arguments: &[String]) -> Result<Vec<Filter>, CliError> {
    const OF_AWS_CLI: [&str; 5] = ["Name=", "Values=", "{", "[", "file://"];
    let is_of_aws_cli = |it: &String| OF_AWS_CLI.iter().any(|begin| it.starts_with(begin));
    if arguments.iter().any(is_of_aws_cli) {
        return parameter_values::filters(arguments)
            .map_err(|error| CliError::usage(error.to_string()));
    }
    let filters = arguments.iter().map(|text| filter::parse(text));
    let filters: Result<Vec<_>, _> = filters.collect();
    let filters = filters.map_err(|error| CliError::usage(error.message))?;
    Ok(filters.concat())
}

/// The journal of the command line; `None` if none is to be kept.
fn start_journal(args: &WatchArgs) -> Option<(Writer, Receiver<Report>)> {
    let path = args.monitor.journal_path()?;
    let (sender, reports) = channel();
    let report = move |report| {
        // Fails only if the program is ending.
        let _ = sender.send(report);
    };
    let writer = Writer::start(path, None, Timestamp::now(), report);
    Some((writer, reports))
}
