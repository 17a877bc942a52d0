//! The tasks that arrive as time passes: a list that repeats for as long as the world runs.

use jiff::{SignedDuration, Timestamp};

use super::durations::StateDurations;
use super::file::{ArrivalsEntry, TaskEntry};
use super::ids;
use super::task::SimulatedTask;
use crate::endpoint::time::{saturating_add, saturating_sub};

/// The arrivals of a running world. Their number is unlimited, but tasks are created only when they
/// are due, so memory is needed only for those that are listed.
#[derive(Debug)]
pub(super) struct Arrivals {
    /// The tasks that arrive in turn, with their durations.
    templates: Vec<(TaskEntry, StateDurations)>,
    interval: SignedDuration,
    first_arrival: Timestamp,
    /// The longest time that any of them remains listed.
    longest_listing: SignedDuration,
    /// The number of the next task to arrive, from 0.
    next_number: u64,
    seed: u64,
}

impl Arrivals {
    /// The arrivals of a world that begins at `begin`.
    pub(super) fn new(
        file: &ArrivalsEntry,
        durations: &StateDurations,
        begin: Timestamp,
        seed: u64,
    ) -> Self {
        let template = |task: &TaskEntry| (task.clone(), durations.with_overrides(&task.durations));
        let templates: Vec<_> = file.tasks.iter().map(template).collect();
        let listings = templates
            .iter()
            .filter_map(|(task, durations)| durations.total(task.error.is_some()));
        let first_delay = file.first.unwrap_or(file.every).0;
        Self {
            interval: file.every.0,
            first_arrival: saturating_add(begin, first_delay),
            longest_listing: listings.max().unwrap_or(SignedDuration::ZERO),
            templates,
            next_number: 0,
            seed,
        }
    }

    /// The tasks that have arrived by `now` and were not returned before. Tasks that have already
    /// ended are skipped, so that a long time without requests does not cause a backlog.
    pub(super) fn take_due(&mut self, now: Timestamp) -> Vec<SimulatedTask> {
        let oldest_listed = saturating_sub(now, self.longest_listing);
        let since_first = oldest_listed.duration_since(self.first_arrival).as_nanos();
        let ended = u64::try_from(since_first / self.interval.as_nanos()).unwrap_or(0);
        self.next_number = self.next_number.max(ended);
        let mut due = Vec::new();
        loop {
            let delay = self.interval.as_nanos() * i128::from(self.next_number);
            let Some(delay) = SignedDuration::try_from_nanos_i128(delay) else {
                return due;
            };
            let arrival = saturating_add(self.first_arrival, delay);
            if arrival > now {
                return due;
            }
            due.push(self.create_task(self.next_number, arrival));
            self.next_number += 1;
        }
    }

    fn create_task(&self, number: u64, arrival: Timestamp) -> SimulatedTask {
        let count = self.templates.len() as u64;
        let index = usize::try_from(number % count).expect("less than the length of a list");
        let (template, durations) = &self.templates[index];
        let mut file = template.clone();
        file.instance_id
            .get_or_insert_with(|| ids::instance_id(self.seed, number));
        if let Some(prefix) = &mut file.prefix {
            *prefix = prefix.replace("{n}", &(number + 1).to_string());
        }
        let bundle_id = ids::bundle_id(self.seed, number);
        SimulatedTask::arriving(bundle_id, &file, durations, arrival)
    }
}
