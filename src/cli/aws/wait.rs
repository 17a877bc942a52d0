//! `wait bundle-task-complete`: asks until all of the tasks are complete.

use std::time::Duration;

use serde_json::Value;

use super::failure::Failure;
use crate::ec2::{Client, Request, RequestError, Times};

/// The waiter's numbers, as AWS publishes them for `BundleTaskComplete`.
const DELAY: Duration = Duration::from_secs(15);
const MOST_ATTEMPTS: usize = 40;

/// Waits until every task in the answer is complete, and there is one. A failed one ends it at once.
pub async fn until_complete(ec2: &Client, request: &Request) -> Result<(), Failure> {
    for attempt in 1..=MOST_ATTEMPTS {
        let answer = match ec2.json(request, Times::Wire).await {
            Ok(answer) => answer,
            Err(RequestError::Refused { code, message, .. }) => {
                let reason = format!("An error occurred ({code}): {message}");
                return Err(Failure::waiter(&reason));
            }
            Err(error) => return Err(error.into()),
        };
        match verdict(&answer) {
            Verdict::Complete => return Ok(()),
            Verdict::Failed => {
                return Err(Failure::waiter(
                    "Waiter encountered a terminal failure state: For expression \
                     \"BundleTasks[].State\" we matched expected path: \"failed\" at least once",
                ));
            }
            Verdict::NotYet => {}
        }
        tracing::debug!(attempt, "not complete yet");
        if attempt < MOST_ATTEMPTS {
            tokio::time::sleep(DELAY).await;
        }
    }
    Err(Failure::waiter("Max attempts exceeded"))
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    Complete,
    Failed,
    NotYet,
}

/// A task without a state does not count, as in the expression `BundleTasks[].State`.
fn verdict(answer: &Value) -> Verdict {
    let tasks = answer["BundleTasks"].as_array();
    let mut states = tasks
        .into_iter()
        .flatten()
        .filter_map(|task| task["State"].as_str())
        .peekable();
    let is_empty = states.peek().is_none();
    let (mut all_complete, mut any_failed) = (!is_empty, false);
    for state in states {
        all_complete &= state == "complete";
        any_failed |= state == "failed";
    }
    match (all_complete, any_failed) {
        (true, _) => Verdict::Complete,
        (false, true) => Verdict::Failed,
        (false, false) => Verdict::NotYet,
    }
}
