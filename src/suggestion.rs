//! Suggests the name that was probably meant by a mistyped one.

use std::fmt::Display;

/// How similar two names must be for a suggestion, from 0 (nothing in common) to 1 (equal).
const MIN_SIMILARITY: f64 = 0.85;

/// What to add to a message about a mistyped name: `; did you mean sort?`, or nothing.
pub fn did_you_mean(similar: Option<impl Display>) -> String {
    similar.map_or_else(String::new, |it| format!("; did you mean {it}?"))
}

/// The name most similar to `typed`, if it is similar enough to be what was meant.
///
/// Similarity is that of Jaro and Winkler, which favours names with the same beginning, so that
/// `cancel` suggests `cancel-bundle-task`.
pub fn similar_name<'a>(typed: &str, names: &[&'a str]) -> Option<&'a str> {
    let similarity = |name: &str| strsim::jaro_winkler(typed, name);
    names
        .iter()
        .map(|&name| (similarity(name), name))
        .filter(|(similarity, _)| *similarity >= MIN_SIMILARITY)
        .max_by(|(a, _), (b, _)| a.total_cmp(b))
        .map(|(_, name)| name)
}
