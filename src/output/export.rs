//! Tasks in a file, for another program or for people: JSON, CSV, Markdown. Without secrets.

use std::io::{self, Write};

use jiff::Timestamp;
use serde_json::json;

use super::{Format, OutputTarget, WriteError};
use crate::task::{BundleTask, SecretsShown};
use crate::text;

/// The format of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExportFormat {
    /// As `describe-bundle-tasks` prints it.
    Json,
    /// A line for each task, and one with the names of the columns.
    Csv,
    /// A table.
    Markdown,
}

/// What a column has of a task.
type Value = fn(&BundleTask) -> String;

/// The columns of CSV and Markdown.
const COLUMNS: [(&str, Value); 10] = [
    ("BundleId", |task| task.bundle_id.to_string()),
    ("InstanceId", |task| {
        task.instance_id.clone().unwrap_or_default()
    }),
    ("State", |task| task.state.to_string()),
    ("Progress", |task| {
        task.progress
            .as_ref()
            .map(ToString::to_string)
            .unwrap_or_default()
    }),
    ("StartTime", |task| time(task.start_time)),
    ("UpdateTime", |task| time(task.update_time)),
    ("Bucket", |task| storage(task, |s3| s3.bucket.clone())),
    ("Prefix", |task| storage(task, |s3| s3.prefix.clone())),
    ("ErrorCode", |task| error(task, |error| error.code.clone())),
    ("ErrorMessage", |task| {
        error(task, |error| error.message.clone())
    }),
];

impl ExportFormat {
    /// The format for the end of a file's name; `None` if it says nothing.
    pub fn of_extension(extension: &str) -> Option<Self> {
        match extension.to_ascii_lowercase().as_str() {
            "json" => Some(Self::Json),
            "csv" => Some(Self::Csv),
            "md" | "markdown" => Some(Self::Markdown),
            _ => None,
        }
    }

    /// Writes tasks in this format.
    ///
    /// # Errors
    ///
    /// If the writer fails.
    pub fn write<'t>(
        self,
        out: &mut impl Write,
        tasks: impl Iterator<Item = &'t BundleTask>,
    ) -> io::Result<()> {
        match self {
            Self::Json => write_json(out, tasks),
            Self::Csv => write_csv(out, tasks),
            Self::Markdown => write_markdown(out, tasks),
        }
    }
}

fn time(time: Option<Timestamp>) -> String {
    time.map(|time| time.to_string()).unwrap_or_default()
}

fn storage(task: &BundleTask, part: impl Fn(&crate::task::S3Storage) -> Option<String>) -> String {
    task.storage.as_ref().and_then(part).unwrap_or_default()
}

fn error(task: &BundleTask, part: impl Fn(&crate::task::TaskError) -> Option<String>) -> String {
    task.error.as_ref().and_then(part).unwrap_or_default()
}

fn write_json<'t>(
    out: &mut impl Write,
    tasks: impl Iterator<Item = &'t BundleTask>,
) -> io::Result<()> {
    let tasks: Vec<_> = tasks
        .map(|task| task.to_json(SecretsShown::Masked))
        .collect();
    let value = json!({ "BundleTasks": tasks });
    match super::write(out, Format::Json, "", &value, OutputTarget::PLAIN) {
        Err(WriteError::Io(error)) => Err(error),
        Err(error) => Err(io::Error::other(error)),
        Ok(()) => Ok(()),
    }
}

fn write_csv<'t>(
    out: &mut impl Write,
    tasks: impl Iterator<Item = &'t BundleTask>,
) -> io::Result<()> {
    let mut csv = csv::Writer::from_writer(out);
    csv.write_record(COLUMNS.map(|(name, _)| name))?;
    for task in tasks {
        csv.write_record(COLUMNS.map(|(_, value)| value(task)))?;
    }
    csv.flush()
}

fn write_markdown<'t>(
    out: &mut impl Write,
    tasks: impl Iterator<Item = &'t BundleTask>,
) -> io::Result<()> {
    let names = COLUMNS.map(|(name, _)| name.to_owned());
    let rows: Vec<_> = tasks
        .map(|task| COLUMNS.map(|(_, value)| markdown(&value(task))))
        .collect();
    let widths: Vec<_> = (0..COLUMNS.len())
        .map(|column| {
            let cells = rows
                .iter()
                .chain([&names])
                .map(|row| text::width(&row[column]));
            cells.max().unwrap_or(0)
        })
        .collect();
    write_row(out, &names, &widths)?;
    let rule: Vec<_> = widths.iter().map(|width| "-".repeat(*width)).collect();
    writeln!(out, "| {} |", rule.join(" | "))?;
    for row in &rows {
        write_row(out, row, &widths)?;
    }
    Ok(())
}

fn write_row(out: &mut impl Write, row: &[String], widths: &[usize]) -> io::Result<()> {
    let cells: Vec<_> = row
        .iter()
        .zip(widths)
        .map(|(cell, width)| {
            format!(
                "{cell}{}",
                " ".repeat(width.saturating_sub(text::width(cell)))
            )
        })
        .collect();
    writeln!(out, "| {} |", cells.join(" | "))
}

/// A value as the content of a cell.
fn markdown(value: &str) -> String {
    let mut cell = String::new();
    for c in text::clean(value, text::Charset::Unicode).chars() {
        if matches!(c, '|' | '\\' | '`' | '*' | '_' | '<' | '[' | ']') {
            cell.push('\\');
        }
        cell.push(c);
    }
    cell
}
