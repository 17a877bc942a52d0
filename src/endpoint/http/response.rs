//! The HTTP response, whole or corrupted by a fault.

use std::pin::Pin;
use std::task::{Context, Poll};

use hyper::Response;
use hyper::body::{Body, Bytes, Frame, SizeHint};
use hyper::header::{CONTENT_LENGTH, CONTENT_TYPE, HeaderName, HeaderValue};
use thiserror::Error;

use crate::endpoint::fault::Corruption;

/// The header in which EC2 sends the request's ID. The SDK for Rust reads the ID from it only.
const REQUEST_ID_HEADER: HeaderName = HeaderName::from_static("x-amzn-requestid");

/// The body that the fault `garbage` sends. It is neither XML nor UTF-8, and holds escape sequences
/// that would set a terminal's title, clear it and colour it.
const GARBAGE: &[u8] =
    b"\x1b]0;owned\x07\x1b[2J\x1b[31mnot XML\x1b[0m \x00\xff\xfe<<<&&&\r\n\x9b1m";

/// The response, or the rest of it, is not sent: the connection is to be closed.
#[derive(Debug, Error)]
#[error("no response")]
pub(in crate::endpoint) struct NoResponse;

/// Builds the response with this XML, corrupted if a fault asks for that.
///
/// Panics if `status` is not a valid HTTP status.
pub(super) fn build_response(
    status: u16,
    request_id: &str,
    xml: Vec<u8>,
    corruption: Option<Corruption>,
) -> Response<ResponseBody> {
    let full_length = xml.len();
    let half_length = full_length / 2;
    let xml = Bytes::from(xml);
    let (status, body, content_length, is_interrupted) = match corruption {
        None => (status, xml, full_length, false),
        Some(Corruption::Truncated) => (status, xml.slice(..half_length), half_length, false),
        Some(Corruption::Interrupted) => (status, xml.slice(..half_length), full_length, true),
        Some(Corruption::Garbage) => (200, Bytes::from_static(GARBAGE), GARBAGE.len(), false),
    };
    let mut response = Response::new(ResponseBody {
        unsent: Some(body),
        is_interrupted,
        is_flushed: false,
    });
    *response.status_mut() = status.try_into().expect("all statuses are constants here");
    let headers = response.headers_mut();
    let xml_type = HeaderValue::from_static("text/xml;charset=UTF-8");
    headers.insert(CONTENT_TYPE, xml_type);
    headers.insert(CONTENT_LENGTH, HeaderValue::from(content_length));
    let id = HeaderValue::from_str(request_id).expect("a UUID has only hex digits and hyphens");
    headers.insert(REQUEST_ID_HEADER, id);
    response
}

/// The body of a response.
///
/// An interrupted one is shorter than its `Content-Length`: after its first half has been
/// sent, the connection is closed.
#[derive(Debug)]
pub(in crate::endpoint) struct ResponseBody {
    unsent: Option<Bytes>,
    is_interrupted: bool,
    /// Whether hyper has been given the time to send what it has.
    is_flushed: bool,
}

impl Body for ResponseBody {
    type Data = Bytes;
    type Error = NoResponse;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, NoResponse>>> {
        if let Some(bytes) = self.unsent.take() {
            return Poll::Ready(Some(Ok(Frame::data(bytes))));
        }
        if !self.is_interrupted {
            return Poll::Ready(None);
        }
        if std::mem::replace(&mut self.is_flushed, true) {
            return Poll::Ready(Some(Err(NoResponse)));
        }
        // Pending once: hyper sends what it has before it polls again and gets the error.
        context.waker().wake_by_ref();
        Poll::Pending
    }

    fn size_hint(&self) -> SizeHint {
        match &self.unsent {
            Some(bytes) if !self.is_interrupted => SizeHint::with_exact(bytes.len() as u64),
            _ => SizeHint::default(),
        }
    }
}
