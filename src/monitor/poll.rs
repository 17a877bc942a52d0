//! The poll policy: when to send EC2 the next request. No timer, no I/O, no clock.
//!
//! | condition                                    | next request after                    |
//! |----------------------------------------------|---------------------------------------|
//! | a task is under way                          | 5 s                                   |
//! | a cancel was answered less than a minute ago | 2 s                                   |
//! | every task has ended, or there is none       | 30 s                                  |
//! | `--interval` was given                       | always that interval                  |
//! | the last request failed                      | 2 s, 4 s, … 60 s, plus up to 100% random jitter |
//! | a person asks                                | at once, but 1 s after the last request was sent, and 2 s after one failed |
//!
//! One request is in flight at a time. EC2's token bucket for `Describe*` refills at 20 requests a second for a whole account and
//! region, so even the shortest interval leaves nearly all of that quota to others.

use std::time::Duration;

use backon::{BackoffBuilder, ExponentialBackoff, ExponentialBuilder};

const INTERVAL_UNDER_WAY: Duration = Duration::from_secs(5);
const INTERVAL_ALL_ENDED: Duration = Duration::from_secs(30);
const INTERVAL_AFTER_CANCEL: Duration = Duration::from_secs(2);
const AFTER_CANCEL_LASTS: Duration = Duration::from_secs(60);
const MIN_REFRESH_INTERVAL: Duration = Duration::from_secs(1);
const FIRST_RETRY_DELAY: Duration = Duration::from_secs(2);
const MAX_RETRY_DELAY: Duration = Duration::from_secs(60);
/// A request without a response for longer than this is shown as slow.
const SLOW_AFTER: Duration = Duration::from_secs(3);

/// When to request the list of one scope. All times are monotonic, since the program started.
#[derive(Debug)]
pub struct PollSchedule {
    /// `--interval`
    fixed: Option<Duration>,
    jitter_seed: u64,
    paused: bool,
    /// When the request in flight was sent.
    sent_at: Option<Duration>,
    /// The earliest time of a request that a person asks for.
    next_refresh: Duration,
    /// When the next request is due; `None` while one is in flight.
    due: Option<Duration>,
    /// `Some` after a request failed, until one succeeds.
    backoff: Option<ExponentialBackoff>,
    poll_often_until: Duration,
    /// A person asked for a request that is not sent yet. The answer to one already in flight may be
    /// older than the wish.
    wants_refresh: bool,
}

impl PollSchedule {
    /// A schedule whose first request is due at once. `fixed` overrides the adaptive interval;
    /// `jitter_seed` makes the back-off's randomness repeatable.
    pub fn new(fixed: Option<Duration>, jitter_seed: u64) -> Self {
        Self {
            fixed,
            jitter_seed,
            paused: false,
            sent_at: None,
            next_refresh: Duration::ZERO,
            due: Some(Duration::ZERO),
            backoff: None,
            poll_often_until: Duration::ZERO,
            wants_refresh: false,
        }
    }

    /// When the next request is due; `None` while one is in flight. While polling is paused, only one that
    /// a person asks for is.
    pub fn due(&self) -> Option<Duration> {
        let due = self.due?;
        let automatic = (!self.paused).then_some(due);
        let manual = self.wants_refresh.then_some(self.next_refresh);
        automatic.into_iter().chain(manual).min()
    }

    /// Starts the next request if it is due. Returns whether it is.
    pub fn start_if_due(&mut self, now: Duration) -> bool {
        let is_due = self.due().is_some_and(|due| due <= now);
        if is_due {
            self.sent_at = Some(now);
            self.due = None;
            self.next_refresh = now + MIN_REFRESH_INTERVAL;
            self.wants_refresh = false;
        }
        is_due
    }

    /// Whether a request is in flight.
    pub fn is_in_flight(&self) -> bool {
        self.sent_at.is_some()
    }

    /// When the request in flight was sent.
    pub fn sent_at(&self) -> Option<Duration> {
        self.sent_at
    }

    /// When the request in flight becomes slow.
    pub fn slow_at(&self) -> Option<Duration> {
        Some(self.sent_at? + SLOW_AFTER)
    }

    /// Whether polling is paused. A manual refresh is still sent.
    pub fn is_paused(&self) -> bool {
        self.paused
    }

    /// A person asks for a request. It becomes due at the next time that one may be sent.
    pub fn refresh(&mut self) {
        self.wants_refresh = true;
    }

    /// Polls at another interval from now on; `None` adapts it.
    pub fn set_interval(&mut self, fixed: Option<Duration>, now: Duration) {
        self.fixed = fixed;
        if let Some(interval) = fixed.filter(|_| self.backoff.is_none()) {
            self.due = self.due.map(|due| due.min(now + interval));
        }
    }

    /// The request in flight is not wanted any more: the next one is due now.
    pub fn abandon(&mut self, now: Duration) {
        self.schedule_next(now, Duration::ZERO);
        self.next_refresh = now;
        self.wants_refresh = true;
    }

    /// Pauses or resumes polling. On resuming, a person wants to see what is new.
    pub fn toggle_pause(&mut self) {
        self.paused = !self.paused;
        self.wants_refresh |= !self.paused;
    }

    /// A cancel was answered: polls often for a minute.
    pub fn poll_often(&mut self, now: Duration) {
        self.poll_often_until = now + AFTER_CANCEL_LASTS;
        let next = now + self.fixed.unwrap_or(INTERVAL_AFTER_CANCEL);
        if self.backoff.is_none() {
            self.due = self.due.map(|due| due.min(next));
        }
    }

    /// The request in flight was answered.
    pub fn succeeded(&mut self, now: Duration, any_under_way: bool) {
        self.backoff = None;
        let wait = self.fixed.unwrap_or(if now < self.poll_often_until {
            INTERVAL_AFTER_CANCEL
        } else if any_under_way {
            INTERVAL_UNDER_WAY
        } else {
            INTERVAL_ALL_ENDED
        });
        self.schedule_next(now, wait);
    }

    /// The request in flight failed.
    pub fn failed(&mut self, now: Duration) {
        let seed = self.jitter_seed;
        let backoff = self.backoff.get_or_insert_with(|| {
            ExponentialBuilder::new()
                .with_min_delay(FIRST_RETRY_DELAY)
                .with_max_delay(MAX_RETRY_DELAY)
                .with_factor(2.0)
                .without_max_times()
                .with_jitter()
                .with_jitter_seed(seed)
                .build()
        });
        let wait = backoff.next().unwrap_or(MAX_RETRY_DELAY);
        self.next_refresh = self.next_refresh.max(now + FIRST_RETRY_DELAY);
        self.schedule_next(now, wait);
    }

    fn schedule_next(&mut self, now: Duration, wait: Duration) {
        self.sent_at = None;
        self.due = Some(now + wait);
    }
}
