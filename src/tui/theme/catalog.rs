//! The themes that can be named: built-in ones, and files in a directory.

use std::fs;
use std::path::{Path, PathBuf};

use itertools::Itertools as _;

use super::ThemeFile;
use crate::suggestion::similar_name;

/// The themes that can be named.
#[derive(Clone, Debug, Default)]
pub struct ThemeCatalog {
    directory: Option<PathBuf>,
}

/// A theme that can be named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedTheme {
    /// Its name.
    pub name: String,
    /// Its file; `None` if it is compiled in.
    pub file: Option<PathBuf>,
}

impl ThemeCatalog {
    /// The built-in themes, and those of the files `themes/NAME.toml` beside the file of the settings.
    pub fn beside(settings: &Path) -> Self {
        Self {
            directory: settings.parent().map(|it| it.join("themes")),
        }
    }

    /// The directory of a person's own themes.
    pub fn directory(&self) -> Option<&Path> {
        self.directory.as_deref()
    }

    /// The themes: the built-in ones, then those of files by their names. A file takes precedence over the
    /// built-in theme of its name, which is not among them then.
    pub fn themes(&self) -> Vec<NamedTheme> {
        let files = self.directory().and_then(|it| fs::read_dir(it).ok());
        let files = files.into_iter().flatten().flatten().map(|it| it.path());
        let is_theme = |path: &PathBuf| path.extension().is_some_and(|it| it == "toml");
        let own = files.filter(is_theme).filter_map(|file| {
            let name = file.file_stem()?.to_str()?.to_owned();
            Some(NamedTheme {
                name,
                file: Some(file),
            })
        });
        let own = own.sorted_by(|a, b| a.name.cmp(&b.name)).collect_vec();
        let built_in = ThemeFile::built_in_names().map(|name| NamedTheme {
            name: name.to_owned(),
            file: None,
        });
        let is_replaced = |theme: &NamedTheme| own.iter().any(|it| it.name == theme.name);
        let mut all = built_in.filter(|it| !is_replaced(it)).collect_vec();
        all.extend(own);
        all
    }

    /// Whether there is a theme of that name that can be used.
    ///
    /// # Errors
    ///
    /// A phrase that says why there is none.
    pub fn check(&self, name: &str) -> Result<(), String> {
        match self.find(name)?.file {
            // Those that are compiled in have no mistakes.
            None => Ok(()),
            Some(file) => read(&file).map(|_| ()),
        }
    }

    /// The theme of that name.
    ///
    /// # Errors
    ///
    /// A phrase that says why there is none.
    #[expect(clippy::missing_panics_doc, reason = "it was found")]
    pub fn get(&self, name: &str) -> Result<ThemeFile, String> {
        match self.find(name)?.file {
            None => Ok(ThemeFile::built_in(name).expect("it was found")),
            Some(file) => read(&file),
        }
    }

    fn find(&self, name: &str) -> Result<NamedTheme, String> {
        let (found, others): (Vec<_>, Vec<_>) =
            self.themes().into_iter().partition(|it| it.name == name);
        found.into_iter().next().ok_or_else(|| {
            let names = others.iter().map(|it| it.name.as_str()).collect_vec();
            let hint = similar_name(name, &names);
            let hint = hint.map(|similar| format!("; did you mean \"{similar}\"?"));
            format!(
                "there is no theme \"{name}\"; there are {}{}",
                names.join(", "),
                hint.unwrap_or_default()
            )
        })
    }
}

fn read(file: &Path) -> Result<ThemeFile, String> {
    let named = |reason: String| format!("{}: {reason}", file.display());
    let text = fs::read_to_string(file).map_err(|error| named(error.to_string()))?;
    ThemeFile::parse(&text).map_err(named)
}
