//! Layer 4, wire: AWS's sample answers, byte for byte or nearly, read by the client. They come from
//! a server that shares no code with the embedded endpoint, so that endpoint and client cannot make
//! the same mistake.

use std::sync::Arc;

use bundletop::task::{BundleTask, Phase, S3Storage, State, TaskError};
use jiff::Timestamp;

use crate::ec2::Reply;
use crate::ec2::{CANCEL, CannedServer, DESCRIBE, IDENTITY, connect, error, id, list, ok};

async fn describe(answer: impl Into<Vec<u8>>) -> Vec<BundleTask> {
    let server = CannedServer::always(ok(answer)).await;
    let tasks = connect(server.url()).await.describe(&[]).await.unwrap();
    tasks.into_iter().map(Arc::unwrap_or_clone).collect()
}

async fn item(members: &str) -> BundleTask {
    let tasks = describe(list(&format!("<item>{members}</item>"))).await;
    <[BundleTask; 1]>::try_from(tasks)
        .unwrap()
        .into_iter()
        .next()
        .unwrap()
}

fn time(text: &str) -> Timestamp {
    text.parse().unwrap()
}

#[tokio::test]
async fn the_sample_of_describe_bundle_tasks() {
    let storing = BundleTask {
        instance_id: Some("i-1234567890abcdef0".to_owned()),
        bundle_id: id("bun-c1a540a8"),
        state: State::new("storing"),
        start_time: Some(time("2008-10-07T11:41:50Z")),
        update_time: Some(time("2008-10-07T11:51:50Z")),
        storage: Some(S3Storage {
            bucket: Some("amzn-s3-demo-bucket".to_owned()),
            prefix: Some("winami".to_owned()),
            ..S3Storage::default()
        }),
        progress: Some(bundletop::task::Progress::new("70%")),
        ..BundleTask::default()
    };
    let failed = BundleTask {
        instance_id: Some("i-0598c7d356eba48d7".to_owned()),
        bundle_id: id("bun-2a4e041c"),
        state: State::new("failed"),
        error: Some(TaskError {
            code: Some("Client.S3Error".to_owned()),
            message: Some("Access Denied & so on".to_owned()),
        }),
        ..BundleTask::default()
    };
    assert_eq!(describe(DESCRIBE).await, [storing, failed]);
}

#[tokio::test]
async fn the_sample_of_cancel_bundle_task() {
    let server = CannedServer::always(ok(CANCEL)).await;
    let task = connect(server.url())
        .await
        .cancel(&id("bun-c1a322b9"))
        .await
        .unwrap()
        .task
        .unwrap();
    assert_eq!(task.bundle_id, id("bun-c1a322b9"));
    assert_eq!(
        task.state.as_str(),
        "canceling",
        "one l, as AWS's sample has it"
    );
    assert_eq!(task.state.phase(), Phase::Cancelling);
    assert_eq!(task.progress.unwrap().percent(), Some(20.0));
}

#[tokio::test]
async fn the_sample_of_get_caller_identity() {
    let server = CannedServer::always(ok(IDENTITY)).await;
    let identity = connect(server.url()).await.identity().await.unwrap();
    assert_eq!(identity.account, "123456789012");
    assert_eq!(identity.arn, "arn:aws:iam::123456789012:user/Alice");
}

#[tokio::test]
async fn an_error_as_ec2_writes_it() {
    let message = "The bundle ID 'bun-1' does not exist";
    let answer = error("InvalidBundleID.NotFound", message);
    let header = "x-amzn-requestid: ea966190-f9aa-478e-9ede-example\r\n";
    let server = CannedServer::always(Reply::With(400, header, answer)).await;
    let error = connect(server.url())
        .await
        .cancel(&id("bun-1"))
        .await
        .unwrap_err();
    assert_eq!(error.code.as_deref(), Some("InvalidBundleID.NotFound"));
    assert_eq!(error.message, message);
    assert_eq!(
        error.request_id.as_deref(),
        Some("ea966190-f9aa-478e-9ede-example")
    );
}

#[tokio::test]
async fn an_empty_set_is_an_empty_list_however_it_is_written() {
    assert_eq!(describe(list("")).await, []);
    for set in [
        "<bundleInstanceTasksSet/>",
        "<bundleInstanceTasksSet>\n</bundleInstanceTasksSet>",
        "",
    ] {
        let answer = format!("<DescribeBundleTasksResponse>{set}</DescribeBundleTasksResponse>");
        assert_eq!(describe(answer).await, []);
    }
}

#[tokio::test]
async fn an_empty_item_is_a_task_of_which_nothing_is_known() {
    assert_eq!(item("").await, BundleTask::default());
}

#[tokio::test]
async fn an_unknown_state_is_kept_as_sent() {
    let task = item("<state>hibernating-Slowly</state>").await;
    assert_eq!(task.state.as_str(), "hibernating-Slowly");
    assert_eq!(task.state.phase(), Phase::Unknown);
}

#[tokio::test]
async fn progress_is_kept_as_it_came() {
    for (text, percent) in [("45", Some(45.0)), ("45.5%", Some(45.5)), ("soon", None)] {
        let progress = item(&format!("<progress>{text}</progress>"))
            .await
            .progress
            .unwrap();
        assert_eq!((progress.as_str(), progress.percent()), (text, percent));
    }
}

/// Every member in AWS's reference of `cancel-bundle-task`, with EC2's capitals.
#[tokio::test]
async fn every_member_arrives() {
    let task = item(
        "<instanceId>i-1a2b3c4d</instanceId><bundleId>bun-2a4e041c</bundleId>\
         <state>cancelling</state><startTime>2015-09-15T13:24:35.000Z</startTime>\
         <updateTime>2015-09-15T15:27:40.123+02:00</updateTime><storage><S3>\
         <bucket>bundletasks</bucket><prefix>winami/\u{fc}ber</prefix>\
         <AWSAccessKeyId>AKIAIOSFODNN7EXAMPLE</AWSAccessKeyId>\
         <uploadPolicy>eyJleHBpcmF0aW9uIjoiMjAxNS0wOS0xNlQxMzoyNDozNVoifQ==</uploadPolicy>\
         <uploadPolicySignature>c2lnbmF0dXJl</uploadPolicySignature></S3></storage>\
         <progress>20%</progress><error><code>Client.Cancelled</code>\
         <message>by &lt;you&gt;</message></error><somethingNew><deep/></somethingNew>",
    )
    .await;
    assert_eq!(task.instance_id.as_deref(), Some("i-1a2b3c4d"));
    assert_eq!(task.bundle_id, id("bun-2a4e041c"));
    assert_eq!(task.state.as_str(), "cancelling");
    assert_eq!(task.start_time, Some(time("2015-09-15T13:24:35Z")));
    assert_eq!(task.update_time, Some(time("2015-09-15T13:27:40.123Z")));
    assert_eq!(task.progress.unwrap().as_str(), "20%");
    let failure = task.error.unwrap();
    assert_eq!(failure.code.as_deref(), Some("Client.Cancelled"));
    assert_eq!(failure.message.as_deref(), Some("by <you>"));
    let storage = task.storage.unwrap();
    assert_eq!(storage.bucket.as_deref(), Some("bundletasks"));
    assert_eq!(storage.prefix.as_deref(), Some("winami/\u{fc}ber"));
    assert_eq!(
        storage.aws_access_key_id.as_deref(),
        Some("AKIAIOSFODNN7EXAMPLE")
    );
    let policy = storage.upload_policy.unwrap();
    assert_eq!(policy, br#"{"expiration":"2015-09-16T13:24:35Z"}"#);
    assert_eq!(
        storage.upload_policy_signature.unwrap().expose(),
        "c2lnbmF0dXJl"
    );
}

#[tokio::test]
async fn requests_are_ec2s_query_protocol() {
    let server = CannedServer::always(ok(list(""))).await;
    connect(server.url()).await.describe(&[]).await.unwrap();
    let request = &server.requests()[0];
    assert!(
        request.head.starts_with("POST / HTTP/1.1\r\n"),
        "{request:?}"
    );
    assert_eq!(
        request.body,
        "Action=DescribeBundleTasks&Version=2016-11-15"
    );
}

/// More tasks than any account has, and an answer of several megabytes.
#[tokio::test]
async fn ten_thousand_tasks() {
    let start = DESCRIBE.find("<item>").unwrap();
    let end = DESCRIBE.find("</item>").unwrap() + "</item>".len();
    let item = &DESCRIBE[start..end];
    assert_eq!(describe(list(&item.repeat(10_000))).await.len(), 10_000);
}
