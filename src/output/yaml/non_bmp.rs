//! Characters beyond U+FFFF, such as emoji: libyaml writes `"\U0001F389"`, its port writes
//! the character itself.
//!
//! So such a character is encoded before it goes through the emitter: as U+FFFF, which libyaml and
//! its port both escape as `\uFFFF`, and four letters that say which character it is. That is as long
//! as libyaml's escape, so that lines are folded in the same places. In the emitted document each
//! `\uFFFF` and the letters after it are replaced by libyaml's escape.

use std::borrow::Cow;

use serde_json::Value;

use super::super::value::any_text;

/// What an encoded character begins with, and what the emitter writes for it.
const MARK: char = '\u{ffff}';
const ESCAPED_MARK: &str = "\\uFFFF";

/// The letters, as digits of five bits each.
const DIGITS: &[u8; 32] = b"0123456789abcdefghijklmnopqrstuv";

/// The number of letters in an encoded character.
const DIGIT_COUNT: usize = 4;

/// The first character beyond U+FFFF.
const FIRST_NON_BMP: u32 = 0x1_0000;

/// Whether a string of the value has such a character, and none could be taken for an encoded one.
pub(super) fn should_encode(value: &Value) -> bool {
    let may_be_encoded = |text: &str| text.contains(MARK) || text.contains(ESCAPED_MARK);
    any_text(value, &|text| text.chars().any(is_non_bmp)) && !any_text(value, &may_be_encoded)
}

fn is_non_bmp(c: char) -> bool {
    u32::from(c) >= FIRST_NON_BMP
}

/// The text with its characters beyond U+FFFF encoded.
pub(super) fn encode(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_non_bmp) {
        return text.into();
    }
    let mut encoded = String::with_capacity(2 * text.len());
    for c in text.chars() {
        if is_non_bmp(c) {
            let code = u32::from(c) - FIRST_NON_BMP;
            let digit = |shift| char::from(DIGITS[(code >> shift) as usize % DIGITS.len()]);
            encoded.extend([MARK, digit(15), digit(10), digit(5), digit(0)]);
        } else {
            encoded.push(c);
        }
    }
    encoded.into()
}

/// The emitted document with libyaml's escapes in place of encoded characters.
pub(super) fn decode(document: Vec<u8>) -> Vec<u8> {
    let document = String::from_utf8(document).expect("the emitter writes UTF-8");
    let mut parts = document.split(ESCAPED_MARK);
    let mut decoded = String::from(parts.next().unwrap_or_default());
    for part in parts {
        let (digits, rest) = part.split_at(DIGIT_COUNT);
        let code = digits
            .chars()
            .fold(0, |code, c| 32 * code + c.to_digit(32).unwrap_or(0));
        let escape = format!("\\U{:08X}", code + FIRST_NON_BMP);
        decoded.extend([escape.as_str(), rest]);
    }
    decoded.into_bytes()
}
