//! The loop of `watch`, and the lines that it writes.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::io::{self, IsTerminal as _, Write as _};
use std::sync::mpsc::Receiver;
use std::time::Duration;

use itertools::Itertools as _;
use jiff::{SignedDuration, Timestamp};
use tokio::sync::mpsc::UnboundedReceiver;

use super::condition::{Outcome, Until};
use super::progress_lines::ProgressLines;
use super::watched::Watched;
use super::{Plan, WatchFormat};
use crate::cli::error::print_error;
use crate::ec2::{Ec2Error, ErrorKind, Filter};
use crate::journal::{Feed, Report, Writer};
use crate::monitor::driver::{Clocks, Driver};
use crate::monitor::poll::PollSchedule;
use crate::monitor::{AcceptedCancel, Command, Event, Monitor, Scope, ScopeId, Update};
use crate::record::{Record, RecordedEvent, in_state, recording};
use crate::signal::{self, Signal};
use crate::task::{BundleId, Phase};
use crate::text::{self, Charset, TimeStyle};

/// The exit code if EC2 refuses the request.
const REFUSED_EXIT_CODE: u8 = 1;
/// The exit code if the condition can no longer be met.
const UNMET_EXIT_CODE: u8 = 3;
/// The exit code after `--timeout`: that of the command `timeout`.
const TIMEOUT_EXIT_CODE: u8 = 124;

/// Where the lines go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Target {
    /// Each is flushed.
    StandardOutput,
    /// Standard output has something else on it.
    StandardError,
}

/// Watches tasks and writes what happens to them.
pub(super) struct Watcher {
    monitor: Monitor,
    scope: ScopeId,
    driver: Driver,
    clocks: Clocks,
    watched: Watched,
    /// A cancel to follow, once it is known who asked for it.
    cancel: Option<AcceptedCancel>,
    until: Option<Until>,
    timeout: Option<Duration>,
    format: WatchFormat,
    target: Target,
    /// Whether the first list has come.
    has_listed: bool,
    /// Whether the header of a recording has been written.
    has_header: bool,
    /// What is not written yet, because it is not known whose tasks these are.
    waiting: Vec<Record>,
    /// The error that was said last, until EC2 answers again.
    said_error: Option<Ec2Error>,
    progress: ProgressLines,
    times: TimeStyle,
    /// The last state of each task that was ever listed.
    last: HashMap<BundleId, Phase>,
    feed: Feed,
    /// The journal, and what it reports.
    journal: Option<(Writer, Receiver<Report>)>,
}

impl Watcher {
    /// A watcher that has not asked for anything yet.
    pub fn new(plan: Plan) -> Self {
        let mut monitor = Monitor::new();
        let scope = monitor.open(PollSchedule::new(plan.interval, fastrand::u64(..)));
        let mut driver = Driver::new();
        driver.add(scope, plan.settings);
        let mut watcher = Self {
            monitor,
            scope,
            driver,
            clocks: plan.clocks,
            watched: Watched::of_option(&plan.bundle_ids),
            cancel: plan.cancel,
            until: plan.until,
            timeout: plan.timeout.map(SignedDuration::unsigned_abs),
            format: plan.format,
            target: plan.target,
            has_listed: false,
            has_header: false,
            waiting: Vec::new(),
            said_error: None,
            progress: ProgressLines::on_terminal(io::stderr().is_terminal(), plan.times.clone()),
            times: plan.times,
            last: HashMap::new(),
            feed: Feed::default(),
            journal: plan.journal,
        };
        if !plan.filters.is_empty() {
            watcher.set_filters(plan.filters);
        }
        watcher
    }

    fn set_filters(&mut self, filters: Vec<Filter>) {
        let event = Event::Command(self.scope, Command::SetFilters(filters));
        let update = self.monitor.update(event, self.clocks.now());
        for effect in update.effects {
            self.driver.perform(effect);
        }
    }

    /// Watches until the end, and writes the rest of the journal. Returns the exit code.
    pub async fn run(&mut self, signals: UnboundedReceiver<Signal>) -> io::Result<u8> {
        let ended = self.watch(signals).await;
        let ended = ended.and_then(|code| self.write_records().map(|()| code));
        self.progress.end();
        self.end_journal();
        ended
    }

    async fn watch(&mut self, mut signals: UnboundedReceiver<Signal>) -> io::Result<u8> {
        let end = self
            .timeout
            .map(|timeout| tokio::time::Instant::now() + timeout);
        let update = self.monitor.update(Event::Tick, self.clocks.now());
        let mut ended = self.take(update)?;
        loop {
            if let Some(code) = ended {
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
                    self.say("Timed out: the time of --timeout has passed.");
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
        self.write_journal(&update);
        for effect in update.effects {
            self.driver.perform(effect);
        }
        self.say_connection();
        if !self.has_listed && self.scope().last_success().is_some() {
            self.has_listed = true;
            // What becomes of a cancel says in which state the task is.
            if self.cancel.is_none() {
                let first = self.first_records();
                self.waiting.extend(first);
            }
            self.choose_tasks();
        }
        for (_, tracked) in self.monitor.scope(self.scope).tasks().iter() {
            let phase = tracked.task.state.phase();
            self.last.insert(tracked.task.bundle_id.clone(), phase);
        }
        for transition in &update.transitions {
            if self.watched.has(&transition.bundle_id) {
                let known = self.scope().tasks().by_id(&transition.bundle_id);
                let record = Record::of(transition, known.map(|known| &*known.task));
                self.waiting.push(record);
            }
        }
        if self.is_refused() {
            return Ok(Some(REFUSED_EXIT_CODE));
        }
        if !self.scope().is_account_settled(self.clocks.now()) {
            return Ok(None);
        }
        if let Some(cancel) = self.cancel.take() {
            let event = Event::Command(self.scope, Command::FollowCancel(cancel));
            let update = self.monitor.update(event, self.clocks.now());
            return self.take(update);
        }
        self.write_records()?;
        self.progress
            .update(self.monitor.scope(self.scope), &self.watched);
        let Some(until) = self.until else {
            return Ok(None);
        };
        let is_nothing_watched = match &self.watched {
            Watched::All => self.last.is_empty(),
            Watched::These(ids) => ids.is_empty(),
        };
        if is_nothing_watched {
            self.say("There is no task to watch.");
            let is_met = matches!(until, Until::Gone | Until::Settled);
            return Ok(Some(if is_met { 0 } else { UNMET_EXIT_CODE }));
        }
        let outcome = match &self.watched {
            Watched::All => until.check(self.scope(), self.last.keys(), &self.last),
            Watched::These(ids) => until.check(self.scope(), ids, &self.last),
        };
        Ok(match outcome {
            Outcome::Open => None,
            Outcome::Met => Some(0),
            Outcome::Unmet(id, state) => {
                let id = text::clean(id.as_str(), Charset::Unicode).into_owned();
                let consequence = match until.name() {
                    Some(name) => format!("--until {name} can no longer be met"),
                    None => "it was not cancelled".to_owned(),
                };
                self.say(&format!("{id} {}, so {consequence}.", in_state(&state)));
                Some(UNMET_EXIT_CODE)
            }
        })
    }

    /// Writes the records that wait.
    fn write_records(&mut self) -> io::Result<()> {
        let records = std::mem::take(&mut self.waiting);
        if records.is_empty() {
            return Ok(());
        }
        if self.format == WatchFormat::Ndjson && !std::mem::replace(&mut self.has_header, true) {
            self.write_line(&recording::header(records[0].at))?;
        }
        let account = self.scope().place().and_then(|place| place.account);
        for mut record in records {
            let line = match self.format {
                WatchFormat::Ndjson => {
                    record.account = record.account.or_else(|| account.clone());
                    serde_json::to_string(&record)?
                }
                WatchFormat::Plain => self.sentence(&record),
            };
            self.write_line(&line)?;
        }
        Ok(())
    }

    /// Whether EC2 refuses to list anything, which no other try would change.
    fn is_refused(&self) -> bool {
        let error = self.scope().last_error();
        self.scope().last_success().is_none()
            && error
                .is_some_and(|error| matches!(error.kind, ErrorKind::Rejected | ErrorKind::Denied))
    }

    /// Hands what is new to the journal.
    fn write_journal(&mut self, update: &Update) {
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
        writer.send(self.feed.take(update, scope, self.clocks.now()));
    }

    /// Writes the rest of the journal.
    fn end_journal(&mut self) {
        let Some((mut writer, _)) = self.journal.take() else {
            return;
        };
        writer.send(self.feed.rest(self.monitor.scope(self.scope)));
        if !writer.end() {
            self.say("The journal could not be written in time: the most recent events are missing from it.");
        }
    }

    /// With `--until`, the tasks that the filters have found are watched, whatever becomes of them: one that
    /// the filters do not find any more is not out of sight.
    fn choose_tasks(&mut self) {
        if let Watched::These(ids) = &self.watched {
            let tasks = self.scope().tasks();
            let unlisted = ids.iter().filter(|id| tasks.by_id(id).is_none());
            for id in unlisted.sorted() {
                let id = text::clean(id.as_str(), Charset::Unicode);
                self.say(&format!("{id} is not listed."));
            }
        }
        if self.until.is_none() || self.scope().filters().is_empty() {
            return;
        }
        if self.watched == Watched::All {
            let found = self.scope().tasks().iter();
            let ids = found.map(|(_, tracked)| tracked.task.bundle_id.clone());
            self.watched = Watched::These(ids.collect());
        }
        self.set_filters(Vec::new());
    }

    /// The tasks of the first list.
    fn first_records(&self) -> Vec<Record> {
        let scope = self.monitor.scope(self.scope);
        let at = scope.last_success().unwrap_or(Timestamp::UNIX_EPOCH);
        let Some(place) = scope.place() else {
            return Vec::new();
        };
        let tasks = scope.tasks().iter().map(|(_, tracked)| tracked);
        let watched = tasks.filter(|tracked| self.watched.has(&tracked.task.bundle_id));
        let mut records: Vec<_> = watched
            .map(|tracked| Record::listed(tracked, place.account.clone(), place.region.clone(), at))
            .collect();
        records.sort_by(|a, b| a.bundle_id.cmp(&b.bundle_id));
        records
    }

    /// `2026-11-26 14:03:22 UTC bun-2a4e041c: bundling -> storing after 2m 5s.`
    fn sentence(&self, record: &Record) -> String {
        let mut sentence = format!(
            "{} {}: {}",
            self.times.date_and_time(record.at),
            record.bundle_id,
            record.event.phrase("->"),
        );
        if let RecordedEvent::Progress { .. } = record.event
            && let Some(tracked) = self.scope().tasks().by_id(&record.bundle_id)
            && let Some(estimate) = tracked.estimate()
        {
            let end = self.times.time_of_day_in_zone(estimate.end);
            let _ = write!(sentence, ", estimated to reach 100% at about {end}");
        }
        sentence.push('.');
        // In a log, too, nothing of EC2's may act on a terminal that shows it later.
        text::clean(&sentence, Charset::Unicode).into_owned()
    }

    fn write_line(&self, line: &str) -> io::Result<()> {
        self.progress.above(|| {
            if self.target == Target::StandardError {
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
                let next = next.filter(|_| !self.is_refused());
                let next = next.map_or_else(String::new, |at| {
                    format!(" Next try at {}.", self.times.time_of_day_in_zone(at))
                });
                self.say(&format!("{} {}{next}", error.sentence(), error.remedy()));
            }
            None => self.say("EC2 answers again."),
        }
        self.said_error = error;
    }
}

async fn sleep_until(at: Option<tokio::time::Instant>) {
    match at {
        Some(at) => tokio::time::sleep_until(at).await,
        None => std::future::pending().await,
    }
}
