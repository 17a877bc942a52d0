//! The functions of `JMESPath`: which there are, and what they take.

use std::borrow::Cow;

use jmespath::ast::Ast;
use serde_json::{Map, Number, Value};

use super::super::python;
use super::{Query, QueryError, builtin};

/// A function.
pub(super) struct Function {
    name: &'static str,
    /// The types each parameter takes, all if there is none.
    parameters: &'static [&'static [Type]],
    /// Whether the last parameter takes any number of further arguments.
    is_variadic: bool,
    call: Call,
}

/// What a function does. The types of its arguments have been checked.
#[derive(Clone, Copy)]
enum Call {
    Plain(fn(&[Argument]) -> Value),
    Fallible(fn(&Query, &[Argument]) -> Result<Value, QueryError>),
}

use Call::{Fallible, Plain};

/// An argument of a call.
pub(super) enum Argument<'a> {
    Value(Cow<'a, Value>),
    /// `&expression`, for the function to evaluate.
    Expression(&'a Ast),
}

/// What an argument may be.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Type {
    Array,
    Expression,
    Number,
    Numbers,
    Object,
    String,
    Strings,
}

const ANY: &[Type] = &[];
const ARRAY: &[Type] = &[Type::Array];
const ARRAY_OR_STRING: &[Type] = &[Type::Array, Type::String];
const COUNTABLE: &[Type] = &[Type::String, Type::Array, Type::Object];
const EXPRESSION: &[Type] = &[Type::Expression];
const NUMBER: &[Type] = &[Type::Number];
const NUMBERS: &[Type] = &[Type::Numbers];
const NUMBERS_OR_STRINGS: &[Type] = &[Type::Numbers, Type::Strings];
const OBJECT: &[Type] = &[Type::Object];
const STRING: &[Type] = &[Type::String];
const STRINGS: &[Type] = &[Type::Strings];
const STRINGS_OR_NUMBERS: &[Type] = &[Type::Strings, Type::Numbers];

/// The functions, sorted by name.
const FUNCTIONS: &[Function] = &[
    fixed("abs", &[NUMBER], Plain(builtin::abs)),
    fixed("avg", &[NUMBERS], Plain(builtin::avg)),
    fixed("ceil", &[NUMBER], Plain(builtin::ceil)),
    fixed(
        "contains",
        &[ARRAY_OR_STRING, ANY],
        Fallible(builtin::contains),
    ),
    fixed("ends_with", &[STRING, STRING], Plain(builtin::ends_with)),
    fixed("floor", &[NUMBER], Plain(builtin::floor)),
    fixed("join", &[STRING, STRINGS], Plain(builtin::join)),
    fixed("keys", &[OBJECT], Plain(builtin::keys)),
    fixed("length", &[COUNTABLE], Plain(builtin::length)),
    fixed("map", &[EXPRESSION, ARRAY], Fallible(builtin::map)),
    fixed("max", &[NUMBERS_OR_STRINGS], Fallible(builtin::max)),
    fixed("max_by", &[ARRAY, EXPRESSION], Fallible(builtin::max_by)),
    variadic("merge", &[OBJECT], Plain(builtin::merge)),
    fixed("min", &[NUMBERS_OR_STRINGS], Fallible(builtin::min)),
    fixed("min_by", &[ARRAY, EXPRESSION], Fallible(builtin::min_by)),
    variadic("not_null", &[ANY], Plain(builtin::not_null)),
    fixed("reverse", &[ARRAY_OR_STRING], Plain(builtin::reverse)),
    fixed("sort", &[STRINGS_OR_NUMBERS], Plain(builtin::sort)),
    fixed("sort_by", &[ARRAY, EXPRESSION], Fallible(builtin::sort_by)),
    fixed(
        "starts_with",
        &[STRING, STRING],
        Plain(builtin::starts_with),
    ),
    fixed("sum", &[NUMBERS], Plain(builtin::sum)),
    fixed("to_array", &[ANY], Plain(builtin::to_array)),
    fixed("to_number", &[ANY], Plain(builtin::to_number)),
    fixed("to_string", &[ANY], Plain(builtin::to_string)),
    fixed("type", &[ANY], Plain(builtin::r#type)),
    fixed("values", &[OBJECT], Plain(builtin::values)),
];

type Parameters = &'static [&'static [Type]];

const fn fixed(name: &'static str, parameters: Parameters, call: Call) -> Function {
    Function {
        name,
        parameters,
        is_variadic: false,
        call,
    }
}

const fn variadic(name: &'static str, parameters: Parameters, call: Call) -> Function {
    Function {
        is_variadic: true,
        ..fixed(name, parameters, call)
    }
}

/// The function of that name.
pub(super) fn find(name: &str) -> Result<&'static Function, QueryError> {
    let found = FUNCTIONS.binary_search_by(|function| function.name.cmp(name));
    found
        .map(|i| &FUNCTIONS[i])
        .map_err(|_| QueryError::Function(format!("Unknown function: {name}()")))
}

impl Function {
    /// Whether it can be called with so many arguments.
    pub fn check_count(&self, count: usize) -> Result<(), QueryError> {
        let wanted = self.parameters.len();
        if count == wanted || (self.is_variadic && count > wanted) {
            return Ok(());
        }
        let at_least = if self.is_variadic { "at least " } else { "" };
        let plural = if wanted == 1 { "" } else { "s" };
        Err(QueryError::Function(format!(
            "Expected {at_least}{wanted} argument{plural} for function {}(), received {count}",
            self.name
        )))
    }

    /// Calls it, after a look at the types of its arguments.
    pub fn call(&self, query: &Query, arguments: &[Argument]) -> Result<Value, QueryError> {
        let last = self.parameters.last().copied().unwrap_or(ANY);
        let parameters = self.parameters.iter().copied();
        let types = parameters.chain(std::iter::repeat(last));
        for (argument, types) in arguments.iter().zip(types) {
            argument.check(self.name, types)?;
        }
        match self.call {
            Plain(call) => Ok(call(arguments)),
            Fallible(call) => call(query, arguments),
        }
    }
}

impl Type {
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

    fn has(self, value: &Value) -> bool {
        match self {
            Self::Array | Self::Numbers | Self::Strings => value.is_array(),
            Self::Expression => false,
            Self::Number => value.is_number(),
            Self::Object => value.is_object(),
            Self::String => value.is_string(),
        }
    }

    /// Whether a list of this type may have such an item.
    fn has_item(self, item: &Value) -> bool {
        match self {
            Self::Numbers => item.is_number(),
            Self::Strings => item.is_string(),
            Self::Array | Self::Expression | Self::Number | Self::Object | Self::String => true,
        }
    }
}

const CHECKED: &str = "types are checked before the call";

impl Argument<'_> {
    pub fn value(&self) -> &Value {
        match self {
            Self::Value(value) => value,
            Self::Expression(_) => &Value::Null,
        }
    }

    pub fn number(&self) -> &Number {
        self.value().as_number().expect(CHECKED)
    }

    pub fn string(&self) -> &str {
        self.value().as_str().expect(CHECKED)
    }

    pub fn array(&self) -> &[Value] {
        self.value().as_array().expect(CHECKED)
    }

    pub fn object(&self) -> &Map<String, Value> {
        self.value().as_object().expect(CHECKED)
    }

    pub fn expression(&self) -> &Ast {
        match self {
            Self::Expression(ast) => Some(*ast),
            Self::Value(_) => None,
        }
        .expect(CHECKED)
    }

    fn check(&self, function: &str, allowed: &[Type]) -> Result<(), QueryError> {
        let wrong = |value: &Value, received| {
            let names: Vec<_> = allowed.iter().map(|allowed| allowed.name()).collect();
            Err(mistyped(function, value, received, &names))
        };
        let value = match self {
            Self::Expression(_) if allowed == EXPRESSION => return Ok(()),
            Self::Expression(_) => return wrong(&Value::from("&…"), "expref"),
            Self::Value(_) if allowed.is_empty() => return Ok(()),
            Self::Value(value) => value,
        };
        if !allowed.iter().any(|allowed| allowed.has(value)) {
            return wrong(value, type_name(value));
        }
        let Some([first, rest @ ..]) = value.as_array().map(Vec::as_slice) else {
            return Ok(());
        };
        // The first item decides between a list of numbers and a list of strings.
        let Some(list) = allowed.iter().find(|allowed| allowed.has_item(first)) else {
            return wrong(first, python::type_name(first));
        };
        match rest.iter().find(|item| !list.has_item(item)) {
            Some(item) => wrong(item, python::type_name(item)),
            None => Ok(()),
        }
    }
}

/// A value is not of a type that a function takes.
pub(super) fn mistyped(
    function: &str,
    value: &Value,
    received: &str,
    expected: &[&str],
) -> QueryError {
    let value = python::text(value);
    let expected: Value = expected.iter().copied().collect();
    QueryError::Evaluation(format!(
        "In function {function}(), invalid type for value: {value}, expected one of: {}, \
         received: \"{received}\"",
        python::text(&expected),
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
