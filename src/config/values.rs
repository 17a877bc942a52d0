//! The types of settings that are written as text.

use std::ops::RangeInclusive;
use std::time::Duration;

use clap::ValueEnum;
use itertools::Itertools as _;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Span, SpanRelativeTo};
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, de};

use super::AUTO;
use crate::environment;
use crate::output::Format;
use crate::suggestion::{did_you_mean, similar_name};
use crate::tui::column::{Column, ShownColumn};
use crate::tui::list::order::Order;
use crate::tui::notice::NoticeChannel;

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
    /// All, and those of a Nerd Font, which the terminal must have.
    Nerd,
}

/// A time zone.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(try_from = "String")]
#[schemars(with = "String")]
pub struct Zone(pub TimeZone);

impl TryFrom<String> for Zone {
    type Error = String;

    fn try_from(name: String) -> Result<Self, String> {
        match name.as_str() {
            AUTO if environment::variable("TZ").is_none() => Ok(Self(TimeZone::UTC)),
            "UTC" => Ok(Self(TimeZone::UTC)),
            AUTO | "local" => Ok(Self(TimeZone::system())),
            _ => TimeZone::get(&name).map(Self).map_err(|_| {
                format!(
                    "there is no time zone \"{name}\"; it is \"auto\", \"UTC\", \"local\", or a name such as \"Europe/Berlin\""
                )
            }),
        }
    }
}

/// The columns of the table: `id`, `storage 60`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(try_from = "Vec<String>")]
#[schemars(with = "Vec<String>")]
pub struct Columns(pub Vec<ShownColumn>);

impl TryFrom<Vec<String>> for Columns {
    type Error = String;

    fn try_from(texts: Vec<String>) -> Result<Self, String> {
        if texts.is_empty() {
            return Err("needs at least one column".to_owned());
        }
        let shown = all(&texts, shown_column)?;
        let repeated = shown.iter().map(|it| it.column).duplicates().next();
        match repeated.map(Column::name) {
            Some(name) => Err(format!("\"{name}\" is listed twice")),
            None => Ok(Self(shown)),
        }
    }
}

/// Reads `id` or `storage 60`.
fn shown_column(text: &str) -> Result<ShownColumn, String> {
    const WIDTHS: RangeInclusive<u16> = 3..=500;
    let (name, width) = match text.split_once(' ') {
        Some((name, width)) => (name, Some(width.trim())),
        None => (text, None),
    };
    let names = Column::ALL.map(Column::name);
    let column = Column::of_name(name).ok_or_else(|| not_one_of(name, &names))?;
    let width = width.map(|width| {
        let parsed = width.parse().ok().filter(|it| WIDTHS.contains(it));
        let (least, most) = (WIDTHS.start(), WIDTHS.end());
        parsed.ok_or_else(|| format!("the width of \"{name}\" must be from {least} to {most}"))
    });
    Ok(ShownColumn {
        column,
        width: width.transpose()?,
    })
}

/// Reads each text; otherwise says all that is wrong.
fn all<T>(texts: &[String], read: impl Fn(&str) -> Result<T, String>) -> Result<Vec<T>, String> {
    let (read, mistakes): (Vec<_>, Vec<_>) = texts.iter().map(|text| read(text)).partition_result();
    if mistakes.is_empty() {
        Ok(read)
    } else {
        Err(mistakes.join("; "))
    }
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

/// The time between two polls, or "auto".
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(try_from = "String")]
#[schemars(with = "String")]
pub struct Interval(pub Option<Duration>);

impl TryFrom<String> for Interval {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        if text == AUTO {
            return Ok(Self(None));
        }
        let example = |_| "must be \"auto\" or a time such as \"5s\"".to_owned();
        let interval = duration(&text).map_err(example)?.unsigned_abs();
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

/// The format of commands' output, or "auto" for that of the AWS profile.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(try_from = "String")]
#[schemars(with = "String")]
pub struct OutputFormat(pub Option<Format>);

impl TryFrom<String> for OutputFormat {
    type Error = String;

    fn try_from(name: String) -> Result<Self, String> {
        if name == AUTO {
            return Ok(Self(None));
        }
        let names = Format::NAMES.iter().map(|(name, _)| *name);
        let names = std::iter::once(AUTO).chain(names).collect_vec();
        let format = Format::from_name(&name).ok_or_else(|| not_one_of(&name, &names))?;
        Ok(Self(Some(format)))
    }
}

/// The command of the pager, or "auto" for that of the AWS profile or of the environment.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(try_from = "String")]
#[schemars(with = "String")]
pub struct PagerCommand(pub Option<String>);

impl TryFrom<String> for PagerCommand {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        Words::try_from(text.clone())?;
        Ok(Self((text != AUTO).then_some(text)))
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
        let column = Column::of_name(name).ok_or_else(|| not_one_of(name, &names))?;
        let order = Order::by(column);
        let is_descending = match direction {
            None => order.is_descending,
            Some("ascending") => false,
            Some("descending") => true,
            Some(other) => return Err(not_one_of(other, &["ascending", "descending"])),
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
        Ok(_) => Err("must be longer than 0".into()),
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
    all(&names, |name| of_name(name)).map_err(de::Error::custom)
}

/// Reads how notices are given. "off" does not go with others.
pub(super) fn channels<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Vec<NoticeChannel>, D::Error> {
    let channels: Vec<NoticeChannel> = choices(deserializer)?;
    if channels.len() > 1 && channels.contains(&NoticeChannel::Off) {
        return Err(de::Error::custom("\"off\" cannot be combined with others"));
    }
    Ok(channels)
}

fn of_name<T: ValueEnum>(name: &str) -> Result<T, String> {
    T::from_str(name, false).map_err(|_| {
        let names = T::value_variants()
            .iter()
            .filter_map(T::to_possible_value)
            .map(|value| value.get_name().to_owned())
            .collect_vec();
        let names = names.iter().map(String::as_str).collect_vec();
        not_one_of(name, &names)
    })
}

/// `"blu" is not one of red, blue; did you mean "blue"?`
fn not_one_of(name: &str, names: &[&str]) -> String {
    let all = names.join(", ");
    let similar = similar_name(name, names).map(|similar| format!("\"{similar}\""));
    format!("\"{name}\" is not one of {all}{}", did_you_mean(similar))
}
