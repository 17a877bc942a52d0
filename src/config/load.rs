//! From the layers to the settings in force, each with its source.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::LazyLock;

use globset::Glob;
use itertools::Itertools as _;
use serde::Deserialize as _;
use toml::Value;

use super::guard::{READ_ONLY, add_consequence, guards_meant, strictest_value};
use super::source::{InForce, Source};
use super::unknown::{is_section, unknown};
use super::{Config, DEFAULT, PROFILE, keys, theme};
use crate::toml_file::{self, Document, Place, Problem, TableEntry, Written, nested};
use crate::tui::keymap::Keymap;
use crate::tui::theme::{ThemeCatalog, ThemeError, Themes};

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
pub struct LoadedConfig {
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
pub(super) static DEFAULTS: LazyLock<BTreeMap<String, InForce>> = LazyLock::new(|| {
    let document = Document::parse(DEFAULT, Path::new("assets/config.toml"), None);
    let settings = document.values.into_iter();
    let in_force = settings.map(|it| {
        let in_force = InForce {
            value: it.value,
            source: Source::Default,
        };
        (it.path, in_force)
    });
    in_force.collect()
});

impl LoadedConfig {
    /// Why nothing is to be cancelled, and where that comes from; `None` if cancels are allowed.
    pub fn why_read_only(&self) -> Option<(&'static str, &Source)> {
        let source = &self.in_force[READ_ONLY].source;
        let reason = match source {
            Source::Mistake(_) => "a mistake in the settings may have been meant to set read_only",
            _ => "read_only is set in the settings",
        };
        self.config.read_only.then_some((reason, source))
    }

    /// Refuses every cancel, because the file cannot be read.
    pub fn refuse_cancels(&mut self, mut problem: Problem) {
        self.config.read_only = true;
        apply_guard(&mut self.in_force, READ_ONLY, problem.place.clone());
        add_consequence(&mut problem.message, READ_ONLY);
        self.problems.push(problem);
    }

    /// The settings for the profile of that name. Later layers take precedence. Sections that are not for that
    /// profile are not looked at.
    pub fn load(file: Option<File>, profile: &str, layers: Vec<Layer>) -> Self {
        Self::load_sections(file, layers, |pattern| {
            // Patterns take long to compile, and most are those of names that begin otherwise.
            let beginning = pattern.split(['*', '?', '[', '{', '\\']).next();
            if !profile.starts_with(beginning.unwrap_or_default()) {
                return Ok(None);
            }
            let is_meant = Glob::new(pattern)?.compile_matcher().is_match(profile);
            Ok(is_meant.then_some(Use::InForce))
        })
    }

    /// The settings of a file without sections; the problems are those of all sections.
    pub fn check(file: File) -> Self {
        Self::load_sections(Some(file), Vec::new(), |pattern| {
            Glob::new(pattern).map(|_| Some(Use::Checked))
        })
    }

    fn load_sections(
        file: Option<File>,
        layers: Vec<Layer>,
        use_of: impl Fn(&str) -> Result<Option<Use>, globset::Error>,
    ) -> Self {
        let mut loading = Loading {
            in_force: DEFAULTS.clone(),
            problems: Vec::new(),
            catalog: file.map_or_else(ThemeCatalog::default, |it| ThemeCatalog::beside(it.path)),
            mistaken_guards: BTreeMap::new(),
        };
        if let Some(File { text, path }) = file {
            let mut document = Document::parse(text, path, Some(PROFILE));
            loading.take_written(document.values, Use::InForce, Source::File);
            for section in document.entries {
                let pattern = &section.name;
                match use_of(pattern) {
                    Ok(Some(use_)) => {
                        let source = |place| Source::Profile {
                            pattern: pattern.clone(),
                            place,
                        };
                        loading.take_written(section.values, use_, source);
                    }
                    Ok(None) => loading.look_for_dotted_name(&section),
                    Err(error) => {
                        let kind = error.kind();
                        let mut message = format!("\"{pattern}\" is not a valid pattern: {kind}");
                        let values = section.values.iter();
                        let guards = values.flat_map(|it| guards_meant(&it.path, &it.value));
                        let place = Ok(section.place.clone());
                        loading.be_strict(guards, &place, &mut message);
                        loading.problems.push(Problem {
                            place: Ok(section.place),
                            message,
                        });
                    }
                }
            }
            // What is in the text, and was not understood, may be read_only, in whatever section.
            if let Some(first) = document.problems.first_mut() {
                let place = first.place.clone();
                loading.be_strict([READ_ONLY], &place, &mut first.message);
            }
            loading.problems.extend(document.problems);
        }
        for layer in layers {
            let given = layer.into_iter().map(|(path, value, source)| Given {
                path: path.to_owned(),
                place: Err(source.to_string()),
                value: InForce { value, source },
            });
            loading.take(given.collect(), Use::InForce);
        }
        for (guard, place) in loading.mistaken_guards {
            apply_guard(&mut loading.in_force, guard, place);
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

/// What is done with settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Use {
    /// They are in force, as far as they are possible.
    InForce,
    /// What is wrong with them is said.
    Checked,
}

/// A setting that is known, the value it is given, and where.
struct Given {
    path: String,
    value: InForce,
    /// That of the value in a file, or else the name of its source.
    place: Result<Place, String>,
}

struct Loading {
    in_force: BTreeMap<String, InForce>,
    problems: Vec<Problem>,
    catalog: ThemeCatalog,
    /// The settings that protect tasks and have a mistake, each with its place.
    mistaken_guards: BTreeMap<&'static str, Result<Place, String>>,
}

impl Loading {
    /// Notes that settings that protect tasks are to have their strictest values, because of a mistake at a place, and
    /// says so in the message about it.
    fn be_strict(
        &mut self,
        guards: impl IntoIterator<Item = &'static str>,
        place: &Result<Place, String>,
        message: &mut String,
    ) {
        for guard in guards.into_iter().unique() {
            add_consequence(message, guard);
            self.mistaken_guards
                .entry(guard)
                .or_insert_with(|| place.clone());
        }
    }

    /// Looks into a section for another profile: `[profile.my.prod]` is one for the profile `my`, and was meant for
    /// `my.prod`.
    fn look_for_dotted_name(&mut self, section: &TableEntry) {
        for written in &section.values {
            let Some((part, _)) = written.path.split_once('.') else {
                continue;
            };
            let guards = guards_meant(&written.path, &written.value);
            if guards.is_empty() || is_section(part) {
                continue;
            }
            let name = &section.name;
            let mut message = format!(
                "{part} is not a section here; for the profile {name}.{part} write [{PROFILE}.\"{name}.{part}\"]"
            );
            let place = Ok(written.name_place.clone());
            self.be_strict(guards, &place, &mut message);
            self.problems.push(Problem { place, message });
        }
    }

    /// Takes settings of the file, of which some may be unknown.
    fn take_written(
        &mut self,
        settings: Vec<Written>,
        use_: Use,
        source: impl Fn(Place) -> Source,
    ) {
        let mut all = Vec::new();
        for written in settings {
            match unknown(&written.path) {
                Some(mut message) => {
                    let place = Ok(written.name_place.clone());
                    let guards = guards_meant(&written.path, &written.value);
                    self.be_strict(guards, &place, &mut message);
                    self.problems.push(Problem { place, message });
                }
                None => all.push(Given {
                    path: written.path,
                    place: Ok(written.value_place),
                    value: InForce {
                        value: written.value,
                        source: source(written.name_place),
                    },
                }),
            }
        }
        self.take(all, use_);
    }

    /// Takes settings. To try each value on its own takes long, and most often all are possible.
    fn take(&mut self, all: Vec<Given>, use_: Use) {
        let (keys, all): (Vec<_>, Vec<_>) = all
            .into_iter()
            .partition(|given| keys::is_of_keys(&given.path));
        for given in keys {
            // Whether they go with others is looked at later.
            match keys::rebinding(&given.path, &given.value.value) {
                Ok(_) => self.set(given, use_),
                Err(reason) => self.reject(&given, &reason),
            }
        }
        if all.is_empty() {
            return;
        }
        let mut tried = self.in_force.clone();
        for given in &all {
            tried.insert(given.path.clone(), given.value.clone());
        }
        let are_themes_known = all.iter().all(|given| self.no_theme(given).is_none());
        if are_themes_known && config(&tried).is_ok() {
            for given in all {
                self.set(given, use_);
            }
            return;
        }
        for given in all {
            match self.mistake(&given) {
                None => self.set(given, use_),
                Some(mistake) => self.reject(&given, &mistake),
            }
        }
    }

    fn set(&mut self, given: Given, use_: Use) {
        if use_ == Use::InForce {
            self.in_force.insert(given.path, given.value);
        }
    }

    fn reject(&mut self, given: &Given, mistake: &str) {
        let Given { path, value, place } = given;
        let mut message = format!("{path}: {mistake}");
        let mut guards = guards_meant(path, &value.value);
        // A setting that is known is the one that was meant.
        guards.retain(|guard| keys::is_of_keys(path) || guard == path);
        self.be_strict(guards, place, &mut message);
        self.problems.push(Problem {
            place: place.clone(),
            message,
        });
    }

    /// Why a setting cannot have a value; `None` if it can. What is wrong in a theme is said of its file.
    fn mistake(&mut self, given: &Given) -> Option<String> {
        let mut tried = self.in_force.clone();
        tried.insert(given.path.clone(), given.value.clone());
        let error = config(&tried).err();
        let error = error.map(|it| toml_file::message(&it));
        let type_needed = type_needed(&DEFAULTS[&given.path].value, &given.value.value);
        let type_needed = type_needed.map(str::to_owned);
        if let Some(error) = error {
            return Some(type_needed.unwrap_or(error));
        }
        let error = self.no_theme(given)?;
        if let ThemeError::Mistakes(problems) = &error {
            let known = &mut self.problems;
            for problem in problems {
                if !known.contains(problem) {
                    known.push(problem.clone());
                }
            }
        }
        Some(error.to_string())
    }

    fn no_theme(&self, given: &Given) -> Option<ThemeError> {
        theme::mistake(&given.path, &given.value.value, &self.catalog)
    }
}

/// Gives a setting that protects tasks its strictest value, whatever else is said of it, because of a mistake at a
/// place.
fn apply_guard(
    in_force: &mut BTreeMap<String, InForce>,
    guard: &str,
    place: Result<Place, String>,
) {
    if let Some(value) = strictest_value(guard)
        && in_force[guard].value != value
    {
        let source = Source::Mistake(place);
        in_force.insert(guard.to_owned(), InForce { value, source });
    }
}

/// What type a setting must have, if a value has another.
fn type_needed(default: &Value, value: &Value) -> Option<&'static str> {
    if default.same_type(value) {
        return None;
    }
    Some(match default {
        Value::Boolean(_) => "must be true or false",
        Value::String(_) => "must be a string in quotes",
        Value::Array(_) => "must be a list, such as [\"one\", \"two\"]",
        Value::Integer(_) | Value::Float(_) => "must be a number",
        Value::Datetime(_) => "must be a time",
        Value::Table(_) => "must be a section",
    })
}

/// The settings of these values.
fn config(in_force: &BTreeMap<String, InForce>) -> Result<Config, toml::de::Error> {
    let settings = in_force.iter().filter(|(path, _)| !keys::is_of_keys(path));
    let values = settings.map(|(path, InForce { value, .. })| (path.as_str(), value));
    Config::deserialize(nested(values))
}
