//! An error of a call, as it is shown.

use thiserror::Error;

use super::kind::ErrorKind;
use crate::ec2::request::Operation;

/// An error of a call: what happened, with EC2's code and message if it responded.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("{}", self.summary())]
pub struct Ec2Error {
    /// What went wrong.
    pub kind: ErrorKind,
    /// The operation that failed.
    pub operation: Operation,
    /// EC2's error code, such as `UnauthorizedOperation`.
    pub code: Option<String>,
    /// EC2's message, or ours if EC2 sent none. One sentence; never the raw response.
    pub message: String,
    /// EC2's request ID, for a support case.
    pub request_id: Option<String>,
    /// A remedy that names details of this case (the profile, the URL, the file). It
    /// replaces the general remedy for the kind.
    pub specific_remedy: Option<String>,
}

/// The longest message kept, in characters: a long line or two on a screen.
const MAX_MESSAGE: usize = 400;

/// The longest code or request ID kept, in characters. EC2's own are under 50.
const MAX_WORD: usize = 100;

impl Ec2Error {
    /// An error without a code, request ID or specific remedy. A long message is truncated.
    pub fn new(kind: ErrorKind, operation: Operation, message: impl AsRef<str>) -> Self {
        Self {
            kind,
            operation,
            code: None,
            message: one_line(message.as_ref(), MAX_MESSAGE),
            request_id: None,
            specific_remedy: None,
        }
    }

    /// Adds a remedy that is more specific than the one for the kind.
    #[must_use]
    pub fn with_remedy(mut self, remedy: impl AsRef<str>) -> Self {
        self.specific_remedy = Some(one_line(remedy.as_ref(), MAX_MESSAGE));
        self
    }

    pub(in crate::ec2) fn with_code(mut self, code: Option<&str>) -> Self {
        self.code = code.map(|code| one_line(code, MAX_WORD));
        self
    }

    pub(in crate::ec2) fn with_request_id(mut self, id: Option<&str>) -> Self {
        self.request_id = id.map(|id| one_line(id, MAX_WORD));
        self
    }

    /// A setting that is missing or invalid.
    pub(in crate::ec2) fn bad_settings(message: impl AsRef<str>) -> Self {
        Self::new(ErrorKind::BadSettings, Operation::Connect, message)
    }

    /// What happened, in one line: `UnauthorizedOperation: You are not authorized to …`.
    pub fn summary(&self) -> String {
        match &self.code {
            Some(code) => format!("{code}: {}", self.message),
            None => self.message.clone(),
        }
    }

    /// The same as a sentence. What EC2 says does not always end as one.
    pub fn sentence(&self) -> String {
        let mut summary = self.summary();
        if !summary.ends_with(['.', '!', '?']) {
            summary.push('.');
        }
        summary
    }

    /// What a person can do about it, in one or two sentences.
    pub fn remedy(&self) -> String {
        match &self.specific_remedy {
            Some(remedy) if self.kind == ErrorKind::LoginNeeded => {
                return format!(
                    "{remedy} You can do that in another terminal: bundletop continues by itself."
                );
            }
            Some(remedy) => return remedy.clone(),
            None => {}
        }
        match (self.kind, self.operation.iam_action()) {
            (ErrorKind::Denied, Some(action)) => format!(
                "Ask for the IAM permission {action}, or use a profile that has it (--profile)."
            ),
            _ if self.may_have_been_carried_out() => {
                "It may have been carried out all the same: check the state of the task.".to_owned()
            }
            (kind, _) => kind.remedy().to_owned(),
        }
    }

    /// Whether a cancel that failed here may have been carried out: it was sent, and what EC2
    /// did is unknown. Describe the task to find out; report neither failure nor success.
    ///
    /// Call this only for the error of a cancel. A failed dry run has the same operation.
    pub fn may_have_been_carried_out(&self) -> bool {
        // HTTP 429 without a code of EC2's is the answer of something between here and EC2.
        let is_of_proxy = self.kind == ErrorKind::Throttled && self.code.is_none();
        self.operation == Operation::CancelBundleTask
            && (self.kind.may_have_been_carried_out() || is_of_proxy)
    }
}

/// The text on one line and no longer than `max` characters, cut with an ellipsis.
fn one_line(text: &str, max: usize) -> String {
    let mut line = String::with_capacity(text.len().min(4 * max));
    for word in text
        .split([' ', '\t', '\r', '\n'])
        .filter(|w| !w.is_empty())
    {
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
        if line.len() > 4 * max {
            break;
        }
    }
    match line.char_indices().nth(max) {
        Some(_) => line.chars().take(max - 1).chain(['…']).collect(),
        None => line,
    }
}
