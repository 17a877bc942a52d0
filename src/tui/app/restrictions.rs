//! What the settings refuse or warn of.

use super::App;

/// What the settings refuse or warn of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Restrictions {
    /// Why nothing is to be cancelled, as the beginning of a sentence; `None` if cancels are allowed.
    pub why_read_only: Option<&'static str>,
    /// Whether the header warns that this is a production account.
    pub is_production: bool,
}

impl App {
    /// What is refused and warned of.
    pub fn restrictions(&self) -> Restrictions {
        self.preferences.restrictions
    }

    /// Why nothing can be cancelled, whatever the task.
    pub(super) fn why_no_cancels(&self) -> Option<String> {
        if self.replay().is_some() {
            return Some("This is a recording: nothing can be cancelled.".to_owned());
        }
        let reason = self.restrictions().why_read_only?;
        Some(format!("Nothing is cancelled: {reason}."))
    }
}
