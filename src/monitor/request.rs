//! The requests in flight. An answer counts only if it belongs to one of them.

use std::collections::HashMap;
use std::time::Duration;

use super::cancel::CancelId;
use super::key::ScopeId;
use crate::task::BundleId;

/// Identifies a request, and its answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct RequestId {
    /// The scope it is for.
    pub scope: ScopeId,
    /// The connection it is sent on; for [`Call::Connect`](super::Call::Connect), the one it makes.
    pub connection: u64,
    /// Counts the requests of the scope. A request with a higher number was sent later.
    pub number: u64,
}

/// What a request is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Purpose {
    /// To connect, and then to get the list.
    Connect,
    /// To get the list.
    Poll,
    /// To get tasks that are on the screen although the filters leave them out.
    Follow(Vec<BundleId>),
    /// To learn whose credentials these are.
    Identify,
    /// To learn whether the cancel of a task would be permitted.
    Permission(BundleId),
    /// To see whether the task's state still allows the cancel.
    Recheck(CancelId),
    /// To cancel.
    Cancel(CancelId),
    /// To learn the outcome of a cancel whose answer was lost.
    LookUp(CancelId),
}

impl Purpose {
    /// Whether the answer still matters after a new connection was made: a cancel that was sent is
    /// followed to its end, and an access key belongs to the same account for ever.
    fn outlives_connection(&self) -> bool {
        match self {
            Self::Cancel(_) | Self::LookUp(_) | Self::Identify => true,
            Self::Connect
            | Self::Poll
            | Self::Follow(_)
            | Self::Permission(_)
            | Self::Recheck(_) => false,
        }
    }
}

/// A request that was sent.
#[derive(Clone, Debug)]
pub(super) struct SentRequest {
    pub purpose: Purpose,
    /// See [`RequestId::number`].
    pub number: u64,
    /// When it was sent, in time since the program started.
    pub at: Duration,
    /// The connection it was sent on.
    pub connection: u64,
}

/// The requests of a scope.
#[derive(Debug, Default)]
pub(super) struct Requests {
    connection: u64,
    last_number: u64,
    in_flight: HashMap<u64, SentRequest>,
}

impl Requests {
    /// The number of the request sent last; 0 before the first.
    pub fn last_number(&self) -> u64 {
        self.last_number
    }

    /// Registers a request that is sent now.
    pub fn send(&mut self, scope: ScopeId, purpose: Purpose, now: Duration) -> RequestId {
        self.last_number += 1;
        let connection = match purpose {
            Purpose::Connect => self.connection + 1,
            Purpose::Poll
            | Purpose::Follow(_)
            | Purpose::Identify
            | Purpose::Permission(_)
            | Purpose::Recheck(_)
            | Purpose::Cancel(_)
            | Purpose::LookUp(_) => self.connection,
        };
        let sent = SentRequest {
            purpose,
            number: self.last_number,
            at: now,
            connection,
        };
        self.in_flight.insert(self.last_number, sent);
        RequestId {
            scope,
            connection,
            number: self.last_number,
        }
    }

    /// Whether a request was sent on the present connection.
    pub fn is_of_this_connection(&self, sent: &SentRequest) -> bool {
        sent.connection == self.connection
    }

    /// Ends the request that an answer belongs to; `None` if none is waiting for it.
    pub fn take(&mut self, id: RequestId) -> Option<SentRequest> {
        let is_waiting = self
            .in_flight
            .get(&id.number)
            .is_some_and(|sent| sent.connection == id.connection);
        is_waiting
            .then(|| self.in_flight.remove(&id.number))
            .flatten()
    }

    /// Forgets a poll that is in flight, because its list is not wanted any more, and what was asked about
    /// tasks that its filters leave out. Returns whether there was a poll.
    pub fn forget_poll(&mut self) -> bool {
        let is_poll = |sent: &SentRequest| matches!(sent.purpose, Purpose::Poll);
        let was_polling = self.in_flight.values().any(is_poll);
        self.in_flight
            .retain(|_, sent| !matches!(sent.purpose, Purpose::Poll | Purpose::Follow(_)));
        was_polling
    }

    /// A new connection was made. What was asked on the old one no longer matters, with the exceptions of
    /// [`Purpose::outlives_connection`].
    pub fn connected(&mut self) {
        self.connection += 1;
        self.in_flight
            .retain(|_, sent| sent.purpose.outlives_connection());
    }

    /// The tasks on the screen now belong to another account or region. What was asked about the
    /// others no longer matters, except cancels.
    pub fn place_changed(&mut self) {
        self.in_flight.retain(|_, sent| match sent.purpose {
            Purpose::Permission(_) | Purpose::Recheck(_) | Purpose::Follow(_) => false,
            Purpose::Connect
            | Purpose::Poll
            | Purpose::Identify
            | Purpose::Cancel(_)
            | Purpose::LookUp(_) => true,
        });
    }
}
