//! The app and its monitor: what the app sends it, and how the app handles changes.

use super::{App, Effect};
use crate::monitor::{self, Change, Command, Transition, Update};
use crate::tui::dialog::{CancelOutcome, Dialog};

impl App {
    pub(super) fn command(&mut self, command: Command, effects: &mut Vec<Effect>) {
        let event = monitor::Event::Command(self.scope, command);
        self.tell_monitor(event, effects);
    }

    pub(super) fn tell_monitor(&mut self, event: monitor::Event, effects: &mut Vec<Effect>) {
        let selected = self.list.selected_key().cloned();
        self.monitor.pin(self.scope, selected);
        let update = self.monitor.update(event, self.now);
        self.apply_update(update, effects);
    }

    pub(super) fn poll_if_due(&mut self, effects: &mut Vec<Effect>) {
        let update = self.monitor.poll_if_due(self.now);
        self.apply_update(update, effects);
    }

    fn apply_update(&mut self, update: Update, effects: &mut Vec<Effect>) {
        effects.extend(update.effects.into_iter().map(Effect::Perform));
        self.is_dirty |= update.has_visible_change;
        for transition in update.transitions {
            self.on_transition(transition);
        }
        self.list.update(self.monitor.scope(self.scope).tasks());
    }

    /// A cancel that did not simply succeed is shown in a dialog.
    fn on_transition(&mut self, transition: Transition) {
        let id = transition.bundle_id;
        match transition.change {
            Change::CancelNotSent(reason) => {
                self.outcomes.push_back(CancelOutcome::not_sent(id, reason));
            }
            Change::CancelRefused(error) => {
                self.outcomes.push_back(CancelOutcome::refused(id, error));
            }
            Change::CancelAnswerLost(error) => {
                self.outcomes
                    .push_back(CancelOutcome::answer_lost(id, error));
            }
            Change::LostCancelLookedUp(found) => {
                let shown = match &mut self.dialog {
                    Some(Dialog::Outcome(outcome)) => Some(outcome),
                    Some(Dialog::Confirm(_) | Dialog::Help { .. }) | None => None,
                };
                let mut outcomes = self.outcomes.iter_mut().chain(shown);
                if let Some(outcome) = outcomes.find(|outcome| outcome.awaits_lookup(&id)) {
                    outcome.looked_up(found);
                }
            }
            Change::Appeared { .. }
            | Change::State { .. }
            | Change::Progress { .. }
            | Change::Error(_)
            | Change::NoLongerListed
            | Change::ListedAgain
            | Change::CancelRequested
            | Change::CancelAccepted => {}
        }
    }

    /// Opens the next outcome once nothing covers the list.
    pub(super) fn show_next_outcome(&mut self) {
        if self.dialog.is_none()
            && let Some(outcome) = self.outcomes.pop_front()
        {
            self.open(Dialog::Outcome(outcome));
        }
    }
}
