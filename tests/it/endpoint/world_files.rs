//! Worlds in files: the built-in one, reading them, and their errors.

use std::collections::BTreeSet;
use std::time::Duration;

use bundletop::endpoint::{World, WorldError};

use super::{send_form, start_endpoint};

#[tokio::test]
async fn the_built_in_world_has_every_state_and_member() {
    let endpoint = start_endpoint(World::built_in()).await;
    let response = send_form(&endpoint, "Action=DescribeBundleTasks").await;
    let states: BTreeSet<_> = response.texts("state").into_iter().collect();
    let all = [
        "pending",
        "waiting-for-shutdown",
        "bundling",
        "storing",
        "cancelling",
        "complete",
        "failed",
    ];
    assert_eq!(states, all.into());
    assert!((8..=10).contains(&response.sorted_ids().len()));
    assert!(response.text("uploadPolicySignature").is_some());
    assert!(
        !response
            .body
            .contains("</S3></storage><error><code></code>")
    );
    assert!(
        response
            .texts("prefix")
            .iter()
            .any(|prefix| prefix.len() > 100)
    );
    assert!(
        response
            .texts("prefix")
            .iter()
            .any(|prefix| prefix.contains('本'))
    );
    let keys: BTreeSet<_> = response.texts("AWSAccessKeyId").into_iter().collect();
    assert_eq!(
        keys,
        ["AKIAI44QH8DHBEXAMPLE", "AKIAIOSFODNN7EXAMPLE"].into()
    );
    let page = send_form(
        &endpoint,
        "Action=DescribeBundleTasks&BundleId.1=bun-2a4e041c",
    )
    .await;
    assert_eq!(page.text("progress"), Some("72%"));
    endpoint.clock().advance(Duration::from_mins(5));
    let cancel = send_form(&endpoint, "Action=CancelBundleTask&BundleId=bun-2a4e041c").await;
    assert_eq!(
        cancel.text("state"),
        Some("cancelling"),
        "for several minutes"
    );
}

#[tokio::test]
async fn the_built_in_world_always_has_some_tasks() {
    let endpoint = start_endpoint(World::built_in()).await;
    for minutes in [5, 15, 60, 24 * 60, 365 * 24 * 60] {
        endpoint.clock().advance(Duration::from_mins(minutes));
        let count = send_form(&endpoint, "Action=DescribeBundleTasks")
            .await
            .sorted_ids()
            .len();
        assert!(
            (5..=25).contains(&count),
            "{count} tasks after another {minutes} min"
        );
    }
}

#[tokio::test]
async fn at_60_times_the_speed_a_waiter_that_polls_every_15_seconds_succeeds() {
    let endpoint = start_endpoint(World::built_in()).await;
    let form =
        "Action=BundleInstance&InstanceId=i-00000001&Storage.S3.Bucket=b&Storage.S3.Prefix=p";
    let response = send_form(&endpoint, form).await;
    let form = format!(
        "Action=DescribeBundleTasks&BundleId.1={}",
        response.sorted_ids()[0]
    );
    for state in ["pending", "complete", "complete"] {
        assert_eq!(send_form(&endpoint, &form).await.text("state"), Some(state));
        endpoint.clock().advance(Duration::from_secs(15 * 60));
    }
}

#[test]
fn worlds_are_read_from_files() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("world.json");
    let error = World::from_file(&path).unwrap_err();
    assert!(matches!(error, WorldError::Unreadable { .. }), "{error:?}");
    assert!(error.to_string().contains("world.json"), "{error}");
    std::fs::write(&path, r#"{"tasks": [{"bundleId": 7}]}"#).unwrap();
    let error = World::from_file(&path).unwrap_err().to_string();
    assert!(
        error.contains("world.json:1:25: task 1: invalid type"),
        "{error}"
    );
    let demo = concat!(env!("CARGO_MANIFEST_DIR"), "/assets/demo");
    for file in std::fs::read_dir(demo).unwrap() {
        World::from_file(&file.unwrap().path()).unwrap();
    }
}

/// Asserts that each JSON text is refused as a world, with the message beside it.
fn assert_errors(cases: &[(&str, &str)]) {
    for (json, message) in cases {
        let error = World::from_json("bad.json", json).unwrap_err();
        assert_eq!(error.to_string(), *message, "{json}");
    }
}

#[test]
fn an_error_in_the_json_says_where_it_is_and_what_is_allowed() {
    assert_errors(&[
        (
            "7",
            "bad.json:1:1: invalid type: integer `7`, expected the members of a world",
        ),
        (
            "{\n  \"tasks\": [",
            "bad.json:2:12: task 1: EOF while parsing a list",
        ),
        (
            "{\n\"taks\": []}",
            "bad.json:2:6: unknown field `taks`, expected one of `account`, `arn`, `seed`, \
             `takes`, `tasks`, `arrivals`",
        ),
        (
            "{\"tasks\": [\n{\"bundleId\": \"bun-1\"},\n{\"state\": \"stored\"}]}",
            "bad.json:3:18: task 2: unknown variant `stored`, expected one of `pending`, \
             `waiting-for-shutdown`, `bundling`, `storing`, `cancelling`, `complete`, `failed`",
        ),
        (
            r#"{"takes": {"storing": "long"}}"#,
            "bad.json:1:28: invalid value: string \"long\", expected a length of time, such as \"90s\", \"10m\", \"1h30m\" or \"forever\"",
        ),
    ]);
}

#[test]
fn an_error_in_a_task_says_which_task_and_what_is_wrong() {
    assert_errors(&[
        (
            "{\"tasks\": [{}]}",
            "bad.json:1:14: task 1: `bundleId` is missing",
        ),
        (
            r#"{"tasks": [{"bundleId": "task-1"}]}"#,
            "bad.json:1:34: task 1: the bundleId `task-1` does not begin with `bun-`, as EC2's do",
        ),
        (
            r#"{"tasks": [{"bundleId": "bun-1"}, {"bundleId": "bun-1"}]}"#,
            "bad.json:1:56: task 2: an earlier task already has the bundleId `bun-1`",
        ),
        (
            r#"{"tasks": [{"bundleId": "bun-1", "started": "soon"}]}"#,
            "bad.json:1:50: task 1: invalid value: string \"soon\", expected a length of time, such as \"90s\", \"10m\" or \"1h30m\"",
        ),
        (
            r#"{"tasks": [{"bundleId": "bun-1", "started": "1m", "updated": "2m"}]}"#,
            "bad.json:1:67: task 1: a task cannot be updated (`updated`) before it is started \
             (`started`)",
        ),
        (
            r#"{"tasks": [{"bundleId": "bun-1", "state": "storing", "progress": 101}]}"#,
            "bad.json:1:68: task 1: invalid value: integer `101`, expected a whole number from 0 to 100, such as 72 or \"72%\"",
        ),
        (
            r#"{"tasks": [{"bundleId": "bun-1", "progress": "5%"}]}"#,
            "bad.json:1:51: task 1: a task has `progress` only in the states `bundling` and \
             `storing`, not in `pending`",
        ),
        (
            r#"{"tasks": [{"bundleId": "bun-1", "state": "complete", "error": {"code": "c", "message": "m"}}]}"#,
            "bad.json:1:94: task 1: a task with an `error` ends as `failed`: its state cannot be \
             `complete`",
        ),
        (
            r#"{"tasks": [{"bundleId": "bun-1", "updated": "1h"}]}"#,
            "bad.json: task 1 (bun-1): with this `updated`, the task would not be `pending` when \
             the world begins but `complete`; give `pending` more time in `takes`",
        ),
    ]);
}

#[test]
fn an_error_in_the_arrivals_says_what_is_wrong() {
    assert_errors(&[
        (
            r#"{"arrivals": {"every": "1m", "tasks": [{"state": "failed"}]}}"#,
            "bad.json:1:59: task 1: a task that arrives is new: it cannot have `state`",
        ),
        (
            r#"{"arrivals": {"every": "0s", "tasks": [{}]}}"#,
            "bad.json: arrivals: `every` must be at least one second",
        ),
        (
            r#"{"arrivals": {"every": "1s", "tasks": []}}"#,
            "bad.json: arrivals: `tasks` must have at least one task",
        ),
        (
            r#"{"arrivals": {"every": "1s", "tasks": [{"takes": {"failed": "forever"}}, {"takes": {"complete": "forever"}}]}}"#,
            "bad.json: arrivals: task 2: a task that arrives cannot stay in a state `forever`",
        ),
        (
            r#"{"arrivals": {"every": "1s", "tasks": [{"takes": {"complete": "24h"}}]}}"#,
            "bad.json: arrivals: task 1: more than 10000 tasks would be listed at once; make them \
             arrive less often (`every`) or end sooner (`takes`)",
        ),
    ]);
}
