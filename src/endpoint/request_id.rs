//! Request IDs in the format of EC2's, the same for the same seed.

use std::sync::{Mutex, PoisonError};

use fastrand::Rng;
use uuid::Builder;

/// Generates the IDs of an endpoint's requests, in the order in which the requests are read.
#[derive(Debug)]
pub(super) struct RequestIdGenerator(Mutex<Rng>);

impl RequestIdGenerator {
    pub(super) fn with_seed(seed: u64) -> Self {
        Self(Mutex::new(Rng::with_seed(seed)))
    }

    /// The next request ID: a random (version 4) UUID.
    pub(super) fn next_id(&self) -> String {
        let mut rng = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let bytes = rng.u128(..).to_be_bytes();
        Builder::from_random_bytes(bytes).into_uuid().to_string()
    }
}
