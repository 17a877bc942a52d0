//! The log file, as the terminal UI writes it with its default settings.

use std::fs;
use std::time::{Duration, Instant};

use super::{Pty, TIMEOUT, select};

/// Waits until the log file has a line that contains all of these texts.
fn wait_for_line(pty: &Pty, texts: &[&str]) {
    let path = pty.home.path().join(".local/state/bundletop/bundletop.log");
    let start = Instant::now();
    loop {
        let log = fs::read_to_string(&path).unwrap_or_default();
        let is_wanted = |line: &str| texts.iter().all(|text| line.contains(text));
        if log.lines().any(is_wanted) {
            return;
        }
        assert!(start.elapsed() < TIMEOUT, "no line has {texts:?}:\n{log}");
        // Nothing reports a change of the file, so this polls.
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn each_cancel_is_in_the_log() {
    let mut pty = Pty::bundletop(&["--demo"]);
    select(&mut pty);
    pty.press(b"c");
    pty.until_shown("allowed (dry run)");
    pty.until_shown("Esc, n, Enter              y");
    pty.press(b"y");
    pty.until_shown("cancel requested");
    wait_for_line(&pty, &["INFO", "cancel sent", "bun-2a4e041c"]);
    wait_for_line(&pty, &["INFO", "cancel accepted", "bun-2a4e041c"]);
}

#[test]
fn each_failure_is_in_the_log() {
    let fault = "DescribeBundleTasks:internal-error";
    let pty = Pty::bundletop(&["--demo", "--demo-fault", fault]);
    wait_for_line(&pty, &["WARN", "DescribeBundleTasks", "InternalError"]);
}
