//! Finds credentials, keeps them while they are valid, and then finds new ones.
//!
//! This module calls the SDK's credential providers itself, for three reasons. A
//! `credential_process` or a login service that is slow must not count as EC2 being slow. An error
//! must be explained where its profile is known. And the SDK's profile provider keeps
//! its first failure forever: here a failure drops the provider, so that the next attempt, after `aws
//! sso login`, reads the files again.

mod error;

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use aws_config::default_provider::credentials::DefaultCredentialsChain;
use aws_config::ecs::EcsCredentialsProvider;
use aws_config::imds::credentials::ImdsCredentialsProvider;
use aws_config::meta::credentials::CredentialsProviderChain;
use aws_config::profile::ProfileFileCredentialsProvider;
use aws_config::provider_config::ProviderConfig;
use aws_config::web_identity_token::WebIdentityTokenCredentialsProvider;
use aws_credential_types::Credentials;
use aws_credential_types::provider::error::CredentialsError;
use aws_credential_types::provider::{ProvideCredentials, SharedCredentialsProvider};
use aws_types::region::Region;
use tokio::sync::Mutex;

use super::error::{Ec2Error, ErrorKind};
use super::profile::{ProfileChoice, Profiles};
use super::request::Operation;
use crate::environment::variable;
use error::credentials_error;

/// Credentials this close to expiry are replaced, so that none expires in transit to EC2. Those that
/// live less than twice as long are replaced after half of their life, not at every call.
const RENEW_BEFORE_END: Duration = Duration::from_mins(1);

/// Names the credentials that a request is signed with. Not secret, but not shown in full either.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct AccessKeyId(String);

impl AccessKeyId {
    /// An access key ID such as `AKIAIOSFODNN7EXAMPLE`.
    pub fn new(id: impl Into<String>) -> Self {
        Self(id.into())
    }

    fn as_str(&self) -> &str {
        &self.0
    }
}

/// Shows the last four characters, as the AWS CLI does.
impl fmt::Debug for AccessKeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let last = self.0.char_indices().rev().nth(3).map_or(0, |(at, _)| at);
        write!(f, "AccessKeyId(…{})", &self.0[last..])
    }
}

/// Holds the credentials that every call is signed with. Cheap to clone: all clones share them.
#[derive(Clone)]
pub(super) struct CredentialCache(Arc<Inner>);

struct Inner {
    /// Where to look; `None` for fixed credentials.
    source: Option<CredentialsSource>,
    found: Mutex<Found>,
}

/// What has been found so far.
#[derive(Default)]
struct Found {
    /// Kept between calls because the SDK's providers keep tokens and refresh them.
    provider: Option<(SharedCredentialsProvider, Profiles)>,
    cached: Option<Cached>,
}

#[derive(Clone)]
struct Cached {
    credentials: Credentials,
    /// New ones are looked for when these remain valid for less than this.
    renew_before_end: Duration,
}

impl Cached {
    fn new(credentials: Credentials) -> Self {
        let renew_before_end = RENEW_BEFORE_END.min(remaining(&credentials) / 2);
        Self {
            credentials,
            renew_before_end,
        }
    }

    fn is_due_for_renewal(&self) -> bool {
        remaining(&self.credentials) <= self.renew_before_end
    }
}

/// Where credentials are looked for.
pub(super) struct CredentialsSource {
    /// `--profile`.
    pub profile: Option<String>,
    /// The region, for the services that issue the credentials.
    pub region: String,
    /// HTTP client, timeouts and retries for those services.
    pub services: ProviderConfig,
    /// How long to wait for them.
    pub timeout: Duration,
}

impl CredentialCache {
    /// Looks for credentials when they are first needed.
    pub fn searching(source: CredentialsSource) -> Self {
        Self(Arc::new(Inner {
            source: Some(source),
            found: Mutex::default(),
        }))
    }

    /// Holds credentials that are already known.
    pub fn holding(credentials: Credentials) -> Self {
        Self(Arc::new(Inner {
            source: None,
            found: Mutex::new(Found {
                cached: Some(Cached::new(credentials)),
                ..Found::default()
            }),
        }))
    }

    /// The cached credentials if they are still valid long enough, otherwise new ones.
    pub async fn credentials(&self) -> Result<Credentials, Ec2Error> {
        // The lock is held during the search on purpose: one `credential_process` at a time.
        let mut found = self.0.found.lock().await;
        let cached = found.cached.clone();
        if let Some(cached) = cached
            .as_ref()
            .filter(|cached| !cached.is_due_for_renewal())
        {
            return Ok(cached.credentials.clone());
        }
        let cached = cached.map(|cached| cached.credentials);
        let Some(source) = &self.0.source else {
            return cached.ok_or_else(|| no_credentials("None were given."));
        };
        match Box::pin(source.find(&mut found)).await {
            Ok(new) => {
                found.cached = Some(Cached::new(new.clone()));
                Ok(new)
            }
            Err(error) => {
                found.provider = None;
                // The old ones may still be valid for some seconds.
                cached.filter(|old| !remaining(old).is_zero()).ok_or(error)
            }
        }
    }

    /// Drops the credentials with this key, because EC2 refused them. The next call looks again.
    pub async fn forget(&self, refused: &AccessKeyId) {
        let mut found = self.0.found.lock().await;
        let cached = found.cached.as_ref();
        if self.0.source.is_some()
            && cached.is_some_and(|cached| cached.credentials.access_key_id() == refused.as_str())
        {
            (found.provider, found.cached) = (None, None);
        }
    }
}

impl CredentialsSource {
    async fn find(&self, found: &mut Found) -> Result<Credentials, Ec2Error> {
        if found.provider.is_none() {
            let profiles = Profiles::load(self.profile.as_deref()).await?;
            let provider = self.provider(&profiles).await?;
            found.provider = Some((provider, profiles));
        }
        let (provider, profiles) = found.provider.as_ref().expect("made above");
        let new = tokio::time::timeout(self.timeout, provider.provide_credentials())
            .await
            .unwrap_or_else(|_| Err(CredentialsError::provider_timed_out(self.timeout)))
            .map_err(|error| credentials_error(&error, profiles))?;
        check_signable(&new)?;
        if remaining(&new).is_zero() {
            return Err(Ec2Error::new(
                ErrorKind::Expired,
                Operation::Connect,
                "The credentials found have expired already.",
            ));
        }
        Ok(new)
    }

    /// The SDK's chain. `--profile` overrides the environment, as in the AWS CLI, which the
    /// SDK's `profile_name` does not.
    async fn provider(&self, profiles: &Profiles) -> Result<SharedCredentialsProvider, Ec2Error> {
        let region = Region::new(self.region.clone());
        let services = self.services.clone().with_region(Some(region.clone()));
        match profiles.chosen() {
            ProfileChoice::Flag => {
                let profile = ProfileFileCredentialsProvider::builder()
                    .configure(&services)
                    .profile_name(profiles.name())
                    .build();
                let ecs = EcsCredentialsProvider::builder()
                    .configure(&services)
                    .build();
                let imds = ImdsCredentialsProvider::builder()
                    .configure(&services)
                    .build();
                Ok(SharedCredentialsProvider::new(
                    CredentialsProviderChain::first_try("Profile", profile)
                        .or_else("EcsContainer", ecs)
                        .or_else("Ec2InstanceMetadata", imds),
                ))
            }
            ProfileChoice::Environment(_) | ProfileChoice::Default => {
                check_both_keys()?;
                let web_identity = is_web_identity_first(profiles).then(|| {
                    WebIdentityTokenCredentialsProvider::builder()
                        .configure(&services)
                        .build()
                });
                let chain = DefaultCredentialsChain::builder()
                    .configure(services)
                    .region(region)
                    .profile_name(profiles.name())
                    .build()
                    .await;
                Ok(match web_identity {
                    None => SharedCredentialsProvider::new(chain),
                    Some(provider) => SharedCredentialsProvider::new(
                        CredentialsProviderChain::first_try("WebIdentityToken", provider)
                            .or_else("Default", chain),
                    ),
                })
            }
        }
    }
}

/// Keys become part of a header, and the SDK panics on an invalid one: a file with Windows line
/// endings, read by a shell, leaves a carriage return.
fn check_signable(found: &Credentials) -> Result<(), Ec2Error> {
    let is_plain = |key: &str| key.bytes().all(|b| b.is_ascii_graphic());
    if is_plain(found.access_key_id()) && found.session_token().is_none_or(is_plain) {
        return Ok(());
    }
    Err(Ec2Error::new(
        ErrorKind::BadCredentials,
        Operation::Connect,
        "The access key ID or the session token contains a character that keys do not have.",
    )
    .with_remedy("Look for a carriage return or a space at its end, where it is set."))
}

/// A web identity in the environment comes before keys in the AWS files, as with the AWS CLI. The SDK
/// prefers the keys, and would use the wrong identity. A role in the files comes before both.
fn is_web_identity_first(profiles: &Profiles) -> bool {
    let is_set = |key| variable(key).is_some();
    is_set("AWS_WEB_IDENTITY_TOKEN_FILE")
        && is_set("AWS_ROLE_ARN")
        && !is_set("AWS_ACCESS_KEY_ID")
        && profiles.get("role_arn").is_none()
}

/// Rejects one of the two keys without the other: the SDK ignores that mistake.
fn check_both_keys() -> Result<(), Ec2Error> {
    let (id, secret) = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY");
    let (kind, set, missing) = match (variable(id), variable(secret)) {
        (Some(_), None) => (ErrorKind::BadCredentials, id, secret),
        // The AWS CLI ignores a secret without an ID.
        (None, Some(_)) => (ErrorKind::NoCredentials, secret, id),
        (Some(_), Some(_)) | (None, None) => return Ok(()),
    };
    Err(Ec2Error::new(
        kind,
        Operation::Connect,
        format!("The environment has {set} without {missing}."),
    )
    .with_remedy(format!("Set {missing} too, or unset {set}.")))
}

/// How long the credentials remain valid; forever if they have no expiry.
fn remaining(credentials: &Credentials) -> Duration {
    match credentials.expiry() {
        Some(end) => end.duration_since(SystemTime::now()).unwrap_or_default(),
        None => Duration::MAX,
    }
}

fn no_credentials(message: &str) -> Ec2Error {
    Ec2Error::new(ErrorKind::NoCredentials, Operation::Connect, message)
}

impl fmt::Debug for CredentialCache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CredentialCache(not shown)")
    }
}
