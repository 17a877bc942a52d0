//! Numbers as Python has them: integers and floats, which can be compared with each other.

use std::cmp::Ordering;
use std::ops::Add;

use serde_json::{Number, Value};

use super::super::python;
use super::error::QueryError;

/// A number. Numbers in JSON have at most 64 bits; an intermediate sum can have more.
#[derive(Clone, Copy, Debug)]
pub(super) enum PythonNumber {
    Int(i128),
    Float(f64),
}

impl PythonNumber {
    /// The number as a float, which is rounded if it is large.
    #[expect(clippy::cast_precision_loss, reason = "as Python's float() does it")]
    pub fn as_float(self) -> f64 {
        match self {
            Self::Int(int) => int as f64,
            Self::Float(float) => float,
        }
    }

    /// The JSON value; null if JSON cannot hold the number.
    pub fn into_value(self) -> Value {
        let int = match self {
            Self::Int(int) => Number::from_i128(int),
            Self::Float(_) => None,
        };
        int.or_else(|| Number::from_f64(self.as_float()))
            .map_or(Value::Null, Value::Number)
    }

    /// The integer that is the result of rounding a float.
    #[expect(clippy::cast_possible_truncation, reason = "the range is checked")]
    pub fn from_rounded(float: f64) -> Self {
        const LIMIT: f64 = 1e38;
        if float.abs() < LIMIT {
            Self::Int(float as i128)
        } else {
            Self::Float(float)
        }
    }

    /// How this number compares to the other.
    pub fn compare(self, other: Self) -> Ordering {
        if let (Self::Int(a), Self::Int(b)) = (self, other) {
            return a.cmp(&b);
        }
        let order = self.as_float().partial_cmp(&other.as_float());
        order.unwrap_or(Ordering::Equal) // JSON has no NaN
    }

    /// Parses text as Python's `int()` and `float()` do: underscores between digits and surrounding
    /// blanks are allowed.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let is_digit = |c: Option<u8>| c.is_some_and(|c| c.is_ascii_digit());
        let bytes = text.as_bytes();
        let is_misplaced = |i: usize| {
            bytes[i] == b'_'
                && !(is_digit(i.checked_sub(1).map(|i| bytes[i]))
                    && is_digit(bytes.get(i + 1).copied()))
        };
        if (0..bytes.len()).any(is_misplaced) {
            return None;
        }
        let text = text.replace('_', "");
        text.parse().map(Self::Int).ok().or_else(|| {
            let float: f64 = text.parse().ok()?;
            Some(Self::Float(float))
        })
    }
}

impl From<&Number> for PythonNumber {
    fn from(number: &Number) -> Self {
        match number.as_i128() {
            Some(int) => Self::Int(int),
            None => Self::Float(number.as_f64().unwrap_or(f64::NAN)),
        }
    }
}

impl Add for PythonNumber {
    type Output = Self;

    /// The sum, which is a float if either number is.
    fn add(self, other: Self) -> Self {
        match (self, other) {
            (Self::Int(a), Self::Int(b)) => a.checked_add(b).map_or_else(
                || Self::Float(self.as_float() + other.as_float()),
                Self::Int,
            ),
            _ => Self::Float(self.as_float() + other.as_float()),
        }
    }
}

/// Python's `==`, for which true equals 1, and an integer can equal a float.
pub(super) fn is_equal(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Array(a), Value::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| is_equal(a, b))
        }
        (Value::Object(a), Value::Object(b)) => {
            let has_equal = |(name, a)| b.get(name).is_some_and(|b| is_equal(a, b));
            a.len() == b.len() && a.iter().all(has_equal)
        }
        (Value::String(a), Value::String(b)) => a == b,
        (Value::Null, Value::Null) => true,
        _ => match (as_number(a), as_number(b)) {
            (Some(a), Some(b)) => a.compare(b).is_eq(),
            _ => false,
        },
    }
}

/// Compares two numbers or two strings. Any other pair of values is an error, whose message names
/// `operator`.
pub(super) fn compare(a: &Value, b: &Value, operator: &str) -> Result<Ordering, QueryError> {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => {
            Ok(PythonNumber::from(a).compare(PythonNumber::from(b)))
        }
        (Value::String(a), Value::String(b)) => Ok(a.cmp(b)),
        _ => Err(QueryError::Evaluation(format!(
            "'{operator}' not supported between instances of '{}' and '{}'",
            python::type_name(a),
            python::type_name(b)
        ))),
    }
}

fn as_number(value: &Value) -> Option<PythonNumber> {
    match value {
        Value::Bool(value) => Some(PythonNumber::Int((*value).into())),
        Value::Number(number) => Some(PythonNumber::from(number)),
        Value::Null | Value::String(_) | Value::Array(_) | Value::Object(_) => None,
    }
}
