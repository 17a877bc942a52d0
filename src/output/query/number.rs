//! Numbers as Python has them: whole ones and floats, compared with each other.

use std::cmp::Ordering;

use serde_json::{Number, Value};

use super::super::python;
use super::QueryError;

/// A number of a value, which has at most 64 bits, or of a sum on the way.
#[derive(Clone, Copy, Debug)]
pub(super) enum Num {
    Int(i128),
    Float(f64),
}

impl Num {
    /// The number of a value.
    pub fn of(number: &Number) -> Self {
        match number.as_i128() {
            Some(int) => Self::Int(int),
            None => Self::Float(number.as_f64().unwrap_or(f64::NAN)),
        }
    }

    /// The number as a float, which may be a little off for large ones.
    #[expect(clippy::cast_precision_loss, reason = "as Python's float() does it")]
    pub fn as_float(self) -> f64 {
        match self {
            Self::Int(int) => int as f64,
            Self::Float(float) => float,
        }
    }

    /// The value, null if it is no number that JSON could hold.
    pub fn into_value(self) -> Value {
        let int = match self {
            Self::Int(int) => Number::from_i128(int),
            Self::Float(_) => None,
        };
        int.or_else(|| Number::from_f64(self.as_float()))
            .map_or(Value::Null, Value::Number)
    }

    /// The whole number that rounding a float gave.
    #[expect(clippy::cast_possible_truncation, reason = "checked to be in range")]
    pub fn whole(float: f64) -> Self {
        const LIMIT: f64 = 1e38;
        if float.abs() < LIMIT {
            Self::Int(float as i128)
        } else {
            Self::Float(float)
        }
    }

    /// The sum, a float if either is.
    pub fn plus(self, other: Self) -> Self {
        match (self, other) {
            (Self::Int(a), Self::Int(b)) => a.checked_add(b).map_or_else(
                || Self::Float(self.as_float() + other.as_float()),
                Self::Int,
            ),
            _ => Self::Float(self.as_float() + other.as_float()),
        }
    }

    /// Which is larger.
    pub fn order(self, other: Self) -> Ordering {
        if let (Self::Int(a), Self::Int(b)) = (self, other) {
            return a.cmp(&b);
        }
        let order = self.as_float().partial_cmp(&other.as_float());
        order.unwrap_or(Ordering::Equal) // JSON has no NaN
    }

    /// Reads text as Python's `int()` and `float()` do: with underscores between digits, and blanks
    /// around.
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

/// Python's `==`, for which true is one and a whole number may equal a float.
pub(super) fn is_same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Array(a), Value::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| is_same(a, b))
        }
        (Value::Object(a), Value::Object(b)) => {
            let has_same = |(name, a)| b.get(name).is_some_and(|b| is_same(a, b));
            a.len() == b.len() && a.iter().all(has_same)
        }
        (Value::String(a), Value::String(b)) => a == b,
        (Value::Null, Value::Null) => true,
        _ => match (as_number(a), as_number(b)) {
            (Some(a), Some(b)) => a.order(b).is_eq(),
            _ => false,
        },
    }
}

/// The order of two numbers or of two strings. `sign` is the operator that asks for it.
pub(super) fn order(a: &Value, b: &Value, sign: &str) -> Result<Ordering, QueryError> {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => Ok(Num::of(a).order(Num::of(b))),
        (Value::String(a), Value::String(b)) => Ok(a.cmp(b)),
        _ => Err(QueryError::Evaluation(format!(
            "'{sign}' not supported between instances of '{}' and '{}'",
            python::type_name(a),
            python::type_name(b)
        ))),
    }
}

fn as_number(value: &Value) -> Option<Num> {
    match value {
        Value::Bool(value) => Some(Num::Int((*value).into())),
        Value::Number(number) => Some(Num::of(number)),
        Value::Null | Value::String(_) | Value::Array(_) | Value::Object(_) => None,
    }
}
