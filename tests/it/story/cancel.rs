//! A cancel, from the key to the end, and everything that can come between.

use std::time::Duration;

use bundletop::ec2::{Ec2Error, ErrorKind, Operation};
use bundletop::task::BundleTask;
use bundletop::tui::keymap::Context;
use bundletop::tui::state::{CancelMark, Effect, Look, Msg};
use crossterm::event::Event;

use crate::stage::{Stage, error, id, press, task, three, throttled, unreachable, updated};

const ID: &str = "bun-2a4e041c";

/// The three tasks, the one that can be cancelled selected.
fn stage() -> Stage {
    let mut stage = Stage::with(three());
    stage.select(ID);
    stage
}

/// The same, the dialog open.
fn asked() -> Stage {
    let mut stage = stage();
    assert_eq!(stage.key("c"), [Effect::DryRun(id(ID))]);
    assert_eq!(stage.state.context(), Context::Confirm);
    stage
}

/// The same, confirmed and looked at: the cancel is on its way.
fn sent() -> Stage {
    let mut stage = asked();
    assert_eq!(stage.key("y"), [look()]);
    assert_eq!(
        looked(&mut stage, Ok(Some(task(ID, "storing")))),
        [Effect::Cancel(id(ID))]
    );
    stage
}

fn look() -> Effect {
    Effect::Look(id(ID), Look::BeforeCancel)
}

fn looked(stage: &mut Stage, result: Result<Option<BundleTask>, Ec2Error>) -> Vec<Effect> {
    stage.send(Msg::Looked {
        id: id(ID),
        look: Look::BeforeCancel,
        result,
    })
}

fn cancelled(stage: &mut Stage, result: Result<Option<BundleTask>, Ec2Error>) -> Vec<Effect> {
    stage.send(Msg::Cancelled { id: id(ID), result })
}

fn mark(stage: &Stage) -> CancelMark {
    stage.state.rows.find(&id(ID)).expect("it is listed").cancel
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
fn the_whole_way() {
    let mut stage = sent();
    assert!(stage.line(ID).contains("cancel requested"));
    cancelled(
        &mut stage,
        Ok(Some(updated(
            task(ID, "cancelling"),
            "2015-09-15T13:27:41Z",
        ))),
    );
    assert!(stage.line(ID).contains("cancelling"));
    assert!(stage.state.dialog.is_none());
    // For a minute EC2 is asked every two seconds.
    let mut polls = 0;
    for _ in 0..40 {
        for effect in stage.wait(2.0) {
            let Effect::Describe { asked } = effect else {
                panic!("{effect:?}");
            };
            polls += 1;
            stage.answer(
                asked,
                vec![updated(task(ID, "cancelling"), "2015-09-15T13:27:41Z")],
            );
        }
    }
    assert!((32..=36).contains(&polls), "{polls} polls in 80 s");
}

#[test]
fn y_says_requested_from_the_key_press_on() {
    let mut stage = asked();
    stage.key("y");
    assert!(stage.line(ID).contains("cancel requested"));
    assert_eq!(mark(&stage), CancelMark::Checking);
    assert_eq!(stage.state.context(), Context::List);
}

#[test]
fn enter_esc_and_n_keep_the_task() {
    for key in ["Enter", "Esc", "n"] {
        let mut stage = asked();
        assert_eq!(stage.key(key), [], "{key}");
        assert_eq!(stage.state.context(), Context::List);
        assert_eq!(mark(&stage), CancelMark::None);
    }
}

#[test]
fn the_key_that_opens_the_dialog_never_confirms_it() {
    let mut stage = asked();
    for _ in 0..10 {
        assert_eq!(stage.key("c"), []);
    }
    assert_eq!(stage.state.context(), Context::Confirm);
}

#[test]
fn the_focused_button_confirms_by_enter() {
    let mut stage = asked();
    stage.key("Tab");
    assert_eq!(stage.key("Enter"), [look()]);
    let mut stage = asked();
    stage.key("Tab");
    stage.key("Tab");
    assert_eq!(stage.key("Enter"), [], "the focus is back where it began");
}

#[test]
fn keys_typed_ahead_do_not_confirm() {
    let mut stage = stage();
    assert_eq!(stage.keys_at_once(&["c", "y"]), [Effect::DryRun(id(ID))]);
    assert_eq!(stage.state.context(), Context::Confirm, "the dialog waits");
    // Nor do those that come sooner than anyone can have read it.
    stage.draw();
    for _ in 0..2 {
        stage.mono += Duration::from_millis(90);
        assert_eq!(stage.send(Msg::Input(vec![press("y")])), []);
    }
    assert!(stage.screen().contains("press it again"));
    assert_eq!(stage.key("y"), [look()], "meant this time");
}

#[test]
fn a_paste_that_trickles_in_does_not_confirm() {
    for gap in [1, 5, 20, 50, 99] {
        let mut stage = stage();
        let mut sent = Vec::new();
        for letter in "git checkout my-branch; yes; c y Tab y".chars() {
            stage.mono += Duration::from_millis(gap);
            sent.extend(stage.send(Msg::Input(vec![press(&letter.to_string())])));
            stage.draw();
        }
        sent.retain(|effect| !matches!(effect, Effect::Describe { .. } | Effect::Quit));
        let dry_runs = sent
            .iter()
            .filter(|effect| matches!(effect, Effect::DryRun(_)));
        assert_eq!(dry_runs.count(), sent.len(), "{gap} ms apart: {sent:?}");
    }
}

#[test]
fn the_focus_does_not_move_by_a_key_typed_ahead() {
    let mut stage = stage();
    stage.keys_at_once(&["c", "Tab"]);
    assert_eq!(stage.key("Enter"), []);
    assert_eq!(stage.state.context(), Context::List, "Enter kept the task");
}

#[test]
fn the_key_that_would_cancel_is_named_once_it_would() {
    let mut stage = stage();
    stage.send(Msg::Input(vec![press("c")]));
    stage.draw();
    assert!(!stage.screen().contains("Enter              y"));
    stage.wait(0.21);
    assert!(stage.state.take_dirty());
    assert!(stage.screen().contains("Enter              y"));
}

#[test]
fn a_dialog_that_comes_back_on_the_screen_must_be_seen_anew() {
    let mut stage = asked();
    // As after a resize, and as after Ctrl-Z and fg.
    stage.send(Msg::Input(vec![Event::Resize(100, 30)]));
    stage.draw();
    stage.mono += Duration::from_millis(150);
    assert_eq!(stage.send(Msg::Input(vec![press("y")])), []);
    assert_eq!(mark(&stage), CancelMark::None);
}

#[test]
fn a_cancel_confirmed_on_one_connection_is_not_sent_on_another() {
    let mut stage = asked();
    stage.key("y");
    stage.connect(7);
    assert!(stage.screen().contains("the connection to EC2"));
    assert_eq!(looked(&mut stage, Ok(Some(task(ID, "storing")))), []);
    assert_eq!(mark(&stage), CancelMark::None);
}

#[test]
fn a_cancel_that_never_reached_ec2_is_not_called_refused() {
    let mut stage = sent();
    cancelled(&mut stage, Err(unreachable()));
    let screen = stage.screen();
    assert!(
        screen.contains("did not reach EC2") && !screen.contains("refused the"),
        "{screen}"
    );
}

#[test]
fn a_task_without_an_id_cannot_be_cancelled() {
    let mut stage = Stage::with(vec![task("", "storing")]);
    assert_eq!(stage.key("c"), []);
    assert!(
        stage
            .state
            .note
            .as_deref()
            .is_some_and(|note| note.contains("no ID"))
    );
}

#[test]
fn other_keys_make_the_account_unknown_until_it_is_asked_for() {
    let mut stage = asked();
    assert!(stage.line("Account").contains("123456789012"));
    assert_eq!(stage.send(Msg::KeysChanged), [Effect::Identify]);
    assert!(stage.line("Account").contains("not known"));
}

#[test]
fn keys_that_come_together_do_not_confirm() {
    for keys in [
        &["y", "e", "s"][..],
        &["x", "y"],
        &["y", "y"],
        &["Tab", "Enter"],
    ] {
        let mut stage = asked();
        assert_eq!(stage.keys_at_once(keys), [], "{keys:?}");
        assert_eq!(mark(&stage), CancelMark::None);
    }
    let mut stage = asked();
    stage.mono += Duration::from_secs(1);
    assert_eq!(stage.send(Msg::Input(vec![Event::Paste("y".into())])), []);
    assert_eq!(mark(&stage), CancelMark::None);
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
        let mut stage = asked();
        assert!(stage.line("Permission").contains("asking EC2"));
        stage.send(Msg::DryRun { id: id(ID), result });
        assert!(stage.line("Permission").contains(words));
    }
}

#[test]
fn a_late_dry_run_of_another_task_is_not_taken_for_this_one() {
    let mut stage = asked();
    stage.send(Msg::DryRun {
        id: id("bun-0000000a"),
        result: Ok(()),
    });
    assert!(stage.line("Permission").contains("asking EC2"));
}

#[test]
fn it_is_not_offered_where_it_cannot_be_and_the_reason_is_said() {
    for (state, reason) in [
        ("complete", "already complete"),
        ("failed", "already failed"),
        ("cancelling", "already cancelling"),
        ("canceling", "already canceling"),
    ] {
        let mut stage = Stage::with(vec![task(ID, state)]);
        assert_eq!(stage.key("c"), [], "{state}");
        assert!(stage.state.dialog.is_none());
        let note = stage.state.note.clone().expect("a reason");
        assert!(note.contains(reason), "{note}");
    }
    for state in [
        "pending",
        "waiting-for-shutdown",
        "bundling",
        "storing",
        "defrosting",
    ] {
        let mut stage = Stage::with(vec![task(ID, state)]);
        assert_eq!(stage.key("c"), [Effect::DryRun(id(ID))], "{state}");
    }
}

#[test]
fn it_is_not_offered_while_the_list_is_old() {
    for failure in [throttled(), unreachable()] {
        let mut stage = stage();
        stage.wait(5.0);
        stage.fail(2, failure);
        assert_eq!(stage.key("c"), []);
        assert!(
            stage
                .state
                .note
                .as_deref()
                .is_some_and(|note| note.contains("this list is old"))
        );
    }
    // A pause alone is a wish, not a fault: the task is looked at before anything is sent.
    let mut stage = stage();
    stage.key("p");
    assert_eq!(stage.key("c"), [Effect::DryRun(id(ID))]);
}

#[test]
fn it_is_not_offered_twice() {
    let mut stage = sent();
    assert_eq!(stage.key("c"), []);
    assert!(
        stage
            .state
            .note
            .as_deref()
            .is_some_and(|note| note.contains("already requested"))
    );
}

#[test]
fn a_list_that_grows_old_under_the_dialog_takes_its_button() {
    let mut stage = asked();
    stage.wait(5.0);
    stage.fail(2, unreachable());
    assert!(stage.screen().contains("this list is old"));
    assert_eq!(stage.key("y"), []);
    assert_eq!(mark(&stage), CancelMark::None);
}

#[test]
fn a_task_that_completes_under_the_dialog_takes_its_button() {
    let mut stage = asked();
    stage.wait(5.0);
    stage.answer(
        2,
        vec![updated(task(ID, "complete"), "2015-09-15T13:28:00Z")],
    );
    assert!(stage.screen().contains("already complete"));
    assert_eq!(stage.key("y"), []);
    assert_eq!(stage.key("Esc"), []);
    assert_eq!(mark(&stage), CancelMark::None);
}

#[test]
fn the_dialog_keeps_its_task_when_the_list_moves_under_it() {
    let mut stage = asked();
    stage.wait(5.0);
    let mut tasks = three();
    tasks.insert(
        0,
        updated(task("bun-00000000", "pending"), "2015-09-15T13:28:00Z"),
    );
    stage.answer(2, tasks);
    assert_eq!(stage.key("y"), [look()]);
}

#[test]
fn nothing_is_sent_when_the_last_look_says_no() {
    let looks = [
        (
            Ok(Some(updated(task(ID, "complete"), "2015-09-15T13:28:00Z"))),
            "already complete",
        ),
        (Ok(None), "no longer lists"),
        (Err(throttled()), "could not be looked at"),
    ];
    for (result, words) in looks {
        let mut stage = asked();
        stage.key("y");
        assert_eq!(looked(&mut stage, result), []);
        assert_eq!(stage.state.context(), Context::Outcome);
        let screen = stage.screen();
        assert!(
            screen.contains("Nothing was sent") && screen.contains(words),
            "{screen}"
        );
        assert_eq!(mark(&stage), CancelMark::None);
        stage.key("Enter");
        assert_eq!(stage.state.context(), Context::List);
    }
}

#[test]
fn a_refusal_stays_with_code_message_request_id_and_remedy_until_dismissed() {
    let mut stage = sent();
    cancelled(
        &mut stage,
        Err(error(
            ErrorKind::Denied,
            Operation::CancelBundleTask,
            "UnauthorizedOperation",
            "You are not authorized to perform this operation.",
        )),
    );
    stage.wait(30.0);
    let screen = stage.screen();
    for words in [
        "EC2 refused the cancel",
        "UnauthorizedOperation",
        "You are not authorized",
        "11111111-2222-3333-4444-555555555555",
        "ec2:CancelBundleTask",
    ] {
        assert!(screen.contains(words), "{words} is not in:\n{screen}");
    }
    assert_eq!(mark(&stage), CancelMark::None);
    stage.key("Esc");
    assert!(stage.state.dialog.is_none());
    assert!(stage.line(ID).contains("storing"));
}

#[test]
fn an_outcome_is_not_dismissed_by_a_key_on_its_way_to_something_else() {
    let mut stage = sent();
    let typed = stage.now();
    cancelled(&mut stage, Err(throttled()));
    stage.draw();
    stage
        .state
        .update(typed, Msg::Input(vec![press("Enter")]))
        .clear();
    assert_eq!(stage.state.context(), Context::Outcome);
}

#[test]
fn an_outcome_waits_for_another_dialog_to_close() {
    let mut stage = sent();
    stage.key("?");
    cancelled(&mut stage, Err(throttled()));
    assert_eq!(stage.state.context(), Context::Help);
    stage.key("Esc");
    assert_eq!(stage.state.context(), Context::Outcome);
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
        let mut stage = sent();
        let after = Effect::Look(id(ID), Look::AfterLostAnswer);
        assert_eq!(cancelled(&mut stage, Err(loss)), [after]);
        let screen = stage.screen();
        assert!(screen.contains("It may or may"), "{screen}");
        assert_eq!(mark(&stage), CancelMark::Unanswered);
        assert!(
            stage
                .state
                .farewell()
                .is_some_and(|words| words.contains(ID))
        );
        stage.send(Msg::Looked {
            id: id(ID),
            look: Look::AfterLostAnswer,
            result: Ok(Some(updated(
                task(ID, "cancelling"),
                "2015-09-15T13:28:00Z",
            ))),
        });
        assert!(stage.screen().contains("EC2 now says: cancelling."));
        assert_eq!(mark(&stage), CancelMark::Accepted);
        assert_eq!(stage.state.farewell(), None);
    }
}

#[test]
fn when_asking_after_a_lost_answer_fails_too_the_next_poll_settles_it() {
    let mut stage = sent();
    cancelled(&mut stage, Err(timed_out()));
    stage.send(Msg::Looked {
        id: id(ID),
        look: Look::AfterLostAnswer,
        result: Err(unreachable()),
    });
    assert!(stage.screen().contains("failed too"));
    stage.key("Esc");
    assert!(stage.line(ID).contains("no answer"));
    stage.wait(5.0);
    stage.answer(
        2,
        vec![updated(task(ID, "storing"), "2015-09-15T13:28:00Z")],
    );
    assert_eq!(mark(&stage), CancelMark::None);
    assert_eq!(
        stage.key("c"),
        [Effect::DryRun(id(ID))],
        "it can be tried again"
    );
}

#[test]
fn leaving_with_a_cancel_on_its_way_says_so() {
    let mut stage = sent();
    assert_eq!(stage.key("q"), [Effect::Quit]);
    let farewell = stage.state.farewell().expect("a word on leaving");
    assert!(
        farewell.contains(ID) && farewell.contains("not answered yet"),
        "{farewell}"
    );
}

#[test]
fn a_cancelled_task_that_vanishes_stays_dimmed_until_dismissed() {
    let mut stage = sent();
    cancelled(
        &mut stage,
        Ok(Some(updated(
            task(ID, "cancelling"),
            "2015-09-15T13:27:41Z",
        ))),
    );
    stage.key("g");
    stage.wait(2.0);
    stage.answer(2, vec![]);
    assert!(
        stage.line(ID).contains("no longer listed"),
        "though it is not selected"
    );
    stage.select(ID);
    assert_eq!(stage.key("c"), []);
    stage.key("x");
    assert!(!stage.screen().contains(ID));
}

#[test]
fn c_in_the_details_asks_about_the_same_task_and_comes_back() {
    let mut stage = stage();
    stage.key("Enter");
    assert_eq!(stage.key("c"), [Effect::DryRun(id(ID))]);
    assert_eq!(stage.state.context(), Context::Confirm);
    stage.key("n");
    assert_eq!(stage.state.context(), Context::Details);
    stage.key("?");
    stage.key("Esc");
    assert_eq!(stage.state.context(), Context::Details);
}

#[test]
fn a_screen_too_small_for_the_dialog_confirms_nothing() {
    let mut stage = asked();
    stage.send(Msg::Input(vec![Event::Resize(39, 12)]));
    stage.draw();
    for key in ["y", "Tab", "Enter"] {
        assert_eq!(stage.key(key), [], "{key}");
    }
    assert_eq!(mark(&stage), CancelMark::None);
}

#[test]
fn leaving_before_anything_was_sent_says_that() {
    let mut stage = asked();
    stage.key("y");
    let farewell = stage.state.farewell().expect("a word on leaving");
    assert!(farewell.contains("not sent any more"), "{farewell}");
}

#[test]
fn a_cancel_while_paused_says_that_nobody_looks() {
    let mut stage = stage();
    stage.key("p");
    stage.key("c");
    stage.key("y");
    assert!(
        stage
            .state
            .note
            .as_deref()
            .is_some_and(|note| note.contains("paused"))
    );
}
