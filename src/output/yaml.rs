//! YAML. The AWS CLI's `ruamel.yaml` emits it with the C library libyaml. This uses a port of that
//! library, so that styles and folded lines are the same. Which scalars need quotes is decided in
//! `yaml/scalar.rs`, by the rules of ruamel's resolver.
//!
//! One difference: where a query finds the same list or map twice, the AWS CLI writes an alias
//! such as `*id001` the second time; here it is written in full again.

mod non_bmp;
mod scalar;

use std::io::{self, Write};
use std::slice;

use libyaml_safer::{Emitter, Encoding, Event, MappingStyle, ScalarStyle, SequenceStyle};
use serde_json::{Map, Value};

use super::{json, python};
use scalar::is_plain_string;

/// Writes the value. A scalar is written as JSON, as the AWS CLI does: as a YAML document it
/// would be followed by `...`.
pub(super) fn write(out: &mut impl Write, value: &Value, is_terminal: bool) -> io::Result<()> {
    match value {
        Value::Array(_) | Value::Object(_) => {
            write_document(out, value, |yaml: &mut YamlWriter| yaml.write_value(value))
        }
        scalar => json::write(out, scalar, is_terminal),
    }
}

/// Writes the value as the only item of a list.
pub(super) fn write_item(out: &mut impl Write, value: &Value) -> io::Result<()> {
    write_document(out, value, |yaml| yaml.write_list(slice::from_ref(value)))
}

/// Writes a document. `write_content` must write only strings of `value`.
fn write_document(
    out: &mut impl Write,
    value: &Value,
    write_content: impl FnOnce(&mut YamlWriter),
) -> io::Result<()> {
    let encodes_non_bmp = non_bmp::should_encode(value);
    let mut bytes = Vec::new();
    let mut emitter = Emitter::new();
    emitter.set_unicode(true);
    emitter.set_output_string(&mut bytes);
    let mut yaml = YamlWriter {
        emitter,
        encodes_non_bmp,
    };
    yaml.emit(Event::stream_start(Encoding::Utf8));
    yaml.emit(Event::document_start(None, &[], true));
    write_content(&mut yaml);
    yaml.emit(Event::document_end(true));
    yaml.emit(Event::stream_end());
    drop(yaml);
    if encodes_non_bmp {
        bytes = non_bmp::decode(bytes);
    }
    out.write_all(&bytes)
}

struct YamlWriter<'a> {
    emitter: Emitter<'a>,
    /// Whether characters beyond U+FFFF are encoded; see [`non_bmp`].
    encodes_non_bmp: bool,
}

impl YamlWriter<'_> {
    fn write_value(&mut self, value: &Value) {
        match value {
            Value::Null => self.write_scalar("null", true),
            Value::Bool(true) => self.write_scalar("true", true),
            Value::Bool(false) => self.write_scalar("false", true),
            Value::Number(value) => self.write_scalar(&python::number_repr(value), true),
            Value::String(text) => self.write_scalar(text, is_plain_string(text)),
            Value::Array(items) => self.write_list(items),
            Value::Object(members) => self.write_map(members),
        }
    }

    fn write_map(&mut self, members: &Map<String, Value>) {
        self.emit(Event::mapping_start(None, None, true, MappingStyle::Block));
        let mut sorted: Vec<_> = members.iter().collect();
        sorted.sort_unstable_by_key(|(name, _)| *name);
        for (name, value) in sorted {
            self.write_scalar(name, is_plain_string(name));
            self.write_value(value);
        }
        self.emit(Event::mapping_end());
    }

    fn write_list(&mut self, items: &[Value]) {
        let style = SequenceStyle::Block;
        self.emit(Event::sequence_start(None, None, true, style));
        for item in items {
            self.write_value(item);
        }
        self.emit(Event::sequence_end());
    }

    /// Writes a scalar. `may_be_plain` is whether it is read correctly without quotes.
    fn write_scalar(&mut self, text: &str, may_be_plain: bool) {
        let style = ScalarStyle::Any;
        let text = if self.encodes_non_bmp {
            non_bmp::encode(text)
        } else {
            text.into()
        };
        self.emit(Event::scalar(None, None, &text, may_be_plain, true, style));
    }

    fn emit(&mut self, event: Event) {
        self.emitter
            .emit(event)
            .expect("the events are in order, and writing to memory does not fail");
    }
}
