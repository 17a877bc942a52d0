//! `file://` and `fileb://`: a parameter's value from a file.

use std::env;
use std::fs;
use std::path::Path;

use shellexpand::path::tilde;

/// What a value stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Loaded {
    /// Itself.
    Itself,
    /// The text of the file after `file://`, its line ends made `\n`.
    Text(String),
    /// The bytes of the file after `fileb://`.
    Bytes(Vec<u8>),
}

/// Reads the file a value names, if it names one. In its path, `~` and environment variables are
/// resolved.
pub fn load(value: &str) -> Result<Loaded, String> {
    if let Some(path) = value.strip_prefix("file://") {
        return String::from_utf8(read(value, path)?)
            .map(|text| Loaded::Text(text.replace("\r\n", "\n").replace('\r', "\n")))
            .map_err(|_| {
                format!(
                    "Unable to load paramfile ({path}), text contents could not be decoded. If \
                     this is a binary file, please use the fileb:// prefix instead of the file:// \
                     prefix."
                )
            });
    }
    match value.strip_prefix("fileb://") {
        Some(path) => Ok(Loaded::Bytes(read(value, path)?)),
        None => Ok(Loaded::Itself),
    }
}

fn read(value: &str, path: &str) -> Result<Vec<u8>, String> {
    let path = shellexpand::env_with_context_no_errors(path, |name| env::var(name).ok());
    fs::read(tilde(Path::new(path.as_ref())))
        .map_err(|error| format!("Unable to load paramfile {value}: {error}"))
}
