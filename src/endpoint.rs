//! The embedded EC2 endpoint: a loopback HTTP server that stands in for EC2's bundle tasks.
//!
//! It accepts connections here, reads and answers requests in `http`, with the parameters undone by
//! `query`, the `Action` carried out by `action` on the [`world`], and the answer written by
//! `wire`. What goes wrong on the way is chosen by [`fault`].
//!
//! Requests are taken unsigned as well as signed, and no signature is verified: any credentials do,
//! and so does `--no-sign-request`. EC2 itself would answer `AuthFailure`.

mod action;
pub mod clock;
mod error;
pub mod fault;
mod filter;
mod http;
mod query;
mod request_id;
mod seen;
mod wire;
pub mod world;

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use thiserror::Error;
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};

pub use clock::Clock;
pub use fault::{FaultError, FaultRule, Faults};
pub use seen::RequestSeen;
pub use world::{LiveWorld, World, WorldError};

use http::Shared;
use request_id::RequestIds;

/// How long [`Endpoint::stop`] waits for the requests under way.
const DRAIN: Duration = Duration::from_secs(2);

/// How many connections may wait to be accepted, as far as the system allows. Beyond that a client
/// is left to knock again, a second or more later; tokio's own 128 are soon reached by load tests.
const WAITING: u32 = 1024;

/// How long to wait before accepting again when the system refuses a connection, as it does when
/// file descriptors run out.
const ACCEPT_AGAIN: Duration = Duration::from_millis(50);

/// A running endpoint. It stops when it is dropped, at once, or with [`stop`](Self::stop), when
/// the requests under way are answered.
#[derive(Debug)]
pub struct Endpoint {
    address: SocketAddr,
    shared: Arc<Shared>,
    stopping: watch::Sender<bool>,
    server: JoinHandle<()>,
}

/// Why an endpoint cannot start.
#[derive(Debug, Error)]
pub enum StartError {
    /// The address cannot be listened on; most often another program has the port.
    #[error("cannot listen on {address}: {source}")]
    Listen {
        /// The address asked for.
        address: SocketAddr,
        /// Why not.
        source: std::io::Error,
    },
}

impl Endpoint {
    /// Begins the world and serves it on `listen`, where port 0 takes any that is free.
    ///
    /// It serves from tasks of the current tokio runtime. The caller answers for the address:
    /// nothing here checks who connects.
    #[expect(
        clippy::unused_async,
        reason = "`async` promises the runtime that it needs"
    )]
    pub async fn start(
        world: World,
        clock: Clock,
        faults: Faults,
        listen: SocketAddr,
    ) -> Result<Self, StartError> {
        let failed = |source| StartError::Listen {
            address: listen,
            source,
        };
        let listener = bind(listen).map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        let (stopping, stop) = watch::channel(false);
        let shared = Arc::new(Shared {
            world: LiveWorld::begin(&world, clock.clone()),
            ids: RequestIds::seeded(world.seed()),
            clock,
            faults,
            log: seen::Log::default(),
            stopping: stop,
        });
        let server = tokio::spawn(serve(listener, Arc::clone(&shared)));
        Ok(Self {
            address,
            shared,
            stopping,
            server,
        })
    }

    /// Where clients on this machine reach it: `http://127.0.0.1:PORT`.
    pub fn url(&self) -> String {
        let ip = match self.address.ip() {
            // Not every system lets a client connect to "any address".
            IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
            IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
            ip => ip,
        };
        format!("http://{}", SocketAddr::new(ip, self.address.port()))
    }

    /// The address it listens on, with the port it has.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Its faults, to be switched on and off.
    pub fn faults(&self) -> &Faults {
        &self.shared.faults
    }

    /// Its clock.
    pub fn clock(&self) -> &Clock {
        &self.shared.clock
    }

    /// Its world, to be changed behind EC2's back.
    pub fn world(&self) -> &LiveWorld {
        &self.shared.world
    }

    /// The requests that reached it, the oldest first: the last few hundred of them. A request is
    /// here from when it has been read, answered or not.
    pub fn requests(&self) -> Vec<RequestSeen> {
        self.shared.log.all()
    }

    /// Waits until the requests that reached it are `enough`, and returns them.
    pub async fn wait_for(&self, enough: impl Fn(&[RequestSeen]) -> bool) -> Vec<RequestSeen> {
        self.shared.log.wait_for(enough).await
    }

    /// Stops accepting, waits for the requests under way, and ends. Those that hang are dropped at
    /// once, all others after two seconds.
    pub async fn stop(mut self) {
        self.stopping.send_replace(true);
        // Beyond that time, dropping `self` ends whatever is left.
        let _ = tokio::time::timeout(DRAIN, &mut self.server).await;
    }
}

impl Drop for Endpoint {
    fn drop(&mut self) {
        // Ends the connections as well: `serve` owns their tasks.
        self.server.abort();
    }
}

fn bind(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = match address {
        SocketAddr::V4(_) => TcpSocket::new_v4()?,
        SocketAddr::V6(_) => TcpSocket::new_v6()?,
    };
    // As `TcpListener::bind` does: a port is free again as soon as its server is gone. On Windows
    // the option would mean that a port in use can be had.
    #[cfg(unix)]
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(WAITING)
}

async fn serve(listener: TcpListener, shared: Arc<Shared>) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => {
                    connections.spawn(connection(stream, Arc::clone(&shared)));
                }
                Err(_) => tokio::time::sleep(ACCEPT_AGAIN).await,
            },
            Some(_) = connections.join_next() => {}
            () = shared.stopped() => break,
        }
    }
    drop(listener);
    while connections.join_next().await.is_some() {}
}

/// Serves the requests of one connection, one after the other, until either side has enough.
async fn connection(stream: TcpStream, shared: Arc<Shared>) {
    // Answers are written whole; waiting for more to send would only delay them.
    let _ = stream.set_nodelay(true);
    let service = service_fn(|request| Arc::clone(&shared).answer(request));
    let connection = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
    tokio::pin!(connection);
    // What goes wrong on a connection, malformed requests included, ends that connection only.
    tokio::select! {
        _ = connection.as_mut() => {}
        () = shared.stopped() => {
            connection.as_mut().graceful_shutdown();
            let _ = connection.await;
        }
    }
}
