//! Request IDs: in the shape of EC2's, and the same again for the same seed.

use std::sync::{Mutex, PoisonError};

use fastrand::Rng;

/// The IDs of an endpoint's requests, in the order they are read.
#[derive(Debug)]
pub(super) struct RequestIds(Mutex<Rng>);

impl RequestIds {
    pub fn seeded(seed: u64) -> Self {
        Self(Mutex::new(Rng::with_seed(seed)))
    }

    /// A random UUID.
    pub fn next(&self) -> String {
        let mut lot = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let bits = (lot.u128(..) & !(0xf << 76) & !(0b11 << 62)) | (0x4 << 76) | (0b10 << 62);
        let hex = format!("{bits:032x}");
        let (a, b, c) = (&hex[..8], &hex[8..12], &hex[12..16]);
        format!("{a}-{b}-{c}-{}-{}", &hex[16..20], &hex[20..])
    }
}
