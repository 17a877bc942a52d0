//! The dialogs: the state of each one. Each is drawn in a file of its own.

mod centered_box;
pub mod confirm;
pub mod help;
pub mod outcome;

use crate::ec2::Ec2Error;
use crate::monitor::{CancelId, LookupResult, NotSent};
use crate::task::BundleId;

/// What covers the screen.
#[derive(Debug)]
#[expect(clippy::large_enum_variant, reason = "there is one at a time")]
pub enum Dialog {
    /// Whether to cancel a task.
    Confirm(Confirm),
    /// The outcome of a cancel.
    Outcome(CancelOutcome),
    /// The keys.
    Help {
        /// Lines scrolled.
        scroll: u16,
    },
}

/// The dialog that asks before a cancel. It holds the task's ID; what it shows of the task is looked
/// up when it is drawn.
#[derive(Debug)]
pub struct Confirm {
    /// The task.
    pub id: BundleId,
    /// The button in focus.
    pub focus: Button,
    /// Why the last confirming key did nothing.
    pub warning: Option<Warning>,
}

/// A button of the dialog that asks before a cancel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Button {
    /// Keeps the task.
    KeepTask,
    /// Cancels the task.
    CancelTask,
}

/// Why a confirming key did nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Warning {
    /// It came too early to be meant for the dialog.
    TooEarly,
    /// The dry run was denied, so EC2 would refuse.
    Denied,
}

impl Confirm {
    /// A dialog that asks whether to cancel this task.
    pub fn new(id: BundleId) -> Self {
        Self {
            id,
            focus: Button::KeepTask,
            warning: None,
        }
    }
}

impl Button {
    /// The other button.
    #[must_use]
    pub fn other(self) -> Self {
        match self {
            Self::KeepTask => Self::CancelTask,
            Self::CancelTask => Self::KeepTask,
        }
    }
}

/// The outcome of a cancel that did not simply succeed.
#[derive(Debug)]
pub struct CancelOutcome {
    /// Which cancel it was.
    pub cancel: CancelId,
    /// The task.
    pub id: BundleId,
    /// The account and region it was sent to, if the tasks on the screen are now those of another.
    pub elsewhere: Option<String>,
    /// The outcome of its cancel.
    pub result: CancelResult,
}

/// What became of a cancel.
#[derive(Debug)]
pub enum CancelResult {
    /// It did not reach EC2.
    NotSent(NotSent),
    /// EC2 refused.
    Refused(Ec2Error),
    /// It was sent and its answer was lost.
    AnswerLost {
        /// How it was lost.
        error: Ec2Error,
        /// What EC2 said when asked for the task afterwards; `None` until it has answered.
        looked_up: Option<LookupResult>,
    },
}

impl CancelOutcome {
    /// Records what EC2 said about the task.
    pub fn looked_up(&mut self, found: LookupResult) {
        if let CancelResult::AnswerLost { looked_up, .. } = &mut self.result {
            *looked_up = Some(found);
        }
    }
}
