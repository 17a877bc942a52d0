//! The settings, as they are seen on the screen.

use std::sync::Arc;

use bundletop::endpoint::{Clock, Endpoint, Faults, World};
use bundletop::journal::{Entry, JournalPlace, Store, TaskSelection, wait_for_lock};
use jiff::{SignedDuration, Timestamp};

use super::Pty;
use crate::ec2::canned::CannedServer;
use crate::ec2::{list, ok};
use crate::harness::task;

/// The program with a file of settings.
pub fn with(text: &str, args: &[&str]) -> (Pty, tempfile::TempDir) {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("config.toml");
    std::fs::write(&path, text).expect("a file");
    let path = path.to_str().expect("UTF-8");
    let pty = Pty::bundletop_in(&[&["--demo"], args].concat(), &[("BUNDLETOP_CONFIG", path)]);
    (pty, directory)
}

pub fn quit(mut pty: Pty) {
    pty.press(b"q");
    assert_eq!(pty.end(), 0);
}

#[test]
fn symbols_order_filter_and_warnings_are_as_set() {
    let text = r#"
        symbols = "ascii"
        production = true
        read_only = true
        mouse = true
        theme = "dark"
        colors = "never"
        notices.channels = ["osc9"]
        [list]
        sort = "id ascending"
        filter = "storing"
    "#;
    let (mut pty, _directory) = with(text, &[]);
    pty.until_shown("bun-2a4e041c");
    pty.until_shown(" PRODUCTION ");
    pty.until_shown("read-only");
    pty.until_shown("/storing");
    pty.until("sorted by the ID", |screen| {
        screen.contents().contains("BUNDLE ID^")
    });
    assert!(pty.has_written(b"\x1b[?1000h"), "the mouse is used");
    assert!(!pty.has_written(b"\x1b]11;?"), "the theme is known");
    assert!(!pty.has_written(b"\x1b[38;"), "no colours");
    pty.press(b"c");
    pty.until_shown("Nothing is cancelled: read_only is set in the settings.");
    quit(pty);
}

#[test]
fn a_file_with_mistakes_is_said_and_the_program_starts() {
    let (pty, _directory) = with("mose = true\ntheme = 3\n", &[]);
    pty.until_shown("2 mistakes in the settings");
    pty.until_shown("bun-2a4e041c");
    quit(pty);
}

#[test]
fn options_take_precedence_and_the_journal_can_be_turned_off() {
    let text = "theme = 'dark'\nmouse = true\n[journal]\nkeep = false\n";
    let (mut pty, _directory) = with(text, &["--theme", "light", "--color", "truecolor"]);
    pty.until_shown("bun-2a4e041c");
    assert!(pty.has_written(b"48;2;207;220;248"), "the light band");
    pty.press(b"h");
    pty.until_shown("No journal is kept");
    quit(pty);
}

#[test]
fn texts_are_copied_to_the_chosen_clipboard() {
    for (choice, said, is_sent) in [
        ("osc52", "Copied through the terminal", true),
        // There is no desktop here.
        ("both", "Copied through the terminal", true),
        ("native", "No clipboard takes it", false),
        ("off", "No clipboard takes it", false),
    ] {
        let (mut pty, _directory) = with(&format!("clipboard = \"{choice}\"\n"), &[]);
        pty.until_shown("bun-2a4e041c");
        pty.press(b"yi");
        pty.until_shown(said);
        assert_eq!(pty.has_written(b"\x1b]52;"), is_sent, "{choice}");
        quit(pty);
    }
}

#[test]
fn nerd_symbols_are_of_their_font() {
    let (pty, _directory) = with("symbols = \"nerd\"\n", &[]);
    pty.until_shown("\u{f187}");
    quit(pty);
}

#[test]
fn columns_times_and_questions_are_as_set() {
    let text = r#"
        confirm = "typed"
        time_zone = "Asia/Tokyo"
        [list]
        columns = ["storage 30", "id", "started"]
        times = "absolute"
        sort = "id ascending"
        finished_last = true
    "#;
    let (mut pty, _directory) = with(text, &[]);
    pty.until_shown("bun-2a4e041c");
    pty.until_shown(" JST ");
    pty.until("the columns and the order", |screen| {
        let text = screen.contents();
        let line = |word: &str| text.lines().position(|line| line.contains(word));
        let titles = text.lines().find(|line| line.contains("S3 STORAGE"));
        let words: Vec<_> = titles.unwrap_or_default().split_whitespace().collect();
        // The failed one would be the second.
        let is_last = line("bun-1b2c3d4e") > line("bun-d34f1b08");
        words.join(" ").contains("S3 STORAGE BUNDLE ID▴ STARTED") && is_last
    });
    pty.press(b"j");
    pty.until_shown("2 of ");
    pty.press(b"c");
    pty.until_shown("and press Enter:");
    pty.press(b"\r");
    pty.until("the list", |screen| {
        !screen.contents().contains("press Enter")
    });
    quit(pty);
}

#[test]
fn times_are_local_if_the_environment_has_a_time_zone() {
    let pty = Pty::bundletop_in(&["--demo"], &[("TZ", "Asia/Kolkata")]);
    pty.until_shown(" IST");
    quit(pty);
}

#[test]
fn each_background_has_its_theme() {
    let text = "theme_dark = \"nord\"\ntheme_light = \"light\"\ncolors = \"truecolor\"\n";
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("config.toml");
    std::fs::write(&path, text).expect("a file");
    let path = path.to_str().expect("UTF-8");
    for (hint, band) in [("15;0", "48;2;59;66;82"), ("0;15", "48;2;207;220;248")] {
        let variables = [("BUNDLETOP_CONFIG", path), ("COLORFGBG", hint)];
        let pty = Pty::bundletop_in(&["--demo"], &variables);
        pty.until_shown("bun-2a4e041c");
        assert!(pty.has_written(band.as_bytes()), "{hint}");
        quit(pty);
    }
}

#[test]
fn notices_are_given_as_set() {
    let directory = tempfile::tempdir().expect("a directory");
    let told = directory.path().join("told");
    let command = format!("sh -c 'cat > {}'", told.display());
    let text = format!(
        "[notices]\non = [\"appeared\", \"complete\"]\nchannels = [\"osc777\"]\ncommand = \"{command}\"\n"
    );
    let (pty, _directory) = with(&text, &["--demo-speed", "300"]);
    pty.until("a notice", |_| {
        told.exists() && pty.has_written(b"\x1b]777;notify;bundletop;")
    });
    quit(pty);
}

#[test]
fn the_keys_of_emacs_move() {
    let (mut pty, _directory) = with("key_set = \"emacs\"\n", &[]);
    pty.until_shown("1 of 9");
    pty.press(b"\x0e");
    pty.until_shown("2 of 9");
    pty.press(b"q");
    assert_eq!(pty.end(), 0);
}

/// The journal is kept in the file of the settings, and forgets what is older than they say.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_journal_is_kept_as_set() {
    let any_port = std::net::SocketAddr::from((std::net::Ipv4Addr::LOCALHOST, 0));
    let endpoint = Endpoint::start(
        World::built_in(),
        Clock::real(1.0),
        Faults::none(),
        any_port,
    )
    .await
    .expect("the endpoint starts");
    let directory = tempfile::tempdir().expect("a directory");
    let journal = directory.path().join("kept/here.sqlite3");
    let old = |days: i64| Entry::Listed {
        place: JournalPlace {
            account: "123456789012".into(),
            region: "us-east-1".into(),
            endpoint: endpoint.url(),
        },
        at: Timestamp::now() - SignedDuration::from_hours(24 * days),
        tasks: vec![Arc::new(task(&format!("bun-{days}"), "complete"))],
        is_partial: false,
    };
    let mut store = Store::open(&journal, wait_for_lock).expect("a new journal");
    store.write(&[old(40), old(20)]).expect("it is written");
    drop(store);
    let text = format!(
        "[journal]\nfile = \"{}\"\nretention = \"30d\"\n",
        journal.display()
    );
    let file = directory.path().join("config.toml");
    std::fs::write(&file, text).expect("a file");
    let url = endpoint.url();
    let args = ["--endpoint-url", &url, "--region", "us-east-1"];
    let variables = [
        ("BUNDLETOP_CONFIG", file.to_str().expect("UTF-8")),
        ("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE"),
        ("AWS_SECRET_ACCESS_KEY", "secret"),
    ];
    let mut pty = Pty::bundletop_in(&args, &variables);
    pty.until_shown("123456789012");
    pty.until_shown("bun-2a4e041c");
    pty.press(b"h");
    pty.until_shown("bun-20");
    quit(pty);
    let store = Store::open(&journal, wait_for_lock).expect("the journal");
    let kept = store.tasks(&TaskSelection::default()).expect("tasks").rows;
    let ids: Vec<_> = kept.iter().map(|it| it.task.bundle_id.as_str()).collect();
    assert!(
        ids.contains(&"bun-20") && ids.contains(&"bun-2a4e041c"),
        "{ids:?}"
    );
    assert!(!ids.contains(&"bun-40"), "{ids:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_commands_use_the_pager_of_the_settings() {
    let body = list("<item><bundleId>bun-1</bundleId><state>storing</state></item>");
    let server = CannedServer::always(ok(body)).await;
    let directory = tempfile::tempdir().expect("a directory");
    let file = directory.path().join("config.toml");
    std::fs::write(
        &file,
        "[commands]\npager = \"sed s/^/paged:/\"\noutput = \"text\"\n",
    )
    .expect("a file");
    let url = server.url();
    let args = [
        "describe-bundle-tasks",
        "--endpoint-url",
        &url,
        "--no-sign-request",
    ];
    let variables = [
        ("BUNDLETOP_CONFIG", file.to_str().expect("UTF-8")),
        ("AWS_REGION", "us-east-1"),
    ];
    let mut pty = Pty::bundletop_in(&args, &variables);
    pty.until_shown("paged:BUNDLETASKS");
    assert_eq!(pty.end(), 0);
}
