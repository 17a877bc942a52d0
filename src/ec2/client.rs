//! The client: a connection to EC2 and STS, with everything that its calls share. A [`Caller`] makes the
//! calls.

mod caller;

use std::fmt;
use std::sync::{Arc, OnceLock};

use aws_config::SdkConfig;
use aws_smithy_types::retry::RetryConfig;

use super::behavior::ClientBehavior;
use super::credentials::CredentialCache;
use super::error::{Ec2Error, RequestTarget};
use super::http::Http;
use super::profile::Profiles;
use super::settings::{Session, Settings, Timeouts};

pub use caller::{Caller, Cancelled, JsonAnswer, RequestError};

/// A connection to EC2 for one profile and region. Cheap to clone: all clones share it.
#[derive(Clone)]
pub struct Client(Arc<Inner>);

struct Inner {
    behavior: ClientBehavior,
    session: Session,
    profiles: Option<Profiles>,
    /// `None` for requests that are not signed.
    credential_cache: Option<CredentialCache>,
    http: Http,
    retries: RetryConfig,
    timeouts: Timeouts,
    ec2: aws_sdk_ec2::Client,
    ec2_target: RequestTarget,
    /// The configuration that the clients of EC2 and STS share.
    sdk: SdkConfig,
    /// Created at the first call: most commands never call STS.
    sts: OnceLock<aws_sdk_sts::Client>,
    sts_target: RequestTarget,
}

impl Inner {
    fn sts(&self) -> &aws_sdk_sts::Client {
        self.sts.get_or_init(|| {
            let mut config = aws_sdk_sts::config::Builder::from(&self.sdk);
            config.set_endpoint_url(self.sts_target.url.clone());
            aws_sdk_sts::Client::from_conf(config.build())
        })
    }
}

impl Client {
    /// Finds what the settings do not give: profile, region, endpoint, trusted certificates. Sends
    /// nothing to EC2 and does not look for credentials: the first call does that.
    pub async fn connect(settings: &Settings) -> Result<Self, Ec2Error> {
        let resolved = Box::pin(settings.resolve()).await?;
        let mut sdk = resolved
            .sdk
            .into_builder()
            .http_client(resolved.http.clone());
        // Each call brings its own: see `Caller`.
        sdk.set_credentials_provider(None);
        let sdk = sdk.build();
        let mut ec2 = aws_sdk_ec2::config::Builder::from(&sdk);
        ec2.set_endpoint_url(resolved.ec2_url.clone());
        if settings.no_sign_request {
            ec2 = ec2.allow_no_auth();
        }
        if settings.behavior == ClientBehavior::AwsCli && resolved.ec2_url.is_some() {
            ec2 = ec2.use_fips(false).use_dual_stack(false);
        }
        let target = |service, url: Option<String>| RequestTarget {
            url,
            service,
            region: resolved.session.region.clone(),
        };
        Ok(Self(Arc::new(Inner {
            behavior: settings.behavior,
            profiles: resolved.profiles,
            credential_cache: (!settings.no_sign_request).then_some(resolved.credential_cache),
            http: resolved.http,
            retries: resolved.retries,
            timeouts: settings.timeouts,
            ec2: aws_sdk_ec2::Client::from_conf(ec2.build()),
            ec2_target: target("EC2", resolved.ec2_url),
            sdk,
            sts: OnceLock::new(),
            sts_target: target("STS", resolved.sts_url),
            session: resolved.session,
        })))
    }

    /// The profile, region and endpoint in use.
    pub fn session(&self) -> &Session {
        &self.0.session
    }

    /// A setting of the profile in use, such as `output`.
    pub fn profile_setting(&self, key: &str) -> Option<&str> {
        self.0.profiles.as_ref()?.get(key)
    }

    /// Finds the credentials, unless those found earlier are still valid. Takes as long as a
    /// `credential_process` or a sign-in service takes, which must not count as EC2 being slow.
    pub async fn caller(&self) -> Result<Caller, Ec2Error> {
        let credentials = match &self.0.credential_cache {
            None => None,
            Some(cache) => Some(cache.credentials().await.inspect_err(|error| {
                tracing::warn!(kind = ?error.kind, "no credentials");
            })?),
        };
        let client = self.clone();
        Ok(Caller {
            client,
            credentials,
        })
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Client").field(&self.0.session).finish()
    }
}
