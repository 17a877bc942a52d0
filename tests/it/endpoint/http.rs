//! HTTP and the encoding of requests: what different clients send, and malformed requests.

use bundletop::endpoint::World;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::{
    HttpResponse, connect, parse_response, post_request, send_bytes, send_form, send_request,
    start_endpoint, start_with_tasks,
};

const ONE: &str = r#"[{"bundleId": "bun-00000001", "prefix": "a b"}]"#;

#[tokio::test]
async fn a_response_has_the_format_of_ec2s() {
    let endpoint = start_with_tasks(
        r#"[{"bundleId": "bun-2a4e041c", "instanceId": "i-1a2b3c4d", "state": "storing",
             "progress": 72, "started": "12m", "updated": "3s", "bucket": "bundletasks",
             "prefix": "win<ami>&\u001b", "awsAccessKeyId": "AKIAIOSFODNN7EXAMPLE",
             "uploadPolicy": {"conditions": []}, "uploadPolicySignature": "c2ln"}]"#,
    )
    .await;
    let response = send_form(&endpoint, "Action=DescribeBundleTasks").await;
    let id = response.header("x-amzn-requestid").unwrap();
    assert_eq!(id.len(), 36);
    assert_eq!(response.status, 200);
    assert_eq!(
        response.header("content-type"),
        Some("text/xml;charset=UTF-8")
    );
    assert_eq!(
        response.body,
        format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
             <DescribeBundleTasksResponse xmlns=\"http://ec2.amazonaws.com/doc/2016-11-15/\">\
             <requestId>{id}</requestId><bundleInstanceTasksSet><item>\
             <instanceId>i-1a2b3c4d</instanceId><bundleId>bun-2a4e041c</bundleId>\
             <state>storing</state><startTime>2015-09-15T13:12:35.000Z</startTime>\
             <updateTime>2015-09-15T13:24:32.000Z</updateTime><storage><S3>\
             <bucket>bundletasks</bucket><prefix>win&lt;ami&gt;&amp;&#27;</prefix>\
             <AWSAccessKeyId>AKIAIOSFODNN7EXAMPLE</AWSAccessKeyId>\
             <uploadPolicy>eyJjb25kaXRpb25zIjpbXX0=</uploadPolicy>\
             <uploadPolicySignature>c2ln</uploadPolicySignature></S3></storage>\
             <progress>72%</progress></item></bundleInstanceTasksSet>\
             </DescribeBundleTasksResponse>"
        )
    );
}

#[tokio::test]
async fn absent_members_are_left_out() {
    let endpoint = start_with_tasks(r#"[{"bundleId": "bun-00000001"}]"#).await;
    let response = send_form(&endpoint, "Action=DescribeBundleTasks").await;
    let start = "2015-09-15T13:24:35.000Z";
    let task = format!(
        "<item><bundleId>bun-00000001</bundleId><state>pending</state>\
         <startTime>{start}</startTime><updateTime>{start}</updateTime></item>"
    );
    assert!(response.body.contains(&task), "{}", response.body);
}

#[tokio::test]
async fn an_error_has_the_format_of_its_service() {
    let endpoint = start_with_tasks("[]").await;
    let ec2 = send_form(&endpoint, "Action=Nope").await;
    let id = ec2.header("x-amzn-requestid").unwrap();
    assert!(ec2.body.ends_with(&format!(
        "<Response><Errors><Error><Code>InvalidAction</Code><Message>The action Nope is not valid \
         for this web service.</Message></Error></Errors><RequestID>{id}</RequestID></Response>"
    )));
    let sts = send_request(
        &endpoint,
        &post_request("Action=AssumeRole&Version=2011-06-15"),
    )
    .await;
    let id = sts.header("x-amzn-requestid").unwrap();
    assert_eq!(sts.status, 400);
    assert!(sts.body.ends_with(&format!(
        "<ErrorResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><Error>\
         <Type>Sender</Type><Code>InvalidAction</Code><Message>Could not find operation \
         AssumeRole for version 2011-06-15</Message></Error><RequestId>{id}</RequestId>\
         </ErrorResponse>"
    )));
}

#[tokio::test]
async fn forms_are_read_in_any_encoding_and_order() {
    let endpoint = start_with_tasks(ONE).await;
    let bodies = [
        "Action=DescribeBundleTasks&Version=2016-11-15&Filter.1.Name=s3-prefix&Filter.1.Value.1=a+b",
        "Version=2016-11-15&Filter.1.Value.1=a%20b&Filter.1.Name=s3-prefix&Action=DescribeBundleTasks",
        "Action=DescribeBundleTasks&Filter.7.Name=s3%2Dprefix&Filter.7.Value.3=a%20b\r\n",
    ];
    for body in bodies {
        let response = send_request(&endpoint, &post_request(body)).await;
        assert_eq!(
            (response.status, response.sorted_ids()),
            (200, vec!["bun-00000001"]),
            "{body}"
        );
    }
    let length = bodies[0].len();
    for content_type in ["", "Content-Type: application/x-www-form-urlencoded\r\n"] {
        let head = format!("POST /some/path HTTP/1.1\r\nHost: x\r\n{content_type}");
        let rest = format!(
            "Content-Length: {length}\r\nConnection: close\r\n\r\n{}",
            bodies[0]
        );
        let response = send_request(&endpoint, &(head + &rest)).await;
        assert_eq!(response.sorted_ids(), ["bun-00000001"], "{content_type}");
    }
}

#[tokio::test]
async fn get_requests_chunks_and_query_strings_are_read() {
    let endpoint = start_with_tasks(ONE).await;
    let get = "GET /?Action=DescribeBundleTasks&BundleId.1=bun-00000001&Version=2016-11-15 \
               HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    assert_eq!(
        send_request(&endpoint, get).await.sorted_ids(),
        ["bun-00000001"]
    );
    let chunked = "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nConnection: close\
                   \r\n\r\n7\r\nAction=\r\n13\r\nDescribeBundleTasks\r\n0\r\n\r\n";
    assert_eq!(
        send_request(&endpoint, chunked).await.sorted_ids(),
        ["bun-00000001"]
    );
    let split =
        post_request("Version=2016-11-15").replace("POST /", "POST /?Action=DescribeBundleTasks");
    assert_eq!(
        send_request(&endpoint, &split).await.sorted_ids(),
        ["bun-00000001"]
    );
}

#[tokio::test]
async fn a_connection_serves_several_requests() {
    let endpoint = start_with_tasks(ONE).await;
    let mut stream = connect(&endpoint).await;
    let kept = post_request("Action=DescribeBundleTasks").replace("Connection: close\r\n", "");
    let mut ids = Vec::new();
    for _ in 0..3 {
        stream.write_all(kept.as_bytes()).await.unwrap();
        let response = read_response(&mut stream).await;
        assert_eq!(response.sorted_ids(), ["bun-00000001"]);
        ids.push(response.header("x-amzn-requestid").unwrap().to_owned());
    }
    ids.dedup();
    assert_eq!(ids.len(), 3, "every response has its own ID");
}

#[tokio::test]
async fn the_same_seed_gives_the_same_request_ids() {
    let mut runs = Vec::new();
    for seed in [1, 1, 2] {
        let endpoint = start_endpoint(World::of_size(1, 0).with_seed(seed)).await;
        let mut ids = Vec::new();
        for _ in 0..3 {
            let response = send_form(&endpoint, "Action=DescribeBundleTasks").await;
            ids.push(response.header("x-amzn-requestid").unwrap().to_owned());
        }
        runs.push(ids);
    }
    assert_eq!(runs[0], runs[1]);
    assert_ne!(runs[0], runs[2]);
}

#[tokio::test]
async fn only_get_and_post_are_allowed() {
    let endpoint = start_with_tasks("[]").await;
    for method in ["PUT", "DELETE", "PATCH"] {
        let response =
            send_request(&endpoint, &post_request("Action=x").replace("POST", method)).await;
        assert_eq!(
            response.status_and_code(),
            (405, "MethodNotAllowed"),
            "{method}"
        );
        assert_eq!(response.header("allow"), Some("GET, POST"));
    }
}

#[tokio::test]
async fn a_body_of_more_than_1_mib_is_refused() {
    let endpoint = start_with_tasks(ONE).await;
    let head_only = "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1048577\r\n\r\n";
    assert_eq!(
        send_request(&endpoint, head_only).await.status_and_code(),
        (413, "RequestEntityTooLarge")
    );
    let chunk = format!("{:x}\r\n{}\r\n", 65_536, "x".repeat(65_536));
    let head = "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";
    let response = send_request(&endpoint, &format!("{head}{}", chunk.repeat(17))).await;
    assert_eq!(response.status_and_code(), (413, "RequestEntityTooLarge"));
    let padding = "x".repeat(1_048_576 - "Action=DescribeBundleTasks&SecurityToken=".len());
    let largest = post_request(&format!(
        "Action=DescribeBundleTasks&SecurityToken={padding}"
    ));
    assert_eq!(
        send_request(&endpoint, &largest).await.sorted_ids(),
        ["bun-00000001"]
    );
}

#[tokio::test]
async fn malformed_requests_do_not_stop_the_server() {
    let endpoint = start_with_tasks(ONE).await;
    let requests: [&[u8]; 9] = [
        b"",
        b"\r\n\r\n",
        b"nonsense\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"POST / HTTP/1.1\r\nContent-Length: many\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 6\r\n\r\n%ff=%0",
        b"POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 4\r\n\r\n\xff\xfe&=",
    ];
    for request in requests {
        let mut stream = connect(&endpoint).await;
        stream.write_all(request).await.unwrap();
        stream.shutdown().await.unwrap();
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer).await;
        assert!(!answer.starts_with(b"HTTP/1.1 200"), "{request:?}");
    }
    // A client that disconnects in the middle of its request.
    let mut stream = connect(&endpoint).await;
    let half = b"POST / HTTP/1.1\r\nContent-Length: 100\r\n\r\nAction=";
    stream.write_all(half).await.unwrap();
    drop(stream);
    assert_eq!(
        send_form(&endpoint, "Action=DescribeBundleTasks")
            .await
            .sorted_ids(),
        ["bun-00000001"]
    );
}

#[tokio::test]
async fn text_from_the_client_is_escaped_in_errors() {
    let endpoint = start_with_tasks("[]").await;
    let id = "bun-%3C%2FMessage%3E%26%1B%00%C2%9B";
    let response = send_form(&endpoint, &format!("Action=CancelBundleTask&BundleId={id}")).await;
    assert_eq!(
        response.status_and_code(),
        (400, "InvalidBundleID.NotFound")
    );
    let message =
        "The bundle ID 'bun-&lt;/Message&gt;&amp;\u{fffd}\u{fffd}\u{fffd}' does not exist";
    assert_eq!(
        response.text("Message").unwrap().replace("&apos;", "'"),
        message
    );
}

#[tokio::test]
async fn hundreds_of_connections_are_served_at_once() {
    let endpoint = start_endpoint(World::of_size(20, 1)).await;
    let mut streams = Vec::new();
    for _ in 0..300 {
        streams.push(connect(&endpoint).await);
    }
    let request = post_request("Action=DescribeBundleTasks");
    for stream in &mut streams {
        stream.write_all(request.as_bytes()).await.unwrap();
    }
    for mut stream in streams {
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        assert_eq!(parse_response(&answer).sorted_ids().len(), 20);
    }
}

/// The loop does not await, so the endpoint accepts no connection before the last one is open.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn hundreds_of_connections_can_wait_to_be_accepted() {
    let most = std::fs::read_to_string("/proc/sys/net/core/somaxconn").unwrap();
    let count = 500.min(most.trim().parse().unwrap());
    let endpoint = start_with_tasks("[]").await;
    let address = endpoint.address();
    let time_limit = std::time::Duration::from_secs(30);
    let connect = |_| std::net::TcpStream::connect_timeout(&address, time_limit).unwrap();
    let waiting: Vec<_> = (0..count).map(connect).collect();
    assert_eq!(
        send_form(&endpoint, "Action=DescribeBundleTasks")
            .await
            .status,
        200
    );
    drop(waiting);
}

#[tokio::test]
async fn thousands_of_tasks_come_in_one_response() {
    let endpoint = start_endpoint(World::of_size(10_000, 1)).await;
    let response = send_form(&endpoint, "Action=DescribeBundleTasks").await;
    let mut ids = response.sorted_ids();
    ids.dedup();
    assert_eq!(ids.len(), 10_000);
}

#[tokio::test]
async fn the_latest_requests_are_logged_without_secrets() {
    let endpoint = start_with_tasks("[]").await;
    let body = "Action=BundleInstance&InstanceId=&Storage.S3.UploadPolicySignature=secret";
    let signed = post_request(body).replace(
        "Host: x",
        "Host: x\r\nAuthorization: AWS4-HMAC-SHA256 \
         Credential=AKIDEXAMPLE/20150915/us-east-1/ec2/aws4_request, SignedHeaders=host, \
         Signature=0123",
    );
    send_request(&endpoint, &signed).await;
    let requests = endpoint
        .wait_for_requests(|requests| !requests.is_empty())
        .await;
    assert_eq!(requests[0].action, "BundleInstance");
    assert_eq!(requests[0].parameter("InstanceId"), Some(""));
    assert_eq!(requests[0].parameter("DryRun"), None);
    let credential = "AKIDEXAMPLE/20150915/us-east-1/ec2/aws4_request";
    assert_eq!(requests[0].credential.as_deref(), Some(credential));
    assert!(!format!("{requests:?}").contains("secret"));
    for _ in 0..501 {
        send_bytes(&endpoint, post_request("Action=Latest").as_bytes()).await;
    }
    let requests = endpoint.requests();
    assert_eq!(requests.len(), 500, "the oldest are dropped");
    assert_eq!(requests[0].action, "Latest");
    let large = format!("Action=Large{}", "&a=b".repeat(100_000));
    for _ in 0..10 {
        send_bytes(&endpoint, post_request(&large).as_bytes()).await;
    }
    let requests = endpoint.requests();
    assert!(
        (1..10).contains(&requests.len()),
        "{} of them",
        requests.len()
    );
    assert_eq!(requests[0].action, "Large");
}

/// Reads one response from a connection that stays open.
async fn read_response(stream: &mut TcpStream) -> HttpResponse {
    let mut answer = Vec::new();
    loop {
        answer.push(stream.read_u8().await.unwrap());
        if answer.ends_with(b"\r\n\r\n") {
            let head = parse_response(&String::from_utf8(answer.clone()).unwrap());
            let length: usize = head.header("content-length").unwrap().parse().unwrap();
            let mut body = vec![0; length];
            stream.read_exact(&mut body).await.unwrap();
            answer.extend(body);
            return parse_response(&String::from_utf8(answer).unwrap());
        }
    }
}
