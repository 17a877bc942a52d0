//! Beginning and end.

use std::time::{Duration, Instant};

use bundletop::endpoint::{Clock, Endpoint, Faults, StartError, World};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::{connect, parse, post, start_with};

/// Longer than anything here may take, and shorter than for ever.
const ENOUGH: Duration = Duration::from_secs(30);

/// Reads until the connection ends, one way or the other.
async fn read_all(mut stream: TcpStream) -> String {
    let mut answer = Vec::new();
    let _ = timeout(ENOUGH, stream.read_to_end(&mut answer))
        .await
        .expect("it ends");
    String::from_utf8(answer).unwrap()
}

#[tokio::test]
async fn a_port_in_use_is_an_error_that_names_it() {
    let first = start_with("[]").await;
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
async fn its_url_is_one_that_a_client_can_connect_to() {
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
async fn hung_requests_and_idle_connections_do_not_hold_up_the_end() {
    let endpoint = start_with("[]").await;
    endpoint.faults().set("hang".parse().unwrap());
    let mut hung = connect(&endpoint).await;
    hung.write_all(post("Action=DescribeBundleTasks").as_bytes())
        .await
        .unwrap();
    endpoint.wait_for(|requests| requests.len() == 1).await;
    endpoint.faults().clear();
    let mut idle = connect(&endpoint).await;
    let kept = post("Action=DescribeBundleTasks").replace("Connection: close\r\n", "");
    idle.write_all(kept.as_bytes()).await.unwrap();
    assert_eq!(idle.read_u8().await.unwrap(), b'H');
    let began = Instant::now();
    endpoint.stop().await;
    assert!(
        began.elapsed() < Duration::from_secs(2),
        "{:?}",
        began.elapsed()
    );
    assert_eq!(read_all(hung).await, "");
    assert!(read_all(idle).await.ends_with("Response>"));
}

#[tokio::test]
async fn a_request_under_way_is_answered_before_the_end_however_slow() {
    let endpoint = start_with(r#"[{"bundleId": "bun-00000001"}]"#).await;
    endpoint.faults().set("latency=1h".parse().unwrap());
    let mut slow = connect(&endpoint).await;
    slow.write_all(post("Action=DescribeBundleTasks").as_bytes())
        .await
        .unwrap();
    endpoint.wait_for(|requests| requests.len() == 1).await;
    let address = endpoint.url().strip_prefix("http://").unwrap().to_owned();
    endpoint.stop().await;
    assert_eq!(parse(&read_all(slow).await).ids(), ["bun-00000001"]);
    TcpStream::connect(address)
        .await
        .expect_err("nobody listens any more");
}

#[tokio::test]
async fn half_a_request_is_not_waited_for_long() {
    let endpoint = start_with("[]").await;
    let mut half = connect(&endpoint).await;
    half.write_all(b"POST / HTTP/1.1\r\nContent-Length: 9\r\n\r\nAct")
        .await
        .unwrap();
    let untouched = connect(&endpoint).await;
    timeout(ENOUGH, endpoint.stop()).await.expect("it ends");
    read_all(half).await;
    read_all(untouched).await;
}

#[tokio::test]
async fn an_endpoint_dropped_is_gone() {
    let endpoint = start_with("[]").await;
    endpoint.faults().set("hang".parse().unwrap());
    let mut hung = connect(&endpoint).await;
    hung.write_all(post("Action=DescribeBundleTasks").as_bytes())
        .await
        .unwrap();
    endpoint.wait_for(|requests| requests.len() == 1).await;
    let address = endpoint.url().strip_prefix("http://").unwrap().to_owned();
    drop(endpoint);
    assert_eq!(read_all(hung).await, "");
    TcpStream::connect(address)
        .await
        .expect_err("nobody listens any more");
}
