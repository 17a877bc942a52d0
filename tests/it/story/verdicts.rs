//! What becomes of a cancel, followed to its end.

use bundletop::monitor::{CancelChange, LookupResult, NotSent, Verdict};
use bundletop::task::{BundleTask, State};
use jiff::SignedDuration;

use super::cancel::{ID, asked, sent};
use crate::harness::{Harness, describe_one, id, task, timed_out, updated};

fn state(state: &str) -> BundleTask {
    // Each description is newer than the one before.
    updated(task(ID, state), "2015-09-15T13:40:00Z")
}

/// What happened to the cancel, in order.
fn changes(harness: &Harness) -> Vec<CancelChange> {
    let events = harness.app.scope().cancel_events(&id(ID)).iter();
    events.map(|event| event.change.clone()).collect()
}

/// The steps from its confirmation to EC2's answer.
fn accepted() -> [CancelChange; 3] {
    [
        CancelChange::Requested {
            arn: Some("arn:aws:iam::123456789012:user/dana".into()),
        },
        CancelChange::Sent,
        CancelChange::Accepted {
            request_id: Some("req-cancel".into()),
        },
    ]
}

fn cancelling(seconds: i64) -> CancelChange {
    let after = SignedDuration::from_secs(seconds);
    CancelChange::Cancelling { after }
}

fn verdict(verdict: Verdict, seconds: i64) -> CancelChange {
    let after = SignedDuration::from_secs(seconds);
    CancelChange::Verdict { verdict, after }
}

/// The answer to the poll that is out, or else to the next one.
fn listed(harness: &mut Harness, tasks: Vec<BundleTask>) {
    let is_out = harness.app.scope().poll().due().is_none();
    let poll = harness.polls + u64::from(!is_out);
    harness.answer(poll, tasks);
}

/// The cancel was accepted after two seconds, and the task was cancelling then.
fn cancelled() -> Harness {
    let mut harness = sent();
    harness.wait(2.0);
    harness.cancelled(ID, Ok(Some(state("cancelling"))));
    harness
}

#[test]
fn cancelling_is_noted_and_then_that_the_task_is_no_longer_listed() {
    let mut harness = cancelled();
    let mut expected = accepted().to_vec();
    expected.push(cancelling(2));
    assert_eq!(changes(&harness), expected);
    harness.wait(38.0);
    listed(&mut harness, vec![]);
    let [.., last] = &changes(&harness)[..] else {
        panic!("nothing happened");
    };
    let CancelChange::Verdict { verdict, after } = last else {
        panic!("{last:?}");
    };
    assert_eq!(*verdict, Verdict::NoLongerListed);
    assert!(*after >= SignedDuration::from_secs(40), "{after:?}");
    assert!(
        harness.line(ID).contains("gone after cancel"),
        "{}",
        harness.screen()
    );
    let count = changes(&harness).len();
    listed(&mut harness, vec![]);
    assert_eq!(changes(&harness).len(), count, "said once");
}

/// The answer to the cancel need not have the task.
#[test]
fn cancelling_is_noted_in_a_list() {
    let mut harness = sent();
    harness.cancelled(ID, Ok(None));
    assert_eq!(changes(&harness), accepted());
    listed(&mut harness, vec![state("canceling")]);
    assert!(matches!(
        changes(&harness)[..],
        [.., CancelChange::Cancelling { .. }]
    ));
}

#[test]
fn a_task_may_end_all_the_same() {
    for (name, expected) in [
        ("complete", Verdict::Completed),
        ("failed", Verdict::Failed),
    ] {
        for is_cancelling_first in [false, true] {
            let mut harness = sent();
            let first = is_cancelling_first.then(|| state("cancelling"));
            harness.cancelled(ID, Ok(first));
            let ended = updated(task(ID, name), "2015-09-15T13:50:00Z");
            listed(&mut harness, vec![ended.clone()]);
            let [.., CancelChange::Verdict { verdict, .. }] = changes(&harness)[..] else {
                panic!("{:?}", changes(&harness));
            };
            assert_eq!(verdict, expected);
            let count = changes(&harness).len();
            listed(&mut harness, vec![ended]);
            listed(&mut harness, vec![]);
            assert_eq!(changes(&harness).len(), count, "what ended stays ended");
        }
    }
}

#[test]
fn ten_minutes_of_cancelling_are_remarked_once_and_then_its_end() {
    let mut harness = cancelled();
    harness.wait(597.9);
    assert_eq!(changes(&harness).last(), Some(&cancelling(2)));
    harness.wait(0.2);
    let still = verdict(Verdict::StillCancelling, 600);
    assert_eq!(changes(&harness).last(), Some(&still));
    assert!(
        harness.line(ID).contains("still cancelling"),
        "{}",
        harness.screen()
    );
    harness.wait(1200.0);
    assert_eq!(changes(&harness).last(), Some(&still), "once");
    listed(&mut harness, vec![]);
    assert!(matches!(
        changes(&harness)[..],
        [
            ..,
            CancelChange::Verdict {
                verdict: Verdict::NoLongerListed,
                ..
            }
        ]
    ));
}

#[test]
fn a_lost_answer_is_found_and_followed() {
    let mut harness = sent();
    harness.cancelled(ID, Err(timed_out()));
    harness.described_one(ID, Ok(Some(state("cancelling"))));
    let changes = changes(&harness);
    let [_, _, CancelChange::AnswerLost(_), found @ ..] = &changes[..] else {
        panic!("{changes:?}");
    };
    let seen = State::new("cancelling");
    let settled = CancelChange::Settled(seen.clone());
    let looked_up = CancelChange::LookedUp(LookupResult::State(seen));
    assert!(
        found.contains(&settled) && found.contains(&looked_up),
        "{found:?}"
    );
    assert!(found.contains(&cancelling(0)), "{found:?}");
}

#[test]
fn what_was_not_sent_has_no_verdict() {
    let mut harness = asked();
    assert_eq!(harness.key("y"), [describe_one(ID)]);
    harness.described_one(ID, Ok(Some(state("complete"))));
    let changes = changes(&harness);
    let [
        CancelChange::Requested { .. },
        CancelChange::NotSent(NotSent::NotCancellable(_)),
    ] = &changes[..]
    else {
        panic!("{changes:?}");
    };
}
