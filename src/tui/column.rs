//! The columns of the table, as far as they do not depend on how it is drawn: their names, the text
//! in them, and how they are sorted. How wide they are and how they look is in `view/columns.rs`.

use std::borrow::Cow;

use jiff::Timestamp;

use crate::monitor::{CancelState, Scope, TrackedTask, Verdict};
use crate::task::{BundleTask, Phase, S3Storage, TaskError};
use crate::text;

/// A task, and what else its cells need.
#[derive(Clone, Copy)]
pub struct Row<'a> {
    /// The task.
    pub tracked: &'a TrackedTask,
    /// The scope it belongs to.
    pub scope: &'a Scope,
}

impl<'a> Row<'a> {
    /// The task as EC2 described it.
    pub fn task(&self) -> &'a BundleTask {
        &self.tracked.task
    }
}

/// A column of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Column {
    /// The bundle ID.
    BundleId,
    /// The ID of the instance.
    Instance,
    /// The state.
    State,
    /// How far the task has progressed.
    Progress,
    /// Bucket and prefix.
    Storage,
    /// When it started.
    Started,
    /// When it was last updated.
    Updated,
    /// Why it failed.
    Error,
}

/// A column that the table shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ShownColumn {
    /// Which one.
    pub column: Column,
    /// Its width in cells; as there is room if `None`.
    pub width: Option<u16>,
}

impl From<Column> for ShownColumn {
    fn from(column: Column) -> Self {
        let width = None;
        Self { column, width }
    }
}

impl Column {
    /// Every column, from left to right.
    pub const ALL: [Self; 8] = [
        Self::BundleId,
        Self::Instance,
        Self::State,
        Self::Progress,
        Self::Storage,
        Self::Started,
        Self::Updated,
        Self::Error,
    ];

    /// Its name in a filter, as in `state:storing`.
    pub fn name(self) -> &'static str {
        match self {
            Self::BundleId => "id",
            Self::Instance => "instance",
            Self::State => "state",
            Self::Progress => "progress",
            Self::Storage => "storage",
            Self::Started => "started",
            Self::Updated => "updated",
            Self::Error => "error",
        }
    }

    /// Its title in the table.
    pub fn title(self) -> &'static str {
        match self {
            Self::BundleId => "BUNDLE ID",
            Self::Instance => "INSTANCE",
            Self::State => "STATE",
            Self::Progress => "PROGRESS",
            Self::Storage => "S3 STORAGE",
            Self::Started => "STARTED",
            Self::Updated => "UPDATED",
            Self::Error => "ERROR",
        }
    }

    /// The column with that name.
    pub fn of_name(name: &str) -> Option<Self> {
        let mut columns = Self::ALL.into_iter();
        columns.find(|column| column.name().eq_ignore_ascii_case(name))
    }

    /// The text of its cell, as EC2 sent it and in full; empty if EC2 sent nothing.
    pub fn text<'a>(self, row: &Row<'a>, now: Timestamp) -> Cow<'a, str> {
        let task = row.task();
        match self {
            Self::BundleId => task.bundle_id.as_str().into(),
            Self::Instance => task.instance_id.as_deref().unwrap_or_default().into(),
            Self::State => state_text(row),
            Self::Progress => match &task.progress {
                Some(progress) => progress.as_str().into(),
                None => "".into(),
            },
            Self::Storage => {
                let path = task.storage.as_ref().map(S3Storage::path);
                path.unwrap_or_default().into()
            }
            Self::Started => age(task.start_time, now),
            Self::Updated => age(task.update_time, now),
            Self::Error => {
                let error = task.error.as_ref().map(TaskError::to_string);
                error.unwrap_or_default().into()
            }
        }
    }

    /// The time in its cell, which the cell shows as an age.
    pub fn time(self, task: &BundleTask) -> Option<Timestamp> {
        match self {
            Self::Started => task.start_time,
            Self::Updated => task.update_time,
            Self::BundleId
            | Self::Instance
            | Self::State
            | Self::Progress
            | Self::Storage
            | Self::Error => None,
        }
    }
}

fn age(time: Option<Timestamp>, now: Timestamp) -> Cow<'static, str> {
    let age = time.map(|time| text::age(time, now));
    age.unwrap_or_default().into()
}

/// What a task's state on the screen says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ShownState {
    /// It is of the past: its last state.
    Past,
    /// EC2 no longer lists the task.
    NotListed,
    /// Its cancel was requested here, and EC2 has not reported a state since.
    CancelRequested,
    /// EC2's state, and that the answer to its cancel was lost.
    AnswerLost,
    /// EC2's state.
    Reported,
}

impl ShownState {
    /// That of a task.
    pub fn of(row: &Row) -> Self {
        let task = row.task();
        if row.tracked.is_past {
            return Self::Past;
        }
        if row.tracked.unlisted_since.is_some() {
            return Self::NotListed;
        }
        if row.scope.shows_as_cancel_requested(task) {
            return Self::CancelRequested;
        }
        match row.scope.cancel_state(&task.bundle_id) {
            Some(CancelState::AnswerLost) => Self::AnswerLost,
            Some(
                CancelState::Queued
                | CancelState::Checking
                | CancelState::Sent
                | CancelState::Accepted
                | CancelState::Settled,
            )
            | None => Self::Reported,
        }
    }
}

fn state_text<'a>(row: &Row<'a>) -> Cow<'a, str> {
    let state = &row.task().state;
    let verdict = row.scope.cancel_verdict(&row.task().bundle_id);
    match ShownState::of(row) {
        ShownState::NotListed => match verdict {
            Some(Verdict::NoLongerListed) => "gone after cancel".into(),
            Some(Verdict::Completed | Verdict::Failed | Verdict::StillCancelling) | None => {
                "no longer listed".into()
            }
        },
        ShownState::Reported if verdict == Some(Verdict::StillCancelling) => {
            format!("still {state}").into()
        }
        ShownState::CancelRequested => "cancel requested".into(),
        ShownState::AnswerLost => format!("{state}, no answer").into(),
        // EC2 described it so last; that it goes on would be wrong.
        ShownState::Past if state.phase() == Phase::Cancelling => "gone after cancel".into(),
        ShownState::Past | ShownState::Reported => row.task().state.as_str().into(),
    }
}
