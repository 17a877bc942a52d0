//! `--query`: `JMESPath` as the AWS CLI implements it, with `jmespath.py` 1.0.1.
//!
//! The crate `jmespath` parses the expression. Its own evaluator is not used, because its values lose
//! what the AWS CLI shows: the order of members, since its maps are sorted, and integers, since its
//! numbers are floats. So its syntax tree is evaluated here, on `serde_json::Value`. Literals are
//! parsed here too, which also allows the AWS CLI's old literals, strings without quotes between
//! backticks.
//!
//! | module         | what it is                                                         |
//! |----------------|--------------------------------------------------------------------|
//! | `scan`         | prepares the text for the crate's parser                           |
//! | `syntax_error` | the parser's errors in the words of `jmespath.py`                  |
//! | `check`        | checks and corrects the syntax tree                                |
//! | `eval`         | evaluates it                                                       |
//! | `function`, `builtins` | the table of functions, and what they return               |
//! | `argument`, `number`, `message`, `error` | what the others are built from           |
//!
//! The differences from the AWS CLI are in rare expressions:
//! - The arguments of a function must not end in a comma, the members of `{a: b, c: d}` must be
//!   separated by commas, and a slice such as `[0:1 2]` is an error.
//! - Numbers in brackets have at most 31 bits, and `-0` is an error there. Numbers in results have at
//!   most 64 bits before they become floats, and are never infinite.
//! - A slice right after an index, as in `a[0][1:]`, is a projection, as it is everywhere else.
//! - `!` negates all of `![*].{a: b}.c`, not only what precedes the last dot.
//! - Strings have no surrogates, which JSON could write as `"\ud800"`.
//! - `merge()` accepts only maps.
//! - The name and the number of arguments of a function are checked before the request, not when the
//!   function is first called, and `&expression` is an error unless it is an argument.
//!
//! The message of an error is the AWS CLI's, unless a list lacks a comma, the error is inside a
//! slice, or the called function is not a name: in these cases the crate stops at another position.

mod argument;
mod builtins;
mod check;
mod error;
mod eval;
mod function;
mod message;
mod number;
mod scan;
mod syntax_error;

use std::collections::HashMap;

use jmespath::ast::Ast;
use serde_json::Value;

use argument::Evaluate as _;
pub use error::QueryError;
use eval::Evaluator;
use scan::ScannedExpression;

/// The expression of `--query`.
#[derive(Debug)]
pub struct QueryExpression {
    tree: Ast,
    /// The values of the literals, by their byte offsets in the expression. In the tree they are
    /// blank.
    literals: HashMap<usize, Value>,
}

impl QueryExpression {
    /// Parses an expression, and checks everything that can be checked without a value.
    ///
    /// # Errors
    ///
    /// [`QueryError::Syntax`] if it is not `JMESPath`, [`QueryError::Function`] if a function does not
    /// exist or does not take that number of arguments.
    pub fn parse(expression: &str) -> Result<Self, QueryError> {
        let scanned = ScannedExpression::scan(expression).map_err(QueryError::Syntax)?;
        let mut tree = jmespath::parse(&scanned.text).map_err(|error| {
            QueryError::Syntax(syntax_error::describe(&error, expression, &scanned))
        })?;
        check::check_and_correct(&mut tree, expression, &scanned)?;
        Ok(Self {
            tree,
            literals: scanned.literals,
        })
    }

    /// What the query finds in a value; null if it finds nothing.
    ///
    /// # Errors
    ///
    /// [`QueryError::Evaluation`] if the query cannot be evaluated on this value.
    pub fn search(&self, value: &Value) -> Result<Value, QueryError> {
        let evaluator = Evaluator {
            literals: &self.literals,
        };
        Ok(evaluator.evaluate(&self.tree, value)?.into_owned())
    }
}
