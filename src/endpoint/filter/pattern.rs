//! The wildcards in the values of filters.

/// A filter's value: `*` stands for any number of characters, `?` for zero or one, as AWS documents
/// them, and a backslash makes the next character literal.
#[derive(Debug)]
pub(super) enum ValuePattern {
    /// A value without wildcards: the usual case, and the one that is quick to compare.
    Literal(String),
    Wildcard(Vec<PatternToken>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PatternToken {
    Character(char),
    AnyCharacters,
    ZeroOrOneCharacter,
}

impl PatternToken {
    fn can_be_empty(self) -> bool {
        match self {
            Self::AnyCharacters | Self::ZeroOrOneCharacter => true,
            Self::Character(_) => false,
        }
    }
}

impl ValuePattern {
    pub(super) fn parse(value: &str) -> Self {
        let mut tokens = Vec::new();
        let mut characters = value.chars();
        while let Some(character) = characters.next() {
            tokens.push(match character {
                '*' => PatternToken::AnyCharacters,
                '?' => PatternToken::ZeroOrOneCharacter,
                '\\' => PatternToken::Character(characters.next().unwrap_or('\\')),
                other => PatternToken::Character(other),
            });
        }
        let literal: Option<String> = tokens
            .iter()
            .map(|token| match token {
                PatternToken::Character(character) => Some(*character),
                PatternToken::AnyCharacters | PatternToken::ZeroOrOneCharacter => None,
            })
            .collect();
        literal.map_or(Self::Wildcard(tokens), Self::Literal)
    }

    /// Whether the whole text matches.
    pub(super) fn matches(&self, text: &str) -> bool {
        match self {
            Self::Literal(literal) => literal == text,
            Self::Wildcard(tokens) => wildcard_matches(tokens, text),
        }
    }
}

/// Matches by following all possible positions in the pattern at once, so that the time does not
/// grow with the number of ways in which a pattern such as `*a*a*a*a*b` could match.
fn wildcard_matches(tokens: &[PatternToken], text: &str) -> bool {
    // `reachable[i]`: the text read so far matches the first `i` tokens.
    let mut reachable = vec![false; tokens.len() + 1];
    let mut next_reachable = reachable.clone();
    reachable[0] = true;
    skip_wildcards(tokens, &mut reachable);
    for character in text.chars() {
        next_reachable.fill(false);
        for (i, token) in tokens.iter().enumerate().filter(|(i, _)| reachable[*i]) {
            match token {
                PatternToken::AnyCharacters => next_reachable[i] = true,
                PatternToken::ZeroOrOneCharacter => next_reachable[i + 1] = true,
                PatternToken::Character(expected) => {
                    next_reachable[i + 1] |= *expected == character;
                }
            }
        }
        skip_wildcards(tokens, &mut next_reachable);
        std::mem::swap(&mut reachable, &mut next_reachable);
    }
    reachable[tokens.len()]
}

/// Makes the positions after wildcards reachable, since both wildcards match zero characters.
fn skip_wildcards(tokens: &[PatternToken], reachable: &mut [bool]) {
    for (i, token) in tokens.iter().enumerate() {
        if reachable[i] && token.can_be_empty() {
            reachable[i + 1] = true;
        }
    }
}
