//! How times are written for people.

use jiff::Timestamp;
use jiff::tz::TimeZone;

/// How times are written for people: in which time zone, and how in the table.
#[derive(Clone, Debug, PartialEq)]
pub struct TimeStyle {
    zone: TimeZone,
    cells: TimeCells,
}

/// How the table shows times.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum, schemars::JsonSchema)]
#[schemars(rename_all = "kebab-case")]
pub enum TimeCells {
    /// `12m ago`.
    #[default]
    Relative,
    /// Date and time, as far as there is room.
    Absolute,
}

impl Default for TimeStyle {
    /// In UTC.
    fn default() -> Self {
        Self::new(TimeZone::UTC, TimeCells::default())
    }
}

impl TimeStyle {
    /// How times are written in a time zone.
    pub fn new(zone: TimeZone, cells: TimeCells) -> Self {
        Self { zone, cells }
    }

    /// How the table shows times.
    pub fn cells(&self) -> TimeCells {
        self.cells
    }

    /// The time of day: `14:03:22`.
    pub fn time_of_day(&self, time: Timestamp) -> String {
        self.write(time, "%H:%M:%S")
    }

    /// The time of day with the time zone: `14:03:22 UTC`.
    pub fn time_of_day_in_zone(&self, time: Timestamp) -> String {
        self.write(time, "%H:%M:%S %Z")
    }

    /// The time of day without seconds: `14:03`.
    pub fn hour_and_minute(&self, time: Timestamp) -> String {
        self.write(time, "%H:%M")
    }

    /// Date and time with the time zone: `2015-09-15 13:24:35 UTC`.
    pub fn date_and_time(&self, time: Timestamp) -> String {
        self.write(time, "%Y-%m-%d %H:%M:%S %Z")
    }

    /// The time of day if it is on the day of `now`, otherwise date and time.
    pub fn near(&self, time: Timestamp, now: Timestamp) -> String {
        if self.is_same_day(time, now) {
            self.time_of_day(time)
        } else {
            self.date_and_time(time)
        }
    }

    /// Date and time in so many columns; in few, the time of day or the date only, whichever says more:
    /// `2015-09-15 13:24`, `13:24:35`, `15 Sep`.
    pub fn cell(&self, time: Timestamp, now: Timestamp, width: usize) -> String {
        const DATE_AND_TIME: usize = 16;
        if width >= DATE_AND_TIME {
            self.write(time, "%Y-%m-%d %H:%M")
        } else if self.is_same_day(time, now) {
            self.time_of_day(time)
        } else {
            self.write(time, "%d %b")
        }
    }

    /// The name of the time zone at that time: `UTC`, `CEST`.
    pub fn zone_name(&self, time: Timestamp) -> String {
        self.write(time, "%Z")
    }

    fn is_same_day(&self, time: Timestamp, now: Timestamp) -> bool {
        let date = |time: Timestamp| time.to_zoned(self.zone.clone()).date();
        date(time) == date(now)
    }

    fn write(&self, time: Timestamp, format: &str) -> String {
        let zoned = time.to_zoned(self.zone.clone());
        zoned.strftime(format).to_string()
    }
}
