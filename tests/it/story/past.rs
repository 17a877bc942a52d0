//! The journal and the tasks of the past, as the app handles them.

use std::collections::HashMap;

use bundletop::journal::{EarlierRuns, Entry, JournalError, JournalPlace, PastTasks, Report};
use bundletop::monitor::{Observation, PastTask, ProgressHistory};
use bundletop::record::RecordedEvent;
use bundletop::task::{BundleTask, Phase, Progress, S3Storage};
use bundletop::tui::app::{JournalStatus, Msg};

use jiff::SignedDuration;

use super::cancel::ID;
use crate::harness::{Asked, Harness, START, at, id, task, three, updated};

fn journalled() -> Harness {
    let mut harness = Harness::new(120, 40);
    harness.app.use_journal(false);
    harness.draw();
    harness.connect(1);
    harness
}

fn place() -> JournalPlace {
    JournalPlace {
        account: "123456789012".into(),
        region: "us-east-1".into(),
        endpoint: String::new(),
    }
}

#[test]
fn the_first_list_and_every_change_are_kept_once_the_account_is_known() {
    let mut harness = journalled();
    harness.answer(1, three());
    assert!(harness.kept.is_empty(), "whose tasks are these?");
    harness.identified("123456789012");
    let [
        Entry::Listed {
            place: kept, tasks, ..
        },
    ] = &harness.kept[..]
    else {
        panic!("{:?}", harness.kept);
    };
    assert_eq!((kept, tasks.len()), (&place(), 3));
    let mut tasks = three();
    tasks.push(task("bun-0000000d", "pending"));
    harness.answer(2, tasks);
    let [
        _,
        Entry::Happened {
            record,
            task,
            cancel,
            ..
        },
    ] = &harness.kept[..]
    else {
        panic!("{:?}", harness.kept);
    };
    assert_eq!(record.bundle_id.as_str(), "bun-0000000d");
    assert!(matches!(record.event, RecordedEvent::Appeared { .. }));
    assert_eq!(task.as_ref().expect("a task").state.as_str(), "pending");
    assert_eq!(*cancel, None);
}

/// After a restart, the chart and the pace of a task go on from what the journal has of it.
#[test]
fn what_earlier_runs_observed_is_part_of_the_history() {
    let mut harness = journalled();
    harness.answer(1, three());
    let asked = harness.identified("123456789012");
    assert!(
        asked.contains(&Asked::ReadEarlierRuns(place())),
        "{asked:?}"
    );
    let observed = |minute: i64, percent: f64| Observation {
        at: at(START) - SignedDuration::from_mins(minute),
        phase: Phase::Storing,
        percent: Some(percent),
    };
    let earlier = vec![observed(20, 10.0), observed(10, 40.0), observed(5, 72.0)];
    let of_others = |account: &str| JournalPlace {
        account: account.into(),
        ..place()
    };
    let known = |harness: &Harness| {
        let tracked = harness.app.tasks().by_id(&id(ID)).expect("it is listed");
        let observations = tracked.history.observations();
        observations.map(|it| it.percent).collect::<Vec<_>>()
    };
    let earlier = HashMap::from([(id(ID), earlier)]);
    let earlier = EarlierRuns {
        observations: earlier,
        ..EarlierRuns::default()
    };
    harness.send(Msg::EarlierRuns(of_others("999999999999"), earlier.clone()));
    assert_eq!(
        known(&harness),
        [Some(72.0)],
        "these are of another account"
    );
    harness.send(Msg::EarlierRuns(place(), earlier));
    assert_eq!(known(&harness), [Some(10.0), Some(40.0), Some(72.0)]);
    // The rate since 40%, over five minutes, not since this run has begun.
    let tracked = harness.app.tasks().by_id(&id(ID)).expect("it is listed");
    let since = tracked.history.unmoved_since();
    assert_eq!(since, at(START) - SignedDuration::from_mins(5));
}

#[test]
fn a_cancel_is_kept_with_who_asked_for_it() {
    let mut harness = journalled();
    harness.identified("123456789012");
    harness.answer(1, three());
    harness.select(ID);
    harness.send_cancel(ID);
    let events: Vec<_> = harness.kept[1..]
        .iter()
        .map(|entry| match entry {
            Entry::Happened { record, cancel, .. } => (record.event.clone(), *cancel),
            entry => panic!("{entry:?}"),
        })
        .collect();
    let arn = Some("arn:aws:iam::123456789012:user/dana".to_owned());
    assert_eq!(
        events,
        [
            (RecordedEvent::CancelRequested { arn }, Some(1)),
            (RecordedEvent::CancelSent {}, Some(1))
        ]
    );
}

/// That the same tasks are still listed is noted once a minute.
#[test]
fn polls_without_changes_are_kept_once_a_minute() {
    let mut harness = journalled();
    harness.identified("123456789012");
    harness.answer(1, three());
    let start = harness.mono;
    let mut poll = 1;
    while harness.mono.as_secs() < start.as_secs() + 300 {
        poll += 1;
        harness.answer(poll, three());
    }
    assert!(poll > 30, "{poll} polls");
    let polled = harness
        .kept
        .iter()
        .filter(|it| matches!(it, Entry::Polled { .. }));
    assert!(
        (4..=5).contains(&polled.count()),
        "{:?}",
        harness.kept.len()
    );
}

#[test]
fn what_is_saved_is_said() {
    let mut harness = journalled();
    harness.identified("123456789012");
    harness.answer(1, three());
    assert_eq!(harness.app.journal_status(), JournalStatus::NotSaved(1));
    harness.send(Msg::Journal(Report::Saved(1)));
    assert_eq!(harness.app.journal_status(), JournalStatus::Saved);
    let error = JournalError::Full("/home/dana/journal.sqlite3".into());
    harness.send(Msg::Journal(Report::Failed(error)));
    let screen = harness.screen();
    assert!(
        screen.contains("No journal is kept: there is no room on the disk for the journal"),
        "{screen}"
    );
    let kept = harness.kept.len();
    harness.answer(2, vec![]);
    assert_eq!(harness.kept.len(), kept, "nothing more is handed over");
    harness.key("h");
    assert!(
        harness.screen().contains("No journal is kept"),
        "{}",
        harness.screen()
    );
    let mut without = Harness::with(three());
    without.key("h");
    assert!(
        without
            .screen()
            .contains("No journal is kept, so there are no past tasks to show.")
    );
}

fn past() -> PastTasks {
    let task = BundleTask {
        progress: Some(Progress::new("100%")),
        storage: Some(S3Storage {
            bucket: Some("bundletasks".into()),
            prefix: Some("last-tuesday".into()),
            ..S3Storage::default()
        }),
        ..updated(task("bun-0000beef", "complete"), "2015-09-08T13:40:00Z")
    };
    let past = PastTask {
        history: ProgressHistory::new(&task, at("2015-09-08T13:40:00Z")),
        last_listed: at("2015-09-08T13:40:00Z"),
        unlisted_since: at("2015-09-08T14:40:00Z"),
        task,
    };
    let refused = RecordedEvent::CancelRefused {
        reason: "Client.InvalidBundleID.NotFound".into(),
        request_id: None,
    };
    let cancel = (at("2015-09-08T13:41:00Z"), refused);
    PastTasks {
        cancels: HashMap::from([(past.task.bundle_id.clone(), vec![cancel])]),
        tasks: vec![past],
    }
}

/// With three tasks that EC2 lists, and one of the past.
fn with_past() -> Harness {
    let mut harness = journalled();
    harness.identified("123456789012");
    harness.answer(1, three());
    harness.send(Msg::Journal(Report::Saved(1)));
    assert_eq!(harness.key("h"), [Asked::ReadPast(place())]);
    harness.send(Msg::Past(place(), Ok(past())));
    harness.draw();
    harness
}

/// The journal knows only then which tasks are not listed any more.
#[test]
fn the_past_is_read_when_the_list_on_the_screen_is_saved() {
    let mut harness = journalled();
    harness.identified("123456789012");
    harness.answer(1, three());
    assert_eq!(harness.key("h"), []);
    let asked = harness.send(Msg::Journal(Report::Saved(1)));
    assert_eq!(asked, [Asked::ReadPast(place())]);
    // Only once.
    assert_eq!(harness.send(Msg::Journal(Report::Saved(1))), []);
    // Hidden again before it was read.
    let mut harness = journalled();
    harness.identified("123456789012");
    harness.answer(1, three());
    harness.key("h");
    harness.key("h");
    assert_eq!(harness.send(Msg::Journal(Report::Saved(1))), []);
}

#[test]
fn past_tasks_stand_beside_the_living() {
    let mut harness = with_past();
    assert_eq!(harness.rows().count(), 4);
    let screen = harness.screen();
    assert!(screen.contains("1 past task from the journal."), "{screen}");
    assert!(
        harness.line("bun-0000beef").contains("✓ complete"),
        "{screen}"
    );
    harness.key("/");
    for key in ["t", "u", "e", "s", "Enter"] {
        harness.key(key);
    }
    assert_eq!(
        harness.selected(),
        "bun-0000beef",
        "it is found as others are"
    );
    harness.key("c");
    assert!(
        harness.screen().contains("no longer lists this task"),
        "{}",
        harness.screen()
    );
    harness.key("y");
    let [Asked::Copy(command)] = &harness.key("r")[..] else {
        panic!("{}", harness.screen());
    };
    assert!(
        command.contains("register-image --image-location bundletasks/last-tuesday.manifest.xml"),
        "{command}"
    );
    harness.key("Enter");
    let screen = harness.screen();
    assert!(
        screen.contains("From the journal: EC2 last listed this task at 2015-09-08"),
        "{screen}"
    );
    assert!(
        screen.contains("Cancel         2015-09-08 13:41:00 UTC cancel refused"),
        "{screen}"
    );
    harness.key("Esc");
    harness.key("Esc");
    harness.key("h");
    assert_eq!(harness.rows().count(), 3);
}

#[test]
fn polls_leave_past_tasks_as_they_are() {
    let mut harness = with_past();
    harness.answer(2, three());
    harness.answer(3, vec![]);
    let past = harness.rows().filter(|row| row.is_past);
    assert_eq!(past.count(), 1);
    // EC2 remembers it after all.
    let again = updated(task("bun-0000beef", "complete"), "2015-09-15T13:00:00Z");
    harness.answer(4, vec![again]);
    let row = harness
        .rows()
        .find(|row| row.task.bundle_id.as_str() == "bun-0000beef");
    let row = row.expect("it is listed");
    assert!(!row.is_past && row.unlisted_since.is_none());
}

#[test]
fn what_was_read_for_another_place_is_not_shown() {
    let mut harness = journalled();
    harness.identified("123456789012");
    harness.answer(1, three());
    harness.key("h");
    let elsewhere = JournalPlace {
        account: "999999999999".into(),
        ..place()
    };
    harness.send(Msg::Past(elsewhere, Ok(past())));
    assert_eq!(harness.rows().count(), 3);
    let damaged = JournalError::Damaged("/x".into());
    harness.send(Msg::Past(place(), Err(damaged)));
    assert!(
        harness.screen().contains("The past cannot be read"),
        "{}",
        harness.screen()
    );
}
