//! Syntax errors in the words of `jmespath.py`. The crate `jmespath` reports where it stopped and what
//! it expected there, with messages of its own.

use std::borrow::Cow;

use jmespath::JmespathError;

use super::super::python;
use super::message::{bad_token, incomplete, unexpected_token};
use super::scan::ScannedExpression;

/// How a message of the crate begins; the message of `jmespath.py` in the same case, to which the kind
/// of the token is added if it ends in a space; and whether `jmespath.py` calls an expression
/// incomplete if it ends there.
const MESSAGES: &[(&str, &str, bool)] = &[
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

/// The message of `jmespath.py` for an error of the crate's parser.
pub(super) fn describe(
    error: &JmespathError,
    expression: &str,
    scanned: &ScannedExpression,
) -> String {
    let message = error.reason.to_string();
    let message = message.strip_prefix("Parse error: ").unwrap_or(&message);
    let position = error.offset;
    let (kind, token) = token_at(scanned, position);
    if let Some(character) = message.strip_prefix("Invalid character: ") {
        let reason = format!("Unknown token {character}");
        return bad_token(&reason, expression, position);
    }
    if kind == "=" || kind == "-" {
        return bad_token(&format!("Unknown token '{kind}'"), expression, position);
    }
    if message.starts_with("Did not parse the complete expression") {
        let reason = format!("Unexpected token: {token}");
        return unexpected_token(&reason, expression, position, kind, &token);
    }
    let known = MESSAGES
        .iter()
        .find(|(begin, ..)| message.starts_with(begin));
    let &(_, reason, is_incomplete_at_end) = known.unwrap_or(&("", "invalid token", false));
    if kind == "eof" && is_incomplete_at_end {
        return incomplete(expression);
    }
    let got = if reason.ends_with(' ') { kind } else { "" };
    let reason = format!("{reason}{got}");
    unexpected_token(&reason, expression, position, kind, &token)
}

/// The token that starts at a position: what `jmespath.py` calls its kind, and its value.
fn token_at(scanned: &ScannedExpression, position: usize) -> (&'static str, Cow<'_, str>) {
    let text = &scanned.text[position..];
    let Some(first) = text.chars().next() else {
        return ("eof", "".into());
    };
    let rest = &text[first.len_utf8()..];
    let one_or_two = |second, kind_of_two, kind_of_one| {
        let is_two = rest.starts_with(second);
        if is_two {
            (kind_of_two, 1)
        } else {
            (kind_of_one, 0)
        }
    };
    let length = |is_part: fn(char) -> bool| rest.find(|c| !is_part(c)).unwrap_or(rest.len());
    // The kind, and the length of what follows the first character.
    let (kind, more) = match first {
        '\'' => {
            let value = scanned.literals.get(&position);
            return ("literal", value.map_or("".into(), python::str));
        }
        '"' => {
            let mut names = serde_json::Deserializer::from_str(text).into_iter::<String>();
            let name = names.next().and_then(Result::ok).unwrap_or_default();
            return ("quoted_identifier", name.into());
        }
        'a'..='z' | 'A'..='Z' | '_' => {
            let more = length(|c| c.is_ascii_alphanumeric() || c == '_');
            ("unquoted_identifier", more)
        }
        '-' if !rest.starts_with(|c: char| c.is_ascii_digit()) => ("-", 0),
        '-' | '0'..='9' => ("number", length(|c| c.is_ascii_digit())),
        '[' if rest.starts_with('?') => ("filter", 1),
        '[' => one_or_two(']', "flatten", "lbracket"),
        '|' => one_or_two('|', "or", "pipe"),
        '&' => one_or_two('&', "and", "expref"),
        '<' => one_or_two('=', "lte", "lt"),
        '>' => one_or_two('=', "gte", "gt"),
        '!' => one_or_two('=', "ne", "not"),
        '=' => one_or_two('=', "eq", "="),
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
