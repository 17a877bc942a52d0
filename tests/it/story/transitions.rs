//! The changes that the monitor reports.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use bundletop::ec2::AccessKeyId;
use bundletop::monitor::poll::PollSchedule;
use bundletop::monitor::{
    Answer, Call, CancelChange, Change, Command, Effect, Event, Monitor, NotCancellable, NotSent,
    Now, RequestId, ScopeId, TaskKey, Update,
};
use bundletop::task::{BundleTask, Progress, TaskError};

use crate::harness::{START, at, id, session, task, updated};

const ID: &str = "bun-2a4e041c";

/// A monitor that has received `tasks` once.
fn listed(tasks: Vec<BundleTask>) -> (Monitor, ScopeId) {
    let mut monitor = Monitor::new();
    let scope = monitor.open(PollSchedule::new(None, 0));
    let connect = update(&mut monitor, Event::Tick);
    let [
        Effect {
            request,
            call: Call::Connect,
        },
    ] = connect.effects[..]
    else {
        panic!("{connect:?}");
    };
    let connected = answered(request, Answer::Connected(Ok(session("us-east-1"))));
    let connected = update(&mut monitor, connected);
    assert_eq!(answer_poll(&mut monitor, &connected, tasks), []);
    (monitor, scope)
}

fn answered(request: RequestId, answer: Answer) -> Event {
    Event::Answered {
        request,
        signed_by: Some(AccessKeyId::new("AKIAFIRST")),
        answer,
    }
}

/// The list in answer to the poll that `update` asks for.
fn answer_poll(
    monitor: &mut Monitor,
    update_with_poll: &Update,
    tasks: Vec<BundleTask>,
) -> Vec<(String, Change)> {
    let mut effects = update_with_poll.effects.iter();
    let poll = effects.find(|effect| matches!(effect.call, Call::Describe { .. }));
    let request = poll.expect("a poll").request;
    let tasks = tasks.into_iter().map(Arc::new).collect();
    changes(update(
        monitor,
        answered(request, Answer::Described(Ok(tasks))),
    ))
}

fn update(monitor: &mut Monitor, event: Event) -> Update {
    monitor.update(event, now(0))
}

fn now(seconds: u64) -> Now {
    Now {
        wall: at(START),
        mono: Duration::from_secs(seconds),
    }
}

fn changes(update: Update) -> Vec<(String, Change)> {
    let transitions = update.transitions.into_iter();
    transitions
        .map(|transition| (transition.bundle_id.to_string(), transition.change))
        .collect()
}

/// The list in answer to the next poll.
fn first_key(monitor: &Monitor, scope: ScopeId) -> TaskKey {
    let mut tasks = monitor.scope(scope).tasks().iter();
    tasks.next().expect("a task").1.key()
}

fn answer(monitor: &mut Monitor, scope: ScopeId, tasks: Vec<BundleTask>) -> Vec<(String, Change)> {
    let due = monitor.scope(scope).poll().due().expect("a poll is due");
    let poll = monitor.update(Event::Tick, now(due.as_secs()));
    answer_poll(monitor, &poll, tasks)
}

#[test]
fn the_first_list_reports_no_changes() {
    let (mut monitor, scope) = listed(vec![task(ID, "storing")]);
    let again = answer(&mut monitor, scope, vec![task(ID, "storing")]);
    assert_eq!(again, [], "nothing has changed");
}

#[test]
fn a_task_appears_changes_and_disappears() {
    let (mut monitor, scope) = listed(vec![]);
    let appeared = answer(&mut monitor, scope, vec![task(ID, "bundling")]);
    let state = task(ID, "bundling").state;
    assert_eq!(appeared, [(ID.to_owned(), Change::Appeared { state })]);
    let mut moved = updated(task(ID, "storing"), "2015-09-15T13:28:00Z");
    moved.progress = Some(Progress::new("5%"));
    let (from, to) = (task(ID, "bundling").state, moved.state.clone());
    let lasted = None; // It was bundling already when it was first listed.
    let progress = Change::Progress {
        from: task(ID, "bundling").progress,
        to: moved.progress.clone(),
    };
    assert_eq!(
        answer(&mut monitor, scope, vec![moved]),
        [
            (ID.to_owned(), Change::State { from, to, lasted }),
            (ID.to_owned(), progress)
        ]
    );
    let gone = answer(&mut monitor, scope, vec![]);
    assert_eq!(gone, [(ID.to_owned(), Change::NoLongerListed)]);
    assert_eq!(answer(&mut monitor, scope, vec![]), [], "reported once");
    let back = updated(task(ID, "storing"), "2015-09-15T13:28:00Z");
    let changes = answer(&mut monitor, scope, vec![back]);
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
    let changes = answer(&mut monitor, scope, vec![failed]);
    assert!(changes.contains(&(ID.to_owned(), Change::Error(error))));
}

#[test]
fn a_stall_is_reported_once_until_the_task_moves() {
    let (mut monitor, scope) = listed(vec![task(ID, "storing")]);
    let since = task(ID, "storing").update_time.expect("a time");
    let mut answer_at = |minutes: u64, progress: &str| {
        let mut moved = task(ID, "storing");
        moved.progress = Some(Progress::new(progress));
        let now = Now {
            wall: at(START) + Duration::from_secs(minutes * 60),
            mono: Duration::from_secs(minutes * 60),
        };
        let poll = monitor.update(Event::Tick, now);
        let poll = poll
            .effects
            .iter()
            .find(|it| matches!(it.call, Call::Describe { .. }));
        let request = poll.expect("a poll").request;
        let list = Answer::Described(Ok(vec![Arc::new(moved)]));
        let update = monitor.update(answered(request, list), now);
        let changes = update.transitions.into_iter().map(|it| it.change);
        let stalls = changes.filter(|it| matches!(it, Change::Stalled { .. }));
        stalls.collect::<Vec<_>>()
    };
    let progress = task(ID, "storing").progress.expect("progress").to_string();
    assert_eq!(answer_at(30, &progress), []);
    assert_eq!(answer_at(61, &progress), [Change::Stalled { since }]);
    assert_eq!(answer_at(62, &progress), [], "once");
    assert_eq!(answer_at(63, "99%"), []);
    let since = at(START) + Duration::from_secs(63 * 60);
    assert_eq!(answer_at(123, "99%"), [Change::Stalled { since }], "again");
    let _ = scope;
}

#[test]
fn an_older_description_changes_nothing() {
    let (mut monitor, scope) = listed(vec![task(ID, "storing")]);
    let older = updated(task(ID, "bundling"), "2015-09-15T13:00:00Z");
    assert_eq!(answer(&mut monitor, scope, vec![older]), []);
}

#[test]
fn a_finished_task_no_longer_listed_is_dropped_unless_pinned() {
    for is_pinned in [false, true] {
        let (mut monitor, scope) = listed(vec![task(ID, "complete")]);
        let key = first_key(&monitor, scope);
        monitor.pin(scope, is_pinned.then_some(key));
        let gone = answer(&mut monitor, scope, vec![]);
        assert_eq!(gone, [(ID.to_owned(), Change::NoLongerListed)]);
        let is_kept = monitor.scope(scope).tasks().by_id(&id(ID)).is_some();
        assert_eq!(is_kept, is_pinned);
    }
}

#[test]
fn a_confirmed_cancel_is_reported_before_anything_is_sent() {
    let (mut monitor, scope) = listed(vec![task(ID, "storing"), task("bun-2", "complete")]);
    let cancel = |id| Event::Command(scope, Command::Cancel(vec![id]));
    let requested = changes(update(&mut monitor, cancel(id(ID))));
    let [(_, Change::Cancel(first, CancelChange::Requested { .. }))] = requested[..] else {
        panic!("{requested:?}");
    };
    let refused = changes(update(&mut monitor, cancel(id("bun-2"))));
    let state = task("bun-2", "complete").state;
    let reason = NotSent::NotCancellable(NotCancellable::Already(state));
    let [(_, Change::Cancel(second, CancelChange::NotSent(given)))] = &refused[..] else {
        panic!("{refused:?}");
    };
    assert_eq!(*given, reason, "what cannot be cancelled is not requested");
    assert_ne!(first, *second);
}

/// EC2 does not repeat an ID or leave it out; a broken server could.
#[test]
fn tasks_that_share_an_id_are_told_apart() {
    let three = || vec![task("", "storing"), task("", "pending"), task("", "failed")];
    let (mut monitor, scope) = listed(three());
    let keys = |monitor: &Monitor| {
        let tasks = monitor.scope(scope).tasks().iter();
        tasks.map(|(_, task)| task.key()).collect::<HashSet<_>>()
    };
    let first = keys(&monitor);
    assert_eq!(first.len(), 3);
    assert_eq!(answer(&mut monitor, scope, three()), []);
    assert_eq!(keys(&monitor), first);
}

#[test]
fn a_task_whose_cancel_is_under_way_is_not_dismissed() {
    let (mut monitor, scope) = listed(vec![task(ID, "storing")]);
    let command = |command| Event::Command(scope, command);
    let _ = update(&mut monitor, command(Command::Cancel(vec![id(ID)])));
    answer(&mut monitor, scope, vec![]);
    let key = first_key(&monitor, scope);
    let _ = update(&mut monitor, command(Command::Dismiss(key)));
    assert_eq!(monitor.scope(scope).tasks().len(), 1);
}

/// Of states that passed between two polls nothing is known, nor how long the one before them lasted.
#[test]
fn no_duration_is_claimed_across_states_that_were_not_seen() {
    for (from, to, is_known) in [
        ("bundling", "storing", true),
        ("storing", "complete", true),
        ("pending", "failed", true),
        ("bundling", "cancelling", true),
        ("pending", "storing", false),
        ("waiting-for-shutdown", "complete", false),
    ] {
        let (mut monitor, scope) = listed(vec![task(ID, "unheard-of")]);
        answer(&mut monitor, scope, vec![task(ID, from)]);
        let changes = answer(&mut monitor, scope, vec![task(ID, to)]);
        let lasted = changes.iter().find_map(|(_, change)| match change {
            Change::State { lasted, .. } => Some(*lasted),
            _ => None,
        });
        let lasted = lasted.expect("it is reported");
        assert_eq!(lasted.is_some(), is_known, "{from} {to}");
    }
}
