//! A world as a file: the JSON members, and everything that can be wrong with them.

use std::collections::{BTreeMap, HashSet};
use std::fmt;
use std::path::PathBuf;

use jiff::SignedDuration;
use serde::de::{Error as _, SeqAccess, Unexpected, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::Value;
use thiserror::Error;

use super::life::{Length, Takes, TaskState};

/// Why a world cannot be used.
#[derive(Debug, Error)]
pub enum WorldError {
    /// The file cannot be read.
    #[error("cannot read the world {}: {source}", path.display())]
    Unreadable {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// It is not JSON, or not the JSON of a world.
    #[error("{name}:{line}:{column}: {problem}")]
    Malformed {
        /// The world's file name.
        name: String,
        /// Counted from 1.
        line: usize,
        /// Counted from 1.
        column: usize,
        /// What is wrong, where in the world, and what is allowed.
        problem: String,
    },
    /// Its members contradict one another.
    #[error("{name}: {problem}")]
    Contradiction {
        /// The world's file name.
        name: String,
        /// What is wrong, and with which task.
        problem: String,
    },
}

impl WorldError {
    pub(super) fn malformed(name: &str, error: &serde_json::Error) -> Self {
        let (line, column) = (error.line(), error.column());
        let text = error.to_string();
        let place = format!(" at line {line} column {column}");
        Self::Malformed {
            name: name.to_owned(),
            line,
            column,
            problem: text.strip_suffix(&place).unwrap_or(&text).to_owned(),
        }
    }
}

/// What is wrong with a task, beyond the JSON of it.
#[derive(Debug, Error)]
enum TaskProblem {
    #[error("`bundleId` is missing")]
    NoId,
    #[error("the bundleId `{0}` does not begin with `bun-`, as EC2's do")]
    OddId(String),
    #[error("the bundleId `{0}` was taken by a task before")]
    DuplicateId(String),
    #[error("a task cannot be updated (`updated`) before it is started (`started`)")]
    UpdatedBeforeStarted,
    #[error("`progress` belongs to the states `bundling` and `storing`, not to `{0}`")]
    ProgressWithout(&'static str),
    #[error("a task with an `error` ends `failed`: its state cannot be `complete`")]
    CompleteWithError,
    #[error("a task that arrives begins as new: it has no `{0}` of its own")]
    NotWhenArriving(&'static str),
}

/// The members of a world.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(
    deny_unknown_fields,
    rename_all = "camelCase",
    expecting = "the members of a world"
)]
pub(super) struct WorldFile {
    pub account: Option<String>,
    pub arn: Option<String>,
    #[serde(default)]
    pub seed: u64,
    #[serde(default)]
    pub takes: TakesFile,
    #[serde(default, deserialize_with = "present_tasks")]
    pub tasks: Vec<TaskFile>,
    pub arrivals: Option<ArrivalsFile>,
}

/// The members of `arrivals`.
#[derive(Clone, Debug, Deserialize)]
#[serde(
    deny_unknown_fields,
    rename_all = "camelCase",
    expecting = "the members of arrivals"
)]
pub(super) struct ArrivalsFile {
    pub every: Span,
    pub first: Option<Span>,
    #[serde(deserialize_with = "arriving_tasks")]
    pub tasks: Vec<TaskFile>,
}

/// The members of a task.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(
    deny_unknown_fields,
    rename_all = "camelCase",
    expecting = "the members of a task"
)]
pub(super) struct TaskFile {
    pub bundle_id: Option<String>,
    pub instance_id: Option<String>,
    pub state: Option<TaskState>,
    pub progress: Option<Percent>,
    pub started: Option<Span>,
    pub updated: Option<Span>,
    pub bucket: Option<String>,
    pub prefix: Option<String>,
    pub aws_access_key_id: Option<String>,
    pub upload_policy: Option<Value>,
    pub upload_policy_signature: Option<String>,
    pub error: Option<TaskError>,
    #[serde(default)]
    pub takes: TakesFile,
}

/// Why a task failed, or will.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a code and a message")]
pub(crate) struct TaskError {
    pub code: String,
    pub message: String,
}

/// The states whose length differs from what applies otherwise.
pub(super) type TakesFile = BTreeMap<TaskState, Length>;

/// `base`, with the lengths a file gives in place of its own.
pub(super) fn with(base: &Takes, changes: &TakesFile) -> Takes {
    let mut takes = base.clone();
    for (state, length) in changes {
        takes.set(*state, *length);
    }
    takes
}

impl TaskFile {
    fn check_present(&self) -> Result<(), TaskProblem> {
        let id = self.bundle_id.as_ref().ok_or(TaskProblem::NoId)?;
        if !id.starts_with("bun-") {
            return Err(TaskProblem::OddId(id.clone()));
        }
        let state = self.state.unwrap_or(TaskState::Pending);
        if self.progress.is_some() && !state.counts() {
            return Err(TaskProblem::ProgressWithout(state.word()));
        }
        if self.error.is_some() && state == TaskState::Complete {
            return Err(TaskProblem::CompleteWithError);
        }
        match (self.started, self.updated) {
            (Some(started), Some(updated)) if started.0 < updated.0 => {
                Err(TaskProblem::UpdatedBeforeStarted)
            }
            _ => Ok(()),
        }
    }

    fn check_arriving(&self) -> Result<(), TaskProblem> {
        let given = [
            ("bundleId", self.bundle_id.is_some()),
            ("state", self.state.is_some()),
            ("progress", self.progress.is_some()),
            ("started", self.started.is_some()),
            ("updated", self.updated.is_some()),
        ];
        match given.into_iter().find(|(_, is_given)| *is_given) {
            Some((name, _)) => Err(TaskProblem::NotWhenArriving(name)),
            None => Ok(()),
        }
    }
}

/// A length of time, such as `"90s"`, `"10m"` or `"1h30m"`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Span(pub SignedDuration);

/// Reads a length of time as the files and the faults write it. Never negative.
pub(in crate::endpoint) fn parse_span(text: &str) -> Option<SignedDuration> {
    let span: SignedDuration = text.parse().ok()?;
    (!span.is_negative()).then_some(span)
}

impl<'de> Deserialize<'de> for Span {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let allowed = r#"a length of time, such as "90s", "10m" or "1h30m""#;
        let read = |text: &str| parse_span(text).map(Self);
        deserializer.deserialize_any(Text { read, allowed })
    }
}

impl<'de> Deserialize<'de> for Length {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let allowed = r#"a length of time, such as "90s", "10m", "1h30m" or "forever""#;
        let read = |text: &str| match text {
            "forever" => Some(Self::Forever),
            _ => parse_span(text).map(Self::For),
        };
        deserializer.deserialize_any(Text { read, allowed })
    }
}

/// A whole percentage, written `72` or, as EC2 does, `"72%"`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Percent(pub u8);

impl<'de> Deserialize<'de> for Percent {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let allowed = r#"a whole number from 0 to 100, such as 72 or "72%""#;
        let read = |text: &str| {
            let number = text.strip_suffix('%').unwrap_or(text).parse().ok();
            number.filter(|percent| *percent <= 100).map(Self)
        };
        deserializer.deserialize_any(Text { read, allowed })
    }
}

/// Reads a string, or a whole number as if it were one. A visitor, because only what fails within
/// one has its own line and column.
struct Text<F> {
    read: F,
    allowed: &'static str,
}

impl<T, F: Fn(&str) -> Option<T>> Visitor<'_> for Text<F> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.allowed)
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<T, E> {
        (self.read)(text).ok_or_else(|| E::invalid_value(Unexpected::Str(text), &self))
    }

    fn visit_u64<E: serde::de::Error>(self, number: u64) -> Result<T, E> {
        let text = number.to_string();
        (self.read)(&text).ok_or_else(|| E::invalid_value(Unexpected::Unsigned(number), &self))
    }
}

fn present_tasks<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<TaskFile>, D::Error> {
    let mut taken = HashSet::new();
    deserializer.deserialize_seq(Tasks(|task: &TaskFile| {
        task.check_present()?;
        match &task.bundle_id {
            Some(id) if !taken.insert(id.clone()) => Err(TaskProblem::DuplicateId(id.clone())),
            _ => Ok(()),
        }
    }))
}

fn arriving_tasks<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<TaskFile>, D::Error> {
    deserializer.deserialize_seq(Tasks(TaskFile::check_arriving))
}

/// Reads tasks one by one and checks each as it comes, so that an error says which task it is
/// about, and `serde_json` says in which line.
struct Tasks<F>(F);

impl<'de, F: FnMut(&TaskFile) -> Result<(), TaskProblem>> Visitor<'de> for Tasks<F> {
    type Value = Vec<TaskFile>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of tasks")
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut list: A) -> Result<Self::Value, A::Error> {
        let mut tasks: Vec<TaskFile> = Vec::new();
        loop {
            let number = tasks.len() + 1;
            let about =
                |problem: &dyn fmt::Display| A::Error::custom(format!("task {number}: {problem}"));
            let Some(task) = list.next_element().map_err(|error| about(&error))? else {
                return Ok(tasks);
            };
            (self.0)(&task).map_err(|problem| about(&problem))?;
            tasks.push(task);
        }
    }
}
