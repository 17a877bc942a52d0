//! Errors of calls to EC2: the kind, EC2's message, and a remedy.

mod causes;
mod classify;
mod ec2_error;
mod kind;

pub(super) use causes::{
    causes, find_cause, innermost_message, is_ca_used_as_server_certificate, why_not_connected,
};
pub(super) use classify::{
    DispatchOutcome, RequestTarget, answer_error, answer_kind, call_error, dispatch_outcome,
    read_error,
};
pub use ec2_error::Ec2Error;
pub use kind::ErrorKind;
