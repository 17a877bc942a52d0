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

/// An XML document, read event by event for as long as it is a whole one: one root element, closed,
/// with nothing but comments around it. An empty element comes as its start and its end.
pub(super) struct Document<'a> {
    reader: Reader<&'a [u8]>,
    depth: usize,
    seen_root: bool,
}

impl<'a> Document<'a> {
    /// A document that has not been looked at yet.
    pub fn new(body: &'a [u8]) -> Result<Self, NotWhole> {
        let text = str::from_utf8(body).map_err(|error| match error.error_len() {
            None => NotWhole::Cut,
            Some(_) => NotWhole::NotXml,
        })?;
        let mut reader = Reader::from_str(text.trim_start_matches('\u{feff}'));
        reader.config_mut().expand_empty_elements = true;
        Ok(Self {
            reader,
            depth: 0,
            seen_root: false,
        })
    }

    /// The next event, from the root's start to its end; `None` once the document has ended well.
    pub fn next(&mut self) -> Result<Option<Event<'a>>, NotWhole> {
        loop {
            let event = match self.reader.read_event() {
                Ok(event) => event,
                // The reader's syntax errors are all of the kind "never closed": a cut inside a tag.
                Err(quick_xml::Error::Syntax(_)) if self.seen_root => return Err(NotWhole::Cut),
                Err(_) => return Err(NotWhole::NotXml),
            };
            let is_outside = self.depth == 0;
            match &event {
                Event::Start(_) if is_outside && self.seen_root => return Err(NotWhole::Trailing),
                Event::Start(_) | Event::Empty(_) => {
                    self.depth += 1;
                    self.seen_root = true;
                }
                Event::End(_) => self.depth = self.depth.saturating_sub(1),
                Event::Text(text) if is_outside && !text.trim().is_empty() => {
                    return Err(self.outside());
                }
                Event::CData(_) | Event::GeneralRef(_) if is_outside => return Err(self.outside()),
                Event::Text(_)
                | Event::CData(_)
                | Event::GeneralRef(_)
                | Event::Comment(_)
                | Event::Decl(_)
                | Event::PI(_)
                    if is_outside =>
                {
                    continue;
                }
                Event::Text(_)
                | Event::CData(_)
                | Event::GeneralRef(_)
                | Event::Comment(_)
                | Event::Decl(_)
                | Event::PI(_) => {}
                Event::Eof if is_outside && self.seen_root => return Ok(None),
                Event::Eof if self.seen_root => return Err(NotWhole::Cut),
                // EC2 sends no document type, which can carry entities without end.
                Event::DocType(_) | Event::Eof => return Err(NotWhole::NotXml),
            }
            return Ok(Some(event));
        }
    }

    fn outside(&self) -> NotWhole {
        if self.seen_root {
            NotWhole::Trailing
        } else {
            NotWhole::NotXml
        }
    }
}

/// Checks that `body` is one whole XML document whose root element is called one of `roots`.
pub fn check_whole(body: &[u8], roots: &[&str]) -> Result<(), NotWhole> {
    let mut document = Document::new(body)?;
    if let Some(Event::Start(root)) = document.next()? {
        check_root(root.local_name().as_ref(), roots)?;
    }
    while document.next()?.is_some() {}
    Ok(())
}

fn check_root(name: &str, roots: &[&str]) -> Result<(), NotWhole> {
    if roots.contains(&name) {
        return Ok(());
    }
    Err(NotWhole::WrongRoot(name.chars().take(40).collect()))
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
            check_whole(body, &[&format!("{operation}Response")])
        } else {
            check_whole(body, &ERROR_ROOTS)
        };
        Ok(checked?)
    }
}
