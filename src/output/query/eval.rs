//! Evaluates the tree of a query over JSON, as `jmespath.py` does. What is only looked at is
//! borrowed from the value searched.

use std::borrow::Cow;

use jmespath::ast::{Ast, Comparator};
use serde_json::{Map, Value};

use super::super::python;
use super::function::{self, Argument};
use super::number::{is_same, order};
use super::{Query, QueryError};

static NULL: Value = Value::Null;

/// What is found in a value.
type Found<'a> = Cow<'a, Value>;

impl Query {
    /// Evaluates a node of the tree.
    pub(super) fn eval<'a>(
        &'a self,
        node: &'a Ast,
        value: &'a Value,
    ) -> Result<Found<'a>, QueryError> {
        match node {
            Ast::Identity { .. } => Ok(Cow::Borrowed(value)),
            Ast::Field { name, .. } => Ok(or_null(value.get(name))),
            Ast::Index { idx, .. } => Ok(or_null(at(value, *idx))),
            Ast::Literal { offset, .. } => Ok(or_null(self.literals.get(offset))),
            Ast::Subexpr { lhs, rhs, .. } => self.apply(rhs, self.eval(lhs, value)?),
            Ast::Or { lhs, rhs, .. } => match self.eval(lhs, value)? {
                found if is_true(&found) => Ok(found),
                _ => self.eval(rhs, value),
            },
            Ast::And { lhs, rhs, .. } => match self.eval(lhs, value)? {
                found if is_true(&found) => self.eval(rhs, value),
                found => Ok(found),
            },
            Ast::Condition {
                predicate, then, ..
            } => match self.eval(predicate, value)? {
                found if is_true(&found) => self.eval(then, value),
                _ => Ok(or_null(None)),
            },
            Ast::Not { node, .. } => self.not(node, value),
            Ast::Comparison {
                comparator,
                lhs,
                rhs,
                ..
            } => {
                let (left, right) = (self.eval(lhs, value)?, self.eval(rhs, value)?);
                compare(comparator, &left, &right)
            }
            Ast::Projection { lhs, rhs, .. } => self.project(lhs, rhs, value),
            Ast::Flatten { .. } | Ast::ObjectValues { .. } | Ast::Slice { .. } => {
                let items = self.items(node, value)?;
                let list = |items: Vec<Found>| items.into_iter().map(Cow::into_owned).collect();
                Ok(Cow::Owned(items.map_or(Value::Null, list)))
            }
            Ast::MultiList { elements, .. } => self.list(elements, value),
            Ast::MultiHash { elements, .. } => {
                let members = elements.iter().map(|member| (&member.key, &member.value));
                self.map(members, value)
            }
            Ast::Function { name, args, .. } => self.call(name, args, value),
            Ast::Expref { .. } => Err(QueryError::stray_expression()),
        }
    }

    /// Evaluates a node over what another found.
    fn apply<'a>(&'a self, node: &'a Ast, found: Found<'a>) -> Result<Found<'a>, QueryError> {
        match found {
            Cow::Borrowed(value) => self.eval(node, value),
            Cow::Owned(value) if matches!(node, Ast::Identity { .. }) => Ok(Cow::Owned(value)),
            Cow::Owned(value) => Ok(Cow::Owned(self.eval(node, &value)?.into_owned())),
        }
    }

    /// What a node finds in each of the items that another finds, but for nulls.
    fn project<'a>(
        &'a self,
        items: &'a Ast,
        node: &'a Ast,
        value: &'a Value,
    ) -> Result<Found<'a>, QueryError> {
        let Some(items) = self.items(items, value)? else {
            return Ok(or_null(None));
        };
        let mut list = Vec::with_capacity(items.len());
        for item in items {
            let found = self.apply(node, item)?;
            if !found.is_null() {
                list.push(found.into_owned());
            }
        }
        Ok(Cow::Owned(Value::Array(list)))
    }

    /// What a projection goes through, if it is a list or, for `*`, a map.
    fn items<'a>(
        &'a self,
        node: &'a Ast,
        value: &'a Value,
    ) -> Result<Option<Vec<Found<'a>>>, QueryError> {
        Ok(match node {
            Ast::Flatten { node, .. } => into_items(self.eval(node, value)?).map(flatten),
            Ast::ObjectValues { node, .. } => match self.eval(node, value)? {
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
            _ => into_items(self.eval(node, value)?),
        })
    }

    fn not<'a>(&self, node: &Ast, value: &Value) -> Result<Found<'a>, QueryError> {
        let found = self.eval(node, value)?;
        // To Python zero is false, to JMESPath no number is.
        let is_false = !found.is_number() && !python::is_true(&found);
        Ok(Cow::Owned(Value::Bool(is_false)))
    }

    fn list<'a>(&self, nodes: &[Ast], value: &Value) -> Result<Found<'a>, QueryError> {
        if value.is_null() {
            return Ok(or_null(None));
        }
        let items = nodes
            .iter()
            .map(|node| Ok(self.eval(node, value)?.into_owned()));
        Ok(Cow::Owned(items.collect::<Result<_, QueryError>>()?))
    }

    fn map<'a, 'b>(
        &self,
        members: impl Iterator<Item = (&'b String, &'b Ast)>,
        value: &Value,
    ) -> Result<Found<'a>, QueryError> {
        if value.is_null() {
            return Ok(or_null(None));
        }
        let mut map = Map::new();
        for (name, node) in members {
            map.insert(name.clone(), self.eval(node, value)?.into_owned());
        }
        Ok(Cow::Owned(Value::Object(map)))
    }

    fn call<'a>(&self, name: &str, nodes: &[Ast], value: &Value) -> Result<Found<'a>, QueryError> {
        let arguments = nodes.iter().map(|node| match node {
            Ast::Expref { ast, .. } => Ok(Argument::Expression(ast)),
            node => self.eval(node, value).map(Argument::Value),
        });
        let arguments = arguments.collect::<Result<Vec<_>, _>>()?;
        function::find(name)?.call(self, &arguments).map(Cow::Owned)
    }
}

fn or_null(found: Option<&Value>) -> Found<'_> {
    Cow::Borrowed(found.unwrap_or(&NULL))
}

/// What `JMESPath` takes for true, which is every number.
fn is_true(value: &Value) -> bool {
    value.is_number() || python::is_true(value)
}

fn into_items(found: Found<'_>) -> Option<Vec<Found<'_>>> {
    match found {
        Cow::Borrowed(Value::Array(items)) => Some(items.iter().map(Cow::Borrowed).collect()),
        Cow::Owned(Value::Array(items)) => Some(items.into_iter().map(Cow::Owned).collect()),
        _ => None,
    }
}

/// The items of lists in place of the lists.
fn flatten(items: Vec<Found<'_>>) -> Vec<Found<'_>> {
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

/// The item at an index, counted from the end if that is negative.
fn at(value: &Value, index: i32) -> Option<&Value> {
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
) -> Result<Vec<Found<'_>>, QueryError> {
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
    let clamped = |index: i32| {
        let from_end = if index < 0 { length } else { 0 };
        (i64::from(index) + from_end).clamp(lowest, highest)
    };
    let (mut index, end) = if step < 0 {
        (start.map_or(highest, clamped), end.map_or(lowest, clamped))
    } else {
        (start.map_or(lowest, clamped), end.map_or(highest, clamped))
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
) -> Result<Found<'a>, QueryError> {
    let (sign, fits): (_, fn(std::cmp::Ordering) -> bool) = match comparator {
        Comparator::Equal => return Ok(Cow::Owned(Value::Bool(is_equal(left, right)))),
        Comparator::NotEqual => return Ok(Cow::Owned(Value::Bool(!is_equal(left, right)))),
        Comparator::LessThan => ("<", std::cmp::Ordering::is_lt),
        Comparator::LessThanEqual => ("<=", std::cmp::Ordering::is_le),
        Comparator::GreaterThan => (">", std::cmp::Ordering::is_gt),
        Comparator::GreaterThanEqual => (">=", std::cmp::Ordering::is_ge),
    };
    let has_order = |value: &Value| value.is_number() || value.is_string();
    if !has_order(left) || !has_order(right) {
        return Ok(or_null(None));
    }
    let order = order(left, right, sign)?;
    Ok(Cow::Owned(Value::Bool(fits(order))))
}

/// `==`: to Python true is one, to `JMESPath` only below the surface.
fn is_equal(left: &Value, right: &Value) -> bool {
    left.is_boolean() == right.is_boolean() && is_same(left, right)
}
