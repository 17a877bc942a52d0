//! Values in world files that are written as text.

use std::fmt;

use jiff::SignedDuration;
use serde::de::{Error, Unexpected, Visitor};
use serde::{Deserialize, Deserializer};

use crate::endpoint::time::parse_duration;

/// A duration such as `"90s"`, `"10m"` or `"1h30m"`; never negative.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct DurationEntry(pub(super) SignedDuration);

impl<'de> Deserialize<'de> for DurationEntry {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(TextVisitor {
            expected: r#"a length of time, such as "90s", "10m" or "1h30m""#,
            parse: |text: &str| parse_duration(text).map(Self),
        })
    }
}

/// A whole percentage from 0 to 100, written `72` or, as EC2 does, `"72%"`.
#[derive(Clone, Copy, Debug)]
pub(super) struct FilePercentage(pub(super) u8);

impl<'de> Deserialize<'de> for FilePercentage {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(TextVisitor {
            expected: r#"a whole number from 0 to 100, such as 72 or "72%""#,
            parse: |text: &str| {
                let number = text.strip_suffix('%').unwrap_or(text).parse().ok();
                number.filter(|percent| *percent <= 100).map(Self)
            },
        })
    }
}

/// Deserializes a value from a string, or from a whole number as if it were a string.
///
/// The value is parsed within a visitor, because `serde_json` adds line and column only to errors
/// that come from one.
pub(super) struct TextVisitor<F> {
    /// What is expected, for messages.
    pub(super) expected: &'static str,
    pub(super) parse: F,
}

impl<T, F: Fn(&str) -> Option<T>> Visitor<'_> for TextVisitor<F> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.expected)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<T, E> {
        (self.parse)(text).ok_or_else(|| E::invalid_value(Unexpected::Str(text), &self))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<T, E> {
        let text = number.to_string();
        (self.parse)(&text).ok_or_else(|| E::invalid_value(Unexpected::Unsigned(number), &self))
    }
}
