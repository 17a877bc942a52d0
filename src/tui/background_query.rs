//! Asks the terminal for its background colour, and finds the answer among the keys.
//!
//! Nothing waits for the answer: the first frame is drawn before it comes. A terminal that does not know
//! the question answers nothing.

use crossterm::event::{Event, KeyCode, KeyEvent, KeyModifiers};

use super::theme::Background;

/// The question: OSC 11.
pub const QUERY: &[u8] = b"\x1b]11;?\x1b\\";

/// How the answer begins, after the escape character: `rgb:ffff/ffff/ffff` follows, or `rgba:`.
const START: &str = "]11;rgb";

/// The longest answer, in characters. What is longer is none.
const MAX_LENGTH: usize = 40;

/// Finds the answer among events: crossterm does not know it and reports its characters as keys.
#[derive(Debug, Default)]
pub struct AnswerFinder {
    /// The events that may be the beginning of the answer.
    held: Vec<Event>,
    text: String,
}

/// What was found.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// The events that are no part of an answer.
    pub events: Vec<Event>,
    /// The background, if an answer came to its end.
    pub background: Option<Background>,
}

impl AnswerFinder {
    /// Takes the answer out of events. An answer may come in several parts.
    pub fn find(&mut self, events: Vec<Event>) -> Found {
        let mut found = Found::default();
        for event in events {
            self.take(event, &mut found);
        }
        found
    }

    fn take(&mut self, event: Event, found: &mut Found) {
        let Some(key) = event.as_key_press_event() else {
            // Neither a resize nor the mouse ends an answer.
            return found.events.push(event);
        };
        // `ESC \` may come as one key, or as two if it was sent in two parts.
        let follows_escape = self.held.last().is_some_and(is_escape);
        let is_backslash = key.code == KeyCode::Char('\\');
        let is_end = is_key(key, KeyModifiers::CONTROL, 'g')
            || is_backslash && (key.modifiers.contains(KeyModifiers::ALT) || follows_escape);
        let is_start = is_key(key, KeyModifiers::ALT, ']');
        if is_start {
            self.release(found);
        } else if self.held.is_empty() {
            return found.events.push(event);
        } else if is_end && self.text.len() > START.len() {
            found.background = parse(&self.text).or(found.background);
            self.held.clear();
            self.text.clear();
            return;
        } else if follows_escape {
            self.release(found);
            return found.events.push(event);
        } else if is_escape(&event) && self.text.len() > START.len() {
            return self.held.push(event);
        }
        match key.code {
            KeyCode::Char(c)
                if is_start || key.modifiers - KeyModifiers::SHIFT == KeyModifiers::NONE =>
            {
                self.held.push(event);
                self.text.push(c);
                let length = self.text.len().min(START.len());
                if self.text.as_bytes()[..length] != START.as_bytes()[..length]
                    || self.text.len() > MAX_LENGTH
                {
                    self.release(found);
                }
            }
            _ => {
                self.release(found);
                found.events.push(event);
            }
        }
    }

    /// What was held is no answer.
    fn release(&mut self, found: &mut Found) {
        found.events.append(&mut self.held);
        self.text.clear();
    }
}

fn is_escape(event: &Event) -> bool {
    let key = event.as_key_press_event();
    key.is_some_and(|key| key.code == KeyCode::Esc && key.modifiers.is_empty())
}

fn is_key(key: KeyEvent, modifier: KeyModifiers, c: char) -> bool {
    key.modifiers.contains(modifier) && key.code == KeyCode::Char(c)
}

/// The background in an answer such as `]11;rgb:ffff/ffff/ffff`.
fn parse(text: &str) -> Option<Background> {
    let (_, channels) = text.split_once(':')?;
    let mut channels = channels.split('/').map(|channel| {
        let max = 16_f64.powi(i32::try_from(channel.len()).ok()?) - 1.0;
        let value = u32::from_str_radix(channel, 16).ok()?;
        (max > 0.0).then(|| f64::from(value) / max)
    });
    let (red, green, blue) = (channels.next()??, channels.next()??, channels.next()??);
    // How bright it looks, by ITU-R BT.601.
    let brightness = 0.299 * red + 0.587 * green + 0.114 * blue;
    Some(if brightness > 0.5 {
        Background::Light
    } else {
        Background::Dark
    })
}

/// The background that the variable `COLORFGBG` names, as some terminals set it: `15;0`, `0;default;15`.
pub fn of_colorfgbg(value: &str) -> Option<Background> {
    match value.rsplit(';').next()?.parse::<u8>().ok()? {
        7 | 9..=15 => Some(Background::Light),
        0..=6 | 8 => Some(Background::Dark),
        _ => None,
    }
}
