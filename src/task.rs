//! A bundle task as EC2 describes it.
//!
//! Pure data: no SDK, no terminal, no clock. The members and their order are those of EC2's
//! `BundleTask` (API version 2016-11-15); any of them may be absent from a response.

pub mod json;
pub mod policy;
pub mod progress;

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use jiff::Timestamp;

pub use json::SecretsShown;
pub use policy::{PolicyError, UploadPolicy};
pub use progress::Progress;

/// The ID of a bundle task, such as `bun-2a4e041c`, exactly as EC2 sent it.
///
/// Cheap to clone: lists, maps and messages use it as well as the task itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BundleId(Arc<str>);

impl BundleId {
    /// Wraps an ID. Nothing is checked: EC2 decides what a valid one is.
    pub fn new(id: impl Into<Arc<str>>) -> Self {
        Self(id.into())
    }

    /// The ID as EC2 wrote it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for BundleId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// One bundle task.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BundleTask {
    /// The ID of the instance being bundled.
    pub instance_id: Option<String>,
    /// The ID of the task. Empty only if EC2 left it out.
    pub bundle_id: BundleId,
    /// The state, as EC2 names it.
    pub state: State,
    /// When the task started.
    pub start_time: Option<Timestamp>,
    /// When EC2 last updated the task.
    pub update_time: Option<Timestamp>,
    /// Where the bundle goes in Amazon S3.
    pub storage: Option<S3Storage>,
    /// How far the task has progressed.
    pub progress: Option<Progress>,
    /// Why the task failed.
    pub error: Option<TaskError>,
    /// The members that EC2 sent in an unreadable form. They are `None` above.
    pub unreadable: Vec<Unreadable>,
}

/// A member that EC2 sent in a form that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unreadable {
    /// Which member.
    pub member: ParsedMember,
    /// The first [`MAX_UNREADABLE_CHARS`] characters that EC2 sent.
    pub text: String,
}

/// The maximum number of characters kept of an unreadable member.
pub const MAX_UNREADABLE_CHARS: usize = 40;

/// A member of a task whose text is parsed, and so can be malformed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ParsedMember {
    /// `StartTime`: a time with its zone.
    StartTime,
    /// `UpdateTime`: a time with its zone.
    UpdateTime,
    /// `UploadPolicy`: Base64.
    UploadPolicy,
}

impl BundleTask {
    /// Records that a member cannot be read.
    pub fn add_unreadable(&mut self, member: ParsedMember, text: &str) {
        let text = text.chars().take(MAX_UNREADABLE_CHARS).collect();
        self.unreadable.push(Unreadable { member, text });
    }

    /// What EC2 sent for a member that cannot be read.
    pub fn unreadable(&self, member: ParsedMember) -> Option<&str> {
        let found = self.unreadable.iter().find(|other| other.member == member);
        found.map(|unreadable| unreadable.text.as_str())
    }

    /// The `ImageLocation` that `RegisterImage` takes once the task is complete, with its scheme:
    /// `s3://bucket/prefix.manifest.xml`. `None` without both a bucket and a prefix.
    pub fn manifest(&self) -> Option<String> {
        let storage = self.storage.as_ref()?;
        let (bucket, prefix) = (storage.bucket.as_ref()?, storage.prefix.as_ref()?);
        Some(format!("s3://{bucket}/{prefix}.manifest.xml"))
    }
}

/// An Amazon S3 storage location.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct S3Storage {
    /// The access key ID of the owner of the bucket. Show it masked: [`mask_access_key_id`].
    pub aws_access_key_id: Option<String>,
    /// The bucket in which the AMI is stored.
    pub bucket: Option<String>,
    /// The beginning of the file name of the AMI.
    pub prefix: Option<String>,
    /// The upload policy, decoded from Base64.
    pub upload_policy: Option<Vec<u8>>,
    /// The signature of the Base64-encoded policy.
    pub upload_policy_signature: Option<Secret>,
}

impl S3Storage {
    /// `bucket/prefix`, or whichever part is present.
    pub fn path(&self) -> String {
        let parts: Vec<_> = [&self.bucket, &self.prefix].into_iter().flatten().collect();
        parts
            .into_iter()
            .map(String::as_str)
            .collect::<Vec<_>>()
            .join("/")
    }
}

/// Why a task failed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TaskError {
    /// The error code, such as `Client.S3Error`.
    pub code: Option<String>,
    /// The error message.
    pub message: Option<String>,
}

impl fmt::Display for TaskError {
    /// `code: message`, or whichever part is present.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.code, &self.message) {
            (Some(code), Some(message)) => write!(f, "{code}: {message}"),
            (Some(part), None) | (None, Some(part)) => f.write_str(part),
            (None, None) => Ok(()),
        }
    }
}

/// The state of a task: EC2's name for it, and what it means if it is documented.
///
/// The name is kept because undocumented states must be shown as received, and because EC2
/// writes `cancelling` in its documentation and `canceling` in its own sample response.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct State {
    name: Cow<'static, str>,
    phase: Phase,
}

impl State {
    /// The state with that name. Empty if EC2 left it out.
    pub fn new(name: &str) -> Self {
        let phase = Phase::of_state(name);
        if phase.as_str() == name {
            // Thousands of tasks share a few states, so their names are not stored each time.
            return phase.into();
        }
        Self {
            name: Cow::Owned(name.to_owned()),
            phase,
        }
    }

    /// EC2's name for the state.
    pub fn as_str(&self) -> &str {
        &self.name
    }

    /// What the state means.
    pub fn phase(&self) -> Phase {
        self.phase
    }
}

impl Default for State {
    /// The state of a task for which EC2 sent no state.
    fn default() -> Self {
        Self::new("")
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}

impl From<Phase> for State {
    fn from(phase: Phase) -> Self {
        Self {
            name: phase.as_str().into(),
            phase,
        }
    }
}

/// The states that EC2 documents, in lifecycle order, and one for all others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Phase {
    /// `pending`
    Pending,
    /// `waiting-for-shutdown`
    WaitingForShutdown,
    /// `bundling`
    Bundling,
    /// `storing`
    Storing,
    /// `cancelling`, or `canceling`
    Cancelling,
    /// `complete`
    Complete,
    /// `failed`
    Failed,
    /// Any other state.
    Unknown,
}

impl Phase {
    /// Every phase, in lifecycle order.
    pub const ALL: [Self; 8] = [
        Self::Pending,
        Self::WaitingForShutdown,
        Self::Bundling,
        Self::Storing,
        Self::Cancelling,
        Self::Complete,
        Self::Failed,
        Self::Unknown,
    ];

    /// The phases of a task that completes, in order.
    pub const LIFECYCLE: [Self; 5] = [
        Self::Pending,
        Self::WaitingForShutdown,
        Self::Bundling,
        Self::Storing,
        Self::Complete,
    ];

    fn of_state(name: &str) -> Self {
        match name {
            "pending" => Self::Pending,
            "waiting-for-shutdown" => Self::WaitingForShutdown,
            "bundling" => Self::Bundling,
            "storing" => Self::Storing,
            "cancelling" | "canceling" => Self::Cancelling,
            "complete" => Self::Complete,
            "failed" => Self::Failed,
            _ => Self::Unknown,
        }
    }

    /// EC2's documented name for the state; `unknown` for [`Phase::Unknown`].
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::WaitingForShutdown => "waiting-for-shutdown",
            Self::Bundling => "bundling",
            Self::Storing => "storing",
            Self::Cancelling => "cancelling",
            Self::Complete => "complete",
            Self::Failed => "failed",
            Self::Unknown => "unknown",
        }
    }

    /// Whether EC2 may still change the task by itself. True for an undocumented state: better one
    /// request too many than an outdated list.
    pub fn is_under_way(self) -> bool {
        match self {
            Self::Pending
            | Self::WaitingForShutdown
            | Self::Bundling
            | Self::Storing
            | Self::Cancelling
            | Self::Unknown => true,
            Self::Complete | Self::Failed => false,
        }
    }
}

/// A string that is never written to a screen or a log. Only [`Secret::expose`] returns it.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Wraps a secret.
    pub fn new(secret: impl Into<String>) -> Self {
        Self(secret.into())
    }

    /// The secret itself, for output that must contain it.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(not shown)")
    }
}

/// An access key ID with only its kind and its end visible: `AKIA••••••••MPLE`.
///
/// The first four letters say what kind of key it is (`AKIA` long-term, `ASIA` temporary), the last
/// four let its owner recognise it. IDs of twelve characters or fewer are fully masked.
pub fn mask_access_key_id(id: &str, mask: char) -> String {
    let count = id.chars().count();
    let shown = if count > 12 { 4 } else { 0 };
    id.chars()
        .enumerate()
        .map(|(i, c)| {
            if i < shown || i >= count - shown {
                c
            } else {
                mask
            }
        })
        .collect()
}
