//! `file://` and `fileb://`: a parameter's value from a file.

use std::env;
use std::fs;

/// What the value of an option stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum ParameterValue {
    /// The value itself: it names no file.
    Literal,
    /// The text of the file after `file://`, with `\n` for every line ending.
    FileText(String),
    /// The bytes of the file after `fileb://`.
    FileBytes(Vec<u8>),
}

/// Reads the file that a value names, if it names one. In the path a leading `~` and environment
/// variables are expanded. An error is a message for the user.
pub(super) fn load(value: &str) -> Result<ParameterValue, String> {
    if let Some(path) = value.strip_prefix("file://") {
        return String::from_utf8(read(value, path)?)
            .map(|text| ParameterValue::FileText(text.replace("\r\n", "\n").replace('\r', "\n")))
            .map_err(|_| {
                format!(
                    "Unable to load paramfile ({path}), text contents could not be decoded. If \
                     this is a binary file, please use the fileb:// prefix instead of the file:// \
                     prefix."
                )
            });
    }
    match value.strip_prefix("fileb://") {
        Some(path) => Ok(ParameterValue::FileBytes(read(value, path)?)),
        None => Ok(ParameterValue::Literal),
    }
}

fn read(value: &str, path: &str) -> Result<Vec<u8>, String> {
    let path = shellexpand::path::full_with_context_no_errors(path, env::home_dir, |name| {
        env::var_os(name)
    });
    fs::read(path).map_err(|error| format!("Unable to load paramfile {value}: {error}"))
}
