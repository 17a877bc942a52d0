//! A task of a running world: what it consists of, and what EC2 would return about it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::durations::StateDurations;
use super::file::{BundleTaskError, TaskEntry};
use super::script::TaskScript;
use super::task_state::TaskState;
use super::values::DurationEntry;
use crate::endpoint::time::saturating_sub;

/// Where a bundle is stored. The members are as EC2 sends them, the policy in Base64.
#[derive(Clone, Debug, Default)]
pub(in crate::endpoint) struct BundleStorage {
    pub(in crate::endpoint) bucket: Option<String>,
    pub(in crate::endpoint) prefix: Option<String>,
    pub(in crate::endpoint) aws_access_key_id: Option<String>,
    pub(in crate::endpoint) upload_policy: Option<String>,
    pub(in crate::endpoint) upload_policy_signature: Option<String>,
}

impl BundleStorage {
    fn new(file: &TaskEntry) -> Self {
        let encode_policy = |policy: &Value| match policy {
            // Sent unchanged even if it is not Base64, so that a world can test a client with it.
            Value::String(encoded) => encoded.clone(),
            document => STANDARD.encode(document.to_string()),
        };
        Self {
            bucket: file.bucket.clone(),
            prefix: file.prefix.clone(),
            aws_access_key_id: file.aws_access_key_id.clone(),
            upload_policy: file.upload_policy.as_ref().map(encode_policy),
            upload_policy_signature: file.upload_policy_signature.clone(),
        }
    }

    /// Whether it has no members.
    pub(in crate::endpoint) fn is_empty(&self) -> bool {
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

/// A task as EC2 describes it at one time.
#[derive(Debug)]
pub(in crate::endpoint) struct TaskView<'a> {
    pub(in crate::endpoint) instance_id: Option<&'a str>,
    pub(in crate::endpoint) bundle_id: &'a str,
    pub(in crate::endpoint) state: &'a str,
    pub(in crate::endpoint) start_time: Timestamp,
    pub(in crate::endpoint) update_time: Timestamp,
    pub(in crate::endpoint) storage: &'a BundleStorage,
    /// In percent, 0 to 100.
    pub(in crate::endpoint) progress: Option<u8>,
    pub(in crate::endpoint) error: Option<&'a BundleTaskError>,
}

/// A task of a running world.
#[derive(Clone, Debug)]
pub(super) struct SimulatedTask {
    pub(super) bundle_id: String,
    instance_id: Option<String>,
    storage: BundleStorage,
    /// The error that it ends with, if it is to fail.
    error: Option<BundleTaskError>,
    started_at: Timestamp,
    /// Stale reads before this time do not list it.
    listed_from: Timestamp,
    script: TaskScript,
    /// A state that EC2 does not document, shown in place of the script's. Set by tests.
    undocumented_state: Option<String>,
}

impl SimulatedTask {
    /// A task that exists when the world begins, at `begin`. Stale reads list it at all times
    /// before, too.
    pub(super) fn initial(file: &TaskEntry, durations: &StateDurations, begin: Timestamp) -> Self {
        let duration = |value: Option<DurationEntry>| value.map_or(SignedDuration::ZERO, |d| d.0);
        let updated_ago = duration(file.updated);
        let started_ago = duration(file.started).max(updated_ago);
        let script = TaskScript::new(
            file.state.unwrap_or(TaskState::Pending),
            file.progress.map_or(0, |percentage| percentage.0),
            saturating_sub(begin, updated_ago),
            durations.with_overrides(&file.durations),
            file.error.is_some(),
        );
        Self {
            bundle_id: file.bundle_id.clone().unwrap_or_default(),
            instance_id: file.instance_id.clone(),
            storage: BundleStorage::new(file),
            error: file.error.clone(),
            started_at: saturating_sub(begin, started_ago),
            listed_from: Timestamp::MIN,
            script,
            undocumented_state: None,
        }
    }

    /// A task that arrives at `now`.
    pub(super) fn arriving(
        bundle_id: String,
        file: &TaskEntry,
        durations: &StateDurations,
        now: Timestamp,
    ) -> Self {
        Self {
            bundle_id,
            listed_from: now,
            ..Self::initial(file, durations, now)
        }
    }

    /// A task that a client starts by `BundleInstance` at `now`.
    pub(super) fn requested(
        bundle_id: String,
        instance_id: String,
        storage: BundleStorage,
        durations: &StateDurations,
        now: Timestamp,
    ) -> Self {
        Self {
            instance_id: Some(instance_id),
            storage,
            ..Self::arriving(bundle_id, &TaskEntry::default(), durations, now)
        }
    }

    /// What EC2 returns about the task at `now`, or `None` if it does not list the task.
    pub(super) fn view_at(&self, now: Timestamp) -> Option<TaskView<'_>> {
        if now < self.listed_from {
            return None;
        }
        let snapshot = self.script.snapshot_at(now)?;
        let state = self.undocumented_state.as_deref();
        let error = self.error.as_ref();
        Some(TaskView {
            instance_id: self.instance_id.as_deref(),
            bundle_id: &self.bundle_id,
            state: state.unwrap_or(snapshot.state.name()),
            start_time: self.started_at,
            update_time: snapshot.updated_at.max(self.started_at),
            storage: &self.storage,
            progress: snapshot.progress,
            error: error.filter(|_| snapshot.state == TaskState::Failed),
        })
    }

    /// The state at `now`, or `None` if the task is not listed or in an undocumented state.
    pub(super) fn state_at(&self, now: Timestamp) -> Option<TaskState> {
        if now < self.listed_from || self.undocumented_state.is_some() {
            return None;
        }
        Some(self.script.snapshot_at(now)?.state)
    }

    /// Whether the task prevents another one from being started for that instance.
    pub(super) fn occupies(&self, instance_id: &str, now: Timestamp) -> bool {
        self.instance_id.as_deref() == Some(instance_id)
            && self.state_at(now).is_some_and(TaskState::occupies_instance)
    }

    /// Cancels the task, whatever its state.
    pub(super) fn cancel(&mut self, now: Timestamp) {
        self.script.cancel(now);
    }

    /// Puts the task into a state, where it stays until it is cancelled. A task in an undocumented
    /// state otherwise behaves as one in `pending`.
    pub(super) fn set_state(&mut self, name: &str, now: Timestamp) {
        let documented = TaskState::find(name);
        self.undocumented_state = documented.is_none().then(|| name.to_owned());
        let state = documented.unwrap_or(TaskState::Pending);
        self.script = self.script.frozen_in(state, now);
    }
}
