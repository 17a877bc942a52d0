//! What the actions of the keymap do.

use super::{App, Details, Effect};
use crate::monitor::{Command, Freshness, Permission};
use crate::tui::dialog::{Button, Confirm, Dialog, Warning};
use crate::tui::keymap::{Action, Context};

impl App {
    /// Whether a key for `action` would do something now; the footer shows only such keys.
    pub fn is_useful(&self, action: Action) -> bool {
        let selected = self.selected();
        match action {
            Action::Up | Action::Down if self.context() != Context::List => self.max_scroll > 0,
            Action::Up | Action::Down => self.list.len() > 1,
            Action::Details | Action::AskToCancel => selected.is_some(),
            Action::Dismiss => selected.is_some_and(|task| task.unlisted_since.is_some()),
            Action::Policy => selected
                .and_then(|task| task.task.storage.as_ref())
                .is_some_and(|s3| s3.upload_policy.is_some()),
            Action::PageUp
            | Action::PageDown
            | Action::First
            | Action::Last
            | Action::Refresh
            | Action::Pause
            | Action::KeepTask
            | Action::CancelTask
            | Action::OtherButton
            | Action::Press
            | Action::Close
            | Action::Help
            | Action::Suspend
            | Action::Quit => true,
        }
    }

    pub(super) fn act(&mut self, action: Action, is_deliberate: bool, effects: &mut Vec<Effect>) {
        match action {
            Action::Up => self.scroll(-1),
            Action::Down => self.scroll(1),
            Action::PageUp => self.scroll(-self.page()),
            Action::PageDown => self.scroll(self.page()),
            Action::First => self.scroll(isize::MIN),
            Action::Last => self.scroll(isize::MAX),
            Action::Details => {
                if self.selected().is_some() {
                    self.details = Some(Details::default());
                }
            }
            Action::AskToCancel => self.ask_to_cancel(effects),
            Action::Refresh => self.command(Command::Refresh, effects),
            Action::Pause => self.command(Command::TogglePause, effects),
            Action::Dismiss => self.dismiss(effects),
            Action::Policy => self.toggle_policy(),
            Action::KeepTask => self.close(),
            Action::CancelTask => self.press(Button::CancelTask, is_deliberate, effects),
            Action::OtherButton => {
                if let Some(confirm) = self.confirm_dialog()
                    && is_deliberate
                {
                    confirm.focus = confirm.focus.other();
                }
            }
            Action::Press => {
                if let Some(focus) = self.confirm_dialog().map(|confirm| confirm.focus) {
                    self.press(focus, is_deliberate, effects);
                }
            }
            // An outcome opens by itself, so a key meant for something else must not close it.
            Action::Close if self.context() == Context::Outcome && !is_deliberate => {}
            Action::Close => self.close(),
            Action::Help => self.open(Dialog::Help { scroll: 0 }),
            Action::Suspend => effects.push(Effect::Suspend),
            Action::Quit => effects.push(Effect::Quit),
        }
    }

    /// Opens the cancel dialog for the selected task, or says why not.
    fn ask_to_cancel(&mut self, effects: &mut Vec<Effect>) {
        let Some(selected) = self.selected() else {
            let note = match self.scope().freshness() {
                Freshness::Live | Freshness::Paused => "There is no task to cancel.",
                Freshness::Connecting => {
                    "The list is not loaded yet, so there is no task to cancel."
                }
                Freshness::Stale | Freshness::Offline => {
                    "The list could not be loaded, so there is no task to cancel."
                }
            };
            return self.show_note(note);
        };
        if let Some(reason) = self.scope().why_not_cancel(selected) {
            return self.show_note(reason.sentence());
        }
        let id = selected.task.bundle_id.clone();
        self.command(Command::CheckPermission(id.clone()), effects);
        self.open(Dialog::Confirm(Confirm::new(id)));
    }

    /// A button of the confirm dialog was pressed.
    fn press(&mut self, button: Button, is_deliberate: bool, effects: &mut Vec<Effect>) {
        let Some(confirm) = self.confirm_dialog() else {
            return;
        };
        let id = confirm.id.clone();
        match button {
            Button::KeepTask => self.close(),
            Button::CancelTask if !is_deliberate => confirm.warning = Some(Warning::TooEarly),
            Button::CancelTask => {
                let task = self.tasks().by_id(&id);
                if task.is_none_or(|task| self.scope().why_not_cancel(task).is_some()) {
                    return; // The dialog shows the reason in the place of the buttons.
                }
                if let Some(Permission::Denied(_)) = self.scope().permission(&id) {
                    if let Some(confirm) = self.confirm_dialog() {
                        confirm.warning = Some(Warning::Denied);
                    }
                    return;
                }
                self.close();
                self.command(Command::Cancel(id), effects);
                if self.scope().poll().is_paused() {
                    let (refresh, pause) =
                        (self.key_name(Action::Refresh), self.key_name(Action::Pause));
                    self.show_note(format!(
                        "Polling is paused: {refresh} asks EC2 once, {pause} resumes."
                    ));
                }
            }
        }
    }

    fn dismiss(&mut self, effects: &mut Vec<Effect>) {
        let selected = self.selected();
        match selected.filter(|task| task.unlisted_since.is_some()) {
            Some(task) if self.scope().is_cancel_under_way(&task.task.bundle_id) => {
                self.show_note("A cancel of this task is under way; wait for its outcome.");
            }
            Some(task) => {
                let key = task.key();
                self.command(Command::Dismiss(key), effects);
                self.details = None;
            }
            None => self.show_note("Only a task that EC2 no longer lists can be dismissed."),
        }
    }

    fn toggle_policy(&mut self) {
        if self.is_useful(Action::Policy) {
            if let Some(details) = &mut self.details {
                details.shows_policy = !details.shows_policy;
            }
        } else {
            self.show_note("EC2 sent no upload policy with this task.");
        }
    }

    /// Rows per page in the current context.
    fn page(&self) -> isize {
        let layout = self.layout();
        let page = match self.context() {
            Context::List => layout.rows,
            Context::Details | Context::Confirm | Context::Outcome | Context::Help => {
                usize::from(layout.body.height.saturating_sub(2))
            }
        };
        isize::try_from(page.max(1)).unwrap_or(isize::MAX)
    }

    fn scroll(&mut self, by: isize) {
        let scroll = match (&mut self.dialog, &mut self.details) {
            (Some(Dialog::Help { scroll }), _) | (None, Some(Details { scroll, .. })) => scroll,
            (Some(Dialog::Confirm(_) | Dialog::Outcome(_)), _) => return,
            (None, None) => {
                let to = self.list.cursor().saturating_add_signed(by);
                let tasks = self.monitor.scope(self.scope).tasks();
                return self.list.select(to, tasks);
            }
        };
        let to = usize::from(*scroll).saturating_add_signed(by);
        *scroll = u16::try_from(to).unwrap_or(u16::MAX).min(self.max_scroll);
    }
}
