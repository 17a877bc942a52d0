//! Validates parameters against EC2's API model, as the AWS CLI does before it sends a request.

use serde_json::{Map, Value};

use super::command::AwsCommand;
use super::error::CommandError;
use super::parameter::{Parameter, ParameterType};
use crate::output::python;

/// Checks that all parameters are known and of the right types, and that none is missing.
pub(super) fn validate(
    command: AwsCommand,
    values: &Map<String, Value>,
) -> Result<(), CommandError> {
    let mut problems = Vec::new();
    validate_members(values, command.parameters(), "", &mut problems);
    failed_if_any(&problems)
}

/// Checks the value of one parameter.
pub(super) fn validate_parameter(parameter: &Parameter, value: &Value) -> Result<(), CommandError> {
    let mut problems = Vec::new();
    validate_value(value, parameter.kind, parameter.name, &mut problems);
    failed_if_any(&problems)
}

fn failed_if_any(problems: &[String]) -> Result<(), CommandError> {
    if problems.is_empty() {
        return Ok(());
    }
    let problems = problems.join("\n");
    Err(CommandError::usage(format!(
        "Parameter validation failed:\n{problems}"
    )))
}

/// Validates the members of a map. `path` is the map's place in the parameters, such as `Filters[0]`;
/// it is empty for the parameters themselves.
fn validate_members(
    members: &Map<String, Value>,
    known: &[Parameter],
    path: &str,
    problems: &mut Vec<String>,
) {
    let place = if path.is_empty() { "input" } else { path };
    for parameter in known.iter().filter(|parameter| parameter.is_required) {
        let name = parameter.name;
        if !members.contains_key(name) {
            problems.push(format!("Missing required parameter in {place}: \"{name}\""));
        }
    }
    let find = |name: &str| known.iter().find(|parameter| parameter.name == name);
    for name in members.keys().filter(|name| find(name).is_none()) {
        let names: Vec<_> = known.iter().map(|parameter| parameter.name).collect();
        let names = names.join(", ");
        problems.push(format!(
            "Unknown parameter in {place}: \"{name}\", must be one of: {names}"
        ));
    }
    for (name, value) in members {
        if let Some(parameter) = find(name) {
            let path = if path.is_empty() {
                name.clone()
            } else {
                format!("{path}.{name}")
            };
            validate_value(value, parameter.kind, &path, problems);
        }
    }
}

fn validate_value(value: &Value, kind: ParameterType, path: &str, problems: &mut Vec<String>) {
    match (kind, value) {
        (ParameterType::String, Value::String(_)) | (ParameterType::Boolean, Value::Bool(_)) => {}
        (ParameterType::List(item), Value::Array(items)) => {
            for (index, value) in items.iter().enumerate() {
                validate_value(value, *item, &format!("{path}[{index}]"), problems);
            }
        }
        (ParameterType::Structure(known), Value::Object(members)) => {
            validate_members(members, known, path, problems);
        }
        (kind, value) => {
            let valid_types = match kind {
                ParameterType::String => "<class 'str'>",
                ParameterType::Boolean => "<class 'bool'>",
                ParameterType::List(_) => "<class 'list'>, <class 'tuple'>",
                ParameterType::Structure(_) => "<class 'dict'>",
            };
            problems.push(format!(
                "Invalid type for parameter {path}, value: {}, type: {}, valid types: \
                 {valid_types}",
                python::str(value),
                python_type(value)
            ));
        }
    }
}

/// The Python type of a value, as the AWS CLI's messages show it.
pub(super) fn python_type(value: &Value) -> String {
    format!("<class '{}'>", python::type_name(value))
}
