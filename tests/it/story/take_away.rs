//! Copying and exporting.

use std::fs;
use std::io;
use std::sync::Arc;

use bundletop::ec2::Session;
use bundletop::output::ExportedTask;
use bundletop::task::{BundleTask, Progress, S3Storage, Secret, TaskError};
use bundletop::tui::app::{Copied, Copy, Msg};
use bundletop::tui::clipboard::{Clipboards, Multiplexer, osc52};
use bundletop::tui::export::{Export, ExportOutcome, export, suggest_paths};
use bundletop::tui::keymap::Context;
use serde_json::Value;

use crate::harness::{Asked, Harness, press, session, task};

fn complete() -> BundleTask {
    BundleTask {
        storage: Some(S3Storage {
            aws_access_key_id: Some("AKIAIOSFODNN7EXAMPLE".into()),
            bucket: Some("my bucket".into()),
            prefix: Some("it's/winami".into()),
            upload_policy: Some(b"{}".to_vec()),
            upload_policy_signature: Some(Secret::new("c2lnbmF0dXJl")),
        }),
        ..task("bun-2a4e041c", "complete")
    }
}

fn copied(tasks: Vec<BundleTask>, keys: &[&str]) -> Option<String> {
    let mut harness = Harness::with(tasks);
    for key in keys {
        let asked = harness.key(key);
        if let Some(Asked::Copy(text)) = asked.into_iter().find(|it| matches!(it, Asked::Copy(_))) {
            return Some(text);
        }
    }
    None
}

#[test]
fn each_thing_that_can_be_copied() {
    for (letter, expected) in [
        ("b", Some("bun-2a4e041c")),
        ("i", Some("i-1a2b3c4d")),
        ("s", Some("s3://my bucket/it's/winami")),
        ("m", Some("s3://my bucket/it's/winami.manifest.xml")),
        (
            "l",
            Some("aws ec2 describe-bundle-tasks --profile prod --region us-east-1"),
        ),
        // It is complete.
        ("c", None),
        (
            "r",
            Some(
                "aws ec2 register-image --image-location \"my bucket/it's/winami.manifest.xml\" \
                 --name winami --profile prod --region us-east-1",
            ),
        ),
    ] {
        let text = copied(vec![complete()], &["y", letter]);
        assert_eq!(text.as_deref(), expected, "{letter}");
    }
    let cancel = copied(vec![task("bun-1", "storing")], &["y", "c"]).expect("a command");
    assert_eq!(
        cancel,
        "aws ec2 cancel-bundle-task --bundle-id bun-1 --profile prod --region us-east-1"
    );
    assert_eq!(copied(vec![task("bun-1", "storing")], &["y", "r"]), None);
}

#[test]
fn json_is_copied_without_its_secrets() {
    for keys in [&["y", "J"][..], &["Enter", "J", "u", "y", "J"]] {
        let text = copied(vec![complete()], keys).expect("JSON");
        let json: Value = serde_json::from_str(&text).expect("JSON");
        assert_eq!(json["BundleId"], "bun-2a4e041c");
        for secret in ["AKIAIOSFODNN7EXAMPLE", "c2lnbmF0dXJl", "e30="] {
            assert!(!text.contains(secret), "{text}");
        }
    }
}

#[test]
fn commands_are_quoted_so_that_a_shell_reads_them_as_they_are() {
    let text = copied(vec![complete()], &["y", "r"]).expect("a command");
    let words = shlex::split(&text).expect("a command line");
    assert_eq!(words[4], "my bucket/it's/winami.manifest.xml");
    // And none is made that would act on the terminal it is pasted into.
    let mut harmful = complete();
    harmful.storage = Some(S3Storage {
        bucket: Some("b\u{1b}]0;owned\u{7}".into()),
        prefix: Some("p\nrm -rf".into()),
        ..S3Storage::default()
    });
    assert_eq!(copied(vec![harmful.clone()], &["y", "r"]), None);
    let location = copied(vec![harmful], &["y", "s"]).expect("a location");
    assert!(!location.chars().any(char::is_control), "{location:?}");
}

#[test]
fn of_marked_tasks_a_line_each() {
    let tasks = || {
        vec![
            task("bun-1", "storing"),
            task("bun-2", "storing"),
            task("bun-3", "failed"),
        ]
    };
    assert_eq!(
        copied(tasks(), &["*", "y", "b"]).as_deref(),
        Some("bun-1\nbun-2\nbun-3")
    );
    let cancels = copied(tasks(), &["*", "y", "c"]).expect("commands");
    assert_eq!(cancels.lines().count(), 2, "not of the failed one");
    let json = copied(tasks(), &["*", "y", "J"]).expect("JSON");
    let json: Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!(json.as_array().map(Vec::len), Some(3));
    // In the details it is about that one.
    assert_eq!(
        copied(tasks(), &["*", "Enter", "y", "b"]).as_deref(),
        Some("bun-1")
    );
}

#[test]
fn the_command_to_list_has_the_filter_of_the_screen() {
    let tasks = || vec![task("bun-1", "storing"), task("bun-2", "pending")];
    let text = copied(tasks(), &["4", "y", "l"]).expect("a command");
    assert_eq!(
        shlex::split(&text).expect("a command line")[3..5],
        ["--filters", r#"[{"Name":"state","Values":["storing"]}]"#]
    );
    let text = copied(tasks(), &["/", "p", "e", "n", "d", "Enter", "y", "l"]).expect("a command");
    assert!(text.contains("--bundle-ids bun-2 --profile"), "{text}");
    let mut harness = Harness::new(120, 40);
    harness.draw();
    harness.connected(
        1,
        Ok(Session {
            profile: None,
            endpoint_url: Some("http://127.0.0.1:4599".into()),
            ..session("eu-west-1")
        }),
    );
    harness.answer(1, tasks());
    harness.key("y");
    let asked = harness.key("l");
    assert_eq!(
        asked,
        [Asked::Copy(
            "aws ec2 describe-bundle-tasks --region eu-west-1 --endpoint-url http://127.0.0.1:4599"
                .into()
        )]
    );
}

#[test]
fn it_is_said_where_a_copy_is() {
    for (copied, words) in [
        (Copied::Desktop, "Copied: bundle ID."),
        (
            Copied::Terminal,
            "Copied through the terminal (OSC 52): bundle ID.",
        ),
        (
            Copied::File("/tmp/copied.txt".into()),
            "the bundle ID is in /tmp/copied.txt",
        ),
        (
            Copied::Failed("the disk is full.".into()),
            "Not copied: the disk is full.",
        ),
    ] {
        let mut harness = Harness::with(vec![complete()]);
        let copy = Copy {
            name: "bundle ID".into(),
            text: "bun-2a4e041c".into(),
        };
        harness.send(Msg::Copied(copy, copied));
        assert!(harness.screen().contains(words), "{words}");
    }
}

#[test]
fn the_clipboard_is_chosen_by_the_session() {
    let of = |variables: &[(&str, &str)]| {
        Clipboards::of_session(|name| {
            let found = variables.iter().find(|(variable, _)| *variable == name);
            found.map(|(_, value)| (*value).to_owned())
        })
    };
    let xterm = ("TERM", "xterm-256color");
    for (variables, has_desktop, terminal) in [
        (
            &[xterm, ("DISPLAY", ":0")][..],
            true,
            Some(Multiplexer::None),
        ),
        (
            &[xterm],
            cfg!(any(windows, target_os = "macos")),
            Some(Multiplexer::None),
        ),
        // Over SSH the desktop is another machine's.
        (
            &[
                xterm,
                ("DISPLAY", "localhost:10"),
                ("SSH_TTY", "/dev/pts/1"),
            ],
            false,
            Some(Multiplexer::None),
        ),
        (
            &[xterm, ("SSH_CONNECTION", "1"), ("TMUX", "/tmp/t")],
            false,
            Some(Multiplexer::Tmux),
        ),
        (
            &[xterm, ("SSH_CONNECTION", "1"), ("STY", "1.pts")],
            false,
            Some(Multiplexer::Screen),
        ),
        (&[("TERM", "linux"), ("SSH_CONNECTION", "1")], false, None),
        (&[("SSH_CONNECTION", "1")], false, None),
    ] {
        let clipboards = of(variables);
        assert_eq!(clipboards.has_desktop, has_desktop, "{variables:?}");
        assert_eq!(clipboards.terminal, terminal, "{variables:?}");
    }
}

#[test]
fn osc52_through_tmux_and_screen_and_not_if_it_is_long() {
    let bytes = |multiplexer| osc52("bun-1", multiplexer).expect("it is short");
    assert_eq!(bytes(Multiplexer::None), b"\x1b]52;c;YnVuLTE=\x07");
    assert_eq!(
        bytes(Multiplexer::Tmux),
        b"\x1b]52;c;YnVuLTE=\x07\x1bPtmux;\x1b\x1b]52;c;YnVuLTE=\x07\x1b\\"
    );
    assert_eq!(
        bytes(Multiplexer::Screen),
        b"\x1bP\x1b]52;c;YnVuLTE=\x07\x1b\\"
    );
    let long = osc52(&"x".repeat(1_000), Multiplexer::Screen).expect("not too long");
    assert!(
        long.split(|byte| *byte == b'\\')
            .all(|piece| piece.len() < 260)
    );
    assert_eq!(osc52(&"x".repeat(60_000), Multiplexer::None), None);
}

fn rows() -> Vec<BundleTask> {
    vec![
        BundleTask {
            progress: Some(Progress::new("72%")),
            storage: Some(S3Storage {
                bucket: Some("a,b".into()),
                prefix: Some("say \"hi\" | é\u{1b}".into()),
                ..S3Storage::default()
            }),
            ..task("bun-1", "storing")
        },
        BundleTask {
            error: Some(TaskError {
                code: Some("Client.S3Error".into()),
                message: Some("two\nlines".into()),
            }),
            ..complete()
        },
    ]
}

fn listed(task: BundleTask) -> ExportedTask {
    ExportedTask {
        task: Arc::new(task),
        is_listed: true,
    }
}

/// The file that an export writes.
fn written(name: &str) -> String {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join(name);
    let outcome = export(Export {
        path: path.to_str().expect("UTF-8").to_owned(),
        tasks: rows().into_iter().map(listed).collect(),
        overwrites: false,
    });
    assert!(
        matches!(outcome, ExportOutcome::Written { count: 2, .. }),
        "{outcome:?}"
    );
    fs::read_to_string(path).expect("the file")
}

#[test]
fn the_formats() {
    let json: Value = serde_json::from_str(&written("x.json")).expect("JSON");
    assert_eq!(json["BundleTasks"][0]["BundleId"], "bun-1");
    assert_eq!(
        json["BundleTasks"][1]["BundleTaskError"]["Message"],
        "two\nlines"
    );
    let text = written("x.csv");
    let mut csv = csv::Reader::from_reader(text.as_bytes());
    let header = csv
        .headers()
        .expect("a header")
        .iter()
        .collect::<Vec<_>>()
        .join(",");
    assert_eq!(
        header,
        "BundleId,InstanceId,State,Listed,Progress,StartTime,UpdateTime,Bucket,Prefix,ErrorCode,ErrorMessage"
    );
    let records: Vec<_> = csv
        .records()
        .map(|record| record.expect("a record"))
        .collect();
    assert_eq!(&records[0][7], "a,b");
    assert_eq!(&records[0][5], "2015-09-15T13:24:35Z");
    assert_eq!(&records[1][10], "two\nlines");
    let markdown = written("x.MD");
    let lines: Vec<_> = markdown.lines().collect();
    assert_eq!(lines.len(), 4, "{markdown}");
    let columns = |line: &str| line.replace("\\|", "").matches('|').count();
    assert!(lines.iter().all(|line| columns(line) == 12), "{markdown}");
    assert!(lines[2].contains("say \"hi\" \\| é␛"), "{markdown}");
    for text in [written("x.json"), text, markdown] {
        assert!(!text.contains("AKIAIOSFODNN7EXAMPLE") && !text.contains("c2lnbmF0dXJl"));
    }
}

#[test]
fn an_existing_file_is_replaced_only_if_that_is_asked_for() {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("x.csv");
    fs::write(&path, "mine").expect("a file");
    let wanted = Export {
        path: path.to_str().expect("UTF-8").to_owned(),
        tasks: Vec::new(),
        overwrites: false,
    };
    let outcome = export(wanted.clone());
    assert!(matches!(outcome, ExportOutcome::Exists(_)), "{outcome:?}");
    assert_eq!(fs::read_to_string(&path).expect("the file"), "mine");
    let mut harness = Harness::with(rows());
    harness.send(Msg::Exported(outcome));
    assert_eq!(harness.app.context(), Context::Overwrite);
    // A key typed before the question was on the screen is no answer.
    assert_eq!(harness.send(Msg::Input(vec![press("y")])), []);
    let [Asked::Export(again)] = &harness.key("y")[..] else {
        panic!("it is asked for again");
    };
    assert!(again.overwrites);
    for key in ["Enter", "Esc", "n"] {
        let mut harness = Harness::with(rows());
        harness.send(Msg::Exported(ExportOutcome::Exists(wanted.clone())));
        assert_eq!(harness.key(key), [], "{key}");
        assert_eq!(harness.app.context(), Context::List);
    }
    let outcome = export(again.clone());
    assert!(
        matches!(outcome, ExportOutcome::Written { .. }),
        "{outcome:?}"
    );
    assert!(
        fs::read_to_string(&path)
            .expect("the file")
            .starts_with("BundleId,")
    );
    assert_eq!(
        fs::read_dir(directory.path()).expect("it").count(),
        1,
        "nothing else is left"
    );
}

#[test]
fn what_cannot_be_written_says_why() {
    for (path, words) in [
        (
            "/nonexistent/x.csv",
            "Not exported: No such file or directory",
        ),
        ("/x.txt", "must end in .json, .csv or .md"),
        ("", "must end in"),
        ("/tmp/.csv", "must end in"),
    ] {
        let mut harness = Harness::with(rows());
        harness.key("e");
        harness.key("Ctrl-U");
        for c in path.chars() {
            harness.key(&c.to_string());
        }
        if let [Asked::Export(wanted)] = &harness.key("Enter")[..] {
            harness.send(Msg::Exported(export(wanted.clone())));
        }
        assert!(
            harness.screen().contains(words),
            "{path}:\n{}",
            harness.screen()
        );
        assert!(harness.screen().contains("Not exported"), "{path}");
    }
    let directory = tempfile::tempdir().expect("a directory");
    fs::create_dir(directory.path().join("d.csv")).expect("a directory");
    let outcome = export(Export {
        path: directory
            .path()
            .join("d.csv")
            .to_str()
            .expect("UTF-8")
            .to_owned(),
        tasks: Vec::new(),
        overwrites: true,
    });
    let ExportOutcome::Failed { error, .. } = outcome else {
        panic!("{outcome:?}");
    };
    assert_eq!(error.kind(), io::ErrorKind::IsADirectory);
}

#[test]
fn the_rows_shown_are_exported_and_the_path_is_kept_for_the_next_time() {
    let mut harness = Harness::with(rows());
    harness.key("4");
    let asked = harness.key("e");
    assert!(
        asked.contains(&Asked::SuggestPaths("bundle-tasks.json".into())),
        "{asked:?}"
    );
    assert!(
        harness
            .screen()
            .contains("Export what is shown to: bundle-tasks.json")
    );
    harness.key("Ctrl-U");
    for c in "~/x.csv".chars() {
        harness.key(&c.to_string());
    }
    let asked = harness.key("Enter");
    let Some(Asked::Export(export)) = asked.last() else {
        panic!("{asked:?}");
    };
    assert_eq!(export.path, "~/x.csv");
    let ids: Vec<_> = export
        .tasks
        .iter()
        .map(|it| it.task.bundle_id.as_str())
        .collect();
    assert_eq!(ids, ["bun-1"]);
    assert!(!export.overwrites);
    harness.send(Msg::Exported(ExportOutcome::Written {
        path: "/home/dana/x.csv".into(),
        count: 1,
    }));
    assert!(
        harness
            .screen()
            .contains("Exported 1 task to /home/dana/x.csv")
    );
    harness.key("e");
    assert!(
        harness
            .screen()
            .contains("Export what is shown to: ~/x.csv")
    );
}

#[test]
fn paths_are_completed() {
    let directory = tempfile::tempdir().expect("a directory");
    let root = directory.path();
    for name in ["tasks.csv", "tasks.txt", "tasks.json", ".hidden.csv"] {
        fs::write(root.join(name), "").expect("a file");
    }
    fs::create_dir(root.join("tasks.d")).expect("a directory");
    let typed = |end: &str| format!("{}/{end}", root.display());
    let found = suggest_paths(&typed("ta"));
    assert_eq!(found, ["tasks.csv", "tasks.d/", "tasks.json"].map(typed));
    assert_eq!(suggest_paths(&typed(".h")), [typed(".hidden.csv")]);
    assert!(suggest_paths("/nonexistent/x").is_empty());
    assert!(
        suggest_paths("~/")
            .iter()
            .all(|path| path.starts_with("~/"))
    );
    let mut harness = Harness::with(rows());
    harness.key("e");
    harness.key("Ctrl-U");
    harness.key("t");
    let suggestions = vec!["tasks.csv".to_owned(), "tasks.d/".to_owned()];
    let suggested = |typed: &str| Msg::PathsSuggested {
        typed: typed.into(),
        suggestions: suggestions.clone(),
    };
    harness.send(suggested("old"));
    assert!(
        !harness.screen().contains("tasks.d/"),
        "what was typed before"
    );
    harness.send(suggested("t"));
    assert!(harness.screen().contains("tasks.d/"));
    harness.key("Tab");
    harness.key("Tab");
    assert!(
        harness
            .screen()
            .contains("Export what is shown to: tasks.d/")
    );
}
