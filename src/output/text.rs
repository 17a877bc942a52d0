//! Text: a line a map or list, its values between tabs, what lies below on lines of its own that
//! start with the member's name in capitals.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::io::Write;

use serde_json::{Map, Value};

use super::{WriteError, is_scalar, python};

/// Writes the value.
pub(super) fn write(out: &mut impl Write, value: &Value) -> Result<(), WriteError> {
    item(out, value, None)
}

/// `name` is that of the member the value was found in.
fn item(out: &mut impl Write, value: &Value, name: Option<&str>) -> Result<(), WriteError> {
    match value {
        Value::Object(members) => map(out, members, name, None),
        Value::Array(items) => list(out, items, name),
        scalar => line(out, None, std::iter::once(python::text(scalar))),
    }
}

fn list(out: &mut impl Write, items: &[Value], name: Option<&str>) -> Result<(), WriteError> {
    if items.iter().any(Value::is_object) {
        return maps(out, items, name);
    }
    let (nested, scalars): (Vec<_>, Vec<_>) = items.iter().partition(|item| item.is_array());
    if !scalars.is_empty() {
        scalar_list(out, &scalars, name)?;
    }
    nested
        .into_iter()
        .try_for_each(|value| item(out, value, name))
}

/// A list of maps: every line has a column for each member that is a scalar in any of the maps.
fn maps(out: &mut impl Write, items: &[Value], name: Option<&str>) -> Result<(), WriteError> {
    let mut columns = BTreeSet::new();
    for item in items {
        let Value::Object(members) = item else {
            return Err(WriteError::Value(
                "text cannot show a list that has maps and other values in it".to_owned(),
            ));
        };
        columns.extend(members.iter().filter(|(_, v)| is_scalar(v)).map(|(k, _)| k));
    }
    items
        .iter()
        .filter_map(Value::as_object)
        .try_for_each(|members| map(out, members, name, Some(&columns)))
}

fn map(
    out: &mut impl Write,
    members: &Map<String, Value>,
    name: Option<&str>,
    columns: Option<&BTreeSet<&String>>,
) -> Result<(), WriteError> {
    let mut sorted: Vec<_> = members.iter().collect();
    sorted.sort_unstable_by_key(|(name, _)| *name);
    let is_column = |name: &String, value: &Value| match columns {
        Some(columns) => columns.contains(name),
        None => is_scalar(value),
    };
    let cells: Vec<_> = match columns {
        Some(columns) => columns
            .iter()
            .map(|name| members.get(*name).map_or("".into(), python::text))
            .collect(),
        None => sorted
            .iter()
            .filter(|(_, value)| is_scalar(value))
            .map(|(_, value)| python::text(value))
            .collect(),
    };
    if !cells.is_empty() {
        line(out, name, cells.into_iter())?;
    }
    sorted
        .into_iter()
        .filter(|(name, value)| !is_column(name, value))
        .try_for_each(|(name, value)| item(out, value, Some(name)))
}

/// Scalars share a line, unless there is a name to start lines with: then each has its own.
fn scalar_list(
    out: &mut impl Write,
    scalars: &[&Value],
    name: Option<&str>,
) -> Result<(), WriteError> {
    let mut cells = scalars.iter().map(|value| python::text(value));
    if name.is_none() {
        return line(out, None, cells);
    }
    cells.try_for_each(|cell| line(out, name, std::iter::once(cell)))
}

fn line<'a>(
    out: &mut impl Write,
    name: Option<&str>,
    cells: impl Iterator<Item = Cow<'a, str>>,
) -> Result<(), WriteError> {
    let name = name.map(|name| name.to_uppercase().into());
    for (i, cell) in name.into_iter().chain(cells).enumerate() {
        if i > 0 {
            out.write_all(b"\t")?;
        }
        out.write_all(cell.as_bytes())?;
    }
    out.write_all(b"\n")?;
    Ok(())
}
