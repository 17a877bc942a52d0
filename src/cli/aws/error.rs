//! Why an AWS command failed: the AWS CLI's exit codes and messages.

use super::exit_code::AwsExitCode;
use crate::ec2::{Ec2Error, RequestError};
use crate::output::{PagerError, QueryError, WriteError};

/// Why a command failed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub(crate) struct CommandError {
    /// How the command ends.
    pub exit_code: AwsExitCode,
    /// The message for standard error.
    pub message: String,
}

impl CommandError {
    /// The command line or the parameters are invalid.
    pub fn usage(message: impl AsRef<str>) -> Self {
        let message = message.as_ref();
        Self {
            exit_code: AwsExitCode::Usage,
            message: format!("An error occurred (ParamValidation): {message}"),
        }
    }

    /// The value of an option is invalid. `option` is its name with dashes.
    pub fn invalid_value(option: &str, reason: &str) -> Self {
        Self::usage(format!("Error parsing parameter '{option}': {reason}"))
    }

    /// Arguments that are neither known options nor their values.
    pub fn unknown_arguments(arguments: &[String]) -> Self {
        Self {
            exit_code: AwsExitCode::Usage,
            message: format!("Unknown options: {}", arguments.join(", ")),
        }
    }

    /// Credentials, the region or the configuration are missing or invalid. `code` is the AWS CLI's
    /// name for the problem.
    pub fn configuration(code: &str, message: impl AsRef<str>) -> Self {
        Self {
            exit_code: AwsExitCode::Configuration,
            message: format!("An error occurred ({code}): {}", message.as_ref()),
        }
    }

    /// Any other error.
    pub fn other(message: impl Into<String>) -> Self {
        Self {
            exit_code: AwsExitCode::Other,
            message: message.into(),
        }
    }

    /// A wait has failed.
    pub fn failed_wait(reason: &str) -> Self {
        Self::other(format!("Waiter BundleTaskComplete failed: {reason}"))
    }
}

impl From<Ec2Error> for CommandError {
    fn from(error: Ec2Error) -> Self {
        let mut message = error.summary();
        // The general remedy of an error's kind is meant for the UI. It is added here only if the
        // error has no specific remedy and the request may have been carried out.
        let general = || error.may_have_been_carried_out().then(|| error.remedy());
        if let Some(remedy) = error.specific_remedy.clone().or_else(general) {
            message = format!("{} {remedy}", error.sentence());
        }
        match error.kind.aws_cli_code() {
            Some(code) => Self::configuration(code, message),
            None => Self::other(message),
        }
    }
}

impl From<RequestError> for CommandError {
    fn from(error: RequestError) -> Self {
        match error {
            RequestError::Other(error) => error.into(),
            RequestError::Refused { .. } => Self {
                exit_code: AwsExitCode::ServiceError,
                message: error.to_string(),
            },
        }
    }
}

impl From<QueryError> for CommandError {
    fn from(error: QueryError) -> Self {
        Self::other(error.to_string())
    }
}

impl From<WriteError> for CommandError {
    fn from(error: WriteError) -> Self {
        Self::other(error.to_string())
    }
}

impl From<PagerError> for CommandError {
    fn from(error: PagerError) -> Self {
        match error {
            PagerError::Start { .. } => Self::configuration("Pager", error.to_string()),
            PagerError::Command(_) | PagerError::Write(_) => Self::other(error.to_string()),
        }
    }
}
