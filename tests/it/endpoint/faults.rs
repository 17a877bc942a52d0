//! The effects of every fault, and its written form.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use bundletop::endpoint::{Endpoint, FaultRule, Faults, fault};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::time::timeout;

use super::{connect, post_request, send_bytes, send_form, send_request, start_with_tasks};

const TASKS: &str = r#"[
    {"bundleId": "bun-00000001", "prefix": "one"},
    {"bundleId": "bun-00000002", "prefix": "two"},
    {"bundleId": "bun-00000003", "prefix": "three"}
]"#;
const LIST: &str = "Action=DescribeBundleTasks";
const CANCEL: &str = "Action=CancelBundleTask&BundleId=bun-00000001";

async fn start_with_fault(spec: &str) -> Endpoint {
    let endpoint = start_with_tasks(TASKS).await;
    endpoint.faults().set(spec.parse().unwrap());
    endpoint
}

/// Removes all faults, and returns the state of the task that [`CANCEL`] is for.
async fn state_after_clearing_faults(endpoint: &Endpoint) -> String {
    endpoint.faults().clear();
    let response = send_form(
        endpoint,
        "Action=DescribeBundleTasks&BundleId.1=bun-00000001",
    )
    .await;
    response.text("state").unwrap().to_owned()
}

type StatusAndCode = (u16, &'static str);

/// Faults, with the errors that EC2 and STS return then.
const ERRORS: &[(&str, StatusAndCode, StatusAndCode)] = &[
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
];

#[tokio::test]
async fn each_service_returns_its_own_errors() {
    for &(spec, ec2, sts) in ERRORS {
        let endpoint = start_with_fault(spec).await;
        assert_eq!(
            send_form(&endpoint, CANCEL).await.status_and_code(),
            ec2,
            "{spec}"
        );
        let dry_run = format!("{CANCEL}&DryRun=true");
        assert_eq!(
            send_form(&endpoint, &dry_run).await.status_and_code(),
            ec2,
            "{spec}"
        );
        let identity = "Action=GetCallerIdentity&Version=2011-06-15";
        let response = send_request(&endpoint, &post_request(identity)).await;
        assert_eq!(response.status_and_code(), sts, "{spec}");
        assert!(response.body.contains("<ErrorResponse"), "{spec}");
        assert_eq!(
            state_after_clearing_faults(&endpoint).await,
            "pending",
            "{spec}"
        );
    }
}

#[tokio::test]
async fn a_fault_affects_only_the_requests_that_it_names() {
    let endpoint = start_with_fault("CancelBundleTask:deny").await;
    assert_eq!(send_form(&endpoint, LIST).await.status, 200);
    assert_eq!(send_form(&endpoint, CANCEL).await.status, 403);
    let dry_run = format!("{CANCEL}&DryRun=true");
    endpoint
        .faults()
        .set("CancelBundleTask+DryRun:deny".parse().unwrap());
    assert_eq!(send_form(&endpoint, &dry_run).await.status, 403);
    assert_eq!(send_form(&endpoint, CANCEL).await.status, 200);
    endpoint
        .faults()
        .set("CancelBundleTask-DryRun:internal-error".parse().unwrap());
    assert_eq!(send_form(&endpoint, &dry_run).await.status, 412);
    assert_eq!(send_form(&endpoint, CANCEL).await.status, 500);
}

#[tokio::test]
async fn a_fault_affects_as_many_requests_as_it_says() {
    let endpoint = start_with_fault("DescribeBundleTasks:throttle@2").await;
    let mut statuses = Vec::new();
    for _ in 0..4 {
        assert_eq!(
            send_form(&endpoint, CANCEL).await.status_and_code().0 / 100,
            if statuses.is_empty() { 2 } else { 4 }
        );
        statuses.push(send_form(&endpoint, LIST).await.status);
    }
    assert_eq!(statuses, [503, 503, 200, 200]);
    let mut runs = Vec::new();
    for seed in [1, 1, 2] {
        let endpoint = start_with_seeded_faults(seed).await;
        endpoint.faults().set("throttle@50%".parse().unwrap());
        let mut failed = 0_u64;
        for number in 0..40 {
            failed |= u64::from(send_form(&endpoint, LIST).await.status == 503) << number;
        }
        assert!((5..35).contains(&failed.count_ones()), "{failed:b}");
        runs.push(failed);
    }
    assert_eq!(runs[0], runs[1]);
    assert_ne!(runs[0], runs[2]);
}

async fn start_with_seeded_faults(seed: u64) -> Endpoint {
    let world = bundletop::endpoint::World::of_size(1, 0);
    let clock = bundletop::endpoint::Clock::manual(super::START.parse().unwrap());
    let listen = ([127, 0, 0, 1], 0).into();
    Endpoint::start(world, clock, Faults::seeded(seed), listen)
        .await
        .unwrap()
}

#[tokio::test]
async fn the_token_buckets_have_ec2s_documented_rates() {
    let endpoint = start_with_fault("throttle=bucket").await;
    let mut granted = 0;
    while send_form(&endpoint, LIST).await.status == 200 {
        granted += 1;
    }
    assert_eq!(granted, 100);
    endpoint.clock().advance(Duration::from_millis(1500));
    let mut refilled = 0;
    while send_form(&endpoint, LIST).await.status == 200 {
        refilled += 1;
    }
    assert_eq!(refilled, 30);
    let mut cancels = 0;
    while send_form(&endpoint, CANCEL).await.status != 503 {
        cancels += 1;
    }
    assert_eq!(cancels, 50, "cancels have a bucket of their own");
}

#[tokio::test]
async fn drop_closes_the_connection_after_or_before_the_action() {
    for (spec, state) in [("drop", "cancelling"), ("drop=before", "pending")] {
        let endpoint = start_with_fault(spec).await;
        assert_eq!(
            send_bytes(&endpoint, post_request(CANCEL).as_bytes()).await,
            b"",
            "{spec}"
        );
        assert_eq!(
            state_after_clearing_faults(&endpoint).await,
            state,
            "{spec}"
        );
    }
}

#[tokio::test]
async fn a_request_that_hangs_does_not_delay_others() {
    for (spec, state) in [("hang@1", "cancelling"), ("hang=before@1", "pending")] {
        let endpoint = start_with_fault(spec).await;
        let mut hung = connect(&endpoint).await;
        hung.write_all(post_request(CANCEL).as_bytes())
            .await
            .unwrap();
        endpoint
            .wait_for_requests(|requests| !requests.is_empty())
            .await;
        assert_eq!(send_form(&endpoint, LIST).await.sorted_ids().len(), 3);
        let mut byte = [0];
        let read = timeout(Duration::from_millis(50), hung.read(&mut byte)).await;
        assert!(read.is_err(), "neither a response nor an end: {read:?}");
        assert_eq!(
            state_after_clearing_faults(&endpoint).await,
            state,
            "{spec}"
        );
    }
}

#[tokio::test]
async fn latency_delays_the_whole_response() {
    let endpoint = start_with_fault("latency=200ms").await;
    let sent_at = Instant::now();
    let response = send_form(&endpoint, LIST).await;
    assert!(sent_at.elapsed() >= Duration::from_millis(200));
    assert_eq!(response.sorted_ids().len(), 3);
}

#[tokio::test]
async fn cut_ends_the_body_early_with_a_matching_content_length() {
    let endpoint = start_with_fault("cut").await;
    let response = send_form(&endpoint, LIST).await;
    assert_eq!(response.status, 200);
    assert_eq!(
        response.header("content-length"),
        Some(response.body.len().to_string().as_str())
    );
    assert!(response.body.contains("<item>"));
    assert!(
        !response.body.contains("</DescribeBundleTasksResponse>"),
        "{}",
        response.body
    );
}

#[tokio::test]
async fn cut_http_ends_the_body_short_of_its_content_length() {
    let endpoint = start_with_fault("cut=http").await;
    let response = send_form(&endpoint, LIST).await;
    let content_length: usize = response.header("content-length").unwrap().parse().unwrap();
    assert!(
        response.body.contains("<item>"),
        "the first half is sent: {}",
        response.body
    );
    assert!(
        response.body.len() < content_length,
        "{} of {content_length}",
        response.body.len()
    );
}

#[tokio::test]
async fn garbage_is_not_xml_and_has_escape_sequences() {
    let endpoint = start_with_fault("garbage").await;
    let answer = send_bytes(&endpoint, post_request("Action=Nope").as_bytes()).await;
    assert!(answer.starts_with(b"HTTP/1.1 200"));
    assert!(answer.windows(4).any(|bytes| bytes == b"\x1b[2J"));
    String::from_utf8(answer).unwrap_err();
}

#[tokio::test]
async fn faults_of_different_kinds_combine() {
    let endpoint = start_with_fault("cut").await;
    endpoint.faults().add("deny".parse().unwrap());
    let response = send_form(&endpoint, CANCEL).await;
    assert_eq!(response.status, 403);
    assert!(!response.body.contains("</Response>"));
    assert_eq!(state_after_clearing_faults(&endpoint).await, "pending");
}

#[test]
fn the_table_has_every_fault() {
    let mut names = BTreeSet::new();
    for (written, effect) in fault::table() {
        let rule: Result<FaultRule, _> = written.parse();
        assert!(rule.is_ok(), "{written}: {rule:?}");
        assert!(!effect.is_empty());
        names.insert(written.split('=').next().unwrap());
    }
    let error = "x".parse::<FaultRule>().unwrap_err().to_string();
    let (_, allowed) = error.split_once("the faults are ").unwrap();
    let (allowed, _) = allowed.split_once(", written").unwrap();
    assert_eq!(names, allowed.split(", ").collect());
}

#[test]
fn a_parse_error_says_what_is_allowed() {
    const FAULTS: &str = "the faults are throttle, internal-error, deny, expired, error, latency, \
                          hang, drop, cut, garbage, stale-reads, written as in `throttle@3` or \
                          `CancelBundleTask:latency=2s`";
    for (spec, message) in [
        ("throtle", format!("unknown fault `throtle`; {FAULTS}")),
        ("", format!("unknown fault ``; {FAULTS}")),
        (
            "Describe:deny",
            "unknown action `Describe`; the actions are DescribeBundleTasks, CancelBundleTask, \
             BundleInstance, GetCallerIdentity, each also with +DryRun or -DryRun, as in \
             `CancelBundleTask-DryRun:drop`"
                .to_owned(),
        ),
        (
            "latency",
            "`latency`: latency takes a length of time, as in `latency=2s`".to_owned(),
        ),
        (
            "latency=-2s",
            "`latency=-2s`: latency takes a length of time, as in `latency=2s`".to_owned(),
        ),
        (
            "deny=all",
            "`deny=all`: deny takes no value, as in `deny`".to_owned(),
        ),
        (
            "drop=after",
            "`drop=after`: drop takes no value, or `before`, as in `drop` or \
             `drop=before`"
                .to_owned(),
        ),
        (
            "error=Oops",
            "`error=Oops`: error takes one of EC2's codes: AuthFailure, \
             BundlingInProgress, ExpiredToken, IncorrectState, InternalError, \
             InvalidBundleID.NotFound, OptInRequired, RequestExpired, RequestLimitExceeded, \
             UnauthorizedOperation, Unavailable"
                .to_owned(),
        ),
        (
            "deny@often",
            "unknown frequency `@often`; write @3 for the first three requests, or @20% for one \
             in five"
                .to_owned(),
        ),
        (
            "deny@101%",
            "unknown frequency `@101%`; write @3 for the first three requests, or @20% for one in \
             five"
                .to_owned(),
        ),
    ] {
        let error = spec.parse::<FaultRule>().unwrap_err();
        assert_eq!(error.to_string(), message);
    }
}
