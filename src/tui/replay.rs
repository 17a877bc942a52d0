//! Replaying a recording: the UI on what `bundletop watch --output ndjson` wrote.
//!
//! The recording stands in the place of EC2: asked for the list, it answers with the tasks as they were at
//! the time of its [clock](ReplayClock), which can run at any speed, stand still and jump.

use std::ops::RangeInclusive;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use crate::ec2::{AccessKeyId, Ec2Error, ErrorKind, Identity, Operation, Session};
use crate::monitor::{Answer, Call, Effect, Event};
use crate::record::Record;
use crate::record::recording::Recording;
use crate::task::BundleTask;

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
/// How many times faster than real time a replay or a simulated EC2 can run.
pub const SPEEDS: RangeInclusive<f64> = 0.01..=10_000.0;

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
        match command {
            ReplayCommand::TogglePause => state.is_paused = !state.is_paused,
            ReplayCommand::Faster => state.speed = (state.speed * 2.0).min(*SPEEDS.end()),
            ReplayCommand::Slower => state.speed = (state.speed / 2.0).max(*SPEEDS.start()),
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

/// Answers the monitor's calls from a recording, and hands out what was recorded as its time comes.
pub struct ReplayDriver {
    recording: Recording,
    clock: ReplayClock,
    /// How many records have been handed out.
    handed_out: usize,
    /// How many records the tasks of the last answer come from, and these.
    last: (usize, Vec<Arc<BundleTask>>),
    sender: UnboundedSender<Replayed>,
    receiver: UnboundedReceiver<Replayed>,
}

/// What a replay brings.
#[derive(Debug)]
#[expect(clippy::large_enum_variant, reason = "one is handled at a time")]
pub enum Replayed {
    /// The answer to a call.
    Answered(Event),
    /// What has happened since the last list.
    Happened(Vec<Record>),
}

/// How often the list is asked for.
pub const POLL_INTERVAL: Duration = Duration::from_millis(250);

impl ReplayDriver {
    /// A driver of a recording.
    pub fn new(recording: Recording, clock: ReplayClock) -> Self {
        let (sender, receiver) = unbounded_channel();
        Self {
            recording,
            clock,
            handed_out: 0,
            last: (0, Vec::new()),
            sender,
            receiver,
        }
    }

    /// The clock.
    pub fn clock(&self) -> &ReplayClock {
        &self.clock
    }

    /// Does what a person wants. Returns whether the time has gone back, so that what is known is of the
    /// future.
    pub fn command(&mut self, command: ReplayCommand) -> bool {
        let is_back = self.clock.command(command, &self.recording);
        if is_back {
            self.handed_out = 0;
        }
        is_back
    }

    /// How many records have happened.
    fn happened(&self) -> usize {
        let now = self.clock.now();
        let records = self.recording.records();
        records.partition_point(|record| record.at <= now)
    }

    /// The tasks as they are after so many records. As long as nothing happens, they are those of the last
    /// time.
    fn tasks(&mut self, happened: usize) -> Vec<Arc<BundleTask>> {
        if self.last.0 != happened {
            self.last = (happened, self.recording.tasks(happened));
        }
        self.last.1.clone()
    }

    /// Answers a call.
    pub fn perform(&mut self, effect: &Effect) {
        let happened = self.happened();
        let answer = match &effect.call {
            Call::Connect => Answer::Connected(Ok(session(&self.recording))),
            Call::Identify(_) => Answer::Identified(identity(&self.recording)),
            Call::Describe { .. } => Answer::Described(Ok(self.tasks(happened))),
            Call::DescribeThese(ids) => {
                let mut tasks = self.tasks(happened);
                tasks.retain(|task| ids.contains(&task.bundle_id));
                Answer::Described(Ok(tasks))
            }
            Call::DescribeOne(id) => {
                let mut tasks = self.tasks(happened).into_iter();
                let found = tasks.find(|task| task.bundle_id == *id);
                Answer::DescribedOne(Ok(found.map(Arc::unwrap_or_clone)))
            }
            Call::DryRun(_) => Answer::DryRun(Err(no_cancels())),
            Call::Cancel { .. } => Answer::Cancelled(Err(no_cancels())),
        };
        let is_list = matches!(effect.call, Call::Describe { .. });
        self.send(Replayed::Answered(Event::Answered {
            request: effect.request,
            signed_by: Some(AccessKeyId::new("a recording")),
            answer,
        }));
        // After the list, so that the tasks are known.
        if is_list && happened > self.handed_out {
            let records = self.recording.records()[self.handed_out..happened].to_vec();
            self.handed_out = happened;
            self.send(Replayed::Happened(records));
        }
    }

    fn send(&self, replayed: Replayed) {
        let sent = self.sender.send(replayed);
        sent.expect("this has the receiver");
    }

    /// Waits for what comes next. Cancel-safe.
    pub async fn next(&mut self) -> Replayed {
        let next = self.receiver.recv().await;
        next.expect("this has a sender")
    }

    /// What comes next, if it is there.
    pub fn try_next(&mut self) -> Option<Replayed> {
        self.receiver.try_recv().ok()
    }
}

fn session(recording: &Recording) -> Session {
    let first = recording.records().first();
    Session {
        profile: None,
        region: first.map_or_else(String::new, |record| record.region.clone()),
        endpoint_url: None,
    }
}

fn identity(recording: &Recording) -> Result<Identity, Ec2Error> {
    let mut accounts = recording.records().iter();
    let account = accounts.find_map(|record| record.account.clone());
    let error = || {
        let message = "The recording does not say whose tasks these are.";
        Ec2Error::new(ErrorKind::Unparsable, Operation::GetCallerIdentity, message)
    };
    Ok(Identity {
        account: account.ok_or_else(error)?,
        arn: "a recording".to_owned(),
    })
}

fn no_cancels() -> Ec2Error {
    let message = "This is a recording.";
    Ec2Error::new(ErrorKind::Rejected, Operation::CancelBundleTask, message)
}
