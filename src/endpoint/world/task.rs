//! A task of a running world: what it is made of, and what EC2 would say of it at a moment.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::file::{self, TaskError, TaskFile};
use super::life::{Length, Life, Takes, TaskState};
use crate::endpoint::clock::before;

/// Where a bundle goes. The members are as the wire has them: the policy in Base64.
#[derive(Clone, Debug, Default)]
pub(in crate::endpoint) struct Storage {
    pub bucket: Option<String>,
    pub prefix: Option<String>,
    pub aws_access_key_id: Option<String>,
    pub upload_policy: Option<String>,
    pub upload_policy_signature: Option<String>,
}

impl Storage {
    /// Whether there is nothing to say of it.
    pub fn is_empty(&self) -> bool {
        let members = [
            &self.bucket,
            &self.prefix,
            &self.aws_access_key_id,
            &self.upload_policy,
            &self.upload_policy_signature,
        ];
        members.into_iter().all(Option::is_none)
    }
}

/// A task as EC2 describes it at a moment.
#[derive(Debug)]
pub(in crate::endpoint) struct TaskView<'a> {
    pub instance_id: Option<&'a str>,
    pub bundle_id: &'a str,
    pub state: &'a str,
    pub start_time: Timestamp,
    pub update_time: Timestamp,
    pub storage: &'a Storage,
    /// In percent.
    pub progress: Option<u8>,
    pub error: Option<&'a TaskError>,
}

/// A task of a running world.
#[derive(Clone, Debug)]
pub(super) struct Task {
    pub bundle_id: String,
    instance_id: Option<String>,
    storage: Storage,
    error: Option<TaskError>,
    started: Timestamp,
    /// Nobody sees it before this.
    listed_from: Timestamp,
    life: Life,
    /// A word that is said in place of the state's, if a test asked for it.
    word: Option<String>,
}

impl Task {
    /// A task of a world's file, in a world that begins at `begins`.
    pub fn present(task: &TaskFile, takes: &Takes, begins: Timestamp) -> Self {
        let ago = |span: Option<file::Span>| span.map_or(SignedDuration::ZERO, |span| span.0);
        let updated = ago(task.updated);
        let started = ago(task.started).max(updated);
        let life = Life::new(
            task.state.unwrap_or(TaskState::Pending),
            task.progress.map_or(0, |percent| percent.0),
            before(begins, updated),
            file::with(takes, &task.takes),
            task.error.is_some(),
        );
        Self {
            bundle_id: task.bundle_id.clone().unwrap_or_default(),
            instance_id: task.instance_id.clone(),
            storage: storage(task),
            error: task.error.clone(),
            started: before(begins, started),
            listed_from: Timestamp::MIN,
            life,
            word: None,
        }
    }

    /// A task that is started at `now`.
    pub fn new(bundle_id: String, task: &TaskFile, takes: &Takes, now: Timestamp) -> Self {
        Self {
            bundle_id,
            listed_from: now,
            ..Self::present(task, takes, now)
        }
    }

    /// A task that a client started at `now`, by `BundleInstance`.
    pub fn asked_for(
        bundle_id: String,
        instance_id: String,
        storage: Storage,
        takes: &Takes,
        now: Timestamp,
    ) -> Self {
        Self {
            instance_id: Some(instance_id),
            storage,
            ..Self::new(bundle_id, &TaskFile::default(), takes, now)
        }
    }

    /// What EC2 says of it at `now`, or none if it does not list it.
    pub fn at(&self, now: Timestamp) -> Option<TaskView<'_>> {
        if now < self.listed_from {
            return None;
        }
        let moment = self.life.at(now)?;
        let error = self.error.as_ref();
        Some(TaskView {
            instance_id: self.instance_id.as_deref(),
            bundle_id: &self.bundle_id,
            state: self.word.as_deref().unwrap_or(moment.state.word()),
            start_time: self.started,
            update_time: moment.updated.max(self.started),
            storage: &self.storage,
            progress: moment.progress,
            error: error.filter(|_| moment.state == TaskState::Failed),
        })
    }

    /// Its state at `now`; none if it is not listed, or in a state nobody knows.
    pub fn state_at(&self, now: Timestamp) -> Option<TaskState> {
        if now < self.listed_from || self.word.is_some() {
            return None;
        }
        Some(self.life.at(now)?.state)
    }

    /// Whether it keeps the instance busy.
    pub fn occupies(&self, instance_id: &str, now: Timestamp) -> bool {
        self.instance_id.as_deref() == Some(instance_id)
            && self.state_at(now).is_some_and(TaskState::is_under_way)
    }

    pub fn cancel(&mut self, now: Timestamp) {
        self.life.cancelled = Some(now);
    }

    /// Puts the task into a state for good, whatever its script says.
    pub fn set_state(&mut self, word: &str, now: Timestamp) {
        let known = TaskState::ALL
            .into_iter()
            .find(|state| state.word() == word);
        self.word = known.is_none().then(|| word.to_owned());
        let state = known.unwrap_or(TaskState::Pending);
        let progress = self.life.at(now).and_then(|moment| moment.progress);
        let mut takes = self.life.takes.clone();
        takes.set(state, Length::Forever);
        self.life = Life::new(state, progress.unwrap_or(0), now, takes, self.life.fails);
    }
}

fn storage(task: &TaskFile) -> Storage {
    let policy = |policy: &Value| match policy {
        // Already as the wire has it, right or wrong: a world may hold what a client chokes on.
        Value::String(encoded) => encoded.clone(),
        document => STANDARD.encode(document.to_string()),
    };
    Storage {
        bucket: task.bucket.clone(),
        prefix: task.prefix.clone(),
        aws_access_key_id: task.aws_access_key_id.clone(),
        upload_policy: task.upload_policy.as_ref().map(policy),
        upload_policy_signature: task.upload_policy_signature.clone(),
    }
}
