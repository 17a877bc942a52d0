//! What becomes of a cancel that was sent, and how it is told.

use bundletop::ec2::{ErrorKind, Operation};
use bundletop::monitor::{Answer, Call, CancelState};
use bundletop::tui::app::Msg;
use bundletop::tui::keymap::Context;
use crossterm::event::Event;

use super::cancel::{ID, mark, sent};
use crate::harness::{
    Asked, denied, describe_one, dry_run, error, id, press, task, timed_out, unreachable, updated,
};

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
    harness.cancelled(ID, Err(denied()));
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
    harness.cancelled(ID, Err(denied()));
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
    assert_eq!(harness.key("q"), [], "it asks first");
    let screen = harness.screen();
    assert!(screen.contains("A cancel is under way"), "{screen}");
    assert!(harness.line("sent, not answered").contains(ID));
    harness.key("Esc");
    assert_eq!(harness.key("Ctrl-C"), []);
    assert_eq!(harness.key("y"), [Asked::Quit]);
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
        harness.line(ID).contains("gone after cancel"),
        "though it is not selected"
    );
    harness.select(ID);
    assert_eq!(harness.key("c"), []);
    harness.key("x");
    assert!(harness.rows().all(|row| row.task.bundle_id.as_str() != ID));
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
fn a_lost_cancel_of_a_row_taken_off_the_screen_is_still_named_on_leaving() {
    let mut harness = sent();
    harness.cancelled(ID, Err(timed_out()));
    harness.described_one(ID, Ok(None));
    harness.key("Esc");
    harness.select(ID);
    harness.key("x");
    assert!(harness.rows().all(|row| row.task.bundle_id.as_str() != ID));
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
    harness.cancelled(ID, Err(denied()));
    harness.draw();
    let message = harness.app.exit_message().expect("the outcome");
    assert!(
        message.contains(ID) && message.contains("UnauthorizedOperation"),
        "{message}"
    );
    assert_eq!(harness.key("q"), [Asked::Quit], "as the screen says");
}
