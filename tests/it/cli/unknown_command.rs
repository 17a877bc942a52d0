//! A command that does not exist.

use super::{run_bundletop, stderr};

/// The error message for arguments with an unknown command.
fn error_message(args: &[&str]) -> String {
    let output = run_bundletop(args);
    assert_eq!(output.status.code(), Some(252), "{args:?}");
    assert!(output.stdout.is_empty(), "{args:?}");
    stderr(&output).to_owned()
}

#[test]
fn the_error_names_all_commands() {
    for args in [
        &["list"][..],
        &["--region", "us-east-1", "list"],
        &["--ascii", "list"],
        &["--interval", "5", "list"],
        &["--demo-fault", "throttle", "--demo-fault", "hang", "list"],
        &["help", "list"],
    ] {
        let message = error_message(args);
        assert!(
            message.contains(
                "Found invalid choice 'list'. The choices are: describe-bundle-tasks, \
                 cancel-bundle-task, wait, watch, history, config, serve, completions, man\n"
            ),
            "{args:?}: {message}"
        );
    }
}

#[test]
fn a_similar_command_is_suggested() {
    for (typed, suggestion) in [
        ("descibe-bundle-task", "describe-bundle-tasks"),
        ("describe-bundle-task", "describe-bundle-tasks"),
        ("cancel", "cancel-bundle-task"),
        ("wiat", "wait"),
        ("server", "serve"),
        ("completion", "completions"),
    ] {
        let message = error_message(&[typed]);
        let suggestion = format!("\nMaybe you meant {suggestion}.\n");
        assert!(message.contains(&suggestion), "{typed}: {message}");
    }
    let message = error_message(&["wait", "bundle-tasks-complete"]);
    assert!(
        message.contains("Maybe you meant bundle-task-complete."),
        "{message}"
    );
}

#[test]
fn a_command_unlike_all_others_suggests_none() {
    for typed in ["list", "ls", "x"] {
        let message = error_message(&[typed]);
        assert!(!message.contains("Maybe"), "{typed}: {message}");
    }
}

/// A command of another command is looked for among those of that one.
#[test]
fn a_mistyped_command_of_config_suggests_one_of_config() {
    let output = run_bundletop(&["config", "chek"]);
    assert_eq!(output.status.code(), Some(2));
    let said = stderr(&output);
    assert!(
        said.contains("'chek'") && said.contains("'check'"),
        "{said}"
    );
    assert!(!said.contains("describe-bundle-tasks"), "{said}");
}
