//! The kinds of errors, and what each of them means.

/// What went wrong. Each kind is a case that a person or the poller handles differently.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ErrorKind {
    /// No credentials were found anywhere.
    NoCredentials,
    /// The credentials were found but could not be used or were refused (`AuthFailure`, a broken
    /// `credential_process`, a signature that does not match).
    BadCredentials,
    /// The credentials have expired.
    Expired,
    /// The SSO or `aws login` session needs a new login.
    LoginNeeded,
    /// The account may not use EC2 (yet): `OptInRequired`, `PendingVerification`, `Blocked`.
    AccountNotReady,
    /// IAM refuses the operation.
    Denied,
    /// A dry run was answered with `DryRunOperation`: the operation would be permitted.
    DryRunSucceeded,
    /// EC2 asks us to slow down.
    Throttled,
    /// EC2 failed (5xx). EC2 documents `InternalError` as "an unknown error", not as
    /// "nothing was done".
    ServerError,
    /// No connection could be made: nothing was sent.
    Unreachable,
    /// The request was sent and no response came in time.
    TimedOut,
    /// The request was sent and the connection closed before a response.
    AnswerLost,
    /// The response is not one that EC2 sends: not XML, truncated, or of another form.
    Unparsable,
    /// EC2 does not know the bundle ID.
    NotFound,
    /// The task's state does not allow the operation.
    WrongState,
    /// No region is set.
    NoRegion,
    /// A setting in a file, the environment or a flag is missing or invalid.
    BadSettings,
    /// Any other refusal by EC2.
    Rejected,
}

/// The properties of a kind.
#[expect(clippy::struct_excessive_bools, reason = "one row of a table")]
struct Meaning {
    /// EC2 could not be reached, as opposed to having answered something unwelcome.
    is_offline: bool,
    /// The program needs other settings or credentials to continue.
    needs_new_settings: bool,
    /// A request that changes something may have been carried out.
    may_have_been_carried_out: bool,
    /// The same request may succeed a moment later.
    is_retryable: bool,
    /// The code that the AWS CLI gives an error that never reached EC2, where it has one.
    aws_cli_code: Option<&'static str>,
    /// What a person can do if only the kind is known.
    remedy: &'static str,
}

const DEFAULT_MEANING: Meaning = Meaning {
    is_offline: false,
    needs_new_settings: false,
    may_have_been_carried_out: false,
    is_retryable: false,
    aws_cli_code: None,
    remedy: "",
};

impl ErrorKind {
    fn meaning(self) -> Meaning {
        match self {
            Self::NoCredentials => Meaning {
                needs_new_settings: true,
                aws_cli_code: Some("NoCredentials"),
                remedy: "Run `aws configure` or `aws sso login`, or set AWS_ACCESS_KEY_ID and \
                         AWS_SECRET_ACCESS_KEY.",
                ..DEFAULT_MEANING
            },
            Self::BadCredentials => Meaning {
                needs_new_settings: true,
                remedy: "Check the access keys and the clock of this machine: `aws sts \
                         get-caller-identity` must work with the same profile.",
                ..DEFAULT_MEANING
            },
            Self::Expired => Meaning {
                needs_new_settings: true,
                remedy: "Get new credentials. They are read again at the next try; those in \
                         environment variables need a restart.",
                ..DEFAULT_MEANING
            },
            Self::LoginNeeded => Meaning {
                needs_new_settings: true,
                remedy: "Run `aws sso login` in another terminal: bundletop continues by itself.",
                ..DEFAULT_MEANING
            },
            Self::AccountNotReady => Meaning {
                remedy: "Sign in to the AWS console with this account and complete its sign-up for \
                         EC2, or use a profile of another account (--profile).",
                ..DEFAULT_MEANING
            },
            Self::Denied => Meaning {
                remedy: "Ask for the IAM permission, or use a profile that has it (--profile).",
                ..DEFAULT_MEANING
            },
            Self::DryRunSucceeded => Meaning {
                remedy: "Nothing to do: the operation would be permitted.",
                ..DEFAULT_MEANING
            },
            Self::Throttled => Meaning {
                is_retryable: true,
                remedy: "Just wait: requests of other programs in this account and region \
                         count toward the limit, too.",
                ..DEFAULT_MEANING
            },
            Self::ServerError => Meaning {
                may_have_been_carried_out: true,
                is_retryable: true,
                remedy: "Try again; if this continues, see the AWS Health Dashboard.",
                ..DEFAULT_MEANING
            },
            Self::Unreachable => Meaning {
                is_offline: true,
                is_retryable: true,
                remedy: "Check the network, the region and, if set, the endpoint URL and the proxy.",
                ..DEFAULT_MEANING
            },
            Self::TimedOut | Self::AnswerLost => Meaning {
                is_offline: true,
                may_have_been_carried_out: true,
                remedy: "Check the network and, if set, the endpoint URL and the proxy.",
                ..DEFAULT_MEANING
            },
            Self::Unparsable => Meaning {
                may_have_been_carried_out: true,
                remedy: "If an endpoint URL or a proxy is set, check that EC2 is what answers there.",
                ..DEFAULT_MEANING
            },
            Self::NotFound => Meaning {
                remedy: "Check the bundle ID and the region. EC2 lists finished tasks for a limited \
                         time only.",
                ..DEFAULT_MEANING
            },
            Self::WrongState => Meaning {
                remedy: "Refresh: the task has moved on since it was last seen.",
                ..DEFAULT_MEANING
            },
            Self::NoRegion => Meaning {
                needs_new_settings: true,
                aws_cli_code: Some("NoRegion"),
                remedy: "Give --region, set AWS_REGION, or run `aws configure set region`.",
                ..DEFAULT_MEANING
            },
            Self::BadSettings => Meaning {
                needs_new_settings: true,
                remedy: "Correct the setting: files are read again at the next try, flags and \
                         environment variables need a restart.",
                ..DEFAULT_MEANING
            },
            Self::Rejected => Meaning {
                remedy: "See the code and message: EC2 refused the request as it stands.",
                ..DEFAULT_MEANING
            },
        }
    }

    /// Whether EC2 could not be reached, as opposed to having answered something unwelcome.
    pub fn is_offline(self) -> bool {
        self.meaning().is_offline
    }

    /// Whether the program needs other settings or credentials to continue.
    pub fn needs_new_settings(self) -> bool {
        self.meaning().needs_new_settings
    }

    /// Whether a request that changes something may have been carried out.
    pub fn may_have_been_carried_out(self) -> bool {
        self.meaning().may_have_been_carried_out
    }

    /// Whether the same request may succeed a moment later.
    pub fn is_retryable(self) -> bool {
        self.meaning().is_retryable
    }

    /// The AWS CLI's code for an error that never reached EC2, if it has one. A command
    /// then exits with 253. It exits with 254 if EC2 returned an error, and with 255 otherwise.
    pub fn aws_cli_code(self) -> Option<&'static str> {
        self.meaning().aws_cli_code
    }

    /// What a person can do about it, if only the kind is known.
    pub fn remedy(self) -> &'static str {
        self.meaning().remedy
    }

    /// The kind for an error code of EC2 or STS. For a code that is not in the table, the HTTP
    /// status decides.
    pub(in crate::ec2) fn of_code(code: &str, status: u16) -> Self {
        let known = CODES.iter().find(|(known, _)| *known == code);
        match (known, status) {
            (Some((_, kind)), _) => *kind,
            (None, 401) => Self::BadCredentials,
            (None, 403) => Self::Denied,
            (None, 429) => Self::Throttled,
            (None, 500..) => Self::ServerError,
            (None, _) => Self::Rejected,
        }
    }

    /// The kind for an HTTP status without an EC2 error code: mostly from a proxy or a
    /// load balancer.
    pub(in crate::ec2) fn of_status(status: u16) -> Self {
        match status {
            429 => Self::Throttled,
            500.. => Self::ServerError,
            _ => Self::Unparsable,
        }
    }
}

/// What a code of EC2 or STS means. EC2's codes are in its API reference, "Error codes"; the rest are
/// AWS's common errors.
const CODES: &[(&str, ErrorKind)] = &[
    ("DryRunOperation", ErrorKind::DryRunSucceeded),
    ("UnauthorizedOperation", ErrorKind::Denied),
    ("AccessDenied", ErrorKind::Denied),
    ("AccessDeniedException", ErrorKind::Denied),
    ("Blocked", ErrorKind::AccountNotReady),
    ("OptInRequired", ErrorKind::AccountNotReady),
    ("PendingVerification", ErrorKind::AccountNotReady),
    ("AuthFailure", ErrorKind::BadCredentials),
    ("IncompleteSignature", ErrorKind::BadCredentials),
    ("InvalidClientTokenId", ErrorKind::BadCredentials),
    ("MissingAuthenticationToken", ErrorKind::BadCredentials),
    ("RequestTimeTooSkewed", ErrorKind::BadCredentials),
    ("SignatureDoesNotMatch", ErrorKind::BadCredentials),
    ("UnrecognizedClientException", ErrorKind::BadCredentials),
    ("ExpiredToken", ErrorKind::Expired),
    ("ExpiredTokenException", ErrorKind::Expired),
    ("RequestExpired", ErrorKind::Expired),
    ("BandwidthLimitExceeded", ErrorKind::Throttled),
    ("EC2ThrottledException", ErrorKind::Throttled),
    ("RequestLimitExceeded", ErrorKind::Throttled),
    ("RequestThrottled", ErrorKind::Throttled),
    ("SlowDown", ErrorKind::Throttled),
    ("Throttling", ErrorKind::Throttled),
    ("ThrottlingException", ErrorKind::Throttled),
    ("InternalError", ErrorKind::ServerError),
    ("InternalFailure", ErrorKind::ServerError),
    ("ServiceUnavailable", ErrorKind::ServerError),
    ("Unavailable", ErrorKind::ServerError),
    ("InvalidBundleID.NotFound", ErrorKind::NotFound),
    ("BundlingInProgress", ErrorKind::WrongState),
    ("IncorrectState", ErrorKind::WrongState),
];
