//! From flags, environment and AWS files to what a connection needs: profile, region, endpoint,
//! certificates, credentials, timeouts. Nothing is sent to EC2 here.

mod endpoint_url;

use std::path::PathBuf;
use std::time::Duration;

use aws_config::BehaviorVersion;
use aws_config::SdkConfig;
use aws_config::identity::IdentityCache;
use aws_config::imds::region::ImdsRegionProvider;
use aws_config::provider_config::ProviderConfig;
use aws_config::stalled_stream_protection::StalledStreamProtectionConfig;
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_types::retry::RetryConfig;
use aws_smithy_types::timeout::TimeoutConfig;
use aws_types::region::Region;
use shellexpand::path::tilde;

use super::conventions::Conventions;
use super::credentials::{CredentialsSource, Keyring};
use super::error::{Ec2Error, ErrorKind};
use super::http::{Http, Trust};
use super::profile::{ProfileChoice, Profiles};
use super::request::Operation;
use super::retry;
use crate::environment::variable;
use endpoint_url::EndpointUrls;

/// What a person asked for on the command line. What is left out comes from the standard AWS
/// environment variables and files.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settings {
    /// `--profile`: beats credentials in the environment, which `AWS_PROFILE` does not.
    pub profile: Option<String>,
    /// `--region`.
    pub region: Option<String>,
    /// `--endpoint-url`: where EC2 and, for the account's number, STS are asked.
    pub endpoint_url: Option<String>,
    /// `--ca-bundle`: a PEM file with the certificates to trust, in place of the system's.
    pub ca_bundle: Option<PathBuf>,
    /// `--no-sign-request`: send without a signature, and look for no credentials.
    pub no_sign_request: bool,
    /// `--no-verify-ssl`: accept any certificate.
    pub no_verify_ssl: bool,
    /// How long to wait.
    pub timeouts: Timeouts,
    /// Where to find what these settings leave open.
    pub source: ConfigSource,
    /// Whose conventions to follow.
    pub conventions: Conventions,
}

/// Where to find what the settings leave open.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ConfigSource {
    /// In the AWS environment variables, the AWS files, the metadata of the machine.
    #[default]
    Aws,
    /// Nowhere: dummy credentials, and no variable, file or certificate is read.
    Demo,
}

/// The region shown for a demo, and the one AWS's documentation uses.
const DEMO_REGION: &str = "us-east-1";

impl Settings {
    /// Settings for the endpoint inside this program. They depend on no file or variable.
    pub fn demo(endpoint_url: impl Into<String>) -> Self {
        Self {
            region: Some(DEMO_REGION.to_owned()),
            endpoint_url: Some(endpoint_url.into()),
            source: ConfigSource::Demo,
            ..Self::default()
        }
    }
}

/// How long to wait. `Duration::MAX` is no limit, which is the SDK's own default for an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timeouts {
    /// For a connection, TLS included. Default: 3.1 s, as in the AWS SDKs.
    pub connect: Duration,
    /// For an answer to begin once the request is sent. Default: 10 s.
    pub read: Duration,
    /// For one request and its whole answer. Default: 15 s.
    pub request: Duration,
    /// For a request that is sent again, up to the last answer, pauses included. Default: 40 s.
    pub whole_call: Duration,
    /// For credentials: a `credential_process`, a sign-in service. Default: 60 s.
    pub credentials: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            connect: Duration::from_millis(3100),
            read: Duration::from_secs(10),
            request: Duration::from_secs(15),
            whole_call: Duration::from_secs(40),
            credentials: Duration::from_mins(1),
        }
    }
}

impl Timeouts {
    /// For a call that sends one request.
    pub(super) fn one_request(&self) -> TimeoutConfig {
        TimeoutConfig::builder()
            .connect_timeout(self.connect)
            .read_timeout(self.read)
            .operation_attempt_timeout(self.request)
            .operation_timeout(self.request)
            .build()
    }

    /// For a call that may send several.
    pub(super) fn with_retries(&self) -> TimeoutConfig {
        let mut timeouts = self.one_request().into_builder();
        timeouts.set_operation_timeout(Some(self.whole_call));
        timeouts.build()
    }
}

/// As whom the program acts, and where: for the header and the dialogs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// The profile, as a person would name it; `None` where none is used.
    pub profile: Option<String>,
    /// The region, such as `us-east-1`.
    pub region: String,
    /// The endpoint URL, if it is neither AWS's own for the region nor this program's for a demo.
    pub endpoint_url: Option<String>,
}

/// Everything the SDK's clients are made from.
pub(super) struct ResolvedSettings {
    /// For the person.
    pub session: Session,
    /// For the clients: credentials, region, one attempt, one request's timeouts.
    pub sdk: SdkConfig,
    /// For the clients: how they reach EC2 and STS.
    pub http: Http,
    /// The AWS files, but for a demo.
    pub profiles: Option<Profiles>,
    /// EC2's endpoint URL, where one is set.
    pub ec2_url: Option<String>,
    /// STS's endpoint URL, where one is set.
    pub sts_url: Option<String>,
    /// How often a request is sent at most, where it is sent again.
    pub retries: RetryConfig,
    /// What signs the calls.
    pub keyring: Keyring,
}

impl Settings {
    pub(super) async fn resolve(&self) -> Result<ResolvedSettings, Ec2Error> {
        match self.source {
            ConfigSource::Aws => self.resolve_in_aws().await,
            ConfigSource::Demo => self.resolve_demo(),
        }
    }

    async fn resolve_in_aws(&self) -> Result<ResolvedSettings, Ec2Error> {
        let profiles = Profiles::load(self.profile.as_deref()).await?;
        let retries = retry::retry_config(&profiles)?;
        let trust = self.trust(&profiles)?;
        let services = ProviderConfig::default()
            .with_http_client(Http::with_environment_proxy(trust.clone()))
            // Not those of the settings, which may have no limit: the SDK calculates with these.
            .with_timeout_config(Timeouts::default().one_request())
            .with_retry_config(RetryConfig::standard());
        let region = self.region(&profiles, &services).await?;
        let keyring = Keyring::searching(CredentialsSource {
            profile: self.profile.clone(),
            region: region.clone(),
            services: services.with_region(Some(Region::new(region.clone()))),
            timeout: self.timeouts.credentials,
        });
        // The retries are given: the SDK would panic on a bad AWS_RETRY_MODE or AWS_MAX_ATTEMPTS.
        let sdk = aws_config::defaults(BehaviorVersion::latest())
            .profile_name(profiles.name())
            .region(Region::new(region.clone()))
            .retry_config(RetryConfig::disabled())
            .credentials_provider(SharedCredentialsProvider::new(keyring.clone()))
            .load()
            .await;
        let endpoints = EndpointUrls::find(self.endpoint_url.as_deref(), &profiles, &sdk)?;
        let session = Session {
            profile: profile_in_use(&profiles),
            region,
            endpoint_url: endpoints.ec2.clone(),
        };
        let http = endpoints.http(trust);
        Ok(ResolvedSettings {
            profiles: Some(profiles),
            ..self.assemble(session, endpoints, sdk, http, retries, keyring)
        })
    }

    fn resolve_demo(&self) -> Result<ResolvedSettings, Ec2Error> {
        let region = self.region.as_deref().unwrap_or(DEMO_REGION);
        check_region(region, "--region")?;
        let endpoints = EndpointUrls::one_for_both(self.endpoint_url.as_deref())?;
        let keys = Credentials::new("AKIADEMODEMODEMODEMO", "demo", None, None, "demo");
        let keyring = Keyring::holding(keys);
        let sdk = SdkConfig::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new(region.to_owned()))
            .credentials_provider(SharedCredentialsProvider::new(keyring.clone()))
            .build();
        let session = Session {
            profile: None,
            region: region.to_owned(),
            endpoint_url: None,
        };
        let http = Http::direct(Trust::NotNeeded);
        let retries = RetryConfig::standard();
        Ok(self.assemble(session, endpoints, sdk, http, retries, keyring))
    }

    fn assemble(
        &self,
        session: Session,
        endpoints: EndpointUrls,
        sdk: SdkConfig,
        http: Http,
        retries: RetryConfig,
        keyring: Keyring,
    ) -> ResolvedSettings {
        let sdk = sdk
            .into_builder()
            .retry_config(RetryConfig::disabled())
            .timeout_config(self.timeouts.one_request())
            // The keyring caches them, and knows when not to.
            .identity_cache(IdentityCache::no_cache())
            // Only the timeouts above limit how long to wait.
            .stalled_stream_protection(StalledStreamProtectionConfig::disabled())
            .build();
        ResolvedSettings {
            session,
            sdk,
            http,
            profiles: None,
            ec2_url: endpoints.ec2,
            sts_url: endpoints.sts,
            retries,
            keyring,
        }
    }

    /// `--ca-bundle`, `AWS_CA_BUNDLE`, the profile's `ca_bundle`, `REQUESTS_CA_BUNDLE`, or the system's
    /// certificates.
    fn trust(&self, profiles: &Profiles) -> Result<Trust, Ec2Error> {
        if self.no_verify_ssl {
            return Ok(Trust::Unverified);
        }
        let variable = |key: &'static str| Some((variable(key)?.into(), key));
        let flag = self.ca_bundle.clone().map(|path| (path, "--ca-bundle"));
        let profile = || {
            Some((
                profiles.get("ca_bundle")?.into(),
                "ca_bundle of the profile",
            ))
        };
        let named = flag
            .or_else(|| variable("AWS_CA_BUNDLE"))
            .or_else(profile)
            .or_else(|| variable("REQUESTS_CA_BUNDLE"));
        match named {
            Some((path, source)) => Trust::bundle(&tilde(&path), source),
            None => Ok(Trust::System),
        }
    }

    async fn region(
        &self,
        profiles: &Profiles,
        services: &ProviderConfig,
    ) -> Result<String, Ec2Error> {
        let variable = |key: &'static str| Some((variable(key)?, key));
        let named = self.region.clone().map(|region| (region, "--region"));
        let named = named
            .or_else(|| variable("AWS_REGION"))
            .or_else(|| variable("AWS_DEFAULT_REGION"))
            .or_else(|| {
                Some((
                    profiles.get_along_chain("region")?.to_owned(),
                    "the profile",
                ))
            });
        let (region, source) = match named {
            Some(named) => named,
            None => (
                region_of_machine(services, profiles).await?,
                "the metadata of this machine",
            ),
        };
        check_region(&region, source)?;
        Ok(region)
    }
}

/// The last resort, as in the SDK: on an EC2 instance, its own region.
async fn region_of_machine(
    services: &ProviderConfig,
    profiles: &Profiles,
) -> Result<String, Ec2Error> {
    let machine = ImdsRegionProvider::builder().configure(services).build();
    match machine.region().await {
        Some(region) => Ok(region.to_string()),
        None => Err(Ec2Error::new(
            ErrorKind::NoRegion,
            Operation::Connect,
            "No region is set by flag, environment or profile.",
        )
        .with_remedy(format!(
            "Give --region, set AWS_REGION, or run `aws configure set region REGION --profile {}`.",
            profiles.name()
        ))),
    }
}

/// A region becomes part of a host name.
fn check_region(region: &str, source: &str) -> Result<(), Ec2Error> {
    let is_label = (1..=63).contains(&region.len())
        && region
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b == b'-')
        && !region.starts_with('-')
        && !region.ends_with('-');
    if is_label {
        return Ok(());
    }
    Err(
        Ec2Error::bad_settings(format!("\"{region}\" ({source}) is not a region."))
            .with_remedy("Give a region such as us-east-1."),
    )
}

/// The name of the profile, if its credentials are the ones in use. Credentials in the environment
/// take precedence over every profile but that of `--profile`.
fn profile_in_use(profiles: &Profiles) -> Option<String> {
    let is_overridden = variable("AWS_ACCESS_KEY_ID").is_some();
    let in_use = match profiles.chosen() {
        ProfileChoice::Flag => true,
        ProfileChoice::Environment(_) => !is_overridden,
        ProfileChoice::Default => !is_overridden && profiles.has_default(),
    };
    in_use.then(|| profiles.name().to_owned())
}
