//! The monitor: the known state of EC2's bundle tasks, and which requests to send next.
//!
//! No I/O, no clock, no waiting. Every [`Event`] carries the time; requests to send to EC2
//! are returned as [`Effect`]s, and changes as [`Transition`]s. The terminal UI is one user
//! of this module; nothing here depends on a terminal.
//!
//! | file         | contents                                                                   |
//! |--------------|----------------------------------------------------------------------------|
//! | `event`      | events, and the calls they lead to                                         |
//! | `key`        | keys of scopes and tasks                                                   |
//! | `place`      | an account and region                                                      |
//! | `request`    | the requests in flight, to which answers must belong                       |
//! | `scope`      | one profile and region: session, last error, poll                          |
//! | `scope/list`, `identity` | whose list it is; the identity behind each access key          |
//! | `tasks`      | the tasks by ID; merging a response into them                              |
//! | `cancel`, `scope/cancel_steps` | the states of a cancel; the steps between them           |
//! | `scope/cancel_status` | whether a task can be cancelled, and what is said of its cancel   |
//! | `cancels`    | the cancels of a scope, and their queue                                    |
//! | `permission` | whether EC2 would permit a cancel: dry runs                                |
//! | `poll`       | when to send the next poll                                                 |
//! | `pace`       | how fast requests about single tasks are sent                              |
//! | `progress_history` | how a task's state and progress have changed                     |
//! | `estimate`   | when progress will reach 100%                                              |
//! | `transition` | what changed                                                               |
//! | [`driver`]   | sends the monitor's calls to EC2, and returns the results as events        |

mod cancel;
mod cancels;
pub mod driver;
pub mod estimate;
mod event;
mod identity;
mod key;
mod pace;
mod permission;
mod place;
pub mod poll;
mod progress_history;
mod request;
mod scope;
mod tasks;
mod transition;

use std::time::Duration;

pub use cancel::{CancelId, CancelState, NotCancellable};
pub use cancels::CancelEvent;
pub use event::{
    AcceptedCancel, Answer, Call, Command, Effect, Event, Listed, Now, PastTask, Update,
};
pub use key::{ScopeId, TaskKey};
pub use permission::Permission;
pub use place::Place;
pub use progress_history::{Observation, ProgressHistory};
pub use request::RequestId;
pub use scope::{Freshness, Scope};
pub use tasks::{Counts, TaskSlot, Tasks, TrackedTask};
pub use transition::{CancelChange, Change, LookupResult, NotSent, Transition, Verdict};

use poll::PollSchedule;

/// All known state, scope by scope.
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

    /// Keeps a task in the list while it is pinned, even if EC2 no longer lists it, because a person
    /// is viewing it. At most one task per scope is pinned.
    pub fn pin(&mut self, scope: ScopeId, task: Option<TaskKey>) {
        self.scopes[scope.index()].pinned = task;
    }

    /// Processes an event and returns its effects and transitions.
    pub fn update(&mut self, event: Event, now: Now) -> Update {
        let mut update = Update::default();
        let is_tick = matches!(event, Event::Tick);
        match event {
            Event::Tick => {}
            Event::Command(scope, command) => {
                self.scopes[scope.index()].command(command, now, &mut update);
            }
            Event::Answered {
                request,
                signed_by,
                answer,
            } => {
                let scope = &mut self.scopes[request.scope.index()];
                scope.answered(request, signed_by, answer, now, &mut update);
            }
        }
        for scope in &mut self.scopes {
            scope.send_what_is_due(is_tick, now, &mut update);
        }
        update
    }

    /// Sends the requests that are due, when there is no other event.
    pub fn send_what_is_due(&mut self, now: Now) -> Update {
        let mut update = Update::default();
        for scope in &mut self.scopes {
            scope.send_what_is_due(false, now, &mut update);
        }
        update
    }

    /// When to send [`Event::Tick`], in time since the program started: when a request is due,
    /// and when a request has waited so long that it is shown as slow.
    pub fn next_tick(&self, now: Now) -> Option<Duration> {
        let ticks = self.scopes.iter().filter_map(|scope| scope.next_tick(now));
        ticks.min()
    }

    /// The message to show at exit, if a cancel is unresolved. IDs are as EC2 sent them.
    pub fn exit_message(&self) -> Option<String> {
        let messages: Vec<_> = self.scopes.iter().filter_map(Scope::exit_message).collect();
        (!messages.is_empty()).then(|| messages.join(" "))
    }
}
