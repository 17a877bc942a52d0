//! The written form of a fault.

use std::str::FromStr;
use std::time::Duration;

use jiff::SignedDuration;
use thiserror::Error;

use super::{Fault, FaultRule, Loss, Often, Spoil, When};
use crate::endpoint::action::Action;
use crate::endpoint::error::{KNOWN, Known};
use crate::endpoint::world::parse_span;

/// Why a fault's written form is none.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum FaultError {
    /// The word before the colon names no action.
    #[error("`{0}` is no action; the actions are {allowed}, each also with +DryRun or -DryRun, \
             as in `CancelBundleTask-DryRun:drop`", allowed = Action::names())]
    Action(String),
    /// The fault is not known.
    #[error("`{0}` is no fault; the faults are {allowed}, written as in `throttle@3` or \
             `CancelBundleTask:latency=2s`", allowed = names())]
    Fault(String),
    /// The fault does not take this value, or needs one.
    #[error("`{written}` is no fault: {fault} takes {allowed}")]
    Value {
        /// The fault, with its value if one was given.
        written: String,
        /// The fault.
        fault: &'static str,
        /// What it takes, with an example.
        allowed: String,
    },
    /// What comes after the `@` says no number of requests.
    #[error("`@{0}` is not how often; write @3 for the first three requests, @20% for one in five")]
    Often(String),
}

/// A fault's name, what it takes, what it does, and how it is made from a value.
struct Form {
    name: &'static str,
    takes: &'static str,
    /// The fault as it is written, and what happens then; more than once if it has variants.
    table: &'static [(&'static str, &'static str)],
    make: fn(&str) -> Option<Fault>,
}

const LENGTH: &str = "a length of time";
const NOTHING: &str = "no value";

/// Every fault there is.
const FORMS: &[Form] = &[
    Form {
        name: "throttle",
        takes: "no value, or `bucket`",
        table: &[
            ("throttle", "503 RequestLimitExceeded"),
            (
                "throttle=bucket",
                "the same, past EC2's rates: 100 describes and 20/s, 50 others and 5/s",
            ),
        ],
        make: |value| match value {
            "" => known("RequestLimitExceeded"),
            "bucket" => Some(Fault::Bucket),
            _ => None,
        },
    },
    Form {
        name: "internal-error",
        takes: NOTHING,
        table: &[("internal-error", "500 InternalError")],
        make: |value| plain(value, "InternalError"),
    },
    Form {
        name: "deny",
        takes: NOTHING,
        table: &[(
            "deny",
            "403 UnauthorizedOperation, in answer to a dry run too",
        )],
        make: |value| plain(value, "UnauthorizedOperation"),
    },
    Form {
        name: "expired",
        takes: NOTHING,
        table: &[(
            "expired",
            "400 RequestExpired, as for temporary credentials that have expired",
        )],
        make: |value| plain(value, "RequestExpired"),
    },
    Form {
        name: "error",
        takes: "one of EC2's codes",
        table: &[(
            "error=ExpiredToken",
            "another of EC2's errors: AuthFailure, OptInRequired, Unavailable, …",
        )],
        make: known,
    },
    Form {
        name: "latency",
        takes: LENGTH,
        table: &[(
            "latency=2s",
            "the answer comes that late; the action was carried out before",
        )],
        make: |value| span(value).map(|(span, _)| Fault::Latency(span)),
    },
    Form {
        name: "hang",
        takes: "no value, or `before`",
        table: &[
            ("hang", "the action is carried out and never answered"),
            ("hang=before", "it is neither carried out nor answered"),
        ],
        make: |value| lost(Loss::Hang, value),
    },
    Form {
        name: "drop",
        takes: "no value, or `before`",
        table: &[
            (
                "drop",
                "the action is carried out and the connection closed without an answer",
            ),
            (
                "drop=before",
                "the connection is closed, and nothing carried out",
            ),
        ],
        make: |value| lost(Loss::Drop, value),
    },
    Form {
        name: "cut",
        takes: "no value, or `http`",
        table: &[
            (
                "cut",
                "the answer ends in the middle, and HTTP says it is whole",
            ),
            ("cut=http", "the same, and HTTP says there was more"),
        ],
        make: |value| match value {
            "" => Some(Fault::Spoiled(Spoil::Cut)),
            "http" => Some(Fault::Spoiled(Spoil::CutHttp)),
            _ => None,
        },
    },
    Form {
        name: "garbage",
        takes: NOTHING,
        table: &[(
            "garbage",
            "200 with bytes that are no XML, terminal escape sequences among them",
        )],
        make: |value| value.is_empty().then_some(Fault::Spoiled(Spoil::Garbage)),
    },
    Form {
        name: "stale-reads",
        takes: LENGTH,
        table: &[(
            "stale-reads=3s",
            "lists show the world as it was that long ago: after a cancel, an older state",
        )],
        make: |value| span(value).map(|(_, span)| Fault::StaleReads(span)),
    },
];

/// Every fault as it is written, with what happens then.
pub fn table() -> impl Iterator<Item = (&'static str, &'static str)> {
    FORMS.iter().flat_map(|form| form.table.iter().copied())
}

fn known(code: &str) -> Option<Fault> {
    Known::find(code).map(Fault::Error)
}

fn plain(value: &str, code: &str) -> Option<Fault> {
    value.is_empty().then(|| known(code)).flatten()
}

fn lost(loss: Loss, value: &str) -> Option<Fault> {
    match value {
        "" => Some(Fault::Lost(loss, When::After)),
        "before" => Some(Fault::Lost(loss, When::Before)),
        _ => None,
    }
}

fn span(value: &str) -> Option<(Duration, SignedDuration)> {
    let span = parse_span(value)?;
    Some((span.unsigned_abs(), span))
}

/// The error of a request beyond the rate.
pub(super) fn throttled() -> &'static Known {
    Known::find("RequestLimitExceeded").expect("the table has it")
}

fn names() -> String {
    FORMS
        .iter()
        .map(|form| form.name)
        .collect::<Vec<_>>()
        .join(", ")
}

impl FromStr for FaultRule {
    type Err = FaultError;

    fn from_str(text: &str) -> Result<Self, FaultError> {
        let (text, often) = match text.split_once('@') {
            Some((rest, often)) => (rest, parse_often(often)?),
            None => (text, Often::Always),
        };
        let (scope, fault) = match text.split_once(':') {
            Some((scope, fault)) => (Some(scope), fault),
            None => (None, text),
        };
        let (action, dry_run) = scope.map_or(Ok((None, None)), parse_scope)?;
        let fault = parse_fault(fault)?;
        Ok(Self {
            action,
            dry_run,
            fault,
            often,
        })
    }
}

fn parse_scope(scope: &str) -> Result<(Option<Action>, Option<bool>), FaultError> {
    let (name, dry_run) = if let Some(name) = scope.strip_suffix("+DryRun") {
        (name, Some(true))
    } else if let Some(name) = scope.strip_suffix("-DryRun") {
        (name, Some(false))
    } else {
        (scope, None)
    };
    let action = Action::find(name).ok_or_else(|| FaultError::Action(name.to_owned()))?;
    Ok((Some(action), dry_run))
}

fn parse_fault(fault: &str) -> Result<Fault, FaultError> {
    let (name, value) = fault.split_once('=').unwrap_or((fault, ""));
    let form = FORMS.iter().find(|form| form.name == name);
    let form = form.ok_or_else(|| FaultError::Fault(name.to_owned()))?;
    (form.make)(value).ok_or_else(|| FaultError::Value {
        written: fault.to_owned(),
        fault: form.name,
        allowed: form.allowed(),
    })
}

impl Form {
    /// The values it takes, with examples.
    fn allowed(&self) -> String {
        let takes = self.takes;
        if self.name == "error" {
            let codes: Vec<_> = KNOWN.iter().map(|known| known.code).collect();
            return format!("{takes}: {}", codes.join(", "));
        }
        let written = self.table.iter().map(|(fault, _)| format!("`{fault}`"));
        let written: Vec<_> = written.collect();
        format!("{takes}, as in {}", written.join(" or "))
    }
}

fn parse_often(often: &str) -> Result<Often, FaultError> {
    let parsed = match often.strip_suffix('%') {
        Some(percent) => percent
            .parse::<f64>()
            .ok()
            .filter(|percent| (0.0..=100.0).contains(percent))
            .map(|percent| Often::Chance(percent / 100.0)),
        None => often.parse().ok().map(Often::First),
    };
    parsed.ok_or_else(|| FaultError::Often(often.to_owned()))
}
