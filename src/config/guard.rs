//! The settings that protect tasks from a cancel by mistake. What cannot be read of them is never taken as a
//! permission: they have their strictest value then.

use toml::Value;

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
        READ_ONLY => "nothing is cancelled until this is corrected".to_owned(),
        _ => match strictest_value(path) {
            Some(value) => format!("{path} is {value} until this is corrected"),
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
