//! A TOML text as settings with their places.

use std::path::{Path, PathBuf};

use serde::Deserialize as _;
use toml::Value;
use toml::de::{DeTable, DeValue, ValueDeserializer};
use toml::{Spanned, de};

use super::problem::{Place, Problem};

/// The section of other values for some profiles.
pub(super) const PROFILE: &str = "profile";

/// A setting as it is written.
#[derive(Clone, Debug)]
pub(super) struct Written {
    /// Such as `notices.on`.
    pub path: String,
    pub value: Value,
    /// Where the name is.
    pub name_place: Place,
    /// Where the value is.
    pub value_place: Place,
}

/// The settings of a section for some profiles.
#[derive(Clone, Debug)]
pub(super) struct ProfileSection {
    /// The pattern of their names.
    pub pattern: String,
    pub place: Place,
    pub settings: Vec<Written>,
}

/// A file that has been read.
#[derive(Clone, Debug, Default)]
pub(super) struct Document {
    pub settings: Vec<Written>,
    /// In their order in the file.
    pub profiles: Vec<ProfileSection>,
    /// What is no TOML.
    pub problems: Vec<Problem>,
}

impl Document {
    /// Reads a text, as far as it is TOML.
    pub fn parse(text: &str, file: &Path) -> Self {
        let after_newlines = text.match_indices('\n').map(|(newline, _)| newline + 1);
        let places = Places {
            text,
            line_starts: std::iter::once(0).chain(after_newlines).collect(),
            file: file.to_owned(),
        };
        let (table, errors) = DeTable::parse_recoverable(text);
        let mut document = Self::default();
        for error in errors {
            document.problems.push(places.syntax_error(&error));
        }
        for (name, value) in table.into_inner() {
            if name.get_ref() == PROFILE
                && let DeValue::Table(sections) = value.get_ref()
            {
                for (pattern, section) in sections {
                    let mut settings = Vec::new();
                    places.collect(String::new(), pattern, section, &mut settings);
                    document.profiles.push(ProfileSection {
                        pattern: pattern.get_ref().to_string(),
                        place: places.at(pattern.span().start),
                        settings,
                    });
                }
            } else {
                let path = name.get_ref().to_string();
                places.collect(path, &name, &value, &mut document.settings);
            }
        }
        document.profiles.sort_by(|a, b| a.place.cmp(&b.place));
        document
    }
}

/// Finds lines and columns.
struct Places<'a> {
    text: &'a str,
    /// Where each line begins, in bytes.
    line_starts: Vec<usize>,
    file: PathBuf,
}

impl Places<'_> {
    fn at(&self, byte: usize) -> Place {
        let line = self.line_starts.partition_point(|start| *start <= byte);
        let line_start = self.line_starts[line - 1];
        let before = self.text.get(line_start..byte).unwrap_or_default();
        Place {
            file: self.file.clone(),
            line,
            column: before.chars().count() + 1,
        }
    }

    fn syntax_error(&self, error: &de::Error) -> Problem {
        let at = error.span().map_or(0, |span| span.start);
        // Some messages have a second line with what was expected.
        let message = error.message().trim().replace('\n', ", ");
        Problem {
            place: Ok(self.at(at)),
            message,
        }
    }

    /// Adds the settings of a value: of a table those of its members.
    fn collect(
        &self,
        path: String,
        name: &Spanned<de::DeString>,
        value: &Spanned<DeValue>,
        settings: &mut Vec<Written>,
    ) {
        if let DeValue::Table(members) = value.get_ref() {
            for (name, value) in members {
                let path = if path.is_empty() {
                    name.get_ref().to_string()
                } else {
                    format!("{path}.{}", name.get_ref())
                };
                self.collect(path, name, value, settings);
            }
            return;
        }
        // Fails only for a number that TOML allows and no machine has.
        let parsed = Value::deserialize(ValueDeserializer::from(value.clone()));
        settings.push(Written {
            path,
            value: parsed.unwrap_or_else(|_| Value::String(String::new())),
            name_place: self.at(name.span().start),
            value_place: self.at(value.span().start),
        });
    }
}
