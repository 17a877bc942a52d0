//! A response as JSON, for the commands: the members EC2 sent, in the order of its API.

use std::borrow::Cow;

use serde_json::{Map, Value};

use super::members::{MAX_MEMBERS, Shape, Structure};
use super::reader::{AnswerBuilder, ReadError};
use super::time::{TimeFormat, iso8601};

/// Builds the JSON of a response.
pub(super) struct JsonBuilder {
    times: TimeFormat,
    /// The structures and lists being built, the outermost first.
    open: Vec<Open>,
    root: Value,
}

#[expect(clippy::large_enum_variant, reason = "at most five are open at a time")]
enum Open {
    Structure {
        /// Its index in the parent structure; 0 for an item of a list.
        index: usize,
        structure: &'static Structure,
        /// The members read so far, in the order of the API, not of the response.
        found: [Option<Value>; MAX_MEMBERS],
    },
    List {
        index: usize,
        items: Vec<Value>,
    },
}

impl JsonBuilder {
    pub fn new(times: TimeFormat) -> Self {
        Self {
            times,
            open: Vec::new(),
            root: Value::Null,
        }
    }

    pub fn finish(self) -> Value {
        self.root
    }

    fn put(&mut self, index: usize, value: Value) {
        match self.open.last_mut() {
            Some(Open::Structure { found, .. }) => found[index] = Some(value),
            Some(Open::List { items, .. }) => items.push(value),
            None => self.root = value,
        }
    }
}

impl AnswerBuilder for JsonBuilder {
    fn enter_structure(&mut self, index: usize, structure: &'static Structure) {
        self.open.push(Open::Structure {
            index,
            structure,
            found: Default::default(),
        });
    }

    fn enter_list(&mut self, index: usize) {
        let items = Vec::new();
        self.open.push(Open::List { index, items });
    }

    fn leave(&mut self) {
        match self.open.pop() {
            Some(Open::Structure {
                index,
                structure,
                found,
            }) => {
                let mut members = Map::with_capacity(found.iter().flatten().count());
                for (member, value) in structure.members.iter().zip(found) {
                    if let Some(value) = value {
                        members.insert(member.name.to_owned(), value);
                    }
                }
                self.put(index, Value::Object(members));
            }
            Some(Open::List { index, items }) => self.put(index, Value::Array(items)),
            None => {}
        }
    }

    fn text(&mut self, index: usize, shape: &Shape, text: Cow<str>) -> Result<(), ReadError> {
        let text = match (shape, self.times) {
            (Shape::Time(_), TimeFormat::Iso8601) => {
                iso8601(&text).ok_or_else(|| ReadError::Time(text.into_owned()))?
            }
            _ => text.into_owned(),
        };
        self.put(index, Value::String(text));
        Ok(())
    }
}
