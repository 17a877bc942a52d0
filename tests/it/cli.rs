//! Layer 7, cli: the program called in ways that end without the terminal UI.

mod completions;
mod help;
mod history;
mod log_level;
mod man;
mod serve;
mod settings;
mod unknown_command;
mod watch;

use std::process::{Command, Output, Stdio};

/// Runs the program in an empty home directory, without a terminal.
fn run_bundletop(args: &[&str]) -> Output {
    let home = tempfile::tempdir().expect("a directory");
    Command::new(env!("CARGO_BIN_EXE_bundletop"))
        .args(args)
        .env_clear()
        .env("HOME", home.path())
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .stdin(Stdio::null())
        .output()
        .expect("the program runs")
}

fn stderr(output: &Output) -> &str {
    std::str::from_utf8(&output.stderr).expect("UTF-8")
}

/// The program has ended with an exit code and said something on standard error.
#[track_caller]
fn assert_ended(output: &Output, code: i32, said: &str, args: &[&str]) {
    let stderr = stderr(output);
    assert_eq!(output.status.code(), Some(code), "{args:?}: {stderr}");
    assert!(stderr.contains(said), "{args:?}: {stderr}");
}

/// What would do nothing is refused, so that nobody waits for it.
#[test]
fn a_replay_takes_no_options_of_ec2_the_journal_or_notices() {
    for option in [
        &["--demo"][..],
        &["--region", "us-east-1"],
        &["--interval", "3"],
        &["--journal", "x"],
        &["--no-journal"],
        &["--notify-on", "stall"],
    ] {
        let args = [&["--replay", "incident.ndjson"], option].concat();
        assert_ended(&run_bundletop(&args), 2, "cannot be used with", &args);
    }
}

#[test]
fn without_a_terminal_the_ui_ends_with_one_line() {
    let output = run_bundletop(&["--demo"]);
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(
        stderr(&output),
        "bundletop: this draws on a terminal, and standard input or output is not one\n"
    );
    assert!(output.stdout.is_empty());
}

#[test]
fn invalid_options_are_refused_with_a_reason() {
    for (args, reason) in [
        (&["--demo", "--profile", "prod"][..], "cannot be used with"),
        (&["--interval", "0.1"], "EC2 limits how often"),
        (&["--interval", "soon"], "a time such as \"5s\""),
        (&["--demo-speed", "-1"], "unexpected argument"),
        (&["--demo-speed=0"], "0.01 to 10000 times"),
        (&["--demo-fault", "flood"], "the faults are"),
        (&["--frobnicate"], "unexpected argument"),
    ] {
        assert_ended(&run_bundletop(args), 2, reason, args);
    }
}

#[test]
fn help_and_version_go_to_standard_output() {
    let help = run_bundletop(&["--help"]);
    assert!(help.status.success());
    let text = String::from_utf8(help.stdout).expect("UTF-8");
    for part in [
        "--demo",
        "--profile",
        "--endpoint-url",
        "--interval",
        "Examples:",
    ] {
        assert!(text.contains(part), "{part}");
    }
    let version = run_bundletop(&["--version"]);
    let text = String::from_utf8(version.stdout).expect("UTF-8");
    assert_eq!(text, format!("bundletop {}\n", env!("CARGO_PKG_VERSION")));
}
