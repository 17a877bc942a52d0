//! Layer 7, cli: the program called in ways that end without a screen.

mod around;
mod serve;

use std::process::{Command, Output, Stdio};

fn bundletop(args: &[&str]) -> Output {
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

#[test]
fn without_a_terminal_it_says_so_in_one_line() {
    let output = bundletop(&["--demo"]);
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(
        stderr(&output),
        "bundletop: this draws on a terminal, and standard input or output is not one\n"
    );
    assert!(output.stdout.is_empty());
}

#[test]
fn options_that_contradict_or_make_no_sense_are_refused_with_the_reason() {
    for (args, words) in [
        (&["--demo", "--profile", "prod"][..], "cannot be used with"),
        (&["--interval", "0"], "EC2 limits how often"),
        (&["--interval", "soon"], "not a number of seconds"),
        (&["--demo-speed", "-1"], "unexpected argument"),
        (&["--demo-speed=0"], "0.01 to 10000 times"),
        (&["--demo-fault", "flood"], "the faults are"),
        (&["--frobnicate"], "unexpected argument"),
    ] {
        let output = bundletop(args);
        assert_eq!(output.status.code(), Some(2), "{args:?}");
        assert!(
            stderr(&output).contains(words),
            "{args:?}: {}",
            stderr(&output)
        );
    }
}

#[test]
fn help_and_version_go_to_standard_output() {
    let help = bundletop(&["--help"]);
    assert!(help.status.success());
    let text = String::from_utf8(help.stdout).expect("UTF-8");
    for words in [
        "--demo",
        "--profile",
        "--endpoint-url",
        "--interval",
        "Examples:",
    ] {
        assert!(text.contains(words), "{words}");
    }
    let version = bundletop(&["--version"]);
    let text = String::from_utf8(version.stdout).expect("UTF-8");
    assert_eq!(text, format!("bundletop {}\n", env!("CARGO_PKG_VERSION")));
}
