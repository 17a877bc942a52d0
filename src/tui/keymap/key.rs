//! Keys, and what they are called.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use serde::{Deserialize, Deserializer};

use crate::text::Charset;

/// One key, with its modifiers. Shift counts only if the key does not already imply it, as `G` does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Key {
    code: KeyCode,
    modifiers: KeyModifiers,
}

impl From<KeyEvent> for Key {
    fn from(event: KeyEvent) -> Self {
        // Terminals differ in whether they send SHIFT along with an upper-case letter.
        Self {
            code: event.code,
            modifiers: event.modifiers - KeyModifiers::SHIFT,
        }
    }
}

impl Key {
    /// Reads a key as it is written in the file: a single character, or what the crate `crokey`
    /// understands. That crate alone would read `G` as `g` and reject `é`.
    fn parse(text: &str) -> Option<Self> {
        let mut characters = text.chars();
        if let (Some(c), None) = (characters.next(), characters.next()) {
            return Some(KeyEvent::from(KeyCode::Char(c)).into());
        }
        let combination = match text {
            "shift-tab" => crokey::parse("backtab"),
            text => crokey::parse(text),
        };
        let combination = combination.ok()?;
        let crokey::OneToThree::One(code) = combination.codes else {
            return None;
        };
        Some(KeyEvent::new(code, combination.modifiers).into())
    }

    /// The event for pressing this key.
    pub fn to_event(self) -> KeyEvent {
        KeyEvent::new(self.code, self.modifiers)
    }

    /// What the key is called: `Enter`, `Ctrl-C`, `↑`.
    pub fn name(self, charset: Charset) -> String {
        let name = match self.code {
            KeyCode::Char(' ') => "Space".to_owned(),
            KeyCode::Char(c) if self.modifiers.contains(KeyModifiers::CONTROL) => {
                c.to_ascii_uppercase().to_string()
            }
            KeyCode::Char(c) => c.to_string(),
            // crossterm's name depends on the platform; the README's table must not.
            KeyCode::Enter => "Enter".to_owned(),
            KeyCode::BackTab => "Shift-Tab".to_owned(),
            KeyCode::PageUp => "PgUp".to_owned(),
            KeyCode::PageDown => "PgDn".to_owned(),
            KeyCode::Up if charset == Charset::Unicode => "↑".to_owned(),
            KeyCode::Down if charset == Charset::Unicode => "↓".to_owned(),
            KeyCode::Left if charset == Charset::Unicode => "←".to_owned(),
            KeyCode::Right if charset == Charset::Unicode => "→".to_owned(),
            code => code.to_string(),
        };
        let modifiers = [
            (KeyModifiers::CONTROL, "Ctrl-"),
            (KeyModifiers::ALT, "Alt-"),
        ];
        let held = modifiers
            .iter()
            .filter(|(m, _)| self.modifiers.contains(*m));
        held.map(|(_, prefix)| *prefix)
            .chain([name.as_str()])
            .collect()
    }

    /// How it is written in a file.
    fn written(self) -> String {
        let is_plain = self.modifiers.is_empty();
        match self.code {
            KeyCode::Char(c) if c != ' ' && is_plain => c.to_string(),
            _ => self
                .name(Charset::Ascii)
                .to_lowercase()
                .replace("pgup", "pageup")
                .replace("pgdn", "pagedown"),
        }
    }

    /// The name in as few cells as possible: `⏎` for Enter.
    pub(super) fn symbol(self, charset: Charset) -> String {
        match self.code {
            KeyCode::Enter if charset == Charset::Unicode => "⏎".to_owned(),
            _ => self.name(charset),
        }
    }

    /// Whether a text takes it as a character.
    pub(super) fn is_character(self) -> bool {
        let is_plain = (self.modifiers - KeyModifiers::SHIFT).is_empty();
        is_plain && matches!(self.code, KeyCode::Char(_))
    }

    pub(super) fn is_arrow(self) -> bool {
        matches!(
            self.code,
            KeyCode::Up | KeyCode::Down | KeyCode::Left | KeyCode::Right
        )
    }
}

/// Keys to press one after the other; mostly one.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct KeySequence(Vec<Key>);

impl From<&[Key]> for KeySequence {
    fn from(keys: &[Key]) -> Self {
        Self(keys.to_vec())
    }
}

impl KeySequence {
    /// Reads keys as they are written in a file: `g g`, `ctrl-x ctrl-c`.
    ///
    /// # Errors
    ///
    /// A phrase that names what is no key.
    pub fn parse(text: &str) -> Result<Self, String> {
        let keys = text
            .split_whitespace()
            .map(|key| Key::parse(key).ok_or_else(|| format!("\"{key}\" is not a key")));
        let keys: Vec<_> = keys.collect::<Result<_, _>>()?;
        if keys.is_empty() {
            return Err("no key is given; the space bar is \"space\"".to_owned());
        }
        Ok(Self(keys))
    }

    /// The keys.
    pub fn keys(&self) -> &[Key] {
        &self.0
    }

    /// How it is written in a file: `ctrl-c`, `g g`.
    pub fn written(&self) -> String {
        let keys: Vec<_> = self.0.iter().map(|key| key.written()).collect();
        keys.join(" ")
    }

    /// What it is called: `Ctrl-C`, `g g`.
    pub fn name(&self, charset: Charset) -> String {
        let names: Vec<_> = self.0.iter().map(|key| key.name(charset)).collect();
        names.join(" ")
    }

    /// The name in as few cells as possible: `⏎` for Enter.
    pub(super) fn symbol(&self, charset: Charset) -> String {
        let symbols: Vec<_> = self.0.iter().map(|key| key.symbol(charset)).collect();
        symbols.join(" ")
    }

    pub(super) fn is_arrow(&self) -> bool {
        self.0.iter().any(|key| key.is_arrow())
    }
}

impl<'de> Deserialize<'de> for KeySequence {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).map_err(serde::de::Error::custom)
    }
}
