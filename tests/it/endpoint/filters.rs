//! The filters of `DescribeBundleTasks`.

use std::fmt::Write as _;

use bundletop::endpoint::Endpoint;

use super::{send_form, start_with_tasks};

const TASKS: &str = r#"[
    {"bundleId": "bun-00000001", "instanceId": "i-00000001", "state": "storing", "progress": 72,
     "started": "12m", "updated": "3s", "bucket": "bundletasks", "prefix": "winami"},
    {"bundleId": "bun-00000002", "instanceId": "i-00000002", "state": "failed", "bucket": "other",
     "prefix": "win*mi", "error": {"code": "Client.S3Error", "message": "AccessDenied(403)"}},
    {"bundleId": "bun-00000003", "prefix": "本番/ウェブ"}
]"#;

/// The form of one filter, with a leading `&`.
fn filter_form(number: usize, name: &str, values: &[&str]) -> String {
    let mut form = form_urlencoded::Serializer::new(String::new());
    form.append_pair(&format!("Filter.{number}.Name"), name);
    for (index, value) in values.iter().enumerate() {
        form.append_pair(&format!("Filter.{number}.Value.{}", index + 1), value);
    }
    format!("&{}", form.finish())
}

/// The last digits of the IDs of the tasks that match.
async fn matching_id_digits(endpoint: &Endpoint, filters: &str) -> String {
    let response = send_form(endpoint, &format!("Action=DescribeBundleTasks{filters}")).await;
    assert_eq!(response.status, 200, "{filters}: {}", response.body);
    response
        .sorted_ids()
        .iter()
        .map(|id| id.trim_start_matches("bun-0000000"))
        .collect()
}

#[tokio::test]
async fn each_filter_compares_its_own_member() {
    let endpoint = start_with_tasks(TASKS).await;
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
            matching_id_digits(&endpoint, &filter_form(1, name, &[value])).await,
            expected,
            "{name}"
        );
        assert_eq!(
            matching_id_digits(&endpoint, &filter_form(1, name, &["x"])).await,
            "",
            "{name}"
        );
    }
}

#[tokio::test]
async fn wildcards_match_as_aws_documents_them() {
    let endpoint = start_with_tasks(TASKS).await;
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
            matching_id_digits(&endpoint, &filter_form(1, "s3-prefix", &[value])).await,
            expected,
            "{value}"
        );
    }
    // An absent member matches nothing, not even `*`.
    assert_eq!(
        matching_id_digits(&endpoint, &filter_form(1, "progress", &["*"])).await,
        "1"
    );
    assert_eq!(
        matching_id_digits(&endpoint, &filter_form(1, "error-code", &["*"])).await,
        "2"
    );
}

#[tokio::test]
async fn a_pattern_with_many_wildcards_is_not_slow() {
    let prefix = "a".repeat(1000);
    let endpoint = start_with_tasks(&format!(
        r#"[{{"bundleId": "bun-00000001", "prefix": "{prefix}"}}]"#
    ))
    .await;
    let pattern = "*a".repeat(100) + "*b";
    let patterns = vec![pattern.as_str(); 200];
    assert_eq!(
        matching_id_digits(&endpoint, &filter_form(1, "s3-prefix", &patterns)).await,
        ""
    );
}

#[tokio::test]
async fn one_value_and_every_filter_must_match() {
    let endpoint = start_with_tasks(TASKS).await;
    let either = filter_form(1, "state", &["failed", "storing"]);
    assert_eq!(matching_id_digits(&endpoint, &either).await, "12");
    let both = either.clone() + &filter_form(5, "s3-bucket", &["other", "none"]);
    assert_eq!(matching_id_digits(&endpoint, &both).await, "2");
    let with_id = either + "&BundleId.1=bun-00000001&BundleId.2=bun-00000003";
    assert_eq!(matching_id_digits(&endpoint, &with_id).await, "1");
}

/// Lists with these filters, and asserts that the response is this error, with status 400.
async fn assert_error(endpoint: &Endpoint, filters: &str, code: &str, message: &str) {
    let response = send_form(endpoint, &format!("Action=DescribeBundleTasks{filters}")).await;
    assert_eq!(response.status_and_code(), (400, code), "{filters}");
    assert_eq!(
        response.text("Message").unwrap().replace("&apos;", "'"),
        message
    );
}

#[tokio::test]
async fn bad_filters_are_refused() {
    let endpoint = start_with_tasks(TASKS).await;
    let invalid = "InvalidParameterValue";
    let message = "The filter 'nope' is invalid";
    assert_error(&endpoint, &filter_form(1, "nope", &["x"]), invalid, message).await;
    let message = "The filter 'State' is invalid";
    assert_error(
        &endpoint,
        &filter_form(1, "State", &["failed"]),
        invalid,
        message,
    )
    .await;
    assert_error(
        &endpoint,
        "&Filter.1.Value.1=x",
        invalid,
        "The filter 'null' is invalid",
    )
    .await;
    let message = "The filter 'state' must have at least one value";
    assert_error(&endpoint, &filter_form(1, "state", &[]), invalid, message).await;
}

#[tokio::test]
async fn filters_have_ec2s_limits() {
    let endpoint = start_with_tasks(TASKS).await;
    let exceeded = "FilterLimitExceeded";
    let filters = |count: usize| {
        (1..=count).fold(String::new(), |mut all, number| {
            write!(all, "{}", filter_form(number, "state", &["*"])).unwrap();
            all
        })
    };
    assert_eq!(matching_id_digits(&endpoint, &filters(50)).await, "123");
    let message = "The maximum number of filters specified on a single call is 50";
    assert_error(&endpoint, &filters(51), exceeded, message).await;
    assert_eq!(
        matching_id_digits(&endpoint, &filter_form(1, "state", &["failed"; 200])).await,
        "2"
    );
    let message = "The maximum number of filter values specified on a single call is 200";
    assert_error(
        &endpoint,
        &filter_form(1, "state", &["failed"; 201]),
        exceeded,
        message,
    )
    .await;
    let long = "é".repeat(255);
    assert_eq!(
        matching_id_digits(&endpoint, &filter_form(1, "state", &[&long])).await,
        ""
    );
    let message = "The maximum length for a filter value is 255 characters";
    assert_error(
        &endpoint,
        &filter_form(1, "state", &[&(long + "x")]),
        exceeded,
        message,
    )
    .await;
}
