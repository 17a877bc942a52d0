//! The settings of the commands.

use std::process::{Command, Output};

use crate::ec2::canned::CannedServer;
use crate::ec2::{list, ok};

use super::stderr;

/// Runs a command with a file of settings.
fn run(server: &CannedServer, settings: &str, args: &[&str], variables: &[(&str, &str)]) -> Output {
    let home = tempfile::tempdir().expect("a directory");
    let file = home.path().join("settings.toml");
    std::fs::write(&file, settings).expect("a file");
    Command::new(env!("CARGO_BIN_EXE_bundletop"))
        .args(args)
        .args(["--endpoint-url", &server.url(), "--region", "us-east-1"])
        .env_clear()
        .env("HOME", home.path())
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .env("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE")
        .env("AWS_SECRET_ACCESS_KEY", "secret")
        .env("BUNDLETOP_CONFIG", &file)
        .envs(variables.iter().copied())
        .output()
        .expect("the program runs")
}

const ONE: &str = "<item><bundleId>bun-1</bundleId><state>storing</state></item>";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_format_is_that_of_the_option_the_environment_or_the_settings() {
    let server = CannedServer::always(ok(list(ONE))).await;
    let text = "[commands]\noutput = \"text\"\n";
    let begins = |options: &[&str], variables: &[(&str, &str)]| {
        let args = [&["describe-bundle-tasks"], options].concat();
        let output = run(&server, text, &args, variables);
        assert!(output.status.success(), "{}", stderr(&output));
        String::from_utf8(output.stdout).expect("UTF-8")
    };
    assert!(begins(&[], &[]).starts_with("BUNDLETASKS\t"));
    assert!(begins(&[], &[("AWS_DEFAULT_OUTPUT", "yaml")]).starts_with("BundleTasks:"));
    assert!(begins(&["--output", "json"], &[]).starts_with('{'));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_sent_to_cancel_if_the_settings_are_read_only() {
    let server = CannedServer::always(ok(list(ONE))).await;
    let text = "read_only = true\n";
    let cancel = ["cancel-bundle-task", "--bundle-id", "bun-1"];
    let output = run(&server, text, &cancel, &[]);
    assert_eq!(output.status.code(), Some(253));
    let said = stderr(&output);
    assert!(said.contains("read_only is set in the settings"), "{said}");
    assert!(said.contains("settings.toml:1"), "{said}");
    assert_eq!(server.requests().len(), 0);
    // A dry run cancels nothing.
    run(&server, text, &[&cancel[..], &["--dry-run"]].concat(), &[]);
    assert_eq!(server.requests().len(), 1);
}

/// A mistake in what protects tasks is no permission to cancel them.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_sent_to_cancel_if_read_only_is_not_understood() {
    let server = CannedServer::always(ok(list(ONE))).await;
    let cancel = ["cancel-bundle-task", "--bundle-id", "bun-1"];
    for text in [
        "read_only = \"true\"\n",
        "readonly = true\n",
        "read_only = false\nmouse = \n",
        "[profile.\"def[\"]\nread_only = true\n",
    ] {
        let output = run(&server, text, &cancel, &[]);
        assert_eq!(output.status.code(), Some(253), "{text}");
        let said = stderr(&output);
        assert!(
            said.contains("nothing is cancelled: a mistake in the settings"),
            "{said}"
        );
    }
    // A file that cannot be read: here it is a directory.
    let directory = tempfile::tempdir().expect("a directory");
    std::fs::create_dir_all(directory.path().join("bundletop/config.toml")).expect("a directory");
    let directory = directory.path().to_str().expect("UTF-8");
    let variables = [("BUNDLETOP_CONFIG", ""), ("XDG_CONFIG_HOME", directory)];
    let output = run(&server, "", &cancel, &variables);
    assert_eq!(output.status.code(), Some(253));
    let said = stderr(&output);
    assert!(
        said.contains("it is not a regular file; until this is corrected, nothing is cancelled"),
        "{said}"
    );
    assert_eq!(server.requests().len(), 0);
    // What changes nothing is not refused.
    let describe = run(&server, "", &["describe-bundle-tasks"], &variables);
    assert!(describe.status.success());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn mistakes_are_said_and_the_command_runs() {
    let server = CannedServer::always(ok(list(ONE))).await;
    let text = "[commands]\noutput = \"jsn\"\npager = \"'\"\n";
    let output = run(&server, text, &["describe-bundle-tasks"], &[]);
    assert!(output.status.success(), "{}", stderr(&output));
    let said = stderr(&output);
    assert!(
        said.contains("settings.toml:2:10: commands.output: \"jsn\" is not one of"),
        "{said}"
    );
    assert!(
        said.contains("settings.toml:3:9: commands.pager: has a quote"),
        "{said}"
    );
}
