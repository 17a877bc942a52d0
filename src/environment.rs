//! Environment variables that several parts of the program read.

use std::env;

/// An environment variable; `None` where it is unset, empty or not UTF-8. An empty value is how the
/// user of a shell clears a variable for one command.
pub fn variable(key: &str) -> Option<String> {
    env::var(key).ok().filter(|value| !value.is_empty())
}

/// Whether the user wants no colours: `NO_COLOR` is set to anything but the empty string
/// (<https://no-color.org>). `lookup` reads a variable, as [`variable`] does.
pub fn no_color(lookup: impl Fn(&str) -> Option<String>) -> bool {
    lookup("NO_COLOR").is_some_and(|value| !value.is_empty())
}
