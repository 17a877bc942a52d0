//! Settings that change while the program runs.

use super::{App, Effect};
use crate::monitor::Command;
use crate::tui::dialog::Dialog;
use crate::tui::list::order::Order;
use crate::tui::preferences::Preferences;

/// What the settings say now.
#[derive(Clone, Debug)]
pub struct ChangedSettings {
    /// What they say of the UI.
    pub preferences: Preferences,
    /// What the rows are sorted by, if that has changed.
    pub order: Option<Order>,
    /// The filter, if that has changed.
    pub filter: Option<String>,
    /// What has changed, in a sentence.
    pub note: String,
}

impl App {
    /// What the settings say of the UI.
    pub fn preferences(&self) -> &Preferences {
        &self.preferences
    }

    /// Takes changed settings.
    pub(super) fn settings_changed(
        &mut self,
        settings: ChangedSettings,
        effects: &mut Vec<Effect>,
    ) {
        let before = std::mem::replace(&mut self.preferences, settings.preferences);
        let (mouse, interval) = (self.preferences.mouse, self.preferences.interval);
        if mouse != before.mouse {
            self.use_mouse(mouse, effects);
        }
        if interval != before.interval {
            self.command(Command::SetInterval(interval), effects);
        }
        // The settings are the last word.
        self.theme = None;
        // What a key means may have changed under a person's fingers.
        self.key_timing.restart_reading_time();
        let asks = matches!(
            self.dialog,
            Some(Dialog::Confirm(_) | Dialog::ConfirmTyped(_))
        );
        if self.restrictions().is_read_only {
            if asks {
                self.keep(effects);
            }
            self.command(Command::StopCancels, effects);
        }
        // A beginning of keys may be one no longer.
        self.pressed = None;
        self.list.write_times(self.preferences.times.clone());
        if let Some(order) = settings.order {
            self.set_order(order);
        }
        if let Some(filter) = settings.filter {
            let scope = self.monitor.scope(self.scope);
            self.list.set_filter(&filter, scope, self.now.wall);
        }
        self.show_note(settings.note);
    }
}
