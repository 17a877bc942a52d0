//! What is wrong with a value, and where.

use std::fmt;
use std::path::{Path, PathBuf};

use super::read::ReadError;

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

/// What is wrong with a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Where; otherwise the name of the environment variable or of the option.
    pub place: Result<Place, String>,
    /// A sentence that names the value.
    pub message: String,
}

impl Problem {
    /// A file cannot be read.
    pub fn unreadable(file: &Path, error: &ReadError) -> Self {
        Self {
            place: Err(file.display().to_string()),
            message: format!("cannot be read: {error}"),
        }
    }

    /// The problem without the directory of its file, for where there is little room.
    pub fn short(&self) -> String {
        let name = |path: &Path| {
            let name = path.file_name().unwrap_or(path.as_os_str());
            name.to_string_lossy().into_owned()
        };
        match &self.place {
            Ok(Place { file, line, column }) => {
                format!("{}:{line}:{column}: {}", name(file), self.message)
            }
            Err(place) => format!("{}: {}", name(Path::new(place)), self.message),
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.place {
            Ok(place) => write!(f, "{place}: {}", self.message),
            Err(name) => write!(f, "{name}: {}", self.message),
        }
    }
}
