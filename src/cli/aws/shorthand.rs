//! The AWS CLI's shorthand syntax: `Name=state,Values=bundling,storing`.
//!
//! The grammar is the AWS CLI's own, its oddities included, and no crate has it:
//!
//! ```text
//! parameter = pair *("," pair)
//! pair      = key ["@"] "=" [values]            with @, a value can be file://…
//! values    = csv / list / hash
//! csv       = value *("," value)                ends before "key=", so no value after the first
//!                                               holds a "=" unless quoted
//! list      = "[" [item *("," item)] "]"        item = value / list / hash
//! hash      = "{" [key ["@"] "=" item *("," key ["@"] "=" item)] "}"
//! value     = plain / "'" … "'" / '"' … '"'     \, is a comma, \' and \" a quote, \\ a backslash
//! ```

use serde_json::{Map, Value};

use super::paramfile::{self, Loaded};

/// Parses one parameter. A key with one value has a string, one with several a list.
pub fn parse(text: &str) -> Result<Map<String, Value>, String> {
    let mut parser = Parser {
        text: text.chars().collect(),
        at: 0,
        resolves_files: false,
        depth: 0,
    };
    parser.parameter()
}

/// How deep lists and hashes may stand in one another; EC2's filters have none in them.
const DEEPEST: usize = 100;

struct Parser {
    text: Vec<char>,
    at: usize,
    /// The pair under way was written `key@=value`.
    resolves_files: bool,
    /// How many lists and hashes are open.
    depth: usize,
}

/// How parsing stops.
enum Stop {
    /// Something else was expected. Inside a list of values that can mean that the list has ended.
    Syntax {
        expected: String,
        found: String,
        at: usize,
    },
    Other(String),
}

impl Parser {
    fn parameter(&mut self) -> Result<Map<String, Value>, String> {
        self.pairs().map_err(|stop| match stop {
            Stop::Other(message) => message,
            Stop::Syntax {
                expected,
                found,
                at,
            } => format!(
                "Expected: '{expected}', received: '{found}' for input:\n {}",
                self.pointed_at(at)
            ),
        })
    }

    fn pairs(&mut self) -> Result<Map<String, Value>, Stop> {
        let mut pairs = Map::new();
        let (key, value) = self.pair()?;
        pairs.insert(key, value);
        let mut last = self.at;
        while !self.is_at_end() {
            self.expect_spaced(',')?;
            let (key, value) = self.pair()?;
            if pairs.contains_key(&key) {
                return Err(Stop::Other(format!(
                    "Second instance of key \"{key}\" encountered for input:\n{}\nThis is often \
                     because there is a preceding \",\" instead of a space.",
                    self.pointed_at(last + 1)
                )));
            }
            pairs.insert(key, value);
            last = self.at;
        }
        Ok(pairs)
    }

    fn pair(&mut self) -> Result<(String, Value), Stop> {
        let key = self.key_and_sign()?;
        let value = match self.current() {
            None => Value::String(String::new()),
            Some('[') => self.list()?,
            Some('{') => self.hash()?,
            Some(_) => self.csv()?,
        };
        Ok((key, value))
    }

    /// A key and the `=` or `@=` after it.
    fn key_and_sign(&mut self) -> Result<String, Stop> {
        let start = self.at;
        let is_key = |c: char| c.is_ascii_alphanumeric() || "-_.#/:".contains(c);
        while self.current().is_some_and(is_key) {
            self.at += 1;
        }
        let key = self.text[start..self.at].iter().collect();
        self.skip_spaces();
        self.resolves_files = self.current() == Some('@');
        if self.resolves_files {
            self.expect_spaced('@')?;
        }
        self.expect_spaced('=')?;
        Ok(key)
    }

    fn csv(&mut self) -> Result<Value, Stop> {
        let first = self.first_value()?;
        self.skip_spaces();
        if self.current() != Some(',') {
            return Ok(Value::String(first));
        }
        self.expect_spaced(',')?;
        let mut values = vec![first];
        let mut has_more = true;
        while has_more {
            match self.next_of_csv() {
                Ok((value, comma)) => {
                    values.push(value);
                    has_more = comma;
                }
                // What follows is no value but the next key: back to the comma before it.
                Err(Stop::Syntax { .. }) if !self.is_at_end() => {
                    while self.current() != Some(',') {
                        self.at -= 1;
                    }
                    has_more = false;
                }
                Err(stop) => return Err(stop),
            }
        }
        if values.len() == 1 {
            return Ok(Value::String(values.swap_remove(0)));
        }
        Ok(values.into())
    }

    /// A value, and whether a comma came after it or the end.
    fn next_of_csv(&mut self) -> Result<(String, bool), Stop> {
        let value = self.second_value()?;
        self.skip_spaces();
        let has_more = !self.is_at_end();
        if has_more {
            self.expect_spaced(',')?;
        }
        Ok((value, has_more))
    }

    fn list(&mut self) -> Result<Value, Stop> {
        self.expect_spaced('[')?;
        let mut values = Vec::new();
        while self.current() != Some(']') {
            values.push(self.item()?);
            self.comma_or(']')?;
        }
        self.expect(']')?;
        Ok(Value::Array(values))
    }

    fn hash(&mut self) -> Result<Value, Stop> {
        self.expect_spaced('{')?;
        let mut pairs = Map::new();
        while self.current() != Some('}') {
            let key = self.key_and_sign()?;
            let value = self.item()?;
            self.comma_or('}')?;
            pairs.insert(key, value);
        }
        self.expect('}')?;
        Ok(Value::Object(pairs))
    }

    fn item(&mut self) -> Result<Value, Stop> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(Stop::Other(
                "lists in lists, too deep to be meant".to_owned(),
            ));
        }
        let item = match self.current() {
            Some('[') => self.list(),
            Some('{') => self.hash(),
            _ => self.first_value().map(Value::String),
        };
        self.depth -= 1;
        item
    }

    fn comma_or(&mut self, end: char) -> Result<(), Stop> {
        self.skip_spaces();
        if self.current() != Some(end) {
            self.expect(',')?;
            self.skip_spaces();
        }
        Ok(())
    }

    fn first_value(&mut self) -> Result<String, Stop> {
        if let Some(quote @ ('\'' | '"')) = self.current() {
            return self.quoted(quote);
        }
        let text = self.plain(begins_value, continues_first_value);
        self.resolved(&text.unwrap_or_default())
    }

    fn second_value(&mut self) -> Result<String, Stop> {
        if let Some(quote @ ('\'' | '"')) = self.current() {
            return self.quoted(quote);
        }
        match self.plain(begins_value, continues_second_value) {
            Some(text) => self.resolved(&text),
            None => Err(self.stop("<second>", "<none>")),
        }
    }

    /// A value without quotes; `\,` in it is a comma.
    fn plain(&mut self, begins: fn(char) -> bool, continues: fn(char) -> bool) -> Option<String> {
        let mut text = String::new();
        let mut fits = begins;
        while let Some(current) = self.current() {
            if current == '\\' && self.text.get(self.at + 1) == Some(&',') {
                text.push(',');
                self.at += 2;
            } else if fits(current) {
                text.push(current);
                self.at += 1;
            } else {
                break;
            }
            fits = continues;
        }
        let trimmed = text.trim_end_matches(is_space);
        (!text.is_empty()).then(|| trimmed.to_owned())
    }

    fn quoted(&mut self, quote: char) -> Result<String, Stop> {
        let rest = &self.text[self.at + 1..];
        let mut at = 0;
        let mut last_escaped = None;
        let end = loop {
            match rest.get(at) {
                Some(&c) if c == quote => break Some(at),
                Some('\\') if rest.get(at + 1) == Some(&quote) => {
                    last_escaped = Some(at + 1);
                    at += 2;
                }
                Some(_) => at += 1,
                // Not closed: then the last escaped quote was not escaped.
                None => break last_escaped,
            }
        };
        let Some(end) = end else {
            let name = if quote == '"' {
                "<double quoted>"
            } else {
                "<singled quoted>"
            };
            return Err(self.stop(name, "<none>"));
        };
        let text: String = rest[..end].iter().collect();
        self.at += end + 2;
        self.resolved(
            &text
                .replace(&format!("\\{quote}"), &quote.to_string())
                .replace("\\\\", "\\"),
        )
    }

    /// The content of the file a value names, if the pair asks for that.
    fn resolved(&self, value: &str) -> Result<String, Stop> {
        if !self.resolves_files {
            return Ok(value.to_owned());
        }
        match paramfile::load(value).map_err(Stop::Other)? {
            Loaded::Itself => Ok(value.to_owned()),
            Loaded::Text(text) => Ok(text),
            Loaded::Bytes(_) => Err(Stop::Other(format!(
                "{value}: not bytes but text is wanted here"
            ))),
        }
    }

    fn expect(&mut self, wanted: char) -> Result<(), Stop> {
        match self.current() {
            Some(current) if current == wanted => {
                self.at += 1;
                Ok(())
            }
            Some(current) => Err(self.stop(&wanted.to_string(), &current.to_string())),
            None => Err(self.stop(&wanted.to_string(), "EOF")),
        }
    }

    fn expect_spaced(&mut self, wanted: char) -> Result<(), Stop> {
        self.skip_spaces();
        self.expect(wanted)?;
        self.skip_spaces();
        Ok(())
    }

    fn stop(&self, expected: &str, found: &str) -> Stop {
        Stop::Syntax {
            expected: expected.to_owned(),
            found: found.to_owned(),
            at: self.at,
        }
    }

    fn skip_spaces(&mut self) {
        while self
            .current()
            .is_some_and(|c| matches!(c, ' ' | '\t'..='\r'))
        {
            self.at += 1;
        }
    }

    fn current(&self) -> Option<char> {
        self.text.get(self.at).copied()
    }

    fn is_at_end(&self) -> bool {
        self.at >= self.text.len()
    }

    /// The input with a `^` below the place.
    fn pointed_at(&self, at: usize) -> String {
        let at = at.min(self.text.len());
        let (before, after) = self.text.split_at(at);
        let column = before.iter().rev().take_while(|&&c| c != '\n').count();
        let end_of_line = at + after.iter().take_while(|&&c| c != '\n').count();
        let (line, rest) = self.text.split_at(end_of_line);
        let (line, rest): (String, String) = (line.iter().collect(), rest.iter().collect());
        format!("{line}\n{}^{rest}", " ".repeat(column))
    }
}

/// What a value without quotes begins with: no space, quote, comma, `=`, `[` or `{`. Nothing beyond
/// U+FFFF, here and below.
fn begins_value(c: char) -> bool {
    matches!(c, '!' | '#'..='&' | '('..='+' | '-'..='<' | '>'..='Z' | '\\'..='z' | '|'..='\u{ffff}')
}

/// What the first value after a `=` goes on with: no quote, comma, `]` or `}`.
fn continues_first_value(c: char) -> bool {
    is_space(c)
        || matches!(c, '!' | '#'..='&' | '('..='+' | '-'..='\\' | '^'..='|' | '~'..='\u{ffff}')
}

/// What the values after it go on with: no quote, comma or `=`.
fn continues_second_value(c: char) -> bool {
    is_space(c) || matches!(c, '!' | '#'..='&' | '('..='+' | '-'..='<' | '>'..='\u{ffff}')
}

fn is_space(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\u{1c}'..='\u{1f}')
}
