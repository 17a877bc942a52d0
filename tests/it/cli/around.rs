//! Completions and manual pages.

use std::process::Command;

use super::{bundletop, stderr};

/// What a shell is offered for the last word, in a home with three profiles.
fn offered(words: &[&str]) -> Vec<String> {
    let home = tempfile::tempdir().unwrap();
    std::fs::create_dir(home.path().join(".aws")).unwrap();
    let config = "[default]\n[profile prod]\nregion = eu-west-1\n[profile staging]\n";
    std::fs::write(home.path().join(".aws/config"), config).unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_bundletop"))
        .args(["--", "bundletop"])
        .args(words)
        .env_clear()
        .env("HOME", home.path())
        .env("BUNDLETOP_COMPLETE", "bash")
        .env("_CLAP_IFS", "\n")
        .env("_CLAP_COMPLETE_INDEX", words.len().to_string())
        .env("_CLAP_COMPLETE_COMP_TYPE", "9")
        .env("_CLAP_COMPLETE_SPACE", "true")
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", stderr(&output));
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines().map(str::to_owned).collect()
}

#[test]
fn profiles_regions_and_commands_are_completed() {
    assert_eq!(offered(&["--profile", ""]), ["default", "prod", "staging"]);
    let command = "describe-bundle-tasks";
    assert_eq!(offered(&[command, "--profile", "pr"]), ["prod"]);
    assert_eq!(offered(&[command, "--region", "eu-no"]), ["eu-north-1"]);
    assert_eq!(offered(&["--region", "eu-no"]), ["eu-north-1"]);
    assert_eq!(offered(&["canc"]), ["cancel-bundle-task"]);
    // Global options stand before a command, too.
    assert_eq!(
        offered(&["--output", "text", "canc"]),
        ["cancel-bundle-task"]
    );
    assert_eq!(
        offered(&[command, "--output", "y"]),
        ["yaml", "yaml-stream"]
    );
    assert_eq!(offered(&["wait", "bundle"]), ["bundle-task-complete"]);
    assert_eq!(offered(&["man", "desc"]), [command]);
}

#[test]
fn there_is_a_script_for_each_shell() {
    for shell in ["bash", "zsh", "fish", "powershell"] {
        let output = bundletop(&["completions", shell]);
        assert!(output.status.success(), "{shell}");
        let script = String::from_utf8(output.stdout).unwrap();
        assert!(script.contains("BUNDLETOP_COMPLETE"), "{shell}: {script}");
    }
    let output = bundletop(&["completions", "tcsh"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("bash, zsh, fish, powershell"));
}

#[test]
fn every_command_has_a_manual_page() {
    for (words, name) in [
        (&[][..], "bundletop"),
        (
            &["describe-bundle-tasks"],
            "bundletop-describe-bundle-tasks",
        ),
        (
            &["wait", "bundle-task-complete"],
            "bundletop-wait-bundle-task-complete",
        ),
        (&["serve"], "bundletop-serve"),
    ] {
        let output = bundletop(&[&["man"][..], words].concat());
        assert!(output.status.success(), "{name}");
        let page = String::from_utf8(output.stdout).unwrap();
        let title = format!(".TH {name} 1  \"bundletop {}\"", env!("CARGO_PKG_VERSION"));
        assert!(page.contains(&title), "{page}");
        let notes = page.split_once(".SH NOTES\n.nf\n");
        assert!(
            notes.is_some_and(|(_, notes)| notes.contains("Example")),
            "{page}"
        );
    }
    let output = bundletop(&["man", "describe-instances"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("there is no command \"describe-instances\""));
}
