//! `bundletop man` with its output on a terminal.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use portable_pty::CommandBuilder;
use tempfile::TempDir;

use super::Pty;

/// A directory with a program `man` in it, which is this shell script.
fn directory_with_man(script: &str) -> TempDir {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("man");
    fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    directory
}

/// Runs `bundletop man serve` with these environment variables.
fn man(variables: &[String]) -> Pty {
    let mut command = CommandBuilder::new("/usr/bin/env");
    command.args(variables);
    command.args([env!("CARGO_BIN_EXE_bundletop"), "man", "serve"]);
    Pty::run(command)
}

fn path_variable(directory: &TempDir) -> String {
    format!("PATH={}:/usr/bin:/bin", directory.path().display())
}

#[test]
fn the_program_man_shows_the_page() {
    let directory = directory_with_man("echo \"file: $1\"; head -n 3 \"$1\"");
    let temporary_files = tempfile::tempdir().unwrap();
    let temporary_directory = format!("TMPDIR={}", temporary_files.path().display());
    let mut pty = man(&[path_variable(&directory), temporary_directory]);
    pty.until_shown("/bundletop.1");
    pty.until_shown(".TH bundletop-serve 1");
    assert_eq!(pty.end(), 0);
    let left = fs::read_dir(temporary_files.path()).unwrap().count();
    assert_eq!(left, 0, "the temporary file is deleted");
}

#[test]
fn where_man_does_not_work_the_pager_shows_the_source() {
    let fails = directory_with_man("exit 1");
    let pager = "AWS_PAGER=sed s/^/paged:/".to_owned();
    for path in [path_variable(&fails), "PATH=/nowhere".to_owned()] {
        let pager = pager.replace("sed", "/bin/sed");
        let mut pty = man(&[path, pager]);
        pty.until_shown("paged:Examples:");
        assert_eq!(pty.end(), 0);
    }
    let mut pty = man(&["PATH=/nowhere".to_owned()]);
    pty.until_shown("Examples:");
    assert_eq!(pty.end(), 0);
}

#[test]
fn an_interrupt_does_not_end_it_while_man_runs() {
    let directory = directory_with_man(
        "trap 'got=1; echo interrupted' INT; echo started; until [ \"$got\" ]; do sleep 0.05; done; \
         read line; echo left",
    );
    let mut pty = man(&[path_variable(&directory)]);
    pty.until_shown("started");
    pty.press(b"\x03");
    pty.until_shown("interrupted");
    pty.press(b"\n");
    pty.until_shown("left");
    assert_eq!(pty.end(), 0);
}
