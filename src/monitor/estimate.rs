//! When a task's progress will reach 100%, estimated from how it went so far.
//!
//! The rate is the median of the slopes between pairs of observations (the Theil-Sen estimator), so that a
//! few outliers do not matter. Only pairs count that are at least a tenth of the time apart: over short
//! times, polling and progress that comes in steps say little. How much the slopes differ gives the spread:
//! four out of five of them are within it.
//!
//! Of a thousand simulated tasks (`tests/it/story/estimate.rs`), half of the estimates were off by less than
//! 1% of the time that was left where progress was even or came in steps, and by less than 21% where its
//! rate varied by a factor of six. The end was within the spread of 99 in 100 and of 6 in 10 of these.
//!
//! There is no estimate before progress has moved often and far enough to have a rate.

use jiff::{SignedDuration, Timestamp};

use super::progress_history::{Observation, ProgressHistory};

/// How many of the latest observations are used: progress may have become faster or slower.
const RECENT: usize = 64;
/// How many observations there must be.
const MIN_OBSERVATIONS: usize = 4;
/// How far progress must have moved, in percent.
const MIN_PERCENT: f64 = 4.0;
/// How long progress must have been observed.
const MIN_TIME: SignedDuration = SignedDuration::from_secs(20);
/// The spread is at least this part of the time left, to both sides, and this time: a poll notices progress
/// some seconds late.
const MIN_SPREAD: f64 = 0.05;
const MIN_SPREAD_TIME: f64 = 15.0;
/// No end is estimated to be further away.
const MAX_SECONDS: f64 = 30.0 * 86_400.0;

/// When progress will reach 100%, if it goes on as it did.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimate {
    /// Percent per minute.
    pub rate: f64,
    /// The likely end.
    pub end: Timestamp,
    /// The end if progress is as fast as it was at its fastest, but for one time in ten.
    pub earliest: Timestamp,
    /// The end if progress is as slow as it was at its slowest, but for one time in ten. `None` if it then
    /// hardly moves.
    pub latest: Option<Timestamp>,
}

/// Estimates when progress will reach 100%; `None` without grounds. `confirmed_at` is when EC2 last described
/// the task.
pub fn estimate(history: &ProgressHistory, confirmed_at: Timestamp) -> Option<Estimate> {
    if !history.last().phase.is_under_way() {
        return None;
    }
    let observed = history.rising();
    let recent = &observed[observed.len().saturating_sub(RECENT)..];
    let points: Vec<(f64, f64)> = recent.iter().filter_map(point).collect();
    let (&(first_at, first), &(last_at, last)) = (points.first()?, points.last()?);
    let has_grounds = points.len() >= MIN_OBSERVATIONS
        && last - first >= MIN_PERCENT
        && last_at - first_at >= MIN_TIME.as_secs_f64()
        && last < 100.0;
    if !has_grounds {
        return None;
    }
    // While it stands still for longer than ever before, the end goes away.
    let pauses = points.windows(2).map(|pair| pair[1].0 - pair[0].0);
    let longest = pauses.fold(0.0, f64::max);
    let confirmed_at = confirmed_at.as_duration().as_secs_f64();
    let base = last_at.max(confirmed_at - longest);
    let slopes = slopes(&points);
    let (slow, rate, fast) = (
        quantile(&slopes, 0.1)?,
        quantile(&slopes, 0.5)?,
        quantile(&slopes, 0.9)?,
    );
    let seconds_left = |rate: f64| (rate > 0.0).then(|| (100.0 - last) / rate);
    let likely = seconds_left(rate)?;
    let spread = (likely * MIN_SPREAD).max(MIN_SPREAD_TIME);
    let earliest = seconds_left(fast)?.min(likely - spread).max(0.0);
    let latest = seconds_left(slow).map(|latest| latest.max(likely + spread));
    let end = |seconds: f64| {
        let time = SignedDuration::try_from_secs_f64(base + seconds).ok()?;
        let end = Timestamp::from_duration(time).ok()?;
        (seconds <= MAX_SECONDS).then_some(end)
    };
    Some(Estimate {
        rate: rate * 60.0,
        end: end(likely)?,
        earliest: end(earliest)?,
        latest: latest.and_then(end),
    })
}

/// An observation as seconds and percent.
fn point(observation: &Observation) -> Option<(f64, f64)> {
    Some((
        observation.at.as_duration().as_secs_f64(),
        observation.percent?,
    ))
}

/// The slopes between points that are far enough apart, in ascending order.
fn slopes(points: &[(f64, f64)]) -> Vec<f64> {
    let (Some(first), Some(last)) = (points.first(), points.last()) else {
        return Vec::new();
    };
    let min_time = (last.0 - first.0) / 10.0;
    let mut slopes = Vec::new();
    for (number, from) in points.iter().enumerate() {
        for to in &points[number + 1..] {
            let time = to.0 - from.0;
            if time > 0.0 && time >= min_time {
                slopes.push((to.1 - from.1) / time);
            }
        }
    }
    slopes.sort_by(f64::total_cmp);
    slopes
}

/// The value below which that part of ascending values is.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "an index into a few hundred values"
)]
fn quantile(ascending: &[f64], part: f64) -> Option<f64> {
    let last = ascending.len().checked_sub(1)?;
    ascending
        .get((last as f64 * part).round() as usize)
        .copied()
}
