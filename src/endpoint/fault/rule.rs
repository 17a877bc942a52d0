//! A fault, together with the requests that it applies to.

use std::time::Duration;

use jiff::SignedDuration;

use crate::endpoint::action::EndpointAction;
use crate::endpoint::error::ErrorTemplate;

/// A fault, and the requests that it applies to. Parsed from its written form, as in
/// `CancelBundleTask-DryRun:drop@1`.
#[derive(Clone, Debug)]
pub struct FaultRule {
    /// The action that it is limited to.
    pub(super) action: Option<EndpointAction>,
    /// `true` limits it to dry runs, `false` to requests that are not dry runs.
    pub(super) dry_run: Option<bool>,
    pub(super) fault: Fault,
    pub(super) frequency: Frequency,
}

impl FaultRule {
    /// Whether the rule applies to such a request, regardless of its frequency.
    pub(super) fn matches(&self, action: Option<EndpointAction>, is_dry_run: bool) -> bool {
        (self.action.is_none() || self.action == action)
            && self.dry_run.is_none_or(|dry_run| dry_run == is_dry_run)
    }
}

/// What goes wrong.
#[derive(Clone, Copy, Debug)]
pub(super) enum Fault {
    /// The error is returned, and the action not carried out.
    Error(&'static ErrorTemplate),
    /// The error is returned for requests that exceed EC2's documented rates.
    ThrottleByTokenBucket(&'static ErrorTemplate),
    /// The response is delayed by this much real time.
    Latency(Duration),
    /// There is no response, and the action is not carried out.
    LossBeforeAction(ResponseLoss),
    /// There is no response, although the action is carried out.
    LossAfterAction(ResponseLoss),
    /// The response arrives, but damaged.
    Corruption(Corruption),
    /// Lists show the world as it was this long ago, on the endpoint's clock.
    StaleReads(SignedDuration),
}

/// What a client sees in place of a response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::endpoint) enum ResponseLoss {
    /// The connection stays open, and nothing comes.
    Hang,
    /// The connection is closed.
    Disconnect,
}

/// How a response is damaged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::endpoint) enum Corruption {
    /// The body ends in the middle, and `Content-Length` agrees with that.
    Truncated,
    /// The body ends in the middle, short of its `Content-Length`, and the connection is closed.
    Interrupted,
    /// The body is replaced by bytes that are not XML.
    Garbage,
}

/// Which of the requests that a rule matches are affected.
#[derive(Clone, Copy, Debug)]
pub(super) enum Frequency {
    Always,
    /// The first ones, up to this number.
    First(u64),
    /// Each with this probability, from 0 to 1.
    Probability(f64),
}
