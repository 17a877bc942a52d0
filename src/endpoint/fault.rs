//! Faults: what goes wrong between EC2 and its clients, switched on and off at run time.
//!
//! A fault is written `[ACTION[+DryRun|-DryRun]:]FAULT[=VALUE][@N|@P%]`, such as `throttle`,
//! `latency=2s`, `CancelBundleTask-DryRun:drop@1` or `DescribeBundleTasks:internal-error@20%`.
//!
//! `spec` has the table of the faults, which `bundletop serve --help` shows.
//!
//! Without an action a fault is for all requests. `+DryRun` narrows it to dry runs, `-DryRun` to
//! requests that are none. `@N` is for the first N requests that fit, `@P%` for one in so many, by
//! lot but the same lot for the same seed. Of several faults that meet in one request, each kind
//! has its effect once: it can be slow, stale and cut, but has only one error and one ending, those
//! of the fault named first.
//!
//! A `latency` is in real time. What `stale-reads` and `throttle=bucket` count is by the endpoint's
//! clock, and so as much faster as the world's time passes.
//!
//! STS words its errors differently, and so does the endpoint for `GetCallerIdentity`.

mod bucket;
mod spec;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::action::Action;
use super::error::Known;
use bucket::Buckets;
pub use spec::{FaultError, table};

/// A fault, and the requests it is for. Parsed from its written form.
#[derive(Clone, Debug)]
pub struct FaultRule {
    action: Option<Action>,
    /// `None` for requests with and without.
    dry_run: Option<bool>,
    fault: Fault,
    often: Often,
}

#[derive(Clone, Copy, Debug)]
enum Fault {
    Error(&'static Known),
    Bucket,
    Latency(Duration),
    Lost(Loss, When),
    Spoiled(Spoil),
    StaleReads(SignedDuration),
}

/// How an answer gets lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Loss {
    Hang,
    Drop,
}

/// Whether the action was carried out when the answer got lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum When {
    Before,
    After,
}

/// How an answer is spoiled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Spoil {
    /// It ends in the middle, and HTTP says it is whole.
    Cut,
    /// It ends in the middle, and HTTP says that there was more.
    CutHttp,
    Garbage,
}

/// How often a fault happens, of the requests it is for.
#[derive(Clone, Copy, Debug)]
enum Often {
    Always,
    First(u64),
    /// From 0 to 1.
    Chance(f64),
}

/// What is to go wrong with one request.
#[derive(Debug, Default)]
pub(super) struct Plan {
    pub lost_before: Option<Loss>,
    pub error: Option<&'static Known>,
    pub stale: SignedDuration,
    pub latency: Duration,
    pub spoil: Option<Spoil>,
    pub lost_after: Option<Loss>,
}

/// The faults of an endpoint. Cheap to clone; clones share the same faults.
#[derive(Clone, Debug)]
pub struct Faults(Arc<Mutex<State>>);

#[derive(Debug)]
struct State {
    rules: Vec<Armed>,
    lot: fastrand::Rng,
}

/// A rule, and what it has seen.
#[derive(Debug)]
struct Armed {
    rule: FaultRule,
    fitted: u64,
    buckets: Buckets,
}

impl Default for Faults {
    fn default() -> Self {
        Self::seeded(0)
    }
}

impl Faults {
    /// No faults, yet.
    pub fn none() -> Self {
        Self::default()
    }

    /// No faults yet; those that happen by lot will follow this seed.
    pub fn seeded(seed: u64) -> Self {
        let lot = fastrand::Rng::with_seed(seed);
        let rules = Vec::new();
        Self(Arc::new(Mutex::new(State { rules, lot })))
    }

    /// This fault, and no other.
    pub fn set(&self, rule: FaultRule) {
        self.state().rules = vec![Armed::new(rule)];
    }

    /// This fault as well.
    pub fn add(&self, rule: FaultRule) {
        self.state().rules.push(Armed::new(rule));
    }

    /// No faults any more. A request that hangs goes on hanging.
    pub fn clear(&self) {
        self.state().rules.clear();
    }

    /// What is to go wrong with a request. It counts as seen.
    pub(super) fn plan(&self, action: Option<Action>, dry_run: bool, now: Timestamp) -> Plan {
        let mut state = self.state();
        let State { rules, lot } = &mut *state;
        let mut plan = Plan::default();
        for armed in rules {
            if armed.rule.is_for(action, dry_run) && armed.happens(lot) {
                armed.add_to(&mut plan, action, now);
            }
        }
        plan
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl FaultRule {
    fn is_for(&self, action: Option<Action>, dry_run: bool) -> bool {
        (self.action.is_none() || self.action == action)
            && self.dry_run.is_none_or(|wanted| wanted == dry_run)
    }
}

impl Armed {
    fn new(rule: FaultRule) -> Self {
        Self {
            rule,
            fitted: 0,
            buckets: Buckets::default(),
        }
    }

    fn happens(&mut self, lot: &mut fastrand::Rng) -> bool {
        self.fitted += 1;
        match self.rule.often {
            Often::Always => true,
            Often::First(count) => self.fitted <= count,
            Often::Chance(chance) => lot.f64() < chance,
        }
    }

    fn add_to(&mut self, plan: &mut Plan, action: Option<Action>, now: Timestamp) {
        match self.rule.fault {
            Fault::Error(known) => {
                plan.error.get_or_insert(known);
            }
            Fault::Bucket => {
                if !self.buckets.take(action, now) {
                    plan.error.get_or_insert(spec::throttled());
                }
            }
            Fault::Latency(by) => plan.latency = plan.latency.max(by),
            Fault::Lost(loss, When::Before) => {
                plan.lost_before.get_or_insert(loss);
            }
            Fault::Lost(loss, When::After) => {
                plan.lost_after.get_or_insert(loss);
            }
            Fault::Spoiled(spoil) => {
                plan.spoil.get_or_insert(spoil);
            }
            Fault::StaleReads(by) => plan.stale = plan.stale.max(by),
        }
    }
}
