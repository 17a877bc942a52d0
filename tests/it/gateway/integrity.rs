//! Trap 2: an answer that is not whole is an error, never a shorter list.

use bundletop::ec2::ErrorKind;
use bundletop::ec2::integrity::{NotWhole, check_whole};

use super::{CANCEL, Canned, DESCRIBE, IDENTITY, Reply, gateway, id, list, ok};

const ROOT: &[&str] = &["DescribeBundleTasksResponse"];

#[test]
fn a_whole_answer_is_one_however_it_is_written() {
    for whole in [
        "<DescribeBundleTasksResponse/>",
        "<DescribeBundleTasksResponse></DescribeBundleTasksResponse>\n\n",
        "\u{feff}<?xml version=\"1.0\"?>\n<DescribeBundleTasksResponse/><!-- end --> \n",
        "<!-- a --><?x y?><a:DescribeBundleTasksResponse xmlns:a=\"b\"></a:DescribeBundleTasksResponse>",
        "<DescribeBundleTasksResponse><x>&amp;<![CDATA[</x>]]>é</x></DescribeBundleTasksResponse>",
        DESCRIBE,
    ] {
        assert_eq!(check_whole(whole.as_bytes(), ROOT), Ok(()), "{whole}");
    }
}

#[test]
fn what_is_no_whole_answer_is_told_apart() {
    let wrong_root = || NotWhole::WrongRoot("html".to_owned());
    let cases: [(&[u8], NotWhole); 14] = [
        (b"", NotWhole::NotXml),
        (b"  \n", NotWhole::NotXml),
        (b"garbage", NotWhole::NotXml),
        (b"{\"json\": true}", NotWhole::NotXml),
        (b"\xff\xfe\x00", NotWhole::NotXml),
        (b"<html><body></body></html>", wrong_root()),
        (b"<html/>", wrong_root()),
        (b"<DescribeBundleTasksResponse>", NotWhole::Cut),
        (
            b"<DescribeBundleTasksResponse><a></b></DescribeBundleTasksResponse>",
            NotWhole::NotXml,
        ),
        (b"<DescribeBundleTasksResponse/><x/>", NotWhole::Trailing),
        (b"<DescribeBundleTasksResponse/>x", NotWhole::Trailing),
        (b"<DescribeBundleTasksResponse/></x>", NotWhole::NotXml),
        (b"text<DescribeBundleTasksResponse/>", NotWhole::NotXml),
        (
            b"<!DOCTYPE x []><DescribeBundleTasksResponse/>",
            NotWhole::NotXml,
        ),
    ];
    for (body, error) in cases {
        let text = String::from_utf8_lossy(body);
        assert_eq!(check_whole(body, ROOT), Err(error), "{text}");
    }
}

#[test]
fn every_cut_is_found() {
    let non_ascii = String::from_utf8(list("<item><state>é\u{1f980}</state></item>")).unwrap();
    let roots = &[
        "CancelBundleTaskResponse",
        "GetCallerIdentityResponse",
        ROOT[0],
    ];
    for sample in [DESCRIBE, CANCEL, IDENTITY, &non_ascii] {
        for end in 0..sample.len() {
            let cut = &sample.as_bytes()[..end];
            assert!(
                check_whole(cut, roots).is_err(),
                "{}",
                String::from_utf8_lossy(cut)
            );
        }
    }
}

/// The same through the SDK, for every byte: the answer looks well to HTTP.
#[tokio::test]
async fn a_list_cut_at_any_byte_is_an_error() {
    let server = Canned::start(|number, _| ok(&DESCRIBE[..number])).await;
    let ec2 = gateway(server.url()).await;
    for end in 0..DESCRIBE.len() {
        let error = ec2.describe().await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::Unparsable, "{end}: {error:?}");
    }
    assert_eq!(server.requests().len(), DESCRIBE.len());
}

/// An answer whose end only the connection's end marks, cut between two tasks.
#[tokio::test]
async fn an_answer_of_unknown_length_cut_between_tasks_is_an_error() {
    let end = DESCRIBE.rfind("<item>").unwrap();
    let server = Canned::always(Reply::Unframed(DESCRIBE[..end].into())).await;
    let error = gateway(server.url()).await.describe().await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Unparsable, "{error:?}");
    assert!(error.message.contains("cut short"), "{error:?}");

    let server = Canned::always(Reply::Unframed(DESCRIBE.into())).await;
    let tasks = gateway(server.url()).await.describe().await.unwrap();
    assert_eq!(tasks.len(), 2);
}

/// One that HTTP itself knows to be short.
#[tokio::test]
async fn an_answer_shorter_than_announced_is_lost() {
    for sent in [0, 1, DESCRIBE.len() - 1] {
        let server = Canned::always(Reply::Short(DESCRIBE.into(), sent)).await;
        let error = gateway(server.url()).await.describe().await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::AnswerLost, "{error:?}");
    }
}

#[tokio::test]
async fn another_operations_answer_is_none() {
    let server = Canned::always(ok(CANCEL)).await;
    let ec2 = gateway(server.url()).await;
    let error = ec2.describe().await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Unparsable);
    assert!(
        error.message.contains("CancelBundleTaskResponse"),
        "{error:?}"
    );
    assert_eq!(
        ec2.identity().await.unwrap_err().kind,
        ErrorKind::Unparsable
    );
    assert!(ec2.cancel(&id("bun-c1a322b9")).await.unwrap().is_some());
}

/// Without a bound an answer without end would take all memory.
#[tokio::test]
async fn an_absurdly_large_answer_is_given_up() {
    let huge = vec![b' '; bundletop::ec2::integrity::LARGEST_ANSWER + 1];
    let server = Canned::always(ok(huge)).await;
    let error = gateway(server.url()).await.describe().await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Unparsable, "{error:?}");
    assert!(error.message.contains("64 MiB"), "{error:?}");
}
