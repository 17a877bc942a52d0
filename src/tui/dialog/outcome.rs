//! Draws the dialog that shows the outcome of a cancel.

use ratatui::Frame;
use ratatui::text::Line;

use super::centered_box::{self, Kind, push_wrapped};
use super::{CancelOutcome, CancelResult};
use crate::ec2::Ec2Error;
use crate::monitor::{LookupResult, NotSent, Place};
use crate::task::Phase;
use crate::tui::keymap::{Action, Context};
use crate::tui::render::RenderContext;
use crate::tui::theme::Role;

/// How many of the keys that close the dialog are named.
const KEYS_NAMED: usize = 2;

/// Draws the outcome of a cancel. `on_screen` is the place of the tasks on the screen.
pub fn draw(
    frame: &mut Frame,
    outcome: &CancelOutcome,
    on_screen: Option<&Place>,
    context: &RenderContext,
) {
    let width = centered_box::text_width(frame.area());
    let id = context.clean(outcome.id.as_str()).into_owned();
    let mut lines = vec![context.span(Role::Strong, id).into()];
    if let Some(place) = outcome.elsewhere(on_screen) {
        push_wrapped(
            &mut lines,
            &format!("In {place}"),
            Role::Text,
            width,
            context,
        );
    }
    lines.extend(result_lines(&outcome.result, width, context));
    let title = match &outcome.result {
        CancelResult::Accepted => " Cancel accepted ",
        CancelResult::Settled(state) if state.phase() < Phase::Cancelling => {
            " Cancel without effect "
        }
        CancelResult::Settled(_) => " Cancel outcome ",
        CancelResult::NotSent(_) => " Not cancelled ",
        CancelResult::Refused(_) => " EC2 refused the cancel ",
        CancelResult::AnswerLost { .. } => " Cancel outcome unknown ",
    };
    let keys = context.keymap.keys(Context::Outcome, Action::Close);
    let keys: Vec<_> = keys
        .take(KEYS_NAMED)
        .map(|key| key.name(context.charset()))
        .collect();
    let hint = format!("{} closes", keys.join(" or "));
    centered_box::draw(frame, Kind::Plain, title, &hint, lines, context);
}

/// What became of a cancel, why, and what a person can do.
pub(super) fn result_lines(
    result: &CancelResult,
    width: usize,
    context: &RenderContext,
) -> Vec<Line<'static>> {
    let mut lines = Vec::new();
    match result {
        CancelResult::Accepted => {
            let text = "EC2 accepted the cancel.";
            push_wrapped(&mut lines, text, Role::Good, width, context);
        }
        CancelResult::Settled(state) if state.phase() < Phase::Cancelling => {
            let text = format!("A minute after the cancel, EC2 still reports {state}.");
            push_wrapped(&mut lines, &text, Role::Warning, width, context);
        }
        CancelResult::Settled(state) => {
            let text = format!("The answer to the cancel was lost. EC2 now says: {state}.");
            push_wrapped(&mut lines, &text, Role::Strong, width, context);
        }
        CancelResult::NotSent(reason) => push_not_sent(&mut lines, reason, width, context),
        CancelResult::Refused(error) => push_error(&mut lines, error, width, context),
        CancelResult::AnswerLost { error, looked_up } => {
            push_answer_lost(&mut lines, error, looked_up.as_ref(), width, context);
        }
    }
    lines
}

fn push_not_sent(
    lines: &mut Vec<Line<'static>>,
    reason: &NotSent,
    width: usize,
    context: &RenderContext,
) {
    let (text, error) = match reason {
        NotSent::NotCancellable(reason) => (format!("Nothing was sent: {reason}."), None),
        NotSent::RecheckFailed(error) => (
            "Nothing was sent: the task could not be looked at first.".to_owned(),
            Some(error),
        ),
        NotSent::RequestFailed(error) => ("The cancel did not reach EC2.".to_owned(), Some(error)),
    };
    push_wrapped(lines, &text, Role::Text, width, context);
    if let Some(error) = error {
        push_error(lines, error, width, context);
    }
}

fn push_answer_lost(
    lines: &mut Vec<Line<'static>>,
    error: &Ec2Error,
    looked_up: Option<&LookupResult>,
    width: usize,
    context: &RenderContext,
) {
    let what = if error.code.is_some() {
        "EC2 failed on the cancel. It may or may not have been carried out."
    } else {
        "The cancel was sent and its answer was lost. It may or may not have been carried out."
    };
    push_wrapped(lines, what, Role::Warning, width, context);
    push_wrapped(lines, &error.summary(), Role::Text, width, context);
    push_request_id(lines, error, width, context);
    let (text, role) = match looked_up {
        None => ("Asking EC2 what became of it.".to_owned(), Role::Dim),
        Some(LookupResult::State(state)) => (format!("EC2 now says: {state}."), Role::Strong),
        Some(LookupResult::PlaceChanged) => (
            "It could not be looked up: the credentials or the region have changed.".to_owned(),
            Role::Warning,
        ),
        Some(LookupResult::NotListed) => ("EC2 no longer lists the task.".to_owned(), Role::Strong),
        Some(LookupResult::Failed(error)) => (
            format!(
                "Asking EC2 what became of it failed too: {}",
                error.summary()
            ),
            Role::Warning,
        ),
    };
    push_wrapped(lines, &text, role, width, context);
}

/// EC2's code and message, what a person can do, and the request ID.
fn push_error(
    lines: &mut Vec<Line<'static>>,
    error: &Ec2Error,
    width: usize,
    context: &RenderContext,
) {
    push_wrapped(lines, &error.summary(), Role::Bad, width, context);
    push_wrapped(lines, &error.remedy(), Role::Text, width, context);
    push_request_id(lines, error, width, context);
}

fn push_request_id(
    lines: &mut Vec<Line<'static>>,
    error: &Ec2Error,
    width: usize,
    context: &RenderContext,
) {
    if let Some(id) = &error.request_id {
        push_wrapped(
            lines,
            &format!("Request ID {id}"),
            Role::Dim,
            width,
            context,
        );
    }
}
