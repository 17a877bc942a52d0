//! Every fault, and its written form.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use bundletop::endpoint::{Endpoint, FaultRule, Faults, fault};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::time::timeout;

use super::{ask, connect, post, send, send_raw, start_with};

const TASKS: &str = r#"[
    {"bundleId": "bun-00000001", "prefix": "one"},
    {"bundleId": "bun-00000002", "prefix": "two"},
    {"bundleId": "bun-00000003", "prefix": "three"}
]"#;
const LIST: &str = "Action=DescribeBundleTasks";
const CANCEL: &str = "Action=CancelBundleTask&BundleId=bun-00000001";

async fn with_fault(spec: &str) -> Endpoint {
    let endpoint = start_with(TASKS).await;
    endpoint.faults().set(spec.parse().unwrap());
    endpoint
}

/// The state of the task that [`CANCEL`] is for, seen past all faults.
async fn true_state(endpoint: &Endpoint) -> String {
    endpoint.faults().clear();
    let reply = ask(
        endpoint,
        "Action=DescribeBundleTasks&BundleId.1=bun-00000001",
    )
    .await;
    reply.text("state").unwrap().to_owned()
}

#[tokio::test]
async fn errors_are_in_the_words_of_the_service() {
    for (spec, ec2, sts) in [
        (
            "throttle",
            (503, "RequestLimitExceeded"),
            (400, "Throttling"),
        ),
        (
            "internal-error",
            (500, "InternalError"),
            (500, "InternalFailure"),
        ),
        (
            "deny",
            (403, "UnauthorizedOperation"),
            (403, "AccessDenied"),
        ),
        ("expired", (400, "RequestExpired"), (403, "ExpiredToken")),
        (
            "error=ExpiredToken",
            (400, "ExpiredToken"),
            (403, "ExpiredToken"),
        ),
        (
            "error=AuthFailure",
            (401, "AuthFailure"),
            (403, "InvalidClientTokenId"),
        ),
        (
            "error=OptInRequired",
            (401, "OptInRequired"),
            (401, "OptInRequired"),
        ),
        (
            "error=Unavailable",
            (503, "Unavailable"),
            (503, "ServiceUnavailable"),
        ),
    ] {
        let endpoint = with_fault(spec).await;
        assert_eq!(ask(&endpoint, CANCEL).await.error(), ec2, "{spec}");
        let dry_run = format!("{CANCEL}&DryRun=true");
        assert_eq!(ask(&endpoint, &dry_run).await.error(), ec2, "{spec}");
        let identity = "Action=GetCallerIdentity&Version=2011-06-15";
        let reply = send(&endpoint, &post(identity)).await;
        assert_eq!(reply.error(), sts, "{spec}");
        assert!(reply.body.contains("<ErrorResponse"), "{spec}");
        assert_eq!(true_state(&endpoint).await, "pending", "{spec}");
    }
}

#[tokio::test]
async fn a_fault_keeps_to_its_action_and_kind() {
    let endpoint = with_fault("CancelBundleTask:deny").await;
    assert_eq!(ask(&endpoint, LIST).await.status, 200);
    assert_eq!(ask(&endpoint, CANCEL).await.status, 403);
    let dry_run = format!("{CANCEL}&DryRun=true");
    endpoint
        .faults()
        .set("CancelBundleTask+DryRun:deny".parse().unwrap());
    assert_eq!(ask(&endpoint, &dry_run).await.status, 403);
    assert_eq!(ask(&endpoint, CANCEL).await.status, 200);
    endpoint
        .faults()
        .set("CancelBundleTask-DryRun:internal-error".parse().unwrap());
    assert_eq!(ask(&endpoint, &dry_run).await.status, 412);
    assert_eq!(ask(&endpoint, CANCEL).await.status, 500);
}

#[tokio::test]
async fn a_fault_happens_as_often_as_it_says() {
    let endpoint = with_fault("DescribeBundleTasks:throttle@2").await;
    let mut statuses = Vec::new();
    for _ in 0..4 {
        assert_eq!(
            ask(&endpoint, CANCEL).await.error().0 / 100,
            if statuses.is_empty() { 2 } else { 4 }
        );
        statuses.push(ask(&endpoint, LIST).await.status);
    }
    assert_eq!(statuses, [503, 503, 200, 200]);
    let mut lots = Vec::new();
    for seed in [1, 1, 2] {
        let endpoint = start_seeded(seed).await;
        endpoint.faults().set("throttle@50%".parse().unwrap());
        let mut failed = 0_u64;
        for number in 0..40 {
            failed |= u64::from(ask(&endpoint, LIST).await.status == 503) << number;
        }
        assert!((5..35).contains(&failed.count_ones()), "{failed:b}");
        lots.push(failed);
    }
    assert_eq!(lots[0], lots[1]);
    assert_ne!(lots[0], lots[2]);
}

async fn start_seeded(seed: u64) -> Endpoint {
    let world = bundletop::endpoint::World::of_size(1, 0);
    let clock = bundletop::endpoint::Clock::manual(super::START.parse().unwrap());
    let listen = ([127, 0, 0, 1], 0).into();
    Endpoint::start(world, clock, Faults::seeded(seed), listen)
        .await
        .unwrap()
}

#[tokio::test]
async fn the_token_bucket_is_ec2s() {
    let endpoint = with_fault("throttle=bucket").await;
    let mut granted = 0;
    while ask(&endpoint, LIST).await.status == 200 {
        granted += 1;
    }
    assert_eq!(granted, 100);
    endpoint.clock().advance(Duration::from_millis(1500));
    let mut refilled = 0;
    while ask(&endpoint, LIST).await.status == 200 {
        refilled += 1;
    }
    assert_eq!(refilled, 30);
    let mut cancels = 0;
    while ask(&endpoint, CANCEL).await.status != 503 {
        cancels += 1;
    }
    assert_eq!(cancels, 50, "a bucket of its own");
}

#[tokio::test]
async fn a_dropped_answer_says_nothing_of_what_was_done() {
    for (spec, state) in [("drop", "cancelling"), ("drop=before", "pending")] {
        let endpoint = with_fault(spec).await;
        assert_eq!(
            send_raw(&endpoint, post(CANCEL).as_bytes()).await,
            b"",
            "{spec}"
        );
        assert_eq!(true_state(&endpoint).await, state, "{spec}");
    }
}

#[tokio::test]
async fn a_request_that_hangs_holds_up_no_other() {
    for (spec, state) in [("hang@1", "cancelling"), ("hang=before@1", "pending")] {
        let endpoint = with_fault(spec).await;
        let mut hung = connect(&endpoint).await;
        hung.write_all(post(CANCEL).as_bytes()).await.unwrap();
        endpoint.wait_for(|requests| !requests.is_empty()).await;
        assert_eq!(ask(&endpoint, LIST).await.ids().len(), 3);
        let mut byte = [0];
        let nothing = timeout(Duration::from_millis(50), hung.read(&mut byte)).await;
        assert!(
            nothing.is_err(),
            "neither an answer nor an end: {nothing:?}"
        );
        assert_eq!(true_state(&endpoint).await, state, "{spec}");
    }
}

#[tokio::test]
async fn a_slow_answer_is_late_but_whole() {
    let endpoint = with_fault("latency=200ms").await;
    let asked = Instant::now();
    let reply = ask(&endpoint, LIST).await;
    assert!(asked.elapsed() >= Duration::from_millis(200));
    assert_eq!(reply.ids().len(), 3);
}

#[tokio::test]
async fn an_answer_cut_short_looks_whole_to_http() {
    let endpoint = with_fault("cut").await;
    let reply = ask(&endpoint, LIST).await;
    assert_eq!(reply.status, 200);
    assert_eq!(
        reply.header("content-length"),
        Some(reply.body.len().to_string().as_str())
    );
    assert!(reply.body.contains("<item>"));
    assert!(
        !reply.body.contains("</DescribeBundleTasksResponse>"),
        "{}",
        reply.body
    );
}

#[tokio::test]
async fn an_answer_cut_by_the_network_does_not() {
    let endpoint = with_fault("cut=http").await;
    let reply = ask(&endpoint, LIST).await;
    let promised: usize = reply.header("content-length").unwrap().parse().unwrap();
    assert!(
        reply.body.contains("<item>"),
        "what there is gets through: {}",
        reply.body
    );
    assert!(
        reply.body.len() < promised,
        "{} of {promised}",
        reply.body.len()
    );
}

#[tokio::test]
async fn garbage_is_no_xml_and_reaches_for_the_terminal() {
    let endpoint = with_fault("garbage").await;
    let answer = send_raw(&endpoint, post("Action=Nope").as_bytes()).await;
    assert!(answer.starts_with(b"HTTP/1.1 200"));
    assert!(answer.windows(4).any(|bytes| bytes == b"\x1b[2J"));
    String::from_utf8(answer).unwrap_err();
}

#[tokio::test]
async fn faults_of_different_kinds_add_up() {
    let endpoint = with_fault("cut").await;
    endpoint.faults().add("deny".parse().unwrap());
    let reply = ask(&endpoint, CANCEL).await;
    assert_eq!(reply.status, 403);
    assert!(!reply.body.contains("</Response>"));
    assert_eq!(true_state(&endpoint).await, "pending");
}

#[test]
fn the_table_of_the_faults_is_whole() {
    let mut names = BTreeSet::new();
    for (written, what) in fault::table() {
        let rule: Result<FaultRule, _> = written.parse();
        assert!(rule.is_ok(), "{written}: {rule:?}");
        assert!(!what.is_empty());
        names.insert(written.split('=').next().unwrap());
    }
    let error = "x".parse::<FaultRule>().unwrap_err().to_string();
    let (_, allowed) = error.split_once("the faults are ").unwrap();
    let (allowed, _) = allowed.split_once(", written").unwrap();
    assert_eq!(names, allowed.split(", ").collect());
}

#[test]
fn a_bad_spec_says_what_is_allowed() {
    const FAULTS: &str = "the faults are throttle, internal-error, deny, expired, error, latency, \
                          hang, drop, cut, garbage, stale-reads, written as in `throttle@3` or \
                          `CancelBundleTask:latency=2s`";
    for (spec, message) in [
        ("throtle", format!("`throtle` is no fault; {FAULTS}")),
        ("", format!("`` is no fault; {FAULTS}")),
        (
            "Describe:deny",
            "`Describe` is no action; the actions are DescribeBundleTasks, CancelBundleTask, \
             BundleInstance, GetCallerIdentity, each also with +DryRun or -DryRun, as in \
             `CancelBundleTask-DryRun:drop`"
                .to_owned(),
        ),
        (
            "latency",
            "`latency` is no fault: latency takes a length of time, as in `latency=2s`".to_owned(),
        ),
        (
            "latency=-2s",
            "`latency=-2s` is no fault: latency takes a length of time, as in `latency=2s`"
                .to_owned(),
        ),
        (
            "deny=all",
            "`deny=all` is no fault: deny takes no value, as in `deny`".to_owned(),
        ),
        (
            "drop=after",
            "`drop=after` is no fault: drop takes no value, or `before`, as in `drop` or \
             `drop=before`"
                .to_owned(),
        ),
        (
            "error=Oops",
            "`error=Oops` is no fault: error takes one of EC2's codes: AuthFailure, \
             BundlingInProgress, ExpiredToken, IncorrectState, InternalError, \
             InvalidBundleID.NotFound, OptInRequired, RequestExpired, RequestLimitExceeded, \
             UnauthorizedOperation, Unavailable"
                .to_owned(),
        ),
        (
            "deny@often",
            "`@often` is not how often; write @3 for the first three requests, @20% for one in \
             five"
                .to_owned(),
        ),
        (
            "deny@101%",
            "`@101%` is not how often; write @3 for the first three requests, @20% for one in five"
                .to_owned(),
        ),
    ] {
        let error = spec.parse::<FaultRule>().unwrap_err();
        assert_eq!(error.to_string(), message);
    }
}
