//! A line of text, edited with the usual keys.

use bundletop::tui::app::Msg;
use bundletop::tui::keymap::Context;
use crossterm::event::Event;

use crate::harness::{Harness, three};

/// The filter's field, with `text` in it and keys typed into it.
fn typed(text: &str, keys: &[&str]) -> Harness {
    let mut harness = Harness::with(three());
    harness.key("/");
    paste(&mut harness, text);
    for key in keys {
        assert_eq!(harness.key(key), [], "{key} is text, not an action");
    }
    harness
}

fn paste(harness: &mut Harness, text: &str) {
    harness.send(Msg::Input(vec![Event::Paste(text.into())]));
}

fn text(harness: &Harness) -> &str {
    harness.app.prompt().expect("a field is open").field.text()
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
fn a_paste_goes_in_at_the_cursor_without_its_control_characters() {
    let mut harness = typed("ad", &["Left"]);
    paste(&mut harness, "b\u{1b}[31m\r\nc");
    assert_eq!(text(&harness), "ab[31mcd");
    assert_eq!(harness.key("x"), []);
    assert_eq!(text(&harness), "ab[31mcxd");
}

#[test]
fn a_long_paste_is_cut_and_what_is_typed_after_it_is_refused() {
    let mut harness = typed("a", &[]);
    paste(&mut harness, &"é".repeat(100_000));
    harness.key("x");
    assert_eq!(text(&harness).chars().count(), 1_000);
    assert!(text(&harness).ends_with('é'));
    harness.key("Backspace");
    harness.key("x");
    assert!(text(&harness).ends_with("éx"));
}

#[test]
fn the_cursor_is_where_the_text_goes_in() {
    let mut harness = typed("日本", &[]);
    let cursor = |harness: &Harness| {
        let (width, height) = harness.app.size();
        let backend = ratatui::backend::TestBackend::new(width, height);
        let mut terminal = ratatui::Terminal::new(backend).expect("a test backend");
        let draw = |frame: &mut ratatui::Frame| {
            bundletop::tui::view::draw(frame, &harness.app, &harness.theme);
        };
        terminal.draw(draw).expect("a test backend");
        terminal.get_cursor_position().expect("a cursor").x
    };
    let end = cursor(&harness);
    harness.key("Left");
    assert_eq!(cursor(&harness), end - 2, "a wide character has two cells");
}

#[test]
fn enter_keeps_it_and_esc_clears_it() {
    let harness = typed("stor", &["Enter"]);
    assert!(harness.app.prompt().is_none());
    assert_eq!(harness.app.list().filter().text(), "stor");
    assert!(harness.screen().contains("/stor"), "it stays visible");
    for key in ["Esc", "Ctrl-C"] {
        let mut harness = typed("stor", &[key]);
        assert!(harness.app.prompt().is_none());
        assert_eq!(harness.app.list().filter().text(), "");
        assert_eq!(harness.app.context(), Context::List, "{key} ends nothing");
        harness.key("j");
    }
}
