//! The commands with their output on a terminal.

use portable_pty::CommandBuilder;

use super::Pty;
use crate::ec2::canned::{CannedServer, Reply};
use crate::ec2::{error, list, ok};

/// A control sequence in its 8-bit form, the only one that XML allows, and a character that reverses the
/// rest of the line.
const HARMFUL: &str = "\u{9b}31mred\u{202e}left";

/// Runs `describe-bundle-tasks` in a terminal, with additional environment variables.
fn describe(server: &CannedServer, variables: &[&str], options: &[&str]) -> Pty {
    let mut command = CommandBuilder::new("/usr/bin/env");
    command.args(variables);
    command.args([env!("CARGO_BIN_EXE_bundletop"), "describe-bundle-tasks"]);
    command.args(["--endpoint-url", &server.url(), "--region", "us-east-1"]);
    command.arg("--no-sign-request");
    command.args(options);
    Pty::run(command)
}

fn task(state: &str) -> Vec<u8> {
    list(&format!(
        "<item><bundleId>bun-1</bundleId><state>{state}</state></item>"
    ))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_terminal_gets_no_escape_sequence_from_ec2() {
    let server = CannedServer::always(ok(task(HARMFUL))).await;
    // The test's terminal does not show U+FFFD, which replaces harmful characters.
    for (format, shown) in [
        ("text", "31mredleft"),
        ("table", "31mredleft"),
        ("json", r"\u009b31mred\u202eleft"),
        ("yaml", r"\x9B31mredleft"),
    ] {
        let mut pty = describe(&server, &["AWS_PAGER="], &["--output", format]);
        pty.until(format, |screen| {
            let seen: String = screen
                .contents()
                .chars()
                .filter(|c| *c != '\u{fffd}')
                .collect();
            seen.contains(shown)
        });
        assert_eq!(pty.end(), 0, "{format}");
    }
    let error_server = CannedServer::always(Reply::Answer(400, error("Bad", HARMFUL))).await;
    let mut pty = describe(&error_server, &["AWS_PAGER="], &[]);
    pty.until_shown("31mred");
    assert_eq!(pty.end(), 254);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_terminal_gets_the_answer_through_the_pager() {
    let server = CannedServer::always(ok(task("storing"))).await;
    let query = ["--query", "BundleTasks[0].State", "--output", "text"];
    let chosen = ["PAGER=/bin/false", "AWS_PAGER=sed s/^/paged:/"];
    let mut pty = describe(&server, &chosen, &query);
    pty.until_shown("paged:storing");
    assert_eq!(pty.end(), 0);

    let options = [&query[..], &["--no-cli-pager"]].concat();
    let mut pty = describe(&server, &chosen, &options);
    pty.until_shown("storing");
    assert_eq!(pty.end(), 0);
    assert!(!pty.shows("paged:"));

    let mut pty = describe(&server, &["AWS_PAGER=/nowhere/pager"], &query);
    pty.until_shown("Unable to redirect output to pager");
    assert_eq!(pty.end(), 253);

    // If nobody chose a pager and `less` is not installed, the output is written without one.
    let mut pty = describe(&server, &["PATH=/nowhere"], &query);
    pty.until_shown("storing");
    assert_eq!(pty.end(), 0);
}

/// `less` does not end at an interrupt, and so the program that writes to it must not either.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_interrupt_does_not_end_it_under_its_pager() {
    let server = CannedServer::always(ok(task("storing"))).await;
    // The shell runs the trap only between two commands, so it must not wait in `read` for long.
    let pager = "AWS_PAGER=sh -c 'trap \"got=1; echo interrupted\" INT; cat; \
                 until [ \"$got\" ]; do sleep 0.05; done; read line < /dev/tty; echo left'";
    let mut pty = describe(&server, &[pager], &[]);
    pty.until_shown("storing");
    pty.press(b"\x03");
    pty.until_shown("interrupted");
    pty.press(b"\n");
    pty.until_shown("left");
    assert_eq!(pty.end(), 0);
}

/// Errors quote what they could not use: an argument, or what a file says.
#[test]
fn a_terminal_gets_no_escape_sequence_from_an_argument_or_a_file() {
    let folder = tempfile::tempdir().expect("a folder");
    let world = folder.path().join("world.json");
    let id = r#"{"tasks": [{"bundleId": "\u001b[31mred", "instanceId": "i-1", "state": "complete", "progress": "1%"}, {"bundleId": "\u001b[31mred"}]}"#;
    std::fs::write(&world, id).expect("it is written");
    let world = world.to_str().expect("a path");
    let red = "\u{1b}[31mred";
    for arguments in [
        &["serve", "--world", world][..],
        &["serve", "--world", red],
        &["serve", "--fault", red],
        &["serve", "--listen", red],
        &["--demo", "--demo-fault", red],
        &["--interval", red],
        &["completions", red],
        &[red],
        &["describe-bundle-tasks", red],
        &["describe-bundle-tasks", "--endpoint-url", red],
        &["describe-bundle-tasks", "--query", red],
    ] {
        let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_bundletop"));
        command.args(arguments);
        let mut pty = Pty::run(command);
        pty.until(&format!("{arguments:?}"), |screen| {
            let (rows, columns) = screen.size();
            let (rows, columns) = (rows.get(), columns.get());
            let cells = (0..rows).flat_map(|row| (0..columns).map(move |column| (row, column)));
            let mut cells = cells.filter_map(|(row, column)| screen.cell(row, column));
            let is_coloured = cells.any(|cell| cell.fgcolor() != vt100::Color::Default);
            screen.contents().contains("red") && !is_coloured
        });
        assert_ne!(pty.end(), 0, "{arguments:?}");
    }
}
