//! From the SDK's errors to ours: what happened, told apart as far as a person or the poller would
//! act differently on it.
//!
//! The SDK says "service error" or "dispatch failure", and its long form can hold the whole answer.
//! So its errors are looked at by their variants, EC2's code and the causes below them, and the
//! words on screen are ours or EC2's message.

mod causes;
pub(super) mod sign_in;

use std::error::Error;

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::{ConnectorError, SdkError, ServiceError};
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use aws_types::request_id::RequestId as _;
use hyper_util::client::legacy;

use super::environment::variable;
use super::error::{Ec2Error, ErrorKind, Operation};
use super::integrity::{self, NotWhole};
use crate::text::capitalized;
pub(super) use causes::calls_itself_authority;
use causes::{Cause, causes, find};

/// What a code of EC2 or STS means. EC2's codes are in its API reference, "Error codes"; the rest
/// are AWS's common errors.
const CODES: &[(&str, ErrorKind)] = &[
    ("DryRunOperation", ErrorKind::DryRunSucceeded),
    ("UnauthorizedOperation", ErrorKind::Denied),
    ("AccessDenied", ErrorKind::Denied),
    ("AccessDeniedException", ErrorKind::Denied),
    ("AuthFailure", ErrorKind::BadCredentials),
    ("IncompleteSignature", ErrorKind::BadCredentials),
    ("InvalidClientTokenId", ErrorKind::BadCredentials),
    ("MissingAuthenticationToken", ErrorKind::BadCredentials),
    ("RequestTimeTooSkewed", ErrorKind::BadCredentials),
    ("SignatureDoesNotMatch", ErrorKind::BadCredentials),
    ("UnrecognizedClientException", ErrorKind::BadCredentials),
    ("ExpiredToken", ErrorKind::Expired),
    ("ExpiredTokenException", ErrorKind::Expired),
    ("RequestExpired", ErrorKind::Expired),
    ("BandwidthLimitExceeded", ErrorKind::Throttled),
    ("EC2ThrottledException", ErrorKind::Throttled),
    ("RequestLimitExceeded", ErrorKind::Throttled),
    ("RequestThrottled", ErrorKind::Throttled),
    ("SlowDown", ErrorKind::Throttled),
    ("Throttling", ErrorKind::Throttled),
    ("ThrottlingException", ErrorKind::Throttled),
    ("InternalError", ErrorKind::ServerError),
    ("InternalFailure", ErrorKind::ServerError),
    ("ServiceUnavailable", ErrorKind::ServerError),
    ("Unavailable", ErrorKind::ServerError),
    ("InvalidBundleID.NotFound", ErrorKind::NotFound),
    ("BundlingInProgress", ErrorKind::WrongState),
    ("IncorrectState", ErrorKind::WrongState),
];

/// What a code means; for one the table does not have, its HTTP status decides.
pub(super) fn kind_of(code: &str, status: u16) -> ErrorKind {
    let known = CODES.iter().find(|(known, _)| *known == code);
    match (known, status) {
        (Some((_, kind)), _) => *kind,
        (None, 401) => ErrorKind::BadCredentials,
        (None, 403) => ErrorKind::Denied,
        (None, 429) => ErrorKind::Throttled,
        (None, 500..) => ErrorKind::ServerError,
        (None, _) => ErrorKind::Rejected,
    }
}

/// Whom an operation is asked of, for messages.
#[derive(Clone, Debug)]
pub(super) struct Place {
    /// The endpoint URL, where one is set.
    pub url: Option<String>,
    /// `EC2` or `STS`.
    pub service: &'static str,
    /// The region.
    pub region: String,
}

impl Place {
    fn name(&self) -> String {
        match &self.url {
            Some(url) => url.clone(),
            None => format!("{} in {}", self.service, self.region),
        }
    }
}

/// Classifies an error of an SDK call.
pub(super) fn classify<E>(
    operation: Operation,
    error: &SdkError<E, HttpResponse>,
    place: &Place,
) -> Ec2Error
where
    E: Error + ProvideErrorMetadata + 'static,
{
    let new = |kind, message: String| Ec2Error::new(kind, operation, message);
    match error {
        SdkError::ServiceError(answer) => answered(operation, answer),
        SdkError::TimeoutError(_) => new(
            ErrorKind::TimedOut,
            format!("{} gave no whole answer in time.", place.name()),
        ),
        SdkError::DispatchFailure(_) => match find::<Ec2Error>(error) {
            // The credentials ran out between being found and being used.
            Some(error) => error.clone(),
            None => not_answered(operation, error, place),
        },
        SdkError::ResponseError(answer) => {
            let (kind, message) = unreadable(error, answer.raw().status().as_u16());
            new(kind, message).with_request_id(answer.raw().request_id())
        }
        // Endpoint rules, mostly: FIPS together with an endpoint URL, and the like.
        _ => new(
            ErrorKind::BadSettings,
            format!("No request could be made: {}.", causes::innermost(error)),
        ),
    }
}

/// EC2 spoke, or something in its place did.
fn answered<E>(operation: Operation, answer: &ServiceError<E, HttpResponse>) -> Ec2Error
where
    E: Error + ProvideErrorMetadata + 'static,
{
    let (error, raw) = (answer.err(), answer.raw());
    let status = raw.status().as_u16();
    let body = raw.body().bytes().unwrap_or_default();
    let id = raw.request_id().map(str::to_owned);
    let id = id.or_else(|| integrity::request_id(body));
    let (kind, message) = match error.code() {
        Some(code) => (kind_of(code, status), said(code, error.message())),
        None if raw.status().is_success() => (ErrorKind::Unparsable, unparsable(error)),
        None => no_code(status),
    };
    Ec2Error::new(kind, operation, message)
        .with_code(error.code())
        .with_request_id(id.as_deref())
}

/// EC2's message without the encoded part it adds for administrators: hundreds of characters that
/// only `aws sts decode-authorization-message` can read.
fn said(code: &str, message: Option<&str>) -> String {
    let message = message.unwrap_or_default();
    let message = message
        .split_once("Encoded authorization failure message")
        .map_or(message, |(before, _)| before)
        .trim();
    if message.is_empty() {
        format!("The answer is {code}, without a word more.")
    } else {
        message.to_owned()
    }
}

/// The SDK gives up on the whole list for one member it cannot read; these two have been seen.
fn unparsable(error: &Cause) -> String {
    let mut texts = causes(error).map(ToString::to_string);
    let member = texts.find_map(|text| {
        [
            (
                "timestamp",
                "a date without a time zone, or otherwise malformed",
            ),
            ("base64", "an upload policy that is not Base64"),
        ]
        .into_iter()
        .find(|(word, _)| text.contains(word))
    });
    match member {
        Some((_, what)) => format!("The answer holds {what}, so none of it can be read."),
        None => "The answer is not of the form EC2 documents.".to_owned(),
    }
}

/// An answer without an error code of EC2's: mostly a proxy's or a load balancer's.
fn no_code(status: u16) -> (ErrorKind, String) {
    let kind = match status {
        429 => ErrorKind::Throttled,
        500.. => ErrorKind::ServerError,
        _ => ErrorKind::Unparsable,
    };
    let message = format!("The answer is HTTP {status} without an error code of EC2's.");
    (kind, message)
}

/// An answer began and could not be read to its end, or is not whole.
fn unreadable(error: &Cause, status: u16) -> (ErrorKind, String) {
    if let Some(not_whole) = find::<NotWhole>(error) {
        return if (200..300).contains(&status) {
            let message = format!(
                "{}, so it is not believed.",
                capitalized(&not_whole.to_string())
            );
            (ErrorKind::Unparsable, message)
        } else {
            no_code(status)
        };
    }
    if let Some(message) = too_large(error) {
        return (ErrorKind::Unparsable, message);
    }
    let message = "The connection ended in the middle of the answer.";
    (ErrorKind::AnswerLost, message.to_owned())
}

fn too_large(error: &Cause) -> Option<String> {
    find::<http_body_util::LengthLimitError>(error)?;
    let megabytes = integrity::LARGEST_ANSWER / (1024 * 1024);
    Some(format!("The answer is larger than {megabytes} MiB."))
}

/// No answer began.
fn not_answered(operation: Operation, error: &Cause, place: &Place) -> Ec2Error {
    let Some(connector) = find::<ConnectorError>(error) else {
        return Ec2Error::new(
            ErrorKind::AnswerLost,
            operation,
            "The connection ended before the answer.",
        );
    };
    let name = place.name();
    let new = |kind, message: String| Ec2Error::new(kind, operation, message);
    if let Some(message) = too_large(error) {
        return new(ErrorKind::Unparsable, message);
    }
    match fate(connector) {
        Fate::NotConnected => {
            let message = format!(
                "Could not connect to {name}: {}.",
                causes::connection(error)
            );
            new(ErrorKind::Unreachable, message).advise(reach(error, place))
        }
        Fate::Silence => new(
            ErrorKind::TimedOut,
            format!("{name} did not answer in time."),
        ),
        Fate::Lost => new(
            ErrorKind::AnswerLost,
            format!("The connection to {name} ended before the answer."),
        ),
        Fate::NotHttp => new(
            ErrorKind::Unparsable,
            format!("What answers at {name} is not HTTP."),
        ),
        Fate::NotSent => new(
            ErrorKind::BadSettings,
            format!("No request could be made: {}.", causes::innermost(error)),
        ),
    }
}

fn reach(error: &Cause, place: &Place) -> String {
    let tls = find::<rustls::Error>(error);
    if tls.is_some_and(causes::is_for_another_name) {
        return "Check the endpoint URL: it must name the host as the certificate does.".to_owned();
    }
    if tls.is_some() {
        return "If a proxy or a stand-in signs with its own certificate authority, name its \
                certificate with --ca-bundle or AWS_CA_BUNDLE."
            .to_owned();
    }
    match &place.url {
        Some(url) => format!(
            "Check that an EC2 endpoint answers at {url} (--endpoint-url or AWS_ENDPOINT_URL)."
        ),
        None => match ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"]
            .into_iter()
            .find(|key| variable(key).is_some())
        {
            Some(key) => format!(
                "Check the proxy that {key} names, the network, and the region, {}.",
                place.region
            ),
            None => format!(
                "Check the network and the region, {}; behind a proxy, set HTTPS_PROXY.",
                place.region
            ),
        },
    }
}

/// What became of a request that got no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    /// No connection was made, so it was not sent.
    NotConnected,
    /// It was not sent for another reason.
    NotSent,
    /// It went out, and nothing came back in time.
    Silence,
    /// It went out, and the connection ended.
    Lost,
    /// It went out, and what came back is not HTTP.
    NotHttp,
}

/// Tells what became of a request from the error of the HTTP client.
pub(super) fn fate(error: &ConnectorError) -> Fate {
    let hyper = find::<hyper::Error>(error);
    if find::<legacy::Error>(error).is_some_and(legacy::Error::is_connect) {
        Fate::NotConnected
    } else if error.is_timeout() {
        Fate::Silence
    } else if hyper.is_some_and(hyper::Error::is_parse) {
        Fate::NotHttp
    } else if error.is_io() || hyper.is_some() {
        Fate::Lost
    } else {
        Fate::NotSent
    }
}
