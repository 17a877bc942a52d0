//! What is wrong with a setting.

use std::fmt;
use std::path::PathBuf;

/// A place in a file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The file.
    pub file: PathBuf,
    /// The line, from 1.
    pub line: usize,
    /// The column, in characters from 1.
    pub column: usize,
}

/// `config.toml:3:12`, as compilers write it, so that editors can go there.
impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.file.display(), self.line, self.column)
    }
}

/// What is wrong with a setting. It has the value that it would have without that.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Where; otherwise the name of the environment variable or of the option.
    pub place: Result<Place, String>,
    /// A sentence that names the setting.
    pub message: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.place {
            Ok(place) => write!(f, "{place}: {}", self.message),
            Err(name) => write!(f, "{name}: {}", self.message),
        }
    }
}
