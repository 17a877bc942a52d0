//! Certificates: which are trusted, and when they are read.

use std::sync::Arc;

use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

use super::isolated_client::{IsolatedClient, Step};
use super::{CannedServer, list, ok};

const CA: &str = include_str!("../fixtures/tls/ca.pem");
const CERTIFICATE: &str = include_str!("../fixtures/tls/server.pem");
const KEY: &str = include_str!("../fixtures/tls/server.key");
pub const SELF_SIGNED: &str = include_str!("../fixtures/tls/self-signed.pem");
const EXPIRED: &str = include_str!("../fixtures/tls/expired.pem");
pub const OTHER_HOST: &str = include_str!("../fixtures/tls/elsewhere.pem");
pub const SELF_SIGNED_KEY: &str = include_str!("../fixtures/tls/self-signed.key");

pub fn acceptor(certificate: &str, key: &str) -> TlsAcceptor {
    let certificate = CertificateDer::from_pem_slice(certificate.as_bytes()).unwrap();
    let key = PrivateKeyDer::from_pem_slice(key.as_bytes()).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .unwrap();
    TlsAcceptor::from(Arc::new(config))
}

async fn server() -> CannedServer {
    CannedServer::start_tls(acceptor(CERTIFICATE, KEY), |_, _| ok(list(""))).await
}

/// A client of the server, with the test's CA in `ca.pem` in the home directory.
fn client(server: &CannedServer) -> IsolatedClient {
    let client = IsolatedClient::new()
        .region("us-east-1")
        .endpoint_url(server.url());
    client.file("ca.pem", CA)
}

fn ca(client: &IsolatedClient) -> String {
    client.home().join("ca.pem").to_str().unwrap().to_owned()
}

/// The SDK itself reads only `SSL_CERT_FILE`.
#[tokio::test]
async fn a_ca_bundle_is_trusted_whoever_names_it() {
    let server = server().await;
    let by_flag = client(&server);
    let path = ca(&by_flag);
    by_flag.ca_bundle(&path).describe().await.assert_no_errors();

    let by_variable = client(&server);
    let path = ca(&by_variable);
    by_variable
        .env("AWS_CA_BUNDLE", path)
        .describe()
        .await
        .assert_no_errors();

    let by_another = client(&server);
    let path = ca(&by_another);
    by_another
        .env("REQUESTS_CA_BUNDLE", path)
        .describe()
        .await
        .assert_no_errors();

    let by_profile = client(&server).config("[default]\nca_bundle = ~/ca.pem\n");
    by_profile.describe().await.assert_no_errors();

    let by_system = client(&server);
    let path = ca(&by_system);
    by_system
        .env("SSL_CERT_FILE", path)
        .describe()
        .await
        .assert_no_errors();
    assert_eq!(server.requests().len(), 5);
}

/// `openssl req -x509` makes such certificates, and simulated EC2 endpoints use them.
#[tokio::test]
async fn a_self_signed_certificate_is_trusted_as_its_own_bundle() {
    let described = async |certificate: &str| {
        let tls = acceptor(certificate, SELF_SIGNED_KEY);
        let server = CannedServer::start_tls(tls, |_, _| ok(list(""))).await;
        let client = IsolatedClient::new()
            .region("us-east-1")
            .endpoint_url(server.url());
        let client = client.file("bundle.pem", certificate);
        client.ca_bundle("~/bundle.pem").describe().await
    };
    described(SELF_SIGNED).await.assert_no_errors();
    for (certificate, why) in [(EXPIRED, "expired"), (OTHER_HOST, "elsewhere")] {
        let report = described(certificate).await;
        let failure = report.failure();
        assert_eq!(failure.kind, "Unreachable", "{failure:?}");
        assert!(failure.message.contains(why), "{why}: {failure:?}");
    }
}

/// A certificate that the bundle does not contain is not trusted.
#[tokio::test]
async fn an_unknown_certificate_is_refused_and_the_remedy_names_the_bundle() {
    let server = server().await;
    // Any certificate that did not sign the server's.
    let other = client(&server).file("other.pem", CERTIFICATE);
    let path = other.home().join("other.pem").to_str().unwrap().to_owned();
    let report = other.ca_bundle(&path).describe().await;
    let failure = report.failure();
    assert_eq!(failure.kind, "Unreachable", "{failure:?}");
    assert!(failure.message.contains("TLS"), "{failure:?}");
    assert!(failure.remedy.contains("--ca-bundle"), "{failure:?}");
    assert!(server.requests().is_empty());
}

/// The SDK would panic on these.
#[tokio::test]
async fn a_bad_ca_bundle_is_a_clear_error() {
    let broken = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    let cases = [
        (None, "cannot be read"),
        (Some("not a PEM file"), "no certificate"),
        (Some(""), "no certificate"),
        (Some(broken), "cannot be used"),
        (
            Some("-----BEGIN CERTIFICATE-----\n!!!\n-----END CERTIFICATE-----\n"),
            "not a PEM file",
        ),
    ];
    for (contents, why) in cases {
        let client = || {
            let client = IsolatedClient::new().region("us-east-1");
            match contents {
                Some(contents) => client.file("bundle.pem", contents),
                None => client,
            }
        };
        let by_flag = client().ca_bundle("~/bundle.pem").connect().await;
        let by_variable = client()
            .env("AWS_CA_BUNDLE", "~/bundle.pem")
            .connect()
            .await;
        for (report, named_by) in [(by_flag, "--ca-bundle"), (by_variable, "AWS_CA_BUNDLE")] {
            let failure = report.failure();
            assert_eq!(failure.kind, "BadSettings", "{failure:?}");
            for part in [why, named_by, "bundle.pem"] {
                assert!(failure.message.contains(part), "{part}: {failure:?}");
            }
        }
    }
}

/// Reading the system's certificates takes milliseconds. It is not done when connecting, and never
/// for a demo or any other plain HTTP endpoint. Here the system has no certificates: reading
/// them would log a warning.
#[tokio::test]
async fn certificates_are_read_only_when_needed() {
    let server = CannedServer::start(|_, _| ok(list(""))).await;
    let bare = || {
        let client = IsolatedClient::new()
            .region("us-east-1")
            .file("none.pem", "");
        let path = client.home().join("none.pem").to_str().unwrap().to_owned();
        client.env("SSL_CERT_FILE", path)
    };
    let connected = bare().connect().await;
    let demo = [Step::ConnectDemo(server.url()), Step::Describe];
    let demo = bare().run(demo).await;
    let plain = bare().endpoint_url(server.url()).describe().await;
    for report in [connected, demo, plain] {
        assert_eq!(report.assert_no_errors().log, "");
    }
    assert_eq!(server.requests().len(), 2);
}

/// A demo ignores all settings, even broken ones.
#[tokio::test]
async fn a_demo_reads_no_settings() {
    let server = CannedServer::start(|_, _| ok(list(""))).await;
    let broken = IsolatedClient::without_keys()
        .config("[default\n")
        .env("AWS_PROFILE", "missing")
        .env("AWS_REGION", "not a region")
        .env("AWS_RETRY_MODE", "eager")
        .env("AWS_MAX_ATTEMPTS", "0")
        .env("AWS_CA_BUNDLE", "/nowhere")
        .env("AWS_ENDPOINT_URL", "nonsense")
        .env("AWS_USE_FIPS_ENDPOINT", "true")
        .env("HTTP_PROXY", "http://127.0.0.1:1");
    let steps = [Step::ConnectDemo(server.url()), Step::Describe];
    let report = broken.run(steps).await;
    let (profile, region, url) = report.assert_no_errors().session.clone().unwrap();
    assert_eq!((profile, region.as_str(), url), (None, "us-east-1", None));
    assert_eq!(
        server.requests().len(),
        1,
        "it asked the endpoint it was given"
    );
}
