//! Tables: one box for each map or list, which contains the boxes of the maps and lists in it.
//!
//! This file decides which boxes there are and what is in them; `table/section.rs` draws them.

mod line_writer;
mod section;

use std::collections::BTreeSet;
use std::io::Write;

use serde_json::{Map, Value};

use super::error::WriteError;
use super::python;
use super::target::OutputTarget;
use super::value::is_scalar;
use section::Section;

/// Writes the value under a title. Writes nothing for what Python treats as false.
pub(super) fn write(
    out: &mut impl Write,
    title: &str,
    value: &Value,
    target: OutputTarget,
) -> Result<(), WriteError> {
    let mut sections = SectionList(Vec::new());
    sections.add_value(Some(title), value, 0)?;
    section::draw(out, sections.0, target)
}

/// The boxes from top to bottom. Rows are added to the last one.
struct SectionList<'a>(Vec<Section<'a>>);

impl<'a> SectionList<'a> {
    /// Adds a value. Without a title it gets no section of its own.
    fn add_value(
        &mut self,
        title: Option<&'a str>,
        value: &'a Value,
        indent: usize,
    ) -> Result<(), WriteError> {
        if !python::bool(value) {
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

    /// Adds an item of a list: a row, if there are no lists or maps in it.
    fn add_item(&mut self, item: &'a Value) -> Result<(), WriteError> {
        match item {
            Value::Array(cells) if cells.iter().all(is_scalar) => {
                self.last().add_row(cells.iter().map(python::str).collect())
            }
            Value::Array(_) => self.add_value(None, item, 0),
            // The AWS CLI iterates over the item, and iterating over a Python dict gives its keys.
            Value::Object(members) => {
                let names = members.keys().map(|name| name.as_str().into());
                self.last().add_row(names.collect())
            }
            scalar => self.last().add_row(vec![python::str(scalar)]),
        }
    }

    /// Adds a map: one row with its scalars, then sections for its lists and maps.
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
            [(name, value)] => self.last().add_row(vec![name.into(), python::str(value)])?,
            _ => {
                let (names, values): (Vec<_>, Vec<_>) = scalars.into_iter().unzip();
                self.last().set_header(&names)?;
                let cells = values.into_iter().map(python::str).collect();
                self.last().add_row(cells)?;
            }
        }
        nested
            .into_iter()
            .try_for_each(|(name, value)| self.add_value(Some(name), value, indent + 1))
    }

    /// Adds a list of maps: one row each below one header. If any of them holds a list or a map, each
    /// gets a section of its own, followed by the sections of its members.
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
        self.last().set_header(&header)?;
        for (i, members) in maps.into_iter().enumerate() {
            if i > 0 && !nested.is_empty() {
                self.0.push(Section::new(title, indent));
                self.last().set_header(&header)?;
            }
            let cell = |name: &&str| members.get(*name).map_or("".into(), python::str);
            self.last().add_row(header.iter().map(cell).collect())?;
            for name in &nested {
                if let Some(value) = members.get(*name) {
                    self.add_value(Some(name), value, indent + 1)?;
                }
            }
        }
        Ok(())
    }

    fn last(&mut self) -> &mut Section<'a> {
        self.0
            .last_mut()
            .expect("the outermost value has a title, so there is a section")
    }
}
