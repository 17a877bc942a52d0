//! When a request is retried.
//!
//! | sender                  | retried                                                             |
//! |-------------------------|---------------------------------------------------------------------|
//! | the UI, describe, dry run, identity | never: the caller sends it again anyway                 |
//! | the UI, cancel          | when no connection was made, or EC2 itself was overloaded or failed |
//! | the commands            | whatever the AWS CLI retries                                        |
//!
//! A cancel whose response is lost may have been carried out. A retry would be refused with
//! `IncorrectState`, and a successful cancel would look like a failed one.

use aws_smithy_runtime_api::client::interceptors::context::InterceptorContext;
use aws_smithy_runtime_api::client::retries::classifiers::{ClassifyRetry, RetryAction};
use aws_smithy_types::retry::RetryConfig;

use super::behavior::ClientBehavior;
use super::capture::{CallOutcome, Capture};
use super::error::{DispatchOutcome, Ec2Error, ErrorKind, answer_kind, dispatch_outcome};
use super::profile::Profiles;
use super::request::{Operation, Request};
use crate::environment::variable;

/// Which failures of a request are retried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum RetryPolicy {
    /// None.
    Never,
    /// Those where a retry cannot make a successful cancel look refused.
    SafeForCancel,
    /// Those the AWS CLI retries.
    LikeAwsCli,
}

impl RetryPolicy {
    /// The retries of a request.
    pub fn of(request: &Request, behavior: ClientBehavior) -> Self {
        match (behavior, request) {
            (ClientBehavior::AwsCli, _) => Self::LikeAwsCli,
            (ClientBehavior::Ui, Request::Cancel { dry_run, .. }) if *dry_run != Some(true) => {
                Self::SafeForCancel
            }
            (ClientBehavior::Ui, _) => Self::Never,
        }
    }
}

/// Decides after each attempt of one call whether to retry.
#[derive(Debug)]
pub(super) struct RetryClassifier {
    pub retries: RetryPolicy,
    pub capture: Capture,
}

impl ClassifyRetry for RetryClassifier {
    fn classify_retry(&self, context: &InterceptorContext) -> RetryAction {
        match self.retries {
            RetryPolicy::Never => RetryAction::RetryForbidden,
            RetryPolicy::SafeForCancel => self.after_attempt_of_cancel(context),
            // The AWS CLI stops retrying after an error response that it cannot parse.
            RetryPolicy::LikeAwsCli => self.capture.with_response(|response| match response {
                Some(response) if !response.is_success() && response.aws_cli_error().is_err() => {
                    RetryAction::RetryForbidden
                }
                Some(_) | None => RetryAction::NoActionIndicated,
            }),
        }
    }

    fn name(&self) -> &'static str {
        "RetryClassifier"
    }
}

impl RetryClassifier {
    fn after_attempt_of_cancel(&self, context: &InterceptorContext) -> RetryAction {
        let Some(Err(error)) = context.output_or_error() else {
            return RetryAction::NoActionIndicated;
        };
        if let Some(connector) = error.as_connector_error() {
            return match dispatch_outcome(connector) {
                DispatchOutcome::NotConnected => RetryAction::transient_error(),
                DispatchOutcome::NotSent
                | DispatchOutcome::NoAnswer
                | DispatchOutcome::ConnectionLost
                | DispatchOutcome::NotHttp => RetryAction::RetryForbidden,
            };
        }
        self.capture.with_response(|response| {
            // A response without an error code is not from EC2.
            let answered = response.filter(|response| {
                let error = response.to_error(ClientBehavior::Ui);
                error.is_ok_and(|error| error.code.is_some())
            });
            match answered.map(answer_kind) {
                Some(ErrorKind::Throttled) => RetryAction::throttling_error(),
                Some(kind) if kind.is_retryable() => RetryAction::transient_error(),
                Some(_) | None => RetryAction::RetryForbidden,
            }
        })
    }
}

/// The error of a call, given its earlier attempts: an attempt that failed on EC2's side may have been
/// carried out, whatever the last response says.
pub(super) fn doubt_from_earlier_attempts(error: Ec2Error, outcome: &CallOutcome) -> Ec2Error {
    if error.may_have_been_carried_out() || !outcome.earlier_attempt_may_have_been_carried_out {
        return error;
    }
    let message = format!(
        "EC2 failed on one try, which may have been carried out, and on the next: {}",
        error.message
    );
    let doubtful = Ec2Error::new(ErrorKind::ServerError, Operation::CancelBundleTask, message);
    doubtful
        .with_code(error.code.as_deref())
        .with_request_id(error.request_id.as_deref())
}

/// How often a request is sent: the AWS SDKs' "standard" mode, unless set by `AWS_RETRY_MODE` and
/// `AWS_MAX_ATTEMPTS`, or the profile's `retry_mode` and `max_attempts`. The SDK panics on a value it
/// does not know.
pub(super) fn retry_config(profiles: &Profiles) -> Result<RetryConfig, Ec2Error> {
    let mode = setting(profiles, "AWS_RETRY_MODE", "retry_mode");
    let retries = match mode {
        None => RetryConfig::standard(),
        Some((mode, source)) => match mode.trim().to_ascii_lowercase().as_str() {
            // `legacy` is the AWS CLI's older mode; the SDK has only these two.
            "standard" | "legacy" => RetryConfig::standard(),
            "adaptive" => RetryConfig::adaptive(),
            _ => return Err(bad_value(&mode, source, "standard or adaptive")),
        },
    };
    match setting(profiles, "AWS_MAX_ATTEMPTS", "max_attempts") {
        None => Ok(retries),
        Some((count, source)) => match count.trim().parse() {
            Ok(attempts) if attempts > 0 => Ok(retries.with_max_attempts(attempts)),
            Ok(_) | Err(_) => Err(bad_value(&count, source, "a number from 1")),
        },
    }
}

/// A setting, and where it was found.
fn setting(
    profiles: &Profiles,
    key: &'static str,
    in_profile: &'static str,
) -> Option<(String, &'static str)> {
    let from_profile = || Some((profiles.get(in_profile)?.to_owned(), in_profile));
    variable(key)
        .map(|value| (value, key))
        .or_else(from_profile)
}

fn bad_value(value: &str, source: &str, expected: &str) -> Ec2Error {
    Ec2Error::bad_settings(format!("\"{value}\" is not a value for {source}."))
        .with_remedy(format!("Set {source} to {expected}, or unset it."))
}
