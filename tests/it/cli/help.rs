//! The help texts are correct.

use std::process::{Command, Output, Stdio};

use bundletop::endpoint::{Clock, Endpoint, Faults, World};

use super::{run_bundletop, stderr};

fn help(command: &[&str]) -> String {
    let output = run_bundletop(&[command, &["--help"]].concat());
    assert!(output.status.success(), "{command:?}");
    String::from_utf8(output.stdout).unwrap()
}

/// The arguments of each example that calls the program.
fn examples(command: &[&str]) -> Vec<Vec<String>> {
    let help = help(command);
    let examples: Vec<_> = help
        .lines()
        .filter_map(|line| line.strip_prefix("  bundletop "))
        .map(|example| shlex::split(example).unwrap())
        .collect();
    assert!(!examples.is_empty(), "{help}");
    examples
}

/// Runs an example on an EC2 that has one task, in this state.
async fn run_example(arguments: &[String], state: &str) -> Output {
    let world = format!(r#"{{"tasks": [{{"bundleId": "bun-2a4e041c", "state": "{state}"}}]}}"#);
    let world = World::from_json("example.json", &world).unwrap();
    let any_port = "127.0.0.1:0".parse().unwrap();
    let endpoint = Endpoint::start(world, Clock::real(1.0), Faults::none(), any_port).await;
    let endpoint = endpoint.unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_bundletop"));
    command.args(arguments).env_clear().envs([
        ("AWS_ENDPOINT_URL", &*endpoint.url()),
        ("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE"),
        ("AWS_SECRET_ACCESS_KEY", "secret"),
        ("AWS_REGION", "us-east-1"),
        ("AWS_EC2_METADATA_DISABLED", "true"),
    ]);
    command.stdin(Stdio::null());
    let output = tokio::task::spawn_blocking(move || command.output()).await;
    output.unwrap().unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_examples_of_the_aws_commands_work() {
    for (command, state) in [
        (&[][..], "storing"),
        (&["describe-bundle-tasks"], "storing"),
        (&["cancel-bundle-task"], "storing"),
        (&["wait"], "complete"),
        (&["wait", "bundle-task-complete"], "complete"),
    ] {
        let examples = examples(command);
        let is_for_the_ui = |example: &[String]| example[0].starts_with('-');
        for example in examples.iter().filter(|example| !is_for_the_ui(example)) {
            let output = run_example(example, state).await;
            let result = (output.status.code(), stderr(&output));
            assert_eq!(result, (Some(0), ""), "{example:?}");
        }
    }
}

/// Without a terminal the terminal UI does not start, but its arguments are parsed.
#[test]
fn the_examples_of_the_ui_are_valid() {
    let examples = examples(&[]);
    let for_the_ui: Vec<_> = examples
        .iter()
        .filter(|example| example[0].starts_with('-'))
        .collect();
    assert!(!for_the_ui.is_empty());
    for example in for_the_ui {
        let arguments: Vec<_> = example.iter().map(String::as_str).collect();
        let output = run_bundletop(&arguments);
        let message = stderr(&output);
        assert!(message.contains("this draws on a terminal"), "{message}");
    }
}

/// The help of an option in a help text, without the line that has its name.
fn option_help(help: &str, option: &str) -> String {
    let start = help.find(&format!("      {option} <")).unwrap();
    let lines = help[start..].lines().skip(1);
    let lines: Vec<_> = lines.take_while(|line| !line.is_empty()).collect();
    lines.join("\n")
}

#[test]
fn shared_options_have_the_same_help_everywhere() {
    let (ui, command) = (help(&[]), help(&["cancel-bundle-task"]));
    for option in ["--profile", "--region", "--endpoint-url", "--ca-bundle"] {
        let help = option_help(&ui, option);
        assert!(!help.is_empty(), "{option}");
        assert_eq!(help, option_help(&command, option), "{option}");
    }
}

#[test]
fn the_help_of_a_command_lists_its_exit_codes() {
    for command in [
        &["describe-bundle-tasks"][..],
        &["cancel-bundle-task"],
        &["wait", "bundle-task-complete"],
    ] {
        let help = help(command);
        let (_, table) = help.split_once("Exit codes:\n").unwrap();
        let codes: Vec<_> = table
            .lines()
            .map(|line| line.split_whitespace().next().unwrap())
            .collect();
        assert_eq!(codes, ["0", "252", "253", "254", "255", "130"]);
        assert!(table.starts_with("  0    success\n"), "{table}");
    }
}
