//! A cancel, from the key press to the end, and everything that can go wrong in between.

use std::time::Duration;

use bundletop::ec2::{Ec2Error, ErrorKind, Operation};
use bundletop::monitor::{Answer, Call, CancelState};
use bundletop::tui::app::Msg;
use bundletop::tui::keymap::Context;
use crossterm::event::Event;
use ratatui::style::Modifier;

use crate::harness::{
    Asked, Harness, cancel, connect, describe, describe_one, dry_run, error, id, press, task,
    three, throttled, unreachable, updated,
};

const ID: &str = "bun-2a4e041c";

/// Three tasks, with the one that can be cancelled selected.
fn harness() -> Harness {
    let mut harness = Harness::with(three());
    harness.select(ID);
    harness
}

/// The same, with the dialog open.
fn asked() -> Harness {
    let mut harness = harness();
    assert_eq!(harness.key("c"), [dry_run(ID)]);
    assert_eq!(harness.app.context(), Context::Confirm);
    harness
}

/// The same, confirmed and checked: the cancel has been sent.
fn sent() -> Harness {
    let mut harness = asked();
    assert_eq!(harness.key("y"), [describe_one(ID)]);
    assert_eq!(
        harness.described_one(ID, Ok(Some(task(ID, "storing")))),
        [cancel(ID)]
    );
    harness
}

fn expired() -> Ec2Error {
    error(
        ErrorKind::Expired,
        Operation::DescribeBundleTasks,
        "RequestExpired",
        "The credentials have expired.",
    )
}

fn mark(harness: &Harness) -> Option<CancelState> {
    harness.cancel_state(ID)
}

fn timed_out() -> Ec2Error {
    error(
        ErrorKind::TimedOut,
        Operation::CancelBundleTask,
        "",
        "EC2 did not answer in time.",
    )
}

#[test]
fn a_cancel_from_confirmation_to_cancelling() {
    let mut harness = sent();
    assert!(harness.line(ID).contains("cancel requested"));
    harness.cancelled(
        ID,
        Ok(Some(updated(
            task(ID, "cancelling"),
            "2015-09-15T13:27:41Z",
        ))),
    );
    assert!(harness.line(ID).contains("cancelling"));
    assert!(harness.app.dialog().is_none());
    // For a minute EC2 is asked every two seconds.
    let mut polls = 0;
    for _ in 0..40 {
        for effect in harness.wait(2.0) {
            let Asked::Describe(poll) = effect else {
                panic!("{effect:?}");
            };
            polls += 1;
            harness.answer(
                poll,
                vec![updated(task(ID, "cancelling"), "2015-09-15T13:27:41Z")],
            );
        }
    }
    assert!((32..=36).contains(&polls), "{polls} polls in 80 s");
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
    assert!(
        button("Cancel the task")
            .add_modifier
            .contains(Modifier::DIM)
    );
    assert!(!button("Keep it").add_modifier.contains(Modifier::DIM));
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
fn an_accepted_cancel_is_never_called_not_cancelled() {
    let mut harness = sent();
    harness.cancelled(ID, Ok(Some(task(ID, "cancelling"))));
    harness.wait(2.0);
    harness.answer(2, vec![]);
    harness.key("c");
    let note = harness.app.note().expect("a reason");
    assert!(note.contains("EC2 accepted the cancel"), "{note}");
    assert!(!note.contains("Not cancelled"), "{note}");
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
        sent.retain(|asked| !matches!(asked, Asked::Describe(_) | Asked::Suspend | Asked::Quit));
        let dry_runs = sent
            .iter()
            .filter(|asked| matches!(asked, Asked::DryRun(_)));
        assert_eq!(dry_runs.count(), sent.len(), "{gap} ms apart: {sent:?}");
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
fn a_cancel_that_never_reached_ec2_is_not_called_refused() {
    let mut harness = sent();
    harness.cancelled(ID, Err(unreachable()));
    let screen = harness.screen();
    assert!(
        screen.contains("did not reach EC2") && !screen.contains("refused the"),
        "{screen}"
    );
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
        (Err(throttled()), "could not be looked at"),
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
fn a_refusal_stays_with_code_message_request_id_and_remedy_until_dismissed() {
    let mut harness = sent();
    harness.cancelled(
        ID,
        Err(error(
            ErrorKind::Denied,
            Operation::CancelBundleTask,
            "UnauthorizedOperation",
            "You are not authorized to perform this operation.",
        )),
    );
    harness.wait(30.0);
    let screen = harness.screen();
    for words in [
        "EC2 refused the cancel",
        "UnauthorizedOperation",
        "You are not authorized",
        "11111111-2222-3333-4444-555555555555",
        "ec2:CancelBundleTask",
    ] {
        assert!(screen.contains(words), "{words} is not in:\n{screen}");
    }
    assert_eq!(mark(&harness), None);
    harness.key("Esc");
    assert!(harness.app.dialog().is_none());
    assert!(harness.line(ID).contains("storing"));
}

#[test]
fn a_key_typed_before_an_outcome_appears_does_not_dismiss_it() {
    let mut harness = sent();
    let typed = harness.now();
    harness.cancelled(ID, Err(throttled()));
    harness.draw();
    harness
        .app
        .update(typed, Msg::Input(vec![press("Enter")]))
        .clear();
    assert_eq!(harness.app.context(), Context::Outcome);
}

#[test]
fn an_outcome_waits_for_another_dialog_to_close() {
    let mut harness = sent();
    harness.key("?");
    harness.cancelled(ID, Err(throttled()));
    assert_eq!(harness.app.context(), Context::Help);
    harness.key("Esc");
    assert_eq!(harness.app.context(), Context::Outcome);
}

#[test]
fn a_lost_answer_is_neither_success_nor_failure_and_ec2_is_asked() {
    let losses = [
        timed_out(),
        error(
            ErrorKind::AnswerLost,
            Operation::CancelBundleTask,
            "",
            "The connection ended.",
        ),
        error(
            ErrorKind::Unparsable,
            Operation::CancelBundleTask,
            "",
            "The answer is cut short.",
        ),
    ];
    for loss in losses {
        let mut harness = sent();
        assert_eq!(harness.cancelled(ID, Err(loss)), [describe_one(ID)]);
        let screen = harness.screen();
        assert!(screen.contains("It may or may"), "{screen}");
        assert_eq!(mark(&harness), Some(CancelState::AnswerLost));
        assert!(
            harness
                .app
                .exit_message()
                .is_some_and(|words| words.contains(ID))
        );
        let found = updated(task(ID, "cancelling"), "2015-09-15T13:28:00Z");
        harness.described_one(ID, Ok(Some(found)));
        assert!(harness.screen().contains("EC2 now says: cancelling."));
        assert_eq!(mark(&harness), Some(CancelState::Settled));
        harness.draw();
        assert_eq!(harness.app.exit_message(), None);
    }
}

#[test]
fn when_asking_after_a_lost_answer_fails_too_a_poll_a_minute_later_settles_it() {
    let mut harness = sent();
    harness.cancelled(ID, Err(timed_out()));
    harness.described_one(ID, Err(unreachable()));
    assert!(harness.screen().contains("failed too"));
    harness.key("Esc");
    assert!(harness.line(ID).contains("no answer"));
    let storing = || vec![updated(task(ID, "storing"), "2015-09-15T13:28:00Z")];
    harness.answer(2, storing());
    assert_eq!(
        mark(&harness),
        Some(CancelState::AnswerLost),
        "EC2 may not know of the cancel yet"
    );
    harness.wait(61.0);
    harness.answer(3, storing());
    harness.answer(4, storing());
    assert_eq!(mark(&harness), None);
    let screen = harness.screen();
    assert!(screen.contains("EC2 still reports storing"), "{screen}");
    harness.key("Esc");
    assert_eq!(harness.key("c"), [dry_run(ID)], "it can be tried again");
}

#[test]
fn leaving_with_a_cancel_on_its_way_says_so() {
    let mut harness = sent();
    assert_eq!(harness.key("q"), [Asked::Quit]);
    let exit_message = harness.app.exit_message().expect("a word on leaving");
    assert!(
        exit_message.contains(ID) && exit_message.contains("not answered yet"),
        "{exit_message}"
    );
}

#[test]
fn a_cancelled_task_that_vanishes_stays_dimmed_until_dismissed() {
    let mut harness = sent();
    harness.cancelled(
        ID,
        Ok(Some(updated(
            task(ID, "cancelling"),
            "2015-09-15T13:27:41Z",
        ))),
    );
    harness.key("g");
    harness.wait(2.0);
    harness.answer(2, vec![]);
    assert!(
        harness.line(ID).contains("no longer listed"),
        "though it is not selected"
    );
    harness.select(ID);
    assert_eq!(harness.key("c"), []);
    harness.key("x");
    assert!(!harness.screen().contains(ID));
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
fn a_state_that_nobody_documented_shows_as_it_came() {
    // After a lost answer it says nothing about the cancel.
    let mut harness = sent();
    harness.cancelled(ID, Err(timed_out()));
    let found = updated(task(ID, "validating"), "2015-09-15T13:28:00Z");
    harness.described_one(ID, Ok(Some(found)));
    harness.key("Esc");
    assert_eq!(mark(&harness), Some(CancelState::AnswerLost));
    let screen = harness.screen();
    assert!(harness.line(ID).contains("validating"), "{screen}");
    assert!(!screen.contains("EC2 accepted"), "{screen}");
    assert!(harness.app.exit_message().is_some());
    // After an accepted cancel it is news, not hidden behind "cancel requested".
    let mut harness = sent();
    harness.cancelled(ID, Ok(Some(task(ID, "cancelling"))));
    harness.answer(
        2,
        vec![updated(task(ID, "cancelled"), "2015-09-15T13:28:00Z")],
    );
    assert!(harness.line(ID).contains("cancelled"));
    assert!(!harness.line(ID).contains("requested"));
}

#[test]
fn a_lost_cancel_is_settled_by_newer_evidence_only() {
    let mut harness = sent();
    harness.cancelled(ID, Err(timed_out()));
    // A stale read.
    harness.described_one(ID, Ok(Some(task(ID, "storing"))));
    harness.key("Esc");
    assert_eq!(mark(&harness), Some(CancelState::AnswerLost));
    assert_eq!(harness.key("c"), [], "a second cancel stays blocked");
    assert!(harness.app.exit_message().is_some());
    harness.answer(
        2,
        vec![updated(task(ID, "cancelling"), "2015-09-15T13:28:00Z")],
    );
    assert_eq!(mark(&harness), Some(CancelState::Settled));
    assert_eq!(harness.app.exit_message(), None);
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
fn a_lost_cancel_of_a_row_taken_off_the_screen_is_still_named_on_leaving() {
    let mut harness = sent();
    harness.cancelled(ID, Err(timed_out()));
    harness.described_one(ID, Ok(None));
    harness.key("Esc");
    harness.select(ID);
    harness.key("x");
    assert!(!harness.screen().contains(ID));
    assert!(
        harness
            .app
            .exit_message()
            .is_some_and(|words| words.contains(ID))
    );
}

#[test]
fn outcomes_of_two_cancels_of_one_task_are_not_mixed_up() {
    let mut harness = sent();
    harness.cancelled(ID, Err(timed_out()));
    let first_lookup = harness.request_of(|call, _| matches!(call, Call::DescribeOne(_)));
    harness.key("?"); // the outcome stays open, the help waits behind it
    harness.wait(61.0);
    let storing = || vec![updated(task(ID, "storing"), "2015-09-15T13:28:00Z")];
    for poll in 2..6 {
        harness.answer(poll, storing());
    }
    assert_eq!(mark(&harness), None, "settled: it goes on");
    let screen = harness.screen();
    assert!(screen.contains("EC2 now says: storing."), "{screen}");
    harness.key("Esc");
    harness.send_cancel(ID);
    harness.cancelled(ID, Err(timed_out()));
    assert!(harness.screen().contains("Asking EC2 what became of it."));
    harness.answered(first_lookup, Answer::DescribedOne(Ok(None)));
    let screen = harness.screen();
    assert!(
        screen.contains("Asking EC2 what became of it."),
        "the first one's: {screen}"
    );
}

#[test]
fn the_answer_to_a_cancel_is_when_the_task_was_last_seen() {
    let mut harness = sent();
    harness.wait(3.0);
    harness.cancelled(ID, Ok(Some(task(ID, "cancelling"))));
    let seen = harness
        .app
        .tasks()
        .by_id(&id(ID))
        .expect("listed")
        .last_listed;
    assert_eq!(seen, harness.now().wall);
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
fn an_outcome_that_was_not_read_is_told_on_leaving() {
    let mut harness = sent();
    harness.key("?");
    let refused = error(
        ErrorKind::WrongState,
        Operation::CancelBundleTask,
        "IncorrectState",
        "Too late.",
    );
    harness.cancelled(ID, Err(refused));
    harness.key("Ctrl-C");
    let message = harness.app.exit_message().expect("the refusal");
    assert!(
        message.contains(ID) && message.contains("was refused: IncorrectState"),
        "{message}"
    );
}

#[test]
fn a_state_that_ends_the_task_is_shown_while_its_cancel_is_out() {
    for state in ["failed", "complete", "cancelling", "validating"] {
        let mut harness = sent();
        harness.answer(2, vec![updated(task(ID, state), "2015-09-15T13:28:00Z")]);
        let line = harness.line(ID);
        assert!(
            line.contains(state) && !line.contains("requested"),
            "{line}"
        );
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
fn an_id_listed_twice_settles_nothing() {
    let mut harness = sent();
    harness.cancelled(ID, Err(timed_out()));
    harness.described_one(ID, Err(unreachable()));
    harness.key("Esc");
    let twice = vec![
        updated(task(ID, "complete"), "2015-09-15T13:28:00Z"),
        updated(task(ID, "storing"), "2015-09-15T13:28:00Z"),
    ];
    harness.answer(2, twice);
    assert_eq!(mark(&harness), Some(CancelState::AnswerLost));
    assert!(harness.app.exit_message().is_some());
}

#[test]
fn a_late_lookup_does_not_replace_newer_evidence() {
    let late = [Ok(Some(task(ID, "storing"))), Ok(None), Err(unreachable())];
    for lookup in late {
        let mut harness = sent();
        harness.cancelled(ID, Err(timed_out()));
        harness.answer(
            2,
            vec![updated(task(ID, "cancelling"), "2015-09-15T13:28:00Z")],
        );
        assert!(harness.screen().contains("EC2 now says: cancelling."));
        harness.described_one(ID, lookup);
        let screen = harness.screen();
        assert!(screen.contains("EC2 now says: cancelling."), "{screen}");
        harness.key("Esc");
        assert!(harness.line(ID).contains("cancelling"));
    }
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
    assert!(harness.line(ID).contains("Nothing") || screen.contains("complete"));
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

#[test]
fn a_lost_cancel_settled_before_its_outcome_was_read_is_told_on_leaving() {
    let mut harness = sent();
    harness.key("?");
    harness.cancelled(ID, Err(timed_out()));
    let found = updated(task(ID, "cancelling"), "2015-09-15T13:28:00Z");
    harness.described_one(ID, Ok(Some(found)));
    let message = harness.app.exit_message().expect("the outcome");
    assert!(
        message.contains(ID) && message.contains("cancelling"),
        "{message}"
    );
}

#[test]
fn an_outcome_on_a_screen_that_is_too_small_was_not_read() {
    let mut harness = sent();
    harness.send(Msg::Input(vec![Event::Resize(22, 4)]));
    harness.draw();
    harness.cancelled(ID, Err(throttled()));
    harness.draw();
    let message = harness.app.exit_message().expect("the outcome");
    assert!(
        message.contains(ID) && message.contains("RequestLimitExceeded"),
        "{message}"
    );
    assert_eq!(harness.key("q"), [Asked::Quit], "as the screen says");
}
