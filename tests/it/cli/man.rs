//! `bundletop man` without a terminal.

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
