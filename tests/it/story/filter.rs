//! What a filter shows and hides, and what it leaves in its place.

use bundletop::task::{BundleTask, Progress, S3Storage, TaskError};
use bundletop::tui::column::Column;
use bundletop::tui::list::filter::{Filter, Matcher};

use crate::harness::{Asked, Harness, at, id, task, three, timed_out};

fn tasks() -> Vec<BundleTask> {
    let storage = |bucket: &str, prefix: &str| {
        Some(S3Storage {
            bucket: Some(bucket.into()),
            prefix: Some(prefix.into()),
            ..S3Storage::default()
        })
    };
    vec![
        BundleTask {
            instance_id: Some("i-0a1b2c3d4e5f60718".into()),
            storage: storage("golden", "windows-server-2022/base"),
            ..task("bun-0000000a", "pending")
        },
        BundleTask {
            instance_id: Some("i-0293a4b5c6d7e8f90".into()),
            storage: storage("images", "ウェブサーバー/2026"),
            ..task("bun-0000000b", "waiting-for-shutdown")
        },
        BundleTask {
            storage: storage("bundletasks", "winami"),
            progress: Some(Progress::new("72%")),
            ..task("bun-2a4e041c", "storing")
        },
        BundleTask {
            start_time: Some(at("2015-09-14T08:00:00Z")),
            storage: storage("other", "img/one"),
            error: Some(TaskError {
                code: Some("Client.S3Error".into()),
                message: Some("AccessDenied(403): Access Denied".into()),
            }),
            ..task("bun-0000000f", "failed")
        },
    ]
}

/// The last letters of the IDs shown.
fn shown(harness: &Harness) -> String {
    let ids = harness.rows().map(|row| row.task.bundle_id.to_string());
    let mut letters: Vec<_> = ids.map(|id| id.chars().last().expect("an ID")).collect();
    letters.sort_unstable();
    letters.into_iter().collect()
}

fn type_text(harness: &mut Harness, text: &str) {
    for c in text.chars() {
        let key = if c == ' ' {
            "Space".to_owned()
        } else {
            c.to_string()
        };
        let asked = harness.key(&key);
        let is_poll = |asked: &Asked| matches!(asked, Asked::Describe(_));
        assert!(
            asked.iter().all(is_poll),
            "{key} is text, not an action: {asked:?}"
        );
    }
}

fn filtered(text: &str) -> Harness {
    let mut harness = Harness::with(tasks());
    harness.key("/");
    type_text(&mut harness, text);
    harness
}

#[test]
fn each_kind_of_term() {
    for (filter, found) in [
        ("", "abcf"),
        ("   ", "abcf"),
        // In any column, in order, close together.
        ("winami", "c"),
        ("golden", "a"),
        ("wfs", "b"),
        ("srvr", "a"),
        ("denied", "f"),
        ("72", "c"),
        ("ウェブ", "b"),
        // Scattered in an ID, by chance.
        ("2a4e", "c"),
        // Upper case counts if it is typed.
        ("GOLDEN", ""),
        ("client", "f"),
        ("Client", "f"),
        // Together.
        ("bun stor", "c"),
        ("win bun", "abc"),
        // One column.
        ("state:wait", "b"),
        ("state:golden", ""),
        ("STATE:wait", "b"),
        ("storage:win", "ac"),
        ("error:s3", "f"),
        ("started:2015-09-14", "f"),
        ("started:13:24", "abc"),
        ("progress:72%", "c"),
        // Exactly.
        ("\"for-shut\"", "b"),
        ("\"forshut\"", ""),
        ("error:\"access denied\"", "f"),
        ("\"access denied", "f"),
        ("'forshut", ""),
        ("^bun-2", "c"),
        ("base$", "a"),
        ("state:^fai", "f"),
        // Not.
        ("win !wait", "ac"),
        ("!failed", "abc"),
        ("!state:failed", "abc"),
        ("state:!failed", "abc"),
        ("!state:!failed", "f"),
        ("!\"access denied\"", "abc"),
        ("!zzz", "abcf"),
        ("id:0000 !state:pending !fail", "b"),
        // Not finished yet.
        ("!", "abcf"),
        ("state:", "abcf"),
        ("state:!", "abcf"),
        ("\"", "abcf"),
        // Not a column.
        ("13:24", ""),
        ("s3://golden", ""),
    ] {
        let harness = filtered(filter);
        assert_eq!(harness.app.list().filter().error(), None, "{filter}");
        assert_eq!(shown(&harness), found, "{filter}");
    }
}

#[test]
fn what_cannot_be_understood_says_why_at_its_place_and_hides_nothing() {
    let harness = filtered("bun stat:x");
    assert_eq!(shown(&harness), "abcf");
    let error = harness.app.list().filter().error().expect("an error");
    assert_eq!(error.at, 4);
    let screen = harness.screen();
    let mut lines = screen
        .lines()
        .skip_while(|line| !line.contains("Filter: bun stat:x"));
    let typed = lines.next().expect("the filter");
    let said = lines.next().expect("the line below");
    assert_eq!(
        bundletop::text::width(&typed[..typed.find("stat:").expect("the word")]),
        bundletop::text::width(&said[..said.find('^').expect("a mark")]),
        "{screen}"
    );
    assert!(
        said.contains("There is no column \"stat\"; did you mean state?"),
        "{screen}"
    );
    let harness = filtered("colour:red");
    assert!(harness.line("^").contains("there are id, instance, state"));
}

#[test]
fn the_letters_found_are_known() {
    let mut matcher = Matcher::default();
    let mut found =
        |filter: &str, column, text| Filter::parse(filter).found(column, text, &mut matcher);
    assert_eq!(
        found("wfs", Column::State, "waiting-for-shutdown"),
        [0, 8, 12]
    );
    assert_eq!(
        found("win ami", Column::Storage, "b/winami"),
        [2, 3, 4, 5, 6, 7]
    );
    assert_eq!(found("state:win", Column::Storage, "winami"), [0u32; 0]);
    assert_eq!(found("!win", Column::Storage, "winami"), [0u32; 0]);
    assert_eq!(
        found("win", Column::Storage, "e\u{301}/win"),
        [2, 3, 4],
        "clusters"
    );
}

#[test]
fn typing_narrows_and_deleting_widens() {
    let mut harness = filtered("");
    for (key, found) in [
        ("s", "abcf"),
        ("t", "abcf"),
        ("o", "cf"),
        ("r", "cf"),
        ("Backspace", "cf"),
        ("Backspace", "abcf"),
        ("Ctrl-U", "abcf"),
    ] {
        harness.key(key);
        let typed = harness.app.list().filter().text().to_owned();
        assert_eq!(shown(&harness), shown(&filtered(&typed)), "{typed}");
        let _ = found;
    }
}

#[test]
fn columns_and_values_are_suggested_and_completed() {
    let mut harness = filtered("sta");
    let suggestions = |harness: &Harness| {
        let prompt = harness.app.prompt().expect("it is open");
        prompt.completion.suggestions.join(" ")
    };
    assert_eq!(suggestions(&harness), "state: started:");
    harness.key("Tab");
    let text = |harness: &Harness| harness.app.list().filter().text().to_owned();
    assert_eq!(text(&harness), "state:");
    harness.key("Tab");
    assert_eq!(text(&harness), "started:");
    harness.key("Tab");
    type_text(&mut harness, "f");
    assert_eq!(suggestions(&harness), "failed");
    harness.key("Tab");
    assert_eq!(
        (text(&harness).as_str(), shown(&harness).as_str()),
        ("state:failed", "f")
    );
    // A value with a space is quoted.
    let mut harness = filtered("win error:Cl");
    harness.key("Tab");
    assert_eq!(
        text(&harness),
        "win error:\"Client.S3Error: AccessDenied(403): Access Denied\""
    );
    // States that no task is in are suggested too: they may come.
    assert_eq!(suggestions(&filtered("state:comp")), "complete");
    assert_eq!(suggestions(&filtered("!state:pen")), "pending");
    assert_eq!(suggestions(&filtered("colour:x")), "");
    assert_eq!(suggestions(&filtered("win ")), "");
}

#[test]
fn earlier_filters_are_recalled() {
    let mut harness = Harness::with(tasks());
    for filter in ["win", "fail", "win"] {
        harness.key("/");
        harness.key("Ctrl-U");
        type_text(&mut harness, filter);
        harness.key("Enter");
    }
    harness.key("/");
    harness.key("Ctrl-U");
    type_text(&mut harness, "bun");
    let text = |harness: &Harness| harness.app.list().filter().text().to_owned();
    for (key, expected) in [
        ("Up", "win"),
        ("Up", "fail"),
        ("Up", "fail"),
        ("Down", "win"),
        ("Down", "bun"),
        ("Down", "bun"),
    ] {
        harness.key(key);
        assert_eq!(text(&harness), expected, "{key}");
    }
    assert_eq!(shown(&harness), "abcf");
}

#[test]
fn a_number_shows_one_state_and_shows_all_again() {
    let mut harness = Harness::with(tasks());
    for (key, found) in [
        ("4", "c"),
        ("7", "f"),
        ("7", "abcf"),
        ("1", "a"),
        ("0", "abcf"),
        ("3", ""),
        ("Esc", "abcf"),
    ] {
        harness.key(key);
        assert_eq!(shown(&harness), found, "{key}");
    }
    harness.key("7");
    let title = harness.line("shown");
    assert!(
        title.contains("failed") && title.contains("1 of 4 shown"),
        "{title}"
    );
}

#[test]
fn esc_undoes_one_thing_at_a_time() {
    let mut harness = Harness::with(tasks());
    harness.key("4");
    harness.key("/");
    type_text(&mut harness, "win");
    harness.key("Enter");
    harness.key("v");
    assert!(harness.app.list().range().is_some());
    harness.key("Esc");
    assert!(harness.app.list().range().is_none());
    assert_eq!(harness.app.list().filter().text(), "win");
    harness.key("Esc");
    assert_eq!(harness.app.list().filter().text(), "");
    assert_eq!(shown(&harness), "c");
    harness.key("Esc");
    assert_eq!(shown(&harness), "abcf");
    harness.key("Esc");
    assert!(harness.screen().contains("All tasks are shown."));
}

#[test]
fn a_list_without_rows_says_why_and_how_to_see_all() {
    let mut harness = filtered("zzz");
    let screen = harness.screen();
    assert!(screen.contains("None of the 4 tasks matches."), "{screen}");
    assert!(screen.contains("0 of 4 shown"), "{screen}");
    assert!(!screen.contains("lists no bundle tasks"), "{screen}");
    harness.key("Enter");
    assert!(harness.screen().contains("Esc shows all again."));
    assert_eq!(harness.key("c"), []);
    assert!(
        harness
            .screen()
            .contains("No task is shown: the filter hides them all.")
    );
}

#[test]
fn the_selection_comes_back_with_its_task() {
    let mut harness = Harness::with(tasks());
    harness.select("bun-2a4e041c");
    harness.key("/");
    type_text(&mut harness, "golden");
    assert_eq!(harness.selected(), "bun-0000000a");
    harness.key("Esc");
    assert_eq!(harness.selected(), "bun-2a4e041c");
    // Unless another one was selected meanwhile.
    harness.key("/");
    type_text(&mut harness, "id:0000");
    harness.key("Enter");
    harness.key("G");
    let other = harness.selected().to_owned();
    harness.key("Esc");
    assert_eq!(harness.selected(), other);
}

#[test]
fn a_task_that_no_longer_meets_the_filter_stays_while_it_is_selected() {
    let mut harness = Harness::with(tasks());
    harness.key("4");
    assert_eq!(harness.selected(), "bun-2a4e041c");
    let mut changed = tasks();
    changed[2] = task("bun-2a4e041c", "cancelling");
    harness.answer(2, changed.clone());
    assert_eq!(harness.selected(), "bun-2a4e041c");
    assert!(harness.line("bun-2a4e041c").contains("cancelling"));
    // With another one selected, it leaves with the next answer.
    changed[0] = task("bun-0000000a", "storing");
    harness.answer(3, changed.clone());
    assert_eq!(shown(&harness), "ac");
    harness.select("bun-0000000a");
    harness.answer(4, changed);
    assert_eq!(shown(&harness), "a");
}

#[test]
fn what_the_program_says_of_a_task_can_be_filtered_as_soon_as_it_is_said() {
    let mut harness = Harness::with(three());
    harness.key("/");
    type_text(&mut harness, "state:\"no answer\"");
    harness.key("Enter");
    assert!(harness.app.list().is_empty());
    harness.key("Esc");
    harness.select("bun-2a4e041c");
    harness.send_cancel("bun-2a4e041c");
    harness.select("bun-0000000a");
    harness.key("/");
    type_text(&mut harness, "\"no answer\"");
    harness.key("Enter");
    harness.cancelled("bun-2a4e041c", Err(timed_out()));
    let shown: Vec<_> = harness.rows().map(|row| &row.task.bundle_id).collect();
    assert_eq!(shown, [&id("bun-2a4e041c")]);
}

#[test]
fn details_stay_on_their_task_when_the_list_hides_it() {
    let mut harness = Harness::with(tasks());
    harness.key("4");
    harness.key("Enter");
    let mut changed = tasks();
    changed[2] = task("bun-2a4e041c", "cancelling");
    harness.answer(2, changed.clone());
    harness.answer(3, changed);
    let screen = harness.screen();
    assert!(
        screen.contains("bun-2a4e041c") && screen.contains("cancelling"),
        "{screen}"
    );
}

#[test]
fn a_task_that_a_filter_hides_is_not_unlisted() {
    let mut harness = filtered("golden");
    harness.answer(2, tasks());
    harness.key("Esc");
    assert_eq!(shown(&harness), "abcf");
    assert!(!harness.screen().contains("no longer listed"));
}

#[test]
fn an_outcome_waits_until_the_filter_is_typed() {
    let mut harness = Harness::with(three());
    harness.select("bun-2a4e041c");
    harness.send_cancel("bun-2a4e041c");
    harness.key("/");
    type_text(&mut harness, "bu");
    harness.cancelled("bun-2a4e041c", Err(timed_out()));
    type_text(&mut harness, "n");
    assert_eq!(harness.app.list().filter().text(), "bun");
    harness.key("Enter");
    assert!(harness.screen().contains("Cancel outcome unknown"));
}

#[test]
fn the_first_row_is_selected_again_although_nobody_moved_to_it() {
    let mut harness = Harness::with(tasks());
    let first = harness.selected().to_owned();
    harness.key("/");
    type_text(&mut harness, "failed");
    assert_ne!(harness.selected(), first);
    harness.key("Esc");
    assert_eq!(harness.selected(), first);
}

#[test]
fn a_filter_with_an_error_is_not_kept_and_one_that_says_nothing_is_dropped() {
    let mut harness = filtered("colour:red");
    harness.key("Enter");
    assert!(
        harness.app.prompt().is_some(),
        "it stays open, to be corrected"
    );
    assert!(harness.screen().contains("There is no column"));
    let mut harness = filtered("state:");
    harness.key("Enter");
    assert!(harness.app.prompt().is_none());
    assert_eq!(harness.app.list().filter().text(), "");
}
#[test]
fn a_space_after_the_mark_of_what_is_left_out_is_an_error() {
    let filter = Filter::parse("bun ! state:failed");
    let error = filter.error().expect("it would mean the opposite");
    assert_eq!(error.at, 4);
    assert!(!filter.is_active());
    assert_eq!(
        Filter::parse("bun !").error(),
        None,
        "it is still being typed"
    );
}

/// nucleo-matcher alone misses some of these.
#[test]
fn quoted_letters_are_found_at_the_end_of_any_text() {
    for (text, quoted) in [
        ("équipe", "équipe"),
        ("サーバーbase", "base"),
        ("bun-00a1", "00a1"),
        ("bun-00A1", "00a1"),
        ("bun-2022", "bun-2022"),
    ] {
        let filter = Filter::parse(&format!("\"{quoted}\""));
        let found = filter.found(Column::Storage, text, &mut Matcher::default());
        assert_eq!(found.len(), quoted.chars().count(), "{quoted} in {text}");
    }
    let filter = Filter::parse("\"1x\"");
    assert_eq!(
        filter.found(Column::Storage, "a1", &mut Matcher::default()),
        [0_u32; 0]
    );
}
