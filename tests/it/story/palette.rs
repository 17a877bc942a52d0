//! The command palette.

use bundletop::tui::keymap::Context;

use crate::harness::{Asked, Harness, describe_one, task, three};

fn found(typed: &str) -> Harness {
    let mut harness = Harness::with(three());
    harness.select("bun-2a4e041c");
    harness.key(":");
    for c in typed.chars() {
        harness.key(&if c == ' ' {
            "Space".into()
        } else {
            c.to_string()
        });
    }
    harness
}

#[test]
fn a_command_is_found_by_what_it_does_and_run() {
    let mut harness = found("other way");
    assert!(harness.line("│ ▌ ").contains("sort the other way round"));
    assert!(harness.line("│ ▌ ").contains(" S "), "its key is beside it");
    let first = harness.rows().next().expect("a row").key();
    harness.key("Enter");
    assert_eq!(harness.app.context(), Context::List);
    assert_ne!(harness.rows().next().expect("a row").key(), first);
}

#[test]
fn every_command_of_the_list_and_of_the_details_is_in_it() {
    for (page, context) in [("Esc", Context::List), ("Enter", Context::Details)] {
        let mut harness = Harness::with(three());
        harness.key(page);
        harness.key(":");
        let mut screens = String::new();
        for _ in 0..60 {
            harness.key("Down");
            screens += &harness.screen();
        }
        for binding in harness.app.keymap().bindings(context) {
            let start: String = binding.help.chars().take(20).collect();
            let is_palette = binding.help.starts_with("find any");
            assert_eq!(screens.contains(&start), !is_palette, "{start}");
        }
    }
}

#[test]
fn a_command_that_cannot_run_now_says_why() {
    let mut harness = found("dismiss");
    let screen = harness.screen();
    assert!(
        screen.contains("Only a task that EC2 no longer lists"),
        "{screen}"
    );
    harness.key("Enter");
    assert!(
        harness
            .screen()
            .contains("Only a task that EC2 no longer lists can be dismissed.")
    );
    harness.key(":");
    for c in "zzzz".chars() {
        harness.key(&c.to_string());
    }
    assert!(harness.screen().contains("No command is called that."));
    harness.key("Enter");
    assert_eq!(harness.app.context(), Context::Palette, "nothing was run");
}

#[test]
fn states_are_chosen_in_a_menu_from_it() {
    let mut harness = found("one state");
    harness.key("Enter");
    let screen = harness.screen();
    assert!(
        screen.contains("4 storing") && screen.contains("0 all"),
        "{screen}"
    );
    harness.key("4");
    assert_eq!(harness.app.list().len(), 1);
}

#[test]
fn a_cancel_from_it_asks_as_ever() {
    let mut harness = found("cancel this");
    let asked = harness.key("Enter");
    assert!(
        asked
            .iter()
            .all(|it| matches!(it, Asked::DryRun(_) | Asked::Describe(_))),
        "{asked:?}"
    );
    assert_eq!(harness.app.context(), Context::Confirm);
    assert_eq!(harness.key("y"), [describe_one("bun-2a4e041c")]);
}

/// The words of the footer find the commands too.
#[test]
fn the_words_of_the_footer_find_a_command() {
    for (word, expected) in [
        ("refresh", "ask EC2 now"),
        ("unmark", "remove every mark"),
        ("details", "show everything EC2 says"),
    ] {
        let harness = found(word);
        let first = harness.line("│ ▌ ");
        assert!(first.contains(expected), "{word}: {first}");
    }
}

#[test]
fn quitting_from_it_quits() {
    let mut harness = Harness::with(vec![task("bun-1", "storing")]);
    harness.key(":");
    for c in "quit".chars() {
        harness.key(&c.to_string());
    }
    assert_eq!(harness.key("Enter"), [Asked::Quit]);
}

#[test]
fn what_begins_with_the_word_comes_first_and_each_command_once() {
    let harness = found("cancel");
    let first = harness.line("│ ▌ ");
    assert!(first.contains("cancel this task"), "{first}");
    let harness = found("quit");
    assert_eq!(
        harness
            .screen()
            .matches("quit; that cancels nothing")
            .count(),
        1
    );
    assert!(
        harness
            .line("quit; that cancels nothing")
            .contains("q Ctrl-C")
    );
}
