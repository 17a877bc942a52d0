//! Where the value of a setting comes from.

use std::fmt;

use toml::Value;

use crate::toml_file::Place;

/// Where the value of a setting comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// It is the default.
    Default,
    /// The file.
    File(Place),
    /// A section of the file for profiles.
    Profile {
        /// The pattern of their names.
        pattern: String,
        /// Where.
        place: Place,
    },
    /// An environment variable.
    Environment(&'static str),
    /// An option of the command line, with its dashes.
    Option(&'static str),
    /// A mistake in a setting that protects tasks, or where there may be one: where it is, or the file that
    /// cannot be read.
    Mistake(Result<Place, String>),
}

impl Source {
    /// Where in a file, or else its name.
    pub(super) fn place(&self) -> Result<Place, String> {
        match self {
            Self::File(place) | Self::Profile { place, .. } => Ok(place.clone()),
            Self::Mistake(place) => place.clone(),
            Self::Default | Self::Environment(_) | Self::Option(_) => Err(self.to_string()),
        }
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::File(place) => write!(f, "{}:{}", place.file.display(), place.line),
            Self::Profile { pattern, place } => write!(
                f,
                "{}:{}, [profile.\"{pattern}\"]",
                place.file.display(),
                place.line
            ),
            Self::Environment(name) => f.write_str(name),
            Self::Option(name) => f.write_str(name),
            Self::Mistake(Ok(place)) => write!(f, "{place}, a mistake"),
            Self::Mistake(Err(file)) => write!(f, "{file} cannot be read"),
        }
    }
}

/// The value of a setting, and where it comes from.
#[derive(Clone, Debug, PartialEq)]
pub struct InForce {
    /// The value as it is written.
    pub value: Value,
    /// Where it comes from.
    pub source: Source,
}
