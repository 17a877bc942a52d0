//! Intended differences between the commands and the AWS CLI, which README lists too.

use super::{Answer, Case, recorded_cases};

const TASK: &str = "<DescribeBundleTasksResponse><bundleInstanceTasksSet><item>\
    <bundleId>bun-2a4e041c</bundleId><startTime>2015-09-15T13:24:35.120Z</startTime></item>\
    </bundleInstanceTasksSet></DescribeBundleTasksResponse>";

/// A call in the default environment. EC2 has one task.
pub(super) fn new_case(argv: &[&str]) -> Case {
    Case {
        name: String::new(),
        argv: argv.iter().map(|&arg| arg.to_owned()).collect(),
        env: ["AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_STS"]
            .map(|key| (key.to_owned(), Some("{URL}".to_owned())))
            .into(),
        files: [].into(),
        answers: vec![Answer::Http {
            status: 200,
            body: TASK.to_owned(),
        }],
        exit: 0,
        stdout: String::new(),
        requests: Vec::new(),
        stderr: None,
    }
}

/// Runs a case. Returns the exit code, standard output, trimmed standard error, and the number of
/// requests.
fn run(case: &Case) -> (i32, String, String, usize) {
    let result = case.run();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (
        result.output.status.code().unwrap(),
        text(result.output.stdout),
        text(result.output.stderr).trim().to_owned(),
        result.requests.len(),
    )
}

#[test]
fn times_are_as_ec2_sends_them_unless_the_config_says_otherwise() {
    let query = ["--query", "BundleTasks[0].StartTime"];
    let mut case = new_case(&["describe-bundle-tasks", query[0], query[1]]);
    let config = |text: &str| [("config".to_owned(), text.to_owned())].into();
    case.files = config("[default]\n");
    assert_eq!(run(&case).1, "\"2015-09-15T13:24:35.120Z\"\n");
    case.files = config("[default]\ncli_timestamp_format = iso8601\n");
    assert_eq!(run(&case).1, "\"2015-09-15T13:24:35.120000+00:00\"\n");
}

/// The AWS CLI finds these errors only after the request. After a cancel that is too late.
#[test]
fn a_format_or_a_function_that_does_not_exist_is_found_before_anything_is_sent() {
    let cancel = ["cancel-bundle-task", "--bundle-id", "bun-2a4e041c"];
    let mut unknown_format = new_case(&cancel);
    let bogus = Some("bogus".to_owned());
    unknown_format
        .env
        .insert("AWS_DEFAULT_OUTPUT".to_owned(), bogus);
    let mut unknown_in_profile = new_case(&cancel);
    let config = "[default]\noutput = bogus\n".to_owned();
    unknown_in_profile.files.insert("config".to_owned(), config);
    for case in [unknown_format, unknown_in_profile] {
        let (exit, stdout, stderr, requests) = run(&case);
        assert_eq!((exit, &*stdout, requests), (255, "", 0));
        assert_eq!(stderr, "bundletop: [ERROR]: Unknown output type: bogus");
    }
    for (query, message) in [
        ("nofunc(@)", "Unknown function: nofunc()"),
        (
            "length(@, @)",
            "Expected 1 argument for function length(), received 2",
        ),
    ] {
        let case = new_case(&[&cancel[..], &["--query", query]].concat());
        let (exit, stdout, stderr, requests) = run(&case);
        assert_eq!((exit, &*stdout, requests), (255, "", 0), "{query}");
        assert_eq!(stderr, format!("bundletop: [ERROR]: {message}"));
    }
}

/// The AWS CLI treats such a file as a list of its characters.
#[test]
fn a_file_for_a_list_must_hold_a_json_list() {
    let mut case = new_case(&["describe-bundle-tasks", "--bundle-ids", "file://ids"]);
    case.files
        .insert("ids".to_owned(), "bun-2a4e041c\n".to_owned());
    let (exit, _, stderr, requests) = run(&case);
    assert_eq!((exit, requests), (252, 0));
    assert!(
        stderr.contains("a file must hold a JSON list here"),
        "{stderr}"
    );
}

/// A document type can define entities that expand without limit.
#[test]
fn an_answer_with_a_document_type_is_not_read() {
    let mut case = new_case(&["describe-bundle-tasks"]);
    case.answers = vec![Answer::Http {
        status: 200,
        body: format!("<!DOCTYPE x [<!ENTITY a \"b\">]>{TASK}"),
    }];
    let (exit, stdout, stderr, _) = run(&case);
    assert_eq!((exit, &*stdout), (255, ""));
    assert!(stderr.contains("the answer is not XML"), "{stderr}");
}

/// A cancel that is meant for a simulated EC2 must not be sent to AWS.
#[test]
fn an_empty_variable_does_not_hide_another_endpoint() {
    let mut case = new_case(&["describe-bundle-tasks"]);
    case.env
        .insert("AWS_ENDPOINT_URL_EC2".to_owned(), Some(String::new()));
    assert_eq!((run(&case).0, run(&case).3), (0, 1));
    case.env
        .insert("AWS_ENDPOINT_URL".to_owned(), Some(String::new()));
    let config = "[default]\nendpoint_url = {URL}\n".to_owned();
    case.files.insert("config".to_owned(), config);
    assert_eq!((run(&case).0, run(&case).3), (0, 1));
}

/// An empty shell variable leaves an empty argument: `--bundle-id bun-1 "$EXTRA"`. `--` is
/// ignored too if nothing follows it.
#[test]
fn empty_arguments_are_ignored() {
    for extra in [&[""][..], &["--"], &["", "--"]] {
        let args = [&["describe-bundle-tasks", "--dry-run"][..], extra].concat();
        assert_eq!(run(&new_case(&args)).0, 0, "{extra:?}");
    }
}

#[test]
fn shorthand_that_is_nested_too_deeply_is_refused() {
    for value in ["[".repeat(100_000), "{a=".repeat(40_000)] {
        let filter = format!("Name={value}");
        let args = ["describe-bundle-tasks", "--filters", &filter];
        let (exit, _, stderr, requests) = run(&new_case(&args));
        assert_eq!((exit, requests), (252, 0), "{stderr}");
    }
}

/// The SDK panics on a timeout that ends beyond the year 9999.
#[test]
fn timeouts_of_any_length_are_accepted() {
    for seconds in ["0", "1", "31622399", "31622400", "99999999999999"] {
        let read = [
            "--cli-read-timeout",
            seconds,
            "--cli-connect-timeout",
            seconds,
        ];
        let args = [&["describe-bundle-tasks"][..], &read].concat();
        assert_eq!(run(&new_case(&args)).0, 0, "{seconds}");
    }
    for nonsense in ["-1", "5.5", "soon", ""] {
        let read = format!("--cli-read-timeout={nonsense}");
        let (exit, _, stderr, requests) = run(&new_case(&["describe-bundle-tasks", &read]));
        assert_eq!((exit, requests), (255, 0), "{nonsense}");
        assert!(stderr.contains("a number of seconds"), "{stderr}");
    }
}

#[test]
fn a_lost_cancel_may_have_been_carried_out_and_a_lost_dry_run_has_not() {
    let lost = |options: &[&str]| {
        let cancel = ["cancel-bundle-task", "--bundle-id", "bun-2a4e041c"];
        let mut case = new_case(&[&cancel[..], options].concat());
        case.answers = vec![Answer::Keyword("close".to_owned())];
        let once = Some("1".to_owned());
        case.env.insert("AWS_MAX_ATTEMPTS".to_owned(), once);
        let (exit, _, stderr, _) = run(&case);
        assert_eq!(exit, 255, "{stderr}");
        stderr
    };
    let uncertainty = "It may have been carried out all the same";
    assert!(lost(&[]).contains(uncertainty));
    let dry_run = lost(&["--dry-run"]);
    assert!(
        dry_run.contains("Nothing was cancelled") && !dry_run.contains(uncertainty),
        "{dry_run}"
    );
}

/// The AWS CLI's XML parser refuses them; the XML reader used here would accept them.
#[test]
fn control_characters_in_an_answer_are_refused() {
    for text in [
        "\u{1b}[31m",
        "&#27;[31m",
        "&#x1b;",
        "\u{0}",
        "<![CDATA[\u{8}]]>",
        "\u{ffff}",
    ] {
        let mut case = new_case(&["describe-bundle-tasks", "--output", "text"]);
        case.answers = vec![Answer::Http {
            status: 200,
            body: TASK.replace("bun-2a4e041c", text),
        }];
        let (exit, stdout, ..) = run(&case);
        assert_eq!((exit, &*stdout), (255, ""), "{text:?}");
    }
}

/// STS's answer with the credentials of a role.
fn role_answer(action: &str) -> Answer {
    let body = format!(
        "<{action}Response xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><{action}Result>\
         <Credentials><AccessKeyId>ASIAROLE</AccessKeyId><SecretAccessKey>s</SecretAccessKey>\
         <SessionToken>t</SessionToken><Expiration>2120-01-01T00:00:00Z</Expiration></Credentials>\
         </{action}Result></{action}Response>"
    );
    Answer::Http { status: 200, body }
}

/// Runs a case, which must succeed. Returns the actions of the requests in their order.
fn actions(case: &Case) -> Vec<String> {
    let result = case.run();
    let stderr = String::from_utf8_lossy(&result.output.stderr).into_owned();
    assert_eq!((result.output.status.code(), &*stderr), (Some(0), ""));
    let action = |request: &String| {
        let mut parameters = form_urlencoded::parse(request.as_bytes());
        parameters
            .find(|(key, _)| key == "Action")
            .unwrap()
            .1
            .into_owned()
    };
    result.requests.iter().map(action).collect()
}

/// The request to STS has timeouts of its own.
#[test]
fn a_role_is_assumed_before_the_request() {
    let profile = ["--profile", "role", "--cli-read-timeout", "0"];
    let mut case = new_case(&[&["describe-bundle-tasks"][..], &profile].concat());
    let config = "[profile role]\nrole_arn = arn:aws:iam::123456789012:role/x\n\
                  source_profile = base\n[profile base]\naws_access_key_id = AKIABASE\n\
                  aws_secret_access_key = s\nregion = eu-west-1\n";
    case.files.insert("config".to_owned(), config.to_owned());
    case.answers.insert(0, role_answer("AssumeRole"));
    assert_eq!(actions(&case), ["AssumeRole", "DescribeBundleTasks"]);
}

/// The SDK would use the keys in the file, which may be somebody else's.
#[test]
fn a_web_identity_comes_before_keys_in_a_file() {
    let mut case = new_case(&["describe-bundle-tasks"]);
    for (key, value) in [
        ("AWS_ACCESS_KEY_ID", None),
        ("AWS_SECRET_ACCESS_KEY", None),
        ("AWS_WEB_IDENTITY_TOKEN_FILE", Some("{HOME}/token")),
        ("AWS_ROLE_ARN", Some("arn:aws:iam::123456789012:role/x")),
    ] {
        case.env.insert(key.to_owned(), value.map(str::to_owned));
    }
    let keys = "[default]\naws_access_key_id = AKIABASE\naws_secret_access_key = s\n";
    case.files.insert("credentials".to_owned(), keys.to_owned());
    case.files
        .insert("token".to_owned(), "eyJ0b2tlbiJ9".to_owned());
    case.answers
        .insert(0, role_answer("AssumeRoleWithWebIdentity"));
    assert_eq!(
        actions(&case),
        ["AssumeRoleWithWebIdentity", "DescribeBundleTasks"]
    );
}

#[test]
fn unsupported_options_of_the_aws_cli_are_refused_by_name() {
    for option in ["--cli-error-format", "--cli-auto-prompt"] {
        let (exit, _, stderr, requests) = run(&new_case(&["describe-bundle-tasks", option]));
        assert_eq!((exit, requests), (252, 0));
        assert!(
            stderr.contains(&format!("Unknown options: {option}")),
            "{stderr}"
        );
    }
}

/// The AWS CLI refuses `--help`; users of this program expect it.
#[test]
fn help_and_version_are_answered_instead_of_refused() {
    for args in [
        &["describe-bundle-tasks", "--help"][..],
        &["describe-bundle-tasks", "help"],
        &["--output", "text", "describe-bundle-tasks", "-h"],
        &["wait", "bundle-task-complete", "--help"],
        &["help", "describe-bundle-tasks"],
    ] {
        let (exit, stdout, stderr, requests) = run(&new_case(args));
        assert_eq!((exit, &*stderr, requests), (0, "", 0), "{args:?}");
        assert!(stdout.contains("--bundle-ids"), "{args:?}: {stdout}");
        assert!(stdout.contains("Example"), "{args:?}: {stdout}");
    }
    let (_, stdout, ..) = run(&new_case(&["man", "wait", "bundle-task-complete"]));
    assert!(stdout.contains(r"\-\-bundle\-ids"), "{stdout}");
    let (_, stdout, ..) = run(&new_case(&["--version", "describe-bundle-tasks"]));
    assert_eq!(stdout, format!("bundletop {}\n", env!("CARGO_PKG_VERSION")));
}

/// The value of an option can be the name of a command.
#[test]
fn an_option_value_that_is_a_command_name_starts_no_command() {
    let (exit, _, stderr, _) = run(&new_case(&["--profile", "wait"]));
    assert_eq!(exit, 2);
    assert!(stderr.contains("this draws on a terminal"), "{stderr}");
    for args in [
        &["describe-instances"][..],
        &["--output", "text", "describe-instances"],
    ] {
        let (exit, _, stderr, _) = run(&new_case(args));
        assert_eq!(exit, 252);
        assert!(
            stderr.contains("Found invalid choice 'describe-instances'"),
            "{stderr}"
        );
    }
}

#[test]
fn every_command_has_recorded_successes_and_usage_errors() {
    let cases = recorded_cases();
    for command in [
        "cancel-bundle-task",
        "describe-bundle-tasks",
        "bundle-task-complete",
    ] {
        for exit in [0, 252] {
            let has = |case: &Case| case.exit == exit && case.argv.iter().any(|arg| arg == command);
            assert!(cases.iter().any(has), "{command} {exit}");
        }
    }
}

/// The AWS CLI signs for a region without a name. The endpoint decides what it makes of that.
#[test]
fn an_empty_region_needs_an_endpoint_url() {
    let mut case = new_case(&[
        "describe-bundle-tasks",
        "--region",
        "",
        "--query",
        "length(BundleTasks)",
    ]);
    assert_eq!(run(&case).0, 0);
    case.env = [].into();
    let (exit, _, error, requests) = run(&case);
    assert_eq!((exit, requests), (255, 0));
    assert!(
        error.contains("Invalid endpoint: https://ec2..amazonaws.com"),
        "{error}"
    );
}

#[test]
fn values_of_a_wrong_type_are_shown_as_python_shows_them() {
    let input = r#"{"DryRun": "x", "BundleIds": null, "Filters": [{"Name": {"a": [true, 1.5]}}]}"#;
    let case = new_case(&["describe-bundle-tasks", "--cli-input-json", input]);
    let (exit, _, error, requests) = run(&case);
    assert_eq!((exit, requests), (252, 0));
    for line in [
        "parameter DryRun, value: x, type: <class 'str'>",
        "parameter BundleIds, value: None, type: <class 'NoneType'>",
        "parameter Filters[0].Name, value: {'a': [True, 1.5]}, type: <class 'dict'>",
    ] {
        assert!(error.contains(line), "{error}");
    }
}
