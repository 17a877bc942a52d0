//! EC2's own filters, and how they are typed: `state=storing,bundling s3-bucket=win*`.
//!
//! Every filter must be met, by one of its values. `*` stands for any characters, `?` for one or none, and a
//! backslash before them for themselves. Quotes keep spaces and commas together: `s3-prefix="a, b*"`.

use crate::suggestion::similar_name;
use crate::text::words::{InputError, words};

/// A filter of `DescribeBundleTasks`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// `Name`
    pub name: Option<String>,
    /// `Values`
    pub values: Option<Vec<String>>,
}

/// The names of the filters, as AWS documents them.
pub const NAMES: [&str; 10] = [
    "bundle-id",
    "error-code",
    "error-message",
    "instance-id",
    "progress",
    "s3-bucket",
    "s3-prefix",
    "start-time",
    "state",
    "update-time",
];

/// The limits that AWS documents.
const MAX_FILTERS: usize = 50;
const MAX_VALUES: usize = 200;
const MAX_VALUE_CHARACTERS: usize = 255;

/// Reads filters.
///
/// # Errors
///
/// What cannot be understood, or is more than EC2 takes, and where.
pub fn parse(text: &str) -> Result<Vec<Filter>, InputError> {
    let filters: Vec<_> = words(text)
        .map(|(at, word)| parse_filter(word, at))
        .collect::<Result<_, _>>()?;
    if filters.len() > MAX_FILTERS {
        return Err(InputError {
            at: 0,
            message: format!("EC2 takes at most {MAX_FILTERS} filters."),
        });
    }
    Ok(filters)
}

fn parse_filter(word: &str, at: usize) -> Result<Filter, InputError> {
    let error = |at, message: String| Err(InputError { at, message });
    let Some((name, values)) = word.split_once('=') else {
        return error(
            at,
            format!("\"{word}\" has no value: name=value is expected."),
        );
    };
    if !NAMES.contains(&name) {
        let hint = match similar_name(name, &NAMES) {
            Some(similar) => format!("did you mean {similar}?"),
            None => format!("there are {}.", NAMES.join(", ")),
        };
        return error(at, format!("EC2 has no filter \"{name}\"; {hint}"));
    }
    let start = at + name.len() + 1;
    let values = split_values(values);
    if values.len() > MAX_VALUES {
        return error(start, format!("EC2 takes at most {MAX_VALUES} values."));
    }
    let is_long = |value: &String| value.chars().count() > MAX_VALUE_CHARACTERS;
    if values.iter().any(is_long) {
        let message = format!("EC2 takes values of at most {MAX_VALUE_CHARACTERS} characters.");
        return error(start, message);
    }
    if values.iter().any(String::is_empty) {
        return error(start, format!("{name} needs a value."));
    }
    Ok(Filter {
        name: Some(name.to_owned()),
        values: Some(values),
    })
}

/// The values between commas, without their quotes.
fn split_values(values: &str) -> Vec<String> {
    let mut is_quoted = false;
    let pieces = values.split(|c: char| {
        is_quoted ^= c == '"';
        c == ',' && !is_quoted
    });
    pieces.map(|piece| piece.replace('"', "")).collect()
}

/// Filters as they are typed.
pub fn to_text(filters: &[Filter]) -> String {
    let words = filters.iter().map(|filter| {
        let name = filter.name.as_deref().unwrap_or_default();
        let values = filter.values.iter().flatten().map(|value| quoted(value));
        format!("{name}={}", values.collect::<Vec<_>>().join(","))
    });
    words.collect::<Vec<_>>().join(" ")
}

/// A value, in quotes if it needs them.
pub fn quoted(value: &str) -> String {
    if value.contains([' ', ',']) {
        format!("\"{value}\"")
    } else {
        value.to_owned()
    }
}
