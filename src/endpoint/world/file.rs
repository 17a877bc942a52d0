//! The JSON of a world: its members, and what can be wrong with a single task.

use std::collections::HashSet;
use std::fmt;

use serde::de::{Error as _, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::Value;
use thiserror::Error;

use super::durations::DurationOverrides;
use super::task_state::TaskState;
use super::values::{DurationEntry, FilePercentage};

/// The members of a world.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(
    deny_unknown_fields,
    rename_all = "camelCase",
    expecting = "the members of a world"
)]
pub(super) struct WorldFile {
    pub(super) account: Option<String>,
    pub(super) arn: Option<String>,
    #[serde(default)]
    pub(super) seed: u64,
    #[serde(default, rename = "takes")]
    pub(super) durations: DurationOverrides,
    #[serde(default, deserialize_with = "deserialize_initial_tasks")]
    pub(super) tasks: Vec<TaskEntry>,
    pub(super) arrivals: Option<ArrivalsEntry>,
}

/// The members of `arrivals`.
#[derive(Clone, Debug, Deserialize)]
#[serde(
    deny_unknown_fields,
    rename_all = "camelCase",
    expecting = "the members of arrivals"
)]
pub(super) struct ArrivalsEntry {
    pub(super) every: DurationEntry,
    pub(super) first: Option<DurationEntry>,
    #[serde(deserialize_with = "deserialize_arriving_tasks")]
    pub(super) tasks: Vec<TaskEntry>,
}

/// The members of a task.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(
    deny_unknown_fields,
    rename_all = "camelCase",
    expecting = "the members of a task"
)]
pub(super) struct TaskEntry {
    pub(super) bundle_id: Option<String>,
    pub(super) instance_id: Option<String>,
    pub(super) state: Option<TaskState>,
    pub(super) progress: Option<FilePercentage>,
    pub(super) started: Option<DurationEntry>,
    pub(super) updated: Option<DurationEntry>,
    pub(super) bucket: Option<String>,
    pub(super) prefix: Option<String>,
    pub(super) aws_access_key_id: Option<String>,
    pub(super) upload_policy: Option<Value>,
    pub(super) upload_policy_signature: Option<String>,
    pub(super) error: Option<BundleTaskError>,
    #[serde(default, rename = "takes")]
    pub(super) durations: DurationOverrides,
}

/// The error that a task ends with, as EC2 returns it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a code and a message")]
pub(in crate::endpoint) struct BundleTaskError {
    pub(in crate::endpoint) code: String,
    pub(in crate::endpoint) message: String,
}

/// What is wrong with a task whose JSON is valid.
#[derive(Debug, Error)]
enum TaskProblem {
    #[error("`bundleId` is missing")]
    MissingId,
    #[error("the bundleId `{0}` does not begin with `bun-`, as EC2's do")]
    MalformedId(String),
    #[error("an earlier task already has the bundleId `{0}`")]
    DuplicateId(String),
    #[error("a task cannot be updated (`updated`) before it is started (`started`)")]
    UpdatedBeforeStarted,
    #[error("a task has `progress` only in the states `bundling` and `storing`, not in `{0}`")]
    ProgressInState(&'static str),
    #[error("a task with an `error` ends as `failed`: its state cannot be `complete`")]
    CompleteWithError,
    #[error("a task that arrives is new: it cannot have `{0}`")]
    NotAllowedInArrivals(&'static str),
}

impl TaskEntry {
    /// Checks a task that exists when the world begins.
    fn check_initial(&self) -> Result<(), TaskProblem> {
        let id = self.bundle_id.as_ref().ok_or(TaskProblem::MissingId)?;
        if !id.starts_with("bun-") {
            return Err(TaskProblem::MalformedId(id.clone()));
        }
        let state = self.state.unwrap_or(TaskState::Pending);
        if self.progress.is_some() && !state.has_rising_progress() {
            return Err(TaskProblem::ProgressInState(state.name()));
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

    /// Checks a task that arrives while the world runs.
    fn check_arriving(&self) -> Result<(), TaskProblem> {
        let not_allowed = [
            ("bundleId", self.bundle_id.is_some()),
            ("state", self.state.is_some()),
            ("progress", self.progress.is_some()),
            ("started", self.started.is_some()),
            ("updated", self.updated.is_some()),
        ];
        match not_allowed.into_iter().find(|(_, is_present)| *is_present) {
            Some((name, _)) => Err(TaskProblem::NotAllowedInArrivals(name)),
            None => Ok(()),
        }
    }
}

fn deserialize_initial_tasks<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Vec<TaskEntry>, D::Error> {
    let mut ids = HashSet::new();
    let check = |task: &TaskEntry| {
        task.check_initial()?;
        match &task.bundle_id {
            Some(id) if !ids.insert(id.clone()) => Err(TaskProblem::DuplicateId(id.clone())),
            _ => Ok(()),
        }
    };
    deserializer.deserialize_seq(TaskListVisitor { check })
}

fn deserialize_arriving_tasks<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Vec<TaskEntry>, D::Error> {
    let check = TaskEntry::check_arriving;
    deserializer.deserialize_seq(TaskListVisitor { check })
}

/// Deserializes tasks and checks each one as soon as it is read, so that an error names the task,
/// and `serde_json` adds its line and column.
struct TaskListVisitor<F> {
    check: F,
}

impl<'de, F: FnMut(&TaskEntry) -> Result<(), TaskProblem>> Visitor<'de> for TaskListVisitor<F> {
    type Value = Vec<TaskEntry>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of tasks")
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut list: A) -> Result<Self::Value, A::Error> {
        let mut tasks: Vec<TaskEntry> = Vec::new();
        loop {
            let number = tasks.len() + 1;
            let in_task =
                |problem: &dyn fmt::Display| A::Error::custom(format!("task {number}: {problem}"));
            let Some(task) = list.next_element().map_err(|error| in_task(&error))? else {
                return Ok(tasks);
            };
            (self.check)(&task).map_err(|problem| in_task(&problem))?;
            tasks.push(task);
        }
    }
}
