//! `--query`: `JMESPath` as AWS CLI has it, which is `jmespath.py` 1.0.1.
//!
//! The crate `jmespath` reads the expression. Its own values would lose what AWS CLI shows: the
//! order of members, since its maps are sorted, and whole numbers, since its numbers are floats.
//! So its tree is evaluated here, over `serde_json::Value`, and literals are read here, too; that
//! also allows AWS CLI's old literals, strings without quotes between backticks.
//!
//! It differs from AWS CLI in expressions that few will write:
//! - A comma may not end the arguments of a function, and must stand between the members of
//!   `{a: b, c: d}`; a part of a slice is not given twice, as in `[0:1 2]`.
//! - Numbers in brackets have at most 31 bits, and none is `-0`; numbers in results have at most 64
//!   bits before they become floats, and are never infinite.
//! - A slice right after an index, as in `a[0][1:]`, is a projection, as after anything else.
//! - `!` denies all of `![*].{a: b}.c`, not only what precedes the last dot.
//! - Text has no surrogates, which JSON could spell out as `"\ud800"`.
//! - `merge()` takes nothing but maps.
//! - A function's name and its number of arguments are checked before the request, not when it is
//!   first called, and `&expression` is refused where it is no argument.
//!
//! The words of an error are AWS CLI's unless a comma is missing from a list, the error is inside a
//! slice, or what is called is no function's name: then the crate stops elsewhere.

mod builtin;
mod eval;
mod function;
mod number;
mod source;
mod syntax;
mod tree;

use std::collections::HashMap;

use jmespath::ast::Ast;
use serde_json::Value;

use self::source::Source;

/// A `JMESPath` expression.
#[derive(Debug)]
pub struct Query {
    tree: Ast,
    /// The literals, by where they start: in the tree they are blank.
    literals: HashMap<usize, Value>,
}

/// What is wrong with a query, in the words of AWS CLI.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum QueryError {
    /// It is no `JMESPath`. AWS CLI ends in exit code 252, its words preceded by `Bad value for
    /// --query …: `.
    #[error("{0}")]
    Syntax(String),
    /// It calls a function that does not exist, or with the wrong number of arguments. AWS CLI ends
    /// in exit code 255.
    #[error("{0}")]
    Function(String),
    /// It does not suit the value, such as the length of a number. AWS CLI ends in exit code 255.
    #[error("{0}")]
    Evaluation(String),
}

impl Query {
    /// Reads an expression, and checks all that can be checked without a value.
    pub fn parse(expression: &str) -> Result<Self, QueryError> {
        let source = Source::read(expression).map_err(QueryError::Syntax)?;
        let mut tree = jmespath::parse(&source.text)
            .map_err(|error| QueryError::Syntax(syntax::describe(&error, expression, &source)))?;
        tree::finish(&mut tree, expression, &source)?;
        Ok(Self {
            tree,
            literals: source.literals,
        })
    }

    /// What the query finds in a value: null if there is no such thing.
    pub fn search(&self, value: &Value) -> Result<Value, QueryError> {
        Ok(self.eval(&self.tree, value)?.into_owned())
    }
}

impl QueryError {
    /// AWS CLI evaluates `&expression` anywhere, and fails when it comes to be shown.
    fn stray_expression() -> Self {
        Self::Function("&expression can only be an argument of a function".to_owned())
    }
}
