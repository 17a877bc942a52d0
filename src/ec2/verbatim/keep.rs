//! Keeps each answer as it comes off the wire.

use std::io;
use std::mem;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::interceptors::context::InterceptorContext;
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::retries::classifiers::{ClassifyRetry, RetryAction};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use hyper::StatusCode;
use hyper::body::Body as _;

use crate::ec2::answer::{self, Unreadable};
use crate::ec2::error::Operation;
use crate::ec2::http::Http;
use crate::ec2::integrity::LARGEST_ANSWER;

/// An answer as it came.
#[derive(Clone, Debug)]
pub(super) struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The whole body.
    pub body: Vec<u8>,
}

impl Answer {
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// The error code and message of an answer that is no success, as the AWS CLI tells them.
    pub fn error(&self) -> Result<(String, String), Unreadable> {
        let body = self.body.trim_ascii();
        // A load balancer's or a proxy's.
        if self.status >= 500 && (body.is_empty() || body.starts_with(b"<html>")) {
            let status = StatusCode::from_u16(self.status).ok();
            let reason = status.and_then(|status| status.canonical_reason());
            return Ok((
                self.status.to_string(),
                reason.unwrap_or_default().to_owned(),
            ));
        }
        let unknown = || "Unknown".to_owned();
        let (code, message) = answer::read_error(&self.body)?;
        Ok((
            code.unwrap_or_else(unknown),
            message.unwrap_or_else(unknown),
        ))
    }
}

/// The last answer of a call, and how many attempts there were. All clones hold the same.
#[derive(Clone, Debug, Default)]
pub(super) struct Kept(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    operation: String,
    attempts: u32,
    answer: Option<Answer>,
}

impl Kept {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().expect("no holder panics")
    }

    /// Begins a call.
    pub fn begin(&self, operation: Operation) {
        *self.state() = State {
            operation: operation.to_string(),
            ..State::default()
        };
    }

    /// Ends a call.
    pub fn take(&self) -> (Option<Answer>, u32) {
        let mut state = self.state();
        (state.answer.take(), mem::take(&mut state.attempts))
    }

    fn begin_attempt(&self) {
        let mut state = self.state();
        state.attempts += 1;
        state.answer = None;
    }

    /// Keeps the answer, and gives what the SDK is to see of it: an error as it is, since retries
    /// depend on it, and an empty answer in place of one that succeeded.
    fn keep(&self, answer: Answer) -> SdkBody {
        let mut state = self.state();
        let seen = if answer.is_success() {
            SdkBody::from(format!("<{}Response/>", state.operation))
        } else {
            SdkBody::from(answer.body.clone())
        };
        state.answer = Some(answer);
        seen
    }
}

/// An HTTP client that keeps what it gets.
#[derive(Debug)]
pub(super) struct Keeping {
    http: Http,
    kept: Kept,
}

impl Keeping {
    pub fn new(http: Http, kept: Kept) -> Self {
        Self { http, kept }
    }
}

impl HttpClient for Keeping {
    fn http_connector(
        &self,
        settings: &HttpConnectorSettings,
        components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        SharedHttpConnector::new(KeepingConnector {
            connector: self.http.http_connector(settings, components),
            patience: settings.read_timeout(),
            kept: self.kept.clone(),
        })
    }
}

#[derive(Debug)]
struct KeepingConnector {
    connector: SharedHttpConnector,
    /// How long to wait for each piece of an answer.
    patience: Option<Duration>,
    kept: Kept,
}

impl HttpConnector for KeepingConnector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        self.kept.begin_attempt();
        let (answer, patience, kept) = (
            self.connector.call(request),
            self.patience,
            self.kept.clone(),
        );
        HttpConnectorFuture::new(async move {
            let mut response: HttpResponse = answer.await?;
            let body = mem::replace(response.body_mut(), SdkBody::taken());
            let body = collect(body, patience).await?;
            let status = response.status().as_u16();
            tracing::debug!(status, bytes = body.len(), "answered");
            *response.body_mut() = kept.keep(Answer { status, body });
            Ok(response)
        })
    }
}

/// Reads a body to its end. The SDK's read timeout ends with the headers; here each piece has it.
async fn collect(body: SdkBody, patience: Option<Duration>) -> Result<Vec<u8>, ConnectorError> {
    let length = body.size_hint().exact().unwrap_or_default();
    let length = usize::try_from(length).unwrap_or_default();
    let mut all = Vec::with_capacity(length.min(LARGEST_ANSWER));
    let mut body = Limited::new(body, LARGEST_ANSWER);
    loop {
        let piece = match patience {
            Some(patience) => tokio::time::timeout(patience, body.frame())
                .await
                .map_err(|elapsed| ConnectorError::timeout(elapsed.into()))?,
            None => body.frame().await,
        };
        match piece {
            None => return Ok(all),
            Some(Ok(frame)) => {
                if let Ok(data) = frame.into_data() {
                    all.extend_from_slice(&data);
                }
            }
            // Not worth another try.
            Some(Err(error)) if error.is::<LengthLimitError>() => {
                return Err(ConnectorError::user(error));
            }
            Some(Err(error)) => return Err(ConnectorError::io(lost(error))),
        }
    }
}

fn lost(error: BoxError) -> BoxError {
    io::Error::new(io::ErrorKind::UnexpectedEof, error).into()
}

/// Forbids the SDK to send again what was answered with something unreadable: the AWS CLI does not.
#[derive(Debug)]
pub(super) struct OnlyWhatCanBeRead(pub Kept);

impl ClassifyRetry for OnlyWhatCanBeRead {
    fn classify_retry(&self, _context: &InterceptorContext) -> RetryAction {
        match &self.0.state().answer {
            Some(answer) if !answer.is_success() && answer.error().is_err() => {
                RetryAction::RetryForbidden
            }
            Some(_) | None => RetryAction::NoActionIndicated,
        }
    }

    fn name(&self) -> &'static str {
        "OnlyWhatCanBeRead"
    }
}
