//! The text of a query before it is parsed: its literals taken out, its commas counted.

use std::collections::HashMap;

use serde_json::Value;

use super::syntax;

/// How deep an expression may be. The evaluator calls itself for every operator, of which a long
/// filter has many.
const DEEPEST: usize = 640;
/// What brackets, `!` and `&` count for: there the parser calls itself, too, several times.
const STEEP: usize = 4;

/// The text of a query.
pub(super) struct Source {
    /// The expression with blank strings in place of literals. All else stays where it is.
    pub text: String,
    /// The literals, by where they start.
    pub literals: HashMap<usize, Value>,
    /// How many commas there are between brackets, by where these open.
    pub commas: HashMap<usize, usize>,
}

impl Source {
    /// Reads the literals. Errors are in the words of `jmespath.py`.
    pub fn read(expression: &str) -> Result<Self, String> {
        if expression.is_empty() {
            return Err("Invalid JMESPath expression: cannot be empty.".to_owned());
        }
        let mut source = Self {
            text: String::with_capacity(expression.len()),
            literals: HashMap::new(),
            commas: HashMap::new(),
        };
        let mut levels = Levels::default();
        while let Some(c) = expression[source.text.len()..].chars().next() {
            let start = source.text.len();
            if !matches!(c, '"' | '\'' | '`') {
                let previous = source.text.chars().next_back();
                levels.step(previous, c, start, &mut source.commas);
                if levels.depth > DEEPEST {
                    return Err("Invalid jmespath expression: nested too deeply".to_owned());
                }
                source.text.push(c);
                continue;
            }
            let lexeme = delimited(expression, start, c)?;
            let value = match c {
                '\'' => Value::String(lexeme.replace("\\'", "'")),
                '`' => literal(expression, start, lexeme)?,
                _ => {
                    check_name(expression, start, lexeme)?;
                    source.text.extend(["\"", lexeme, "\""]);
                    continue;
                }
            };
            source.literals.insert(start, value);
            source.text.extend(["'", &" ".repeat(lexeme.len()), "'"]);
        }
        Ok(source)
    }
}

/// What is between a delimiter and the next, where no backslash precedes it.
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
        syntax::bad(&reason, expression, start)
    })
}

/// A literal is JSON, or else a string that lacks its quotes: AWS CLI still takes these, and many
/// an example has them.
fn literal(expression: &str, start: usize, lexeme: &str) -> Result<Value, String> {
    let json = lexeme.replace("\\`", "`");
    serde_json::from_str(&json)
        .or_else(|_| serde_json::from_str(&format!("\"{}\"", json.trim_start())))
        .map_err(|_| syntax::bad(&format!("Bad token {json}"), expression, start))
}

/// A name in quotes is a JSON string.
fn check_name(expression: &str, start: usize, lexeme: &str) -> Result<(), String> {
    if serde_json::from_str::<String>(&format!("\"{lexeme}\"")).is_ok() {
        return Ok(());
    }
    let reason = if lexeme.chars().any(|c| matches!(c, '\0'..='\x1f')) {
        "Invalid control character at"
    } else {
        "Invalid \\escape"
    };
    Err(syntax::bad(reason, expression, start))
}

/// How deep an expression is as it is read.
struct Levels {
    /// The brackets that are open, the outermost first; what is outside of all has a level, too.
    open: Vec<Level>,
    /// The depths of all levels together.
    depth: usize,
}

#[derive(Default)]
struct Level {
    start: usize,
    commas: usize,
    /// What has been counted since the brackets opened or, if later, since the last comma.
    depth: usize,
}

impl Default for Levels {
    fn default() -> Self {
        Self {
            open: vec![Level::default()],
            depth: 0,
        }
    }
}

impl Levels {
    /// Takes the next character, and notes how many commas there were between brackets that it
    /// closes.
    fn step(
        &mut self,
        previous: Option<char>,
        next: char,
        start: usize,
        commas: &mut HashMap<usize, usize>,
    ) {
        match next {
            '(' | '[' | '{' => {
                // They stay an operator of what is around them once they are closed.
                self.deepen(STEEP);
                self.open.push(Level {
                    start,
                    ..Level::default()
                });
            }
            ')' | ']' | '}' if self.open.len() > 1 => {
                let closed = self.open.pop().unwrap_or_default();
                self.depth -= closed.depth;
                commas.insert(closed.start, closed.commas);
            }
            ',' => {
                let level = self.innermost();
                level.commas += 1;
                let depth = std::mem::take(&mut level.depth);
                self.depth -= depth;
            }
            // The second half of an operator.
            '=' if matches!(previous, Some('=' | '!' | '<' | '>')) => {}
            '|' | '&' if previous == Some(next) => {}
            '!' | '&' => self.deepen(STEEP),
            '.' | '*' | '|' | '=' | '<' | '>' => self.deepen(1),
            _ => {}
        }
    }

    fn deepen(&mut self, by: usize) {
        self.innermost().depth += by;
        self.depth += by;
    }

    fn innermost(&mut self) -> &mut Level {
        self.open.last_mut().expect("the outermost stays")
    }
}
