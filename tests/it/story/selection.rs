//! The selection is a task, not a row number.

use bundletop::task::BundleTask;

use crate::stage::{Stage, at, task, three};

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
    let mut stage = Stage::with(three());
    let order = |stage: &Stage| -> Vec<String> {
        let ids = stage.state.rows.iter();
        ids.map(|row| row.task.bundle_id.to_string()).collect()
    };
    let first = order(&stage);
    assert_eq!(first, ["bun-0000000a", "bun-2a4e041c", "bun-0000000c"]);
    let mut tasks = three();
    tasks.reverse();
    stage.answer(2, tasks);
    assert_eq!(order(&stage), first);
}

#[test]
fn it_stays_on_its_task_when_rows_come_above_it() {
    let mut stage = Stage::with(three());
    stage.select("bun-2a4e041c");
    let mut tasks = three();
    tasks.push(BundleTask {
        start_time: None,
        ..task("bun-ffffffff", "pending")
    });
    stage.answer(2, tasks);
    assert_eq!(stage.selected(), "bun-2a4e041c");
    assert_eq!(stage.state.rows.cursor(), 2);
}

#[test]
fn it_stays_on_a_task_that_ec2_no_longer_lists_until_that_is_dismissed() {
    let mut stage = Stage::with(three());
    stage.select("bun-0000000c");
    stage.answer(2, three().into_iter().take(2).collect());
    assert_eq!(stage.selected(), "bun-0000000c");
    assert!(
        stage
            .state
            .rows
            .selected()
            .is_some_and(|row| row.gone.is_some())
    );
    assert_eq!(
        stage.state.rows.counts().total(),
        2,
        "it is no longer counted"
    );
    stage.key("x");
    assert_eq!(stage.state.rows.len(), 2);
    assert_eq!(stage.selected(), "bun-2a4e041c");
}

#[test]
fn a_task_nobody_cared_about_goes_when_ec2_no_longer_lists_it() {
    let mut stage = Stage::with(three());
    stage.answer(2, three().into_iter().take(2).collect());
    assert_eq!(stage.state.rows.len(), 2);
}

#[test]
fn a_task_whose_end_was_not_seen_stays_though_nobody_selected_it() {
    let mut stage = Stage::with(three());
    stage.answer(2, vec![]);
    let gone = stage.state.rows.iter().filter(|row| row.gone.is_some());
    assert_eq!(
        gone.count(),
        2,
        "the pending and the storing one, not the complete one"
    );
}

#[test]
fn a_task_that_comes_back_is_no_longer_gone() {
    let mut stage = Stage::with(three());
    stage.select("bun-0000000c");
    stage.answer(2, vec![]);
    stage.answer(3, three());
    assert!(stage.state.rows.iter().all(|row| row.gone.is_none()));
}

#[test]
fn x_leaves_a_listed_task_alone_and_says_why() {
    let mut stage = Stage::with(three());
    stage.key("x");
    assert_eq!(stage.state.rows.len(), 3);
    assert!(
        stage
            .state
            .note
            .as_deref()
            .is_some_and(|note| note.contains("no longer lists"))
    );
    stage.key("j");
    assert_eq!(stage.state.note, None, "the next key takes the note away");
}

#[test]
fn keys_move_it_and_stop_at_both_ends() {
    let mut stage = Stage::sized(80, 24, many(60));
    let page = stage.state.layout().rows;
    let cursor = |stage: &Stage| stage.state.rows.cursor();
    stage.key("k");
    assert_eq!(cursor(&stage), 0);
    stage.key("Down");
    stage.key("j");
    assert_eq!(cursor(&stage), 2);
    stage.key("PgDn");
    assert_eq!(cursor(&stage), 2 + page);
    stage.key("PgUp");
    assert_eq!(cursor(&stage), 2);
    for last in ["End", "G"] {
        stage.key(last);
        assert_eq!(cursor(&stage), 59);
        stage.key("j");
        assert_eq!(cursor(&stage), 59);
        stage.key("g");
        assert_eq!(cursor(&stage), 0);
    }
    stage.key("G");
    stage.key("Home");
    assert_eq!(cursor(&stage), 0);
}

#[test]
fn it_is_always_on_the_screen() {
    let mut stage = Stage::sized(80, 24, many(60));
    for key in ["G", "PgUp", "k", "PgUp", "g", "PgDn", "PgDn", "j"] {
        stage.key(key);
        let first = stage.state.rows.offset();
        let seen = first..first + stage.state.layout().rows;
        assert!(seen.contains(&stage.state.rows.cursor()), "after {key}");
    }
    // Also on a screen that becomes smaller, and with fewer tasks.
    stage.send(bundletop::tui::state::Msg::Input(vec![
        crossterm::event::Event::Resize(80, 12),
    ]));
    let first = stage.state.rows.offset();
    assert!((first..first + stage.state.layout().rows).contains(&stage.state.rows.cursor()));
    stage.answer(2, many(3));
    assert_eq!(stage.state.rows.offset(), 0);
}

#[test]
fn an_empty_list_bears_every_key() {
    let mut stage = Stage::with(vec![]);
    for key in [
        "j", "k", "G", "g", "PgDn", "PgUp", "Enter", "c", "x", "r", "?", "Esc",
    ] {
        stage.key(key);
    }
    assert!(stage.state.rows.is_empty());
}

#[test]
fn two_tasks_without_an_id_are_both_shown() {
    let stage = Stage::with(vec![task("", "pending"), task("", "storing")]);
    assert_eq!(stage.state.rows.len(), 2);
}
