//! What the settings say of the UI, and can change while it runs.

use std::time::Duration;

use super::app::Restrictions;
use super::clipboard::ClipboardChoice;
use super::column::{Column, ShownColumn};
use super::dialog::Confirmation;
use super::keymap::Keymap;
use super::notice::NoticeOptions;
use super::theme::ThemeFile;
use crate::text::TimeStyle;

/// What the settings say of the UI, and can change while it runs.
#[derive(Clone, Debug)]
pub struct Preferences {
    /// The keys.
    pub keymap: Keymap,
    /// The interval between polls; adaptive if `None`.
    pub interval: Option<Duration>,
    /// Whether to use the mouse.
    pub mouse: bool,
    /// What is refused or warned of.
    pub restrictions: Restrictions,
    /// How a cancel is confirmed.
    pub confirmation: Confirmation,
    /// The columns of the table, from left to right.
    pub columns: Vec<ShownColumn>,
    /// How times are written.
    pub times: TimeStyle,
    /// Which notices are given outside the screen.
    pub notices: NoticeOptions,
    /// The names of the themes that there are.
    pub theme_names: Vec<String>,
    /// Which clipboard a text is copied to.
    pub clipboard: ClipboardChoice,
}

impl Default for Preferences {
    fn default() -> Self {
        Self {
            keymap: Keymap::built_in().clone(),
            interval: None,
            mouse: false,
            restrictions: Restrictions::default(),
            confirmation: Confirmation::default(),
            columns: Column::ALL.map(ShownColumn::from).into(),
            times: TimeStyle::default(),
            notices: NoticeOptions::default(),
            theme_names: ThemeFile::built_in_names().map(str::to_owned).collect(),
            clipboard: ClipboardChoice::default(),
        }
    }
}
