//! Missing credentials: errors say why and how to get some, and new ones are used at once.

use super::canned::{Request, unused_url};
use super::isolated_client::{IsolatedClient, Report, Step};
use super::{CannedServer, Reply, error, list, ok};

const SSO: &str = "
[profile dev]
region = us-east-1
sso_session = dev
sso_account_id = 123456789012
sso_role_name = Operator
[profile role]
region = us-east-1
role_arn = arn:aws:iam::123456789012:role/Operator
source_profile = dev
[sso-session dev]
sso_region = us-east-1
sso_start_url = https://d-abc123.awsapps.com/start
";

/// Where the SDK looks for the token of the session `dev`: the SHA-1 of its name.
const TOKEN: &str = ".aws/sso/cache/34c6fceca75e456f25e7e99531e2425c6c1de443.json";

fn token(expires: &str) -> String {
    format!("{{\"accessToken\": \"the-token\", \"expiresAt\": \"{expires}\"}}")
}

/// One server for both EC2 and IAM Identity Center.
async fn aws(sso: impl Fn(&Request) -> Reply + Send + Sync + 'static) -> CannedServer {
    CannedServer::start(move |_, request| {
        if request.head.starts_with("GET /federation/credentials") {
            sso(request)
        } else {
            ok(list(""))
        }
    })
    .await
}

fn role_credentials(_: &Request) -> Reply {
    let body = "{\"roleCredentials\": {\"accessKeyId\": \"ASIASSOSSOSSOSSOSSOS\", \
                \"secretAccessKey\": \"s\", \"sessionToken\": \"t\", \"expiration\": 4102444800000}}";
    Reply::Answer(200, body.into())
}

fn sso(server: &CannedServer) -> IsolatedClient {
    let client = IsolatedClient::without_keys().config(SSO).profile("dev");
    client.env("AWS_ENDPOINT_URL", server.url())
}

fn needs_login(report: &Report, command: &str) {
    let failure = report.failure();
    assert_eq!(failure.kind, "LoginNeeded", "{failure:?}");
    assert!(failure.remedy.contains(command), "{failure:?}");
}

#[tokio::test]
async fn no_credentials_at_all() {
    let report = IsolatedClient::without_keys()
        .region("us-east-1")
        .describe()
        .await;
    let failure = report.failure();
    assert_eq!(failure.kind, "NoCredentials", "{failure:?}");
    for part in ["aws configure", "AWS_ACCESS_KEY_ID"] {
        assert!(failure.remedy.contains(part), "{failure:?}");
    }
    let client = IsolatedClient::new()
        .config("[profile bare]\nregion = us-east-1\n")
        .profile("bare");
    let report = client.describe().await;
    let failure = report.failure();
    assert_eq!(
        failure.kind, "NoCredentials",
        "the environment's are not the profile's"
    );
    assert!(failure.message.contains("\"bare\""), "{failure:?}");
}

#[tokio::test]
async fn one_key_without_the_other() {
    let client = IsolatedClient::without_keys().region("us-east-1");
    let report = client
        .env("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE")
        .describe()
        .await;
    let failure = report.failure();
    assert_eq!(failure.kind, "BadCredentials", "{failure:?}");
    assert!(
        failure.message.contains("AWS_SECRET_ACCESS_KEY"),
        "{failure:?}"
    );
}

#[tokio::test]
async fn an_sso_session_that_is_missing_or_over_needs_a_login() {
    let server = aws(role_credentials).await;
    let command = "aws sso login --profile dev";
    needs_login(&sso(&server).describe().await, command);
    let over = sso(&server).file(TOKEN, token("2020-01-01T00:00:00Z"));
    needs_login(&over.describe().await, command);
    let broken = sso(&server).file(TOKEN, "{");
    needs_login(&broken.describe().await, command);
    assert!(server.requests().is_empty());
    // For a role, it is the source profile that has to log in.
    needs_login(&sso(&server).profile("role").describe().await, command);
}

#[tokio::test]
async fn an_sso_session_ended_by_the_service_needs_a_login() {
    let ended = |_: &Request| {
        let header = "x-amzn-errortype: UnauthorizedException\r\n";
        let body = "{\"message\": \"Session token not found or invalid\"}";
        Reply::With(401, header, body.into())
    };
    let server = aws(ended).await;
    let client = sso(&server).file(TOKEN, token("2099-01-01T00:00:00Z"));
    needs_login(&client.describe().await, "aws sso login --profile dev");
}

#[tokio::test]
async fn a_forbidden_role_needs_no_login() {
    let forbidden = |_: &Request| {
        let header = "x-amzn-errortype: ForbiddenException\r\n";
        Reply::With(403, header, "{\"message\": \"No access\"}".into())
    };
    let server = aws(forbidden).await;
    let client = sso(&server).file(TOKEN, token("2099-01-01T00:00:00Z"));
    let report = client.describe().await;
    let failure = report.failure();
    assert_eq!(failure.kind, "BadCredentials", "{failure:?}");
    assert!(failure.message.contains("No access"), "{failure:?}");
    assert!(failure.remedy.contains("sso_role_name"), "{failure:?}");
}

#[tokio::test]
async fn an_identity_center_that_cannot_be_reached_is_unreachable() {
    let server = aws(role_credentials).await;
    let client = sso(&server).file(TOKEN, token("2099-01-01T00:00:00Z"));
    let report = client
        .env("AWS_ENDPOINT_URL_SSO", unused_url().await)
        .describe()
        .await;
    assert_eq!(report.failure().kind, "Unreachable", "{report:?}");
}

/// The new credentials are requested once, not for every call.
#[tokio::test]
async fn a_login_in_another_terminal_is_enough() {
    let server = aws(role_credentials).await;
    let login = Step::Write(TOKEN.to_owned(), token("2099-01-01T00:00:00Z"));
    let steps = [
        Step::Connect,
        Step::Describe,
        Step::Describe,
        login,
        Step::Describe,
        Step::Describe,
    ];
    let report = sso(&server).run(steps).await;
    let kinds: Vec<_> = report.outcomes[1..].iter().map(kind).collect();
    assert_eq!(kinds, ["LoginNeeded", "LoginNeeded", "ok", "ok"]);
    let requests = server.requests();
    assert_eq!(requests.len(), 3, "credentials once, and two lists");
    assert_eq!(requests[1].signed_by(), "ASIASSOSSOSSOSSOSSOS");
}

fn kind(outcome: &super::isolated_client::Outcome) -> &str {
    match outcome {
        Ok(_) => "ok",
        Err(failure) => &failure.kind,
    }
}

#[tokio::test]
async fn a_console_session_needs_aws_login() {
    let config = "[profile console]\nregion = us-east-1\n\
                  login_session = arn:aws:iam::012345678901:user/Admin\n";
    let report = IsolatedClient::without_keys()
        .config(config)
        .profile("console")
        .describe()
        .await;
    needs_login(&report, "aws login --profile console");
}

#[tokio::test]
async fn a_failing_credential_process_says_why_without_its_secrets() {
    let script = "echo 'vault: sealed;\tno key wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY for you' >&2\n\
                  head -c 100000 /dev/zero | tr '\\0' x >&2\nexit 7\n";
    let client = IsolatedClient::new()
        .file("vault.sh", script)
        .profile("vault");
    let path = client.home().join("vault.sh");
    let config = format!(
        "[profile vault]\nregion = us-east-1\ncredential_process = sh {}\n",
        path.display()
    );
    let report = client.config(&config).describe().await;
    let failure = report.failure();
    assert_eq!(failure.kind, "BadCredentials", "{failure:?}");
    assert!(
        failure.message.contains("vault: sealed; no key … for you"),
        "{failure:?}"
    );
    assert!(failure.message.chars().count() <= 400);
    assert!(failure.remedy.contains("credential_process"), "{failure:?}");
}

#[tokio::test]
async fn a_credential_process_is_asked_again_until_it_works() {
    let server = CannedServer::start(|_, _| ok(list(""))).await;
    let client = IsolatedClient::without_keys().endpoint_url(server.url());
    let path = client.home().join("keys.json");
    let config = format!(
        "[default]\nregion = us-east-1\ncredential_process = cat {}\n",
        path.display()
    );
    let keys = "{\"Version\": 1, \"AccessKeyId\": \"AKIAPROCESSPROCESSPR\", \
                \"SecretAccessKey\": \"s\", \"Expiration\": \"2099-01-01T00:00:00Z\"}";
    let write = Step::Write("keys.json".to_owned(), keys.to_owned());
    let steps = [Step::Connect, Step::Describe, write, Step::Describe];
    let report = client.config(&config).run(steps).await;
    assert_eq!(
        report.outcomes[1..].iter().map(kind).collect::<Vec<_>>(),
        ["BadCredentials", "ok"]
    );
    assert_eq!(server.requests()[0].signed_by(), "AKIAPROCESSPROCESSPR");
}

#[tokio::test]
async fn expired_credentials_are_reported_as_expired() {
    let keys = "{\"Version\": 1, \"AccessKeyId\": \"AKIA\", \"SecretAccessKey\": \"s\", \
                \"Expiration\": \"2020-01-01T00:00:00Z\"}";
    let client = IsolatedClient::without_keys().file("keys.json", keys);
    let path = client.home().join("keys.json");
    let config = format!(
        "[default]\nregion = us-east-1\ncredential_process = cat {}\n",
        path.display()
    );
    let report = client.config(&config).describe().await;
    assert_eq!(report.failure().kind, "Expired", "{report:?}");
}

/// Temporary keys that are renewed in the credentials file.
#[tokio::test]
async fn keys_that_ec2_rejects_are_read_again() {
    let server = CannedServer::start(|_, request| match request.signed_by().as_str() {
        "ASIAOLDOLDOLDOLDOLDO" => {
            Reply::Answer(400, error("RequestExpired", "Request has expired."))
        }
        _ => ok(list("")),
    })
    .await;
    let keys =
        |id: &str| format!("[default]\naws_access_key_id = {id}\naws_secret_access_key = s\n");
    let client = IsolatedClient::without_keys()
        .region("us-east-1")
        .endpoint_url(server.url());
    let client = client.file(".aws/credentials", keys("ASIAOLDOLDOLDOLDOLDO"));
    let renewed = Step::Write(".aws/credentials".to_owned(), keys("ASIANEWNEWNEWNEWNEWN"));
    let steps = [Step::Connect, Step::Describe, renewed, Step::Describe];
    let report = client.run(steps).await;
    assert_eq!(
        report.outcomes[1..].iter().map(kind).collect::<Vec<_>>(),
        ["Expired", "ok"]
    );
}

#[tokio::test]
async fn a_role_that_cannot_be_assumed_is_not_a_denied_operation() {
    let refused = "<ErrorResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><Error>\
                   <Type>Sender</Type><Code>AccessDenied</Code><Message>User is not authorized to \
                   perform: sts:AssumeRole</Message></Error><RequestId>r</RequestId></ErrorResponse>";
    let server = CannedServer::start(move |_, request| match request.action().as_str() {
        "AssumeRole" => Reply::Answer(403, refused.into()),
        _ => ok(list("")),
    })
    .await;
    let keys = "aws_access_key_id = AKIA\naws_secret_access_key = s\n";
    let role = "role_arn = arn:aws:iam::123456789012:role/r\nsource_profile = base\n";
    let config = format!(
        "[profile base]\nregion = us-east-1\n{keys}[profile role]\n{role}[profile mfa]\n\
         mfa_serial = arn:aws:iam::123456789012:mfa/me\n{role}"
    );
    for (profile, words) in [("role", "sts:AssumeRole"), ("mfa", "MFA")] {
        let client = IsolatedClient::without_keys()
            .config(&config)
            .profile(profile);
        let report = client
            .env("AWS_ENDPOINT_URL", server.url())
            .describe()
            .await;
        let failure = report.failure();
        assert_eq!(failure.kind, "BadCredentials", "{failure:?}");
        assert!(failure.message.contains("cannot be assumed"), "{failure:?}");
        assert!(failure.remedy.contains(words), "{failure:?}");
    }
}

/// The SDK's provider would keep the first error forever.
#[tokio::test]
async fn a_profile_fixed_in_another_terminal_is_used() {
    let server = CannedServer::start(|_, _| ok(list(""))).await;
    let role = "[profile role]\nregion = us-east-1\nrole_arn = arn:aws:iam::1:role/r\n";
    let keys = "[profile role]\naws_access_key_id = AKIA\naws_secret_access_key = s\n";
    let write = Step::Write(".aws/config".to_owned(), keys.to_owned());
    let steps = [Step::Connect, Step::Describe, write, Step::Describe];
    let client = IsolatedClient::without_keys().config(role).profile("role");
    let report = client.endpoint_url(server.url()).run(steps).await;
    let kinds: Vec<_> = report.outcomes[1..].iter().map(kind).collect();
    assert_eq!(kinds, ["BadSettings", "ok"]);
}

#[tokio::test]
async fn a_profile_that_cannot_work_is_a_bad_setting() {
    let config = "[profile loop]\nregion = us-east-1\nrole_arn = arn:aws:iam::1:role/r\n\
                  source_profile = other\n[profile other]\nrole_arn = arn:aws:iam::1:role/s\n\
                  source_profile = loop\n";
    let report = IsolatedClient::new()
        .config(config)
        .profile("loop")
        .describe()
        .await;
    let failure = report.failure();
    assert_eq!(failure.kind, "BadSettings", "{failure:?}");
    assert!(failure.message.contains("loop"), "{failure:?}");
}

/// A `credential_process` that returns a new key each time, with a minute left: each is used for half of
/// its life, not once.
#[tokio::test]
async fn short_lived_keys_are_not_fetched_for_every_call() {
    let server = CannedServer::start(|_, _| ok(list(""))).await;
    let client = IsolatedClient::without_keys().endpoint_url(server.url());
    let path = client.home().join("keys.sh");
    let script = "echo x >> $0.count; end=$(date -u -d '+60 seconds' +%Y-%m-%dT%H:%M:%SZ)\n\
                  echo \"{\\\"Version\\\": 1, \\\"AccessKeyId\\\": \\\"AKIA$$\\\", \\\"SecretAccessKey\\\": \\\"s\\\", \\\"Expiration\\\": \\\"$end\\\"}\"\n";
    let config = format!(
        "[default]\nregion = us-east-1\ncredential_process = sh {}\n",
        path.display()
    );
    let client = client.config(&config).file("keys.sh", script);
    let steps = [vec![Step::Connect], vec![Step::Describe; 10]].concat();
    let report = client.run(steps).await;
    assert!(
        report.outcomes.iter().all(|outcome| kind(outcome) == "ok"),
        "{report:?}"
    );
    let signers: std::collections::HashSet<_> =
        server.requests().iter().map(Request::signed_by).collect();
    assert_eq!(signers.len(), 1, "{signers:?}");
}
