//! The errors the endpoint answers with: EC2's codes, HTTP statuses and messages.
//!
//! Codes and statuses are those of "Error codes for the Amazon EC2 API". AWS publishes few of the
//! messages; those below are what EC2 is known to send, as clients' bug reports quote them, or in
//! the same manner where nothing is known.

use std::borrow::Cow;

/// An error answer: an HTTP status, EC2's code and a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ApiError {
    pub status: u16,
    pub code: Cow<'static, str>,
    pub message: String,
}

impl ApiError {
    /// An error of the client's making: HTTP 400, as nearly all of EC2's are.
    pub fn client(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(400, code, message)
    }

    pub fn new(status: u16, code: &'static str, message: impl Into<String>) -> Self {
        Self {
            status,
            code: Cow::Borrowed(code),
            message: message.into(),
        }
    }

    pub fn missing_parameter(name: &str) -> Self {
        Self::client(
            "MissingParameter",
            format!("The request must contain the parameter {name}"),
        )
    }

    pub fn invalid_value(value: &str, name: &str, expected: &str) -> Self {
        let value = printable(value);
        Self::client(
            "InvalidParameterValue",
            format!("Value ({value}) for parameter {name} is invalid. Expected: {expected}."),
        )
    }

    pub fn no_such_bundle(id: &str) -> Self {
        let id = printable(id);
        Self::client(
            "InvalidBundleID.NotFound",
            format!("The bundle ID '{id}' does not exist"),
        )
    }

    /// What `DryRun` answers to whoever would be allowed. An error by design: EC2 documents it so.
    pub fn dry_run() -> Self {
        Self::new(
            412,
            "DryRunOperation",
            "Request would have succeeded, but DryRun flag is set.",
        )
    }
}

/// What a client sent, fit to be quoted in a message: at most 200 characters, none of them
/// control characters, which XML 1.0 cannot carry.
pub(super) fn printable(text: &str) -> Cow<'_, str> {
    const LONGEST: usize = 200;
    if text.len() <= LONGEST && !text.chars().any(char::is_control) {
        return Cow::Borrowed(text);
    }
    let shown = text.chars().take(LONGEST);
    Cow::Owned(
        shown
            .map(|c| if c.is_control() { '\u{fffd}' } else { c })
            .collect(),
    )
}

/// An error that a fault can make the endpoint answer with, as EC2 words it and as STS does.
#[derive(Debug)]
pub(super) struct Known {
    /// EC2's code.
    pub code: &'static str,
    status: u16,
    message: &'static str,
    /// STS's status, code and message, where they differ from EC2's.
    sts: Option<(u16, &'static str, &'static str)>,
}

impl Known {
    /// The error as EC2 says it.
    pub fn ec2(&self) -> ApiError {
        ApiError::new(self.status, self.code, self.message)
    }

    /// The error as STS says it.
    pub fn sts(&self) -> ApiError {
        match self.sts {
            Some((status, code, message)) => ApiError::new(status, code, message),
            None => self.ec2(),
        }
    }

    /// The row for a code, if the table has it.
    pub fn find(code: &str) -> Option<&'static Self> {
        KNOWN.iter().find(|known| known.code == code)
    }
}

const fn row(
    code: &'static str,
    status: u16,
    message: &'static str,
    sts: Option<(u16, &'static str, &'static str)>,
) -> Known {
    Known {
        code,
        status,
        message,
        sts,
    }
}

/// Everything the fault `error=CODE` can say.
pub(super) const KNOWN: &[Known] = &[
    row(
        "AuthFailure",
        401,
        "AWS was not able to validate the provided access credentials",
        Some((
            403,
            "InvalidClientTokenId",
            "The security token included in the request is invalid.",
        )),
    ),
    row(
        "BundlingInProgress",
        400,
        "The specified instance already has a bundling task in progress.",
        None,
    ),
    row(
        "ExpiredToken",
        400,
        "The security token included in the request is expired",
        Some((
            403,
            "ExpiredToken",
            "The security token included in the request is expired",
        )),
    ),
    row(
        "IncorrectState",
        400,
        "The bundle task is not in a valid state for the requested operation",
        None,
    ),
    row(
        "InternalError",
        500,
        "An internal error has occurred",
        Some((
            500,
            "InternalFailure",
            "An internal error has occurred, please try again later.",
        )),
    ),
    row(
        "InvalidBundleID.NotFound",
        400,
        "The specified bundle task ID cannot be found",
        None,
    ),
    row(
        "OptInRequired",
        401,
        "You are not subscribed to this service. Please go to http://aws.amazon.com to subscribe.",
        None,
    ),
    row(
        "RequestExpired",
        400,
        "Request has expired.",
        Some((
            403,
            "ExpiredToken",
            "The security token included in the request is expired",
        )),
    ),
    row(
        "RequestLimitExceeded",
        503,
        "Request limit exceeded.",
        Some((400, "Throttling", "Rate exceeded")),
    ),
    row(
        "UnauthorizedOperation",
        403,
        "You are not authorized to perform this operation.",
        Some((
            403,
            "AccessDenied",
            "You are not authorized to perform this operation.",
        )),
    ),
    row(
        "Unavailable",
        503,
        "The service is unavailable. Please try again shortly.",
        Some((
            503,
            "ServiceUnavailable",
            "Service is unavailable. Please try again later.",
        )),
    ),
];
