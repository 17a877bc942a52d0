//! What reached the endpoint, for tests to look at.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;
use tokio::sync::Notify;

use super::query::Query;

/// How many requests are remembered.
const REMEMBERED: usize = 500;

/// How much memory they may take, in bytes, unless the latest alone takes more.
const MOST_MEMORY: usize = 16 * 1024 * 1024;

/// Parameters of which only the names are kept: nothing that signs is stored.
const SECRET: &[&str] = &[
    "SecurityToken",
    "Signature",
    "Storage.S3.UploadPolicySignature",
    "X-Amz-Security-Token",
    "X-Amz-Signature",
];

/// A request that reached the endpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestSeen {
    /// The action, as the request named it; empty if it named none.
    pub action: String,
    /// All parameters, the action and the version among them, in the order they came. Signatures
    /// and session tokens are not kept: `(not kept)` stands for them.
    pub parameters: Vec<(String, String)>,
    /// Who signed it and for what: `AKIDEXAMPLE/20150915/us-east-1/ec2/aws4_request`.
    pub credential: Option<String>,
    /// When, by the endpoint's clock.
    pub at: Timestamp,
}

impl RequestSeen {
    /// The first parameter of that name.
    pub fn parameter(&self, name: &str) -> Option<&str> {
        let found = self.parameters.iter().find(|(key, _)| key == name);
        found.map(|(_, value)| value.as_str())
    }

    /// The memory it takes, about.
    fn size(&self) -> usize {
        let strings = |(name, value): &(String, String)| name.len() + value.len();
        let parameters = self.parameters.len() * size_of::<(String, String)>();
        parameters + self.parameters.iter().map(strings).sum::<usize>()
    }
}

/// The latest requests.
#[derive(Debug, Default)]
pub(super) struct Log {
    requests: Mutex<VecDeque<RequestSeen>>,
    added: Notify,
}

impl Log {
    pub fn add(&self, query: &Query, authorization: Option<&str>, at: Timestamp) {
        let keep = |(name, value): &(String, String)| {
            let is_secret = SECRET.contains(&name.as_str());
            let value = if is_secret { "(not kept)" } else { value };
            (name.clone(), value.to_owned())
        };
        let seen = RequestSeen {
            action: query.get("Action").unwrap_or_default().to_owned(),
            parameters: query.all().iter().map(keep).collect(),
            credential: authorization.and_then(credential),
            at,
        };
        let mut requests = self.requests.lock().unwrap_or_else(PoisonError::into_inner);
        requests.push_back(seen);
        let mut memory: usize = requests.iter().map(RequestSeen::size).sum();
        while requests.len() > REMEMBERED || (memory > MOST_MEMORY && requests.len() > 1) {
            memory -= requests.pop_front().map_or(0, |oldest| oldest.size());
        }
        drop(requests);
        self.added.notify_waiters();
    }

    pub fn all(&self) -> Vec<RequestSeen> {
        let requests = self.requests.lock().unwrap_or_else(PoisonError::into_inner);
        requests.iter().cloned().collect()
    }

    /// Waits until the requests are such as the caller waits for, and returns them.
    pub async fn wait_for(&self, enough: impl Fn(&[RequestSeen]) -> bool) -> Vec<RequestSeen> {
        loop {
            let added = self.added.notified();
            tokio::pin!(added);
            // Listens before it looks, or a request in between would go unnoticed.
            added.as_mut().enable();
            let requests = self.all();
            if enough(&requests) {
                return requests;
            }
            added.await;
        }
    }
}

fn credential(authorization: &str) -> Option<String> {
    let (_, rest) = authorization.split_once("Credential=")?;
    rest.split([',', ' ']).next().map(ToOwned::to_owned)
}
