//! What the state is told, and what it asks for.

use crossterm::event::Event;

use crate::ec2::{Ec2Error, Identity, Session};
use crate::task::{BundleId, BundleTask};

/// What happened.
#[derive(Debug)]
pub enum Msg {
    /// Everything the terminal sent since it was last looked at, in order.
    Input(Vec<Event>),
    /// A frame is on the screen.
    Drawn {
        /// How many lines of the open dialog did not fit.
        overflow: u16,
    },
    /// A time that [`State::next_tick`](super::State::next_tick) named has come.
    Tick,
    /// The settings were read and credentials looked for.
    Connected {
        /// The request's number.
        asked: u64,
        /// What was found.
        result: Result<Session, Ec2Error>,
    },
    /// The calls are signed with other keys than before, which may be somebody else's.
    KeysChanged,
    /// Whose credentials these are.
    Identified(Result<Identity, Ec2Error>),
    /// A poll was answered.
    Described {
        /// The request's number.
        asked: u64,
        /// The whole list, in EC2's order.
        result: Result<Vec<BundleTask>, Ec2Error>,
    },
    /// The dry run of a cancel was answered; `Ok` means that it would be permitted.
    DryRun {
        /// The task.
        id: BundleId,
        /// EC2's word.
        result: Result<(), Ec2Error>,
    },
    /// One task was looked at.
    Looked {
        /// The task.
        id: BundleId,
        /// What for.
        look: Look,
        /// The task, or `None` if EC2 does not list it.
        result: Result<Option<BundleTask>, Ec2Error>,
    },
    /// A cancel was answered.
    Cancelled {
        /// The task.
        id: BundleId,
        /// The task as EC2 returned it, if it did.
        result: Result<Option<BundleTask>, Ec2Error>,
    },
}

/// Why one task is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Look {
    /// To see whether its state still allows the cancel that was confirmed.
    BeforeCancel,
    /// To learn what became of a cancel whose answer was lost.
    AfterLostAnswer,
}

/// What is to be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Read the settings and find credentials.
    Connect {
        /// The number to answer with.
        asked: u64,
    },
    /// Ask whose credentials these are.
    Identify,
    /// Ask for the whole list.
    Describe {
        /// The number to answer with.
        asked: u64,
    },
    /// Ask whether a cancel would be permitted.
    DryRun(BundleId),
    /// Ask for one task.
    Look(BundleId, Look),
    /// Cancel.
    Cancel(BundleId),
    /// Leave to the shell until it brings us back.
    Suspend,
    /// End the program.
    Quit,
}
