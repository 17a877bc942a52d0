//! The event log: what is in it, and what its keys do.

use bundletop::record::RecordedEvent;
use bundletop::task::{BundleTask, Progress};
use bundletop::tui::event_log::{Content, EventLog, EventPage};
use bundletop::tui::keymap::Context;

use super::cancel::{ID, sent};
use crate::harness::{Asked, Harness, task, three, updated};

fn newer(id: &str, state: &str, progress: Option<&str>) -> BundleTask {
    BundleTask {
        progress: progress.map(Progress::new),
        ..updated(task(id, state), "2015-09-15T13:40:00Z")
    }
}

/// The three tasks, one of them as described now.
fn three_with(task: BundleTask) -> Vec<BundleTask> {
    let others = three().into_iter();
    let id = task.bundle_id.clone();
    let others = others.filter(|other| other.bundle_id != id);
    others.chain([task]).collect()
}

/// Three tasks, of which one has moved on since the first list.
fn moved() -> Harness {
    let mut harness = Harness::with(three());
    harness.answer(2, three_with(newer(ID, "complete", Some("100%"))));
    harness
}

/// The lines of the page, from the time on.
fn lines(harness: &Harness) -> Vec<String> {
    let screen = harness.screen();
    let lines = screen.lines().filter(|line| line.contains(" UTC  "));
    let lines = lines.filter_map(|line| line.split_once(" UTC  "));
    lines
        .map(|(_, text)| text.trim_end_matches('│').trim_end().to_owned())
        .collect()
}

#[test]
fn changes_are_logged_and_those_of_progress_only_on_demand() {
    let mut harness = moved();
    harness.key("E");
    assert_eq!(harness.app.context(), Context::Events);
    assert_eq!(lines(&harness), ["bun-2a4e041c  storing → complete"]);
    assert!(
        harness
            .screen()
            .contains("1 changes of progress not shown: p")
    );
    harness.key("p");
    assert_eq!(lines(&harness).len(), 2, "{}", harness.screen());
    assert!(
        lines(&harness)[1].contains("→ 100%"),
        "{}",
        harness.screen()
    );
    harness.key("Esc");
    assert_eq!(harness.app.context(), Context::List);
}

/// Each act of a person is there as the command that does the same.
#[test]
fn acts_are_logged_as_aws_commands() {
    let mut harness = sent();
    harness.key("r");
    harness.key("E");
    let region = "--region us-east-1";
    let cancel = format!("$ aws ec2 cancel-bundle-task --bundle-id {ID}");
    for command in [
        format!("{cancel} --dry-run --profile prod {region}"),
        format!("{cancel} --profile prod {region}"),
        format!("$ aws ec2 describe-bundle-tasks --profile prod {region}"),
    ] {
        let lines = lines(&harness);
        let is_it = |line: &String| command.starts_with(line.trim_end_matches('…'));
        assert!(lines.iter().any(is_it), "{command} is not in {lines:#?}");
    }
}

#[test]
fn enter_goes_to_the_task_of_an_event() {
    let mut harness = moved();
    harness.select("bun-0000000c");
    harness.key("E");
    harness.key("Enter");
    assert_eq!(harness.app.context(), Context::List);
    assert_eq!(harness.selected(), ID);
    harness.select("bun-0000000c");
    let others = three()
        .into_iter()
        .filter(|task| task.bundle_id.as_str() != ID);
    harness.answer(3, others.collect());
    harness.key("E");
    harness.key("Enter");
    assert!(
        harness
            .screen()
            .contains("bun-2a4e041c is not in the list any more."),
        "{}",
        harness.screen()
    );
}

#[test]
fn the_log_is_filtered_like_the_list() {
    let mut harness = sent();
    harness.cancelled(ID, Ok(Some(newer(ID, "cancelling", None))));
    harness.key("E");
    let all = lines(&harness).len();
    for (filter, expected) in [
        ("accepted", 1),
        ("id:2a4e \"cancelling\"", 2),
        ("!cancel", 0),
        ("id:zz", 0),
    ] {
        harness.key("/");
        harness.key("Esc");
        harness.key("/");
        for c in filter.chars() {
            let key = if c == ' ' {
                "Space".to_owned()
            } else {
                c.to_string()
            };
            harness.key(&key);
        }
        harness.key("Enter");
        assert_eq!(
            lines(&harness).len(),
            expected,
            "{filter}: {}",
            harness.screen()
        );
    }
    harness.key("/");
    harness.key("Esc");
    assert_eq!(lines(&harness).len(), all);
}

/// The newest is in the border of the list, and the row of its task is marked for a while.
#[test]
fn what_has_just_changed_is_marked_for_some_seconds() {
    let mut harness = moved();
    let screen = harness.screen();
    assert!(
        screen.contains("bun-2a4e041c storing → complete ─"),
        "{screen}"
    );
    assert!(
        harness.line("✓ complete").contains("◇  bun-2a4e041c"),
        "{screen}"
    );
    harness.wait(9.9);
    assert!(harness.screen().contains("◇"));
    harness.wait(0.2);
    assert!(!harness.screen().contains("◇"), "{}", harness.screen());
    // Nothing wakes the program for it any more.
    let next = harness.app.next_tick().expect("the next poll");
    assert!(next > harness.mono);
}

#[test]
fn an_event_or_a_command_is_copied() {
    let mut harness = sent();
    harness.key("E");
    let [Asked::Copy(event)] = &harness.key("y")[..] else {
        panic!("nothing was copied");
    };
    assert!(event.ends_with("bun-2a4e041c cancel sent"), "{event}");
    harness.key("g");
    let [Asked::Copy(command)] = &harness.key("y")[..] else {
        panic!("nothing was copied");
    };
    assert!(
        command.starts_with("aws ec2 cancel-bundle-task"),
        "{command}"
    );
}

fn command(log: &mut EventLog, number: usize) {
    let at = crate::harness::at(crate::harness::START);
    log.push(at, Content::Command(format!("command {number}")));
}

fn selected(page: &EventPage, log: &EventLog) -> String {
    page.selected(log).expect("an entry").text("->")
}

#[test]
fn the_newest_is_followed_unless_another_is_selected() {
    let mut log = EventLog::default();
    let mut page = EventPage::default();
    for number in 0..5 {
        command(&mut log, number);
        page.update(&log);
        assert_eq!(selected(&page, &log), format!("$ command {number}"));
    }
    page.select(2);
    command(&mut log, 5);
    page.update(&log);
    assert_eq!(selected(&page, &log), "$ command 2");
    page.select(usize::MAX);
    command(&mut log, 6);
    page.update(&log);
    assert_eq!(selected(&page, &log), "$ command 6");
}

#[test]
fn the_log_keeps_the_newest_two_thousand() {
    let mut log = EventLog::default();
    let mut page = EventPage::default();
    command(&mut log, 0);
    page.update(&log);
    page.select(0);
    for number in 1..25_000 {
        command(&mut log, number);
        if number % 7_000 == 0 {
            page.update(&log);
        }
    }
    page.update(&log);
    assert_eq!(page.len(), 2_000);
    assert_eq!(selected(&page, &log), "$ command 24999");
    page.select(0);
    assert_eq!(selected(&page, &log), "$ command 23000");
}

/// Most entries are of progress. What else happened while nobody looked is not forgotten for them.
#[test]
fn entries_of_progress_are_forgotten_first() {
    let at = crate::harness::at(crate::harness::START);
    let mut log = EventLog::default();
    let mut page = EventPage::default();
    page.toggle_progress(&log);
    command(&mut log, 0);
    for number in 1..25_000 {
        let event = RecordedEvent::Progress {
            from: None,
            to: Some(format!("{number}%")),
        };
        log.push(
            at,
            Content::Event {
                bundle_id: crate::harness::id("bun-1"),
                event,
            },
        );
        if number % 70 == 0 {
            page.update(&log);
        }
    }
    command(&mut log, 1);
    page.update(&log);
    let kept = log.progress_count();
    assert!((1_000..1_500).contains(&kept), "{kept} of progress");
    assert_eq!(page.len(), kept + 2);
    page.select(0);
    assert_eq!(selected(&page, &log), "$ command 0");
    page.select(kept);
    assert!(
        selected(&page, &log).contains("24999%"),
        "{}",
        selected(&page, &log)
    );
    page.toggle_progress(&log);
    assert_eq!(page.len(), 2);
}
