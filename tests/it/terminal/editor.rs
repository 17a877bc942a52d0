//! The editor on the file of the settings, which gets the terminal.

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use super::Pty;
use super::config::quit;

/// The editor gets the terminal, and what is typed meanwhile.
#[test]
fn the_editor_is_opened_and_what_it_writes_takes_effect() {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("new/config.toml");
    let path = path.to_str().expect("UTF-8");
    let editor = directory.path().join("editor");
    let script =
        "#!/bin/sh\necho which interval\nread line\necho \"interval = \\\"$line\\\"\" >> \"$2\"\n";
    std::fs::write(&editor, script).expect("a script");
    let editor = format!("sh '{}' --wait", editor.display());
    let variables = [("BUNDLETOP_CONFIG", path), ("EDITOR", &editor)];
    // A file that is named must be there.
    std::fs::create_dir(directory.path().join("new")).expect("a directory");
    std::fs::write(path, "").expect("a file");
    let mut pty = Pty::bundletop_in(&["--demo"], &variables);
    pty.until_shown("bun-2a4e041c");
    pty.press(b":config.toml");
    pty.until_shown("edit the settings");
    pty.press(b"\r");
    pty.until_shown("which interval");
    pty.press(b"9s\r");
    pty.until_shown("Changed: interval is \"9s\".");
    pty.until_shown("bun-2a4e041c");
    // The keys are the program's again.
    pty.press(b"?");
    pty.until_shown("Symbols");
    pty.press(b"?");
    pty.until("the list", |screen| !screen.contents().contains("Symbols"));
    quit(pty);
    assert_eq!(
        std::fs::read_to_string(path).expect("a file"),
        "interval = \"9s\"\n"
    );
}

/// Ctrl-C is the editor's while it runs, also if it ends it.
#[test]
fn an_interrupt_of_the_editor_is_not_one_of_the_program() {
    let directory = tempfile::tempdir().expect("a directory");
    let editor = directory.path().join("editor");
    // What it has said before stays on the shell's screen, and must not be taken for what it says now.
    let script = "echo >> count; echo type now $(wc -l < count); read line\n";
    std::fs::write(&editor, script).expect("a script");
    let editor = format!("sh {}", editor.display());
    let mut pty = Pty::bundletop_in(&["--demo"], &[("EDITOR", &editor)]);
    pty.until_shown("bun-2a4e041c");
    for number in 1..=3 {
        pty.press(b",");
        pty.until_shown(&format!("type now {number}"));
        pty.press(b"\x03");
        pty.until_shown("The editor failed (");
        pty.press(b"g");
        pty.until("the footer", |screen| screen.contents().contains("? help"));
    }
    quit(pty);
}

#[test]
fn without_a_file_the_editor_gets_the_commented_defaults() {
    let mut pty = Pty::bundletop_in(&["--demo"], &[("EDITOR", "/bin/cat")]);
    pty.until_shown("bun-2a4e041c");
    pty.press(b",");
    let file = pty.home.path().join(".config/bundletop/config.toml");
    pty.until("the file", |_| file.exists());
    pty.until_shown("bun-2a4e041c");
    quit(pty);
}

#[test]
fn an_editor_that_does_not_start_is_said() {
    let mut pty = Pty::bundletop_in(&["--demo"], &[("VISUAL", "/no/such/editor")]);
    pty.until_shown("bun-2a4e041c");
    pty.press(b",");
    pty.until_shown("The editor /no/such/editor cannot be started");
    quit(pty);
}

/// A script that says that it runs, and that its file `ended` is there when it was asked to end.
fn editor(script: &str) -> (tempfile::TempDir, String) {
    let directory = tempfile::tempdir().expect("a directory");
    let file = directory.path().join("editor");
    std::fs::write(&file, script).expect("a script");
    let command = format!("sh {}", file.display());
    (directory, command)
}

#[test]
fn the_editor_ends_with_the_program() {
    let script = "cd $(dirname $0); trap 'touch ended; exit' TERM\nstty raw -echo; echo it''s here\nwhile :; do sleep 0.05; done\n";
    let (directory, editor) = editor(script);
    let mut pty = Pty::bundletop_in(&["--demo"], &[("EDITOR", &editor)]);
    pty.until_shown("bun-2a4e041c");
    pty.press(b",");
    pty.until_shown("its here");
    pty.signal(Signal::SIGTERM);
    assert_eq!(pty.end(), 143);
    pty.assert_restored();
    assert!(directory.path().join("ended").exists());
}

/// It cannot restore the terminal itself.
#[test]
fn an_editor_that_is_killed_leaves_the_terminal_as_it_was() {
    let (_directory, editor) = editor("stty raw -echo; echo process $$ runs; sleep 1000\n");
    let mut pty = Pty::bundletop_in(&["--demo"], &[("EDITOR", &editor)]);
    pty.until_shown("bun-2a4e041c");
    pty.press(b",");
    pty.until_shown(" runs");
    let text = pty.text();
    let number = text
        .split("process ")
        .nth(1)
        .and_then(|it| it.split(' ').next());
    let number = number.and_then(|it| it.parse().ok()).expect("its number");
    kill(Pid::from_raw(number), Signal::SIGKILL).expect("it runs");
    pty.until_shown("The editor failed (signal: 9 (SIGKILL)).");
    pty.press(b"q");
    assert_eq!(pty.end(), 0);
    pty.assert_restored();
}
