//! Marking tasks.

use crate::harness::{Harness, task};

fn many(count: usize) -> Harness {
    let tasks = (0..count).map(|n| task(&format!("bun-{n:08}"), "storing"));
    Harness::with(tasks.collect())
}

fn marked(harness: &Harness) -> Vec<usize> {
    let rows = harness.rows().enumerate();
    let (marks, tasks) = (harness.app.list().marks(), harness.app.tasks());
    rows.filter(|(_, row)| {
        tasks
            .slot_of(&row.key())
            .is_some_and(|slot| marks.has(slot))
    })
    .map(|(number, _)| number)
    .collect()
}

#[test]
fn space_marks_and_moves_on_and_unmarks() {
    let mut harness = many(4);
    harness.key("Space");
    harness.key("j");
    harness.key("Space");
    assert_eq!(marked(&harness), [0, 2]);
    assert_eq!(harness.app.list().cursor(), 3);
    assert!(harness.screen().contains("● 2 marked"));
    assert!(harness.line("bun-00000002").contains('●'));
    harness.key("k");
    harness.key("Space");
    assert_eq!(marked(&harness), [0]);
}

#[test]
fn a_range_goes_from_where_it_began_to_the_cursor() {
    let mut harness = many(6);
    for (keys, expected) in [
        (&["j", "v", "j", "j", "v"][..], vec![1, 2, 3]),
        (&["G", "v", "k", "Space"], vec![1, 2, 3, 4, 5]),
        (&["u", "g", "v", "G", "Esc"], vec![]),
    ] {
        for key in keys {
            harness.key(key);
        }
        assert_eq!(marked(&harness), expected, "{keys:?}");
        assert_eq!(harness.app.list().range(), None);
    }
    harness.key("v");
    harness.key("k");
    let screen = harness.screen();
    assert!(screen.contains("range of 2"), "{screen}");
    assert!(
        harness.line("bun-00000004").contains('●'),
        "the range is shown as it grows"
    );
    assert!(!harness.line("bun-00000003").contains('●'));
}

#[test]
fn all_shown_are_marked_and_none_after_u() {
    let mut harness = many(5);
    harness.key("*");
    assert_eq!(marked(&harness), [0, 1, 2, 3, 4]);
    harness.key("u");
    assert_eq!(marked(&harness), [0usize; 0]);
    harness.key("/");
    for key in ["i", "d", ":", "3"] {
        harness.key(key);
    }
    harness.key("Enter");
    harness.key("*");
    harness.key("Esc");
    assert_eq!(marked(&harness), [3], "only what the filter shows");
}

#[test]
fn marks_on_what_a_filter_hides_are_kept_and_said() {
    let mut harness = many(5);
    harness.key("*");
    harness.key("/");
    for key in ["i", "d", ":", "3"] {
        harness.key(key);
    }
    assert!(harness.screen().contains("5 marked, 4 hidden"));
    harness.key("Esc");
    assert!(harness.screen().contains("● 5 marked\n"));
}

#[test]
fn marks_stay_on_their_tasks_and_go_with_them() {
    let mut harness = many(4);
    harness.key("Space");
    harness.key("Space");
    let tasks = |numbers: &[usize]| {
        let tasks = numbers
            .iter()
            .map(|n| task(&format!("bun-{n:08}"), "complete"));
        tasks.collect::<Vec<_>>()
    };
    harness.answer(2, tasks(&[3, 1, 0, 2]));
    assert_eq!(marked(&harness), [0, 1]);
    harness.answer(3, tasks(&[3, 1, 2]));
    assert_eq!(marked(&harness), [0], "bun-00000001");
    assert!(harness.screen().contains("1 marked"));
    // A task that comes back is a task anew.
    harness.answer(4, tasks(&[3, 1, 2, 0]));
    assert_eq!(harness.app.list().marks().len(), 1);
}
