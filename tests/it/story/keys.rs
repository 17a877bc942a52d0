//! The keymap as a table, and keys that mean the same everywhere.

use std::collections::HashSet;

use bundletop::ec2::{ErrorKind, Operation};
use bundletop::tui::keymap::{self, Context};
use bundletop::tui::state::{Effect, Msg};
use crossterm::event::{Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers};

use crate::stage::{Stage, error, id, three};

/// A stage in each context.
fn in_context(context: Context) -> Stage {
    let mut stage = Stage::with(three());
    stage.select("bun-2a4e041c");
    match context {
        Context::List => {}
        Context::Details => drop(stage.key("Enter")),
        Context::Confirm => drop(stage.key("c")),
        Context::Help => drop(stage.key("?")),
        Context::Outcome => {
            stage.send(Msg::Cancelled {
                id: id("bun-2a4e041c"),
                result: Err(error(
                    ErrorKind::Denied,
                    Operation::CancelBundleTask,
                    "UnauthorizedOperation",
                    "You are not authorized to perform this operation.",
                )),
            });
        }
    }
    assert_eq!(stage.state.context(), context);
    stage
}

#[test]
fn no_key_is_bound_twice_in_a_context() {
    for context in Context::ALL {
        let mut seen = HashSet::new();
        for key in keymap::bindings(context).flat_map(|binding| binding.keys) {
            assert!(seen.insert(*key), "{key} is bound twice in {context:?}");
        }
    }
}

#[test]
fn every_context_can_be_left_and_names_a_key_for_it() {
    for context in Context::ALL {
        assert!(
            keymap::bindings(context).any(|binding| binding.footer.is_some()),
            "{context:?} has an empty footer"
        );
        if context != Context::List {
            let mut stage = in_context(context);
            stage.key("Esc");
            assert_eq!(stage.state.context(), Context::List, "from {context:?}");
        }
    }
}

#[test]
fn q_and_ctrl_c_quit_from_everywhere() {
    for context in Context::ALL {
        for key in ["q", "Ctrl-C"] {
            assert_eq!(in_context(context).key(key), [Effect::Quit], "{context:?}");
        }
    }
}

#[test]
fn ctrl_z_suspends_from_everywhere() {
    for context in Context::ALL {
        assert_eq!(in_context(context).key("Ctrl-Z"), [Effect::Suspend]);
    }
}

#[test]
fn every_binding_does_something_where_it_holds() {
    for context in Context::ALL {
        for binding in keymap::bindings(context) {
            for key in binding.keys {
                let event = KeyEvent::new(key.0, key.1);
                assert_eq!(keymap::find_action(context, event), Some(binding.action));
            }
        }
    }
}

#[test]
fn shift_makes_no_difference_to_a_letter_that_says_it_already() {
    let shifted = KeyEvent::new(KeyCode::Char('G'), KeyModifiers::SHIFT);
    assert_eq!(
        keymap::find_action(Context::List, shifted),
        Some(keymap::Action::Last)
    );
}

#[test]
fn only_presses_count() {
    let mut stage = Stage::with(three());
    let mut release = KeyEvent::new(KeyCode::Char('j'), KeyModifiers::NONE);
    release.kind = KeyEventKind::Release;
    stage.send(Msg::Input(vec![Event::Key(release)]));
    assert_eq!(stage.state.rows.cursor(), 0);
}

#[test]
fn a_paste_is_no_keys() {
    let mut stage = Stage::with(three());
    let effects = stage.send(Msg::Input(vec![Event::Paste("cyq".repeat(40_000))]));
    assert_eq!(effects, []);
    assert!(stage.state.dialog.is_none());
}

#[test]
fn details_and_help_scroll_no_further_than_their_end() {
    let mut stage = Stage::sized(60, 12, three());
    stage.key("Enter");
    for _ in 0..100 {
        stage.key("j");
    }
    let scrolled = |stage: &Stage| {
        let details = stage.state.details.as_ref();
        details.expect("the details are open").scroll
    };
    let end = scrolled(&stage);
    assert!(end > 0 && end < 40, "scrolled {end} lines");
    stage.key("k");
    assert_eq!(scrolled(&stage), end - 1, "the way back begins at once");
    stage.key("g");
    assert_eq!(scrolled(&stage), 0);
}
