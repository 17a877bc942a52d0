//! The settings that protect tasks from a cancel by mistake. What cannot be read of them is never taken as a
//! permission: they have their strictest value then.

use std::collections::BTreeSet;

use toml::Value;

use super::keys::{self, KEYS};
use super::load::DEFAULTS;
use super::unknown::similar_setting;
use crate::text::capitalized;

/// The setting that refuses every cancel.
pub(super) const READ_ONLY: &str = "read_only";

/// The strictest value of a setting; `None` if it does not protect tasks.
pub(super) fn strictest_value(path: &str) -> Option<Value> {
    match path {
        READ_ONLY | "production" => Some(true.into()),
        "confirm" => Some("typed".into()),
        _ => None,
    }
}

/// Adds to a message about a mistake in a setting what it means until it is corrected.
pub(super) fn add_consequence(message: &mut String, path: &str) {
    let consequence = match path {
        READ_ONLY => "until this is corrected, nothing is cancelled".to_owned(),
        _ => match strictest_value(path) {
            Some(value) => format!("until this is corrected, {path} is {value}"),
            None => return,
        },
    };
    let (separator, consequence) = if message.ends_with('?') {
        (" ", capitalized(&consequence))
    } else {
        ("; ", consequence)
    };
    *message += separator;
    *message += &consequence;
}

/// The settings that protect tasks and were written, or probably meant, with that name or in that value.
pub(super) fn guards_meant(path: &str, value: &Value) -> BTreeSet<&'static str> {
    let before = path.split('.').next().unwrap_or_default();
    let known = DEFAULTS.keys().map(String::as_str);
    let mut known = known.filter(|it| *it == path || *it == before);
    let meant = known.next().or_else(|| similar_setting(path));
    let mut guards: BTreeSet<_> = meant.into_iter().collect();
    guards.retain(|meant| strictest_value(meant).is_some());
    guards.extend(of_words(path));
    guards.extend(value.as_str().and_then(of_words));
    match value {
        Value::Array(values) => guards.extend(values.iter().flat_map(|it| guards_meant("", it))),
        Value::Table(table) => {
            guards.extend(table.iter().flat_map(|(name, it)| guards_meant(name, it)));
        }
        _ => {}
    }
    guards
}

/// The setting that protects tasks and of which a name or a value has the words.
fn of_words(text: &str) -> Option<&'static str> {
    const WORDS: [(&str, &str); 6] = [
        ("readonly", READ_ONLY),
        ("onlyread", READ_ONLY),
        ("cancel", READ_ONLY),
        ("confirm", "confirm"),
        ("typed", "confirm"),
        ("production", "production"),
    ];
    // Contexts and actions of keys have such names.
    let text = match text.rsplit_once('.') {
        Some((before, last)) if keys::is_of_keys(text) && before != KEYS => last,
        _ => text,
    };
    if keys::is_action(text) {
        return None;
    }
    let letters = text.chars().filter(|it| it.is_alphanumeric());
    let letters = letters.collect::<String>().to_lowercase();
    let found = WORDS.iter().find(|(words, _)| letters.contains(words));
    found.map(|(_, guard)| *guard)
}
