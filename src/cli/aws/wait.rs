//! `wait bundle-task-complete`: polls EC2 until all of the tasks are complete.

use std::time::Duration;

use serde_json::Value;

use super::error::CommandError;
use crate::ec2::{Client, Request, RequestError, TimeFormat};

/// The pause between two requests, and the number of requests, as AWS publishes them for the waiter
/// `BundleTaskComplete`.
const DELAY: Duration = Duration::from_secs(15);
const MAX_ATTEMPTS: usize = 40;

/// Waits until there is at least one task and all tasks are complete. Fails at once if one of them
/// has failed.
pub(super) async fn wait_until_complete(
    ec2: &Client,
    request: &Request,
) -> Result<(), CommandError> {
    for attempt in 1..=MAX_ATTEMPTS {
        let answer = match ec2
            .caller()
            .await?
            .call_for_json(request, TimeFormat::Wire)
            .await
        {
            Ok(answer) => answer.json,
            Err(RequestError::Refused { code, message, .. }) => {
                let reason = format!("An error occurred ({code}): {message}");
                return Err(CommandError::failed_wait(&reason));
            }
            Err(error) => return Err(error.into()),
        };
        match wait_progress(&answer) {
            WaitProgress::AllComplete => return Ok(()),
            WaitProgress::SomeFailed => {
                return Err(CommandError::failed_wait(
                    "Waiter encountered a terminal failure state: For expression \
                     \"BundleTasks[].State\" we matched expected path: \"failed\" at least once",
                ));
            }
            WaitProgress::Incomplete => {}
        }
        tracing::debug!(attempt, "not complete yet");
        if attempt < MAX_ATTEMPTS {
            tokio::time::sleep(DELAY).await;
        }
    }
    Err(CommandError::failed_wait("Max attempts exceeded"))
}

/// The progress of the tasks in an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum WaitProgress {
    AllComplete,
    SomeFailed,
    Incomplete,
}

/// The progress of the tasks in an answer. As in the waiter's expression `BundleTasks[].State`, a task
/// without a state does not count.
fn wait_progress(answer: &Value) -> WaitProgress {
    let tasks = answer["BundleTasks"].as_array();
    let states = tasks
        .into_iter()
        .flatten()
        .filter_map(|task| task["State"].as_str());
    let (mut all_complete, mut any_failed, mut is_empty) = (true, false, true);
    for state in states {
        is_empty = false;
        all_complete &= state == "complete";
        any_failed |= state == "failed";
    }
    if all_complete && !is_empty {
        WaitProgress::AllComplete
    } else if any_failed {
        WaitProgress::SomeFailed
    } else {
        WaitProgress::Incomplete
    }
}
