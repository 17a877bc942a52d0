//! Whose tasks are on the screen, when credentials, accounts and regions change.

use std::time::Duration;

use bundletop::ec2::{AccessKeyId, ErrorKind, Operation, Session};
use bundletop::monitor::{CancelState, Freshness};
use bundletop::tui::app::Msg;
use bundletop::tui::keymap::Context;

use crate::harness::{
    Asked, Harness, cancel, connect, describe, describe_one, error, expired, identify, press,
    session, task, three, timed_out, unreachable,
};

const ID: &str = "bun-2a4e041c";
const FIRST: &str = "123456789012";
const SECOND: &str = "222222222222";

/// Three tasks of the first account. The next request is signed with another key.
fn with_new_key() -> Harness {
    let mut harness = Harness::with(three());
    harness.select(ID);
    // STS is asked every ten seconds at most.
    harness.wait(10.0);
    harness.answer(2, three());
    harness.key = AccessKeyId::new("AKIASECOND");
    harness
}

/// That poll fails because the credentials have expired, and the next connection is this one.
fn reconnect(harness: &mut Harness, poll: u64, session: Session) {
    harness.fail(poll, expired());
    assert_eq!(harness.wait(4.1), [connect(poll + 1)]);
    let asked = harness.connected(poll + 1, Ok(session));
    assert_eq!(asked, [describe(poll + 1)]);
}

fn header(harness: &Harness) -> String {
    let screen = harness.screen();
    screen.lines().next().expect("a header").to_owned()
}

#[test]
fn a_list_of_a_new_key_waits_until_sts_says_whose_it_is() {
    let mut harness = with_new_key();
    let others = vec![task("bun-of-others", "bundling")];
    assert_eq!(harness.answer(3, others), [identify()]);
    assert!(header(&harness).contains(FIRST));
    assert!(harness.screen().contains(ID), "still the first account's");
    harness.identified(SECOND);
    let header = header(&harness);
    assert!(
        header.contains(SECOND) && !header.contains(FIRST),
        "{header}"
    );
    let screen = harness.screen();
    assert!(
        !screen.contains(ID) && screen.contains("bun-of-others"),
        "{screen}"
    );
    assert!(
        harness.app.note().is_some_and(|note| note.contains(SECOND)),
        "it says so"
    );
}

#[test]
fn a_new_key_of_the_same_account_changes_nothing() {
    let mut harness = with_new_key();
    harness.key("Enter");
    assert_eq!(harness.answer(3, three()), [identify()]);
    harness.identified(FIRST);
    assert!(header(&harness).contains(FIRST));
    assert_eq!(harness.app.context(), Context::Details);
    assert_eq!(harness.selected(), ID);
}

#[test]
fn a_late_identity_of_the_first_key_does_not_name_the_second() {
    let mut harness = Harness::new(120, 40);
    harness.draw();
    assert_eq!(harness.connect(1), [describe(1), identify()]);
    let first = harness.key.clone();
    harness.key = AccessKeyId::new("AKIASECOND");
    harness.answer(1, three());
    harness.key = first;
    harness.identified(FIRST);
    assert!(
        !header(&harness).contains(FIRST),
        "the list is not known to be theirs"
    );
    harness.wait(10.0);
    harness.key = AccessKeyId::new("AKIASECOND");
    assert_eq!(harness.answer(2, three()), [identify()]);
    harness.identified(SECOND);
    assert!(header(&harness).contains(SECOND));
}

#[test]
fn one_failure_of_sts_does_not_leave_the_account_unknown() {
    let mut harness = Harness::new(120, 40);
    harness.draw();
    harness.connect(1);
    harness.identity(Err(unreachable()));
    harness.answer(1, three());
    let mut asked = Vec::new();
    for poll in 2..6 {
        asked.extend(harness.wait(5.0));
        harness.answer(poll, three());
    }
    asked.retain(|asked| *asked == identify());
    assert_eq!(asked, [identify()]);
    harness.identified(FIRST);
    assert!(header(&harness).contains(FIRST));
}

#[test]
fn a_new_key_every_time_does_not_ask_sts_every_time() {
    let mut harness = Harness::with(three());
    let mut identified = 0;
    let mut merged = 0;
    for n in 0..600 {
        let before = harness.app.scope().last_success();
        let mut asked = harness.wait(1.0);
        while let Some(request) = asked.pop() {
            harness.key = AccessKeyId::new(format!("AKIA{n}"));
            asked.extend(match request {
                Asked::Identify => {
                    identified += 1;
                    harness.identity(Err(unreachable()))
                }
                Asked::Describe(poll) => harness.answer(poll, three()),
                request => panic!("{request:?}"),
            });
        }
        merged += usize::from(harness.app.scope().last_success() != before);
    }
    assert!(identified <= 60, "{identified} requests to STS in 600 s");
    assert!(
        merged >= 100,
        "{merged} lists in 600 s: none waits for ever"
    );
}

#[test]
fn keys_that_sts_cannot_identify_keep_tasks_they_share_and_no_others() {
    let mut harness = with_new_key();
    harness.answer(3, three());
    harness.identity(Err(unreachable()));
    assert!(harness.screen().contains(ID));
    assert!(!header(&harness).contains(FIRST), "nobody said that it is");
    let mut harness = with_new_key();
    harness.answer(3, vec![task("bun-of-others", "bundling")]);
    harness.identity(Err(unreachable()));
    assert!(
        !harness.screen().contains(ID),
        "not called \"no longer listed\""
    );
}

#[test]
fn a_cancel_is_sent_only_for_the_account_that_was_confirmed() {
    // The key changes between the confirmation and the cancel.
    let mut harness = with_new_key();
    harness.key("c");
    assert_eq!(harness.key("y"), [describe_one(ID)]);
    let found = || Ok(Some(task(ID, "storing")));
    assert_eq!(harness.described_one(ID, found()), [identify()]);
    assert_eq!(harness.cancel_state(ID), Some(CancelState::Checking));
    assert_eq!(harness.identified(FIRST), [cancel(ID)], "the same account");

    let mut harness = with_new_key();
    harness.key("c");
    harness.key("y");
    harness.described_one(ID, found());
    assert!(!harness.identified(SECOND).contains(&cancel(ID)));
    let screen = harness.screen();
    assert!(
        screen.contains("Nothing was sent: the credentials or the region"),
        "{screen}"
    );

    let mut harness = with_new_key();
    harness.key("c");
    harness.key("y");
    harness.described_one(ID, found());
    assert_eq!(harness.identity(Err(unreachable())), []);
    let screen = harness.screen();
    assert!(screen.contains("account is not known"), "{screen}");
    harness.draw();
    assert_eq!(harness.app.exit_message(), None);
}

/// A cancel that was sent, when the profile's region changes.
fn sent_from_another_region() -> Harness {
    let mut harness = Harness::with(three());
    harness.select(ID);
    harness.key("Enter");
    harness.send_cancel(ID);
    assert_eq!(harness.wait(5.0), [describe(2)]);
    reconnect(&mut harness, 2, session("eu-west-1"));
    harness.answer(3, vec![task("bun-of-others", "bundling")]);
    harness
}

#[test]
fn a_lost_cancel_is_not_looked_up_in_another_region() {
    let mut harness = sent_from_another_region();
    assert_eq!(
        harness.app.context(),
        Context::List,
        "the details are closed"
    );
    assert_eq!(harness.cancelled(ID, Err(timed_out())), []);
    let screen = harness.screen();
    assert!(
        screen.contains("In us-east-1, account 123456789012"),
        "{screen}"
    );
    assert!(screen.contains("could not be looked up"), "{screen}");
    assert!(!screen.contains("no longer lists"), "{screen}");
    let message = harness.app.exit_message().expect("a warning");
    assert!(
        message.contains("bun-2a4e041c (us-east-1, account 123456789012)"),
        "{message}"
    );
}

#[test]
fn a_cancel_that_is_answered_after_the_region_changed_is_reported() {
    let mut harness = sent_from_another_region();
    harness.cancelled(ID, Ok(Some(task(ID, "cancelling"))));
    let screen = harness.screen();
    for words in [
        "EC2 accepted the cancel",
        ID,
        "In us-east-1, account 123456789012",
    ] {
        assert!(screen.contains(words), "{screen}");
    }
    assert!(!harness.rows().any(|row| row.task.bundle_id.as_str() == ID));
    harness.draw();
    assert_eq!(harness.app.exit_message(), None);

    let mut harness = sent_from_another_region();
    let refused = error(
        ErrorKind::WrongState,
        Operation::CancelBundleTask,
        "IncorrectState",
        "Too late.",
    );
    harness.cancelled(ID, Err(refused));
    let screen = harness.screen();
    assert!(
        screen.contains("EC2 refused") && screen.contains("In us-east-1"),
        "{screen}"
    );
    harness.draw();
    assert_eq!(harness.app.exit_message(), None);
}

#[test]
fn another_region_begins_without_claims_about_it() {
    let mut harness = Harness::with(three());
    harness.wait(5.0);
    reconnect(&mut harness, 2, session("eu-west-1"));
    assert_eq!(harness.app.scope().freshness(), Freshness::Connecting);
    assert!(harness.screen().contains("Asking EC2 for its bundle tasks"));
}

#[test]
fn an_answer_that_is_repeated_or_of_an_old_connection_changes_nothing() {
    let mut harness = Harness::with(three());
    harness.wait(5.0);
    harness.answer(2, three());
    harness.answer(2, vec![]);
    assert_eq!(harness.app.list().len(), 3);
    harness.select(ID);
    harness.key("c");
    harness.key("y");
    harness.answer(3, three());
    harness.wait(5.0);
    harness.fail(4, expired());
    harness.wait(4.1);
    harness.connect(5);
    harness.key("Esc");
    assert_eq!(harness.described_one(ID, Ok(None)), []);
    assert!(!harness.screen().contains("no longer listed"));
}

#[test]
fn a_cancel_does_not_wait_behind_lists_whose_keys_change_every_time() {
    let mut harness = Harness::with(three());
    harness.select(ID);
    harness.wait(4.0);
    harness.key("c");
    harness.key("y");
    harness.key = AccessKeyId::new("AKIACANCEL");
    harness.described_one(ID, Ok(Some(task(ID, "storing"))));
    let mut asked = Vec::new();
    for n in 0..12 {
        let mut requests = harness.wait(1.0);
        while let Some(request) = requests.pop() {
            asked.push(request.clone());
            harness.key = AccessKeyId::new(format!("AKIA{n}"));
            requests.extend(match request {
                Asked::Describe(poll) => harness.answer(poll, three()),
                Asked::Identify => {
                    // STS is asked about the key of the recheck.
                    harness.key = AccessKeyId::new("AKIACANCEL");
                    harness.identified(FIRST)
                }
                request => {
                    assert_eq!(request, cancel(ID));
                    return;
                }
            });
        }
    }
    panic!("the cancel was never sent: {asked:?}");
}

#[test]
fn a_refusal_of_another_account_is_not_shown_under_the_first_accounts_name() {
    let mut harness = with_new_key();
    let denied = error(
        ErrorKind::Denied,
        Operation::DescribeBundleTasks,
        "UnauthorizedOperation",
        "You are not authorized to perform this operation.",
    );
    assert_eq!(harness.fail(3, denied.clone()), [identify()]);
    harness.identified(SECOND);
    assert!(!header(&harness).contains(FIRST), "{}", harness.screen());
    harness.wait(8.0);
    harness.fail(4, denied);
    let header = header(&harness);
    assert!(header.contains(SECOND), "{header}");
}

#[test]
fn a_cancel_is_still_known_when_its_region_comes_back() {
    for answer in [Ok(None), Err(timed_out())] {
        let mut harness = sent_from_another_region();
        harness.cancelled(ID, answer);
        harness.key("Esc");
        harness.wait(10.0);
        reconnect(&mut harness, 4, session("us-east-1"));
        // A stale read.
        harness.answer(5, three());
        harness.select(ID);
        assert_eq!(harness.key("c"), [], "a second cancel");
    }
}

#[test]
fn holding_p_does_not_ask_every_time() {
    let mut harness = Harness::with(three());
    let mut polls = 1;
    for _ in 0..300 {
        harness.mono += Duration::from_millis(33);
        for asked in harness.send(Msg::Input(vec![press("p")])) {
            polls += 1;
            assert_eq!(asked, describe(polls));
            harness.answer(polls, three());
        }
    }
    assert!(polls <= 12, "{polls} requests in 10 s");
}

#[test]
fn an_outcome_that_is_open_when_the_account_changes_names_its_own() {
    let mut harness = with_new_key();
    let first = AccessKeyId::new("AKIAFIRST");
    let second = std::mem::replace(&mut harness.key, first);
    harness.send_cancel(ID);
    harness.cancelled(ID, Err(expired()));
    assert!(!harness.screen().contains("In us-east-1"));
    harness.key = second;
    harness.answer(3, vec![task("bun-of-others", "bundling")]);
    harness.identified(SECOND);
    assert!(
        harness
            .screen()
            .contains("In us-east-1, account 123456789012")
    );
}

#[test]
fn a_list_that_waits_for_sts_is_not_called_unanswered() {
    let mut harness = with_new_key();
    assert_eq!(harness.answer(3, three()), [identify()]);
    harness.wait(9.0);
    assert!(!harness.screen().contains("waiting since"));
    assert!(header(&harness).contains("asking STS whose they are"));
    harness.identified(FIRST);
    assert!(header(&harness).contains("polled"));
}

#[test]
fn tasks_replaced_because_nobody_knows_whose_they_are_are_announced() {
    let mut harness = with_new_key();
    harness.answer(3, vec![]);
    harness.identity(Err(unreachable()));
    let note = harness.app.note().expect("a note");
    assert!(
        note.contains("The tasks are now those of us-east-1"),
        "{note}"
    );
}

#[test]
fn dry_runs_are_not_repeated_at_every_key() {
    let mut harness = Harness::with(three());
    harness.select(ID);
    harness.wait(1.0);
    let mut dry_runs = 0;
    for _ in 0..100 {
        for key in ["c", "n"] {
            harness.mono += Duration::from_millis(20);
            let asked = harness.send(Msg::Input(vec![press(key)]));
            dry_runs += asked
                .iter()
                .filter(|it| matches!(it, Asked::DryRun(_)))
                .count();
        }
    }
    assert_eq!(dry_runs, 1, "in 4 s");
}

#[test]
fn a_lost_cancel_that_is_settled_elsewhere_is_reported() {
    let mut harness = Harness::with(three());
    harness.select(ID);
    harness.send_cancel(ID);
    assert_eq!(harness.wait(5.0), [describe(2)]);
    assert_eq!(harness.cancelled(ID, Err(timed_out())), [describe_one(ID)]);
    harness.key("Esc");
    reconnect(&mut harness, 2, session("eu-west-1"));
    harness.answer(3, vec![task("bun-of-others", "bundling")]);
    harness.described_one(ID, Ok(Some(task(ID, "cancelling"))));
    let screen = harness.screen();
    for words in [ID, "In us-east-1", "EC2 now says: cancelling"] {
        assert!(screen.contains(words), "{screen}");
    }
    harness.draw();
    assert_eq!(harness.app.exit_message(), None);
}

#[test]
fn a_cancel_accepted_when_its_task_is_no_longer_in_the_list_is_reported() {
    let mut harness = sent_from_another_region();
    harness.wait(10.0);
    reconnect(&mut harness, 4, session("us-east-1"));
    harness.answer(5, vec![]);
    harness.cancelled(ID, Ok(Some(task(ID, "cancelling"))));
    let screen = harness.screen();
    assert!(screen.contains("EC2 accepted the cancel"), "{screen}");
}

#[test]
fn another_endpoint_of_the_same_region_does_not_permit_a_second_cancel() {
    let mut harness = Harness::with(three());
    harness.select(ID);
    harness.send_cancel(ID);
    assert_eq!(harness.wait(5.0), [describe(2)]);
    harness.cancelled(ID, Err(timed_out()));
    harness.key("Esc");
    let elsewhere = Session {
        endpoint_url: Some("http://127.0.0.1:4599".into()),
        ..session("us-east-1")
    };
    reconnect(&mut harness, 2, elsewhere);
    harness.answer(3, three());
    harness.select(ID);
    assert_eq!(harness.key("c"), []);
}

#[test]
fn a_dialog_says_when_its_dry_run_was_for_another_place() {
    let mut harness = with_new_key();
    harness.key("c");
    harness.answer(3, vec![task(ID, "storing")]);
    harness.identified(SECOND);
    let line = harness.line("Permission");
    assert!(
        line.contains("not known: the credentials or the region"),
        "{line}"
    );
}

#[test]
fn what_became_of_a_lost_cancel_is_still_known_when_its_region_comes_back() {
    let mut harness = sent_from_another_region();
    harness.cancelled(ID, Err(timed_out()));
    harness.key("Esc");
    let back = |harness: &mut Harness, poll: u64, region: &str, tasks: Vec<_>| {
        harness.wait(10.0);
        reconnect(harness, poll, session(region));
        harness.answer(poll + 1, tasks);
    };
    back(&mut harness, 4, "us-east-1", vec![task(ID, "cancelling")]);
    assert_eq!(harness.cancel_state(ID), Some(CancelState::Settled));
    back(&mut harness, 6, "eu-west-1", vec![]);
    // A stale read.
    back(&mut harness, 8, "us-east-1", vec![task(ID, "storing")]);
    harness.select(ID);
    assert_eq!(harness.key("c"), [], "a second cancel");
    let note = harness.app.note().expect("a reason");
    assert!(note.contains("already cancelling"), "{note}");
}
