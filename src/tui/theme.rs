//! What things look like: a style for each role, from the files of themes.

mod catalog;
mod file;

use std::collections::HashMap;
use std::sync::Arc;

use ratatui::style::Style;
use serde::Deserialize;

use super::symbols::{SymbolSet, Symbols};
use crate::environment;
use crate::task::Phase;
use crate::text::Charset;
pub use catalog::{NamedTheme, ThemeCatalog, ThemeError};
pub use file::ThemeFile;

/// What a piece of text is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// Ordinary text.
    Text,
    /// Text of little importance.
    Dim,
    /// Names of fields.
    Label,
    /// Titles of columns and sections.
    Heading,
    /// Titles of boxes.
    Title,
    /// What stands out.
    Strong,
    /// The key to press.
    Key,
    /// The selected row.
    Selected,
    /// The mark of the selected row, and of marked ones.
    Pointer,
    /// The name of a member in JSON or YAML.
    MemberName,
    /// A string in JSON or YAML.
    MemberValue,
    /// Letters that a filter found.
    Found,
    /// A text being typed.
    Input,
    /// Borders.
    Border,
    /// The mark that this is the demonstration.
    Demo,
    /// `pending`
    Pending,
    /// `waiting-for-shutdown`
    Waiting,
    /// `bundling`
    Bundling,
    /// `storing`
    Storing,
    /// `cancelling`
    Cancelling,
    /// `complete`
    Complete,
    /// `failed`
    Failed,
    /// A state that is not documented.
    Unknown,
    /// The part of a bar that is not filled.
    Trough,
    /// All is well.
    Good,
    /// Under way.
    Active,
    /// Needs attention.
    Warning,
    /// Went wrong.
    Bad,
    /// A dialog.
    Panel,
    /// What a dialog covers.
    Covered,
    /// The border and title of a dialog that asks before something is lost.
    Danger,
    /// A button.
    Button,
    /// The button in focus.
    ButtonInFocus,
    /// The same, if it cannot be undone.
    DangerInFocus,
    /// A button that cannot be pressed.
    Disabled,
}

/// The terminal's background.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Background {
    /// Dark.
    Dark,
    /// Light.
    Light,
}

/// How many colours the terminal has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ColorDepth {
    /// None are used.
    None,
    /// The sixteen that the person who set up the terminal chose.
    Sixteen,
    /// 256.
    Palette256,
    /// All.
    TrueColor,
}

/// The themes for a dark and for a light background.
#[derive(Clone, Debug, PartialEq)]
pub struct Themes(Arc<[ThemeFile; 2]>);

impl Default for Themes {
    /// Those that are compiled in.
    fn default() -> Self {
        Self::new(
            ThemeFile::of(Background::Dark),
            ThemeFile::of(Background::Light),
        )
    }
}

impl Themes {
    /// A theme for each background.
    pub fn new(dark: ThemeFile, light: ThemeFile) -> Self {
        Self(Arc::new([dark, light]))
    }

    /// One theme for every background.
    pub fn only(theme: ThemeFile) -> Self {
        Self::new(theme.clone(), theme)
    }

    fn on(&self, background: Background) -> &ThemeFile {
        let [dark, light] = &*self.0;
        match background {
            Background::Dark => dark,
            Background::Light => light,
        }
    }
}

/// How everything looks.
#[derive(Clone, Debug)]
pub struct Theme {
    themes: Themes,
    styles: HashMap<Role, Style>,
    background: Background,
    colors: ColorDepth,
    symbols: SymbolSet,
}

impl Theme {
    /// The built-in theme for a background.
    pub fn new(background: Background, colors: ColorDepth, charset: Charset) -> Self {
        Self::of(Themes::default(), background, colors, charset.into())
    }

    /// The theme of a pair that is for a background.
    pub fn of(
        themes: Themes,
        background: Background,
        colors: ColorDepth,
        symbols: SymbolSet,
    ) -> Self {
        Self {
            styles: themes.on(background).styles(colors),
            themes,
            background,
            colors,
            symbols,
        }
    }

    /// The same on another background.
    #[must_use]
    pub fn on(&self, background: Background) -> Self {
        Self::of(self.themes.clone(), background, self.colors, self.symbols)
    }

    /// The same with other themes.
    #[must_use]
    pub fn with(&self, themes: Themes) -> Self {
        Self::of(themes, self.background, self.colors, self.symbols)
    }

    /// The background that it is for.
    pub fn background(&self) -> Background {
        self.background
    }

    /// The characters to draw with.
    pub fn symbols(&self) -> &'static Symbols {
        Symbols::of(self.symbols)
    }

    /// The characters that may be written.
    pub fn charset(&self) -> Charset {
        self.symbols.charset()
    }

    /// How many colours it has.
    pub fn colors(&self) -> ColorDepth {
        self.colors
    }

    /// The style of a role.
    pub fn style(&self, role: Role) -> Style {
        self.styles.get(&role).copied().unwrap_or_default()
    }

    /// The symbol and the role of a phase.
    pub fn phase(&self, phase: Phase) -> (&'static str, Role) {
        let role = match phase {
            Phase::Pending => Role::Pending,
            Phase::WaitingForShutdown => Role::Waiting,
            Phase::Bundling => Role::Bundling,
            Phase::Storing => Role::Storing,
            Phase::Cancelling => Role::Cancelling,
            Phase::Complete => Role::Complete,
            Phase::Failed => Role::Failed,
            Phase::Unknown => Role::Unknown,
        };
        (self.symbols().phase(phase), role)
    }
}

/// How many colours a terminal has, by its environment variables: `NO_COLOR` (if not empty), `COLORTERM`,
/// `TERM`.
pub fn color_depth_of(variable: impl Fn(&str) -> Option<String>) -> ColorDepth {
    let variable = |name: &str| variable(name).unwrap_or_default().to_ascii_lowercase();
    let term = variable("TERM");
    let is_any = |names: &[&str]| names.iter().any(|name| term.contains(name));
    if environment::no_color(|name| Some(variable(name))) || term == "dumb" {
        ColorDepth::None
    } else if matches!(variable("COLORTERM").as_str(), "truecolor" | "24bit")
        || is_any(&[
            "direct",
            "truecolor",
            "kitty",
            "alacritty",
            "foot",
            "wezterm",
            "ghostty",
        ])
        || !variable("WT_SESSION").is_empty()
    {
        ColorDepth::TrueColor
    } else if term.contains("256") {
        ColorDepth::Palette256
    } else if term.is_empty() && !cfg!(windows) {
        ColorDepth::None
    } else {
        ColorDepth::Sixteen
    }
}

/// The characters that the environment allows: with `ascii`, or in a locale that is not UTF-8, those of
/// ASCII.
pub fn charset_of(ascii: bool, variable: impl Fn(&str) -> Option<String>) -> Charset {
    let set = |name: &str| variable(name).filter(|value| !value.is_empty());
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().find_map(set);
    let is_utf8 = match locale {
        Some(locale) => {
            let locale = locale.to_ascii_lowercase();
            locale.contains("utf-8") || locale.contains("utf8")
        }
        // Without any locale, POSIX has plain ASCII; Windows and macOS do not use these variables.
        None => cfg!(windows) || cfg!(target_os = "macos"),
    };
    if ascii || !is_utf8 {
        Charset::Ascii
    } else {
        Charset::Unicode
    }
}
