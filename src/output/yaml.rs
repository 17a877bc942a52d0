//! YAML: a port of the C library under AWS CLI's `ruamel.yaml` emits it, so that styles and folded
//! lines come out the same. Which scalars need quotes is decided here, by the rules of ruamel's
//! resolver.
//!
//! One difference from AWS CLI: where a query finds the same list or map twice, that writes it once
//! and then an alias, such as `*id001`; here it is written twice.

mod scalar;
mod stand_in;

use std::io::{self, Write};

use libyaml_safer::{Emitter, Encoding, Event, MappingStyle, ScalarStyle, SequenceStyle};
use serde_json::{Map, Value};

use super::{json, python};
use scalar::is_string;

/// Writes the value. A scalar comes as JSON: alone in a document of YAML it would end in `...`.
pub(super) fn write(out: &mut impl Write, value: &Value, terminal: bool) -> io::Result<()> {
    match value {
        Value::Array(_) | Value::Object(_) => {
            document(out, value, |yaml: &mut Yaml| yaml.value(value))
        }
        scalar => json::write(out, scalar, terminal),
    }
}

/// Writes the value as the only item of a list.
pub(super) fn write_item(out: &mut impl Write, value: &Value) -> io::Result<()> {
    document(out, value, |yaml| yaml.list(std::slice::from_ref(value)))
}

/// Writes a document that has the texts of this value in it.
fn document(
    out: &mut impl Write,
    texts: &Value,
    content: impl FnOnce(&mut Yaml),
) -> io::Result<()> {
    let uses_stand_ins = stand_in::is_needed(texts);
    let mut bytes = Vec::new();
    let mut emitter = Emitter::new();
    emitter.set_unicode(true);
    emitter.set_output_string(&mut bytes);
    let mut yaml = Yaml {
        emitter,
        uses_stand_ins,
    };
    yaml.emit(Event::stream_start(Encoding::Utf8));
    yaml.emit(Event::document_start(None, &[], true));
    content(&mut yaml);
    yaml.emit(Event::document_end(true));
    yaml.emit(Event::stream_end());
    drop(yaml);
    if uses_stand_ins {
        bytes = stand_in::resolve(bytes);
    }
    out.write_all(&bytes)
}

struct Yaml<'a> {
    emitter: Emitter<'a>,
    uses_stand_ins: bool,
}

impl Yaml<'_> {
    fn value(&mut self, value: &Value) {
        match value {
            Value::Null => self.scalar("null", true),
            Value::Bool(true) => self.scalar("true", true),
            Value::Bool(false) => self.scalar("false", true),
            Value::Number(value) => self.scalar(&python::number(value), true),
            Value::String(text) => self.scalar(text, is_string(text)),
            Value::Array(items) => self.list(items),
            Value::Object(members) => self.map(members),
        }
    }

    fn map(&mut self, members: &Map<String, Value>) {
        self.emit(Event::mapping_start(None, None, true, MappingStyle::Block));
        let mut sorted: Vec<_> = members.iter().collect();
        sorted.sort_unstable_by_key(|(name, _)| *name);
        for (name, value) in sorted {
            self.scalar(name, is_string(name));
            self.value(value);
        }
        self.emit(Event::mapping_end());
    }

    fn list(&mut self, items: &[Value]) {
        let style = SequenceStyle::Block;
        self.emit(Event::sequence_start(None, None, true, style));
        for item in items {
            self.value(item);
        }
        self.emit(Event::sequence_end());
    }

    /// `plain`: whether it may do without quotes.
    fn scalar(&mut self, text: &str, plain: bool) {
        let style = ScalarStyle::Any;
        let text = if self.uses_stand_ins {
            stand_in::put(text)
        } else {
            text.into()
        };
        self.emit(Event::scalar(None, None, &text, plain, true, style));
    }

    fn emit(&mut self, event: Event) {
        self.emitter
            .emit(event)
            .expect("the events are in order, and memory takes whatever is written to it");
    }
}
