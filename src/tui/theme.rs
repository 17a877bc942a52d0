//! What things look like: a style for each role, from the theme file that is compiled in.

use std::collections::HashMap;

use ratatui::style::{Color, Modifier, Style};
use serde::{Deserialize, Deserializer};

use super::symbols::Symbols;
use crate::environment;
use crate::task::Phase;
use crate::text::Charset;

/// The theme that is compiled in.
const TERMINAL: &str = include_str!("../../assets/themes/terminal.toml");

/// What a piece of text is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// Ordinary text.
    Text,
    /// Text of little importance.
    Dim,
    /// Names of things: columns, fields, titles.
    Label,
    /// What stands out: the program's name, the key to press.
    Strong,
    /// The selected row.
    Selected,
    /// Letters that a filter found.
    Found,
    /// A text being typed.
    Input,
    /// Borders.
    Border,
    /// The mark that this is the demonstration.
    Demo,
    /// All is well.
    Good,
    /// Under way.
    Active,
    /// Needs attention.
    Warning,
    /// Went wrong.
    Bad,
    /// The button in focus.
    Button,
    /// A button that cannot be pressed.
    Disabled,
}

/// How everything looks.
#[derive(Clone, Debug)]
pub struct Theme {
    styles: HashMap<Role, Style>,
    has_color: bool,
    charset: Charset,
}

/// The file of a theme.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ThemeFile {
    roles: HashMap<Role, RoleStyle>,
}

/// The style of a role, as written in the file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RoleStyle {
    #[serde(default, deserialize_with = "color")]
    fg: Option<Color>,
    #[serde(default)]
    modifiers: Vec<TextModifier>,
}

fn color<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Color>, D::Error> {
    let name = String::deserialize(deserializer)?;
    let unknown = |_| serde::de::Error::custom(format!("\"{name}\" is not a colour"));
    name.parse().map(Some).map_err(unknown)
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

impl Theme {
    /// The built-in theme, with or without colour.
    #[expect(clippy::missing_panics_doc, reason = "a test reads the same file")]
    pub fn new(has_color: bool, charset: Charset) -> Self {
        let file: ThemeFile = toml::from_str(TERMINAL).expect("a test reads the same file");
        let style = |style: RoleStyle| {
            let modifiers = style.modifiers.into_iter().map(Modifier::from);
            Style {
                fg: style.fg.filter(|_| has_color),
                ..Style::new().add_modifier(modifiers.collect())
            }
        };
        let roles = file.roles.into_iter();
        Self {
            styles: roles.map(|(role, it)| (role, style(it))).collect(),
            has_color,
            charset,
        }
    }

    /// The theme the environment asks for: `NO_COLOR` (if not empty) turns off
    /// colour; `ascii` or a locale that is not UTF-8 turns off characters beyond ASCII.
    pub fn from_env(ascii: bool, variable: impl Fn(&str) -> Option<String>) -> Self {
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
        let charset = if ascii || !is_utf8 {
            Charset::Ascii
        } else {
            Charset::Unicode
        };
        Self::new(!environment::no_color(&variable), charset)
    }

    /// The characters to draw with.
    pub fn symbols(&self) -> &'static Symbols {
        Symbols::of(self.charset)
    }

    /// The characters that may be written.
    pub fn charset(&self) -> Charset {
        self.charset
    }

    /// Whether it has colours.
    pub fn has_color(&self) -> bool {
        self.has_color
    }

    /// The style of a role.
    pub fn style(&self, role: Role) -> Style {
        self.styles.get(&role).copied().unwrap_or_default()
    }

    /// The symbol and the role of a phase.
    pub fn phase(&self, phase: Phase) -> (&'static str, Role) {
        let role = match phase {
            Phase::Pending | Phase::WaitingForShutdown => Role::Text,
            Phase::Bundling | Phase::Storing => Role::Active,
            Phase::Cancelling | Phase::Unknown => Role::Warning,
            Phase::Complete => Role::Good,
            Phase::Failed => Role::Bad,
        };
        (self.symbols().phase(phase), role)
    }
}
