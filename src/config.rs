//! The settings: `config.toml`, and what takes precedence over it.
//!
//! A setting is a field of [`Config`], declared once. Its default is in `assets/config.toml`; its path, such
//! as `notices.on`, is what the file, `config show` and the schema call it.
//!
//! ```text
//! default  <  the file  <  its sections [profile.NAME]  <  environment  <  command line
//! ```
//!
//! What is wrong in a file is a [`Problem`](crate::toml_file::Problem) that says where; the setting then has the value it would have
//! without that line. So the program always starts. A setting that protects tasks, such as `read_only`, has its
//! strictest value instead.
//!
//! | file       | what it is                                                     |
//! |------------|----------------------------------------------------------------|
//! | `guard`    | the settings that protect tasks, if there is a mistake in them |
//! | `keys`     | the keys that the settings wish                                |
//! | `load`     | from the layers to the settings in force, each with its source |
//! | `schema`   | the JSON Schema of the file                                    |
//! | `source`   | where the value of a setting comes from                        |
//! | `theme`    | the themes that the settings name                              |
//! | `unknown`  | names that are not those of settings, and what was meant       |
//! | `values`   | the types of settings that are written as text                 |

mod guard;
mod keys;
mod load;
mod schema;
mod source;
mod theme;
mod unknown;
mod values;

use std::io;
use std::path::PathBuf;

use etcetera::BaseStrategy as _;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::environment;
use crate::text::{TimeCells, TimeStyle};
use crate::tui::clipboard::ClipboardChoice;
use crate::tui::dialog::Confirmation;
use crate::tui::notice::{NoticeChannel, NoticeKind};

pub use keys::KeySet;
pub use load::{File, Layer, LoadedConfig};
pub use schema::schema;
pub use source::{InForce, Source};
pub use values::{
    ColorChoice, Columns, Interval, OutputFormat, PagerCommand, Retention, Sort, SymbolChoice,
    Words, Zone, duration,
};

/// The value of settings that are chosen by what is found.
pub const AUTO: &str = "auto";

/// The section of other values for some profiles.
const PROFILE: &str = "profile";

/// The documented defaults.
pub const DEFAULT: &str = include_str!("../assets/config.toml");

/// The settings.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// How often EC2 is asked for the list: "auto", or a time from "500ms" to "24h".
    pub interval: Interval,
    /// "auto" asks the terminal for its background and takes `theme_dark` or `theme_light`; otherwise a theme.
    pub theme: String,
    /// The theme for a dark background.
    pub theme_dark: String,
    /// The theme for a light background.
    pub theme_light: String,
    /// "auto" is "unicode" unless the locale has no UTF-8; "ascii"; "nerd" if the terminal has a Nerd Font.
    #[serde(deserialize_with = "values::choice")]
    pub symbols: SymbolChoice,
    /// "auto" is as many as the terminal has; "truecolor", "256", "16", "never".
    #[serde(deserialize_with = "values::choice")]
    pub colors: ColorChoice,
    /// Whether the mouse is used from the start.
    pub mouse: bool,
    /// How a cancel of one task is confirmed: "yes-no", or "typed" for the end of the task's ID. Several tasks
    /// are always confirmed by their number.
    #[serde(deserialize_with = "values::choice")]
    pub confirm: Confirmation,
    /// Where copied text goes: "auto", "native" for the desktop, "osc52" for the terminal, "both", "off" for a
    /// file.
    #[serde(deserialize_with = "values::choice")]
    pub clipboard: ClipboardChoice,
    /// The time zone of the times on the screen and in `watch`: "UTC", "local", or a name such as
    /// "Europe/Berlin". "auto" is "local" if the environment variable TZ is set, otherwise "UTC".
    pub time_zone: Zone,
    /// Whether cancelling is refused.
    pub read_only: bool,
    /// Whether to warn in the header that this is a production account.
    pub production: bool,
    /// The keys that the section of the keys changes: "default", "vi", "emacs".
    #[serde(deserialize_with = "values::choice")]
    pub key_set: KeySet,
    /// The list of tasks.
    pub list: ListConfig,
    /// Notices while the terminal is not in focus.
    pub notices: NoticesConfig,
    /// The journal.
    pub journal: JournalConfig,
    /// The output of the AWS commands and of `history`.
    pub commands: CommandsConfig,
}

impl Config {
    /// How times are written.
    pub fn time_style(&self) -> TimeStyle {
        TimeStyle::new(self.time_zone.0.clone(), self.list.times)
    }
}

/// The settings of the list.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ListConfig {
    /// What the rows are sorted by at the start: a column, and "ascending" or "descending";
    /// without either, in the column's usual direction.
    pub sort: Sort,
    /// Whether tasks that have ended come after all others.
    pub finished_last: bool,
    /// The filter at the start, as it is typed after /.
    pub filter: String,
    /// The columns from left to right, as far as there is room; "storage 60" has that width.
    pub columns: Columns,
    /// How times are shown: "relative", or "absolute".
    #[serde(deserialize_with = "values::choice")]
    pub times: TimeCells,
}

/// The settings of notices.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NoticesConfig {
    /// What to give notices about.
    #[serde(deserialize_with = "values::choices")]
    pub on: Vec<NoticeKind>,
    /// How they are given.
    #[serde(deserialize_with = "values::channels")]
    pub channels: Vec<NoticeChannel>,
    /// A command to run for each; none if it is empty.
    pub command: Words,
}

/// The settings of the output of commands.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CommandsConfig {
    /// The format: "json", "text", "table", "yaml", "yaml-stream", "off"; "auto" is that of the AWS profile,
    /// or else "json".
    pub output: OutputFormat,
    /// The pager on a terminal, a command; "" for none; "auto" is that of the AWS profile or of PAGER, or else
    /// "less".
    pub pager: PagerCommand,
}

/// The settings of the journal.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct JournalConfig {
    /// Whether tasks and cancels are kept in a file.
    pub keep: bool,
    /// The file; if it is empty, journal.sqlite3 in the state directory.
    pub file: PathBuf,
    /// Tasks that were not seen for that long are forgotten.
    pub retention: Retention,
}

/// Where the file is if no other is named: `config.toml` in the program's own directory of
/// `$XDG_CONFIG_HOME`, or of the platform's place for settings on macOS and Windows.
///
/// # Errors
///
/// If there is no home directory.
pub fn default_path() -> io::Result<PathBuf> {
    let directory = match environment::variable("XDG_CONFIG_HOME") {
        Some(directory) => PathBuf::from(directory),
        None => etcetera::base_strategy::choose_native_strategy()
            .map_err(io::Error::other)?
            .config_dir(),
    };
    Ok(directory.join("bundletop").join("config.toml"))
}
