//! The app and its monitor: what the app sends it, and how the app handles changes.

use std::sync::Arc;

use super::{App, Effect};
use crate::monitor::{
    self, CancelChange, CancelId, Change, Command, LookupResult, Place, TrackedTask, Transition,
    Update,
};
use crate::task::{BundleId, Phase};
use crate::tui::dialog::{CancelOutcome, CancelResult, Dialog};

impl App {
    pub(super) fn command(&mut self, command: Command, effects: &mut Vec<Effect>) {
        // Asked again here, so that no way leads around it.
        if let (Command::Cancel(_), Some(reason)) = (&command, self.why_no_cancels()) {
            return self.show_note(reason);
        }
        self.log_command(&command);
        let event = monitor::Event::Command(self.scope, command);
        self.tell_monitor(event, effects);
    }

    pub(super) fn tell_monitor(&mut self, event: monitor::Event, effects: &mut Vec<Effect>) {
        let viewed = self.subject().map(TrackedTask::key);
        self.monitor.pin(self.scope, viewed);
        let (place, question) = (self.scope().place(), self.open_question());
        let update = self.monitor.update(event, self.now);
        self.apply_update(update, effects);
        self.announce_place_change(place);
        if self.open_question() != question {
            self.key_timing.restart_reading_time();
        }
    }

    pub(super) fn send_what_is_due(&mut self, effects: &mut Vec<Effect>) {
        let update = self.monitor.send_what_is_due(self.now);
        self.apply_update(update, effects);
    }

    fn apply_update(&mut self, update: Update, effects: &mut Vec<Effect>) {
        for effect in &update.effects {
            self.log_call(effect);
        }
        self.write_journal(&update, effects);
        effects.extend(update.effects.into_iter().map(Effect::Perform));
        self.is_dirty |= update.has_visible_change;
        let changes_text = !update.transitions.is_empty();
        for transition in update.transitions {
            self.log_transition(&transition, effects);
            self.on_transition(transition);
        }
        self.update_event_page();
        let scope = self.monitor.scope(self.scope);
        if changes_text {
            self.list.refresh(scope, self.now.wall);
        } else {
            self.list.update(scope, self.now.wall);
        }
        if self.details.is_some() && self.subject().is_none() {
            self.details = None;
        }
    }

    /// What the open dialog asks, as far as it could change under a person's fingers: where the tasks are,
    /// and which of them can be cancelled.
    fn open_question(&self) -> Option<(Option<Place>, Vec<BundleId>)> {
        let scope = self.scope();
        let can_be_cancelled = match &self.dialog {
            Some(Dialog::Confirm(confirm)) => {
                let task = self.tasks().by_id(&confirm.id);
                let is_so = task.is_some_and(|task| scope.why_not_cancel(task).is_none());
                is_so.then(|| confirm.id.clone()).into_iter().collect()
            }
            Some(Dialog::ConfirmTyped(dialog)) => dialog.cancellable(scope),
            Some(_) | None => return None,
        };
        Some((scope.place(), can_be_cancelled))
    }

    /// Says so if the tasks on the screen are now those of another account or region.
    fn announce_place_change(&mut self, before: Option<Place>) {
        if let (Some(before), Some(after)) = (before, self.scope().place())
            && !before.is(&after)
        {
            self.show_note(format!("The tasks are now those of {after}."));
        }
    }

    /// A cancel that did not simply succeed is shown in a dialog.
    fn on_transition(&mut self, transition: Transition) {
        let Change::Cancel(cancel, change) = transition.change else {
            return; // The list shows it.
        };
        let place = transition.place;
        let id = transition.bundle_id;
        if self.is_shown_in_panel(cancel, &id, &place, &change) {
            return;
        }
        let is_here = self.scope().place().is_some_and(|it| it.is(&place));
        let is_in_list = is_here && self.tasks().by_id(&id).is_some();
        let result = match change {
            CancelChange::Requested { .. }
            | CancelChange::Sent
            | CancelChange::Cancelling { .. }
            | CancelChange::Verdict { .. } => return,
            // The list shows it.
            CancelChange::Accepted { .. } if is_in_list => return,
            CancelChange::Accepted { .. } => CancelResult::Accepted,
            CancelChange::NotSent(reason) => CancelResult::NotSent(reason),
            CancelChange::Refused(error) => CancelResult::Refused(error),
            CancelChange::AnswerLost(error) => CancelResult::AnswerLost {
                error,
                looked_up: None,
            },
            CancelChange::LookedUp(found) => {
                self.looked_up(cancel, found);
                return;
            }
            CancelChange::Settled(state) => {
                let found = LookupResult::State(state.clone());
                let is_to_be_read = self.looked_up(cancel, found);
                if is_to_be_read || is_in_list && state.phase() >= Phase::Cancelling {
                    return;
                }
                CancelResult::Settled(state)
            }
        };
        self.outcomes.push_back(CancelOutcome {
            cancel,
            id,
            place,
            result,
        });
    }

    /// Records what happened to one of several cancels that were confirmed together. Returns whether it is
    /// one of these.
    fn is_shown_in_panel(
        &mut self,
        cancel: CancelId,
        id: &BundleId,
        place: &Arc<Place>,
        change: &CancelChange,
    ) -> bool {
        let Some(entry) = self.batch.entry(cancel, id) else {
            return false;
        };
        entry.place = Some(Arc::clone(place));
        let result = match change.clone() {
            CancelChange::Requested { .. } => None,
            CancelChange::Sent | CancelChange::Cancelling { .. } | CancelChange::Verdict { .. } => {
                return true;
            }
            CancelChange::Accepted { .. } => Some(CancelResult::Accepted),
            CancelChange::NotSent(reason) => Some(CancelResult::NotSent(reason)),
            CancelChange::Refused(error) => Some(CancelResult::Refused(error)),
            CancelChange::AnswerLost(error) => Some(CancelResult::AnswerLost {
                error,
                looked_up: None,
            }),
            CancelChange::LookedUp(found) => {
                if let Some(CancelResult::AnswerLost { looked_up, .. }) = &mut entry.result {
                    *looked_up = Some(found);
                }
                return true;
            }
            CancelChange::Settled(state) => Some(CancelResult::Settled(state)),
        };
        // The list shows what goes well.
        let is_to_be_read = !matches!(result, None | Some(CancelResult::Accepted));
        entry.result = result;
        self.batch.is_unread |= is_to_be_read;
        true
    }

    /// Adds what EC2 said about the task to the outcome of its cancel. Returns whether that is still to
    /// be read.
    fn looked_up(&mut self, cancel: CancelId, found: LookupResult) -> bool {
        let shown = match &mut self.dialog {
            Some(Dialog::Outcome(outcome)) => Some(outcome),
            Some(_) | None => None,
        };
        let mut outcomes = self.outcomes.iter_mut().chain(shown);
        let outcome = outcomes.find(|outcome| outcome.cancel == cancel);
        let is_to_be_read = outcome.is_some();
        if let Some(outcome) = outcome {
            outcome.looked_up(found);
        }
        is_to_be_read
    }

    /// Opens the next outcome once nothing covers the list and nothing is being typed.
    pub(super) fn show_next_outcome(&mut self) {
        if self.dialog.is_none() && self.prompt.is_none() {
            if let Some(outcome) = self.outcomes.pop_front() {
                self.open(Dialog::Outcome(outcome));
            } else if self.batch.is_unread {
                self.open(Dialog::Cancels);
            }
        }
    }
}
