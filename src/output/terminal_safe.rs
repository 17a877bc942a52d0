//! Values without the characters that could harm a terminal: what EC2 sends may hold escape
//! sequences or characters that reorder a line.
//!
//! JSON needs none of this: it has escapes for all of these characters.

use std::borrow::Cow;

use serde_json::Value;

use super::value::any_text;
use crate::text::{has_harmful, replace_harmful, replacement};

/// The value for a text or a table. On a terminal each harmful character is replaced, except line
/// feeds and tabs, which are layout. Elsewhere the value stays as it is.
pub(super) fn for_text_or_table(value: &Value, is_terminal: bool) -> Cow<'_, Value> {
    replaced(value, is_terminal, |c| matches!(c, '\n' | '\t'))
}

/// The value for YAML. On a terminal each harmful character is replaced, except control characters,
/// which YAML escapes by itself. Elsewhere the value stays as it is.
pub(super) fn for_yaml(value: &Value, is_terminal: bool) -> Cow<'_, Value> {
    replaced(value, is_terminal, char::is_control)
}

fn replaced(value: &Value, is_terminal: bool, is_kept: fn(char) -> bool) -> Cow<'_, Value> {
    if is_terminal && any_text(value, &has_harmful) {
        let replacement = |c| if is_kept(c) { c } else { replacement(c) };
        Cow::Owned(replace_characters(value, &replacement))
    } else {
        Cow::Borrowed(value)
    }
}

fn replace_characters(value: &Value, replacement: &impl Fn(char) -> char) -> Value {
    let replace = |text: &str| replace_harmful(text, replacement).into_owned();
    match value {
        Value::String(text) => Value::String(replace(text)),
        Value::Array(items) => items
            .iter()
            .map(|item| replace_characters(item, replacement))
            .collect(),
        Value::Object(members) => members
            .iter()
            .map(|(name, value)| (replace(name), replace_characters(value, replacement)))
            .collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) => value.clone(),
    }
}
