//! The address that `bundletop serve` listens on, which is checked before anybody can connect to it.

use std::io::ErrorKind;
use std::net::{SocketAddr, ToSocketAddrs as _};
use std::str::FromStr;

use crate::cli::error::CliError;
use crate::endpoint::StartError;

/// A host and a port, as they were given.
#[derive(Clone, Debug)]
pub(super) struct ListenAddress {
    host: String,
    port: u16,
}

impl FromStr for ListenAddress {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let parts = text.rsplit_once(':').and_then(|(host, port)| {
            let in_brackets = host.strip_prefix('[').and_then(|h| h.strip_suffix(']'));
            let is_ambiguous = in_brackets.is_none() && host.contains(':');
            let host = in_brackets.unwrap_or(host);
            let port = port.parse().ok()?;
            (!host.is_empty() && !is_ambiguous).then(|| (host.to_owned(), port))
        });
        let (host, port) = parts.ok_or(
            "must be a host and a port from 0 to 65535, such as 127.0.0.1:4599, localhost:4599 or \
             [::1]:0",
        )?;
        Ok(Self { host, port })
    }
}

impl ListenAddress {
    /// The socket address. If `allow_network` is false, only this machine may be able to connect to
    /// it.
    pub fn resolve(&self, allow_network: bool) -> Result<SocketAddr, CliError> {
        let Self { host, port } = self;
        let unusable = |reason: &str| {
            CliError::usage(format!(
                "cannot listen on {host}:{port}: {reason}\n\
                 use an address of this machine, such as 127.0.0.1:{port} or localhost:{port}"
            ))
        };
        let found = (host.as_str(), *port).to_socket_addrs();
        let found = found.map_err(|error| unusable(&error.to_string()))?;
        // `localhost` often has both kinds of addresses, and some clients support only IPv4.
        let address = found.min_by_key(SocketAddr::is_ipv6);
        let address = address.ok_or_else(|| unusable("the host has no address"))?;
        if !allow_network && !is_loopback(address) {
            return Err(CliError::usage(format!(
                "{address} is not a loopback address: anyone who can reach this machine could use \
                 the server, which checks no signature and speaks plain HTTP\n\
                 if you want that, add --allow-anyone-on-the-network; otherwise listen on \
                 127.0.0.1:{port}"
            )));
        }
        Ok(address)
    }
}

/// Whether only this machine can connect to the address.
pub(super) fn is_loopback(address: SocketAddr) -> bool {
    address.ip().to_canonical().is_loopback()
}

/// The error for an endpoint that did not start, with what to do about it.
pub(super) fn start_error(error: &StartError) -> CliError {
    let StartError::Listen { source, .. } = error;
    let remedy = match source.kind() {
        ErrorKind::AddrInUse => {
            "another program uses that port, perhaps another `bundletop serve`: end it, or name \
             another port with --listen; 127.0.0.1:0 stands for any free port"
        }
        ErrorKind::PermissionDenied => {
            "ports below 1024 are often reserved for the system: name a higher one with --listen"
        }
        ErrorKind::AddrNotAvailable => {
            "this machine does not have that address: name one that it has with --listen, such as \
             127.0.0.1:4599"
        }
        _ => "name another address with --listen, such as 127.0.0.1:0",
    };
    CliError::usage(format!("{error}\n{remedy}"))
}
