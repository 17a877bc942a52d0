//! TLS without a look at whose it is: `--no-verify-ssl`.
//!
//! The SDK's HTTP client cannot do that, so this is one of its own, for HTTPS alone.

use std::sync::Arc;
use std::time::Duration;

use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_types::body::SdkBody;
use hyper::{Request, Uri};
use hyper_rustls::HttpsConnectorBuilder;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector as Tcp;
use hyper_util::client::legacy::connect::proxy::Tunnel;
use hyper_util::client::proxy::matcher::Matcher;
use hyper_util::rt::TokioExecutor;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, aws_lc_rs, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, SignatureScheme};

/// Connects by HTTPS to whoever answers, through the proxy the environment names; by HTTP as ever.
#[derive(Debug)]
pub(super) struct Unverified {
    pub plain: SharedHttpConnector,
    pub settings: HttpConnectorSettings,
}

impl HttpConnector for Unverified {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let request = match request.try_into_http1x() {
            Ok(request) => request,
            Err(error) => {
                return HttpConnectorFuture::ready(Err(ConnectorError::user(error.into())));
            }
        };
        if request.uri().scheme_str() != Some("https") {
            return match HttpRequest::try_from(request) {
                Ok(request) => self.plain.call(request),
                Err(error) => {
                    HttpConnectorFuture::ready(Err(ConnectorError::user(error.into())))
                }
            };
        }
        let settings = self.settings.clone();
        HttpConnectorFuture::new(async move {
            let patience = |limit: Option<Duration>| limit.unwrap_or(Duration::MAX);
            let all = patience(settings.connect_timeout())
                .saturating_add(patience(settings.read_timeout()));
            let answer = tokio::time::timeout(all, send(request, settings.connect_timeout()))
                .await
                .map_err(|elapsed| ConnectorError::timeout(elapsed.into()))??;
            HttpResponse::try_from(answer.map(SdkBody::from_body_1_x))
                .map_err(|error| ConnectorError::other(error.into(), None))
        })
    }
}

async fn send(
    request: Request<SdkBody>,
    connect: Option<Duration>,
) -> Result<hyper::Response<hyper::body::Incoming>, ConnectorError> {
    let mut tcp = Tcp::new();
    tcp.enforce_http(false);
    tcp.set_connect_timeout(connect);
    let https = || {
        HttpsConnectorBuilder::new()
            .with_tls_config(tls())
            .https_only()
            .enable_http1()
    };
    let client = Client::builder(TokioExecutor::new());
    let answer = match proxy(request.uri()) {
        None => {
            let client = client.build(https().wrap_connector(tcp));
            client.request(request).await
        }
        Some((proxy, authorization)) => {
            let mut tunnel = Tunnel::new(proxy, tcp);
            if let Some(authorization) = authorization {
                tunnel = tunnel.with_auth(authorization);
            }
            let client = client.build(https().wrap_connector(tunnel));
            client.request(request).await
        }
    };
    answer.map_err(|error| ConnectorError::io(error.into()))
}

fn proxy(to: &Uri) -> Option<(Uri, Option<hyper::header::HeaderValue>)> {
    let through = Matcher::from_env().intercept(to)?;
    Some((through.uri().clone(), through.basic_auth().cloned()))
}

fn tls() -> ClientConfig {
    let provider = Arc::new(aws_lc_rs::default_provider());
    ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .expect("the provider has the default versions")
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(Anyone(provider)))
        .with_no_client_auth()
}

/// Takes every certificate, but still has the handshake signed by its holder.
#[derive(Debug)]
struct Anyone(Arc<CryptoProvider>);

impl ServerCertVerifier for Anyone {
    fn verify_server_cert(
        &self,
        _certificate: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _name: &ServerName<'_>,
        _ocsp: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.0.signature_verification_algorithms;
        verify_tls12_signature(message, certificate, signature, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.0.signature_verification_algorithms;
        verify_tls13_signature(message, certificate, signature, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}
