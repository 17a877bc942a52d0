//! JSON as Python writes it: indented by four, nothing escaped but what must be, floats as
//! `repr()` has them.

use std::io::{self, Write};

use serde::Serialize as _;
use serde_json::Value;
use serde_json::ser::{CompactFormatter, Formatter, PrettyFormatter, Serializer};

use super::python;
use crate::text::harmless;

/// Writes the value and the end of the line. On a terminal all that could do harm there is escaped too.
pub(super) fn write(out: &mut impl Write, value: &Value, terminal: bool) -> io::Result<()> {
    let escaped = if terminal {
        Escaped::Harmful
    } else {
        Escaped::Necessary
    };
    let layout = PrettyFormatter::with_indent(b"    ");
    write_with(&mut *out, value, Python { layout, escaped })?;
    out.write_all(b"\n")
}

/// The value on one line without a space, in ASCII: what `JMESPath`'s `to_string()` returns.
pub(super) fn compact(value: &Value) -> String {
    let mut bytes = Vec::new();
    let formatter = Python {
        layout: CompactFormatter,
        escaped: Escaped::NotAscii,
    };
    write_with(&mut bytes, value, formatter).expect("memory takes whatever is written to it");
    String::from_utf8(bytes).expect("JSON is text")
}

fn write_with(out: impl Write, value: &Value, formatter: impl Formatter) -> io::Result<()> {
    value
        .serialize(&mut Serializer::with_formatter(out, formatter))
        .map_err(io::Error::from)
}

/// What is escaped in strings, beside quotes, backslashes and the C0 controls.
#[derive(Clone, Copy)]
enum Escaped {
    Necessary,
    Harmful,
    NotAscii,
}

impl Escaped {
    fn has(self, c: char) -> bool {
        match self {
            Self::Necessary => false,
            Self::Harmful => harmless(c) != c,
            Self::NotAscii => !matches!(c, ' '..='~'),
        }
    }
}

/// Another formatter's layout around Python's scalars.
struct Python<F> {
    layout: F,
    escaped: Escaped,
}

impl<F: Formatter> Formatter for Python<F> {
    fn write_f64<W: ?Sized + Write>(&mut self, out: &mut W, value: f64) -> io::Result<()> {
        out.write_all(python::float(value).as_bytes())
    }

    fn write_string_fragment<W: ?Sized + Write>(
        &mut self,
        out: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        let mut rest = fragment;
        while let Some(start) = rest.find(|c| self.escaped.has(c)) {
            out.write_all(&rest.as_bytes()[..start])?;
            let mut characters = rest[start..].chars();
            if let Some(c) = characters.next() {
                for unit in c.encode_utf16(&mut [0; 2]) {
                    write!(out, "\\u{unit:04x}")?;
                }
            }
            rest = characters.as_str();
        }
        out.write_all(rest.as_bytes())
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
