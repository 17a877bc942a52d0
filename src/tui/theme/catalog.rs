//! The themes that can be named: built-in ones, and files in a directory.

use std::fs;
use std::path::{Path, PathBuf};

use itertools::Itertools as _;

use super::ThemeFile;
use crate::suggestion::{did_you_mean, similar_name};
use crate::toml_file::{self, Problem};

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

/// Why a theme cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ThemeError {
    /// There is none of that name: a phrase that says so, and which there are.
    #[error("{0}")]
    NotFound(String),
    /// Its file has mistakes, or cannot be read.
    #[error("{}", of_mistakes(.0))]
    Mistakes(Vec<Problem>),
}

fn of_mistakes(problems: &[Problem]) -> String {
    let first = problems.first().map(Problem::short).unwrap_or_default();
    match problems.len() {
        0 | 1 => format!("a mistake in the theme: {first}"),
        count => format!("{count} mistakes in the theme: {first}"),
    }
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
        // That name lets the terminal's background choose.
        let is_named = |path: &PathBuf| path.file_stem().is_some_and(|it| it != "auto");
        let is_theme =
            |path: &PathBuf| path.extension().is_some_and(|it| it == "toml") && is_named(path);
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
    /// Why there is none.
    pub fn check(&self, name: &str) -> Result<(), ThemeError> {
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
    /// Why there is none.
    #[expect(clippy::missing_panics_doc, reason = "it was found")]
    pub fn get(&self, name: &str) -> Result<ThemeFile, ThemeError> {
        match self.find(name)?.file {
            None => Ok(ThemeFile::built_in(name).expect("it was found")),
            Some(file) => read(&file),
        }
    }

    fn find(&self, name: &str) -> Result<NamedTheme, ThemeError> {
        let (found, others): (Vec<_>, Vec<_>) =
            self.themes().into_iter().partition(|it| it.name == name);
        found.into_iter().next().ok_or_else(|| {
            let names = others.iter().map(|it| it.name.as_str()).collect_vec();
            let similar = similar_name(name, &names).map(|similar| format!("\"{similar}\""));
            let (names, hint) = (names.join(", "), did_you_mean(similar));
            ThemeError::NotFound(format!(
                "there is no theme \"{name}\"; there are {names}{hint}"
            ))
        })
    }
}

fn read(file: &Path) -> Result<ThemeFile, ThemeError> {
    let text = toml_file::read(file)
        .map_err(|error| ThemeError::Mistakes(vec![Problem::unreadable(file, &error)]))?;
    ThemeFile::parse(&text, file).map_err(ThemeError::Mistakes)
}
