//! From the wish to cancel to the confirmation: of one task, or of all marked ones.

use super::{App, Effect};
use crate::monitor::{Command, Freshness, Permission};
use crate::task::BundleId;
use crate::tui::dialog::confirm_typed::{MAX_TASKS, TypedWarning};
use crate::tui::dialog::{
    Button, CancelBatch, Confirm, ConfirmTyped, Confirmation, Dialog, Warning,
};
use crate::tui::keymap::{Action, Context};

impl App {
    /// Why no dialog would open that asks before a cancel; `None` if one would.
    pub(super) fn why_not_ask_to_cancel(&self) -> Option<String> {
        if let Some(reason) = self.why_no_cancels() {
            return Some(reason);
        }
        match (&self.marked()[..], self.subject()) {
            ([], None) => Some(self.why_no_subject().to_owned()),
            ([], Some(task)) => Some(self.scope().why_not_cancel(task)?.sentence()),
            ([only], _) => {
                let task = self.tasks().by_id(only)?;
                let reason = self.scope().why_not_cancel(task)?.sentence();
                Some(format!("{only}, marked: {reason}"))
            }
            (several, _) if several.len() > MAX_TASKS => Some(format!(
                "{} tasks are marked; at most {MAX_TASKS} can be cancelled at once.",
                several.len()
            )),
            _ => None,
        }
    }

    /// Whether the open dialog can lead to a cancel.
    pub(super) fn can_confirm(&self) -> bool {
        match &self.dialog {
            Some(Dialog::Confirm(confirm)) => {
                let task = self.tasks().by_id(&confirm.id);
                let is_denied = matches!(
                    self.scope().permission(&confirm.id),
                    Some(Permission::Denied(_))
                );
                !is_denied && task.is_some_and(|task| self.scope().why_not_cancel(task).is_none())
            }
            Some(Dialog::ConfirmTyped(dialog)) => !dialog.cancellable(self.scope()).is_empty(),
            Some(_) | None => true,
        }
    }

    /// The IDs of the marked tasks in the order of the list, those that are hidden last; none while the
    /// details are open, which are those of one task.
    fn marked(&self) -> Vec<BundleId> {
        if self.page() != Context::List || self.list.marks().is_empty() {
            return Vec::new();
        }
        let tasks = self.tasks();
        let mut ids = Vec::new();
        let mut seen = std::collections::HashSet::new();
        for slot in self.list.marked_in_order() {
            if let Some(task) = tasks.at(slot)
                && seen.insert(&task.task.bundle_id)
            {
                ids.push(task.task.bundle_id.clone());
            }
        }
        ids
    }

    /// Why there is no task to act on.
    fn why_no_subject(&self) -> &'static str {
        match self.scope().freshness() {
            _ if !self.tasks().is_empty() => "No task is shown: the filter hides them all.",
            Freshness::Live | Freshness::Paused => "There is no task to cancel.",
            Freshness::Connecting => "The list is not loaded yet, so there is no task to cancel.",
            Freshness::Stale | Freshness::Offline => {
                "The list could not be loaded, so there is no task to cancel."
            }
        }
    }

    /// Opens the dialog for the marked tasks, or for the one to act on, or says why not.
    pub(super) fn ask_to_cancel(&mut self, effects: &mut Vec<Effect>) {
        if self.page() == Context::List {
            self.list.mark_range();
        }
        if let Some(reason) = self.why_not(Action::AskToCancel) {
            return self.show_note(reason);
        }
        let mut ids = self.marked();
        if ids.is_empty() {
            ids.extend(self.subject().map(|task| task.task.bundle_id.clone()));
        }
        if let ([id], Confirmation::YesNo) = (&ids[..], self.preferences.confirmation) {
            self.open(Dialog::Confirm(Confirm::new(id.clone())));
        } else {
            let dialog = ConfirmTyped::new(ids.clone(), self.list.hidden_marks());
            ids = dialog.cancellable(self.scope());
            self.open(Dialog::ConfirmTyped(dialog));
        }
        self.command(Command::CheckPermissions(ids), effects);
    }

    /// Closes the dialog that asks; nothing is cancelled.
    pub(super) fn keep(&mut self, effects: &mut Vec<Effect>) {
        self.close();
        self.command(Command::StopCheckingPermissions, effects);
    }

    /// The key that presses the button in focus, or finishes what is typed.
    pub(super) fn press_focused(&mut self, is_deliberate: bool, effects: &mut Vec<Effect>) {
        match &self.dialog {
            Some(Dialog::Confirm(confirm)) => {
                let focus = confirm.focus;
                self.press(focus, is_deliberate, effects);
            }
            Some(Dialog::ConfirmTyped(dialog)) if dialog.field.text().trim().is_empty() => {
                self.keep(effects);
            }
            Some(Dialog::ConfirmTyped(_)) => self.confirm_typed(is_deliberate, effects),
            Some(_) | None => {}
        }
    }

    /// Cancels tasks, if what is asked for was typed.
    fn confirm_typed(&mut self, is_deliberate: bool, effects: &mut Vec<Effect>) {
        let scope = self.monitor.scope(self.scope);
        let Some(Dialog::ConfirmTyped(dialog)) = &mut self.dialog else {
            return;
        };
        let ids = dialog.cancellable(scope);
        let typed = dialog.field.text().trim();
        if ids.is_empty() {
            return; // The dialog says so.
        }
        if typed != ConfirmTyped::expected(&ids) {
            dialog.warning = Some(TypedWarning::Wrong);
            return;
        }
        if !is_deliberate {
            dialog.warning = Some(TypedWarning::TooEarly);
            return;
        }
        let is_one = dialog.ids.len() == 1;
        self.close();
        if self.page() == Context::List {
            self.list.unmark_all();
        }
        if is_one {
            self.command(Command::Cancel(ids), effects);
        } else {
            self.batch = CancelBatch::new(ids.clone());
            self.command(Command::Cancel(ids), effects);
            self.open_cancels();
        }
        self.note_if_paused();
    }

    /// Opens the panel that shows what became of several cancels.
    pub(super) fn open_cancels(&mut self) {
        match self.why_not(Action::Cancels) {
            None => self.open(Dialog::Cancels),
            Some(reason) => self.show_note(reason),
        }
    }

    /// A button of the confirm dialog was pressed.
    pub(super) fn press(&mut self, button: Button, is_deliberate: bool, effects: &mut Vec<Effect>) {
        let Some(Dialog::Confirm(confirm)) = &mut self.dialog else {
            return;
        };
        let id = confirm.id.clone();
        match button {
            Button::KeepTask => self.keep(effects),
            Button::CancelTask if !is_deliberate => confirm.warning = Some(Warning::TooEarly),
            Button::CancelTask => {
                let task = self.tasks().by_id(&id);
                if task.is_none_or(|task| self.scope().why_not_cancel(task).is_some()) {
                    return; // The dialog shows the reason in the place of the buttons.
                }
                if let Some(Permission::Denied(_)) = self.scope().permission(&id) {
                    if let Some(Dialog::Confirm(confirm)) = &mut self.dialog {
                        confirm.warning = Some(Warning::Denied);
                    }
                    return;
                }
                self.close();
                if self.page() == Context::List {
                    self.list.unmark_all();
                }
                self.command(Command::Cancel(vec![id]), effects);
                self.note_if_paused();
            }
        }
    }

    /// Says that the list will not show what becomes of a cancel, if it will not.
    fn note_if_paused(&mut self) {
        if self.scope().poll().is_paused() {
            let (refresh, pause) = (self.key_name(Action::Refresh), self.key_name(Action::Pause));
            self.show_note(format!(
                "Polling is paused: {refresh} asks EC2 once, {pause} resumes."
            ));
        }
    }
}
