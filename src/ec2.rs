//! EC2, through the AWS SDK. Only this module and the endpoint know EC2's protocol.
//!
//! A [`Caller`], which is a [`Client`] with credentials, takes a [`Request`], or one of the monitor's
//! calls. The SDK finds the endpoint, signs, sends and retries. The raw response is captured (`capture`) and parsed once
//! (`response`), using one table of EC2's members: to JSON for the commands, or to bundle tasks for
//! the monitor.
//!
//! | file                  | contents                                                          |
//! |-----------------------|-------------------------------------------------------------------|
//! | `client`, `client/caller` | a connection; one call from request to result                |
//! | `request`, `filter`   | the requests that can be sent; EC2's filters, as they are typed   |
//! | `capture`             | captures the raw responses of a call                              |
//! | `xml`, `response`     | parsing XML; reading EC2's members from it                        |
//! | `retry`, `behavior`   | what is retried; where the UI and the commands differ             |
//! | `error`               | errors, and what each kind of error means                         |
//! | `settings`            | connection settings from flags, environment and AWS files         |
//! | `profile`, `credentials`, `http` | AWS files; keys that sign requests; certificates, proxies   |

mod behavior;
mod capture;
mod client;
mod credentials;
mod error;
pub mod filter;
mod http;
mod profile;
mod request;
mod response;
mod retry;
mod settings;
mod xml;

pub use behavior::ClientBehavior;
pub use client::{Caller, Cancelled, Client, JsonAnswer, RequestError};
pub use credentials::AccessKeyId;
pub use error::{Ec2Error, ErrorKind};
pub use filter::Filter;
pub use profile::{profile_name, profile_names};
pub use request::{Operation, Request};
pub use response::{Identity, MAX_RESPONSE_BYTES, TimeFormat};
pub use settings::{ConfigSource, Session, Settings, Timeouts};
