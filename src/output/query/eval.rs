//! Evaluates the syntax tree of a query on a JSON value, as `jmespath.py` does. What a query finds is
//! borrowed from the value as far as possible.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::collections::HashMap;

use jmespath::ast::{Ast, Comparator};
use serde_json::{Map, Value};

use super::super::python;
use super::argument::{Argument, Evaluate};
use super::error::QueryError;
use super::function::Function;
use super::number;

static NULL: Value = Value::Null;

/// What a query finds in a value.
type FoundValue<'a> = Cow<'a, Value>;

/// Evaluates nodes of one query's syntax tree.
pub(super) struct Evaluator<'q> {
    /// The values of the literals, by their positions; see
    /// [`ScannedExpression`](super::scan::ScannedExpression).
    pub literals: &'q HashMap<usize, Value>,
}

impl Evaluate for Evaluator<'_> {
    fn evaluate<'a>(
        &'a self,
        node: &'a Ast,
        value: &'a Value,
    ) -> Result<FoundValue<'a>, QueryError> {
        match node {
            Ast::Identity { .. } => Ok(Cow::Borrowed(value)),
            Ast::Field { name, .. } => Ok(or_null(value.get(name))),
            Ast::Index { idx, .. } => Ok(or_null(item_at(value, *idx))),
            Ast::Literal { offset, .. } => Ok(or_null(self.literals.get(offset))),
            Ast::Subexpr { lhs, rhs, .. } => self.evaluate_on(rhs, self.evaluate(lhs, value)?),
            Ast::Or { lhs, rhs, .. } => match self.evaluate(lhs, value)? {
                found if is_true(&found) => Ok(found),
                _ => self.evaluate(rhs, value),
            },
            Ast::And { lhs, rhs, .. } => match self.evaluate(lhs, value)? {
                found if is_true(&found) => self.evaluate(rhs, value),
                found => Ok(found),
            },
            Ast::Condition {
                predicate, then, ..
            } => match self.evaluate(predicate, value)? {
                found if is_true(&found) => self.evaluate(then, value),
                _ => Ok(or_null(None)),
            },
            Ast::Not { node, .. } => self.negate(node, value),
            Ast::Comparison {
                comparator,
                lhs,
                rhs,
                ..
            } => {
                let (left, right) = (self.evaluate(lhs, value)?, self.evaluate(rhs, value)?);
                compare(comparator, &left, &right)
            }
            Ast::Projection { lhs, rhs, .. } => self.project(lhs, rhs, value),
            Ast::Flatten { .. } | Ast::ObjectValues { .. } | Ast::Slice { .. } => {
                let items = self.projected_items(node, value)?;
                let list =
                    |items: Vec<FoundValue>| items.into_iter().map(Cow::into_owned).collect();
                Ok(Cow::Owned(items.map_or(Value::Null, list)))
            }
            Ast::MultiList { elements, .. } => self.build_list(elements, value),
            Ast::MultiHash { elements, .. } => {
                let members = elements.iter().map(|member| (&member.key, &member.value));
                self.build_map(members, value)
            }
            Ast::Function { name, args, .. } => self.call(name, args, value),
            Ast::Expref { .. } => Err(QueryError::misplaced_expression()),
        }
    }
}

impl Evaluator<'_> {
    /// Evaluates a node on what another node found.
    fn evaluate_on<'a>(
        &'a self,
        node: &'a Ast,
        found: FoundValue<'a>,
    ) -> Result<FoundValue<'a>, QueryError> {
        match found {
            Cow::Borrowed(value) => self.evaluate(node, value),
            Cow::Owned(value) if matches!(node, Ast::Identity { .. }) => Ok(Cow::Owned(value)),
            Cow::Owned(value) => Ok(Cow::Owned(self.evaluate(node, &value)?.into_owned())),
        }
    }

    /// Evaluates `node` on each of the items that the node `items` finds, and leaves out nulls.
    fn project<'a>(
        &'a self,
        items: &'a Ast,
        node: &'a Ast,
        value: &'a Value,
    ) -> Result<FoundValue<'a>, QueryError> {
        let Some(items) = self.projected_items(items, value)? else {
            return Ok(or_null(None));
        };
        let mut list = Vec::with_capacity(items.len());
        for item in items {
            let found = self.evaluate_on(node, item)?;
            if !found.is_null() {
                list.push(found.into_owned());
            }
        }
        Ok(Cow::Owned(Value::Array(list)))
    }

    /// The items that a projection iterates over; `None` if the node finds no list and, for `*`, no
    /// map.
    fn projected_items<'a>(
        &'a self,
        node: &'a Ast,
        value: &'a Value,
    ) -> Result<Option<Vec<FoundValue<'a>>>, QueryError> {
        Ok(match node {
            Ast::Flatten { node, .. } => into_items(self.evaluate(node, value)?).map(flatten),
            Ast::ObjectValues { node, .. } => match self.evaluate(node, value)? {
                Cow::Borrowed(Value::Object(members)) => {
                    Some(members.values().map(Cow::Borrowed).collect())
                }
                Cow::Owned(Value::Object(members)) => {
                    Some(members.into_iter().map(|(_, v)| Cow::Owned(v)).collect())
                }
                _ => None,
            },
            Ast::Slice {
                start, stop, step, ..
            } => match value {
                Value::Array(items) => Some(slice(items, *start, *stop, *step)?),
                _ => None,
            },
            _ => into_items(self.evaluate(node, value)?),
        })
    }

    fn negate<'a>(&self, node: &Ast, value: &Value) -> Result<FoundValue<'a>, QueryError> {
        let found = self.evaluate(node, value)?;
        // In Python zero is false; in JMESPath no number is.
        let is_false = !found.is_number() && !python::bool(&found);
        Ok(Cow::Owned(Value::Bool(is_false)))
    }

    /// Evaluates `[a, b]`.
    fn build_list<'a>(&self, nodes: &[Ast], value: &Value) -> Result<FoundValue<'a>, QueryError> {
        if value.is_null() {
            return Ok(or_null(None));
        }
        let items = nodes
            .iter()
            .map(|node| Ok(self.evaluate(node, value)?.into_owned()));
        Ok(Cow::Owned(items.collect::<Result<_, QueryError>>()?))
    }

    /// Evaluates `{name: a, other: b}`.
    fn build_map<'a, 'b>(
        &self,
        members: impl Iterator<Item = (&'b String, &'b Ast)>,
        value: &Value,
    ) -> Result<FoundValue<'a>, QueryError> {
        if value.is_null() {
            return Ok(or_null(None));
        }
        let mut map = Map::new();
        for (name, node) in members {
            map.insert(name.clone(), self.evaluate(node, value)?.into_owned());
        }
        Ok(Cow::Owned(Value::Object(map)))
    }

    fn call<'a>(
        &self,
        name: &str,
        nodes: &[Ast],
        value: &Value,
    ) -> Result<FoundValue<'a>, QueryError> {
        let arguments = nodes.iter().map(|node| match node {
            Ast::Expref { ast, .. } => Ok(Argument::Expression(ast)),
            node => self.evaluate(node, value).map(Argument::Value),
        });
        let arguments = arguments.collect::<Result<Vec<_>, _>>()?;
        Function::find(name)?.call(self, &arguments).map(Cow::Owned)
    }
}

fn or_null(found: Option<&Value>) -> FoundValue<'_> {
    Cow::Borrowed(found.unwrap_or(&NULL))
}

/// Whether `JMESPath` treats the value as true, which it does for every number.
fn is_true(value: &Value) -> bool {
    value.is_number() || python::bool(value)
}

/// The items of a list; `None` for any other value.
fn into_items(found: FoundValue<'_>) -> Option<Vec<FoundValue<'_>>> {
    match found {
        Cow::Borrowed(Value::Array(items)) => Some(items.iter().map(Cow::Borrowed).collect()),
        Cow::Owned(Value::Array(items)) => Some(items.into_iter().map(Cow::Owned).collect()),
        _ => None,
    }
}

/// Replaces each item that is a list by the items of that list.
fn flatten(items: Vec<FoundValue<'_>>) -> Vec<FoundValue<'_>> {
    let mut flat = Vec::with_capacity(items.len());
    for item in items {
        match item {
            Cow::Borrowed(Value::Array(items)) => flat.extend(items.iter().map(Cow::Borrowed)),
            Cow::Owned(Value::Array(items)) => flat.extend(items.into_iter().map(Cow::Owned)),
            other => flat.push(other),
        }
    }
    flat
}

/// The item at an index, which counts from the end if it is negative.
fn item_at(value: &Value, index: i32) -> Option<&Value> {
    let items = value.as_array()?;
    let distance = usize::try_from(index.unsigned_abs()).ok()?;
    if index < 0 {
        items.get(items.len().checked_sub(distance)?)
    } else {
        items.get(distance)
    }
}

/// The items of a slice, by Python's rules.
fn slice(
    items: &[Value],
    start: Option<i32>,
    end: Option<i32>,
    step: i32,
) -> Result<Vec<FoundValue<'_>>, QueryError> {
    if step == 0 {
        let message = "slice step cannot be zero";
        return Err(QueryError::Evaluation(message.to_owned()));
    }
    let length = i64::try_from(items.len()).unwrap_or(i64::MAX);
    let (lowest, highest) = if step < 0 {
        (-1, length - 1)
    } else {
        (0, length)
    };
    let clamp = |index: i32| {
        let from_end = if index < 0 { length } else { 0 };
        (i64::from(index) + from_end).clamp(lowest, highest)
    };
    let (mut index, end) = if step < 0 {
        (start.map_or(highest, clamp), end.map_or(lowest, clamp))
    } else {
        (start.map_or(lowest, clamp), end.map_or(highest, clamp))
    };
    let mut found = Vec::new();
    while (step > 0 && index < end) || (step < 0 && index > end) {
        found.extend(usize::try_from(index).ok().and_then(|i| items.get(i)));
        index += i64::from(step);
    }
    Ok(found.into_iter().map(Cow::Borrowed).collect())
}

/// Compares two values. Only numbers and strings have an order.
fn compare<'a>(
    comparator: &Comparator,
    left: &Value,
    right: &Value,
) -> Result<FoundValue<'a>, QueryError> {
    let (operator, is_satisfied): (_, fn(Ordering) -> bool) = match comparator {
        Comparator::Equal => return Ok(Cow::Owned(Value::Bool(is_equal(left, right)))),
        Comparator::NotEqual => return Ok(Cow::Owned(Value::Bool(!is_equal(left, right)))),
        Comparator::LessThan => ("<", Ordering::is_lt),
        Comparator::LessThanEqual => ("<=", Ordering::is_le),
        Comparator::GreaterThan => (">", Ordering::is_gt),
        Comparator::GreaterThanEqual => (">=", Ordering::is_ge),
    };
    let has_order = |value: &Value| value.is_number() || value.is_string();
    if !has_order(left) || !has_order(right) {
        return Ok(or_null(None));
    }
    let order = number::compare(left, right, operator)?;
    Ok(Cow::Owned(Value::Bool(is_satisfied(order))))
}

/// `==`. In Python true equals 1. In `JMESPath` it does not, but `jmespath.py` compares lists and
/// maps as Python does, so inside them it does.
fn is_equal(left: &Value, right: &Value) -> bool {
    left.is_boolean() == right.is_boolean() && number::is_equal(left, right)
}
