//! One request, and EC2's answer as it came: for the commands, which stand in for the AWS CLI.
//!
//! The SDK finds the endpoint, signs, sends and retries; what it would make of the answer is not
//! asked. The answer is kept where it comes off the wire, and the SDK is given an empty one in place
//! of one that succeeded. Retries are the AWS CLI's: of every operation, three attempts unless the
//! settings say otherwise.

mod keep;

use std::time::Instant;

use aws_config::stalled_stream_protection::StalledStreamProtectionConfig;
use aws_sdk_ec2::config::Builder;
use aws_sdk_ec2::types::Filter as SdkFilter;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use serde_json::Value;
use thiserror::Error;

use super::answer::{self, Times, Unreadable};
use super::classify::{Place, classify};
use super::credentials::Keyring;
use super::error::{Ec2Error, ErrorKind, Operation};
use super::profile::Profiles;
use super::session::Settings;
use keep::{Answer, Kept, OnlyWhatCanBeRead};

/// What is asked of EC2. What is `None` is not sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Request {
    /// `DescribeBundleTasks`
    Describe {
        /// `BundleIds`
        bundle_ids: Option<Vec<String>>,
        /// `Filters`
        filters: Option<Vec<Filter>>,
        /// `DryRun`
        dry_run: Option<bool>,
    },
    /// `CancelBundleTask`
    Cancel {
        /// `BundleId`
        bundle_id: String,
        /// `DryRun`
        dry_run: Option<bool>,
    },
}

/// A filter of `DescribeBundleTasks`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// `Name`
    pub name: Option<String>,
    /// `Values`
    pub values: Option<Vec<String>>,
}

impl Request {
    /// The operation.
    pub fn operation(&self) -> Operation {
        match self {
            Self::Describe { .. } => Operation::DescribeBundleTasks,
            Self::Cancel { .. } => Operation::CancelBundleTask,
        }
    }

    fn is_dry_run(&self) -> bool {
        let (Self::Describe { dry_run, .. } | Self::Cancel { dry_run, .. }) = self;
        *dry_run == Some(true)
    }
}

/// Why a request has no answer to show.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum Failure {
    /// EC2 answered with an error. In the words of the AWS CLI.
    #[error(
        "An error occurred ({code}) when calling the {operation} operation{}: {message}",
        retries.map_or(String::new(), |retries| format!(" (reached max retries: {retries})"))
    )]
    Refused {
        /// The operation.
        operation: Operation,
        /// EC2's error code; the HTTP status or `Unknown` where it has none.
        code: String,
        /// EC2's message, whole.
        message: String,
        /// How often the request was sent again, if it was as often as the settings allow.
        retries: Option<u32>,
    },
    /// Anything else.
    #[error(transparent)]
    Other(#[from] Ec2Error),
}

/// A connection to EC2 for one profile and region, for one request at a time.
#[derive(Debug)]
pub struct Verbatim {
    client: aws_sdk_ec2::Client,
    /// `None` for requests that are not signed.
    keyring: Option<Keyring>,
    profiles: Option<Profiles>,
    place: Place,
    max_attempts: u32,
    kept: Kept,
}

impl Verbatim {
    /// Reads what the settings leave open. Sends nothing, and looks for no credentials yet.
    pub async fn connect(settings: &Settings) -> Result<Self, Ec2Error> {
        let resolved = Box::pin(settings.resolve()).await?;
        let kept = Kept::default();
        let mut sdk = resolved.sdk.into_builder();
        if settings.no_sign_request {
            sdk.set_credentials_provider(None);
        }
        let http = keep::Keeping::new(resolved.http, kept.clone());
        let stalls = StalledStreamProtectionConfig::disabled();
        let sdk = sdk.http_client(http).stalled_stream_protection(stalls);
        let mut config = Builder::from(&sdk.build());
        if resolved.ec2_url.is_some() {
            // As with the AWS CLI they are for AWS's own endpoints; the SDK would refuse both.
            config = config.use_fips(false).use_dual_stack(false);
        }
        config.set_endpoint_url(resolved.ec2_url.clone());
        if settings.no_sign_request {
            config = config.allow_no_auth();
        }
        let max_attempts = resolved.retries.max_attempts();
        let config = config
            .retry_config(resolved.retries)
            .retry_classifier(OnlyWhatCanBeRead(kept.clone()))
            .timeout_config(settings.timeouts.with_retries());
        Ok(Self {
            client: aws_sdk_ec2::Client::from_conf(config.build()),
            keyring: (!settings.no_sign_request).then_some(resolved.keyring),
            profiles: resolved.profiles,
            place: Place {
                url: resolved.ec2_url,
                service: "EC2",
                region: resolved.session.region,
            },
            max_attempts,
            kept,
        })
    }

    /// A setting of the profile in use, such as `output`.
    pub fn profile_setting(&self, key: &str) -> Option<&str> {
        self.profiles.as_ref()?.get(key)
    }

    /// Sends the request, again if need be, and reads the answer.
    pub async fn send(&self, request: &Request, times: Times) -> Result<Value, Failure> {
        let operation = request.operation();
        let started = Instant::now();
        if let Some(keyring) = &self.keyring {
            // First, so that a slow `credential_process` does not count as EC2 being slow.
            keyring.credentials().await?;
        }
        let (client, place) = (&self.client, &self.place);
        tracing::debug!(%operation, ?place, ?request, "asks");
        self.kept.begin(operation);
        let sent = match request.clone() {
            Request::Describe {
                bundle_ids,
                filters,
                dry_run,
            } => {
                let call = client.describe_bundle_tasks().set_bundle_ids(bundle_ids);
                let filters = filters.map(|filters| filters.into_iter().map(sdk_filter).collect());
                let call = call.set_filters(filters).set_dry_run(dry_run);
                outcome(operation, Box::pin(call.send()).await, place)
            }
            Request::Cancel { bundle_id, dry_run } => {
                let call = client.cancel_bundle_task().bundle_id(bundle_id);
                let call = call.set_dry_run(dry_run);
                outcome(operation, Box::pin(call.send()).await, place)
            }
        };
        let (answer, attempts) = self.kept.take();
        let milliseconds = started.elapsed().as_millis();
        let status = answer.as_ref().map(|answer| answer.status);
        tracing::debug!(%operation, attempts, status, milliseconds, "done");
        let outcome = match (answer, sent) {
            (Some(answer), _) => self.read(operation, &answer, attempts, times),
            (None, Err(error)) => Err(error.into()),
            (None, Ok(())) => {
                Err(Ec2Error::new(ErrorKind::Unparsable, operation, "No answer came.").into())
            }
        };
        outcome.map_err(|failure| match failure {
            Failure::Other(error) if request.is_dry_run() && error.may_have_been_carried_out() => {
                let advice = "Nothing was cancelled: this only asked for the permission.";
                Failure::Other(error.advise(advice))
            }
            failure => failure,
        })
    }

    /// What the AWS CLI would make of an answer.
    fn read(
        &self,
        operation: Operation,
        answer: &Answer,
        attempts: u32,
        times: Times,
    ) -> Result<Value, Failure> {
        let unreadable = |error: Unreadable| {
            let message = format!("The answer of EC2 cannot be read: {error}.");
            Ec2Error::new(ErrorKind::Unparsable, operation, message)
        };
        if answer.is_success() {
            return Ok(answer::read(operation, &answer.body, times).map_err(unreadable)?);
        }
        let (code, message) = answer.error().map_err(unreadable)?;
        Err(Failure::Refused {
            operation,
            code,
            message,
            retries: (attempts >= self.max_attempts).then(|| attempts.saturating_sub(1)),
        })
    }
}

fn sdk_filter(filter: Filter) -> SdkFilter {
    SdkFilter::builder()
        .set_name(filter.name)
        .set_values(filter.values)
        .build()
}

fn outcome<T, E>(
    operation: Operation,
    sent: Result<T, SdkError<E, HttpResponse>>,
    place: &Place,
) -> Result<(), Ec2Error>
where
    E: std::error::Error + ProvideErrorMetadata + 'static,
{
    match sent {
        Ok(_) => Ok(()),
        Err(error) => Err(classify(operation, &error, place)),
    }
}
