//! The journal: what is kept, what several programs and crashes do to it, and what is said when it cannot
//! be used.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::channel;

use bundletop::journal::{
    CancelSelection, Entry, JournalError, JournalPlace, PastTasks, Report, RequestOutcome, Store,
    TaskSelection, Writer, earlier_runs, past_tasks, wait_for_lock,
};
use bundletop::monitor::Verdict;
use bundletop::record::{Record, RecordedEvent};
use bundletop::task::{BundleId, BundleTask, Progress, S3Storage, Secret};
use jiff::{SignedDuration, Timestamp};
use rusqlite::Connection;

use crate::harness::{START, at, task, updated};

const ID: &str = "bun-2a4e041c";

struct File {
    path: PathBuf,
    _directory: tempfile::TempDir,
}

fn file() -> File {
    let directory = tempfile::tempdir().expect("a directory");
    File {
        path: directory.path().join("state/journal.sqlite3"),
        _directory: directory,
    }
}

fn place() -> JournalPlace {
    JournalPlace {
        account: "123456789012".into(),
        region: "us-east-1".into(),
        endpoint: String::new(),
    }
}

fn minutes(count: i64) -> Timestamp {
    at(START) + SignedDuration::from_mins(count)
}

fn listed(minute: i64, tasks: Vec<BundleTask>) -> Entry {
    Entry::Listed {
        place: place(),
        at: minutes(minute),
        tasks: tasks.into_iter().map(Arc::new).collect(),
        is_partial: false,
    }
}

fn happened(minute: i64, event: RecordedEvent, task: Option<&BundleTask>) -> Entry {
    let place = place();
    let record = Record {
        at: minutes(minute),
        account: Some(place.account.clone()),
        region: place.region.clone(),
        bundle_id: task.map_or_else(|| BundleId::new(ID), |task| task.bundle_id.clone()),
        event,
        task: None,
    };
    Entry::Happened {
        place,
        record: Box::new(record),
        task: task.cloned().map(Arc::new),
        cancel: None,
    }
}

fn of_cancel(number: u64, minute: i64, event: RecordedEvent) -> Entry {
    match happened(minute, event, None) {
        Entry::Happened {
            place,
            record,
            task,
            ..
        } => Entry::Happened {
            place,
            record,
            task,
            cancel: Some(number),
        },
        entry => entry,
    }
}

fn state(from: &str, to: &str) -> RecordedEvent {
    RecordedEvent::State {
        from: from.into(),
        to: to.into(),
        lasted: None,
    }
}

fn events(path: &Path) -> Vec<RecordedEvent> {
    let store = Store::open_to_read(path, wait_for_lock).expect("a journal");
    let events = store.events(ID).expect("events").rows.into_iter();
    events.map(|it| it.event).collect()
}

fn tasks(path: &Path) -> Vec<(String, String, bool)> {
    let store = Store::open_to_read(path, wait_for_lock).expect("a journal");
    let tasks = store.tasks(&TaskSelection::default()).expect("tasks");
    let mut tasks: Vec<_> = tasks
        .rows
        .into_iter()
        .map(|it| {
            let id = it.task.bundle_id.to_string();
            (id, it.task.state.to_string(), it.unlisted_since.is_some())
        })
        .collect();
    tasks.sort();
    tasks
}

#[test]
fn what_follows_the_end_of_a_task_does_not_list_it_again() {
    let file = file();
    let mut store = Store::open(&file.path, wait_for_lock).expect("a new journal");
    let cancelling = task(ID, "cancelling");
    let verdict = RecordedEvent::CancelVerdict {
        verdict: Verdict::NoLongerListed,
        after: 40,
    };
    let unlisted = || happened(1, RecordedEvent::NoLongerListed {}, Some(&cancelling));
    for entries in [
        vec![listed(0, vec![cancelling.clone()]), unlisted()],
        // The task is still known, as it was.
        vec![happened(1, verdict, Some(&cancelling))],
        // Another program notices it, too.
        vec![unlisted()],
    ] {
        store.write(&entries).expect("it is written");
        assert_eq!(
            tasks(&file.path),
            [(ID.into(), "cancelling".into(), true)],
            "{entries:?}"
        );
    }
    // EC2 describes it after all.
    let complete = updated(task(ID, "complete"), "2015-09-15T13:50:00Z");
    store
        .write(&[happened(
            3,
            state("cancelling", "complete"),
            Some(&complete),
        )])
        .expect("it is written");
    assert_eq!(tasks(&file.path), [(ID.into(), "complete".into(), false)]);
}

#[test]
fn what_happens_is_kept_and_read_again() {
    let file = file();
    let mut store = Store::open(&file.path, wait_for_lock).expect("a new journal");
    let first = task(ID, "bundling");
    let second = updated(task(ID, "storing"), "2015-09-15T13:40:00Z");
    store
        .write(&[
            listed(0, vec![first, task("bun-0000000b", "complete")]),
            happened(5, state("bundling", "storing"), Some(&second)),
            happened(9, RecordedEvent::NoLongerListed {}, Some(&second)),
        ])
        .expect("it is written");
    drop(store);
    let listed = RecordedEvent::Listed {
        state: "bundling".into(),
    };
    assert_eq!(
        events(&file.path),
        [
            listed,
            state("bundling", "storing"),
            RecordedEvent::NoLongerListed {}
        ]
    );
    assert_eq!(
        tasks(&file.path),
        [
            ("bun-0000000b".into(), "complete".into(), false),
            (ID.into(), "storing".into(), true)
        ]
    );
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = fs::metadata(&file.path)
            .expect("the file")
            .permissions()
            .mode();
        assert_eq!(mode & 0o077, 0, "others cannot read it");
    }
}

/// A program that starts again finds out what happened meanwhile.
#[test]
fn what_happened_between_two_runs_is_found_by_comparing() {
    let file = file();
    let other = task("bun-0000000b", "storing");
    let mut store = Store::open(&file.path, wait_for_lock).expect("a new journal");
    let first = listed(0, vec![task(ID, "storing"), other]);
    store.write(&[first]).expect("it is written");
    drop(store);
    let mut store = Store::open(&file.path, wait_for_lock).expect("the journal");
    let complete = BundleTask {
        progress: Some(Progress::new("100%")),
        ..updated(task(ID, "complete"), "2015-09-15T13:40:00Z")
    };
    store
        .write(&[listed(60, vec![complete])])
        .expect("it is written");
    let progress = RecordedEvent::Progress {
        from: Some("72%".into()),
        to: Some("100%".into()),
    };
    assert_eq!(
        events(&file.path)[1..],
        [state("storing", "complete"), progress]
    );
    assert_eq!(
        tasks(&file.path),
        [
            ("bun-0000000b".into(), "storing".into(), true),
            (ID.into(), "complete".into(), false)
        ]
    );
    // A list from before tells nothing new.
    let older = task(ID, "storing");
    store
        .write(&[listed(61, vec![older])])
        .expect("it is written");
    assert_eq!(events(&file.path).len(), 3);
}

#[test]
fn a_list_that_filters_made_shorter_ends_no_task() {
    let file = file();
    let mut store = Store::open(&file.path, wait_for_lock).expect("a new journal");
    store
        .write(&[listed(0, vec![task(ID, "storing")])])
        .expect("it is written");
    let partial = Entry::Listed {
        place: place(),
        at: minutes(1),
        tasks: vec![Arc::new(task("bun-0000000b", "failed"))],
        is_partial: true,
    };
    store.write(&[partial]).expect("it is written");
    let unlisted = tasks(&file.path)
        .into_iter()
        .filter(|(.., is_unlisted)| *is_unlisted);
    assert_eq!(unlisted.count(), 0);
}

#[test]
fn two_programs_keep_each_change_once() {
    let file = file();
    let mut one = Store::open(&file.path, wait_for_lock).expect("a new journal");
    let mut two = Store::open(&file.path, wait_for_lock).expect("the same");
    let storing = updated(task(ID, "storing"), "2015-09-15T13:40:00Z");
    let complete = updated(task(ID, "complete"), "2015-09-15T13:50:00Z");
    for store in [&mut one, &mut two] {
        store
            .write(&[listed(0, vec![task(ID, "bundling")])])
            .expect("it is written");
    }
    let changes = [
        happened(5, state("bundling", "storing"), Some(&storing)),
        happened(8, state("storing", "complete"), Some(&complete)),
    ];
    one.write(&changes).expect("it is written");
    // The other is late, and has watched for another time.
    let lasted = RecordedEvent::State {
        from: "bundling".into(),
        to: "storing".into(),
        lasted: Some(7),
    };
    two.write(&[happened(6, lasted, Some(&storing))])
        .expect("it is written");
    two.write(&[happened(9, state("storing", "complete"), Some(&complete))])
        .expect("it is written");
    assert_eq!(
        events(&file.path)[1..],
        [state("bundling", "storing"), state("storing", "complete")]
    );
    assert_eq!(
        tasks(&file.path)[0].1,
        "complete",
        "the older description does not count"
    );
}

/// Both write at the same time, many times.
#[test]
fn two_programs_do_not_get_in_each_others_way() {
    let file = file();
    Store::open(&file.path, wait_for_lock).expect("a new journal");
    let write = |name: &'static str| {
        let path = file.path.clone();
        std::thread::spawn(move || {
            let mut store = Store::open(&path, wait_for_lock).expect("the journal");
            for number in 0..100 {
                let own = task(&format!("bun-{name}{number}"), "storing");
                let appeared = RecordedEvent::Appeared {
                    state: "storing".into(),
                };
                store
                    .write(&[happened(number, appeared, Some(&own))])
                    .expect("it is written");
            }
        })
    };
    for thread in [write("a"), write("b")] {
        thread.join().expect("no panic");
    }
    assert_eq!(tasks(&file.path).len(), 200);
}

#[test]
fn the_audit_says_who_cancelled_what_and_what_became_of_it() {
    let file = file();
    let arn = || Some("arn:aws:iam::123456789012:user/dana".to_owned());
    let mut store = Store::open(&file.path, wait_for_lock).expect("a new journal");
    store
        .write(&[
            listed(0, vec![task(ID, "storing")]),
            of_cancel(1, 1, RecordedEvent::CancelRequested { arn: arn() }),
            of_cancel(1, 2, RecordedEvent::CancelSent {}),
            of_cancel(
                1,
                3,
                RecordedEvent::CancelRefused {
                    reason: "IncorrectState".into(),
                    request_id: Some("req-1".into()),
                },
            ),
            of_cancel(2, 4, RecordedEvent::CancelRequested { arn: arn() }),
            of_cancel(2, 4, RecordedEvent::CancelSent {}),
            of_cancel(
                2,
                5,
                RecordedEvent::CancelAccepted {
                    request_id: Some("req-2".into()),
                },
            ),
            of_cancel(2, 6, RecordedEvent::Cancelling { after: 2 }),
        ])
        .expect("it is written");
    drop(store);
    // The numbers of another run are others.
    let mut store = Store::open(&file.path, wait_for_lock).expect("the journal");
    let verdict = RecordedEvent::CancelVerdict {
        verdict: Verdict::NoLongerListed,
        after: 40,
    };
    store
        .write(&[
            of_cancel(1, 10, RecordedEvent::CancelRequested { arn: None }),
            of_cancel(1, 11, RecordedEvent::CancelAccepted { request_id: None }),
            of_cancel(1, 12, verdict),
        ])
        .expect("it is written");
    let cancels = store
        .cancels(&CancelSelection::default())
        .expect("cancels")
        .rows;
    let said: Vec<_> = cancels
        .iter()
        .map(|it| (it.outcome, it.request_id.as_deref(), it.arn.is_some()))
        .collect();
    assert_eq!(
        said,
        [
            (RequestOutcome::Accepted, None, false),
            (RequestOutcome::Accepted, Some("req-2"), true),
            (RequestOutcome::Refused, Some("req-1"), true)
        ]
    );
    assert_eq!(
        cancels[0].verdict,
        Some((Verdict::NoLongerListed, minutes(12)))
    );
    // It is being cancelled, which is no verdict yet.
    assert_eq!(cancels[1].verdict, None);
    let since = CancelSelection {
        since: Some(minutes(4)),
        ..CancelSelection::default()
    };
    assert_eq!(store.cancels(&since).expect("cancels").rows.len(), 2);
}

#[test]
fn secrets_are_not_kept() {
    let file = file();
    let mut store = Store::open(&file.path, wait_for_lock).expect("a new journal");
    let secret = BundleTask {
        storage: Some(S3Storage {
            bucket: Some("bundletasks".into()),
            aws_access_key_id: Some("AKIAIOSFODNN7EXAMPLE".into()),
            upload_policy: Some(b"{\"expiration\": \"x\"}".to_vec()),
            upload_policy_signature: Some(Secret::new("c2lnbmF0dXJl")),
            ..S3Storage::default()
        }),
        ..task(ID, "storing")
    };
    store
        .write(&[listed(0, vec![secret])])
        .expect("it is written");
    drop(store);
    let directory = file.path.parent().expect("a directory");
    for entry in fs::read_dir(directory).expect("files") {
        let bytes = fs::read(entry.expect("a file").path()).expect("its bytes");
        let text = String::from_utf8_lossy(&bytes);
        for secret in ["AKIA", "MPLE", "c2lnbmF0dXJl", "expiration", "eyJ"] {
            assert!(!text.contains(secret), "{secret}");
        }
    }
}

/// The past as the UI shows it, with how the progress went.
#[test]
fn past_tasks_have_their_progress() {
    let file = file();
    let mut store = Store::open(&file.path, wait_for_lock).expect("a new journal");
    let progress = |from: &str, to: &str| RecordedEvent::Progress {
        from: Some(from.into()),
        to: Some(to.into()),
    };
    let mut half = updated(task(ID, "storing"), "2015-09-15T13:40:00Z");
    half.progress = Some(Progress::new("50%"));
    store
        .write(&[
            listed(
                0,
                vec![task(ID, "bundling"), task("bun-0000000b", "storing")],
            ),
            happened(1, state("bundling", "storing"), Some(&half)),
            happened(1, progress("0%", "10%"), Some(&half)),
            happened(2, progress("10%", "50%"), Some(&half)),
            happened(3, RecordedEvent::NoLongerListed {}, Some(&half)),
        ])
        .expect("it is written");
    let past = past_tasks(&file.path, &place()).expect("the past");
    let [past] = &past.tasks[..] else {
        panic!("{past:?}");
    };
    assert_eq!(past.task.bundle_id.as_str(), ID);
    assert_eq!(past.unlisted_since, minutes(3));
    let percents: Vec<_> = past
        .history
        .observations()
        .filter_map(|it| it.percent)
        .collect();
    assert_eq!(percents, [10.0, 50.0]);
    assert_eq!(past.history.rising().len(), 2);
    let elsewhere = JournalPlace {
        region: "eu-west-1".into(),
        ..place()
    };
    let past = past_tasks(&file.path, &elsewhere).expect("the past");
    assert_eq!(past, PastTasks::default());
}

/// Of the tasks that EC2 listed last, what a new run continues from.
#[test]
fn a_new_run_reads_what_earlier_runs_observed() {
    let file = file();
    let mut store = Store::open(&file.path, wait_for_lock).expect("a new journal");
    let percent = |percent: &str| BundleTask {
        progress: Some(Progress::new(percent)),
        ..task(ID, "storing")
    };
    let moved = |from: &str, to: &str| RecordedEvent::Progress {
        from: Some(from.into()),
        to: Some(to.into()),
    };
    store
        .write(&[
            listed(0, vec![percent("10%"), task("bun-gone", "storing")]),
            happened(5, moved("10%", "40%"), Some(&percent("40%"))),
            listed(6, vec![percent("40%")]),
        ])
        .expect("written");
    let earlier = earlier_runs(&file.path, &place()).expect("observations");
    let observed = earlier.observations;
    assert_eq!(observed.len(), 1);
    let of_task: Vec<_> = observed[&BundleId::new(ID)]
        .iter()
        .map(|it| (it.at, it.percent))
        .collect();
    assert_eq!(of_task, [(minutes(0), None), (minutes(5), Some(40.0))]);
}

#[test]
fn old_tasks_are_forgotten_with_all_that_belongs_to_them() {
    let file = file();
    let mut store = Store::open(&file.path, wait_for_lock).expect("a new journal");
    let many = (0..2_000).map(|number| task(&format!("bun-{number}"), "storing"));
    store
        .write(&[
            listed(0, many.collect()),
            listed(500, vec![task(ID, "storing")]),
        ])
        .expect("it is written");
    drop(store);
    let size = || fs::metadata(&file.path).expect("the file").len();
    let connection = Connection::open(&file.path).expect("the file");
    connection
        .execute_batch("PRAGMA wal_checkpoint(TRUNCATE)")
        .expect("it is in the file");
    let before = size();
    let mut store = Store::open(&file.path, wait_for_lock).expect("the journal");
    store.forget_before(minutes(400)).expect("it is forgotten");
    drop(store);
    connection
        .execute_batch("PRAGMA wal_checkpoint(TRUNCATE)")
        .expect("it is in the file");
    assert_eq!(tasks(&file.path), [(ID.into(), "storing".into(), false)]);
    let events: i64 = connection
        .query_row("SELECT count(*) FROM event", [], |row| row.get(0))
        .expect("a count");
    assert_eq!(events, 1);
    assert!(size() < before / 4, "{} of {before} bytes", size());
}

/// What was written before STS had answered is of the account that STS names later, and of no other.
#[test]
fn tasks_of_an_unknown_account_are_taken_over_when_it_is_known() {
    let file = file();
    let mut store = Store::open(&file.path, wait_for_lock).expect("a new journal");
    let unowned = |entry: Entry| match entry {
        Entry::Listed {
            at,
            tasks,
            is_partial,
            place,
        } => Entry::Listed {
            place: JournalPlace {
                account: String::new(),
                ..place
            },
            at,
            tasks,
            is_partial,
        },
        entry => entry,
    };
    let other = task("bun-0e0e0e0e", "storing");
    let listed_before = listed(0, vec![task(ID, "storing"), other.clone()]);
    store.write(&[unowned(listed_before)]).expect("written");
    let accounts = |store: &Store| -> Vec<(String, String)> {
        let tasks = store.tasks(&TaskSelection::default()).expect("tasks");
        let mut accounts: Vec<_> = tasks
            .rows
            .into_iter()
            .map(|it| (it.task.bundle_id.to_string(), it.place.account))
            .collect();
        accounts.sort();
        accounts
    };
    let none = String::new();
    let account = place().account;
    store
        .write(&[listed(1, vec![task(ID, "storing")])])
        .expect("written");
    assert_eq!(
        accounts(&store),
        [
            ("bun-0e0e0e0e".to_owned(), none),
            (ID.to_owned(), account.clone())
        ]
    );
    let failed = BundleTask {
        state: bundletop::task::State::new("failed"),
        ..other
    };
    store
        .write(&[happened(2, state("storing", "failed"), Some(&failed))])
        .expect("written");
    assert_eq!(
        accounts(&store),
        [
            ("bun-0e0e0e0e".to_owned(), account.clone()),
            (ID.to_owned(), account)
        ]
    );
}

/// Rows that another program has damaged are left out and counted; events of later versions are not damage.
#[test]
fn damaged_rows_are_counted() {
    let file = file();
    let mut store = Store::open(&file.path, wait_for_lock).expect("a new journal");
    let arn = None;
    store
        .write(&[
            listed(0, vec![task(ID, "storing"), task("bun-1b2c3d4e", "failed")]),
            of_cancel(1, 1, RecordedEvent::CancelRequested { arn }),
        ])
        .expect("written");
    let connection = Connection::open(&file.path).expect("a connection");
    connection
        .execute_batch(
            "UPDATE task SET json = '{\"BundleId\":' WHERE bundle_id = 'bun-1b2c3d4e';
             UPDATE cancel SET outcome = 'blue';
             INSERT INTO event (task, at, json) VALUES
                (1, 1, 'no JSON'), (1, 2, '{\"event\":\"dreamt\",\"of\":\"sheep\"}');",
        )
        .expect("it is damaged");
    let read = store.tasks(&TaskSelection::default()).expect("tasks");
    assert_eq!((read.rows.len(), read.damaged), (1, 1));
    let read = store.events(ID).expect("events");
    assert_eq!((read.rows.len(), read.damaged), (2, 1));
    let read = store.cancels(&CancelSelection::default()).expect("cancels");
    assert_eq!((read.rows.len(), read.damaged), (0, 1));
    let past = past_tasks(&file.path, &place()).expect("the past");
    assert_eq!(past, PastTasks::default());
    let wanted = TaskSelection {
        states: vec!["storing".into(), "blue".into()],
        bundle_ids: vec![ID.into()],
        place: Some(place()),
        limit: Some(1),
        ..TaskSelection::default()
    };
    assert_eq!(store.tasks(&wanted).expect("tasks").rows.len(), 1);
    let wanted = TaskSelection {
        states: vec!["failed".into()],
        ..wanted
    };
    assert_eq!(store.tasks(&wanted).expect("tasks").rows.len(), 0);
}

/// The second version had phrases where the third has names.
#[test]
fn a_file_of_the_second_version_is_migrated() {
    let file = file();
    let mut store = Store::open(&file.path, wait_for_lock).expect("a new journal");
    let requested = |number| of_cancel(number, 1, RecordedEvent::CancelRequested { arn: None });
    store
        .write(&[1, 2, 3, 4, 5].map(requested))
        .expect("written");
    drop(store);
    let phrases = [
        (
            "not sent",
            "cancelled: no longer listed 40s after the cancel",
        ),
        (
            "answer lost",
            "not cancelled: completed 2m after the cancel",
        ),
        ("found again", "failed 1m after the cancel"),
        ("accepted", "still cancelling 10m after the cancel"),
        ("sent", "cancelling, 3s after the cancel"),
    ];
    let connection = Connection::open(&file.path).expect("a connection");
    for (number, (outcome, verdict)) in (1..).zip(phrases) {
        let sql = "UPDATE cancel SET outcome = ?2, verdict = ?3, verdict_at = 5 WHERE number = ?1";
        connection
            .execute(sql, (number, outcome, verdict))
            .expect("it is set");
    }
    connection
        .pragma_update(None, "user_version", 2)
        .expect("it is set");
    drop(connection);
    let store = Store::open(&file.path, wait_for_lock).expect("it is migrated");
    let cancels = store.cancels(&CancelSelection::default()).expect("cancels");
    assert_eq!(cancels.damaged, 0);
    let mut read: Vec<_> = cancels
        .rows
        .into_iter()
        .map(|it| (it.outcome, it.verdict.map(|(verdict, _)| verdict)))
        .collect();
    read.reverse();
    assert_eq!(
        read,
        [
            (RequestOutcome::NotSent, Some(Verdict::NoLongerListed)),
            (RequestOutcome::AnswerLost, Some(Verdict::Completed)),
            (RequestOutcome::Settled, Some(Verdict::Failed)),
            (RequestOutcome::Accepted, Some(Verdict::StillCancelling)),
            (RequestOutcome::Sent, None),
        ]
    );
}

/// What a file of the first version becomes.
#[test]
fn a_file_of_the_first_version_is_migrated() {
    let file = file();
    fs::create_dir_all(file.path.parent().expect("a directory")).expect("a directory");
    let connection = Connection::open(&file.path).expect("a file");
    connection
        .execute_batch(include_str!("fixtures/journal-version-1.sql"))
        .expect("the first version");
    drop(connection);
    Store::open(&file.path, wait_for_lock).expect("it is migrated");
    assert_eq!(tasks(&file.path), [(ID.into(), "cancelling".into(), true)]);
    assert_eq!(events(&file.path).len(), 3);
    let store = Store::open_to_read(&file.path, wait_for_lock).expect("the journal");
    let cancels = store
        .cancels(&CancelSelection::default())
        .expect("cancels")
        .rows;
    let arns: Vec<_> = cancels.iter().filter_map(|it| it.arn.as_deref()).collect();
    assert_eq!(arns, ["arn:aws:iam::123456789012:user/dana"]);
    let version: u32 = Connection::open(&file.path)
        .and_then(|it| it.pragma_query_value(None, "user_version", |row| row.get(0)))
        .expect("a version");
    assert_eq!(version, 3);
}

fn open_error(path: &Path) -> JournalError {
    Store::open(path, wait_for_lock)
        .err()
        .expect("it cannot be opened")
}

#[test]
fn a_file_that_cannot_be_used_says_why() {
    let file = file();
    let directory = file.path.parent().expect("a directory");
    fs::create_dir_all(directory).expect("a directory");
    fs::write(
        &file.path,
        "This is a shopping list, and no journal at all.".repeat(100),
    )
    .expect("a file");
    let damaged = open_error(&file.path);
    assert_eq!(damaged, JournalError::Damaged(file.path.clone()));
    assert!(damaged.to_string().contains("Move it away"), "{damaged}");

    fs::remove_file(&file.path).expect("it is removed");
    Store::open(&file.path, wait_for_lock).expect("a new journal");
    Connection::open(&file.path)
        .and_then(|it| it.pragma_update(None, "user_version", 99))
        .expect("a later version");
    let newer = open_error(&file.path);
    assert!(
        matches!(newer, JournalError::Newer { version: 99, .. }),
        "{newer:?}"
    );
    assert!(newer.to_string().contains("version 99"), "{newer}");

    let below_a_file = file.path.join("journal.sqlite3");
    let cannot = open_error(&below_a_file);
    assert!(
        matches!(cannot, JournalError::CannotOpen { .. }),
        "{cannot:?}"
    );
}

/// What is not a journal is not touched.
#[test]
fn other_files_stay_as_they_are() {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("other.sqlite3");
    let other = Connection::open(&path).expect("a file");
    other
        .execute_batch("CREATE TABLE notes (text)")
        .expect("a table");
    drop(other);
    let newer = directory.path().join("newer.sqlite3");
    drop(Store::open(&newer, wait_for_lock).expect("a new journal"));
    Connection::open(&newer)
        .and_then(|it| it.execute_batch("PRAGMA user_version = 99; PRAGMA journal_mode = DELETE"))
        .expect("a later version");
    for path in [&path, &newer] {
        let before = fs::read(path).expect("the file");
        open_error(path);
        assert!(
            fs::read(path).expect("the file") == before,
            "{} has changed",
            path.display()
        );
    }
    let names = fs::read_dir(directory.path()).expect("files").count();
    assert_eq!(names, 2, "nothing is left beside them");
    let directory = directory.path().to_owned();
    assert_eq!(open_error(&directory), JournalError::NotAFile(directory));
}

#[test]
fn a_journal_that_is_removed_while_it_is_in_use_is_said() {
    let file = file();
    let mut store = Store::open(&file.path, wait_for_lock).expect("a new journal");
    let entry = || [listed(0, vec![task(ID, "storing")])];
    store.write(&entry()).expect("it is written");
    fs::remove_file(&file.path).expect("it is removed");
    let replaced = Err(JournalError::Replaced(file.path.clone()));
    assert_eq!(store.write(&entry()), replaced);
    fs::write(&file.path, "another").expect("another file");
    assert_eq!(store.write(&entry()), replaced);
}

/// A full disk: the file may not have any more pages.
#[test]
fn a_full_disk_is_said_and_the_journal_stays_as_it_was() {
    let file = file();
    let mut store = Store::open(&file.path, wait_for_lock).expect("a new journal");
    store
        .write(&[listed(0, vec![task(ID, "storing")])])
        .expect("it is written");
    store.limit_pages(20).expect("a limit");
    let many = (0..2_000).map(|number| task(&format!("bun-{number}"), "storing"));
    let full = store.write(&[listed(1, many.collect())]);
    assert_eq!(full, Err(JournalError::Full(file.path.clone())));
    assert_eq!(tasks(&file.path), [(ID.into(), "storing".into(), false)]);
}

/// Waits for the reports of a writer.
fn written(path: &Path, entries: Vec<Entry>) -> Vec<Report> {
    let (sender, reports) = channel();
    let report = move |report| sender.send(report).expect("the test waits");
    let mut writer = Writer::start(path.to_owned(), None, minutes(0), report);
    for entry in entries {
        writer.send(vec![entry]);
    }
    drop(writer);
    reports.iter().collect()
}

#[test]
fn the_writer_reports_what_is_saved() {
    let file = file();
    let entries = (0..50).map(|minute| listed(minute, vec![task(ID, "storing")]));
    let reports = written(&file.path, entries.collect());
    assert_eq!(reports.last(), Some(&Report::Saved(50)), "{reports:?}");
    assert_eq!(tasks(&file.path).len(), 1);
}

#[test]
fn the_writer_says_once_that_there_is_no_journal() {
    let file = file();
    fs::create_dir_all(file.path.parent().expect("a directory")).expect("a directory");
    fs::write(&file.path, "no journal".repeat(500)).expect("a file");
    let entries = (0..3).map(|minute| listed(minute, vec![task(ID, "storing")]));
    let reports = written(&file.path, entries.collect());
    assert_eq!(
        reports,
        [Report::Failed(JournalError::Damaged(file.path.clone()))]
    );
}

/// Another program holds the lock for longer than is waited for.
#[test]
fn a_locked_journal_is_said() {
    let file = file();
    Store::open(&file.path, wait_for_lock).expect("a new journal");
    let other = Connection::open(&file.path).expect("the file");
    other.execute_batch("BEGIN IMMEDIATE").expect("the lock");
    let mut store = Store::open(&file.path, |_| false).expect("readers do not wait");
    let locked = store.write(&[listed(0, vec![task(ID, "storing")])]);
    assert_eq!(locked, Err(JournalError::Locked(file.path.clone())));
    other.execute_batch("COMMIT").expect("it is free");
    store
        .write(&[listed(0, vec![task(ID, "storing")])])
        .expect("it is written");
}

/// A program that was killed cannot follow its cancels. The next one sees what became of them.
#[test]
fn cancels_of_earlier_runs_get_their_verdict() {
    let requested = || RecordedEvent::CancelRequested { arn: None };
    let accepted = || RecordedEvent::CancelAccepted { request_id: None };
    let unlisted = || happened(9, RecordedEvent::NoLongerListed {}, None);
    let storing = || task(ID, "storing");
    let cases = [
        // What the first run has done, what the second one sees, and what became of the cancel.
        (vec![requested()], vec![unlisted()], None),
        (
            vec![requested(), RecordedEvent::CancelSent {}],
            vec![unlisted()],
            None,
        ),
        (
            vec![requested(), RecordedEvent::CancelSent {}],
            vec![
                happened(
                    8,
                    state("storing", "cancelling"),
                    Some(&task(ID, "cancelling")),
                ),
                unlisted(),
            ],
            Some(Verdict::NoLongerListed),
        ),
        (
            vec![requested(), RecordedEvent::CancelSent {}, accepted()],
            vec![listed(9, Vec::new())],
            Some(Verdict::NoLongerListed),
        ),
        (
            vec![requested(), RecordedEvent::CancelSent {}, accepted()],
            vec![listed(
                9,
                vec![updated(task(ID, "complete"), "2015-09-15T13:40:00Z")],
            )],
            Some(Verdict::Completed),
        ),
        (
            vec![requested(), RecordedEvent::CancelSent {}],
            vec![happened(
                9,
                state("storing", "failed"),
                Some(&task(ID, "failed")),
            )],
            Some(Verdict::Failed),
        ),
    ];
    for (done, seen, verdict) in cases {
        let file = file();
        let mut first = Store::open(&file.path, wait_for_lock).expect("a new journal");
        first
            .write(&[listed(0, vec![storing()])])
            .expect("it is written");
        for event in &done {
            let entry = of_cancel(1, 1, event.clone());
            first.write(&[entry]).expect("it is written");
        }
        drop(first);
        let mut second = Store::open(&file.path, wait_for_lock).expect("the journal");
        second.write(&seen).expect("it is written");
        let cancels = second
            .cancels(&CancelSelection::default())
            .expect("cancels");
        let found = cancels.rows[0].verdict;
        assert_eq!(
            found,
            verdict.map(|it| (it, minutes(9))),
            "{done:?} {seen:?}"
        );
        let verdicts = events(&file.path).into_iter();
        let verdicts: Vec<_> = verdicts
            .filter(|it| matches!(it, RecordedEvent::CancelVerdict { .. }))
            .collect();
        let expected = verdict.map(|verdict| RecordedEvent::CancelVerdict {
            verdict,
            after: 8 * 60,
        });
        assert_eq!(verdicts, Vec::from_iter(expected));
    }
}

#[test]
fn a_cancel_that_was_never_sent_is_given_up_after_an_hour() {
    let file = file();
    let mut first = Store::open(&file.path, wait_for_lock).expect("a new journal");
    let storing = || vec![task(ID, "storing")];
    first.write(&[listed(0, storing())]).expect("it is written");
    let requested = RecordedEvent::CancelRequested { arn: None };
    first
        .write(&[of_cancel(1, 1, requested)])
        .expect("it is written");
    let outcome = |store: &Store| {
        let cancels = store.cancels(&CancelSelection::default()).expect("cancels");
        cancels.rows[0].outcome
    };
    let mut second = Store::open(&file.path, wait_for_lock).expect("the journal");
    // The first one may still be at it.
    second
        .write(&[listed(30, storing())])
        .expect("it is written");
    assert_eq!(outcome(&second), RequestOutcome::Requested);
    second
        .write(&[listed(90, storing())])
        .expect("it is written");
    assert_eq!(outcome(&second), RequestOutcome::NotSent);
    let last = events(&file.path).pop().expect("an event");
    let reason = "bundletop ended before it was sent".to_owned();
    assert_eq!(last, RecordedEvent::CancelNotSent { reason });
}

/// The task is known as it was before.
#[test]
fn a_task_is_not_seen_when_it_is_no_longer_listed() {
    let file = file();
    let mut store = Store::open(&file.path, wait_for_lock).expect("a new journal");
    let cancelling = task(ID, "cancelling");
    store
        .write(&[
            listed(0, vec![cancelling.clone()]),
            happened(3, RecordedEvent::NoLongerListed {}, Some(&cancelling)),
        ])
        .expect("it is written");
    let tasks = store.tasks(&TaskSelection::default()).expect("tasks").rows;
    assert_eq!(tasks[0].last_seen, minutes(0));
    assert_eq!(tasks[0].unlisted_since, Some(minutes(3)));
}
