//! Runs the client in a process of its own, whose environment and home directory contain only what
//! the case sets: environment variables belong to the whole process, and all tests share one.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use bundletop::ec2::{Client, Ec2Error, Session, Settings, Timeouts};
use bundletop::task::BundleId;
use serde::{Deserialize, Serialize};
use tempfile::TempDir;
use tokio::process::Command;

use super::log::Log;

/// AWS's documented example keys.
pub const KEY_ID: &str = "AKIAIOSFODNN7EXAMPLE";
pub const SECRET: &str = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";

const STEPS_VARIABLE: &str = "BUNDLETOP_TEST_STEPS";
const REPORT_PREFIX: &str = "BUNDLETOP-TEST-REPORT ";

/// A step that the other process carries out. Steps run in order.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Step {
    Connect,
    ConnectDemo(String),
    Describe,
    Identity,
    DryRun,
    /// Writes a file below the home directory.
    Write(String, String),
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct ClientCase {
    profile: Option<String>,
    region: Option<String>,
    endpoint_url: Option<String>,
    ca_bundle: Option<String>,
    logging: Option<String>,
    steps: Vec<Step>,
}

/// The result of a step, or its error.
pub type Outcome = Result<String, Failure>;

/// An error, in the form that tests check.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Failure {
    pub kind: String,
    pub message: String,
    pub remedy: String,
}

/// What the other process reports.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Report {
    /// Profile, region and endpoint URL of the session.
    pub session: Option<(Option<String>, String, Option<String>)>,
    /// The outcomes of all steps but `Write`.
    pub outcomes: Vec<Outcome>,
    /// What was logged: warnings, unless the case asks for more.
    pub log: String,
}

impl Report {
    /// The only outcome that is an error.
    pub fn failure(&self) -> &Failure {
        let mut failures = self
            .outcomes
            .iter()
            .filter_map(|outcome| outcome.as_ref().err());
        let failure = failures
            .next()
            .unwrap_or_else(|| panic!("no error: {self:?}"));
        assert!(failures.next().is_none(), "more than one error: {self:?}");
        failure
    }

    #[track_caller]
    pub fn assert_no_errors(&self) -> &Self {
        assert!(self.outcomes.iter().all(Result::is_ok), "{self:?}");
        self
    }
}

/// A case: environment, files, flags.
pub struct IsolatedClient {
    home: TempDir,
    environment: BTreeMap<String, String>,
    case: ClientCase,
}

impl IsolatedClient {
    /// With example keys in the environment, no region, and an empty home directory.
    pub fn new() -> Self {
        let home = tempfile::tempdir().unwrap();
        let path = std::env::var("PATH").unwrap_or_default();
        let environment = [
            ("HOME", home.path().to_str().unwrap()),
            ("PATH", &path),
            ("AWS_EC2_METADATA_DISABLED", "true"),
            ("AWS_ACCESS_KEY_ID", KEY_ID),
            ("AWS_SECRET_ACCESS_KEY", SECRET),
        ]
        .map(|(key, value)| (key.to_owned(), value.to_owned()))
        .into();
        Self {
            home,
            environment,
            case: ClientCase::default(),
        }
    }

    /// Without keys in the environment.
    pub fn without_keys() -> Self {
        let mut client = Self::new();
        client.environment.remove("AWS_ACCESS_KEY_ID");
        client.environment.remove("AWS_SECRET_ACCESS_KEY");
        client
    }

    pub fn home(&self) -> &Path {
        self.home.path()
    }

    pub fn env(mut self, key: &str, value: impl Into<String>) -> Self {
        self.environment.insert(key.to_owned(), value.into());
        self
    }

    /// A file below the home directory.
    pub fn file(self, path: &str, contents: impl AsRef<[u8]>) -> Self {
        write(self.home(), path, contents.as_ref());
        self
    }

    /// `~/.aws/config`.
    pub fn config(self, contents: &str) -> Self {
        self.file(".aws/config", contents)
    }

    pub fn profile(mut self, flag: &str) -> Self {
        self.case.profile = Some(flag.to_owned());
        self
    }

    pub fn region(mut self, flag: &str) -> Self {
        self.case.region = Some(flag.to_owned());
        self
    }

    pub fn endpoint_url(mut self, flag: impl Into<String>) -> Self {
        self.case.endpoint_url = Some(flag.into());
        self
    }

    pub fn ca_bundle(mut self, flag: &str) -> Self {
        self.case.ca_bundle = Some(flag.to_owned());
        self
    }

    /// What to log, as `tracing` filters it.
    pub fn logging(mut self, filter: &str) -> Self {
        self.case.logging = Some(filter.to_owned());
        self
    }

    /// Runs the steps in the other process.
    pub async fn run(mut self, steps: impl Into<Vec<Step>>) -> Report {
        self.case.steps = steps.into();
        let case = serde_json::to_string(&self.case).unwrap();
        let output = Command::new(std::env::current_exe().unwrap())
            .args([
                "ec2::isolated_client::carry_out_steps",
                "--exact",
                "--nocapture",
            ])
            .env_clear()
            .envs(&self.environment)
            .env(STEPS_VARIABLE, case)
            .stdin(Stdio::null())
            .kill_on_drop(true)
            .output()
            .await
            .unwrap();
        let said = String::from_utf8_lossy(&output.stdout);
        let report = said
            .lines()
            .find_map(|line| Some(line.split_once(REPORT_PREFIX)?.1));
        match report {
            Some(report) => serde_json::from_str(report).unwrap(),
            None => panic!("{said}\n{}", String::from_utf8_lossy(&output.stderr)),
        }
    }

    /// Connects and describes.
    pub async fn describe(self) -> Report {
        self.run([Step::Connect, Step::Describe]).await
    }

    /// Connects, and no more.
    pub async fn connect(self) -> Report {
        self.run([Step::Connect]).await
    }
}

fn write(home: &Path, path: &str, contents: &[u8]) {
    let path = home.join(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, contents).unwrap();
}

/// The other process. As an ordinary test it does nothing.
#[test]
fn carry_out_steps() {
    let Ok(case) = std::env::var(STEPS_VARIABLE) else {
        return;
    };
    let case: ClientCase = serde_json::from_str(&case).unwrap();
    let log = Log::global(case.logging.as_deref().unwrap_or("warn"));
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let mut report = runtime.block_on(carry_out(case));
    report.log = log.text();
    println!(
        "\n{REPORT_PREFIX}{}",
        serde_json::to_string(&report).unwrap()
    );
}

async fn carry_out(case: ClientCase) -> Report {
    let settings = Settings {
        profile: case.profile,
        region: case.region,
        endpoint_url: case.endpoint_url,
        ca_bundle: case.ca_bundle.map(Into::into),
        timeouts: Timeouts {
            // Long enough that no case reaches them.
            read: Duration::from_mins(1),
            request: Duration::from_mins(1),
            ..Timeouts::default()
        },
        ..Settings::default()
    };
    let mut report = Report::default();
    let mut ec2 = None;
    for step in case.steps {
        let outcome = match step {
            Step::Write(path, contents) => {
                let home = std::env::var("HOME").unwrap();
                write(Path::new(&home), &path, contents.as_bytes());
                continue;
            }
            Step::Connect => connect(&settings, &mut ec2).await,
            Step::ConnectDemo(url) => connect(&Settings::demo(url), &mut ec2).await,
            Step::Describe | Step::Identity | Step::DryRun => match &ec2 {
                Some(ec2) => call(&step, ec2).await,
                None => break,
            },
        };
        report.outcomes.push(outcome.map_err(|error| Failure {
            kind: format!("{:?}", error.kind),
            message: error.summary(),
            remedy: error.remedy(),
        }));
    }
    report.session = ec2.map(|ec2| {
        let Session {
            profile,
            region,
            endpoint_url,
        } = ec2.session().clone();
        (profile, region, endpoint_url)
    });
    report
}

async fn call(step: &Step, ec2: &Client) -> Result<String, Ec2Error> {
    let ec2 = ec2.caller().await?;
    match step {
        Step::Describe => {
            let tasks = ec2.describe(&[]).await?;
            Ok(format!("{} tasks", tasks.len()))
        }
        Step::Identity => Ok(ec2.identity().await?.account),
        Step::DryRun => {
            ec2.dry_run_cancel(&BundleId::new("bun-1")).await?;
            Ok("permitted".to_owned())
        }
        Step::Write(..) | Step::Connect | Step::ConnectDemo(_) => unreachable!("no calls"),
    }
}

async fn connect(settings: &Settings, ec2: &mut Option<Client>) -> Result<String, Ec2Error> {
    *ec2 = Some(Client::connect(settings).await?);
    Ok("connected".to_owned())
}
