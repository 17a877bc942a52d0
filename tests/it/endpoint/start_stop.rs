//! How an endpoint starts and stops.

use std::time::{Duration, Instant};

use bundletop::endpoint::{Clock, Endpoint, Faults, StartError, World};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::{connect, parse_response, post_request, start_with_tasks};

/// After this time a test fails instead of waiting forever.
const TIME_LIMIT: Duration = Duration::from_secs(30);

/// Reads until the connection is closed or reset.
async fn read_all(mut stream: TcpStream) -> String {
    let mut answer = Vec::new();
    let _ = timeout(TIME_LIMIT, stream.read_to_end(&mut answer))
        .await
        .expect("it ends");
    String::from_utf8(answer).unwrap()
}

#[tokio::test]
async fn a_port_in_use_is_an_error_that_names_the_address() {
    let first = start_with_tasks("[]").await;
    let address = first
        .url()
        .strip_prefix("http://")
        .unwrap()
        .parse()
        .unwrap();
    let clock = Clock::real(1.0);
    let second = Endpoint::start(World::built_in(), clock, Faults::none(), address).await;
    let error = second.unwrap_err();
    assert!(matches!(error, StartError::Listen { .. }));
    assert!(
        error
            .to_string()
            .starts_with(&format!("cannot listen on {address}: ")),
        "{error}"
    );
}

#[tokio::test]
async fn clients_can_connect_to_the_url() {
    for (listen, host) in [("0.0.0.0:0", "127.0.0.1"), ("127.0.0.1:0", "127.0.0.1")] {
        let clock = Clock::real(1.0);
        let listen = listen.parse().unwrap();
        let endpoint = Endpoint::start(World::built_in(), clock, Faults::none(), listen)
            .await
            .unwrap();
        let port = endpoint.address().port();
        assert_eq!(endpoint.url(), format!("http://{host}:{port}"));
        connect(&endpoint).await;
    }
}

#[tokio::test]
async fn hung_requests_and_idle_connections_do_not_delay_stopping() {
    let endpoint = start_with_tasks("[]").await;
    endpoint.faults().set("hang".parse().unwrap());
    let mut hung = connect(&endpoint).await;
    hung.write_all(post_request("Action=DescribeBundleTasks").as_bytes())
        .await
        .unwrap();
    endpoint
        .wait_for_requests(|requests| requests.len() == 1)
        .await;
    endpoint.faults().clear();
    let mut idle = connect(&endpoint).await;
    let keep_alive =
        post_request("Action=DescribeBundleTasks").replace("Connection: close\r\n", "");
    idle.write_all(keep_alive.as_bytes()).await.unwrap();
    assert_eq!(idle.read_u8().await.unwrap(), b'H');
    let stop_began = Instant::now();
    endpoint.stop().await;
    assert!(
        stop_began.elapsed() < Duration::from_secs(2),
        "{:?}",
        stop_began.elapsed()
    );
    assert_eq!(read_all(hung).await, "");
    assert!(read_all(idle).await.ends_with("Response>"));
}

#[tokio::test]
async fn a_delayed_response_is_sent_before_stopping() {
    let endpoint = start_with_tasks(r#"[{"bundleId": "bun-00000001"}]"#).await;
    endpoint.faults().set("latency=1h".parse().unwrap());
    let mut slow = connect(&endpoint).await;
    slow.write_all(post_request("Action=DescribeBundleTasks").as_bytes())
        .await
        .unwrap();
    endpoint
        .wait_for_requests(|requests| requests.len() == 1)
        .await;
    let address = endpoint.url().strip_prefix("http://").unwrap().to_owned();
    endpoint.stop().await;
    assert_eq!(
        parse_response(&read_all(slow).await).sorted_ids(),
        ["bun-00000001"]
    );
    TcpStream::connect(address)
        .await
        .expect_err("nobody listens any more");
}

#[tokio::test]
async fn stopping_does_not_wait_long_for_incomplete_requests() {
    let endpoint = start_with_tasks("[]").await;
    let mut half = connect(&endpoint).await;
    half.write_all(b"POST / HTTP/1.1\r\nContent-Length: 9\r\n\r\nAct")
        .await
        .unwrap();
    let untouched = connect(&endpoint).await;
    timeout(TIME_LIMIT, endpoint.stop()).await.expect("it ends");
    read_all(half).await;
    read_all(untouched).await;
}

#[tokio::test]
async fn dropping_an_endpoint_stops_it() {
    let endpoint = start_with_tasks("[]").await;
    endpoint.faults().set("hang".parse().unwrap());
    let mut hung = connect(&endpoint).await;
    hung.write_all(post_request("Action=DescribeBundleTasks").as_bytes())
        .await
        .unwrap();
    endpoint
        .wait_for_requests(|requests| requests.len() == 1)
        .await;
    let address = endpoint.url().strip_prefix("http://").unwrap().to_owned();
    drop(endpoint);
    assert_eq!(read_all(hung).await, "");
    TcpStream::connect(address)
        .await
        .expect_err("nobody listens any more");
}
