//! Layer 3, ec2: the real SDK against servers that work and servers that fail.

mod cancel;
pub mod canned;
mod credentials;
mod errors;
mod faults;
mod filters;
mod integrity;
mod isolated_client;
mod log;
mod samples;
mod session;
pub mod tls;

pub use canned::{CannedServer, Reply};
pub use samples::{CANCEL, DESCRIBE, IDENTITY, error, list};

use std::future::Future;
use std::time::Duration;

use bundletop::ec2::{Caller, Client, Settings, Timeouts};
use bundletop::task::BundleId;

/// A client of a server, with credentials. It ignores this machine's settings.
pub async fn connect(url: String) -> Caller {
    let client = Client::connect(&Settings::demo(url)).await.unwrap();
    client.caller().await.unwrap()
}

/// The same with short timeouts, for servers that do not answer. The total time for a cancel stays
/// long, so that there would be time for a retry.
async fn with_short_timeouts(url: String) -> Caller {
    let timeouts = Timeouts {
        read: Duration::from_millis(1500),
        request: Duration::from_secs(4),
        ..Timeouts::default()
    };
    let settings = Settings {
        timeouts,
        ..Settings::demo(url)
    };
    let client = Client::connect(&settings).await.unwrap();
    client.caller().await.unwrap()
}

/// Panics instead of waiting forever if the call does not end.
async fn ends<T>(call: impl Future<Output = T>) -> T {
    let long = Duration::from_mins(1);
    tokio::time::timeout(long, call)
        .await
        .expect("the call is given up")
}

pub fn id(id: &str) -> BundleId {
    BundleId::new(id)
}

/// An answer with status 200.
pub fn ok(body: impl Into<Vec<u8>>) -> Reply {
    Reply::Answer(200, body.into())
}
