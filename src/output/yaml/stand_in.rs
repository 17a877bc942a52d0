//! Characters beyond U+FFFF, such as emoji: libyaml writes `"\U0001F389"`, its port the character.
//!
//! So a stand-in goes through the emitter: U+FFFF, which both escape, and four letters that say
//! which character it stands for. It comes out as long as libyaml's escape, so that lines are folded
//! in the same places.

use std::borrow::Cow;

use serde_json::Value;

use super::super::any_text;

/// What starts a stand-in, and what the emitter makes of it.
const MARK: char = '\u{ffff}';
const ESCAPED: &str = "\\uFFFF";

/// The letters, as digits of five bits.
const DIGITS: &[u8; 32] = b"0123456789abcdefghijklmnopqrstuv";

/// The first character that needs a stand-in.
const FIRST: u32 = 0x1_0000;

/// Whether there is such a character, and nothing that could be taken for a stand-in.
pub(super) fn is_needed(texts: &Value) -> bool {
    any_text(texts, &|text| text.chars().any(is_beyond))
        && !any_text(texts, &|text| text.contains(MARK) || text.contains(ESCAPED))
}

fn is_beyond(c: char) -> bool {
    u32::from(c) >= FIRST
}

/// Puts stand-ins into a text.
pub(super) fn put(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_beyond) {
        return text.into();
    }
    let mut changed = String::with_capacity(2 * text.len());
    for c in text.chars() {
        if is_beyond(c) {
            let code = u32::from(c) - FIRST;
            let digit = |shift| char::from(DIGITS[(code >> shift) as usize % DIGITS.len()]);
            changed.extend([MARK, digit(15), digit(10), digit(5), digit(0)]);
        } else {
            changed.push(c);
        }
    }
    changed.into()
}

/// Makes escapes of the stand-ins in a document.
pub(super) fn resolve(document: Vec<u8>) -> Vec<u8> {
    let document = String::from_utf8(document).expect("the emitter writes text");
    let mut parts = document.split(ESCAPED);
    let mut resolved = String::from(parts.next().unwrap_or_default());
    for part in parts {
        let (digits, rest) = part.split_at(4);
        let code = digits
            .chars()
            .fold(0, |code, c| 32 * code + c.to_digit(32).unwrap_or(0));
        let escape = format!("\\U{:08X}", code + FIRST);
        resolved.extend([escape.as_str(), rest]);
    }
    resolved.into_bytes()
}
