//! What the one-shot commands print: the answer of EC2 in the formats of AWS CLI v2, byte for byte.
//!
//! A command asks in three steps: [`Query::parse`] before the request, [`Query::search`] on the
//! answer, [`write()`] to standard output or, through [`Pager`], to a pager.

mod json;
mod pager;
pub(crate) mod python;
mod query;
mod table;
mod text;
mod yaml;

use std::borrow::Cow;
use std::io::{self, Write as _};

use serde_json::Value;

use crate::text::harmless;

pub use pager::{Pager, PagerError};
pub use query::{Query, QueryError};

/// A format of `--output`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Indented by four, the members in EC2's order.
    Json,
    /// A line a row, its values between tabs.
    Text,
    /// Boxes.
    Table,
    /// One YAML document.
    Yaml,
    /// A YAML sequence of the answers, of which there is one.
    YamlStream,
    /// Nothing.
    Off,
}

impl Format {
    /// The formats by their names, in the order in which AWS CLI lists them.
    pub const NAMES: &[(&str, Self)] = &[
        ("json", Self::Json),
        ("text", Self::Text),
        ("table", Self::Table),
        ("yaml", Self::Yaml),
        ("yaml-stream", Self::YamlStream),
        ("off", Self::Off),
    ];

    /// The format of that name. Names are case-sensitive.
    pub fn parse(name: &str) -> Option<Self> {
        let &(_, format) = Self::NAMES.iter().find(|(known, _)| *known == name)?;
        Some(format)
    }
}

/// What output has to know about where it goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Style {
    /// Whether tables are coloured.
    pub color: bool,
    /// The columns a table may take before its one-row sections turn vertical: those of the
    /// terminal, else [`Style::WIDTH`].
    pub width: usize,
    /// Whether a terminal shows it. Control characters then never come out as they are: a bucket
    /// or an error message of EC2 could carry an escape sequence. Elsewhere the bytes are AWS CLI's.
    pub terminal: bool,
}

impl Style {
    /// The columns that AWS CLI assumes off a terminal.
    pub const WIDTH: usize = 80;
}

/// Why output could not be written. AWS CLI has exit code 255 for both.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// The format cannot show such a value. Text may have been written before.
    #[error("{0}")]
    Value(String),
    /// Standard output does not take it: a full disk, say. A reader that has left is no error.
    #[error("cannot write the output: {0}")]
    Io(#[from] io::Error),
}

/// Writes a value in a format. The title, shown by tables, is the operation's name.
///
/// Like AWS CLI it writes nothing for an answer without members, and tables are empty for whatever
/// Python takes for false.
pub fn write(
    out: &mut (impl io::Write + ?Sized),
    format: Format,
    title: &str,
    value: &Value,
    style: Style,
) -> Result<(), WriteError> {
    let mut out = io::BufWriter::with_capacity(1 << 16, out);
    let written = write_all(&mut out, format, title, value, style);
    let flushed = out.flush();
    match written.and_then(|()| Ok(flushed?)) {
        Err(WriteError::Io(error)) => Ok(unless_closed(Err(error))?),
        other => other,
    }
}

/// Writes a text to standard output.
pub fn print(text: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    unless_closed(out.write_all(text.as_bytes()).and_then(|()| out.flush()))
}

/// A reader that leaves before the end has seen enough.
fn unless_closed(written: io::Result<()>) -> io::Result<()> {
    match written {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        other => other,
    }
}

fn write_all(
    out: &mut impl io::Write,
    format: Format,
    title: &str,
    value: &Value,
    style: Style,
) -> Result<(), WriteError> {
    let is_nothing = value.as_object().is_some_and(serde_json::Map::is_empty);
    match format {
        Format::Off => {}
        Format::Json | Format::Yaml | Format::YamlStream if is_nothing => {}
        Format::Json => json::write(out, value, style.terminal)?,
        Format::Yaml => yaml::write(out, &fit(value, style, but_controls), style.terminal)?,
        Format::YamlStream => yaml::write_item(out, &fit(value, style, but_controls))?,
        Format::Text => text::write(out, &fit(value, style, visible))?,
        Format::Table => table::write(out, title, &fit(value, style, visible), style)?,
    }
    Ok(())
}

/// The value as a terminal may be shown it, if one does. JSON has escapes of its own for this.
fn fit(value: &Value, style: Style, shown: fn(char) -> char) -> Cow<'_, Value> {
    let is_other = |text: &str| text.chars().any(|c| shown(c) != c);
    if style.terminal && any_text(value, &is_other) {
        Cow::Owned(as_shown(value, shown))
    } else {
        Cow::Borrowed(value)
    }
}

/// Whether nothing can be in it.
fn is_scalar(value: &Value) -> bool {
    !value.is_array() && !value.is_object()
}

/// Whether a text of the value, or the name of a member, is such a one.
fn any_text(value: &Value, is_wanted: &dyn Fn(&str) -> bool) -> bool {
    match value {
        Value::String(text) => is_wanted(text),
        Value::Array(items) => items.iter().any(|item| any_text(item, is_wanted)),
        Value::Object(members) => members
            .iter()
            .any(|(name, value)| is_wanted(name) || any_text(value, is_wanted)),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

fn as_shown(value: &Value, shown: fn(char) -> char) -> Value {
    let text = |text: &str| text.chars().map(shown).collect();
    match value {
        Value::String(content) => Value::String(text(content)),
        Value::Array(items) => items.iter().map(|item| as_shown(item, shown)).collect(),
        Value::Object(members) => members
            .iter()
            .map(|(name, value)| (text(name), as_shown(value, shown)))
            .collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) => value.clone(),
    }
}

/// What a terminal may be shown of a character; the ends of lines and tabs are layout.
fn visible(c: char) -> char {
    match c {
        '\n' | '\t' => c,
        c => harmless(c),
    }
}

/// The same, for YAML: it escapes control characters by itself.
fn but_controls(c: char) -> char {
    if c.is_control() { c } else { harmless(c) }
}
