//! The arguments of `JMESPath` functions: their types, type checks, and access to the values.

use std::borrow::Cow;

use jmespath::ast::Ast;
use serde_json::{Map, Number, Value};

use super::super::python;
use super::error::QueryError;

/// An argument of a function call.
pub(super) enum Argument<'a> {
    /// The value of an expression.
    Value(Cow<'a, Value>),
    /// `&expression`, which the function itself evaluates.
    Expression(&'a Ast),
}

/// Evaluates the expressions that are arguments of functions.
pub(super) trait Evaluate {
    /// What the expression finds in the value.
    fn evaluate<'a>(
        &'a self,
        expression: &'a Ast,
        value: &'a Value,
    ) -> Result<Cow<'a, Value>, QueryError>;
}

/// A type that a parameter of a function can have.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum ArgumentType {
    Array,
    Expression,
    Number,
    /// An array of numbers.
    Numbers,
    Object,
    String,
    /// An array of strings.
    Strings,
}

impl ArgumentType {
    fn name(self) -> &'static str {
        match self {
            Self::Array => "array",
            Self::Expression => "expref",
            Self::Number => "number",
            Self::Numbers => "array-number",
            Self::Object => "object",
            Self::String => "string",
            Self::Strings => "array-string",
        }
    }

    /// Whether the value is of this type, regardless of the items of a list.
    fn matches(self, value: &Value) -> bool {
        match self {
            Self::Array | Self::Numbers | Self::Strings => value.is_array(),
            Self::Expression => false,
            Self::Number => value.is_number(),
            Self::Object => value.is_object(),
            Self::String => value.is_string(),
        }
    }

    /// Whether a list of this type can have such an item.
    fn allows_item(self, item: &Value) -> bool {
        match self {
            Self::Numbers => item.is_number(),
            Self::Strings => item.is_string(),
            Self::Array | Self::Expression | Self::Number | Self::Object | Self::String => true,
        }
    }
}

/// Why reading an argument as the type of the function's parameter cannot fail.
const TYPE_IS_CHECKED: &str = "the types are checked before the call";

impl Argument<'_> {
    /// The value; null for `&expression`.
    pub fn value(&self) -> &Value {
        match self {
            Self::Value(value) => value,
            Self::Expression(_) => &Value::Null,
        }
    }

    pub fn number(&self) -> &Number {
        self.value().as_number().expect(TYPE_IS_CHECKED)
    }

    pub fn string(&self) -> &str {
        self.value().as_str().expect(TYPE_IS_CHECKED)
    }

    pub fn array(&self) -> &[Value] {
        self.value().as_array().expect(TYPE_IS_CHECKED)
    }

    pub fn object(&self) -> &Map<String, Value> {
        self.value().as_object().expect(TYPE_IS_CHECKED)
    }

    pub fn expression(&self) -> &Ast {
        match self {
            Self::Expression(ast) => Some(*ast),
            Self::Value(_) => None,
        }
        .expect(TYPE_IS_CHECKED)
    }

    /// Checks that the argument is of one of the allowed types. If `allowed` is empty, any type is.
    pub fn check_type(&self, function: &str, allowed: &[ArgumentType]) -> Result<(), QueryError> {
        let wrong = |value: &Value, received| {
            let names: Vec<_> = allowed.iter().map(|allowed| allowed.name()).collect();
            Err(wrong_type(function, value, received, &names))
        };
        let value = match self {
            Self::Expression(_) if allowed == [ArgumentType::Expression] => return Ok(()),
            Self::Expression(_) => return wrong(&Value::from("&…"), "expref"),
            Self::Value(_) if allowed.is_empty() => return Ok(()),
            Self::Value(value) => value,
        };
        if !allowed.iter().any(|allowed| allowed.matches(value)) {
            return wrong(value, type_name(value));
        }
        let Some([first, rest @ ..]) = value.as_array().map(Vec::as_slice) else {
            return Ok(());
        };
        // The first item decides between a list of numbers and a list of strings.
        let Some(list) = allowed.iter().find(|allowed| allowed.allows_item(first)) else {
            return wrong(first, python::type_name(first));
        };
        match rest.iter().find(|item| !list.allows_item(item)) {
            Some(item) => wrong(item, python::type_name(item)),
            None => Ok(()),
        }
    }
}

/// The error for a value that is not of a type the function takes.
pub(super) fn wrong_type(
    function: &str,
    value: &Value,
    received: &str,
    expected: &[&str],
) -> QueryError {
    let value = python::str(value);
    let expected: Value = expected.iter().copied().collect();
    QueryError::Evaluation(format!(
        "In function {function}(), invalid type for value: {value}, expected one of: {}, \
         received: \"{received}\"",
        python::str(&expected),
    ))
}

/// What `JMESPath` calls the type of a value.
pub(super) fn type_name(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}
