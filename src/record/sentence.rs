//! What happened, in words. The texts of EC2 are in them as they came.

use jiff::SignedDuration;

use super::RecordedEvent;
use crate::monitor::Verdict;
use crate::task::{Phase, State};
use crate::text::{self, TimeStyle};

impl RecordedEvent {
    /// What happened, as a phrase whose subject is the task: `bundling → storing after 2m 5s`.
    pub fn phrase(&self, arrow: &str) -> String {
        match self {
            Self::Listed { state } => in_state(state),
            Self::Appeared { state } => format!("appeared, {state}"),
            Self::State { from, to, lasted } => {
                let after =
                    lasted.map_or_else(String::new, |lasted| format!(" after {}", time(lasted)));
                format!("{from} {arrow} {to}{after}")
            }
            Self::Progress { from, to } => match (from, to) {
                (Some(from), Some(to)) => format!("{from} {arrow} {to}"),
                (None, Some(to)) => format!("progress {to}"),
                (_, None) => "progress no longer reported".to_owned(),
            },
            Self::Stalled { since } => {
                format!(
                    "has not moved since {}",
                    TimeStyle::default().date_and_time(*since)
                )
            }
            Self::Error { code, message } => {
                let parts: Vec<_> = [code, message].into_iter().flatten().cloned().collect();
                format!("error: {}", parts.join(": "))
            }
            Self::NoLongerListed {} => "no longer listed".to_owned(),
            Self::ListedAgain {} => "listed again".to_owned(),
            Self::CancelRequested { arn: Some(arn) } => format!("cancel requested by {arn}"),
            Self::CancelRequested { arn: None } => "cancel requested".to_owned(),
            Self::CancelSent {} => "cancel sent".to_owned(),
            Self::CancelNotSent { reason } => format!("cancel not sent: {reason}"),
            Self::CancelAccepted { request_id } => {
                format!("cancel accepted{}", request(request_id.as_deref()))
            }
            Self::CancelRefused { reason, request_id } => {
                format!("cancel refused: {reason}{}", request(request_id.as_deref()))
            }
            Self::CancelAnswerLost { reason } => {
                format!("cancel sent, and the answer lost: {reason}")
            }
            Self::CancelLookedUp { found } => format!("looked up after that: {found}"),
            Self::CancelSettled { state } => format!("what became of the cancel: {state}"),
            Self::Cancelling { after } => format!("cancelling {}", after_cancel(*after)),
            Self::CancelVerdict { verdict, after } => {
                let after = after_cancel(*after);
                match verdict {
                    Verdict::NoLongerListed => format!("cancelled: no longer listed {after}"),
                    Verdict::Completed => format!("not cancelled: complete {after}"),
                    Verdict::Failed => format!("failed {after}"),
                    Verdict::StillCancelling => format!("still cancelling {after}"),
                }
            }
        }
    }
}

/// `is storing`, `has failed`.
pub fn in_state(state: &str) -> String {
    match State::new(state).phase() {
        Phase::Failed => "has failed".to_owned(),
        _ => format!("is {state}"),
    }
}

fn time(seconds: i64) -> String {
    text::duration(SignedDuration::from_secs(seconds))
}

fn after_cancel(seconds: i64) -> String {
    if seconds == 0 {
        return "right after the cancel".to_owned();
    }
    format!("{} after the cancel", time(seconds))
}

/// ` (request 11111111-2222-…)`.
fn request(id: Option<&str>) -> String {
    id.map_or_else(String::new, |id| format!(" (request {id})"))
}
