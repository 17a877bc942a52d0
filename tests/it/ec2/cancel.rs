//! A cancel is retried only when a retry cannot turn a success into a failure.

use bundletop::ec2::ErrorKind;
use futures_util::future::join_all;

use super::canned::unused_url;
use super::{CANCEL, CannedServer, Reply, connect, ends, error, id, ok, with_short_timeouts};

fn fails(status: u16, code: &str) -> Reply {
    Reply::Answer(status, error(code, "As it is."))
}

#[tokio::test]
async fn a_cancel_returns_the_task_that_ec2_sent() {
    let server = CannedServer::always(ok(CANCEL)).await;
    let ec2 = connect(server.url()).await;
    let task = ec2.cancel(&id("bun-c1a322b9")).await.unwrap().task.unwrap();
    assert_eq!(task.state.as_str(), "canceling");
    let request = &server.requests()[0];
    assert_eq!(request.action(), "CancelBundleTask");
    assert_eq!(request.parameter("BundleId"), "bun-c1a322b9");
    assert_eq!(request.parameter("DryRun"), "");
}

/// The cancel was carried out, even if a time in the answer cannot be read.
#[tokio::test]
async fn an_answer_with_a_time_that_cannot_be_read_is_an_answer() {
    let server = CannedServer::always(ok(CANCEL.replace("50.000Z", "50"))).await;
    let ec2 = connect(server.url()).await;
    let task = ec2.cancel(&id("bun-c1a322b9")).await.unwrap().task.unwrap();
    assert_eq!(task.state.as_str(), "canceling");
    assert_eq!(task.unreadable.len(), 2);
}

#[tokio::test]
async fn an_answer_without_a_task_is_an_answer() {
    let server = CannedServer::always(ok("<CancelBundleTaskResponse/>")).await;
    let task = connect(server.url())
        .await
        .cancel(&id("bun-1"))
        .await
        .unwrap();
    assert_eq!(task.task, None);
}

/// If the answer is lost, the cancel may have been carried out.
#[tokio::test]
async fn a_cancel_is_not_retried_after_a_lost_answer() {
    let cut = || CANCEL[..CANCEL.len() - 30].to_owned().into_bytes();
    let bad_gateway = Reply::Answer(502, b"<html>Bad Gateway</html>".into());
    let cases = [
        (Reply::Hang, ErrorKind::TimedOut),
        (Reply::Stalled(CANCEL.into(), 50), ErrorKind::TimedOut),
        (Reply::Close, ErrorKind::AnswerLost),
        (Reply::Short(CANCEL.into(), 50), ErrorKind::AnswerLost),
        (Reply::Short(CANCEL.into(), 0), ErrorKind::AnswerLost),
        (Reply::Unframed(cut()), ErrorKind::Unparsable),
        (ok(cut()), ErrorKind::Unparsable),
        (ok("garbage"), ErrorKind::Unparsable),
        (Reply::Raw(b"garbage\r\n\r\n".into()), ErrorKind::Unparsable),
        (bad_gateway, ErrorKind::ServerError),
    ];
    for (reply, kind) in cases {
        let what = format!("{reply:?}");
        let server = CannedServer::always(reply).await;
        let ec2 = match kind {
            ErrorKind::TimedOut => with_short_timeouts(server.url()).await,
            _ => connect(server.url()).await,
        };
        let error = ends(ec2.cancel(&id("bun-1"))).await.unwrap_err();
        assert_eq!(error.kind, kind, "{what}: {error:?}");
        assert!(error.may_have_been_carried_out(), "{what}");
        assert_eq!(server.requests().len(), 1, "{what}");
    }
}

#[tokio::test]
async fn a_cancel_is_retried_after_server_errors() {
    let tried = async |(status, code)| {
        let server = CannedServer::start(move |number, _| match number {
            0 | 1 => fails(status, code),
            _ => ok(CANCEL),
        })
        .await;
        let task = connect(server.url())
            .await
            .cancel(&id("bun-c1a322b9"))
            .await;
        assert!(task.unwrap().task.is_some());
        assert_eq!(server.requests().len(), 3, "{code}");
    };
    let cases = [
        (503, "RequestLimitExceeded"),
        (400, "Throttling"),
        (500, "InternalError"),
        (503, "Unavailable"),
    ];
    join_all(cases.map(tried)).await;
}

#[tokio::test]
async fn a_cancel_is_tried_at_most_three_times() {
    let server = CannedServer::always(fails(503, "RequestLimitExceeded")).await;
    let error = connect(server.url())
        .await
        .cancel(&id("bun-1"))
        .await
        .unwrap_err();
    assert_eq!(error.kind, ErrorKind::Throttled);
    assert!(
        !error.may_have_been_carried_out(),
        "throttled, so not carried out"
    );
    assert_eq!(server.requests().len(), 3);
}

#[tokio::test]
async fn a_refusal_is_final() {
    for (status, code, kind) in [
        (400, "IncorrectState", ErrorKind::WrongState),
        (400, "InvalidBundleID.NotFound", ErrorKind::NotFound),
        (403, "UnauthorizedOperation", ErrorKind::Denied),
    ] {
        let server = CannedServer::always(fails(status, code)).await;
        let error = connect(server.url())
            .await
            .cancel(&id("bun-1"))
            .await
            .unwrap_err();
        assert_eq!(error.kind, kind);
        assert!(!error.may_have_been_carried_out());
        assert_eq!(server.requests().len(), 1, "{code}");
    }
}

/// EC2 may cancel, return an error all the same, and then refuse the retry.
#[tokio::test]
async fn a_refusal_after_a_failure_is_no_proof_of_failure() {
    let refused = async |(status, failure, refusal)| {
        let server = CannedServer::start(move |number, _| match number {
            0 => fails(status, failure),
            _ => fails(400, refusal),
        })
        .await;
        let error = connect(server.url())
            .await
            .cancel(&id("bun-1"))
            .await
            .unwrap_err();
        assert_eq!(error.code.as_deref(), Some(refusal));
        assert_eq!(server.requests().len(), 2);
        // A throttled call was certainly not carried out.
        let failed = failure == "InternalError";
        assert_eq!(error.may_have_been_carried_out(), failed, "{error:?}");
        assert_eq!(error.message.contains("one try"), failed, "{error:?}");
    };
    let cases = [
        (500, "InternalError", "IncorrectState"),
        (500, "InternalError", "InvalidBundleID.NotFound"),
        (500, "InternalError", "UnauthorizedOperation"),
        (503, "RequestLimitExceeded", "IncorrectState"),
    ];
    join_all(cases.map(refused)).await;
}

#[tokio::test]
async fn a_cancel_that_could_not_be_sent_was_not_carried_out() {
    let ec2 = connect(unused_url().await).await;
    let error = ec2.cancel(&id("bun-1")).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Unreachable);
    assert!(!error.may_have_been_carried_out());
}

#[tokio::test]
async fn a_dry_run_asks_and_does_not_cancel() {
    let permitted = error(
        "DryRunOperation",
        "Request would have succeeded, but DryRun flag is set.",
    );
    let server = CannedServer::always(Reply::Answer(412, permitted)).await;
    let ec2 = connect(server.url()).await;
    ec2.dry_run_cancel(&id("bun-1")).await.unwrap();
    let request = &server.requests()[0];
    assert_eq!(request.action(), "CancelBundleTask");
    assert_eq!(request.parameter("DryRun"), "true");

    for (status, code) in [(503, "RequestLimitExceeded"), (500, "InternalError")] {
        let server = CannedServer::always(fails(status, code)).await;
        let ec2 = connect(server.url()).await;
        let error = ec2.dry_run_cancel(&id("bun-1")).await.unwrap_err();
        assert!(!error.remedy().contains("carried out"), "{error:?}");
        assert_eq!(server.requests().len(), 1, "the user can ask again");
    }
}

/// A server that answers a dry run with a task may have cancelled it.
#[tokio::test]
async fn a_dry_run_that_returns_a_task_is_an_error() {
    let server = CannedServer::always(ok(CANCEL)).await;
    let ec2 = connect(server.url()).await;
    let error = ec2.dry_run_cancel(&id("bun-1")).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Unparsable);
    assert!(error.may_have_been_carried_out());
}
