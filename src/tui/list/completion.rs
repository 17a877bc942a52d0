//! What can be typed next in a filter of the list or in EC2's own: the names of columns, and the values
//! there are.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::ops::Range;

use jiff::Timestamp;

use super::filter::split_column;
use super::order::{natural, time_bytes};
use crate::ec2::filter as ec2_filter;
use crate::monitor::Scope;
use crate::task::{BundleTask, Phase};
use crate::text::words::words;
use crate::tui::column::{Column, Row};

/// How many suggestions there are at most.
pub const MAX_SUGGESTIONS: usize = 100;

/// How many tasks are looked at for values.
const MAX_TASKS: usize = 20_000;

/// Ways to complete the word at the cursor.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Completion {
    /// What a suggestion replaces, in bytes.
    pub range: Range<usize>,
    /// What to put there.
    pub suggestions: Vec<String>,
}

impl Completion {
    /// The ways to complete the word that ends at `cursor`, in bytes.
    pub fn of_filter(text: &str, cursor: usize, scope: &Scope, now: Timestamp) -> Self {
        let before = text.get(..cursor).unwrap_or(text);
        let last = words(before).last();
        let Some((start, word)) = last.filter(|(start, word)| start + word.len() == before.len())
        else {
            return Self::default();
        };
        let typed = word.trim_start_matches('!');
        let start = start + word.len() - typed.len();
        match split_column(typed) {
            None if typed.is_empty() => Self::default(),
            None => Self {
                range: start..cursor,
                suggestions: columns(typed),
            },
            Some((name, value)) => {
                let typed = value.trim_start_matches('!');
                let start = start + name.len() + 1 + value.len() - typed.len();
                let suggestions = Column::of_name(name)
                    .map(|column| values(column, typed.trim_start_matches('"'), scope, now));
                Self {
                    range: start..cursor,
                    suggestions: suggestions.unwrap_or_default(),
                }
            }
        }
    }

    /// The ways to complete the word that ends at `cursor`, in bytes, of EC2's own filters: names, and the
    /// values of the tasks that are known.
    pub fn of_ec2_filters(text: &str, cursor: usize, scope: &Scope) -> Self {
        let before = text.get(..cursor).unwrap_or(text);
        let last = words(before).last();
        let (start, word) = match last {
            Some((start, word)) if start + word.len() == before.len() => (start, word),
            Some(_) | None => (before.len(), ""),
        };
        let Some((name, values)) = word.split_once('=') else {
            let fitting = ec2_filter::NAMES
                .iter()
                .filter(|name| name.starts_with(word));
            return Self {
                range: start..cursor,
                suggestions: fitting.map(|name| format!("{name}=")).collect(),
            };
        };
        let typed = values.rsplit(',').next().unwrap_or_default();
        let mut suggestions = Vec::new();
        if name == "state" {
            let phases = Phase::ALL
                .into_iter()
                .filter(|phase| *phase != Phase::Unknown);
            let states = phases
                .map(Phase::as_str)
                .filter(|state| state.starts_with(typed));
            suggestions.extend(states.map(str::to_owned));
        } else {
            let known = scope.tasks().iter();
            let known = known.filter_map(|(_, known)| ec2_value(name, &known.task));
            let typed = typed.trim_start_matches('"');
            let fitting: BTreeSet<_> = known.filter(|value| value.starts_with(typed)).collect();
            suggestions.extend(
                fitting
                    .iter()
                    .take(MAX_SUGGESTIONS)
                    .map(|value| ec2_filter::quoted(value)),
            );
        }
        Self {
            range: cursor - typed.len()..cursor,
            suggestions,
        }
    }
}

impl Completion {
    /// The names of all columns, for a filter that is empty.
    pub fn of_columns() -> Self {
        Self {
            range: 0..0,
            suggestions: columns(""),
        }
    }
}

fn starts_with(text: &str, start: &str) -> bool {
    let head = text.get(..start.len());
    head.is_some_and(|head| head.eq_ignore_ascii_case(start))
}

fn columns(typed: &str) -> Vec<String> {
    let names = Column::ALL.into_iter().map(Column::name);
    let names = names.filter(|name| starts_with(name, typed));
    names.map(|name| format!("{name}:")).collect()
}

/// The values in a column that begin like `typed`: the states in order of life, the newest times first, others
/// in their natural order.
fn values(column: Column, typed: &str, scope: &Scope, now: Timestamp) -> Vec<String> {
    let mut seen = HashSet::new();
    let mut values = BTreeMap::new();
    for (_, tracked) in scope.tasks().iter().take(MAX_TASKS) {
        let value = column.text(&Row { tracked, scope }, now);
        if value.is_empty() || !starts_with(&value, typed) || seen.contains(&*value) {
            continue;
        }
        let value = value.into_owned();
        seen.insert(value.clone());
        let order = match column.time(&tracked.task) {
            Some(time) => time_bytes(time).into_iter().map(|byte| !byte).collect(),
            None => natural(&value).collect::<Vec<_>>(),
        };
        values.insert((order, value.clone()), value);
        if values.len() > MAX_SUGGESTIONS {
            values.pop_last();
        }
    }
    let mut values: Vec<_> = values.into_values().collect();
    if column == Column::State {
        let documented = Phase::ALL
            .into_iter()
            .filter(|phase| *phase != Phase::Unknown);
        let documented = documented
            .map(Phase::as_str)
            .filter(|state| starts_with(state, typed));
        let documented: Vec<_> = documented.map(str::to_owned).collect();
        values.retain(|value| !documented.contains(value));
        return documented
            .into_iter()
            .chain(values)
            .take(MAX_SUGGESTIONS)
            .map(quoted)
            .collect();
    }
    values.into_iter().map(quoted).collect()
}

fn quoted(value: String) -> String {
    if value.contains(char::is_whitespace) {
        format!("\"{value}\"")
    } else {
        value
    }
}

/// What one of EC2's filters compares of a task, if a value of it is worth suggesting.
fn ec2_value(name: &str, task: &BundleTask) -> Option<String> {
    let storage = task.storage.as_ref();
    let error = task.error.as_ref();
    match name {
        "bundle-id" => Some(task.bundle_id.to_string()),
        "error-code" => error?.code.clone(),
        "error-message" => error?.message.clone(),
        "instance-id" => task.instance_id.clone(),
        "progress" => Some(task.progress.as_ref()?.to_string()),
        "s3-bucket" => storage?.bucket.clone(),
        "s3-prefix" => storage?.prefix.clone(),
        _ => None,
    }
}
