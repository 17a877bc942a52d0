//! The errors that the endpoint returns, with EC2's codes, HTTP statuses and messages.
//!
//! Codes and statuses are those of "Error codes for the Amazon EC2 API". AWS publishes few of the
//! messages. Those below are what EC2 is known to send, as quoted in bug reports about clients;
//! where nothing is known they are written in the same style.

use std::borrow::Cow;

use super::aws_service::AwsService;

/// An error response: an HTTP status, an error code of EC2 or STS, and a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ApiError {
    pub(super) status: u16,
    pub(super) code: &'static str,
    pub(super) message: String,
}

impl ApiError {
    pub(super) fn new(status: u16, code: &'static str, message: impl Into<String>) -> Self {
        Self {
            status,
            code,
            message: message.into(),
        }
    }

    /// An error that the client caused. The status is 400, as for nearly all of EC2's.
    pub(super) fn client(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(400, code, message)
    }

    pub(super) fn missing_parameter(name: &str) -> Self {
        Self::client(
            "MissingParameter",
            format!("The request must contain the parameter {name}"),
        )
    }

    pub(super) fn invalid_value(value: &str, name: &str, expected: &str) -> Self {
        let value = printable(value);
        Self::client(
            "InvalidParameterValue",
            format!("Value ({value}) for parameter {name} is invalid. Expected: {expected}."),
        )
    }

    pub(super) fn bundle_id_not_found(id: &str) -> Self {
        let id = printable(id);
        Self::client(
            "InvalidBundleID.NotFound",
            format!("The bundle ID '{id}' does not exist"),
        )
    }

    /// The response to a dry run of a permitted request. EC2 documents it as an error.
    pub(super) fn dry_run() -> Self {
        Self::new(
            412,
            "DryRunOperation",
            "Request would have succeeded, but DryRun flag is set.",
        )
    }
}

/// Text from a client, made fit to be quoted in a message: at most 200 characters, with control
/// characters replaced, which XML 1.0 cannot hold.
pub(super) fn printable(text: &str) -> Cow<'_, str> {
    const MAX_CHARS: usize = 200;
    if text.len() <= MAX_CHARS && !text.contains(is_not_xml) {
        return Cow::Borrowed(text);
    }
    let replace = |c: char| if is_not_xml(c) { '\u{fffd}' } else { c };
    Cow::Owned(text.chars().take(MAX_CHARS).map(replace).collect())
}

/// Whether XML cannot hold a character, or should not: the C1 controls.
pub(super) fn is_not_xml(c: char) -> bool {
    c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}')
}

/// An error whose text does not depend on the request. A fault can make the endpoint return it.
#[derive(Debug)]
pub(super) struct ErrorTemplate {
    /// EC2's code, which also identifies the template.
    pub(super) code: &'static str,
    status: u16,
    message: &'static str,
    /// STS's status, code and message, where they differ from EC2's.
    sts: Option<(u16, &'static str, &'static str)>,
}

impl ErrorTemplate {
    /// The template with that EC2 code.
    pub(super) fn find(code: &str) -> Option<&'static Self> {
        ERROR_TEMPLATES
            .iter()
            .find(|template| template.code == code)
    }

    /// The error as that service returns it.
    pub(super) fn for_service(&self, service: &AwsService) -> ApiError {
        match (service, self.sts) {
            (AwsService::Sts, Some((status, code, message))) => {
                ApiError::new(status, code, message)
            }
            (AwsService::Sts, None) | (AwsService::Ec2 { .. }, _) => {
                ApiError::new(self.status, self.code, self.message)
            }
        }
    }
}

const fn template(
    code: &'static str,
    status: u16,
    message: &'static str,
    sts: Option<(u16, &'static str, &'static str)>,
) -> ErrorTemplate {
    ErrorTemplate {
        code,
        status,
        message,
        sts,
    }
}

/// All errors that the fault `error=CODE` can name.
pub(super) const ERROR_TEMPLATES: &[ErrorTemplate] = &[
    template(
        "AuthFailure",
        401,
        "AWS was not able to validate the provided access credentials",
        Some((
            403,
            "InvalidClientTokenId",
            "The security token included in the request is invalid.",
        )),
    ),
    template(
        "BundlingInProgress",
        400,
        "The specified instance already has a bundling task in progress.",
        None,
    ),
    template(
        "ExpiredToken",
        400,
        "The security token included in the request is expired",
        Some((
            403,
            "ExpiredToken",
            "The security token included in the request is expired",
        )),
    ),
    template(
        "IncorrectState",
        400,
        "The bundle task is not in a valid state for the requested operation",
        None,
    ),
    template(
        "InternalError",
        500,
        "An internal error has occurred",
        Some((
            500,
            "InternalFailure",
            "An internal error has occurred, please try again later.",
        )),
    ),
    template(
        "InvalidBundleID.NotFound",
        400,
        "The specified bundle task ID cannot be found",
        None,
    ),
    template(
        "OptInRequired",
        401,
        "You are not subscribed to this service. Please go to http://aws.amazon.com to subscribe.",
        None,
    ),
    template(
        "RequestExpired",
        400,
        "Request has expired.",
        Some((
            403,
            "ExpiredToken",
            "The security token included in the request is expired",
        )),
    ),
    template(
        "RequestLimitExceeded",
        503,
        "Request limit exceeded.",
        Some((400, "Throttling", "Rate exceeded")),
    ),
    template(
        "UnauthorizedOperation",
        403,
        "You are not authorized to perform this operation.",
        Some((
            403,
            "AccessDenied",
            "You are not authorized to perform this operation.",
        )),
    ),
    template(
        "Unavailable",
        503,
        "The service is unavailable. Please try again shortly.",
        Some((
            503,
            "ServiceUnavailable",
            "AwsService is unavailable. Please try again later.",
        )),
    ),
];
