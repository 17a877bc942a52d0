//! `bundletop watch`: a line for each change, as it happens, for scripts, logs and screen readers.

mod condition;
mod progress_lines;

use std::collections::HashMap;
use std::fmt::Write as _;
use std::io::{self, IsTerminal as _, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use anyhow::Context as _;
use clap::{Args, ValueEnum};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use super::aws::shorthand;
use super::error::{CliError, print_error};
use super::options::{ConnectionOptions, parse_duration};
use super::ui::parse_interval;
use crate::ec2::{Ec2Error, Filter, Settings};
use crate::journal::{self, Feed, Report, Writer};
use crate::monitor::driver::{Clocks, Driver};
use crate::monitor::estimate::estimate;
use crate::monitor::poll::PollSchedule;
use crate::monitor::{Command, Event, Monitor, Scope, ScopeId, Update};
use crate::record::{Record, RecordedEvent};
use crate::signal::{self, Signal};
use crate::task::{BundleId, Phase};
use crate::text::{self, Charset};
use crate::tui::ec2_filters;
use condition::{Outcome, Until};
use progress_lines::ProgressLines;

/// The exit code if the condition can no longer be met.
const UNMET_EXIT_CODE: u8 = 3;
/// The exit code after `--timeout`: that of the command `timeout`.
const TIMEOUT_EXIT_CODE: u8 = 124;

/// How long a task is followed after its cancel, and how often EC2 is asked.
const FOLLOWED_FOR: SignedDuration = SignedDuration::from_mins(10);
const FOLLOW_INTERVAL: Duration = Duration::from_secs(2);

/// How long to wait for STS to say whose account it is.
const MAX_WAIT_FOR_ACCOUNT: Duration = Duration::from_secs(5);

/// The arguments of `bundletop watch`.
#[derive(Debug, Args)]
#[command(after_help = "\
Exit codes:
    0  --until is met
    2  the command line is wrong
    3  --until cannot be met any more: a task has ended in another way
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

    /// Watch only tasks that EC2's own filters find: state=storing,bundling or
    /// Name=state,Values=storing,bundling. With --until, the tasks found at first are watched, whatever
    /// becomes of them.
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

    /// The file of the journal, in which tasks and cancels are kept.
    #[arg(long, value_name = "FILE", value_hint = clap::ValueHint::FilePath)]
    journal: Option<PathBuf>,

    /// Keep no journal.
    #[arg(long, conflicts_with = "journal")]
    no_journal: bool,

    /// The time between two requests for the list of tasks, 0.5 to 86400 seconds. By default it is 5
    /// while a task is in progress, 2 for a minute after a cancel, and 30 otherwise.
    #[arg(long, value_name = "SECONDS", value_parser = parse_interval)]
    interval: Option<Duration>,
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
    let filters = args.filters.iter().map(|text| parse_filters(text));
    let filters: Vec<_> = filters.collect::<Result<Vec<_>, _>>()?.concat();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .context("could not start")?;
    let code = runtime.block_on(async {
        let signals = signal::listen().context("could not listen for signals")?;
        let settings = args.connection.clone().into_settings();
        let mut watch = Watch::new(args, filters, settings);
        match watch.run(signals).await {
            // Whoever reads the lines has seen enough.
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(0),
            ended => ended.context("could not write"),
        }
    });
    // Does not wait for a request that hangs.
    runtime.shutdown_background();
    Ok(ExitCode::from(code?))
}

/// Follows a task after its cancel, on standard error. Returns the exit code.
pub(super) fn follow(settings: Settings, bundle_id: &str) -> Result<ExitCode, CliError> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .context("could not start")?;
    let code = runtime.block_on(async {
        let signals = signal::listen().context("could not listen for signals")?;
        let args = WatchArgs {
            connection: ConnectionOptions::default(),
            bundle_ids: vec![bundle_id.to_owned()],
            filters: Vec::new(),
            until: Some(Until::Cancelled),
            timeout: Some(FOLLOWED_FOR),
            output: WatchFormat::Plain,
            interval: Some(FOLLOW_INTERVAL),
            journal: None,
            no_journal: true,
        };
        let mut watch = Watch::new(&args, Vec::new(), settings);
        watch.writes_to_stderr = true;
        watch.run(signals).await.context("could not write")
    });
    runtime.shutdown_background();
    Ok(ExitCode::from(code?))
}

fn parse_filters(text: &str) -> Result<Vec<Filter>, CliError> {
    if !text.starts_with("Name=") {
        return ec2_filters::parse(text).map_err(|error| CliError::usage(error.message));
    }
    let parsed = shorthand::parse(text).map_err(CliError::usage)?;
    let values = match parsed.get("Values") {
        Some(serde_json::Value::Array(values)) => values.clone(),
        Some(value) => vec![value.clone()],
        None => Vec::new(),
    };
    let values = values
        .iter()
        .filter_map(|value| value.as_str().map(str::to_owned));
    Ok(vec![Filter {
        name: parsed["Name"].as_str().map(str::to_owned),
        values: Some(values.collect()),
    }])
}

struct Watch {
    monitor: Monitor,
    scope: ScopeId,
    driver: Driver,
    clocks: Clocks,
    ids: Vec<BundleId>,
    until: Option<Until>,
    timeout: Option<Duration>,
    format: WatchFormat,
    writes_to_stderr: bool,
    /// When the first list came, in time since the program started.
    listed_since: Option<Duration>,
    /// Whether it has been written.
    has_listed: bool,
    /// What happened before that.
    waiting: Vec<Record>,
    /// The error that was said last, until EC2 answers again.
    said_error: Option<Ec2Error>,
    progress: ProgressLines,
    /// The last state of each task that was ever listed.
    last: HashMap<BundleId, Phase>,
    feed: Feed,
    /// The journal, and what it reports.
    journal: Option<(Writer, Receiver<Report>)>,
}

impl Watch {
    fn new(args: &WatchArgs, filters: Vec<Filter>, settings: Settings) -> Self {
        let mut monitor = Monitor::new();
        let scope = monitor.open(PollSchedule::new(args.interval, fastrand::u64(..)));
        let clocks = Clocks::start(Box::new(Timestamp::now));
        let ids: Vec<_> = args
            .bundle_ids
            .iter()
            .map(|id| BundleId::new(id.as_str()))
            .collect();
        let mut driver = Driver::new();
        driver.add(scope, settings);
        if !filters.is_empty() {
            let event = Event::Command(scope, Command::SetFilters(filters));
            let update = monitor.update(event, clocks.now());
            for effect in update.effects {
                driver.perform(effect);
            }
        }
        Self {
            monitor,
            scope,
            driver,
            clocks,
            ids,
            until: args.until,
            timeout: args.timeout.map(SignedDuration::unsigned_abs),
            format: args.output,
            writes_to_stderr: false,
            listed_since: None,
            has_listed: false,
            waiting: Vec::new(),
            said_error: None,
            progress: ProgressLines::on_terminal(io::stderr().is_terminal()),
            last: HashMap::new(),
            feed: Feed::default(),
            journal: start_journal(args),
        }
    }

    /// Watches. Returns the exit code.
    async fn run(
        &mut self,
        mut signals: tokio::sync::mpsc::UnboundedReceiver<Signal>,
    ) -> io::Result<u8> {
        let end = self
            .timeout
            .map(|timeout| tokio::time::Instant::now() + timeout);
        let update = self.monitor.update(Event::Tick, self.clocks.now());
        let mut ended = self.take(update)?;
        loop {
            if let Some(code) = ended {
                self.progress.end();
                return Ok(code);
            }
            let tick = self.monitor.next_tick(self.clocks.now());
            let tick = tick.map(|at| self.clocks.instant(at));
            let event = tokio::select! {
                biased;
                Some(signal) = signals.recv() => {
                    match signal {
                        Signal::Stop => signal::suspend_self(),
                        Signal::Continue => {}
                        signal => ended = signal.exit_code(),
                    }
                    continue;
                }
                () = sleep_until(end) => {
                    self.say("The time of --timeout has passed.");
                    ended = Some(TIMEOUT_EXIT_CODE);
                    continue;
                }
                event = self.driver.next() => event,
                () = sleep_until(tick.map(Into::into)) => Event::Tick,
            };
            let update = self.monitor.update(event, self.clocks.now());
            ended = self.take(update)?;
        }
    }

    fn scope(&self) -> &Scope {
        self.monitor.scope(self.scope)
    }

    /// Writes what is new. Returns the exit code if the watch has come to its end.
    fn take(&mut self, update: Update) -> io::Result<Option<u8>> {
        self.keep(&update);
        for effect in update.effects {
            self.driver.perform(effect);
        }
        self.say_connection();
        let mut records = Vec::new();
        if !self.has_listed && self.is_first_list_known() {
            self.has_listed = true;
            records.extend(self.first_records());
            self.choose_tasks();
        }
        for (_, tracked) in self.monitor.scope(self.scope).tasks().iter() {
            let phase = tracked.task.state.phase();
            self.last.insert(tracked.task.bundle_id.clone(), phase);
        }
        records.append(&mut self.waiting);
        let watched = |id: &BundleId| self.ids.is_empty() || self.ids.contains(id);
        for transition in update
            .transitions
            .iter()
            .filter(|it| watched(&it.bundle_id))
        {
            let known = self.scope().tasks().by_id(&transition.bundle_id);
            records.push(Record::of(transition, known.map(|known| &*known.task)));
        }
        if !self.has_listed {
            self.waiting = records;
            return Ok(None);
        }
        for record in &records {
            let line = match self.format {
                WatchFormat::Ndjson => serde_json::to_string(record)?,
                WatchFormat::Plain => self.sentence(record),
            };
            self.write_line(&line)?;
        }
        self.progress
            .update(self.monitor.scope(self.scope), &self.ids);
        let Some(until) = self.until else {
            return Ok(None);
        };
        let all: Vec<_> = self.last.keys().cloned().collect();
        let ids = if self.ids.is_empty() { &all } else { &self.ids };
        if ids.is_empty() {
            self.say("There is no task to watch.");
            let is_met = matches!(until, Until::Gone | Until::Settled);
            return Ok(Some(if is_met { 0 } else { UNMET_EXIT_CODE }));
        }
        Ok(match until.check(self.scope(), ids, &self.last) {
            Outcome::Open => None,
            Outcome::Met => Some(0),
            Outcome::Unmet(id, state) => {
                let id = text::clean(id.as_str(), Charset::Unicode).into_owned();
                self.say(&format!(
                    "{id} is {state}, so that the condition cannot be met any more."
                ));
                Some(UNMET_EXIT_CODE)
            }
        })
    }

    /// Hands what is new to the journal.
    fn keep(&mut self, update: &Update) {
        let Some((writer, reports)) = &mut self.journal else {
            return;
        };
        let failed = reports.try_iter().find_map(|report| match report {
            Report::Failed(error) => Some(error),
            Report::Saved(_) => None,
        });
        if let Some(error) = failed {
            self.journal = None;
            return self.say(&format!("No journal is kept: {error}"));
        }
        let scope = self.monitor.scope(self.scope);
        for transition in &update.transitions {
            self.feed.take_transition(transition, scope);
        }
        let now = self.clocks.now().mono;
        if let Some(listed) = update.listed {
            self.feed.take_list(listed, scope, now);
        }
        for entry in self.feed.ready(scope, now) {
            writer.send(entry);
        }
    }

    /// Whether the first list can be written: it has come, and whose it is is known, or was waited for.
    fn is_first_list_known(&mut self) -> bool {
        let now = self.clocks.now().mono;
        if self.scope().last_success().is_none() {
            return false;
        }
        let since = *self.listed_since.get_or_insert(now);
        let place = self.scope().place();
        place.is_some_and(|place| place.account.is_some()) || now >= since + MAX_WAIT_FOR_ACCOUNT
    }

    /// With `--until`, the tasks that the filters have found are watched, whatever becomes of them: one that
    /// the filters do not find any more is not out of sight.
    fn choose_tasks(&mut self) {
        for id in &self.ids {
            if self.scope().tasks().by_id(id).is_none() {
                let id = text::clean(id.as_str(), Charset::Unicode).into_owned();
                self.say(&format!("{id} is not listed."));
            }
        }
        if self.until.is_none() || self.scope().filters().is_empty() {
            return;
        }
        if self.ids.is_empty() {
            let tasks = self.monitor.scope(self.scope).tasks().iter();
            self.ids = tasks
                .map(|(_, tracked)| tracked.task.bundle_id.clone())
                .collect();
        }
        let event = Event::Command(self.scope, Command::SetFilters(Vec::new()));
        let update = self.monitor.update(event, self.clocks.now());
        for effect in update.effects {
            self.driver.perform(effect);
        }
    }

    /// The tasks of the first list, after a line that says what this is.
    fn first_records(&mut self) -> Vec<Record> {
        let scope = self.monitor.scope(self.scope);
        let at = scope.last_success().unwrap_or(Timestamp::UNIX_EPOCH);
        let Some(place) = scope.place() else {
            return Vec::new();
        };
        let tasks = scope.tasks().iter().map(|(_, tracked)| tracked);
        let watched = tasks
            .filter(|tracked| self.ids.is_empty() || self.ids.contains(&tracked.task.bundle_id));
        let mut records: Vec<_> = watched
            .map(|tracked| Record::listed(tracked, place.account.clone(), place.region.clone(), at))
            .collect();
        records.sort_by(|a, b| a.bundle_id.cmp(&b.bundle_id));
        if self.format == WatchFormat::Ndjson {
            let header = json!({
                "recording": 1,
                "at": at.to_string(),
                "program": concat!("bundletop ", env!("CARGO_PKG_VERSION")),
            });
            let _ = self.write_line(&header.to_string());
        }
        records
    }

    /// `2026-11-26 14:03:22 UTC bun-2a4e041c: bundling -> storing after 2m 5s.`
    fn sentence(&self, record: &Record) -> String {
        let mut sentence = format!(
            "{} {}: {}",
            text::date_and_time(record.at),
            record.bundle_id,
            record.event.phrase("->"),
        );
        if let RecordedEvent::Progress { .. } = record.event
            && let Some(tracked) = self.scope().tasks().by_id(&record.bundle_id)
            && let Some(estimate) = estimate(&tracked.history, tracked.last_listed)
        {
            let end = text::time_of_day(estimate.end);
            let _ = write!(sentence, ", estimated to reach 100% at about {end} UTC");
        }
        sentence.push('.');
        // In a log, too, nothing of EC2's may act on a terminal that shows it later.
        text::clean(&sentence, Charset::Unicode).into_owned()
    }

    fn write_line(&self, line: &str) -> io::Result<()> {
        self.progress.above(|| {
            if self.writes_to_stderr {
                return writeln!(io::stderr(), "{line}");
            }
            let mut out = io::stdout().lock();
            writeln!(out, "{line}")?;
            out.flush()
        })
    }

    /// Says on standard error what the lines do not say.
    fn say(&self, sentence: &str) {
        self.progress
            .above(|| print_error(&format!("bundletop: {sentence}")));
    }

    /// Says when EC2 cannot be asked, and when it answers again.
    fn say_connection(&mut self) {
        let error = self.scope().last_error().cloned();
        let is_news = match (&error, &self.said_error) {
            (Some(error), Some(said)) => error.kind != said.kind,
            (Some(_), None) | (None, Some(_)) => true,
            (None, None) => false,
        };
        if !is_news {
            return;
        }
        match &error {
            Some(error) => {
                let next = self.scope().next_poll(self.clocks.now());
                let next = next.map_or_else(String::new, |at| {
                    format!(" Next try at {} UTC.", text::time_of_day(at))
                });
                self.say(&format!("{} {}{next}", error.summary(), error.remedy()));
            }
            None => self.say("EC2 answers again."),
        }
        self.said_error = error;
    }
}

/// The journal of the command line; `None` if none is to be kept.
fn start_journal(args: &WatchArgs) -> Option<(Writer, Receiver<Report>)> {
    let path = match &args.journal {
        _ if args.no_journal => return None,
        Some(path) => path.clone(),
        None => journal::default_path().ok()?,
    };
    let (sender, reports) = channel();
    let report = move |report| {
        // Fails only if the program is ending.
        let _ = sender.send(report);
    };
    let writer = Writer::start(path, None, Timestamp::now(), report);
    Some((writer, reports))
}

async fn sleep_until(at: Option<tokio::time::Instant>) {
    match at {
        Some(at) => tokio::time::sleep_until(at).await,
        None => std::future::pending().await,
    }
}
