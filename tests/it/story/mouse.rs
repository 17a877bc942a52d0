//! The mouse.

use bundletop::tui::app::Msg;
use bundletop::tui::keymap::Context;
use crossterm::event::{Event, KeyModifiers, MouseButton, MouseEvent, MouseEventKind};

use crate::harness::{Asked, Harness, describe_one, three};

/// Where the text is on the screen.
fn find(harness: &Harness, text: &str) -> (u16, u16) {
    let screen = harness.screen();
    let lines = screen.lines().enumerate();
    let found = lines.filter_map(|(row, line)| {
        let before = &line[..line.find(text)?];
        Some((bundletop::text::width(before), row))
    });
    let (column, row) = found
        .last()
        .unwrap_or_else(|| panic!("{text:?} is not in\n{screen}"));
    (
        u16::try_from(column).expect("small"),
        u16::try_from(row).expect("small"),
    )
}

fn event(harness: &mut Harness, kind: MouseEventKind, (column, row): (u16, u16)) -> Vec<Asked> {
    harness.draw();
    let mouse = MouseEvent {
        kind,
        column,
        row,
        modifiers: KeyModifiers::NONE,
    };
    let mut asked = harness.send(Msg::Input(vec![Event::Mouse(mouse)]));
    asked.extend(harness.draw());
    asked
}

/// A click by a person who sees the newest frame.
fn click(harness: &mut Harness, text: &str) -> Vec<Asked> {
    harness.draw();
    harness.mono += std::time::Duration::from_millis(600);
    let at = find(harness, text);
    event(harness, MouseEventKind::Down(MouseButton::Left), at)
}

#[test]
fn m_turns_it_on_and_off() {
    let mut harness = Harness::with(three());
    assert_eq!(harness.key("m"), [Asked::CaptureMouse(true)]);
    assert!(harness.screen().contains("The mouse is used here"));
    assert_eq!(harness.key("m"), [Asked::CaptureMouse(false)]);
}

#[test]
fn a_click_selects_and_a_double_click_opens_the_details() {
    let mut harness = Harness::with(three());
    click(&mut harness, "bun-0000000c");
    assert_eq!(harness.selected(), "bun-0000000c");
    let at = find(&harness, "i-1a2b3c4d");
    let down = MouseEventKind::Down(MouseButton::Left);
    let row = find(&harness, "bun-2a4e041c");
    event(&mut harness, down, row);
    assert_eq!(harness.selected(), "bun-2a4e041c");
    assert_eq!(harness.app.context(), Context::List, "{at:?}");
    event(&mut harness, down, row);
    assert_eq!(harness.app.context(), Context::Details);
    // Two clicks with a pause, or on two rows, are none.
    let mut harness = Harness::with(three());
    click(&mut harness, "bun-2a4e041c");
    click(&mut harness, "bun-2a4e041c");
    let other = find(&harness, "bun-0000000c");
    event(&mut harness, down, other);
    assert_eq!(harness.app.context(), Context::List);
}

#[test]
fn a_click_on_a_title_sorts_and_on_a_count_filters() {
    let mut harness = Harness::with(three());
    click(&mut harness, "STATE");
    assert!(harness.screen().contains("STATE▴"));
    click(&mut harness, "STATE");
    assert!(harness.screen().contains("STATE▾"));
    click(&mut harness, "1 storing");
    assert_eq!(harness.app.list().len(), 1);
    click(&mut harness, "1 storing");
    assert_eq!(harness.app.list().len(), 3);
    click(&mut harness, "1 pending");
    click(&mut harness, "3 tasks");
    assert_eq!(harness.app.list().len(), 3);
}

#[test]
fn the_wheel_moves() {
    let many = (0..100).map(|n| crate::harness::task(&format!("bun-{n:03}"), "storing"));
    let mut harness = Harness::with(many.collect());
    event(&mut harness, MouseEventKind::ScrollDown, (10, 10));
    assert_eq!(harness.app.list().cursor(), 3);
    event(&mut harness, MouseEventKind::ScrollUp, (10, 10));
    assert_eq!(harness.app.list().cursor(), 0);
}

#[test]
fn buttons_and_the_keys_in_the_footer_can_be_clicked() {
    let mut harness = Harness::with(three());
    harness.select("bun-2a4e041c");
    click(&mut harness, "cancel ");
    assert_eq!(harness.app.context(), Context::Confirm);
    click(&mut harness, "Keep it");
    assert_eq!(harness.app.context(), Context::List);
    harness.key("c");
    let asked = click(&mut harness, "Cancel the task");
    assert_eq!(asked, [describe_one("bun-2a4e041c")]);
}

#[test]
fn a_click_before_the_dialog_was_seen_does_not_cancel() {
    let mut harness = Harness::with(three());
    harness.select("bun-2a4e041c");
    harness.key("c");
    harness.draw();
    let at = find(&harness, "Cancel the task");
    let mut harness = Harness::with(three());
    harness.select("bun-2a4e041c");
    harness.send(Msg::Input(vec![crate::harness::press("c")]));
    let asked = event(&mut harness, MouseEventKind::Down(MouseButton::Left), at);
    assert_eq!(asked, []);
    assert_eq!(harness.app.context(), Context::Confirm);
}

#[test]
fn what_a_dialog_covers_cannot_be_clicked() {
    let mut harness = Harness::with(three());
    let row = find(&harness, "bun-0000000c");
    let selected = harness.selected().to_owned();
    harness.key("s");
    event(&mut harness, MouseEventKind::Down(MouseButton::Left), row);
    assert_eq!(harness.selected(), selected);
    assert_eq!(harness.app.context(), Context::Menu);
    click(&mut harness, "4 PROGRESS");
    assert!(harness.screen().contains("PROGRESS▾"));
}
