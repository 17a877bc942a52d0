//! `bundletop completions`, and the completions that a shell gets.

use std::process::Command;

use super::{run_bundletop, stderr};

/// What a shell is offered for the last of the arguments. The AWS files have three profiles, and there is a
/// theme of the person's own.
fn candidates(arguments: &[&str]) -> Vec<String> {
    let home = tempfile::tempdir().unwrap();
    std::fs::create_dir(home.path().join(".aws")).unwrap();
    let config = "[default]\n[profile prod]\nregion = eu-west-1\n[profile staging]\n";
    std::fs::write(home.path().join(".aws/config"), config).unwrap();
    let themes = home.path().join(".config/bundletop/themes");
    std::fs::create_dir_all(&themes).unwrap();
    std::fs::write(themes.join("mine.toml"), "base = \"dark\"\n").unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_bundletop"))
        .args(["--", "bundletop"])
        .args(arguments)
        .env_clear()
        .env("HOME", home.path())
        .env("BUNDLETOP_COMPLETE", "bash")
        .env("_CLAP_IFS", "\n")
        .env("_CLAP_COMPLETE_INDEX", arguments.len().to_string())
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
    assert_eq!(
        candidates(&["--profile", ""]),
        ["default", "prod", "staging"]
    );
    let command = "describe-bundle-tasks";
    assert_eq!(candidates(&[command, "--profile", "pr"]), ["prod"]);
    assert_eq!(candidates(&[command, "--region", "eu-no"]), ["eu-north-1"]);
    assert_eq!(candidates(&["--region", "eu-no"]), ["eu-north-1"]);
    assert_eq!(candidates(&["canc"]), ["cancel-bundle-task"]);
    // Global options can also precede a command.
    assert_eq!(
        candidates(&["--output", "text", "canc"]),
        ["cancel-bundle-task"]
    );
    assert_eq!(
        candidates(&[command, "--output", "y"]),
        ["yaml", "yaml-stream"]
    );
    assert_eq!(candidates(&["wait", "bundle"]), ["bundle-task-complete"]);
    assert_eq!(candidates(&["man", "desc"]), [command]);
    assert_eq!(candidates(&["--theme", "m"]), ["mine"]);
    assert_eq!(candidates(&["--theme", "no"]), ["nord"]);
    assert_eq!(candidates(&["config", "th"]), ["themes"]);
}

#[test]
fn each_shell_has_a_script() {
    for shell in ["bash", "zsh", "fish", "powershell"] {
        let output = run_bundletop(&["completions", shell]);
        assert!(output.status.success(), "{shell}");
        let script = String::from_utf8(output.stdout).unwrap();
        assert!(script.contains("BUNDLETOP_COMPLETE"), "{shell}: {script}");
    }
    let output = run_bundletop(&["completions", "tcsh"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("bash, zsh, fish, powershell"));
}
