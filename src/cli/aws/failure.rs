//! Why a command ended as it did: the AWS CLI's exit codes and words.

use crate::ec2::{Ec2Error, ErrorKind, RequestError};

/// The exit code of a command line that cannot be understood.
pub const USAGE: u8 = 252;
/// The exit code where credentials, the region or the configuration are missing or bad.
const CONFIGURATION: u8 = 253;
/// The exit code where EC2 answered with an error.
const REFUSED: u8 = 254;
/// The exit code of everything else.
const OTHER: u8 = 255;

/// Why a command failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// The exit code.
    pub code: u8,
    /// What to say on standard error.
    pub message: String,
}

impl Failure {
    /// The command line or the parameters are not understood.
    pub fn usage(message: impl AsRef<str>) -> Self {
        let message = message.as_ref();
        Self {
            code: USAGE,
            message: format!("An error occurred (ParamValidation): {message}"),
        }
    }

    /// The value of an option is not understood.
    pub fn param(option: &str, why: &str) -> Self {
        Self::usage(format!("Error parsing parameter '{option}': {why}"))
    }

    /// Options or words that are not known.
    pub fn unknown(words: &[String]) -> Self {
        Self {
            code: USAGE,
            message: format!("Unknown options: {}", words.join(", ")),
        }
    }

    /// Something around this program is missing or bad; `what` is the AWS CLI's word for it.
    pub fn configuration(what: &str, message: impl AsRef<str>) -> Self {
        Self {
            code: CONFIGURATION,
            message: format!("An error occurred ({what}): {}", message.as_ref()),
        }
    }

    /// Anything else.
    pub fn other(message: impl Into<String>) -> Self {
        Self {
            code: OTHER,
            message: message.into(),
        }
    }

    /// A wait that has failed.
    pub fn waiter(reason: &str) -> Self {
        Self::other(format!("Waiter BundleTaskComplete failed: {reason}"))
    }
}

impl From<Ec2Error> for Failure {
    fn from(error: Ec2Error) -> Self {
        let mut message = error.summary();
        // What has no advice of its own has a general remedy, which is for the UI.
        let advice = error.advice.clone();
        let doubt = || error.may_have_been_carried_out().then(|| error.remedy());
        if let Some(advice) = advice.or_else(doubt) {
            let stop = if message.ends_with(['.', '!', '?']) {
                ""
            } else {
                "."
            };
            message = format!("{message}{stop} {advice}");
        }
        match error.kind {
            ErrorKind::NoRegion => Self::configuration("NoRegion", message),
            ErrorKind::NoCredentials => Self::configuration("NoCredentials", message),
            _ => Self::other(message),
        }
    }
}

impl From<RequestError> for Failure {
    fn from(error: RequestError) -> Self {
        match error {
            RequestError::Other(error) => error.into(),
            RequestError::Refused { .. } => Self {
                code: REFUSED,
                message: error.to_string(),
            },
        }
    }
}
