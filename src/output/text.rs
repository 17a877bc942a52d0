//! Text: one line for each map or list, its scalars separated by tabs. Lists and maps inside it have
//! lines of their own, which start with the member's name in capitals.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::io::Write;

use serde_json::{Map, Value};

use super::error::WriteError;
use super::python;
use super::value::is_scalar;

/// Writes the value.
pub(super) fn write(out: &mut impl Write, value: &Value) -> Result<(), WriteError> {
    write_value(out, value, None)
}

/// `name` is that of the member that holds the value.
fn write_value(out: &mut impl Write, value: &Value, name: Option<&str>) -> Result<(), WriteError> {
    match value {
        Value::Object(members) => write_map(out, members, name, None),
        Value::Array(items) => write_list(out, items, name),
        scalar => write_line(out, None, std::iter::once(python::str(scalar))),
    }
}

fn write_list(out: &mut impl Write, items: &[Value], name: Option<&str>) -> Result<(), WriteError> {
    if items.iter().any(Value::is_object) {
        return write_maps(out, items, name);
    }
    let (nested, scalars): (Vec<_>, Vec<_>) = items.iter().partition(|item| item.is_array());
    if !scalars.is_empty() {
        write_scalars(out, &scalars, name)?;
    }
    nested
        .into_iter()
        .try_for_each(|value| write_value(out, value, name))
}

/// Writes a list of maps. Every line has a column for each member that is a scalar in any of them.
fn write_maps(out: &mut impl Write, items: &[Value], name: Option<&str>) -> Result<(), WriteError> {
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
        .try_for_each(|members| write_map(out, members, name, Some(&columns)))
}

/// Writes a map. Its columns are those of its list, or else its own scalars.
fn write_map(
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
            .map(|name| members.get(*name).map_or("".into(), python::str))
            .collect(),
        None => sorted
            .iter()
            .filter(|(_, value)| is_scalar(value))
            .map(|(_, value)| python::str(value))
            .collect(),
    };
    if !cells.is_empty() {
        write_line(out, name, cells.into_iter())?;
    }
    sorted
        .into_iter()
        .filter(|(name, value)| !is_column(name, value))
        .try_for_each(|(name, value)| write_value(out, value, Some(name)))
}

/// Writes the scalars of a list: all on one line, or, in a member with a name, one line each.
fn write_scalars(
    out: &mut impl Write,
    scalars: &[&Value],
    name: Option<&str>,
) -> Result<(), WriteError> {
    let mut cells = scalars.iter().map(|value| python::str(value));
    if name.is_none() {
        return write_line(out, None, cells);
    }
    cells.try_for_each(|cell| write_line(out, name, std::iter::once(cell)))
}

fn write_line<'a>(
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
