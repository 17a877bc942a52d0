//! What the commands print: EC2's answer in the formats of the AWS CLI v2, byte for byte.
//!
//! A command goes through three steps: [`QueryExpression::parse`] before the request is sent,
//! [`QueryExpression::search`] on the answer, and [`write()`] to standard output or, through a
//! [`Pager`], to a pager.
//!
//! | module    | what it is                                                              |
//! |-----------|-------------------------------------------------------------------------|
//! | `format`  | the values of `--output`                                                |
//! | `target`  | where the output goes, and how wide and colourful it may be             |
//! | `error`   | why output could not be written                                         |
//! | `value`   | properties of JSON values that several formats need                     |
//! | `terminal_safe` | values without the characters that could harm a terminal                |
//! | `python`  | values as Python prints them                                            |
//! | `json`, `text`, `table`, `yaml` | the formats                                       |
//! | `csv`     | values as CSV                                                          |
//! | `export`  | JSON, CSV and Markdown in files                                         |
//! | `query`   | `--query`                                                               |
//! | `pager`   | the pager                                                               |
//! | `stdout`  | writes plain text to standard output                                    |

mod csv;
mod error;
mod export;
mod format;
mod json;
mod pager;
pub(crate) mod python;
mod query;

mod stdout;
mod table;
mod target;
mod terminal_safe;
mod text;
mod value;
mod yaml;

use std::io::{self, Write as _};

use serde_json::{Map, Value};

pub use csv::write_csv;
pub use error::WriteError;
pub use export::{ExportFormat, ExportedTask};
pub use format::Format;
pub use pager::{Pager, PagerError};
pub use query::{QueryError, QueryExpression};
pub(crate) use stdout::print;
pub use target::OutputTarget;

/// The buffer between a format and the writer, in bytes.
const BUFFER_BYTES: usize = 1 << 16;

/// Writes a value in a format. Only tables show the title, which is the operation's name.
///
/// Like the AWS CLI, it writes nothing for an empty map, and an empty table for what Python treats
/// as false.
///
/// # Errors
///
/// [`WriteError::Value`] if the format cannot show the value, [`WriteError::Io`] if the writer
/// fails. A reader that has closed the pipe is not an error.
pub fn write(
    out: &mut (impl io::Write + ?Sized),
    format: Format,
    title: &str,
    value: &Value,
    target: OutputTarget,
) -> Result<(), WriteError> {
    let mut out = io::BufWriter::with_capacity(BUFFER_BYTES, out);
    let written = write_format(&mut out, format, title, value, target);
    let flushed = out.flush();
    match written.and_then(|()| Ok(flushed?)) {
        Err(WriteError::Io(error)) => Ok(stdout::ignore_closed_pipe(Err(error))?),
        other => other,
    }
}

fn write_format(
    out: &mut impl io::Write,
    format: Format,
    title: &str,
    value: &Value,
    target: OutputTarget,
) -> Result<(), WriteError> {
    let is_terminal = target.is_terminal;
    let is_empty_map = value.as_object().is_some_and(Map::is_empty);
    match format {
        Format::Off => {}
        Format::Json | Format::Yaml | Format::YamlStream if is_empty_map => {}
        Format::Json => json::write(out, value, is_terminal)?,
        Format::Yaml => yaml::write(
            out,
            &terminal_safe::for_yaml(value, is_terminal),
            is_terminal,
        )?,
        Format::YamlStream => yaml::write_item(out, &terminal_safe::for_yaml(value, is_terminal))?,
        Format::Text => text::write(out, &terminal_safe::for_text_or_table(value, is_terminal))?,
        Format::Table => {
            table::write(
                out,
                title,
                &terminal_safe::for_text_or_table(value, is_terminal),
                target,
            )?;
        }
    }
    Ok(())
}
