//! When a task will end: the estimate, measured on simulated tasks, and when there is none.

use bundletop::monitor::ProgressHistory;
use bundletop::monitor::estimate::{Estimate, estimate};
use bundletop::task::{BundleTask, Progress};
use jiff::{SignedDuration, Timestamp};

use crate::harness::{START, at, task};

const ID: &str = "bun-2a4e041c";

/// The rate of a simulated task changes at most so often.
const PARTS: u32 = 20;

/// How the progress of a simulated task goes on.
#[derive(Clone, Copy, Debug)]
enum Pace {
    /// Always at the same rate.
    Even,
    /// At a rate that changes all the time, and by a factor of up to six.
    Uneven,
    /// In steps of some percent each.
    Stepwise,
}

/// A simulated task that is storing.
struct Simulated {
    /// The rate in each part of the way, in percent per second.
    rates: Vec<f64>,
    step: f64,
}

impl Simulated {
    fn new(pace: Pace, random: &mut fastrand::Rng) -> Self {
        // It takes 3 minutes to 3 hours.
        let rate = 100.0 / (180.0 * (60.0_f64).powf(random.f64()));
        let factor = |random: &mut fastrand::Rng| match pace {
            Pace::Even | Pace::Stepwise => 1.0,
            Pace::Uneven => 6.0_f64.powf(random.f64() - 0.5),
        };
        Self {
            rates: (0..PARTS).map(|_| rate * factor(random)).collect(),
            step: match pace {
                Pace::Even | Pace::Uneven => 1.0,
                Pace::Stepwise => random.choice([2.0, 5.0, 10.0]).expect("a step"),
            },
        }
    }

    /// Seconds from the beginning to a percentage.
    fn time_to(&self, percent: f64) -> f64 {
        let part = 100.0 / f64::from(PARTS);
        let mut left = percent;
        let mut seconds = 0.0;
        for rate in &self.rates {
            let here = left.min(part);
            seconds += here / rate;
            left -= here;
        }
        seconds
    }
}

fn storing(percent: f64) -> BundleTask {
    BundleTask {
        progress: Some(Progress::new(format!("{percent:.0}%"))),
        ..task(ID, "storing")
    }
}

/// The seconds of the wall clock.
fn after(seconds: f64) -> Timestamp {
    at(START) + SignedDuration::from_secs_f64(seconds)
}

/// The estimate for a task of which these percentages were reported, each after some seconds.
fn estimate_of(reports: &[(f64, f64)]) -> Option<Estimate> {
    let mut reports = reports.iter();
    let (mut seconds, percent) = *reports.next()?;
    let mut history = ProgressHistory::new(&task(ID, "bundling"), after(seconds - 5.0));
    history.observe(&storing(percent), after(seconds));
    for (next, percent) in reports {
        history.observe(&storing(*percent), after(*next));
        seconds = *next;
    }
    estimate(&history, after(seconds))
}

/// What polls every five seconds report that is new, until one reports `percent` or more.
fn watched_until(simulated: &Simulated, percent: f64) -> Vec<(f64, f64)> {
    let mut watched = vec![(0.0, 0.0)];
    for step in 1.. {
        let reported = f64::from(step) * simulated.step;
        let poll = (simulated.time_to(reported) / 5.0).ceil() * 5.0;
        let is_same_poll = watched.last().is_some_and(|(last, _)| *last >= poll);
        if !is_same_poll && watched.last().is_some_and(|(_, last)| *last >= percent) {
            break;
        }
        if is_same_poll {
            watched.pop();
        }
        watched.push((poll, reported));
    }
    watched
}

/// What the estimates of many tasks are worth.
#[derive(Default)]
struct Worth {
    /// How far each was off, as a part of the time that was left.
    errors: Vec<f64>,
    /// How many of the ends were within the spread.
    within: usize,
    without_estimate: usize,
}

fn measure(pace: Pace, percent: f64, tasks: usize) -> Worth {
    let mut random = fastrand::Rng::with_seed(20_150_915);
    let mut worth = Worth::default();
    for _ in 0..tasks {
        let simulated = Simulated::new(pace, &mut random);
        let watched = watched_until(&simulated, percent);
        let (now, _) = *watched.last().expect("it is polled");
        let Some(estimate) = estimate_of(&watched) else {
            worth.without_estimate += 1;
            continue;
        };
        let end = simulated.time_to(100.0);
        let estimated = estimate.end.duration_since(after(0.0)).as_secs_f64();
        worth.errors.push((estimated - end).abs() / (end - now));
        let is_late = estimate.latest.is_some_and(|latest| latest < after(end));
        worth.within += usize::from(estimate.earliest <= after(end) && !is_late);
    }
    worth.errors.sort_by(f64::total_cmp);
    worth
}

#[test]
fn the_estimate_of_a_thousand_tasks() {
    for (pace, median_below) in [
        (Pace::Even, 0.02),
        (Pace::Uneven, 0.35),
        (Pace::Stepwise, 0.1),
    ] {
        for percent in [25.0, 50.0, 75.0] {
            let worth = measure(pace, percent, 1_000);
            let count = worth.errors.len();
            let (median, ninth) = (worth.errors[count / 2], worth.errors[count * 9 / 10]);
            println!(
                "{pace:?} at {percent}%: median error {:.1}% of the time left, 9 of 10 within {:.1}%, \
                 {} of {count} within the spread, {} without an estimate",
                median * 100.0,
                ninth * 100.0,
                worth.within,
                worth.without_estimate,
            );
            assert!(median < median_below, "{pace:?} at {percent}%: {median}");
        }
    }
}

#[test]
fn without_grounds_there_is_no_estimate() {
    let every_minute = |percents: &[f64]| {
        let minutes = (0..).map(|minute| f64::from(minute) * 60.0);
        estimate_of(&minutes.zip(percents.iter().copied()).collect::<Vec<_>>())
    };
    assert_eq!(every_minute(&[0.0]), None, "nothing has moved");
    assert_eq!(every_minute(&[0.0, 10.0, 20.0]), None, "it has moved twice");
    assert_eq!(every_minute(&[0.0, 1.0, 2.0, 3.0]), None, "by 3%");
    assert_eq!(every_minute(&[70.0, 80.0, 90.0, 100.0]), None, "it is done");
    assert_eq!(
        every_minute(&[30.0, 50.0, 90.0, 10.0]),
        None,
        "it began anew"
    );
    let at_once = [(0.0, 0.0), (5.0, 10.0), (10.0, 20.0), (15.0, 30.0)];
    assert_eq!(estimate_of(&at_once), None, "15 seconds");
    let even = every_minute(&[0.0, 10.0, 20.0, 30.0]).expect("it has grounds");
    assert!((even.rate - 10.0).abs() < 1e-6);
    assert_eq!(even.end, after(600.0));
    // At least five percent of the seven minutes that are left.
    assert_eq!(
        (even.earliest, even.latest),
        (after(579.0), Some(after(621.0)))
    );
}

/// While a task stands still, its end goes away.
#[test]
fn a_pause_longer_than_any_before_counts() {
    let mut history = ProgressHistory::new(&storing(0.0), after(0.0));
    for minute in 1..=4 {
        history.observe(
            &storing(f64::from(minute) * 10.0),
            after(f64::from(minute) * 60.0),
        );
    }
    let end = |now: f64| estimate(&history, after(now)).map(|it| it.end);
    assert_eq!(end(240.0), end(300.0), "as long as usual");
    assert_eq!(
        end(900.0),
        end(300.0).map(|end| end + SignedDuration::from_mins(10))
    );
}
