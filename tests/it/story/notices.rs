//! Notices outside the screen: when they are given, what they say, and the user's command.

use std::fs;

use bundletop::record::{Record, RecordedEvent};
use bundletop::task::{BundleId, BundleTask};
use bundletop::tui::app::Msg;
use bundletop::tui::notice::{Notice, NoticeChannel, NoticeKind, run_command};
use bundletop::tui::preferences::Preferences;
use crossterm::event::Event;

use super::cancel::ID;
use crate::harness::{Asked, Harness, START, at, noticing, task, three, updated};

fn harness() -> Harness {
    Harness::with_preferences(Preferences::default(), three())
}

/// The tasks of the list, one of them in another state now.
fn with(state: &str) -> Vec<BundleTask> {
    let mut tasks = three();
    tasks.retain(|task| task.bundle_id.as_str() != ID);
    tasks.push(updated(task(ID, state), "2015-09-15T13:40:00Z"));
    tasks
}

fn notices(asked: Vec<Asked>) -> Vec<(NoticeKind, String)> {
    let notices = asked.into_iter().filter_map(|asked| match asked {
        Asked::Notify(kind, text) => Some((kind, text)),
        _ => None,
    });
    notices.collect()
}

#[test]
fn a_failure_is_a_notice_and_a_completion_only_if_asked_for() {
    let mut failed = harness();
    assert_eq!(
        notices(failed.answer(2, with("failed"))),
        [(
            NoticeKind::Failure,
            "bun-2a4e041c: storing -> failed".to_owned()
        )]
    );
    let mut complete = harness();
    assert_eq!(notices(complete.answer(2, with("complete"))), []);
    let mut complete = Harness::with_preferences(noticing(vec![NoticeKind::Complete]), three());
    assert_eq!(notices(complete.answer(2, with("complete"))).len(), 1);
}

#[test]
fn the_verdict_of_a_cancel_is_a_notice() {
    let mut harness = harness();
    harness.select(ID);
    harness.send_cancel(ID);
    let cancelling = updated(task(ID, "cancelling"), "2015-09-15T13:40:00Z");
    let asked = harness.cancelled(ID, Ok(Some(cancelling)));
    assert_eq!(
        notices(asked),
        [],
        "that it is being cancelled is no verdict"
    );
    let others = with("cancelling").into_iter();
    let others = others.filter(|task| task.bundle_id.as_str() != ID);
    let poll = harness.polls + 1;
    let [(NoticeKind::Verdict, text)] = &notices(harness.answer(poll, others.collect()))[..] else {
        panic!("no notice");
    };
    assert!(text.contains("cancelled: no longer listed"), "{text}");
}

/// Where the terminal tells that it has the focus, a person sees the screen.
#[test]
fn there_is_no_notice_while_the_terminal_has_the_focus() {
    for (events, expected) in [
        (&[Event::FocusGained][..], 0),
        (&[Event::FocusGained, Event::FocusLost], 1),
        (&[], 1),
    ] {
        let mut harness = harness();
        harness.send(Msg::Input(events.to_vec()));
        let count = notices(harness.answer(2, with("failed"))).len();
        assert_eq!(count, expected, "{events:?}");
    }
}

fn notice(id: &str) -> Notice {
    Notice {
        kind: NoticeKind::Failure,
        record: Record {
            at: at(START),
            account: Some("123456789012".into()),
            region: "us-east-1".into(),
            bundle_id: BundleId::new(id),
            event: RecordedEvent::State {
                from: "storing".into(),
                to: "failed".into(),
                lasted: None,
            },
            task: Some(serde_json::json!({"BundleId": id, "State": "failed"})),
        },
    }
}

#[test]
fn nothing_of_ec2s_acts_on_the_terminal() {
    let harmful = notice("bun-\u{1b}]0;x\u{7};\u{9b}31m");
    let all = [
        NoticeChannel::Bell,
        NoticeChannel::Osc9,
        NoticeChannel::Osc777,
        NoticeChannel::Osc99,
        NoticeChannel::Off,
    ];
    let bytes = String::from_utf8(harmful.bytes(&all)).expect("UTF-8");
    assert_eq!(bytes.matches('\u{7}').count(), 1, "only the bell");
    // Three sequences, each with its beginning and its end.
    assert_eq!(bytes.matches('\u{1b}').count(), 6, "{bytes:?}");
    assert!(!bytes.contains('\u{9b}'));
    assert!(
        bytes.contains("\u{1b}]777;notify;bundletop;bun-"),
        "{bytes:?}"
    );
    let title = bytes.split("\u{1b}]777;").nth(1).expect("a sequence");
    let title = title.split('\u{1b}').next().expect("its text");
    assert_eq!(title.matches(';').count(), 2, "{title:?}");
    assert_eq!(notice(ID).bytes(&[NoticeChannel::Off]), b"");
}

/// The command gets EC2's texts as data, never as words of a command line.
#[cfg(unix)]
#[tokio::test]
async fn the_command_gets_the_event_as_data() {
    let directory = tempfile::tempdir().expect("a directory");
    let path = |name: &str| directory.path().join(name);
    let script = format!(
        "cat > {0}/input; env > {0}/env; echo \"$#\" > {0}/arguments",
        directory.path().display()
    );
    let words = ["/bin/sh", "-c", &script, "name", "one"].map(str::to_owned);
    let hostile = "bun-$(touch /tmp/never); `x`\0y";
    assert_eq!(run_command(&words, &notice(hostile)).await, Ok(()));
    let input = fs::read_to_string(path("input")).expect("standard input");
    let record: Record = serde_json::from_str(&input).expect("a record");
    assert_eq!(record.bundle_id.as_str(), hostile);
    let env = fs::read_to_string(path("env")).expect("the variables");
    assert!(
        env.contains("BUNDLETOP_BUNDLE_ID=bun-$(touch /tmp/never); `x`y\n"),
        "{env}"
    );
    assert!(env.contains("BUNDLETOP_EVENT=state\n") && env.contains("BUNDLETOP_STATE=failed\n"));
    assert_eq!(
        fs::read_to_string(path("arguments")).expect("a count"),
        "1\n"
    );
    assert!(!std::path::Path::new("/tmp/never").exists());
    // One that reads nothing is no trouble; one that fails says so.
    let run = async |words: &[&str]| {
        let words: Vec<_> = words.iter().map(ToString::to_string).collect();
        run_command(&words, &notice(ID)).await
    };
    assert_eq!(run(&["/bin/true"]).await, Ok(()));
    assert_eq!(run(&[]).await, Ok(()));
    let missing = run(&["/nonexistent"]).await.expect_err("it is missing");
    assert!(
        missing.contains("/nonexistent failed: No such file"),
        "{missing}"
    );
    let failed = run(&["/bin/sh", "-c", "exit 3"])
        .await
        .expect_err("it fails");
    assert_eq!(failed, "The notice command /bin/sh failed: exit status: 3.");
}

/// A person would take silence for a sign that notices work.
#[test]
fn a_notice_command_that_fails_is_said_once() {
    let mut harness = Harness::with(three());
    let failed = || Msg::NoticeFailed("The notice command x failed: it is missing.".into());
    harness.send(failed());
    harness.draw();
    assert!(harness.screen().contains("The notice command x failed"));
    harness.send(failed());
    assert_eq!(harness.app.events().count(), 1);
    harness.key("E");
    assert!(harness.screen().contains("The notice command x failed"));
}
