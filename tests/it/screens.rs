//! Layer 2, screens: draws a fixed state at a fixed size. Snapshots hold the text; the roles of
//! cells, which a text snapshot loses, are asserted separately.

mod chart;
mod text;
pub mod theme;

use bundletop::ec2::{ErrorKind, Operation, Session};
use bundletop::task::{BundleTask, ParsedMember, Phase, Progress, S3Storage, Secret, TaskError};
use bundletop::text::Charset;
use bundletop::tui::app::Msg;
use bundletop::tui::theme::{Background, ColorDepth, Role, Theme};
use crossterm::event::Event;
use insta::assert_snapshot;
use ratatui::buffer::Buffer;
use ratatui::style::{Color, Modifier};

use crate::harness::{
    Harness, at, error, task, text as text_of, three, throttled, unreachable, updated,
};

const SIZES: [(u16, u16); 3] = [(120, 40), (80, 24), (40, 12)];

/// One task in each state, and what makes a row hard to draw.
fn all_states() -> Vec<BundleTask> {
    let states = [
        ("bun-7c1d90e2", "pending", None),
        ("bun-5e0f3a97", "waiting-for-shutdown", None),
        ("bun-91b6c2d4", "bundling", Some("38%")),
        ("bun-2a4e041c", "storing", Some("72%")),
        ("bun-0d5e9f31", "cancelling", None),
        ("bun-64e2a8bf", "complete", Some("100%")),
        ("bun-1b2c3d4e", "failed", None),
        ("bun-dddddddd", "defrosting", Some("nearly")),
    ];
    let mut tasks: Vec<_> = (0..)
        .zip(states)
        .map(|(age, (id, state, progress))| BundleTask {
            start_time: Some(
                at("2015-09-15T13:27:00Z") - jiff::SignedDuration::from_mins(age * 17),
            ),
            progress: progress.map(Progress::new),
            ..task(id, state)
        })
        .collect();
    tasks[1].storage = Some(storage(
        "images",
        "équipe/ウェブサーバー/2026年秋/windows-server",
    ));
    tasks[2].storage = Some(storage(
        "a-bucket-with-a-rather-long-name",
        "golden/2022/base",
    ));
    tasks[3].storage = Some(S3Storage {
        aws_access_key_id: Some("AKIAIOSFODNN7EXAMPLE".into()),
        upload_policy: Some(POLICY.into()),
        upload_policy_signature: Some(Secret::new("c2lnbmF0dXJl")),
        ..storage("bundletasks", "winami")
    });
    tasks[6].error = Some(TaskError {
        code: Some("Client.S3Error".into()),
        message: Some("AccessDenied(403): Access Denied".into()),
    });
    tasks
}

const POLICY: &[u8] = br#"{"expiration": "2015-09-16T13:24:35Z", "conditions": [
    {"bucket": "bundletasks"}, {"acl": "ec2-bundle-read"}, ["starts-with", "$key", "winami"]]}"#;

fn storage(bucket: &str, prefix: &str) -> S3Storage {
    S3Storage {
        bucket: Some(bucket.into()),
        prefix: Some(prefix.into()),
        ..S3Storage::default()
    }
}

/// Snapshots a harness at each size, under `name`.
fn snapshot(name: &str, set: impl Fn(&mut Harness)) {
    for (width, height) in SIZES {
        let mut harness = Harness::sized(width, height, all_states());
        harness.select("bun-2a4e041c");
        set(&mut harness);
        harness.draw();
        assert_snapshot!(format!("{name}_{width}x{height}"), harness.screen());
    }
}

#[test]
fn list() {
    snapshot("list", |_| {});
}

#[test]
fn confirm() {
    snapshot("confirm", |harness| {
        harness.key("c");
        harness.permission("bun-2a4e041c", Ok(()));
    });
}

#[test]
fn details_with_the_policy_decoded() {
    snapshot("details", |harness| {
        harness.key("Enter");
        harness.key("u");
    });
}

#[test]
fn help() {
    snapshot("help", |harness| {
        harness.key("?");
    });
}

#[test]
fn stale() {
    snapshot("stale", |harness| {
        harness.wait(5.0);
        harness.fail(2, throttled());
    });
}

#[test]
fn refused() {
    snapshot("refused", |harness| {
        harness.send_cancel("bun-2a4e041c");
        let refused = error(
            ErrorKind::WrongState,
            Operation::CancelBundleTask,
            "IncorrectState",
            "The bundle task 'bun-2a4e041c' is in the state 'complete'.",
        );
        harness.cancelled("bun-2a4e041c", Err(refused));
    });
}

#[test]
fn unanswered() {
    snapshot("unanswered", |harness| {
        harness.send_cancel("bun-2a4e041c");
        let lost = error(
            ErrorKind::TimedOut,
            Operation::CancelBundleTask,
            "",
            "EC2 did not answer in time.",
        );
        harness.cancelled("bun-2a4e041c", Err(lost));
        harness.described_one("bun-2a4e041c", Err(unreachable()));
    });
}

#[test]
fn gone() {
    snapshot("gone", |harness| {
        harness.wait(5.0);
        harness.answer(2, all_states().into_iter().take(2).collect());
    });
}

#[test]
fn empty() {
    for (width, height) in SIZES {
        let harness = Harness::sized(width, height, vec![]);
        assert_snapshot!(format!("empty_{width}x{height}"), harness.screen());
    }
}

#[test]
fn loading_and_a_first_failure() {
    for (width, height) in SIZES {
        let mut harness = Harness::new(width, height);
        assert_snapshot!(format!("first_frame_{width}x{height}"), harness.screen());
        harness.draw();
        harness.connect(1);
        harness.fail(
            1,
            error(
                ErrorKind::Denied,
                Operation::DescribeBundleTasks,
                "UnauthorizedOperation",
                "You are not authorized to perform this operation.",
            ),
        );
        assert_snapshot!(format!("error_{width}x{height}"), harness.screen());
    }
}

#[test]
fn ascii_mode_draws_only_ascii() {
    let mut harness = Harness::sized(80, 24, all_states());
    harness.theme = Theme::new(Background::Dark, ColorDepth::None, Charset::Ascii);
    assert_snapshot!("ascii_80x24", harness.screen());
    for keys in [
        &["?"][..],
        &["Esc", "Enter", "u"],
        &["Esc", "j", "c"],
        &["n", "j", "c"],
    ] {
        for key in keys {
            harness.key(key);
        }
        let screen = harness.screen();
        assert!(screen.is_ascii(), "{screen}");
    }
    harness.key("n");
    harness.wait(5.0);
    harness.fail(2, throttled());
    assert!(harness.screen().is_ascii());
}

#[test]
fn no_color_means_no_color() {
    let mut harness = Harness::sized(120, 40, all_states());
    harness.theme = Theme::new(Background::Dark, ColorDepth::None, Charset::Unicode);
    harness.key("j");
    harness.key("c");
    let (buffer, _) = harness.frame();
    for cell in buffer.content() {
        assert_eq!((cell.fg, cell.bg), (Color::Reset, Color::Reset));
    }
}

/// The style of the first cell of `words` on the line that has `line`.
fn cell<'b>(buffer: &'b Buffer, line: &str, words: &str) -> &'b ratatui::buffer::Cell {
    let text = text_of(buffer);
    let (y, text) = text
        .lines()
        .enumerate()
        .find(|(_, text)| text.contains(line) && text.contains(words))
        .unwrap_or_else(|| panic!("no line has {line:?} and {words:?}"));
    let before = &text[..text.find(words).expect("it was just found")];
    let x = bundletop::text::width(before);
    &buffer[(
        u16::try_from(x).expect("a column"),
        u16::try_from(y).expect("a row"),
    )]
}

#[test]
fn states_and_freshness_have_their_roles() {
    let mut harness = Harness::sized(120, 40, all_states());
    let (buffer, _) = harness.frame();
    for (state, role) in [
        ("pending", Role::Pending),
        ("bundling", Role::Bundling),
        ("storing", Role::Storing),
        ("cancelling", Role::Cancelling),
        ("complete", Role::Complete),
        ("failed", Role::Failed),
        ("defrosting", Role::Unknown),
    ] {
        let style = harness.theme.style(role);
        assert_eq!(Some(cell(&buffer, "bun-", state).fg), style.fg, "{state}");
    }
    let live = harness.theme.style(Role::Good).fg;
    assert_eq!(Some(cell(&buffer, "polled", "live").fg), live);
    harness.wait(5.0);
    harness.fail(2, unreachable());
    let (buffer, _) = harness.frame();
    let offline = harness.theme.style(Role::Bad).fg;
    assert_eq!(Some(cell(&buffer, "last answer", "offline").fg), offline);
}

#[test]
fn the_selected_row_is_a_band_from_border_to_border_and_a_gone_one_dim() {
    let mut harness = Harness::sized(120, 40, all_states());
    harness.select("bun-2a4e041c");
    harness.answer(2, all_states().into_iter().take(3).collect());
    harness.key("k");
    let band = |harness: &Harness, words: &str| {
        let (buffer, _) = harness.frame();
        let screen = text_of(&buffer);
        let row = screen.lines().position(|line| line.contains(words));
        let row = u16::try_from(row.expect("the row")).expect("small");
        (1..119)
            .map(|x| buffer[(x, row)].clone())
            .collect::<Vec<_>>()
    };
    let selected = band(&harness, "▌");
    let style = harness.theme.style(Role::Selected);
    let trough = harness.theme.style(Role::Trough).bg;
    let has_band = |cell: &ratatui::buffer::Cell| [style.bg, trough].contains(&Some(cell.bg));
    assert!(selected.iter().all(has_band));
    assert!(selected.iter().any(|cell| cell.symbol() == "9"));
    let (buffer, _) = harness.frame();
    let gone = cell(&buffer, "no longer listed", "bun-2a4e041c");
    assert_eq!(Some(gone.fg), harness.theme.style(Role::Dim).fg);
    assert_eq!(gone.bg, Color::Reset);
    // Without colours the band is reversed.
    harness.theme = Theme::new(Background::Dark, ColorDepth::None, Charset::Unicode);
    let selected = band(&harness, "▸");
    assert!(
        selected
            .iter()
            .all(|cell| cell.modifier.contains(Modifier::REVERSED))
    );
    // With sixteen, its text has one colour, which is readable on it.
    harness.theme = Theme::new(Background::Dark, ColorDepth::Sixteen, Charset::Unicode);
    let selected = band(&harness, "▌");
    let is_text = |cell: &&ratatui::buffer::Cell| cell.symbol() != " ";
    assert!(
        selected
            .iter()
            .filter(is_text)
            .all(|cell| cell.fg == Color::Black)
    );
}

#[test]
fn what_a_dialog_covers_is_dimmed_and_the_footer_is_not() {
    let mut harness = Harness::sized(120, 40, all_states());
    harness.key("s");
    let (buffer, _) = harness.frame();
    let covered = harness.theme.style(Role::Covered).fg;
    assert_eq!(Some(cell(&buffer, "live", "bundletop").fg), covered);
    assert_eq!(
        Some(cell(&buffer, "choose", "⏎").fg),
        harness.theme.style(Role::Key).fg
    );
    assert_eq!(
        Some(cell(&buffer, "4 PROGRESS", "PROGRESS").bg),
        harness.theme.style(Role::Panel).bg
    );
}

#[test]
fn a_task_without_news_for_an_hour_is_marked() {
    let mut still = task("bun-2a4e041c", "storing");
    still.update_time = Some(at("2015-09-15T12:20:00Z"));
    let mut harness = Harness::sized(140, 40, vec![still, task("bun-1", "storing")]);
    assert!(harness.line("bun-2a4e041c").contains("storing !"));
    assert!(!harness.line("bun-1 ").contains('!'));
    let (buffer, _) = harness.frame();
    let warning = harness.theme.style(Role::Warning).fg;
    assert_eq!(Some(cell(&buffer, "bun-2a4e041c", "1h ago").fg), warning);
    harness.key("?");
    assert!(harness.screen().contains("! does not move any more"));
    let mut ended = task("bun-2a4e041c", "complete");
    ended.update_time = Some(at("2015-09-15T12:20:00Z"));
    let harness = Harness::sized(120, 40, vec![ended]);
    assert!(!harness.line("bun-2a4e041c").contains('!'));
}

#[test]
fn every_member_on_the_page_is_somewhere_on_the_screen() {
    let mut harness = Harness::sized(120, 40, all_states());
    harness.select("bun-2a4e041c");
    harness.key("Enter");
    harness.key("u");
    let screen = harness.screen();
    for words in [
        "i-1a2b3c4d",
        "bun-2a4e041c",
        "storing",
        "2015-09-15 12:36:00 UTC",
        "2015-09-15 13:26:54 UTC",
        "bundletasks",
        "winami",
        "AKIA••••••••••••MPLE",
        "valid until 2015-09-16 13:24:35 UTC",
        r#"["starts-with","$key","winami"]"#,
        "present, not shown",
        "72%",
        "s3://bundletasks/winami.manifest.xml",
    ] {
        assert!(screen.contains(words), "{words} is not in:\n{screen}");
    }
    harness.key("Esc");
    harness.select("bun-1b2c3d4e");
    harness.key("Enter");
    let screen = harness.screen();
    assert!(screen.contains("Client.S3Error"));
    assert!(screen.contains("AccessDenied(403): Access Denied"));
}

#[test]
fn secrets_are_never_on_the_screen() {
    let mut harness = Harness::sized(120, 40, all_states());
    harness.select("bun-2a4e041c");
    for keys in [&[][..], &["Enter"], &["u"], &["Esc", "c"]] {
        for key in keys {
            harness.key(key);
        }
        let screen = harness.screen();
        assert!(!screen.contains("c2lnbmF0dXJl"), "the signature");
        assert!(!screen.contains("AKIAIOSFODNN7EXAMPLE"), "the access key");
    }
    harness.key("Esc");
    harness.key("Enter");
    assert!(
        !harness.screen().contains("starts-with"),
        "the policy, unasked"
    );
    let debug = format!("{:?}", harness.app);
    assert!(!debug.contains("c2lnbmF0dXJl"), "the signature, in a log");
}

/// Control characters in everything that EC2 can put on the screen.
fn tasks_with_controls() -> Vec<BundleTask> {
    let add_controls =
        |name: &str| format!("{name}\u{1b}[31m\u{1b}]0;owned\u{7}\r\n\u{9b}2J\u{202e}\u{200b}\0");
    let mut task = BundleTask {
        instance_id: Some(add_controls("i-1")),
        bundle_id: bundletop::task::BundleId::new(add_controls("bun-1")),
        progress: Some(Progress::new(add_controls("3%"))),
        storage: Some(S3Storage {
            aws_access_key_id: Some(add_controls("AKIA")),
            upload_policy: Some(add_controls("policy").into_bytes()),
            ..storage(&add_controls("bucket"), &add_controls("prefix"))
        }),
        error: Some(TaskError {
            code: Some(add_controls("Client.S3Error")),
            message: Some(add_controls("message")),
        }),
        ..crate::harness::task("", "storing")
    };
    task.state = bundletop::task::State::new(&add_controls("defrosting"));
    vec![task]
}

#[test]
fn no_control_character_reaches_the_screen() {
    let harmful = |c: char| c.is_control() || matches!(c, '\u{202e}' | '\u{200b}' | '\u{9b}');
    let check = |harness: &Harness| {
        let (buffer, _) = harness.frame();
        for cell in buffer.content() {
            assert!(!cell.symbol().contains(harmful), "{:?}", cell.symbol());
        }
    };
    for (width, height) in SIZES {
        let mut harness = Harness::sized(width, height, tasks_with_controls());
        harness.identified("1234\u{1b}[2J");
        check(&harness);
        harness.key("Enter");
        harness.key("u");
        check(&harness);
        harness.key("Esc");
        harness.key("c");
        check(&harness);
        let bad = error(
            ErrorKind::Rejected,
            Operation::CancelBundleTask,
            "Bad\u{1b}[2J",
            "\u{1b}]0;owned\u{7} message",
        );
        let id = harness
            .rows()
            .next()
            .expect("one")
            .task
            .bundle_id
            .to_string();
        harness.permission(&id, Err(bad.clone()));
        check(&harness);
        harness.key("Esc");
        harness.send_cancel(&id);
        harness.cancelled(&id, Err(bad.clone()));
        check(&harness);
        harness.key("Esc");
        harness.fail(2, bad);
        check(&harness);
    }
}

#[test]
fn every_size_from_one_cell_up_is_drawn_without_a_panic() {
    for width in [1, 2, 5, 30, 39, 40, 41, 59, 60, 61, 79, 100, 200, 400] {
        for height in [1, 2, 8, 11, 12, 13, 15, 19, 20, 24, 60] {
            let mut harness = Harness::sized(width, height, all_states());
            for key in ["j", "Enter", "u", "Esc", "?", "Esc", "g", "c", "Tab", "Esc"] {
                harness.key(key);
            }
            harness.wait(5.0);
            harness.fail(2, throttled());
            harness.draw();
        }
    }
}

#[test]
fn a_frame_smaller_than_the_known_size_is_drawn_without_a_panic() {
    let mut harness = Harness::sized(120, 40, all_states());
    harness.key("c");
    for (width, height) in [(80, 24), (31, 8), (10, 3), (1, 1)] {
        let backend = ratatui::backend::TestBackend::new(width, height);
        let mut terminal = ratatui::Terminal::new(backend).expect("a test backend");
        terminal
            .draw(|frame| {
                bundletop::tui::view::draw(frame, &harness.app, &harness.theme);
            })
            .expect("a test backend");
    }
}

#[test]
fn a_custom_endpoint_is_named_in_the_header_and_before_a_cancel() {
    let url = "http://127.0.0.1:4599";
    for (width, height, named) in [(120, 40, url), (80, 24, url), (40, 12, "http://")] {
        let mut harness = Harness::new(width, height);
        harness.draw();
        let session = Session {
            profile: None,
            region: "us-east-1".into(),
            endpoint_url: Some(url.into()),
        };
        harness.connected(1, Ok(session));
        harness.answer(1, three());
        assert!(
            harness
                .screen()
                .lines()
                .next()
                .is_some_and(|line| line.contains(named))
        );
        harness.select("bun-2a4e041c");
        harness.key("c");
        assert!(harness.line("Endpoint").contains(url));
    }
}

#[test]
fn what_cannot_be_read_is_shown_as_it_came() {
    let mut odd = task("bun-2a4e041c", "storing");
    odd.start_time = None;
    odd.add_unreadable(ParsedMember::StartTime, "2015-09-15T13:24:35");
    odd.add_unreadable(ParsedMember::UploadPolicy, "%%%");
    let mut harness = Harness::with(vec![odd]);
    harness.key("Enter");
    let started = harness.line("Started");
    assert!(started.contains("\"2015-09-15T13:24:35\" (not a time with a zone)"));
    let policy = harness.line("Upload policy");
    assert!(policy.contains("not in Base64"), "{policy}");
}

#[test]
fn details_show_a_failure_once() {
    let mut harness = Harness::with(all_states());
    harness.select("bun-1b2c3d4e");
    harness.key("Enter");
    let screen = harness.screen();
    assert_eq!(screen.matches("AccessDenied(403)").count(), 1, "{screen}");
}

#[test]
fn counts_add_up_to_the_rows() {
    let mut harness = Harness::with(all_states());
    harness.wait(5.0);
    harness.answer(2, all_states().into_iter().take(2).collect());
    let rows = harness.app.list().len();
    let counts = harness.line("no longer listed");
    assert!(counts.starts_with(&format!(" {rows} tasks")), "{counts}");
    assert!(harness.line("Bundle tasks").contains(&format!("of {rows}")));
}

/// Tasks in every state, and rows that EC2 no longer lists: too many counts to show in words.
#[test]
fn counts_are_not_cut() {
    let mut harness = Harness::sized(120, 40, all_states());
    harness.wait(5.0);
    let mut states = all_states();
    states.retain(|task| task.state.as_str() != "pending");
    states.push(task("bun-00000000", "pending"));
    harness.answer(2, states);
    assert!(harness.screen().contains("1 no longer listed"));
}

#[test]
fn an_older_state_is_not_drawn() {
    let mut harness = Harness::with(three());
    harness.answer(
        2,
        vec![updated(
            task("bun-2a4e041c", "pending"),
            "2015-09-15T13:00:00Z",
        )],
    );
    assert!(harness.line("bun-2a4e041c").contains("storing"));
}

#[test]
fn however_long_the_values_the_permission_and_the_buttons_are_on_the_screen() {
    let long = |what: &str| format!("{}-{what}-end", "x".repeat(300));
    for (width, height) in [(120, 40), (100, 20), (80, 24), (60, 14), (40, 12)] {
        let mut harness = Harness::new(width, height);
        harness.draw();
        let session = Session {
            profile: Some(long("profile")),
            region: "us-east-1".into(),
            endpoint_url: Some(long("endpoint")),
        };
        harness.connected(1, Ok(session));
        let mut task = task(&long("id"), "storing");
        task.instance_id = Some(long("instance"));
        task.storage = Some(S3Storage {
            bucket: Some(long("bucket")),
            prefix: Some(long("prefix")),
            ..S3Storage::default()
        });
        harness.answer(1, vec![task]);
        harness.key("c");
        harness.wait(0.5);
        let screen = harness.screen();
        for words in [
            "id-end",
            "instance-end",
            "prefix-end",
            "endpoint-end",
            "Permission",
            "Keep it",
            "Cancel the task",
        ] {
            assert!(
                screen.contains(words),
                "{words}, {width}x{height}:\n{screen}"
            );
        }
    }
}

#[test]
fn the_second_line_leaves_out_whole_counts_and_never_what_the_list_is() {
    let mut tasks = Vec::new();
    for (number, phase) in Phase::ALL.into_iter().cycle().take(400).enumerate() {
        tasks.push(task(&format!("bun-{number:08}"), phase.as_str()));
    }
    let mut harness = Harness::sized(40, 12, tasks);
    let line = |harness: &Harness| {
        let screen = harness.screen();
        screen
            .lines()
            .nth(1)
            .expect("a second line")
            .trim_end()
            .to_owned()
    };
    assert_eq!(line(&harness), " 400 tasks ○50 ◔50 ◑50 ◆50 ⊘50 ✗50 ?50");
    harness.key("*");
    assert_eq!(line(&harness), " 400 tasks ◔50 ◑50 ◆50 ⊘50 ✗50 ?50 ●400");
    harness.wait(2.0);
    harness.key("F");
    let filter = crossterm::event::Event::Paste("state=*".into());
    harness.send(bundletop::tui::app::Msg::Input(vec![filter]));
    harness.key("Enter");
    assert!(
        line(&harness).starts_with(" 400 tasks by EC2 filters"),
        "{}",
        line(&harness)
    );
}

#[test]
fn json_in_ascii_is_json() {
    let mut odd = task("bun-2a4e041c", "failed");
    odd.error = Some(TaskError {
        code: Some("a\"b".into()),
        message: Some("C:\\new é".into()),
    });
    let mut harness = Harness::sized(120, 40, vec![odd]);
    harness.theme = Theme::new(Background::Dark, ColorDepth::None, Charset::Ascii);
    harness.key("J");
    let screen = harness.screen();
    assert!(screen.is_ascii());
    assert!(screen.contains(r#""Code": "a\"b""#), "{screen}");
    assert!(
        screen.contains(r#""Message": "C:\\new \u00e9""#),
        "{screen}"
    );
}

/// The letters that a filter finds stand out; if they were cut off, the ellipsis does.
#[test]
fn what_a_filter_finds_is_highlighted_also_where_a_cell_is_cut() {
    for (filter, charset, found) in [
        (
            "bun-2a4e storage:winami",
            Charset::Unicode,
            "bun-2a4ewinami",
        ),
        ("storage:rather-long", Charset::Unicode, "…"),
        ("storage:rather-long", Charset::Ascii, "..."),
        ("state:\"storing\"", Charset::Unicode, "storing"),
        ("state:^stor", Charset::Unicode, "stor"),
        ("!state:storing", Charset::Unicode, ""),
    ] {
        let mut harness = Harness::sized(100, 24, all_states());
        harness.theme = Theme::new(Background::Dark, ColorDepth::TrueColor, charset);
        harness.key("/");
        harness.send(Msg::Input(vec![Event::Paste(filter.into())]));
        harness.key("Enter");
        let (buffer, _) = harness.frame();
        let style = harness.theme.style(Role::Found);
        let rows = buffer.content().chunks(100).skip(3).take(8).flatten();
        let highlighted: String = rows
            .filter(|cell| cell.modifier.contains(style.add_modifier) && Some(cell.fg) == style.fg)
            .map(ratatui::buffer::Cell::symbol)
            .collect();
        assert_eq!(highlighted, found, "{filter}: {}", harness.screen());
    }
}

/// The screens of browsing in other looks: the same text, and no style that a look does not have.
#[test]
fn browsing_in_every_look() {
    let screens: [&[&str]; 6] = [
        &["/", "b", "u", "n"],
        &["Space", "j", "v", "j"],
        &["*", "c"],
        &["j", "j", "j", "J"],
        &[":", "c"],
        &["?"],
    ];
    for keys in screens {
        for (width, height) in SIZES {
            let mut harness = Harness::sized(width, height, all_states());
            for key in keys {
                harness.key(key);
            }
            let (dark, _) = harness.frame();
            harness.theme = Theme::new(Background::Light, ColorDepth::TrueColor, Charset::Unicode);
            let (light, _) = harness.frame();
            assert_eq!(text_of(&dark), text_of(&light));
            let modifiers = |buffer: &Buffer| {
                let cells = buffer.content().iter();
                cells.map(|cell| cell.modifier).collect::<Vec<_>>()
            };
            assert_eq!(modifiers(&dark), modifiers(&light), "{keys:?}");
            // Every colour of dark differs in light, but for the terminal's own.
            let mut colors: Vec<_> = dark.content().iter().zip(light.content()).collect();
            colors.retain(|(dark, light)| dark.fg == light.fg && dark.fg != Color::Reset);
            assert_eq!(colors, [], "{keys:?}");
            for depth in [ColorDepth::Sixteen, ColorDepth::None] {
                harness.theme = Theme::new(Background::Light, depth, Charset::Unicode);
                let (buffer, _) = harness.frame();
                let is_allowed = |color| match (depth, color) {
                    (_, Color::Reset) => true,
                    (ColorDepth::None, _) => false,
                    (_, Color::Rgb(..) | Color::Indexed(16..)) => false,
                    _ => true,
                };
                for cell in buffer.content() {
                    assert!(
                        is_allowed(cell.fg) && is_allowed(cell.bg),
                        "{keys:?}: {cell:?}"
                    );
                }
            }
        }
    }
}

/// A state of the screen at each size, in each look.
#[test]
fn browsing_at_every_size() {
    type Keys = &'static [&'static str];
    let states: [(&str, Keys); 8] = [
        ("filter", &["/", "s", "t", "a", "t", "e", ":", "b"]),
        ("nothing_found", &["/", "z", "z", "z", "Enter"]),
        ("marks", &["Space", "j", "v", "j", "j"]),
        ("cancel_many", &["*", "c"]),
        ("json", &["j", "j", "j", "J"]),
        ("sort_menu", &["s"]),
        ("copy_menu", &["y"]),
        ("palette", &[":", "c", "o", "p", "y"]),
    ];
    for (name, keys) in states {
        for (width, height) in SIZES {
            let mut harness = Harness::sized(width, height, all_states());
            for key in keys {
                harness.key(key);
            }
            assert_snapshot!(format!("{name}_{width}x{height}"), harness.screen());
            harness.theme = Theme::new(Background::Dark, ColorDepth::None, Charset::Ascii);
            assert!(harness.screen().is_ascii(), "{name}: {}", harness.screen());
        }
    }
}
