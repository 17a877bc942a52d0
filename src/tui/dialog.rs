//! The dialogs: the state of each one. Each is drawn in a file of its own.

pub mod cancels;
mod centered_box;
pub mod confirm;
pub mod confirm_typed;
pub mod help;
pub mod menu;
pub mod outcome;
pub mod overwrite;
pub mod palette;
pub mod quit;
pub mod scrolled;

use std::sync::Arc;

use crate::ec2::Ec2Error;
use crate::monitor::{CancelId, LookupResult, NotSent, Place};
use crate::task::{BundleId, State};
use crate::tui::export::Export;
pub use cancels::CancelBatch;
pub use confirm_typed::ConfirmTyped;
pub use menu::{Choice, Menu, MenuEntry};
pub use palette::{Command, Palette};

/// What covers the screen.
#[derive(Debug)]
pub enum Dialog {
    /// Whether to cancel a task.
    Confirm(Confirm),
    /// Whether to cancel tasks, by typing what to cancel.
    ConfirmTyped(ConfirmTyped),
    /// What became of several cancels.
    Cancels,
    /// Whether to quit while cancels are under way.
    Quit,
    /// The outcome of a cancel.
    Outcome(CancelOutcome),
    /// The keys.
    Help {
        /// Lines scrolled.
        scroll: u16,
    },
    /// A choice.
    Menu(Menu),
    /// Every command.
    Palette(Palette),
    /// Whether to replace a file by an export.
    Overwrite(Export),
}

/// How a cancel of one task is confirmed. Several tasks are always confirmed by their number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum, schemars::JsonSchema)]
#[schemars(rename_all = "kebab-case")]
pub enum Confirmation {
    /// By a key.
    #[default]
    YesNo,
    /// By typing the end of the task's ID.
    Typed,
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
    /// Where the task is.
    pub place: Arc<Place>,
    /// The outcome of its cancel.
    pub result: CancelResult,
}

/// What became of a cancel.
#[derive(Debug)]
pub enum CancelResult {
    /// EC2 accepted it, and the list does not show the task.
    Accepted,
    /// It did not reach EC2.
    NotSent(NotSent),
    /// EC2 refused.
    Refused(Ec2Error),
    /// This is what EC2 reports: after a lost answer, or a minute after a cancel that had no effect.
    Settled(State),
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

    /// Where the task is, if that is not the place of the tasks on the screen.
    pub fn elsewhere(&self, on_screen: Option<&Place>) -> Option<&Place> {
        elsewhere(&self.place, on_screen)
    }

    /// The outcome in a sentence, to be read after the program has ended; `None` for a lost answer that
    /// the monitor's own message names. `on_screen` is the place of the tasks on the screen.
    pub fn sentence(&self, on_screen: Option<&Place>) -> Option<String> {
        sentence(&self.id, &self.place, &self.result, on_screen)
    }
}

/// The place, if it is not that of the tasks on the screen.
fn elsewhere<'p>(place: &'p Place, on_screen: Option<&Place>) -> Option<&'p Place> {
    let is_here = on_screen.is_some_and(|on_screen| on_screen.is(place));
    (!is_here).then_some(place)
}

/// See [`CancelOutcome::sentence`].
fn sentence(
    id: &BundleId,
    place: &Place,
    result: &CancelResult,
    on_screen: Option<&Place>,
) -> Option<String> {
    let outcome = match result {
        CancelResult::Accepted => "was accepted".to_owned(),
        CancelResult::NotSent(NotSent::NotCancellable(reason)) => {
            format!("was not sent: {reason}")
        }
        CancelResult::NotSent(NotSent::RecheckFailed(error) | NotSent::RequestFailed(error)) => {
            format!("was not sent: {}", error.summary())
        }
        CancelResult::Refused(error) => format!("was refused: {}", error.summary()),
        CancelResult::Settled(state)
        | CancelResult::AnswerLost {
            looked_up: Some(LookupResult::State(state)),
            ..
        } => format!("was sent: EC2 now reports {state}"),
        CancelResult::AnswerLost { .. } => return None,
    };
    let place = elsewhere(place, on_screen);
    let place = place.map_or_else(String::new, |place| format!(" ({place})"));
    let end = if outcome.ends_with('.') { "" } else { "." };
    Some(format!("The cancel of {id}{place} {outcome}{end}"))
}
