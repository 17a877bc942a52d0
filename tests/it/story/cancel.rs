//! A cancel, from the key press to the end, and everything that can go wrong in between.

use std::time::Duration;

use bundletop::ec2::{ErrorKind, Operation};
use bundletop::monitor::{Answer, Call, CancelState};
use bundletop::tui::app::Msg;
use bundletop::tui::keymap::Context;
use bundletop::tui::theme::Role;
use crossterm::event::Event;

use crate::harness::{
    Asked, Harness, cancel, connect, describe, describe_one, dry_run, error, expired, press, task,
    three, throttled, unreachable, updated,
};

pub(super) const ID: &str = "bun-2a4e041c";

/// Three tasks, with the one that can be cancelled selected.
pub(super) fn harness() -> Harness {
    let mut harness = Harness::with(three());
    harness.select(ID);
    harness
}

/// The same, with the dialog open.
pub(super) fn asked() -> Harness {
    let mut harness = harness();
    assert_eq!(harness.key("c"), [dry_run(ID)]);
    assert_eq!(harness.app.context(), Context::Confirm);
    harness
}

/// The same, confirmed and checked: the cancel has been sent.
pub(super) fn sent() -> Harness {
    let mut harness = asked();
    assert_eq!(harness.key("y"), [describe_one(ID)]);
    assert_eq!(
        harness.described_one(ID, Ok(Some(task(ID, "storing")))),
        [cancel(ID)]
    );
    harness
}

pub(super) fn mark(harness: &Harness) -> Option<CancelState> {
    harness.cancel_state(ID)
}

#[test]
fn y_shows_cancel_requested_at_once() {
    let mut harness = asked();
    harness.key("y");
    assert!(harness.line(ID).contains("cancel requested"));
    assert_eq!(mark(&harness), Some(CancelState::Checking));
    assert_eq!(harness.app.context(), Context::List);
}

#[test]
fn enter_esc_and_n_keep_the_task() {
    for key in ["Enter", "Esc", "n"] {
        let mut harness = asked();
        assert_eq!(harness.key(key), [], "{key}");
        assert_eq!(harness.app.context(), Context::List);
        assert_eq!(mark(&harness), None);
    }
}

#[test]
fn the_key_that_opens_the_dialog_never_confirms_it() {
    let mut harness = asked();
    for _ in 0..10 {
        assert_eq!(harness.key("c"), []);
    }
    assert_eq!(harness.app.context(), Context::Confirm);
}

#[test]
fn the_focused_button_confirms_by_enter() {
    let mut harness = asked();
    harness.key("Tab");
    assert_eq!(harness.key("Enter"), [describe_one(ID)]);
    let mut harness = asked();
    harness.key("Tab");
    harness.key("Tab");
    assert_eq!(harness.key("Enter"), [], "the focus is back where it began");
}

#[test]
fn h_l_and_the_arrows_move_and_space_presses() {
    for key in ["h", "l", "Left", "Right"] {
        let mut harness = asked();
        harness.key(key);
        assert_eq!(harness.key("Space"), [describe_one(ID)], "{key}");
    }
    let mut harness = asked();
    assert_eq!(harness.key("Space"), [], "at first it keeps the task");
    assert_eq!(harness.app.context(), Context::List);
}

#[test]
fn a_denied_dry_run_disables_the_cancel_button() {
    let mut harness = asked();
    let denied = error(
        ErrorKind::Denied,
        Operation::CancelBundleTask,
        "UnauthorizedOperation",
        "You are not authorized to perform this operation.",
    );
    harness.permission(ID, Err(denied));
    harness.wait(0.5);
    let (buffer, _) = harness.frame();
    let button = |text: &str| {
        let lines = harness.screen();
        let (y, line) = lines
            .lines()
            .enumerate()
            .find(|(_, line)| line.contains("Keep it"))
            .expect("the buttons");
        let x = line.split(text).next().expect("the button").chars().count();
        let cell = |n: usize| u16::try_from(n).expect("on the screen");
        buffer[(cell(x), cell(y))].style()
    };
    let disabled = harness.theme.style(Role::Disabled);
    assert!(button("Cancel the task").fg == disabled.fg);
    assert!(button("Keep it").fg != disabled.fg);
    assert_eq!(harness.key("y"), []);
    assert!(harness.screen().contains("EC2 would refuse this cancel"));
    assert_eq!(mark(&harness), None);
}

#[test]
fn keys_are_centred_below_their_buttons() {
    let mut harness = asked();
    harness.wait(0.5);
    let screen = harness.screen();
    let mut lines = screen.lines().skip_while(|line| !line.contains("Keep it"));
    let (buttons, keys) = (lines.next().expect("buttons"), lines.next().expect("keys"));
    let middle = |line: &str, text: &str| {
        let before = line.split(text).next().expect("it is there");
        2 * before.chars().count() + text.chars().count()
    };
    assert_eq!(middle(buttons, "Keep it"), middle(keys, "Esc, n, Enter"));
    let (button, key) = (middle(buttons, "Cancel the task"), middle(keys, " y "));
    assert_eq!(button, key);
}

#[test]
fn c_says_why_there_is_nothing_to_cancel() {
    let mut harness = Harness::with(vec![]);
    harness.key("c");
    assert_eq!(harness.app.note(), Some("There is no task to cancel."));
    let mut harness = Harness::new(120, 40);
    harness.draw();
    harness.key("c");
    let note = harness.app.note().expect("a reason");
    assert!(note.contains("not loaded yet"), "{note}");
    harness.connect(1);
    harness.fail(1, throttled());
    harness.key("c");
    let note = harness.app.note().expect("a reason");
    assert!(note.contains("could not be loaded"), "{note}");
}

#[test]
fn keys_typed_ahead_do_not_confirm() {
    let mut harness = harness();
    assert_eq!(harness.keys_at_once(&["c", "y"]), [dry_run(ID)]);
    assert_eq!(harness.app.context(), Context::Confirm, "the dialog waits");
    // Nor do keys that come before anyone can have read the dialog.
    harness.draw();
    for _ in 0..2 {
        harness.mono += Duration::from_millis(90);
        assert_eq!(harness.send(Msg::Input(vec![press("y")])), []);
    }
    assert!(harness.screen().contains("press it again"));
    assert_eq!(harness.key("y"), [describe_one(ID)], "this key counts");
}

#[test]
fn a_paste_that_trickles_in_does_not_confirm() {
    for gap in [1, 5, 20, 50, 99] {
        let mut harness = harness();
        let mut sent = Vec::new();
        for letter in "git checkout my-branch; yes; c y Tab y".chars() {
            harness.mono += Duration::from_millis(gap);
            sent.extend(harness.send(Msg::Input(vec![press(&letter.to_string())])));
            harness.draw();
        }
        sent.retain(|asked| matches!(asked, Asked::DescribeOne(_) | Asked::Cancel(_)));
        assert_eq!(sent, [], "{gap} ms apart");
    }
}

#[test]
fn the_focus_does_not_move_by_a_key_typed_ahead() {
    let mut harness = harness();
    harness.keys_at_once(&["c", "Tab"]);
    assert_eq!(harness.key("Enter"), []);
    assert_eq!(harness.app.context(), Context::List, "Enter kept the task");
}

#[test]
fn the_dialog_shows_y_once_y_would_cancel() {
    let mut harness = harness();
    harness.send(Msg::Input(vec![press("c")]));
    harness.draw();
    assert!(!harness.screen().contains("Enter              y"));
    harness.wait(0.21);
    assert!(harness.app.take_dirty());
    assert!(harness.screen().contains("Enter              y"));
}

#[test]
fn a_dialog_that_comes_back_on_the_screen_must_be_seen_anew() {
    let mut harness = asked();
    // As after a resize, and as after Ctrl-Z and fg.
    harness.send(Msg::Input(vec![Event::Resize(100, 30)]));
    harness.draw();
    harness.mono += Duration::from_millis(150);
    assert_eq!(harness.send(Msg::Input(vec![press("y")])), []);
    assert_eq!(mark(&harness), None);
}

#[test]
fn a_cancel_confirmed_on_one_connection_is_not_sent_on_another() {
    let mut harness = asked();
    assert_eq!(harness.wait(5.0), [describe(2)]);
    harness.key("y");
    harness.fail(2, expired());
    assert_eq!(harness.wait(4.1), [connect(3)]);
    assert_eq!(harness.connect(3), [describe(3)]);
    assert!(harness.screen().contains("the connection to EC2"));
    assert_eq!(harness.described_one(ID, Ok(Some(task(ID, "storing")))), []);
    assert_eq!(mark(&harness), None);
}

#[test]
fn a_task_without_an_id_cannot_be_cancelled() {
    let mut harness = Harness::with(vec![task("", "storing")]);
    assert_eq!(harness.key("c"), []);
    assert!(
        harness
            .app
            .note()
            .is_some_and(|note| note.contains("no ID"))
    );
}

#[test]
fn keys_that_come_together_do_not_confirm() {
    for keys in [
        &["y", "e", "s"][..],
        &["x", "y"],
        &["y", "y"],
        &["Tab", "Enter"],
    ] {
        let mut harness = asked();
        assert_eq!(harness.keys_at_once(keys), [], "{keys:?}");
        assert_eq!(mark(&harness), None);
    }
    let mut harness = asked();
    harness.mono += Duration::from_secs(1);
    assert_eq!(harness.send(Msg::Input(vec![Event::Paste("y".into())])), []);
    assert_eq!(mark(&harness), None);
}

#[test]
fn the_dialog_shows_what_the_dry_run_said() {
    let answers = [
        (Ok(()), "allowed (dry run)"),
        (
            Err(error(
                ErrorKind::Denied,
                Operation::CancelBundleTask,
                "UnauthorizedOperation",
                "You are not authorized to perform this operation.",
            )),
            "denied (dry run): UnauthorizedOperation",
        ),
        (Err(throttled()), "not known: RequestLimitExceeded"),
    ];
    for (result, words) in answers {
        let mut harness = asked();
        assert!(harness.line("Permission").contains("asking EC2"));
        harness.permission(ID, result);
        assert!(harness.line("Permission").contains(words));
    }
}

#[test]
fn a_late_dry_run_of_another_task_is_not_taken_for_this_one() {
    let mut harness = harness();
    harness.select("bun-0000000a");
    harness.key("c");
    harness.key("n");
    harness.select(ID);
    harness.key("c");
    harness.permission("bun-0000000a", Ok(()));
    assert!(harness.line("Permission").contains("asking EC2"));
}

#[test]
fn a_cancel_is_offered_only_in_cancellable_states_and_a_note_says_why() {
    for (state, reason) in [
        ("complete", "already complete"),
        ("failed", "already failed"),
        ("cancelling", "already cancelling"),
        ("canceling", "already canceling"),
    ] {
        let mut harness = Harness::with(vec![task(ID, state)]);
        assert_eq!(harness.key("c"), [], "{state}");
        assert!(harness.app.dialog().is_none());
        let note = harness.app.note().expect("a reason");
        assert!(note.contains(reason), "{note}");
    }
    for state in [
        "pending",
        "waiting-for-shutdown",
        "bundling",
        "storing",
        "defrosting",
    ] {
        let mut harness = Harness::with(vec![task(ID, state)]);
        assert_eq!(harness.key("c"), [dry_run(ID)], "{state}");
    }
}

#[test]
fn a_cancel_is_not_offered_while_the_list_is_stale() {
    for failure in [throttled(), unreachable()] {
        let mut harness = harness();
        harness.wait(5.0);
        harness.fail(2, failure);
        assert_eq!(harness.key("c"), []);
        assert!(
            harness
                .app
                .note()
                .is_some_and(|note| note.contains("this list is old"))
        );
    }
    // A pause is not a failure: the task is described again before anything is sent.
    let mut harness = harness();
    harness.key("p");
    assert_eq!(harness.key("c"), [dry_run(ID)]);
}

#[test]
fn a_cancel_is_not_offered_twice() {
    let mut harness = sent();
    assert_eq!(harness.key("c"), []);
    assert!(
        harness
            .app
            .note()
            .is_some_and(|note| note.contains("already requested"))
    );
}

#[test]
fn a_stale_list_disables_the_open_dialog() {
    let mut harness = asked();
    harness.wait(5.0);
    harness.fail(2, unreachable());
    assert!(harness.screen().contains("this list is old"));
    assert_eq!(harness.key("y"), []);
    assert_eq!(mark(&harness), None);
}

#[test]
fn a_completed_task_disables_the_open_dialog() {
    let mut harness = asked();
    harness.wait(5.0);
    harness.answer(
        2,
        vec![updated(task(ID, "complete"), "2015-09-15T13:28:00Z")],
    );
    assert!(harness.screen().contains("already complete"));
    assert_eq!(harness.key("y"), []);
    assert_eq!(harness.key("Esc"), []);
    assert_eq!(mark(&harness), None);
}

#[test]
fn the_dialog_keeps_its_task_when_the_list_moves_under_it() {
    let mut harness = asked();
    harness.wait(5.0);
    let mut tasks = three();
    tasks.insert(
        0,
        updated(task("bun-00000000", "pending"), "2015-09-15T13:28:00Z"),
    );
    harness.answer(2, tasks);
    assert_eq!(harness.key("y"), [describe_one(ID)]);
}

#[test]
fn nothing_is_sent_if_the_recheck_fails() {
    let looks = [
        (
            Ok(Some(updated(task(ID, "complete"), "2015-09-15T13:28:00Z"))),
            "already complete",
        ),
        (Ok(None), "no longer lists"),
        (Err(unreachable()), "could not be looked at"),
    ];
    for (result, words) in looks {
        let mut harness = asked();
        harness.key("y");
        assert_eq!(harness.described_one(ID, result), []);
        assert_eq!(harness.app.context(), Context::Outcome);
        let screen = harness.screen();
        assert!(
            screen.contains("Nothing was sent") && screen.contains(words),
            "{screen}"
        );
        assert_eq!(mark(&harness), None);
        harness.key("Enter");
        assert_eq!(harness.app.context(), Context::List);
    }
}

#[test]
fn c_in_the_details_asks_about_the_same_task_and_comes_back() {
    let mut harness = harness();
    harness.key("Enter");
    assert_eq!(harness.key("c"), [dry_run(ID)]);
    assert_eq!(harness.app.context(), Context::Confirm);
    harness.key("n");
    assert_eq!(harness.app.context(), Context::Details);
    harness.key("?");
    harness.key("Esc");
    assert_eq!(harness.app.context(), Context::Details);
}

#[test]
fn a_screen_too_small_for_the_dialog_confirms_nothing() {
    let mut harness = asked();
    harness.send(Msg::Input(vec![Event::Resize(39, 12)]));
    harness.draw();
    for key in ["y", "Tab", "Enter"] {
        assert_eq!(harness.key(key), [], "{key}");
    }
    assert_eq!(mark(&harness), None);
}

#[test]
fn leaving_before_anything_was_sent_says_that() {
    let mut harness = asked();
    harness.key("y");
    let exit_message = harness.app.exit_message().expect("a word on leaving");
    assert!(exit_message.contains("not sent any more"), "{exit_message}");
}

#[test]
fn a_cancel_while_paused_says_that_polling_is_paused() {
    let mut harness = harness();
    harness.key("p");
    harness.key("c");
    harness.key("y");
    assert!(
        harness
            .app
            .note()
            .is_some_and(|note| note.contains("paused"))
    );
}

#[test]
fn a_key_right_after_a_paste_does_not_confirm() {
    let mut harness = asked();
    harness.wait(1.0);
    harness.send(Msg::Input(vec![Event::Paste("text".into())]));
    harness.mono += Duration::from_millis(50);
    assert_eq!(harness.send(Msg::Input(vec![press("y")])), []);
    assert_eq!(mark(&harness), None);
    assert_eq!(harness.key("y"), [describe_one(ID)], "this key counts");
}

#[test]
fn x_does_not_take_a_cancel_under_way_off_the_screen() {
    let mut harness = asked();
    harness.key("y");
    harness.answer(2, vec![]);
    harness.select(ID);
    harness.key("x");
    let note = harness.app.note().expect("a reason");
    assert!(note.contains("under way"), "{note}");
    harness.described_one(ID, Ok(None));
    let screen = harness.screen();
    assert!(
        screen.contains("Nothing was sent: EC2 no longer lists"),
        "{screen}"
    );
}

#[test]
fn an_id_listed_twice_does_not_swallow_a_confirmed_cancel() {
    let mut harness = Harness::with(vec![task(ID, "complete"), task(ID, "storing")]);
    for row in ["g", "G"] {
        harness.key(row);
        let asked = harness.key("c");
        if harness.app.context() == Context::Confirm {
            let sent = harness.key("y");
            let screen = harness.screen();
            assert!(
                sent == [describe_one(ID)] || screen.contains("already complete"),
                "{asked:?} {sent:?} {screen}"
            );
        } else {
            assert!(harness.app.note().is_some());
        }
        harness.key("Esc");
    }
}

#[test]
fn the_newest_dry_run_counts_and_one_that_is_not_answered_says_so() {
    let mut harness = asked();
    let first = harness.request_of(|call, _| matches!(call, Call::DryRun(_)));
    harness.key("n");
    assert_eq!(harness.key("c"), [], "it is not asked for again at once");
    harness.key("n");
    harness.answer(2, three());
    assert_eq!(harness.key("c"), [dry_run(ID)]);
    harness.answered(first, Answer::DryRun(Ok(())));
    assert!(harness.line("Permission").contains("asking EC2"));
    harness.wait(5.0);
    harness.fail(3, expired());
    harness.wait(4.1);
    harness.connect(4);
    harness.answer(4, three());
    let line = harness.line("Permission");
    assert!(
        line.contains("the connection to EC2 was made anew"),
        "{line}"
    );
}

#[test]
fn a_slow_recheck_does_not_overrule_a_newer_list() {
    let mut harness = asked();
    assert_eq!(harness.key("y"), [describe_one(ID)]);
    harness.answer(
        2,
        vec![updated(task(ID, "complete"), "2015-09-15T13:28:00Z")],
    );
    assert_eq!(harness.described_one(ID, Ok(Some(task(ID, "storing")))), []);
    let screen = harness.screen();
    assert!(screen.contains("the task is already complete"), "{screen}");
}

#[test]
fn buttons_that_come_back_must_be_seen_before_they_are_pressed() {
    let mut harness = asked();
    harness.answer(2, vec![task(ID, "complete")]);
    harness.draw();
    harness.answer(3, vec![task(ID, "storing")]);
    harness.draw();
    harness.mono += Duration::from_millis(150);
    assert_eq!(harness.send(Msg::Input(vec![press("y")])), []);
    assert_eq!(mark(&harness), None);
    assert_eq!(harness.key("y"), [describe_one(ID)]);
}

#[test]
fn a_key_typed_ahead_of_fg_does_not_confirm() {
    let mut harness = asked();
    harness.wait(1.0);
    harness.app.leaves_screen();
    assert_eq!(harness.send(Msg::Input(vec![press("y")])), []);
    assert_eq!(mark(&harness), None);
}

#[test]
fn a_key_in_the_same_moment_as_something_else_does_not_confirm() {
    let mut harness = asked();
    harness.wait(1.0);
    let events = vec![Event::FocusGained, press("y")];
    assert_eq!(harness.send(Msg::Input(events)), []);
    assert_eq!(mark(&harness), None);
}
