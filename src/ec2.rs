//! The gateway to EC2: describe, cancel, dry run. The only module, the endpoint aside, that names
//! `aws_sdk_ec2`.
//!
//! Every call of [`Ec2`] ends, within the timeouts of its settings, in the domain's types or in an
//! [`Ec2Error`]. Retries have one owner each: the poller for what it asks again anyway, the SDK for
//! a cancel, and there only for what EC2 itself answered (see `cancel`). The one-shot commands go
//! another way, [`verbatim`]: they show EC2's answer as it came, and retry as the AWS CLI does.

pub mod answer;
mod cancel;
mod classify;
mod convert;
mod credentials;
mod environment;
pub mod error;
mod http;
pub mod integrity;
mod profile;
mod session;
pub mod verbatim;

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Instant;

use aws_sdk_ec2::config::Builder;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;

use crate::task::{BundleId, BundleTask};
use cancel::{Doubt, OnlyWhatEc2Answered};
use classify::{Place, classify};
use credentials::Keyring;
pub use error::{Ec2Error, ErrorKind, Operation};
use integrity::WholeAnswers;
pub use profile::profile_names;
pub use session::{Session, Settings, Surroundings, Timeouts};

/// A connection to EC2 for one profile and region. Cheap to clone: all clones share it.
#[derive(Clone)]
pub struct Ec2(Arc<Inner>);

struct Inner {
    session: Session,
    keyring: Keyring,
    /// One attempt a call.
    once: aws_sdk_ec2::Client,
    /// For cancels: some answers are tried again.
    with_retries: aws_sdk_ec2::Client,
    sts: aws_sdk_sts::Client,
    ec2_place: Place,
    sts_place: Place,
}

/// Who the credentials belong to, as STS says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// The account's number, 12 digits.
    pub account: String,
    /// The ARN of the user or role.
    pub arn: String,
}

impl Ec2 {
    /// Reads what the settings leave open: profile, region, endpoint, certificates to trust. Sends
    /// nothing to EC2 and looks for no credentials yet: those are found at the first call.
    pub async fn connect(settings: &Settings) -> Result<Self, Ec2Error> {
        let resolved = Box::pin(settings.resolve()).await?;
        let (session, sdk) = (resolved.session, resolved.sdk.into_builder());
        let sdk = sdk.http_client(resolved.http).build();
        let ec2 = || {
            let mut config = Builder::from(&sdk).interceptor(WholeAnswers);
            config.set_endpoint_url(resolved.ec2_url.clone());
            config
        };
        let with_retries = ec2()
            .retry_config(resolved.retries)
            .timeout_config(settings.timeouts.with_retries())
            .retry_classifier(OnlyWhatEc2Answered);
        let mut sts = aws_sdk_sts::config::Builder::from(&sdk).interceptor(WholeAnswers);
        sts.set_endpoint_url(resolved.sts_url.clone());
        let place = |service, url: &Option<String>| Place {
            url: url.clone(),
            service,
            region: session.region.clone(),
        };
        Ok(Self(Arc::new(Inner {
            keyring: resolved.keyring,
            once: aws_sdk_ec2::Client::from_conf(ec2().build()),
            with_retries: aws_sdk_ec2::Client::from_conf(with_retries.build()),
            sts: aws_sdk_sts::Client::from_conf(sts.build()),
            ec2_place: place("EC2", &resolved.ec2_url),
            sts_place: place("STS", &resolved.sts_url),
            session,
        })))
    }

    /// Whom this acts as, and where.
    pub fn session(&self) -> &Session {
        &self.0.session
    }

    /// How often other keys than before were found to sign with; 1 after the first call. Each
    /// change may be a change of account.
    pub fn keys(&self) -> u64 {
        self.0.keyring.changes()
    }

    /// All bundle tasks of the account in the region, in EC2's order, which may vary. One request.
    pub async fn describe(&self) -> Result<Vec<BundleTask>, Ec2Error> {
        self.describe_some(&[]).await
    }

    /// One bundle task; `None` if EC2 does not list it. One request.
    pub async fn describe_one(&self, id: &BundleId) -> Result<Option<BundleTask>, Ec2Error> {
        match self.describe_some(&[id]).await {
            Ok(tasks) => Ok(tasks.into_iter().find(|task| task.bundle_id == *id)),
            Err(error) if error.kind == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    async fn describe_some(&self, ids: &[&BundleId]) -> Result<Vec<BundleTask>, Ec2Error> {
        let ids = ids.iter().map(ToString::to_string).collect();
        let request = self.0.once.describe_bundle_tasks();
        let request = request.set_bundle_ids(Some(ids).filter(|ids: &Vec<_>| !ids.is_empty()));
        let answer = self
            .call(
                Operation::DescribeBundleTasks,
                &self.0.ec2_place,
                Box::pin(request.send()),
            )
            .await?;
        let tasks = answer.bundle_tasks.unwrap_or_default();
        Ok(tasks.into_iter().map(convert::task).collect())
    }

    /// Asks whether a cancel would be permitted, without cancelling. `Ok` when it would be. One
    /// request.
    pub async fn dry_run_cancel(&self, id: &BundleId) -> Result<(), Ec2Error> {
        let request = self.0.once.cancel_bundle_task();
        let request = request.bundle_id(id.as_str()).dry_run(true);
        let operation = Operation::CancelBundleTask;
        match self
            .call(operation, &self.0.ec2_place, Box::pin(request.send()))
            .await
        {
            Err(error) if error.kind == ErrorKind::DryRunSucceeded => Ok(()),
            Err(error) if error.may_have_been_carried_out() => {
                Err(error.advise("Nothing was cancelled: this only asked for the permission."))
            }
            Err(error) => Err(error),
            // EC2 answers a dry run with an error, always. Whoever did this may have cancelled.
            Ok(_) => Err(Ec2Error::new(
                ErrorKind::Unparsable,
                operation,
                "The dry run was answered as if it were the cancel itself.",
            )),
        }
    }

    /// Cancels a bundle task. The task as EC2 then describes it; `None` if the answer has none.
    ///
    /// Sent again, up to three times in all, only when EC2 itself says that it is overloaded or has
    /// failed, or when no connection was made. See [`Ec2Error::may_have_been_carried_out`].
    pub async fn cancel(&self, id: &BundleId) -> Result<Option<BundleTask>, Ec2Error> {
        tracing::info!(?id, region = self.0.session.region, "cancel sent");
        let doubt = Doubt::default();
        let request = self.0.with_retries.cancel_bundle_task();
        let request = request.bundle_id(id.as_str()).customize();
        let request = request.interceptor(doubt.clone());
        let answer = self
            .call(
                Operation::CancelBundleTask,
                &self.0.ec2_place,
                Box::pin(request.send()),
            )
            .await
            .map_err(|error| doubt.weigh(error))?;
        let task = answer.bundle_task.map(convert::task);
        let state = task.as_ref().map(|task| task.state.as_str());
        tracing::info!(?id, state, "cancel accepted");
        Ok(task)
    }

    /// The account and ARN behind the credentials. One request, to STS; it needs no permission.
    pub async fn identity(&self) -> Result<Identity, Ec2Error> {
        let operation = Operation::GetCallerIdentity;
        let request = self.0.sts.get_caller_identity();
        let answer = self
            .call(operation, &self.0.sts_place, Box::pin(request.send()))
            .await?;
        match (answer.account, answer.arn) {
            (Some(account), Some(arn)) => Ok(Identity { account, arn }),
            _ => Err(Ec2Error::new(
                ErrorKind::Unparsable,
                operation,
                "The answer of STS lacks the account or the ARN.",
            )),
        }
    }

    /// Finds credentials, makes a call with them, classifies what comes of it, and logs that. The
    /// call is on the heap because the SDK's futures are large, and live in whatever awaits them.
    async fn call<T, E>(
        &self,
        operation: Operation,
        place: &Place,
        send: Pin<Box<impl Future<Output = Result<T, SdkError<E, HttpResponse>>>>>,
    ) -> Result<T, Ec2Error>
    where
        E: std::error::Error + ProvideErrorMetadata + 'static,
    {
        let started = Instant::now();
        let result = match self.0.keyring.credentials().await {
            Ok(_) => send
                .await
                .map_err(|error| classify(operation, &error, place)),
            Err(error) => Err(error),
        };
        if let Err(ErrorKind::BadCredentials | ErrorKind::Expired) =
            result.as_ref().map_err(|error| error.kind)
        {
            self.0.keyring.forget().await;
        }
        log(operation, place, started, result.as_ref().err());
        result
    }
}

fn log(operation: Operation, place: &Place, started: Instant, error: Option<&Ec2Error>) {
    let milliseconds = started.elapsed().as_millis();
    let region = &place.region;
    match error {
        None => tracing::debug!(%operation, region, milliseconds, "answered"),
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

impl fmt::Debug for Ec2 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Ec2").field(&self.0.session).finish()
    }
}
