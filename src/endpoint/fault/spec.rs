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
    #[error("`{0}` is no action; the actions are {allowed}, each also with +DryRun or -DryRun",
            allowed = Action::names())]
    Action(String),
    /// The fault is not known.
    #[error("`{0}` is no fault; the faults are {allowed}", allowed = forms())]
    Fault(String),
    /// The fault does not take this value.
    #[error("`{fault}` takes {allowed}, not `{value}`")]
    Value {
        /// The fault.
        fault: String,
        /// The value given; empty if none was.
        value: String,
        /// What it takes.
        allowed: String,
    },
    /// What comes after the `@` says no number of requests.
    #[error("`@{0}` is not how often; write @3 for the first three requests, @20% for one in five")]
    Often(String),
}

/// A fault's name, the values it takes, and how it is made from one.
struct Form {
    name: &'static str,
    takes: &'static str,
    make: fn(&str) -> Option<Fault>,
}

const LENGTH: &str = "a length of time, such as 2s or 500ms";

/// Every fault there is.
const FORMS: &[Form] = &[
    form("throttle", "no value, or `bucket`", |value| match value {
        "" => known("RequestLimitExceeded"),
        "bucket" => Some(Fault::Bucket),
        _ => None,
    }),
    form("internal-error", "no value", |value| {
        plain(value, "InternalError")
    }),
    form("deny", "no value", |value| {
        plain(value, "UnauthorizedOperation")
    }),
    form("expired", "no value", |value| {
        plain(value, "RequestExpired")
    }),
    form("error", "one of EC2's codes", known),
    form("latency", LENGTH, |value| {
        span(value).map(|(span, _)| Fault::Latency(span))
    }),
    form("hang", "no value, or `before`", |value| {
        lost(Loss::Hang, value)
    }),
    form("drop", "no value, or `before`", |value| {
        lost(Loss::Drop, value)
    }),
    form("cut", "no value, or `http`", |value| match value {
        "" => Some(Fault::Spoiled(Spoil::Cut)),
        "http" => Some(Fault::Spoiled(Spoil::CutHttp)),
        _ => None,
    }),
    form("garbage", "no value", |value| {
        value.is_empty().then_some(Fault::Spoiled(Spoil::Garbage))
    }),
    form("stale-reads", LENGTH, |value| {
        span(value).map(|(_, span)| Fault::StaleReads(span))
    }),
];

const fn form(name: &'static str, takes: &'static str, make: fn(&str) -> Option<Fault>) -> Form {
    Form { name, takes, make }
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

fn forms() -> String {
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
        fault: name.to_owned(),
        value: value.to_owned(),
        allowed: if name == "error" {
            codes()
        } else {
            form.takes.to_owned()
        },
    })
}

fn codes() -> String {
    let codes: Vec<_> = KNOWN.iter().map(|known| known.code).collect();
    format!("one of EC2's codes ({})", codes.join(", "))
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
