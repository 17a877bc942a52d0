//! From what the terminal sends to actions, and to text that is typed.

use crossterm::event::{Event as TerminalEvent, KeyEvent};

use super::{App, Effect};
use crate::text::Charset;
use crate::tui::dialog::Dialog;
use crate::tui::input::TextField;
use crate::tui::keymap::{Action, Bound, Context, Key};

/// The key that asked for an action.
#[derive(Clone, Copy)]
pub(super) struct KeyPress {
    /// Which of the binding's keys it is.
    pub number: usize,
    /// Whether a person pressed it as an answer to what is on the screen.
    pub is_deliberate: bool,
}

impl App {
    pub(super) fn input(&mut self, events: &[TerminalEvent], effects: &mut Vec<Effect>) {
        let is_lone_key = self.key_timing.is_lone_key(events, self.now.mono);
        self.key_timing.record(events, self.now.mono);
        for event in events {
            if let TerminalEvent::Resize(width, height) = event {
                self.size = (*width, *height);
                // What is drawn at the new size has not been seen yet.
                self.key_timing.restart_reading_time();
                self.is_dirty = true;
                continue;
            }
            match event {
                TerminalEvent::FocusGained => self.has_focus = Some(true),
                TerminalEvent::FocusLost => self.has_focus = Some(false),
                _ => {}
            }
            if let Some(key) = event.as_key_press_event() {
                self.key(key, is_lone_key, effects);
            } else if let TerminalEvent::Mouse(event) = event {
                self.mouse(*event, is_lone_key, effects);
            } else if matches!(event, TerminalEvent::Paste(_)) {
                self.type_into_field(event);
            }
        }
    }

    fn key(&mut self, key: KeyEvent, is_lone_key: bool, effects: &mut Vec<Effect>) {
        self.is_dirty |= self.note.take().is_some();
        // Nothing can be seen on a screen that is too small, so a person can only leave.
        let is_too_small = self.layout().is_too_small();
        let context = if is_too_small {
            Context::List
        } else {
            self.context()
        };
        // What was pressed at another page is no beginning here.
        let before = self.pressed.take();
        let before = before.filter(|(began_in, _)| *began_in == context);
        let mut pressed = before.map_or_else(Vec::new, |(_, pressed)| pressed);
        pressed.push(key.into());
        match self.preferences.keymap.bound(context, &pressed) {
            Bound::To(action, _)
                if is_too_small && !matches!(action, Action::Quit | Action::Suspend) => {}
            Bound::To(action, number) => {
                let is_deliberate = is_lone_key && self.can_be_answered();
                let press = KeyPress {
                    number,
                    is_deliberate,
                };
                self.act(action, Some(press), effects);
                self.is_dirty = true;
            }
            Bound::Beginning => {
                self.pressed = Some((context, pressed));
                self.is_dirty = true;
            }
            Bound::Nothing if is_too_small => {}
            Bound::Nothing if context.takes_text() => {
                self.type_into_field(&TerminalEvent::Key(key));
            }
            Bound::Nothing if context == Context::Menu => self.choose_by_letter(key, effects),
            Bound::Nothing => self.note_unbound(&pressed),
        }
    }

    /// The text field that keys go into, if one is open.
    fn text_field(&mut self) -> Option<&mut TextField> {
        match (&mut self.dialog, &mut self.prompt) {
            (Some(Dialog::Palette(palette)), _) => Some(&mut palette.field),
            (Some(Dialog::ConfirmTyped(dialog)), _) => Some(&mut dialog.field),
            (Some(_), _) => None,
            (None, prompt) => prompt.as_mut().map(|prompt| &mut prompt.field),
        }
    }

    fn type_into_field(&mut self, event: &TerminalEvent) {
        let Some(field) = self.text_field() else {
            return;
        };
        if field.handle(event) {
            self.is_dirty = true;
            match &mut self.dialog {
                Some(Dialog::Palette(palette)) => palette.update(),
                Some(Dialog::ConfirmTyped(dialog)) => dialog.warning = None,
                Some(_) => {}
                None => self.prompt_edited(),
            }
        }
    }

    /// The keys that were pressed, of which others are expected to follow.
    pub fn pressed(&self) -> &[Key] {
        let pressed = self.pressed.as_ref();
        pressed.map_or(&[], |(_, pressed)| pressed)
    }

    fn note_unbound(&mut self, pressed: &[Key]) {
        let help = self.key_name(Action::Help);
        let names: Vec<_> = pressed
            .iter()
            .map(|key| key.name(Charset::Unicode))
            .collect();
        let key = names.join(" ");
        self.show_note(if help.is_empty() {
            format!("{key} does nothing here.")
        } else {
            format!("{key} does nothing here; {help} shows the keys.")
        });
    }

    /// The name of the key for an action in the current context; empty if there is none.
    pub(super) fn key_name(&self, action: Action) -> String {
        self.preferences
            .keymap
            .key_name(self.context(), action, Charset::Unicode)
    }
}
