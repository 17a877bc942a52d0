//! Tasks for worlds of a given size, for benchmarks and load tests.

use jiff::SignedDuration;

use super::durations::StateDuration;
use super::file::{BundleTaskError, TaskEntry};
use super::ids;
use super::task_state::TaskState;
use super::values::{DurationEntry, FilePercentage};

/// The task with that number, from 0. It stays in its state forever.
pub(super) fn generate_task(seed: u64, number: u64) -> TaskEntry {
    let index = usize::try_from(number % 7).expect("less than 7");
    let state = TaskState::ALL[index];
    let minutes = i64::try_from(number % 600).expect("less than 600");
    let percent = u8::try_from(number % 100).expect("less than 100");
    let error = || BundleTaskError {
        code: "Client.S3Error".to_owned(),
        message: "AccessDenied(403)- Access Denied".to_owned(),
    };
    TaskEntry {
        bundle_id: Some(ids::bundle_id(seed, number)),
        instance_id: Some(ids::instance_id(seed, number)),
        state: Some(state),
        progress: state
            .has_rising_progress()
            .then_some(FilePercentage(percent)),
        started: Some(DurationEntry(SignedDuration::from_mins(minutes))),
        bucket: Some(format!("bucket-{}", number % 16)),
        prefix: Some(format!("windows/server-{number}")),
        error: (state == TaskState::Failed).then(error),
        durations: [(state, StateDuration::Forever)].into(),
        ..TaskEntry::default()
    }
}
