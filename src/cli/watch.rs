//! `bundletop watch`: a line for each change, as it happens, for scripts, logs and screen readers.

mod condition;
mod progress_lines;
mod watched;
mod watcher;

use std::io;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use anyhow::Context as _;
use clap::builder::NonEmptyStringValueParser;
use clap::{Args, ValueEnum};
use jiff::{SignedDuration, Timestamp};

use super::aws::parameter_values;
use super::error::CliError;
use super::options::{ConnectionOptions, MonitorOptions};
use super::setting_options::{self, ConfigOption};
use crate::config::duration;
use crate::ec2::{Filter, Settings, filter};
use crate::journal::{Report, Store, Writer};
use crate::monitor::AcceptedCancel;
use crate::monitor::driver::Clocks;
use crate::signal;
use crate::text::TimeStyle;
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
    1  the lines cannot be written, or EC2 refuses to list anything, as without the permission
    2  the command line is wrong
    3  --until can no longer be met: a task has ended in another way or is not listed, or there is
       none to watch; gone and settled are met then
  124  --timeout has passed
  130  Ctrl-C; other signals likewise, as 128 and their number

Examples:
  bundletop watch --bundle-ids bun-2a4e041c --until settled --timeout 2h
  bundletop watch --filters state=storing,bundling --output ndjson > incident.ndjson")]
pub(super) struct WatchArgs {
    #[command(flatten)]
    connection: ConnectionOptions,

    /// Watch only these tasks.
    #[arg(long, value_name = "BUNDLE_ID", num_args = 1.., value_parser = NonEmptyStringValueParser::new())]
    bundle_ids: Vec<String>,

    /// Watch only tasks that EC2's own filters find: state=storing,bundling, or as the AWS CLI takes
    /// them. With --until, the tasks found at first are watched, whatever becomes of them.
    #[arg(long, value_name = "FILTER", num_args = 1..)]
    filters: Vec<String>,

    /// End when all tasks are like this: settled means complete, failed or no longer listed.
    #[arg(long, value_enum, value_name = "CONDITION")]
    until: Option<Until>,

    /// End after this time, such as 30m, whatever has happened.
    #[arg(long, value_name = "TIME", value_parser = duration)]
    timeout: Option<SignedDuration>,

    /// How the lines are written: as sentences, or as JSON, one object a line.
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t)]
    output: WatchFormat,

    #[command(flatten)]
    config: ConfigOption,

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

/// What is watched, how long, and how it is written.
struct Plan {
    settings: Settings,
    bundle_ids: Vec<String>,
    filters: Vec<Filter>,
    /// A cancel to follow.
    cancel: Option<AcceptedCancel>,
    clocks: Clocks,
    until: Option<Until>,
    timeout: Option<SignedDuration>,
    format: WatchFormat,
    target: Target,
    /// The time between two polls; adaptive if `None`.
    interval: Option<Duration>,
    times: TimeStyle,
    /// The journal, and what it reports; `None` if none is kept.
    journal: Option<(Writer, Receiver<Report>)>,
}

/// Watches until the condition is met, cannot be met any more, or a signal comes.
pub(super) fn run(args: &WatchArgs) -> Result<ExitCode, CliError> {
    let filters = parse_filters(&args.filters)?;
    let profile = args.connection.profile.as_deref();
    let config = setting_options::load_for_watch(&args.config, profile, &args.monitor)?;
    setting_options::print_problems(&config);
    watch(Plan {
        settings: args.connection.clone().into_settings(),
        bundle_ids: args.bundle_ids.clone(),
        filters,
        cancel: None,
        clocks: Clocks::start(Box::new(Timestamp::now)),
        until: args.until,
        timeout: args.timeout,
        format: args.output,
        target: Target::StandardOutput,
        interval: config.config.interval.0,
        times: config.config.time_style(),
        journal: setting_options::journal_path(&config.config).map(start_journal),
    })
}

/// Follows a task after its cancel, on standard error. Returns the exit code.
pub(super) fn follow(
    settings: Settings,
    sent: Instant,
    cancel: AcceptedCancel,
    journal: Option<Store>,
) -> Result<ExitCode, CliError> {
    let option = ConfigOption::of_environment();
    let profile = settings.profile.as_deref();
    let config = setting_options::load_for_watch(&option, profile, &MonitorOptions::default())?;
    watch(Plan {
        settings,
        bundle_ids: vec![cancel.bundle_id.to_string()],
        filters: Vec::new(),
        cancel: Some(cancel),
        clocks: Clocks::started_at(sent, Box::new(Timestamp::now)),
        until: Some(Until::Cancelled),
        timeout: Some(FOLLOWED_FOR),
        format: WatchFormat::Plain,
        target: Target::StandardError,
        interval: Some(FOLLOW_INTERVAL),
        times: config.config.time_style(),
        journal: journal.map(go_on_with_journal),
    })
}

fn watch(plan: Plan) -> Result<ExitCode, CliError> {
    let target = plan.target;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .context("could not start")?;
    let code = runtime.block_on(async {
        let signals = signal::listen().context("could not listen for signals")?;
        match Watcher::new(plan).run(signals).await {
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

/// Begins to write a journal.
fn start_journal(path: PathBuf) -> (Writer, Receiver<Report>) {
    let (report, reports) = reports();
    let writer = Writer::start(path, None, Timestamp::now(), report);
    (writer, reports)
}

/// Goes on with a journal that is open.
fn go_on_with_journal(store: Store) -> (Writer, Receiver<Report>) {
    let (report, reports) = reports();
    (Writer::go_on(store, report), reports)
}

fn reports() -> (impl Fn(Report) + Clone + Send + 'static, Receiver<Report>) {
    let (sender, reports) = channel();
    let report = move |report| {
        // Fails only if the program is ending.
        let _ = sender.send(report);
    };
    (report, reports)
}
