//! The keymap as a table, and keys that mean the same everywhere.

use std::collections::HashSet;

use bundletop::ec2::{ErrorKind, Operation};
use bundletop::text::Charset;
use bundletop::tui::app::Msg;
use bundletop::tui::export::ExportOutcome;
use bundletop::tui::keymap::{Action, Bound, Context, KeySequence, Keymap, Rebinding, rebind_all};
use crossterm::event::{Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers};

use crate::harness::{Asked, Harness, error, three};

/// A harness in each context.
fn in_context(context: Context) -> Harness {
    let mut harness = Harness::with(three());
    harness.select("bun-2a4e041c");
    match context {
        Context::List => {}
        Context::Details => drop(harness.key("Enter")),
        Context::Events => drop(harness.key("E")),
        Context::Confirm => drop(harness.key("c")),
        Context::ConfirmTyped => {
            harness.key("*");
            harness.key("c");
        }
        Context::Cancels => {
            harness.key("*");
            harness.key("c");
            harness.key("2");
            harness.key("Enter");
            // Answered, so that quitting needs no question.
            for id in ["bun-0000000a", "bun-2a4e041c"] {
                harness.described_one(id, Ok(None));
            }
            harness.draw();
        }
        Context::Quit => {
            harness.key("c");
            harness.key("y");
            harness.key("q");
        }
        Context::Overwrite => {
            harness.key("e");
            let asked = harness.key("Enter");
            let [Asked::Export(export)] = &asked[..] else {
                panic!("{asked:?}");
            };
            harness.send(Msg::Exported(ExportOutcome::Exists(export.clone())));
            harness.draw();
        }
        Context::Help => drop(harness.key("?")),
        Context::Menu => drop(harness.key("s")),
        Context::Palette => drop(harness.key(":")),
        Context::Text => drop(harness.key("/")),
        Context::Outcome => {
            harness.send_cancel("bun-2a4e041c");
            let denied = error(
                ErrorKind::Denied,
                Operation::CancelBundleTask,
                "UnauthorizedOperation",
                "You are not authorized to perform this operation.",
            );
            harness.cancelled("bun-2a4e041c", Err(denied));
            harness.draw();
        }
    }
    assert_eq!(harness.app.context(), context);
    harness
}

#[test]
fn no_key_is_bound_twice_in_a_context() {
    for context in Context::ALL {
        let mut seen = HashSet::new();
        let keymap = Keymap::built_in();
        for keys in keymap.bindings(context).flat_map(|binding| &binding.keys) {
            let name = keys.name(Charset::Unicode);
            assert!(seen.insert(keys), "{name} is bound twice in {context:?}");
        }
    }
}

#[test]
fn every_context_can_be_left_and_names_a_key_for_it() {
    for context in Context::ALL {
        assert!(
            Keymap::built_in()
                .bindings(context)
                .any(|binding| binding.footer.is_some()),
            "{context:?} has an empty footer"
        );
        if context != Context::List {
            let mut harness = in_context(context);
            harness.key("Esc");
            assert_eq!(harness.app.context(), Context::List, "from {context:?}");
        }
    }
}

#[test]
fn ctrl_c_quits_and_closes_what_takes_text() {
    for context in Context::ALL {
        let mut harness = in_context(context);
        let effects = harness.key("Ctrl-C");
        if context.takes_text() {
            assert_eq!(effects, [], "{context:?}");
            assert_eq!(harness.app.context(), Context::List, "{context:?}");
        } else {
            assert_eq!(effects, [Asked::Quit], "{context:?}");
        }
    }
}

#[test]
fn no_key_that_types_a_character_is_bound_where_text_is_typed() {
    let keymap = Keymap::built_in();
    for context in Context::ALL.into_iter().filter(|it| it.takes_text()) {
        for keys in keymap.bindings(context).flat_map(|binding| &binding.keys) {
            let event = keys.keys()[0].to_event();
            let is_typed = matches!(event.code, KeyCode::Char(_)) && event.modifiers.is_empty();
            assert!(!is_typed, "{} in {context:?}", keys.name(Charset::Unicode));
        }
    }
}

#[test]
fn q_quits_from_the_list_and_goes_back_one_step_from_everything_else() {
    assert_eq!(in_context(Context::List).key("q"), [Asked::Quit]);
    for context in [
        Context::Details,
        Context::Confirm,
        Context::Outcome,
        Context::Help,
    ] {
        let mut harness = in_context(context);
        assert_eq!(harness.key("q"), [], "{context:?}");
        assert_eq!(harness.app.context(), Context::List, "from {context:?}");
    }
    let mut harness = in_context(Context::Details);
    harness.key("?");
    harness.key("q");
    assert_eq!(harness.app.context(), Context::Details, "one step");
}

#[test]
fn a_key_that_means_nothing_says_so_and_where_the_keys_are() {
    for (context, note) in [
        (Context::List, "z does nothing here; ? shows the keys."),
        (Context::Details, "z does nothing here; ? shows the keys."),
        (Context::Confirm, "z does nothing here."),
        (Context::Help, "z does nothing here."),
    ] {
        let mut harness = in_context(context);
        assert_eq!(harness.key("z"), []);
        assert_eq!(harness.app.note(), Some(note), "{context:?}");
        assert!(harness.screen().contains(note), "{context:?}");
        assert_eq!(harness.app.context(), context);
    }
}

#[test]
fn a_note_disappears_and_the_keys_return() {
    let mut harness = in_context(Context::List);
    harness.key("z");
    assert!(!harness.line("does nothing").contains("cancel"));
    harness.wait(5.0);
    assert!(harness.app.note().is_some());
    harness.draw();
    harness.wait(1.1);
    assert_eq!(harness.app.note(), None);
    assert!(harness.app.take_dirty(), "the keys are drawn again");
}

#[test]
fn ctrl_z_suspends_from_everywhere() {
    for context in Context::ALL {
        assert_eq!(in_context(context).key("Ctrl-Z"), [Asked::Suspend]);
    }
}

#[test]
fn every_key_of_a_binding_triggers_its_action() {
    for context in Context::ALL {
        let keymap = Keymap::built_in();
        for binding in keymap.bindings(context) {
            for (number, keys) in binding.keys.iter().enumerate() {
                let bound = Bound::To(binding.action, number);
                assert_eq!(keymap.bound(context, keys.keys()), bound);
            }
        }
    }
}

#[test]
fn shift_is_ignored_for_a_capital_letter() {
    let shifted = KeyEvent::new(KeyCode::Char('G'), KeyModifiers::SHIFT);
    let bound = Keymap::built_in().bound(Context::List, &[shifted.into()]);
    assert!(matches!(bound, Bound::To(Action::Last, _)), "{bound:?}");
}

#[test]
fn only_presses_count() {
    let mut harness = Harness::with(three());
    let mut release = KeyEvent::new(KeyCode::Char('j'), KeyModifiers::NONE);
    release.kind = KeyEventKind::Release;
    harness.send(Msg::Input(vec![Event::Key(release)]));
    assert_eq!(harness.app.list().cursor(), 0);
}

#[test]
fn a_paste_is_not_treated_as_keys() {
    let mut harness = Harness::with(three());
    let effects = harness.send(Msg::Input(vec![Event::Paste("cyq".repeat(40_000))]));
    assert_eq!(effects, []);
    assert!(harness.app.dialog().is_none());
}

#[test]
fn details_and_help_scroll_no_further_than_their_end() {
    let mut harness = Harness::sized(60, 12, three());
    harness.key("Enter");
    for _ in 0..100 {
        harness.key("j");
    }
    let scrolled = |harness: &Harness| {
        let details = harness.app.details();
        details.expect("the details are open").scroll
    };
    let end = scrolled(&harness);
    assert!(end > 0 && end < 40, "scrolled {end} lines");
    harness.key("k");
    assert_eq!(scrolled(&harness), end - 1, "the way back begins at once");
    harness.key("g");
    assert_eq!(scrolled(&harness), 0);
}

fn sequence(text: &str) -> KeySequence {
    KeySequence::parse(text).expect("keys")
}

fn wish(context: Option<Context>, action: Action, keys: &[&str]) -> Rebinding {
    Rebinding {
        context,
        action,
        keys: keys.iter().map(|keys| sequence(keys)).collect(),
    }
}

fn rebound(wishes: &[Rebinding]) -> Keymap {
    let (keymap, problems) = rebind_all(Keymap::built_in(), wishes);
    assert_eq!(problems, []);
    keymap
}

fn names(keymap: &Keymap, context: Context, action: Action) -> Vec<String> {
    let keys = keymap.keys(context, action);
    keys.map(|keys| keys.name(Charset::Unicode)).collect()
}

#[test]
fn an_action_gets_other_keys_in_one_context_or_everywhere() {
    let list = Some(Context::List);
    let keymap = rebound(&[
        wish(None, Action::Refresh, &["f5"]),
        wish(list, Action::Refresh, &["ctrl-l", "f5"]),
        wish(list, Action::Export, &[]),
        // Two that change places.
        wish(list, Action::Mark, &["x"]),
        wish(list, Action::Dismiss, &["space"]),
    ]);
    assert_eq!(
        names(&keymap, Context::List, Action::Refresh),
        ["Ctrl-L", "F5"]
    );
    assert_eq!(names(&keymap, Context::Details, Action::Refresh), ["F5"]);
    assert_eq!(names(&keymap, Context::List, Action::Export), [""; 0]);
    assert_eq!(names(&keymap, Context::List, Action::Mark), ["x"]);
    assert_eq!(names(&keymap, Context::Details, Action::Dismiss), ["x"]);
    // Ctrl-C always quits, whatever else does.
    let keymap = rebound(&[
        wish(None, Action::Quit, &["Q"]),
        wish(Some(Context::Details), Action::Quit, &["Q"]),
    ]);
    assert_eq!(names(&keymap, Context::List, Action::Quit), ["Q", "Ctrl-C"]);
    assert_eq!(
        names(&keymap, Context::Details, Action::Quit),
        ["Q", "Ctrl-C"]
    );
    assert_eq!(names(&keymap, Context::Help, Action::Quit), ["Ctrl-C"]);
}

/// What does not go with other keys is refused, and the default stands.
#[test]
fn keys_that_clash_are_refused() {
    let list = Some(Context::List);
    for (wishes, number, reason) in [
        (
            vec![wish(list, Action::Mark, &["c"])],
            0,
            "c is bound to ask-to-cancel",
        ),
        (
            vec![wish(list, Action::Mark, &["g g"])],
            0,
            "g g begins with g, which is bound to first",
        ),
        (
            vec![
                wish(list, Action::Mark, &["t t"]),
                wish(list, Action::Export, &["t"]),
            ],
            1,
            "t is the beginning of t t, which is bound to mark",
        ),
        (
            vec![wish(Some(Context::Text), Action::Accept, &["x"])],
            0,
            "x cannot be bound here: it is text being typed",
        ),
        (
            vec![wish(list, Action::ShowState, &["f1"])],
            0,
            "needs 8 keys: one for all states and one for each state",
        ),
        (
            vec![
                wish(list, Action::Copy, &["Y"]),
                wish(list, Action::AskToCancel, &["y"]),
            ],
            0,
            "Y is bound to yaml",
        ),
        (
            vec![wish(Some(Context::Confirm), Action::CancelTask, &["c"])],
            0,
            "c opens the dialog before a cancel, so it cannot confirm it",
        ),
        (
            vec![
                wish(Some(Context::Confirm), Action::Press, &["space"]),
                wish(Some(Context::Confirm), Action::CancelTask, &["enter"]),
            ],
            1,
            "Enter opens the dialog before a cancel from the palette, so it cannot confirm it",
        ),
        (
            vec![wish(Some(Context::Details), Action::AskToCancel, &["z y"])],
            0,
            "y opens the dialog before a cancel, so it cannot confirm it",
        ),
    ] {
        let (keymap, problems) = rebind_all(Keymap::built_in(), &wishes);
        assert_eq!(problems[0], (number, reason.to_owned()), "{wishes:?}");
        let refused = &wishes[number];
        let context = refused.context.expect("a context");
        let default = names(Keymap::built_in(), context, refused.action);
        assert_eq!(names(&keymap, context, refused.action), default);
    }
}

#[test]
fn keys_one_after_the_other() {
    let list = Some(Context::List);
    let keymap = rebound(&[
        wish(list, Action::First, &["g g"]),
        wish(list, Action::Last, &["g e"]),
    ]);
    let mut harness = Harness::with_keymap(keymap, three());
    harness.key("j");
    harness.key("j");
    assert_eq!(harness.app.list().cursor(), 2);
    harness.key("g");
    let screen = harness.screen();
    assert!(
        screen.contains(" g …   g go to the top   e go to the bottom"),
        "{screen}"
    );
    assert_eq!(harness.app.list().cursor(), 2);
    harness.key("g");
    assert_eq!(harness.app.list().cursor(), 0);
    harness.key("g");
    harness.key("e");
    assert_eq!(harness.app.list().cursor(), 2);
    harness.key("g");
    harness.key("z");
    assert_eq!(
        harness.app.note(),
        Some("g z does nothing here; ? shows the keys.")
    );
    // A beginning is forgotten where something else opens.
    harness.key("g");
    harness.key("Esc");
    harness.key("Enter");
    assert_eq!(harness.app.context(), Context::Details);
    assert_eq!(harness.app.pressed(), []);
}
