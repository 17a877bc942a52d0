//! The table of `JMESPath` functions, with the arguments that they take. What they return
//! is in `builtins.rs`.

use std::iter;

use serde_json::Value;

use super::argument::{Argument, ArgumentType, Evaluate};
use super::builtins;
use super::error::QueryError;

/// A function.
pub(super) struct Function {
    name: &'static str,
    parameters: ParameterTypes,
    /// Whether any number of further arguments can follow, all of the last parameter's types.
    is_variadic: bool,
    implementation: Implementation,
}

/// For each parameter the types it can have; any type if there are none.
type ParameterTypes = &'static [&'static [ArgumentType]];

/// The Rust function to call. It is called with as many arguments as there are parameters, or more if
/// it is variadic, and with arguments of the declared types.
#[derive(Clone, Copy)]
enum Implementation {
    /// A function of its arguments that cannot fail.
    Infallible(fn(&[Argument]) -> Value),
    /// A function that can fail, because it evaluates expressions for example.
    Fallible(fn(&dyn Evaluate, &[Argument]) -> Result<Value, QueryError>),
}

use Implementation::{Fallible, Infallible};

const ANY: &[ArgumentType] = &[];
const ARRAY: &[ArgumentType] = &[ArgumentType::Array];
const ARRAY_OR_STRING: &[ArgumentType] = &[ArgumentType::Array, ArgumentType::String];
const STRING_ARRAY_OR_OBJECT: &[ArgumentType] = &[
    ArgumentType::String,
    ArgumentType::Array,
    ArgumentType::Object,
];
const EXPRESSION: &[ArgumentType] = &[ArgumentType::Expression];
const NUMBER: &[ArgumentType] = &[ArgumentType::Number];
const NUMBERS: &[ArgumentType] = &[ArgumentType::Numbers];
const NUMBERS_OR_STRINGS: &[ArgumentType] = &[ArgumentType::Numbers, ArgumentType::Strings];
const OBJECT: &[ArgumentType] = &[ArgumentType::Object];
const STRING: &[ArgumentType] = &[ArgumentType::String];
const STRINGS: &[ArgumentType] = &[ArgumentType::Strings];
const STRINGS_OR_NUMBERS: &[ArgumentType] = &[ArgumentType::Strings, ArgumentType::Numbers];

/// The functions, sorted by name.
const FUNCTIONS: &[Function] = &[
    fixed("abs", &[NUMBER], Infallible(builtins::abs)),
    fixed("avg", &[NUMBERS], Infallible(builtins::avg)),
    fixed("ceil", &[NUMBER], Infallible(builtins::ceil)),
    fixed(
        "contains",
        &[ARRAY_OR_STRING, ANY],
        Fallible(builtins::contains),
    ),
    fixed(
        "ends_with",
        &[STRING, STRING],
        Infallible(builtins::ends_with),
    ),
    fixed("floor", &[NUMBER], Infallible(builtins::floor)),
    fixed("join", &[STRING, STRINGS], Infallible(builtins::join)),
    fixed("keys", &[OBJECT], Infallible(builtins::keys)),
    fixed(
        "length",
        &[STRING_ARRAY_OR_OBJECT],
        Infallible(builtins::length),
    ),
    fixed("map", &[EXPRESSION, ARRAY], Fallible(builtins::map)),
    fixed("max", &[NUMBERS_OR_STRINGS], Fallible(builtins::max)),
    fixed("max_by", &[ARRAY, EXPRESSION], Fallible(builtins::max_by)),
    variadic("merge", &[OBJECT], Infallible(builtins::merge)),
    fixed("min", &[NUMBERS_OR_STRINGS], Fallible(builtins::min)),
    fixed("min_by", &[ARRAY, EXPRESSION], Fallible(builtins::min_by)),
    variadic("not_null", &[ANY], Infallible(builtins::not_null)),
    fixed("reverse", &[ARRAY_OR_STRING], Infallible(builtins::reverse)),
    fixed("sort", &[STRINGS_OR_NUMBERS], Infallible(builtins::sort)),
    fixed("sort_by", &[ARRAY, EXPRESSION], Fallible(builtins::sort_by)),
    fixed(
        "starts_with",
        &[STRING, STRING],
        Infallible(builtins::starts_with),
    ),
    fixed("sum", &[NUMBERS], Infallible(builtins::sum)),
    fixed("to_array", &[ANY], Infallible(builtins::to_array)),
    fixed("to_number", &[ANY], Infallible(builtins::to_number)),
    fixed("to_string", &[ANY], Infallible(builtins::to_string)),
    fixed("type", &[ANY], Infallible(builtins::r#type)),
    fixed("values", &[OBJECT], Infallible(builtins::values)),
];

const fn fixed(
    name: &'static str,
    parameters: ParameterTypes,
    implementation: Implementation,
) -> Function {
    Function {
        name,
        parameters,
        is_variadic: false,
        implementation,
    }
}

const fn variadic(
    name: &'static str,
    parameters: ParameterTypes,
    implementation: Implementation,
) -> Function {
    Function {
        is_variadic: true,
        ..fixed(name, parameters, implementation)
    }
}

impl Function {
    /// The function of that name.
    pub fn find(name: &str) -> Result<&'static Self, QueryError> {
        let found = FUNCTIONS.binary_search_by(|function| function.name.cmp(name));
        found
            .map(|i| &FUNCTIONS[i])
            .map_err(|_| QueryError::Function(format!("Unknown function: {name}()")))
    }

    /// Checks that the function takes that number of arguments.
    pub fn check_argument_count(&self, count: usize) -> Result<(), QueryError> {
        let expected = self.parameters.len();
        if count == expected || (self.is_variadic && count > expected) {
            return Ok(());
        }
        let at_least = if self.is_variadic { "at least " } else { "" };
        let plural = if expected == 1 { "" } else { "s" };
        Err(QueryError::Function(format!(
            "Expected {at_least}{expected} argument{plural} for function {}(), received {count}",
            self.name
        )))
    }

    /// Checks the types of the arguments, and calls the function.
    pub fn call(
        &self,
        evaluator: &dyn Evaluate,
        arguments: &[Argument],
    ) -> Result<Value, QueryError> {
        let last = self.parameters.last().copied().unwrap_or(ANY);
        let parameters = self.parameters.iter().copied().chain(iter::repeat(last));
        for (argument, allowed) in arguments.iter().zip(parameters) {
            argument.check_type(self.name, allowed)?;
        }
        match self.implementation {
            Infallible(call) => Ok(call(arguments)),
            Fallible(call) => call(evaluator, arguments),
        }
    }
}
