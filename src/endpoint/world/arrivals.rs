//! The tasks that arrive as time passes: a list that repeats for as long as the world runs.

use jiff::{SignedDuration, Timestamp};

use super::file::{ArrivalsFile, TaskFile, with};
use super::life::Takes;
use super::task::Task;
use crate::endpoint::clock::{after, before};

/// Arrivals in a running world. Their number has no bound; what is kept of them has, because they
/// are made when they are due and forgotten when they are over.
#[derive(Debug)]
pub(super) struct Arrivals {
    templates: Vec<(TaskFile, Takes)>,
    every: SignedDuration,
    first: Timestamp,
    /// The longest any of them stays listed.
    longest: SignedDuration,
    /// The number of the next one to arrive, from 0.
    next: u64,
    seed: u64,
}

impl Arrivals {
    pub fn new(file: &ArrivalsFile, takes: &Takes, begins: Timestamp, seed: u64) -> Self {
        let template = |task: &TaskFile| (task.clone(), with(takes, &task.takes));
        let templates: Vec<_> = file.tasks.iter().map(template).collect();
        let lives = templates
            .iter()
            .filter_map(|(task, takes)| takes.life(task.error.is_some()));
        Self {
            every: file.every.0,
            first: after(begins, file.first.map_or(file.every.0, |first| first.0)),
            longest: lives.max().unwrap_or(SignedDuration::ZERO),
            templates,
            next: 0,
            seed,
        }
    }

    /// The tasks that have arrived by `now` and were not handed out before. Those long over are
    /// passed by: after a night without a request there is no backlog.
    pub fn due(&mut self, now: Timestamp) -> Vec<Task> {
        let still_listed = before(now, self.longest);
        let since_first = still_listed.duration_since(self.first).as_nanos();
        let over = u64::try_from(since_first / self.every.as_nanos()).unwrap_or(0);
        self.next = self.next.max(over);
        let mut tasks = Vec::new();
        loop {
            let wait = self.every.as_nanos() * i128::from(self.next);
            let Some(wait) = SignedDuration::try_from_nanos_i128(wait) else {
                return tasks;
            };
            let arrives = after(self.first, wait);
            if arrives > now {
                return tasks;
            }
            tasks.push(self.task(self.next, arrives));
            self.next += 1;
        }
    }

    fn task(&self, number: u64, arrives: Timestamp) -> Task {
        let count = self.templates.len() as u64;
        let index = usize::try_from(number % count).expect("smaller than a length");
        let (template, takes) = &self.templates[index];
        let mut file = template.clone();
        file.instance_id
            .get_or_insert_with(|| instance_id(self.seed, number));
        if let Some(prefix) = &mut file.prefix {
            *prefix = prefix.replace("{n}", &(number + 1).to_string());
        }
        Task::new(bundle_id(self.seed, number), &file, takes, arrives)
    }
}

/// A bundle ID that looks drawn by lot. Different numbers below 2³² give different IDs.
pub(super) fn bundle_id(seed: u64, number: u64) -> String {
    // Every step can be undone, so no two numbers meet: the finalizer of MurmurHash3.
    let mut bits = low(number) ^ low(scatter(seed));
    bits = (bits ^ (bits >> 16)).wrapping_mul(0x85eb_ca6b);
    bits = (bits ^ (bits >> 13)).wrapping_mul(0xc2b2_ae35);
    format!("bun-{:08x}", bits ^ (bits >> 16))
}

/// An instance ID of the long form.
pub(super) fn instance_id(seed: u64, number: u64) -> String {
    let bits = scatter(seed ^ scatter(number));
    format!("i-0{bits:016x}")
}

fn low(bits: u64) -> u32 {
    u32::try_from(bits & u64::from(u32::MAX)).expect("masked to 32 bits")
}

/// The finalizer of `SplitMix64`.
fn scatter(number: u64) -> u64 {
    let mut bits = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^ (bits >> 31)
}
