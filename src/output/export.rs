//! Tasks in a file, for another program or for people: JSON, CSV, Markdown. Without secrets.

use std::io::{self, Write};
use std::sync::Arc;

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
type Value = fn(&ExportedTask) -> String;

/// A task to export.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExportedTask {
    /// The task, as EC2 last described it.
    pub task: Arc<BundleTask>,
    /// Whether EC2 still lists it.
    pub is_listed: bool,
}

/// The columns of CSV and Markdown.
const COLUMNS: [(&str, Value); 11] = [
    ("BundleId", |it| it.task.bundle_id.to_string()),
    ("InstanceId", |it| {
        it.task.instance_id.clone().unwrap_or_default()
    }),
    ("State", |it| it.task.state.to_string()),
    ("Listed", |it| {
        if it.is_listed { "yes" } else { "no" }.to_owned()
    }),
    ("Progress", |it| {
        let progress = it.task.progress.as_ref();
        progress.map(ToString::to_string).unwrap_or_default()
    }),
    ("StartTime", |it| time(it.task.start_time)),
    ("UpdateTime", |it| time(it.task.update_time)),
    ("Bucket", |it| storage(&it.task, |s3| s3.bucket.clone())),
    ("Prefix", |it| storage(&it.task, |s3| s3.prefix.clone())),
    ("ErrorCode", |it| {
        error(&it.task, |error| error.code.clone())
    }),
    ("ErrorMessage", |it| {
        error(&it.task, |error| error.message.clone())
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
    pub fn write(self, out: &mut impl Write, tasks: &[ExportedTask]) -> io::Result<()> {
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

fn write_json(out: &mut impl Write, tasks: &[ExportedTask]) -> io::Result<()> {
    let tasks: Vec<_> = tasks
        .iter()
        .map(|it| it.task.to_json(SecretsShown::Masked))
        .collect();
    let value = json!({ "BundleTasks": tasks });
    match super::write(out, Format::Json, "", &value, OutputTarget::PLAIN) {
        Err(WriteError::Io(error)) => Err(error),
        Err(error) => Err(io::Error::other(error)),
        Ok(()) => Ok(()),
    }
}

fn write_csv(out: &mut impl Write, tasks: &[ExportedTask]) -> io::Result<()> {
    let mut csv = csv::Writer::from_writer(out);
    csv.write_record(COLUMNS.map(|(name, _)| name))?;
    for task in tasks {
        csv.write_record(COLUMNS.map(|(_, value)| value(task)))?;
    }
    csv.flush()
}

fn write_markdown(out: &mut impl Write, tasks: &[ExportedTask]) -> io::Result<()> {
    let names = COLUMNS.map(|(name, _)| name.to_owned());
    let rows: Vec<_> = tasks
        .iter()
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
