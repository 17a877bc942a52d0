//! An incomplete answer is an error, never a shorter list.

use bundletop::ec2::{ErrorKind, MAX_RESPONSE_BYTES};

use super::{CANCEL, CannedServer, DESCRIBE, IDENTITY, Reply, connect, id, list, ok};

#[tokio::test]
async fn a_complete_answer_is_accepted_however_it_is_written() {
    for whole in [
        "<DescribeBundleTasksResponse/>",
        "<DescribeBundleTasksResponse></DescribeBundleTasksResponse>\n\n",
        "\u{feff}<?xml version=\"1.0\"?>\n<DescribeBundleTasksResponse/><!-- end --> \n",
        "<!-- a --><?x y?><a:DescribeBundleTasksResponse xmlns:a=\"b\"></a:DescribeBundleTasksResponse>",
        "<DescribeBundleTasksResponse><x>&amp;<![CDATA[</x>]]>é</x></DescribeBundleTasksResponse>",
        DESCRIBE,
    ] {
        let server = CannedServer::always(ok(whole)).await;
        let tasks = connect(server.url()).await.describe(&[]).await;
        assert!(tasks.is_ok(), "{whole}: {tasks:?}");
    }
}

#[tokio::test]
async fn each_malformed_answer_has_its_message() {
    const NOT_XML: &str = "is not XML";
    const WRONG_ROOT: &str = "is a <html>";
    let cases: [(&[u8], &str); 14] = [
        (b"", NOT_XML),
        (b"  \n", NOT_XML),
        (b"garbage", NOT_XML),
        (b"{\"json\": true}", NOT_XML),
        (b"\xff\xfe\x00", NOT_XML),
        (b"<html><body></body></html>", WRONG_ROOT),
        (b"<html/>", WRONG_ROOT),
        (b"<DescribeBundleTasksResponse>", "is cut short"),
        (
            b"<DescribeBundleTasksResponse><a></b></DescribeBundleTasksResponse>",
            NOT_XML,
        ),
        (
            b"<DescribeBundleTasksResponse/><x/>",
            "goes on after its end",
        ),
        (b"<DescribeBundleTasksResponse/>x", "goes on after its end"),
        (b"<DescribeBundleTasksResponse/></x>", NOT_XML),
        (b"text<DescribeBundleTasksResponse/>", NOT_XML),
        (b"<!DOCTYPE x []><DescribeBundleTasksResponse/>", NOT_XML),
    ];
    for (body, message) in cases {
        let text = String::from_utf8_lossy(body);
        let server = CannedServer::always(ok(body)).await;
        let error = connect(server.url()).await.describe(&[]).await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::Unparsable, "{text}");
        assert!(error.message.contains(message), "{text}: {error:?}");
    }
}

/// To HTTP each of these answers looks complete.
#[tokio::test]
async fn an_answer_cut_at_any_byte_is_an_error() {
    let non_ascii = list("<item><state>é\u{1f980}</state></item>");
    let samples = [DESCRIBE, CANCEL, IDENTITY].map(|sample| sample.as_bytes().to_vec());
    for sample in samples.into_iter().chain([non_ascii]) {
        let whole = sample.clone();
        let server = CannedServer::start(move |number, _| ok(&whole[..number])).await;
        let ec2 = connect(server.url()).await;
        for end in 0..sample.len() {
            let error = match &sample[..9] {
                b"<CancelBu" => ec2.cancel(&id("bun-1")).await.unwrap_err(),
                b"<GetCalle" => ec2.identity().await.unwrap_err(),
                _ => ec2.describe(&[]).await.unwrap_err(),
            };
            assert_eq!(error.kind, ErrorKind::Unparsable, "{end}: {error:?}");
        }
        assert_eq!(server.requests().len(), sample.len());
    }
}

/// An answer without a length, which ends with the connection, cut between two tasks.
#[tokio::test]
async fn an_answer_of_unknown_length_cut_between_tasks_is_an_error() {
    let end = DESCRIBE.rfind("<item>").unwrap();
    let server = CannedServer::always(Reply::Unframed(DESCRIBE[..end].into())).await;
    let error = connect(server.url()).await.describe(&[]).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Unparsable, "{error:?}");
    assert!(error.message.contains("cut short"), "{error:?}");

    let server = CannedServer::always(Reply::Unframed(DESCRIBE.into())).await;
    let tasks = connect(server.url()).await.describe(&[]).await.unwrap();
    assert_eq!(tasks.len(), 2);
}

/// An answer that is shorter than its `Content-Length`.
#[tokio::test]
async fn an_answer_shorter_than_announced_is_lost() {
    for sent in [0, 1, DESCRIBE.len() - 1] {
        let server = CannedServer::always(Reply::Short(DESCRIBE.into(), sent)).await;
        let error = connect(server.url()).await.describe(&[]).await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::AnswerLost, "{error:?}");
    }
}

#[tokio::test]
async fn an_answer_to_another_operation_is_an_error() {
    let server = CannedServer::always(ok(CANCEL)).await;
    let ec2 = connect(server.url()).await;
    let error = ec2.describe(&[]).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Unparsable);
    assert!(
        error.message.contains("CancelBundleTaskResponse"),
        "{error:?}"
    );
    assert_eq!(
        ec2.identity().await.unwrap_err().kind,
        ErrorKind::Unparsable
    );
    assert!(
        ec2.cancel(&id("bun-c1a322b9"))
            .await
            .unwrap()
            .task
            .is_some()
    );
}

/// Without a limit, an endless answer would use up all memory.
#[tokio::test]
async fn an_answer_over_64_mib_is_an_error() {
    let huge = vec![b' '; MAX_RESPONSE_BYTES + 1];
    let server = CannedServer::always(ok(huge)).await;
    let error = connect(server.url()).await.describe(&[]).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Unparsable, "{error:?}");
    assert!(error.message.contains("64 MiB"), "{error:?}");
}

#[tokio::test]
async fn an_answer_that_is_not_well_formed_is_an_error() {
    let item = |text: &str| list(&format!("<item><bundleId>bun-1</bundleId>{text}</item>"));
    for ill_formed in [
        "<state a=b>pending</state>",
        "<state a=\"1\" a=\"2\">pending</state>",
        "<state a=\"1\"b=\"2\">pending</state>",
        "<state a=\"<\">pending</state>",
        "<state a=\"&unknown;\">pending</state>",
        "<state>]]></state>",
        "<1state>pending</1state>",
        "<st/ate>pending</st/ate>",
        "<!-- a -- b --><state>pending</state>",
        "<state a=\"\u{1}\">pending</state>",
        "<other>\u{1b}[2J</other>",
        "<other>&#27;</other>",
        "<other>&undefined;</other>",
        "<?xml version=\"1.0\"?><state>pending</state>",
        "<?1 x?><state>pending</state>",
    ] {
        let server = CannedServer::always(ok(item(ill_formed))).await;
        let result = connect(server.url()).await.describe(&[]).await;
        let error = result.expect_err(ill_formed);
        assert_eq!(error.kind, ErrorKind::Unparsable, "{ill_formed}: {error:?}");
    }
    let well_formed = "<état a=\"1\" b='&amp;'>x</état><state>]] ></state>";
    let server = CannedServer::always(ok(item(well_formed))).await;
    assert_eq!(
        connect(server.url())
            .await
            .describe(&[])
            .await
            .unwrap()
            .len(),
        1
    );
}
