//! One HTTP request, from reading it to responding, or to withholding the response as a fault asks.

mod response;

use std::sync::Arc;

use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use hyper::body::{Body as _, Bytes, Incoming};
use hyper::header::{ALLOW, AUTHORIZATION, HeaderValue};
use hyper::{Method, Request, Response};
use tokio::sync::watch;

use super::aws_service::AwsService;
use super::clock::Clock;
use super::error::ApiError;
use super::fault::{Faults, ResponseLoss};
use super::parameters::RequestParameters;
use super::request::ParsedRequest;
use super::request_id::RequestIdGenerator;
use super::request_log::RequestLog;
use super::wire;
use super::world::LiveWorld;
use response::{NoResponse, ResponseBody, build_response};

/// The largest body that is read, in bytes. EC2's limit is not documented; this one allows tens of
/// thousands of IDs.
const MAX_BODY_BYTES: usize = 1024 * 1024;

/// What all connections of an endpoint share.
#[derive(Debug)]
pub(super) struct ServerState {
    pub(super) world: LiveWorld,
    pub(super) request_ids: RequestIdGenerator,
    pub(super) clock: Clock,
    pub(super) faults: Faults,
    pub(super) request_log: RequestLog,
    /// Becomes true when the endpoint is to stop.
    pub(super) stopping: watch::Receiver<bool>,
}

impl ServerState {
    /// Waits until the endpoint is to stop.
    pub(super) async fn wait_until_stopping(&self) {
        // An error means that the endpoint has been dropped already.
        let _ = self.stopping.clone().wait_for(|stopping| *stopping).await;
    }

    /// Responds to a request. On an error, hyper closes the connection without a response.
    pub(super) async fn respond(
        self: Arc<Self>,
        request: Request<Incoming>,
    ) -> Result<Response<ResponseBody>, NoResponse> {
        let request_id = self.request_ids.next_id();
        let (head, body) = request.into_parts();
        if head.method != Method::POST && head.method != Method::GET {
            let error = ApiError::new(405, "MethodNotAllowed", "Use GET or POST");
            let mut response = unread_request_response(&request_id, &error);
            let methods = HeaderValue::from_static("GET, POST");
            response.headers_mut().insert(ALLOW, methods);
            return Ok(response);
        }
        let body = match read_body(body).await {
            Ok(body) => body,
            Err(error) => return Ok(unread_request_response(&request_id, &error)),
        };
        let parameters = RequestParameters::decode(head.uri.query(), &body);
        let authorization = head.headers.get(AUTHORIZATION);
        let authorization = authorization.and_then(|value| value.to_str().ok());
        self.request_log.add(&parameters, authorization);
        let request = ParsedRequest::new(&parameters, &request_id);
        self.respond_with_faults(&request).await
    }

    async fn respond_with_faults(
        &self,
        request: &ParsedRequest<'_>,
    ) -> Result<Response<ResponseBody>, NoResponse> {
        let now = self.clock.now();
        let faults = self
            .faults
            .take_for_request(request.action, request.is_dry_run(), now);
        if let Some(loss) = faults.loss_before_action {
            return self.withhold_response(loss).await;
        }
        let result = match faults.error {
            Some(template) => Err(template.for_service(&request.service)),
            None => request.execute(&self.world, faults.staleness),
        };
        if !faults.latency.is_zero() {
            // When the endpoint is to stop, the response is sent at once rather than lost.
            let _ = tokio::time::timeout(faults.latency, self.wait_until_stopping()).await;
        }
        if let Some(loss) = faults.loss_after_action {
            return self.withhold_response(loss).await;
        }
        let (status, xml) = match result {
            Ok(xml) => (200, xml),
            Err(error) => {
                let xml = wire::error_response(&request.service, request.id, &error);
                (error.status, xml)
            }
        };
        Ok(build_response(status, request.id, xml, faults.corruption))
    }

    /// Makes the response never arrive. A request that hangs does so until the client closes the
    /// connection or the endpoint is to stop.
    async fn withhold_response(
        &self,
        loss: ResponseLoss,
    ) -> Result<Response<ResponseBody>, NoResponse> {
        match loss {
            ResponseLoss::Disconnect => {}
            ResponseLoss::Hang => self.wait_until_stopping().await,
        }
        Err(NoResponse)
    }
}

/// Reads the whole body, up to [`MAX_BODY_BYTES`].
async fn read_body(body: Incoming) -> Result<Bytes, ApiError> {
    let too_large = || {
        ApiError::new(
            413,
            "RequestEntityTooLarge",
            format!("The request must be no larger than {MAX_BODY_BYTES} bytes"),
        )
    };
    if body.size_hint().lower() > MAX_BODY_BYTES as u64 {
        return Err(too_large());
    }
    match Limited::new(body, MAX_BODY_BYTES).collect().await {
        Ok(body) => Ok(body.to_bytes()),
        Err(error) if error.is::<LengthLimitError>() => Err(too_large()),
        Err(_) => Err(ApiError::client(
            "MalformedQueryString",
            "The request cannot be read",
        )),
    }
}

/// The response to a request that is refused before its parameters, and so its service, are known.
fn unread_request_response(request_id: &str, error: &ApiError) -> Response<ResponseBody> {
    let xml = wire::error_response(&AwsService::current_ec2(), request_id, error);
    build_response(error.status, request_id, xml, None)
}
