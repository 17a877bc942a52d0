//! Prepares the text of a query for the parser: takes out the literals, counts the commas, and refuses
//! what is nested too deeply.

use std::collections::HashMap;
use std::mem;

use serde_json::Value;

use super::message;

/// The deepest nesting of an expression, counted in recursive calls. The evaluator calls itself for
/// every operator, and a long filter has many.
const MAX_DEPTH: usize = 640;

/// How many recursive calls a bracket, a `!` or a `&` counts for: the parser calls itself for these,
/// several times for each.
const PARSER_DEPTH: usize = 4;

/// An expression that has been prepared for the parser. Positions are byte offsets.
pub(super) struct ScannedExpression {
    /// The expression with blank strings in place of the literals, so that everything else keeps its
    /// position.
    pub text: String,
    /// The values of the literals, by the positions where they start.
    pub literals: HashMap<usize, Value>,
    /// The number of commas inside each pair of brackets, not counting brackets inside of them, by
    /// the position of the opening bracket.
    pub comma_counts: HashMap<usize, usize>,
}

impl ScannedExpression {
    /// Scans an expression. An error is a message in the words of `jmespath.py`.
    pub fn scan(expression: &str) -> Result<Self, String> {
        if expression.is_empty() {
            return Err(message::EMPTY.to_owned());
        }
        let mut scanned = Self {
            text: String::with_capacity(expression.len()),
            literals: HashMap::new(),
            comma_counts: HashMap::new(),
        };
        let mut nesting = Nesting::default();
        while let Some(c) = expression[scanned.text.len()..].chars().next() {
            let start = scanned.text.len();
            if !matches!(c, '"' | '\'' | '`') {
                let previous = scanned.text.chars().next_back();
                nesting.advance(previous, c, start, &mut scanned.comma_counts);
                if nesting.depth > MAX_DEPTH {
                    return Err(message::TOO_DEEP.to_owned());
                }
                scanned.text.push(c);
                continue;
            }
            let lexeme = delimited(expression, start, c)?;
            let value = match c {
                '\'' => Value::String(lexeme.replace("\\'", "'")),
                '`' => parse_literal(expression, start, lexeme)?,
                _ => {
                    check_quoted_name(expression, start, lexeme)?;
                    scanned.text.extend(["\"", lexeme, "\""]);
                    continue;
                }
            };
            scanned.literals.insert(start, value);
            scanned.text.extend(["'", &" ".repeat(lexeme.len()), "'"]);
        }
        Ok(scanned)
    }
}

/// The text between the delimiter at `start` and the next one that is not escaped by a backslash.
fn delimited(expression: &str, start: usize, delimiter: char) -> Result<&str, String> {
    let inside = &expression[start + 1..];
    let mut is_escaped = false;
    let end = inside.find(|c| {
        let is_end = c == delimiter && !is_escaped;
        is_escaped = c == '\\' && !is_escaped;
        is_end
    });
    end.map(|end| &inside[..end]).ok_or_else(|| {
        let reason = format!("Unclosed {delimiter} delimiter");
        message::bad_token(&reason, expression, start)
    })
}

/// The value of a literal in backticks: JSON, or a string without quotes, which the AWS CLI still
/// accepts and many examples use.
fn parse_literal(expression: &str, start: usize, lexeme: &str) -> Result<Value, String> {
    let json = lexeme.replace("\\`", "`");
    serde_json::from_str(&json)
        .or_else(|_| serde_json::from_str(&format!("\"{}\"", json.trim_start())))
        .map_err(|_| message::bad_token(&format!("Bad token {json}"), expression, start))
}

/// Checks that a name between double quotes is a JSON string.
fn check_quoted_name(expression: &str, start: usize, lexeme: &str) -> Result<(), String> {
    if serde_json::from_str::<String>(&format!("\"{lexeme}\"")).is_ok() {
        return Ok(());
    }
    let reason = if lexeme.chars().any(|c| matches!(c, '\0'..='\x1f')) {
        "Invalid control character at"
    } else {
        "Invalid \\escape"
    };
    Err(message::bad_token(reason, expression, start))
}

/// How deeply the expression is nested at the character that is being scanned.
struct Nesting {
    /// The brackets that are open, the outermost first. The first entry stands for the text outside
    /// of all brackets.
    open: Vec<OpenBracket>,
    /// The sum of the depths of all open brackets.
    depth: usize,
}

#[derive(Default)]
struct OpenBracket {
    /// Its position.
    start: usize,
    /// The commas directly inside of it.
    commas: usize,
    /// The recursive calls for what follows the bracket or, if there are commas, the last comma.
    depth: usize,
}

impl Default for Nesting {
    fn default() -> Self {
        Self {
            open: vec![OpenBracket::default()],
            depth: 0,
        }
    }
}

impl Nesting {
    /// Advances to the next character. If it closes a bracket, the number of commas in that one is
    /// added to `commas`.
    fn advance(
        &mut self,
        previous: Option<char>,
        next: char,
        start: usize,
        commas: &mut HashMap<usize, usize>,
    ) {
        match next {
            '(' | '[' | '{' => {
                // Once closed, the brackets still count as an operator in what is around them.
                self.deepen(PARSER_DEPTH);
                self.open.push(OpenBracket {
                    start,
                    ..OpenBracket::default()
                });
            }
            ')' | ']' | '}' if self.open.len() > 1 => {
                let closed = self.open.pop().unwrap_or_default();
                self.depth -= closed.depth;
                commas.insert(closed.start, closed.commas);
            }
            ',' => {
                let innermost = self.innermost();
                innermost.commas += 1;
                let depth = mem::take(&mut innermost.depth);
                self.depth -= depth;
            }
            // The second character of an operator, whose first has been counted.
            '=' if matches!(previous, Some('=' | '!' | '<' | '>')) => {}
            '|' | '&' if previous == Some(next) => {}
            '!' | '&' => self.deepen(PARSER_DEPTH),
            '.' | '*' | '|' | '=' | '<' | '>' => self.deepen(1),
            _ => {}
        }
    }

    fn deepen(&mut self, by: usize) {
        self.innermost().depth += by;
        self.depth += by;
    }

    fn innermost(&mut self) -> &mut OpenBracket {
        self.open
            .last_mut()
            .expect("the first entry is never removed")
    }
}
