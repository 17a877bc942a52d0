//! The monitor: what is known of EC2's bundle tasks, and what to ask next.
//!
//! No input or output, no clock, no waiting. Time comes in with every [`Event`]; what is to be asked
//! of EC2 goes out as [`Effect`]s, and what changed as [`Transition`]s. The terminal UI is one user
//! of it; nothing here knows of a terminal.
//!
//! | file         | what is there                                                              |
//! |--------------|----------------------------------------------------------------------------|
//! | `event`      | what happens, and what is to be asked                                      |
//! | `key`        | which scope and which task is meant                                        |
//! | `scope`      | one profile and region: session, identity, last error, poll                |
//! | `tasks`      | the tasks by their IDs; merging an answer into them                        |
//! | `cancel`, `scope/cancel_steps` | the states of a cancel; how it gets from one to the next |
//! | `poll`       | when to ask again                                                          |
//! | `transition` | what changed                                                               |
//! | [`driver`]   | the thin shell around it: asks EC2, and brings the answers back            |

mod cancel;
pub mod driver;
mod event;
mod key;
pub mod poll;
mod scope;
mod tasks;
mod transition;

use std::time::Duration;

pub use cancel::{CancelState, NotCancellable, Permission};
pub use event::{Answer, Call, Command, DescribeReason, Effect, Event, Now, Update};
pub use key::{ScopeId, TaskKey};
pub use scope::{Freshness, Scope};
pub use tasks::{Counts, Tasks, TrackedTask};
pub use transition::{Change, LookupResult, NotSent, Transition};

use poll::PollSchedule;

/// Everything known, scope by scope.
#[derive(Debug, Default)]
pub struct Monitor {
    scopes: Vec<Scope>,
}

impl Monitor {
    /// A monitor without scopes.
    pub fn new() -> Self {
        Self::default()
    }

    /// Opens a scope. Its first request is due at once.
    pub fn open(&mut self, poll: PollSchedule) -> ScopeId {
        let id = ScopeId::new(self.scopes.len());
        self.scopes.push(Scope::new(id, poll));
        id
    }

    /// A scope.
    pub fn scope(&self, id: ScopeId) -> &Scope {
        &self.scopes[id.index()]
    }

    /// Keeps a task in the list although EC2 no longer lists it, as long as it stays pinned: a person
    /// looks at it. At most one task of a scope is pinned.
    pub fn pin(&mut self, scope: ScopeId, task: Option<TaskKey>) {
        self.scopes[scope.index()].pinned = task;
    }

    /// Takes in what happened and says what it leads to.
    pub fn update(&mut self, event: Event, now: Now) -> Update {
        let mut update = Update::default();
        let is_tick = matches!(event, Event::Tick);
        match event {
            Event::Tick => {}
            Event::Command(scope, command) => {
                self.scopes[scope.index()].command(command, now, &mut update);
            }
            Event::CredentialsChanged(scope) => {
                self.scopes[scope.index()].credentials_changed(&mut update);
            }
            Event::Answered(scope, answer) => {
                self.scopes[scope.index()].answered(answer, now, &mut update);
            }
        }
        for scope in &mut self.scopes {
            scope.poll_if_due(is_tick, now, &mut update);
        }
        update
    }

    /// Asks for what is due, when nothing else has happened.
    pub fn poll_if_due(&mut self, now: Now) -> Update {
        let mut update = Update::default();
        for scope in &mut self.scopes {
            scope.poll_if_due(false, now, &mut update);
        }
        update
    }

    /// When [`Event::Tick`] is to be sent, in time since the program started: when a request is due,
    /// and when one has gone unanswered so long that it must be shown.
    pub fn next_tick(&self, now: Now) -> Option<Duration> {
        let ticks = self.scopes.iter().filter_map(|scope| scope.next_tick(now));
        ticks.min()
    }

    /// What to say when the program ends, if a cancel is unsettled. IDs come as EC2 sent them.
    pub fn exit_message(&self) -> Option<String> {
        let messages: Vec<_> = self.scopes.iter().filter_map(Scope::exit_message).collect();
        (!messages.is_empty()).then(|| messages.join(" "))
    }
}
