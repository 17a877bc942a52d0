//! The filter that a person types: which rows it shows, and which letters of them it found.
//!
//! ```text
//! win            the letters in this order in any column, close together
//! state:stor     the same in one column
//! "no longer"    exactly these letters; also after a column: state:"no longer"
//! !failed        not these letters; also !state:failed
//! ^bun  .xml$    at the beginning or the end of a cell
//! ```
//! Every term must be met. What follows a term's column is the notation of the crate `nucleo-matcher`,
//! which is that of fzf.

use jiff::Timestamp;
use nucleo_matcher::pattern::{Atom, AtomKind, CaseMatching, Normalization};
use nucleo_matcher::{Config, Utf32Str};
use unicode_segmentation::UnicodeSegmentation as _;

use crate::suggestion::similar_name;
use crate::text::TimeStyle;
use crate::text::words::{InputError, words};
use crate::tui::column::{Column, Row};

/// A filter as typed.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    text: String,
    terms: Vec<Term>,
    error: Option<InputError>,
}

/// One condition.
#[derive(Clone, Debug, PartialEq)]
struct Term {
    /// The only column to look at; all if `None`.
    column: Option<Column>,
    is_inverted: bool,
    atom: Atom,
}

/// How well a row meets a filter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Fit {
    /// Not.
    No,
    /// Its letters are there, but scattered. Such a row is not shown, but may be if letters are appended.
    Scattered,
    /// It is shown.
    Yes,
}

/// The score per letter from which letters count as close together. Letters in a row have at least 16,
/// initials of words more; letters that happen to be in an ID have less.
const MIN_SCORE_PER_LETTER: usize = 15;

/// Finds letters; keeps its memory between uses.
pub struct Matcher {
    matcher: nucleo_matcher::Matcher,
    buffer: Vec<char>,
    /// How times are written that a filter may name.
    pub times: TimeStyle,
}

impl Default for Matcher {
    fn default() -> Self {
        Self {
            matcher: nucleo_matcher::Matcher::new(Config::DEFAULT),
            buffer: Vec::new(),
            times: TimeStyle::default(),
        }
    }
}

impl std::fmt::Debug for Matcher {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Matcher")
    }
}

impl Matcher {
    fn fit(&mut self, atom: &Atom, text: &str) -> Fit {
        let text = characters(text, atom, &mut self.buffer);
        match atom.score(text, &mut self.matcher) {
            None => Fit::No,
            Some(score) => fit_of_score(atom, score),
        }
    }
}

impl Filter {
    /// Reads a filter. One with an error has no terms, so that it hides nothing.
    pub fn parse(text: &str) -> Self {
        let terms: Result<Vec<_>, _> = words(text)
            .map(|(at, word)| {
                let is_last = at + word.len() == text.len();
                if word == "!" && !is_last {
                    let message = "No space may follow \"!\": write !failed.".to_owned();
                    return Err(InputError { at, message });
                }
                Term::parse(word, at)
            })
            .collect();
        let (terms, error) = match terms {
            Ok(terms) => (terms.into_iter().flatten().collect(), None),
            Err(error) => (Vec::new(), Some(error)),
        };
        Self {
            text: text.to_owned(),
            terms,
            error,
        }
    }

    /// The filter as typed.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Why it cannot be understood, if so.
    pub fn error(&self) -> Option<&InputError> {
        self.error.as_ref()
    }

    /// Whether it can hide anything.
    pub fn is_active(&self) -> bool {
        !self.terms.is_empty()
    }

    /// How well a row meets it.
    pub(super) fn fit(&self, row: &Row, now: Timestamp, matcher: &mut Matcher) -> Fit {
        let mut fit = Fit::Yes;
        for term in &self.terms {
            fit = fit.min(term.fit(row, now, matcher));
            if fit == Fit::No {
                break;
            }
        }
        fit
    }

    /// Whether a line about the task with that ID meets it. Terms for other columns than that of the ID look at
    /// the whole line.
    pub fn fits_line(&self, id: &str, line: &str, matcher: &mut Matcher) -> bool {
        self.terms.iter().all(|term| {
            let best = match term.column {
                Some(Column::BundleId) => matcher.fit(&term.atom, id),
                Some(_) => matcher.fit(&term.atom, line),
                None => {
                    let of_id = matcher.fit(&term.atom, id);
                    of_id.max(matcher.fit(&term.atom, line))
                }
            };
            (best == Fit::Yes) != term.is_inverted
        })
    }

    /// Whether every row that it does not reject was not rejected by `earlier` either: what one gets by
    /// typing on.
    pub(super) fn narrows(&self, earlier: &Self) -> bool {
        let Some((last, others)) = earlier.terms.split_last() else {
            return false;
        };
        let Some((same, [continued, ..])) = self.terms.split_at_checked(others.len()) else {
            return false;
        };
        same == others && continued.narrows(last)
    }

    /// Which characters of a cell's text it finds, as numbers of grapheme clusters in ascending order.
    pub fn found(&self, column: Column, text: &str, matcher: &mut Matcher) -> Vec<u32> {
        let mut found = Vec::new();
        for term in &self.terms {
            if !term.is_inverted && term.column.is_none_or(|only| only == column) {
                term.find(text, matcher, &mut found);
            }
        }
        found.sort_unstable();
        found.dedup();
        found
    }
}

impl Term {
    /// Reads one term, which begins at `at`; `None` if it says nothing yet.
    fn parse(word: &str, at: usize) -> Result<Option<Self>, InputError> {
        let (mut is_inverted, rest) = take_mark(word);
        let (column, value) = match split_column(rest) {
            None => (None, rest),
            Some((name, value)) => {
                let column = Column::of_name(name).ok_or_else(|| InputError {
                    at: at + word.len() - rest.len(),
                    message: unknown_column(name),
                })?;
                let (is_inverted_again, value) = take_mark(value);
                is_inverted ^= is_inverted_again;
                (Some(column), value)
            }
        };
        let mut atom = match value.strip_prefix('"') {
            Some(quoted) => Atom::new(
                quoted.strip_suffix('"').unwrap_or(quoted),
                CaseMatching::Smart,
                Normalization::Smart,
                AtomKind::Substring,
                false,
            ),
            None => Atom::parse(value, CaseMatching::Smart, Normalization::Smart),
        };
        // In times the same digits come again and again, and almost every row has the letters of a word
        // somewhere.
        let is_number = matches!(
            column,
            Some(Column::Started | Column::Updated | Column::Progress)
        );
        if (is_inverted || is_number) && atom.kind == AtomKind::Fuzzy {
            atom.kind = AtomKind::Substring;
        }
        Ok((!atom.needle_text().is_empty()).then_some(Self {
            column,
            is_inverted,
            atom,
        }))
    }

    fn fit(&self, row: &Row, now: Timestamp, matcher: &mut Matcher) -> Fit {
        let best = if let Some(column) = self.column {
            self.fit_column(column, row, now, matcher)
        } else {
            self.fit_any_column(row, now, matcher)
        };
        match (self.is_inverted, best) {
            (false, best) => best,
            (true, Fit::No) => Fit::Yes,
            (true, Fit::Scattered | Fit::Yes) => Fit::No,
        }
    }

    fn fit_any_column(&self, row: &Row, now: Timestamp, matcher: &mut Matcher) -> Fit {
        let mut best = Fit::No;
        for column in Column::ALL {
            best = best.max(matcher.fit(&self.atom, &column.text(row, now)));
            if best == Fit::Yes {
                break;
            }
        }
        best
    }

    /// In its own column a time is found by its date as well as by its age.
    fn fit_column(&self, column: Column, row: &Row, now: Timestamp, matcher: &mut Matcher) -> Fit {
        let fit = matcher.fit(&self.atom, &column.text(row, now));
        match column.time(row.task()) {
            Some(time) if fit != Fit::Yes => {
                let written = matcher.times.date_and_time(time);
                fit.max(matcher.fit(&self.atom, &written))
            }
            Some(_) | None => fit,
        }
    }

    fn narrows(&self, earlier: &Self) -> bool {
        if self == earlier {
            return true;
        }
        let is_open = |term: &Self| match term.atom.kind {
            AtomKind::Fuzzy | AtomKind::Substring | AtomKind::Prefix => !term.is_inverted,
            _ => false,
        };
        let (needle, start) = (self.atom.needle_text(), earlier.atom.needle_text());
        is_open(self)
            && is_open(earlier)
            && self.column == earlier.column
            && self.atom.kind == earlier.atom.kind
            && needle.len() >= start.len()
            && needle.chars().zip(start.chars()).all(|(a, b)| a == b)
    }

    fn find(&self, text: &str, matcher: &mut Matcher, found: &mut Vec<u32>) {
        let before = found.len();
        let text = characters(text, &self.atom, &mut matcher.buffer);
        let score = self.atom.indices(text, &mut matcher.matcher, found);
        if score.is_none_or(|score| fit_of_score(&self.atom, score) != Fit::Yes) {
            found.truncate(before);
        }
    }
}

/// The first character of each grapheme cluster of a text.
///
/// Not `Utf32Str::new`: it takes the bytes of `e\u{301}` for ASCII, so that the numbers of what follows
/// are wrong.
fn characters<'a>(text: &'a str, atom: &Atom, buffer: &'a mut Vec<char>) -> Utf32Str<'a> {
    // nucleo-matcher 0.3.1 misses substrings: of ASCII in another case, of other text at its end (its pull
    // request 104).
    let is_substring = atom.kind == AtomKind::Substring;
    if text.is_ascii() && !is_substring {
        return Utf32Str::Ascii(text.as_bytes());
    }
    buffer.clear();
    let clusters = text.graphemes(true);
    buffer.extend(clusters.filter_map(|cluster| cluster.chars().next()));
    buffer.extend(is_substring.then_some('\0'));
    Utf32Str::Unicode(buffer)
}

/// Without the `!` it may begin with, and whether it did.
fn take_mark(text: &str) -> (bool, &str) {
    match text.strip_prefix('!') {
        Some(rest) => (true, rest),
        None => (false, text),
    }
}

/// The name of a column and what follows it. A time or an address is not taken for one.
pub(super) fn split_column(term: &str) -> Option<(&str, &str)> {
    let (name, value) = term.split_once(':')?;
    let is_name = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphabetic());
    (is_name && !value.starts_with("//")).then_some((name, value))
}

fn unknown_column(name: &str) -> String {
    let names = Column::ALL.map(Column::name);
    match similar_name(&name.to_ascii_lowercase(), &names) {
        Some(similar) => format!("There is no column \"{name}\"; did you mean {similar}?"),
        None => format!(
            "There is no column \"{name}\": there are {}.",
            names.join(", ")
        ),
    }
}

fn fit_of_score(atom: &Atom, score: u16) -> Fit {
    let is_close = usize::from(score) >= MIN_SCORE_PER_LETTER * atom.needle_text().len();
    if atom.kind != AtomKind::Fuzzy || is_close {
        Fit::Yes
    } else {
        Fit::Scattered
    }
}
