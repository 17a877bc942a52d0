//! Arithmetic with times that cannot overflow, and durations as world files and faults write them.

use jiff::{SignedDuration, Timestamp};

/// `time` plus `duration`, limited to the range of [`Timestamp`].
pub(super) fn saturating_add(time: Timestamp, duration: SignedDuration) -> Timestamp {
    time.saturating_add(duration)
        .expect("only a span of calendar units is an error")
}

/// `time` minus `duration`, limited to the range of [`Timestamp`].
pub(super) fn saturating_sub(time: Timestamp, duration: SignedDuration) -> Timestamp {
    time.saturating_sub(duration)
        .expect("only a span of calendar units is an error")
}

/// Parses a duration such as `90s`, `10m` or `1h30m`. `None` if the text is not a duration, or a
/// negative one.
pub(super) fn parse_duration(text: &str) -> Option<SignedDuration> {
    let duration: SignedDuration = text.parse().ok()?;
    (!duration.is_negative()).then_some(duration)
}
