//! The states of a cancel: confirmed, task described again, sent, answered. The steps between them are
//! in `scope/cancel_steps.rs`.
//!
//! The effect of a cancel in each state is not documented, so this code reports only what EC2 said.
//! A cancel whose response was lost is treated as neither done nor failed until a newer description of
//! the task tells: see [`Cancel::settlement`].

use std::sync::Arc;
use std::time::Duration;

use jiff::SignedDuration;
use thiserror::Error;

use super::event::Now;
use super::place::Place;
use super::transition::{CancelChange, Change, Verdict};
use crate::ec2::AccessKeyId;
use crate::task::{BundleId, BundleTask, Phase, State};

/// How long after a cancel EC2 may still return descriptions from before it: EC2 is eventually
/// consistent. Only a request sent later shows that a task simply goes on.
pub(super) const CONSISTENT_AFTER: Duration = Duration::from_secs(60);

/// Identifies a cancel in its scope. A task can be cancelled a second time after the first cancel failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CancelId(pub(super) u64);

impl CancelId {
    /// The first one of a scope.
    pub const FIRST: Self = Self(1);

    /// Counts the cancels of a scope.
    pub fn number(self) -> u64 {
        self.0
    }
}

/// How far a cancel requested here has come. It is separate from EC2's state of the task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CancelState {
    /// A person confirmed it; it waits for its turn.
    Queued,
    /// The task is described again before the cancel is sent.
    Checking,
    /// It was sent.
    Sent,
    /// EC2 accepted it.
    Accepted,
    /// It was sent and its response was lost: the outcome is unknown.
    AnswerLost,
    /// Its response was lost, and EC2 has reported since that the task is being cancelled or has ended.
    Settled,
}

/// Why a task cannot be cancelled now.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum NotCancellable {
    /// EC2 does not list it.
    #[error("EC2 no longer lists this task")]
    NotListed,
    /// It was cancelled, and EC2 no longer lists it.
    #[error("EC2 accepted the cancel of this task and no longer lists it")]
    AcceptedAndNotListed,
    /// A task without an ID cannot be named in the request.
    #[error("EC2 sent no ID with this task")]
    NoId,
    /// It is complete or being cancelled.
    #[error("the task is already {0}")]
    Already(State),
    /// It has failed.
    #[error("the task has already {0}")]
    Failed(State),
    /// Only one cancel at a time is allowed.
    #[error("a cancel of this task is already requested")]
    Requested,
    /// The outcome of an earlier cancel is unknown.
    #[error("an earlier cancel of this task is still unanswered")]
    EarlierAnswerLost,
    /// The list may be out of date.
    #[error("EC2 can't be reached, and this list is old")]
    Offline,
    /// The list may be out of date.
    #[error("the last poll failed, and this list is old")]
    Stale,
    /// A cancel confirmed on the old connection is not sent on the new one, which may differ.
    #[error("the connection to EC2 was made anew meanwhile")]
    Reconnected,
    /// The cancel was confirmed for a task of another account or region.
    #[error("the credentials or the region changed meanwhile")]
    PlaceChanged,
    /// The settings say since that nothing is to be cancelled.
    #[error("the settings refuse cancels now")]
    ReadOnly,
    /// The requests are signed with new credentials, and whose they are could not be learned.
    #[error("the credentials changed meanwhile, and their account is not known")]
    AccountNotKnown,
}

impl NotCancellable {
    /// The reason as a sentence. A task that is gone leaves nothing to cancel.
    pub fn sentence(&self) -> String {
        match self {
            Self::NotListed | Self::AcceptedAndNotListed => format!("Nothing to cancel: {self}."),
            Self::NoId
            | Self::Already(_)
            | Self::Failed(_)
            | Self::Requested
            | Self::EarlierAnswerLost
            | Self::Offline
            | Self::Stale
            | Self::Reconnected
            | Self::PlaceChanged
            | Self::ReadOnly
            | Self::AccountNotKnown => format!("Not cancelled: {self}."),
        }
    }

    /// Why the state of a task does not allow a cancel, if it does not. Undocumented states are
    /// left to EC2 to judge.
    pub(super) fn for_state(state: &State) -> Option<Self> {
        match state.phase() {
            Phase::Complete | Phase::Cancelling => Some(Self::Already(state.clone())),
            Phase::Failed => Some(Self::Failed(state.clone())),
            Phase::Pending
            | Phase::WaitingForShutdown
            | Phase::Bundling
            | Phase::Storing
            | Phase::Unknown => None,
        }
    }
}

/// A cancel that a person confirmed.
#[derive(Clone, Debug)]
pub(super) struct Cancel {
    pub id: CancelId,
    pub bundle_id: BundleId,
    /// Where the task was, as the person saw it.
    pub place: Arc<Place>,
    /// The key that signed the list that the person saw.
    pub key: Option<AccessKeyId>,
    /// How often EC2 has throttled it.
    pub throttled: u32,
    /// When it was sent, in time since the program started.
    pub sent_at: Option<Duration>,
    /// Whether EC2 has reported since that the task is being cancelled.
    pub is_cancelling_seen: bool,
    /// What became of it.
    pub verdict: Option<Verdict>,
    pub step: Step,
}

/// How far a cancel has come, with what the next step needs.
#[derive(Clone, Debug)]
pub(super) enum Step {
    /// It waits for its turn.
    Queued,
    /// The task is being described again.
    Rechecking,
    /// The task was described again, with a key that is not identified yet.
    AwaitingIdentity {
        key: AccessKeyId,
        recheck: Box<Recheck>,
    },
    /// It was sent.
    Sent,
    /// EC2 accepted it at this time since the program started.
    Accepted(Duration),
    /// Its answer was lost at this time since the program started.
    AnswerLost(Duration),
    /// After its answer was lost, EC2 reported this state, in answer to a request sent at `at`, in time
    /// since the program started.
    Settled { state: State, at: Duration },
}

/// What a description means for a cancel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Settlement {
    /// EC2 reports that the task is being cancelled or has ended.
    Settled,
    /// The task goes on: the cancel had no effect.
    WithoutEffect,
    /// The cancel was settled long ago, and the task goes on all the same.
    Outdated,
}

/// What EC2 said when the task was described again.
#[derive(Clone, Debug)]
pub(super) struct Recheck {
    /// `None` if EC2 does not list it.
    pub task: Option<BundleTask>,
    /// The number of the request.
    pub request: u64,
    /// When it was sent, in time since the program started.
    pub requested_at: Duration,
}

/// A task that is still being cancelled after this time is remarked.
const STILL_CANCELLING_AFTER: Duration = Duration::from_mins(10);

impl Cancel {
    /// What a change of its task says of a cancel that was sent.
    pub fn follow(&mut self, change: &Change, now: Now) -> Option<CancelChange> {
        match self.step {
            Step::Accepted(_) | Step::AnswerLost(_) | Step::Settled { .. } => {}
            Step::Queued | Step::Rechecking | Step::AwaitingIdentity { .. } | Step::Sent => {
                return None;
            }
        }
        let verdict = match change {
            Change::State { to, .. } => match to.phase() {
                Phase::Cancelling if !self.is_cancelling_seen => {
                    self.is_cancelling_seen = true;
                    let after = self.time_since_sent(now);
                    return Some(CancelChange::Cancelling { after });
                }
                Phase::Complete => Verdict::Completed,
                Phase::Failed => Verdict::Failed,
                Phase::Pending
                | Phase::WaitingForShutdown
                | Phase::Bundling
                | Phase::Storing
                | Phase::Cancelling
                | Phase::Unknown => return None,
            },
            Change::NoLongerListed => Verdict::NoLongerListed,
            Change::Appeared { .. }
            | Change::Progress { .. }
            | Change::Stalled { .. }
            | Change::Error(_)
            | Change::ListedAgain
            | Change::Cancel(..) => return None,
        };
        let is_first = matches!(self.verdict, None | Some(Verdict::StillCancelling));
        is_first.then(|| self.conclude(verdict, now))
    }

    fn conclude(&mut self, verdict: Verdict, now: Now) -> CancelChange {
        self.verdict = Some(verdict);
        let after = self.time_since_sent(now);
        CancelChange::Verdict { verdict, after }
    }

    /// When the task has been cancelling for so long that it is remarked, in time since the program started.
    pub fn still_cancelling_at(&self) -> Option<Duration> {
        let is_waiting = self.is_cancelling_seen && self.verdict.is_none();
        Some(self.sent_at.filter(|_| is_waiting)? + STILL_CANCELLING_AFTER)
    }

    /// Remarks that the task is still being cancelled, if it is time.
    pub fn remark_still_cancelling(&mut self, now: Now) -> Option<CancelChange> {
        let is_due = self.still_cancelling_at().is_some_and(|at| at <= now.mono);
        is_due.then(|| self.conclude(Verdict::StillCancelling, now))
    }

    fn time_since_sent(&self, now: Now) -> SignedDuration {
        let sent_at = self.sent_at.unwrap_or(now.mono);
        let after = now.mono.saturating_sub(sent_at);
        SignedDuration::try_from(after).unwrap_or(SignedDuration::MAX)
    }

    /// Its state.
    pub fn state(&self) -> CancelState {
        match self.step {
            Step::Queued => CancelState::Queued,
            Step::Rechecking | Step::AwaitingIdentity { .. } => CancelState::Checking,
            Step::Sent => CancelState::Sent,
            Step::Accepted(_) => CancelState::Accepted,
            Step::AnswerLost(_) => CancelState::AnswerLost,
            Step::Settled { .. } => CancelState::Settled,
        }
    }

    /// What a description of the task, requested at `requested_at`, means for the cancel.
    ///
    /// | state of the task             | the answer was lost           | EC2 accepted the cancel       |
    /// |-------------------------------|-------------------------------|-------------------------------|
    /// | cancelling, complete, failed  | settled                       | nothing new                   |
    /// | pending … storing             | without effect, if requested [`CONSISTENT_AFTER`] | the same  |
    /// | undocumented                  | nothing                       | nothing                       |
    pub fn settlement(&self, task: &BundleTask, requested_at: Duration) -> Option<Settlement> {
        let is_consistent = |since: Duration| requested_at >= since + CONSISTENT_AFTER;
        match (&self.step, task.state.phase()) {
            (Step::AnswerLost(at), Phase::Cancelling | Phase::Complete | Phase::Failed) => {
                (requested_at >= *at).then_some(Settlement::Settled)
            }
            (
                Step::AnswerLost(at) | Step::Accepted(at),
                Phase::Pending | Phase::WaitingForShutdown | Phase::Bundling | Phase::Storing,
            ) => is_consistent(*at).then_some(Settlement::WithoutEffect),
            (
                Step::Settled { at, .. },
                Phase::Pending | Phase::WaitingForShutdown | Phase::Bundling | Phase::Storing,
            ) => is_consistent(*at).then_some(Settlement::Outdated),
            (
                Step::Accepted(_) | Step::Settled { .. },
                Phase::Cancelling | Phase::Complete | Phase::Failed,
            )
            | (Step::Accepted(_) | Step::AnswerLost(_) | Step::Settled { .. }, Phase::Unknown)
            | (Step::Queued | Step::Rechecking | Step::AwaitingIdentity { .. } | Step::Sent, _) => {
                None
            }
        }
    }
}
