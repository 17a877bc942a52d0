//! How a command ends because of signals, closed pipes, a full disk or a server that hangs.
#![cfg(unix)]

use std::fs::File;
use std::io::Read as _;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use tempfile::TempDir;

use super::{BUNDLETOP, SECRET, bundletop, set_environment};
use crate::ec2::canned::{CannedServer, Reply};
use crate::ec2::{DESCRIBE, list, ok};

/// A task. A thousand of them are more than a pipe can hold.
const TASK: &str = "<item><bundleId>bun-2a4e041c</bundleId><state>bundling</state></item>";

fn command(server: &CannedServer, args: &[&str]) -> (Command, TempDir) {
    let home = tempfile::tempdir().unwrap();
    let mut command = bundletop(home.path());
    command.env("AWS_ENDPOINT_URL", server.url()).args(args);
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    (command, home)
}

/// The same, with the default action for SIGINT, as at a prompt. If the tests run in the background of
/// a script, they ignore SIGINT, and so would the programs they start.
fn interruptible(server: &CannedServer, args: &[&str]) -> (Command, TempDir) {
    let home = tempfile::tempdir().unwrap();
    let mut command = Command::new("/usr/bin/env");
    command
        .arg("--default-signal=INT")
        .arg(BUNDLETOP)
        .args(args);
    set_environment(&mut command, home.path());
    command.env("AWS_ENDPOINT_URL", server.url());
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    (command, home)
}

/// A shell script in which `$0` is the program.
fn shell_command(server: &CannedServer, script: &str) -> (Command, TempDir) {
    let (program, home) = command(server, &[]);
    let mut shell = Command::new("/bin/sh");
    shell.args(["-c", script, BUNDLETOP]);
    let variables = program.get_envs();
    shell.envs(variables.filter_map(|(key, value)| Some((key, value?))));
    shell.current_dir(home.path());
    shell.stdout(Stdio::null()).stderr(Stdio::piped());
    (shell, home)
}

/// Polls until the condition holds.
async fn wait_until(what: &str, mut condition: impl FnMut() -> bool) {
    let start = Instant::now();
    while !condition() {
        assert!(start.elapsed() < Duration::from_secs(30), "{what}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// Waits until the program ends. Returns its exit code and standard error.
async fn wait_for_exit(child: Child) -> (Option<i32>, String) {
    let pid = Pid::from_raw(i32::try_from(child.id()).unwrap());
    let output = tokio::task::spawn_blocking(|| child.wait_with_output());
    let output = tokio::time::timeout(Duration::from_secs(60), output).await;
    let Ok(output) = output else {
        kill(pid, Signal::SIGKILL).unwrap();
        panic!("it does not end");
    };
    let output = output.unwrap().unwrap();
    (
        output.status.code(),
        String::from_utf8(output.stderr).unwrap(),
    )
}

fn interrupt(child: &Child) {
    let pid = i32::try_from(child.id()).unwrap();
    kill(Pid::from_raw(pid), Signal::SIGINT).unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_interrupt_ends_it_with_130_while_ec2_hangs_and_while_the_reader_does() {
    let hangs = CannedServer::always(Reply::Hang).await;
    let (mut asks, _home) = interruptible(&hangs, &["describe-bundle-tasks"]);
    let asks = asks.spawn().unwrap();
    wait_until("a request", || !hangs.requests().is_empty()).await;
    interrupt(&asks);
    assert_eq!(wait_for_exit(asks).await, (Some(130), String::new()));

    let answers = CannedServer::always(ok(list(&TASK.repeat(5000)))).await;
    let (mut writes, _home) = interruptible(&answers, &["describe-bundle-tasks"]);
    let mut writes = writes.spawn().unwrap();
    // After the first byte it is writing, and the pipe cannot hold the rest.
    let mut stdout = writes.stdout.take().unwrap();
    let stdout = tokio::task::spawn_blocking(move || {
        stdout.read_exact(&mut [0]).unwrap();
        stdout
    });
    let _stdout = stdout.await.unwrap();
    interrupt(&writes);
    assert_eq!(wait_for_exit(writes).await, (Some(130), String::new()));
}

/// A shell script starts its background jobs with SIGINT ignored.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_interrupt_that_is_ignored_at_the_start_stays_ignored() {
    let server = CannedServer::start(|number, _| match number {
        0 => Reply::Answer(503, b"<html></html>".to_vec()),
        _ => ok(DESCRIBE),
    })
    .await;
    let script = "trap '' INT; exec \"$0\" describe-bundle-tasks";
    let (mut shell, _home) = shell_command(&server, script);
    let child = shell.spawn().unwrap();
    // Between the first answer and the second request.
    wait_until("a request", || !server.requests().is_empty()).await;
    interrupt(&child);
    assert_eq!(wait_for_exit(child).await, (Some(0), String::new()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_interrupt_ends_it_while_it_computes() {
    let server = CannedServer::always(ok(DESCRIBE)).await;
    // Each step doubles the work.
    let query = vec!["[@,@]"; 20].join("|");
    let (mut command, _home) =
        interruptible(&server, &["describe-bundle-tasks", "--query", &query]);
    let child = command.spawn().unwrap();
    wait_until("a request", || !server.requests().is_empty()).await;
    interrupt(&child);
    assert_eq!(wait_for_exit(child).await, (Some(130), String::new()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reader_that_closes_the_pipe_is_no_error() {
    let server = CannedServer::always(ok(list(&TASK.repeat(5000)))).await;
    for format in ["json", "text", "table", "yaml"] {
        let (mut command, _home) = command(&server, &["describe-bundle-tasks", "--output", format]);
        let mut child = command.spawn().unwrap();
        let mut stdout = child.stdout.take().unwrap();
        tokio::task::spawn_blocking(move || stdout.read_exact(&mut [0; 10]).unwrap())
            .await
            .unwrap();
        assert_eq!(
            wait_for_exit(child).await,
            (Some(0), String::new()),
            "{format}"
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn output_that_cannot_be_written_is_an_error() {
    let server = CannedServer::always(ok(DESCRIBE)).await;
    for args in [
        &["describe-bundle-tasks"][..],
        &["describe-bundle-tasks", "--generate-cli-skeleton"],
    ] {
        let (mut command, _home) = command(&server, args);
        command.stdout(File::options().write(true).open("/dev/full").unwrap());
        let (code, stderr) = wait_for_exit(command.spawn().unwrap()).await;
        assert_eq!(code, Some(255));
        assert!(
            stderr.contains("[ERROR]: cannot write the output: No space left"),
            "{stderr}"
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn closed_standard_streams_cause_no_panic() {
    let server = CannedServer::always(ok(DESCRIBE)).await;
    for (redirection, wanted) in [(">&-", 0), ("2>&-", 0), (">&- 2>&-", 0), ("<&-", 0)] {
        let script = format!("\"$0\" describe-bundle-tasks {redirection}");
        let (mut shell, _home) = shell_command(&server, &script);
        let (code, stderr) = wait_for_exit(shell.spawn().unwrap()).await;
        assert!(!stderr.contains("panicked"), "{redirection}: {stderr}");
        assert_eq!(code, Some(wanted), "{redirection}: {stderr}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_that_stops_in_the_middle_ends_at_the_read_timeout() {
    let body = list(&TASK.repeat(100));
    let half = body.len() / 2;
    let server = CannedServer::always(Reply::Stalled(body, half)).await;
    let args = ["describe-bundle-tasks", "--cli-read-timeout", "1"];
    let (mut command, _home) = command(&server, &args);
    let child = command.env("AWS_MAX_ATTEMPTS", "1").spawn().unwrap();
    let (code, stderr) = wait_for_exit(child).await;
    assert_eq!(code, Some(255));
    assert!(stderr.contains("did not answer in time"), "{stderr}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_wait_asks_again_after_a_while() {
    let server = CannedServer::start(|number, _| {
        let state = if number == 0 { "storing" } else { "complete" };
        ok(list(&TASK.replace("bundling", state)))
    })
    .await;
    let (mut command, _home) = command(&server, &["wait", "bundle-task-complete"]);
    let started = Instant::now();
    let (code, stderr) = wait_for_exit(command.spawn().unwrap()).await;
    assert_eq!((code, &*stderr), (Some(0), ""));
    assert_eq!(server.requests().len(), 2);
    assert!(started.elapsed() >= Duration::from_secs(15));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn debug_logs_every_step_and_no_secret() {
    let task = "<item><storage><S3><AWSAccessKeyId>AKIATHEOTHER</AWSAccessKeyId>\
                <uploadPolicy>cG9saWN5</uploadPolicy><uploadPolicySignature>c2lnbmVk\
                </uploadPolicySignature></S3></storage></item>";
    let server = CannedServer::always(ok(list(task))).await;
    let (mut command, _home) = command(&server, &["describe-bundle-tasks", "--debug"]);
    command.env("AWS_SESSION_TOKEN", "thetokenitself");
    let (code, stderr) = wait_for_exit(command.spawn().unwrap()).await;
    assert_eq!(code, Some(0));
    for part in [
        "DescribeBundleTasks",
        &server.url(),
        "us-east-1",
        "status=200",
        "attempts=1",
    ] {
        assert!(stderr.contains(part), "{part}: {stderr}");
    }
    for secret in [
        SECRET,
        "thetokenitself",
        "AKIATHEOTHER",
        "cG9saWN5",
        "c2lnbmVk",
        "Signature=",
    ] {
        assert!(!stderr.contains(secret), "{secret}: {stderr}");
    }
}
