//! Finds the connection settings in flags, environment and AWS files: profile, region, endpoint,
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
use aws_smithy_types::retry::RetryConfig;
use aws_smithy_types::timeout::TimeoutConfig;
use aws_types::region::Region;
use shellexpand::path::tilde;

use super::behavior::ClientBehavior;
use super::credentials::{CredentialCache, CredentialsSource};
use super::error::{Ec2Error, ErrorKind};
use super::http::{Http, Trust};
use super::profile::{ProfileChoice, Profiles};
use super::request::Operation;
use super::retry;
use crate::environment::variable;
use endpoint_url::EndpointUrls;

/// The settings given on the command line. The others come from the standard AWS
/// environment variables and files.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settings {
    /// `--profile`: overrides credentials in the environment; `AWS_PROFILE` does not.
    pub profile: Option<String>,
    /// `--region`. In the UI an empty one counts as not given. With the commands it is an error, unless
    /// there is an endpoint URL. The AWS CLI then signs for a region without a name, which the SDK
    /// refuses: `UNNAMED_REGION` is used instead.
    pub region: Option<String>,
    /// `--endpoint-url`: the URL for EC2 and for STS (which gives the account number).
    pub endpoint_url: Option<String>,
    /// `--ca-bundle`: a PEM file with the certificates to trust instead of the system's.
    pub ca_bundle: Option<PathBuf>,
    /// `--no-sign-request`: do not sign requests or look for credentials.
    pub no_sign_request: bool,
    /// `--no-verify-ssl`: accept any certificate.
    pub no_verify_ssl: bool,
    /// How long to wait.
    pub timeouts: Timeouts,
    /// Where to find the settings not given here.
    pub source: ConfigSource,
    /// What differs between the UI and the commands.
    pub behavior: ClientBehavior,
}

/// Where to find settings that are not given.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ConfigSource {
    /// In the AWS environment variables, the AWS files and the instance metadata.
    #[default]
    Aws,
    /// Nowhere: dummy credentials, and no variable, file or certificate is read.
    Demo,
}

/// The region that requests are signed for if `--region` is empty.
const UNNAMED_REGION: &str = "us-east-1";

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

/// Timeouts. `Duration::MAX` means no limit, which is the SDK's own default for a response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timeouts {
    /// For a connection, TLS included. Default: 3.1 s, as in the AWS SDKs.
    pub connect: Duration,
    /// For a response to start once the request is sent. Default: 10 s.
    pub read: Duration,
    /// For one request and its whole response. Default: 15 s.
    pub request: Duration,
    /// For a request with its retries, up to the last response, including pauses. Default: 40 s.
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

/// The profile, region and endpoint in use, for the header and the dialogs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// The name of the profile; `None` if none is used.
    pub profile: Option<String>,
    /// The region, such as `us-east-1`.
    pub region: String,
    /// The endpoint URL, if it is neither AWS's own for the region nor this program's for a demo.
    pub endpoint_url: Option<String>,
}

/// Everything needed to create the SDK's clients.
pub(super) struct ResolvedSettings {
    /// To show in the UI.
    pub session: Session,
    /// For the clients: credentials, region, one attempt, one request's timeouts.
    pub sdk: SdkConfig,
    /// For the clients: how they reach EC2 and STS.
    pub http: Http,
    /// The AWS files; `None` for a demo.
    pub profiles: Option<Profiles>,
    /// EC2's endpoint URL, if one is set.
    pub ec2_url: Option<String>,
    /// STS's endpoint URL, if one is set.
    pub sts_url: Option<String>,
    /// The maximum number of attempts for requests that are retried.
    pub retries: RetryConfig,
    /// Signs the calls.
    pub credential_cache: CredentialCache,
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
            // Not the timeouts from the settings: the SDK calculates with these, so they need a limit.
            .with_timeout_config(Timeouts::default().one_request())
            .with_retry_config(RetryConfig::standard());
        let region = self.region(&profiles, &services).await?;
        let credential_cache = CredentialCache::searching(CredentialsSource {
            profile: self.profile.clone(),
            region: region.clone(),
            services: services.with_region(Some(Region::new(region.clone()))),
            timeout: self.timeouts.credentials,
        });
        // Retries are set here: the SDK would panic on a bad AWS_RETRY_MODE or AWS_MAX_ATTEMPTS.
        let sdk = aws_config::defaults(BehaviorVersion::latest())
            .profile_name(profiles.name())
            .region(Region::new(region.clone()))
            .retry_config(RetryConfig::disabled())
            .no_credentials()
            .load()
            .await;
        let endpoints = EndpointUrls::find(self.endpoint_url.as_deref(), &profiles, &sdk)?;
        if self.has_unnamed_region() && endpoints.ec2.is_none() {
            let message = "Invalid endpoint: https://ec2..amazonaws.com.";
            return Err(Ec2Error::bad_settings(message).with_remedy("Give --region a region."));
        }
        let session = Session {
            profile: profile_in_use(&profiles),
            region,
            endpoint_url: endpoints.ec2.clone(),
        };
        let http = endpoints.http(trust);
        Ok(ResolvedSettings {
            profiles: Some(profiles),
            ..self.assemble(session, endpoints, sdk, http, retries, credential_cache)
        })
    }

    fn resolve_demo(&self) -> Result<ResolvedSettings, Ec2Error> {
        let region = self.region.as_deref().unwrap_or(DEMO_REGION);
        check_region(region, "--region")?;
        let endpoints = EndpointUrls::one_for_both(self.endpoint_url.as_deref())?;
        let keys = Credentials::new("AKIADEMODEMODEMODEMO", "demo", None, None, "demo");
        let credential_cache = CredentialCache::holding(keys);
        let sdk = SdkConfig::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new(region.to_owned()))
            .build();
        let session = Session {
            profile: None,
            region: region.to_owned(),
            endpoint_url: None,
        };
        let http = Http::direct(Trust::NotNeeded);
        let retries = RetryConfig::standard();
        Ok(self.assemble(session, endpoints, sdk, http, retries, credential_cache))
    }

    fn assemble(
        &self,
        session: Session,
        endpoints: EndpointUrls,
        sdk: SdkConfig,
        http: Http,
        retries: RetryConfig,
        credential_cache: CredentialCache,
    ) -> ResolvedSettings {
        let sdk = sdk
            .into_builder()
            .retry_config(RetryConfig::disabled())
            .timeout_config(self.timeouts.one_request())
            // `CredentialCache` caches the credentials instead.
            .identity_cache(IdentityCache::no_cache())
            // Only the timeouts above apply.
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
            credential_cache,
        }
    }

    fn has_unnamed_region(&self) -> bool {
        self.region.as_deref() == Some("") && self.behavior == ClientBehavior::AwsCli
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
            Some((path, source)) => Trust::read_ca_bundle(&tilde(&path), source),
            None => Ok(Trust::System),
        }
    }

    async fn region(
        &self,
        profiles: &Profiles,
        services: &ProviderConfig,
    ) -> Result<String, Ec2Error> {
        let variable = |key: &'static str| Some((variable(key)?, key));
        let flag = self.region.as_deref();
        if self.has_unnamed_region() {
            return Ok(UNNAMED_REGION.to_owned());
        }
        let flag = flag.filter(|region| !region.is_empty());
        let named = flag.map(|region| (region.to_owned(), "--region"));
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

/// The last fallback, as in the SDK: the region of this EC2 instance.
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

/// Checks a region, because it becomes part of a host name.
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
/// take precedence over every profile except that of `--profile`.
fn profile_in_use(profiles: &Profiles) -> Option<String> {
    let is_overridden = variable("AWS_ACCESS_KEY_ID").is_some();
    let in_use = match profiles.chosen() {
        ProfileChoice::Flag => true,
        ProfileChoice::Environment(_) => !is_overridden,
        ProfileChoice::Default => !is_overridden && profiles.has_default(),
    };
    in_use.then(|| profiles.name().to_owned())
}
