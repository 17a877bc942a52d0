//! How tasks change over time, with a clock that stands still until a test moves it.

use std::collections::BTreeSet;
use std::time::Duration;

use bundletop::endpoint::{Clock, Endpoint, Faults, World};

use super::{HttpResponse, send_form, start_endpoint, start_with_tasks};

fn advance(endpoint: &Endpoint, seconds: u64) {
    endpoint.clock().advance(Duration::from_secs(seconds));
}

async fn list_tasks(endpoint: &Endpoint) -> HttpResponse {
    send_form(endpoint, "Action=DescribeBundleTasks").await
}

/// The state, the progress (or `-`) and the update time in seconds after [`START`](super::START) of
/// the only task, or `not listed`.
async fn describe_only_task(endpoint: &Endpoint) -> String {
    let response = list_tasks(endpoint).await;
    let (Some(state), Some(updated)) = (response.text("state"), response.text("updateTime")) else {
        return "not listed".to_owned();
    };
    let start: jiff::Timestamp = super::START.parse().unwrap();
    let updated: jiff::Timestamp = updated.parse().unwrap();
    let progress = response.text("progress").unwrap_or("-");
    format!(
        "{state} {progress} {}",
        updated.duration_since(start).as_secs()
    )
}

const DURATIONS: &str = r#""takes": {"pending": "10s", "waiting-for-shutdown": "20s",
    "bundling": "100s", "storing": "200s", "complete": "1m", "failed": "2m", "cancelling": "20s"}"#;

#[tokio::test]
async fn a_task_passes_through_all_states_to_complete() {
    let endpoint =
        start_with_tasks(&format!(r#"[{{"bundleId": "bun-00000001", {DURATIONS}}}]"#)).await;
    let mut passed = 0;
    for (at, expected) in [
        (0, "pending - 0"),
        (9, "pending - 0"),
        (10, "waiting-for-shutdown - 10"),
        (30, "bundling 0% 30"),
        (31, "bundling 1% 31"),
        (129, "bundling 99% 129"),
        (130, "storing 0% 130"),
        (131, "storing 0% 130"),
        (132, "storing 1% 132"),
        (329, "storing 99% 328"),
        (330, "complete 100% 330"),
        (389, "complete 100% 330"),
        (390, "not listed"),
        (100_000, "not listed"),
    ] {
        advance(&endpoint, at - passed);
        passed = at;
        assert_eq!(
            describe_only_task(&endpoint).await,
            expected,
            "after {at} s"
        );
    }
}

#[tokio::test]
async fn a_task_with_an_error_ends_as_failed() {
    let error = r#""error": {"code": "Client.S3Error", "message": "AccessDenied(403)"}"#;
    let task = format!(r#"[{{"bundleId": "bun-00000001", {error}, {DURATIONS}}}]"#);
    let endpoint = start_with_tasks(&task).await;
    advance(&endpoint, 329);
    assert_eq!(
        list_tasks(&endpoint).await.text("error"),
        None,
        "not before it fails"
    );
    advance(&endpoint, 1);
    assert_eq!(describe_only_task(&endpoint).await, "failed - 330");
    let response = list_tasks(&endpoint).await;
    let expected = "<error><code>Client.S3Error</code><message>AccessDenied(403)</message></error>";
    assert!(response.body.contains(expected), "{}", response.body);
    advance(&endpoint, 120);
    assert_eq!(describe_only_task(&endpoint).await, "not listed");
}

#[tokio::test]
async fn a_task_continues_from_the_progress_in_its_file() {
    let task = r#"[{"bundleId": "bun-00000001", "state": "storing", "progress": "72%",
                    "started": "12m", "updated": "1s", "takes": {"storing": "1000s"}}]"#;
    let endpoint = start_with_tasks(task).await;
    assert_eq!(describe_only_task(&endpoint).await, "storing 72% -1");
    advance(&endpoint, 9);
    assert_eq!(describe_only_task(&endpoint).await, "storing 73% 9");
    advance(&endpoint, 270);
    assert_eq!(describe_only_task(&endpoint).await, "complete 100% 279");
}

#[tokio::test]
async fn a_task_that_stays_forever_can_be_cancelled() {
    let task = r#"[{"bundleId": "bun-00000001", "state": "bundling", "progress": 13,
                    "updated": "90m", "takes": {"bundling": "forever"}}]"#;
    let endpoint = start_with_tasks(task).await;
    for _ in 0..3 {
        assert_eq!(describe_only_task(&endpoint).await, "bundling 13% -5400");
        advance(&endpoint, 1_000_000);
    }
    let form = "Action=CancelBundleTask&BundleId=bun-00000001";
    assert_eq!(
        send_form(&endpoint, form).await.text("state"),
        Some("cancelling")
    );
}

#[tokio::test]
async fn a_cancelled_task_is_cancelling_and_then_no_longer_listed() {
    let endpoint =
        start_with_tasks(&format!(r#"[{{"bundleId": "bun-00000001", {DURATIONS}}}]"#)).await;
    advance(&endpoint, 60);
    assert_eq!(describe_only_task(&endpoint).await, "bundling 30% 60");
    let cancel = "Action=CancelBundleTask&BundleId=bun-00000001";
    assert_eq!(send_form(&endpoint, cancel).await.status, 200);
    advance(&endpoint, 19);
    assert_eq!(describe_only_task(&endpoint).await, "cancelling - 60");
    assert_eq!(
        send_form(&endpoint, cancel).await.status_and_code(),
        (400, "IncorrectState")
    );
    advance(&endpoint, 1);
    assert_eq!(describe_only_task(&endpoint).await, "not listed");
    assert_eq!(
        send_form(&endpoint, cancel).await.status_and_code(),
        (400, "InvalidBundleID.NotFound")
    );
    let by_id = "Action=DescribeBundleTasks&BundleId.1=bun-00000001";
    assert_eq!(
        send_form(&endpoint, by_id).await.status_and_code(),
        (400, "InvalidBundleID.NotFound")
    );
}

#[tokio::test]
async fn stale_reads_show_an_older_state() {
    let endpoint =
        start_with_tasks(&format!(r#"[{{"bundleId": "bun-00000001", {DURATIONS}}}]"#)).await;
    endpoint.faults().set("stale-reads=3s".parse().unwrap());
    assert_eq!(
        describe_only_task(&endpoint).await,
        "pending - 0",
        "before the world began the tasks were the same"
    );
    advance(&endpoint, 60);
    let cancel = "Action=CancelBundleTask&BundleId=bun-00000001";
    assert_eq!(
        send_form(&endpoint, cancel).await.text("state"),
        Some("cancelling")
    );
    advance(&endpoint, 2);
    assert_eq!(describe_only_task(&endpoint).await, "bundling 29% 59");
    advance(&endpoint, 1);
    assert_eq!(describe_only_task(&endpoint).await, "cancelling - 60");
    advance(&endpoint, 19);
    assert_eq!(
        describe_only_task(&endpoint).await,
        "cancelling - 60",
        "no longer listed, but the list is 3 s old"
    );
    endpoint.faults().clear();
    assert_eq!(describe_only_task(&endpoint).await, "not listed");
    endpoint.faults().set("stale-reads=3s".parse().unwrap());
    let bundle = "Action=BundleInstance&InstanceId=i-00000001&Storage.S3.Bucket=b\
                  &Storage.S3.Prefix=p";
    assert_eq!(send_form(&endpoint, bundle).await.status, 200);
    advance(&endpoint, 2);
    assert_eq!(describe_only_task(&endpoint).await, "not listed");
    advance(&endpoint, 1);
    assert_eq!(describe_only_task(&endpoint).await, "pending - 82");
}

#[tokio::test]
async fn tests_can_change_the_world_without_requests() {
    let endpoint =
        start_with_tasks(&format!(r#"[{{"bundleId": "bun-00000001", {DURATIONS}}}]"#)).await;
    let world = endpoint.world();
    advance(&endpoint, 60);
    world.set_state("bun-00000001", "storing").unwrap();
    advance(&endpoint, 10_000);
    assert_eq!(describe_only_task(&endpoint).await, "storing 30% 60");
    world.set_state("bun-00000001", "rebooting\u{1b}").unwrap();
    let response = list_tasks(&endpoint).await;
    assert_eq!(response.text("state"), Some("rebooting&#27;"));
    let cancel = "Action=CancelBundleTask&BundleId=bun-00000001";
    assert_eq!(
        send_form(&endpoint, cancel).await.status_and_code(),
        (400, "IncorrectState")
    );
    world.set_state("bun-00000001", "complete").unwrap();
    assert_eq!(describe_only_task(&endpoint).await, "complete 100% 10060");
    world.set_state("bun-00000001", "pending").unwrap();
    assert_eq!(
        send_form(&endpoint, cancel).await.text("state"),
        Some("cancelling")
    );
    world.remove("bun-00000001").unwrap();
    assert_eq!(describe_only_task(&endpoint).await, "not listed");
    world.remove("bun-00000001").unwrap_err();
    world.set_state("bun-00000001", "failed").unwrap_err();
    let more = r#"{"tasks": [{"bundleId": "bun-00000002", "state": "failed"}]}"#;
    world.add(&World::from_json("more", more).unwrap());
    assert_eq!(describe_only_task(&endpoint).await, "failed - 10060");
}

fn world_with_arrivals(seed: u64) -> World {
    let json = format!(
        r#"{{"seed": {seed}, "arrivals": {{"every": "1m", "first": "10s", "tasks": [
            {{"instanceId": "i-00000001", "prefix": "a-{{n}}", {DURATIONS}}},
            {{"prefix": "b-{{n}}", {DURATIONS}}}
        ]}}}}"#
    );
    World::from_json("arriving", &json).unwrap()
}

#[tokio::test]
async fn tasks_arrive_for_as_long_as_the_world_runs() {
    let endpoint = start_endpoint(world_with_arrivals(1)).await;
    assert_eq!(list_tasks(&endpoint).await.sorted_ids().len(), 0);
    advance(&endpoint, 10);
    assert_eq!(list_tasks(&endpoint).await.texts("prefix"), ["a-1"]);
    assert_eq!(describe_only_task(&endpoint).await, "pending - 10");
    advance(&endpoint, 60);
    let response = list_tasks(&endpoint).await;
    let prefixes: BTreeSet<_> = response.texts("prefix").into_iter().collect();
    assert_eq!(prefixes, ["a-1", "b-2"].into());
    assert!(response.texts("instanceId").contains(&"i-00000001"));
    // Each is listed for 390 s and one arrives every minute, so there are never more than 7, whether
    // or not they are listed in between.
    for pause in [600, 60, 86_400, 30, 365 * 86_400] {
        advance(&endpoint, pause);
        let response = list_tasks(&endpoint).await;
        let mut ids = response.sorted_ids();
        ids.dedup();
        assert!(
            (6..=7).contains(&ids.len()),
            "{} after {pause} s",
            ids.len()
        );
    }
}

#[tokio::test]
async fn arrivals_are_dropped_from_memory_after_they_end() {
    let endpoint = start_endpoint(world_with_arrivals(1)).await;
    let tasks_in_memory = || {
        format!("{:?}", endpoint.world())
            .matches("bundle_id: \"bun-")
            .count()
    };
    for pause in [100 * 86_400, 86_400, 3600, 3600, 600, 600, 600, 60, 60] {
        advance(&endpoint, pause);
        list_tasks(&endpoint).await;
        // Those that are listed now, and those that stale reads may still list.
        assert!(
            (6..=24).contains(&tasks_in_memory()),
            "{} after {pause} s",
            tasks_in_memory()
        );
    }
}

#[tokio::test]
async fn the_same_seed_gives_the_same_arrivals() {
    let mut runs = Vec::new();
    for seed in [1, 1, 2] {
        let endpoint = start_endpoint(world_with_arrivals(seed)).await;
        advance(&endpoint, 200);
        runs.push(list_tasks(&endpoint).await.texts("bundleId").join(" "));
    }
    assert_eq!(runs[0], runs[1], "the order included");
    assert_ne!(runs[0], runs[2]);
}

#[tokio::test]
async fn a_cancelled_arrival_does_not_arrive_again() {
    let endpoint = start_endpoint(world_with_arrivals(1)).await;
    advance(&endpoint, 10);
    let id = list_tasks(&endpoint).await.sorted_ids()[0].to_owned();
    let cancelled = send_form(&endpoint, &format!("Action=CancelBundleTask&BundleId={id}")).await;
    assert_eq!(cancelled.text("state"), Some("cancelling"));
    for _ in 0..20 {
        advance(&endpoint, 20);
        assert!(
            !list_tasks(&endpoint)
                .await
                .sorted_ids()
                .contains(&id.as_str())
        );
    }
}

#[tokio::test]
async fn a_clock_passes_time_at_its_speed() {
    let (clock, started) = (Clock::real(1e9), std::time::Instant::now());
    let before = clock.now();
    while started.elapsed() < Duration::from_millis(5) {
        std::hint::spin_loop();
    }
    let passed = clock.now().duration_since(before);
    assert!(passed.as_hours() > 1000, "{passed:#}");
    let clone = clock.clone();
    clone.advance(Duration::from_hours(1_000_000));
    assert!(clock.now().duration_since(before).as_hours() > 1_000_000);
    let endpoint = Endpoint::start(
        World::built_in(),
        Clock::real(f64::NAN),
        Faults::none(),
        ([127, 0, 0, 1], 0).into(),
    );
    let endpoint = endpoint.await.unwrap();
    let now = jiff::Timestamp::now();
    assert!(endpoint.clock().now().duration_since(now).as_secs().abs() < 60);
}
