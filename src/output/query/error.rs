//! What is wrong with a query.

/// What is wrong with a query, in the AWS CLI's words.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum QueryError {
    /// It is not `JMESPath`. The AWS CLI has exit code 252 for this, and writes `Bad value for
    /// --query …: ` before the message.
    #[error("{0}")]
    Syntax(String),
    /// It calls a function that does not exist, or with the wrong number of arguments. The AWS CLI
    /// has exit code 255 for this.
    #[error("{0}")]
    Function(String),
    /// It cannot be evaluated on the value: it asks for the length of a number, say. The AWS CLI
    /// has exit code 255 for this.
    #[error("{0}")]
    Evaluation(String),
}

impl QueryError {
    /// `&expression` is not an argument of a function. The AWS CLI evaluates it, and
    /// fails when it shows the result.
    pub(super) fn misplaced_expression() -> Self {
        Self::Function("&expression can only be an argument of a function".to_owned())
    }
}
