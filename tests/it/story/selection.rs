//! The selection is a task, not a row number.

use std::time::Duration;

use bundletop::task::BundleTask;

use crate::harness::{Harness, at, task, three};

fn started(id: &str, minute: u32) -> BundleTask {
    BundleTask {
        start_time: Some(at(&format!("2015-09-15T12:{minute:02}:00Z"))),
        ..task(id, "complete")
    }
}

fn many(count: u32) -> Vec<BundleTask> {
    (0..count)
        .map(|i| started(&format!("bun-{i:08}"), i % 60))
        .collect()
}

#[test]
fn newest_first_whatever_order_ec2_answers_in() {
    let mut harness = Harness::with(three());
    let order = |harness: &Harness| -> Vec<String> {
        let ids = harness.rows();
        ids.map(|row| row.task.bundle_id.to_string()).collect()
    };
    let first = order(&harness);
    assert_eq!(first, ["bun-0000000a", "bun-2a4e041c", "bun-0000000c"]);
    let mut tasks = three();
    tasks.reverse();
    harness.answer(2, tasks);
    assert_eq!(order(&harness), first);
}

#[test]
fn it_stays_on_its_task_when_rows_come_above_it() {
    let mut harness = Harness::with(three());
    harness.select("bun-2a4e041c");
    let mut tasks = three();
    tasks.push(BundleTask {
        start_time: None,
        ..task("bun-ffffffff", "pending")
    });
    harness.answer(2, tasks);
    assert_eq!(harness.selected(), "bun-2a4e041c");
    assert_eq!(harness.app.list().cursor(), 2);
}

#[test]
fn it_stays_on_a_task_that_ec2_no_longer_lists_until_that_is_dismissed() {
    let mut harness = Harness::with(three());
    harness.select("bun-0000000c");
    harness.answer(2, three().into_iter().take(2).collect());
    assert_eq!(harness.selected(), "bun-0000000c");
    assert!(
        harness
            .app
            .selected()
            .is_some_and(|row| row.unlisted_since.is_some())
    );
    assert_eq!(
        harness.app.tasks().counts().listed(),
        2,
        "it is no longer counted"
    );
    harness.key("x");
    assert_eq!(harness.app.list().len(), 2);
    assert_eq!(harness.selected(), "bun-2a4e041c");
}

#[test]
fn a_finished_unselected_task_disappears_when_no_longer_listed() {
    let mut harness = Harness::with(three());
    harness.answer(2, three().into_iter().take(2).collect());
    assert_eq!(harness.app.list().len(), 2);
}

#[test]
fn a_task_that_is_not_listed_for_a_day_disappears_unless_it_is_selected() {
    let mut harness = Harness::with(three());
    harness.answer(2, vec![]);
    let unlisted = |harness: &Harness| {
        let rows = harness.rows().filter(|row| row.unlisted_since.is_some());
        rows.map(|row| row.task.bundle_id.to_string())
            .collect::<Vec<_>>()
    };
    assert_eq!(unlisted(&harness).len(), 2);
    harness.mono += Duration::from_hours(23);
    harness.answer(3, vec![]);
    assert_eq!(unlisted(&harness).len(), 2);
    harness.mono += Duration::from_hours(1);
    harness.answer(4, vec![]);
    assert_eq!(unlisted(&harness), [harness.selected()]);
}

#[test]
fn a_task_whose_end_was_not_seen_stays_though_nobody_selected_it() {
    let mut harness = Harness::with(three());
    harness.answer(2, vec![]);
    let gone = harness.rows().filter(|row| row.unlisted_since.is_some());
    assert_eq!(
        gone.count(),
        2,
        "the pending and the storing one, not the complete one"
    );
}

#[test]
fn a_task_that_comes_back_is_no_longer_gone() {
    let mut harness = Harness::with(three());
    harness.select("bun-0000000c");
    harness.answer(2, vec![]);
    harness.answer(3, three());
    assert!(harness.rows().all(|row| row.unlisted_since.is_none()));
}

#[test]
fn x_leaves_a_listed_task_alone_and_says_why() {
    let mut harness = Harness::with(three());
    harness.key("x");
    assert_eq!(harness.app.list().len(), 3);
    assert!(
        harness
            .app
            .note()
            .is_some_and(|note| note.contains("no longer lists"))
    );
    harness.key("j");
    assert_eq!(harness.app.note(), None, "the next key takes the note away");
}

#[test]
fn keys_move_it_and_stop_at_both_ends() {
    let mut harness = Harness::sized(80, 24, many(60));
    let page = harness.app.layout().rows;
    let cursor = |harness: &Harness| harness.app.list().cursor();
    harness.key("k");
    assert_eq!(cursor(&harness), 0);
    harness.key("Down");
    harness.key("j");
    assert_eq!(cursor(&harness), 2);
    harness.key("PgDn");
    assert_eq!(cursor(&harness), 2 + page);
    harness.key("PgUp");
    assert_eq!(cursor(&harness), 2);
    for last in ["End", "G"] {
        harness.key(last);
        assert_eq!(cursor(&harness), 59);
        harness.key("j");
        assert_eq!(cursor(&harness), 59);
        harness.key("g");
        assert_eq!(cursor(&harness), 0);
    }
    harness.key("G");
    harness.key("Home");
    assert_eq!(cursor(&harness), 0);
}

#[test]
fn it_is_always_on_the_screen() {
    let mut harness = Harness::sized(80, 24, many(60));
    for key in ["G", "PgUp", "k", "PgUp", "g", "PgDn", "PgDn", "j"] {
        harness.key(key);
        let first = harness.first_row();
        let seen = first..first + harness.app.layout().rows;
        assert!(seen.contains(&harness.app.list().cursor()), "after {key}");
    }
    // Also on a screen that becomes smaller, and with fewer tasks.
    harness.send(bundletop::tui::app::Msg::Input(vec![
        crossterm::event::Event::Resize(80, 12),
    ]));
    let first = harness.first_row();
    assert!((first..first + harness.app.layout().rows).contains(&harness.app.list().cursor()));
    harness.answer(2, many(3));
    assert_eq!(harness.first_row(), 0);
}

#[test]
fn every_key_works_on_an_empty_list() {
    let mut harness = Harness::with(vec![]);
    for key in [
        "j", "k", "G", "g", "PgDn", "PgUp", "Enter", "c", "x", "r", "?", "Esc",
    ] {
        harness.key(key);
    }
    assert!(harness.app.list().is_empty());
}

#[test]
fn two_tasks_without_an_id_are_both_shown() {
    let harness = Harness::with(vec![task("", "pending"), task("", "storing")]);
    assert_eq!(harness.app.list().len(), 2);
}

/// EC2 returns tasks in any order.
#[test]
fn a_task_without_an_id_stays_selected_when_the_order_varies() {
    let unnamed = |instance: &str| BundleTask {
        instance_id: Some(instance.into()),
        ..task("", "storing")
    };
    let mut tasks: Vec<_> = ["i-1", "i-2", "i-3", "i-4"].map(unnamed).into();
    let mut harness = Harness::with(tasks.clone());
    harness.key("j");
    harness.key("j");
    let instance = |harness: &Harness| {
        let selected = harness.app.selected().expect("a task");
        selected.task.instance_id.clone()
    };
    let before = instance(&harness);
    for poll in 2..6 {
        tasks.rotate_left(1);
        harness.answer(poll, tasks.clone());
        assert_eq!(instance(&harness), before);
    }
}
