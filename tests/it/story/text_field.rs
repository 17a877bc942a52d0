//! A line of text, edited with the usual keys.

use bundletop::tui::input::TextField;
use bundletop::tui::keymap::Context;
use crossterm::event::Event;

use crate::harness::{Harness, three};

/// A text field with keys typed into it.
fn typed(text: &str, keys: &[&str]) -> Harness {
    let mut harness = Harness::with(three());
    harness.app.open_text_field(TextField::new("find", text));
    for key in keys {
        assert_eq!(harness.key(key), [], "{key} is text, not an action");
    }
    harness
}

fn text(harness: &Harness) -> String {
    let field = harness.app.text_field().expect("a field is open");
    field.text().to_owned()
}

#[test]
fn the_usual_line_editing() {
    for (before, keys, after) in [
        ("", &["q", "c", "y"][..], "qcy"),
        ("win", &["Ctrl-A", "x"], "xwin"),
        ("win", &["Ctrl-A", "Ctrl-E", "x"], "winx"),
        ("one two", &["Ctrl-W"], "one "),
        ("one two", &["Ctrl-U"], ""),
        ("win", &["Left", "Left", "x"], "wxin"),
        ("win", &["Home", "x", "End", "y"], "xwiny"),
        ("win", &["Backspace"], "wi"),
        ("one two", &["Ctrl-A", "Ctrl-K"], ""),
    ] {
        assert_eq!(text(&typed(before, keys)), after, "{before} {keys:?}");
    }
}

#[test]
fn a_paste_goes_in_without_its_control_characters() {
    let mut harness = typed("a", &[]);
    let paste = Event::Paste("b\u{1b}[31m\r\nc".into());
    harness.send(bundletop::tui::app::Msg::Input(vec![paste]));
    assert_eq!(text(&harness), "ab[31mc");
}

#[test]
fn enter_accepts_and_esc_gives_up() {
    let mut harness = typed("win", &["Enter"]);
    assert!(harness.app.text_field().is_none());
    assert_eq!(harness.app.take_accepted_text().as_deref(), Some("win"));
    assert_eq!(harness.app.take_accepted_text(), None, "once");
    for key in ["Esc", "Ctrl-C"] {
        let mut harness = typed("win", &[key]);
        assert!(harness.app.text_field().is_none());
        assert_eq!(harness.app.take_accepted_text(), None);
        assert_eq!(harness.app.context(), Context::List, "{key} ends nothing");
    }
}

#[test]
fn it_is_shown_in_the_footers_place() {
    let harness = typed("win", &["x"]);
    let screen = harness.screen();
    let last = screen.lines().last().expect("a footer");
    assert_eq!(last, " find: winx");
}
