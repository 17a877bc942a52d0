//! README's pictures and tables are generated from the program. These tests check them.
//!
//! After an intended change, `UPDATE_README=1 cargo test readme` rewrites them.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Mutex, PoisonError};

use bundletop::config::{File, LoadedConfig};
use bundletop::endpoint::{Clock, Endpoint, Faults, World, fault};
use bundletop::task::{BundleTask, Phase, Progress, S3Storage, TaskError};
use bundletop::text::Charset::{Ascii, Unicode};
use bundletop::text::width;
use bundletop::tui::keymap::{self, Keymap};
use bundletop::tui::theme::{Background, ColorDepth, Theme, ThemeFile};
use ratatui::buffer::{Buffer, Cell};
use ratatui::style::{Color, Modifier};
use serde_json::{Value, json};

use crate::harness::{Harness, at, task};
use crate::screens::theme::themes;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_owned()
}

/// Asserts that a file contains `content`, or writes it if `UPDATE_README` is set.
fn assert_file(path: &Path, content: &str) {
    if std::env::var_os("UPDATE_README").is_some() {
        fs::write(path, content).expect("the file can be written");
    }
    let found = fs::read_to_string(path).unwrap_or_default();
    assert!(
        found == content,
        "{} is out of date; UPDATE_README=1 cargo test readme rewrites it",
        path.display()
    );
}

#[test]
fn tables_are_up_to_date() {
    let mut keys = String::from("| Where | Keys | What they do |\n| --- | --- | --- |\n");
    for binding in Keymap::built_in().all() {
        let names = binding.keys.iter();
        let names: Vec<_> = names
            .map(|key| format!("`{}`", key.name(Unicode)))
            .collect();
        let place = keymap::contexts_title(&binding.contexts);
        let names = names.join(" ");
        writeln!(keys, "| {place} | {names} | {} |", binding.help).expect("memory");
    }
    let mut states = String::from("| | ASCII | state | |\n| --- | --- | --- | --- |\n");
    let symbol = |charset, phase| {
        Theme::new(Background::Dark, ColorDepth::TrueColor, charset)
            .phase(phase)
            .0
    };
    for phase in Phase::ALL {
        let (unicode, ascii) = (symbol(Unicode, phase), symbol(Ascii, phase));
        let (state, meaning) = (phase.as_str(), meaning(phase));
        writeln!(states, "| `{unicode}` | `{ascii}` | {state} | {meaning} |").expect("memory");
    }
    let mut faults = String::from("| Fault | What happens |\n| --- | --- |\n");
    for (written, what) in fault::table() {
        writeln!(faults, "| `{written}` | {what} |").expect("memory");
    }
    assert_in_readme("keys", &keys);
    assert_in_readme("states", &states);
    assert_in_readme("faults", &faults);
}

/// What a state means, as far as AWS documents it.
fn meaning(phase: Phase) -> &'static str {
    match phase {
        Phase::Pending => "the task was accepted",
        Phase::WaitingForShutdown => "the instance is shutting down",
        Phase::Bundling => "the bundle is being made",
        Phase::Storing => "the bundle is being stored in S3",
        Phase::Cancelling => "the task is being cancelled",
        Phase::Complete => "the bundle is in S3",
        Phase::Failed => "the task has failed; the details say why",
        Phase::Unknown => "any other state, shown as EC2 sends it",
    }
}

/// README's examples print something with the demo's tasks.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_examples_print_something_in_the_demo_world() {
    let readme = fs::read_to_string(root().join("README.md")).expect("there is a README");
    let (_, examples) = readme.split_once("<!-- examples -->").expect("the mark");
    let (examples, _) = examples.split_once("<!-- /examples -->").expect("the end");
    let any_port = "127.0.0.1:0".parse().expect("an address");
    let clock = Clock::real(1.0);
    let endpoint = Endpoint::start(World::built_in(), clock, Faults::none(), any_port).await;
    let endpoint = endpoint.expect("a loopback port");
    let commands = examples.lines().filter_map(|line| line.strip_prefix("$ "));
    let mut count = 0;
    for example in commands {
        count += 1;
        let program = env!("CARGO_BIN_EXE_bundletop");
        let script = example.replacen("bundletop", program, 1);
        let mut command = Command::new("/bin/sh");
        command.args(["-c", &script]).env_clear().envs([
            ("AWS_ENDPOINT_URL", &*endpoint.url()),
            ("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE"),
            ("AWS_SECRET_ACCESS_KEY", "dummy"),
            ("AWS_REGION", "us-east-1"),
            ("AWS_EC2_METADATA_DISABLED", "true"),
        ]);
        let output = tokio::task::spawn_blocking(move || command.output()).await;
        let output = output.expect("no panic").expect("the program runs");
        assert!(output.status.success(), "{example}: {output:?}");
        let shown = String::from_utf8(output.stdout).expect("UTF-8");
        assert!(shown.trim().len() > 20, "{example}: {shown:?}");
    }
    assert!(count >= 3, "README has examples");
}

/// Asserts that README has this between the marks of that name, or writes it if that is requested.
fn assert_in_readme(name: &str, content: &str) {
    // The tests run in parallel, and each writes the whole file.
    static README: Mutex<()> = Mutex::new(());
    let _alone = README.lock().unwrap_or_else(PoisonError::into_inner);
    let path = root().join("README.md");
    let mut readme = fs::read_to_string(&path).expect("there is a README");
    let (begin, end) = (format!("<!-- {name} -->\n"), format!("<!-- /{name} -->"));
    let from = readme.find(&begin).expect("README has the mark") + begin.len();
    let to = readme.find(&end).expect("README has the end mark");
    readme.replace_range(from..to, content);
    assert_file(&path, &readme);
}

/// The example of the AWS CLI's page for `cancel-bundle-task`, in today's output format.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_cancel_example_is_the_programs_output() {
    let world = r#"{"tasks": [{"bundleId": "bun-2a4e041c", "instanceId": "i-1a2b3c4d", "state":
        "storing", "started": "3m5s", "updated": "1s", "bucket": "bundletasks", "prefix": "winami"}]}"#;
    let world = World::from_json("page.json", world).expect("a world");
    let clock = Clock::manual("2015-09-15T13:27:40Z".parse().expect("a time"));
    let any_port = "127.0.0.1:0".parse().expect("an address");
    let endpoint = Endpoint::start(world, clock, Faults::none(), any_port).await;
    let endpoint = endpoint.expect("a loopback port");
    let call = ["cancel-bundle-task", "--bundle-id", "bun-2a4e041c"];
    let mut command = Command::new(env!("CARGO_BIN_EXE_bundletop"));
    command.args(call).env_clear().envs([
        ("AWS_ENDPOINT_URL", &*endpoint.url()),
        ("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE"),
        ("AWS_SECRET_ACCESS_KEY", "dummy"),
        ("AWS_REGION", "us-east-1"),
        ("AWS_EC2_METADATA_DISABLED", "true"),
    ]);
    let output = tokio::task::spawn_blocking(move || command.output()).await;
    let output = output.expect("no panic").expect("the program runs");
    let shown = String::from_utf8(output.stdout).expect("UTF-8");
    assert_eq!(
        serde_json::from_str::<Value>(&shown).expect("JSON"),
        json!({
          "BundleTask": {
            "UpdateTime": "2015-09-15T13:27:40.000Z",
            "InstanceId": "i-1a2b3c4d",
            "Storage": { "S3": { "Prefix": "winami", "Bucket": "bundletasks" } },
            "State": "cancelling",
            "StartTime": "2015-09-15T13:24:35.000Z",
            "BundleId": "bun-2a4e041c"
          }
        })
    );
    let example = format!("```console\n$ bundletop {}\n{shown}```\n", call.join(" "));
    assert_in_readme("example", &example);
}

/// A program with the tasks of the pictures.
fn harness() -> Harness {
    let mut harness = Harness::sized(110, 26, tasks());
    harness.select("bun-2a4e041c");
    harness
}

fn assert_picture(name: &str, harness: &Harness, terminal: Terminal) {
    let picture = svg(&harness.frame().0, terminal);
    assert_file(&root().join("assets/readme").join(name), &picture);
}

#[test]
fn pictures_are_up_to_date() {
    let mut harness = harness();
    assert_picture("list.svg", &harness, DARK);
    harness.theme = harness.theme.on(Background::Light);
    assert_picture("light.svg", &harness, LIGHT);
    harness.theme = harness.theme.on(Background::Dark);
    harness.key("c");
    harness.permission("bun-2a4e041c", Ok(()));
    assert_picture("cancel.svg", &harness, DARK);
    harness.key("Esc");
    harness.key("J");
    assert_picture("json.svg", &harness, DARK);
    harness.key("Esc");
    harness.key("/");
    for key in [
        "s", "t", "a", "t", "e", ":", "!", "f", "a", "i", "l", "Space", "w", "i", "n",
    ] {
        harness.key(key);
    }
    assert_picture("filter.svg", &harness, DARK);
    harness.key("Esc");
    harness.key("*");
    harness.key("c");
    for id in ["bun-7c1d90e2", "bun-5e0f3a97", "bun-2a4e041c"] {
        harness.permission(id, Ok(()));
    }
    harness.key("4");
    assert_picture("cancel-many.svg", &harness, DARK);
}

/// The list under each theme, two in a row, with their names.
#[test]
fn the_picture_of_the_themes_is_up_to_date() {
    const SIZE: (u16, u16) = (78, 14);
    const GAP: f32 = 12.0;
    let (wide, high) = (
        f32::from(SIZE.0) * CELL.0 + 20.0,
        f32::from(SIZE.1) * CELL.1 + 20.0,
    );
    let mut body = String::new();
    let mut count: u8 = 0;
    for (name, theme, background) in themes() {
        let text = match theme.background() {
            Background::Dark => DARK.text,
            Background::Light => LIGHT.text,
        };
        let background = color(background, "");
        let terminal = Terminal {
            background: &background,
            text,
        };
        let mut harness = Harness::sized(SIZE.0, SIZE.1, tasks());
        harness.theme = theme;
        harness.select("bun-2a4e041c");
        harness.draw();
        let (x, y) = (
            f32::from(count % 2) * (wide + GAP),
            f32::from(count / 2) * (high + GAP + CELL.1),
        );
        writeln!(
            body,
            "<text x=\"{:.0}\" y=\"{:.0}\" font-size=\"14\" fill=\"#808080\">{name}</text>",
            x + 10.0,
            y + 13.5
        )
        .expect("memory");
        let picture = svg(&harness.frame().0, terminal);
        let place = format!(
            "<svg x=\"{x:.0}\" y=\"{:.0}\" width=\"{wide:.0}\" height=\"{high:.0}\" ",
            y + CELL.1
        );
        body += &picture.replacen("<svg ", &place, 1);
        count += 1;
    }
    let rows = f32::from(count.div_ceil(2));
    let picture = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {:.0} {:.0}\" \
         font-family=\"'DejaVu Sans Mono','Menlo','Consolas',monospace\">\n{body}</svg>\n",
        wide * 2.0 + GAP,
        rows * (high + GAP + CELL.1),
    );
    assert_file(&root().join("assets/readme/themes.svg"), &picture);
}

#[test]
fn the_examples_of_settings_have_no_mistakes() {
    let readme = fs::read_to_string(root().join("README.md")).expect("README");
    let blocks = readme.split("```toml\n").skip(1);
    let blocks = blocks.map(|rest| rest.split("```").next().expect("a block"));
    let (themes, settings): (Vec<_>, Vec<_>) = blocks.partition(|it| it.contains("[palette]"));
    assert_eq!((themes.len(), settings.len()), (1, 2));
    for text in settings {
        let path = Path::new("config.toml");
        let settings = LoadedConfig::load(Some(File { text, path }), "prod-1", Vec::new());
        assert_eq!(settings.problems, [], "{text}");
    }
    ThemeFile::parse(themes[0], Path::new("mine.toml")).expect("a theme");
}

/// A task that is watched while it is bundled and stored, and cancelled in the end.
#[test]
fn the_pictures_of_the_chart_and_the_event_log_are_up_to_date() {
    let now = |state: &str, percent: Option<u32>| BundleTask {
        progress: percent.map(|percent| Progress::new(format!("{percent}%"))),
        update_time: None,
        storage: Some(S3Storage {
            bucket: Some("bundletasks".into()),
            prefix: Some("golden/windows-server-2022".into()),
            ..S3Storage::default()
        }),
        ..task("bun-2a4e041c", state)
    };
    let mut harness = Harness::sized(110, 32, vec![now("waiting-for-shutdown", None)]);
    let bundled =
        [4, 9, 15, 22, 31, 39, 48, 58, 66, 75, 84, 93].map(|percent| ("bundling", percent));
    let stored = [0, 7, 15, 22, 30, 36, 41, 45, 52].map(|percent| ("storing", percent));
    for (poll, (state, percent)) in (2..).zip(bundled.into_iter().chain(stored)) {
        harness.wait(20.0);
        harness.answer(poll, vec![now(state, Some(percent))]);
    }
    assert_picture("chart.svg", &harness, DARK);
    harness.send_cancel("bun-2a4e041c");
    harness.wait(1.0);
    harness.cancelled("bun-2a4e041c", Ok(Some(now("cancelling", None))));
    for poll in [harness.polls, harness.polls + 1] {
        harness.answer(poll, vec![]);
    }
    harness.key("E");
    assert_picture("events.svg", &harness, DARK);
}

/// Filter, mark, cancel, `cancelling`: each frame is one of the program's, shown for some seconds.
#[test]
fn the_moving_picture_is_up_to_date() {
    let mut harness = Harness::sized(110, 26, tasks());
    let mut frames = vec![(harness.frame().0, 1.5)];
    let mut press = |harness: &mut Harness, keys: &[&str], seconds: f32| {
        for (number, key) in keys.iter().enumerate() {
            harness.key(key);
            let is_last = number + 1 == keys.len();
            frames.push((harness.frame().0, if is_last { seconds } else { 0.25 }));
        }
    };
    press(&mut harness, &["/", "w", "i", "n"], 1.5);
    press(&mut harness, &["Enter"], 1.0);
    press(&mut harness, &["Space", "j", "Space"], 1.5);
    press(&mut harness, &["c"], 1.5);
    let ids: Vec<_> = harness.app.list().marked_in_order();
    let ids: Vec<_> = ids
        .into_iter()
        .filter_map(|slot| Some(harness.app.tasks().at(slot)?.task.bundle_id.to_string()))
        .collect();
    assert_eq!(ids.len(), 2);
    for id in &ids {
        harness.permission(id, Ok(()));
    }
    press(&mut harness, &["2"], 1.5);
    press(&mut harness, &["Enter"], 1.0);
    for id in &ids {
        let known = harness
            .app
            .tasks()
            .by_id(&bundletop::task::BundleId::new(id.as_str()));
        let described = known.expect("it is listed").task.as_ref().clone();
        harness.described_one(id, Ok(Some(described.clone())));
        let cancelling = BundleTask {
            state: bundletop::task::State::new("cancelling"),
            progress: None,
            update_time: Some(harness.now().wall),
            ..described
        };
        harness.cancelled(id, Ok(Some(cancelling)));
    }
    press(&mut harness, &["k"], 2.0);
    press(&mut harness, &["Esc"], 2.5);
    let path = root().join("assets/readme/moving.svg");
    assert_file(&path, &moving_svg(&frames, DARK));
}

/// Frames as one SVG picture that moves: each line of the screen is visible while it is as it is.
fn moving_svg(frames: &[(Buffer, f32)], terminal: Terminal) -> String {
    let total: f32 = frames.iter().map(|(_, seconds)| seconds).sum();
    let starts: Vec<f32> = frames
        .iter()
        .scan(0.0, |start, (_, seconds)| {
            let this = *start;
            *start += seconds;
            Some(this)
        })
        .collect();
    let mut body = String::new();
    for y in 0..frames[0].0.area.height {
        let lines: Vec<_> = frames
            .iter()
            .map(|(buffer, _)| line_cells(buffer, y, terminal))
            .collect();
        let mut first = 0;
        for same in lines.chunk_by(|a, b| a == b) {
            let end = first + same.len();
            let from = starts[first] / total;
            let to = starts.get(end).map_or(1.0, |start| start / total);
            first = end;
            if same.len() == frames.len() {
                body.push_str(&same[0]);
            } else if !same[0].is_empty() {
                push_visible(&mut body, &same[0], (from, to), total);
            }
        }
    }
    let empty = Buffer::empty(*frames[0].0.area());
    svg(&empty, terminal).replace("</svg>", &format!("{body}</svg>"))
}

/// Adds what is visible from one time to another, as parts of `total` seconds.
fn push_visible(out: &mut String, content: &str, (from, to): (f32, f32), total: f32) {
    let mut values = Vec::new();
    let mut times = Vec::new();
    if from > 0.0 {
        values.push("hidden");
        times.push("0".to_owned());
    }
    values.push("visible");
    times.push(format!("{from:.4}"));
    values.push(if to < 1.0 { "hidden" } else { "visible" });
    times.push(format!("{to:.4}"));
    if to < 1.0 {
        values.push("hidden");
        times.push("1".to_owned());
    }
    let first = if from > 0.0 { "hidden" } else { "visible" };
    writeln!(
        out,
        "<g visibility=\"{first}\"><animate attributeName=\"visibility\" calcMode=\"discrete\" \
         values=\"{}\" keyTimes=\"{}\" dur=\"{total:.2}s\" repeatCount=\"indefinite\"/>\n{content}</g>",
        values.join(";"),
        times.join(";"),
    )
    .expect("memory");
}

pub fn tasks() -> Vec<BundleTask> {
    let rows = [
        (
            "bun-7c1d90e2",
            "i-0a1b2c3d4e5f60718",
            "pending",
            None,
            0,
            "golden/windows-server-2022/base",
        ),
        (
            "bun-5e0f3a97",
            "i-0c4d5e6f708192a3b",
            "waiting-for-shutdown",
            None,
            2,
            "images/ウェブサーバー/2026年秋",
        ),
        (
            "bun-91b6c2d4",
            "i-0e5f60718293a4b5c",
            "bundling",
            Some("38%"),
            4,
            "contrôleur-de-domaine/forêt",
        ),
        (
            "bun-2a4e041c",
            "i-1a2b3c4d",
            "storing",
            Some("72%"),
            12,
            "winami",
        ),
        (
            "bun-0d5e9f31",
            "i-0293a4b5c6d7e8f90",
            "cancelling",
            None,
            18,
            "mistake/wrong-instance",
        ),
        (
            "bun-64e2a8bf",
            "i-05c6d7e8f9012a3b4",
            "complete",
            Some("100%"),
            48,
            "golden/windows-server-2019",
        ),
        ("bun-1b2c3d4e", "i-0fedcba9", "failed", None, 64, "img/one"),
    ];
    rows.into_iter()
        .map(
            |(id, instance, state, progress, minutes, prefix)| BundleTask {
                instance_id: Some(instance.into()),
                start_time: Some(
                    at("2015-09-15T13:27:30Z") - jiff::SignedDuration::from_mins(minutes),
                ),
                progress: progress.map(Progress::new),
                storage: Some(S3Storage {
                    bucket: Some("bundletasks".into()),
                    prefix: Some(prefix.into()),
                    ..S3Storage::default()
                }),
                error: (state == "failed").then(|| TaskError {
                    code: Some("Client.S3Error".into()),
                    message: Some("AccessDenied(403): Access Denied".into()),
                }),
                ..task(id, state)
            },
        )
        .collect()
}

const CELL: (f32, f32) = (8.4, 18.0);

/// The colours of a terminal: its background and its text.
#[derive(Clone, Copy)]
struct Terminal<'a> {
    background: &'a str,
    text: &'a str,
}

const DARK: Terminal = Terminal {
    background: "#181a20",
    text: "#dcdfe6",
};
const LIGHT: Terminal = Terminal {
    background: "#fbfbf9",
    text: "#24262e",
};

/// A buffer as an SVG picture: a run of cells of one style is one text.
fn svg(buffer: &Buffer, terminal: Terminal) -> String {
    let (columns, rows) = (f32::from(buffer.area.width), f32::from(buffer.area.height));
    let (wide, high) = (columns * CELL.0 + 20.0, rows * CELL.1 + 20.0);
    let background = terminal.background;
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {wide:.0} {high:.0}\" \
         font-family=\"'DejaVu Sans Mono','Menlo','Consolas',monospace\" font-size=\"14\" \
         xml:space=\"preserve\">\n<rect width=\"100%\" height=\"100%\" rx=\"6\" fill=\"{background}\"/>\n\
         {}</svg>\n",
        cells(buffer, terminal)
    )
}

/// The cells of a buffer.
fn cells(buffer: &Buffer, terminal: Terminal) -> String {
    let lines = 0..buffer.area.height;
    lines.map(|y| line_cells(buffer, y, terminal)).collect()
}

/// The cells of a line.
fn line_cells(buffer: &Buffer, y: u16, terminal: Terminal) -> String {
    let mut out = String::new();
    let mut x = 0;
    while x < buffer.area.width {
        let start = x;
        let first = &buffer[(x, y)];
        let (mut text, mut all_dots) = (String::new(), String::new());
        while x < buffer.area.width && same_style(first, &buffer[(x, y)]) {
            let symbol = buffer[(x, y)].symbol();
            if let Some(dots) = braille_dots(symbol) {
                push_dots(&mut all_dots, (x, y), dots, first, terminal);
                text.push(' ');
            } else {
                text.push_str(symbol);
            }
            x += u16::try_from(width(symbol).max(1)).expect("a cell is narrow");
        }
        push_run(&mut out, (start, y), x - start, &text, first, terminal);
        // Above the background of the run.
        out.push_str(&all_dots);
    }
    out
}

/// The dots of a Braille character, with which charts are drawn: many fonts lack them.
fn braille_dots(symbol: &str) -> Option<u32> {
    let c = symbol.chars().next()?;
    ('\u{2801}'..='\u{28ff}')
        .contains(&c)
        .then(|| u32::from(c) - 0x2800)
}

/// Draws the dots of a Braille character.
fn push_dots(out: &mut String, (x, y): (u16, u16), dots: u32, cell: &Cell, terminal: Terminal) {
    // By bit: column and row.
    const PLACES: [(f32, f32); 8] = [
        (0.0, 0.0),
        (0.0, 1.0),
        (0.0, 2.0),
        (1.0, 0.0),
        (1.0, 1.0),
        (1.0, 2.0),
        (0.0, 3.0),
        (1.0, 3.0),
    ];
    let (left, top) = (f32::from(x) * CELL.0 + 10.0, f32::from(y) * CELL.1 + 10.0);
    for (bit, (column, row)) in (0..).zip(PLACES) {
        if dots >> bit & 1 == 1 {
            let (cx, cy) = (
                left + (column + 0.5) * CELL.0 / 2.0,
                top + (row + 0.5) * CELL.1 / 4.0,
            );
            let color = color(cell.fg, terminal.text);
            writeln!(
                out,
                "<circle cx=\"{cx:.1}\" cy=\"{cy:.1}\" r=\"1.2\" fill=\"{color}\"/>"
            )
            .expect("memory");
        }
    }
}

fn same_style(a: &Cell, b: &Cell) -> bool {
    (a.fg, a.bg, a.modifier) == (b.fg, b.bg, b.modifier)
}

fn push_run(
    out: &mut String,
    (x, y): (u16, u16),
    columns: u16,
    text: &str,
    cell: &Cell,
    terminal: Terminal,
) {
    let (left, top) = (f32::from(x) * CELL.0 + 10.0, f32::from(y) * CELL.1 + 10.0);
    let length = f32::from(columns) * CELL.0;
    let fill = color(cell.fg, terminal.text);
    if cell.bg != Color::Reset {
        let background = color(cell.bg, terminal.background);
        let height = CELL.1;
        writeln!(
            out,
            "<rect x=\"{left:.1}\" y=\"{top:.1}\" width=\"{length:.1}\" height=\"{height}\" fill=\"{background}\"/>"
        )
        .expect("memory");
    }
    if text.trim().is_empty() {
        return;
    }
    let attribute = |modifier, words| {
        let holds = cell.modifier.contains(modifier);
        if holds { words } else { "" }
    };
    let weight = attribute(Modifier::BOLD, " font-weight=\"bold\"");
    let line = attribute(Modifier::UNDERLINED, " text-decoration=\"underline\"");
    let escaped = text.replace('&', "&amp;").replace('<', "&lt;");
    writeln!(
        out,
        "<text x=\"{left:.1}\" y=\"{:.1}\" textLength=\"{length:.1}\" \
         lengthAdjust=\"spacingAndGlyphs\" fill=\"{fill}\"{weight}{line}>{escaped}</text>",
        top + 13.5
    )
    .expect("memory");
}

fn color(color: Color, default: &str) -> String {
    match color {
        Color::Rgb(r, g, b) => format!("#{r:02x}{g:02x}{b:02x}"),
        Color::Reset => default.to_owned(),
        other => panic!("{other:?} is no exact colour"),
    }
}
