//! How fast requests about single tasks are sent: within what EC2 allows, however many there are.

use std::time::Duration;

/// How many may be sent at once after a pause. AWS documents a bucket of 50 for requests that change
/// something; whoever else uses the account needs some too.
const BURST: f64 = 25.0;

/// How many may be sent per second after that: AWS documents 5.
const PER_SECOND: f64 = 5.0;

/// The least to which throttling slows them.
const MIN_PER_SECOND: f64 = 0.5;

/// How long after EC2 last throttled they are slow.
const SLOW_FOR: Duration = Duration::from_secs(30);

/// How many may be unanswered at a time.
pub(super) const MAX_IN_FLIGHT: usize = 8;

/// A token bucket. Times are since the program started.
#[derive(Debug)]
pub(super) struct Pace {
    tokens: f64,
    /// When there were that many.
    counted_at: Duration,
    per_second: f64,
    slow_until: Duration,
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            tokens: BURST,
            counted_at: Duration::ZERO,
            per_second: PER_SECOND,
            slow_until: Duration::ZERO,
        }
    }
}

impl Pace {
    /// Takes a token for a request that is sent now; false if there is none yet.
    pub fn take(&mut self, now: Duration) -> bool {
        self.count(now);
        let is_granted = self.tokens >= 1.0;
        if is_granted {
            self.tokens -= 1.0;
        }
        is_granted
    }

    /// When there will be a token.
    pub fn next(&self) -> Duration {
        // Rounded up, so that there is one then.
        let missing = (1.0 - self.tokens).max(0.0);
        let wait = Duration::from_secs_f64(missing / self.per_second) + Duration::from_millis(1);
        self.counted_at + wait
    }

    /// EC2 asked to slow down.
    pub fn throttled(&mut self, now: Duration) {
        self.count(now);
        self.tokens = 0.0;
        self.per_second = (self.per_second / 2.0).max(MIN_PER_SECOND);
        self.slow_until = now + SLOW_FOR;
    }

    fn count(&mut self, now: Duration) {
        let waited = now.saturating_sub(self.counted_at).as_secs_f64();
        self.tokens = (self.tokens + waited * self.per_second).min(BURST);
        self.counted_at = now;
        if now >= self.slow_until {
            self.per_second = PER_SECOND;
        }
    }
}
