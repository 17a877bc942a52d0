//! Times a command.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// How long the whole process `describe-bundle-tasks` takes, with its output read through a pipe.
pub fn describe(program: &str, url: &str) -> Duration {
    let home = tempfile::tempdir().expect("a directory");
    let mut command = Command::new(program);
    command
        .args(["describe-bundle-tasks", "--endpoint-url", url])
        .args(["--region", "us-east-1"])
        .env_clear()
        .env("HOME", home.path())
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .env("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE")
        .env(
            "AWS_SECRET_ACCESS_KEY",
            "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
        )
        .stdin(Stdio::null());
    let start = Instant::now();
    let output = command.output().expect("the program starts");
    let time = start.elapsed();
    assert!(output.status.success(), "{output:?}");
    time
}
