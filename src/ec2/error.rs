//! What can go wrong between this program and EC2: the kind, EC2's own words, and a remedy.

use std::fmt;

use thiserror::Error;

/// The EC2 or STS operation an error belongs to, as AWS and its IAM policies name it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Operation {
    /// `ec2:DescribeBundleTasks`
    DescribeBundleTasks,
    /// `ec2:CancelBundleTask`
    CancelBundleTask,
    /// `sts:GetCallerIdentity`
    GetCallerIdentity,
    /// Reading the settings and finding credentials, before any request.
    Connect,
}

impl Operation {
    /// The action's name in an IAM policy, such as `ec2:CancelBundleTask`; `None` before any request.
    pub fn iam_action(self) -> Option<&'static str> {
        match self {
            Self::DescribeBundleTasks => Some("ec2:DescribeBundleTasks"),
            Self::CancelBundleTask => Some("ec2:CancelBundleTask"),
            Self::GetCallerIdentity => Some("sts:GetCallerIdentity"),
            Self::Connect => None,
        }
    }
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::DescribeBundleTasks => "DescribeBundleTasks",
            Self::CancelBundleTask => "CancelBundleTask",
            Self::GetCallerIdentity => "GetCallerIdentity",
            Self::Connect => "connect",
        })
    }
}

/// What went wrong, as far as a person or the poller would act differently on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ErrorKind {
    /// No credentials were found anywhere.
    NoCredentials,
    /// The credentials were there but could not be used or were refused (`AuthFailure`, a broken
    /// `credential_process`, a signature that does not match).
    BadCredentials,
    /// The credentials have expired.
    Expired,
    /// The SSO or `aws login` session needs a new login.
    LoginNeeded,
    /// IAM refuses the operation.
    Denied,
    /// A dry run was answered with `DryRunOperation`: the operation would be permitted.
    DryRunSucceeded,
    /// EC2 asks us to slow down.
    Throttled,
    /// EC2 failed on its side (5xx).
    ServerError,
    /// No connection could be made: nothing was sent.
    Unreachable,
    /// The request went out and no answer came in time. It may have been carried out.
    TimedOut,
    /// The request went out and the connection ended before an answer. It may have been carried out.
    AnswerLost,
    /// An answer came and could not be believed: not XML, cut short, or of another form.
    /// The request may have been carried out.
    Unparsable,
    /// EC2 does not know the bundle ID.
    NotFound,
    /// The task's state does not allow the operation.
    WrongState,
    /// No region is set.
    NoRegion,
    /// A setting, in a file, the environment or a flag, is missing or bad.
    BadSettings,
    /// Any other refusal by EC2.
    Rejected,
}

/// An error of the gateway: what happened, in EC2's own words where it spoke.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("{}", self.summary())]
pub struct Ec2Error {
    /// What went wrong.
    pub kind: ErrorKind,
    /// The operation that failed.
    pub operation: Operation,
    /// EC2's error code, such as `UnauthorizedOperation`.
    pub code: Option<String>,
    /// EC2's message, or ours where EC2 said nothing. One sentence; never the raw answer.
    pub message: String,
    /// EC2's request ID, for a support case.
    pub request_id: Option<String>,
    /// A remedy that names what only the gateway knows (the profile, the URL, the file), where
    /// [`Ec2Error::remedy`] would otherwise speak in general.
    pub advice: Option<String>,
}

/// The longest message kept, in characters: a long line or two on a screen.
const LONGEST_MESSAGE: usize = 400;

/// The longest code or request ID kept, in characters. EC2's own are under 50.
const LONGEST_WORD: usize = 100;

impl Ec2Error {
    /// An error with neither code, nor request ID, nor advice. The message is bounded.
    pub fn new(kind: ErrorKind, operation: Operation, message: impl AsRef<str>) -> Self {
        Self {
            kind,
            operation,
            code: None,
            message: bounded(message.as_ref(), LONGEST_MESSAGE),
            request_id: None,
            advice: None,
        }
    }

    /// Adds a remedy that is more to the point than the one for the kind.
    #[must_use]
    pub fn advise(mut self, advice: impl AsRef<str>) -> Self {
        self.advice = Some(bounded(advice.as_ref(), LONGEST_MESSAGE));
        self
    }

    pub(super) fn with_code(mut self, code: Option<&str>) -> Self {
        self.code = code.map(|code| bounded(code, LONGEST_WORD));
        self
    }

    pub(super) fn with_request_id(mut self, id: Option<&str>) -> Self {
        self.request_id = id.map(|id| bounded(id, LONGEST_WORD));
        self
    }

    /// A setting that is missing or bad.
    pub(super) fn settings(message: impl AsRef<str>) -> Self {
        Self::new(ErrorKind::BadSettings, Operation::Connect, message)
    }

    /// What happened, in one line: `UnauthorizedOperation: You are not authorized to …`.
    pub fn summary(&self) -> String {
        match &self.code {
            Some(code) => format!("{code}: {}", self.message),
            None => self.message.clone(),
        }
    }

    /// What a person can do about it, in one or two sentences.
    pub fn remedy(&self) -> String {
        match &self.advice {
            Some(advice) if self.kind == ErrorKind::LoginNeeded => {
                return format!("{advice} Another terminal will do: this goes on by itself then.");
            }
            Some(advice) => return advice.clone(),
            None => {}
        }
        match (self.kind, self.operation.iam_action()) {
            (ErrorKind::Denied, Some(action)) => format!(
                "Ask for the IAM permission {action}, or use a profile that has it (--profile)."
            ),
            _ if self.may_have_been_carried_out() => {
                "It may have been carried out all the same: see what EC2 says of the task now."
                    .to_owned()
            }
            (kind, _) => general_remedy(kind).to_owned(),
        }
    }

    /// Whether a cancel may have been carried out although it failed here: it went out, and what
    /// EC2 made of it is not known. Ask EC2 by describe; claim neither failure nor success.
    ///
    /// To be asked of a cancel's error. A dry run that went wrong carries the same operation.
    pub fn may_have_been_carried_out(&self) -> bool {
        let went_out_unanswered = match self.kind {
            // EC2 documents `InternalError` as "an unknown error", not as "nothing was done".
            ErrorKind::TimedOut
            | ErrorKind::AnswerLost
            | ErrorKind::Unparsable
            | ErrorKind::ServerError => true,
            ErrorKind::NoCredentials
            | ErrorKind::BadCredentials
            | ErrorKind::Expired
            | ErrorKind::LoginNeeded
            | ErrorKind::Denied
            | ErrorKind::DryRunSucceeded
            | ErrorKind::Throttled
            | ErrorKind::Unreachable
            | ErrorKind::NotFound
            | ErrorKind::WrongState
            | ErrorKind::NoRegion
            | ErrorKind::BadSettings
            | ErrorKind::Rejected => false,
        };
        went_out_unanswered && self.operation == Operation::CancelBundleTask
    }
}

/// The remedy for a kind when nothing more is known.
fn general_remedy(kind: ErrorKind) -> &'static str {
    match kind {
        ErrorKind::NoCredentials => {
            "Run `aws configure` or `aws sso login`, or set AWS_ACCESS_KEY_ID and \
             AWS_SECRET_ACCESS_KEY."
        }
        ErrorKind::BadCredentials => {
            "Check the access keys and the clock of this machine: `aws sts get-caller-identity` \
             must work with the same profile."
        }
        ErrorKind::Expired => {
            "Get new credentials. They are read again at the next try; those in environment \
             variables need a restart."
        }
        ErrorKind::LoginNeeded => {
            "Run `aws sso login` in another terminal: this goes on by itself then."
        }
        ErrorKind::Denied => {
            "Ask for the IAM permission, or use a profile that has it (--profile)."
        }
        ErrorKind::DryRunSucceeded => "Nothing to do: the operation would be permitted.",
        ErrorKind::Throttled => {
            "Nothing to do but wait: other programs of the same account and region count too."
        }
        ErrorKind::ServerError => {
            "Nothing to do but try again; if it lasts, see the AWS Health Dashboard."
        }
        ErrorKind::Unreachable => {
            "Check the network, the region and, if set, the endpoint URL and the proxy."
        }
        ErrorKind::TimedOut | ErrorKind::AnswerLost => {
            "Check the network and, if set, the endpoint URL and the proxy."
        }
        ErrorKind::Unparsable => {
            "If an endpoint URL or a proxy is set, check that EC2 is what answers there."
        }
        ErrorKind::NotFound => {
            "Check the bundle ID and the region. EC2 lists finished tasks for a limited time only."
        }
        ErrorKind::WrongState => "Refresh: the task has moved on since it was last seen.",
        ErrorKind::NoRegion => "Give --region, set AWS_REGION, or run `aws configure set region`.",
        ErrorKind::BadSettings => {
            "Correct the setting: files are read again at the next try, flags and environment \
             variables need a restart."
        }
        ErrorKind::Rejected => "See the code and message: EC2 refused the request as it stands.",
    }
}

/// The text on one line and no longer than `longest` characters, cut with an ellipsis.
pub(super) fn bounded(text: &str, longest: usize) -> String {
    let mut line = String::with_capacity(text.len().min(4 * longest));
    for word in text
        .split([' ', '\t', '\r', '\n'])
        .filter(|w| !w.is_empty())
    {
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
        if line.len() > 4 * longest {
            break;
        }
    }
    match line.char_indices().nth(longest) {
        Some(_) => line.chars().take(longest - 1).chain(['…']).collect(),
        None => line,
    }
}
