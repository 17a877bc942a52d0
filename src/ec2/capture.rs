//! Captures the raw responses of a call.
//!
//! Wraps the HTTP client of each call. The wrapper reads every response to its end, keeps it for
//! [`Response`], and gives the SDK an empty body in place of a successful one, so that nothing is
//! parsed twice. Error responses reach the SDK unchanged: its retries depend on them.

use std::io;
use std::mem;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use hyper::body::Body as _;

use super::error::answer_kind;
use super::http::Http;
use super::request::Operation;
use super::response::{BodyError, MAX_RESPONSE_BYTES, Response};

/// The header in which EC2 and STS send the request ID.
const REQUEST_ID: &str = "x-amzn-requestid";

/// The raw responses of one call. Shared by all clones.
#[derive(Clone, Debug)]
pub(super) struct Capture(Arc<Mutex<Captured>>);

#[derive(Debug)]
struct Captured {
    operation: Operation,
    attempts: u32,
    /// The response to the latest attempt.
    response: Option<Response>,
    /// An earlier attempt failed, but EC2 may have carried it out.
    earlier_attempt_may_have_been_carried_out: bool,
}

/// The outcome of a call.
pub(super) struct CallOutcome {
    /// The response to the last attempt, if there was one.
    pub response: Option<Response>,
    /// How often the request was sent.
    pub attempts: u32,
    /// Whether EC2 may have carried out one of the attempts before the last.
    pub earlier_attempt_may_have_been_carried_out: bool,
}

impl Capture {
    /// For one call.
    pub fn new(operation: Operation) -> Self {
        Self(Arc::new(Mutex::new(Captured {
            operation,
            attempts: 0,
            response: None,
            earlier_attempt_may_have_been_carried_out: false,
        })))
    }

    /// An HTTP client that sends through `http` and captures the responses.
    pub fn client(&self, http: &Http) -> CapturingClient {
        CapturingClient {
            http: http.clone(),
            capture: self.clone(),
        }
    }

    /// Calls `look` with the response to the latest attempt.
    pub fn with_response<R>(&self, look: impl FnOnce(Option<&Response>) -> R) -> R {
        look(self.captured().response.as_ref())
    }

    /// Ends the call.
    pub fn take_outcome(&self) -> CallOutcome {
        let mut captured = self.captured();
        CallOutcome {
            response: captured.response.take(),
            attempts: captured.attempts,
            earlier_attempt_may_have_been_carried_out: captured
                .earlier_attempt_may_have_been_carried_out,
        }
    }

    fn captured(&self) -> MutexGuard<'_, Captured> {
        self.0.lock().expect("no holder of the lock panics")
    }

    fn begin_attempt(&self) {
        let mut captured = self.captured();
        captured.attempts += 1;
        if let Some(earlier) = captured.response.take() {
            captured.earlier_attempt_may_have_been_carried_out |=
                answer_kind(&earlier).may_have_been_carried_out();
        }
    }

    /// Keeps the response. Returns the body for the SDK.
    fn keep(&self, response: Response) -> SdkBody {
        let mut captured = self.captured();
        let for_sdk = if response.is_success() {
            SdkBody::from(format!("<{}Response/>", captured.operation))
        } else {
            SdkBody::from(response.body.clone())
        };
        captured.response = Some(response);
        for_sdk
    }
}

/// An HTTP client that captures the responses.
#[derive(Debug)]
pub(super) struct CapturingClient {
    http: Http,
    capture: Capture,
}

impl HttpClient for CapturingClient {
    fn http_connector(
        &self,
        settings: &HttpConnectorSettings,
        components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        SharedHttpConnector::new(CapturingConnector {
            connector: self.http.http_connector(settings, components),
            read_timeout: settings.read_timeout(),
            capture: self.capture.clone(),
        })
    }
}

#[derive(Debug)]
struct CapturingConnector {
    connector: SharedHttpConnector,
    /// How long to wait for each chunk of a response.
    read_timeout: Option<Duration>,
    capture: Capture,
}

impl HttpConnector for CapturingConnector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        self.capture.begin_attempt();
        let answer = self.connector.call(request);
        let (read_timeout, capture) = (self.read_timeout, self.capture.clone());
        HttpConnectorFuture::new(async move {
            let mut response: HttpResponse = answer.await?;
            let body = mem::replace(response.body_mut(), SdkBody::taken());
            let body = collect(body, read_timeout).await?;
            let status = response.status().as_u16();
            tracing::debug!(status, bytes = body.len(), "answered");
            let request_id = response.headers().get(REQUEST_ID).map(str::to_owned);
            *response.body_mut() = capture.keep(Response {
                status,
                request_id,
                body,
            });
            Ok(response)
        })
    }
}

/// Reads a body to its end. The SDK's read timeout covers only the headers; here it applies to each
/// chunk of the body.
async fn collect(body: SdkBody, read_timeout: Option<Duration>) -> Result<Vec<u8>, ConnectorError> {
    let length = body.size_hint().exact().unwrap_or_default();
    let length = usize::try_from(length).unwrap_or_default();
    let mut all = Vec::with_capacity(length.min(MAX_RESPONSE_BYTES));
    let mut body = Limited::new(body, MAX_RESPONSE_BYTES);
    loop {
        let piece = match read_timeout {
            Some(timeout) => tokio::time::timeout(timeout, body.frame())
                .await
                .map_err(|_| ConnectorError::timeout(BodyError::Stalled.into()))?,
            None => body.frame().await,
        };
        match piece {
            None => return Ok(all),
            Some(Ok(frame)) => {
                if let Ok(data) = frame.into_data() {
                    all.extend_from_slice(&data);
                }
            }
            // A user error is not retried.
            Some(Err(error)) if error.is::<LengthLimitError>() => {
                return Err(ConnectorError::user(BodyError::TooLarge.into()));
            }
            Some(Err(_)) => {
                let ended = io::Error::new(io::ErrorKind::UnexpectedEof, BodyError::Ended);
                return Err(ConnectorError::io(ended.into()));
            }
        }
    }
}
