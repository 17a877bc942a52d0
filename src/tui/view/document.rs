//! A task as the AWS CLI prints it, in JSON or YAML, with its parts told apart by colour.

use std::fmt::Write as _;

use ratatui::text::{Line, Span};

use crate::output::{self, Format, OutputTarget};
use crate::task::{BundleTask, SecretsShown};
use crate::text::Charset;
use crate::tui::render::RenderContext;
use crate::tui::theme::Role;

/// The notation of a task.
#[derive(Clone, Copy)]
pub enum Notation {
    Json,
    Yaml,
}

/// The lines of a task.
pub fn lines(
    task: &BundleTask,
    notation: Notation,
    secrets: SecretsShown,
    context: &RenderContext,
) -> Vec<Line<'static>> {
    let (format, line): (_, fn(&str, &RenderContext) -> Line<'static>) = match notation {
        Notation::Json => (Format::Json, json_line),
        Notation::Yaml => (Format::Yaml, yaml_line),
    };
    let text = written(task, format, secrets, context);
    text.lines().map(|text| line(text, context)).collect()
}

/// What the commands would write to a terminal. Where only ASCII may be written, other characters are
/// escaped as JSON does.
fn written(
    task: &BundleTask,
    format: Format,
    secrets: SecretsShown,
    context: &RenderContext,
) -> String {
    let target = OutputTarget {
        is_terminal: true,
        ..OutputTarget::PLAIN
    };
    let mut bytes = Vec::new();
    let value = task.to_json(secrets);
    let text = match output::write(&mut bytes, format, "", &value, target) {
        Ok(()) => String::from_utf8_lossy(&bytes).into_owned(),
        Err(error) => error.to_string(),
    };
    match context.charset() {
        // Lines are cleaned one by one: a line feed is no harm here.
        Charset::Unicode => {
            let lines = text.lines().map(|line| context.clean(line));
            lines.collect::<Vec<_>>().join("\n")
        }
        Charset::Ascii => text.chars().map(in_ascii).collect(),
    }
}

fn in_ascii(c: char) -> String {
    if c.is_ascii() {
        return c.to_string();
    }
    let mut escaped = String::new();
    for unit in c.encode_utf16(&mut [0; 2]) {
        let _ = write!(escaped, "\\u{unit:04x}");
    }
    escaped
}

/// A line that the JSON writer wrote: a name, a value and punctuation at most.
fn json_line(line: &str, context: &RenderContext) -> Line<'static> {
    let mut rest = line.trim_start();
    let indent = &line[..line.len() - rest.len()];
    let mut spans = vec![Span::raw(indent.to_owned())];
    if rest.starts_with('"')
        && let Some((name, value)) = rest.split_once("\": ")
    {
        spans.push(context.span(Role::MemberName, format!("{name}\"")));
        spans.push(context.span(Role::Dim, ": "));
        rest = value;
    }
    let value = rest.trim_end_matches(',');
    let role = match value.chars().next() {
        Some('"') => Role::MemberValue,
        Some('{' | '}' | '[' | ']') | None => Role::Dim,
        Some(_) => Role::Text,
    };
    spans.push(context.span(role, value.to_owned()));
    spans.push(context.span(Role::Dim, rest[value.len()..].to_owned()));
    Line::from(spans)
}

/// A line that the YAML writer wrote: a name and a value, or more of a long value.
fn yaml_line(line: &str, context: &RenderContext) -> Line<'static> {
    let rest = line.trim_start();
    let indent = &line[..line.len() - rest.len()];
    let is_name = |name: &str| !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric());
    match rest.split_once(':') {
        Some((name, value)) if is_name(name) => Line::from(vec![
            Span::raw(indent.to_owned()),
            context.span(Role::MemberName, name.to_owned()),
            context.span(Role::Dim, ":"),
            context.span(Role::MemberValue, value.to_owned()),
        ]),
        Some(_) | None => Line::from(context.span(Role::MemberValue, line.to_owned())),
    }
}
