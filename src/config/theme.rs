//! The themes that the settings name.

use toml::Value;

use super::{AUTO, Config};
use crate::tui::theme::{Background, ThemeCatalog, ThemeError, ThemeFile, Themes};

/// Why the setting with that path cannot have that value; `None` if it can, or if it does not name a theme.
pub(super) fn mistake(path: &str, value: &Value, catalog: &ThemeCatalog) -> Option<ThemeError> {
    let name = value.as_str()?;
    match path {
        "theme" if name == AUTO => None,
        "theme" | "theme_dark" | "theme_light" => catalog.check(name).err(),
        _ => None,
    }
}

/// The themes of the settings.
pub(super) fn of_config(config: &Config, catalog: &ThemeCatalog) -> Themes {
    // A file may have gone since its name was looked at.
    let find = |name: &str, background| {
        catalog
            .get(name)
            .unwrap_or_else(|_| ThemeFile::of(background))
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
