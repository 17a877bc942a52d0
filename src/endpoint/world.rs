//! The world behind the endpoint: the bundle tasks of one account, and how they change over time.
//!
//! A [`World`] describes which tasks there are; a [`LiveWorld`] is the world that an endpoint runs.
//!
//! # The file
//!
//! A world is read from JSON. All members are optional, except a task's `bundleId`; an unknown
//! member is an error. Durations are strings such as `"90s"`, `"10m"`, `"1h30m"`. Members with EC2's
//! names have the values that EC2 returns.
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
//! - `account`, `arn`: what `GetCallerIdentity` returns.
//! - `seed`: determines what is chosen at random, such as the IDs of new tasks and the order of
//!   lists. The same seed gives the same results.
//! - `takes`: how long a task stays in each state; for the whole world, or in a task for that task
//!   only. With `"forever"` it stays there, its progress unchanged, until it is cancelled. For
//!   `complete` and `failed` it is how long the task remains listed.
//! - `state`, `progress`, `updated`: the task reached this state and progress that long before the
//!   world begins, and continues from there. `started`: how long before the world begins the task
//!   was started.
//! - `awsAccessKeyId`, `uploadPolicySignature`, and `uploadPolicy`: either a JSON object, which is
//!   sent in Base64, or a string, which is sent unchanged.
//! - `error`: `{"code": …, "message": …}`; the task ends as `failed` with it instead of `complete`.
//! - `arrivals`: after `first` and then after each `every`, the next task of the list is started,
//!   and the list repeats for as long as the world runs. The `bundleId` depends on the seed, and so
//!   does the `instanceId` if the task has none. `{n}` in the prefix is replaced by the number of
//!   the arrival, from 1.

mod arrivals;
mod caller;
mod check;
mod definition;
mod durations;
mod file;
mod generate;
mod ids;
mod live;
mod script;
mod task;
mod task_state;
mod values;

pub(super) use caller::CallerIdentity;
pub use definition::{World, WorldError};
pub(super) use live::CancelRefusal;
pub use live::{LiveWorld, NoSuchTask};
pub(super) use task::{BundleStorage, TaskView};
