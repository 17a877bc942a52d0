//! The output of the commands, compared with that of AWS CLI 2.36.7: `fixtures/output.json` has what
//! its formatters and its `JMESPath` make of values like EC2's, and of others.

#[cfg(unix)]
mod pager;

use std::io::{self, Write};

use bundletop::output::{Format, OutputTarget, QueryError, QueryExpression, WriteError, write};
use serde::Deserialize;
use serde_json::{Map, Value, json};

const PLAIN: OutputTarget = OutputTarget::PLAIN;

const TERMINAL: OutputTarget = OutputTarget {
    is_terminal: true,
    ..PLAIN
};

#[derive(Deserialize)]
struct Recorded {
    values: Map<String, Value>,
    cases: Vec<Case>,
}

/// What the AWS CLI was given, and what it did.
#[derive(Debug, Deserialize)]
struct Case {
    value: String,
    format: String,
    query: Option<String>,
    #[serde(default)]
    color: bool,
    width: Option<usize>,
    title: Option<String>,
    #[serde(default)]
    out: String,
    /// The step that failed, if one did.
    error: Option<String>,
    /// The error message. That of a failed format is a Python exception, which is not compared.
    #[serde(rename = "says")]
    message: Option<String>,
}

impl Case {
    /// What this program writes, the step that fails, and the error message.
    fn run(&self, value: &Value) -> (String, Option<&'static str>, Option<String>) {
        let found = match &self.query {
            Some(expression) => {
                QueryExpression::parse(expression).and_then(|query| query.search(value))
            }
            None => Ok(value.clone()),
        };
        let value = match found {
            Ok(value) => value,
            Err(error) => {
                let place = match error {
                    QueryError::Syntax(_) => "syntax",
                    QueryError::Function(_) => "function",
                    QueryError::Evaluation(_) => "evaluation",
                };
                return (String::new(), Some(place), Some(error.to_string()));
            }
        };
        let target = OutputTarget {
            color: self.color,
            width: self.width.unwrap_or(OutputTarget::DEFAULT_WIDTH),
            is_terminal: false,
        };
        let title = self.title.as_deref().unwrap_or("DescribeBundleTasks");
        let (out, result) = write_value(&self.format, title, &value, target);
        (out, result.err().map(|_| "write"), None)
    }
}

fn write_value(
    format: &str,
    title: &str,
    value: &Value,
    target: OutputTarget,
) -> (String, Result<(), WriteError>) {
    let mut bytes = Vec::new();
    let format = Format::from_name(format).unwrap();
    let result = write(&mut bytes, format, title, value, target);
    (String::from_utf8(bytes).unwrap(), result)
}

fn write_as(format: &str, value: &Value, target: OutputTarget) -> String {
    let (out, result) = write_value(format, "DescribeBundleTasks", value, target);
    result.unwrap();
    out
}

fn search(expression: &str, value: &Value) -> Value {
    QueryExpression::parse(expression)
        .unwrap()
        .search(value)
        .unwrap()
}

#[test]
fn every_byte_is_the_same_as_with_aws_cli() {
    let recorded: Recorded = serde_json::from_str(include_str!("fixtures/output.json")).unwrap();
    assert!(recorded.cases.len() > 500);
    for case in &recorded.cases {
        let (out, error, message) = case.run(&recorded.values[&case.value]);
        let name = format!(
            "{} of {:?}, query {:?}",
            case.format, case.value, case.query
        );
        assert_eq!(out, case.out, "{name}");
        assert_eq!(error, case.error.as_deref(), "{name}");
        assert_eq!(message, case.message, "{name}");
    }
}

#[test]
fn a_format_is_found_by_its_exact_name() {
    for (name, format) in Format::NAMES {
        assert_eq!(Format::from_name(name), Some(*format));
    }
    assert_eq!(Format::from_name("JSON"), None);
    assert_eq!(Format::from_name(""), None);
}

/// A value with every character that a terminal could act on, also in names.
fn value_with_controls() -> Value {
    let controls: String = ('\0'..='\u{9f}').filter(|c| c.is_control()).collect();
    json!({"BundleTasks": [
        {"BundleId": controls, "\u{1b}]0;x\u{7}": {"Tags": [controls, [controls]]}, "\u{9b}": "x"},
    ]})
}

#[test]
fn control_characters_never_reach_a_terminal() {
    for (name, _) in Format::NAMES {
        for value in [value_with_controls(), json!("\u{1b}[31m\u{7f}\u{9b}31m")] {
            let out = write_as(name, &value, TERMINAL);
            let harmful = out.chars().find(|c| c.is_control() && !"\n\t".contains(*c));
            assert_eq!(harmful, None, "{name}: {out}");
        }
    }
}

#[test]
fn control_characters_on_a_terminal_can_be_seen() {
    let value = json!(["\u{1b}[31m\t\u{7f}\u{9b}"]);
    assert_eq!(
        write_as("text", &value, TERMINAL),
        "\u{241b}[31m\t\u{2421}\u{fffd}\n"
    );
    assert_eq!(
        write_as("json", &value, TERMINAL),
        "[\n    \"\\u001b[31m\\t\\u007f\\u009b\"\n]\n"
    );
    assert_eq!(
        write_as("yaml", &value, TERMINAL),
        "- \"\\e[31m\\t\\x7F\\x9B\"\n"
    );
    // What is harmless stays as it is, and so does everything elsewhere.
    let value = json!(["é 日本 👩\u{200d}💻"]);
    assert_eq!(
        write_as("text", &value, TERMINAL),
        write_as("text", &value, PLAIN)
    );
    assert_eq!(write_as("text", &json!("\u{1b}"), PLAIN), "\u{1b}\n");
}

/// Takes a number of bytes, then fails with an error.
struct FailingWriter(usize, io::ErrorKind);

impl Write for FailingWriter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.0 == 0 {
            return Err(self.1.into());
        }
        let length = bytes.len().min(self.0);
        self.0 -= length;
        Ok(length)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_closed_pipe_is_no_error_and_a_full_disk_is() {
    let tasks = vec![json!({"BundleId": "bun-2a4e041c", "State": "pending"}); 5000];
    let value = json!({"BundleTasks": tasks});
    for &(_, format) in Format::NAMES {
        for room in [0, 10, 100_000] {
            let mut pipe = FailingWriter(room, io::ErrorKind::BrokenPipe);
            write(&mut pipe, format, "DescribeBundleTasks", &value, PLAIN).unwrap();
            let mut disk = FailingWriter(room, io::ErrorKind::StorageFull);
            let result = write(&mut disk, format, "DescribeBundleTasks", &value, PLAIN);
            match result {
                Err(WriteError::Io(error)) => assert_eq!(error.kind(), io::ErrorKind::StorageFull),
                other => assert_eq!((format, other.is_ok()), (Format::Off, true)),
            }
        }
    }
}

#[cfg(target_os = "linux")]
#[test]
fn the_full_device_is_an_error() {
    let mut full = std::fs::File::create("/dev/full").unwrap();
    let error = write(&mut full, Format::Json, "", &json!([1]), PLAIN).unwrap_err();
    assert!(error.to_string().contains("No space left"), "{error}");
}

#[test]
fn text_before_a_list_that_text_cannot_show_is_written() {
    let value = json!({"a": "x", "b": [{"c": 1}, 2]});
    let (out, result) = write_value("text", "", &value, PLAIN);
    assert_eq!(out, "x\n");
    assert!(matches!(result, Err(WriteError::Value(_))));
}

#[test]
fn functions_are_checked_when_the_query_is_parsed() {
    for expression in [
        "nope(@)",
        "Nothing.nope(a)",
        "[?nope(a)]",
        "length()",
        "a && abs(a, b)",
    ] {
        let error = QueryExpression::parse(expression).unwrap_err();
        assert!(
            matches!(error, QueryError::Function(_)),
            "{expression}: {error}"
        );
    }
    for expression in ["&a", "a | &b", "[&a]"] {
        let error = QueryExpression::parse(expression).unwrap_err();
        assert!(
            matches!(error, QueryError::Function(_)),
            "{expression}: {error}"
        );
    }
}

#[test]
fn an_expression_can_be_long_but_not_nested_too_deeply() {
    let ids = (0..200).map(|i| format!("BundleId=='bun-{i}'"));
    let long = format!(
        "BundleTasks[?{}].BundleId",
        ids.collect::<Vec<_>>().join(" || ")
    );
    let value = json!({"BundleTasks": [{"BundleId": "bun-199"}, {"BundleId": "bun-200"}]});
    assert_eq!(search(&long, &value), json!(["bun-199"]));

    let wide = format!("{{{}}}", vec!["a: [b.c, d]"; 5000].join(", "));
    QueryExpression::parse(&wide).unwrap();

    for piece in [
        "(", "[", "!", "[?", "a.", "a|", "a||", "*.", "{a:", "& ", "abs(", "a[", "!(",
    ] {
        let deep = piece.repeat(30_000) + "a";
        let error = QueryExpression::parse(&deep).unwrap_err();
        assert!(matches!(error, QueryError::Syntax(_)), "{piece}");
    }
    for (left, right) in [
        ("(", ")"),
        ("[", "]"),
        ("{a:", "}"),
        ("[?", "]"),
        ("abs(", ")"),
    ] {
        let deep = left.repeat(100) + "a" + &right.repeat(100);
        let _ = QueryExpression::parse(&deep).unwrap().search(&value);
    }
}

/// In YAML, characters beyond U+FFFF are encoded on the way through the emitter. What looks like an
/// encoded one must not be decoded.
#[test]
fn yaml_that_looks_like_an_encoded_character_stays_as_it_is() {
    let value = json!(["\\uFFFF0000", "\u{1f600}", "x"]);
    assert_eq!(
        write_as("yaml", &value, PLAIN),
        "- \\uFFFF0000\n- \u{1f600}\n- x\n"
    );
    let value = json!(["\u{ffff}0000"]);
    assert_eq!(write_as("yaml", &value, PLAIN), "- \"\\uFFFF0000\"\n");
}
