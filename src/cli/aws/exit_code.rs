//! The exit codes of the AWS commands, which are the AWS CLI's.

use std::fmt::Write as _;
use std::process::ExitCode;

use crate::signal::interrupt::INTERRUPTED_EXIT_CODE;

/// How a command ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AwsExitCode {
    Success,
    Usage,
    Configuration,
    ServiceError,
    Other,
    Interrupted,
}

impl AwsExitCode {
    const ALL: [Self; 6] = [
        Self::Success,
        Self::Usage,
        Self::Configuration,
        Self::ServiceError,
        Self::Other,
        Self::Interrupted,
    ];

    /// The number.
    pub fn number(self) -> u8 {
        match self {
            Self::Success => 0,
            Self::Usage => 252,
            Self::Configuration => 253,
            Self::ServiceError => 254,
            Self::Other => 255,
            Self::Interrupted => INTERRUPTED_EXIT_CODE,
        }
    }

    /// What it means.
    fn meaning(self) -> &'static str {
        match self {
            Self::Success => "success",
            Self::Usage => "the command line or a parameter is invalid; nothing was sent",
            Self::Configuration => "credentials, the region or the configuration are missing",
            Self::ServiceError => "EC2 returned an error; a dry run always ends like this",
            Self::Other => "any other error: no connection, an unreadable answer, a failed wait",
            Self::Interrupted => "interrupted by SIGINT (Ctrl-C)",
        }
    }

    /// The table of exit codes, for the help.
    pub fn table() -> String {
        let mut table = String::from("Exit codes:");
        for code in Self::ALL {
            let (number, meaning) = (code.number(), code.meaning());
            write!(table, "\n  {number:<3}  {meaning}").expect("writing to memory does not fail");
        }
        table
    }
}

impl From<AwsExitCode> for ExitCode {
    fn from(code: AwsExitCode) -> Self {
        code.number().into()
    }
}
