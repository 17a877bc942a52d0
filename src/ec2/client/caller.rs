//! A caller: sends requests on a client's connection, signed with credentials, and parses each response
//! into the type asked for.
//!
//! The SDK finds the endpoint, signs, sends and retries. Its response types are not used: see
//! [`response`](crate::ec2::response).

use std::fmt;
use std::sync::Arc;
use std::time::Instant;

use aws_config::identity::IdentityCache;
use aws_credential_types::Credentials;
use aws_sdk_ec2::types::Filter as SdkFilter;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use serde_json::Value;
use thiserror::Error;

use super::Client;
use crate::ec2::capture::{CallOutcome, Capture};
use crate::ec2::credentials::AccessKeyId;
use crate::ec2::error::{Ec2Error, ErrorKind, RequestTarget, answer_error, call_error, read_error};
use crate::ec2::filter::Filter;
use crate::ec2::request::{Operation, Request};
use crate::ec2::response::{Identity, ReadError, Response, TimeFormat};
use crate::ec2::retry::{self, RetryClassifier, RetryPolicy};
use crate::task::{BundleId, BundleTask};

/// A [`Client`] with the credentials that sign its requests, so that it is known on whose behalf they
/// are sent. Cheap to clone.
///
/// Every call returns a result or an error within the timeouts of the settings.
#[derive(Clone)]
pub struct Caller {
    pub(super) client: Client,
    /// `None` if requests are not signed.
    pub(super) credentials: Option<Credentials>,
}

/// What EC2 returned when it accepted a cancel.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cancelled {
    /// The task, if it is in the response.
    pub task: Option<BundleTask>,
    /// The ID of the request.
    pub request_id: Option<String>,
}

/// Why a command's request has no response to show.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum RequestError {
    /// EC2 returned an error. Formatted like the AWS CLI's message.
    #[error(
        "An error occurred ({code}) when calling the {operation} operation{}: {message}",
        retries.map_or(String::new(), |retries| format!(" (reached max retries: {retries})"))
    )]
    Refused {
        /// The operation.
        operation: Operation,
        /// EC2's error code; `Unknown` or the HTTP status if there is none.
        code: String,
        /// EC2's full message.
        message: String,
        /// The number of retries, if all that the settings allow were used.
        retries: Option<u32>,
    },
    /// Anything else.
    #[error(transparent)]
    Other(#[from] Ec2Error),
}

/// EC2's answer as JSON.
#[derive(Clone, Debug, PartialEq)]
pub struct JsonAnswer {
    /// The answer, as the AWS CLI prints it.
    pub json: Value,
    /// EC2's ID of the request.
    pub request_id: Option<String>,
}

impl Caller {
    /// The access key ID that the requests are signed with; `None` if they are not signed.
    pub fn access_key_id(&self) -> Option<AccessKeyId> {
        let credentials = self.credentials.as_ref()?;
        Some(AccessKeyId::new(credentials.access_key_id()))
    }

    /// The bundle tasks of the account in the region that all filters find, in EC2's order, which may vary.
    pub async fn describe(&self, filters: &[Filter]) -> Result<Vec<Arc<BundleTask>>, Ec2Error> {
        self.describe_some(None, filters).await
    }

    /// Those of these bundle tasks that EC2 lists.
    pub async fn describe_these(&self, ids: &[BundleId]) -> Result<Vec<Arc<BundleTask>>, Ec2Error> {
        // A filter, because EC2 refuses a request for IDs of which one is gone.
        let filter = Filter {
            name: Some("bundle-id".to_owned()),
            values: Some(
                ids.iter()
                    .map(|id| escaped_for_filter(id.as_str()))
                    .collect(),
            ),
        };
        self.describe_some(None, &[filter]).await
    }

    /// One bundle task; `None` if EC2 does not list it.
    pub async fn describe_one(&self, id: &BundleId) -> Result<Option<BundleTask>, Ec2Error> {
        match self.describe_some(Some(vec![id.to_string()]), &[]).await {
            Ok(tasks) => only_task(tasks, id, Operation::DescribeBundleTasks),
            Err(error) if error.kind == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    async fn describe_some(
        &self,
        ids: Option<Vec<String>>,
        filters: &[Filter],
    ) -> Result<Vec<Arc<BundleTask>>, Ec2Error> {
        let request = Request::Describe {
            bundle_ids: ids,
            filters: (!filters.is_empty()).then(|| filters.to_vec()),
            dry_run: None,
        };
        self.call(&request, |response| {
            response.to_tasks(request.operation(), self.client.0.behavior)
        })
        .await
    }

    /// Asks whether a cancel would be permitted, without cancelling. `Ok` when it would be.
    pub async fn dry_run_cancel(&self, id: &BundleId) -> Result<(), Ec2Error> {
        let request = Request::Cancel {
            bundle_id: id.to_string(),
            dry_run: Some(true),
        };
        match self.call(&request, |_| Ok(())).await {
            Err(error) if error.kind == ErrorKind::DryRunSucceeded => Ok(()),
            Err(error) => Err(after_dry_run(error)),
            // EC2 answers every dry run with an error. On success, the task may have been cancelled.
            Ok(()) => Err(Ec2Error::new(
                ErrorKind::Unparsable,
                Operation::CancelBundleTask,
                "The dry run was answered as if it were the cancel itself.",
            )),
        }
    }

    /// Cancels a bundle task.
    ///
    /// Sent up to three times in all, but only if a successful cancel cannot be reported as one
    /// that was refused: see the module `retry` and [`Ec2Error::may_have_been_carried_out`].
    pub async fn cancel(&self, id: &BundleId) -> Result<Cancelled, Ec2Error> {
        tracing::info!(?id, region = self.client.0.session.region, "cancel sent");
        let request = Request::Cancel {
            bundle_id: id.to_string(),
            dry_run: None,
        };
        let (tasks, request_id) = self
            .call(&request, |response| {
                let tasks = response.to_tasks(request.operation(), self.client.0.behavior)?;
                Ok((tasks, response.request_id()))
            })
            .await?;
        let task = only_task(tasks, id, request.operation())?;
        let state = task.as_ref().map(|task| task.state.as_str());
        tracing::info!(?id, state, request_id, "cancel accepted");
        Ok(Cancelled { task, request_id })
    }

    /// The account and ARN behind the credentials, from STS; it needs no permission.
    pub async fn identity(&self) -> Result<Identity, Ec2Error> {
        let identity = self
            .call(&Request::Identify, |response| {
                response.to_identity(self.client.0.behavior)
            })
            .await?;
        identity.ok_or_else(|| {
            Ec2Error::new(
                ErrorKind::Unparsable,
                Operation::GetCallerIdentity,
                "The answer of STS lacks the account or the ARN.",
            )
        })
    }

    /// EC2's response as JSON, member for member, for the commands.
    pub async fn call_for_json(
        &self,
        request: &Request,
        times: TimeFormat,
    ) -> Result<JsonAnswer, RequestError> {
        let operation = request.operation();
        let outcome = self.send(request).await;
        let (response, attempts) = match outcome {
            Ok((response, outcome)) => (response, outcome.attempts),
            Err(error) if request.is_dry_run() => return Err(after_dry_run(error).into()),
            Err(error) => return Err(error.into()),
        };
        let unreadable = |error: ReadError| {
            let message = format!("The answer of EC2 cannot be read: {error}.");
            let error = Ec2Error::new(ErrorKind::Unparsable, operation, message);
            if request.is_dry_run() {
                after_dry_run(error)
            } else {
                error
            }
        };
        if response.is_success() {
            let json = response.to_json(operation, self.client.0.behavior, times);
            return Ok(JsonAnswer {
                json: json.map_err(unreadable)?,
                request_id: response.request_id(),
            });
        }
        let error = response.aws_cli_error();
        let (code, message) = error.map_err(unreadable)?;
        let is_last = attempts >= self.client.0.retries.max_attempts();
        Err(RequestError::Refused {
            operation,
            code,
            message,
            retries: is_last.then(|| attempts.saturating_sub(1)),
        })
    }

    /// Sends a request, parses the response, and logs the result.
    async fn call<T>(
        &self,
        request: &Request,
        read: impl FnOnce(&Response) -> Result<T, ReadError>,
    ) -> Result<T, Ec2Error> {
        let operation = request.operation();
        let started = Instant::now();
        let result = match self.send(request).await {
            Ok((response, _)) if response.is_success() => {
                read(&response).map_err(|error| read_error(operation, &error, &response))
            }
            Ok((response, outcome)) => Err(retry::doubt_from_earlier_attempts(
                answer_error(operation, &response),
                &outcome,
            )),
            Err(error) => Err(error),
        };
        if let (Some(credential_cache), Err(error)) = (&self.client.0.credential_cache, &result)
            && matches!(error.kind, ErrorKind::BadCredentials | ErrorKind::Expired)
            && let Some(refused) = self.access_key_id()
        {
            credential_cache.forget(&refused).await;
        }
        self.log(operation, started, result.as_ref().err());
        result
    }

    /// Sends a request, with retries. Returns the last response, even an error response.
    async fn send(&self, request: &Request) -> Result<(Response, CallOutcome), Ec2Error> {
        let operation = request.operation();
        let target = match request {
            Request::Describe { .. } | Request::Cancel { .. } => &self.client.0.ec2_target,
            Request::Identify => &self.client.0.sts_target,
        };
        tracing::debug!(%operation, ?target, ?request, "sending");
        let capture = Capture::new(operation);
        let result = self.dispatch(request, target, &capture).await;
        let mut outcome = capture.take_outcome();
        let (attempts, status) = (
            outcome.attempts,
            outcome.response.as_ref().map(|r| r.status),
        );
        tracing::debug!(%operation, attempts, status, "done");
        let error = match (outcome.response.take(), result) {
            (Some(response), _) => return Ok((response, outcome)),
            (None, Err(error)) => error,
            (None, Ok(())) => Ec2Error::new(ErrorKind::Unparsable, operation, "No answer came."),
        };
        Err(retry::doubt_from_earlier_attempts(error, &outcome))
    }

    /// Sends a request through the SDK. Its futures are large, so they are boxed.
    async fn dispatch(
        &self,
        request: &Request,
        target: &RequestTarget,
        capture: &Capture,
    ) -> Result<(), Ec2Error> {
        let operation = request.operation();
        let retries = RetryPolicy::of(request, self.client.0.behavior);
        match request.clone() {
            Request::Describe {
                bundle_ids,
                filters,
                dry_run,
            } => {
                let filters = filters.map(|filters| filters.into_iter().map(sdk_filter).collect());
                let call = self.client.0.ec2.describe_bundle_tasks();
                let call = call.set_bundle_ids(bundle_ids).set_filters(filters);
                let call = call.set_dry_run(dry_run).customize();
                let call = call.config_override(self.ec2_config(retries, capture));
                let sent = Box::pin(call.send()).await;
                sent_or_error(operation, sent, target)
            }
            Request::Cancel { bundle_id, dry_run } => {
                let call = self.client.0.ec2.cancel_bundle_task().bundle_id(bundle_id);
                let call = call.set_dry_run(dry_run).customize();
                let call = call.config_override(self.ec2_config(retries, capture));
                let sent = Box::pin(call.send()).await;
                sent_or_error(operation, sent, target)
            }
            Request::Identify => {
                let mut config = aws_sdk_sts::config::Builder::new();
                config = config.http_client(capture.client(&self.client.0.http));
                if let Some(credentials) = self.credentials.clone() {
                    config = config
                        .credentials_provider(credentials)
                        .identity_cache(IdentityCache::no_cache());
                }
                let call = self.client.0.sts().get_caller_identity().customize();
                let call = call.config_override(config);
                let sent = Box::pin(call.send()).await;
                sent_or_error(operation, sent, target)
            }
        }
    }

    /// The settings that differ from call to call.
    fn ec2_config(&self, retries: RetryPolicy, capture: &Capture) -> aws_sdk_ec2::config::Builder {
        let mut config = aws_sdk_ec2::config::Builder::new();
        config = config.http_client(capture.client(&self.client.0.http));
        if let Some(credentials) = self.credentials.clone() {
            config = config
                .credentials_provider(credentials)
                .identity_cache(IdentityCache::no_cache());
        }
        match retries {
            RetryPolicy::Never => config,
            RetryPolicy::SafeForCancel | RetryPolicy::LikeAwsCli => config
                .retry_config(self.client.0.retries.clone())
                .timeout_config(self.client.0.timeouts.with_retries())
                .retry_classifier(RetryClassifier {
                    retries,
                    capture: capture.clone(),
                }),
        }
    }

    fn log(&self, operation: Operation, started: Instant, error: Option<&Ec2Error>) {
        let milliseconds = started.elapsed().as_millis();
        let region = &self.client.0.session.region;
        match error {
            None => tracing::debug!(%operation, region, milliseconds, "succeeded"),
            Some(error) if error.kind == ErrorKind::DryRunSucceeded => {
                tracing::debug!(%operation, region, milliseconds, "would be permitted");
            }
            Some(error) => tracing::warn!(
                %operation,
                region,
                milliseconds,
                kind = ?error.kind,
                code = error.code,
                request_id = error.request_id,
                "failed"
            ),
        }
    }
}

/// The task in an answer that is about one task. An answer about others is not the answer to what was
/// asked.
fn only_task(
    tasks: Vec<Arc<BundleTask>>,
    id: &BundleId,
    operation: Operation,
) -> Result<Option<BundleTask>, Ec2Error> {
    let other = tasks.first().map(|task| task.bundle_id.clone());
    let found = tasks.into_iter().find(|task| task.bundle_id == *id);
    match (found, other) {
        (None, Some(other)) => Err(Ec2Error::new(
            ErrorKind::Unparsable,
            operation,
            format!("The answer is about another task, {other}."),
        )),
        (found, _) => Ok(found.map(Arc::unwrap_or_clone)),
    }
}

/// A dry run changes nothing, so nothing can have been carried out.
fn after_dry_run(error: Ec2Error) -> Ec2Error {
    if error.may_have_been_carried_out() {
        error.with_remedy("Nothing was cancelled: this only asked for the permission.")
    } else {
        error
    }
}

fn sdk_filter(filter: Filter) -> SdkFilter {
    SdkFilter::builder()
        .set_name(filter.name)
        .set_values(filter.values)
        .build()
}

fn sent_or_error<T, E>(
    operation: Operation,
    sent: Result<T, SdkError<E, HttpResponse>>,
    target: &RequestTarget,
) -> Result<(), Ec2Error>
where
    E: std::error::Error + 'static,
{
    match sent {
        Ok(_) => Ok(()),
        Err(error) => Err(call_error(operation, &error, target)),
    }
}

impl fmt::Debug for Caller {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let key = self.access_key_id();
        f.debug_tuple("Caller")
            .field(&self.client)
            .field(&key)
            .finish()
    }
}

/// The value with which a filter finds exactly this text: `*` and `?` stand for other characters.
fn escaped_for_filter(text: &str) -> String {
    let mut escaped = String::new();
    for c in text.chars() {
        if matches!(c, '*' | '?' | '\\') {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    escaped
}
