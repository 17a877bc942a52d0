//! A world that an endpoint runs: the tasks as they are now, and what clients and tests do to them.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::{SignedDuration, Timestamp};
use thiserror::Error;

use super::arrivals::{self, Arrivals};
use super::life::{Takes, TaskState};
use super::task::{Storage, Task, TaskView};
use super::{World, file};
use crate::endpoint::clock::{Clock, before};
use crate::endpoint::wire::Identity;

/// Tasks that are over are kept this much longer, so that stale reads can still show them.
const MEMORY: SignedDuration = SignedDuration::from_mins(10);

/// The user ID of the caller, as an example in AWS's documentation has it.
const USER_ID: &str = "AIDACKCEVSQ6C2EXAMPLE";
const ACCOUNT: &str = "123456789012";

/// Why a task cannot be cancelled.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::endpoint) enum CancelRefused {
    NoSuchTask,
    /// It is in this state, which takes no cancel.
    State(String),
}

/// EC2 lists no task of this ID now.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("no task {0} is listed")]
pub struct NoSuchTask(pub String);

/// A world that an endpoint runs. Cheap to clone; clones share the same world.
///
/// The methods here change it behind EC2's back, for tests.
#[derive(Clone, Debug)]
pub struct LiveWorld(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    clock: Clock,
    account: String,
    arn: String,
    takes: Takes,
    seed: u64,
    tasks: Mutex<Tasks>,
}

#[derive(Debug)]
struct Tasks {
    all: Vec<Task>,
    arrivals: Option<Arrivals>,
    /// How many lists were given: each comes in another order.
    lists: u64,
    /// How many IDs were made for `BundleInstance`.
    made: u64,
}

impl LiveWorld {
    /// Begins the world now.
    pub(in crate::endpoint) fn begin(world: &World, clock: Clock) -> Self {
        let now = clock.now();
        let World(file) = world;
        let takes = file::with(&Takes::default(), &file.takes);
        let account = file.account.clone().unwrap_or_else(|| ACCOUNT.to_owned());
        let arn = file.arn.clone();
        let present = |task| Task::present(task, &takes, now);
        let arrivals = file.arrivals.as_ref();
        let tasks = Tasks {
            all: file.tasks.iter().map(present).collect(),
            arrivals: arrivals.map(|arrivals| Arrivals::new(arrivals, &takes, now, file.seed)),
            lists: 0,
            made: 0,
        };
        Self(Arc::new(Shared {
            clock,
            arn: arn.unwrap_or_else(|| format!("arn:aws:iam::{account}:user/demo")),
            account,
            takes,
            seed: file.seed,
            tasks: Mutex::new(tasks),
        }))
    }

    /// Takes a task away at once, as if EC2 no longer listed it.
    pub fn remove(&self, id: &str) -> Result<(), NoSuchTask> {
        let (mut tasks, now) = self.tasks();
        let index = tasks
            .position(id, now)
            .ok_or_else(|| NoSuchTask(id.to_owned()))?;
        tasks.all.remove(index);
        Ok(())
    }

    /// Puts a task into a state, where it stays until it is cancelled or put into another. The
    /// word may be one that EC2 does not document; such a state takes no cancel.
    pub fn set_state(&self, id: &str, state: &str) -> Result<(), NoSuchTask> {
        let (mut tasks, now) = self.tasks();
        let index = tasks
            .position(id, now)
            .ok_or_else(|| NoSuchTask(id.to_owned()))?;
        tasks.all[index].set_state(state, now);
        Ok(())
    }

    /// Adds the tasks of a world, given as the JSON of its file, as if it began now.
    pub fn add(&self, world: &World) {
        let (mut tasks, now) = self.tasks();
        let takes = file::with(&self.0.takes, &world.0.takes);
        let added = world
            .0
            .tasks
            .iter()
            .map(|task| Task::present(task, &takes, now));
        tasks.all.extend(added);
    }

    /// The account, the ARN and the ID of the caller.
    pub(in crate::endpoint) fn caller(&self) -> Identity<'_> {
        Identity {
            arn: &self.0.arn,
            user_id: USER_ID,
            account: &self.0.account,
        }
    }

    /// Shows `answer` every task listed, as the world was `stale` ago, in no particular order.
    pub(in crate::endpoint) fn describe<R>(
        &self,
        stale: SignedDuration,
        answer: impl FnOnce(Vec<TaskView<'_>>) -> R,
    ) -> R {
        let (mut tasks, now) = self.tasks();
        let now = before(now, stale);
        tasks.lists += 1;
        let order = self.0.seed ^ tasks.lists;
        let mut views: Vec<_> = tasks.all.iter().filter_map(|task| task.at(now)).collect();
        // AWS: "Applications should not assume the elements appear in a particular order."
        fastrand::Rng::with_seed(order).shuffle(&mut views);
        answer(views)
    }

    /// Cancels a task, if its state takes that, and shows `answer` what it has become.
    pub(in crate::endpoint) fn cancel<R>(
        &self,
        id: &str,
        answer: impl FnOnce(TaskView<'_>) -> R,
    ) -> Result<R, CancelRefused> {
        let (mut tasks, now) = self.tasks();
        let index = tasks.position(id, now).ok_or(CancelRefused::NoSuchTask)?;
        let task = &mut tasks.all[index];
        if !task.state_at(now).is_some_and(TaskState::takes_cancel) {
            let state = task.at(now).map(|view| view.state.to_owned());
            return Err(state.map_or(CancelRefused::NoSuchTask, CancelRefused::State));
        }
        task.cancel(now);
        task.at(now).map(answer).ok_or(CancelRefused::NoSuchTask)
    }

    /// Starts a task, if the instance has none under way, and shows `answer` the new one.
    pub(in crate::endpoint) fn bundle<R>(
        &self,
        instance_id: &str,
        storage: Storage,
        answer: impl FnOnce(TaskView<'_>) -> R,
    ) -> Option<R> {
        let (mut tasks, now) = self.tasks();
        if tasks.all.iter().any(|task| task.occupies(instance_id, now)) {
            return None;
        }
        let id = tasks.unused_id(self.0.seed);
        tasks.forget(now);
        let instance_id = instance_id.to_owned();
        tasks.all.push(Task::asked_for(
            id,
            instance_id,
            storage,
            &self.0.takes,
            now,
        ));
        tasks.all.last()?.at(now).map(answer)
    }

    /// The tasks, brought up to now, and now.
    fn tasks(&self) -> (MutexGuard<'_, Tasks>, Timestamp) {
        let mut tasks = self.0.tasks.lock().unwrap_or_else(PoisonError::into_inner);
        // Read under the lock: whoever comes later sees no earlier time.
        let now = self.0.clock.now();
        tasks.arrive(now);
        (tasks, now)
    }
}

impl Tasks {
    fn position(&self, id: &str, now: Timestamp) -> Option<usize> {
        let is_it = |task: &Task| task.bundle_id == id && task.at(now).is_some();
        self.all.iter().position(is_it)
    }

    fn arrive(&mut self, now: Timestamp) {
        let due = self.arrivals.as_mut().map(|arrivals| arrivals.due(now));
        if let Some(due) = due.filter(|due| !due.is_empty()) {
            self.forget(now);
            self.all.extend(due);
        }
    }

    /// Forgets the tasks that were over some time ago.
    fn forget(&mut self, now: Timestamp) {
        let then = before(now, MEMORY);
        self.all
            .retain(|task| task.at(then).is_some() || task.at(now).is_some());
    }

    fn unused_id(&mut self, seed: u64) -> String {
        loop {
            self.made += 1;
            let id = arrivals::bundle_id(!seed, self.made);
            if self.all.iter().all(|task| task.bundle_id != id) {
                return id;
            }
        }
    }
}
