//! Whole answers only.
//!
//! The SDK's parser takes a document that ends early for a document that ends: a list cut after its
//! third task comes back as a list of three tasks. So before its result is believed, the raw body
//! must be a whole XML document with the root the operation has, and nothing after it. The AWS CLI
//! would accept another root; here that is not an answer, and an empty list is not made of it.

use std::mem;

use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::Intercept;
use aws_smithy_runtime_api::client::interceptors::context::{
    AfterDeserializationInterceptorContextRef, BeforeDeserializationInterceptorContextMut,
};
use aws_smithy_runtime_api::client::orchestrator::Metadata;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::config_bag::ConfigBag;
use http_body_util::Limited;
use quick_xml::events::Event;
use quick_xml::reader::Reader;
use thiserror::Error;

/// The largest answer read, in bytes: some 120,000 tasks. Without a bound, one answer that never
/// ends would take all memory.
pub const LARGEST_ANSWER: usize = 64 * 1024 * 1024;

/// Why a body is not a whole answer.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum NotWhole {
    /// The body ends before its root element does.
    #[error("the answer is cut short")]
    Cut,
    /// The body is no XML document.
    #[error("the answer is not XML")]
    NotXml,
    /// The root is another element than the operation's.
    #[error("the answer is a <{0}>, which is none of EC2's")]
    WrongRoot(String),
    /// Something follows the root element.
    #[error("the answer goes on after its end")]
    Trailing,
}

/// Checks that `body` is one whole XML document whose root element is called one of `roots`, or
/// anything where none are given.
pub fn check_whole(body: &[u8], roots: Option<&[&str]>) -> Result<(), NotWhole> {
    let text = str::from_utf8(body).map_err(|error| match error.error_len() {
        None => NotWhole::Cut,
        Some(_) => NotWhole::NotXml,
    })?;
    let mut reader = Reader::from_str(text.trim_start_matches('\u{feff}'));
    let mut depth = 0_usize;
    let mut seen_root = false;
    loop {
        let event = match reader.read_event() {
            Ok(event) => event,
            // The reader's syntax errors are all of the kind "never closed": a cut inside a tag.
            Err(quick_xml::Error::Syntax(_)) if seen_root => return Err(NotWhole::Cut),
            Err(_) => return Err(NotWhole::NotXml),
        };
        match event {
            Event::Start(_) | Event::Empty(_) if depth == 0 && seen_root => {
                return Err(NotWhole::Trailing);
            }
            Event::Start(start) => {
                if depth == 0 {
                    check_root(start.local_name().as_ref(), roots)?;
                    seen_root = true;
                }
                depth += 1;
            }
            Event::Empty(empty) => {
                if depth == 0 {
                    check_root(empty.local_name().as_ref(), roots)?;
                    seen_root = true;
                }
            }
            Event::End(_) => depth = depth.saturating_sub(1),
            Event::Text(text) if depth == 0 && !text.trim().is_empty() => {
                return Err(outside(seen_root));
            }
            Event::CData(_) | Event::GeneralRef(_) if depth == 0 => return Err(outside(seen_root)),
            Event::Text(_)
            | Event::CData(_)
            | Event::GeneralRef(_)
            | Event::Comment(_)
            | Event::Decl(_)
            | Event::PI(_) => {}
            Event::Eof if depth == 0 && seen_root => return Ok(()),
            Event::Eof if seen_root => return Err(NotWhole::Cut),
            // EC2 sends no document type, which can carry entities without end.
            Event::DocType(_) | Event::Eof => return Err(NotWhole::NotXml),
        }
    }
}

fn check_root(name: &str, roots: Option<&[&str]>) -> Result<(), NotWhole> {
    if roots.is_none_or(|roots| roots.contains(&name)) {
        return Ok(());
    }
    Err(NotWhole::WrongRoot(name.chars().take(40).collect()))
}

fn outside(seen_root: bool) -> NotWhole {
    if seen_root {
        NotWhole::Trailing
    } else {
        NotWhole::NotXml
    }
}

/// The request ID in an answer's body (`<RequestID>`, `<RequestId>` or `<requestId>`), for servers
/// that leave out the header, which is the only place the SDK looks at.
pub fn request_id(body: &[u8]) -> Option<String> {
    let mut reader = Reader::from_str(str::from_utf8(body).ok()?);
    let mut inside = false;
    loop {
        match reader.read_event().ok()? {
            Event::Start(start) => {
                inside = start
                    .local_name()
                    .as_ref()
                    .eq_ignore_ascii_case("requestid");
            }
            Event::Text(text) if inside => {
                return Some(text.trim().to_owned()).filter(|id| !id.is_empty());
            }
            Event::Eof => return None,
            _ => inside = false,
        }
    }
}

/// The check, hooked into every call of an SDK client.
#[derive(Debug)]
pub(super) struct WholeAnswers;

/// The root of EC2's and of STS's error documents.
const ERROR_ROOTS: [&str; 2] = ["Response", "ErrorResponse"];

impl Intercept for WholeAnswers {
    fn name(&self) -> &'static str {
        "WholeAnswers"
    }

    fn modify_before_deserialization(
        &self,
        context: &mut BeforeDeserializationInterceptorContextMut<'_>,
        _components: &RuntimeComponents,
        _config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let body = context.response_mut().body_mut();
        let all = mem::replace(body, SdkBody::taken());
        *body = SdkBody::from_body_1_x(Limited::new(all, LARGEST_ANSWER));
        Ok(())
    }

    fn read_after_deserialization(
        &self,
        context: &AfterDeserializationInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let response = context.response();
        // Without bytes the body could not be read to its end, and that error stands already.
        let Some(body) = response.body().bytes() else {
            return Ok(());
        };
        let checked = if response.status().is_success() {
            let operation = config.load::<Metadata>().map_or("", Metadata::name);
            check_whole(body, Some(&[&format!("{operation}Response")]))
        } else {
            check_whole(body, Some(&ERROR_ROOTS))
        };
        Ok(checked?)
    }
}
