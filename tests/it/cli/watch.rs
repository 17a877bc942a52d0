//! `bundletop watch`, against an embedded endpoint.

use std::io::{BufRead as _, BufReader};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

use bundletop::endpoint::{Clock, Endpoint, Faults, World};
use bundletop::journal::{
    CancelSelection, PastCancel, RequestOutcome, Store, TaskSelection, wait_for_lock,
};
use bundletop::monitor::Verdict;
use bundletop::record::{Record, RecordedEvent};
use serde_json::Value;
use tokio::runtime::Runtime;

use super::{assert_ended, stderr};

struct Served {
    endpoint: Endpoint,
    _runtime: Runtime,
}

fn serve(speed: f64) -> Served {
    serve_world(World::built_in(), speed)
}

fn serve_world(world: World, speed: f64) -> Served {
    serve_with(world, speed, &[])
}

fn serve_with(world: World, speed: f64, rules: &[&str]) -> Served {
    let runtime = Runtime::new().expect("a runtime");
    let any_port = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    let faults = Faults::none();
    for rule in rules {
        faults.add(rule.parse().expect("a fault"));
    }
    let endpoint = Endpoint::start(world, Clock::real(speed), faults, any_port);
    Served {
        endpoint: runtime.block_on(endpoint).expect("the endpoint starts"),
        _runtime: runtime,
    }
}

fn command(url: &str, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_bundletop"));
    command
        .args([
            "watch",
            "--interval",
            "0.5",
            "--region",
            "us-east-1",
            "--endpoint-url",
            url,
        ])
        .args(args)
        .env_clear()
        // Where no journal can be kept.
        .env("HOME", "/dev/null")
        .env("AWS_ENDPOINT_URL_STS", url)
        .env("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE")
        .env(
            "AWS_SECRET_ACCESS_KEY",
            "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
        )
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .stdin(Stdio::null());
    command
}

fn watch(served: &Served, args: &[&str]) -> Output {
    let url = served.endpoint.url();
    command(&url, args).output().expect("the program runs")
}

/// What is watched is in the journal too.
#[test]
fn a_journal_is_kept() {
    let served = serve(600.0);
    let directory = tempfile::tempdir().expect("a directory");
    let journal = directory.path().join("journal.sqlite3");
    let path = journal.to_str().expect("UTF-8");
    let args = [
        "--bundle-ids",
        "bun-2a4e041c",
        "--until",
        "complete",
        "--journal",
        path,
    ];
    let output = watch(&served, &args);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let store =
        bundletop::journal::Store::open_to_read(&journal, bundletop::journal::wait_for_lock)
            .expect("the journal");
    let events = store.events("bun-2a4e041c").expect("events");
    let is_end = |it: &bundletop::journal::PastEvent| matches!(&it.event, RecordedEvent::State { to, .. } if to == "complete");
    assert_eq!(
        events.rows.iter().filter(|it| is_end(it)).count(),
        1,
        "{events:?}"
    );
    let damaged = directory.path().join("notes.txt");
    std::fs::write(&damaged, "no journal ".repeat(500)).expect("a file");
    let path = damaged.to_str().expect("UTF-8");
    let output = watch(&served, &["--timeout", "3s", "--journal", path]);
    assert!(
        stderr(&output).contains("No journal is kept: "),
        "{}",
        stderr(&output)
    );
}

/// Where nothing can be written, no journal is kept, which is said once. Run by root, whom permissions do not
/// stop, the program is run as another user.
#[cfg(target_os = "linux")]
#[test]
fn a_read_only_directory_is_said() {
    use std::fs::{self, Permissions};
    use std::os::unix::fs::PermissionsExt as _;
    use std::os::unix::process::CommandExt as _;

    let served = serve(1.0);
    let directory = tempfile::tempdir().expect("a directory");
    let set = |path: &std::path::Path, mode| {
        fs::set_permissions(path, Permissions::from_mode(mode)).expect("it is set");
    };
    set(directory.path(), 0o755);
    // Another user may not be able to reach the one that is tested.
    let program = directory.path().join("bundletop");
    fs::copy(env!("CARGO_BIN_EXE_bundletop"), &program).expect("it is copied");
    let state = directory.path().join("state");
    fs::create_dir(&state).expect("a directory");
    let old = state.join("old.sqlite3");
    drop(
        bundletop::journal::Store::open(&old, bundletop::journal::wait_for_lock)
            .expect("a journal"),
    );
    set(&old, 0o444);
    set(&state, 0o555);
    let is_stopped = fs::write(state.join("probe"), "").is_err();
    for (name, reason) in [
        ("new.sqlite3", "cannot be opened"),
        ("old.sqlite3", "is read-only"),
    ] {
        let url = served.endpoint.url();
        let journal = state.join(name);
        let path = journal.to_str().expect("UTF-8");
        let template = command(&url, &["--timeout", "1s", "--journal", path]);
        let mut command = Command::new(&program);
        command.args(template.get_args()).env_clear();
        for (name, value) in template.get_envs() {
            command.env(name, value.expect("a value"));
        }
        if !is_stopped {
            command.uid(65_534).gid(65_534);
        }
        let output = command.output().expect("the program runs");
        let said = stderr(&output);
        assert_eq!(output.status.code(), Some(124), "{said}");
        assert!(said.contains(reason), "{name}: {said}");
        assert_eq!(said.matches("No journal is kept").count(), 1, "{said}");
        assert_eq!(stdout(&output).lines().count(), 9, "{}", stdout(&output));
    }
}

/// STS need not have answered: what EC2 said is written at the end.
#[test]
fn a_journal_is_kept_if_sts_hangs() {
    let served = serve(1.0);
    let hung = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let sts = format!("http://{}", hung.local_addr().expect("an address"));
    let directory = tempfile::tempdir().expect("a directory");
    let journal = directory.path().join("journal.sqlite3");
    let path = journal.to_str().expect("UTF-8");
    let mut command = command(&served.endpoint.url(), &["--journal", path]);
    let mut child = command
        .args(["--timeout", "2s"])
        .env("AWS_ENDPOINT_URL_STS", sts)
        .spawn()
        .expect("the program runs");
    let status = child.wait().expect("it ends");
    assert_eq!(status.code(), Some(124));
    let store =
        bundletop::journal::Store::open_to_read(&journal, bundletop::journal::wait_for_lock)
            .expect("the journal");
    let tasks = store.tasks(&TaskSelection::default()).expect("tasks");
    assert_eq!(tasks.rows.len(), 9);
    assert_eq!(tasks.rows[0].place.account, "");
}

fn stdout(output: &Output) -> &str {
    std::str::from_utf8(&output.stdout).expect("UTF-8")
}

#[test]
fn it_ends_when_the_condition_is_met() {
    let served = serve(600.0);
    let args = ["--bundle-ids", "bun-2a4e041c", "--until", "complete"];
    let output = watch(&served, &args);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let lines: Vec<_> = stdout(&output).lines().collect();
    assert!(
        lines[0].ends_with(" UTC bun-2a4e041c: is storing."),
        "{lines:?}"
    );
    let is_end = |line: &&str| line.contains(" UTC bun-2a4e041c: storing -> complete");
    assert!(lines.iter().any(is_end), "{lines:?}");
    assert!(
        lines.iter().all(|line| line.contains("bun-2a4e041c")),
        "no other task"
    );
}

#[test]
fn it_ends_when_the_condition_cannot_be_met_any_more() {
    let served = serve(1.0);
    for (args, code, said) in [
        (
            ["--bundle-ids", "bun-1b2c3d4e", "--until", "complete"],
            3,
            "has failed",
        ),
        (
            ["--bundle-ids", "bun-64e2a8bf", "--until", "failed"],
            3,
            "is complete",
        ),
        (
            ["--bundle-ids", "bun-00000000", "--until", "complete"],
            3,
            "is not listed",
        ),
        (["--bundle-ids", "bun-00000000", "--until", "gone"], 0, ""),
        (
            ["--bundle-ids", "bun-0d5e9f31", "--until", "cancelling"],
            0,
            "",
        ),
        (
            ["--bundle-ids", "bun-64e2a8bf", "--until", "settled"],
            0,
            "",
        ),
    ] {
        assert_ended(&watch(&served, &args), code, said, &args);
    }
}

#[test]
fn it_ends_after_the_timeout() {
    let served = serve(1.0);
    let args = [
        "--bundle-ids",
        "bun-c8a7e615",
        "--until",
        "complete",
        "--timeout",
        "2s",
    ];
    let output = watch(&served, &args);
    assert_eq!(output.status.code(), Some(124), "{}", stderr(&output));
    assert!(stderr(&output).contains("the time of --timeout has passed."));
}

/// A task that leaves the filters is still watched, and one that EC2 has stopped listing had an end.
#[test]
fn no_task_is_lost_from_sight() {
    let world = |json: &str| World::from_json("test.json", json).expect("a world");
    let fails = r#"{"tasks": [{"bundleId": "bun-aaaaaaaa", "state": "storing", "error": {"code": "Client.S3Error", "message": "denied"},
        "takes": {"storing": "2s", "failed": "1h"}}]}"#;
    let served = serve_world(world(fails), 1.0);
    let args = ["--filters", "state=storing", "--until", "complete"];
    let output = watch(&served, &args);
    assert_eq!(output.status.code(), Some(3), "{}", stdout(&output));
    assert!(
        stderr(&output).contains("has failed"),
        "{}",
        stderr(&output)
    );
    let two = r#"{"tasks": [
        {"bundleId": "bun-aaaaaaaa", "state": "storing", "takes": {"storing": "1s", "complete": "2s"}},
        {"bundleId": "bun-bbbbbbbb", "state": "storing", "takes": {"storing": "5s", "complete": "1h"}}]}"#;
    let served = serve_world(world(two), 1.0);
    let output = watch(&served, &["--until", "complete"]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert!(
        stdout(&output).contains("bun-aaaaaaaa: no longer listed."),
        "{}",
        stdout(&output)
    );
    let output = watch(
        &served,
        &["--filters", "state=pending", "--until", "complete"],
    );
    assert_eq!(output.status.code(), Some(3));
    assert!(
        stderr(&output).contains("There is no task to watch."),
        "{}",
        stderr(&output)
    );
}

/// Without the permission no other try helps, and a script must not wait for ever.
#[test]
fn a_list_that_is_denied_ends_it() {
    let served = serve_with(World::built_in(), 1.0, &["DescribeBundleTasks:deny"]);
    let output = watch(&served, &["--until", "settled"]);
    assert_ended(&output, 1, "UnauthorizedOperation", &[]);
    let output = watch(&served, &["--bundle-ids", ""]);
    assert_ended(&output, 2, "a value is required", &[]);
}

/// Each line is a record, after a line with the version of the format.
#[test]
fn json_lines_are_records_without_secrets() {
    let served = serve(600.0);
    let output = watch(&served, &["--output", "ndjson", "--timeout", "4s"]);
    let text = stdout(&output);
    let mut lines = text.lines();
    let header: Value = serde_json::from_str(lines.next().expect("a line")).expect("JSON");
    assert_eq!(header["recording"], 1);
    let records: Vec<Record> = lines
        .map(|line| serde_json::from_str(line).expect("a record"))
        .collect();
    let listed = records
        .iter()
        .take_while(|it| matches!(it.event, RecordedEvent::Listed { .. }));
    // At this speed another one may begin before the first list.
    assert!(listed.count() >= 9, "{text}");
    let is_change = |it: &&Record| matches!(it.event, RecordedEvent::State { .. });
    let change = records
        .iter()
        .find(is_change)
        .expect("something has changed");
    assert_eq!(change.account.as_deref(), Some("123456789012"));
    let RecordedEvent::State { to, .. } = &change.event else {
        panic!("{change:?}");
    };
    assert_eq!(change.task.as_ref().expect("a task")["State"], to.as_str());
    for secret in ["AKIA", "UploadPolicy"] {
        assert!(!text.contains(secret), "{secret}");
    }
}

#[test]
fn filters_are_written_either_way() {
    let served = serve(1.0);
    for filters in [
        &["state=failed,complete"][..],
        &["Name=state,Values=failed,complete"],
        &[r#"{"Name": "state", "Values": ["failed", "complete"]}"#],
        &["state=failed,complete", "s3-bucket=*"],
    ] {
        let mut args = vec!["--timeout", "1s", "--filters"];
        args.extend(filters);
        let output = watch(&served, &args);
        let mut ids: Vec<_> = stdout(&output)
            .lines()
            .filter_map(|line| line.split(' ').nth(3))
            .collect();
        ids.sort_unstable();
        assert_eq!(
            ids,
            ["bun-1b2c3d4e:", "bun-64e2a8bf:"],
            "{filters:?}: {}",
            stderr(&output)
        );
    }
    // EC2 refuses it, now and always.
    let output = watch(&served, &["--filters", "Name=stat,Values=failed"]);
    assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
    let said = stderr(&output);
    assert!(
        said.contains("InvalidParameterValue") && !said.contains("Next try"),
        "{said}"
    );
    let output = watch(&served, &["--filters", "stat=failed"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(
        stderr(&output).contains("did you mean state?"),
        "{}",
        stderr(&output)
    );
}

/// Waits for a line on standard error.
fn until_said(child: &mut Child, wanted: &str) {
    let mut lines = BufReader::new(child.stderr.as_mut().expect("a pipe")).lines();
    let is_wanted = |line: std::io::Result<String>| line.is_ok_and(|line| line.contains(wanted));
    assert!(lines.any(is_wanted), "never {wanted}");
}

#[cfg(unix)]
#[test]
fn it_survives_an_outage_and_says_so() {
    let served = serve(1.0);
    let throttle = "DescribeBundleTasks:throttle".parse().expect("a fault");
    served.endpoint.faults().set(throttle);
    let url = served.endpoint.url();
    let mut child = command(&url, &[])
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it starts");
    until_said(&mut child, "RequestLimitExceeded");
    served.endpoint.faults().clear();
    until_said(&mut child, "EC2 answers again.");
    let pid = nix::unistd::Pid::from_raw(i32::try_from(child.id()).expect("a process ID"));
    nix::sys::signal::kill(pid, nix::sys::signal::Signal::SIGINT).expect("it is there");
    assert_eq!(child.wait().expect("it ends").code(), Some(130));
}

/// The command with `--follow`, with a home of its own for the journal.
fn follow(served: &Served, home: &Path, id: &str) -> Command {
    let url = served.endpoint.url();
    let watch = command(&url, &[]);
    // The same environment, another command.
    let environment: Vec<_> = watch
        .get_envs()
        .filter_map(|(name, value)| Some((name.to_owned(), value?.to_owned())))
        .collect();
    let mut command = Command::new(env!("CARGO_BIN_EXE_bundletop"));
    command
        .args(["cancel-bundle-task", "--bundle-id", id, "--follow"])
        .args(["--region", "us-east-1", "--endpoint-url", &url])
        .env_clear()
        .envs(environment)
        .env("HOME", home);
    command
}

/// What the journal in that home has of cancels, the newest first.
fn cancels(home: &Path) -> Vec<PastCancel> {
    let journal = home.join(".local/state/bundletop/journal.sqlite3");
    let store = Store::open_to_read(&journal, wait_for_lock).expect("the journal");
    let cancels = store.cancels(&CancelSelection::default());
    cancels.expect("cancels").rows
}

/// Whatever becomes of the request and of this program, the journal has that the cancel was sent.
#[test]
fn a_cancel_that_is_to_be_followed_is_in_the_journal_before_it_is_sent() {
    let home = tempfile::tempdir().expect("a directory");
    let home = home.path();
    for (fault, code, outcome) in [
        ("CancelBundleTask:drop", 255, RequestOutcome::AnswerLost),
        ("CancelBundleTask:deny", 254, RequestOutcome::Refused),
    ] {
        let served = serve_with(World::built_in(), 1.0, &[fault]);
        let output = follow(&served, home, "bun-2a4e041c").output();
        let output = output.expect("the program runs");
        assert_eq!(output.status.code(), Some(code), "{}", stderr(&output));
        assert_eq!(cancels(home)[0].outcome, outcome, "{fault}");
    }
    // It is killed while EC2 has not answered.
    let served = serve_with(World::built_in(), 1.0, &["CancelBundleTask:hang"]);
    let mut child = follow(&served, home, "bun-2a4e041c")
        .spawn()
        .expect("it starts");
    let journal = home.join(".local/state/bundletop/journal.sqlite3");
    let start = std::time::Instant::now();
    loop {
        assert!(start.elapsed() < std::time::Duration::from_secs(60));
        if journal.exists()
            && cancels(home).len() == 3
            && cancels(home)[0].outcome == RequestOutcome::Sent
        {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    child.kill().expect("it runs");
    child.wait().expect("it ends");
    assert_eq!(cancels(home)[0].outcome, RequestOutcome::Sent);
    // A dry run is no cancel.
    let served = serve(1.0);
    let output = follow(&served, home, "bun-2a4e041c")
        .arg("--dry-run")
        .output();
    assert!(!output.expect("the program runs").status.success());
    assert_eq!(cancels(home).len(), 3);
}

/// The output is that of the AWS CLI; what follows is on standard error.
#[test]
fn a_cancel_is_followed_to_its_end() {
    let served = serve(60.0);
    let home = tempfile::tempdir().expect("a directory");
    let run = |id: &str| {
        let output = follow(&served, home.path(), id).output();
        output.expect("the program runs")
    };
    // The journal knows the task, and whose it is.
    let watch = command(
        &served.endpoint.url(),
        &["--until", "settled", "--timeout", "1s"],
    )
    .env("HOME", home.path())
    .output();
    watch.expect("the program runs");
    let output = run("bun-2a4e041c");
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let json: Value = serde_json::from_str(stdout(&output)).expect("JSON");
    assert_eq!(json["BundleTask"]["State"], "cancelling");
    let said = stderr(&output);
    let mut rest = said;
    // In the order in which it happened.
    for part in [
        "cancel requested by arn:aws:",
        "cancel sent.",
        "cancel accepted (request ",
        "bun-2a4e041c: cancelling ",
        "bun-2a4e041c: no longer listed.",
        "cancelled: no longer listed ",
    ] {
        let (_, after) = rest
            .split_once(part)
            .unwrap_or_else(|| panic!("{part}: {said}"));
        rest = after;
    }
    assert!(!said.contains("is cancelling."), "{said}");
    // The audit has it, too.
    let cancels = cancels(home.path());
    let [cancel] = &cancels[..] else {
        panic!("{cancels:?}");
    };
    assert_eq!(cancel.place.account, "123456789012");
    assert_eq!(cancel.outcome, RequestOutcome::Accepted);
    assert!(
        cancel.arn.is_some() && cancel.request_id.is_some(),
        "{cancel:?}"
    );
    let (verdict, _) = cancel.verdict.expect("a verdict");
    assert_eq!(verdict, Verdict::NoLongerListed);
    let refused = run("bun-64e2a8bf");
    assert_eq!(refused.status.code(), Some(254), "{}", stderr(&refused));
    assert!(
        !stderr(&refused).contains("UTC"),
        "what was refused is not followed"
    );
}
