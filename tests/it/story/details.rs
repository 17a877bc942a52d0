//! The full details: as fields, JSON and YAML; searching them.

use bundletop::task::{BundleTask, S3Storage, Secret, SecretsShown, TaskError};
use bundletop::text::Charset;
use bundletop::tui::keymap::Context;
use bundletop::tui::theme::{Background, ColorDepth, Role, Theme};
use serde_json::{Value, json};

use crate::harness::{Harness, task};

fn full() -> BundleTask {
    BundleTask {
        storage: Some(S3Storage {
            aws_access_key_id: Some("AKIAIOSFODNN7EXAMPLE".into()),
            bucket: Some("bundletasks".into()),
            prefix: Some("winami".into()),
            upload_policy: Some(br#"{"expiration":"2015-09-16T13:24:35Z"}"#.to_vec()),
            upload_policy_signature: Some(Secret::new("c2lnbmF0dXJl")),
        }),
        error: Some(TaskError {
            code: Some("Client.S3Error".into()),
            message: Some("AccessDenied(403): Access Denied".into()),
        }),
        ..task("bun-2a4e041c", "storing")
    }
}

fn opened(key: &str) -> Harness {
    let mut harness = Harness::with(vec![full()]);
    harness.key(key);
    assert_eq!(harness.app.context(), Context::Details);
    harness
}

/// What is inside the box of the details, without its borders and without trailing space.
fn content(harness: &Harness) -> String {
    let screen = harness.screen();
    let lines = screen.lines().filter(|line| line.starts_with('│'));
    let lines = lines.map(|line| line.trim_matches('│').trim_end());
    let lines: Vec<_> = lines.filter_map(|line| line.strip_prefix(' ')).collect();
    lines.join("\n").trim_end().to_owned()
}

#[test]
fn json_is_what_the_commands_print_with_secrets_masked_until_revealed() {
    let mut harness = opened("J");
    let expected = json!({
        "InstanceId": "i-1a2b3c4d",
        "BundleId": "bun-2a4e041c",
        "State": "storing",
        "StartTime": "2015-09-15T13:24:35.000Z",
        "UpdateTime": "2015-09-15T13:26:54.000Z",
        "Storage": {"S3": {
            "AWSAccessKeyId": "AKIA************MPLE",
            "Bucket": "bundletasks",
            "Prefix": "winami",
            "UploadPolicy": "(not shown)",
            "UploadPolicySignature": "(not shown)",
        }},
        "Progress": "72%",
        "BundleTaskError": {
            "Code": "Client.S3Error",
            "Message": "AccessDenied(403): Access Denied",
        },
    });
    let shown = content(&harness);
    assert_eq!(
        serde_json::from_str::<Value>(&shown).expect("JSON"),
        expected
    );
    assert!(
        shown.contains("\n    \"InstanceId\": \"i-1a2b3c4d\",\n    \"BundleId\""),
        "{shown}"
    );
    harness.key("u");
    let shown = content(&harness);
    let revealed: Value = serde_json::from_str(&shown).expect("JSON");
    assert_eq!(
        revealed["Storage"]["S3"]["AWSAccessKeyId"],
        "AKIAIOSFODNN7EXAMPLE"
    );
    assert_eq!(
        revealed["Storage"]["S3"]["UploadPolicy"],
        "eyJleHBpcmF0aW9uIjoiMjAxNS0wOS0xNlQxMzoyNDozNVoifQ=="
    );
    assert_eq!(
        revealed["Storage"]["S3"]["UploadPolicySignature"],
        "(not shown)"
    );
    harness.key("u");
    assert!(!content(&harness).contains("AKIAIOSFODNN7EXAMPLE"));
}

#[test]
fn yaml_is_the_same() {
    let harness = opened("Y");
    let shown = content(&harness);
    let expected = "\
BundleId: bun-2a4e041c
BundleTaskError:
  Code: Client.S3Error
  Message: 'AccessDenied(403): Access Denied'
InstanceId: i-1a2b3c4d
Progress: 72%
StartTime: '2015-09-15T13:24:35.000Z'
State: storing
Storage:
  S3:
    AWSAccessKeyId: AKIA************MPLE
    Bucket: bundletasks
    Prefix: winami
    UploadPolicy: (not shown)
    UploadPolicySignature: (not shown)
UpdateTime: '2015-09-15T13:26:54.000Z'";
    assert_eq!(shown, expected);
}

#[test]
fn each_format_leads_to_the_others_and_esc_to_the_list() {
    let mut harness = opened("Enter");
    let formats = |harness: &Harness| {
        let screen = harness.screen();
        (screen.contains("JSON"), screen.contains("YAML "))
    };
    assert!(harness.screen().contains("Upload policy"));
    harness.key("J");
    assert!(harness.screen().contains("bun-2a4e041c · JSON"));
    harness.key("Y");
    assert!(harness.screen().contains("bun-2a4e041c · YAML"));
    harness.key("Y");
    assert!(
        harness.screen().contains("Upload policy"),
        "{:?}",
        formats(&harness)
    );
    harness.key("J");
    harness.key("Esc");
    assert_eq!(harness.app.context(), Context::List);
}

#[test]
fn a_task_of_which_little_is_known_is_shown_with_little() {
    let json = BundleTask::default().to_json(SecretsShown::Masked);
    assert_eq!(json, json!({}));
    let mut harness = Harness::with(vec![BundleTask::default()]);
    harness.key("J");
    harness.key("Y");
}

#[test]
fn what_is_found_is_highlighted_counted_and_scrolled_to() {
    let mut harness = Harness::sized(60, 12, vec![full()]);
    harness.key("J");
    harness.key("/");
    for key in ["M", "P", "L", "E"] {
        harness.key(key);
    }
    let screen = harness.screen();
    assert!(screen.contains("AKIA************MPLE"), "{screen}");
    assert!(
        screen.contains("Search: MPLE") && screen.contains("1 of 1"),
        "{screen}"
    );
    let (buffer, _) = harness.frame();
    let found =
        Theme::new(Background::Dark, ColorDepth::TrueColor, Charset::Unicode).style(Role::Found);
    let highlighted: String = buffer
        .content()
        .iter()
        .filter(|cell| Some(cell.fg) == found.fg && cell.modifier.contains(found.add_modifier))
        .map(ratatui::buffer::Cell::symbol)
        .collect();
    assert_eq!(highlighted, "MPLE");
    harness.key("Enter");
    assert!(harness.screen().contains("/MPLE"), "it stays");
    harness.key("/");
    harness.key("Esc");
    assert!(!harness.screen().contains("/MPLE"));
}

#[test]
fn n_goes_to_the_next_place_and_around() {
    let mut harness = Harness::sized(60, 12, vec![full()]);
    harness.key("J");
    harness.key("n");
    assert!(harness.screen().contains("Nothing is searched for."));
    harness.key("/");
    for key in "bun".chars() {
        harness.key(&key.to_string());
    }
    harness.key("Enter");
    let scroll = |harness: &Harness| harness.app.details().expect("open").scroll;
    let mut seen = vec![scroll(&harness)];
    for _ in 0..4 {
        harness.key("n");
        seen.push(scroll(&harness));
    }
    assert!(seen.windows(2).any(|pair| pair[1] > pair[0]), "{seen:?}");
    assert!(
        seen.windows(2).any(|pair| pair[1] < pair[0]),
        "around: {seen:?}"
    );
    harness.key("N");
    harness.key("/");
    for key in "zzz".chars() {
        harness.key(&key.to_string());
    }
    harness.key("Enter");
    assert!(harness.screen().contains("not found"));
    harness.key("n");
    assert!(harness.screen().contains("\"bunzzz\" is not found."));
}

#[test]
fn a_long_value_is_wrapped_and_found_across_the_lines() {
    let mut long = full();
    let prefix = format!("{}needle{}", "x".repeat(30), "y".repeat(200));
    long.storage = Some(S3Storage {
        prefix: Some(prefix.clone()),
        ..S3Storage::default()
    });
    let mut harness = Harness::sized(60, 30, vec![long]);
    harness.key("J");
    let joined: String = content(&harness).lines().collect();
    assert!(joined.contains(&prefix), "{}", harness.screen());
    harness.key("/");
    for key in "needle".chars() {
        harness.key(&key.to_string());
    }
    assert!(harness.screen().contains("1 of 2"), "{}", harness.screen());
    let (_, drawn) = harness.frame();
    assert!(!drawn.found.is_empty());
}
