//! EC2, through the AWS SDK: the only module, the endpoint aside, that knows EC2's protocol.
//!
//! [`Client`] takes a [`Request`], or one of the calls of the monitor. The SDK finds the endpoint,
//! signs, sends and retries; the answer is captured as it came (`capture`) and read once
//! (`response`), by one table of EC2's members, into JSON for the commands or into bundle tasks for
//! the monitor.
//!
//! | file                  | what is there                                                     |
//! |-----------------------|-------------------------------------------------------------------|
//! | `client`              | one call from request to result                                   |
//! | `request`             | what can be asked                                                 |
//! | `capture`             | what a call gets off the wire                                     |
//! | `xml`, `response`     | a whole document; EC2's members in it                             |
//! | `retry`, `conventions`| what is sent again; where the UI and the commands differ          |
//! | `error`               | what went wrong, and what each kind of error means                |
//! | `settings`            | from flags, environment and AWS files to a connection             |
//! | `profile`, `credentials`, `http` | the AWS files; the keys to sign with; certificates, proxies |

mod capture;
mod client;
mod conventions;
mod credentials;
mod error;
mod http;
mod profile;
mod request;
mod response;
mod retry;
mod settings;
mod xml;

pub use client::{Client, RequestError};
pub use conventions::Conventions;
pub use error::{Ec2Error, ErrorKind};
pub use profile::profile_names;
pub use request::{Filter, Operation, Request};
pub use response::{Identity, MAX_RESPONSE_BYTES, TimeFormat};
pub use settings::{ConfigSource, Session, Settings, Timeouts};
