//! What can be typed next in a filter: the names of columns, and the values there are.

use std::collections::BTreeSet;
use std::ops::Range;

use jiff::Timestamp;

use super::filter::{split_column, words};
use crate::monitor::Scope;
use crate::task::Phase;
use crate::tui::column::{Column, Row};

/// How many suggestions there are at most.
pub const MAX_SUGGESTIONS: usize = 8;

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
}

fn starts_with(text: &str, start: &str) -> bool {
    let head = text.get(..start.len());
    head.is_some_and(|head| head.eq_ignore_ascii_case(start))
}

fn columns(typed: &str) -> Vec<String> {
    let names = Column::ALL.into_iter().map(Column::name);
    let names = names.filter(|name| !typed.is_empty() && starts_with(name, typed));
    names.map(|name| format!("{name}:")).collect()
}

/// The values in a column that begin like `typed`: the states in order of life, others in alphabetical order.
fn values(column: Column, typed: &str, scope: &Scope, now: Timestamp) -> Vec<String> {
    let mut values = BTreeSet::new();
    for (_, tracked) in scope.tasks().iter().take(MAX_TASKS) {
        let value = column.text(&Row { tracked, scope }, now);
        if !value.is_empty() && starts_with(&value, typed) && !values.contains(&*value) {
            values.insert(value.into_owned());
            if values.len() > MAX_SUGGESTIONS {
                values.pop_last();
            }
        }
    }
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
