//! TLS for cases the SDK's HTTP client does not support: a CA bundle that holds the server's own
//! certificate, and no verification.
//!
//! Simulated EC2 endpoints usually have one self-signed certificate that is marked as a certificate
//! authority, as made by `openssl req -x509`. The AWS CLI accepts that certificate as a CA
//! bundle; rustls alone does not.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_types::body::SdkBody;
use hyper::body::Incoming;
use hyper::{Request, Response, Uri};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector as Tcp;
use hyper_util::client::legacy::connect::proxy::Tunnel;
use hyper_util::client::proxy::matcher::{Intercept, Matcher};
use hyper_util::rt::TokioExecutor;
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::verify_server_name;
use rustls::crypto::{CryptoProvider, aws_lc_rs, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme};

use crate::ec2::error::is_ca_used_as_server_certificate;

/// A connector for HTTPS, through the proxy set in the environment; the SDK handles HTTP.
pub(super) struct ProxyingHttpsConnector {
    http: SharedHttpConnector,
    config: ClientConfig,
    direct: Client<HttpsConnector<Tcp>, SdkBody>,
    connect: Option<Duration>,
    read: Option<Duration>,
    proxies: Option<Matcher>,
}

impl ProxyingHttpsConnector {
    /// Trusts only `trusted`; `None` accepts any certificate.
    pub fn new(
        trusted: Option<&[CertificateDer<'static>]>,
        settings: &HttpConnectorSettings,
        uses_proxies: bool,
        http: SharedHttpConnector,
    ) -> Self {
        let config = config(trusted);
        let connect = settings.connect_timeout();
        let connector = https(&config, tcp(connect));
        Self {
            direct: Client::builder(TokioExecutor::new()).build(connector),
            http,
            config,
            connect,
            read: settings.read_timeout(),
            proxies: uses_proxies.then(Matcher::from_env),
        }
    }

    /// The proxy to use for a host.
    fn proxy(&self, to: &Uri) -> Option<Intercept> {
        self.proxies.as_ref()?.intercept(to)
    }
}

impl fmt::Debug for ProxyingHttpsConnector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ProxyingHttpsConnector(not shown)")
    }
}

impl HttpConnector for ProxyingHttpsConnector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        if !request.uri().starts_with("https:") {
            return self.http.call(request);
        }
        let request = match request.try_into_http1x() {
            Ok(request) => request,
            Err(error) => {
                return HttpConnectorFuture::ready(Err(ConnectorError::user(error.into())));
            }
        };
        let answer = match self.proxy(request.uri()) {
            None => self.direct.request(request),
            Some(proxy) => send_through_proxy(&proxy, &self.config, self.connect, request),
        };
        let limit = |limit: Option<Duration>| limit.unwrap_or(Duration::MAX);
        let timeout = limit(self.connect).saturating_add(limit(self.read));
        HttpConnectorFuture::new(async move {
            let answer: Response<Incoming> = tokio::time::timeout(timeout, answer)
                .await
                .map_err(|elapsed| ConnectorError::timeout(elapsed.into()))?
                .map_err(|error| ConnectorError::io(error.into()))?;
            HttpResponse::try_from(answer.map(SdkBody::from_body_1_x))
                .map_err(|error| ConnectorError::other(error.into(), None))
        })
    }
}

fn send_through_proxy(
    proxy: &Intercept,
    config: &ClientConfig,
    connect: Option<Duration>,
    request: Request<SdkBody>,
) -> hyper_util::client::legacy::ResponseFuture {
    let mut tunnel = Tunnel::new(proxy.uri().clone(), tcp(connect));
    if let Some(authorization) = proxy.basic_auth() {
        tunnel = tunnel.with_auth(authorization.clone());
    }
    let client = Client::builder(TokioExecutor::new());
    let client = client.build(https(config, tunnel));
    client.request(request)
}

fn https<C>(config: &ClientConfig, connector: C) -> HttpsConnector<C> {
    HttpsConnectorBuilder::new()
        .with_tls_config(config.clone())
        .https_only()
        .enable_http1()
        .wrap_connector(connector)
}

fn tcp(connect: Option<Duration>) -> Tcp {
    let mut tcp = Tcp::new();
    tcp.enforce_http(false);
    tcp.set_nodelay(true);
    tcp.set_connect_timeout(connect);
    tcp
}

fn config(trusted: Option<&[CertificateDer<'static>]>) -> ClientConfig {
    let provider = Arc::new(aws_lc_rs::default_provider());
    let verifier = Verifier {
        bundle: trusted.map(|certificates| CaBundle::new(certificates, &provider)),
        provider: Arc::clone(&provider),
    };
    ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("the provider has the default versions")
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier))
        .with_no_client_auth()
}

/// Accepts every certificate, or those a CA bundle verifies. In both cases the handshake must be signed
/// with the certificate's key.
#[derive(Debug)]
struct Verifier {
    bundle: Option<CaBundle>,
    provider: Arc<CryptoProvider>,
}

/// Accepts certificates that its own certificates signed, and its own.
#[derive(Debug)]
struct CaBundle {
    certificates: Vec<CertificateDer<'static>>,
    webpki: Arc<WebPkiServerVerifier>,
}

impl CaBundle {
    fn new(certificates: &[CertificateDer<'static>], provider: &Arc<CryptoProvider>) -> Self {
        let mut roots = RootCertStore::empty();
        roots.add_parsable_certificates(certificates.iter().cloned());
        let webpki =
            WebPkiServerVerifier::builder_with_provider(roots.into(), Arc::clone(provider));
        Self {
            certificates: certificates.to_vec(),
            webpki: webpki.build().expect("a bundle holds a certificate"),
        }
    }
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        certificate: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        let Some(CaBundle {
            certificates,
            webpki,
        }) = &self.bundle
        else {
            return Ok(ServerCertVerified::assertion());
        };
        let result = webpki.verify_server_cert(certificate, intermediates, name, ocsp, now);
        match &result {
            // The dates are already checked; the name is not.
            Err(error)
                if is_ca_used_as_server_certificate(error)
                    && certificates.contains(certificate) =>
            {
                verify_server_name(&ParsedCertificate::try_from(certificate)?, name)?;
                Ok(ServerCertVerified::assertion())
            }
            Ok(_) | Err(_) => result,
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls12_signature(message, certificate, signature, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls13_signature(message, certificate, signature, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        let algorithms = &self.provider.signature_verification_algorithms;
        algorithms.supported_schemes()
    }
}
