//! What the UI is started with, and how it ends.

use std::path::PathBuf;

use jiff::SignedDuration;

use super::app::SettingsMessage;
use super::list::order::Order;
use super::preferences::Preferences;
use super::replay::ReplayDriver;
use super::settings::SettingsSource;
use super::theme::{Theme, ThemeCatalog};
use crate::ec2::Settings;
use crate::monitor::driver::WallClock;
use crate::signal::Signal;

/// What the UI is started with.
pub struct Options {
    /// How to reach EC2.
    pub settings: Settings,
    /// Whether this is the demonstration.
    pub demo: bool,
    /// What the settings say of the UI.
    pub preferences: Preferences,
    /// The themes that there are.
    pub catalog: ThemeCatalog,
    /// Where changes of the settings are read; `None` if they are not.
    pub settings_source: Option<SettingsSource>,
    /// What the rows are sorted by at the start.
    pub order: Order,
    /// The filter at the start.
    pub filter: String,
    /// What to say at the start.
    pub settings_message: Option<SettingsMessage>,
    /// How it looks.
    pub theme: Theme,
    /// Whether to ask the terminal whether its background is dark or light, and to look accordingly.
    pub follows_background: bool,
    /// Wall-clock time: this machine's, or a demo's own.
    pub wall: WallClock,
    /// A recording to replay in the place of EC2.
    pub replay: Option<ReplayDriver>,
    /// The journal; `None` if none is to be kept.
    pub journal: Option<JournalOptions>,
}

/// Which journal is kept.
#[derive(Clone, Debug)]
pub struct JournalOptions {
    /// Whether the file is removed at the end.
    pub is_temporary: bool,
    /// The file.
    pub path: PathBuf,
    /// Tasks that were not seen for longer than this are forgotten.
    pub retention: SignedDuration,
}

/// How the UI ended.
#[derive(Debug)]
pub struct Exit {
    /// The signal that ended it; `None` if a person quit.
    pub signal: Option<Signal>,
    /// What to say on the shell's screen, if a cancel is unsettled.
    pub exit_message: Option<String>,
}
