//! The AWS CLI's shorthand syntax: `Name=state,Values=bundling,storing`.
//!
//! No crate implements this grammar, which is the AWS CLI's own with all its peculiarities:
//!
//! ```text
//! parameter = pair *("," pair)
//! pair      = key ["@"] "=" [values]            after @=, a value can be file://FILE
//! values    = csv / list / hash
//! csv       = value *("," value)                ends before "key=": only the first value can have
//!                                               a "=" without quotes
//! list      = "[" [item *("," item)] "]"        item = value / list / hash
//! hash      = "{" [key ["@"] "=" item *("," key ["@"] "=" item)] "}"
//! value     = plain / "'" … "'" / '"' … '"'     \, is a comma, \' and \" a quote, \\ a backslash
//! ```

use serde_json::{Map, Value};

use super::parameter_file::{self, ParameterValue};

/// Parses a structure. The value of a key is a string if there is one, and a list if there are
/// several. An error is a message for the user.
pub(super) fn parse(text: &str) -> Result<Map<String, Value>, String> {
    let mut parser = ShorthandParser {
        text: text.chars().collect(),
        position: 0,
        resolves_files: false,
        depth: 0,
    };
    parser.parse_parameter()
}

/// How deeply lists and hashes can be nested. EC2's filters need one list.
const MAX_DEPTH: usize = 100;

struct ShorthandParser {
    text: Vec<char>,
    /// The index of the next character in the text.
    position: usize,
    /// Whether values of the current pair can name files, because it is written `key@=value`.
    resolves_files: bool,
    /// How many lists and hashes are open.
    depth: usize,
}

/// Why parsing failed.
enum ParseError {
    /// Something else was expected. After a comma this can mean that a list of values has ended.
    Unexpected {
        expected: String,
        found: String,
        position: usize,
    },
    /// Any other error, with the message for the user.
    Other(String),
}

impl ShorthandParser {
    fn parse_parameter(&mut self) -> Result<Map<String, Value>, String> {
        self.parse_pairs().map_err(|error| match error {
            ParseError::Other(message) => message,
            ParseError::Unexpected {
                expected,
                found,
                position,
            } => format!(
                "Expected: '{expected}', received: '{found}' for input:\n {}",
                self.text_with_caret(position)
            ),
        })
    }

    fn parse_pairs(&mut self) -> Result<Map<String, Value>, ParseError> {
        let mut pairs = Map::new();
        let (key, value) = self.parse_pair()?;
        pairs.insert(key, value);
        let mut last_end = self.position;
        while !self.is_at_end() {
            self.expect_between_spaces(',')?;
            let (key, value) = self.parse_pair()?;
            if pairs.contains_key(&key) {
                return Err(ParseError::Other(format!(
                    "Second instance of key \"{key}\" encountered for input:\n{}\nThis is often \
                     because there is a preceding \",\" instead of a space.",
                    self.text_with_caret(last_end + 1)
                )));
            }
            pairs.insert(key, value);
            last_end = self.position;
        }
        Ok(pairs)
    }

    fn parse_pair(&mut self) -> Result<(String, Value), ParseError> {
        let key = self.parse_key()?;
        let value = match self.current() {
            None => Value::String(String::new()),
            Some('[') => self.parse_list()?,
            Some('{') => self.parse_hash()?,
            Some(_) => self.parse_csv()?,
        };
        Ok((key, value))
    }

    /// Parses a key and the `=` or `@=` after it.
    fn parse_key(&mut self) -> Result<String, ParseError> {
        let start = self.position;
        let is_key = |c: char| c.is_ascii_alphanumeric() || "-_.#/:".contains(c);
        while self.current().is_some_and(is_key) {
            self.position += 1;
        }
        let key = self.text[start..self.position].iter().collect();
        self.skip_spaces();
        self.resolves_files = self.current() == Some('@');
        if self.resolves_files {
            self.expect_between_spaces('@')?;
        }
        self.expect_between_spaces('=')?;
        Ok(key)
    }

    /// Parses one value, or several between commas.
    fn parse_csv(&mut self) -> Result<Value, ParseError> {
        let first = self.parse_first_value()?;
        self.skip_spaces();
        if self.current() != Some(',') {
            return Ok(Value::String(first));
        }
        self.expect_between_spaces(',')?;
        let mut values = vec![first];
        let mut has_more = true;
        while has_more {
            match self.parse_next_of_csv() {
                Ok((value, comma)) => {
                    values.push(value);
                    has_more = comma;
                }
                // What follows is the next key and not a value: go back to the comma before it.
                Err(ParseError::Unexpected { .. }) if !self.is_at_end() => {
                    while self.current() != Some(',') {
                        self.position -= 1;
                    }
                    has_more = false;
                }
                Err(error) => return Err(error),
            }
        }
        if values.len() == 1 {
            return Ok(Value::String(values.swap_remove(0)));
        }
        Ok(values.into())
    }

    /// Parses a value after a comma. Returns it, and whether another comma follows.
    fn parse_next_of_csv(&mut self) -> Result<(String, bool), ParseError> {
        let value = self.parse_later_value()?;
        self.skip_spaces();
        let has_more = !self.is_at_end();
        if has_more {
            self.expect_between_spaces(',')?;
        }
        Ok((value, has_more))
    }

    fn parse_list(&mut self) -> Result<Value, ParseError> {
        self.expect_between_spaces('[')?;
        let mut values = Vec::new();
        while self.current() != Some(']') {
            values.push(self.parse_item()?);
            self.expect_comma_unless(']')?;
        }
        self.expect(']')?;
        Ok(Value::Array(values))
    }

    fn parse_hash(&mut self) -> Result<Value, ParseError> {
        self.expect_between_spaces('{')?;
        let mut pairs = Map::new();
        while self.current() != Some('}') {
            let key = self.parse_key()?;
            let value = self.parse_item()?;
            self.expect_comma_unless('}')?;
            pairs.insert(key, value);
        }
        self.expect('}')?;
        Ok(Value::Object(pairs))
    }

    /// Parses an item of a list, or the value of a key in a hash.
    fn parse_item(&mut self) -> Result<Value, ParseError> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(ParseError::Other(
                "the lists are nested too deeply".to_owned(),
            ));
        }
        let item = match self.current() {
            Some('[') => self.parse_list(),
            Some('{') => self.parse_hash(),
            _ => self.parse_first_value().map(Value::String),
        };
        self.depth -= 1;
        item
    }

    /// Takes a comma, unless the list or hash ends with `end` here.
    fn expect_comma_unless(&mut self, end: char) -> Result<(), ParseError> {
        self.skip_spaces();
        if self.current() != Some(end) {
            self.expect(',')?;
            self.skip_spaces();
        }
        Ok(())
    }

    fn parse_first_value(&mut self) -> Result<String, ParseError> {
        if let Some(quote @ ('\'' | '"')) = self.current() {
            return self.parse_quoted(quote);
        }
        let text = self.parse_unquoted(can_start_value, can_continue_first_value);
        self.resolve_file(&text.unwrap_or_default())
    }

    fn parse_later_value(&mut self) -> Result<String, ParseError> {
        if let Some(quote @ ('\'' | '"')) = self.current() {
            return self.parse_quoted(quote);
        }
        match self.parse_unquoted(can_start_value, can_continue_later_value) {
            Some(text) => self.resolve_file(&text),
            None => Err(self.unexpected("<second>", "<none>")),
        }
    }

    /// Parses a value without quotes, in which `\,` is a comma. `can_start` and `can_continue` say which
    /// characters it can have first and later. There is none if the first character does not fit.
    fn parse_unquoted(
        &mut self,
        can_start: fn(char) -> bool,
        can_continue: fn(char) -> bool,
    ) -> Option<String> {
        let mut text = String::new();
        let mut is_allowed = can_start;
        while let Some(current) = self.current() {
            if current == '\\' && self.text.get(self.position + 1) == Some(&',') {
                text.push(',');
                self.position += 2;
            } else if is_allowed(current) {
                text.push(current);
                self.position += 1;
            } else {
                break;
            }
            is_allowed = can_continue;
        }
        let trimmed = text.trim_end_matches(is_space);
        (!text.is_empty()).then(|| trimmed.to_owned())
    }

    /// Parses a value between quotes.
    fn parse_quoted(&mut self, quote: char) -> Result<String, ParseError> {
        let rest = &self.text[self.position + 1..];
        let mut length = 0;
        let mut last_escaped = None;
        let end = loop {
            match rest.get(length) {
                Some(&c) if c == quote => break Some(length),
                Some('\\') if rest.get(length + 1) == Some(&quote) => {
                    last_escaped = Some(length + 1);
                    length += 2;
                }
                Some(_) => length += 1,
                // Without a closing quote, the last escaped one closes the value.
                None => break last_escaped,
            }
        };
        let Some(end) = end else {
            let name = if quote == '"' {
                "<double quoted>"
            } else {
                "<singled quoted>"
            };
            return Err(self.unexpected(name, "<none>"));
        };
        let text: String = rest[..end].iter().collect();
        self.position += end + 2;
        self.resolve_file(
            &text
                .replace(&format!("\\{quote}"), &quote.to_string())
                .replace("\\\\", "\\"),
        )
    }

    /// The value itself, or the text of the file it names if the pair is written `key@=value`.
    fn resolve_file(&self, value: &str) -> Result<String, ParseError> {
        if !self.resolves_files {
            return Ok(value.to_owned());
        }
        match parameter_file::load(value).map_err(ParseError::Other)? {
            ParameterValue::Literal => Ok(value.to_owned()),
            ParameterValue::FileText(text) => Ok(text),
            ParameterValue::FileBytes(_) => Err(ParseError::Other(format!(
                "{value}: this parameter is text, and fileb:// gives bytes"
            ))),
        }
    }

    fn expect(&mut self, expected: char) -> Result<(), ParseError> {
        match self.current() {
            Some(current) if current == expected => {
                self.position += 1;
                Ok(())
            }
            Some(current) => Err(self.unexpected(&expected.to_string(), &current.to_string())),
            None => Err(self.unexpected(&expected.to_string(), "EOF")),
        }
    }

    fn expect_between_spaces(&mut self, expected: char) -> Result<(), ParseError> {
        self.skip_spaces();
        self.expect(expected)?;
        self.skip_spaces();
        Ok(())
    }

    fn unexpected(&self, expected: &str, found: &str) -> ParseError {
        ParseError::Unexpected {
            expected: expected.to_owned(),
            found: found.to_owned(),
            position: self.position,
        }
    }

    fn skip_spaces(&mut self) {
        while self
            .current()
            .is_some_and(|c| matches!(c, ' ' | '\t'..='\r'))
        {
            self.position += 1;
        }
    }

    fn current(&self) -> Option<char> {
        self.text.get(self.position).copied()
    }

    fn is_at_end(&self) -> bool {
        self.position >= self.text.len()
    }

    /// The input with a line below it that has a `^` at the position.
    fn text_with_caret(&self, position: usize) -> String {
        let position = position.min(self.text.len());
        let (before, after) = self.text.split_at(position);
        let column = before.iter().rev().take_while(|&&c| c != '\n').count();
        let end_of_line = position + after.iter().take_while(|&&c| c != '\n').count();
        let (line, rest) = self.text.split_at(end_of_line);
        let (line, rest): (String, String) = (line.iter().collect(), rest.iter().collect());
        format!("{line}\n{}^{rest}", " ".repeat(column))
    }
}

/// Whether a value without quotes can start with the character: not with a space, a quote, a comma, `=`,
/// `[` or `{`. Like the functions below, it accepts nothing beyond U+FFFF, as the AWS CLI's regular
/// expressions do not.
fn can_start_value(c: char) -> bool {
    matches!(c, '!' | '#'..='&' | '('..='+' | '-'..='<' | '>'..='Z' | '\\'..='z' | '|'..='\u{ffff}')
}

/// Whether the first value after a `=` can have the character later on: any but a quote, a comma, `]` or
/// `}`.
fn can_continue_first_value(c: char) -> bool {
    is_space(c)
        || matches!(c, '!' | '#'..='&' | '('..='+' | '-'..='\\' | '^'..='|' | '~'..='\u{ffff}')
}

/// Whether a value after a comma can have the character later on: any but a quote, a comma or `=`.
fn can_continue_later_value(c: char) -> bool {
    is_space(c) || matches!(c, '!' | '#'..='&' | '('..='+' | '-'..='<' | '>'..='\u{ffff}')
}

fn is_space(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\u{1c}'..='\u{1f}')
}
