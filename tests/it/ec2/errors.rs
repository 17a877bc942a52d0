//! Failing servers: the kinds of errors, and their messages.

use std::time::Duration;

use bundletop::ec2::{Client, ErrorKind, Operation, Settings};
use bundletop::task::{ParsedMember, S3Storage};

use super::canned::unused_url;
use super::isolated_client::{IsolatedClient, KEY_ID, SECRET, Step};
use super::{
    CannedServer, DESCRIBE, Reply, connect, ends, error, id, list, ok, with_short_timeouts,
};

/// The SDK reports all of these as "service error".
#[tokio::test]
async fn each_error_code_has_its_kind() {
    let cases = [
        (403, "UnauthorizedOperation", ErrorKind::Denied),
        (403, "AccessDenied", ErrorKind::Denied),
        (401, "AuthFailure", ErrorKind::BadCredentials),
        (403, "SignatureDoesNotMatch", ErrorKind::BadCredentials),
        (400, "RequestExpired", ErrorKind::Expired),
        (400, "ExpiredToken", ErrorKind::Expired),
        (503, "RequestLimitExceeded", ErrorKind::Throttled),
        (400, "Throttling", ErrorKind::Throttled),
        (500, "InternalError", ErrorKind::ServerError),
        (503, "Unavailable", ErrorKind::ServerError),
        (400, "InvalidBundleID.NotFound", ErrorKind::NotFound),
        (400, "IncorrectState", ErrorKind::WrongState),
        (400, "BundlingInProgress", ErrorKind::WrongState),
        (400, "InvalidFilter", ErrorKind::Rejected),
        (401, "OptInRequired", ErrorKind::AccountNotReady),
        (400, "PendingVerification", ErrorKind::AccountNotReady),
        (403, "SomethingNew", ErrorKind::Denied),
        (500, "SomethingNew", ErrorKind::ServerError),
        (429, "SomethingNew", ErrorKind::Throttled),
        (412, "DryRunOperation", ErrorKind::DryRunSucceeded),
    ];
    for (status, code, kind) in cases {
        let server = CannedServer::always(Reply::Answer(status, error(code, "As it is."))).await;
        let error = connect(server.url()).await.describe(&[]).await.unwrap_err();
        assert_eq!(error.kind, kind, "{code}");
        assert_eq!(error.operation, Operation::DescribeBundleTasks);
        assert_eq!(error.code.as_deref(), Some(code));
        assert_eq!(error.summary(), format!("{code}: As it is."));
        assert_eq!(
            error.request_id.as_deref(),
            Some("ea966190-f9aa-478e-9ede-example")
        );
        assert!(error.remedy().len() > 10);
        assert!(
            !error.may_have_been_carried_out(),
            "nothing was to be carried out"
        );
        // Polls are not retried here: the poller asks again later.
        assert_eq!(server.requests().len(), 1, "{code}");
    }
}

#[tokio::test]
async fn the_request_id_in_the_header_comes_first() {
    let header = "x-amzn-requestid: from-the-header\r\n";
    let server = CannedServer::always(Reply::With(500, header, error("InternalError", "x"))).await;
    let error = connect(server.url()).await.describe(&[]).await.unwrap_err();
    assert_eq!(error.request_id.as_deref(), Some("from-the-header"));
}

#[tokio::test]
async fn a_denial_names_the_iam_action_and_leaves_out_the_encoded_part() {
    let message = "You are not authorized to perform this operation. User: arn:aws:iam::1:user/a \
                   is not authorized to perform: ec2:CancelBundleTask. Encoded authorization \
                   failure message: h8UBFyfHHDnG7IKNfXr5c";
    let answer = error("UnauthorizedOperation", message);
    let server = CannedServer::always(Reply::Answer(403, answer)).await;
    let ec2 = connect(server.url()).await;
    for outcome in [
        ec2.dry_run_cancel(&id("bun-1")).await,
        ec2.cancel(&id("bun-1")).await.map(drop),
    ] {
        let error = outcome.unwrap_err();
        assert_eq!(error.kind, ErrorKind::Denied);
        assert!(error.remedy().contains("ec2:CancelBundleTask"), "{error:?}");
        assert!(
            error.message.ends_with("perform: ec2:CancelBundleTask."),
            "{error:?}"
        );
    }
    let error = ec2.describe(&[]).await.unwrap_err();
    assert!(
        error.remedy().contains("ec2:DescribeBundleTasks"),
        "{error:?}"
    );
}

#[tokio::test]
async fn long_messages_are_cut_and_stay_on_one_line() {
    let message = format!("one\n two {}", "é".repeat(5000));
    let code = "C".repeat(5000);
    let server = CannedServer::always(Reply::Answer(400, error(&code, &message))).await;
    let error = connect(server.url()).await.describe(&[]).await.unwrap_err();
    assert!(error.message.starts_with("one two é") && error.message.ends_with('…'));
    assert_eq!(error.message.chars().count(), 400);
    assert_eq!(error.code.unwrap().chars().count(), 100);
}

/// Proxies and load balancers answer in HTML.
#[tokio::test]
async fn an_error_that_is_none_of_ec2s_is_judged_by_its_status() {
    let html = b"<html><body>Bad Gateway</body></html>";
    let cut = &error("RequestLimitExceeded", "x")[..60];
    let cases: [(u16, &[u8], ErrorKind); 7] = [
        (502, html, ErrorKind::ServerError),
        (503, cut, ErrorKind::ServerError),
        (504, b"", ErrorKind::ServerError),
        (429, html, ErrorKind::Throttled),
        (403, html, ErrorKind::Unparsable),
        (404, b"not found", ErrorKind::Unparsable),
        (400, b"<Response/>", ErrorKind::Unparsable),
    ];
    for (status, body, kind) in cases {
        let server = CannedServer::always(Reply::Answer(status, body.into())).await;
        let error = connect(server.url()).await.describe(&[]).await.unwrap_err();
        assert_eq!(error.kind, kind, "{status} {error:?}");
        assert_eq!(error.code, None);
        assert!(error.message.contains(&status.to_string()), "{error:?}");
        assert!(
            !error.message.contains("Gateway"),
            "no raw answer: {error:?}"
        );
    }
}

#[tokio::test]
async fn a_refused_connection_is_unreachable_and_the_remedy_names_the_url() {
    let url = unused_url().await;
    let error = connect(url.clone()).await.describe(&[]).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Unreachable, "{error:?}");
    assert_eq!(
        error.message,
        format!("Could not connect to {url}: connection refused.")
    );
    assert!(error.remedy().contains(&url), "{error:?}");
}

#[tokio::test]
async fn a_name_that_does_not_resolve_is_unreachable() {
    // A label of a name has at most 63 bytes, so no DNS query leaves this machine.
    let url = format!("http://{}", "a".repeat(64));
    let error = connect(url).await.describe(&[]).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Unreachable, "{error:?}");
    assert!(error.message.contains("does not resolve"), "{error:?}");
}

/// The TLS handshake is part of connecting, and a server may never begin it.
#[tokio::test]
async fn a_connection_that_is_not_made_in_time_is_given_up() {
    let server = CannedServer::always(Reply::Hang).await;
    let mut settings = Settings::demo(server.url().replace("http:", "https:"));
    settings.timeouts.connect = Duration::from_millis(100);
    let client = Client::connect(&settings).await.unwrap();
    let ec2 = client.caller().await.unwrap();
    let error = ends(ec2.describe(&[])).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Unreachable, "{error:?}");
    assert!(error.message.contains("in time"), "{error:?}");
    assert!(server.requests().is_empty());
}

/// Without timeouts the SDK waits forever.
#[tokio::test]
async fn a_server_that_says_nothing_is_given_up() {
    let server = CannedServer::always(Reply::Hang).await;
    let ec2 = with_short_timeouts(server.url()).await;
    let id = id("bun-1");
    let (all, one, dry_run, cancel, identity) = tokio::join!(
        ends(ec2.describe(&[])),
        ends(ec2.describe_one(&id)),
        ends(ec2.dry_run_cancel(&id)),
        ends(ec2.cancel(&id)),
        ends(ec2.identity()),
    );
    for error in [
        all.unwrap_err(),
        one.unwrap_err(),
        dry_run.unwrap_err(),
        cancel.unwrap_err(),
        identity.unwrap_err(),
    ] {
        assert_eq!(error.kind, ErrorKind::TimedOut, "{error:?}");
        assert!(error.message.contains("in time"), "{error:?}");
    }
    assert!(server.requests().len() <= 5, "none is sent twice");
}

/// An answer that stops in the middle does not block a call forever.
#[tokio::test]
async fn an_answer_that_stops_in_the_middle_is_given_up() {
    let server = CannedServer::always(Reply::Stalled(DESCRIBE.into(), 100)).await;
    let ec2 = with_short_timeouts(server.url()).await;
    let error = ends(ec2.describe(&[])).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::TimedOut, "{error:?}");
}

/// The timeouts are set by default, to the documented values.
#[test]
fn the_default_timeouts_are_those_documented() {
    let timeouts = Settings::default().timeouts;
    let seconds = [
        timeouts.read,
        timeouts.request,
        timeouts.whole_call,
        timeouts.credentials,
    ];
    assert_eq!(timeouts.connect, Duration::from_millis(3100));
    assert_eq!(seconds, [10, 15, 40, 60].map(Duration::from_secs));
}

#[tokio::test]
async fn a_dropped_connection_is_a_lost_answer() {
    let server = CannedServer::always(Reply::Close).await;
    let error = connect(server.url()).await.describe(&[]).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::AnswerLost, "{error:?}");
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn an_answer_that_is_not_http_is_an_error() {
    let server = CannedServer::always(Reply::Raw(b"SSH-2.0-OpenSSH_9.6\r\n".into())).await;
    let error = connect(server.url()).await.describe(&[]).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Unparsable, "{error:?}");
    assert!(error.message.contains("not HTTP"), "{error:?}");
}

/// The SDK rejects the whole answer because of one member.
#[tokio::test]
async fn a_member_that_cannot_be_read_loses_neither_its_task_nor_the_list() {
    let storage = "<storage><S3><bucket>b</bucket><uploadPolicy>%%%</uploadPolicy></S3></storage>";
    let cases = [
        (
            "<startTime>2008-10-07T11:41:50</startTime>",
            ParsedMember::StartTime,
            "2008-10-07T11:41:50",
        ),
        ("<startTime/>", ParsedMember::StartTime, ""),
        (
            "<updateTime>soon</updateTime>",
            ParsedMember::UpdateTime,
            "soon",
        ),
        (storage, ParsedMember::UploadPolicy, "%%%"),
    ];
    for (xml, member, text) in cases {
        let other = "<item><bundleId>bun-2</bundleId></item>";
        let answer = list(&format!(
            "<item><bundleId>bun-1</bundleId>{xml}<state>storing</state></item>{other}"
        ));
        let server = CannedServer::always(ok(answer)).await;
        let tasks = connect(server.url()).await.describe(&[]).await.unwrap();
        assert_eq!(tasks.len(), 2, "{xml}");
        let task = &tasks[0];
        assert_eq!(task.state.as_str(), "storing", "{xml}");
        assert_eq!(task.unreadable(member), Some(text), "{xml}");
        assert_eq!(task.unreadable.len(), 1, "{xml}");
        assert_eq!((task.start_time, task.update_time), (None, None), "{xml}");
        let policy = |s3: &S3Storage| s3.upload_policy.clone();
        assert_eq!(task.storage.as_ref().and_then(policy), None, "{xml}");
        assert_eq!(tasks[1].unreadable, []);
    }
}

#[tokio::test]
async fn an_account_that_may_not_use_ec2_yet_is_not_told_to_check_its_keys() {
    let answer = error("OptInRequired", "You are not subscribed to this service.");
    let server = CannedServer::always(Reply::Answer(401, answer)).await;
    let error = connect(server.url()).await.describe(&[]).await.unwrap_err();
    assert!(error.remedy().contains("sign-up"), "{error:?}");
    assert!(!error.remedy().contains("clock"), "{error:?}");
}

#[tokio::test]
async fn a_task_that_is_not_listed_is_none() {
    let item = "<item><bundleId>bun-other</bundleId></item>";
    let cases = [
        Reply::Answer(
            400,
            error("InvalidBundleID.NotFound", "The bundle task is not known."),
        ),
        ok(list("")),
    ];
    for reply in cases {
        let server = CannedServer::always(reply).await;
        let task = connect(server.url())
            .await
            .describe_one(&id("bun-1"))
            .await
            .unwrap();
        assert_eq!(task, None);
        assert_eq!(server.requests()[0].parameter("BundleId.1"), "bun-1");
    }
    let server = CannedServer::always(ok(list(item))).await;
    let ec2 = connect(server.url()).await;
    let task = ec2.describe_one(&id("bun-other")).await.unwrap().unwrap();
    assert_eq!(task.bundle_id, id("bun-other"));
}

#[tokio::test]
async fn an_answer_about_another_task_is_not_the_answer() {
    let server = CannedServer::start(|_, request| match request.action().as_str() {
        "CancelBundleTask" => ok(super::CANCEL),
        _ => ok(list("<item><bundleId>bun-other</bundleId></item>")),
    })
    .await;
    let ec2 = connect(server.url()).await;
    let error = ec2.describe_one(&id("bun-1")).await.unwrap_err();
    assert!(
        error.message.contains("another task, bun-other"),
        "{error:?}"
    );
    let error = ec2.cancel(&id("bun-1")).await.unwrap_err();
    assert!(error.may_have_been_carried_out(), "{error:?}");
}

/// Not EC2's words, but those of something in between.
#[tokio::test]
async fn a_cancel_answered_429_without_a_code_may_have_been_carried_out() {
    let page = Reply::Answer(429, "<html>Too many requests</html>".into());
    let throttled = Reply::Answer(503, error("RequestLimitExceeded", "Slow down."));
    for (reply, may_be) in [(page, true), (throttled, false)] {
        let server = CannedServer::always(reply).await;
        let ec2 = connect(server.url()).await;
        let failure = ec2.cancel(&id("bun-1")).await.unwrap_err();
        assert_eq!(failure.may_have_been_carried_out(), may_be, "{failure:?}");
    }
}

#[tokio::test]
async fn it_recovers_by_itself() {
    let server = CannedServer::start(|number, _| match number {
        0 => Reply::Close,
        1 => Reply::Hang,
        2 => ok("garbage"),
        3 => Reply::Answer(503, error("RequestLimitExceeded", "x")),
        _ => ok(DESCRIBE),
    })
    .await;
    let ec2 = with_short_timeouts(server.url()).await;
    for _ in 0..4 {
        ends(ec2.describe(&[])).await.unwrap_err();
    }
    assert_eq!(ec2.describe(&[]).await.unwrap().len(), 2);
}

/// The log is useful, but contains no answers and no secrets.
#[tokio::test]
async fn the_log_says_how_each_call_went_and_no_more() {
    let storage = "<storage><S3><AWSAccessKeyId>AKIDINANSWER</AWSAccessKeyId>\
                   <uploadPolicySignature>c2lnbmF0dXJl</uploadPolicySignature></S3></storage>";
    let answer = list(&format!("<item><bundleId>bun-1</bundleId>{storage}</item>"));
    let server = CannedServer::start(move |number, _| match number {
        0 => ok(answer.clone()),
        _ => Reply::Answer(503, error("RequestLimitExceeded", "x")),
    })
    .await;
    let client = IsolatedClient::new()
        .region("us-east-1")
        .endpoint_url(server.url());
    let steps = [Step::Connect, Step::Describe, Step::Describe];
    let log = client.logging("bundletop=trace").run(steps).await.log;
    for part in [
        "DescribeBundleTasks",
        "milliseconds",
        "Throttled",
        "ea966190",
    ] {
        assert!(log.contains(part), "{part}: {log}");
    }
    for secret in ["AKIDINANSWER", "c2lnbmF0dXJl", "bun-1", KEY_ID, SECRET] {
        assert!(!log.contains(secret), "{secret}: {log}");
    }
}

/// `Debug` of the SDK's types shows the access key ID. That of the client shows no
/// credentials at all, and that of a task no signature.
#[tokio::test]
async fn debug_output_holds_no_secret() {
    let storage = "<storage><S3><uploadPolicySignature>c2lnbmF0dXJl</uploadPolicySignature></S3>\
                   </storage>";
    let server = CannedServer::always(ok(list(&format!("<item>{storage}</item>")))).await;
    let ec2 = connect(server.url()).await;
    let tasks = ec2.describe(&[]).await.unwrap();
    let debug = format!("{ec2:?} {tasks:?}");
    assert!(debug.contains("us-east-1"));
    for secret in ["c2lnbmF0dXJl", "AKIADEMO"] {
        assert!(!debug.contains(secret), "{debug}");
    }
}
