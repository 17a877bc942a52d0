//! From the SDK's types to ours, at the edge. Whatever is missing stays missing.

use aws_sdk_ec2::types;
use jiff::Timestamp;

use crate::task::{BundleId, BundleTask, Progress, S3Storage, Secret, State, TaskError};

/// One task. EC2's words for state and progress are kept as they came.
pub(super) fn task(task: types::BundleTask) -> BundleTask {
    BundleTask {
        instance_id: task.instance_id,
        bundle_id: BundleId::new(task.bundle_id.unwrap_or_default()),
        state: task
            .state
            .map(|state| State::new(state.as_str()))
            .unwrap_or_default(),
        start_time: task.start_time.as_ref().and_then(timestamp),
        update_time: task.update_time.as_ref().and_then(timestamp),
        storage: task.storage.and_then(|storage| storage.s3).map(s3),
        progress: task.progress.map(Progress::new),
        error: task.bundle_task_error.map(|error| TaskError {
            code: error.code,
            message: error.message,
        }),
    }
}

fn s3(s3: types::S3Storage) -> S3Storage {
    S3Storage {
        aws_access_key_id: s3.aws_access_key_id,
        bucket: s3.bucket,
        prefix: s3.prefix,
        upload_policy: s3.upload_policy.map(aws_smithy_types::Blob::into_inner),
        upload_policy_signature: s3.upload_policy_signature.map(Secret::new),
    }
}

/// `None` for a time outside the years -9999 to 9999.
fn timestamp(time: &aws_smithy_types::DateTime) -> Option<Timestamp> {
    let nanoseconds = i32::try_from(time.subsec_nanos()).ok()?;
    Timestamp::new(time.secs(), nanoseconds).ok()
}
