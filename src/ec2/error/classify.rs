//! Turns error responses and the SDK's errors into ours. There is one kind for each case that a person
//! or the poller handles differently.
//!
//! The SDK says "service error" or "dispatch failure", and its long form can hold the whole response.
//! So EC2's errors are read from the captured response, the SDK's errors are distinguished by their
//! variants and causes, and the message is ours or EC2's.

use std::error::Error;

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::{ConnectorError, SdkError};
use hyper_util::client::legacy;

use super::causes::{
    Cause, find_cause, innermost_message, is_certificate_for_another_host, why_not_connected,
};
use super::ec2_error::Ec2Error;
use super::kind::ErrorKind;
use crate::ec2::behavior::ClientBehavior;
use crate::ec2::request::Operation;
use crate::ec2::response::{BodyError, MAX_RESPONSE_BYTES, ReadError, Response};
use crate::environment::variable;
use crate::text::capitalized;

/// Where a request goes, for messages.
#[derive(Clone, Debug)]
pub(in crate::ec2) struct RequestTarget {
    /// The endpoint URL, where one is set.
    pub url: Option<String>,
    /// `EC2` or `STS`.
    pub service: &'static str,
    /// The region.
    pub region: String,
}

impl RequestTarget {
    fn name(&self) -> String {
        match &self.url {
            Some(url) => url.clone(),
            None => format!("{} in {}", self.service, self.region),
        }
    }
}

/// The kind of an error response.
pub(in crate::ec2) fn answer_kind(response: &Response) -> ErrorKind {
    match code_and_message(response) {
        Some((code, _)) => ErrorKind::of_code(&code, response.status),
        None => ErrorKind::of_status(response.status),
    }
}

/// The error that EC2, or a proxy in its place, returned.
pub(in crate::ec2) fn answer_error(operation: Operation, response: &Response) -> Ec2Error {
    let kind = answer_kind(response);
    let (code, message) = if let Some((code, message)) = code_and_message(response) {
        let message = clean_message(&code, &message);
        (Some(code), message)
    } else {
        let status = response.status;
        let message = format!("The answer is HTTP {status} without an error code of EC2's.");
        (None, message)
    };
    Ec2Error::new(kind, operation, message)
        .with_code(code.as_deref())
        .with_request_id(response.request_id().as_deref())
}

/// A successful response that cannot be parsed.
pub(in crate::ec2) fn read_error(
    operation: Operation,
    error: &ReadError,
    response: &Response,
) -> Ec2Error {
    let message = format!("{}, so it was ignored.", capitalized(&error.to_string()));
    Ec2Error::new(ErrorKind::Unparsable, operation, message)
        .with_request_id(response.request_id.as_deref())
}

fn code_and_message(response: &Response) -> Option<(String, String)> {
    let error = response.to_error(ClientBehavior::Ui).ok()?;
    let code = error.code.filter(|code| !code.is_empty())?;
    Some((code, error.message.unwrap_or_default()))
}

/// EC2's message without the encoded part it adds for administrators: hundreds of characters that
/// only `aws sts decode-authorization-message` can read.
fn clean_message(code: &str, message: &str) -> String {
    let message = message
        .split_once("Encoded authorization failure message")
        .map_or(message, |(before, _)| before)
        .trim();
    if message.is_empty() {
        format!("EC2 answered {code} without a message.")
    } else {
        message.to_owned()
    }
}

/// The error of a call that got no response.
pub(in crate::ec2) fn call_error<E>(
    operation: Operation,
    error: &SdkError<E, HttpResponse>,
    target: &RequestTarget,
) -> Ec2Error
where
    E: Error + 'static,
{
    let new = |kind, message: String| Ec2Error::new(kind, operation, message);
    if let Some(body) = find_cause::<BodyError>(error) {
        return body_error(operation, *body, target);
    }
    match error {
        SdkError::TimeoutError(_) => new(
            ErrorKind::TimedOut,
            format!("{} gave no whole answer in time.", target.name()),
        ),
        SdkError::DispatchFailure(_) => match find_cause::<Ec2Error>(error) {
            // The credentials expired before they were used.
            Some(error) => error.clone(),
            None => not_answered(operation, error, target),
        },
        // Endpoint rules, mostly: FIPS together with an endpoint URL, and the like.
        _ => new(
            ErrorKind::BadSettings,
            format!("No request could be made: {}.", innermost_message(error)),
        ),
    }
}

/// A response started but was not read to its end.
fn body_error(operation: Operation, error: BodyError, target: &RequestTarget) -> Ec2Error {
    let (kind, message) = match error {
        BodyError::TooLarge => {
            let megabytes = MAX_RESPONSE_BYTES / (1024 * 1024);
            let message = format!("The answer is larger than {megabytes} MiB.");
            (ErrorKind::Unparsable, message)
        }
        BodyError::Ended => {
            let message = "The connection ended in the middle of the answer.";
            (ErrorKind::AnswerLost, message.to_owned())
        }
        BodyError::Stalled => {
            let message = format!(
                "{} did not answer in time: its answer stopped in the middle.",
                target.name()
            );
            (ErrorKind::TimedOut, message)
        }
    };
    Ec2Error::new(kind, operation, message)
}

/// No response started.
fn not_answered(operation: Operation, error: &Cause, target: &RequestTarget) -> Ec2Error {
    let Some(connector) = find_cause::<ConnectorError>(error) else {
        return Ec2Error::new(
            ErrorKind::AnswerLost,
            operation,
            "The connection ended before the answer.",
        );
    };
    let name = target.name();
    let new = |kind, message: String| Ec2Error::new(kind, operation, message);
    match dispatch_outcome(connector) {
        DispatchOutcome::NotConnected => {
            let why = why_not_connected(error);
            new(
                ErrorKind::Unreachable,
                format!("Could not connect to {name}: {why}."),
            )
            .with_remedy(how_to_connect(error, target))
        }
        DispatchOutcome::NoAnswer => new(
            ErrorKind::TimedOut,
            format!("{name} did not answer in time."),
        ),
        DispatchOutcome::ConnectionLost => new(
            ErrorKind::AnswerLost,
            format!("The connection to {name} ended before the answer."),
        ),
        DispatchOutcome::NotHttp => new(
            ErrorKind::Unparsable,
            format!("What answers at {name} is not HTTP."),
        ),
        DispatchOutcome::NotSent => new(
            ErrorKind::BadSettings,
            format!("No request could be made: {}.", innermost_message(error)),
        ),
    }
}

fn how_to_connect(error: &Cause, target: &RequestTarget) -> String {
    let tls = find_cause::<rustls::Error>(error);
    if tls.is_some_and(is_certificate_for_another_host) {
        return "Check the endpoint URL: it must name the host as the certificate does.".to_owned();
    }
    if tls.is_some() {
        return "If a proxy or a substitute for EC2 signs with its own certificate authority, name \
                its certificate with --ca-bundle or AWS_CA_BUNDLE."
            .to_owned();
    }
    match &target.url {
        Some(url) => format!(
            "Check that an EC2 endpoint answers at {url} (--endpoint-url or AWS_ENDPOINT_URL)."
        ),
        None => match ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"]
            .into_iter()
            .find(|key| variable(key).is_some())
        {
            Some(key) => format!(
                "Check the proxy that {key} names, the network, and the region, {}.",
                target.region
            ),
            None => format!(
                "Check the network and the region, {}; behind a proxy, set HTTPS_PROXY.",
                target.region
            ),
        },
    }
}

/// How far a request without a response got.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::ec2) enum DispatchOutcome {
    /// No connection was made, so it was not sent.
    NotConnected,
    /// It was not sent for another reason.
    NotSent,
    /// It was sent, and no response came in time.
    NoAnswer,
    /// It was sent, and the connection ended.
    ConnectionLost,
    /// It was sent, and the response is not HTTP.
    NotHttp,
}

/// How far a request got, judging by the HTTP client's error.
pub(in crate::ec2) fn dispatch_outcome(error: &ConnectorError) -> DispatchOutcome {
    let hyper = find_cause::<hyper::Error>(error);
    if find_cause::<legacy::Error>(error).is_some_and(legacy::Error::is_connect) {
        DispatchOutcome::NotConnected
    } else if error.is_timeout() {
        DispatchOutcome::NoAnswer
    } else if hyper.is_some_and(hyper::Error::is_parse) {
        DispatchOutcome::NotHttp
    } else if error.is_io() || hyper.is_some() {
        DispatchOutcome::ConnectionLost
    } else {
        DispatchOutcome::NotSent
    }
}
