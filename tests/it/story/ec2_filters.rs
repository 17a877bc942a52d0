//! EC2's own filters: the list is a part of what there is.

use std::cell::RefCell;
use std::sync::Arc;

use bundletop::ec2::Filter;
use bundletop::ec2::filter::{parse, to_text};
use bundletop::monitor::{Answer, Call};
use bundletop::task::BundleTask;
use bundletop::tui::app::Msg;
use bundletop::tui::keymap::Context;

use crossterm::event::Event;

use crate::harness::{Asked, Harness, describe, id, task, three, updated};

fn filter(name: &str, values: &[&str]) -> Filter {
    Filter {
        name: Some(name.into()),
        values: Some(values.iter().map(|value| (*value).to_owned()).collect()),
    }
}

fn type_text(harness: &mut Harness, text: &str) -> Vec<Asked> {
    harness.key("F");
    harness.key("Ctrl-U");
    harness.send(Msg::Input(vec![Event::Paste(text.into())]));
    harness.key("Enter")
}

/// The filters of the newest poll.
fn sent(harness: &Harness) -> Vec<Filter> {
    let filters = RefCell::new(Vec::new());
    harness.request_of(|call, _| match call {
        Call::Describe { filters: of_call } => {
            filters.borrow_mut().clone_from(of_call);
            true
        }
        _ => false,
    });
    filters.into_inner()
}

/// EC2 says what it knows of the tasks that the filters leave out.
fn followed(harness: &mut Harness, tasks: Vec<BundleTask>) -> Vec<Asked> {
    let request = harness.request_of(|call, _| matches!(call, Call::DescribeThese(_)));
    harness.answered(
        request,
        Answer::Described(Ok(tasks.into_iter().map(Arc::new).collect())),
    )
}

#[test]
fn all_ten_are_read_with_wildcards_and_quotes() {
    for (text, expected) in [
        ("", vec![]),
        ("  ", vec![]),
        ("state=storing", vec![filter("state", &["storing"])]),
        (
            "state=storing,bundling s3-bucket=win*",
            vec![
                filter("state", &["storing", "bundling"]),
                filter("s3-bucket", &["win*"]),
            ],
        ),
        (
            "s3-prefix=\"a, b\",c? progress=7\\*%",
            vec![
                filter("s3-prefix", &["a, b", "c?"]),
                filter("progress", &["7\\*%"]),
            ],
        ),
        (
            "bundle-id=x error-code=x error-message=x instance-id=x progress=x s3-bucket=x \
             s3-prefix=x start-time=x state=x update-time=x",
            [
                "bundle-id",
                "error-code",
                "error-message",
                "instance-id",
                "progress",
                "s3-bucket",
                "s3-prefix",
                "start-time",
                "state",
                "update-time",
            ]
            .map(|name| filter(name, &["x"]))
            .into(),
        ),
    ] {
        let filters = parse(text).expect(text);
        assert_eq!(filters, expected, "{text}");
        assert_eq!(
            parse(&to_text(&filters)).expect("what it wrote"),
            filters,
            "{text}"
        );
    }
}

#[test]
fn what_ec2_would_refuse_is_said_at_its_place_before_it_is_sent() {
    let long = format!("state={}", "x".repeat(256));
    let many_values = format!("state={}", vec!["x"; 201].join(","));
    let many = vec!["state=x"; 51].join(" ");
    for (text, at, words) in [
        ("state", 0, "has no value"),
        ("state=a sate=b", 8, "did you mean state?"),
        ("zzz=b", 0, "there are bundle-id, error-code"),
        ("state=", 6, "needs a value"),
        ("state=a,,b", 6, "needs a value"),
        (&long, 6, "at most 255 characters"),
        (&many_values, 6, "at most 200 values"),
        (&many, 0, "at most 50 filters"),
    ] {
        let error = parse(text).expect_err(text);
        assert_eq!(error.at, at, "{text}");
        assert!(error.message.contains(words), "{}", error.message);
    }
    let mut harness = Harness::with(three());
    assert_eq!(type_text(&mut harness, "sate=x"), []);
    assert_eq!(harness.app.context(), Context::Text, "it stays open");
    assert!(
        harness
            .line("^ EC2 has no filter")
            .contains("did you mean state?")
    );
    harness.key("Esc");
    assert!(harness.app.scope().filters().is_empty());
}

#[test]
fn they_go_with_every_poll_and_the_header_says_that_there_is_more() {
    let mut harness = Harness::with(three());
    assert_eq!(sent(&harness), []);
    harness.wait(2.0);
    let asked = type_text(&mut harness, "state=storing");
    assert!(asked.contains(&describe(2)), "at once: {asked:?}");
    assert_eq!(sent(&harness), [filter("state", &["storing"])]);
    harness.answer(2, vec![task("bun-2a4e041c", "storing")]);
    let screen = harness.screen();
    assert!(
        screen.contains("1 task found by EC2 filters, not all"),
        "{screen}"
    );
    assert!(screen.contains("EC2 filters: state=storing"), "{screen}");
    harness.wait(6.0);
    assert_eq!(sent(&harness), [filter("state", &["storing"])]);
    harness.key("F");
    assert!(
        harness.screen().contains("EC2 filters: state=storing"),
        "to be changed"
    );
    harness.key("Ctrl-U");
    let asked = harness.key("Enter");
    assert!(
        asked.contains(&describe(4)) || asked.contains(&describe(3)),
        "{asked:?}"
    );
    assert_eq!(sent(&harness), []);
}

#[test]
fn a_task_that_they_leave_out_is_never_called_unlisted() {
    let mut harness = Harness::with(three());
    harness.wait(2.0);
    type_text(&mut harness, "state=pending");
    harness.answer(2, vec![task("bun-0000000a", "pending")]);
    assert_eq!(harness.selected(), "bun-0000000a");
    assert_eq!(harness.app.list().len(), 1);
    // One that a person looks at stays when it leaves the filter, and is asked for by its ID.
    let asked = harness.answer(3, vec![task("bun-0000000d", "pending")]);
    assert_eq!(asked, [Asked::Follow(vec![id("bun-0000000a")])]);
    assert!(!harness.screen().contains("no longer listed"));
    assert_eq!(harness.selected(), "bun-0000000a");
    let bundling = updated(task("bun-0000000a", "bundling"), "2015-09-15T13:28:00Z");
    followed(&mut harness, vec![bundling]);
    assert!(
        harness.line("bun-0000000a").contains("bundling"),
        "it is followed"
    );
    // Once nobody looks at it, it goes with the next list.
    harness.select("bun-0000000d");
    harness.answer(4, vec![task("bun-0000000d", "pending")]);
    assert_eq!(harness.app.list().len(), 1);
    // If EC2 does not have it any more, that is said.
    let asked = harness.answer(5, vec![]);
    assert_eq!(asked, [Asked::Follow(vec![id("bun-0000000d")])]);
    followed(&mut harness, vec![]);
    assert!(harness.line("bun-0000000d").contains("no longer listed"));
}

#[test]
fn a_cancelled_task_is_followed_out_of_the_filter() {
    let mut harness = Harness::with(three());
    harness.wait(2.0);
    type_text(&mut harness, "state=storing");
    harness.answer(2, vec![task("bun-2a4e041c", "storing")]);
    harness.select("bun-2a4e041c");
    harness.send_cancel("bun-2a4e041c");
    let cancelling = updated(task("bun-2a4e041c", "cancelling"), "2015-09-15T13:28:00Z");
    harness.cancelled("bun-2a4e041c", Ok(Some(cancelling.clone())));
    let asked = harness.answer(3, vec![]);
    assert_eq!(asked, [Asked::Follow(vec![id("bun-2a4e041c")])]);
    assert!(harness.line("bun-2a4e041c").contains("cancelling"));
    followed(&mut harness, vec![cancelling]);
    harness.answer(4, vec![]);
    followed(&mut harness, vec![]);
    assert!(harness.line("bun-2a4e041c").contains("gone after cancel"));
}

#[test]
fn a_list_asked_for_with_other_filters_is_not_shown() {
    let mut harness = Harness::with(three());
    harness.wait(5.0);
    // The second poll is out.
    let late = harness.request_of(|call, poll| matches!(call, Call::Describe { .. }) && poll == 2);
    let asked = type_text(&mut harness, "state=failed");
    assert!(
        asked.contains(&describe(3)),
        "without waiting for it: {asked:?}"
    );
    harness.answer(3, vec![task("bun-0000000f", "failed")]);
    harness.answered(
        late,
        Answer::Described(Ok(three().into_iter().map(Arc::new).collect())),
    );
    let ids: Vec<_> = harness
        .rows()
        .map(|row| row.task.bundle_id.to_string())
        .collect();
    assert!(!ids.contains(&"bun-0000000c".to_owned()), "{ids:?}");
}

#[test]
fn names_and_values_are_suggested() {
    let mut harness = Harness::with(three());
    harness.key("F");
    let suggestions = |harness: &Harness| {
        let prompt = harness.app.prompt().expect("it is open");
        prompt.completion.suggestions.clone()
    };
    assert_eq!(suggestions(&harness).len(), 10, "all names at first");
    for c in "state=st".chars() {
        harness.key(&c.to_string());
    }
    assert_eq!(suggestions(&harness), ["storing"]);
    for c in ",".chars() {
        harness.key(&c.to_string());
    }
    assert_eq!(suggestions(&harness).len(), 7, "every documented state");
    harness.key("Ctrl-U");
    for c in "s3-bucket=".chars() {
        harness.key(&c.to_string());
    }
    assert_eq!(suggestions(&harness), ["bundletasks"]);
}

#[test]
fn nothing_found_says_that_filters_are_set() {
    let mut harness = Harness::with(vec![]);
    harness.wait(2.0);
    type_text(&mut harness, "state=failed");
    harness.answer(2, vec![]);
    let screen = harness.screen();
    assert!(
        screen.contains("EC2 finds no bundle tasks in us-east-1 with these filters."),
        "{screen}"
    );
    assert!(screen.contains("F changes or clears them."), "{screen}");
}

#[test]
fn the_command_to_list_has_them() {
    let mut harness = Harness::with(three());
    type_text(&mut harness, "state=storing s3-prefix=\"a b*\"");
    harness.key("y");
    let asked = harness.key("l");
    let [Asked::Copy(command)] = &asked[..] else {
        panic!("{asked:?}");
    };
    let words = shlex::split(command).expect("a command line");
    assert_eq!(
        words[4],
        r#"[{"Name":"state","Values":["storing"]},{"Name":"s3-prefix","Values":["a b*"]}]"#
    );
}
