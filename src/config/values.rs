//! The types of settings that are written as text.

use std::time::Duration;

use clap::ValueEnum;
use itertools::Itertools as _;
use jiff::{SignedDuration, Span, SpanRelativeTo};
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, de};

use crate::suggestion::similar_name;
use crate::tui::column::Column;
use crate::tui::list::order::Order;

/// The values of `symbols`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum, JsonSchema)]
#[schemars(rename_all = "kebab-case")]
pub enum SymbolChoice {
    /// As the locale is.
    #[default]
    Auto,
    /// All characters.
    Unicode,
    /// Only those of ASCII.
    Ascii,
}

/// The values of `colors`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum, JsonSchema)]
#[schemars(rename_all = "kebab-case")]
pub enum ColorChoice {
    /// As many as the terminal has.
    #[default]
    Auto,
    /// All.
    Truecolor,
    /// 256.
    #[value(name = "256")]
    #[schemars(rename = "256")]
    Palette256,
    /// Those of the terminal.
    #[value(name = "16")]
    #[schemars(rename = "16")]
    Sixteen,
    /// None.
    Never,
}

/// The time between two polls; adaptive if `None`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(try_from = "String")]
#[schemars(with = "String")]
pub struct Interval(pub Option<Duration>);

impl TryFrom<String> for Interval {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        if text == "auto" {
            return Ok(Self(None));
        }
        let interval = duration(&text)?.unsigned_abs();
        if (Duration::from_millis(500)..=Duration::from_hours(24)).contains(&interval) {
            Ok(Self(Some(interval)))
        } else {
            Err("must be from \"500ms\" to \"24h\": EC2 limits how often it is asked".to_owned())
        }
    }
}

/// How long the journal remembers tasks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(try_from = "String")]
#[schemars(with = "String")]
pub struct Retention(pub SignedDuration);

impl TryFrom<String> for Retention {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        duration(&text).map(Self)
    }
}

/// A command as words.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(try_from = "String")]
#[schemars(with = "String")]
pub struct Words(pub Vec<String>);

impl TryFrom<String> for Words {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let words = shlex::split(&text).map(Self);
        words.ok_or_else(|| "has a quote that is not closed".to_owned())
    }
}

/// What the rows are sorted by: `started`, `progress ascending`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(try_from = "String")]
#[schemars(with = "String")]
pub struct Sort(pub Order);

impl TryFrom<String> for Sort {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let (name, direction) = match text.split_once(' ') {
            Some((name, direction)) => (name, Some(direction.trim())),
            None => (text.as_str(), None),
        };
        let names = Column::ALL.map(Column::name);
        let column = Column::of_name(name).ok_or_else(|| none_of(name, &names))?;
        let order = Order::by(column);
        let is_descending = match direction {
            None => order.is_descending,
            Some("ascending") => false,
            Some("descending") => true,
            Some(other) => return Err(none_of(other, &["ascending", "descending"])),
        };
        Ok(Self(Order {
            is_descending,
            ..order
        }))
    }
}

/// Parses a duration such as `7d`, `90m` or `1h 30m`.
///
/// # Errors
///
/// A phrase that says what it must be.
pub fn duration(text: &str) -> Result<SignedDuration, String> {
    // jiff knows days only in spans.
    let span: Span = text
        .parse()
        .map_err(|_| "must be a time such as 7d, 12h or 90m".to_owned())?;
    let duration = span.to_duration(SpanRelativeTo::days_are_24_hours());
    match duration {
        Ok(duration) if duration.is_positive() => Ok(duration),
        Ok(_) => Err("must be longer than nothing".into()),
        Err(_) => Err("must be in days, hours, minutes or seconds".into()),
    }
}

/// Reads one of the names that the command line takes too.
pub(super) fn choice<'de, T: ValueEnum, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<T, D::Error> {
    let name = String::deserialize(deserializer)?;
    of_name(&name).map_err(de::Error::custom)
}

/// Reads a list of such names.
pub(super) fn choices<'de, T: ValueEnum, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Vec<T>, D::Error> {
    let names = Vec::<String>::deserialize(deserializer)?;
    let choices = names.iter().map(|name| of_name(name));
    choices.collect::<Result<_, _>>().map_err(de::Error::custom)
}

fn of_name<T: ValueEnum>(name: &str) -> Result<T, String> {
    T::from_str(name, false).map_err(|_| {
        let names = T::value_variants()
            .iter()
            .filter_map(T::to_possible_value)
            .map(|value| value.get_name().to_owned())
            .collect_vec();
        let names = names.iter().map(String::as_str).collect_vec();
        none_of(name, &names)
    })
}

/// `"blu" is none of red, blue; did you mean "blue"?`
fn none_of(name: &str, names: &[&str]) -> String {
    let all = names.join(", ");
    let hint = similar_name(name, names).map(|similar| format!("; did you mean \"{similar}\"?"));
    format!("\"{name}\" is none of {all}{}", hint.unwrap_or_default())
}
