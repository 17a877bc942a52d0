//! Environment variables.

use std::env;

/// An environment variable, unless it is empty: that is how a shell's user unsets one.
pub(super) fn variable(key: &str) -> Option<String> {
    env::var(key).ok().filter(|value| !value.is_empty())
}
