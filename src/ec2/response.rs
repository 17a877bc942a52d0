//! A response from EC2 or STS: captured as received, and parsed once into the type asked for.
//!
//! The SDK's own response types are not used, because they lose what people need to see: a time
//! loses digits, one policy that is not Base64 makes the whole list fail, and an absent member cannot
//! be told from an empty one. [`members`] is the table of EC2's members; [`reader`] uses it to parse
//! the XML, and the result becomes [`json`] for the commands or a [`task`] for the
//! monitor.

mod json;
mod members;
mod reader;
mod task;
mod time;

use std::sync::Arc;

use hyper::StatusCode;
use quick_xml::events::Event;
use serde_json::Value;
use thiserror::Error;

use super::behavior::ClientBehavior;
use super::request::Operation;
use crate::task::BundleTask;
use json::JsonBuilder;
pub(super) use reader::ReadError;
use reader::Root;
use task::TaskBuilder;

pub use time::TimeFormat;

/// An HTTP response as received.
#[derive(Clone, Debug)]
pub(super) struct Response {
    /// The HTTP status.
    pub status: u16,
    /// The request ID in the headers.
    pub request_id: Option<String>,
    /// The whole body.
    pub body: Vec<u8>,
}

/// The largest response read, in bytes: about 120,000 tasks. Without a limit, a response that
/// never ends would use all memory.
pub const MAX_RESPONSE_BYTES: usize = 64 * 1024 * 1024;

/// Why a response was not received to its end.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub(super) enum BodyError {
    /// It is larger than [`MAX_RESPONSE_BYTES`].
    #[error("the answer is too large")]
    TooLarge,
    /// The connection ended first.
    #[error("the connection ended in the middle of the answer")]
    Ended,
    /// Nothing more came within the read timeout.
    #[error("the answer stopped in the middle")]
    Stalled,
}

/// The members of an error response. An absent element is `None`; an empty one is empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct ErrorMembers {
    pub code: Option<String>,
    pub message: Option<String>,
}

/// Who the credentials belong to, according to STS.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// The 12-digit account number.
    pub account: String,
    /// The ARN of the user or role.
    pub arn: String,
}

impl Response {
    /// Whether EC2 did what it was asked.
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// The request ID, from the headers or else from the body.
    pub fn request_id(&self) -> Option<String> {
        let in_headers = self.request_id.clone();
        in_headers.or_else(|| request_id_in_body(&self.body))
    }

    /// The members EC2 sent, by the names and in the order of its API.
    pub fn to_json(
        &self,
        operation: Operation,
        behavior: ClientBehavior,
        times: TimeFormat,
    ) -> Result<Value, ReadError> {
        let mut json = JsonBuilder::new(times);
        self.read(operation, behavior, &mut json)?;
        Ok(json.finish())
    }

    /// The bundle tasks in the response, in EC2's order.
    pub fn to_tasks(
        &self,
        operation: Operation,
        behavior: ClientBehavior,
    ) -> Result<Vec<Arc<BundleTask>>, ReadError> {
        let mut tasks = TaskBuilder::default();
        self.read(operation, behavior, &mut tasks)?;
        Ok(tasks.finish())
    }

    /// The identity in STS's response; `None` if the account or the ARN is missing.
    pub fn to_identity(&self, behavior: ClientBehavior) -> Result<Option<Identity>, ReadError> {
        let answer = self.to_json(Operation::GetCallerIdentity, behavior, TimeFormat::Wire)?;
        let result = &answer["GetCallerIdentityResult"];
        let member = |name: &str| Some(result[name].as_str()?.to_owned());
        let identity = member("Account").zip(member("Arn"));
        Ok(identity.map(|(account, arn)| Identity { account, arn }))
    }

    /// The code and the message of an error response.
    pub fn to_error(&self, behavior: ClientBehavior) -> Result<ErrorMembers, ReadError> {
        let root = match behavior {
            ClientBehavior::Ui => Root::OneOf(&members::ERROR_ROOTS),
            ClientBehavior::AwsCli => Root::Any,
        };
        let mut json = JsonBuilder::new(TimeFormat::Wire);
        reader::read(&self.body, root, &members::ERROR_ANSWER, &mut json)?;
        let answer = json.finish();
        let error = answer.pointer("/Errors/0").unwrap_or(&answer["Error"]);
        let member = |name: &str| Some(error[name].as_str()?.to_owned());
        Ok(ErrorMembers {
            code: member("Code"),
            message: member("Message"),
        })
    }

    /// The code and the message of an error response as the AWS CLI reports them: `Unknown` for an
    /// absent element, `None` for an empty one, and the HTTP status for an error page of a
    /// proxy or a load balancer.
    pub fn aws_cli_error(&self) -> Result<(String, String), ReadError> {
        let body = self.body.trim_ascii();
        if self.status >= 500 && (body.is_empty() || body.starts_with(b"<html>")) {
            let status = StatusCode::from_u16(self.status).ok();
            let reason = status.and_then(|status| status.canonical_reason());
            let reason = reason.unwrap_or_default().to_owned();
            return Ok((self.status.to_string(), reason));
        }
        let reported = |member: Option<String>| match member {
            None => "Unknown".to_owned(),
            Some(text) if text.is_empty() => "None".to_owned(),
            Some(text) => text,
        };
        let error = self.to_error(ClientBehavior::AwsCli)?;
        Ok((reported(error.code), reported(error.message)))
    }

    fn read(
        &self,
        operation: Operation,
        behavior: ClientBehavior,
        builder: &mut impl reader::AnswerBuilder,
    ) -> Result<(), ReadError> {
        let name = format!("{operation}Response");
        let names = [name.as_str()];
        let root = match behavior {
            ClientBehavior::Ui => Root::OneOf(&names),
            ClientBehavior::AwsCli => Root::Any,
        };
        reader::read(&self.body, root, members::of_answer(operation), builder)
    }
}

/// The request ID in a response body: `<RequestID>`, `<RequestId>` or `<requestId>`. Not every
/// server sends the header.
fn request_id_in_body(body: &[u8]) -> Option<String> {
    let mut reader = quick_xml::Reader::from_str(str::from_utf8(body).ok()?);
    let mut is_inside = false;
    loop {
        match reader.read_event().ok()? {
            Event::Start(start) => {
                let name = start.local_name();
                is_inside = name.as_ref().eq_ignore_ascii_case("requestid");
            }
            Event::Text(text) if is_inside => {
                return Some(text.trim().to_owned()).filter(|id| !id.is_empty());
            }
            Event::Eof => return None,
            _ => is_inside = false,
        }
    }
}
