//! Values as CSV: a line for each item of a list, a column for each member, those of members in turn with
//! their path.

use std::io::{self, Write};

use serde_json::{Map, Value};

use crate::text::{self, Charset};

/// Writes a list of maps as CSV, or a map that has only such a list. Of other values it writes one line.
/// `columns` come first, also if no item has them. For a terminal, nothing that it would act on is written.
///
/// # Errors
///
/// If the writer fails. A reader that has closed the pipe is not an error.
pub fn write_csv(
    out: &mut impl Write,
    value: &Value,
    columns: &[&str],
    is_terminal: bool,
) -> io::Result<()> {
    // The writer of CSV hides which error it was.
    let mut bytes = Vec::new();
    write(&mut bytes, value, columns, is_terminal)?;
    super::stdout::ignore_closed_pipe(out.write_all(&bytes))
}

fn write(
    out: &mut impl Write,
    value: &Value,
    columns: &[&str],
    is_terminal: bool,
) -> io::Result<()> {
    let items = match value {
        Value::Object(members) if members.len() == 1 => {
            let only = members.values().next().filter(|only| only.is_array());
            only.unwrap_or(value)
        }
        value => value,
    };
    let items = match items {
        Value::Array(items) => items.as_slice(),
        Value::Null => &[],
        item => std::slice::from_ref(item),
    };
    let rows: Vec<Map<String, Value>> = items
        .iter()
        .map(|item| {
            let mut row = Map::new();
            flatten("", item, &mut row);
            row
        })
        .collect();
    let mut columns = columns.to_vec();
    for name in rows.iter().flat_map(Map::keys) {
        if !columns.contains(&name.as_str()) {
            columns.push(name);
        }
    }
    if columns.is_empty() {
        return Ok(());
    }
    let shown = |text: String| {
        if is_terminal {
            text::clean(&text, Charset::Unicode).into_owned()
        } else {
            text
        }
    };
    let mut csv = csv::Writer::from_writer(out);
    csv.write_record(columns.iter().map(|name| shown((*name).to_owned())))?;
    for row in &rows {
        let cells = columns.iter().map(|name| cell(row.get(*name)));
        csv.write_record(cells.map(shown))?;
    }
    csv.flush()
}

/// Puts the members of an item into a row, each under its path.
fn flatten(path: &str, item: &Value, row: &mut Map<String, Value>) {
    match item {
        Value::Object(members) => {
            for (name, value) in members {
                let path = if path.is_empty() {
                    name.clone()
                } else {
                    format!("{path}.{name}")
                };
                flatten(&path, value, row);
            }
        }
        item => {
            let name = if path.is_empty() { "Value" } else { path };
            row.insert(name.to_owned(), item.clone());
        }
    }
}

fn cell(value: Option<&Value>) -> String {
    match value {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(value) => value.to_string(),
    }
}
