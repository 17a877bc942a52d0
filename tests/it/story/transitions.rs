//! The changes that the monitor reports.

use std::sync::Arc;
use std::time::Duration;

use bundletop::monitor::poll::PollSchedule;
use bundletop::monitor::{Answer, Change, Command, Event, Monitor, Now, ScopeId, Update};
use bundletop::task::{BundleTask, Progress, TaskError};

use crate::harness::{START, at, id, task, updated};

const ID: &str = "bun-2a4e041c";

/// A monitor that has received `tasks` once.
fn listed(tasks: Vec<BundleTask>) -> (Monitor, ScopeId) {
    let mut monitor = Monitor::new();
    let scope = monitor.open(PollSchedule::new(None, 0));
    assert_eq!(answer(&mut monitor, scope, 1, tasks), []);
    (monitor, scope)
}

fn update(monitor: &mut Monitor, event: Event) -> Update {
    let now = Now {
        wall: at(START),
        mono: Duration::from_secs(1),
    };
    monitor.update(event, now)
}

fn changes(update: Update) -> Vec<(String, Change)> {
    let transitions = update.transitions.into_iter();
    transitions
        .map(|transition| (transition.bundle_id.to_string(), transition.change))
        .collect()
}

fn answer(
    monitor: &mut Monitor,
    scope: ScopeId,
    poll: u64,
    tasks: Vec<BundleTask>,
) -> Vec<(String, Change)> {
    let result = Ok(tasks.into_iter().map(Arc::new).collect());
    let event = Event::Answered(scope, Answer::Described { poll, result });
    changes(update(monitor, event))
}

#[test]
fn the_first_list_reports_no_changes() {
    let (mut monitor, scope) = listed(vec![task(ID, "storing")]);
    let again = answer(&mut monitor, scope, 2, vec![task(ID, "storing")]);
    assert_eq!(again, [], "nothing has changed");
}

#[test]
fn a_task_appears_changes_and_disappears() {
    let (mut monitor, scope) = listed(vec![]);
    let appeared = answer(&mut monitor, scope, 2, vec![task(ID, "bundling")]);
    let state = task(ID, "bundling").state;
    assert_eq!(appeared, [(ID.to_owned(), Change::Appeared { state })]);
    let mut moved = updated(task(ID, "storing"), "2015-09-15T13:28:00Z");
    moved.progress = Some(Progress::new("5%"));
    let (from, to) = (task(ID, "bundling").state, moved.state.clone());
    let progress = Change::Progress {
        from: task(ID, "bundling").progress,
        to: moved.progress.clone(),
    };
    assert_eq!(
        answer(&mut monitor, scope, 3, vec![moved]),
        [
            (ID.to_owned(), Change::State { from, to }),
            (ID.to_owned(), progress)
        ]
    );
    let gone = answer(&mut monitor, scope, 4, vec![]);
    assert_eq!(gone, [(ID.to_owned(), Change::NoLongerListed)]);
    assert_eq!(answer(&mut monitor, scope, 5, vec![]), [], "reported once");
    let back = updated(task(ID, "storing"), "2015-09-15T13:28:00Z");
    let changes = answer(&mut monitor, scope, 6, vec![back]);
    assert_eq!(changes.last(), Some(&(ID.to_owned(), Change::ListedAgain)));
}

#[test]
fn a_failure_comes_with_its_reason() {
    let (mut monitor, scope) = listed(vec![task(ID, "storing")]);
    let error = TaskError {
        code: Some("Client.S3Error".into()),
        message: None,
    };
    let failed = BundleTask {
        error: Some(error.clone()),
        ..updated(task(ID, "failed"), "2015-09-15T13:28:00Z")
    };
    let changes = answer(&mut monitor, scope, 2, vec![failed]);
    assert!(changes.contains(&(ID.to_owned(), Change::Error(error))));
}

#[test]
fn an_older_description_changes_nothing() {
    let (mut monitor, scope) = listed(vec![task(ID, "storing")]);
    let older = updated(task(ID, "bundling"), "2015-09-15T13:00:00Z");
    assert_eq!(answer(&mut monitor, scope, 2, vec![older]), []);
}

#[test]
fn a_finished_task_no_longer_listed_is_dropped_unless_pinned() {
    for is_pinned in [false, true] {
        let (mut monitor, scope) = listed(vec![task(ID, "complete")]);
        let key = monitor.scope(scope).tasks().all()[0].key();
        monitor.pin(scope, is_pinned.then_some(key));
        let gone = answer(&mut monitor, scope, 2, vec![]);
        assert_eq!(gone, [(ID.to_owned(), Change::NoLongerListed)]);
        let is_kept = monitor.scope(scope).tasks().by_id(&id(ID)).is_some();
        assert_eq!(is_kept, is_pinned);
    }
}

#[test]
fn a_confirmed_cancel_is_reported_before_anything_is_sent() {
    let (mut monitor, scope) = listed(vec![task(ID, "storing"), task("bun-2", "complete")]);
    let cancel = |id| Event::Command(scope, Command::Cancel(id));
    let requested = changes(update(&mut monitor, cancel(id(ID))));
    assert_eq!(requested, [(ID.to_owned(), Change::CancelRequested)]);
    let refused = changes(update(&mut monitor, cancel(id("bun-2"))));
    assert_eq!(refused, [], "what cannot be cancelled is not requested");
}

/// EC2 does not repeat an ID or leave it out; a broken server could.
#[test]
fn tasks_that_share_an_id_are_told_apart() {
    let three = || vec![task("", "storing"), task("", "pending"), task("", "failed")];
    let (mut monitor, scope) = listed(three());
    let keys = |monitor: &Monitor| {
        let tasks = monitor.scope(scope).tasks().all().iter();
        let mut keys: Vec<_> = tasks.map(|task| task.key().occurrence).collect();
        keys.sort_unstable();
        keys
    };
    assert_eq!(keys(&monitor), [0, 1, 2]);
    assert_eq!(answer(&mut monitor, scope, 2, three()), []);
    assert_eq!(keys(&monitor), [0, 1, 2]);
}
