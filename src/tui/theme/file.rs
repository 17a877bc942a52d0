//! The files of themes: those that are compiled in, and those of a person.

use std::collections::HashMap;

use ansi_colours::ansi256_from_rgb;
use ratatui::style::{Color, Modifier, Style};
use serde::{Deserialize, Deserializer};

use super::{Background, ColorDepth, Role};
use crate::suggestion::similar_name;

/// The themes that are compiled in, by their names.
const BUILT_IN: [(&str, &str); 8] = [
    ("dark", include_str!("../../../assets/themes/dark.toml")),
    ("light", include_str!("../../../assets/themes/light.toml")),
    (
        "high-contrast",
        include_str!("../../../assets/themes/high-contrast.toml"),
    ),
    (
        "color-blind",
        include_str!("../../../assets/themes/color-blind.toml"),
    ),
    ("ansi", include_str!("../../../assets/themes/ansi.toml")),
    (
        "catppuccin",
        include_str!("../../../assets/themes/catppuccin.toml"),
    ),
    (
        "gruvbox",
        include_str!("../../../assets/themes/gruvbox.toml"),
    ),
    ("nord", include_str!("../../../assets/themes/nord.toml")),
];

/// A theme as its file describes it.
#[derive(Clone, Debug, PartialEq)]
pub struct ThemeFile {
    background: Background,
    terminal_background: Option<PaletteColor>,
    palette: HashMap<String, [PaletteColor; 2]>,
    roles: HashMap<Role, RoleStyle>,
    sixteen: HashMap<Role, RoleStyle>,
    no_color: HashMap<Role, Vec<TextModifier>>,
}

/// What is written in a file. What it leaves out is as in the theme that it is based on.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Written {
    /// The built-in theme that this one is based on, which also says for which background it is.
    base: Background,
    /// What the contrast is measured against.
    #[serde(default)]
    background: Option<PaletteColor>,
    #[serde(default)]
    palette: HashMap<String, [PaletteColor; 2]>,
    #[serde(default)]
    roles: HashMap<Role, RoleStyle>,
    #[serde(default)]
    sixteen: HashMap<Role, RoleStyle>,
    #[serde(default)]
    no_color: HashMap<Role, Vec<TextModifier>>,
}

impl Written {
    fn parse(text: &str) -> Result<Self, String> {
        toml::from_str(text).map_err(|error| {
            let start = error.span().map_or(0, |span| span.start);
            let line = text.get(..start).unwrap_or(text).matches('\n').count() + 1;
            let message = error.message().trim().replace('\n', ", ");
            format!("line {line}: {message}")
        })
    }
}

/// A colour, as written in the file: `"#rrggbb"`, or the name of one of the terminal's sixteen.
#[derive(Clone, Copy, Debug, PartialEq)]
struct PaletteColor(Color);

impl<'de> Deserialize<'de> for PaletteColor {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        let unknown = |_| serde::de::Error::custom(format!("\"{name}\" is not a colour"));
        name.parse().map(Self).map_err(unknown)
    }
}

/// The style of a role, as written in the file.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct RoleStyle {
    fg: Option<String>,
    bg: Option<String>,
    #[serde(default)]
    modifiers: Vec<TextModifier>,
}

#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
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
    /// The names of the themes that are compiled in.
    pub fn built_in_names() -> impl Iterator<Item = &'static str> {
        BUILT_IN.iter().map(|(name, _)| *name)
    }

    /// The theme that is compiled in under that name.
    #[expect(clippy::missing_panics_doc, reason = "a test reads the same files")]
    pub fn built_in(name: &str) -> Option<Self> {
        let (_, text) = BUILT_IN.iter().find(|(built_in, _)| *built_in == name)?;
        Some(Self::parse(text).expect("a test reads the same files"))
    }

    /// The theme that is compiled in for a background.
    #[expect(clippy::missing_panics_doc, reason = "a test reads the same files")]
    pub fn of(background: Background) -> Self {
        let [dark, light] = [BUILT_IN[0].1, BUILT_IN[1].1];
        let text = match background {
            Background::Dark => dark,
            Background::Light => light,
        };
        let written = Written::parse(text).expect("a test reads the same files");
        Self::empty(background)
            .extended(written)
            .expect("a test reads the same files")
    }

    fn empty(background: Background) -> Self {
        Self {
            background,
            terminal_background: None,
            palette: HashMap::new(),
            roles: HashMap::new(),
            sixteen: HashMap::new(),
            no_color: HashMap::new(),
        }
    }

    /// Reads a theme.
    ///
    /// # Errors
    ///
    /// What is wrong, with its line, in one line.
    pub fn parse(text: &str) -> Result<Self, String> {
        let written = Written::parse(text)?;
        Self::of(written.base).extended(written)
    }

    fn extended(mut self, written: Written) -> Result<Self, String> {
        self.terminal_background = written.background.or(self.terminal_background);
        self.palette.extend(written.palette);
        self.roles.extend(written.roles);
        self.sixteen.extend(written.sixteen);
        self.no_color.extend(written.no_color);
        for style in self.roles.values().chain(self.sixteen.values()) {
            let names = [&style.fg, &style.bg].into_iter().flatten();
            if let Some(name) = names.into_iter().find(|it| !self.palette.contains_key(*it)) {
                let known: Vec<_> = self.palette.keys().map(String::as_str).collect();
                let hint = similar_name(name, &known);
                let hint = hint.map(|similar| format!("; did you mean {similar}?"));
                return Err(format!(
                    "there is no colour {name} in [palette]{}",
                    hint.unwrap_or_default()
                ));
            }
        }
        Ok(self)
    }

    /// The background that it is for.
    pub fn background(&self) -> Background {
        self.background
    }

    /// The colour of the terminal's background that it is made for, with so many colours.
    pub fn terminal_background(&self, colors: ColorDepth) -> Option<Color> {
        let PaletteColor(exact) = self.terminal_background?;
        match colors {
            ColorDepth::None | ColorDepth::Sixteen => None,
            ColorDepth::Palette256 => Some(nearest_of_256(exact)),
            ColorDepth::TrueColor => Some(exact),
        }
    }

    /// The style of each role with so many colours.
    pub(super) fn styles(&self, colors: ColorDepth) -> HashMap<Role, Style> {
        if colors == ColorDepth::None {
            let roles = self.no_color.iter().map(|(role, modifiers)| {
                let modifiers = modifiers.iter().copied().map(Modifier::from);
                (*role, Style::new().add_modifier(modifiers.collect()))
            });
            let strong = (Role::Strong, Style::new().add_modifier(Modifier::BOLD));
            return roles.chain([strong]).collect();
        }
        let others = self.sixteen.iter();
        let others = others.filter(|_| colors == ColorDepth::Sixteen);
        let roles = self.roles.iter().chain(others);
        roles
            .map(|(role, style)| (*role, self.style(style, colors)))
            .collect()
    }

    fn style(&self, role: &RoleStyle, colors: ColorDepth) -> Style {
        let color = |name: &Option<String>| {
            let [PaletteColor(exact), PaletteColor(ansi)] = self.palette.get(name.as_ref()?)?;
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
