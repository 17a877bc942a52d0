//! One HTTP request, from its head to its answer or the lack of one.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use hyper::body::{Body, Bytes, Frame, Incoming, SizeHint};
use hyper::header::{ALLOW, AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE, HeaderName, HeaderValue};
use hyper::{Method, Response};
use thiserror::Error;
use tokio::sync::watch;

use super::action::Request;
use super::clock::Clock;
use super::error::ApiError;
use super::fault::{Faults, Loss, Spoil};
use super::query::Query;
use super::request_id::RequestIds;
use super::seen::Log;
use super::wire::{self, Service};
use super::world::LiveWorld;

/// The largest body that is read, in bytes. EC2's limit is not documented; this leaves room for
/// tens of thousands of IDs.
const LARGEST_BODY: usize = 1024 * 1024;

/// Where EC2 says the request's ID. The SDK for Rust reads it here only.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-amzn-requestid");

/// What `garbage` answers: no XML, no UTF-8, and sequences that would colour a terminal, clear it
/// and name its window.
const GARBAGE: &[u8] =
    b"\x1b]0;owned\x07\x1b[2J\x1b[31mnot XML\x1b[0m \x00\xff\xfe<<<&&&\r\n\x9b1m";

/// What all connections of an endpoint share.
#[derive(Debug)]
pub(super) struct Shared {
    pub world: LiveWorld,
    pub ids: RequestIds,
    pub clock: Clock,
    pub faults: Faults,
    pub log: Log,
    /// True once the endpoint is to stop.
    pub stopping: watch::Receiver<bool>,
}

/// There is no answer: the connection is to be closed.
#[derive(Debug, Error)]
#[error("no answer")]
pub(super) struct NoAnswer;

impl Shared {
    /// Waits until the endpoint is to stop.
    pub async fn stopped(&self) {
        // An error means that the endpoint is gone already.
        let _ = self.stopping.clone().wait_for(|stopping| *stopping).await;
    }

    /// Answers a request, or does not, as its faults have it.
    pub async fn answer(
        self: Arc<Self>,
        request: hyper::Request<Incoming>,
    ) -> Result<Response<Answer>, NoAnswer> {
        let request_id = self.ids.next();
        let (head, body) = request.into_parts();
        if head.method != Method::POST && head.method != Method::GET {
            let error = ApiError::new(405, "MethodNotAllowed", "Use GET or POST");
            let mut response = refusal(&request_id, &error);
            let methods = HeaderValue::from_static("GET, POST");
            response.headers_mut().insert(ALLOW, methods);
            return Ok(response);
        }
        let body = match read(body).await {
            Ok(body) => body,
            Err(error) => return Ok(refusal(&request_id, &error)),
        };
        let query = Query::parse(head.uri.query(), &body);
        let credential = head
            .headers
            .get(AUTHORIZATION)
            .and_then(|value| value.to_str().ok());
        self.log.add(&query, credential, self.clock.now());
        let request = Request::new(&query, &request_id);
        self.perform(&request).await
    }

    async fn perform(&self, request: &Request<'_>) -> Result<Response<Answer>, NoAnswer> {
        let now = self.clock.now();
        let plan = self.faults.plan(request.action, request.is_dry_run(), now);
        if let Some(loss) = plan.lost_before {
            return self.lose(loss).await;
        }
        let result = match plan.error {
            Some(known) => Err(match request.service {
                Service::Ec2 { .. } => known.ec2(),
                Service::Sts => known.sts(),
            }),
            None => request.perform(&self.world, plan.stale),
        };
        if !plan.latency.is_zero() {
            // Late enough, if the endpoint is to stop: better a quick answer than none.
            let _ = tokio::time::timeout(plan.latency, self.stopped()).await;
        }
        if let Some(loss) = plan.lost_after {
            return self.lose(loss).await;
        }
        let (status, xml) = match result {
            Ok(xml) => (200, xml),
            Err(error) => (
                error.status,
                wire::error(&request.service, request.id, &error),
            ),
        };
        Ok(respond(status, request.id, xml, plan.spoil))
    }

    /// The answer is lost. One that hangs does so until the client goes or the endpoint stops.
    async fn lose(&self, loss: Loss) -> Result<Response<Answer>, NoAnswer> {
        match loss {
            Loss::Drop => {}
            Loss::Hang => self.stopped().await,
        }
        Err(NoAnswer)
    }
}

/// The body, whole.
async fn read(body: Incoming) -> Result<Bytes, ApiError> {
    let too_large = || {
        ApiError::new(
            413,
            "RequestEntityTooLarge",
            format!("The request must be no larger than {LARGEST_BODY} bytes"),
        )
    };
    if body.size_hint().lower() > LARGEST_BODY as u64 {
        return Err(too_large());
    }
    match Limited::new(body, LARGEST_BODY).collect().await {
        Ok(body) => Ok(body.to_bytes()),
        Err(error) if error.is::<LengthLimitError>() => Err(too_large()),
        Err(_) => Err(ApiError::client(
            "MalformedQueryString",
            "The request cannot be read",
        )),
    }
}

/// An error from before it is known which service was meant.
fn refusal(request_id: &str, error: &ApiError) -> Response<Answer> {
    let service = Service::Ec2 {
        version: wire::EC2_VERSION.to_owned(),
    };
    let xml = wire::error(&service, request_id, error);
    respond(error.status, request_id, xml, None)
}

fn respond(status: u16, request_id: &str, xml: Vec<u8>, spoil: Option<Spoil>) -> Response<Answer> {
    let whole = xml.len();
    let middle = whole / 2;
    let (body, length, ends_early) = match spoil {
        None => (Bytes::from(xml), whole, false),
        Some(Spoil::Cut) => (Bytes::from(xml).slice(..middle), middle, false),
        Some(Spoil::CutHttp) => (Bytes::from(xml).slice(..middle), whole, true),
        Some(Spoil::Garbage) => (Bytes::from_static(GARBAGE), GARBAGE.len(), false),
    };
    let status = if spoil == Some(Spoil::Garbage) {
        200
    } else {
        status
    };
    let mut response = Response::new(Answer {
        left: Some(body),
        ends_early,
        flushed: false,
    });
    *response.status_mut() = status.try_into().expect("the table has valid statuses");
    let headers = response.headers_mut();
    headers.insert(
        CONTENT_TYPE,
        HeaderValue::from_static("text/xml;charset=UTF-8"),
    );
    headers.insert(CONTENT_LENGTH, HeaderValue::from(length));
    let id = HeaderValue::from_str(request_id).expect("hex digits and hyphens");
    headers.insert(REQUEST_ID, id);
    response
}

/// The body of an answer. One that ends early breaks the promise of its `Content-Length`: what
/// there is goes out, and then the connection breaks off.
#[derive(Debug)]
pub(super) struct Answer {
    left: Option<Bytes>,
    ends_early: bool,
    flushed: bool,
}

impl Body for Answer {
    type Data = Bytes;
    type Error = NoAnswer;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, NoAnswer>>> {
        if let Some(bytes) = self.left.take() {
            return Poll::Ready(Some(Ok(Frame::data(bytes))));
        }
        if !self.ends_early {
            return Poll::Ready(None);
        }
        // Pending once: hyper writes out what it has before it asks again and is told of the end.
        if std::mem::replace(&mut self.flushed, true) {
            return Poll::Ready(Some(Err(NoAnswer)));
        }
        context.waker().wake_by_ref();
        Poll::Pending
    }

    fn size_hint(&self) -> SizeHint {
        match &self.left {
            Some(bytes) if !self.ends_early => SizeHint::with_exact(bytes.len() as u64),
            _ => SizeHint::default(),
        }
    }
}
