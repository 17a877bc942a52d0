//! The endpoint's time: the real one, a faster one for the demo, or one that a test moves by hand.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};

/// Tells the endpoint the time. Cheap to clone; clones share the same time.
#[derive(Clone, Debug)]
pub struct Clock(Arc<Face>);

#[derive(Debug)]
struct Face {
    start: Timestamp,
    since: Instant,
    /// World seconds for each second of [`Instant`]; 0 stands still.
    speed: f64,
    /// Nanoseconds added by [`Clock::advance`].
    advanced: AtomicI64,
}

impl Clock {
    /// Starts at the present moment and passes `speed` seconds for each real one.
    ///
    /// 1.0 is real time, 60.0 passes a minute a second. A speed that is negative or not finite
    /// counts as 1.0.
    pub fn real(speed: f64) -> Self {
        let usable = speed.is_finite() && speed >= 0.0;
        Self::new(Timestamp::now(), if usable { speed } else { 1.0 })
    }

    /// Stands at `start` until [`advance`](Self::advance) moves it.
    pub fn manual(start: Timestamp) -> Self {
        Self::new(start, 0.0)
    }

    fn new(start: Timestamp, speed: f64) -> Self {
        Self(Arc::new(Face {
            start,
            since: Instant::now(),
            speed,
            advanced: AtomicI64::new(0),
        }))
    }

    /// Moves the clock forward, whether it runs by itself or not.
    pub fn advance(&self, by: Duration) {
        let nanos = i64::try_from(by.as_nanos()).unwrap_or(i64::MAX);
        let add = |advanced: i64| Some(advanced.saturating_add(nanos));
        // Never an error, as `add` never gives none.
        let _ = self
            .0
            .advanced
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, add);
    }

    /// The time now. Never goes back.
    pub fn now(&self) -> Timestamp {
        let passed = self.0.since.elapsed().as_secs_f64() * self.0.speed;
        let passed = SignedDuration::try_from_secs_f64(passed).unwrap_or(SignedDuration::MAX);
        let advanced = SignedDuration::from_nanos(self.0.advanced.load(Ordering::SeqCst));
        after(after(self.0.start, passed), advanced)
    }
}

/// The moment `by` after `moment`, held to the range a [`Timestamp`] has.
pub(super) fn after(moment: Timestamp, by: SignedDuration) -> Timestamp {
    moment.checked_add(by).unwrap_or(if by.is_negative() {
        Timestamp::MIN
    } else {
        Timestamp::MAX
    })
}

/// The moment `by` before `moment`, held to the range a [`Timestamp`] has.
pub(super) fn before(moment: Timestamp, by: SignedDuration) -> Timestamp {
    moment.checked_sub(by).unwrap_or(if by.is_negative() {
        Timestamp::MAX
    } else {
        Timestamp::MIN
    })
}
