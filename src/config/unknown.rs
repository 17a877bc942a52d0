//! Names that are not those of settings, and what was probably meant.

use super::PROFILE;
use super::keys::{self, KEYS};
use super::load::DEFAULTS;
use crate::suggestion::{did_you_mean, similar_name};

/// Why there is no setting with that path; `None` if there is one.
pub(super) fn unknown(path: &str) -> Option<String> {
    if DEFAULTS.contains_key(path) || keys::is_of_keys(path) {
        return None;
    }
    match path {
        KEYS => return Some(format!("{path} is a section: write [{path}.CONTEXT]")),
        PROFILE => return Some(format!("{path} is a section: write [{path}.NAME]")),
        _ => {}
    }
    if is_section(path) {
        return Some(format!("{path} is a section: write [{path}]"));
    }
    if let Some((before, _)) = path.rsplit_once('.')
        && DEFAULTS.contains_key(before)
    {
        return Some(format!("{before} is a setting, not a section"));
    }
    let hint = did_you_mean(similar_setting(path));
    Some(format!("there is no setting {path}{hint}"))
}

/// Whether that is the name of a section.
pub(super) fn is_section(path: &str) -> bool {
    let is_in_it = |known: &String| {
        let rest = known.strip_prefix(path);
        rest.is_some_and(|rest| rest.starts_with('.'))
    };
    path == KEYS || DEFAULTS.keys().any(is_in_it)
}

/// The setting that was probably meant by a path.
pub(super) fn similar_setting(path: &str) -> Option<&'static str> {
    fn last(path: &str) -> &str {
        path.rsplit('.').next().unwrap_or_default()
    }
    let path = path.to_lowercase().replace('-', "_");
    let known: Vec<_> = DEFAULTS.keys().map(String::as_str).collect();
    // It may be known in another section.
    let same_name = known.iter().copied().find(|it| last(it) == last(&path));
    let similar = same_name.or_else(|| similar_name(&path, &known));
    similar.or_else(|| {
        let names: Vec<_> = known.iter().map(|it| last(it)).collect();
        let similar = similar_name(last(&path), &names)?;
        known.into_iter().find(|it| last(it) == similar)
    })
}
