//! The chain of causes of an error.

use std::error::Error;
use std::io;
use std::iter;

use rustls::CertificateError;

/// Any error whose causes can be inspected.
pub(in crate::ec2) type Cause = dyn Error + 'static;

/// The error and all its causes. The error inside an `io::Error` is included, which
/// `source` alone would skip.
pub(in crate::ec2) fn causes(error: &Cause) -> impl Iterator<Item = &Cause> {
    iter::successors(Some(error), |&error| {
        match error.downcast_ref::<io::Error>() {
            Some(io) => io.get_ref().map(|inner| inner as &Cause),
            None => error.source(),
        }
    })
}

/// The first cause of type `T`.
pub(in crate::ec2) fn find_cause<T: Error + 'static>(error: &Cause) -> Option<&T> {
    causes(error).find_map(|cause| cause.downcast_ref())
}

/// The message of the innermost cause, which is the most specific.
pub(in crate::ec2) fn innermost_message(error: &Cause) -> String {
    let last = causes(error).last().map(ToString::to_string);
    last.unwrap_or_default().trim_end_matches('.').to_owned()
}

/// Why no connection was made, briefly.
pub(in crate::ec2) fn why_not_connected(error: &Cause) -> String {
    if let Some(tls) = find_cause::<rustls::Error>(error) {
        return format!("the TLS handshake failed ({})", why_handshake_failed(tls));
    }
    for cause in causes(error) {
        let text = cause.to_string();
        if text.contains("dns error") {
            return "its name does not resolve".to_owned();
        }
        if text.contains("timeout") {
            return "no connection in time".to_owned();
        }
    }
    match find_cause::<io::Error>(error).map(io::Error::kind) {
        Some(kind) if kind != io::ErrorKind::Other => kind.to_string(),
        _ => innermost_message(error),
    }
}

/// What is wrong with a certificate, for the common cases.
fn why_handshake_failed(error: &rustls::Error) -> String {
    const UNKNOWN: &str = "its certificate is not signed by a trusted authority";
    let rustls::Error::InvalidCertificate(certificate) = error else {
        return error.to_string();
    };
    match certificate {
        CertificateError::UnknownIssuer => UNKNOWN.to_owned(),
        _ if is_ca_used_as_server_certificate(error) => UNKNOWN.to_owned(),
        CertificateError::NotValidForNameContext { presented, .. } => {
            format!(
                "its certificate is for another name: {}",
                presented.join(", ")
            )
        }
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
            "its certificate has expired".into()
        }
        other => other.to_string(),
    }
}

/// Whether a certificate is trusted, but issued for another host.
pub(super) fn is_certificate_for_another_host(error: &rustls::Error) -> bool {
    use CertificateError::{NotValidForName, NotValidForNameContext};
    matches!(
        error,
        rustls::Error::InvalidCertificate(NotValidForName | NotValidForNameContext { .. })
    )
}

/// Whether the server's certificate is a CA certificate, and no trusted
/// authority signed it.
pub(in crate::ec2) fn is_ca_used_as_server_certificate(error: &rustls::Error) -> bool {
    let rustls::Error::InvalidCertificate(CertificateError::Other(other)) = error else {
        return false;
    };
    let webpki = other.source().and_then(|error| error.downcast_ref());
    webpki == Some(&webpki::Error::CaUsedAsEndEntity)
}
