//! The written form of faults.

use std::str::FromStr;

use thiserror::Error;

use super::rule::{Corruption, Fault, FaultRule, Frequency, ResponseLoss};
use crate::endpoint::action::EndpointAction;
use crate::endpoint::error::{ERROR_TEMPLATES, ErrorTemplate};
use crate::endpoint::time::parse_duration;

/// Why a text is not the written form of a fault.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum FaultError {
    /// The endpoint does not know the action before the colon.
    #[error("unknown action `{0}`; the actions are {actions}, each also with +DryRun or -DryRun, \
             as in `CancelBundleTask-DryRun:drop`", actions = EndpointAction::all_names())]
    UnknownAction(String),
    /// There is no fault with this name.
    #[error("unknown fault `{0}`; the faults are {faults}, written as in `throttle@3` or \
             `CancelBundleTask:latency=2s`", faults = all_names())]
    UnknownFault(String),
    /// The fault needs a value, or accepts other values than the given one.
    #[error("`{written}`: {fault} takes {accepted}")]
    InvalidValue {
        /// The fault, with its value if one was given.
        written: String,
        /// The fault's name.
        fault: &'static str,
        /// The values that the fault accepts, with an example.
        accepted: String,
    },
    /// What follows the `@` is neither a number of requests nor a percentage from 0 to 100.
    #[error(
        "unknown frequency `@{0}`; write @3 for the first three requests, or @20% for one in five"
    )]
    InvalidFrequency(String),
}

/// The written form of one kind of fault.
struct FaultSyntax {
    name: &'static str,
    /// Describes the values that the fault accepts, for messages.
    accepted_values: &'static str,
    /// An example of each variant in its written form, and what it does.
    variants: &'static [(&'static str, &'static str)],
    /// Makes the fault from its value, which is empty if none was given. `None` if the fault does
    /// not accept the value.
    parse_value: fn(&str) -> Option<Fault>,
}

const DURATION: &str = "a length of time";
const NO_VALUE: &str = "no value";

/// All faults.
const FAULTS: &[FaultSyntax] = &[
    FaultSyntax {
        name: "throttle",
        accepted_values: "no value, or `bucket`",
        variants: &[
            ("throttle", "503 RequestLimitExceeded"),
            (
                "throttle=bucket",
                "503 beyond EC2's rate limits: 100 describes, then 20/s; 50 others, then 5/s",
            ),
        ],
        parse_value: |value| {
            let throttled = ErrorTemplate::find("RequestLimitExceeded")?;
            match value {
                "" => Some(Fault::Error(throttled)),
                "bucket" => Some(Fault::ThrottleByTokenBucket(throttled)),
                _ => None,
            }
        },
    },
    FaultSyntax {
        name: "internal-error",
        accepted_values: NO_VALUE,
        variants: &[("internal-error", "500 InternalError")],
        parse_value: |value| parse_error_without_value(value, "InternalError"),
    },
    FaultSyntax {
        name: "deny",
        accepted_values: NO_VALUE,
        variants: &[("deny", "403 UnauthorizedOperation, for dry runs too")],
        parse_value: |value| parse_error_without_value(value, "UnauthorizedOperation"),
    },
    FaultSyntax {
        name: "expired",
        accepted_values: NO_VALUE,
        variants: &[(
            "expired",
            "400 RequestExpired, as for temporary credentials that have expired",
        )],
        parse_value: |value| parse_error_without_value(value, "RequestExpired"),
    },
    FaultSyntax {
        name: "error",
        accepted_values: "one of EC2's codes",
        variants: &[(
            "error=ExpiredToken",
            "another of EC2's errors: AuthFailure, OptInRequired, Unavailable, …",
        )],
        parse_value: parse_error_code,
    },
    FaultSyntax {
        name: "latency",
        accepted_values: DURATION,
        variants: &[(
            "latency=2s",
            "the action is carried out, and the response comes that much later",
        )],
        parse_value: |value| Some(Fault::Latency(parse_duration(value)?.unsigned_abs())),
    },
    FaultSyntax {
        name: "hang",
        accepted_values: "no value, or `before`",
        variants: &[
            ("hang", "the action is carried out, and no response comes"),
            (
                "hang=before",
                "no response comes, and the action is not carried out",
            ),
        ],
        parse_value: |value| parse_loss(value, ResponseLoss::Hang),
    },
    FaultSyntax {
        name: "drop",
        accepted_values: "no value, or `before`",
        variants: &[
            (
                "drop",
                "the action is carried out, and the connection closed without a response",
            ),
            (
                "drop=before",
                "the connection is closed, and the action not carried out",
            ),
        ],
        parse_value: |value| parse_loss(value, ResponseLoss::Disconnect),
    },
    FaultSyntax {
        name: "cut",
        accepted_values: "no value, or `http`",
        variants: &[
            (
                "cut",
                "the response ends in the middle, and HTTP says that it is complete",
            ),
            ("cut=http", "the same, but HTTP says that it is incomplete"),
        ],
        parse_value: |value| match value {
            "" => Some(Fault::Corruption(Corruption::Truncated)),
            "http" => Some(Fault::Corruption(Corruption::Interrupted)),
            _ => None,
        },
    },
    FaultSyntax {
        name: "garbage",
        accepted_values: NO_VALUE,
        variants: &[(
            "garbage",
            "200 with bytes that are not XML, terminal escape sequences among them",
        )],
        parse_value: |value| {
            let garbage = Fault::Corruption(Corruption::Garbage);
            value.is_empty().then_some(garbage)
        },
    },
    FaultSyntax {
        name: "stale-reads",
        accepted_values: DURATION,
        variants: &[(
            "stale-reads=3s",
            "lists show the world as it was that long ago: after a cancel, an older state",
        )],
        parse_value: |value| parse_duration(value).map(Fault::StaleReads),
    },
];

/// Every fault in its written form, with what it does. A fault with variants is listed once for
/// each.
pub fn table() -> impl Iterator<Item = (&'static str, &'static str)> {
    FAULTS
        .iter()
        .flat_map(|syntax| syntax.variants.iter().copied())
}

fn parse_error_code(code: &str) -> Option<Fault> {
    ErrorTemplate::find(code).map(Fault::Error)
}

/// The fault that returns the error with this code, if no value was given.
fn parse_error_without_value(value: &str, code: &str) -> Option<Fault> {
    value.is_empty().then(|| parse_error_code(code)).flatten()
}

fn parse_loss(value: &str, loss: ResponseLoss) -> Option<Fault> {
    match value {
        "" => Some(Fault::LossAfterAction(loss)),
        "before" => Some(Fault::LossBeforeAction(loss)),
        _ => None,
    }
}

/// The names of all faults, separated by commas.
fn all_names() -> String {
    let names: Vec<_> = FAULTS.iter().map(|syntax| syntax.name).collect();
    names.join(", ")
}

impl FromStr for FaultRule {
    type Err = FaultError;

    fn from_str(text: &str) -> Result<Self, FaultError> {
        let (text, frequency) = match text.split_once('@') {
            Some((rest, frequency)) => (rest, parse_frequency(frequency)?),
            None => (text, Frequency::Always),
        };
        let (requests, fault) = match text.split_once(':') {
            Some((requests, fault)) => (Some(requests), fault),
            None => (None, text),
        };
        let (action, dry_run) = requests.map_or(Ok((None, None)), parse_requests)?;
        let fault = parse_fault(fault)?;
        Ok(Self {
            action,
            dry_run,
            fault,
            frequency,
        })
    }
}

/// Parses `ACTION`, `ACTION+DryRun` or `ACTION-DryRun`.
fn parse_requests(text: &str) -> Result<(Option<EndpointAction>, Option<bool>), FaultError> {
    let (name, dry_run) = if let Some(name) = text.strip_suffix("+DryRun") {
        (name, Some(true))
    } else if let Some(name) = text.strip_suffix("-DryRun") {
        (name, Some(false))
    } else {
        (text, None)
    };
    let action = EndpointAction::find(name);
    let action = action.ok_or_else(|| FaultError::UnknownAction(name.to_owned()))?;
    Ok((Some(action), dry_run))
}

/// Parses `FAULT` or `FAULT=VALUE`.
fn parse_fault(text: &str) -> Result<Fault, FaultError> {
    let (name, value) = text.split_once('=').unwrap_or((text, ""));
    let syntax = FAULTS.iter().find(|syntax| syntax.name == name);
    let syntax = syntax.ok_or_else(|| FaultError::UnknownFault(name.to_owned()))?;
    (syntax.parse_value)(value).ok_or_else(|| FaultError::InvalidValue {
        written: text.to_owned(),
        fault: syntax.name,
        accepted: syntax.accepted_values_with_examples(),
    })
}

impl FaultSyntax {
    fn accepted_values_with_examples(&self) -> String {
        let values = self.accepted_values;
        if self.name == "error" {
            let codes: Vec<_> = ERROR_TEMPLATES
                .iter()
                .map(|template| template.code)
                .collect();
            return format!("{values}: {}", codes.join(", "));
        }
        let examples = self
            .variants
            .iter()
            .map(|(written, _)| format!("`{written}`"));
        let examples: Vec<_> = examples.collect();
        format!("{values}, as in {}", examples.join(" or "))
    }
}

/// Parses what follows the `@`: `N` or `P%`.
fn parse_frequency(text: &str) -> Result<Frequency, FaultError> {
    let parsed = match text.strip_suffix('%') {
        Some(percent) => percent
            .parse::<f64>()
            .ok()
            .filter(|percent| (0.0..=100.0).contains(percent))
            .map(|percent| Frequency::Probability(percent / 100.0)),
        None => text.parse().ok().map(Frequency::First),
    };
    parsed.ok_or_else(|| FaultError::InvalidFrequency(text.to_owned()))
}
