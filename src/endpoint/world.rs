//! The world behind the endpoint: the bundle tasks of one account, and how they fare over time.
//!
//! A [`World`] is a script, read from a file; a [`LiveWorld`] is one that an endpoint runs.
//!
//! # The file
//!
//! JSON. Every member may be left out, except a task's `bundleId`; a member that is not known is an
//! error. Lengths of time are strings such as `"90s"`, `"10m"`, `"1h30m"`. Members with EC2's names
//! are what EC2 answers.
//!
//! ```json
//! {
//!   "account": "123456789012",
//!   "arn": "arn:aws:iam::123456789012:user/demo",
//!   "seed": 1,
//!   "takes": { "pending": "30s", "storing": "8m", "cancelling": "20s", "complete": "1h" },
//!   "tasks": [
//!     {
//!       "bundleId": "bun-2a4e041c",
//!       "instanceId": "i-1a2b3c4d",
//!       "bucket": "bundletasks",
//!       "prefix": "winami",
//!       "state": "storing",
//!       "progress": "72%",
//!       "started": "12m",
//!       "updated": "3s",
//!       "takes": { "storing": "forever" }
//!     }
//!   ],
//!   "arrivals": { "every": "75s", "first": "20s", "tasks": [ { "prefix": "nightly-{n}" } ] }
//! }
//! ```
//!
//! - `takes`: how long a task stays in each state, for the world and, over that, for one task.
//!   `"forever"` keeps it there, its progress unmoved, until somebody cancels it. For `complete`
//!   and `failed` it is how long the task stays listed.
//! - `state`, `progress`, `updated`: the task came to this state and progress that long before the
//!   world begins, and goes on from there. `started`: how long before the world begins it was
//!   started.
//! - `awsAccessKeyId`, `uploadPolicySignature`, and `uploadPolicy`: a JSON object, which is sent in
//!   Base64, or a string, which is sent as it is.
//! - `error`: `{"code": …, "message": …}`; the task ends `failed` with it rather than `complete`.
//! - `arrivals`: every so often the next task of the list arrives, `pending`, for as long as the
//!   world runs. Its `bundleId` comes from the seed, and so does its `instanceId` if it names none;
//!   `{n}` in its prefix is its number, from 1.

mod arrivals;
mod file;
mod life;
mod task;

use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::{SignedDuration, Timestamp};
use thiserror::Error;

use super::clock::{Clock, before};
use arrivals::Arrivals;
pub use file::WorldError;
pub(super) use file::parse_span;
use file::{ArrivalsFile, Percent, Span, TaskFile, WorldFile};
use life::{Length, Takes, TaskState};
use task::Task;
pub(super) use task::{Storage, TaskView};

/// The world that is compiled in.
const BUILT_IN: &str = include_str!("../../assets/demo/default.json");

/// The user ID of the caller, as an example in AWS's documentation has it.
const USER_ID: &str = "AIDACKCEVSQ6C2EXAMPLE";
const ACCOUNT: &str = "123456789012";

/// Tasks that are over are kept this much longer, so that stale reads can still show them.
const MEMORY: SignedDuration = SignedDuration::from_mins(10);

/// A world as a script: which tasks there are at the beginning, and which arrive.
#[derive(Clone, Debug, Default)]
pub struct World(WorldFile);

impl World {
    /// The world of the demo: every state, a failure, new tasks arriving.
    pub fn built_in() -> Self {
        Self::from_json("default.json", BUILT_IN).expect("a test reads it")
    }

    /// Reads a world from a file.
    pub fn from_file(path: &Path) -> Result<Self, WorldError> {
        let json = std::fs::read_to_string(path).map_err(|source| WorldError::Unreadable {
            path: path.to_owned(),
            source,
        })?;
        Self::from_json(&path.display().to_string(), &json)
    }

    /// Reads a world from the JSON of its file; `name` is what errors call it.
    pub fn from_json(name: &str, json: &str) -> Result<Self, WorldError> {
        let file: WorldFile =
            serde_json::from_str(json).map_err(|error| WorldError::malformed(name, &error))?;
        let takes = file::with(&Takes::default(), &file.takes);
        let checked = check_tasks(&file.tasks, &takes).and_then(|()| {
            file.arrivals
                .as_ref()
                .map_or(Ok(()), |a| check_arrivals(a, &takes))
        });
        match checked {
            Ok(()) => Ok(Self(file)),
            Err(problem) => Err(WorldError::Contradiction {
                name: name.to_owned(),
                problem,
            }),
        }
    }

    /// A world of `count` tasks in all states, none of which changes within the hour: for
    /// benchmarks and load tests. The same seed gives the same world.
    pub fn of_size(count: usize, seed: u64) -> Self {
        let tasks = (0..)
            .take(count)
            .map(|number| plain_task(seed, number))
            .collect();
        Self(WorldFile {
            seed,
            tasks,
            ..WorldFile::default()
        })
    }

    /// The same world with another seed: other IDs arrive, and lists come in another order.
    #[must_use]
    pub fn with_seed(mut self, seed: u64) -> Self {
        self.0.seed = seed;
        self
    }
}

/// The task of that number in a world made for its size.
fn plain_task(seed: u64, number: u64) -> TaskFile {
    let index = usize::try_from(number % 7).expect("less than 7");
    let state = TaskState::ALL[index];
    let minutes = i64::try_from(number % 600).expect("less than 600");
    let percent = u8::try_from(number % 100).expect("less than 100");
    let error = || file::TaskError {
        code: "Client.S3Error".to_owned(),
        message: "AccessDenied(403)- Access Denied".to_owned(),
    };
    TaskFile {
        bundle_id: Some(arrivals::bundle_id(seed, number)),
        instance_id: Some(arrivals::instance_id(seed, number)),
        state: Some(state),
        progress: state.counts().then_some(Percent(percent)),
        started: Some(Span(SignedDuration::from_mins(minutes))),
        bucket: Some(format!("bucket-{}", number % 16)),
        prefix: Some(format!("windows/server-{number}")),
        error: (state == TaskState::Failed).then(error),
        takes: [(state, Length::Forever)].into(),
        ..TaskFile::default()
    }
}

/// A task must be, when the world begins, in the state that its file says.
fn check_tasks(tasks: &[TaskFile], takes: &Takes) -> Result<(), String> {
    for (index, file) in tasks.iter().enumerate() {
        let said = file.state.unwrap_or(TaskState::Pending);
        let task = Task::present(file, takes, Timestamp::UNIX_EPOCH);
        let found = task.state_at(Timestamp::UNIX_EPOCH);
        if found != Some(said) {
            let found = found.map_or("no longer listed", TaskState::word);
            return Err(format!(
                "task {} ({}): with this `updated`, its `{said}` would be over when the world \
                 begins, and the task {found}; allow `{said}` more in `takes`",
                index + 1,
                task.bundle_id,
                said = said.word(),
            ));
        }
    }
    Ok(())
}

/// Arrivals must end some time, and not come in such numbers that memory fills.
fn check_arrivals(arrivals: &ArrivalsFile, takes: &Takes) -> Result<(), String> {
    const MOST: i128 = 10_000;
    if arrivals.every.0 < SignedDuration::from_secs(1) {
        return Err("arrivals: `every` must be a second or more".to_owned());
    }
    if arrivals.tasks.is_empty() {
        return Err("arrivals: `tasks` must name a task or more".to_owned());
    }
    for (index, task) in arrivals.tasks.iter().enumerate() {
        let number = index + 1;
        let takes = file::with(takes, &task.takes);
        let Some(life) = takes.life(task.error.is_some()) else {
            return Err(format!(
                "arrivals: task {number}: a task that arrives cannot stay `forever`"
            ));
        };
        if life.as_nanos() / arrivals.every.0.as_nanos() > MOST {
            return Err(format!(
                "arrivals: task {number}: more than {MOST} tasks would be listed at once; \
                 let them arrive less often (`every`) or be over sooner (`takes`)"
            ));
        }
    }
    Ok(())
}

/// Why a task cannot be cancelled.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum CancelRefused {
    NoSuchTask,
    /// It is in this state, which takes no cancel.
    State(String),
}

/// Why the world cannot be changed as asked.
#[derive(Debug, Error)]
pub enum ChangeError {
    /// EC2 lists no task of that ID now.
    #[error("no task {0} is listed")]
    NoSuchTask(String),
    /// The JSON given is not that of a task.
    #[error(transparent)]
    World(#[from] WorldError),
}

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
    pub(super) fn begin(world: &World, clock: Clock) -> Self {
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
    pub fn remove(&self, id: &str) -> Result<(), ChangeError> {
        let (mut tasks, now) = self.tasks();
        let index = tasks
            .position(id, now)
            .ok_or_else(|| ChangeError::NoSuchTask(id.to_owned()))?;
        tasks.all.remove(index);
        Ok(())
    }

    /// Puts a task into a state, where it stays until it is cancelled or put into another. The
    /// word may be one that EC2 does not document; such a state takes no cancel.
    pub fn set_state(&self, id: &str, state: &str) -> Result<(), ChangeError> {
        let (mut tasks, now) = self.tasks();
        let index = tasks
            .position(id, now)
            .ok_or_else(|| ChangeError::NoSuchTask(id.to_owned()))?;
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
    pub(super) fn caller(&self) -> super::wire::Identity<'_> {
        super::wire::Identity {
            arn: &self.0.arn,
            user_id: USER_ID,
            account: &self.0.account,
        }
    }

    /// Shows `answer` every task listed, as the world was `stale` ago, in no particular order.
    pub(super) fn describe<R>(
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
    pub(super) fn cancel<R>(
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
    pub(super) fn bundle<R>(
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
