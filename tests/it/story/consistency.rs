//! EC2 is eventually consistent, and answers can arrive out of order: an older state never wins.

use bundletop::task::Phase;

use crate::harness::{Harness, describe, id, task, updated};

const ID: &str = "bun-2a4e041c";

fn phase(harness: &Harness) -> Phase {
    let row = harness
        .app
        .tasks()
        .by_id(&id(ID))
        .expect("the task is listed");
    row.task.state.phase()
}

/// A harness on which a cancel was just accepted, while poll number 2 was in flight.
fn cancelled_during_a_poll() -> Harness {
    let mut harness = Harness::with(vec![task(ID, "storing")]);
    harness.send_cancel(ID);
    assert_eq!(harness.wait(5.0), [describe(2)]);
    let cancelling = updated(task(ID, "cancelling"), "2015-09-15T13:27:40Z");
    harness.cancelled(ID, Ok(Some(cancelling)));
    assert_eq!(phase(&harness), Phase::Cancelling);
    harness
}

#[test]
fn a_poll_asked_before_the_cancel_does_not_flip_it_back() {
    let mut harness = cancelled_during_a_poll();
    // Not even if its update time is later.
    harness.answer(
        2,
        vec![updated(task(ID, "storing"), "2015-09-15T13:27:50Z")],
    );
    assert_eq!(phase(&harness), Phase::Cancelling);
}

#[test]
fn a_poll_asked_before_the_cancel_does_not_make_the_task_vanish() {
    let mut harness = cancelled_during_a_poll();
    harness.answer(2, vec![]);
    let row = harness.app.tasks().by_id(&id(ID)).expect("it stays");
    assert_eq!(row.unlisted_since, None);
}

#[test]
fn a_later_poll_with_an_older_state_does_not_flip_it_back() {
    let mut harness = cancelled_during_a_poll();
    harness.answer(2, vec![]);
    harness.answer(3, vec![task(ID, "storing")]);
    assert_eq!(phase(&harness), Phase::Cancelling);
    // Nor does one without an update time, or with the same one.
    let mut timeless = task(ID, "storing");
    timeless.update_time = None;
    harness.answer(4, vec![timeless]);
    assert_eq!(phase(&harness), Phase::Cancelling);
    harness.answer(
        5,
        vec![updated(task(ID, "storing"), "2015-09-15T13:27:40Z")],
    );
    assert_eq!(phase(&harness), Phase::Cancelling);
}

#[test]
fn a_later_poll_with_a_newer_state_is_accepted() {
    let mut harness = cancelled_during_a_poll();
    harness.answer(2, vec![]);
    harness.answer(3, vec![updated(task(ID, "failed"), "2015-09-15T13:27:45Z")]);
    assert_eq!(phase(&harness), Phase::Failed);
}

#[test]
fn after_a_minute_any_state_from_ec2_is_accepted() {
    let mut harness = cancelled_during_a_poll();
    harness.answer(2, vec![]);
    // A request is judged by when it was sent.
    assert_eq!(harness.wait(61.0), [describe(3)]);
    harness.answer(3, vec![task(ID, "storing")]);
    assert_eq!(phase(&harness), Phase::Cancelling);
    harness.answer(4, vec![task(ID, "storing")]);
    assert_eq!(phase(&harness), Phase::Storing);
    let row = harness.app.tasks().by_id(&id(ID)).expect("it is listed");
    assert_eq!(row.task.state.phase(), Phase::Storing);
    assert_eq!(harness.cancel_state(ID), None);
}

#[test]
fn an_answer_without_the_task_still_counts_as_accepted() {
    let mut harness = Harness::with(vec![task(ID, "storing")]);
    harness.send_cancel(ID);
    harness.cancelled(ID, Ok(None));
    assert!(
        harness.line(ID).contains("cancel requested"),
        "EC2 has named no state"
    );
    harness.answer(2, vec![task(ID, "storing")]);
    assert!(
        harness.line(ID).contains("cancel requested"),
        "that state is no newer"
    );
    harness.answer(
        3,
        vec![updated(task(ID, "canceling"), "2015-09-15T13:28:00Z")],
    );
    assert!(harness.line(ID).contains("canceling"), "EC2's own spelling");
}

#[test]
fn a_gone_task_says_when_it_was_last_seen() {
    let mut harness = cancelled_during_a_poll();
    harness.answer(2, vec![]);
    harness.wait(2.0);
    harness.answer(3, vec![]);
    assert!(harness.line(ID).contains("gone after cancel"));
    let remark = harness.line("No longer listed since");
    assert!(remark.contains("last seen cancelling at 13:2"), "{remark}");
    harness.wait(600.0);
    harness.answer(4, vec![]);
    assert_eq!(
        harness.line("No longer listed since"),
        remark,
        "it stays as it was"
    );
}
