//! Tables: a box a map or list, the boxes of what lies below inside it.
//!
//! This file says which boxes there are and what is in them, `table/section.rs` how they look.

mod section;

use std::collections::BTreeSet;
use std::io::Write;

use serde_json::{Map, Value};

use self::section::Section;
use super::{Style, WriteError, is_scalar, python};

/// Writes the value under a title, or nothing if there is nothing in it.
pub(super) fn write(
    out: &mut impl Write,
    title: &str,
    value: &Value,
    style: Style,
) -> Result<(), WriteError> {
    let mut sections = Sections(Vec::new());
    sections.add(Some(title), value, 0)?;
    section::draw(out, sections.0, style)
}

/// The boxes from top to bottom. Rows go into the last one.
struct Sections<'a>(Vec<Section<'a>>);

impl<'a> Sections<'a> {
    /// Adds a value. Without a title it gets no section of its own.
    fn add(
        &mut self,
        title: Option<&'a str>,
        value: &'a Value,
        indent: usize,
    ) -> Result<(), WriteError> {
        if !python::is_true(value) {
            return Ok(());
        }
        if title.is_some() {
            self.0.push(Section::new(title, indent));
        }
        match value {
            Value::Array(items) if items.first().is_some_and(Value::is_object) => {
                self.add_maps(title, items, indent)
            }
            Value::Array(items) => items.iter().try_for_each(|item| self.add_item(item)),
            Value::Object(members) => self.add_map(members, indent),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Ok(()),
        }
    }

    /// An item of a list: a row, if nothing is nested in it.
    fn add_item(&mut self, item: &'a Value) -> Result<(), WriteError> {
        match item {
            Value::Array(cells) if cells.iter().all(is_scalar) => self
                .last()
                .add_row(cells.iter().map(python::text).collect()),
            Value::Array(_) => self.add(None, item, 0),
            // Python walks through the names of a map.
            Value::Object(members) => {
                let names = members.keys().map(|name| name.as_str().into());
                self.last().add_row(names.collect())
            }
            scalar => self.last().add_row(vec![python::text(scalar)]),
        }
    }

    /// A map: one row with its scalars, then the rest in sections of their own.
    fn add_map(
        &mut self,
        members: &'a Map<String, Value>,
        indent: usize,
    ) -> Result<(), WriteError> {
        let mut sorted: Vec<(&str, &Value)> =
            members.iter().map(|(name, v)| (name.as_str(), v)).collect();
        sorted.sort_unstable_by_key(|(name, _)| *name);
        let (scalars, nested): (Vec<_>, Vec<_>) =
            sorted.into_iter().partition(|(_, value)| is_scalar(value));
        match *scalars.as_slice() {
            [] => {}
            [(name, value)] => self
                .last()
                .add_row(vec![name.into(), python::text(value)])?,
            _ => {
                let (names, values): (Vec<_>, Vec<_>) = scalars.into_iter().unzip();
                self.last().add_header(&names)?;
                let cells = values.into_iter().map(python::text).collect();
                self.last().add_row(cells)?;
            }
        }
        nested
            .into_iter()
            .try_for_each(|(name, value)| self.add(Some(name), value, indent + 1))
    }

    /// A list of maps: a row each, below one header. If anything is nested in one of them, each
    /// gets a section of its own, followed by those of its members.
    fn add_maps(
        &mut self,
        title: Option<&'a str>,
        items: &'a [Value],
        indent: usize,
    ) -> Result<(), WriteError> {
        let (mut header, mut nested) = (BTreeSet::new(), BTreeSet::new());
        let mut maps = Vec::with_capacity(items.len());
        for item in items {
            let Value::Object(members) = item else {
                return Err(WriteError::Value(
                    "a table cannot show a list that has maps and other values in it".to_owned(),
                ));
            };
            for (name, value) in members {
                let names = if is_scalar(value) {
                    &mut header
                } else {
                    &mut nested
                };
                names.insert(name.as_str());
            }
            maps.push(members);
        }
        let header: Vec<_> = header.into_iter().collect();
        self.last().add_header(&header)?;
        for (i, members) in maps.into_iter().enumerate() {
            if i > 0 && !nested.is_empty() {
                self.0.push(Section::new(title, indent));
                self.last().add_header(&header)?;
            }
            let cell = |name: &&str| members.get(*name).map_or("".into(), python::text);
            self.last().add_row(header.iter().map(cell).collect())?;
            for name in &nested {
                if let Some(value) = members.get(*name) {
                    self.add(Some(name), value, indent + 1)?;
                }
            }
        }
        Ok(())
    }

    fn last(&mut self) -> &mut Section<'a> {
        self.0
            .last_mut()
            .expect("the first value has a title, which makes a section")
    }
}
