//! A TOML text as values with their places.

use std::path::{Path, PathBuf};

use serde::Deserialize as _;
use toml::de::{self, DeTable, DeValue, ValueDeserializer};
use toml::{Spanned, Table, Value};

use super::problem::{Place, Problem};

/// A value as it is written.
#[derive(Clone, Debug)]
pub struct Written {
    /// Its names from the root, such as `notices.on`.
    pub path: String,
    /// The value, which is no table.
    pub value: Value,
    /// Where the name is.
    pub name_place: Place,
    /// Where the value is.
    pub value_place: Place,
}

/// A table in a table, and the values in it.
#[derive(Clone, Debug)]
pub struct TableEntry {
    /// Its name.
    pub name: String,
    /// Where the name is.
    pub place: Place,
    /// The values, with their names from this member on.
    pub values: Vec<Written>,
}

/// A file that has been read.
#[derive(Clone, Debug, Default)]
pub struct Document {
    /// The values outside of the tables in the one whose members are apart.
    pub values: Vec<Written>,
    /// These tables, in their order in the file.
    pub entries: Vec<TableEntry>,
    /// What is no TOML.
    pub problems: Vec<Problem>,
}

impl Document {
    /// Reads a text, as far as it is TOML. The values in the tables of one table can be wanted apart.
    pub fn parse(text: &str, file: &Path, apart: Option<&str>) -> Self {
        let places = Places::of(text, file);
        let (table, errors) = DeTable::parse_recoverable(text);
        let mut document = Self::default();
        for error in errors {
            document.problems.push(places.problem(&error));
        }
        for (name, value) in table.into_inner() {
            if Some(&**name.get_ref()) == apart
                && let DeValue::Table(members) = value.get_ref()
            {
                for (name, value) in members {
                    if !matches!(value.get_ref(), DeValue::Table(_)) {
                        let path = format!("{}.{}", apart.unwrap_or_default(), name.get_ref());
                        places.collect(path, name, value, &mut document.values);
                        continue;
                    }
                    let mut values = Vec::new();
                    places.collect(String::new(), name, value, &mut values);
                    document.entries.push(TableEntry {
                        name: name.get_ref().to_string(),
                        place: places.at(name.span().start),
                        values,
                    });
                }
            } else {
                let path = name.get_ref().to_string();
                places.collect(path, &name, &value, &mut document.values);
            }
        }
        document.entries.sort_by(|a, b| a.place.cmp(&b.place));
        document
    }
}

/// A table of values by their names from the root, such as `notices.on`.
pub fn nested<'a>(values: impl IntoIterator<Item = (&'a str, &'a Value)>) -> Table {
    let mut root = Table::new();
    for (path, value) in values {
        let mut names = path.split('.').collect::<Vec<_>>();
        let last = names.pop().unwrap_or_default();
        let table = names.into_iter().try_fold(&mut root, |table, name| {
            let empty = || Value::Table(Table::new());
            table.entry(name).or_insert_with(empty).as_table_mut()
        });
        // A quoted name can have a dot, and then another value can be where its table should be.
        if let Some(table) = table {
            table.insert(last.to_owned(), value.clone());
        }
    }
    root
}

/// What toml says is wrong, in one line: some messages have a second one with what was expected.
pub fn message(error: &de::Error) -> String {
    error.message().trim().replace('\n', ", ")
}

/// Finds lines and columns in a text.
pub struct Places<'a> {
    text: &'a str,
    /// Where each line begins, in bytes.
    line_starts: Vec<usize>,
    file: PathBuf,
}

impl<'a> Places<'a> {
    /// Those in the text of a file.
    pub fn of(text: &'a str, file: &Path) -> Self {
        let after_newlines = text.match_indices('\n').map(|(newline, _)| newline + 1);
        Self {
            text,
            line_starts: std::iter::once(0).chain(after_newlines).collect(),
            file: file.to_owned(),
        }
    }

    /// Where a byte is.
    pub fn at(&self, byte: usize) -> Place {
        let line = self.line_starts.partition_point(|start| *start <= byte);
        let line_start = self.line_starts[line - 1];
        let before = self.text.get(line_start..byte).unwrap_or_default();
        Place {
            file: self.file.clone(),
            line,
            column: before.chars().count() + 1,
        }
    }

    /// A mistake that toml has found.
    pub fn problem(&self, error: &de::Error) -> Problem {
        let at = error.span().map_or(0, |span| span.start);
        Problem {
            place: Ok(self.at(at)),
            message: message(error),
        }
    }

    /// Adds a value: of a table those of its members.
    fn collect(
        &self,
        path: String,
        name: &Spanned<de::DeString>,
        value: &Spanned<DeValue>,
        values: &mut Vec<Written>,
    ) {
        if let DeValue::Table(members) = value.get_ref() {
            for (name, value) in members {
                let path = if path.is_empty() {
                    name.get_ref().to_string()
                } else {
                    format!("{path}.{}", name.get_ref())
                };
                self.collect(path, name, value, values);
            }
            return;
        }
        // Fails only for a number that TOML allows and no machine has.
        let parsed = Value::deserialize(ValueDeserializer::from(value.clone()));
        values.push(Written {
            path,
            value: parsed.unwrap_or_else(|_| Value::String(String::new())),
            name_place: self.at(name.span().start),
            value_place: self.at(value.span().start),
        });
    }
}
