//! The endpoint's clock: real time, accelerated time for the demo, or a time that tests set.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};

use super::time::saturating_add;

/// Tells the endpoint the time. Cheap to clone; clones share the same time.
#[derive(Clone, Debug)]
pub struct Clock(Arc<ClockState>);

#[derive(Debug)]
struct ClockState {
    /// The time on the clock when it was created.
    start_time: Timestamp,
    created_at: Instant,
    /// Seconds on this clock for each real second. A clock with speed 0 stands still.
    speed: f64,
    /// Nanoseconds added by [`Clock::advance`].
    advanced_nanos: AtomicI64,
}

impl Clock {
    /// A clock that starts at the present time and passes `speed` seconds for each real second.
    ///
    /// 1.0 is real time; at 60.0 a minute passes every second. A speed that is negative or not
    /// finite counts as 1.0.
    pub fn real(speed: f64) -> Self {
        let is_usable = speed.is_finite() && speed >= 0.0;
        Self::new(Timestamp::now(), if is_usable { speed } else { 1.0 })
    }

    /// A clock that stands still at `start_time` until [`advance`](Self::advance) moves it.
    pub fn manual(start_time: Timestamp) -> Self {
        Self::new(start_time, 0.0)
    }

    fn new(start_time: Timestamp, speed: f64) -> Self {
        Self(Arc::new(ClockState {
            start_time,
            created_at: Instant::now(),
            speed,
            advanced_nanos: AtomicI64::new(0),
        }))
    }

    /// Moves the clock forward, whether it runs by itself or stands still.
    pub fn advance(&self, by: Duration) {
        let nanos = i64::try_from(by.as_nanos()).unwrap_or(i64::MAX);
        let add = |advanced: i64| Some(advanced.saturating_add(nanos));
        // `fetch_update` fails only if the closure returns `None`, which `add` never does.
        let _ = self
            .0
            .advanced_nanos
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, add);
    }

    /// The current time on this clock. It never goes back.
    pub fn now(&self) -> Timestamp {
        let elapsed = self.0.created_at.elapsed().as_secs_f64() * self.0.speed;
        let elapsed = SignedDuration::try_from_secs_f64(elapsed).unwrap_or(SignedDuration::MAX);
        let advanced = SignedDuration::from_nanos(self.0.advanced_nanos.load(Ordering::SeqCst));
        saturating_add(saturating_add(self.0.start_time, elapsed), advanced)
    }
}
