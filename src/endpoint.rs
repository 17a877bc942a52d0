//! The embedded EC2 endpoint: a loopback HTTP server that behaves like EC2 for bundle tasks.
//!
//! This module accepts connections; `http` reads each request and sends the response. In between,
//! `parameters` decodes the request, `request` checks it and carries it out on the `world`, and
//! `wire` writes the response as XML. [`fault`] decides what goes wrong on the way.
//!
//! Requests may be signed or unsigned, and no signature is verified: all credentials are accepted,
//! and so is `--no-sign-request`. EC2 itself would return `AuthFailure`.

mod action;
mod aws_service;
mod clock;
mod error;
pub mod fault;
mod filter;
mod http;
mod parameters;
mod request;
mod request_id;
mod request_log;
mod time;
mod wire;
mod world;

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
pub use request_log::LoggedRequest;
pub use world::{LiveWorld, NoSuchTask, World, WorldError};

use http::ServerState;
use request_id::RequestIdGenerator;
use request_log::RequestLog;

/// How long [`Endpoint::stop`] waits for the requests under way.
const STOP_TIMEOUT: Duration = Duration::from_secs(2);

/// How many connections may wait to be accepted, as far as the system allows. A client beyond that
/// number has to try again, a second or more later; load tests soon reach tokio's default of 128.
const LISTEN_BACKLOG: u32 = 1024;

/// How long to wait before accepting again after the system failed to accept a connection, as it
/// does when there are no file descriptors left.
const ACCEPT_RETRY_DELAY: Duration = Duration::from_millis(50);

/// A running endpoint. Dropping it stops it at once; [`stop`](Self::stop) responds to the requests
/// under way first.
#[derive(Debug)]
pub struct Endpoint {
    address: SocketAddr,
    state: Arc<ServerState>,
    stopping: watch::Sender<bool>,
    server_task: JoinHandle<()>,
}

/// Why an endpoint cannot start.
#[derive(Debug, Error)]
pub enum StartError {
    /// It cannot listen on the address, most often because another program uses the port.
    #[error("cannot listen on {address}: {source}")]
    Listen {
        /// The address that was given.
        address: SocketAddr,
        /// The system's error.
        source: io::Error,
    },
}

impl Endpoint {
    /// Begins the world and serves it on the address `listen`; port 0 stands for any free port.
    ///
    /// The endpoint runs in tasks of the current tokio runtime. It accepts every client that can
    /// connect, so the caller is responsible for choosing a safe address.
    #[expect(
        clippy::unused_async,
        reason = "`async` ensures that there is a tokio runtime, which it needs"
    )]
    pub async fn start(
        world: World,
        clock: Clock,
        faults: Faults,
        listen: SocketAddr,
    ) -> Result<Self, StartError> {
        let listen_error = |source| StartError::Listen {
            address: listen,
            source,
        };
        let listener = bind(listen).map_err(listen_error)?;
        let address = listener.local_addr().map_err(listen_error)?;
        let (stopping, stopping_receiver) = watch::channel(false);
        let state = Arc::new(ServerState {
            world: LiveWorld::begin(&world, clock.clone()),
            request_ids: RequestIdGenerator::with_seed(world.seed()),
            clock,
            faults,
            request_log: RequestLog::default(),
            stopping: stopping_receiver,
        });
        let server_task = tokio::spawn(serve(listener, Arc::clone(&state)));
        Ok(Self {
            address,
            state,
            stopping,
            server_task,
        })
    }

    /// The URL at which clients on this machine reach it: `http://127.0.0.1:PORT`.
    pub fn url(&self) -> String {
        let ip = match self.address.ip() {
            // Not every system lets clients connect to the unspecified address.
            IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
            IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
            ip => ip,
        };
        format!("http://{}", SocketAddr::new(ip, self.address.port()))
    }

    /// The address it listens on, with the actual port.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Its faults, which can be changed while it runs.
    pub fn faults(&self) -> &Faults {
        &self.state.faults
    }

    /// Its clock.
    pub fn clock(&self) -> &Clock {
        &self.state.clock
    }

    /// Its world, which tests can change directly, without a request.
    pub fn world(&self) -> &LiveWorld {
        &self.state.world
    }

    /// The requests that reached it, the oldest first: the last 500, or fewer if they are large. A
    /// request appears once it has been read, even if there is no response to it yet.
    pub fn requests(&self) -> Vec<LoggedRequest> {
        self.state.request_log.all()
    }

    /// Waits until `condition` is true of [`requests`](Self::requests), and returns them.
    pub async fn wait_for_requests(
        &self,
        condition: impl Fn(&[LoggedRequest]) -> bool,
    ) -> Vec<LoggedRequest> {
        self.state.request_log.wait_for(condition).await
    }

    /// Stops accepting connections, responds to the requests under way, and ends. Requests that
    /// hang are dropped at once, and those that are not finished after two seconds are dropped then.
    pub async fn stop(mut self) {
        self.stopping.send_replace(true);
        // After the timeout, dropping `self` ends what is left.
        let _ = tokio::time::timeout(STOP_TIMEOUT, &mut self.server_task).await;
    }
}

impl Drop for Endpoint {
    fn drop(&mut self) {
        // Ends the connections as well, since `serve` owns their tasks.
        self.server_task.abort();
    }
}

fn bind(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = match address {
        SocketAddr::V4(_) => TcpSocket::new_v4()?,
        SocketAddr::V6(_) => TcpSocket::new_v6()?,
    };
    // So that a port can be used again as soon as its server has ended, as `TcpListener::bind`
    // does. On Windows the option would allow taking a port that is in use.
    #[cfg(unix)]
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(LISTEN_BACKLOG)
}

/// Accepts connections until the endpoint is to stop, then waits for those that are open.
async fn serve(listener: TcpListener, state: Arc<ServerState>) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => {
                    connections.spawn(serve_connection(stream, Arc::clone(&state)));
                }
                Err(_) => tokio::time::sleep(ACCEPT_RETRY_DELAY).await,
            },
            Some(_) = connections.join_next() => {}
            () = state.wait_until_stopping() => break,
        }
    }
    drop(listener);
    while connections.join_next().await.is_some() {}
}

/// Responds to the requests of one connection, one after the other, until the client closes it or
/// the endpoint is to stop.
async fn serve_connection(stream: TcpStream, state: Arc<ServerState>) {
    // A response is written all at once, so waiting for more data would only delay it.
    let _ = stream.set_nodelay(true);
    let service = service_fn(|request| Arc::clone(&state).respond(request));
    let connection = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
    tokio::pin!(connection);
    // An error, such as a malformed request, ends this connection only, so the results are ignored.
    tokio::select! {
        _ = connection.as_mut() => {}
        () = state.wait_until_stopping() => {
            connection.as_mut().graceful_shutdown();
            let _ = connection.await;
        }
    }
}
