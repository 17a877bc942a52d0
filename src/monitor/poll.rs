//! The poll policy: when to ask EC2 next. No timer, no request, no clock.
//!
//! | what is known                                | next request after                    |
//! |----------------------------------------------|---------------------------------------|
//! | a task is under way                          | 5 s                                   |
//! | a cancel was answered less than a minute ago | 2 s                                   |
//! | every task has ended, or there is none       | 30 s                                  |
//! | `--interval` was given                       | that, whatever is known               |
//! | the last request failed                      | 2 s, 4 s, … 60 s, plus up to as much again at random |
//!
//! One request is in flight at a time, and each has a number, so that an answer can be told from a
//! later one. EC2's bucket for `Describe*` refills at 20 requests a second for a whole account and
//! region, so even the shortest of these intervals leaves nearly all of it to others.

use std::time::Duration;

use backon::{BackoffBuilder, ExponentialBackoff, ExponentialBuilder};

const UNDER_WAY: Duration = Duration::from_secs(5);
const ALL_ENDED: Duration = Duration::from_secs(30);
const OFTEN: Duration = Duration::from_secs(2);
const OFTEN_LASTS: Duration = Duration::from_secs(60);
const FIRST_RETRY: Duration = Duration::from_secs(2);
const LAST_RETRY: Duration = Duration::from_secs(60);
/// A request unanswered for longer is shown as slow.
const SLOW: Duration = Duration::from_secs(3);

/// When the list of one scope is asked for. Every time is monotonic: time since the program started.
#[derive(Debug)]
pub struct PollSchedule {
    /// `--interval`
    fixed: Option<Duration>,
    jitter_seed: u64,
    paused: bool,
    last_poll: u64,
    /// When the request in flight was sent.
    sent_at: Option<Duration>,
    /// When the next request goes out; `None` while one is in flight.
    due: Option<Duration>,
    /// `Some` since a request failed, until one succeeds.
    backoff: Option<ExponentialBackoff>,
    poll_often_until: Duration,
    /// A refresh was asked for while a request was in flight, whose answer may be older than that.
    refresh_after: bool,
}

impl PollSchedule {
    /// A schedule whose first request is due at once. `fixed` overrides the adaptive interval;
    /// `jitter_seed` makes the back-off's randomness repeatable.
    pub fn new(fixed: Option<Duration>, jitter_seed: u64) -> Self {
        Self {
            fixed,
            jitter_seed,
            paused: false,
            last_poll: 0,
            sent_at: None,
            due: Some(Duration::ZERO),
            backoff: None,
            poll_often_until: Duration::ZERO,
            refresh_after: false,
        }
    }

    /// When the next request is due, if one will be sent without a key being pressed.
    pub fn due(&self) -> Option<Duration> {
        if self.paused { None } else { self.due }
    }

    /// Starts the next request, if it is due. Returns its number.
    pub fn start_if_due(&mut self, now: Duration) -> Option<u64> {
        (self.due()? <= now).then(|| self.send(now))
    }

    /// The number of the newest poll; 0 before the first.
    pub fn last_poll(&self) -> u64 {
        self.last_poll
    }

    /// Whether a request is in flight.
    pub fn is_in_flight(&self) -> bool {
        self.sent_at.is_some()
    }

    /// When the request in flight was sent.
    pub fn sent_at(&self) -> Option<Duration> {
        self.sent_at
    }

    /// From when on the request in flight is slow.
    pub fn slow_at(&self) -> Option<Duration> {
        Some(self.sent_at? + SLOW)
    }

    /// Whether polling is paused. A refresh by hand still goes out.
    pub fn is_paused(&self) -> bool {
        self.paused
    }

    /// A refresh by hand: the number to send with, or `None` if the refresh waits until the request in
    /// flight is answered.
    pub fn refresh(&mut self, now: Duration) -> Option<u64> {
        if self.is_in_flight() {
            self.refresh_after = true;
            return None;
        }
        Some(self.send(now))
    }

    /// Pauses or resumes polling. On resuming, a request is due at once.
    pub fn toggle_pause(&mut self, now: Duration) {
        self.paused = !self.paused;
        if !self.paused && !self.is_in_flight() {
            self.due = Some(now);
        }
    }

    /// A cancel was answered: polls often for a minute.
    pub fn poll_often(&mut self, now: Duration) {
        self.poll_often_until = now + OFTEN_LASTS;
        let next = now + self.fixed.unwrap_or(OFTEN);
        if self.backoff.is_none() {
            self.due = self.due.map(|due| due.min(next));
        }
    }

    /// The request in flight was answered.
    pub fn succeeded(&mut self, now: Duration, any_under_way: bool) {
        self.backoff = None;
        let wait = self.fixed.unwrap_or(if now < self.poll_often_until {
            OFTEN
        } else if any_under_way {
            UNDER_WAY
        } else {
            ALL_ENDED
        });
        self.finish(now, wait);
    }

    /// The request in flight failed.
    pub fn failed(&mut self, now: Duration) {
        let seed = self.jitter_seed;
        let backoff = self.backoff.get_or_insert_with(|| {
            ExponentialBuilder::new()
                .with_min_delay(FIRST_RETRY)
                .with_max_delay(LAST_RETRY)
                .with_factor(2.0)
                .without_max_times()
                .with_jitter()
                .with_jitter_seed(seed)
                .build()
        });
        let wait = backoff.next().unwrap_or(LAST_RETRY);
        self.finish(now, wait);
    }

    fn send(&mut self, now: Duration) -> u64 {
        self.last_poll += 1;
        self.sent_at = Some(now);
        self.due = None;
        self.last_poll
    }

    fn finish(&mut self, now: Duration, wait: Duration) {
        self.sent_at = None;
        let wait = if std::mem::take(&mut self.refresh_after) {
            Duration::ZERO
        } else {
            wait
        };
        self.due = Some(now + wait);
    }
}
