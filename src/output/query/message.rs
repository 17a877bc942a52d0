//! The messages of `jmespath.py` for syntax errors. Positions are byte offsets in the expression.

/// The expression is empty.
pub(super) const EMPTY: &str = "Invalid JMESPath expression: cannot be empty.";

/// The expression is nested more deeply than this program allows.
pub(super) const TOO_DEEP: &str = "Invalid jmespath expression: nested too deeply";

/// The lexer of `jmespath.py` rejects what starts at `position`.
pub(super) fn bad_token(reason: &str, expression: &str, position: usize) -> String {
    let caret = caret(expression, position);
    format!("Bad jmespath expression: {reason}:\n{expression}\n{caret}")
}

/// The parser of `jmespath.py` rejects the token at `position`. `kind` is the name of its type in
/// lower case.
pub(super) fn unexpected_token(
    reason: &str,
    expression: &str,
    position: usize,
    kind: &str,
    token: &str,
) -> String {
    let caret = caret(expression, position);
    let column = caret.len() - 1;
    let kind = kind.to_uppercase();
    format!(
        "{reason}: Parse error at column {column}, token \"{token}\" ({kind}), for expression:\n\
         \"{expression}\"\n {caret}"
    )
}

/// The expression ends too early.
pub(super) fn incomplete(expression: &str) -> String {
    let caret = caret(expression, expression.len());
    format!("Invalid jmespath expression: Incomplete expression:\n\"{expression}\"\n {caret}")
}

/// The list that opens at `position` lacks a comma, or has no items.
pub(super) fn missing_comma(expression: &str, position: usize) -> String {
    unexpected_token("Expecting: comma", expression, position, "lbracket", "[")
}

/// A line with a `^` below the character at `position`.
fn caret(expression: &str, position: usize) -> String {
    let column = expression
        .get(..position)
        .map_or(0, |text| text.chars().count());
    format!("{:column$}^", "")
}
