//! Environment variables and directories that several parts of the program use.

use std::path::PathBuf;
use std::{env, io};

use etcetera::BaseStrategy as _;

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

/// A file of the program's in the XDG state directory: `$XDG_STATE_HOME/bundletop/NAME`, or without that
/// variable `~/.local/state/bundletop/NAME`. On Windows it is in the data directory.
///
/// # Errors
///
/// If there is no home directory.
pub fn state_file(name: &str) -> io::Result<PathBuf> {
    let base = etcetera::choose_base_strategy().map_err(io::Error::other)?;
    let state = base.state_dir().unwrap_or_else(|| base.data_dir());
    Ok(state.join("bundletop").join(name))
}
