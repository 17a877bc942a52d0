//! Layer 3, gateway: the real SDK against servers that behave and servers that do not.

mod cancel;
pub mod canned;
mod faults;
mod integrity;
mod log;
mod probe;
mod samples;
mod session;
mod sign_in;
pub mod tls;
mod trouble;

pub use canned::{Canned, Reply};
pub use samples::{CANCEL, DESCRIBE, IDENTITY, error, list};

use std::future::Future;
use std::time::Duration;

use bundletop::ec2::{Client, Settings, Timeouts};
use bundletop::task::BundleId;

/// A gateway to a server, with nothing of this machine in it.
pub async fn gateway(url: String) -> Client {
    Client::connect(&Settings::demo(url)).await.unwrap()
}

/// The same, for servers that let it wait: it waits a little. The time for a cancel stays long, so
/// that a retry, were one made, would have the time to be.
async fn impatient(url: String) -> Client {
    let timeouts = Timeouts {
        read: Duration::from_millis(1500),
        request: Duration::from_secs(4),
        ..Timeouts::default()
    };
    let settings = Settings {
        timeouts,
        ..Settings::demo(url)
    };
    Client::connect(&settings).await.unwrap()
}

/// A guard around what would last for ever if it failed.
async fn ends<T>(call: impl Future<Output = T>) -> T {
    let long = Duration::from_mins(1);
    tokio::time::timeout(long, call)
        .await
        .expect("the call is given up")
}

pub fn id(id: &str) -> BundleId {
    BundleId::new(id)
}

/// An answer of EC2's with status 200.
pub fn ok(body: impl Into<Vec<u8>>) -> Reply {
    Reply::Answer(200, body.into())
}
