//! The HTTP client that the SDK uses: certificates, proxies, connections.
//!
//! The SDK's own client reads the system's certificates when it is created (4 to 6 ms) and does not
//! support `AWS_CA_BUNDLE`. This one creates connectors at the first request, and trusts the CA bundle
//! it is given instead of the system's certificates, as the AWS CLI does.

mod tls;

use std::fs;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aws_smithy_http_client::Connector;
use aws_smithy_http_client::proxy::ProxyConfig;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_http_client::tls::{Provider, TlsContext, TrustStore};
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;

use super::error::Ec2Error;
use tls::ProxyingHttpsConnector;

/// The certificates a connection is checked against.
#[derive(Clone, Debug)]
pub(super) enum Trust {
    /// The system's, or those in `SSL_CERT_FILE`.
    System,
    /// Only those of a CA bundle.
    CaBundle(Vec<CertificateDer<'static>>),
    /// None are read: only plain HTTP is used.
    NotNeeded,
    /// None, and any certificate is accepted.
    Unverified,
}

impl Trust {
    /// Reads a CA bundle. The SDK panics on an unusable certificate, so every one is checked here.
    pub fn read_ca_bundle(path: &Path, source: &str) -> Result<Self, Ec2Error> {
        let bad = |why: &str| {
            Ec2Error::bad_settings(format!(
                "The CA bundle {} ({source}) {why}.",
                path.display()
            ))
            .with_remedy("Give the path of a PEM file with the certificates to trust.")
        };
        let pem = fs::read(path).map_err(|error| bad(&format!("cannot be read: {error}")))?;
        let certificates: Vec<_> = CertificateDer::pem_slice_iter(&pem)
            .collect::<Result<_, _>>()
            .map_err(|_| bad("is not a PEM file"))?;
        let mut roots = RootCertStore::empty();
        for certificate in &certificates {
            roots
                .add(certificate.clone())
                .map_err(|_| bad("contains a certificate that cannot be used"))?;
        }
        if roots.is_empty() {
            return Err(bad("contains no certificate"));
        }
        Ok(Self::CaBundle(certificates))
    }

    fn store(&self) -> TrustStore {
        match self {
            Self::System => TrustStore::default(),
            Self::CaBundle(_) | Self::NotNeeded | Self::Unverified => TrustStore::empty(),
        }
    }
}

/// Creates and keeps the connectors, each with its connection pool. Cheap to clone: all clones share
/// them.
#[derive(Clone, Debug)]
pub(super) struct Http(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    trust: Trust,
    proxy: ProxyConfig,
    connectors: Mutex<Vec<(ConnectorTimeouts, SharedHttpConnector)>>,
}

/// The connect and the read timeout of a connector.
type ConnectorTimeouts = (Option<Duration>, Option<Duration>);

impl Http {
    /// A client that uses the proxy set in the environment (`HTTPS_PROXY` and so on).
    pub fn with_environment_proxy(trust: Trust) -> Self {
        Self::new(trust, ProxyConfig::from_env())
    }

    /// A client that connects directly, for addresses on this machine.
    pub fn direct(trust: Trust) -> Self {
        Self::new(trust, ProxyConfig::disabled())
    }

    fn new(trust: Trust, proxy: ProxyConfig) -> Self {
        Self(Arc::new(Inner {
            trust,
            proxy,
            connectors: Mutex::new(Vec::new()),
        }))
    }
}

impl Inner {
    fn connect(
        &self,
        settings: &HttpConnectorSettings,
        components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        let context = TlsContext::builder()
            .with_trust_store(self.trust.store())
            .build()
            .expect("a TLS context takes any trust store");
        let mut builder = Connector::builder()
            .tls_provider(Provider::Rustls(CryptoMode::AwsLc))
            .tls_context(context)
            .proxy_config(self.proxy.clone())
            .connector_settings(settings.clone());
        builder.set_sleep_impl(components.sleep_impl());
        let connector = SharedHttpConnector::new(builder.build());
        let trusted = match &self.trust {
            Trust::System | Trust::NotNeeded => return connector,
            Trust::CaBundle(certificates) => Some(certificates.as_slice()),
            Trust::Unverified => None,
        };
        let uses_proxies = !self.proxy.is_disabled();
        SharedHttpConnector::new(ProxyingHttpsConnector::new(
            trusted,
            settings,
            uses_proxies,
            connector,
        ))
    }
}

impl HttpClient for Http {
    fn http_connector(
        &self,
        settings: &HttpConnectorSettings,
        components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        let Self(inner) = self;
        let timeouts = (settings.connect_timeout(), settings.read_timeout());
        let mut connectors = inner
            .connectors
            .lock()
            .expect("making a connector does not panic");
        if let Some((_, connector)) = connectors.iter().find(|(known, _)| *known == timeouts) {
            return connector.clone();
        }
        let connector = inner.connect(settings, components);
        connectors.push((timeouts, connector.clone()));
        connector
    }
}
