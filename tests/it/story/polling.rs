//! When EC2 is polled, and how fresh the list is.

use std::time::Duration;

use bundletop::ec2::{AccessKeyId, ErrorKind, Operation};
use bundletop::monitor::Freshness;
use bundletop::monitor::poll::PollSchedule;
use bundletop::tui::app::Msg;

use crate::harness::{
    Harness, connect, describe, error, identify, press, session, task, three, throttled,
    unreachable,
};

fn secs(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

#[test]
fn nothing_is_asked_before_the_first_frame_and_then_everything_in_turn() {
    let mut harness = Harness::new(120, 40);
    assert!(harness.app.take_dirty(), "the first frame is drawn at once");
    assert_eq!(harness.draw(), [connect(1)]);
    assert_eq!(harness.app.scope().freshness(), Freshness::Connecting);
    assert_eq!(harness.connect(1), [describe(1), identify()]);
    assert_eq!(harness.answer(1, three()), []);
    assert_eq!(harness.app.scope().freshness(), Freshness::Live);
    assert_eq!(harness.app.list().len(), 3);
}

#[test]
fn five_seconds_while_a_task_is_under_way_thirty_when_all_are_at_rest() {
    let mut harness = Harness::with(three());
    assert_eq!(harness.wait(4.9), []);
    assert_eq!(harness.wait(0.2), [describe(2)]);
    harness.answer(2, vec![task("bun-1", "complete"), task("bun-2", "failed")]);
    assert_eq!(harness.wait(29.9), []);
    assert_eq!(harness.wait(0.2), [describe(3)]);
    harness.answer(3, vec![]);
    assert_eq!(harness.wait(29.9), []);
    assert_eq!(harness.wait(0.2), [describe(4)]);
    // A task in an unknown state may still be in progress.
    harness.answer(4, vec![task("bun-1", "defrosting")]);
    assert_eq!(harness.wait(5.1), [describe(5)]);
}

#[test]
fn one_request_is_in_flight_at_a_time_however_long_it_takes() {
    let mut harness = Harness::with(three());
    assert_eq!(harness.wait(6.0), [describe(2)]);
    assert_eq!(harness.wait(600.0), []);
    assert_eq!(harness.key("r"), [], "the request is remembered");
    // That answer may be older than the key press.
    assert_eq!(harness.answer(2, three()), [describe(3)]);
}

#[test]
fn r_asks_now() {
    let mut harness = Harness::with(three());
    harness.wait(1.0);
    assert_eq!(harness.key("r"), [describe(2)]);
    harness.answer(2, three());
    assert_eq!(harness.wait(4.9), [], "the interval begins anew");
}

#[test]
fn holding_r_asks_once_a_second_and_every_two_seconds_while_requests_fail() {
    for (fails, fewest, most) in [(false, 9, 11), (true, 4, 6)] {
        let mut harness = Harness::with(three());
        harness.wait(2.0);
        let mut poll = 1;
        for _ in 0..300 {
            harness.mono += Duration::from_millis(33);
            for asked in harness.send(Msg::Input(vec![press("r")])) {
                poll += 1;
                assert_eq!(asked, describe(poll));
                if fails {
                    harness.fail(poll, throttled());
                } else {
                    harness.answer(poll, three());
                }
            }
        }
        let asked = poll - 1;
        assert!((fewest..=most).contains(&asked), "{asked} requests in 10 s");
    }
}

#[test]
fn r_while_paused_with_a_request_in_flight_asks_after_the_answer() {
    let mut harness = Harness::with(three());
    assert_eq!(harness.wait(5.0), [describe(2)]);
    harness.key("p");
    assert_eq!(harness.key("r"), []);
    assert_eq!(harness.answer(2, three()), []);
    assert_eq!(harness.wait(1.0), [describe(3)]);
    harness.answer(3, three());
    assert_eq!(harness.wait(3600.0), [], "it is still paused");
}

#[test]
fn p_pauses_and_resumes_at_once() {
    let mut harness = Harness::with(three());
    harness.key("p");
    assert_eq!(harness.app.scope().freshness(), Freshness::Paused);
    assert_eq!(harness.wait(3600.0), []);
    assert_eq!(harness.key("r"), [describe(2)]);
    harness.answer(2, three());
    assert_eq!(
        harness.wait(3600.0),
        [],
        "a refresh by hand does not resume"
    );
    assert_eq!(harness.key("p"), [describe(3)]);
    harness.answer(3, three());
    assert_eq!(harness.app.scope().freshness(), Freshness::Live);
}

#[test]
fn old_rows_stay_and_are_called_stale_until_a_request_succeeds() {
    let mut harness = Harness::with(three());
    harness.wait(5.0);
    harness.fail(2, throttled());
    assert_eq!(harness.app.list().len(), 3);
    assert_eq!(harness.app.scope().freshness(), Freshness::Stale);
    assert_eq!(harness.wait(4.1), [describe(3)]);
    harness.fail(3, unreachable());
    assert_eq!(harness.app.scope().freshness(), Freshness::Offline);
    assert_eq!(harness.wait(8.1), [describe(4)]);
    harness.answer(4, three());
    assert_eq!(harness.app.scope().freshness(), Freshness::Live);
    assert!(harness.app.scope().last_error().is_none());
}

#[test]
fn retries_back_off_exponentially_with_jitter_up_to_a_bound() {
    for seed in 0..50 {
        let mut poll = PollSchedule::new(None, seed);
        let mut now = Duration::ZERO;
        for base in [2, 4, 8, 16, 32, 60, 60, 60] {
            assert!(poll.start_if_due(now), "a request is due");
            poll.failed(now);
            let due = poll.due().expect("it tries again");
            let wait = due.saturating_sub(now);
            assert!(
                (secs(base)..=secs(2 * base)).contains(&wait),
                "{wait:?} after {base}"
            );
            now += wait;
        }
        assert!(poll.start_if_due(now), "a request is due");
        poll.succeeded(now, true);
        assert_eq!(poll.due(), Some(now + secs(5)), "as if nothing had failed");
    }
}

#[test]
fn two_programs_do_not_retry_in_step() {
    let first_retry = |seed| {
        let mut poll = PollSchedule::new(None, seed);
        poll.start_if_due(Duration::ZERO);
        poll.failed(Duration::ZERO);
        poll.due()
    };
    assert_ne!(first_retry(1), first_retry(2));
}

#[test]
fn a_fixed_interval_applies_in_every_state() {
    let mut poll = PollSchedule::new(Some(secs(7)), 0);
    for under_way in [true, false] {
        let now = poll.due().expect("a request is due");
        poll.start_if_due(now);
        poll.succeeded(now, under_way);
        assert_eq!(poll.due(), Some(now + secs(7)));
        poll.poll_often(now);
        assert_eq!(poll.due(), Some(now + secs(7)));
    }
}

#[test]
fn credential_errors_reconnect_and_read_the_settings_again() {
    let mut harness = Harness::with(three());
    harness.wait(5.0);
    harness.fail(
        2,
        error(
            ErrorKind::LoginNeeded,
            Operation::Connect,
            "",
            "The SSO session has expired.",
        ),
    );
    assert_eq!(harness.wait(4.1), [connect(3)]);
    assert_eq!(harness.app.list().len(), 3, "the old list stays");
    assert_eq!(harness.connect(3), [describe(3)]);
    harness.key = AccessKeyId::new("AKIASECOND");
    assert_eq!(harness.answer(3, three()), []);
    assert_eq!(
        harness.wait(5.0),
        [identify()],
        "the new credentials may be somebody else's"
    );
    harness.identified("123456789012");
    assert_eq!(harness.app.scope().freshness(), Freshness::Live);
}

#[test]
fn settings_that_now_name_another_region_begin_a_list_of_their_own() {
    let mut harness = Harness::with(three());
    harness.wait(5.0);
    harness.fail(
        2,
        error(
            ErrorKind::Expired,
            Operation::DescribeBundleTasks,
            "",
            "Expired.",
        ),
    );
    assert_eq!(harness.wait(4.1), [connect(3)]);
    assert_eq!(
        harness.connected(3, Ok(session("eu-west-1"))),
        [describe(3)]
    );
    assert!(harness.app.list().is_empty());
}

#[test]
fn a_first_request_that_fails_is_tried_again_by_itself() {
    let mut harness = Harness::new(120, 40);
    harness.draw();
    let no_region = error(
        ErrorKind::NoRegion,
        Operation::Connect,
        "",
        "No region is set.",
    );
    harness.connected(1, Err(no_region));
    assert_eq!(harness.wait(4.1), [connect(2)]);
}

#[test]
fn an_account_that_could_not_be_asked_for_is_asked_for_on_recovery() {
    let mut harness = Harness::new(120, 40);
    harness.draw();
    harness.connect(1);
    harness.identity(Err(unreachable()));
    harness.fail(1, unreachable());
    assert_eq!(harness.wait(4.1), [describe(2)]);
    assert_eq!(harness.answer(2, three()), [], "STS has failed just now");
    assert_eq!(harness.wait(5.1), [describe(3)]);
    assert_eq!(harness.answer(3, three()), []);
    assert_eq!(harness.wait(5.1), [identify(), describe(4)]);
    harness.identified("123456789012");
    assert!(harness.screen().contains("123456789012"));
}

#[test]
fn between_polls_nothing_is_drawn() {
    let mut harness = Harness::with(vec![task("bun-1", "complete")]);
    assert_eq!(harness.wait(29.9), []);
    assert!(!harness.app.take_dirty());
}

#[test]
fn a_slow_answer_is_reported() {
    let mut harness = Harness::with(three());
    assert_eq!(harness.wait(5.0), [describe(2)]);
    assert!(!harness.app.take_dirty(), "a request alone changes nothing");
    harness.wait(3.1);
    assert!(harness.app.take_dirty());
    assert!(harness.screen().contains("waiting since 13:27:45"));
    harness.answer(2, three());
    assert!(!harness.screen().contains("waiting since"));
}

#[test]
fn ages_are_redrawn_once_a_minute_without_polls() {
    let mut harness = Harness::with(three());
    harness.key("p");
    harness.wait(59.0);
    assert!(!harness.app.take_dirty());
    harness.wait(2.0);
    assert!(harness.app.take_dirty());
}
