//! Performs the monitor's effects with EC2 clients and returns the results
//! as events. Each call runs in its own tokio task, so a hanging call does not block others.

use std::collections::{HashMap, VecDeque};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use super::event::{Answer, Call, Effect, Event, Now};
use super::key::ScopeId;
use crate::ec2::{Client, Settings};

/// Returns the wall-clock time.
pub type WallClock = Box<dyn Fn() -> Timestamp + Send>;

/// The wall clock and a monotonic clock.
pub struct Clocks {
    wall: WallClock,
    started: Instant,
}

impl Clocks {
    /// Starts the monotonic clock.
    pub fn start(wall: WallClock) -> Self {
        Self {
            wall,
            started: Instant::now(),
        }
    }

    /// The time now.
    pub fn now(&self) -> Now {
        self.at(Instant::now())
    }

    /// The time at an instant in the very recent past.
    pub fn at(&self, instant: Instant) -> Now {
        Now {
            wall: (self.wall)(),
            mono: instant.saturating_duration_since(self.started),
        }
    }

    /// The instant of a monotonic time.
    pub fn instant(&self, mono: Duration) -> Instant {
        self.started + mono
    }
}

/// Performs effects.
pub struct Driver {
    connections: HashMap<ScopeId, Connection>,
    sender: UnboundedSender<Done>,
    receiver: UnboundedReceiver<Done>,
    ready: VecDeque<Event>,
}

struct Connection {
    settings: Settings,
    client: Option<Client>,
    /// The client's count of key changes when last checked.
    credential_changes: u64,
}

/// A call that has ended.
struct Done {
    scope: ScopeId,
    answer: Answer,
    /// The client from a successful [`Call::Connect`].
    client: Option<Client>,
}

impl Driver {
    /// A driver without scopes.
    pub fn new() -> Self {
        let (sender, receiver) = unbounded_channel();
        Self {
            connections: HashMap::new(),
            sender,
            receiver,
            ready: VecDeque::new(),
        }
    }

    /// Adds a scope with the settings to reach EC2.
    pub fn add(&mut self, scope: ScopeId, settings: Settings) {
        let connection = Connection {
            settings,
            client: None,
            credential_changes: 0,
        };
        self.connections.insert(scope, connection);
    }

    /// Starts a call. Needs a tokio runtime.
    #[expect(
        clippy::missing_panics_doc,
        reason = "the monitor connects before it asks"
    )]
    pub fn perform(&self, effect: Effect) {
        tracing::debug!(?effect);
        let Effect { scope, call } = effect;
        let connection = &self.connections[&scope];
        let client = || {
            let client = connection.client.clone();
            client.expect("the monitor connects before it asks")
        };
        match call {
            Call::Connect { poll } => {
                let settings = connection.settings.clone();
                let sender = self.sender.clone();
                tokio::spawn(async move {
                    let (result, client) = match Client::connect(&settings).await {
                        Ok(client) => (Ok(client.session().clone()), Some(client)),
                        Err(error) => (Err(error), None),
                    };
                    let answer = Answer::Connected { poll, result };
                    send(&sender, scope, answer, client);
                });
            }
            Call::Identify => {
                let client = client();
                self.spawn(
                    scope,
                    async move { Answer::Identified(client.identity().await) },
                );
            }
            Call::Describe { poll } => {
                let client = client();
                self.spawn(scope, async move {
                    let result = client.describe().await;
                    Answer::Described { poll, result }
                });
            }
            Call::DryRun(id) => {
                let client = client();
                self.spawn(scope, async move {
                    let result = client.dry_run_cancel(&id).await;
                    Answer::DryRun { id, result }
                });
            }
            Call::DescribeOne(id, reason) => {
                let client = client();
                self.spawn(scope, async move {
                    let result = client.describe_one(&id).await;
                    Answer::DescribedOne { id, reason, result }
                });
            }
            Call::Cancel(id) => {
                let client = client();
                self.spawn(scope, async move {
                    let result = client.cancel(&id).await;
                    Answer::Cancelled { id, result }
                });
            }
        }
    }

    /// Waits for the next event. Cancel-safe: dropping the future loses no event.
    pub async fn next(&mut self) -> Event {
        loop {
            if let Some(event) = self.ready.pop_front() {
                return event;
            }
            if let Some(done) = self.receiver.recv().await {
                self.take(done);
            }
        }
    }

    /// The next event, if one is ready.
    pub fn try_next(&mut self) -> Option<Event> {
        if self.ready.is_empty()
            && let Ok(done) = self.receiver.try_recv()
        {
            self.take(done);
        }
        self.ready.pop_front()
    }

    fn take(&mut self, done: Done) {
        let scope = done.scope;
        if let Some(connection) = self.connections.get_mut(&scope) {
            if let Some(client) = done.client {
                connection.client = Some(client);
                connection.credential_changes = 0;
            }
            let credential_changes = connection
                .client
                .as_ref()
                .map_or(0, Client::credential_changes);
            // The identity call on connecting used the first keys.
            if credential_changes > 1 && credential_changes != connection.credential_changes {
                self.ready.push_back(Event::CredentialsChanged(scope));
            }
            connection.credential_changes = credential_changes;
        }
        self.ready.push_back(Event::Answered(scope, done.answer));
    }

    fn spawn(&self, scope: ScopeId, call: impl Future<Output = Answer> + Send + 'static) {
        let sender = self.sender.clone();
        tokio::spawn(async move { send(&sender, scope, call.await, None) });
    }
}

impl Default for Driver {
    fn default() -> Self {
        Self::new()
    }
}

fn send(sender: &UnboundedSender<Done>, scope: ScopeId, answer: Answer, client: Option<Client>) {
    // Fails only if the receiver is gone: the program is exiting.
    let _ = sender.send(Done {
        scope,
        answer,
        client,
    });
}
