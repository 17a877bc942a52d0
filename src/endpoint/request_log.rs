//! The latest requests that reached the endpoint, for tests to examine.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use tokio::sync::Notify;

use super::parameters::{RequestParameters, first_value};

/// How many requests are kept.
const MAX_REQUESTS: usize = 500;

/// How much memory the kept requests may take, in bytes. The latest request is kept even if it
/// alone takes more.
const MAX_BYTES: usize = 16 * 1024 * 1024;

/// Parameters of which only the names are kept, so that no signature or session token is stored.
const SECRET_PARAMETERS: &[&str] = &[
    "SecurityToken",
    "Signature",
    "Storage.S3.UploadPolicySignature",
    "X-Amz-Security-Token",
    "X-Amz-Signature",
];

/// A request that reached the endpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoggedRequest {
    /// The parameter `Action` as the request had it; empty if it had none.
    pub action: String,
    /// All parameters, including the action and the version, in the order of the request. The
    /// values of signatures and session tokens are replaced by `(not kept)`.
    pub parameters: Vec<(String, String)>,
    /// The credential scope of the signature: who signed the request and for what, as in
    /// `AKIDEXAMPLE/20150915/us-east-1/ec2/aws4_request`. `None` if the request is not signed by
    /// an `Authorization` header.
    pub credential: Option<String>,
}

impl LoggedRequest {
    /// The value of the first parameter with that name.
    pub fn parameter(&self, name: &str) -> Option<&str> {
        first_value(&self.parameters, name)
    }

    /// About how much memory the parameters take, in bytes.
    fn approximate_size(&self) -> usize {
        let text_size = |(name, value): &(String, String)| name.len() + value.len();
        let inline_size = self.parameters.len() * size_of::<(String, String)>();
        inline_size + self.parameters.iter().map(text_size).sum::<usize>()
    }
}

/// The latest requests, the oldest first.
#[derive(Debug, Default)]
pub(super) struct RequestLog {
    requests: Mutex<VecDeque<LoggedRequest>>,
    /// Notified after each request that is added.
    request_added: Notify,
}

impl RequestLog {
    /// Adds a request, and drops the oldest ones beyond the limits.
    pub(super) fn add(&self, parameters: &RequestParameters, authorization: Option<&str>) {
        let request = LoggedRequest {
            action: parameters.get("Action").unwrap_or_default().to_owned(),
            parameters: parameters.pairs().iter().map(redact).collect(),
            credential: authorization.and_then(credential_scope),
        };
        let mut requests = self.requests.lock().unwrap_or_else(PoisonError::into_inner);
        requests.push_back(request);
        let mut bytes: usize = requests.iter().map(LoggedRequest::approximate_size).sum();
        while requests.len() > MAX_REQUESTS || (bytes > MAX_BYTES && requests.len() > 1) {
            bytes -= requests
                .pop_front()
                .map_or(0, |oldest| oldest.approximate_size());
        }
        drop(requests);
        self.request_added.notify_waiters();
    }

    pub(super) fn all(&self) -> Vec<LoggedRequest> {
        let requests = self.requests.lock().unwrap_or_else(PoisonError::into_inner);
        requests.iter().cloned().collect()
    }

    /// Waits until `condition` is true of the requests, and returns them.
    pub(super) async fn wait_for(
        &self,
        condition: impl Fn(&[LoggedRequest]) -> bool,
    ) -> Vec<LoggedRequest> {
        loop {
            let request_added = self.request_added.notified();
            tokio::pin!(request_added);
            // Registers before checking, so that a request added in between is not missed.
            request_added.as_mut().enable();
            let requests = self.all();
            if condition(&requests) {
                return requests;
            }
            request_added.await;
        }
    }
}

/// The parameter, without its value if that is secret.
fn redact((name, value): &(String, String)) -> (String, String) {
    let is_secret = SECRET_PARAMETERS.contains(&name.as_str());
    let value = if is_secret { "(not kept)" } else { value };
    (name.clone(), value.to_owned())
}

/// The credential scope in an `Authorization` header of Signature Version 4.
fn credential_scope(authorization: &str) -> Option<String> {
    let (_, rest) = authorization.split_once("Credential=")?;
    rest.split([',', ' ']).next().map(ToOwned::to_owned)
}
