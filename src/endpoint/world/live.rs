//! A world that an endpoint runs: its tasks, and what clients and tests do to them.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use fastrand::Rng;
use jiff::{SignedDuration, Timestamp};
use thiserror::Error;

use super::arrivals::Arrivals;
use super::caller::CallerIdentity;
use super::definition::World;
use super::durations::StateDurations;
use super::ids;
use super::task::{BundleStorage, SimulatedTask, TaskView};
use super::task_state::TaskState;
use crate::endpoint::clock::Clock;
use crate::endpoint::time::saturating_sub;

/// How long tasks that are no longer listed are kept, so that stale reads can still show them.
const KEPT_AFTER_UNLISTED: SignedDuration = SignedDuration::from_mins(10);

/// Why a task cannot be cancelled.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::endpoint) enum CancelRefusal {
    NoSuchTask,
    /// The task is in a state in which tasks cannot be cancelled.
    NotCancellable {
        /// EC2's name for the state.
        state: String,
    },
}

/// No task with this ID is listed now.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("no task {0} is listed")]
pub struct NoSuchTask(pub String);

/// A world that an endpoint runs. Cheap to clone; clones share the same world.
///
/// The public methods change it directly, without a request, for tests.
#[derive(Clone, Debug)]
pub struct LiveWorld(Arc<WorldState>);

#[derive(Debug)]
struct WorldState {
    clock: Clock,
    caller: CallerIdentity,
    durations: StateDurations,
    seed: u64,
    tasks: Mutex<LiveTasks>,
}

#[derive(Debug)]
struct LiveTasks {
    tasks: Vec<SimulatedTask>,
    arrivals: Option<Arrivals>,
    /// How many lists were returned. Each list is in a different order.
    list_count: u64,
    /// How many IDs were generated for `BundleInstance`.
    generated_ids: u64,
}

impl LiveWorld {
    /// Begins the world now.
    pub(in crate::endpoint) fn begin(world: &World, clock: Clock) -> Self {
        let now = clock.now();
        let file = world.file();
        let durations = StateDurations::default().with_overrides(&file.durations);
        let initial = |task| SimulatedTask::initial(task, &durations, now);
        let arrivals = file.arrivals.as_ref();
        let tasks = LiveTasks {
            tasks: file.tasks.iter().map(initial).collect(),
            arrivals: arrivals.map(|arrivals| Arrivals::new(arrivals, &durations, now, file.seed)),
            list_count: 0,
            generated_ids: 0,
        };
        Self(Arc::new(WorldState {
            clock,
            caller: CallerIdentity::new(file),
            durations,
            seed: file.seed,
            tasks: Mutex::new(tasks),
        }))
    }

    /// Removes a task at once, as if EC2 no longer listed it.
    pub fn remove(&self, id: &str) -> Result<(), NoSuchTask> {
        let (mut tasks, now) = self.lock_tasks();
        let index = tasks.index_of(id, now)?;
        tasks.tasks.remove(index);
        Ok(())
    }

    /// Puts a task into a state, where it stays until it is cancelled or put into another state.
    /// The state can be one that EC2 does not document; a task in such a state cannot be cancelled.
    pub fn set_state(&self, id: &str, state: &str) -> Result<(), NoSuchTask> {
        let (mut tasks, now) = self.lock_tasks();
        let index = tasks.index_of(id, now)?;
        tasks.tasks[index].set_state(state, now);
        Ok(())
    }

    /// Adds the tasks that another world has at its beginning, as if it began now.
    pub fn add(&self, world: &World) {
        let (mut tasks, now) = self.lock_tasks();
        let file = world.file();
        let durations = self.0.durations.with_overrides(&file.durations);
        let initial = |task| SimulatedTask::initial(task, &durations, now);
        tasks.tasks.extend(file.tasks.iter().map(initial));
    }

    /// The caller, as `GetCallerIdentity` returns it.
    pub(in crate::endpoint) fn caller(&self) -> &CallerIdentity {
        &self.0.caller
    }

    /// Calls `respond` with all tasks that were listed `staleness` ago, in random order, and
    /// returns its result.
    pub(in crate::endpoint) fn describe<R>(
        &self,
        staleness: SignedDuration,
        respond: impl FnOnce(Vec<TaskView<'_>>) -> R,
    ) -> R {
        let (mut tasks, now) = self.lock_tasks();
        let time = saturating_sub(now, staleness);
        tasks.list_count += 1;
        let order_seed = self.0.seed ^ tasks.list_count;
        let views = tasks.tasks.iter().filter_map(|task| task.view_at(time));
        let mut views: Vec<_> = views.collect();
        // AWS: "Applications should not assume the elements appear in a particular order."
        Rng::with_seed(order_seed).shuffle(&mut views);
        respond(views)
    }

    /// Cancels a task, calls `respond` with the task as it is then, and returns its result.
    pub(in crate::endpoint) fn cancel<R>(
        &self,
        id: &str,
        respond: impl FnOnce(TaskView<'_>) -> R,
    ) -> Result<R, CancelRefusal> {
        let no_such_task = |_| CancelRefusal::NoSuchTask;
        let (mut tasks, now) = self.lock_tasks();
        let index = tasks.index_of(id, now).map_err(no_such_task)?;
        let task = &mut tasks.tasks[index];
        if !task.state_at(now).is_some_and(TaskState::is_cancellable) {
            let view = task.view_at(now).ok_or(CancelRefusal::NoSuchTask)?;
            return Err(CancelRefusal::NotCancellable {
                state: view.state.to_owned(),
            });
        }
        task.cancel(now);
        let view = task.view_at(now).ok_or(CancelRefusal::NoSuchTask)?;
        Ok(respond(view))
    }

    /// Starts a task for an instance, calls `respond` with it, and returns the result. `None` if
    /// the instance has a task under way.
    pub(in crate::endpoint) fn start_task<R>(
        &self,
        instance_id: &str,
        storage: BundleStorage,
        respond: impl FnOnce(TaskView<'_>) -> R,
    ) -> Option<R> {
        let (mut tasks, now) = self.lock_tasks();
        let occupies = |task: &SimulatedTask| task.occupies(instance_id, now);
        if tasks.tasks.iter().any(occupies) {
            return None;
        }
        let bundle_id = tasks.generate_unused_id(self.0.seed);
        tasks.drop_ended(now);
        let instance_id = instance_id.to_owned();
        let durations = &self.0.durations;
        let task = SimulatedTask::requested(bundle_id, instance_id, storage, durations, now);
        tasks.tasks.push(task);
        tasks.tasks.last()?.view_at(now).map(respond)
    }

    /// Locks the tasks, adds those that have arrived, and returns the current time.
    fn lock_tasks(&self) -> (MutexGuard<'_, LiveTasks>, Timestamp) {
        let mut tasks = self.0.tasks.lock().unwrap_or_else(PoisonError::into_inner);
        // Read while the lock is held, so that the next caller never sees an earlier time.
        let now = self.0.clock.now();
        tasks.add_arrivals(now);
        (tasks, now)
    }
}

impl LiveTasks {
    /// The index of the task with that ID, if it is listed at `now`.
    fn index_of(&self, id: &str, now: Timestamp) -> Result<usize, NoSuchTask> {
        let has_id = |task: &SimulatedTask| task.bundle_id == id && task.view_at(now).is_some();
        let index = self.tasks.iter().position(has_id);
        index.ok_or_else(|| NoSuchTask(id.to_owned()))
    }

    fn add_arrivals(&mut self, now: Timestamp) {
        let Some(arrivals) = &mut self.arrivals else {
            return;
        };
        let due = arrivals.take_due(now);
        if !due.is_empty() {
            self.drop_ended(now);
            self.tasks.extend(due);
        }
    }

    /// Drops the tasks that have not been listed for some time.
    fn drop_ended(&mut self, now: Timestamp) {
        let earlier = saturating_sub(now, KEPT_AFTER_UNLISTED);
        self.tasks
            .retain(|task| task.view_at(earlier).is_some() || task.view_at(now).is_some());
    }

    fn generate_unused_id(&mut self, seed: u64) -> String {
        loop {
            self.generated_ids += 1;
            // The inverted seed keeps these IDs apart from those of arrivals.
            let id = ids::bundle_id(!seed, self.generated_ids);
            if self.tasks.iter().all(|task| task.bundle_id != id) {
                return id;
            }
        }
    }
}
