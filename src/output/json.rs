//! JSON as Python's `json.dumps()` writes it: indented by four spaces, without needless escapes,
//! and with floats as `repr()` writes them.

use std::io::{self, Write};

use serde::Serialize as _;
use serde_json::Value;
use serde_json::ser::{CompactFormatter, Formatter, PrettyFormatter, Serializer};

use super::python;
use crate::text::{has_harmful, scan};

/// Writes the value and a line feed. On a terminal the characters that could harm it are escaped too.
pub(super) fn write(out: &mut impl Write, value: &Value, is_terminal: bool) -> io::Result<()> {
    let escaped = if is_terminal {
        Escaped::Harmful
    } else {
        Escaped::Required
    };
    let layout = PrettyFormatter::with_indent(b"    ");
    write_with(&mut *out, value, PythonFormatter { layout, escaped })?;
    out.write_all(b"\n")
}

/// The value on one line, without spaces and in ASCII, as `JMESPath`'s `to_string()` returns it.
pub(super) fn to_compact_string(value: &Value) -> String {
    let mut bytes = Vec::new();
    let formatter = PythonFormatter {
        layout: CompactFormatter,
        escaped: Escaped::NonAscii,
    };
    write_with(&mut bytes, value, formatter).expect("writing to memory does not fail");
    String::from_utf8(bytes).expect("JSON is text")
}

fn write_with(out: impl Write, value: &Value, formatter: impl Formatter) -> io::Result<()> {
    value
        .serialize(&mut Serializer::with_formatter(out, formatter))
        .map_err(io::Error::from)
}

/// Which characters are escaped in strings. Quotes, backslashes and the C0 controls always are.
#[derive(Clone, Copy)]
enum Escaped {
    /// No others.
    Required,
    /// Those that could harm a terminal.
    Harmful,
    /// All that are not printable ASCII.
    NonAscii,
}

/// Writes scalars as Python does, and leaves the layout to another formatter.
struct PythonFormatter<F> {
    layout: F,
    escaped: Escaped,
}

impl<F: Formatter> Formatter for PythonFormatter<F> {
    fn write_f64<W: ?Sized + Write>(&mut self, out: &mut W, value: f64) -> io::Result<()> {
        out.write_all(python::float_repr(value).as_bytes())
    }

    fn write_string_fragment<W: ?Sized + Write>(
        &mut self,
        out: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        match self.escaped {
            Escaped::Harmful if has_harmful(fragment) => write_escaped(out, scan(fragment)),
            Escaped::NonAscii => {
                let is_printable = |c| matches!(c, ' '..='~');
                write_escaped(out, fragment.chars().map(|c| (c, !is_printable(c))))
            }
            Escaped::Required | Escaped::Harmful => out.write_all(fragment.as_bytes()),
        }
    }

    fn begin_array<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.layout.begin_array(out)
    }

    fn end_array<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.layout.end_array(out)
    }

    fn begin_array_value<W: ?Sized + Write>(&mut self, out: &mut W, first: bool) -> io::Result<()> {
        self.layout.begin_array_value(out, first)
    }

    fn end_array_value<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.layout.end_array_value(out)
    }

    fn begin_object<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.layout.begin_object(out)
    }

    fn end_object<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.layout.end_object(out)
    }

    fn begin_object_key<W: ?Sized + Write>(&mut self, out: &mut W, first: bool) -> io::Result<()> {
        self.layout.begin_object_key(out, first)
    }

    fn begin_object_value<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.layout.begin_object_value(out)
    }

    fn end_object_value<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.layout.end_object_value(out)
    }
}

/// Writes characters, each with whether it is to be escaped.
fn write_escaped<W: ?Sized + Write>(
    out: &mut W,
    characters: impl Iterator<Item = (char, bool)>,
) -> io::Result<()> {
    for (c, is_escaped) in characters {
        if is_escaped {
            for unit in c.encode_utf16(&mut [0; 2]) {
                write!(out, "\\u{unit:04x}")?;
            }
        } else {
            out.write_all(c.encode_utf8(&mut [0; 4]).as_bytes())?;
        }
    }
    Ok(())
}
