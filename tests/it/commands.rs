//! Layer 7, cli: the AWS commands, against what the AWS CLI did.
//!
//! `fixtures/commands.json` holds recorded cases: a command line, the environment and the files, the
//! answers of EC2, and what the AWS CLI 2.36.7 did with them. The binary must do the same. Where this
//! program differs on purpose, there are tests in `differences`.

mod differences;
mod errors;
mod no_verify_ssl;
mod termination;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::sync::Mutex;
use std::thread;

use serde::Deserialize;

use crate::ec2::canned::{CannedServer, Reply};

/// The recorded cases. Long texts that several of them have are in `texts`, by name.
#[derive(Deserialize)]
struct Recorded {
    texts: BTreeMap<String, String>,
    cases: Vec<Case>,
}

#[derive(Clone, Deserialize)]
struct Case {
    name: String,
    argv: Vec<String>,
    /// `null` unsets the variable.
    #[serde(default)]
    env: BTreeMap<String, Option<String>>,
    #[serde(default)]
    files: BTreeMap<String, String>,
    /// EC2's answers, one for each request; the last one repeats.
    #[serde(default)]
    answers: Vec<Answer>,
    exit: i32,
    #[serde(default)]
    stdout: String,
    /// The parameters of the requests, as they went over the wire.
    #[serde(default)]
    requests: Vec<String>,
    /// The text on standard error, if EC2 returned an error.
    stderr: Option<String>,
}

#[derive(Clone, Deserialize)]
#[serde(untagged)]
enum Answer {
    /// `close`, which closes the connection without an answer.
    Keyword(String),
    Http {
        status: u16,
        body: String,
    },
}

/// The recorded cases, with the named texts filled in.
fn recorded_cases() -> Vec<Case> {
    let recorded: Recorded = serde_json::from_str(include_str!("fixtures/commands.json")).unwrap();
    let text = |text: &mut String| {
        if let Some(whole) = text
            .strip_prefix('§')
            .and_then(|name| recorded.texts.get(name))
        {
            text.clone_from(whole);
        }
    };
    let mut cases = recorded.cases;
    for case in &mut cases {
        text(&mut case.stdout);
        for answer in &mut case.answers {
            if let Answer::Http { body, .. } = answer {
                text(body);
            }
        }
    }
    cases
}

const BUNDLETOP: &str = env!("CARGO_BIN_EXE_bundletop");

/// The program in an environment that does not depend on this machine.
fn bundletop(home: &Path) -> Command {
    let mut command = Command::new(BUNDLETOP);
    set_environment(&mut command, home);
    command
}

fn set_environment(command: &mut Command, home: &Path) {
    command
        .env_clear()
        .env("HOME", home)
        .env("TZ", "UTC")
        .env("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE")
        .env("AWS_SECRET_ACCESS_KEY", SECRET)
        .env("AWS_DEFAULT_REGION", "us-east-1")
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .env("AWS_CONFIG_FILE", home.join("config"))
        .env("AWS_SHARED_CREDENTIALS_FILE", home.join("credentials"))
        .current_dir(home)
        .stdin(Stdio::null());
}

const SECRET: &str = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";

/// What a call did: its output, and the requests that it sent.
struct CallResult {
    output: Output,
    requests: Vec<String>,
}

impl Case {
    /// Serves the answers, and runs the program against them.
    fn run(&self) -> CallResult {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let answers = self.answers.clone();
        let server = runtime.block_on(CannedServer::start(move |number, _| {
            match answers.get(number).or(answers.last()) {
                Some(Answer::Http { status, body }) => {
                    Reply::Answer(*status, body.clone().into_bytes())
                }
                Some(Answer::Keyword(keyword)) => {
                    assert_eq!(keyword, "close");
                    Reply::Close
                }
                None => Reply::Close,
            }
        }));
        let home = tempfile::tempdir().unwrap();
        let at = home.path().to_str().unwrap();
        let fill = |text: &str| text.replace("{URL}", &server.url()).replace("{HOME}", at);
        // The format the cases were recorded with; this program's own is `wire`.
        let iso8601 = "cli_timestamp_format = iso8601\n";
        std::fs::write(home.path().join("config"), format!("[default]\n{iso8601}")).unwrap();
        for (name, text) in &self.files {
            std::fs::write(home.path().join(name), fill(text)).unwrap();
        }
        let mut command = bundletop(home.path());
        for (key, value) in &self.env {
            match value {
                Some(value) => command.env(key, fill(value)),
                None => command.env_remove(key),
            };
        }
        let output = command
            .args(self.argv.iter().map(|arg| fill(arg)))
            .output()
            .unwrap();
        let requests = server
            .requests()
            .iter()
            .map(|request| sort_parameters(&request.body))
            .collect();
        CallResult { output, requests }
    }

    /// The differences between what the program does and what was recorded, as text.
    fn differences(&self) -> String {
        let result = self.run();
        let (stdout, stderr) = (
            String::from_utf8_lossy(&result.output.stdout),
            String::from_utf8_lossy(&result.output.stderr),
        );
        let mut different = String::new();
        let mut expect = |what: &str, want: &dyn std::fmt::Debug, got: &dyn std::fmt::Debug| {
            let (want, got) = (format!("{want:?}"), format!("{got:?}"));
            if want != got {
                writeln!(different, "  {what}:\n    want {want}\n    got  {got}").unwrap();
            }
        };
        expect("exit code", &Some(self.exit), &result.output.status.code());
        expect("standard output", &&*self.stdout, &&*stdout);
        let mut wanted: Vec<_> = self
            .requests
            .iter()
            .map(|request| sort_parameters(request))
            .collect();
        wanted.sort();
        let mut got = result.requests.clone();
        got.sort();
        expect("requests", &wanted, &got);
        let stderr = stderr.trim();
        if let Some(wanted) = &self.stderr {
            expect(
                "standard error",
                &format!("bundletop: [ERROR]: {wanted}"),
                &stderr,
            );
        }
        if self.exit != 0 {
            expect("a message on standard error", &true, &!stderr.is_empty());
        }
        expect("a panic", &false, &stderr.contains("panicked"));
        if !different.is_empty() {
            writeln!(different, "  standard error was: {stderr}").unwrap();
        }
        different
    }
}

/// The request with its parameters in alphabetical order.
fn sort_parameters(request: &str) -> String {
    let mut parameters: Vec<_> = form_urlencoded::parse(request.as_bytes()).collect();
    parameters.sort();
    form_urlencoded::Serializer::new(String::new())
        .extend_pairs(parameters)
        .finish()
}

#[test]
fn the_commands_do_what_the_aws_cli_did() {
    let cases = recorded_cases();
    assert!(cases.len() > 500, "{} cases", cases.len());
    let (next, different) = (Mutex::new(cases.iter()), Mutex::new(String::new()));
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                loop {
                    let case = next.lock().unwrap().next();
                    let Some(case) = case else { break };
                    let found = case.differences();
                    if !found.is_empty() {
                        let mut different = different.lock().unwrap();
                        write!(different, "{} {:?}\n{found}", case.name, case.argv).unwrap();
                    }
                }
            });
        }
    });
    let different = different.into_inner().unwrap();
    assert!(different.is_empty(), "\n{different}");
}
