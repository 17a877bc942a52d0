//! The causes below an error.

use std::error::Error;
use std::io;
use std::iter;

/// Any error whose causes can be looked at.
pub(super) type Cause = dyn Error + 'static;

/// The error and everything below it. What an `io::Error` was made from is visited too, which
/// `source` alone would skip.
pub(super) fn causes(error: &Cause) -> impl Iterator<Item = &Cause> {
    iter::successors(Some(error), |&error| {
        match error.downcast_ref::<io::Error>() {
            Some(io) => io.get_ref().map(|inner| inner as &Cause),
            None => error.source(),
        }
    })
}

/// The first cause of a type.
pub(super) fn find<T: Error + 'static>(error: &Cause) -> Option<&T> {
    causes(error).find_map(|cause| cause.downcast_ref())
}

/// The words of the lowest cause, which say most.
pub(super) fn innermost(error: &Cause) -> String {
    let last = causes(error).last().map(ToString::to_string);
    last.unwrap_or_default().trim_end_matches('.').to_owned()
}

/// Why no connection was made, in a few words.
pub(super) fn connection(error: &Cause) -> String {
    if let Some(tls) = find::<rustls::Error>(error) {
        return format!("the TLS handshake failed ({tls})");
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
    match find::<io::Error>(error).map(io::Error::kind) {
        Some(kind) if kind != io::ErrorKind::Other => kind.to_string(),
        _ => innermost(error),
    }
}
