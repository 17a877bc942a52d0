//! In what order the tasks are, and how a person chooses it.

use bundletop::task::{BundleTask, Progress, S3Storage};

use crate::harness::{Harness, at, task};

/// Tasks that differ in each column.
fn tasks() -> Vec<BundleTask> {
    let with = |name: &str, state: &str, percent: &str, instance: &str, started: &str| BundleTask {
        progress: (!percent.is_empty()).then(|| Progress::new(percent)),
        instance_id: (!instance.is_empty()).then(|| instance.to_owned()),
        start_time: (!started.is_empty()).then(|| at(&format!("2015-09-{started}:00Z"))),
        storage: Some(S3Storage {
            bucket: Some("b".into()),
            prefix: Some(instance.into()),
            ..S3Storage::default()
        }),
        ..task(name, state)
    };
    vec![
        with("run-9", "failed", "9%", "i-20", "15T13:00"),
        with("run-10", "storing", "100%", "i-3", "15T12:00"),
        with("run-2", "pending", "", "", ""),
        with("run-1", "storing", "40%", "i-100", "14T23:00"),
        with("run-20", "complete", "", "i-3", "15T12:00"),
    ]
}

fn rows(harness: &Harness) -> String {
    let ids = harness
        .rows()
        .map(|row| row.task.bundle_id.as_str().to_owned());
    let numbers: Vec<_> = ids.map(|id| id.replace("run-", "")).collect();
    numbers.join(" ")
}

#[test]
fn each_column_by_its_type_and_reversed() {
    for (letter, expected, reversed) in [
        ("1", "1 2 9 10 20", "20 10 9 2 1"),
        // Those without an instance come last either way.
        ("2", "10 20 9 1 2", "1 9 10 20 2"),
        // In the order of a task's life.
        ("3", "2 1 10 20 9", "9 20 1 10 2"),
        ("4", "10 1 9 2 20", "9 1 10 2 20"),
        ("5", "2 10 20 9 1", "1 9 10 20 2"),
        // A task that was just requested is the newest.
        ("6", "2 9 10 20 1", "1 10 20 9 2"),
    ] {
        let mut harness = Harness::with(tasks());
        harness.key("s");
        harness.key(letter);
        if letter != "6" {
            assert_eq!(rows(&harness), expected, "{letter}");
            harness.key("S");
        }
        assert_eq!(rows(&harness), reversed, "{letter} reversed");
        harness.key("S");
        assert_eq!(rows(&harness), expected, "{letter} reversed twice");
    }
}

#[test]
fn the_order_is_that_of_the_answer_never() {
    let mut harness = Harness::with(tasks());
    let before = rows(&harness);
    let mut shuffled = tasks();
    shuffled.reverse();
    harness.answer(2, shuffled);
    assert_eq!(rows(&harness), before);
}

#[test]
fn the_sorted_column_moves_left_and_right_and_is_marked() {
    let mut harness = Harness::with(tasks());
    let title = |harness: &Harness| harness.line("BUNDLE ID");
    assert!(title(&harness).contains("STARTED▾"));
    harness.key("<");
    assert!(
        title(&harness).contains("S3 STORAGE▴"),
        "{}",
        title(&harness)
    );
    harness.key("S");
    assert!(title(&harness).contains("S3 STORAGE▾"));
    for _ in 0..10 {
        harness.key("<");
    }
    assert!(title(&harness).contains("BUNDLE ID▴"));
    harness.key(">");
    assert!(title(&harness).contains("INSTANCE▴"));
}

#[test]
fn finished_tasks_go_to_the_end_if_asked() {
    let mut harness = Harness::with(tasks());
    assert_eq!(rows(&harness), "2 9 10 20 1");
    harness.key("f");
    assert_eq!(rows(&harness), "2 10 1 9 20");
    harness.key("S");
    assert_eq!(rows(&harness), "1 10 2 20 9", "at the end either way");
    harness.key("s");
    harness.key("1");
    assert_eq!(rows(&harness), "1 2 10 9 20", "and by any column");
    harness.key("s");
    harness.key("f");
    assert_eq!(rows(&harness), "1 2 9 10 20");
}

#[test]
fn the_sort_menu_is_used_with_arrows_too() {
    let mut harness = Harness::with(tasks());
    harness.key("s");
    let screen = harness.screen();
    assert!(
        screen.contains("Sort by") && screen.contains("oldest first"),
        "{screen}"
    );
    harness.key("Enter");
    assert_eq!(
        rows(&harness),
        "1 10 20 9 2",
        "the same column again reverses"
    );
    harness.key("s");
    harness.key("g");
    harness.key("Enter");
    assert_eq!(rows(&harness), "1 2 9 10 20");
    harness.key("s");
    harness.key("Esc");
    assert_eq!(rows(&harness), "1 2 9 10 20");
}

#[test]
fn sorting_keeps_the_selection_and_the_filter() {
    let mut harness = Harness::with(tasks());
    harness.select("run-10");
    harness.key("4");
    for key in ["S", "<", "<", ">", "f"] {
        harness.key(key);
        assert_eq!(harness.selected(), "run-10", "{key}");
        assert_eq!(harness.app.list().len(), 2, "{key}");
    }
}

#[test]
fn hexadecimal_ids_have_their_own_order() {
    let ids = [
        "bun-0000000a",
        "bun-00000001",
        "bun-00000010",
        "bun-0000001a",
    ];
    let mut harness = Harness::with(ids.map(|id| task(id, "storing")).into());
    harness.key("s");
    harness.key("1");
    let rows: Vec<_> = harness
        .rows()
        .map(|row| row.task.bundle_id.to_string())
        .collect();
    assert_eq!(
        rows,
        [
            "bun-00000001",
            "bun-0000000a",
            "bun-00000010",
            "bun-0000001a"
        ]
    );
}
