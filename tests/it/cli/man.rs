//! `bundletop man` without a terminal.

use std::collections::BTreeMap;

use super::{run_bundletop, stderr};

#[test]
fn every_command_has_a_manual_page() {
    for (command, name) in [
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
        let output = run_bundletop(&[&["man"][..], command].concat());
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
    let output = run_bundletop(&["man", "describe-instances"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("there is no command \"describe-instances\""));
}

/// All files of a directory, by name.
fn files(directory: &std::path::Path) -> BTreeMap<String, String> {
    let entries = std::fs::read_dir(directory).expect("a directory");
    let entries = entries.map(|entry| entry.expect("an entry").path());
    entries
        .map(|path| {
            let name = path.file_name().expect("a name").to_string_lossy();
            let text = std::fs::read_to_string(&path).expect("a text");
            (name.into_owned(), text)
        })
        .collect()
}

#[test]
fn packages_get_every_page_and_every_script_the_same_each_time() {
    let directory = tempfile::tempdir().expect("a directory");
    let write = |command: &str, to: &str| {
        let to = directory.path().join(to);
        let path = to.to_str().expect("UTF-8");
        let output = run_bundletop(&[command, "--directory", path]);
        assert!(output.status.success(), "{}", stderr(&output));
        assert!(output.stdout.is_empty());
        files(&to)
    };
    let pages = write("man", "new/man");
    assert_eq!(pages, write("man", "again"));
    for name in [
        "bundletop.1",
        "bundletop-cancel-bundle-task.1",
        "bundletop-config-check.1",
        "bundletop-config-themes.1",
        "bundletop-history.1",
        "bundletop-wait-bundle-task-complete.1",
        "bundletop-watch.1",
    ] {
        let title = format!(".TH {} 1", name.trim_end_matches(".1"));
        assert!(pages[name].contains(&title), "{name}");
    }
    let scripts = write("completions", "scripts");
    assert_eq!(scripts, write("completions", "scripts"));
    let names: Vec<_> = scripts.keys().map(String::as_str).collect();
    let expected = [
        "_bundletop",
        "_bundletop.ps1",
        "bundletop.bash",
        "bundletop.fish",
    ];
    assert_eq!(names, expected);
    assert!(scripts["_bundletop"].starts_with("#compdef bundletop"));
    let neither = run_bundletop(&["completions"]);
    assert_eq!(neither.status.code(), Some(2));
}
