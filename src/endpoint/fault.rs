//! Faults: what goes wrong between EC2 and its clients. They can be changed while the endpoint runs.
//!
//! A fault is written `[ACTION[+DryRun|-DryRun]:]FAULT[=VALUE][@N|@P%]`, such as `throttle`,
//! `latency=2s`, `CancelBundleTask-DryRun:drop@1` or `DescribeBundleTasks:internal-error@20%`.
//! [`table`] lists the faults; `bundletop serve --help` shows that table.
//!
//! Without an action, a fault applies to all requests. `+DryRun` limits it to dry runs, `-DryRun`
//! to requests that are not dry runs. `@N` limits it to the first N requests that it applies to,
//! `@P%` to P percent of them, chosen at random, the same for the same seed.
//!
//! Several faults can affect one request. They combine if they are of different kinds: a response
//! can be late, stale and truncated. If several faults return an error, withhold the response or
//! corrupt it, the one that was added first takes effect. Among several durations, the longest one
//! takes effect.
//!
//! A `latency` is in real time. `stale-reads` and `throttle=bucket` go by the endpoint's clock, so
//! that with a faster clock they pass faster.
//!
//! `endpoint/http.rs` applies the faults to requests and responses.
//!
//! STS has errors of its own, which the endpoint returns for `GetCallerIdentity`.

mod rule;
mod syntax;
mod token_bucket;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use fastrand::Rng;
use jiff::{SignedDuration, Timestamp};

use super::action::EndpointAction;
use super::error::ErrorTemplate;
pub use rule::FaultRule;
pub(super) use rule::{Corruption, ResponseLoss};
use rule::{Fault, Frequency};
pub use syntax::{FaultError, table};
use token_bucket::TokenBuckets;

/// The faults that affect one request.
#[derive(Debug, Default)]
pub(super) struct RequestFaults {
    /// Do not carry out the action, and do not respond.
    pub(super) loss_before_action: Option<ResponseLoss>,
    /// Return this error instead of carrying out the action.
    pub(super) error: Option<&'static ErrorTemplate>,
    /// How old the state is that lists show, on the endpoint's clock.
    pub(super) staleness: SignedDuration,
    /// How long to wait before responding, in real time.
    pub(super) latency: Duration,
    pub(super) corruption: Option<Corruption>,
    /// Carry out the action, but do not respond.
    pub(super) loss_after_action: Option<ResponseLoss>,
}

/// The faults of an endpoint. Cheap to clone; clones share the same faults.
#[derive(Clone, Debug)]
pub struct Faults(Arc<Mutex<FaultsState>>);

#[derive(Debug)]
struct FaultsState {
    active_rules: Vec<ActiveRule>,
    /// Decides which requests a fault with a percentage affects.
    rng: Rng,
}

/// A rule, with what it has to remember about the requests so far.
#[derive(Debug)]
struct ActiveRule {
    rule: FaultRule,
    /// How many requests the rule has matched, including the current one.
    match_count: u64,
    token_buckets: TokenBuckets,
}

impl Default for Faults {
    fn default() -> Self {
        Self::seeded(0)
    }
}

impl Faults {
    /// No faults.
    pub fn none() -> Self {
        Self::default()
    }

    /// No faults yet. For those with a percentage that are added later, the requests are chosen at
    /// random, the same for the same seed.
    pub fn seeded(seed: u64) -> Self {
        Self(Arc::new(Mutex::new(FaultsState {
            active_rules: Vec::new(),
            rng: Rng::with_seed(seed),
        })))
    }

    /// Replaces all faults by this one.
    pub fn set(&self, rule: FaultRule) {
        self.lock().active_rules = vec![ActiveRule::new(rule)];
    }

    /// Adds a fault to the existing ones.
    pub fn add(&self, rule: FaultRule) {
        self.lock().active_rules.push(ActiveRule::new(rule));
    }

    /// Removes all faults. Requests that already hang continue to hang.
    pub fn clear(&self) {
        self.lock().active_rules.clear();
    }

    /// Decides which faults affect a request that came at `now`. The request counts for the faults
    /// that are limited to a number of requests or to a rate.
    pub(super) fn take_for_request(
        &self,
        action: Option<EndpointAction>,
        is_dry_run: bool,
        now: Timestamp,
    ) -> RequestFaults {
        let mut state = self.lock();
        let FaultsState { active_rules, rng } = &mut *state;
        let mut faults = RequestFaults::default();
        for active in active_rules {
            if active.rule.matches(action, is_dry_run) && active.affects_this_match(rng) {
                active.add_to(&mut faults, action, now);
            }
        }
        faults
    }

    fn lock(&self) -> MutexGuard<'_, FaultsState> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl ActiveRule {
    fn new(rule: FaultRule) -> Self {
        Self {
            rule,
            match_count: 0,
            token_buckets: TokenBuckets::default(),
        }
    }

    /// Counts a request that the rule matches, and decides by the rule's frequency whether the
    /// fault affects it.
    fn affects_this_match(&mut self, rng: &mut Rng) -> bool {
        self.match_count += 1;
        match self.rule.frequency {
            Frequency::Always => true,
            Frequency::First(count) => self.match_count <= count,
            Frequency::Probability(probability) => rng.f64() < probability,
        }
    }

    fn add_to(
        &mut self,
        faults: &mut RequestFaults,
        action: Option<EndpointAction>,
        now: Timestamp,
    ) {
        match self.rule.fault {
            Fault::Error(template) => {
                faults.error.get_or_insert(template);
            }
            Fault::ThrottleByTokenBucket(template) => {
                if !self.token_buckets.take_token(action, now) {
                    faults.error.get_or_insert(template);
                }
            }
            Fault::Latency(latency) => faults.latency = faults.latency.max(latency),
            Fault::LossBeforeAction(loss) => {
                faults.loss_before_action.get_or_insert(loss);
            }
            Fault::LossAfterAction(loss) => {
                faults.loss_after_action.get_or_insert(loss);
            }
            Fault::Corruption(corruption) => {
                faults.corruption.get_or_insert(corruption);
            }
            Fault::StaleReads(staleness) => faults.staleness = faults.staleness.max(staleness),
        }
    }
}
