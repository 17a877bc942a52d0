//! A small model of AWS: two accounts, two regions, their tasks, and what becomes of requests.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use bundletop::ec2::{AccessKeyId, Cancelled, Ec2Error, ErrorKind, Identity, Operation};
use bundletop::monitor::{Answer, Call, Effect, Now, RequestId};
use bundletop::task::{BundleId, BundleTask, Phase, State};
use proptest::prelude::*;

use crate::harness::{error, session, task};

/// EC2 may return what was true this long before it was asked.
pub const LAG: Duration = Duration::from_secs(59);

/// The states of a task, and words of EC2's that nobody documented.
const STATES: [&str; 6] = [
    "pending",
    "bundling",
    "storing",
    "validating",
    "complete",
    "cancelled",
];

/// How a request ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    Answered,
    /// It is carried out and its answer is lost.
    AnswerLost,
    /// It is lost on the way, which looks the same.
    RequestLost,
    Refused,
    Expired,
    NotReached,
}

impl Fate {
    /// The result of a request that would have this result.
    fn or<T>(self, operation: Operation, result: T) -> Result<T, Ec2Error> {
        let (kind, code) = match self {
            Self::Answered => return Ok(result),
            Self::AnswerLost | Self::RequestLost => (ErrorKind::TimedOut, ""),
            Self::Refused => (ErrorKind::Denied, "UnauthorizedOperation"),
            Self::Expired => (ErrorKind::Expired, "RequestExpired"),
            Self::NotReached => (ErrorKind::Unreachable, ""),
        };
        Err(error(kind, operation, code, "It failed."))
    }
}

/// How old the description is that EC2 returns, in hundredths of [`LAG`].
pub type Lag = u8;

/// Account and region.
pub type Owner = (&'static str, &'static str);

pub const ACCOUNTS: [&str; 2] = ["111111111111", "222222222222"];
pub const REGIONS: [&str; 2] = ["us-east-1", "eu-west-1"];

/// A task's ID says whose it is.
pub fn owner(id: &BundleId) -> Owner {
    let mut parts = id.as_str().split('/').skip(1);
    let mut number = || parts.next().and_then(|part| part.parse::<usize>().ok());
    let (account, region) = (number().expect("an account"), number().expect("a region"));
    (ACCOUNTS[account], REGIONS[region])
}

/// All tasks of all accounts and regions; `None` for those not listed.
type Tasks = Vec<(BundleTask, bool)>;

/// AWS, as far as it matters here.
pub struct Aws {
    /// The tasks at each time since the start, the newest last.
    history: Vec<(Duration, Tasks)>,
    /// Which account each access key belongs to.
    keys: HashMap<AccessKeyId, usize>,
    /// The requests by which a task was cancelled.
    carried_out: HashSet<RequestId>,
    /// The tasks that were cancelled: they do not run again.
    cancelled: HashSet<BundleId>,
}

impl Aws {
    pub fn new() -> Self {
        let mut tasks = Tasks::new();
        for account in 0..ACCOUNTS.len() {
            for region in 0..REGIONS.len() {
                for number in 0..2 {
                    let id = format!("bun/{account}/{region}/{number}");
                    tasks.push((task(&id, STATES[number + 1]), true));
                }
            }
        }
        Self {
            history: vec![(Duration::ZERO, tasks)],
            keys: HashMap::new(),
            carried_out: HashSet::new(),
            cancelled: HashSet::new(),
        }
    }

    /// Another access key of the account with that number.
    pub fn new_key(&mut self, account: usize) -> AccessKeyId {
        let key = AccessKeyId::new(format!("AKIA{}", self.keys.len()));
        self.keys.insert(key.clone(), account);
        key
    }

    pub fn account_of(&self, key: &AccessKeyId) -> &'static str {
        ACCOUNTS[self.keys[key]]
    }

    pub fn is_carried_out(&self, cancel: RequestId) -> bool {
        self.carried_out.contains(&cancel)
    }

    /// All tasks, listed or not.
    pub fn ids(&self) -> impl Iterator<Item = &BundleId> {
        self.now().iter().map(|(task, _)| &task.bundle_id)
    }

    fn now(&self) -> &Tasks {
        let (_, tasks) = self.history.last().expect("the beginning");
        tasks
    }

    /// The tasks of an account in a region, as they were at that time.
    fn list(&self, owner_: Owner, when: Duration) -> Vec<BundleTask> {
        let mut past = self.history.iter().rev();
        let then = past.find(|(time, _)| *time <= when);
        let (_, tasks) = then.unwrap_or(&self.history[0]);
        let listed = tasks.iter().filter(|(_, is_listed)| *is_listed);
        let tasks = listed.map(|(task, _)| task.clone());
        tasks
            .filter(|task| owner(&task.bundle_id) == owner_)
            .collect()
    }

    fn change(&mut self, id: &BundleId, now: Now, change: impl FnOnce(&mut (BundleTask, bool))) {
        let mut tasks = self.now().clone();
        if let Some(entry) = tasks.iter_mut().find(|(task, _)| task.bundle_id == *id) {
            change(entry);
            entry.0.update_time = Some(now.wall);
        }
        self.history.push((now.mono, tasks));
    }

    /// A task moves on, or is no longer listed, or is listed again. A cancelled one does not run again.
    pub fn task_moves(&mut self, task: u8, to: u8, now: Now) {
        let tasks = self.now();
        let id = tasks[usize::from(task) % tasks.len()].0.bundle_id.clone();
        let state = STATES.get(usize::from(to) % (STATES.len() + 1));
        let is_cancelled = self.cancelled.contains(&id);
        self.change(&id, now, |(task, is_listed)| {
            match state.map(|it| State::new(it)) {
                None => *is_listed = !*is_listed,
                Some(state) if is_cancelled && state.phase() < Phase::Cancelling => {}
                Some(state) => task.state = state,
            }
        });
    }

    /// A request that is sent now, on a connection to that region.
    pub fn send(
        &self,
        effect: Effect,
        key: &AccessKeyId,
        region: &'static str,
        at: Duration,
    ) -> Sent {
        let key = match &effect.call {
            Call::Identify(Some(key)) | Call::Cancel { key: Some(key), .. } => key,
            _ => key,
        };
        Sent {
            owner: (self.account_of(key), region),
            key: key.clone(),
            effect,
            at,
        }
    }

    /// What comes back.
    pub fn reply(&mut self, sent: &Sent, fate: Fate, lag: Lag, now: Now) -> Reply {
        let lag = LAG * u32::from(lag) / 100;
        let list = self.list(sent.owner, sent.at.saturating_sub(lag));
        match &sent.effect.call {
            Call::Connect => Reply::Connected(fate.or(Operation::Connect, sent.owner.1)),
            Call::Identify(_) => {
                Reply::Identified(fate.or(Operation::GetCallerIdentity, sent.owner.0))
            }
            Call::Describe { filters } => {
                // The only filter here is one of a state.
                let state = filters
                    .first()
                    .and_then(|filter| filter.values.as_ref()?.first());
                let is_found = |task: &BundleTask| state.is_none_or(|it| task.state.as_str() == it);
                let found = list.into_iter().filter(is_found).collect();
                Reply::Described(fate.or(Operation::DescribeBundleTasks, found))
            }
            Call::DescribeThese(ids) => {
                let is_found = |task: &BundleTask| ids.contains(&task.bundle_id);
                let found = list.into_iter().filter(is_found).collect();
                Reply::Described(fate.or(Operation::DescribeBundleTasks, found))
            }
            Call::DryRun(_) => Reply::DryRun(fate.or(Operation::CancelBundleTask, ())),
            Call::DescribeOne(id) => {
                let found = list.into_iter().find(|task| task.bundle_id == *id);
                Reply::DescribedOne(fate.or(Operation::DescribeBundleTasks, found))
            }
            Call::Cancel { bundle_id, .. } => {
                let mut tasks = self.now().iter();
                let is_possible = tasks.any(|(task, is_listed)| {
                    let phase = task.state.phase();
                    let is_cancellable = phase < Phase::Cancelling || phase == Phase::Unknown;
                    *is_listed && task.bundle_id == *bundle_id && is_cancellable
                });
                if is_possible && matches!(fate, Fate::Answered | Fate::AnswerLost) {
                    self.carried_out.insert(sent.effect.request);
                    self.cancelled.insert(bundle_id.clone());
                    self.change(bundle_id, now, |(task, _)| {
                        task.state = State::new("cancelling");
                    });
                }
                let operation = Operation::CancelBundleTask;
                if !is_possible && fate == Fate::Answered {
                    let code = "IncorrectState";
                    let refused = error(ErrorKind::WrongState, operation, code, "No.");
                    return Reply::Cancelled(Err(refused));
                }
                let mut tasks = self.list(sent.owner, now.mono).into_iter();
                // EC2 may leave the task out.
                let cancelled = tasks.find(|task| task.bundle_id == *bundle_id && lag.is_zero());
                Reply::Cancelled(fate.or(operation, cancelled))
            }
        }
    }
}

/// A request on its way.
#[derive(Clone)]
pub struct Sent {
    pub effect: Effect,
    pub key: AccessKeyId,
    pub owner: Owner,
    pub at: Duration,
}

/// [`Answer`] that can be cloned.
#[derive(Clone)]
pub enum Reply {
    Connected(Result<&'static str, Ec2Error>),
    Identified(Result<&'static str, Ec2Error>),
    Described(Result<Vec<BundleTask>, Ec2Error>),
    DryRun(Result<(), Ec2Error>),
    DescribedOne(Result<Option<BundleTask>, Ec2Error>),
    Cancelled(Result<Option<BundleTask>, Ec2Error>),
}

impl Reply {
    pub fn answer(&self) -> Answer {
        match self.clone() {
            Self::Connected(result) => Answer::Connected(result.map(session)),
            Self::Identified(result) => Answer::Identified(result.map(|account| Identity {
                account: account.to_owned(),
                arn: String::new(),
            })),
            Self::Described(result) => {
                Answer::Described(result.map(|it| it.into_iter().map(Arc::new).collect()))
            }
            Self::DryRun(result) => Answer::DryRun(result),
            Self::DescribedOne(result) => Answer::DescribedOne(result),
            Self::Cancelled(result) => Answer::Cancelled(result.map(|task| Cancelled {
                task,
                request_id: None,
            })),
        }
    }
}

pub fn fates() -> impl Strategy<Value = Fate> {
    prop_oneof![
        12 => Just(Fate::Answered),
        3 => Just(Fate::AnswerLost),
        2 => Just(Fate::RequestLost),
        2 => Just(Fate::Refused),
        1 => Just(Fate::Expired),
        1 => Just(Fate::NotReached),
    ]
}

pub fn lags() -> impl Strategy<Value = Lag> {
    prop_oneof![2 => Just(0u8), 1 => 0u8..100]
}

pub fn pauses() -> impl Strategy<Value = Duration> {
    prop_oneof![
        4 => (0u64..3000).prop_map(Duration::from_millis),
        2 => (3u64..20).prop_map(Duration::from_secs),
        1 => Just(Duration::from_secs(61)),
    ]
}
