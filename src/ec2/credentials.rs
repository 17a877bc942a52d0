//! Credentials: found, kept while they are good, and found anew when they are not.
//!
//! The SDK's own providers are not asked by the SDK but from here, for three reasons. A
//! `credential_process` or a sign-in service that is slow must not count as EC2 being slow. What
//! goes wrong must be told apart while the profile it belongs to is at hand. And the SDK's profile
//! provider keeps the first failure for ever: here each failure drops the provider, so that the try
//! after `aws sso login` reads the files again.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
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
use aws_credential_types::provider::{self, ProvideCredentials, SharedCredentialsProvider, future};
use aws_types::region::Region;
use tokio::sync::Mutex;

use super::classify::sign_in::explain;
use super::environment::variable;
use super::error::{Ec2Error, ErrorKind, Operation};
use super::profile::{Chosen, Profiles};

/// Credentials this close to their end are replaced, so that none expires on its way to EC2.
const RENEW_BEFORE_END: Duration = Duration::from_mins(1);

/// Holds the credentials every call is signed with. Cheap to clone: all clones hold the same.
#[derive(Clone)]
pub(super) struct Keyring(Arc<Inner>);

struct Inner {
    /// Where to look; `None` for credentials that are given and stay.
    origin: Option<Origin>,
    state: Mutex<State>,
    /// How often other keys than before were found.
    changes: AtomicU64,
}

#[derive(Default)]
struct State {
    /// Kept between calls because the SDK's providers keep tokens and refresh them.
    provider: Option<(SharedCredentialsProvider, Profiles)>,
    held: Option<Credentials>,
    /// The access key ID last found.
    signer: Option<String>,
}

/// Where credentials are looked for.
pub(super) struct Origin {
    /// `--profile`.
    pub profile: Option<String>,
    /// The region, for services the credentials come from.
    pub region: String,
    /// HTTP client, timeouts and retries for those services.
    pub services: ProviderConfig,
    /// How long to wait for them.
    pub patience: Duration,
}

impl Keyring {
    /// Looks for credentials when they are first needed.
    pub fn searching(origin: Origin) -> Self {
        Self(Arc::new(Inner {
            origin: Some(origin),
            state: Mutex::default(),
            changes: AtomicU64::new(0),
        }))
    }

    /// Holds credentials that are known already.
    pub fn holding(credentials: Credentials) -> Self {
        Self(Arc::new(Inner {
            origin: None,
            state: Mutex::new(State {
                held: Some(credentials),
                ..State::default()
            }),
            changes: AtomicU64::new(0),
        }))
    }

    /// The credentials, found now unless they are held already and good for a while yet.
    pub async fn credentials(&self) -> Result<Credentials, Ec2Error> {
        // Held across the search on purpose: one `credential_process` at a time.
        let mut state = self.0.state.lock().await;
        let held = state.held.clone();
        if let Some(held) = held
            .as_ref()
            .filter(|held| remaining(held) > RENEW_BEFORE_END)
        {
            return Ok(held.clone());
        }
        let Some(origin) = &self.0.origin else {
            return held.ok_or_else(|| no_credentials("None were given."));
        };
        match Box::pin(origin.find(&mut state)).await {
            Ok(found) => {
                let id = Some(found.access_key_id());
                if state.signer.as_deref() != id {
                    state.signer = id.map(str::to_owned);
                    self.0.changes.fetch_add(1, Ordering::Relaxed);
                }
                state.held = Some(found.clone());
                Ok(found)
            }
            Err(error) => {
                state.provider = None;
                // Those at hand may be good for some seconds yet.
                held.filter(|held| !remaining(held).is_zero()).ok_or(error)
            }
        }
    }

    /// How often other keys than before were found. Every change may be a change of account.
    pub fn changes(&self) -> u64 {
        self.0.changes.load(Ordering::Relaxed)
    }

    /// Looks again at the next call: EC2 would not have the credentials held.
    pub async fn forget(&self) {
        if self.0.origin.is_some() {
            let mut state = self.0.state.lock().await;
            (state.provider, state.held) = (None, None);
        }
    }
}

impl Origin {
    async fn find(&self, state: &mut State) -> Result<Credentials, Ec2Error> {
        if state.provider.is_none() {
            let profiles = Profiles::load(self.profile.as_deref()).await?;
            let provider = self.provider(&profiles).await?;
            state.provider = Some((provider, profiles));
        }
        let (provider, profiles) = state.provider.as_ref().expect("made above");
        let found = tokio::time::timeout(self.patience, provider.provide_credentials())
            .await
            .unwrap_or_else(|_| Err(CredentialsError::provider_timed_out(self.patience)))
            .map_err(|error| explain(&error, profiles))?;
        check_signable(&found)?;
        if remaining(&found).is_zero() {
            return Err(Ec2Error::new(
                ErrorKind::Expired,
                Operation::Connect,
                "The credentials found have expired already.",
            ));
        }
        Ok(found)
    }

    /// The SDK's chain. `--profile` goes around the environment, as with the AWS CLI, which the
    /// SDK's `profile_name` does not.
    async fn provider(&self, profiles: &Profiles) -> Result<SharedCredentialsProvider, Ec2Error> {
        let region = Region::new(self.region.clone());
        let services = self.services.clone().with_region(Some(region.clone()));
        match profiles.chosen() {
            Chosen::Flag => {
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
            Chosen::Environment(_) | Chosen::Default => {
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

/// Keys become part of a header, and the SDK panics on one that cannot: a file with Windows line
/// ends, read by a shell, leaves a carriage return.
fn check_signable(found: &Credentials) -> Result<(), Ec2Error> {
    let is_plain = |key: &str| key.bytes().all(|b| b.is_ascii_graphic());
    if is_plain(found.access_key_id()) && found.session_token().is_none_or(is_plain) {
        return Ok(());
    }
    Err(Ec2Error::new(
        ErrorKind::BadCredentials,
        Operation::Connect,
        "The access key ID or the session token holds a character that no key has.",
    )
    .advise("Look for a carriage return or a space at its end, where it is set."))
}

/// A web identity in the environment comes before keys in the AWS files, as with the AWS CLI; the SDK
/// has it the other way round, and would act as somebody else. A role in the files comes before both.
fn is_web_identity_first(profiles: &Profiles) -> bool {
    let is_set = |key| variable(key).is_some();
    is_set("AWS_WEB_IDENTITY_TOKEN_FILE")
        && is_set("AWS_ROLE_ARN")
        && !is_set("AWS_ACCESS_KEY_ID")
        && profiles.get("role_arn").is_none()
}

/// One of the two keys without the other is a slip the SDK passes over.
fn check_both_keys() -> Result<(), Ec2Error> {
    let (id, secret) = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY");
    let (kind, set, missing) = match (variable(id), variable(secret)) {
        (Some(_), None) => (ErrorKind::BadCredentials, id, secret),
        // To the AWS CLI, a secret alone is nothing.
        (None, Some(_)) => (ErrorKind::NoCredentials, secret, id),
        (Some(_), Some(_)) | (None, None) => return Ok(()),
    };
    Err(Ec2Error::new(
        kind,
        Operation::Connect,
        format!("The environment has {set} without {missing}."),
    )
    .advise(format!("Set {missing} too, or unset {set}.")))
}

/// For how long the credentials are good; for ever if they do not say.
fn remaining(credentials: &Credentials) -> Duration {
    match credentials.expiry() {
        Some(end) => end.duration_since(SystemTime::now()).unwrap_or_default(),
        None => Duration::MAX,
    }
}

fn no_credentials(message: &str) -> Ec2Error {
    Ec2Error::new(ErrorKind::NoCredentials, Operation::Connect, message)
}

/// The SDK takes the credentials from here, already found.
impl ProvideCredentials for Keyring {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        future::ProvideCredentials::new(async {
            let found: provider::Result = self
                .credentials()
                .await
                .map_err(CredentialsError::provider_error);
            found
        })
    }
}

impl fmt::Debug for Keyring {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Keyring(not shown)")
    }
}
