//! What goes between the program and the terminal besides frames: the background, the clipboard, the mouse.

use super::Pty;

/// The background colour of the cell that begins these words.
fn background_of(pty: &Pty, words: &str) -> vt100::Color {
    let parser = pty.screen.0.lock().expect("no panic");
    let screen = parser.screen();
    let (rows, columns) = (screen.size().0.get(), screen.size().1.get());
    for row in 0..rows {
        let line = screen.contents_between(row, 0, row, columns);
        if let Some(at) = line.find(words) {
            let column = u16::try_from(bundletop::text::width(&line[..at])).expect("small");
            return screen.cell(row, column).expect("a cell").bgcolor();
        }
    }
    panic!("{words} is not on the screen");
}

/// The band of the dark theme, and of the light one.
const DARK_BAND: vt100::Color = vt100::Color::Rgb(0x30, 0x3b, 0x61);
const LIGHT_BAND: vt100::Color = vt100::Color::Rgb(0xcf, 0xdc, 0xf8);

#[test]
fn the_theme_follows_the_answer_of_the_terminal_whenever_it_comes() {
    let mut pty = Pty::bundletop_in(&["--demo"], &[("COLORTERM", "truecolor")]);
    pty.until_shown("bun-2a4e041c");
    assert!(pty.has_written(b"\x1b]11;?"), "the question");
    assert_eq!(background_of(&pty, "▌"), DARK_BAND, "before the answer");
    // In two parts, with a key between an earlier one and it.
    pty.press(b"j\x1b]11;rgb:ffff/ff");
    pty.press(b"ff/f0f0\x1b\\");
    pty.until("light", |screen| {
        let (rows, columns) = (screen.size().0.get(), screen.size().1.get());
        (0..rows).any(|row| {
            let cells = (0..columns).filter_map(|column| screen.cell(row, column));
            cells.into_iter().any(|cell| cell.bgcolor() == LIGHT_BAND)
        })
    });
    pty.until_shown("2 of ");
    assert!(
        !pty.shows("does nothing here"),
        "no part of the answer is a key"
    );
    pty.press(b"q");
    assert_eq!(pty.end(), 0);
}

#[test]
fn a_theme_that_was_chosen_asks_nothing_and_colours_are_as_many_as_wanted() {
    let mut pty = Pty::bundletop_in(&["--demo", "--theme", "light", "--color", "truecolor"], &[]);
    pty.until_shown("bun-2a4e041c");
    assert_eq!(background_of(&pty, "▌"), LIGHT_BAND);
    assert!(!pty.has_written(b"\x1b]11;?"));
    pty.press(b"q");
    pty.end();
    for (color, is_wanted) in [
        (
            "256",
            (|color| matches!(color, vt100::Color::Idx(16..))) as fn(vt100::Color) -> bool,
        ),
        ("16", |color| matches!(color, vt100::Color::Idx(0..16))),
        ("never", |color| color == vt100::Color::Default),
    ] {
        let mut pty = Pty::bundletop_in(&["--demo", "--theme", "dark", "--color", color], &[]);
        pty.until_shown("bun-2a4e041c");
        let marker = if color == "never" { "▸" } else { "▌" };
        assert!(is_wanted(background_of(&pty, marker)), "{color}");
        pty.press(b"q");
        pty.end();
    }
}

#[test]
fn over_ssh_a_copy_goes_to_the_terminal() {
    let mut pty = Pty::bundletop_in(&["--demo"], &[("SSH_TTY", "/dev/pts/0")]);
    pty.until_shown("bun-2a4e041c");
    pty.press(b"y");
    pty.until_shown("bundle ID");
    pty.press(b"b");
    pty.until_shown("Copied through the terminal (OSC 52): bundle ID.");
    // The ID of the newest task, in Base64.
    assert!(pty.has_written(b"\x1b]52;c;YnVuLTdjMWQ5MGUy\x07"));
    pty.press(b"q");
    pty.end();
}

#[test]
fn without_any_clipboard_a_copy_is_in_a_file_that_is_named() {
    let mut pty = Pty::bundletop_in(&["--demo"], &[("SSH_TTY", "/dev/pts/0"), ("TERM", "linux")]);
    pty.until_shown("bun-2a4e041c");
    pty.press(b"y");
    pty.until_shown("bundle ID");
    pty.press(b"b");
    pty.until_shown("copied.txt");
    let path = pty.home.path().join(".local/state/bundletop/copied.txt");
    assert_eq!(
        std::fs::read_to_string(path).expect("the file"),
        "bun-7c1d90e2"
    );
    pty.press(b"q");
    pty.end();
}

#[test]
fn the_mouse_is_captured_only_when_asked_and_given_back() {
    let mut pty = Pty::bundletop(&["--demo"]);
    pty.until_shown("bun-2a4e041c");
    let mode = |screen: &vt100::Screen| screen.mouse_protocol_mode();
    pty.until("no mouse", |screen| {
        mode(screen) == vt100::MouseProtocolMode::None
    });
    pty.press(b"m");
    pty.until("the mouse", |screen| {
        mode(screen) != vt100::MouseProtocolMode::None
    });
    // A click on the third row.
    pty.press(b"\x1b[<0;10;6M\x1b[<0;10;6m");
    pty.until_shown("2 of ");
    pty.press(b"q");
    assert_eq!(pty.end(), 0);
    pty.until("no mouse", |screen| {
        mode(screen) == vt100::MouseProtocolMode::None
    });
    let pty = Pty::bundletop(&["--demo", "--mouse"]);
    pty.until("the mouse", |screen| {
        mode(screen) != vt100::MouseProtocolMode::None
    });
}

#[test]
fn an_export_writes_the_file_that_was_typed() {
    let mut pty = Pty::bundletop(&["--demo"]);
    pty.until_shown("bun-2a4e041c");
    pty.press(b"e");
    pty.until_shown("Export what is shown to:");
    pty.press(b"\x15~/tasks.csv\r");
    pty.until_shown("Exported 9 tasks to");
    let text = std::fs::read_to_string(pty.home.path().join("tasks.csv")).expect("the file");
    assert_eq!(text.lines().count(), 10);
    pty.press(b"q");
    pty.end();
}

/// By default tmux takes no text from a program, so the command `tmux` is asked; if it fails, the terminal is.
#[test]
fn in_tmux_a_copied_text_goes_to_tmux() {
    use std::os::unix::fs::PermissionsExt as _;
    for (script, said) in [
        (
            "echo \"$@\" > $0.args; exec cat > $0.text",
            "Copied through tmux: bundle ID.",
        ),
        ("exit 1", "Copied through the terminal (OSC 52): bundle ID."),
    ] {
        let directory = tempfile::tempdir().expect("a directory");
        let tmux = directory.path().join("tmux");
        std::fs::write(&tmux, format!("#!/bin/sh\n{script}\n")).expect("a script");
        let executable = std::fs::Permissions::from_mode(0o755);
        std::fs::set_permissions(&tmux, executable).expect("it can be run");
        let path = format!("{}:/usr/bin:/bin", directory.path().display());
        let env = [("TMUX", "/tmp/tmux-0/default,1,0"), ("PATH", &path)];
        let mut pty = Pty::bundletop_in(&["--demo"], &env);
        pty.until_shown("bun-2a4e041c");
        pty.press(b"yb");
        pty.until_shown(said);
        if script != "exit 1" {
            let read = |name: &str| std::fs::read_to_string(directory.path().join(name));
            assert_eq!(read("tmux.args").expect("arguments"), "load-buffer -w -\n");
            assert!(read("tmux.text").expect("the text").starts_with("bun-"));
        }
        pty.press(b"q");
        pty.end();
    }
}
