//! Cancelling all marked tasks.

use std::collections::HashSet;

use bundletop::ec2::{Ec2Error, ErrorKind, Operation};
use bundletop::task::BundleTask;
use bundletop::tui::app::Msg;
use bundletop::tui::keymap::Context;

use crate::harness::{
    Asked, Harness, cancel, denied, describe_one, dry_run, error, press, task, timed_out, updated,
};

fn many(count: usize) -> Vec<BundleTask> {
    (0..count)
        .map(|n| task(&format!("bun-{n:04}"), "storing"))
        .collect()
}

fn id(number: usize) -> String {
    format!("bun-{number:04}")
}

/// Those of what was asked that have to do with single tasks.
fn of_tasks(asked: Vec<Asked>) -> Vec<Asked> {
    let is_poll = |asked: &Asked| matches!(asked, Asked::Describe(_) | Asked::Connect(_));
    asked.into_iter().filter(|asked| !is_poll(asked)).collect()
}

/// All tasks are marked, and the dialog is open.
fn asked(count: usize) -> Harness {
    let mut harness = Harness::with(many(count));
    harness.key("*");
    harness.key("c");
    assert_eq!(harness.app.context(), Context::ConfirmTyped);
    harness
}

/// The cancels are confirmed.
fn confirmed(count: usize) -> Harness {
    let mut harness = asked(count);
    for digit in count.to_string().chars() {
        harness.key(&digit.to_string());
    }
    harness.key("Enter");
    assert_eq!(harness.app.context(), Context::Cancels);
    harness
}

/// EC2 describes a task before its cancel as it was.
fn rechecked(harness: &mut Harness, number: usize) -> Vec<Asked> {
    of_tasks(harness.described_one(&id(number), Ok(Some(task(&id(number), "storing")))))
}

fn accepted(harness: &mut Harness, number: usize) -> Vec<Asked> {
    let cancelling = updated(task(&id(number), "cancelling"), "2015-09-15T13:28:00Z");
    of_tasks(harness.cancelled(&id(number), Ok(Some(cancelling))))
}

#[test]
fn the_dialog_lists_every_task_and_says_which_cannot_be_cancelled_and_why() {
    let mut tasks = many(3);
    tasks.push(task("bun-done", "complete"));
    tasks.push(task("bun-failed", "failed"));
    let mut harness = Harness::with(tasks);
    harness.key("*");
    harness.key("c");
    let screen = harness.screen();
    assert!(screen.contains("Cancel 3 of 5 bundle tasks?"), "{screen}");
    for (id, words) in [
        (
            "bun-0000",
            &["storing 72%", "i-1a2b3c4d", "bundletasks/winami"][..],
        ),
        ("bun-0002", &["storing 72%"]),
        ("bun-done", &["complete"]),
        ("bun-failed", &["failed"]),
    ] {
        let lines: Vec<_> = screen.lines().filter(|line| line.contains(id)).collect();
        let shown = |word| lines.iter().any(|line| line.contains(word));
        assert!(words.iter().all(shown), "{id}\n{screen}");
    }
    assert!(screen.contains("the task is already complete"), "{screen}");
    assert!(screen.contains("the task has already failed"), "{screen}");
    assert!(
        screen.contains("To cancel these 3 tasks, type 3 and press Enter:"),
        "{screen}"
    );
}

#[test]
fn one_dry_run_for_each_and_a_denied_one_is_left_out() {
    let mut harness = Harness::with(many(3));
    harness.key("*");
    let asked = of_tasks(harness.key("c"));
    assert_eq!(asked, [dry_run(&id(0)), dry_run(&id(1)), dry_run(&id(2))]);
    assert!(harness.screen().contains("3 being asked"));
    harness.permission(&id(0), Ok(()));
    harness.permission(&id(1), Err(denied()));
    let screen = harness.screen();
    assert!(
        screen.contains("1 allowed, 1 denied, 1 being asked"),
        "{screen}"
    );
    assert!(
        screen.contains("EC2 would refuse (UnauthorizedOperation)"),
        "{screen}"
    );
    assert!(screen.contains("type 2 and press Enter"), "{screen}");
    harness.key("2");
    let asked = of_tasks(harness.key("Enter"));
    assert_eq!(asked, [describe_one(&id(0)), describe_one(&id(2))]);
}

#[test]
fn only_the_right_number_confirms_and_enter_alone_keeps() {
    let mut harness = asked(12);
    harness.key("1");
    harness.key("Enter");
    let screen = harness.screen();
    assert!(
        screen.contains("12 can be cancelled, and \"1\" is typed."),
        "{screen}"
    );
    harness.key("2");
    assert!(!harness.screen().contains("is typed."));
    let asked_for = of_tasks(harness.key("Enter"));
    assert_eq!(
        asked_for.len(),
        8,
        "at most eight are unanswered: {asked_for:?}"
    );
    for key in ["Enter", "Esc", "Ctrl-C"] {
        let mut harness = asked(12);
        harness.key(key);
        assert_eq!(harness.app.context(), Context::List, "{key}");
        assert_eq!(harness.app.list().marks().len(), 12, "the marks stay");
    }
}

#[test]
fn a_pasted_number_with_enter_does_not_confirm() {
    let mut harness = asked(2);
    let asked = harness.keys_at_once(&["2", "Enter"]);
    assert_eq!(of_tasks(asked), []);
    assert_eq!(harness.app.context(), Context::ConfirmTyped);
    assert!(harness.screen().contains("came too soon"));
    // Nor what is typed before the dialog was seen.
    let mut harness = Harness::with(many(2));
    harness.key("*");
    harness.send(Msg::Input(vec![press("c"), press("2"), press("Enter")]));
    assert_eq!(harness.app.context(), Context::ConfirmTyped);
}

#[test]
fn the_number_must_be_that_of_the_tasks_that_can_be_cancelled_when_enter_is_pressed() {
    let mut harness = asked(3);
    harness.key("3");
    let mut tasks = many(3);
    tasks[1] = updated(task(&id(1), "complete"), "2015-09-15T13:28:00Z");
    harness.answer(2, tasks);
    assert!(harness.screen().contains("type 2 and press Enter"));
    harness.key("Enter");
    assert_eq!(harness.app.context(), Context::ConfirmTyped);
    assert!(
        harness
            .screen()
            .contains("2 can be cancelled, and \"3\" is typed.")
    );
}

#[test]
fn cancels_keep_to_the_rate_and_to_the_number_in_flight() {
    let mut harness = confirmed(60);
    let mut rechecks = 0;
    let mut sent: Vec<(f64, usize)> = Vec::new();
    let mut out: Vec<usize> = (0..8).collect();
    let mut time = 0.0;
    rechecks += out.len();
    while sent.len() < 60 {
        assert!(out.len() <= 8, "{out:?}");
        let mut next = Vec::new();
        for number in out.drain(..) {
            assert_eq!(rechecked(&mut harness, number), [cancel(&id(number))]);
            sent.push((time, number));
            next.extend(accepted(&mut harness, number));
        }
        if next.is_empty() {
            next = of_tasks(harness.wait(0.1));
            time += 0.1;
        }
        out = next
            .into_iter()
            .map(|asked| {
                let Asked::DescribeOne(id) = asked else {
                    panic!("{asked:?}")
                };
                id.as_str()[4..].parse().expect("a number")
            })
            .collect();
        rechecks += out.len();
    }
    assert_eq!(rechecks, 60);
    // The dry runs have taken from the burst too.
    let before = |limit: f64| sent.iter().filter(|(at, _)| *at < limit).count();
    assert!(before(0.05) <= 25, "{}", before(0.05));
    for second in 1..10 {
        let limit = f64::from(second);
        let allowed = 25 + 5 * second;
        assert!(
            before(limit) <= usize::try_from(allowed).expect("small"),
            "{limit}: {}",
            before(limit)
        );
    }
    assert!(time < 15.0, "{time}");
    let numbers: HashSet<_> = sent.iter().map(|(_, number)| number).collect();
    assert_eq!(numbers.len(), 60, "each once");
    assert!(harness.screen().contains("60 cancels: 60 accepted"));
}

#[test]
fn each_has_its_own_outcome_and_none_stops_the_others() {
    let mut harness = confirmed(5);
    // Complete meanwhile; not there any more; refused; lost and found; accepted.
    let complete = updated(task(&id(0), "complete"), "2015-09-15T13:28:00Z");
    harness.described_one(&id(0), Ok(Some(complete)));
    harness.described_one(&id(1), Ok(None));
    for number in 2..5 {
        assert_eq!(rechecked(&mut harness, number), [cancel(&id(number))]);
    }
    harness.cancelled(&id(2), Err(denied()));
    let looked_up = of_tasks(harness.cancelled(&id(3), Err(timed_out())));
    assert_eq!(looked_up, [describe_one(&id(3))]);
    accepted(&mut harness, 4);
    let screen = harness.screen();
    assert!(
        screen.contains("5 cancels: 2 not sent, 1 refused, 1 answer lost, 1 accepted"),
        "{screen}"
    );
    assert!(screen.contains("the task is already complete"), "{screen}");
    assert!(
        screen.contains("UnauthorizedOperation") && screen.contains("ec2:CancelBundleTask"),
        "{screen}"
    );
    assert!(screen.contains("Asking EC2 what became of it."), "{screen}");
    let cancelling = updated(task(&id(3), "cancelling"), "2015-09-15T13:28:00Z");
    harness.described_one(&id(3), Ok(Some(cancelling)));
    let screen = harness.screen();
    assert!(screen.contains("1 found again"), "{screen}");
    assert_eq!(
        harness.app.context(),
        Context::Cancels,
        "no dialog of one cancel opens"
    );
    harness.key("Esc");
    assert_eq!(harness.app.context(), Context::List);
    harness.key("o");
    assert!(
        harness.screen().contains("5 cancels:"),
        "it can be opened again"
    );
}

#[test]
fn the_panel_opens_again_for_what_a_person_must_know() {
    let mut harness = confirmed(2);
    harness.key("Esc");
    rechecked(&mut harness, 0);
    rechecked(&mut harness, 1);
    accepted(&mut harness, 0);
    assert_eq!(
        harness.app.context(),
        Context::List,
        "the list shows what goes well"
    );
    harness.cancelled(&id(1), Err(denied()));
    assert_eq!(harness.app.context(), Context::Cancels);
    // A key meant for the list does not close it.
    harness.send(Msg::Input(vec![press("q")]));
    assert_eq!(harness.app.context(), Context::Cancels);
    let message = harness
        .app
        .exit_message()
        .expect("it was not on the screen yet");
    assert!(
        message.contains(&id(1)) && message.contains("was refused"),
        "{message}"
    );
    harness.draw();
    assert_eq!(harness.app.exit_message(), None);
    harness.key("Esc");
    assert_eq!(harness.app.context(), Context::List);
}

#[test]
fn throttling_slows_all_and_the_throttled_one_is_tried_again() {
    let throttled = || {
        error(
            ErrorKind::Throttled,
            Operation::CancelBundleTask,
            "RequestLimitExceeded",
            "Request limit exceeded.",
        )
    };
    let mut harness = confirmed(12);
    assert_eq!(rechecked(&mut harness, 0), [cancel(&id(0))]);
    let next = of_tasks(harness.cancelled(&id(0), Err(throttled())));
    assert_eq!(next, [], "no other one takes its place at once");
    assert!(!harness.screen().contains("refused"));
    let next = of_tasks(harness.wait(0.5));
    assert_eq!(next, [describe_one(&id(8))], "2.5 a second now");
    harness.described_one(&id(8), Err(throttled()));
    assert_eq!(of_tasks(harness.wait(0.7)), []);
    assert_eq!(of_tasks(harness.wait(0.2)), [describe_one(&id(9))]);
    for number in 1..8 {
        rechecked(&mut harness, number);
        accepted(&mut harness, number);
    }
    rechecked(&mut harness, 9);
    accepted(&mut harness, 9);
    let mut again = of_tasks(harness.wait(10.0));
    again.sort_by_key(|asked| format!("{asked:?}"));
    let expected = [0, 8, 10, 11].map(|number| describe_one(&id(number)));
    assert_eq!(again, expected);
    // Five times are enough.
    for round in 0..4 {
        assert_eq!(rechecked(&mut harness, 0), [cancel(&id(0))]);
        harness.cancelled(&id(0), Err(throttled()));
        let again = of_tasks(harness.wait(10.0));
        assert_eq!(again.contains(&describe_one(&id(0))), round < 3, "{round}");
    }
    assert!(harness.screen().contains("1 refused"));
}

#[test]
fn one_that_fails_to_be_looked_at_stops_none() {
    let lost = |number: usize| -> Ec2Error {
        let mut error = timed_out();
        error.message = format!("no answer about {number}");
        error
    };
    let mut harness = confirmed(3);
    harness.described_one(&id(0), Err(lost(0)));
    assert_eq!(rechecked(&mut harness, 1), [cancel(&id(1))]);
    assert_eq!(rechecked(&mut harness, 2), [cancel(&id(2))]);
    assert!(harness.screen().contains("no answer about 0"));
}

#[test]
fn quitting_asks_first_and_says_which_are_out() {
    let mut harness = confirmed(10);
    rechecked(&mut harness, 0);
    harness.key("Esc");
    assert_eq!(harness.key("q"), []);
    let screen = harness.screen();
    assert!(screen.contains("10 cancels are under way"), "{screen}");
    assert!(harness.line("sent, not answered").contains(&id(0)));
    assert!(
        screen.contains("not sent yet") && screen.contains("and 4 more"),
        "{screen}"
    );
    harness.key("Enter");
    assert_eq!(harness.app.context(), Context::List);
    assert_eq!(harness.key("Ctrl-C"), []);
    assert_eq!(harness.key("Ctrl-C"), [Asked::Quit]);
    let message = harness.app.exit_message().expect("what became of them");
    assert!(
        message.contains("not sent any more: bun-0001, "),
        "{message}"
    );
    // Keys typed ahead do not quit.
    harness.key("Esc");
    harness.send(Msg::Input(vec![press("q"), press("y")]));
    assert_eq!(harness.app.context(), Context::Quit);
}

#[test]
fn marks_that_the_filter_hides_are_cancelled_too_and_the_dialog_says_so() {
    let mut harness = Harness::with(many(4));
    harness.key("*");
    harness.key("/");
    for key in ["i", "d", ":", "3", "Enter"] {
        harness.key(key);
    }
    harness.key("c");
    let screen = harness.screen();
    assert!(
        screen.contains("3 of the 4 marked tasks are not in the list now."),
        "{screen}"
    );
    assert!(screen.contains("Cancel 4 of 4"), "{screen}");
}

#[test]
fn one_mark_asks_as_for_one_task() {
    let mut harness = Harness::with(many(3));
    harness.key("j");
    harness.key("Space");
    harness.key("c");
    assert_eq!(harness.app.context(), Context::Confirm);
    assert!(
        harness.line("storing 72%   started").contains(&id(1)),
        "not the selected one"
    );
    assert_eq!(of_tasks(harness.key("y")), [describe_one(&id(1))]);
    assert!(harness.app.list().marks().is_empty());
}

#[test]
fn in_the_details_c_is_about_that_task_whatever_is_marked() {
    let mut harness = Harness::with(many(3));
    harness.key("*");
    harness.key("Enter");
    harness.key("c");
    assert_eq!(harness.app.context(), Context::Confirm);
}

#[test]
fn none_can_be_cancelled_and_too_many_are_marked() {
    let mut harness = Harness::with(vec![task("bun-1", "complete"), task("bun-2", "failed")]);
    harness.key("*");
    harness.key("c");
    assert!(
        harness
            .screen()
            .contains("None of these can be cancelled; Esc closes.")
    );
    harness.key("0");
    assert_eq!(of_tasks(harness.key("Enter")), []);
    let mut harness = Harness::with(many(1_001));
    harness.key("*");
    harness.key("c");
    assert_eq!(harness.app.context(), Context::List);
    assert!(
        harness
            .screen()
            .contains("at most 1000 can be cancelled at once")
    );
}

#[test]
fn dry_runs_that_are_not_sent_yet_are_not_wanted_after_the_dialog() {
    for (keys, sends) in [(&["Esc"][..], 0), (&["4", "0", "Enter"], 8)] {
        let mut harness = asked(40);
        for key in keys {
            harness.key(key);
        }
        let later = of_tasks(harness.wait(20.0));
        let dry_runs = later
            .iter()
            .filter(|asked| matches!(asked, Asked::DryRun(_)))
            .count();
        assert_eq!(dry_runs, 0, "{keys:?}");
        let under_way = harness.app.scope().cancels_under_way().len();
        assert_eq!(under_way, sends * 5, "{keys:?}");
    }
}

#[test]
fn a_long_list_scrolls_and_its_end_is_reached() {
    for (width, height) in [(120, 40), (80, 24), (40, 12)] {
        let mut harness = Harness::sized(width, height, many(200));
        harness.key("*");
        harness.key("c");
        let mut seen = HashSet::new();
        for _ in 0..200 {
            let screen = harness.screen();
            let dialog = (0..200).filter(|number| screen.contains(&format!(" {} ", id(*number))));
            seen.extend(dialog);
            assert!(screen.to_lowercase().contains("type 200"), "{screen}");
            harness.key("Down");
        }
        assert_eq!(seen.len(), 200, "{width}x{height}");
    }
}

#[test]
fn what_is_not_sent_is_given_up_if_the_connection_is_made_anew() {
    let mut harness = confirmed(20);
    assert_eq!(harness.app.scope().cancels_under_way().len(), 20);
    rechecked(&mut harness, 0);
    harness.wait(5.0);
    harness.fail(2, crate::harness::expired());
    // Connecting reads the settings anew.
    harness.wait(10.0);
    harness.connect(3);
    let screen = harness.screen();
    assert!(screen.contains("19 not sent"), "{screen}");
    assert_eq!(
        harness.app.scope().cancels_under_way().len(),
        1,
        "the one that was sent"
    );
}
