//! What the settings refuse or warn of.

use super::App;

/// What the settings refuse or warn of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Restrictions {
    /// Whether cancelling is refused.
    pub is_read_only: bool,
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
        let reason = "Nothing is cancelled: read_only is set in the settings.";
        let is_read_only = self.restrictions().is_read_only;
        is_read_only.then(|| reason.to_owned())
    }
}
