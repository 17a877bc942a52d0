//! The settings, as they are seen on the screen.

use super::Pty;

/// The program with a file of settings.
fn with(text: &str, args: &[&str]) -> (Pty, tempfile::TempDir) {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("config.toml");
    std::fs::write(&path, text).expect("a file");
    let path = path.to_str().expect("UTF-8");
    let pty = Pty::bundletop_in(&[&["--demo"], args].concat(), &[("BUNDLETOP_CONFIG", path)]);
    (pty, directory)
}

fn quit(mut pty: Pty) {
    pty.press(b"q");
    assert_eq!(pty.end(), 0);
}

#[test]
fn symbols_order_filter_and_warnings_are_as_set() {
    let text = r#"
        symbols = "ascii"
        production = true
        read_only = true
        mouse = true
        theme = "dark"
        colors = "never"
        notices.channels = ["osc9"]
        [list]
        sort = "id ascending"
        filter = "storing"
    "#;
    let (mut pty, _directory) = with(text, &[]);
    pty.until_shown("bun-2a4e041c");
    pty.until_shown(" PRODUCTION ");
    pty.until_shown("read-only");
    pty.until_shown("/storing");
    pty.until("sorted by the ID", |screen| {
        screen.contents().contains("BUNDLE ID^")
    });
    assert!(pty.has_written(b"\x1b[?1000h"), "the mouse is used");
    assert!(!pty.has_written(b"\x1b]11;?"), "the theme is known");
    assert!(!pty.has_written(b"\x1b[38;"), "no colours");
    pty.press(b"c");
    pty.until_shown("Nothing is cancelled: read_only is set in the settings.");
    quit(pty);
}

#[test]
fn a_file_with_mistakes_is_said_and_the_program_starts() {
    let (pty, _directory) = with("mose = true\ntheme = 3\n", &[]);
    pty.until_shown("2 mistakes in the settings");
    pty.until_shown("bun-2a4e041c");
    quit(pty);
}

#[test]
fn options_take_precedence_and_the_journal_can_be_turned_off() {
    let text = "theme = 'dark'\nmouse = true\n[journal]\nkeep = false\n";
    let (mut pty, _directory) = with(text, &["--theme", "light", "--color", "truecolor"]);
    pty.until_shown("bun-2a4e041c");
    assert!(pty.has_written(b"48;2;207;220;248"), "the light band");
    pty.press(b"h");
    pty.until_shown("No journal is kept");
    quit(pty);
}
