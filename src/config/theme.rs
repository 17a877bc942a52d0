//! The themes that the settings name: built-in ones, and files in the directory `themes` beside the file of the
//! settings.

use std::fs;
use std::path::{Path, PathBuf};

use itertools::Itertools as _;
use toml::Value;

use super::Config;
use crate::suggestion::similar_name;
use crate::tui::theme::{Background, ThemeFile, Themes};

/// The name for as the terminal's background is.
pub const AUTO: &str = "auto";

/// A theme that can be named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedTheme {
    /// Its name.
    pub name: String,
    /// Its file; `None` if it is compiled in.
    pub file: Option<PathBuf>,
}

/// The themes that can be named: those that are compiled in, then those in a directory.
pub fn themes(directory: Option<&Path>) -> Vec<NamedTheme> {
    let built_in = ThemeFile::built_in_names().map(|name| NamedTheme {
        name: name.to_owned(),
        file: None,
    });
    let files = directory.and_then(|it| fs::read_dir(it).ok());
    let files = files.into_iter().flatten().flatten().map(|it| it.path());
    let is_theme = |path: &PathBuf| path.extension().is_some_and(|it| it == "toml");
    let own = files.filter(is_theme).filter_map(|file| {
        let name = file.file_stem()?.to_str()?.to_owned();
        Some(NamedTheme {
            name,
            file: Some(file),
        })
    });
    let own = own.sorted_by(|a, b| a.name.cmp(&b.name));
    built_in.chain(own).collect()
}

/// The theme of that name. A file in the directory takes precedence over the one that is compiled in.
///
/// # Errors
///
/// A phrase that says why there is none.
pub fn theme(name: &str, directory: Option<&Path>) -> Result<ThemeFile, String> {
    let all = themes(directory);
    let Some(found) = all.iter().rev().find(|it| it.name == name) else {
        let names: Vec<_> = all.iter().map(|it| it.name.as_str()).unique().collect();
        let hint = similar_name(name, &names);
        let hint = hint.map(|similar| format!("; did you mean \"{similar}\"?"));
        return Err(format!(
            "there is no theme \"{name}\"; there are {}{}",
            names.join(", "),
            hint.unwrap_or_default()
        ));
    };
    match &found.file {
        None => ThemeFile::built_in(name).ok_or_else(|| format!("there is no theme \"{name}\"")),
        Some(file) => {
            let named = |reason: String| format!("{}: {reason}", file.display());
            let text = fs::read_to_string(file).map_err(|error| named(error.to_string()))?;
            ThemeFile::parse(&text).map_err(named)
        }
    }
}

/// Why the setting with that path cannot have that value; `None` if it can, or if it does not name a theme.
pub(super) fn mistake(path: &str, value: &Value, directory: Option<&Path>) -> Option<String> {
    let name = value.as_str()?;
    match path {
        "theme" if name == AUTO => None,
        "theme" | "theme_dark" | "theme_light" => theme(name, directory).err(),
        _ => None,
    }
}

/// The themes of the settings.
pub(super) fn of_config(config: &Config, directory: Option<&Path>) -> Themes {
    // A file may have gone since its name was looked at.
    let find = |name: &str, background| {
        theme(name, directory).unwrap_or_else(|_| ThemeFile::of(background))
    };
    match config.theme.as_str() {
        AUTO => Themes::new(
            find(&config.theme_dark, Background::Dark),
            find(&config.theme_light, Background::Light),
        ),
        name => {
            let only = find(name, Background::Dark);
            Themes::new(only.clone(), only)
        }
    }
}
