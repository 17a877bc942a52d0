//! Profile, region, endpoint, retries: which source takes precedence, and errors for bad values.

use super::canned::Request;
use super::isolated_client::{IsolatedClient, KEY_ID, Report, Step};
use super::{CannedServer, IDENTITY, list, ok};

const TWO_ACCOUNTS: &str = "
[default]
region = eu-west-1
[profile prod]
region = eu-central-1
aws_access_key_id = AKIAPRODPRODPRODPROD
aws_secret_access_key = secret
[profile dev]
region = us-west-2
";

async fn ec2() -> CannedServer {
    CannedServer::start(|_, request| match request.action().as_str() {
        "GetCallerIdentity" => ok(IDENTITY),
        _ => ok(list("")),
    })
    .await
}

fn region(report: &Report) -> &str {
    &report.session.as_ref().unwrap().1
}

/// `aws_config::load()` panics on these.
#[tokio::test]
async fn bad_retry_settings_are_clear_errors() {
    let bad = [
        ("AWS_RETRY_MODE", "eager"),
        ("AWS_RETRY_MODE", "\u{1b}[31m"),
        ("AWS_MAX_ATTEMPTS", "0"),
        ("AWS_MAX_ATTEMPTS", "-1"),
        ("AWS_MAX_ATTEMPTS", "three"),
        ("AWS_MAX_ATTEMPTS", "99999999999999999999"),
    ];
    for (key, value) in bad {
        let report = IsolatedClient::new()
            .region("us-east-1")
            .env(key, value)
            .connect()
            .await;
        let failure = report.failure();
        assert_eq!(failure.kind, "BadSettings", "{failure:?}");
        assert!(failure.message.contains(key), "{failure:?}");
        assert!(failure.remedy.contains(key), "{failure:?}");
    }
    let config = "[default]\nretry_mode = eager\n";
    let report = IsolatedClient::new()
        .region("us-east-1")
        .config(config)
        .connect()
        .await;
    assert!(
        report.failure().message.contains("retry_mode"),
        "{report:?}"
    );
}

/// `legacy` is a mode of the AWS CLI, and an empty variable counts as unset.
#[tokio::test]
async fn good_retry_settings_work() {
    let server = ec2().await;
    for (mode, attempts) in [
        ("legacy", "5"),
        ("standard", "1"),
        ("ADAPTIVE", "2"),
        ("", ""),
    ] {
        let client = IsolatedClient::new()
            .region("us-east-1")
            .endpoint_url(server.url());
        let client = client
            .env("AWS_RETRY_MODE", mode)
            .env("AWS_MAX_ATTEMPTS", attempts);
        client.describe().await.assert_no_errors();
    }
}

/// With the SDK's `profile_name`, credentials in the environment would take precedence.
#[tokio::test]
async fn the_profile_flag_beats_credentials_in_the_environment() {
    let server = ec2().await;
    let client = || {
        IsolatedClient::new()
            .config(TWO_ACCOUNTS)
            .endpoint_url(server.url())
    };
    client().profile("prod").describe().await.assert_no_errors();
    client()
        .env("AWS_PROFILE", "prod")
        .describe()
        .await
        .assert_no_errors();
    let keys: Vec<_> = server.requests().iter().map(Request::signed_by).collect();
    assert_eq!(keys, ["AKIAPRODPRODPRODPROD", KEY_ID]);
}

/// With credentials in the environment, the SDK ignores a missing profile.
#[tokio::test]
async fn a_missing_profile_is_an_error_that_names_those_there_are() {
    let client = || {
        IsolatedClient::new()
            .config(TWO_ACCOUNTS)
            .region("us-east-1")
    };
    let by_flag = client().profile("pord").connect().await;
    let by_variable = client().env("AWS_PROFILE", "pord").connect().await;
    let by_other = client().env("AWS_DEFAULT_PROFILE", "pord").connect().await;
    let reports = [
        (by_flag, "--profile"),
        (by_variable, "AWS_PROFILE"),
        (by_other, "AWS_DEFAULT_PROFILE"),
    ];
    for (report, named_by) in reports {
        let failure = report.failure();
        assert_eq!(failure.kind, "BadSettings");
        for part in ["\"pord\"", named_by, ".aws/config", ".aws/credentials"] {
            assert!(failure.message.contains(part), "{part}: {failure:?}");
        }
        assert!(failure.remedy.contains("default, dev, prod"), "{failure:?}");
    }
    let empty = client().env("AWS_PROFILE", "").connect().await;
    assert!(
        empty.failure().message.contains("\"\" (AWS_PROFILE)"),
        "{empty:?}"
    );
    let nothing_there = IsolatedClient::new()
        .profile("prod")
        .region("us-east-1")
        .connect()
        .await;
    assert!(nothing_there.failure().remedy.contains("aws configure"));
}

/// The SDK also ignores a file that it cannot parse.
#[tokio::test]
async fn an_unusable_config_file_is_an_error_that_names_it() {
    let cases: [(&str, &[u8], &str); 4] = [
        (".aws/config", b"[default\nregion = x\n", "line 1"),
        (".aws/config", b"region = us-east-1\n", "line 1"),
        (".aws/config", b"[default]\nregion = \xff\xfe\n", "UTF-8"),
        (".aws/credentials", b"[default]\nnonsense\n", "line 2"),
    ];
    for (file, contents, why) in cases {
        let client = IsolatedClient::new()
            .file(file, contents)
            .region("us-east-1");
        let report = client.connect().await;
        let failure = report.failure();
        assert_eq!(failure.kind, "BadSettings", "{failure:?}");
        assert!(failure.message.contains(file), "{failure:?}");
        assert!(failure.message.contains(why), "{failure:?}");
    }
}

#[tokio::test]
async fn the_region_comes_from_flag_then_environment_then_profile() {
    let client = || IsolatedClient::new().config(TWO_ACCOUNTS);
    let env = || {
        client()
            .env("AWS_REGION", "ap-south-1")
            .env("AWS_DEFAULT_REGION", "sa-east-1")
    };
    assert_eq!(
        region(&env().region("ca-west-1").connect().await),
        "ca-west-1"
    );
    assert_eq!(region(&env().profile("prod").connect().await), "ap-south-1");
    let older = client().env("AWS_DEFAULT_REGION", "sa-east-1");
    assert_eq!(region(&older.connect().await), "sa-east-1");
    assert_eq!(
        region(&client().profile("prod").connect().await),
        "eu-central-1"
    );
    assert_eq!(
        region(&client().env("AWS_PROFILE", "dev").connect().await),
        "us-west-2"
    );
    assert_eq!(region(&client().connect().await), "eu-west-1");
}

#[tokio::test]
async fn without_a_region_the_error_says_how_to_set_one() {
    let report = IsolatedClient::new().connect().await;
    let failure = report.failure();
    assert_eq!(failure.kind, "NoRegion");
    assert!(failure.remedy.contains("--region") && failure.remedy.contains("AWS_REGION"));
    for not_a_region in ["us east 1", "us-east-1.evil.example/", "-"] {
        let report = IsolatedClient::new().region(not_a_region).connect().await;
        assert_eq!(report.failure().kind, "BadSettings", "{not_a_region}");
    }
    let report = IsolatedClient::new().region("").connect().await;
    assert_eq!(
        report.failure().kind,
        "NoRegion",
        "an empty one is not given"
    );
}

/// The dialog shows it beside the account: it must not name a profile whose keys are not used.
#[tokio::test]
async fn the_session_names_the_profile_whose_credentials_are_used() {
    let profile = async |client: IsolatedClient| {
        let report = client.region("us-east-1").connect().await;
        report.session.unwrap().0
    };
    let with_keys = || IsolatedClient::new().config(TWO_ACCOUNTS);
    let without = || IsolatedClient::without_keys().config(TWO_ACCOUNTS);
    for client in [with_keys(), without()] {
        assert_eq!(
            profile(client.profile("prod")).await.as_deref(),
            Some("prod")
        );
    }
    let variable = |client: IsolatedClient| client.env("AWS_PROFILE", "prod");
    assert_eq!(profile(variable(with_keys())).await, None);
    assert_eq!(profile(variable(without())).await.as_deref(), Some("prod"));
    assert_eq!(profile(with_keys()).await, None);
    assert_eq!(profile(without()).await.as_deref(), Some("default"));
    assert_eq!(
        profile(IsolatedClient::without_keys()).await,
        None,
        "there is no default"
    );
}

#[tokio::test]
async fn the_endpoint_comes_from_flag_then_environment_then_profile() {
    let (right, wrong) = (ec2().await, ec2().await);
    let (yes, no) = (right.url(), wrong.url());
    let services = format!(
        "[default]\nservices = stand-in\nendpoint_url = {no}\n\
         [services stand-in]\nec2 =\n  endpoint_url = {yes}\n"
    );
    let client = || IsolatedClient::new().region("us-east-1");
    let cases = [
        client()
            .endpoint_url(&yes)
            .env("AWS_ENDPOINT_URL_EC2", &no)
            .env("AWS_ENDPOINT_URL", &no),
        client()
            .env("AWS_ENDPOINT_URL_EC2", &yes)
            .env("AWS_ENDPOINT_URL", &no),
        client()
            .env("AWS_ENDPOINT_URL", &yes)
            .config(&format!("[default]\nendpoint_url = {no}\n")),
        client().config(&services),
        client().config(&format!("[default]\nendpoint_url = {yes}\n")),
    ];
    let count = cases.len();
    for case in cases {
        let report = case.describe().await;
        assert_eq!(
            report
                .assert_no_errors()
                .session
                .as_ref()
                .unwrap()
                .2
                .as_ref(),
            Some(&yes)
        );
    }
    assert_eq!((right.requests().len(), wrong.requests().len()), (count, 0));
}

/// Dummy keys for a simulated EC2 must not be sent to AWS.
#[tokio::test]
async fn sts_requests_go_to_the_ec2_endpoint() {
    let (server, sts) = (ec2().await, ec2().await);
    let steps = [Step::Connect, Step::Identity];
    let client = || IsolatedClient::new().region("us-east-1");
    let report = client().endpoint_url(server.url()).run(steps.clone()).await;
    assert_eq!(
        report.assert_no_errors().outcomes[1].as_deref().unwrap(),
        "123456789012"
    );
    let by_variable = client().env("AWS_ENDPOINT_URL_EC2", server.url());
    by_variable.run(steps.clone()).await.assert_no_errors();
    assert_eq!(server.actions(), ["GetCallerIdentity"; 2]);

    let apart = client()
        .endpoint_url(server.url())
        .env("AWS_ENDPOINT_URL_STS", sts.url());
    apart.run(steps).await.assert_no_errors();
    assert_eq!(
        (server.requests().len(), sts.actions()),
        (2, vec!["GetCallerIdentity".into()])
    );
}

#[tokio::test]
async fn a_bad_endpoint_url_is_a_clear_error() {
    let bad = [
        "localhost:4599",
        "127.0.0.1",
        "nonsense",
        "http://",
        "http://local host/",
        "http://localhost:99999",
        "ftp://localhost/",
        "http://localhost/?x=1",
        "http://someone:hunter2@localhost/",
    ];
    for url in bad {
        let client = || IsolatedClient::new().region("us-east-1");
        let by_flag = client().endpoint_url(url).connect().await;
        let by_variable = client().env("AWS_ENDPOINT_URL", url).connect().await;
        for (report, named_by) in [
            (by_flag, "--endpoint-url"),
            (by_variable, "AWS_ENDPOINT_URL"),
        ] {
            let failure = report.failure();
            assert_eq!(failure.kind, "BadSettings", "{url}");
            assert!(failure.message.contains(named_by), "{failure:?}");
            assert!(!failure.message.contains("hunter2"), "{failure:?}");
        }
    }
}

/// If the SDK refuses to send a request, the error names the bad setting.
#[tokio::test]
async fn settings_that_exclude_each_other_are_a_clear_error() {
    let client = IsolatedClient::new()
        .region("us-east-1")
        .endpoint_url("http://127.0.0.1:1");
    let report = client.env("AWS_USE_FIPS_ENDPOINT", "true").describe().await;
    let failure = report.failure();
    assert_eq!(failure.kind, "BadSettings", "{failure:?}");
    assert!(failure.message.contains("FIPS"), "{failure:?}");
}

/// A proxy is for the network; requests to this machine must not go through it.
#[tokio::test]
async fn loopback_endpoints_are_reached_without_the_proxy() {
    let (server, proxy) = (ec2().await, ec2().await);
    let client = || {
        IsolatedClient::new()
            .region("us-east-1")
            .env("HTTP_PROXY", proxy.url())
    };
    client()
        .endpoint_url(server.url())
        .describe()
        .await
        .assert_no_errors();
    assert_eq!((server.requests().len(), proxy.requests().len()), (1, 0));
    client()
        .endpoint_url("http://ec2.invalid")
        .describe()
        .await
        .assert_no_errors();
    assert_eq!((server.requests().len(), proxy.requests().len()), (1, 1));
}

/// There is only one HTTP stack and one TLS stack.
#[test]
fn nothing_is_linked_twice() {
    let lock = include_str!("../../../Cargo.lock");
    for name in [
        "hyper",
        "rustls",
        "h2",
        "http",
        "aws-smithy-http-client",
        "aws-sdk-sts",
    ] {
        let count = lock.matches(&format!("\nname = \"{name}\"\n")).count();
        assert_eq!(count, 1, "{name}");
    }
}
