//! What things look like: a style for each role, from the theme files that are compiled in.

use std::collections::HashMap;

use ansi_colours::ansi256_from_rgb;
use ratatui::style::{Color, Modifier, Style};
use serde::{Deserialize, Deserializer};

use super::symbols::Symbols;
use crate::environment;
use crate::task::Phase;
use crate::text::Charset;

/// The themes that are compiled in.
const DARK: &str = include_str!("../../assets/themes/dark.toml");
const LIGHT: &str = include_str!("../../assets/themes/light.toml");

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
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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

/// How everything looks.
#[derive(Clone, Debug)]
pub struct Theme {
    styles: HashMap<Role, Style>,
    background: Background,
    colors: ColorDepth,
    charset: Charset,
}

/// The file of a theme.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct ThemeFile {
    #[expect(dead_code, reason = "tests measure the contrast against it")]
    background: PaletteColor,
    palette: HashMap<String, (PaletteColor, PaletteColor)>,
    roles: HashMap<Role, RoleStyle>,
    sixteen: HashMap<Role, RoleStyle>,
    no_color: HashMap<Role, Vec<TextModifier>>,
}

/// A colour, as written in the file: `"#rrggbb"`, or the name of one of the terminal's sixteen.
#[derive(Clone, Copy)]
struct PaletteColor(Color);

impl<'de> Deserialize<'de> for PaletteColor {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        let unknown = |_| serde::de::Error::custom(format!("\"{name}\" is not a colour"));
        name.parse().map(Self).map_err(unknown)
    }
}

/// The style of a role, as written in the file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RoleStyle {
    fg: Option<String>,
    bg: Option<String>,
    #[serde(default)]
    modifiers: Vec<TextModifier>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum TextModifier {
    Bold,
    Dim,
    Italic,
    Underlined,
    Reversed,
}

impl From<TextModifier> for Modifier {
    fn from(modifier: TextModifier) -> Self {
        match modifier {
            TextModifier::Bold => Self::BOLD,
            TextModifier::Dim => Self::DIM,
            TextModifier::Italic => Self::ITALIC,
            TextModifier::Underlined => Self::UNDERLINED,
            TextModifier::Reversed => Self::REVERSED,
        }
    }
}

impl ThemeFile {
    fn of(background: Background) -> Self {
        let file = match background {
            Background::Dark => DARK,
            Background::Light => LIGHT,
        };
        toml::from_str(file).expect("a test reads the same file")
    }

    fn style(&self, role: &RoleStyle, colors: ColorDepth) -> Style {
        let color = |name: &Option<String>| {
            let (PaletteColor(exact), PaletteColor(ansi)) = self.palette.get(name.as_ref()?)?;
            match colors {
                ColorDepth::None => None,
                ColorDepth::Sixteen => Some(*ansi),
                ColorDepth::Palette256 => Some(nearest_of_256(*exact)),
                ColorDepth::TrueColor => Some(*exact),
            }
        };
        let modifiers = role.modifiers.iter().copied().map(Modifier::from);
        Style {
            fg: color(&role.fg),
            bg: color(&role.bg),
            ..Style::new().add_modifier(modifiers.collect())
        }
    }
}

fn nearest_of_256(color: Color) -> Color {
    match color {
        Color::Rgb(r, g, b) => Color::Indexed(ansi256_from_rgb((r, g, b))),
        other => other,
    }
}

impl Theme {
    /// The built-in theme for a background.
    pub fn new(background: Background, colors: ColorDepth, charset: Charset) -> Self {
        let file = ThemeFile::of(background);
        let styles = if colors == ColorDepth::None {
            let roles = file.no_color.into_iter().map(|(role, modifiers)| {
                let modifiers = modifiers.into_iter().map(Modifier::from);
                (role, Style::new().add_modifier(modifiers.collect()))
            });
            let strong = (Role::Strong, Style::new().add_modifier(Modifier::BOLD));
            roles.chain([strong]).collect()
        } else {
            let others = file.sixteen.iter();
            let others = others.filter(|_| colors == ColorDepth::Sixteen);
            let roles = file.roles.iter().chain(others);
            roles
                .map(|(role, style)| (*role, file.style(style, colors)))
                .collect()
        };
        Self {
            styles,
            background,
            colors,
            charset,
        }
    }

    /// The same on another background.
    #[must_use]
    pub fn on(&self, background: Background) -> Self {
        Self::new(background, self.colors, self.charset)
    }

    /// The background that it is for.
    pub fn background(&self) -> Background {
        self.background
    }

    /// The characters to draw with.
    pub fn symbols(&self) -> &'static Symbols {
        Symbols::of(self.charset)
    }

    /// The characters that may be written.
    pub fn charset(&self) -> Charset {
        self.charset
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
