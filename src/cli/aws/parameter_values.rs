//! The values of the parameters, from options, shorthand, JSON and files. They are not validated here:
//! see [`validation`](super::validation).

use serde_json::{Map, Value};

use super::command::AwsCommand;
use super::error::CommandError;
use super::parameter::{FILTERS, Parameter, ParameterType};
use super::parameter_file::{self, ParameterValue};
use super::validation::{python_type, validate_parameter};
use super::{request, shorthand};
use crate::cli::option_parser::OptionValues;
use crate::ec2::Filter;

/// The parameters that were given, by their names in the API. Options take precedence over
/// `--cli-input-json`.
pub(super) fn read(
    command: AwsCommand,
    options: &OptionValues,
) -> Result<Map<String, Value>, CommandError> {
    let mut values = Map::new();
    for parameter in command.parameters() {
        let value = match parameter.kind {
            ParameterType::Boolean => options.switch(parameter.option).map(Value::Bool),
            ParameterType::String | ParameterType::List(_) | ParameterType::Structure(_) => options
                .values(parameter.option)
                .map(|arguments| parse_arguments(parameter, arguments))
                .transpose()?,
        };
        if let Some(value) = value {
            values.insert(parameter.name.to_owned(), value);
        }
    }
    if let Some(input) = options.value("cli-input-json") {
        for (name, value) in parse_input_json(input)? {
            values.entry(name).or_insert(value);
        }
    }
    Ok(values)
}

/// The filters that the arguments of `--filters` give, in any notation of the AWS CLI.
pub(in crate::cli) fn filters(arguments: &[String]) -> Result<Vec<Filter>, CommandError> {
    let value = parse_arguments(&FILTERS, arguments)?;
    validate_parameter(&FILTERS, &value)?;
    Ok(request::filters(&value))
}

/// The members of the map that `--cli-input-json` gives.
fn parse_input_json(input: &str) -> Result<Map<String, Value>, CommandError> {
    let error = |reason: &str| CommandError::invalid_value("--cli-input-json", reason);
    let json = match parameter_file::load(input).map_err(|reason| error(&reason))? {
        ParameterValue::Literal => input.as_bytes().to_owned(),
        ParameterValue::FileText(text) => text.into_bytes(),
        ParameterValue::FileBytes(bytes) => bytes,
    };
    match serde_json::from_slice(&json) {
        Ok(Value::Object(members)) => Ok(members),
        Ok(other) => Err(error(&format!(
            "Invalid type: expecting map, received {}",
            python_type(&other)
        ))),
        Err(invalid) => Err(error(&format!("Invalid JSON received: {invalid}"))),
    }
}

/// The value that the arguments of an option give to its parameter.
fn parse_arguments(parameter: &Parameter, arguments: &[String]) -> Result<Value, CommandError> {
    let option = format!("--{}", parameter.option);
    let error = |reason: String| CommandError::invalid_value(&option, &reason);
    if let [argument] = arguments {
        match parameter_file::load(argument).map_err(error)? {
            ParameterValue::Literal => {}
            ParameterValue::FileText(text) => {
                return parse_file_text(parameter.kind, text).map_err(error);
            }
            ParameterValue::FileBytes(_) => {
                let reason = "this parameter is text, and fileb:// gives bytes";
                return Err(error(reason.to_owned()));
            }
        }
    }
    let ParameterType::List(item) = parameter.kind else {
        return Ok(arguments.first().cloned().unwrap_or_default().into());
    };
    parse_list(*item, arguments).map_err(error)
}

/// The list that the arguments of an option give: one argument that is a JSON list, or one argument
/// for each item.
fn parse_list(item: ParameterType, arguments: &[String]) -> Result<Value, String> {
    if let [argument] = arguments
        && argument.trim_start().starts_with('[')
    {
        return parse_json(argument);
    }
    // The first argument decides whether the structures are JSON or shorthand.
    let is_json = arguments
        .first()
        .is_some_and(|first| first.trim_start().starts_with(['[', '{']));
    let items = arguments.iter().map(|argument| match item {
        ParameterType::String | ParameterType::Boolean | ParameterType::List(_) => {
            Ok(Value::from(argument.as_str()))
        }
        ParameterType::Structure(_) if is_json && !argument.trim_start().starts_with('{') => {
            Err(format!("Invalid JSON:\n{argument}"))
        }
        ParameterType::Structure(_) if is_json => parse_json(argument),
        ParameterType::Structure(members) => {
            let mut structure = shorthand::parse(argument)?;
            wrap_single_values(&mut structure, members);
            Ok(Value::Object(structure))
        }
    });
    items.collect()
}

/// The value that a file's text gives. For a list it must be JSON.
fn parse_file_text(kind: ParameterType, text: String) -> Result<Value, String> {
    match kind {
        ParameterType::List(_) if text.trim_start().starts_with('[') => parse_json(&text),
        ParameterType::List(_) => Err(format!("a file must hold a JSON list here, not: {text}")),
        ParameterType::String | ParameterType::Boolean | ParameterType::Structure(_) => {
            Ok(text.into())
        }
    }
}

fn parse_json(text: &str) -> Result<Value, String> {
    serde_json::from_str(text)
        .map_err(|error| format!("Invalid JSON: {error}\nJSON received: {text}"))
}

/// Wraps each single value of a member that must be a list: in shorthand, `Values=a` means the same
/// as `Values=[a]`.
fn wrap_single_values(structure: &mut Map<String, Value>, members: &[Parameter]) {
    for member in members {
        if let (ParameterType::List(_), Some(value)) = (member.kind, structure.get_mut(member.name))
            && !value.is_array()
        {
            *value = Value::Array(vec![value.take()]);
        }
    }
}
