//! `--no-verify-ssl`, also through a proxy.

use std::process::Stdio;

use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};

use super::bundletop;
use crate::ec2::canned::CannedServer;
use crate::ec2::tls::{OTHER_HOST, SELF_SIGNED_KEY, acceptor};
use crate::ec2::{DESCRIBE, ok};

/// A server with a self-signed certificate for another host name.
async fn start_server() -> CannedServer {
    CannedServer::start_tls(acceptor(OTHER_HOST, SELF_SIGNED_KEY), |_, _| ok(DESCRIBE)).await
}

/// Runs `describe-bundle-tasks`. Returns its exit code and standard error.
async fn run_describe(options: &[&str], environment: &[(&str, &str)]) -> (Option<i32>, String) {
    let home = tempfile::tempdir().unwrap();
    let mut command = bundletop(home.path());
    command.arg("describe-bundle-tasks").args(options);
    command
        .envs(environment.iter().copied())
        .env("AWS_MAX_ATTEMPTS", "1");
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let output = tokio::task::spawn_blocking(move || command.output());
    let output = output.await.unwrap().unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    (output.status.code(), stderr)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn any_certificate_is_accepted_with_the_option_only() {
    let server = start_server().await;
    let url = server.url();
    let (code, stderr) = run_describe(&["--endpoint-url", &url], &[]).await;
    assert_eq!(code, Some(255));
    assert!(stderr.contains("the TLS handshake failed"), "{stderr}");
    assert!(server.requests().is_empty());
    let result = run_describe(&["--endpoint-url", &url, "--no-verify-ssl"], &[]).await;
    assert_eq!(result, (Some(0), String::new()));
    // It takes precedence over a bundle, even over one that cannot be read.
    let options = [
        "--endpoint-url",
        &url,
        "--no-verify-ssl",
        "--ca-bundle",
        "/nowhere",
    ];
    assert_eq!(run_describe(&options, &[]).await.0, Some(0));
    assert_eq!(server.requests().len(), 2);
}

/// The option is needed mostly in networks with such a proxy.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_proxy_of_the_environment_is_used() {
    let server = start_server().await;
    let port = server.url().rsplit(':').next().unwrap().to_owned();
    let proxy = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", proxy.local_addr().unwrap());
    // The proxy connects to the server, whatever host the request names.
    let connect_line = tokio::spawn(async move {
        let (mut stream, _) = proxy.accept().await.unwrap();
        let mut lines = BufReader::new(&mut stream).lines();
        let first = lines.next_line().await.unwrap().unwrap();
        while !lines.next_line().await.unwrap().unwrap().is_empty() {}
        stream
            .write_all(b"HTTP/1.1 200 Connected\r\n\r\n")
            .await
            .unwrap();
        let mut server = TcpStream::connect(format!("127.0.0.1:{port}"))
            .await
            .unwrap();
        let _ = copy_bidirectional(&mut stream, &mut server).await;
        first
    });
    let result = run_describe(&["--no-verify-ssl"], &[("HTTPS_PROXY", &url)]).await;
    assert_eq!(result, (Some(0), String::new()));
    assert_eq!(server.requests().len(), 1);
    let connect_line = connect_line.await.unwrap();
    assert_eq!(
        connect_line,
        "CONNECT ec2.us-east-1.amazonaws.com:443 HTTP/1.1"
    );
}
