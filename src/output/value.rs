//! Properties of JSON values that several formats need.

use serde_json::Value;

/// Whether the value is neither a list nor a map.
pub(super) fn is_scalar(value: &Value) -> bool {
    !value.is_array() && !value.is_object()
}

/// Whether the predicate holds for a string of the value or for a member's name, at any depth.
pub(super) fn any_text(value: &Value, predicate: &dyn Fn(&str) -> bool) -> bool {
    match value {
        Value::String(text) => predicate(text),
        Value::Array(items) => items.iter().any(|item| any_text(item, predicate)),
        Value::Object(members) => members
            .iter()
            .any(|(name, value)| predicate(name) || any_text(value, predicate)),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}
