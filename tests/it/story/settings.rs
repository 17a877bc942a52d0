//! What the settings say of the UI, as a person sees it, at the start and when they change.

use std::path::Path;
use std::time::Duration;

use bundletop::config::{File, LoadedConfig};
use bundletop::text::{TimeCells, TimeStyle};
use bundletop::tui::app::{ChangedSettings, Msg, Restrictions, SettingsMessage};
use bundletop::tui::column::{Column, ShownColumn};
use bundletop::tui::dialog::Confirmation;
use bundletop::tui::list::order::Order;
use bundletop::tui::preferences::Preferences;
use jiff::tz::TimeZone;

use super::cancel::ID;
use crate::harness::{Asked, Harness, describe, describe_one, preferences, three};

fn with(preferences: Preferences) -> Harness {
    Harness::with_preferences(preferences, three())
}

/// The titles of the table, without the spaces between them.
fn titles(harness: &Harness) -> String {
    let line = harness.line("BUNDLE ID");
    let words = line.trim_matches(['│', ' ']).split_whitespace();
    words.collect::<Vec<_>>().join(" ")
}

#[test]
fn the_columns_have_the_order_and_the_width_of_the_settings() {
    let columns = vec![
        Column::State.into(),
        ShownColumn {
            column: Column::BundleId,
            width: Some(30),
        },
        Column::Updated.into(),
    ];
    let harness = with(Preferences {
        columns,
        ..preferences()
    });
    assert_eq!(titles(&harness), "STATE BUNDLE ID UPDATED");
    let line = harness.line("STATE");
    let place = |title: &str| line.find(title).expect("it is shown");
    assert_eq!(place("UPDATED") - place("BUNDLE ID"), 30 + 2 + 1);
    // What the rows are sorted by is said although its column is not there.
    assert!(harness.screen().contains("by started▾"));
}

#[test]
fn a_column_wider_than_the_screen_is_left_out() {
    let columns = vec![
        ShownColumn {
            column: Column::Storage,
            width: Some(500),
        },
        Column::BundleId.into(),
    ];
    let harness = with(Preferences {
        columns,
        ..preferences()
    });
    assert_eq!(titles(&harness), "BUNDLE ID");
}

#[test]
fn the_only_column_is_as_wide_as_the_screen_allows() {
    let columns = vec![ShownColumn {
        column: Column::BundleId,
        width: Some(500),
    }];
    let harness = with(Preferences {
        columns,
        ..preferences()
    });
    assert_eq!(titles(&harness), "BUNDLE ID");
    assert!(harness.line(ID).contains(ID));
}

#[test]
fn a_time_that_does_not_fit_is_cut_off_visibly() {
    let columns = vec![
        Column::BundleId.into(),
        ShownColumn {
            column: Column::Started,
            width: Some(4),
        },
    ];
    let harness = with(Preferences {
        columns,
        times: TimeStyle::new(TimeZone::UTC, TimeCells::Absolute),
        ..preferences()
    });
    let row = harness.line("bun-0000000a");
    assert!(row.contains("13:…"), "{row}");
}

#[test]
fn times_are_written_in_their_zone_and_as_dates_if_wanted() {
    let berlin = TimeZone::get("Europe/Berlin").expect("it is known");
    let mut harness = with(Preferences {
        times: TimeStyle::new(berlin, TimeCells::Absolute),
        ..preferences()
    });
    let screen = harness.screen();
    assert!(screen.contains("polled 15:27:40 CEST"), "{screen}");
    let row = harness.line("bun-0000000a");
    assert!(row.contains("2015-09-15 15:26"), "{row}");
    assert!(screen.contains("2015-09-15 15:26:00 CEST"), "{screen}");
    // A filter finds what is shown.
    for key in [
        "/", "s", "t", "a", "r", "t", "e", "d", ":", "1", "5", ":", "2", "6",
    ] {
        harness.key(key);
    }
    assert_eq!(harness.rows().count(), 1);
}

#[test]
fn narrow_columns_have_the_time_of_today_or_the_date() {
    let mut harness = Harness::new_with(
        80,
        24,
        Preferences {
            times: TimeStyle::new(TimeZone::UTC, TimeCells::Absolute),
            ..preferences()
        },
    );
    harness.draw();
    harness.connect(1);
    harness.answer(1, three());
    harness.draw();
    let row = harness.line("bun-0000000a");
    assert!(row.contains("13:26:00"), "{row}");
}

#[test]
fn a_cancel_is_confirmed_by_typing_the_end_of_the_id() {
    let mut harness = with(Preferences {
        confirmation: Confirmation::Typed,
        ..preferences()
    });
    harness.select(ID);
    harness.key("c");
    let screen = harness.screen();
    assert!(screen.contains("Cancel this bundle task?"), "{screen}");
    assert!(screen.contains("type 041c and press Enter"), "{screen}");
    for key in ["y", "Enter"] {
        assert_eq!(harness.key(key), []);
    }
    let screen = harness.screen();
    assert!(
        screen.contains("The ID does not end with \"y\"."),
        "{screen}"
    );
    for key in ["Backspace", "0", "4", "1", "c"] {
        harness.key(key);
    }
    assert_eq!(harness.key("Enter"), [describe_one(ID)]);
    assert!(harness.line(ID).contains("cancel requested"));
}

/// A number of one would be a key that is typed by mistake.
#[test]
fn of_several_tasks_of_which_one_can_be_cancelled_the_id_is_typed() {
    let mut harness = with(preferences());
    for id in [ID, "bun-0000000c"] {
        harness.select(id);
        harness.key("Space");
    }
    harness.key("c");
    let screen = harness.screen();
    assert!(screen.contains("type 041c and press Enter"), "{screen}");
    harness.wait(1.0);
    for key in ["1", "Enter"] {
        assert_eq!(harness.key(key), []);
    }
    assert_eq!(harness.cancel_state(ID), None);
}

#[test]
fn without_a_text_enter_keeps_the_task() {
    let mut harness = with(Preferences {
        confirmation: Confirmation::Typed,
        ..preferences()
    });
    harness.select(ID);
    harness.key("c");
    harness.key("Enter");
    assert!(harness.app.dialog().is_none());
    assert_eq!(harness.cancel_state(ID), None);
}

fn read_only() -> Preferences {
    Preferences {
        restrictions: Restrictions {
            why_read_only: Some("read_only is set in the settings"),
            is_production: false,
        },
        ..preferences()
    }
}

fn message(text: &str) -> SettingsMessage {
    SettingsMessage {
        summary: text.to_owned(),
        entries: vec![text.to_owned()],
    }
}

fn changed(preferences: Preferences, note: &str) -> Msg {
    Msg::Settings(Box::new(ChangedSettings {
        preferences,
        order: None,
        filter: None,
        message: message(note),
    }))
}

#[test]
fn settings_that_change_take_effect_at_once() {
    let mut harness = with(preferences());
    harness.key("g");
    let changes = ChangedSettings {
        preferences: Preferences {
            mouse: true,
            interval: Some(Duration::from_secs(1)),
            restrictions: Restrictions {
                why_read_only: Some("read_only is set in the settings"),
                is_production: true,
            },
            columns: vec![Column::BundleId.into()],
            ..preferences()
        },
        order: Some(Order {
            is_descending: true,
            ..Order::by(Column::BundleId)
        }),
        filter: Some("bun-0000".into()),
        message: message("Changed: mouse is true."),
    };
    let asked = harness.send(Msg::Settings(Box::new(changes)));
    assert_eq!(asked, [Asked::CaptureMouse(true)]);
    harness.draw();
    let screen = harness.screen();
    assert!(screen.contains("Changed: mouse is true."), "{screen}");
    assert!(screen.contains("PRODUCTION") && screen.contains("read-only"));
    let ids: Vec<_> = harness
        .rows()
        .map(|row| row.task.bundle_id.as_str())
        .collect();
    assert_eq!(ids, ["bun-0000000c", "bun-0000000a"]);
    // It is polled sooner than it would have been.
    assert_eq!(harness.wait(1.5), [describe(2)]);
    harness.key("c");
    assert!(harness.screen().contains("read_only is set"));
    let asked = harness.send(changed(preferences(), "Changed."));
    assert_eq!(asked, [Asked::CaptureMouse(false)]);
}

/// Whatever changes while a person reads the question, no key typed before it can answer it.
#[test]
fn a_question_is_asked_anew_or_not_at_all_when_the_settings_change() {
    let mut harness = with(preferences());
    harness.select(ID);
    harness.key("c");
    harness.wait(1.0);
    assert!(harness.app.can_be_answered());
    harness.send(changed(preferences(), "Changed."));
    assert!(!harness.app.can_be_answered());
    harness.send(changed(read_only(), "Changed: read_only is true."));
    assert!(harness.app.dialog().is_none());
    assert_eq!(harness.key("y"), []);
    // Nor in another way than it was asked.
    let mut harness = with(preferences());
    harness.select(ID);
    harness.key("c");
    harness.wait(1.0);
    let typed = Preferences {
        confirmation: Confirmation::Typed,
        ..preferences()
    };
    harness.send(changed(typed, "Changed: confirm is \"typed\"."));
    assert!(harness.app.dialog().is_none());
    assert_eq!(harness.key("y"), []);
    assert_eq!(harness.cancel_state(ID), None);
    // Of several tasks too.
    let mut harness = with(preferences());
    for key in ["*", "c", "2"] {
        harness.key(key);
    }
    harness.send(changed(read_only(), "Changed: read_only is true."));
    assert_eq!(harness.key("Enter"), []);
    assert_eq!(harness.cancel_state(ID), None);
}

/// A cancel that is confirmed and not sent yet is not sent any more.
#[test]
fn cancels_stop_when_the_settings_become_read_only() {
    let mut harness = with(preferences());
    harness.select(ID);
    harness.key("c");
    assert_eq!(harness.key("y"), [describe_one(ID)]);
    harness.send(changed(read_only(), "Changed: read_only is true."));
    let storing = three().remove(1);
    assert_eq!(harness.described_one(ID, Ok(Some(storing))), []);
    harness.draw();
    let screen = harness.screen();
    assert!(
        screen.contains("the settings refuse cancels now"),
        "{screen}"
    );
    assert_eq!(harness.cancel_state(ID), None);
}

#[test]
fn the_menu_of_themes_shows_the_selected_one() {
    let mut harness = with(preferences());
    let chosen = |harness: &Harness| harness.app.chosen_theme().map(str::to_owned);
    assert_eq!(chosen(&harness), None);
    harness.key("T");
    assert_eq!(
        chosen(&harness),
        None,
        "the one of the settings is selected"
    );
    harness.key("j");
    harness.key("j");
    assert_eq!(chosen(&harness).as_deref(), Some("light"));
    harness.key("Esc");
    assert_eq!(chosen(&harness), None, "it was only looked at");
    for key in ["T", "G", "k", "Enter"] {
        harness.key(key);
    }
    assert_eq!(chosen(&harness).as_deref(), Some("gruvbox"));
    let screen = harness.screen();
    assert!(
        screen.contains("theme = \"gruvbox\" in the settings keeps it"),
        "{screen}"
    );
    harness.key("T");
    assert_eq!(
        chosen(&harness).as_deref(),
        Some("gruvbox"),
        "the cursor is there"
    );
    harness.key("0");
    assert_eq!(chosen(&harness), None);
}

#[test]
fn a_menu_with_more_themes_than_lines_is_scrolled() {
    let theme_names = (1..=40).map(|number| format!("theme-{number}")).collect();
    let preferences = Preferences {
        theme_names,
        ..preferences()
    };
    let mut harness = Harness::new_with(40, 12, preferences);
    harness.draw();
    harness.connect(1);
    harness.answer(1, three());
    harness.key("T");
    assert!(harness.screen().contains("1 of 41"), "{}", harness.screen());
    harness.key("G");
    let screen = harness.screen();
    assert!(
        screen.contains("theme-40") && screen.contains("41 of 41"),
        "{screen}"
    );
    assert_eq!(harness.app.chosen_theme(), Some("theme-40"));
}

#[test]
fn a_comma_opens_the_settings_in_the_editor() {
    let mut harness = with(preferences());
    assert_eq!(harness.key(","), [Asked::EditSettings]);
}

/// The footer has room for one sentence, and shows it for some seconds.
#[test]
fn the_event_log_has_all_that_is_said_of_the_settings() {
    let mut harness = with(preferences());
    harness.send(Msg::Settings(Box::new(ChangedSettings {
        preferences: preferences(),
        order: None,
        filter: None,
        message: SettingsMessage {
            summary: "2 mistakes in the settings.".into(),
            entries: vec!["config.toml:1:1: one".into(), "config.toml:2:1: two".into()],
        },
    })));
    harness.draw();
    let screen = harness.screen();
    assert!(screen.contains("2 mistakes in the settings."), "{screen}");
    harness.key("E");
    let screen = harness.screen();
    for entry in [
        "Settings: config.toml:1:1: one",
        "Settings: config.toml:2:1: two",
    ] {
        assert!(screen.contains(entry), "{screen}");
    }
}

/// Whatever the settings take away, there is a way out that cancels nothing.
#[test]
fn esc_always_keeps_the_task() {
    let text = "[keys.everywhere]\nquit = \"none\"\nkeep-task = \"none\"\npress = \"none\"\nother-button = \"none\"\nclose = \"none\"\n";
    let file = File {
        text,
        path: Path::new("config.toml"),
    };
    let settings = LoadedConfig::load(Some(file), "default", Vec::new());
    assert_eq!(settings.problems, []);
    for confirmation in [Confirmation::YesNo, Confirmation::Typed] {
        let mut harness = with(Preferences {
            keymap: settings.keymap.clone(),
            confirmation,
            ..preferences()
        });
        harness.draw();
        let screen = harness.screen();
        assert!(screen.contains("Ctrl-C quit"), "{screen}");
        harness.select(ID);
        harness.key("c");
        assert!(harness.app.dialog().is_some());
        assert!(harness.screen().contains("Esc"), "{}", harness.screen());
        harness.key("Esc");
        assert!(harness.app.dialog().is_none());
        harness.key("?");
        harness.key("Esc");
        assert!(harness.app.dialog().is_none());
    }
}
