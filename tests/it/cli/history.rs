//! `bundletop history`.

use std::io::{BufRead as _, BufReader};
use std::process::{Command, Output, Stdio};
use std::sync::Arc;

use bundletop::journal::{Entry, JournalPlace, Store, wait_for_lock};
use bundletop::record::{Record, RecordedEvent};
use bundletop::task::{BundleId, BundleTask, TaskError};
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::{assert_ended, stderr};
use crate::harness::task;

/// A home directory with a journal in it: one task that failed long ago, one that is storing.
fn home() -> tempfile::TempDir {
    let home = tempfile::tempdir().expect("a directory");
    let path = home.path().join(".local/state/bundletop/journal.sqlite3");
    let mut store = Store::open(&path, wait_for_lock).expect("a new journal");
    let place = JournalPlace {
        account: "123456789012".into(),
        region: "us-east-1".into(),
        endpoint: String::new(),
    };
    let old = BundleTask {
        error: Some(TaskError {
            code: Some("Client.S3Error".into()),
            message: Some("Access, \"denied\"".into()),
        }),
        ..task("bun-1b2c3d4e", "failed")
    };
    let listed = |days: i64, tasks: Vec<BundleTask>| Entry::Listed {
        place: place.clone(),
        at: Timestamp::now() - SignedDuration::from_hours(24 * days),
        tasks: tasks.into_iter().map(Arc::new).collect(),
        is_partial: false,
    };
    let storing = task("bun-2a4e041c", "storing");
    let happened = |number, event| Entry::Happened {
        place: place.clone(),
        record: Box::new(Record {
            at: Timestamp::now(),
            account: Some(place.account.clone()),
            region: place.region.clone(),
            bundle_id: BundleId::new("bun-2a4e041c"),
            event,
            task: None,
        }),
        task: Some(Arc::new(storing.clone())),
        cancel: Some(number),
    };
    let arn = Some("arn:aws:iam::123456789012:user/dana".to_owned());
    let request_id = Some("11111111-2222-3333-4444-555555555555".to_owned());
    store
        .write(&[
            listed(30, vec![old]),
            listed(1, vec![storing.clone()]),
            happened(1, RecordedEvent::CancelRequested { arn }),
            happened(1, RecordedEvent::CancelAccepted { request_id }),
        ])
        .expect("it is written");
    home
}

fn command(home: &tempfile::TempDir, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_bundletop"));
    command.arg("history").args(args);
    command.env_clear().env("HOME", home.path());
    command
}

fn history(home: &tempfile::TempDir, args: &[&str]) -> Output {
    command(home, args).output().expect("the program runs")
}

fn stdout(output: &Output) -> &str {
    assert!(output.status.success(), "{}", stderr(output));
    std::str::from_utf8(&output.stdout).expect("UTF-8")
}

fn ids(output: &Output) -> Vec<String> {
    let json: Value = serde_json::from_str(stdout(output)).expect("JSON");
    let tasks = json["BundleTasks"].as_array().expect("a list").iter();
    tasks
        .map(|task| task["BundleId"].as_str().expect("an ID").to_owned())
        .collect()
}

#[test]
fn tasks_are_selected_by_time_state_and_id() {
    let home = home();
    let all = ["bun-2a4e041c", "bun-1b2c3d4e"];
    assert_eq!(ids(&history(&home, &[])), all);
    assert_eq!(ids(&history(&home, &["--since", "7d"])), all[..1]);
    assert_eq!(ids(&history(&home, &["--since", "12w"])), all);
    assert_eq!(ids(&history(&home, &["--since", "5000000d"])), all);
    assert_eq!(ids(&history(&home, &["--state", "failed"])), all[1..]);
    assert_eq!(
        ids(&history(&home, &["--bundle-ids", "bun-2a4e041c", "bun-x"])),
        all[..1]
    );
    let json: Value = serde_json::from_str(stdout(&history(&home, &[]))).expect("JSON");
    let failed = &json["BundleTasks"][1];
    assert_eq!(failed["BundleTaskError"]["Code"], "Client.S3Error");
    assert_eq!(failed["Account"], "123456789012");
    assert!(failed["NoLongerListedSince"].is_string());
}

#[test]
fn a_locked_journal_is_waited_for_and_that_is_said() {
    let home = home();
    let path = home.path().join(".local/state/bundletop/journal.sqlite3");
    let other = rusqlite::Connection::open(path).expect("the journal");
    other
        .execute_batch("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE")
        .expect("the lock");
    let mut command = command(&home, &[]);
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut waiting = command.spawn().expect("the program runs");
    let mut lines = BufReader::new(waiting.stderr.take().expect("a pipe")).lines();
    let said = lines.next().expect("a line").expect("a line");
    assert_eq!(
        said,
        "bundletop: another program has locked the journal; waiting for it"
    );
    drop(other);
    let output = waiting.wait_with_output().expect("it ends");
    assert_eq!(ids(&output).len(), 2);
}

#[test]
fn the_formats_and_the_query() {
    let home = home();
    let query = "BundleTasks[].[BundleId,State]";
    let text = history(&home, &["--query", query, "--output", "text"]);
    assert_eq!(
        stdout(&text),
        "bun-2a4e041c\tstoring\nbun-1b2c3d4e\tfailed\n"
    );
    let table = history(&home, &["--query", query, "--output", "table"]);
    assert!(
        stdout(&table).contains("|  bun-2a4e041c |  storing  |"),
        "{}",
        stdout(&table)
    );
    let yaml = history(
        &home,
        &["--query", "BundleTasks[0].State", "--output", "yaml"],
    );
    assert_eq!(stdout(&yaml), "\"storing\"\n");
    let csv = history(&home, &["--output", "csv"]);
    let mut reader = csv::Reader::from_reader(stdout(&csv).as_bytes());
    let names = reader.headers().expect("names").clone();
    for name in [
        "BundleId",
        "Storage.S3.Bucket",
        "BundleTaskError.Message",
        "LastSeen",
    ] {
        assert!(
            names.iter().any(|it| it == name),
            "{name} is not in {names:?}"
        );
    }
    let message = names
        .iter()
        .position(|it| it == "BundleTaskError.Message")
        .expect("a column");
    let rows: Vec<_> = reader.records().map(|row| row.expect("a row")).collect();
    assert_eq!(
        (&rows[0][message], &rows[1][message]),
        ("", "Access, \"denied\"")
    );
}

/// A script finds the same columns always, also if nothing is found.
#[test]
fn csv_has_its_columns_also_without_rows() {
    let home = home();
    for (args, begin) in [
        (&["--state", "blue"][..], "BundleId,InstanceId,State,"),
        (&["--events", "bun-blue"], "At,BundleId,Event,"),
        (
            &["--cancels", "--bundle-ids", "bun-blue"],
            "RequestedAt,BundleId,RequestedBy,Outcome,",
        ),
    ] {
        let csv = history(&home, &[args, &["--output", "csv"]].concat());
        let text = stdout(&csv);
        assert!(
            text.starts_with(begin) && text.lines().count() == 1,
            "{text}"
        );
    }
    let query = &[
        "--query",
        "BundleTasks[?State=='blue'].BundleId",
        "--output",
        "csv",
    ];
    assert_eq!(stdout(&history(&home, query)), "");
}

#[test]
fn damaged_rows_are_said_and_the_others_are_shown() {
    let home = home();
    let path = home.path().join(".local/state/bundletop/journal.sqlite3");
    rusqlite::Connection::open(path)
        .and_then(|it| {
            it.execute(
                "UPDATE task SET json = 'no JSON' WHERE state = 'failed'",
                [],
            )
        })
        .expect("it is damaged");
    let tasks = history(&home, &[]);
    assert_eq!(ids(&tasks), ["bun-2a4e041c"]);
    let said = "one row of the journal is damaged and left out";
    assert!(stderr(&tasks).contains(said), "{}", stderr(&tasks));
}

#[test]
fn the_audit_and_one_tasks_life() {
    let home = home();
    let cancels = history(&home, &["--cancels"]);
    let json: Value = serde_json::from_str(stdout(&cancels)).expect("JSON");
    let cancel = &json["Cancels"][0];
    assert_eq!(cancel["RequestedBy"], "arn:aws:iam::123456789012:user/dana");
    assert_eq!(cancel["Outcome"], "accepted");
    assert_eq!(cancel["RequestId"], "11111111-2222-3333-4444-555555555555");
    assert_eq!(cancel["Verdict"], Value::Null);
    let query = "Events[].Event";
    let events = history(&home, &["--events", "bun-2a4e041c", "--query", query]);
    let events: Vec<String> = serde_json::from_str(stdout(&events)).expect("JSON");
    assert_eq!(
        events,
        [
            "is storing",
            "cancel requested by arn:aws:iam::123456789012:user/dana",
            "cancel accepted (request 11111111-2222-3333-4444-555555555555)"
        ]
    );
}

#[test]
fn what_cannot_be_done_is_said() {
    let home = home();
    let other = home.path().join("notes.txt");
    std::fs::write(&other, "no journal ".repeat(500)).expect("a file");
    let other = other.to_str().expect("UTF-8");
    for (args, code, reason) in [
        (
            &["--since", "yesterday"][..],
            2,
            "must be a time such as 7d",
        ),
        (&["--since", "0d"], 2, "longer than 0"),
        (
            &["--query", "BundleTasks["],
            2,
            "Invalid jmespath expression",
        ),
        (
            &["--cancels", "--state", "failed"],
            2,
            "cannot be used with",
        ),
        (
            &["--journal", "/nonexistent/journal"],
            2,
            "there is no journal at /nonexistent/journal yet",
        ),
        (&["--journal", other], 1, "is damaged or is not a journal"),
    ] {
        assert_ended(&history(&home, args), code, reason, args);
    }
}
