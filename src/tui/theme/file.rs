//! The files of themes: those that are compiled in, and those of a person.

use std::collections::HashMap;
use std::path::Path;

use ansi_colours::ansi256_from_rgb;
use ratatui::style::{Color, Modifier, Style};
use serde::{Deserialize, Deserializer};
use toml::Value;

use super::{Background, ColorDepth, Role};
use crate::suggestion::{did_you_mean, similar_name};
use crate::toml_file::{self, Document, Places, Problem, nested};

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
    /// The text of a theme that is compiled in.
    fn built_in(text: &str) -> Self {
        toml::from_str(text).expect("a test reads the same files")
    }

    /// A colour that a role has and no palette.
    fn unknown_color(&self) -> Option<&str> {
        let known = ThemeFile::of(self.base).palette;
        let styles = self.roles.values().chain(self.sixteen.values());
        let names = styles.flat_map(|style| [&style.fg, &style.bg]).flatten();
        let mut names = names.map(String::as_str);
        names.find(|name| !known.contains_key(*name) && !self.palette.contains_key(*name))
    }
}

/// All that is wrong with the text of a theme.
fn mistakes(text: &str, file: &Path) -> Vec<Problem> {
    let document = Document::parse(text, file, None);
    let mut problems = document.problems;
    if document.values.iter().all(|it| it.path != "base") {
        problems.push(Problem {
            place: Ok(Places::of(text, file).at(0)),
            message: "base is missing: write base = \"dark\" or base = \"light\"".to_owned(),
        });
    }
    let of_file = document.values.iter();
    let of_file = of_file.filter_map(|it| it.path.strip_prefix("palette."));
    let of_dark = ThemeFile::of(Background::Dark).palette;
    let colors: Vec<_> = of_dark.keys().map(String::as_str).chain(of_file).collect();
    let any_base = Value::from("dark");
    for it in &document.values {
        // Alone, so that the mistake is the one of this value.
        let alone = nested([("base", &any_base), (it.path.as_str(), &it.value)]);
        let error = Written::deserialize(alone).err();
        let message = error.map(|error| with_hint(&toml_file::message(&error)));
        let message = message.or_else(|| unknown_color(&it.path, &it.value, &colors));
        if let Some(message) = message {
            problems.push(Problem {
                place: Ok(it.value_place.clone()),
                message: format!("{}: {message}", it.path),
            });
        }
    }
    problems.sort_by_key(|it| it.place.clone().ok());
    problems
}

/// Why a role cannot have a colour of that name; `None` if it can, or if the value is no colour.
fn unknown_color(path: &str, value: &Value, colors: &[&str]) -> Option<String> {
    let is_color = path
        .rsplit('.')
        .next()
        .is_some_and(|last| ["fg", "bg"].contains(&last));
    let name = value.as_str().filter(|_| is_color)?;
    if colors.contains(&name) {
        return None;
    }
    let hint = did_you_mean(similar_name(name, colors));
    Some(format!("there is no colour {name} in [palette]{hint}"))
}

/// A message of serde, which names in backticks what was written and then what there is.
fn with_hint(message: &str) -> String {
    let mut names = message.split('`').skip(1).step_by(2);
    let written = names.next().unwrap_or_default();
    let names: Vec<_> = names.collect();
    format!("{message}{}", did_you_mean(similar_name(written, &names)))
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
    pub fn built_in(name: &str) -> Option<Self> {
        let (_, text) = BUILT_IN.iter().find(|(built_in, _)| *built_in == name)?;
        let written = Written::built_in(text);
        Some(Self::of(written.base).extended(written))
    }

    /// The theme that is compiled in for a background.
    pub fn of(background: Background) -> Self {
        let [dark, light] = [BUILT_IN[0].1, BUILT_IN[1].1];
        let text = match background {
            Background::Dark => dark,
            Background::Light => light,
        };
        Self::empty(background).extended(Written::built_in(text))
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

    /// Reads a theme of a file.
    ///
    /// # Errors
    ///
    /// All that is wrong.
    pub fn parse(text: &str, file: &Path) -> Result<Self, Vec<Problem>> {
        // To try each value on its own takes long, and most often all are right.
        match toml::from_str::<Written>(text) {
            Ok(written) if written.unknown_color().is_none() => {
                Ok(Self::of(written.base).extended(written))
            }
            Ok(_) => Err(mistakes(text, file)),
            Err(error) => Err(match mistakes(text, file) {
                // It is in none of the values: an empty table is not known.
                none if none.is_empty() => vec![Places::of(text, file).problem(&error)],
                all => all,
            }),
        }
    }

    fn extended(mut self, written: Written) -> Self {
        self.terminal_background = written.background.or(self.terminal_background);
        self.palette.extend(written.palette);
        self.roles.extend(written.roles);
        self.sixteen.extend(written.sixteen);
        self.no_color.extend(written.no_color);
        self
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
