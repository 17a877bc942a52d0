//! From the layers to the settings in force, each with its source.

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;
use std::sync::LazyLock;

use globset::Glob;
use serde::Deserialize as _;
use toml::{Table, Value};

use super::document::{Document, Written};
use super::problem::{Place, Problem};
use super::{Config, DEFAULT, keys, theme};
use crate::suggestion::similar_name;
use crate::tui::keymap::Keymap;
use crate::tui::theme::{ThemeCatalog, Themes};

/// Where the value of a setting comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// It is the default.
    Default,
    /// The file.
    File(Place),
    /// A section of the file for profiles.
    Profile {
        /// The pattern of their names.
        pattern: String,
        /// Where.
        place: Place,
    },
    /// An environment variable.
    Environment(&'static str),
    /// An option of the command line, with its dashes.
    Option(&'static str),
}

impl Source {
    /// Where in a file, or else its name.
    fn place(&self) -> Result<Place, String> {
        match self {
            Self::File(place) | Self::Profile { place, .. } => Ok(place.clone()),
            Self::Default | Self::Environment(_) | Self::Option(_) => Err(self.to_string()),
        }
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::File(place) => write!(f, "{}:{}", place.file.display(), place.line),
            Self::Profile { pattern, place } => write!(
                f,
                "{}:{}, [profile.\"{pattern}\"]",
                place.file.display(),
                place.line
            ),
            Self::Environment(name) => f.write_str(name),
            Self::Option(name) => f.write_str(name),
        }
    }
}

/// The value of a setting, and where it comes from.
#[derive(Clone, Debug, PartialEq)]
pub struct InForce {
    /// The value as it is written.
    pub value: Value,
    /// Where it comes from.
    pub source: Source,
}

/// The text of a file, and where it is.
#[derive(Clone, Copy, Debug)]
pub struct File<'a> {
    /// The text.
    pub text: &'a str,
    /// The file.
    pub path: &'a Path,
}

/// Settings that take precedence over the file: the path, value and source of each.
pub type Layer = Vec<(&'static str, Value, Source)>;

/// The settings in force, and what is wrong.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The settings.
    pub config: Config,
    /// The keys.
    pub keymap: Keymap,
    /// The themes for a dark and for a light background.
    pub themes: Themes,
    /// The themes that there are.
    pub catalog: ThemeCatalog,
    /// The value of each, by its path.
    pub in_force: BTreeMap<String, InForce>,
    /// What is wrong, in the order of the file.
    pub problems: Vec<Problem>,
}

/// The defaults, by their paths.
static DEFAULTS: LazyLock<BTreeMap<String, InForce>> = LazyLock::new(|| {
    let document = Document::parse(DEFAULT, Path::new("assets/config.toml"));
    let settings = document.settings.into_iter();
    let in_force = settings.map(|it| {
        let in_force = InForce {
            value: it.value,
            source: Source::Default,
        };
        (it.path, in_force)
    });
    in_force.collect()
});

impl Settings {
    /// The settings for the profile of that name. Later layers take precedence.
    pub fn load(file: Option<File>, profile: &str, layers: Vec<Layer>) -> Self {
        let mut problems = Vec::new();
        let mut given = Vec::new();
        if let Some(File { text, path }) = file {
            let document = Document::parse(text, path);
            problems.extend(document.problems);
            for written in document.settings {
                let source = Source::File(written.name_place.clone());
                given.push((written, source, true));
            }
            for section in document.profiles {
                let is_meant = match Glob::new(&section.pattern) {
                    Ok(pattern) => pattern.compile_matcher().is_match(profile),
                    Err(error) => {
                        problems.push(Problem {
                            place: Ok(section.place.clone()),
                            message: format!(
                                "\"{}\" is no pattern: {}",
                                section.pattern,
                                error.kind()
                            ),
                        });
                        false
                    }
                };
                for written in section.settings {
                    let source = Source::Profile {
                        pattern: section.pattern.clone(),
                        place: written.name_place.clone(),
                    };
                    given.push((written, source, is_meant));
                }
            }
        }
        let directory = file.and_then(|it| it.path.parent());
        let mut loading = Loading {
            in_force: DEFAULTS.clone(),
            problems,
            catalog: ThemeCatalog::new(directory.map(|it| it.join("themes"))),
        };
        for (written, source, is_meant) in given {
            let Written {
                path,
                value,
                name_place,
                value_place,
            } = written;
            match unknown(&path) {
                Some(message) => loading.problems.push(Problem {
                    place: Ok(name_place),
                    message,
                }),
                None => loading.set(path, InForce { value, source }, Ok(value_place), is_meant),
            }
        }
        for (path, value, source) in layers.into_iter().flatten() {
            let name = source.to_string();
            loading.set(path.to_owned(), InForce { value, source }, Err(name), true);
        }
        let config = config(&loading.in_force).expect("each value has been tried");
        let themes = theme::of_config(&config, &loading.catalog);
        let (keymap, problems) = keys::keymap(config.key_set, &loading.in_force);
        for (path, reason) in problems {
            let place = loading.in_force[&path].source.place();
            loading.in_force.remove(&path);
            let message = format!("{path}: {reason}");
            loading.problems.push(Problem { place, message });
        }
        // A file may have an error before its first setting.
        loading.problems.sort_by_key(|it| it.place.clone().ok());
        Self {
            config,
            keymap,
            themes,
            catalog: loading.catalog,
            in_force: loading.in_force,
            problems: loading.problems,
        }
    }
}

struct Loading {
    in_force: BTreeMap<String, InForce>,
    problems: Vec<Problem>,
    catalog: ThemeCatalog,
}

impl Loading {
    /// Gives a setting a value, if it is a possible one and meant for this profile.
    fn set(&mut self, path: String, value: InForce, place: Result<Place, String>, is_meant: bool) {
        if keys::is_of_keys(&path) {
            match keys::rebinding(&path, &value.value) {
                // Whether they go with others is looked at later.
                Ok(_) if is_meant => {
                    self.in_force.insert(path, value);
                }
                Ok(_) => {}
                Err(reason) => self.problems.push(Problem {
                    place,
                    message: format!("{path}: {reason}"),
                }),
            }
            return;
        }
        let name = path.clone();
        let type_needed = type_needed(&DEFAULTS[&path].value, &value.value);
        let no_theme = theme::mistake(&path, &value.value, &self.catalog);
        let before = self.in_force.insert(path.clone(), value);
        let error = config(&self.in_force).err();
        let error = error.map(|it| it.message().trim().replace('\n', ", "));
        let type_needed = type_needed.map(str::to_owned);
        let mistake = error.map(|error| type_needed.unwrap_or(error)).or(no_theme);
        if (mistake.is_some() || !is_meant)
            && let Some(before) = before
        {
            self.in_force.insert(path, before);
        }
        if let Some(mistake) = mistake {
            self.problems.push(Problem {
                place,
                message: format!("{name}: {mistake}"),
            });
        }
    }
}

/// What type a setting must have, if a value has another.
fn type_needed(default: &Value, value: &Value) -> Option<&'static str> {
    if default.same_type(value) {
        return None;
    }
    Some(match default {
        Value::Boolean(_) => "must be true or false",
        Value::String(_) => "must be a text in quotes",
        Value::Array(_) => "must be a list, as [\"one\", \"two\"]",
        Value::Integer(_) | Value::Float(_) => "must be a number",
        Value::Datetime(_) => "must be a time",
        Value::Table(_) => "must be a section",
    })
}

/// The settings of these values.
fn config(in_force: &BTreeMap<String, InForce>) -> Result<Config, toml::de::Error> {
    let mut root = Table::new();
    let settings = in_force.iter().filter(|(path, _)| !keys::is_of_keys(path));
    for (path, InForce { value, .. }) in settings {
        let mut names = path.split('.').collect::<Vec<_>>();
        let last = names.pop().unwrap_or_default();
        let mut table = &mut root;
        for name in names {
            let section = table
                .entry(name)
                .or_insert_with(|| Value::Table(Table::new()));
            let Value::Table(section) = section else {
                unreachable!("{path} is known, so that what is before it is a section");
            };
            table = section;
        }
        table.insert(last.to_owned(), value.clone());
    }
    Config::deserialize(root)
}

/// Why there is no setting with that path; `None` if there is one.
fn unknown(path: &str) -> Option<String> {
    if DEFAULTS.contains_key(path) || keys::is_of_keys(path) {
        return None;
    }
    let is_section = DEFAULTS.keys().any(|known| {
        known
            .strip_prefix(path)
            .is_some_and(|it| it.starts_with('.'))
    });
    if is_section {
        return Some(format!("{path} is a section: write [{path}]"));
    }
    if let Some((before, _)) = path.rsplit_once('.')
        && DEFAULTS.contains_key(before)
    {
        return Some(format!("{before} is a setting, not a section"));
    }
    let known: Vec<_> = DEFAULTS.keys().map(String::as_str).collect();
    // A setting may be known in another section.
    let last = |path: &str| path.rsplit('.').next().unwrap_or_default().to_owned();
    let same_name = known.iter().copied().find(|it| last(it) == last(path));
    let hint = same_name.or_else(|| similar_name(path, &known));
    let hint = hint.map(|similar| format!("; did you mean {similar}?"));
    Some(format!(
        "there is no setting {path}{}",
        hint.unwrap_or_default()
    ))
}
