//! What surrounds the program: environment variables and the home directory.

use std::env;
use std::path::{Path, PathBuf};

/// An environment variable, unless it is empty: that is how a shell's user unsets one.
pub(super) fn variable(key: &str) -> Option<String> {
    env::var(key).ok().filter(|value| !value.is_empty())
}

/// A path with a leading `~/` resolved.
pub(super) fn from_home(path: impl AsRef<Path>) -> PathBuf {
    let path = path.as_ref();
    match (path.strip_prefix("~"), env::home_dir()) {
        (Ok(rest), Some(home)) => home.join(rest),
        _ => path.to_owned(),
    }
}
