//! Times as the AWS CLI writes them.

use std::fmt::Write as _;

use jiff::civil::{DateTime, Time};
use jiff::fmt::rfc2822;
use jiff::fmt::temporal::{Pieces, PiecesOffset};
use jiff::tz::{Offset, TimeZone};
use jiff::{SignedDuration, Timestamp};

/// How times are written (the AWS CLI's `cli_timestamp_format`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TimeFormat {
    /// As EC2 sent them: `2015-09-15T13:24:35.000Z`.
    #[default]
    Wire,
    /// `2015-09-15T13:24:35+00:00`.
    Iso8601,
}

/// A time in ISO 8601's extended form, as the AWS CLI writes it: with the offset that EC2 sent,
/// if any, and with microseconds if they are not zero. `None` if the text
/// is not a time. Accepts ISO 8601, EC2's own form, RFC 2822 and seconds since 1970.
pub(super) fn iso8601(text: &str) -> Option<String> {
    let text = text.trim();
    if let Ok(pieces) = Pieces::parse(text) {
        let time = pieces.time().unwrap_or(Time::midnight());
        let offset = pieces.offset().map(|offset| match offset {
            PiecesOffset::Numeric(offset) => offset.offset(),
            _ => Offset::UTC,
        });
        return format(pieces.date().to_datetime(time), offset);
    }
    if let Ok(zoned) = rfc2822::parse(text) {
        return format(zoned.datetime(), Some(zoned.offset()));
    }
    let seconds: f64 = text.parse().ok()?;
    let since_1970 = SignedDuration::try_from_secs_f64(seconds).ok()?;
    let time = Timestamp::from_duration(since_1970).ok()?;
    format(Offset::UTC.to_datetime(time), Some(Offset::UTC))
}

fn format(time: DateTime, offset: Option<Offset>) -> Option<String> {
    let mut text = time.strftime("%Y-%m-%dT%H:%M:%S").to_string();
    let microseconds = time.subsec_nanosecond() / 1000;
    if microseconds != 0 {
        let _ = write!(text, ".{microseconds:06}");
    }
    if let Some(offset) = offset {
        let zoned = time.to_zoned(TimeZone::fixed(offset)).ok()?;
        let _ = write!(text, "{}", zoned.strftime("%:z"));
    }
    Some(text)
}
