//! Syntax errors in the words of `jmespath.py`: the crate says where it stopped and what it
//! expected, in words of its own.

use std::borrow::Cow;

use jmespath::JmespathError;

use super::super::python;
use super::source::Source;

/// What the crate expected; what `jmespath.py` says there, completed by what it got; and whether it
/// calls an expression that ends there incomplete.
const REASONS: &[(&str, &str, bool)] = &[
    ("Unexpected nud token", "invalid token", true),
    ("Unexpected led token", "invalid token", false),
    ("invalid token after ','", "invalid token", true),
    ("Too many colons", "syntax error", false),
    ("Expected number, ':', or ']'", "syntax error", false),
    ("Expected '.', '[', or '[?'", "syntax error", false),
    ("Expected ')'", "Expecting: rparen, got: ", true),
    ("Expected ']'", "Expecting: rbracket, got: ", true),
    ("Expected ':', or ']'", "Expecting: rbracket, got: ", true),
    (
        "Expected number, ':', or '*'",
        "Expecting: star, got: ",
        true,
    ),
    (
        "Expected ':' to follow key",
        "Expecting: colon, got: ",
        true,
    ),
    (
        "Expected Field",
        "Expecting: ['quoted_identifier', 'unquoted_identifier'], got: ",
        true,
    ),
    (
        "Expected '}' or ','",
        "Expecting: ['quoted_identifier', 'unquoted_identifier'], got: ",
        true,
    ),
    (
        "Expected identifier, '*'",
        "Expecting: ['quoted_identifier', 'unquoted_identifier', 'lbracket', 'lbrace'], got: ",
        false,
    ),
    (
        "Quoted strings can't be a function name",
        "Quoted identifier not allowed for function names.",
        false,
    ),
    ("Invalid function name", "Invalid function name", false),
];

/// An error of the parser.
pub(super) fn describe(error: &JmespathError, expression: &str, source: &Source) -> String {
    let words = error.reason.to_string();
    let words = words.strip_prefix("Parse error: ").unwrap_or(&words);
    let start = error.offset;
    let (kind, token) = token(source, start);
    if let Some(character) = words.strip_prefix("Invalid character: ") {
        return bad(&format!("Unknown token {character}"), expression, start);
    }
    if kind == "=" || kind == "-" {
        return bad(&format!("Unknown token '{kind}'"), expression, start);
    }
    if words.starts_with("Did not parse the complete expression") {
        let reason = format!("Unexpected token: {token}");
        return unexpected(&reason, expression, start, kind, &token);
    }
    let known = REASONS.iter().find(|(said, ..)| words.starts_with(said));
    let &(_, reason, is_incomplete_at_end) = known.unwrap_or(&("", "invalid token", false));
    if kind == "eof" && is_incomplete_at_end {
        let caret = caret(expression, expression.len());
        return format!(
            "Invalid jmespath expression: Incomplete expression:\n\"{expression}\"\n {caret}"
        );
    }
    let got = if reason.ends_with(' ') { kind } else { "" };
    unexpected(&format!("{reason}{got}"), expression, start, kind, &token)
}

/// A list that lacks a comma, or anything at all, found after parsing.
pub(super) fn no_comma(start: usize, expression: &str) -> String {
    unexpected("Expecting: comma", expression, start, "lbracket", "[")
}

/// An error of the lexer.
pub(super) fn bad(reason: &str, expression: &str, start: usize) -> String {
    let caret = caret(expression, start);
    format!("Bad jmespath expression: {reason}:\n{expression}\n{caret}")
}

fn unexpected(reason: &str, expression: &str, start: usize, kind: &str, token: &str) -> String {
    let caret = caret(expression, start);
    let column = caret.len() - 1;
    let kind = kind.to_uppercase();
    format!(
        "{reason}: Parse error at column {column}, token \"{token}\" ({kind}), for expression:\n\
         \"{expression}\"\n {caret}"
    )
}

/// A line that points at a byte.
fn caret(expression: &str, start: usize) -> String {
    let column = expression
        .get(..start)
        .map_or(0, |text| text.chars().count());
    format!("{:column$}^", "")
}

/// The token that starts at a byte: what `jmespath.py` calls it, and its value.
fn token(source: &Source, start: usize) -> (&'static str, Cow<'_, str>) {
    let text = &source.text[start..];
    let Some(first) = text.chars().next() else {
        return ("eof", "".into());
    };
    let rest = &text[first.len_utf8()..];
    let pair = |second, twice, once| {
        let is_pair = rest.starts_with(second);
        if is_pair { (twice, 1) } else { (once, 0) }
    };
    let count = |is_part: fn(char) -> bool| rest.find(|c| !is_part(c)).unwrap_or(rest.len());
    let (kind, more) = match first {
        '\'' => {
            let value = source.literals.get(&start);
            return ("literal", value.map_or("".into(), python::text));
        }
        '"' => {
            let mut names = serde_json::Deserializer::from_str(text).into_iter::<String>();
            let name = names.next().and_then(Result::ok).unwrap_or_default();
            return ("quoted_identifier", name.into());
        }
        'a'..='z' | 'A'..='Z' | '_' => {
            let more = count(|c| c.is_ascii_alphanumeric() || c == '_');
            ("unquoted_identifier", more)
        }
        '-' if !rest.starts_with(|c: char| c.is_ascii_digit()) => ("-", 0),
        '-' | '0'..='9' => ("number", count(|c| c.is_ascii_digit())),
        '[' if rest.starts_with('?') => ("filter", 1),
        '[' => pair(']', "flatten", "lbracket"),
        '|' => pair('|', "or", "pipe"),
        '&' => pair('&', "and", "expref"),
        '<' => pair('=', "lte", "lt"),
        '>' => pair('=', "gte", "gt"),
        '!' => pair('=', "ne", "not"),
        '=' => pair('=', "eq", "="),
        '.' => ("dot", 0),
        '*' => ("star", 0),
        ']' => ("rbracket", 0),
        ',' => ("comma", 0),
        ':' => ("colon", 0),
        '@' => ("current", 0),
        '(' => ("lparen", 0),
        ')' => ("rparen", 0),
        '{' => ("lbrace", 0),
        '}' => ("rbrace", 0),
        _ => ("unknown", 0),
    };
    (kind, text[..first.len_utf8() + more].into())
}
