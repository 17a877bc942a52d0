//! Keys to behaviour.

use std::time::Duration;

use crossterm::event::Event;

use super::{Details, Dialog, Effect, Focus, State};
use crate::tui::keymap::{self, Action, Context};

/// How long a dialog must have been on the screen before a key can be an answer to it: nobody reads
/// and reacts faster.
const SEEN: Duration = Duration::from_millis(200);
/// How long no other key may have come before one that is meant: what comes closer is a paste, a
/// held key or a cat.
const QUIET: Duration = Duration::from_millis(100);

impl State {
    /// Where keys go now.
    pub fn context(&self) -> Context {
        match &self.dialog {
            None if self.details.is_some() => Context::Details,
            None => Context::List,
            Some(Dialog::Confirm(_)) => Context::Confirm,
            Some(Dialog::Outcome(_)) => Context::Outcome,
            Some(Dialog::Help { .. }) => Context::Help,
        }
    }

    pub(super) fn input(&mut self, events: &[Event], effects: &mut Vec<Effect>) {
        // Nobody types two keys at once: several together are a paste, or were typed while the
        // program could not look.
        let alone = events
            .iter()
            .filter(|event| event.is_key_press() || matches!(event, Event::Paste(_)))
            .count()
            == 1;
        let before = self.last_key;
        if events.iter().any(Event::is_key_press) {
            self.last_key = Some(self.now.mono);
        }
        let quiet = before.is_none_or(|key| self.now.mono.saturating_sub(key) >= QUIET);
        let meant = alone && quiet;
        for event in events {
            if let Event::Resize(width, height) = event {
                self.size = (*width, *height);
                // What is drawn at the new size has not been seen yet.
                self.drawn = None;
                self.dirty = true;
            } else if let Some(key) = event.as_key_press_event() {
                self.dirty |= self.note.take().is_some();
                if let Some(action) = keymap::find_action(self.context(), key) {
                    self.act(action, meant, effects);
                    self.dirty = true;
                }
            }
        }
    }

    fn act(&mut self, action: Action, meant: bool, effects: &mut Vec<Effect>) {
        let meant = meant && self.is_armed();
        match action {
            Action::Up => self.scroll(-1),
            Action::Down => self.scroll(1),
            Action::PageUp => self.scroll(-self.page()),
            Action::PageDown => self.scroll(self.page()),
            Action::First => self.scroll(isize::MIN),
            Action::Last => self.scroll(isize::MAX),
            Action::Details => {
                if self.rows.selected().is_some() {
                    self.details = Some(Details::default());
                }
            }
            Action::Cancel => self.ask_to_cancel(effects),
            Action::Refresh => {
                if let Some(asked) = self.poll.refresh(self.now.mono) {
                    effects.push(self.ask(asked));
                }
            }
            Action::Pause => self.poll.toggle_pause(self.now.mono),
            Action::Dismiss => {
                if self.rows.dismiss_selected() {
                    self.details = None;
                } else {
                    self.note =
                        Some("Only a task that EC2 no longer lists can be dismissed.".into());
                }
            }
            Action::Policy => {
                if self.is_useful(Action::Policy) {
                    if let Some(details) = &mut self.details {
                        details.policy = !details.policy;
                    }
                } else {
                    self.note = Some("EC2 sent no upload policy with this task.".into());
                }
            }
            Action::Keep => self.close(),
            Action::Confirm => self.press(Focus::Cancel, meant, effects),
            Action::OtherButton => {
                if let Some(Dialog::Confirm(confirm)) = &mut self.dialog
                    && meant
                {
                    confirm.focus = match confirm.focus {
                        Focus::Keep => Focus::Cancel,
                        Focus::Cancel => Focus::Keep,
                    };
                }
            }
            Action::Press => {
                if let Some(Dialog::Confirm(confirm)) = &self.dialog {
                    self.press(confirm.focus, meant, effects);
                }
            }
            // An outcome opens by itself, so a key on its way to something else must not close it.
            Action::Close if self.context() == Context::Outcome && !meant => {}
            Action::Close => self.close(),
            Action::Help => self.open(Dialog::Help { scroll: 0 }),
            Action::Suspend => effects.push(Effect::Suspend),
            Action::Quit => effects.push(Effect::Quit),
        }
    }

    /// A button of the confirm dialog was pressed.
    fn press(&mut self, button: Focus, meant: bool, effects: &mut Vec<Effect>) {
        match button {
            Focus::Keep => self.close(),
            Focus::Cancel if meant => self.confirm(effects),
            Focus::Cancel => {
                if let Some(Dialog::Confirm(confirm)) = &mut self.dialog {
                    confirm.too_early = true;
                }
            }
        }
    }

    /// When a key may confirm the open dialog.
    pub(super) fn arms_at(&self) -> Option<Duration> {
        self.dialog.as_ref()?;
        Some(self.drawn? + SEEN)
    }

    /// Whether the dialog has been on the screen long enough to be read before the newest key.
    pub fn is_armed(&self) -> bool {
        self.arms_at().is_some_and(|at| at <= self.now.mono)
    }

    /// Rows of a page of what keys move through now.
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
                let to = self.rows.cursor().saturating_add_signed(by);
                return self.rows.select(to);
            }
        };
        let to = usize::from(*scroll).saturating_add_signed(by);
        *scroll = u16::try_from(to).unwrap_or(u16::MAX).min(self.overflow);
    }

    pub(super) fn open(&mut self, dialog: Dialog) {
        self.dialog = Some(dialog);
        self.drawn = None;
        self.overflow = 0;
        self.dirty = true;
    }

    /// Closes what is on top: the dialog, or else the details.
    pub(super) fn close(&mut self) {
        if self.dialog.take().is_none() {
            self.details = None;
        }
        self.overflow = 0;
        self.dirty = true;
    }
}
