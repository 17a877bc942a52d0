//! From flags, environment and AWS files to what a connection needs: profile, region, endpoint,
//! certificates, credentials, timeouts. Nothing is sent to EC2 here.

mod endpoint;
mod retries;

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

use super::credentials::{Keyring, Origin};
use super::environment::{from_home, variable};
use super::error::{Ec2Error, ErrorKind, Operation};
use super::http::{Http, Trust};
use super::profile::{Chosen, Profiles};
use endpoint::Endpoints;

/// What a person asked for on the command line. Everything left out comes from the standard AWS
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
    /// `--no-verify-ssl`: believe whoever answers.
    pub no_verify_ssl: bool,
    /// How long to wait.
    pub timeouts: Timeouts,
    /// Whether anything but these settings counts.
    pub surroundings: Surroundings,
}

/// Where everything comes from that the settings leave open.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Surroundings {
    /// The AWS environment variables, the AWS files, the metadata of the machine.
    #[default]
    Aws,
    /// Nowhere: dummy credentials, and no variable, file or certificate is read.
    Demo,
}

/// The region shown for a demo, and the one AWS's documentation uses.
const DEMO_REGION: &str = "us-east-1";

impl Settings {
    /// Settings for the endpoint inside this program. They depend on nothing around it.
    pub fn demo(endpoint_url: impl Into<String>) -> Self {
        Self {
            region: Some(DEMO_REGION.to_owned()),
            endpoint_url: Some(endpoint_url.into()),
            surroundings: Surroundings::Demo,
            ..Self::default()
        }
    }
}

/// How long to wait for what; `Duration::MAX` for without end, as the SDK by itself would wait for an
/// answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timeouts {
    /// For a connection, TLS included. Default: 3.1 s, as in the AWS SDKs.
    pub connect: Duration,
    /// For an answer to begin once the request is sent. Default: 10 s.
    pub read: Duration,
    /// For one request and its whole answer. Default: 15 s.
    pub request: Duration,
    /// For a request that is sent again, up to the last answer, pauses included. Default: 40 s.
    pub retried: Duration,
    /// For credentials: a `credential_process`, a sign-in service. Default: 60 s.
    pub credentials: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            connect: Duration::from_millis(3100),
            read: Duration::from_secs(10),
            request: Duration::from_secs(15),
            retried: Duration::from_secs(40),
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
        timeouts.set_operation_timeout(Some(self.retried));
        timeouts.build()
    }
}

/// Whom the program acts as, and where: for the header and the dialog.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// The profile, as a person would name it; `None` where none is used.
    pub profile: Option<String>,
    /// The region, such as `us-east-1`.
    pub region: String,
    /// The endpoint URL, if it is not AWS's own for the region.
    pub endpoint_url: Option<String>,
}

/// Everything the SDK's clients are made from.
pub(super) struct Resolved {
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
    /// How often a request is sent by whoever sends it again.
    pub retries: RetryConfig,
    /// What signs the calls.
    pub keyring: Keyring,
}

impl Settings {
    pub(super) async fn resolve(&self) -> Result<Resolved, Ec2Error> {
        match self.surroundings {
            Surroundings::Aws => self.resolve_in_aws().await,
            Surroundings::Demo => self.resolve_alone(),
        }
    }

    async fn resolve_in_aws(&self) -> Result<Resolved, Ec2Error> {
        let profiles = Profiles::load(self.profile.as_deref()).await?;
        let retries = retries::configured(&profiles)?;
        let trust = self.trust(&profiles)?;
        let services = ProviderConfig::default()
            .with_http_client(Http::with_environment_proxy(trust.clone()))
            // Not those of the settings, which may be without end: the SDK reckons with these.
            .with_timeout_config(Timeouts::default().one_request())
            .with_retry_config(RetryConfig::standard());
        let region = self.region(&profiles, &services).await?;
        let keyring = Keyring::searching(Origin {
            profile: self.profile.clone(),
            region: region.clone(),
            services: services.with_region(Some(Region::new(region.clone()))),
            patience: self.timeouts.credentials,
        });
        // The retries are given: the SDK would panic on a bad AWS_RETRY_MODE or AWS_MAX_ATTEMPTS.
        let sdk = aws_config::defaults(BehaviorVersion::latest())
            .profile_name(profiles.name())
            .region(Region::new(region.clone()))
            .retry_config(RetryConfig::disabled())
            .credentials_provider(SharedCredentialsProvider::new(keyring.clone()))
            .load()
            .await;
        let endpoints = Endpoints::find(self.endpoint_url.as_deref(), &profiles, &sdk)?;
        let session = Session {
            profile: profile_in_use(&profiles),
            region,
            endpoint_url: endpoints.ec2.clone(),
        };
        let http = endpoints.http(trust);
        Ok(Resolved {
            profiles: Some(profiles),
            ..self.put_together(session, endpoints, sdk, http, retries, keyring)
        })
    }

    fn resolve_alone(&self) -> Result<Resolved, Ec2Error> {
        let region = self.region.as_deref().unwrap_or(DEMO_REGION);
        check_region(region, "--region")?;
        let endpoints = Endpoints::only(self.endpoint_url.as_deref())?;
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
            endpoint_url: endpoints.ec2.clone(),
        };
        let http = Http::direct(Trust::Nothing);
        let retries = RetryConfig::standard();
        Ok(self.put_together(session, endpoints, sdk, http, retries, keyring))
    }

    fn put_together(
        &self,
        session: Session,
        endpoints: Endpoints,
        sdk: SdkConfig,
        http: Http,
        retries: RetryConfig,
        keyring: Keyring,
    ) -> Resolved {
        let sdk = sdk
            .into_builder()
            .retry_config(RetryConfig::disabled())
            .timeout_config(self.timeouts.one_request())
            // The keyring keeps them, and knows when not to.
            .identity_cache(IdentityCache::no_cache())
            // One owner for each wait: the timeouts above.
            .stalled_stream_protection(StalledStreamProtectionConfig::disabled())
            .build();
        Resolved {
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
            return Ok(Trust::Anyone);
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
            Some((path, named_by)) => Trust::bundle(&from_home(&path), named_by),
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
        let (region, named_by) = match named {
            Some(named) => named,
            None => (
                region_of_machine(services, profiles).await?,
                "the metadata of this machine",
            ),
        };
        check_region(&region, named_by)?;
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
            "No region is set, neither by flag, environment nor profile.",
        )
        .advise(format!(
            "Give --region, set AWS_REGION, or run `aws configure set region REGION --profile {}`.",
            profiles.name()
        ))),
    }
}

/// A region becomes part of a host name.
fn check_region(region: &str, named_by: &str) -> Result<(), Ec2Error> {
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
        Ec2Error::settings(format!("\"{region}\" ({named_by}) is not a region."))
            .advise("Give a region such as us-east-1."),
    )
}

/// The profile as a person would name it, if its credentials are the ones in use: but for
/// `--profile`, those in the environment come first.
fn profile_in_use(profiles: &Profiles) -> Option<String> {
    let beaten = variable("AWS_ACCESS_KEY_ID").is_some();
    let in_use = match profiles.chosen() {
        Chosen::Flag => true,
        Chosen::Environment(_) => !beaten,
        Chosen::Default => !beaten && profiles.has_default(),
    };
    in_use.then(|| profiles.name().to_owned())
}
