//! The embedded endpoint, tested by plain HTTP, so that no client library hides a mistake.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod actions;
mod faults;
mod filters;
mod http;
mod start_stop;
mod time;
mod world_files;

use bundletop::endpoint::{Clock, Endpoint, Faults, World};
use jiff::Timestamp;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// The initial time of the manual clocks in these tests.
pub const START: &str = "2015-09-15T13:24:35Z";

/// Starts an endpoint with this world, a clock that stands at [`START`], and no faults.
pub async fn start_endpoint(world: World) -> Endpoint {
    let clock = Clock::manual(START.parse::<Timestamp>().unwrap());
    let listen = ([127, 0, 0, 1], 0).into();
    Endpoint::start(world, clock, Faults::none(), listen)
        .await
        .unwrap()
}

/// Starts an endpoint whose world has the tasks of this JSON list.
pub async fn start_with_tasks(tasks: &str) -> Endpoint {
    start_endpoint(World::from_json("test", &format!(r#"{{"tasks": {tasks}}}"#)).unwrap()).await
}

/// A response, as it was read from the connection.
#[derive(Debug)]
pub struct HttpResponse {
    pub status: u16,
    pub head: String,
    pub body: String,
}

impl HttpResponse {
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

    /// The value of the header with that name, in any case.
    pub fn header(&self, name: &str) -> Option<&str> {
        let lines = self.head.lines().filter_map(|line| line.split_once(": "));
        lines
            .into_iter()
            .find(|(key, _)| key.eq_ignore_ascii_case(name))
            .map(|(_, value)| value)
    }

    /// The HTTP status and the error's code.
    pub fn status_and_code(&self) -> (u16, &str) {
        (self.status, self.text("Code").unwrap_or("no code"))
    }

    /// The bundle IDs of the tasks, sorted.
    pub fn sorted_ids(&self) -> Vec<&str> {
        let mut ids = self.texts("bundleId");
        ids.sort_unstable();
        ids
    }
}

/// Posts a form with the current version of EC2's API added, and reads the response.
pub async fn send_form(endpoint: &Endpoint, form: &str) -> HttpResponse {
    let form = format!("{form}&Version=2016-11-15");
    send_request(endpoint, &post_request(&form)).await
}

/// A POST request with this body, which asks for the connection to be closed.
pub fn post_request(body: &str) -> String {
    format!(
        "POST / HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded; \
         charset=utf-8\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    )
}

/// Sends bytes, and reads everything until the connection is closed.
pub async fn send_bytes(endpoint: &Endpoint, request: &[u8]) -> Vec<u8> {
    let mut stream = connect(endpoint).await;
    // The endpoint may respond and close the connection before it has read everything.
    let _ = stream.write_all(request).await;
    let mut response = Vec::new();
    let _ = stream.read_to_end(&mut response).await;
    response
}

/// Sends a request that asks for the connection to be closed, and reads the response.
pub async fn send_request(endpoint: &Endpoint, request: &str) -> HttpResponse {
    let response = send_bytes(endpoint, request.as_bytes()).await;
    parse_response(&String::from_utf8(response).unwrap())
}

pub fn parse_response(response: &str) -> HttpResponse {
    let (head, body) = response
        .split_once("\r\n\r\n")
        .unwrap_or_else(|| panic!("{response:?}"));
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    HttpResponse {
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
