//! What the functions of `JMESPath` return.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::ops::Add;

use serde_json::{Map, Value};

use super::super::{json, python};
use super::argument::{Argument, Evaluate, type_name, wrong_type};
use super::error::QueryError;
use super::number::{PythonNumber, compare, is_equal};

type FunctionResult = Result<Value, QueryError>;

pub(super) fn abs(arguments: &[Argument]) -> Value {
    match PythonNumber::from(arguments[0].number()) {
        PythonNumber::Int(int) => PythonNumber::Int(int.abs()),
        PythonNumber::Float(float) => PythonNumber::Float(float.abs()),
    }
    .into_value()
}

pub(super) fn avg(arguments: &[Argument]) -> Value {
    let numbers = arguments[0].array();
    if numbers.is_empty() {
        return Value::Null;
    }
    let count = PythonNumber::Int(numbers.len().try_into().unwrap_or(i128::MAX));
    PythonNumber::Float(sum_of(numbers).as_float() / count.as_float()).into_value()
}

pub(super) fn ceil(arguments: &[Argument]) -> Value {
    round(&arguments[0], f64::ceil)
}

pub(super) fn contains(_: &dyn Evaluate, arguments: &[Argument]) -> FunctionResult {
    let wanted = arguments[1].value();
    let is_found = match (arguments[0].value(), wanted) {
        (Value::String(text), Value::String(part)) => text.contains(part.as_str()),
        (Value::String(_), _) => {
            return Err(QueryError::Evaluation(format!(
                "'in <string>' requires string as left operand, not {}",
                python::type_name(wanted)
            )));
        }
        _ => arguments[0]
            .array()
            .iter()
            .any(|item| is_equal(item, wanted)),
    };
    Ok(is_found.into())
}

pub(super) fn ends_with(arguments: &[Argument]) -> Value {
    arguments[0]
        .string()
        .ends_with(arguments[1].string())
        .into()
}

pub(super) fn floor(arguments: &[Argument]) -> Value {
    round(&arguments[0], f64::floor)
}

pub(super) fn join(arguments: &[Argument]) -> Value {
    let parts: Vec<_> = arguments[1]
        .array()
        .iter()
        .filter_map(Value::as_str)
        .collect();
    parts.join(arguments[0].string()).into()
}

pub(super) fn keys(arguments: &[Argument]) -> Value {
    arguments[0].object().keys().cloned().collect()
}

pub(super) fn length(arguments: &[Argument]) -> Value {
    match arguments[0].value() {
        Value::String(text) => text.chars().count(),
        Value::Object(members) => members.len(),
        _ => arguments[0].array().len(),
    }
    .into()
}

pub(super) fn map(evaluator: &dyn Evaluate, arguments: &[Argument]) -> FunctionResult {
    let node = arguments[0].expression();
    let items = arguments[1].array().iter();
    items
        .map(|item| Ok(evaluator.evaluate(node, item)?.into_owned()))
        .collect()
}

pub(super) fn max(_: &dyn Evaluate, arguments: &[Argument]) -> FunctionResult {
    first_extreme(
        arguments[0].array(),
        &borrowed_items(&arguments[0]),
        Ordering::Greater,
    )
}

pub(super) fn max_by(evaluator: &dyn Evaluate, arguments: &[Argument]) -> FunctionResult {
    let keys = sort_keys(evaluator, arguments, "max_by", NUMBER_OR_STRING)?;
    first_extreme(arguments[0].array(), &keys, Ordering::Greater)
}

pub(super) fn merge(arguments: &[Argument]) -> Value {
    let mut merged = Map::new();
    for argument in arguments {
        let members = argument.object().iter();
        merged.extend(members.map(|(name, value)| (name.clone(), value.clone())));
    }
    Value::Object(merged)
}

pub(super) fn min(_: &dyn Evaluate, arguments: &[Argument]) -> FunctionResult {
    first_extreme(
        arguments[0].array(),
        &borrowed_items(&arguments[0]),
        Ordering::Less,
    )
}

pub(super) fn min_by(evaluator: &dyn Evaluate, arguments: &[Argument]) -> FunctionResult {
    let keys = sort_keys(evaluator, arguments, "min_by", NUMBER_OR_STRING)?;
    first_extreme(arguments[0].array(), &keys, Ordering::Less)
}

pub(super) fn not_null(arguments: &[Argument]) -> Value {
    let mut values = arguments.iter().map(Argument::value);
    let found = values.find(|value| !value.is_null());
    found.cloned().unwrap_or_default()
}

pub(super) fn reverse(arguments: &[Argument]) -> Value {
    match arguments[0].value() {
        Value::String(text) => text.chars().rev().collect::<String>().into(),
        _ => arguments[0].array().iter().rev().cloned().collect(),
    }
}

pub(super) fn sort(arguments: &[Argument]) -> Value {
    sorted(arguments[0].array(), borrowed_items(&arguments[0]))
}

pub(super) fn sort_by(evaluator: &dyn Evaluate, arguments: &[Argument]) -> FunctionResult {
    let items = arguments[0].array();
    let Some(first) = items.first() else {
        return Ok(Value::Array(Vec::new()));
    };
    let key_type = type_name(&*evaluator.evaluate(arguments[1].expression(), first)?);
    if !NUMBER_OR_STRING.contains(&key_type) {
        return Err(wrong_type(
            "sort_by",
            first,
            key_type,
            &["string", "number"],
        ));
    }
    let keys = sort_keys(evaluator, arguments, "sort_by", &[key_type])?;
    Ok(sorted(items, keys))
}

pub(super) fn starts_with(arguments: &[Argument]) -> Value {
    let (text, start) = (arguments[0].string(), arguments[1].string());
    text.starts_with(start).into()
}

pub(super) fn sum(arguments: &[Argument]) -> Value {
    sum_of(arguments[0].array()).into_value()
}

pub(super) fn to_array(arguments: &[Argument]) -> Value {
    match arguments[0].value() {
        list @ Value::Array(_) => list.clone(),
        other => Value::Array(vec![other.clone()]),
    }
}

pub(super) fn to_number(arguments: &[Argument]) -> Value {
    match arguments[0].value() {
        Value::String(text) => {
            PythonNumber::parse(text).map_or(Value::Null, PythonNumber::into_value)
        }
        number @ Value::Number(_) => number.clone(),
        _ => Value::Null,
    }
}

pub(super) fn to_string(arguments: &[Argument]) -> Value {
    match arguments[0].value() {
        text @ Value::String(_) => text.clone(),
        other => json::to_compact_string(other).into(),
    }
}

pub(super) fn r#type(arguments: &[Argument]) -> Value {
    type_name(arguments[0].value()).into()
}

pub(super) fn values(arguments: &[Argument]) -> Value {
    arguments[0].object().values().cloned().collect()
}

const NUMBER_OR_STRING: &[&str] = &["number", "string"];

fn round(argument: &Argument, rounding: fn(f64) -> f64) -> Value {
    match PythonNumber::from(argument.number()) {
        PythonNumber::Int(_) => argument.value().clone(),
        PythonNumber::Float(float) => PythonNumber::from_rounded(rounding(float)).into_value(),
    }
}

fn sum_of(numbers: &[Value]) -> PythonNumber {
    let numbers = numbers
        .iter()
        .filter_map(Value::as_number)
        .map(PythonNumber::from);
    numbers.fold(PythonNumber::Int(0), Add::add)
}

fn borrowed_items<'a>(argument: &'a Argument) -> Vec<Cow<'a, Value>> {
    argument.array().iter().map(Cow::Borrowed).collect()
}

/// What the expression of the second argument finds in each item of the first, which has to be of one
/// of the types.
fn sort_keys<'a>(
    evaluator: &'a dyn Evaluate,
    arguments: &'a [Argument],
    function: &str,
    types: &[&str],
) -> Result<Vec<Cow<'a, Value>>, QueryError> {
    let node = arguments[1].expression();
    let keys = arguments[0].array().iter().map(|item| {
        let key = evaluator.evaluate(node, item)?;
        let received = type_name(&key);
        if types.contains(&received) {
            Ok(key)
        } else {
            Err(wrong_type(function, &key, received, types))
        }
    });
    keys.collect()
}

/// The first of the items that have the largest key (`Greater`) or the smallest (`Less`).
fn first_extreme(items: &[Value], keys: &[Cow<Value>], wanted: Ordering) -> FunctionResult {
    let operator = if wanted.is_gt() { ">" } else { "<" };
    let mut best = 0;
    for (i, key) in keys.iter().enumerate() {
        if compare(key, &keys[best], operator)? == wanted {
            best = i;
        }
    }
    Ok(items.get(best).cloned().unwrap_or_default())
}

/// The items in the order of their keys, which are either all numbers or all strings.
fn sorted(items: &[Value], keys: Vec<Cow<Value>>) -> Value {
    let mut pairs: Vec<_> = keys.into_iter().zip(items).collect();
    pairs.sort_by(|(a, _), (b, _)| compare(a, b, "<").unwrap_or(Ordering::Equal));
    pairs.into_iter().map(|(_, item)| item.clone()).collect()
}
