//! Replaying a recording: the UI on what `bundletop watch --output ndjson` wrote.
//!
//! The recording stands in the place of EC2: asked for the list, it answers with the tasks as they were at
//! the time of its [clock](ReplayClock), which can run at any speed, stand still and jump.

use std::collections::{BTreeMap, VecDeque};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use std::{fs, io};

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use thiserror::Error;
use tokio::sync::Notify;

use crate::ec2::{AccessKeyId, Ec2Error, ErrorKind, Identity, Operation, Session};
use crate::monitor::{Answer, Call, Effect, Event};
use crate::record::{Record, RecordedEvent};
use crate::task::{BundleId, BundleTask};

/// The version of recordings that is known.
const VERSION: u64 = 1;

/// What was recorded.
#[derive(Clone, Debug)]
pub struct Recording {
    records: Vec<Record>,
}

/// Why a recording cannot be replayed.
#[derive(Debug, Error)]
pub enum RecordingError {
    /// It cannot be read.
    #[error("the recording {path} cannot be read: {error}")]
    CannotRead {
        /// The file.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// It is something else.
    #[error(
        "{0} is no recording: bundletop watch --output ndjson writes them, and their first line says so"
    )]
    NotOne(PathBuf),
    /// A later version has written it.
    #[error("the recording {path} is of version {version}, and this program knows {VERSION}")]
    Newer {
        /// The file.
        path: PathBuf,
        /// Its version.
        version: u64,
    },
    /// A line is damaged.
    #[error("line {line} of the recording {path} is damaged: {error}")]
    Damaged {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// Why.
        error: serde_json::Error,
    },
    /// There is nothing in it.
    #[error("there is no event in the recording {0}")]
    Empty(PathBuf),
}

impl Recording {
    /// Reads a recording. Events of later versions are skipped, and a last line that is cut off.
    ///
    /// # Errors
    ///
    /// [`RecordingError`].
    pub fn read(path: &Path) -> Result<Self, RecordingError> {
        let bytes = fs::read(path).map_err(|error| RecordingError::CannotRead {
            path: path.to_owned(),
            error,
        })?;
        // A last line may be cut off in the middle of a character.
        let text = String::from_utf8_lossy(&bytes);
        Self::parse(text.trim_start_matches('\u{feff}'), path)
    }

    fn parse(text: &str, path: &Path) -> Result<Self, RecordingError> {
        let path = || path.to_owned();
        let mut lines = text.split_inclusive('\n').enumerate();
        let header: Option<Value> = lines
            .next()
            .and_then(|(_, line)| serde_json::from_str(line).ok());
        let version = header.and_then(|header| header["recording"].as_u64());
        match version {
            None => return Err(RecordingError::NotOne(path())),
            Some(version) if version > VERSION => {
                return Err(RecordingError::Newer {
                    path: path(),
                    version,
                });
            }
            Some(_) => {}
        }
        let mut records = Vec::new();
        for (number, line) in lines {
            if line.trim().is_empty() {
                continue;
            }
            let value: Value = match serde_json::from_str(line) {
                Ok(value) => value,
                Err(_) if !line.ends_with('\n') => break,
                Err(error) => {
                    return Err(RecordingError::Damaged {
                        path: path(),
                        line: number + 1,
                        error,
                    });
                }
            };
            records.extend(serde_json::from_value::<Record>(value).ok());
        }
        if records.is_empty() {
            return Err(RecordingError::Empty(path()));
        }
        records.sort_by_key(|record| record.at);
        Ok(Self { records })
    }

    /// When the first event was.
    pub fn start(&self) -> Timestamp {
        self.records
            .first()
            .map_or(Timestamp::UNIX_EPOCH, |it| it.at)
    }

    /// When the last event was.
    pub fn end(&self) -> Timestamp {
        self.records
            .last()
            .map_or(Timestamp::UNIX_EPOCH, |it| it.at)
    }

    /// When the first event after a time was.
    pub fn next_event(&self, after: Timestamp) -> Option<Timestamp> {
        let later = self.records.iter().find(|record| record.at > after);
        later.map(|record| record.at)
    }

    /// The tasks as they were at a time.
    pub fn tasks(&self, at: Timestamp) -> Vec<Arc<BundleTask>> {
        let mut tasks: BTreeMap<BundleId, Arc<BundleTask>> = BTreeMap::new();
        for record in self.records.iter().take_while(|record| record.at <= at) {
            if record.event == (RecordedEvent::NoLongerListed {}) {
                tasks.remove(&record.bundle_id);
            } else if let Some(json) = &record.task {
                let task = BundleTask::from_json(json);
                tasks.insert(record.bundle_id.clone(), Arc::new(task));
            }
        }
        tasks.into_values().collect()
    }

    fn session(&self) -> Session {
        let region = self.records.first().map_or("", |record| &record.region);
        Session {
            profile: None,
            region: region.to_owned(),
            endpoint_url: None,
        }
    }

    fn identity(&self) -> Result<Identity, Ec2Error> {
        let account = self
            .records
            .iter()
            .find_map(|record| record.account.clone());
        let error = || {
            let message = "The recording does not say whose tasks these are.";
            Ec2Error::new(ErrorKind::Unparsable, Operation::GetCallerIdentity, message)
        };
        Ok(Identity {
            account: account.ok_or_else(error)?,
            arn: "a recording".to_owned(),
        })
    }
}

/// The time of a replay.
#[derive(Clone, Debug)]
pub struct ReplayClock(Arc<Mutex<ClockState>>);

#[derive(Debug)]
struct ClockState {
    /// The time at `since`.
    base: Timestamp,
    since: Instant,
    speed: f64,
    is_paused: bool,
    start: Timestamp,
    end: Timestamp,
}

/// What is shown of a replay.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ReplayStatus {
    /// How many times faster than it was.
    pub speed: f64,
    /// Whether it stands still.
    pub is_paused: bool,
    /// When the recording begins.
    pub start: Timestamp,
    /// When it ends.
    pub end: Timestamp,
}

/// What a person does with a replay.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReplayCommand {
    /// Stands still, or goes on.
    TogglePause,
    /// Twice as fast.
    Faster,
    /// Half as fast.
    Slower,
    /// A minute back.
    Back,
    /// A minute ahead.
    Ahead,
    /// To the next event.
    NextEvent,
}

/// How far a jump goes.
const JUMP: SignedDuration = SignedDuration::from_mins(1);
/// The slowest and the fastest replay.
const SPEEDS: [f64; 2] = [0.125, 4096.0];

impl ReplayClock {
    /// A clock that begins with the recording.
    pub fn new(recording: &Recording, speed: f64) -> Self {
        Self(Arc::new(Mutex::new(ClockState {
            base: recording.start(),
            since: Instant::now(),
            speed,
            is_paused: false,
            start: recording.start(),
            end: recording.end(),
        })))
    }

    fn state(&self) -> MutexGuard<'_, ClockState> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The time now.
    pub fn now(&self) -> Timestamp {
        self.state().now()
    }

    /// What is shown of it.
    pub fn status(&self) -> ReplayStatus {
        let state = self.state();
        ReplayStatus {
            speed: state.speed,
            is_paused: state.is_paused,
            start: state.start,
            end: state.end,
        }
    }

    /// Does what a person wants. Returns whether the time has gone back.
    fn command(&self, command: ReplayCommand, recording: &Recording) -> bool {
        let mut state = self.state();
        let now = state.now();
        state.base = now;
        state.since = Instant::now();
        let [slowest, fastest] = SPEEDS;
        match command {
            ReplayCommand::TogglePause => state.is_paused = !state.is_paused,
            ReplayCommand::Faster => state.speed = (state.speed * 2.0).min(fastest),
            ReplayCommand::Slower => state.speed = (state.speed / 2.0).max(slowest),
            ReplayCommand::Back => {
                let back = now.checked_sub(JUMP).unwrap_or(state.start);
                state.base = back.max(state.start);
            }
            ReplayCommand::Ahead => {
                let ahead = now.checked_add(JUMP).unwrap_or(state.end);
                state.base = ahead.min(state.end);
            }
            ReplayCommand::NextEvent => state.base = recording.next_event(now).unwrap_or(now),
        }
        state.base < now
    }
}

impl ClockState {
    fn now(&self) -> Timestamp {
        if self.is_paused {
            return self.base;
        }
        let passed = self.since.elapsed().mul_f64(self.speed);
        self.base
            .checked_add(passed)
            .unwrap_or(self.end)
            .min(self.end)
    }
}

/// Answers the monitor's calls from a recording.
pub struct ReplayDriver {
    recording: Recording,
    clock: ReplayClock,
    answers: Mutex<VecDeque<Event>>,
    has_answers: Notify,
    /// How many records the tasks of the last answer come from, and these.
    last: Mutex<(usize, Vec<Arc<BundleTask>>)>,
}

/// How often the list is asked for.
pub const POLL_INTERVAL: Duration = Duration::from_millis(250);

impl ReplayDriver {
    /// A driver of a recording.
    pub fn new(recording: Recording, clock: ReplayClock) -> Self {
        Self {
            recording,
            clock,
            answers: Mutex::default(),
            has_answers: Notify::new(),
            last: Mutex::default(),
        }
    }

    /// The clock.
    pub fn clock(&self) -> &ReplayClock {
        &self.clock
    }

    /// Does what a person wants. Returns whether the time has gone back, so that what is known is of the
    /// future.
    pub fn command(&self, command: ReplayCommand) -> bool {
        self.clock.command(command, &self.recording)
    }

    /// The tasks as they are now. As long as nothing happens, they are those of the last time.
    fn tasks(&self) -> Vec<Arc<BundleTask>> {
        let now = self.clock.now();
        let count = self
            .recording
            .records
            .partition_point(|record| record.at <= now);
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        if last.0 != count {
            *last = (count, self.recording.tasks(now));
        }
        last.1.clone()
    }

    /// Answers a call.
    pub fn perform(&self, effect: &Effect) {
        let tasks = || self.tasks();
        let one = |id: &BundleId| {
            let mut tasks = tasks().into_iter();
            let found = tasks.find(|task| task.bundle_id == *id);
            found.map(Arc::unwrap_or_clone)
        };
        let answer = match &effect.call {
            Call::Connect => Answer::Connected(Ok(self.recording.session())),
            Call::Identify(_) => Answer::Identified(self.recording.identity()),
            Call::Describe { .. } => Answer::Described(Ok(tasks())),
            Call::DescribeThese(ids) => {
                let mut tasks = tasks();
                tasks.retain(|task| ids.contains(&task.bundle_id));
                Answer::Described(Ok(tasks))
            }
            Call::DescribeOne(id) => Answer::DescribedOne(Ok(one(id))),
            Call::DryRun(_) => Answer::DryRun(Err(no_cancels())),
            Call::Cancel { .. } => Answer::Cancelled(Err(no_cancels())),
        };
        let event = Event::Answered {
            request: effect.request,
            signed_by: Some(AccessKeyId::new("a recording")),
            answer,
        };
        let mut answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        answers.push_back(event);
        self.has_answers.notify_one();
    }

    /// Waits for the next answer. Cancel-safe.
    pub async fn next(&self) -> Event {
        loop {
            if let Some(event) = self.try_next() {
                return event;
            }
            self.has_answers.notified().await;
        }
    }

    /// The next answer, if there is one.
    pub fn try_next(&self) -> Option<Event> {
        let mut answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        answers.pop_front()
    }
}

fn no_cancels() -> Ec2Error {
    let message = "This is a recording.";
    Ec2Error::new(ErrorKind::Rejected, Operation::CancelBundleTask, message)
}
