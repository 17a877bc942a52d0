//! EC2's own filters as they are typed: `state=storing,bundling s3-bucket=win*`.
//!
//! Every filter must be met, by one of its values. `*` stands for any characters, `?` for one or none, and a
//! backslash before them for themselves. Quotes keep spaces and commas together: `s3-prefix="a, b*"`.

use std::collections::BTreeSet;

use crate::ec2::Filter;
use crate::monitor::Scope;
use crate::suggestion::similar_name;
use crate::task::{BundleTask, Phase};

use super::list::completion::{Completion, MAX_SUGGESTIONS};
use super::list::filter::{FilterError, words};

/// What a filter compares of a task.
type Field = fn(&BundleTask) -> Option<String>;

/// The names of the filters, as AWS documents them, and what they compare.
const FILTERS: [(&str, Field); 10] = [
    ("bundle-id", |task| Some(task.bundle_id.to_string())),
    ("error-code", |task| task.error.as_ref()?.code.clone()),
    ("error-message", |task| task.error.as_ref()?.message.clone()),
    ("instance-id", |task| task.instance_id.clone()),
    ("progress", |task| Some(task.progress.as_ref()?.to_string())),
    ("s3-bucket", |task| task.storage.as_ref()?.bucket.clone()),
    ("s3-prefix", |task| task.storage.as_ref()?.prefix.clone()),
    ("start-time", |_| None),
    ("state", |task| Some(task.state.to_string())),
    ("update-time", |_| None),
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
pub fn parse(text: &str) -> Result<Vec<Filter>, FilterError> {
    let filters: Vec<_> = words(text)
        .map(|(at, word)| parse_filter(word, at))
        .collect::<Result<_, _>>()?;
    if filters.len() > MAX_FILTERS {
        return Err(FilterError {
            at: 0,
            message: format!("EC2 takes at most {MAX_FILTERS} filters."),
        });
    }
    Ok(filters)
}

fn parse_filter(word: &str, at: usize) -> Result<Filter, FilterError> {
    let error = |at, message: String| Err(FilterError { at, message });
    let Some((name, values)) = word.split_once('=') else {
        return error(
            at,
            format!("\"{word}\" has no value: name=value is expected."),
        );
    };
    let names = FILTERS.map(|(name, _)| name);
    if !names.contains(&name) {
        let hint = match similar_name(name, &names) {
            Some(similar) => format!("did you mean {similar}?"),
            None => format!("there are {}.", names.join(", ")),
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

fn quoted(value: &str) -> String {
    if value.contains([' ', ',']) {
        format!("\"{value}\"")
    } else {
        value.to_owned()
    }
}

/// The ways to complete the word that ends at `cursor`: names, and the values of the tasks that are known.
pub fn complete(text: &str, cursor: usize, scope: &Scope) -> Completion {
    let before = text.get(..cursor).unwrap_or(text);
    let last = words(before).last();
    let (start, word) = match last {
        Some((start, word)) if start + word.len() == before.len() => (start, word),
        Some(_) | None => (before.len(), ""),
    };
    let Some((name, values)) = word.split_once('=') else {
        let names = FILTERS.iter().map(|(name, _)| *name);
        let fitting = names.filter(|name| name.starts_with(word));
        return Completion {
            range: start..cursor,
            suggestions: fitting.map(|name| format!("{name}=")).collect(),
        };
    };
    let typed = values.rsplit(',').next().unwrap_or_default();
    let field = FILTERS.iter().find(|(other, _)| *other == name);
    let mut suggestions = Vec::new();
    if name == "state" {
        let phases = Phase::ALL
            .into_iter()
            .filter(|phase| *phase != Phase::Unknown);
        let states = phases
            .map(Phase::as_str)
            .filter(|state| state.starts_with(typed));
        suggestions.extend(states.map(str::to_owned));
    } else if let Some((_, field)) = field {
        let known = scope
            .tasks()
            .iter()
            .filter_map(|(_, known)| field(&known.task));
        let typed = typed.trim_start_matches('"');
        let fitting: BTreeSet<_> = known.filter(|value| value.starts_with(typed)).collect();
        suggestions.extend(
            fitting
                .iter()
                .take(MAX_SUGGESTIONS)
                .map(|value| quoted(value)),
        );
    }
    Completion {
        range: cursor - typed.len()..cursor,
        suggestions,
    }
}
