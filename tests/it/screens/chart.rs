//! How a task's progress went, on the screen: the chart, the sparkline, the estimate.

use bundletop::task::{BundleTask, Progress, S3Storage};
use bundletop::text::Charset;
use bundletop::tui::theme::{Background, ColorDepth, Theme};
use insta::assert_snapshot;

use crate::harness::{Harness, task};

const ID: &str = "bun-2a4e041c";

fn moving(state: &str, percent: Option<u32>, policy: Option<&[u8]>) -> BundleTask {
    BundleTask {
        progress: percent.map(|percent| Progress::new(format!("{percent}%"))),
        update_time: None,
        storage: Some(S3Storage {
            bucket: Some("bundletasks".into()),
            prefix: Some("winami".into()),
            upload_policy: policy.map(<[u8]>::to_vec),
            ..S3Storage::default()
        }),
        ..task(ID, state)
    }
}

/// A task watched from `waiting-for-shutdown` until it has stored 40%.
fn watched(width: u16, height: u16, policy: Option<&[u8]>) -> Harness {
    let first = moving("waiting-for-shutdown", None, policy);
    let mut harness = Harness::sized(width, height, vec![first]);
    let bundled = (0..=10).map(|step| ("bundling", step * 10));
    let stored = (0..=8).map(|step| ("storing", step * 5));
    for (poll, (state, percent)) in (2..).zip(bundled.chain(stored)) {
        harness.wait(20.0);
        harness.answer(poll, vec![moving(state, Some(percent), policy)]);
    }
    harness
}

#[test]
fn the_chart_at_every_size() {
    for (width, height) in [(160, 45), (120, 40), (80, 24), (40, 12)] {
        let mut harness = watched(width, height, None);
        let list = harness.screen();
        harness.key("Enter");
        let details = harness.screen();
        assert_snapshot!(format!("chart_list_{width}x{height}"), list);
        assert_snapshot!(format!("chart_details_{width}x{height}"), details);
        // Where it does not fit, it is scrolled to.
        harness.key("G");
        assert!(harness.screen().contains("  0%│"), "{}", harness.screen());
    }
}

#[test]
fn the_estimate_says_that_it_is_one() {
    let mut harness = watched(120, 40, None);
    let line = harness.line("Estimate");
    assert!(
        line.contains("100% ~13:38 UTC") && line.contains("15.0 %/min"),
        "{line}"
    );
    // Right after the state has changed there are no grounds.
    let poll = harness.polls;
    harness.wait(20.0);
    harness.answer(poll + 1, vec![moving("complete", Some(100), None)]);
    assert!(
        !harness.screen().contains("Estimate"),
        "{}",
        harness.screen()
    );
}

#[test]
fn a_cancel_is_marked_in_the_chart_and_its_steps_are_listed() {
    let mut harness = watched(120, 40, None);
    harness.send_cancel(ID);
    harness.cancelled(ID, Ok(None));
    assert!(harness.screen().contains("┊cancel"), "{}", harness.screen());
    harness.key("Enter");
    let screen = harness.screen();
    for step in [
        "cancel requested by arn:",
        "cancel sent",
        "cancel accepted (request req-cancel)",
    ] {
        assert!(screen.contains(step), "{step}: {screen}");
    }
}

#[test]
fn a_standstill_is_marked_in_the_chart() {
    let mut harness = watched(120, 40, None);
    harness.wait(600.0);
    let poll = harness.polls;
    harness.answer(poll, vec![moving("storing", Some(40), None)]);
    let screen = harness.screen();
    assert!(screen.contains("┊no movement"), "{screen}");
    assert!(screen.contains("No movement for 10m"), "{screen}");
    assert!(harness.line("◆ storing !").contains(ID), "{screen}");
}

#[test]
fn a_policy_that_expires_too_early_is_a_warning() {
    let expires = |at: &str| format!(r#"{{"expiration": "{at}", "conditions": []}}"#);
    for (at, warning) in [
        (
            "2015-09-15T13:20:00Z",
            "The upload policy expired at 2015-09-15 13:20:00 UTC",
        ),
        (
            "2015-09-15T13:35:00Z",
            "expires at 2015-09-15 13:35:00 UTC, before the estimated end",
        ),
        ("2015-09-15T23:00:00Z", ""),
    ] {
        let mut harness = watched(120, 40, Some(expires(at).as_bytes()));
        let screen = harness.screen();
        assert_eq!(
            screen.contains("The upload policy exp"),
            !warning.is_empty(),
            "{screen}"
        );
        assert!(screen.contains(warning), "{screen}");
        let poll = harness.polls;
        harness.answer(
            poll + 1,
            vec![moving("complete", None, Some(expires(at).as_bytes()))],
        );
        assert!(
            !harness.screen().contains("The upload policy exp"),
            "it has ended"
        );
    }
}

#[test]
fn the_chart_in_ascii_and_without_colours() {
    let mut harness = watched(160, 45, None);
    harness.theme = Theme::new(Background::Dark, ColorDepth::None, Charset::Ascii);
    assert!(harness.screen().is_ascii(), "{}", harness.screen());
    assert!(harness.screen().contains("*****"), "{}", harness.screen());
    harness.key("Enter");
    assert!(harness.screen().is_ascii(), "{}", harness.screen());
}
