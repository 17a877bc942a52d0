//! The actions: parameters, checks and errors.

use bundletop::endpoint::Endpoint;

use super::{ask, post, send, start_with};

const TASKS: &str = r#"[
    {"bundleId": "bun-00000001", "instanceId": "i-00000001", "state": "pending"},
    {"bundleId": "bun-00000002", "instanceId": "i-00000002", "state": "waiting-for-shutdown"},
    {"bundleId": "bun-00000003", "instanceId": "i-00000003", "state": "bundling", "progress": 20},
    {"bundleId": "bun-00000004", "instanceId": "i-00000004", "state": "storing", "progress": 30},
    {"bundleId": "bun-00000005", "instanceId": "i-00000005", "state": "cancelling"},
    {"bundleId": "bun-00000006", "instanceId": "i-00000006", "state": "complete"},
    {"bundleId": "bun-00000007", "instanceId": "i-00000007", "state": "failed"}
]"#;

async fn refused(endpoint: &Endpoint, form: &str, status: u16, code: &str, message: &str) {
    let reply = ask(endpoint, form).await;
    assert_eq!(reply.error(), (status, code), "{form}");
    let said = reply
        .text("Message")
        .unwrap()
        .replace("&apos;", "'")
        .replace("&quot;", "\"");
    assert_eq!(said, message, "{form}");
}

const DRY_RUN: (u16, &str, &str) = (
    412,
    "DryRunOperation",
    "Request would have succeeded, but DryRun flag is set.",
);

#[tokio::test]
async fn tasks_are_described_by_their_ids() {
    let endpoint = start_with(TASKS).await;
    let form = "Action=DescribeBundleTasks&BundleId.9=bun-00000004&BundleId.2=bun-00000001";
    let reply = ask(&endpoint, form).await;
    assert_eq!(reply.ids(), ["bun-00000001", "bun-00000004"]);
    let twice = "Action=DescribeBundleTasks&BundleId.1=bun-00000001&BundleId.2=bun-00000001";
    assert_eq!(ask(&endpoint, twice).await.ids(), ["bun-00000001"]);
    let form = "Action=DescribeBundleTasks&BundleId.1=bun-00000001&BundleId.2=bun-ffffffff";
    let message = "The bundle ID 'bun-ffffffff' does not exist";
    refused(&endpoint, form, 400, "InvalidBundleID.NotFound", message).await;
    let form = "Action=DescribeBundleTasks&BundleId.1=nope";
    let message = "Value (nope) for parameter bundleId is invalid. Expected: 'bun-...'.";
    refused(&endpoint, form, 400, "InvalidParameterValue", message).await;
}

#[tokio::test]
async fn the_order_of_a_list_is_not_to_be_relied_on() {
    let endpoint = start_with(TASKS).await;
    let mut orders = std::collections::HashSet::new();
    for _ in 0..5 {
        let reply = ask(&endpoint, "Action=DescribeBundleTasks").await;
        orders.insert(reply.texts("bundleId").join(" "));
    }
    assert!(orders.len() > 1, "{orders:?}");
}

#[tokio::test]
async fn a_cancel_answers_with_the_task_as_it_has_become() {
    let endpoint = start_with(TASKS).await;
    for id in [
        "bun-00000001",
        "bun-00000002",
        "bun-00000003",
        "bun-00000004",
    ] {
        let reply = ask(&endpoint, &format!("Action=CancelBundleTask&BundleId={id}")).await;
        assert_eq!(reply.status, 200);
        assert!(reply.body.contains("<CancelBundleTaskResponse xmlns="));
        assert!(reply.body.contains("<bundleInstanceTask>"));
        assert_eq!(
            (reply.ids(), reply.text("state")),
            (vec![id], Some("cancelling"))
        );
        assert_eq!(reply.text("progress"), None);
    }
}

#[tokio::test]
async fn a_cancel_is_refused_with_ec2s_codes() {
    let endpoint = start_with(TASKS).await;
    let ended = [
        ("bun-00000005", "cancelling"),
        ("bun-00000006", "complete"),
        ("bun-00000007", "failed"),
    ];
    for (id, state) in ended {
        let form = format!("Action=CancelBundleTask&BundleId={id}");
        let message =
            format!("The bundle task '{id}' is in the state '{state}' and cannot be cancelled");
        refused(&endpoint, &form, 400, "IncorrectState", &message).await;
    }
    let missing = "The request must contain the parameter BundleId";
    for form in [
        "Action=CancelBundleTask",
        "Action=CancelBundleTask&BundleId=",
    ] {
        refused(&endpoint, form, 400, "MissingParameter", missing).await;
    }
    let form = "Action=CancelBundleTask&BundleId=bun-ffffffff";
    let message = "The bundle ID 'bun-ffffffff' does not exist";
    refused(&endpoint, form, 400, "InvalidBundleID.NotFound", message).await;
}

#[tokio::test]
async fn a_dry_run_changes_nothing() {
    let endpoint = start_with(TASKS).await;
    let (status, code, message) = DRY_RUN;
    let forms = [
        "Action=DescribeBundleTasks&DryRun=true",
        "Action=CancelBundleTask&BundleId=bun-00000003&DryRun=true",
        "Action=CancelBundleTask&BundleId=bun-ffffffff&DryRun=TRUE",
        "Action=BundleInstance&InstanceId=i-0000000f&Storage.S3.Bucket=b&Storage.S3.Prefix=p\
         &DryRun=true",
    ];
    for form in forms {
        refused(&endpoint, form, status, code, message).await;
    }
    let reply = ask(
        &endpoint,
        "Action=DescribeBundleTasks&BundleId.1=bun-00000003",
    )
    .await;
    assert_eq!(reply.text("state"), Some("bundling"));
    assert_eq!(
        ask(&endpoint, "Action=DescribeBundleTasks&DryRun=false")
            .await
            .ids()
            .len(),
        7
    );
    let form = "Action=CancelBundleTask&BundleId=bun-00000003&DryRun=maybe";
    let message = "Value (maybe) for parameter DryRun is invalid. Expected: 'true' or 'false'.";
    refused(&endpoint, form, 400, "InvalidParameterValue", message).await;
}

#[tokio::test]
async fn parameters_and_versions_nobody_knows_are_refused() {
    let endpoint = start_with(TASKS).await;
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
        refused(&endpoint, form, 400, "UnknownParameter", &message).await;
    }
    let signed = "Action=DescribeBundleTasks&AWSAccessKeyId=AKID&SignatureVersion=2&Signature=x\
                  &SignatureMethod=HmacSHA256&Timestamp=2015-09-15T13%3A24%3A35Z&X-Amz-Expires=60";
    assert_eq!(ask(&endpoint, signed).await.status, 200);
    let missing = send(&endpoint, &post("Version=2016-11-15")).await;
    assert_eq!(missing.error(), (400, "MissingAction"));
    let future = send(
        &endpoint,
        &post("Action=DescribeBundleTasks&Version=2031-01-01"),
    )
    .await;
    assert_eq!(future.error(), (400, "NoSuchVersion"));
    let old = send(
        &endpoint,
        &post("Action=DescribeBundleTasks&Version=2010-08-31"),
    )
    .await;
    assert!(
        old.body
            .contains("xmlns=\"http://ec2.amazonaws.com/doc/2010-08-31/\"")
    );
}

#[tokio::test]
async fn the_caller_is_named_by_sts() {
    let endpoint = start_with("[]").await;
    for form in [
        "Action=GetCallerIdentity&Version=2011-06-15",
        "Action=GetCallerIdentity",
    ] {
        let reply = send(&endpoint, &post(form)).await;
        let id = reply.header("x-amzn-requestid").unwrap();
        assert!(reply.body.ends_with(&format!(
            "<GetCallerIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">\
             <GetCallerIdentityResult><Arn>arn:aws:iam::123456789012:user/demo</Arn>\
             <UserId>AIDACKCEVSQ6C2EXAMPLE</UserId><Account>123456789012</Account>\
             </GetCallerIdentityResult><ResponseMetadata><RequestId>{id}</RequestId>\
             </ResponseMetadata></GetCallerIdentityResponse>"
        )));
    }
    let reply = ask(&endpoint, "Action=GetCallerIdentity").await;
    assert_eq!(
        reply.error(),
        (400, "InvalidAction"),
        "it is no action of EC2's"
    );
}

const BUNDLE: &str = "Action=BundleInstance&InstanceId=i-1234567890abcdef0&Storage.S3.Bucket=b\
                      &Storage.S3.Prefix=p&Storage.S3.AWSAccessKeyId=AKIAIOSFODNN7EXAMPLE\
                      &Storage.S3.UploadPolicy=e30%3D&Storage.S3.UploadPolicySignature=c2ln";

#[tokio::test]
async fn an_instance_is_bundled_once_at_a_time() {
    let endpoint = start_with(TASKS).await;
    let reply = ask(&endpoint, BUNDLE).await;
    assert_eq!(reply.status, 200);
    assert!(reply.body.contains("<BundleInstanceResponse xmlns="));
    assert!(reply.body.contains(
        "<state>pending</state><startTime>2015-09-15T13:24:35.000Z</startTime>\
         <updateTime>2015-09-15T13:24:35.000Z</updateTime><storage><S3><bucket>b</bucket>\
         <prefix>p</prefix><AWSAccessKeyId>AKIAIOSFODNN7EXAMPLE</AWSAccessKeyId>\
         <uploadPolicy>e30=</uploadPolicy><uploadPolicySignature>c2ln</uploadPolicySignature>\
         </S3></storage></bundleInstanceTask>"
    ));
    let id = reply.text("bundleId").unwrap();
    let hex = id.strip_prefix("bun-").unwrap();
    assert!(
        hex.len() == 8 && hex.bytes().all(|b| b.is_ascii_hexdigit()),
        "{id}"
    );
    let listed = ask(
        &endpoint,
        &format!("Action=DescribeBundleTasks&BundleId.1={id}"),
    )
    .await;
    assert_eq!(listed.text("instanceId"), Some("i-1234567890abcdef0"));
    assert_eq!(
        ask(&endpoint, BUNDLE).await.error(),
        (400, "BundlingInProgress")
    );
    for (instance, status) in [
        ("i-00000005", 400),
        ("i-00000006", 200),
        ("i-00000007", 200),
    ] {
        let form = BUNDLE.replace("i-1234567890abcdef0", instance);
        assert_eq!(ask(&endpoint, &form).await.status, status, "{instance}");
    }
}

#[tokio::test]
async fn a_bundle_needs_its_parameters() {
    let endpoint = start_with("[]").await;
    for name in ["InstanceId", "Storage.S3.Bucket", "Storage.S3.Prefix"] {
        let form = BUNDLE.replace(&format!("&{name}="), "&SecurityToken=");
        let message = format!("The request must contain the parameter {name}");
        refused(&endpoint, &form, 400, "MissingParameter", &message).await;
    }
    for id in ["i-12345", "vol-12345678", "i-1234567G", "i-123456789"] {
        let form = BUNDLE.replace("i-1234567890abcdef0", id);
        let message = format!("Invalid id: \"{id}\"");
        refused(
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
    refused(&endpoint, &form, 400, "InvalidParameterValue", message).await;
}
