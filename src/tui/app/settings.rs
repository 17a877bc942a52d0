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
    /// What has changed.
    pub message: SettingsMessage,
}

/// What to say of the settings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SettingsMessage {
    /// A sentence for the footer.
    pub summary: String,
    /// The same for the event log, an entry each.
    pub entries: Vec<String>,
}

impl App {
    /// What the settings say of the UI.
    pub fn preferences(&self) -> &Preferences {
        &self.preferences
    }

    /// Says what there is to say of the settings.
    pub fn say_of_settings(&mut self, message: SettingsMessage) {
        for entry in message.entries {
            self.log_message(format!("Settings: {entry}"));
        }
        self.show_note(message.summary);
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
        let is_read_only = self.restrictions().why_read_only.is_some();
        // A question is not answered in another way than it was asked.
        let is_asked_otherwise = self.preferences.confirmation != before.confirmation;
        let mut message = settings.message;
        if asks && (is_read_only || is_asked_otherwise) {
            self.keep(effects);
            message.summary = format!(
                "Not cancelled: the question was closed. {}",
                message.summary
            );
        }
        if is_read_only {
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
        self.say_of_settings(message);
    }
}
