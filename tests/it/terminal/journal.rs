//! What the real program keeps and replays: the journal, killed, without room, without permission; recordings.

use std::fs;
use std::path::Path;
use std::process::Command;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::Value;

use super::Pty;

fn history(journal: &Path, args: &[&str]) -> Value {
    let output = Command::new(env!("CARGO_BIN_EXE_bundletop"))
        .args(["history", "--journal"])
        .arg(journal)
        .args(args)
        .env_clear()
        .output()
        .expect("the program runs");
    serde_json::from_slice(&output.stdout).expect("JSON")
}

/// Cancels the selected task, and waits until the event log says that this is saved.
fn cancel(pty: &mut Pty) {
    pty.until_shown("bun-2a4e041c");
    pty.press(b"c");
    pty.until_shown("allowed (dry run)");
    std::thread::sleep(std::time::Duration::from_millis(250)); // A person reads the question first.
    pty.press(b"y");
    pty.until_shown("cancelling");
    pty.press(b"E");
    pty.until_shown("cancel accepted");
}

#[test]
fn what_was_shown_as_saved_outlives_kill_9() {
    let directory = tempfile::tempdir().expect("a directory");
    let journal = directory.path().join("journal.sqlite3");
    let path = journal.to_str().expect("UTF-8");
    let mut pty = Pty::bundletop(&["--demo", "--journal", path]);
    cancel(&mut pty);
    pty.until_shown(", saved");
    let pid = pty.child.process_id().expect("it runs");
    let pid = Pid::from_raw(i32::try_from(pid).expect("a process ID"));
    kill(pid, Signal::SIGKILL).expect("it is killed");
    pty.child.wait().expect("it has ended");
    let cancels = history(&journal, &["--cancels"]);
    let cancels = cancels["Cancels"].as_array().expect("a list");
    assert_eq!(cancels.len(), 1);
    assert_eq!(cancels[0]["Outcome"], "accepted");
    let tasks = history(&journal, &[]);
    assert_eq!(tasks["BundleTasks"].as_array().expect("a list").len(), 9);
}

#[test]
fn a_journal_that_cannot_be_written_costs_one_notice() {
    let directory = tempfile::tempdir().expect("a directory");
    let file = directory.path().join("file");
    fs::write(&file, "not a directory").expect("a file");
    let below = file.join("journal.sqlite3");
    let mut pty = Pty::bundletop(&["--demo", "--journal", below.to_str().expect("UTF-8")]);
    pty.until_shown("No journal is kept: the journal");
    pty.until_shown("bun-2a4e041c");
    pty.press(b"j");
    pty.until_shown("2 of ");
    pty.press(b"q");
    assert_eq!(pty.end(), 0);
}

/// No file may grow beyond some kilobytes, as on a full disk.
#[test]
fn a_full_disk_costs_one_notice() {
    let directory = tempfile::tempdir().expect("a directory");
    let journal = directory.path().join("journal.sqlite3");
    let script = format!(
        "trap '' XFSZ; ulimit -f 16; exec {} --demo --journal {}",
        env!("CARGO_BIN_EXE_bundletop"),
        journal.display()
    );
    let mut command = portable_pty::CommandBuilder::new("/bin/sh");
    command.args(["-c", &script]);
    let mut pty = Pty::run(command);
    pty.until_shown("No journal is kept: ");
    pty.until_shown("bun-2a4e041c");
    pty.press(b"q");
    assert_eq!(pty.end(), 0);
}

/// The demo leaves nothing behind, and `--no-journal` keeps nothing.
#[test]
fn the_demo_leaves_no_journal_behind() {
    let mut pty = Pty::bundletop(&["--demo"]);
    cancel(&mut pty);
    assert!(!pty.shows("saved"), "it is removed at the end");
    pty.press(b"qq");
    assert_eq!(pty.end(), 0);
    assert!(
        !pty.home
            .path()
            .join(".local/state/bundletop/journal.sqlite3")
            .exists()
    );
    let mut pty = Pty::bundletop(&["--demo", "--no-journal"]);
    pty.until_shown("bun-2a4e041c");
    pty.press(b"h");
    pty.until_shown("No journal is kept, so there are no past tasks");
    pty.press(b"q");
    assert_eq!(pty.end(), 0);
}

/// A recording is shown as it was, and what cannot be replayed says why before the screen changes.
#[test]
fn a_recording_is_replayed() {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("incident.ndjson");
    let line = |second: u32, members: &str| {
        format!(
            "{{\"at\":\"2026-11-26T14:00:{second:02}Z\",\"account\":\"123456789012\",\
             \"region\":\"us-east-1\",\"bundleId\":\"bun-2a4e041c\",{members}}}\n"
        )
    };
    let task =
        |state: &str| format!("\"task\":{{\"BundleId\":\"bun-2a4e041c\",\"State\":\"{state}\"}}");
    let listed = format!(
        "\"event\":\"listed\",\"state\":\"bundling\",{}",
        task("bundling")
    );
    let stored = format!(
        "\"event\":\"state\",\"from\":\"bundling\",\"to\":\"storing\",{}",
        task("storing")
    );
    let text = [
        "{\"recording\":1}\n".to_owned(),
        line(0, &listed),
        line(50, &stored),
    ]
    .concat();
    std::fs::write(&path, text).expect("a file");
    let mut pty = Pty::bundletop(&["--replay", path.to_str().expect("UTF-8")]);
    pty.until_shown("REPLAY x1");
    pty.until_shown("bundling");
    pty.press(b"p");
    pty.until_shown("REPLAY x1 paused");
    pty.press(b".");
    pty.until_shown("50s of 50s");
    pty.until_shown("storing");
    pty.press(b"[");
    pty.until_shown("0s of 50s");
    pty.until_shown("bundling");
    pty.press(b"q");
    assert_eq!(pty.end(), 0);
    let pty = Pty::bundletop(&["--replay", "/etc/hostname"]);
    pty.until_shown("is not a recording");
}
