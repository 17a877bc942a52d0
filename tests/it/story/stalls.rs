//! When a task is said not to move any more.

use bundletop::monitor::ProgressHistory;
use bundletop::task::{BundleTask, Progress};
use jiff::{SignedDuration, Timestamp};

use crate::harness::{Harness, START, at, task, updated};

const ID: &str = "bun-2a4e041c";

fn storing(percent: i64) -> BundleTask {
    BundleTask {
        progress: Some(Progress::new(format!("{percent}%"))),
        ..task(ID, "storing")
    }
}

fn minutes(count: i64) -> Timestamp {
    at(START) + SignedDuration::from_mins(count)
}

/// A task whose progress has moved by 1% every so many minutes, four times, and the time of the last.
fn moving_every(pause: i64) -> (ProgressHistory, i64) {
    let mut history = ProgressHistory::new(&task(ID, "bundling"), minutes(-1));
    for count in 0..=4 {
        history.observe(&storing(count), minutes(count * pause));
    }
    (history, 4 * pause)
}

#[test]
fn a_task_is_stalled_by_its_own_pace() {
    for (pause, stalled_after) in [(1, 5), (3, 15), (20, 60)] {
        let (history, last) = moving_every(pause);
        let stalled = |after: i64| history.stalled_since(minutes(last + after));
        assert_eq!(stalled(stalled_after - 1), None, "every {pause} minutes");
        assert_eq!(
            stalled(stalled_after),
            Some(minutes(last)),
            "every {pause} minutes"
        );
    }
}

#[test]
fn a_task_that_has_not_shown_its_pace_has_an_hour() {
    let history = ProgressHistory::new(&task(ID, "bundling"), minutes(0));
    let since = task(ID, "bundling").update_time.expect("a time");
    let hour = SignedDuration::from_hours(1);
    assert_eq!(
        history.stalled_since(since + hour - SignedDuration::from_secs(1)),
        None
    );
    assert_eq!(history.stalled_since(since + hour), Some(since));
}

#[test]
fn a_task_that_has_ended_is_not_stalled() {
    for state in ["complete", "failed"] {
        let history = ProgressHistory::new(&task(ID, state), minutes(0));
        assert_eq!(history.stalled_since(minutes(10_000)), None);
    }
}

/// Nothing is known of a task while EC2 does not answer.
#[test]
fn the_mark_needs_news_from_ec2() {
    let listed_now = updated(task(ID, "storing"), START);
    let mut harness = Harness::with(vec![listed_now.clone()]);
    harness.wait(2.0 * 3600.0);
    assert!(!harness.line(ID).contains(" !"), "{}", harness.screen());
    let poll = harness.polls;
    harness.answer(poll, vec![listed_now]);
    assert!(
        harness.line(ID).contains("storing !"),
        "{}",
        harness.screen()
    );
    assert!(
        harness.screen().contains("No movement for 2h"),
        "{}",
        harness.screen()
    );
}

/// However often EC2 is asked, a history stays small, and keeps the beginning of each state.
#[test]
fn a_history_stays_small() {
    let mut history = ProgressHistory::new(&task(ID, "bundling"), minutes(0));
    for count in 0..100_000 {
        history.observe(&storing(count % 100), minutes(count));
    }
    let observations: Vec<_> = history.observations().collect();
    assert!(
        (100..=241).contains(&observations.len()),
        "{}",
        observations.len()
    );
    assert!(observations.is_sorted_by_key(|it| it.at));
    assert_eq!(history.last().at, minutes(99_999));
    assert_eq!(history.state_since(), Some(minutes(0)));
}
