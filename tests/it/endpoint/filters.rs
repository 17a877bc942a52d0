//! The filters of `DescribeBundleTasks`.

use std::fmt::Write as _;

use bundletop::endpoint::Endpoint;

use super::{ask, start_with};

const TASKS: &str = r#"[
    {"bundleId": "bun-00000001", "instanceId": "i-00000001", "state": "storing", "progress": 72,
     "started": "12m", "updated": "3s", "bucket": "bundletasks", "prefix": "winami"},
    {"bundleId": "bun-00000002", "instanceId": "i-00000002", "state": "failed", "bucket": "other",
     "prefix": "win*mi", "error": {"code": "Client.S3Error", "message": "AccessDenied(403)"}},
    {"bundleId": "bun-00000003", "prefix": "本番/ウェブ"}
]"#;

/// The filter parameters for `name=value,value`.
fn filter(number: usize, name: &str, values: &[&str]) -> String {
    let mut form = form_urlencoded::Serializer::new(String::new());
    form.append_pair(&format!("Filter.{number}.Name"), name);
    for (index, value) in values.iter().enumerate() {
        form.append_pair(&format!("Filter.{number}.Value.{}", index + 1), value);
    }
    format!("&{}", form.finish())
}

/// The last digits of the IDs that pass.
async fn passing(endpoint: &Endpoint, filters: &str) -> String {
    let reply = ask(endpoint, &format!("Action=DescribeBundleTasks{filters}")).await;
    assert_eq!(reply.status, 200, "{filters}: {}", reply.body);
    reply
        .ids()
        .iter()
        .map(|id| id.trim_start_matches("bun-0000000"))
        .collect()
}

#[tokio::test]
async fn each_filter_looks_at_its_member() {
    let endpoint = start_with(TASKS).await;
    let cases = [
        ("bundle-id", "bun-00000002", "2"),
        ("error-code", "Client.S3Error", "2"),
        ("error-message", "AccessDenied(403)", "2"),
        ("instance-id", "i-00000001", "1"),
        ("progress", "72%", "1"),
        ("s3-bucket", "bundletasks", "1"),
        ("s3-prefix", "本番/ウェブ", "3"),
        ("start-time", "2015-09-15T13:12:35.000Z", "1"),
        ("state", "failed", "2"),
        ("update-time", "2015-09-15T13:24:32.000Z", "1"),
    ];
    for (name, value, expected) in cases {
        assert_eq!(
            passing(&endpoint, &filter(1, name, &[value])).await,
            expected,
            "{name}"
        );
        assert_eq!(
            passing(&endpoint, &filter(1, name, &["x"])).await,
            "",
            "{name}"
        );
    }
}

#[tokio::test]
async fn wildcards_fit_as_aws_documents_them() {
    let endpoint = start_with(TASKS).await;
    let cases = [
        ("*", "123"),
        ("win*", "12"),
        ("WIN*", ""),
        ("w*n*m*i*", "12"),
        ("winami*", "1"),
        ("win?ami", "1"),
        ("win????????", "12"),
        ("win??", ""),
        ("win?mi", "12"),
        ("?????????", "123"),
        ("*ウェ?", "3"),
        ("win\\*mi", "2"),
        ("win\\ami", "1"),
        ("win\\?mi", ""),
        ("winam\\", ""),
        ("", ""),
    ];
    for (value, expected) in cases {
        assert_eq!(
            passing(&endpoint, &filter(1, "s3-prefix", &[value])).await,
            expected,
            "{value}"
        );
    }
    // Absent members fit nothing, not even anything.
    assert_eq!(
        passing(&endpoint, &filter(1, "progress", &["*"])).await,
        "1"
    );
    assert_eq!(
        passing(&endpoint, &filter(1, "error-code", &["*"])).await,
        "2"
    );
}

#[tokio::test]
async fn a_wildcard_pattern_made_to_hurt_does_not() {
    let prefix = "a".repeat(1000);
    let endpoint = start_with(&format!(
        r#"[{{"bundleId": "bun-00000001", "prefix": "{prefix}"}}]"#
    ))
    .await;
    let pattern = "*a".repeat(100) + "*b";
    let patterns = vec![pattern.as_str(); 200];
    assert_eq!(
        passing(&endpoint, &filter(1, "s3-prefix", &patterns)).await,
        ""
    );
}

#[tokio::test]
async fn values_are_alternatives_and_filters_add_up() {
    let endpoint = start_with(TASKS).await;
    let either = filter(1, "state", &["failed", "storing"]);
    assert_eq!(passing(&endpoint, &either).await, "12");
    let both = either.clone() + &filter(5, "s3-bucket", &["other", "none"]);
    assert_eq!(passing(&endpoint, &both).await, "2");
    let with_id = either + "&BundleId.1=bun-00000001&BundleId.2=bun-00000003";
    assert_eq!(passing(&endpoint, &with_id).await, "1");
}

async fn refused(endpoint: &Endpoint, filters: &str, code: &str, message: &str) {
    let reply = ask(endpoint, &format!("Action=DescribeBundleTasks{filters}")).await;
    assert_eq!(reply.error(), (400, code), "{filters}");
    assert_eq!(
        reply.text("Message").unwrap().replace("&apos;", "'"),
        message
    );
}

#[tokio::test]
async fn bad_filters_are_refused() {
    let endpoint = start_with(TASKS).await;
    let invalid = "InvalidParameterValue";
    let message = "The filter 'nope' is invalid";
    refused(&endpoint, &filter(1, "nope", &["x"]), invalid, message).await;
    let message = "The filter 'State' is invalid";
    refused(
        &endpoint,
        &filter(1, "State", &["failed"]),
        invalid,
        message,
    )
    .await;
    refused(
        &endpoint,
        "&Filter.1.Value.1=x",
        invalid,
        "The filter 'null' is invalid",
    )
    .await;
    let message = "The filter 'state' must have at least one value";
    refused(&endpoint, &filter(1, "state", &[]), invalid, message).await;
}

#[tokio::test]
async fn the_limits_of_filters_are_ec2s() {
    let endpoint = start_with(TASKS).await;
    let exceeded = "FilterLimitExceeded";
    let filters = |count: usize| {
        (1..=count).fold(String::new(), |mut all, number| {
            write!(all, "{}", filter(number, "state", &["*"])).unwrap();
            all
        })
    };
    assert_eq!(passing(&endpoint, &filters(50)).await, "123");
    let message = "The maximum number of filters specified on a single call is 50";
    refused(&endpoint, &filters(51), exceeded, message).await;
    assert_eq!(
        passing(&endpoint, &filter(1, "state", &["failed"; 200])).await,
        "2"
    );
    let message = "The maximum number of filter values specified on a single call is 200";
    refused(
        &endpoint,
        &filter(1, "state", &["failed"; 201]),
        exceeded,
        message,
    )
    .await;
    let long = "é".repeat(255);
    assert_eq!(passing(&endpoint, &filter(1, "state", &[&long])).await, "");
    let message = "The maximum length for a filter value is 255 characters";
    refused(
        &endpoint,
        &filter(1, "state", &[&(long + "x")]),
        exceeded,
        message,
    )
    .await;
}
