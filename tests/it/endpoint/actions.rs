//! The actions: parameters, checks and errors.

use bundletop::endpoint::Endpoint;

use super::{post_request, send_form, send_request, start_with_tasks};

const TASKS: &str = r#"[
    {"bundleId": "bun-00000001", "instanceId": "i-00000001", "state": "pending"},
    {"bundleId": "bun-00000002", "instanceId": "i-00000002", "state": "waiting-for-shutdown"},
    {"bundleId": "bun-00000003", "instanceId": "i-00000003", "state": "bundling", "progress": 20},
    {"bundleId": "bun-00000004", "instanceId": "i-00000004", "state": "storing", "progress": 30},
    {"bundleId": "bun-00000005", "instanceId": "i-00000005", "state": "cancelling"},
    {"bundleId": "bun-00000006", "instanceId": "i-00000006", "state": "complete"},
    {"bundleId": "bun-00000007", "instanceId": "i-00000007", "state": "failed"}
]"#;

/// Sends the form, and asserts that the response is this error.
async fn assert_error(endpoint: &Endpoint, form: &str, status: u16, code: &str, message: &str) {
    let response = send_form(endpoint, form).await;
    assert_eq!(response.status_and_code(), (status, code), "{form}");
    let actual_message = response
        .text("Message")
        .unwrap()
        .replace("&apos;", "'")
        .replace("&quot;", "\"");
    assert_eq!(actual_message, message, "{form}");
}

const DRY_RUN: (u16, &str, &str) = (
    412,
    "DryRunOperation",
    "Request would have succeeded, but DryRun flag is set.",
);

#[tokio::test]
async fn tasks_are_described_by_their_ids() {
    let endpoint = start_with_tasks(TASKS).await;
    let form = "Action=DescribeBundleTasks&BundleId.9=bun-00000004&BundleId.2=bun-00000001";
    let response = send_form(&endpoint, form).await;
    assert_eq!(response.sorted_ids(), ["bun-00000001", "bun-00000004"]);
    let twice = "Action=DescribeBundleTasks&BundleId.1=bun-00000001&BundleId.2=bun-00000001";
    assert_eq!(
        send_form(&endpoint, twice).await.sorted_ids(),
        ["bun-00000001"]
    );
    let form = "Action=DescribeBundleTasks&BundleId.1=bun-00000001&BundleId.2=bun-ffffffff";
    let message = "The bundle ID 'bun-ffffffff' does not exist";
    assert_error(&endpoint, form, 400, "InvalidBundleID.NotFound", message).await;
    let form = "Action=DescribeBundleTasks&BundleId.1=nope";
    let message = "Value (nope) for parameter bundleId is invalid. Expected: 'bun-...'.";
    assert_error(&endpoint, form, 400, "InvalidParameterValue", message).await;
}

#[tokio::test]
async fn lists_come_in_different_orders() {
    let endpoint = start_with_tasks(TASKS).await;
    let mut orders = std::collections::HashSet::new();
    for _ in 0..5 {
        let response = send_form(&endpoint, "Action=DescribeBundleTasks").await;
        orders.insert(response.texts("bundleId").join(" "));
    }
    assert!(orders.len() > 1, "{orders:?}");
}

#[tokio::test]
async fn a_cancel_returns_the_task_as_cancelling() {
    let endpoint = start_with_tasks(TASKS).await;
    for id in [
        "bun-00000001",
        "bun-00000002",
        "bun-00000003",
        "bun-00000004",
    ] {
        let response =
            send_form(&endpoint, &format!("Action=CancelBundleTask&BundleId={id}")).await;
        assert_eq!(response.status, 200);
        assert!(response.body.contains("<CancelBundleTaskResponse xmlns="));
        assert!(response.body.contains("<bundleInstanceTask>"));
        assert_eq!(
            (response.sorted_ids(), response.text("state")),
            (vec![id], Some("cancelling"))
        );
        assert_eq!(response.text("progress"), None);
    }
}

#[tokio::test]
async fn a_cancel_is_refused_with_ec2s_codes() {
    let endpoint = start_with_tasks(TASKS).await;
    let not_cancellable = [
        ("bun-00000005", "cancelling"),
        ("bun-00000006", "complete"),
        ("bun-00000007", "failed"),
    ];
    for (id, state) in not_cancellable {
        let form = format!("Action=CancelBundleTask&BundleId={id}");
        let message =
            format!("The bundle task '{id}' is in the state '{state}' and cannot be cancelled");
        assert_error(&endpoint, &form, 400, "IncorrectState", &message).await;
    }
    let missing = "The request must contain the parameter BundleId";
    for form in [
        "Action=CancelBundleTask",
        "Action=CancelBundleTask&BundleId=",
    ] {
        assert_error(&endpoint, form, 400, "MissingParameter", missing).await;
    }
    let form = "Action=CancelBundleTask&BundleId=bun-ffffffff";
    let message = "The bundle ID 'bun-ffffffff' does not exist";
    assert_error(&endpoint, form, 400, "InvalidBundleID.NotFound", message).await;
}

#[tokio::test]
async fn a_dry_run_changes_nothing() {
    let endpoint = start_with_tasks(TASKS).await;
    let (status, code, message) = DRY_RUN;
    let forms = [
        "Action=DescribeBundleTasks&DryRun=true",
        "Action=CancelBundleTask&BundleId=bun-00000003&DryRun=true",
        "Action=CancelBundleTask&BundleId=bun-ffffffff&DryRun=TRUE",
        "Action=BundleInstance&InstanceId=i-0000000f&Storage.S3.Bucket=b&Storage.S3.Prefix=p\
         &DryRun=true",
    ];
    for form in forms {
        assert_error(&endpoint, form, status, code, message).await;
    }
    let response = send_form(
        &endpoint,
        "Action=DescribeBundleTasks&BundleId.1=bun-00000003",
    )
    .await;
    assert_eq!(response.text("state"), Some("bundling"));
    assert_eq!(
        send_form(&endpoint, "Action=DescribeBundleTasks&DryRun=false")
            .await
            .sorted_ids()
            .len(),
        7
    );
    let form = "Action=CancelBundleTask&BundleId=bun-00000003&DryRun=maybe";
    let message = "Value (maybe) for parameter DryRun is invalid. Expected: 'true' or 'false'.";
    assert_error(&endpoint, form, 400, "InvalidParameterValue", message).await;
}

#[tokio::test]
async fn unknown_parameters_and_versions_are_refused() {
    let endpoint = start_with_tasks(TASKS).await;
    let unknown = [
        (
            "Action=CancelBundleTask&BundleId=bun-00000003&Force=true",
            "Force",
        ),
        (
            "Action=CancelBundleTask&BundleId.1=bun-00000003",
            "BundleId.1",
        ),
        ("Action=DescribeBundleTasks&MaxResults=5", "MaxResults"),
        (
            "Action=DescribeBundleTasks&BundleId.x=bun-00000003",
            "BundleId.x",
        ),
        (
            "Action=DescribeBundleTasks&Filter.1.Nmae=state",
            "Filter.1.Nmae",
        ),
    ];
    for (form, name) in unknown {
        let message = format!("The parameter {name} is not recognized");
        assert_error(&endpoint, form, 400, "UnknownParameter", &message).await;
    }
    let signed = "Action=DescribeBundleTasks&AWSAccessKeyId=AKID&SignatureVersion=2&Signature=x\
                  &SignatureMethod=HmacSHA256&Timestamp=2015-09-15T13%3A24%3A35Z&X-Amz-Expires=60";
    assert_eq!(send_form(&endpoint, signed).await.status, 200);
    let missing = send_request(&endpoint, &post_request("Version=2016-11-15")).await;
    assert_eq!(missing.status_and_code(), (400, "MissingAction"));
    let future = send_request(
        &endpoint,
        &post_request("Action=DescribeBundleTasks&Version=2031-01-01"),
    )
    .await;
    assert_eq!(future.status_and_code(), (400, "NoSuchVersion"));
    let old = send_request(
        &endpoint,
        &post_request("Action=DescribeBundleTasks&Version=2010-08-31"),
    )
    .await;
    assert!(
        old.body
            .contains("xmlns=\"http://ec2.amazonaws.com/doc/2010-08-31/\"")
    );
}

#[tokio::test]
async fn sts_returns_the_identity_of_the_caller() {
    let endpoint = start_with_tasks("[]").await;
    for form in [
        "Action=GetCallerIdentity&Version=2011-06-15",
        "Action=GetCallerIdentity",
    ] {
        let response = send_request(&endpoint, &post_request(form)).await;
        let id = response.header("x-amzn-requestid").unwrap();
        assert!(response.body.ends_with(&format!(
            "<GetCallerIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">\
             <GetCallerIdentityResult><Arn>arn:aws:iam::123456789012:user/demo</Arn>\
             <UserId>AIDACKCEVSQ6C2EXAMPLE</UserId><Account>123456789012</Account>\
             </GetCallerIdentityResult><ResponseMetadata><RequestId>{id}</RequestId>\
             </ResponseMetadata></GetCallerIdentityResponse>"
        )));
    }
    let response = send_form(&endpoint, "Action=GetCallerIdentity").await;
    assert_eq!(
        response.status_and_code(),
        (400, "InvalidAction"),
        "EC2 does not have this action"
    );
}

const BUNDLE: &str = "Action=BundleInstance&InstanceId=i-1234567890abcdef0&Storage.S3.Bucket=b\
                      &Storage.S3.Prefix=p&Storage.S3.AWSAccessKeyId=AKIAIOSFODNN7EXAMPLE\
                      &Storage.S3.UploadPolicy=e30%3D&Storage.S3.UploadPolicySignature=c2ln";

#[tokio::test]
async fn an_instance_has_one_task_at_a_time() {
    let endpoint = start_with_tasks(TASKS).await;
    let response = send_form(&endpoint, BUNDLE).await;
    assert_eq!(response.status, 200);
    assert!(response.body.contains("<BundleInstanceResponse xmlns="));
    assert!(response.body.contains(
        "<state>pending</state><startTime>2015-09-15T13:24:35.000Z</startTime>\
         <updateTime>2015-09-15T13:24:35.000Z</updateTime><storage><S3><bucket>b</bucket>\
         <prefix>p</prefix><AWSAccessKeyId>AKIAIOSFODNN7EXAMPLE</AWSAccessKeyId>\
         <uploadPolicy>e30=</uploadPolicy><uploadPolicySignature>c2ln</uploadPolicySignature>\
         </S3></storage></bundleInstanceTask>"
    ));
    let id = response.text("bundleId").unwrap();
    let hex = id.strip_prefix("bun-").unwrap();
    assert!(
        hex.len() == 8 && hex.bytes().all(|b| b.is_ascii_hexdigit()),
        "{id}"
    );
    let listed = send_form(
        &endpoint,
        &format!("Action=DescribeBundleTasks&BundleId.1={id}"),
    )
    .await;
    assert_eq!(listed.text("instanceId"), Some("i-1234567890abcdef0"));
    assert_eq!(
        send_form(&endpoint, BUNDLE).await.status_and_code(),
        (400, "BundlingInProgress")
    );
    for (instance, status) in [
        ("i-00000005", 400),
        ("i-00000006", 200),
        ("i-00000007", 200),
    ] {
        let form = BUNDLE.replace("i-1234567890abcdef0", instance);
        assert_eq!(
            send_form(&endpoint, &form).await.status,
            status,
            "{instance}"
        );
    }
}

#[tokio::test]
async fn bundle_instance_checks_its_parameters() {
    let endpoint = start_with_tasks("[]").await;
    for name in ["InstanceId", "Storage.S3.Bucket", "Storage.S3.Prefix"] {
        let form = BUNDLE.replace(&format!("&{name}="), "&SecurityToken=");
        let message = format!("The request must contain the parameter {name}");
        assert_error(&endpoint, &form, 400, "MissingParameter", &message).await;
    }
    for id in ["i-12345", "vol-12345678", "i-1234567G", "i-123456789"] {
        let form = BUNDLE.replace("i-1234567890abcdef0", id);
        let message = format!("Invalid id: \"{id}\"");
        assert_error(
            &endpoint,
            &form,
            400,
            "InvalidInstanceID.Malformed",
            &message,
        )
        .await;
    }
    let form = BUNDLE.replace("e30%3D", "%7B%7D");
    let message = "Value ({}) for parameter Storage.S3.UploadPolicy is invalid. Expected: a \
                   document in Base64.";
    assert_error(&endpoint, &form, 400, "InvalidParameterValue", message).await;
    // XML cannot hold it, so no client could read a list with that task.
    let form = BUNDLE.replace("Storage.S3.Bucket=b", "Storage.S3.Bucket=b%1b");
    let message = "Value (b\u{fffd}) for parameter Storage.S3.Bucket is invalid. Expected: text without \
                   control characters.";
    assert_error(&endpoint, &form, 400, "InvalidParameterValue", message).await;
}
