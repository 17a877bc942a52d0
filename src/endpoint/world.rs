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
mod live;
mod task;

use std::path::Path;

use jiff::{SignedDuration, Timestamp};

pub use file::WorldError;
pub(super) use file::parse_span;
use file::{ArrivalsFile, Percent, Span, TaskFile, WorldFile};
use life::{Length, Takes, TaskState};
pub(super) use live::CancelRefused;
pub use live::{LiveWorld, NoSuchTask};
use task::Task;
pub(super) use task::{Storage, TaskView};

/// The world that is compiled in.
const BUILT_IN: &str = include_str!("../../assets/demo/default.json");

/// A world as a script: which tasks there are at the beginning, and which arrive.
#[derive(Clone, Debug, Default)]
pub struct World(WorldFile);

impl World {
    /// The world of the demo: every state, a failure, new tasks arriving.
    #[expect(
        clippy::missing_panics_doc,
        reason = "it cannot: a test reads the same file"
    )]
    pub fn built_in() -> Self {
        Self::from_json("default.json", BUILT_IN).expect("a test reads the same file")
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

    /// What its lots follow. The faults of an endpoint can follow it too.
    pub fn seed(&self) -> u64 {
        self.0.seed
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
