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
    /// Refuses and warns from now on.
    pub fn restrict(&mut self, restrictions: Restrictions) {
        self.restrictions = restrictions;
        self.is_dirty = true;
    }

    /// What is refused and warned of.
    pub fn restrictions(&self) -> Restrictions {
        self.restrictions
    }

    /// Why nothing can be cancelled, whatever the task.
    pub(super) fn why_no_cancels(&self) -> Option<String> {
        if self.replay().is_some() {
            return Some("This is a recording: nothing can be cancelled.".to_owned());
        }
        let reason = "Nothing is cancelled: read_only is set in the settings.";
        self.restrictions.is_read_only.then(|| reason.to_owned())
    }
}
