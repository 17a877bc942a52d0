//! Performs the monitor's effects with EC2 clients and returns the results
//! as events. Each call runs in its own tokio task, so a hanging call does not block others.

pub mod last_list;

use std::collections::{HashMap, VecDeque};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use super::event::{Answer, Call, Effect, Event, Now};
use super::key::ScopeId;
use super::request::RequestId;
use crate::ec2::{AccessKeyId, Caller, Client, Ec2Error, ErrorKind, Operation, Settings};
use last_list::LastList;

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

    /// Starts the monotonic clock at an earlier instant.
    pub fn started_at(started: Instant, wall: WallClock) -> Self {
        Self { wall, started }
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
}

struct Connection {
    settings: Settings,
    client: Option<Client>,
    last_list: LastList,
    /// Those that made the latest calls, newest last, each with the number of its connection, so that a
    /// later call can be signed with the same key.
    callers: VecDeque<(u64, Caller)>,
}

/// How many callers are kept. Usually all calls of an hour or more are signed with the same key; this is
/// enough even for keys that change at every call.
const MAX_CALLERS: usize = 64;

/// A call that has ended.
struct Done {
    request: RequestId,
    answer: Answer,
    /// The caller that made it; `None` if it failed before it was signed.
    caller: Option<Caller>,
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
        }
    }

    /// Adds a scope with the settings to reach EC2.
    pub fn add(&mut self, scope: ScopeId, settings: Settings) {
        let connection = Connection {
            settings,
            client: None,
            last_list: LastList::default(),
            callers: VecDeque::new(),
        };
        self.connections.insert(scope, connection);
    }

    /// Starts a call. Needs a tokio runtime.
    pub fn perform(&self, effect: Effect) {
        tracing::debug!(?effect);
        let Effect { request, call } = effect;
        let sender = self.sender.clone();
        let connection = &self.connections[&request.scope];
        if call == Call::Connect {
            let settings = connection.settings.clone();
            tokio::spawn(async move {
                let (result, client) = match Client::connect(&settings).await {
                    Ok(client) => (Ok(client.session().clone()), Some(client)),
                    Err(error) => (Err(error), None),
                };
                send(
                    &sender,
                    Done {
                        request,
                        answer: Answer::Connected(result),
                        caller: None,
                        client,
                    },
                );
            });
            return;
        }
        let caller = connection.caller_for(&call, request.connection);
        let last_list = connection.last_list.clone();
        tokio::spawn(async move {
            let (answer, caller) = match caller.await {
                Ok(caller) => (answer(&call, &caller, &last_list).await, Some(caller)),
                Err(error) => (failed(&call, error), None),
            };
            let client = None;
            let done = Done {
                request,
                answer,
                caller,
                client,
            };
            send(&sender, done);
        });
    }

    /// Waits for the next event. Cancel-safe: dropping the future loses no event.
    pub async fn next(&mut self) -> Event {
        match self.receiver.recv().await {
            Some(done) => self.event(done),
            None => unreachable!("this driver holds a sender"),
        }
    }

    /// The next event, if one is ready.
    pub fn try_next(&mut self) -> Option<Event> {
        let done = self.receiver.try_recv().ok()?;
        Some(self.event(done))
    }

    fn event(&mut self, done: Done) -> Event {
        let signed_by = done.caller.as_ref().and_then(Caller::access_key_id);
        if let Some(connection) = self.connections.get_mut(&done.request.scope) {
            if let Some(client) = done.client {
                connection.client = Some(client);
            }
            if let Some(caller) = done.caller {
                connection.keep(done.request.connection, caller);
            }
        }
        Event::Answered {
            request: done.request,
            signed_by,
            answer: done.answer,
        }
    }
}

impl Connection {
    /// The caller that makes a call: the one whose key the call names, or one with the credentials
    /// found now.
    fn caller_for(
        &self,
        call: &Call,
        connection: u64,
    ) -> impl Future<Output = Result<Caller, Ec2Error>> + use<> {
        let client = self.client.clone();
        let kept = match call {
            // A key belongs to the same account on every connection.
            Call::Identify(Some(key)) => Some(self.kept(key, |_| true)),
            // Another connection may lead to another region.
            Call::Cancel { key: Some(key), .. } => Some(self.kept(key, |it| it == connection)),
            Call::Connect
            | Call::Identify(None)
            | Call::Describe { .. }
            | Call::DescribeThese(_)
            | Call::DryRun(_)
            | Call::DescribeOne(_)
            | Call::Cancel { key: None, .. } => None,
        };
        async move {
            if let Some(caller) = kept {
                return caller.ok_or_else(credentials_gone);
            }
            let client = client.expect("the monitor connects before it asks");
            client.caller().await
        }
    }

    /// The caller with that key, on one of the connections that may be used.
    fn kept(&self, key: &AccessKeyId, may_use: impl Fn(u64) -> bool) -> Option<Caller> {
        let mut callers = self.callers.iter().filter(|(it, _)| may_use(*it));
        let found = callers.find(|(_, caller)| caller.access_key_id().as_ref() == Some(key));
        Some(found?.1.clone())
    }

    fn keep(&mut self, connection: u64, caller: Caller) {
        let key = caller.access_key_id();
        self.callers
            .retain(|(of, kept)| *of != connection || kept.access_key_id() != key);
        self.callers.push_back((connection, caller));
        if self.callers.len() > MAX_CALLERS {
            self.callers.pop_front();
        }
    }
}

/// Makes a call.
async fn answer(call: &Call, caller: &Caller, last_list: &LastList) -> Answer {
    match call {
        Call::Connect => unreachable!("it needs no caller"),
        Call::Identify(_) => Answer::Identified(caller.identity().await),
        Call::Describe { filters } => {
            let list = caller.describe(filters).await;
            Answer::Described(list.map(|list| last_list.share(list)))
        }
        Call::DescribeThese(ids) => Answer::Described(caller.describe_these(ids).await),
        Call::DryRun(id) => Answer::DryRun(caller.dry_run_cancel(id).await),
        Call::DescribeOne(id) => Answer::DescribedOne(caller.describe_one(id).await),
        Call::Cancel { bundle_id, .. } => Answer::Cancelled(caller.cancel(bundle_id).await),
    }
}

/// The answer to a call for which there are no credentials.
fn failed(call: &Call, error: Ec2Error) -> Answer {
    match call {
        Call::Connect => Answer::Connected(Err(error)),
        Call::Identify(_) => Answer::Identified(Err(error)),
        Call::Describe { .. } | Call::DescribeThese(_) => Answer::Described(Err(error)),
        Call::DryRun(_) => Answer::DryRun(Err(error)),
        Call::DescribeOne(_) => Answer::DescribedOne(Err(error)),
        Call::Cancel { .. } => Answer::Cancelled(Err(error)),
    }
}

fn credentials_gone() -> Ec2Error {
    let message = "The credentials that signed the earlier requests are no longer held.";
    Ec2Error::new(ErrorKind::BadCredentials, Operation::Connect, message).with_remedy("Try again.")
}

impl Default for Driver {
    fn default() -> Self {
        Self::new()
    }
}

fn send(sender: &UnboundedSender<Done>, done: Done) {
    // Fails only if the receiver is gone: the program is exiting.
    let _ = sender.send(done);
}
