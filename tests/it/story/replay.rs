//! Recordings: reading them, their clock, and the UI on one.

use std::fs;

use bundletop::monitor::poll::PollSchedule;
use bundletop::monitor::{Answer, Call, Effect, Event, Monitor};
use bundletop::record::Record;
use bundletop::record::recording::{Recording, RecordingError};
use bundletop::tui::app::Msg;
use bundletop::tui::keymap::Context;
use bundletop::tui::notice::NoticeKind;
use bundletop::tui::replay::{ReplayClock, ReplayCommand, ReplayDriver, ReplayStatus, Replayed};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use crate::harness::{Asked, Harness, START, at, id, noticing, three};

fn seconds(count: i64) -> Timestamp {
    at(START) + SignedDuration::from_secs(count)
}

fn line(second: i64, id: &str, event: &serde_json::Value) -> String {
    let mut line = json!({
        "at": seconds(second).to_string(),
        "account": "123456789012",
        "region": "us-east-1",
        "bundleId": id,
        "task": {"BundleId": id, "State": event["to"].as_str().or(event["state"].as_str())},
    });
    let members = line.as_object_mut().expect("a map");
    members.extend(event.as_object().expect("a map").clone());
    format!("{line}\n")
}

/// A task that is stored and then gone, and one that appears later.
fn text() -> String {
    let header = format!(
        "{}\n",
        json!({"recording": 1, "at": seconds(0).to_string()})
    );
    let state = |to: &str| json!({"event": "state", "from": "bundling", "to": to});
    [
        header,
        line(0, "bun-a", &json!({"event": "listed", "state": "bundling"})),
        line(60, "bun-a", &state("storing")),
        line(
            90,
            "bun-b",
            &json!({"event": "appeared", "state": "pending"}),
        ),
        line(
            100,
            "bun-b",
            &json!({"event": "of-a-later-version", "state": "pending"}),
        ),
        line(200, "bun-a", &json!({"event": "no-longer-listed"})),
    ]
    .concat()
}

fn read(text: &str) -> Result<Recording, RecordingError> {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("incident.ndjson");
    fs::write(&path, text).expect("a file");
    Recording::read(&path)
}

fn states(recording: &Recording, second: i64) -> Vec<String> {
    let happened = recording.records().iter();
    let happened = happened.take_while(|it| it.at <= seconds(second)).count();
    let tasks = recording.tasks(happened).into_iter();
    tasks
        .map(|task| format!("{} {}", task.bundle_id, task.state))
        .collect()
}

#[test]
fn the_tasks_are_as_they_were_at_the_time() {
    let recording = read(&text()).expect("a recording");
    assert_eq!(
        (recording.start(), recording.end()),
        (seconds(0), seconds(200))
    );
    assert_eq!(states(&recording, 59), ["bun-a bundling"]);
    assert_eq!(states(&recording, 60), ["bun-a storing"]);
    assert_eq!(states(&recording, 150), ["bun-a storing", "bun-b pending"]);
    assert_eq!(states(&recording, 200), ["bun-b pending"]);
    assert_eq!(recording.next_event(seconds(60)), Some(seconds(90)));
    assert_eq!(recording.next_event(seconds(200)), None);
}

#[test]
fn a_recording_that_was_cut_off_is_read_as_far_as_it_goes() {
    let whole = text();
    let recording = read(&whole[..whole.len() - 20]).expect("a recording");
    assert_eq!(recording.end(), seconds(90));
    // In the middle of a character, and with a mark at the beginning as PowerShell writes it.
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("incident.ndjson");
    let bytes = [
        "\u{feff}".as_bytes(),
        whole.as_bytes(),
        b"{\"at\": \"\xe5\xa4",
    ]
    .concat();
    fs::write(&path, bytes).expect("a file");
    assert_eq!(
        Recording::read(&path).expect("a recording").end(),
        seconds(200)
    );
}

#[test]
fn what_cannot_be_replayed_says_why() {
    let error = |text: &str| read(text).expect_err("no recording").to_string();
    assert!(error("{\"BundleTasks\": []}\n").contains("is not a recording"));
    assert!(error("").contains("is not a recording"));
    assert!(error("{\"recording\": 2}\n").contains("has version 2"));
    assert!(error("{\"recording\": 1}\n").contains("has no events"));
    let damaged = text().replacen("\"bun-b\"", "bun-b", 1);
    assert!(
        error(&damaged).contains("line 4 of the recording"),
        "{}",
        error(&damaged)
    );
    let missing = Recording::read("/nonexistent/x".as_ref()).expect_err("no file");
    assert!(missing.to_string().contains("cannot be read"), "{missing}");
}

/// A driver whose clock stands still at the beginning.
fn paused() -> ReplayDriver {
    let recording = read(&text()).expect("a recording");
    let clock = ReplayClock::new(&recording, 1.0);
    let mut driver = ReplayDriver::new(recording, clock);
    driver.command(ReplayCommand::TogglePause);
    driver
}

#[test]
fn the_clock_stands_still_steps_and_jumps() {
    let mut driver = paused();
    let mut after = |command| {
        let is_back = driver.command(command);
        let passed = driver.clock().now().duration_since(seconds(0));
        // Until it was paused, a moment passed.
        (passed.as_secs(), is_back)
    };
    assert_eq!(after(ReplayCommand::NextEvent), (60, false));
    assert_eq!(after(ReplayCommand::NextEvent), (90, false));
    assert_eq!(after(ReplayCommand::NextEvent), (200, false));
    assert_eq!(
        after(ReplayCommand::NextEvent),
        (200, false),
        "it is the last"
    );
    assert_eq!(after(ReplayCommand::Back), (140, true));
    for _ in 0..3 {
        after(ReplayCommand::Back);
    }
    assert_eq!(after(ReplayCommand::Back), (0, false), "it is the first");
    assert_eq!(after(ReplayCommand::Ahead), (60, false));
    for _ in 0..40 {
        driver.command(ReplayCommand::Faster);
    }
    assert!((driver.clock().status().speed - 10_000.0).abs() < 1e-9);
    for _ in 0..40 {
        driver.command(ReplayCommand::Slower);
    }
    assert!((driver.clock().status().speed - 0.01).abs() < 1e-9);
    driver.command(ReplayCommand::TogglePause);
    assert!(!driver.clock().status().is_paused);
}

/// The monitor is asked and answered as with EC2, and its transitions are its own.
#[tokio::test]
async fn the_driver_answers_from_the_recording() {
    let mut driver = paused();
    let mut monitor = Monitor::new();
    let scope = monitor.open(PollSchedule::new(None, 0));
    let mut mono = std::time::Duration::ZERO;
    let mut changes = Vec::new();
    let mut happened = Vec::new();
    for second in [0, 60, 90, 200] {
        if second > 0 {
            driver.command(ReplayCommand::NextEvent);
        }
        mono += std::time::Duration::from_secs(60);
        let now = bundletop::monitor::Now {
            wall: driver.clock().now(),
            mono,
        };
        let update = monitor.update(Event::Tick, now);
        let mut effects = update.effects;
        while let Some(effect) = effects.pop() {
            driver.perform(&effect);
            while let Some(replayed) = driver.try_next() {
                match replayed {
                    Replayed::Answered(event) => {
                        let update = monitor.update(event, now);
                        effects.extend(update.effects);
                        changes.extend(update.transitions);
                    }
                    Replayed::Happened(records) => happened.extend(records),
                }
            }
        }
    }
    let tasks = monitor.scope(scope).tasks();
    assert!(
        tasks
            .by_id(&bundletop::task::BundleId::new("bun-b"))
            .is_some()
    );
    let said: Vec<_> = changes.iter().map(|it| it.bundle_id.to_string()).collect();
    assert_eq!(said, ["bun-a", "bun-b", "bun-a"], "{changes:#?}");
    // Every record is handed out once, and the skipped ones with the next.
    assert_eq!(happened.len(), 4);
    let account = monitor.scope(scope).identity().expect("whose it is");
    assert_eq!(account.account, "123456789012");
    // Nothing can be cancelled.
    let request = bundletop::monitor::RequestId {
        scope,
        connection: 1,
        number: 99,
    };
    let call = Call::DryRun(bundletop::task::BundleId::new("bun-b"));
    driver.perform(&Effect { request, call });
    let Replayed::Answered(Event::Answered { answer, .. }) = driver.next().await else {
        panic!("no answer");
    };
    assert!(matches!(answer, Answer::DryRun(Err(_))), "{answer:?}");
}

fn status(is_paused: bool) -> ReplayStatus {
    ReplayStatus {
        speed: 4.0,
        is_paused,
        start: seconds(0),
        end: seconds(600),
    }
}

/// The screen of a recording with three tasks.
fn replaying() -> Harness {
    let mut harness = Harness::new(120, 40);
    harness.app.replays(status(false));
    harness.draw();
    harness.connect(1);
    harness.identified("123456789012");
    harness.answer(1, three());
    harness
}

#[test]
fn the_screen_says_that_it_is_a_replay_and_cancels_nothing() {
    let mut harness = replaying();
    let screen = harness.screen();
    assert!(
        screen.contains(" REPLAY x4 ") && screen.contains(" of 10m"),
        "{screen}"
    );
    harness.key("c");
    assert!(
        harness
            .screen()
            .contains("This is a recording: nothing can be cancelled.")
    );
    assert_eq!(harness.app.context(), Context::List);
    for (key, command) in [
        ("p", ReplayCommand::TogglePause),
        (".", ReplayCommand::NextEvent),
        ("[", ReplayCommand::Back),
        ("]", ReplayCommand::Ahead),
        ("+", ReplayCommand::Faster),
        ("-", ReplayCommand::Slower),
    ] {
        let asked = harness.key(key);
        assert!(asked.contains(&Asked::Replay(command)), "{key}: {asked:?}");
    }
    harness.send(Msg::Replayed {
        status: status(true),
        is_back: true,
    });
    assert!(
        harness.screen().contains(" REPLAY x4 paused "),
        "{}",
        harness.screen()
    );
    assert_eq!(harness.rows().count(), 0, "what was known is of the future");
}

fn record(second: i64, event: &serde_json::Value) -> Record {
    let line = line(second, "bun-2a4e041c", event);
    let record = serde_json::from_str(&line).expect("a record");
    Record {
        task: None,
        ..record
    }
}

/// What was recorded of a cancel and a standstill is in the log and in the details, as it was recorded, and
/// gives no notice. After a jump back, the chart has what had happened until then.
#[test]
fn recorded_events_are_shown_and_a_jump_back_keeps_the_chart() {
    let noticing = noticing(vec![NoticeKind::Verdict, NoticeKind::Stall]);
    let mut harness = Harness::new_with(120, 40, noticing);
    harness.app.replays(status(false));
    harness.draw();
    harness.connect(1);
    harness.identified("123456789012");
    harness.answer(1, three());
    let percent = |second: i64, percent: i64| Record {
        task: Some(json!({"State": "storing", "Progress": format!("{percent}%")})),
        ..record(
            second,
            &json!({"event": "progress", "to": format!("{percent}%")}),
        )
    };
    let records = vec![
        record(0, &json!({"event": "listed", "state": "storing"})),
        percent(10, 20),
        percent(20, 30),
        record(
            30,
            &json!({"event": "stalled", "since": seconds(20).to_string()}),
        ),
        record(
            40,
            &json!({"event": "cancel-requested", "arn": "arn:aws:iam::123456789012:user/dana"}),
        ),
        record(
            42,
            &json!({"event": "cancel-verdict", "verdict": "failed", "after": 2}),
        ),
    ];
    let asked = harness.send(Msg::Recorded(records.clone()));
    assert!(
        !asked.iter().any(|it| matches!(it, Asked::Notify(..))),
        "{asked:?}"
    );
    harness.key("E");
    let screen = harness.screen();
    for said in [
        "has not moved since",
        "cancel requested by arn:aws:iam::123456789012:user/dana",
        "failed 2s after the cancel",
    ] {
        assert!(screen.contains(said), "{said}: {screen}");
    }
    harness.key("Enter");
    harness.key("Enter");
    let screen = harness.screen();
    assert!(screen.contains("Bundle ID      bun-2a4e041c"), "{screen}");
    assert!(screen.contains("cancel requested by"), "{screen}");
    harness.key("Esc");
    let observed = |harness: &Harness| {
        let tracked = harness.app.tasks().by_id(&id("bun-2a4e041c"));
        let history = &tracked.expect("it is listed").history;
        history
            .observations()
            .map(|it| it.percent)
            .collect::<Vec<_>>()
    };
    let all = observed(&harness);
    // The first is of the list of the test.
    assert_eq!(all, [Some(72.0), Some(20.0), Some(30.0)]);
    harness.send(Msg::Replayed {
        status: status(true),
        is_back: true,
    });
    assert_eq!(harness.app.events().count(), 0);
    harness.connect(1);
    harness.identified("123456789012");
    harness.answer(1, three());
    harness.send(Msg::Recorded(records[..2].to_vec()));
    let before = observed(&harness);
    assert_eq!(before, [Some(72.0), Some(20.0)]);
    assert_eq!(harness.app.events().count(), 2);
}

#[test]
fn ec2_is_not_asked_in_a_recording() {
    let mut harness = replaying();
    for key in ["r", "F"] {
        harness.key(key);
        let screen = harness.screen();
        assert!(
            screen.contains("This is a recording: EC2 is not asked."),
            "{screen}"
        );
    }
    assert_eq!(harness.app.events().count(), 0);
    harness.key("g");
    let screen = harness.screen();
    assert!(
        screen.contains("? help") && !screen.contains("cancel"),
        "{screen}"
    );
}

#[test]
fn without_a_recording_its_keys_say_so() {
    let mut harness = Harness::with(three());
    harness.key(".");
    assert!(
        harness
            .screen()
            .contains("This is not a recording: --replay FILE shows one.")
    );
}
