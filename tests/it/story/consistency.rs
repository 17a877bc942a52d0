//! EC2 is eventually consistent, and answers overtake each other: an older word never wins.

use bundletop::task::Phase;
use bundletop::tui::state::{CancelMark, Effect, Look, Msg};

use crate::stage::{Stage, id, task, updated};

const ID: &str = "bun-2a4e041c";

fn phase(stage: &Stage) -> Phase {
    let row = stage.state.rows.find(&id(ID)).expect("the task is listed");
    row.task.state.phase()
}

/// A stage on which a cancel was just accepted, while poll number 2 was in flight.
fn cancelled_during_a_poll() -> Stage {
    let mut stage = Stage::with(vec![task(ID, "storing")]);
    stage.key("c");
    stage.key("y");
    stage.send(Msg::Looked {
        id: id(ID),
        look: Look::BeforeCancel,
        result: Ok(Some(task(ID, "storing"))),
    });
    assert_eq!(stage.wait(5.0), [Effect::Describe { asked: 2 }]);
    stage.send(Msg::Cancelled {
        id: id(ID),
        result: Ok(Some(updated(
            task(ID, "cancelling"),
            "2015-09-15T13:27:40Z",
        ))),
    });
    assert_eq!(phase(&stage), Phase::Cancelling);
    stage
}

#[test]
fn a_poll_asked_before_the_cancel_does_not_flip_it_back() {
    let mut stage = cancelled_during_a_poll();
    // Not even when its times would make it the newer one.
    stage.answer(
        2,
        vec![updated(task(ID, "storing"), "2015-09-15T13:27:50Z")],
    );
    assert_eq!(phase(&stage), Phase::Cancelling);
}

#[test]
fn a_poll_asked_before_the_cancel_does_not_make_the_task_vanish() {
    let mut stage = cancelled_during_a_poll();
    stage.answer(2, vec![]);
    let row = stage.state.rows.find(&id(ID)).expect("it stays");
    assert_eq!(row.gone, None);
}

#[test]
fn a_later_poll_with_an_older_state_does_not_flip_it_back() {
    let mut stage = cancelled_during_a_poll();
    stage.answer(2, vec![]);
    stage.answer(3, vec![task(ID, "storing")]);
    assert_eq!(phase(&stage), Phase::Cancelling);
    // Nor one that gives no time at all, or the same.
    let mut timeless = task(ID, "storing");
    timeless.update_time = None;
    stage.answer(4, vec![timeless]);
    assert_eq!(phase(&stage), Phase::Cancelling);
    stage.answer(
        5,
        vec![updated(task(ID, "storing"), "2015-09-15T13:27:40Z")],
    );
    assert_eq!(phase(&stage), Phase::Cancelling);
}

#[test]
fn a_later_poll_with_a_newer_state_is_believed() {
    let mut stage = cancelled_during_a_poll();
    stage.answer(2, vec![]);
    stage.answer(3, vec![updated(task(ID, "failed"), "2015-09-15T13:27:45Z")]);
    assert_eq!(phase(&stage), Phase::Failed);
}

#[test]
fn after_a_minute_ec2_is_believed_whatever_its_times() {
    let mut stage = cancelled_during_a_poll();
    stage.answer(2, vec![]);
    stage.wait(61.0);
    stage.answer(3, vec![task(ID, "storing")]);
    assert_eq!(phase(&stage), Phase::Storing);
    let row = stage.state.rows.find(&id(ID)).expect("it is listed");
    assert_eq!(row.cancel, CancelMark::None);
}

#[test]
fn an_answer_without_the_task_still_counts_as_accepted() {
    let mut stage = Stage::with(vec![task(ID, "storing")]);
    stage.key("c");
    stage.key("y");
    stage.send(Msg::Looked {
        id: id(ID),
        look: Look::BeforeCancel,
        result: Ok(Some(task(ID, "storing"))),
    });
    stage.send(Msg::Cancelled {
        id: id(ID),
        result: Ok(None),
    });
    assert!(
        stage.line(ID).contains("cancel requested"),
        "EC2 has named no state"
    );
    stage.answer(2, vec![task(ID, "storing")]);
    assert!(
        stage.line(ID).contains("cancel requested"),
        "that word is no newer"
    );
    stage.answer(
        3,
        vec![updated(task(ID, "canceling"), "2015-09-15T13:28:00Z")],
    );
    assert!(stage.line(ID).contains("canceling"), "EC2's own spelling");
}

#[test]
fn a_gone_task_says_when_it_was_last_seen() {
    let mut stage = cancelled_during_a_poll();
    stage.answer(2, vec![]);
    stage.wait(2.0);
    stage.answer(3, vec![]);
    assert!(stage.line(ID).contains("no longer listed"));
    let remark = stage.line("No longer listed since");
    assert!(remark.contains("last seen cancelling at 13:2"), "{remark}");
    stage.wait(600.0);
    stage.answer(4, vec![]);
    assert_eq!(
        stage.line("No longer listed since"),
        remark,
        "it stays as it was"
    );
}
