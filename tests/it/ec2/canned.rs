//! A server that sends given answers, or none. It shares no code with the embedded endpoint, so
//! that a mistake in the endpoint does not hide the same mistake in the client.

use std::future;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;

/// What the server does with a request once it has read all of it.
#[derive(Clone, Debug)]
pub enum Reply {
    /// Answers with a status and a body, and keeps the connection.
    Answer(u16, Vec<u8>),
    /// Answers with a status, further header lines and a body, and keeps the connection.
    With(u16, &'static str, Vec<u8>),
    /// Sends these bytes as they are, and closes.
    Raw(Vec<u8>),
    /// Sends an answer without a length, which ends where the connection ends.
    Unframed(Vec<u8>),
    /// Announces the body's full length, sends its first bytes, and closes.
    Short(Vec<u8>, usize),
    /// Sends the head and the first bytes, and then nothing more.
    Stalled(Vec<u8>, usize),
    /// Closes without an answer.
    Close,
    /// Never answers.
    Hang,
}

/// The running server.
pub struct CannedServer {
    address: SocketAddr,
    scheme: &'static str,
    requests: Arc<Mutex<Vec<Request>>>,
    task: JoinHandle<()>,
}

/// A request as it was received.
#[derive(Clone, Debug)]
pub struct Request {
    pub head: String,
    pub body: String,
}

impl Request {
    pub fn action(&self) -> String {
        self.parameter("Action")
    }

    pub fn parameter(&self, name: &str) -> String {
        form_urlencoded::parse(self.body.as_bytes())
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.into_owned())
            .unwrap_or_default()
    }

    /// The access key ID in the signature.
    pub fn signed_by(&self) -> String {
        let (_, rest) = self.head.split_once("Credential=").unwrap_or_default();
        rest.split('/').next().unwrap_or_default().to_owned()
    }
}

type Rule = dyn Fn(usize, &Request) -> Reply + Send + Sync;

impl CannedServer {
    /// Starts a server that answers request number 0, 1, … by `rule`.
    pub async fn start(rule: impl Fn(usize, &Request) -> Reply + Send + Sync + 'static) -> Self {
        Self::serve(None, Arc::new(rule)).await
    }

    /// The same over TLS.
    pub async fn start_tls(
        acceptor: TlsAcceptor,
        rule: impl Fn(usize, &Request) -> Reply + Send + Sync + 'static,
    ) -> Self {
        Self::serve(Some(acceptor), Arc::new(rule)).await
    }

    /// A server that gives every request the same answer.
    pub async fn always(reply: Reply) -> Self {
        Self::start(move |_, _| reply.clone()).await
    }

    async fn serve(tls: Option<TlsAcceptor>, rule: Arc<Rule>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let scheme = if tls.is_some() { "https" } else { "http" };
        let requests = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&requests);
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (tls, rule, seen) = (tls.clone(), Arc::clone(&rule), Arc::clone(&seen));
                tokio::spawn(async move {
                    match tls {
                        None => talk(stream, &*rule, &seen).await,
                        Some(tls) => match tls.accept(stream).await {
                            Ok(stream) => talk(stream, &*rule, &seen).await,
                            Err(_) => None,
                        },
                    }
                });
            }
        });
        Self {
            address,
            scheme,
            requests,
            task,
        }
    }

    pub fn url(&self) -> String {
        format!("{}://localhost:{}", self.scheme, self.address.port())
    }

    pub fn requests(&self) -> Vec<Request> {
        self.requests.lock().unwrap().clone()
    }

    pub fn actions(&self) -> Vec<String> {
        self.requests().iter().map(Request::action).collect()
    }
}

impl Drop for CannedServer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// An address of this machine that nothing listens on.
pub async fn unused_url() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    format!("http://{}", listener.local_addr().unwrap())
}

async fn talk(
    mut stream: impl AsyncRead + AsyncWrite + Unpin,
    rule: &Rule,
    seen: &Mutex<Vec<Request>>,
) -> Option<()> {
    let mut buffer = Vec::new();
    loop {
        let request = read_request(&mut stream, &mut buffer).await?;
        let number = {
            let mut seen = seen.lock().unwrap();
            seen.push(request.clone());
            seen.len() - 1
        };
        let head = |status, length: usize, more: &str| {
            format!("HTTP/1.1 {status} Canned\r\nContent-Length: {length}\r\n{more}\r\n")
        };
        match rule(number, &request) {
            Reply::Answer(status, body) => {
                let head = head(status, body.len(), "");
                send(&mut stream, head.as_bytes(), &body).await?;
            }
            Reply::With(status, lines, body) => {
                let head = head(status, body.len(), lines);
                send(&mut stream, head.as_bytes(), &body).await?;
            }
            Reply::Raw(bytes) => {
                send(&mut stream, &bytes, b"").await?;
                return stream.shutdown().await.ok();
            }
            Reply::Unframed(body) => {
                let head = b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n";
                send(&mut stream, head, &body).await?;
                return stream.shutdown().await.ok();
            }
            Reply::Short(body, sent) => {
                let head = head(200, body.len(), "");
                send(&mut stream, head.as_bytes(), &body[..sent]).await?;
                return stream.shutdown().await.ok();
            }
            Reply::Stalled(body, sent) => {
                let head = head(200, body.len(), "");
                send(&mut stream, head.as_bytes(), &body[..sent]).await?;
                future::pending::<()>().await;
            }
            Reply::Close => return stream.shutdown().await.ok(),
            Reply::Hang => future::pending().await,
        }
    }
}

/// One write: Nagle's algorithm and delayed acknowledgements would delay a second one.
async fn send(stream: &mut (impl AsyncWrite + Unpin), head: &[u8], body: &[u8]) -> Option<()> {
    stream.write_all(&[head, body].concat()).await.ok()?;
    stream.flush().await.ok()
}

async fn read_request(
    stream: &mut (impl AsyncRead + Unpin),
    buffer: &mut Vec<u8>,
) -> Option<Request> {
    let end = loop {
        if let Some(at) = buffer.windows(4).position(|four| four == b"\r\n\r\n") {
            break at + 4;
        }
        read_more(stream, buffer).await?;
    };
    let head = String::from_utf8_lossy(&buffer[..end]).into_owned();
    let length = head
        .lines()
        .filter_map(|line| line.split_once(':'))
        .find(|(name, _)| name.eq_ignore_ascii_case("content-length"))
        .map_or(0, |(_, length)| length.trim().parse().unwrap());
    while buffer.len() < end + length {
        read_more(stream, buffer).await?;
    }
    let body = String::from_utf8_lossy(&buffer[end..end + length]).into_owned();
    buffer.drain(..end + length);
    Some(Request { head, body })
}

async fn read_more(stream: &mut (impl AsyncRead + Unpin), buffer: &mut Vec<u8>) -> Option<()> {
    let count = stream.read_buf(buffer).await.ok()?;
    (count > 0).then_some(())
}
