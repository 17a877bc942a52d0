//! Where `bundletop serve` listens: an address, checked before anybody can connect to it.

use std::io::ErrorKind;
use std::net::{SocketAddr, ToSocketAddrs as _};
use std::str::FromStr;

use super::super::Failure;
use crate::endpoint::StartError;

/// A host and a port, as written.
#[derive(Clone, Debug)]
pub(super) struct Listen {
    host: String,
    port: u16,
}

impl FromStr for Listen {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let parts = text.rsplit_once(':').and_then(|(host, port)| {
            let bare = host.strip_prefix('[').and_then(|h| h.strip_suffix(']'));
            let is_ambiguous = bare.is_none() && host.contains(':');
            let host = bare.unwrap_or(host);
            let port = port.parse().ok()?;
            (!host.is_empty() && !is_ambiguous).then(|| (host.to_owned(), port))
        });
        let (host, port) = parts.ok_or(
            "write a host and a port from 0 to 65535, as in 127.0.0.1:4599, localhost:4599 or \
             [::1]:0",
        )?;
        Ok(Self { host, port })
    }
}

impl Listen {
    /// The address meant. One beyond this machine only if `anyone` may connect.
    pub fn resolve(&self, anyone: bool) -> Result<SocketAddr, Failure> {
        let Self { host, port } = self;
        let nowhere = |why: &str| {
            Failure::usage(&format!(
                "cannot listen on {host}:{port}: {why}\n\
                 name this machine, as in 127.0.0.1:{port} or localhost:{port}"
            ))
        };
        let found = (host.as_str(), *port).to_socket_addrs();
        let found = found.map_err(|error| nowhere(&error.to_string()))?;
        // `localhost` is often both; clients that know only one know IPv4.
        let address = found.min_by_key(SocketAddr::is_ipv6);
        let address = address.ok_or_else(|| nowhere("the host has no address"))?;
        if !anyone && !is_loopback(address) {
            return Err(Failure::usage(&format!(
                "{address} is not a loopback address: anyone who can reach this machine could use \
                 the endpoint, which checks no signature and speaks plain HTTP\n\
                 if that is meant, add --allow-anyone-on-the-network; if not, listen on \
                 127.0.0.1:{port}"
            )));
        }
        Ok(address)
    }
}

/// Whether only this machine can connect to it.
pub(super) fn is_loopback(address: SocketAddr) -> bool {
    address.ip().to_canonical().is_loopback()
}

/// Why the endpoint did not start, with what to do.
pub(super) fn refused(error: &StartError) -> Failure {
    let StartError::Listen { source, .. } = error;
    let remedy = match source.kind() {
        ErrorKind::AddrInUse => {
            "another program has that port, perhaps another `bundletop serve`: end it, or name \
             another port with --listen, where 127.0.0.1:0 takes any that is free"
        }
        ErrorKind::PermissionDenied => {
            "ports below 1024 are often kept for the system: name a higher one with --listen"
        }
        ErrorKind::AddrNotAvailable => {
            "this machine does not have that address: name one that it has with --listen, as in \
             127.0.0.1:4599"
        }
        _ => "name another address with --listen, as in 127.0.0.1:0",
    };
    Failure::usage(&format!("{error}\n{remedy}"))
}
