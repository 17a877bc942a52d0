//! The words of what a person types, such as a filter.

/// Why something cannot be understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InputError {
    /// Where in the text, in bytes.
    pub at: usize,
    /// A phrase.
    pub message: String,
}

/// The words of a text, each with where it begins, in bytes. A space in quotes belongs to its word.
pub fn words(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut is_quoted = false;
    let mut before = ' ';
    let pieces = text.split(move |c: char| {
        match c {
            '"' if is_quoted => is_quoted = false,
            '"' => is_quoted = before.is_whitespace() || matches!(before, ':' | '!' | '=' | ','),
            _ => {}
        }
        before = c;
        c.is_whitespace() && !is_quoted
    });
    let words = pieces.filter(|word| !word.is_empty());
    words.map(move |word| (word.as_ptr() as usize - text.as_ptr() as usize, word))
}
