//! EC2's answers as JSON: the members EC2 sent, by the names and in the order of its API.
//!
//! The commands print what EC2 said. A typed client would have made something of it already: a time
//! loses its digits, a policy that is not Base64 loses the whole list, and an absent member cannot be
//! told from an empty one. So their answers are read here, from the XML, by the table of EC2's API
//! model (`2016-11-15`).

use std::fmt::Write as _;

use jiff::civil::{DateTime, Time};
use jiff::fmt::rfc2822;
use jiff::fmt::temporal::{Pieces, PiecesOffset};
use jiff::tz::{Offset, TimeZone};
use jiff::{SignedDuration, Timestamp};
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::Event;
use serde_json::{Map, Value};
use thiserror::Error;

use super::error::Operation;
use super::integrity::{Document, NotWhole};

/// How times are written (the AWS CLI's `cli_timestamp_format`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Times {
    /// As EC2 sent them: `2015-09-15T13:24:35.000Z`.
    #[default]
    Wire,
    /// `2015-09-15T13:24:35+00:00`.
    Iso8601,
}

/// Why an answer cannot be read.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum Unreadable {
    /// It is no whole XML document.
    #[error("{0}")]
    NotWhole(#[from] NotWhole),
    /// A time is none.
    #[error("\"{0}\" is no time")]
    Time(String),
}

/// What a member holds.
enum Shape {
    Text,
    Time,
    /// Any child element is one of these.
    List(&'static Shape),
    Structure(&'static [Member]),
}

/// A member of a structure.
struct Member {
    /// Its name in the API.
    name: &'static str,
    /// Its element in the answer.
    element: &'static str,
    shape: Shape,
}

/// How many members a structure has at most: those of the largest.
const MOST_MEMBERS: usize = BUNDLE_TASK.len();

const fn member(name: &'static str, element: &'static str, shape: Shape) -> Member {
    Member {
        name,
        element,
        shape,
    }
}

const BUNDLE_TASK: &[Member] = &[
    member("InstanceId", "instanceId", Shape::Text),
    member("BundleId", "bundleId", Shape::Text),
    member("State", "state", Shape::Text),
    member("StartTime", "startTime", Shape::Time),
    member("UpdateTime", "updateTime", Shape::Time),
    member("Storage", "storage", Shape::Structure(STORAGE)),
    member("Progress", "progress", Shape::Text),
    member("BundleTaskError", "error", Shape::Structure(TASK_ERROR)),
];

const STORAGE: &[Member] = &[member("S3", "S3", Shape::Structure(S3_STORAGE))];

const S3_STORAGE: &[Member] = &[
    member("AWSAccessKeyId", "AWSAccessKeyId", Shape::Text),
    member("Bucket", "bucket", Shape::Text),
    member("Prefix", "prefix", Shape::Text),
    member("UploadPolicy", "uploadPolicy", Shape::Text), // Base64, left so
    member(
        "UploadPolicySignature",
        "uploadPolicySignature",
        Shape::Text,
    ),
];

const TASK_ERROR: &[Member] = &[
    member("Code", "code", Shape::Text),
    member("Message", "message", Shape::Text),
];

const DESCRIBE_BUNDLE_TASKS: &[Member] = &[member(
    "BundleTasks",
    "bundleInstanceTasksSet",
    Shape::List(&Shape::Structure(BUNDLE_TASK)),
)];

const CANCEL_BUNDLE_TASK: &[Member] = &[member(
    "BundleTask",
    "bundleInstanceTask",
    Shape::Structure(BUNDLE_TASK),
)];

/// The members of an answer. Its root's name does not matter, as with the AWS CLI.
pub fn read(operation: Operation, body: &[u8], times: Times) -> Result<Value, Unreadable> {
    let members = match operation {
        Operation::DescribeBundleTasks => DESCRIBE_BUNDLE_TASKS,
        Operation::CancelBundleTask => CANCEL_BUNDLE_TASK,
        Operation::GetCallerIdentity | Operation::Connect => &[],
    };
    Answer::new(body, times)?.read(members)
}

/// EC2's code and message in the answer of an error; `None` each where it has none.
pub fn read_error(body: &[u8]) -> Result<(Option<String>, Option<String>), Unreadable> {
    const ERRORS: &[Member] = &[
        member("Errors", "Errors", Shape::List(&Shape::Structure(ERROR))),
        member("Error", "Error", Shape::Structure(ERROR)), // the form of the other Query services
    ];
    const ERROR: &[Member] = &[
        member("Code", "Code", Shape::Text),
        member("Message", "Message", Shape::Text),
    ];
    let root = Answer::new(body, Times::Wire)?.read(ERRORS)?;
    let error = root.pointer("/Errors/0").unwrap_or(&root["Error"]);
    let text = |name: &str| Some(error.get(name)?.as_str()?.to_owned());
    Ok((text("Code"), text("Message")))
}

/// An answer, read from its start to its end.
struct Answer<'a> {
    document: Document<'a>,
    times: Times,
}

impl<'a> Answer<'a> {
    fn new(body: &'a [u8], times: Times) -> Result<Self, Unreadable> {
        let document = Document::new(body)?;
        Ok(Self { document, times })
    }

    /// The members of the root. What follows them must be the end.
    fn read(mut self, members: &[Member]) -> Result<Value, Unreadable> {
        self.document.next()?;
        let value = self.structure(members)?;
        while self.document.next()?.is_some() {}
        Ok(value)
    }

    /// The next event within the root.
    fn next(&mut self) -> Result<Event<'a>, Unreadable> {
        Ok(self.document.next()?.ok_or(NotWhole::Cut)?)
    }

    /// Passes over the rest of the element just entered.
    fn skip(&mut self) -> Result<(), Unreadable> {
        let mut depth = 1;
        while depth > 0 {
            match self.next()? {
                Event::Start(_) => depth += 1,
                Event::End(_) => depth -= 1,
                _ => {}
            }
        }
        Ok(())
    }

    /// The content of the element just entered, up to its end.
    fn content(&mut self, shape: &Shape) -> Result<Value, Unreadable> {
        match shape {
            Shape::Text => Ok(Value::String(self.text()?)),
            Shape::Time => {
                let text = self.text()?;
                Ok(Value::String(match self.times {
                    Times::Wire => text,
                    Times::Iso8601 => iso8601(&text).ok_or(Unreadable::Time(text))?,
                }))
            }
            Shape::List(item) => {
                let mut items = Vec::new();
                loop {
                    match self.next()? {
                        Event::Start(_) => items.push(self.content(item)?),
                        Event::End(_) => return Ok(Value::Array(items)),
                        _ => {}
                    }
                }
            }
            Shape::Structure(members) => self.structure(members),
        }
    }

    /// The known members of the element just entered, each the first time it comes.
    fn structure(&mut self, members: &[Member]) -> Result<Value, Unreadable> {
        let mut found: [Option<Value>; MOST_MEMBERS] = Default::default();
        loop {
            match self.next()? {
                Event::Start(start) => {
                    let name = start.local_name();
                    let known = members.iter().position(|m| m.element == name.as_ref());
                    match known.filter(|&index| found[index].is_none()) {
                        Some(index) => found[index] = Some(self.content(&members[index].shape)?),
                        None => self.skip()?,
                    }
                }
                Event::End(_) => break,
                _ => {}
            }
        }
        let mut structure = Map::with_capacity(found.iter().flatten().count());
        for (member, value) in members.iter().zip(found) {
            if let Some(value) = value {
                structure.insert(member.name.to_owned(), value);
            }
        }
        Ok(Value::Object(structure))
    }

    /// The text of the element just entered, up to the first element in it.
    fn text(&mut self) -> Result<String, Unreadable> {
        let mut text = String::new();
        let mut before_elements = true;
        loop {
            match self.next()? {
                Event::Start(_) => {
                    before_elements = false;
                    self.skip()?;
                }
                Event::Text(part) if before_elements => push(&mut text, &part)?,
                Event::CData(part) if before_elements => push(&mut text, &part)?,
                Event::GeneralRef(reference) if before_elements => {
                    match reference.resolve_char_ref() {
                        // A carriage return by reference stays one.
                        Ok(Some('\r')) => text.push('\r'),
                        Ok(Some(c)) => push(&mut text, c.encode_utf8(&mut [0; 4]))?,
                        Ok(None) => text.push_str(
                            resolve_predefined_entity(&reference).ok_or(NotWhole::NotXml)?,
                        ),
                        Err(_) => return Err(NotWhole::NotXml.into()),
                    }
                }
                Event::End(_) => return Ok(text),
                _ => {}
            }
        }
    }
}

/// Adds characters of a document. XML has but one line end, and no control characters beside it and
/// the tab, not even as references; the reader does not look for them.
fn push(text: &mut String, part: &str) -> Result<(), NotWhole> {
    let is_none_of_xmls =
        |c| matches!(c, '\0'..'\t' | '\x0b' | '\x0c' | '\x0e'..' ' | '\u{fffe}' | '\u{ffff}');
    if part.contains(is_none_of_xmls) {
        return Err(NotWhole::NotXml);
    }
    if part.contains('\r') {
        text.push_str(&part.replace("\r\n", "\n").replace('\r', "\n"));
    } else {
        text.push_str(part);
    }
    Ok(())
}

/// A time in ISO 8601's extended form, as the AWS CLI writes it: with the offset it came with,
/// without one if it came without, and with microseconds where they are not zero. `None` for what is
/// no time. Besides ISO 8601, EC2's own form, RFC 2822 and seconds since 1970 are understood.
pub fn iso8601(text: &str) -> Option<String> {
    let text = text.trim();
    if let Ok(pieces) = Pieces::parse(text) {
        let time = pieces.time().unwrap_or(Time::midnight());
        let offset = pieces.offset().map(|offset| match offset {
            PiecesOffset::Numeric(offset) => offset.offset(),
            _ => Offset::UTC,
        });
        return written(pieces.date().to_datetime(time), offset);
    }
    if let Ok(zoned) = rfc2822::parse(text) {
        return written(zoned.datetime(), Some(zoned.offset()));
    }
    let seconds: f64 = text.parse().ok()?;
    let since_1970 = SignedDuration::try_from_secs_f64(seconds).ok()?;
    let time = Timestamp::from_duration(since_1970).ok()?;
    written(Offset::UTC.to_datetime(time), Some(Offset::UTC))
}

fn written(time: DateTime, offset: Option<Offset>) -> Option<String> {
    let mut text = time.strftime("%Y-%m-%dT%H:%M:%S").to_string();
    let microseconds = time.subsec_nanosecond() / 1000;
    if microseconds != 0 {
        let _ = write!(text, ".{microseconds:06}");
    }
    if let Some(offset) = offset {
        let zoned = time.to_zoned(TimeZone::fixed(offset)).ok()?;
        let _ = write!(text, "{}", zoned.strftime("%:z"));
    }
    Some(text)
}
