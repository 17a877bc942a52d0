//! The embedded endpoint, asked in raw HTTP, so that no client library smooths anything over.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod actions;
mod faults;
mod filters;
mod http;
mod life;
mod stop;
mod worlds;

use bundletop::endpoint::{Clock, Endpoint, Faults, World};
use jiff::Timestamp;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// When the manual clocks of these tests start.
pub const START: &str = "2015-09-15T13:24:35Z";

/// An endpoint with this world, its clock standing at [`START`], without faults.
pub async fn start(world: World) -> Endpoint {
    let clock = Clock::manual(START.parse::<Timestamp>().unwrap());
    let listen = ([127, 0, 0, 1], 0).into();
    Endpoint::start(world, clock, Faults::none(), listen)
        .await
        .unwrap()
}

/// An endpoint with the tasks of this JSON list.
pub async fn start_with(tasks: &str) -> Endpoint {
    start(World::from_json("test", &format!(r#"{{"tasks": {tasks}}}"#)).unwrap()).await
}

/// An answer, read as bytes off the connection.
#[derive(Debug)]
pub struct Reply {
    pub status: u16,
    pub head: String,
    pub body: String,
}

impl Reply {
    /// The text of the first element of that name.
    pub fn text(&self, element: &str) -> Option<&str> {
        self.texts(element).into_iter().next()
    }

    /// The texts of all elements of that name, in order.
    pub fn texts(&self, element: &str) -> Vec<&str> {
        let (open, close) = (format!("<{element}>"), format!("</{element}>"));
        let pieces = self.body.split(&open).skip(1);
        pieces
            .map(|piece| piece.split(&close).next().unwrap())
            .collect()
    }

    /// A header's value. Its name in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        let lines = self.head.lines().filter_map(|line| line.split_once(": "));
        lines
            .into_iter()
            .find(|(key, _)| key.eq_ignore_ascii_case(name))
            .map(|(_, value)| value)
    }

    /// The status and the error's code.
    pub fn error(&self) -> (u16, &str) {
        (self.status, self.text("Code").unwrap_or("no code"))
    }

    /// The bundle IDs, sorted.
    pub fn ids(&self) -> Vec<&str> {
        let mut ids = self.texts("bundleId");
        ids.sort_unstable();
        ids
    }
}

/// Sends the form of an EC2 action, and reads the answer.
pub async fn ask(endpoint: &Endpoint, form: &str) -> Reply {
    let form = format!("{form}&Version=2016-11-15");
    send(endpoint, &post(&form)).await
}

/// A POST with this body.
pub fn post(body: &str) -> String {
    format!(
        "POST / HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded; \
         charset=utf-8\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    )
}

/// Sends bytes, and reads all that comes until the connection closes.
pub async fn send_raw(endpoint: &Endpoint, request: &[u8]) -> Vec<u8> {
    let mut stream = connect(endpoint).await;
    // The endpoint may refuse and close before it has read everything.
    let _ = stream.write_all(request).await;
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer).await;
    answer
}

/// Sends a request that asks for the connection to be closed, and reads the answer.
pub async fn send(endpoint: &Endpoint, request: &str) -> Reply {
    let answer = send_raw(endpoint, request.as_bytes()).await;
    parse(&String::from_utf8(answer).unwrap())
}

pub fn parse(answer: &str) -> Reply {
    let (head, body) = answer
        .split_once("\r\n\r\n")
        .unwrap_or_else(|| panic!("{answer:?}"));
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    Reply {
        status,
        head: head.to_owned(),
        body: body.to_owned(),
    }
}

pub async fn connect(endpoint: &Endpoint) -> TcpStream {
    let address = endpoint.url();
    let address = address.strip_prefix("http://").unwrap();
    TcpStream::connect(address).await.unwrap()
}
