//! The real SDK against the embedded endpoint: without faults and with each of them.

use std::time::Duration;

use bundletop::ec2::{Caller, ErrorKind};
use bundletop::endpoint::{Clock, Endpoint, Faults, World};
use bundletop::task::Phase;
use futures_util::future::join_all;

use super::{connect, ends, id, with_short_timeouts};

const TASK: &str = "bun-2a4e041c";

async fn endpoint() -> Endpoint {
    let clock = Clock::manual("2015-09-15T13:24:35Z".parse().unwrap());
    let listen = "127.0.0.1:0".parse().unwrap();
    Endpoint::start(World::built_in(), clock, Faults::none(), listen)
        .await
        .unwrap()
}

/// A client with timeouts that suit the expected error.
async fn client_for(kind: ErrorKind, endpoint: &Endpoint) -> Caller {
    match kind {
        ErrorKind::TimedOut => with_short_timeouts(endpoint.url()).await,
        _ => connect(endpoint.url()).await,
    }
}

fn cancels(endpoint: &Endpoint) -> usize {
    let requests = endpoint.requests();
    requests
        .iter()
        .filter(|request| request.action == "CancelBundleTask")
        .count()
}

async fn phase(ec2: &Caller) -> Phase {
    let task = ec2.describe_one(&id(TASK)).await.unwrap().unwrap();
    task.state.phase()
}

#[tokio::test]
async fn all_calls_succeed_without_faults() {
    let endpoint = endpoint().await;
    let ec2 = connect(endpoint.url()).await;
    assert_eq!(ec2.identity().await.unwrap().account, "123456789012");
    let tasks = ec2.describe(&[]).await.unwrap();
    let task = tasks
        .iter()
        .find(|task| task.bundle_id == id(TASK))
        .unwrap();
    assert_eq!(task.state.phase(), Phase::Storing);
    assert_eq!(
        ec2.describe_one(&id(TASK)).await.unwrap().as_ref(),
        Some(task.as_ref())
    );
    assert_eq!(ec2.describe_one(&id("bun-00000000")).await.unwrap(), None);

    ec2.dry_run_cancel(&id(TASK)).await.unwrap();
    assert_eq!(
        phase(&ec2).await,
        Phase::Storing,
        "a dry run cancels nothing"
    );
    let cancelled = ec2.cancel(&id(TASK)).await.unwrap().task.unwrap();
    assert_eq!(cancelled.state.phase(), Phase::Cancelling);
    assert_eq!(phase(&ec2).await, Phase::Cancelling);

    let again = ec2.cancel(&id(TASK)).await.unwrap_err();
    assert_eq!(again.kind, ErrorKind::WrongState, "{again:?}");
    let unknown = ec2.cancel(&id("bun-00000000")).await.unwrap_err();
    assert_eq!(unknown.kind, ErrorKind::NotFound, "{unknown:?}");
    assert!(unknown.request_id.is_some());
}

#[tokio::test]
async fn each_fault_has_its_error_kind_and_polls_recover() {
    let faults = [
        ("throttle", ErrorKind::Throttled),
        ("internal-error", ErrorKind::ServerError),
        ("deny", ErrorKind::Denied),
        ("expired", ErrorKind::Expired),
        ("error=AuthFailure", ErrorKind::BadCredentials),
        ("drop", ErrorKind::AnswerLost),
        ("drop=before", ErrorKind::AnswerLost),
        ("cut", ErrorKind::Unparsable),
        ("cut=http", ErrorKind::AnswerLost),
        ("garbage", ErrorKind::Unparsable),
        ("hang", ErrorKind::TimedOut),
        ("hang=before", ErrorKind::TimedOut),
        ("latency=60s", ErrorKind::TimedOut),
    ];
    let tried = async |(fault, kind): (&str, ErrorKind)| {
        let endpoint = endpoint().await;
        let ec2 = client_for(kind, &endpoint).await;
        let count = ec2.describe(&[]).await.unwrap().len();
        endpoint.faults().set(fault.parse().unwrap());
        let error = ends(ec2.describe(&[])).await.unwrap_err();
        assert_eq!(error.kind, kind, "{fault}: {error:?}");
        let identity = ends(ec2.identity()).await.unwrap_err();
        assert_eq!(identity.kind, kind, "{fault}: {identity:?}");
        endpoint.faults().clear();
        assert_eq!(ec2.describe(&[]).await.unwrap().len(), count, "{fault}");
    };
    join_all(faults.map(tried)).await;
}

/// The answer is lost, and the cancel may have been carried out: only a describe can tell.
#[tokio::test]
async fn a_cancel_whose_answer_is_lost_is_sent_once() {
    let faults = [
        ("drop", ErrorKind::AnswerLost, Phase::Cancelling),
        ("drop=before", ErrorKind::AnswerLost, Phase::Storing),
        ("cut", ErrorKind::Unparsable, Phase::Cancelling),
        ("cut=http", ErrorKind::AnswerLost, Phase::Cancelling),
        ("garbage", ErrorKind::Unparsable, Phase::Cancelling),
        ("hang", ErrorKind::TimedOut, Phase::Cancelling),
        ("hang=before", ErrorKind::TimedOut, Phase::Storing),
    ];
    let tried = async |(fault, kind, afterwards): (&str, ErrorKind, Phase)| {
        let endpoint = endpoint().await;
        let ec2 = client_for(kind, &endpoint).await;
        let rule = format!("CancelBundleTask:{fault}");
        endpoint.faults().set(rule.parse().unwrap());
        let error = ends(ec2.cancel(&id(TASK))).await.unwrap_err();
        assert_eq!(error.kind, kind, "{fault}: {error:?}");
        assert!(error.may_have_been_carried_out(), "{fault}");
        assert_eq!(cancels(&endpoint), 1, "{fault}");
        assert_eq!(phase(&ec2).await, afterwards, "{fault}");
    };
    join_all(faults.map(tried)).await;
}

#[tokio::test]
async fn a_cancel_is_retried_through_short_faults() {
    for fault in ["throttle@2", "internal-error@1"] {
        let endpoint = endpoint().await;
        endpoint.faults().set(fault.parse().unwrap());
        let ec2 = connect(endpoint.url()).await;
        let task = ec2.cancel(&id(TASK)).await.unwrap().task.unwrap();
        assert_eq!(task.state.phase(), Phase::Cancelling, "{fault}");
    }
}

#[tokio::test]
async fn a_dry_run_says_whether_a_cancel_is_permitted() {
    let endpoint = endpoint().await;
    let ec2 = connect(endpoint.url()).await;
    endpoint
        .faults()
        .set("CancelBundleTask:deny".parse().unwrap());
    let error = ec2.dry_run_cancel(&id(TASK)).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Denied);
    assert!(error.remedy().contains("ec2:CancelBundleTask"), "{error:?}");
    ec2.describe(&[]).await.unwrap();
    endpoint.faults().clear();
    ec2.dry_run_cancel(&id(TASK)).await.unwrap();
}

/// EC2 is eventually consistent: after a cancel, a list can still show the older state.
#[tokio::test]
async fn an_older_state_is_passed_on() {
    let endpoint = endpoint().await;
    let ec2 = connect(endpoint.url()).await;
    endpoint.clock().advance(Duration::from_secs(10));
    endpoint.faults().set("stale-reads=3s".parse().unwrap());
    ec2.cancel(&id(TASK)).await.unwrap();
    assert_eq!(phase(&ec2).await, Phase::Storing);
    endpoint.clock().advance(Duration::from_secs(5));
    assert_eq!(phase(&ec2).await, Phase::Cancelling);
}

/// The server stops, and another one starts on the same port.
#[tokio::test]
async fn an_endpoint_that_restarts_is_found_again() {
    let first = endpoint().await;
    let listen = first.url().trim_start_matches("http://").parse().unwrap();
    let ec2 = connect(first.url()).await;
    ec2.describe(&[]).await.unwrap();
    first.stop().await;
    let error = ec2.describe(&[]).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Unreachable, "{error:?}");
    let clock = Clock::manual("2015-09-15T13:24:35Z".parse().unwrap());
    let second = Endpoint::start(World::built_in(), clock, Faults::none(), listen);
    let _second = second.await.unwrap();
    ec2.describe(&[]).await.unwrap();
}

/// The program spawns its calls, and other futures contain them. The SDK's futures, tens of
/// kilobytes each, have overflowed a stack.
#[tokio::test]
async fn calls_can_be_spawned_and_are_small() {
    let endpoint = endpoint().await;
    let ec2 = connect(endpoint.url()).await;
    let task = id(TASK);
    let sizes = [
        size_of_val(&ec2.describe(&[])),
        size_of_val(&ec2.describe_one(&task)),
        size_of_val(&ec2.dry_run_cancel(&task)),
        size_of_val(&ec2.cancel(&task)),
        size_of_val(&ec2.identity()),
    ];
    assert!(sizes.iter().all(|size| *size < 4096), "{sizes:?} bytes");
    let clone = ec2.clone();
    let spawned = tokio::spawn(async move { clone.describe(&[]).await });
    assert_eq!(
        spawned.await.unwrap().unwrap().len(),
        ec2.describe(&[]).await.unwrap().len()
    );
}
