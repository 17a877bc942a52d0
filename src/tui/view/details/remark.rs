//! The sentence below the fields: what to say about a task besides what EC2 says.

use crate::monitor::{CancelState, Scope, TrackedTask};
use crate::task::{BundleTask, UploadPolicy};
use crate::text;
use crate::tui::keymap::{Action, Context};
use crate::tui::render::RenderContext;
use crate::tui::theme::Role;

/// What to say about a task besides what EC2 says.
pub(super) fn remark(
    scope: &Scope,
    tracked: &TrackedTask,
    context: &RenderContext,
) -> Option<(String, Role)> {
    let task = &tracked.task;
    if let Some(since) = tracked.unlisted_since {
        if tracked.is_past {
            let listed = context.times.date_and_time(tracked.last_listed);
            let text = format!("From the journal: EC2 last listed this task at {listed}.");
            return Some((text, Role::Dim));
        }
        let listed = context.times.time_of_day(tracked.last_listed);
        let since = context.times.time_of_day(since);
        let state = &task.state;
        let key = context.key_name(Context::List, Action::Dismiss);
        return Some((
            format!(
                "No longer listed since {since}, last seen {state} at {listed}; {key} dismisses."
            ),
            Role::Warning,
        ));
    }
    if tracked.is_left_out {
        let text = "The EC2 filters leave this task out; it is asked for by its ID.";
        return Some((text.to_owned(), Role::Warning));
    }
    let cancel = scope.cancel_state(&task.bundle_id);
    let text = match cancel {
        Some(CancelState::Queued) => "Cancel requested; it waits for its turn.",
        Some(CancelState::Checking) => {
            "Cancel requested; the task is described once more before it is sent."
        }
        Some(CancelState::Sent) => "Cancel requested and sent; EC2 has not answered yet.",
        Some(CancelState::Accepted) if scope.shows_as_cancel_requested(task) => {
            "Cancel requested; EC2 accepted it."
        }
        Some(CancelState::AnswerLost) => {
            "A cancel was sent and its answer lost; what became of it is not known yet."
        }
        Some(CancelState::Accepted | CancelState::Settled) | None => {
            if let Some(warning) = expiry_warning(tracked, context) {
                return Some((warning, Role::Warning));
            }
            let since = tracked.stalled_since()?;
            let text = format!(
                "No movement for {}, since {}.",
                text::duration(context.now.duration_since(since)),
                context.times.date_and_time(since)
            );
            return Some((text, Role::Warning));
        }
    };
    Some((text.to_owned(), Role::Warning))
}

/// Why a task failed, in one line.
pub(super) fn failure(task: &BundleTask) -> Option<(String, Role)> {
    let error = task.error.as_ref()?;
    Some((error.to_string(), Role::Bad))
}

/// That the upload policy expires before the task is likely to end.
fn expiry_warning(tracked: &TrackedTask, context: &RenderContext) -> Option<String> {
    let task = &tracked.task;
    let storage = task.storage.as_ref()?;
    let policy = UploadPolicy::decode(storage.upload_policy.as_deref()?).ok()?;
    let expiration = policy.expiration?;
    let is_needed = task.state.phase().is_under_way() && tracked.unlisted_since.is_none();
    if !is_needed {
        return None;
    }
    let time = context.times.date_and_time(expiration);
    if expiration <= context.now {
        return Some(format!(
            "The upload policy expired at {time}: storing may fail."
        ));
    }
    let end = tracked.estimate()?.end;
    (expiration < end).then(|| {
        format!("The upload policy expires at {time}, before the estimated end: storing may fail.")
    })
}
