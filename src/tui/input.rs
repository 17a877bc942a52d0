//! What the terminal sends: which keys were pressed on purpose, and editing in a text field.

use std::ops::Range;
use std::time::Duration;

use crossterm::event::{Event, KeyCode, KeyModifiers, MouseEventKind};
use tui_input::Input;
use tui_input::backend::crossterm::EventHandler as _;

/// How long a dialog must have been on the screen before a key can be an answer to it: nobody reads
/// and reacts faster.
const READING_TIME: Duration = Duration::from_millis(200);

/// The minimum pause before a key that counts as deliberate: keys closer together are a
/// paste or a held key.
const QUIET_TIME: Duration = Duration::from_millis(100);

/// Tells whether a key was pressed by a person who saw what is on the screen. Every time is
/// monotonic: time since the program started.
#[derive(Debug, Default)]
pub struct KeyTiming {
    /// When the open dialog was first on the screen as it is now.
    drawn_at: Option<Duration>,
    /// When the newest key was pressed.
    last_key: Option<Duration>,
}

impl KeyTiming {
    /// Something new will be drawn that nobody has seen yet.
    pub fn restart_reading_time(&mut self) {
        self.drawn_at = None;
    }

    /// Whether the open dialog is on the screen as it is now.
    pub fn is_drawn(&self) -> bool {
        self.drawn_at.is_some()
    }

    /// The frame is on the screen.
    pub fn drawn(&mut self, now: Duration) {
        self.drawn_at.get_or_insert(now);
    }

    /// Whether the events that came together are a single key, with no other key shortly before it:
    /// nobody types two keys at once. To be asked before they are [recorded](Self::record).
    pub fn is_lone_key(&self, events: &[Event], now: Duration) -> bool {
        // Whatever else comes in the same moment, a person does not type it.
        let is_nothing = |event: &Event| {
            event.is_key_release() || matches!(event, Event::Mouse(_)) && !is_typed(event)
        };
        let mut events = events.iter().filter(|event| !is_nothing(event));
        let is_alone = events.next().is_some_and(is_typed) && events.next().is_none();
        let is_after_pause = |key| now.saturating_sub(key) >= QUIET_TIME;
        is_alone && self.last_key.is_none_or(is_after_pause)
    }

    /// Records when a key was last pressed. A paste counts: what follows it at once may belong to it.
    pub fn record(&mut self, events: &[Event], now: Duration) {
        if events.iter().any(is_typed) {
            self.last_key = Some(now);
        }
    }

    /// When a key can be an answer to what is on the screen.
    pub fn answerable_at(&self) -> Option<Duration> {
        Some(self.drawn_at? + READING_TIME)
    }

    /// Whether what is on the screen has been there long enough to be read.
    pub fn can_be_answered(&self, now: Duration) -> bool {
        self.answerable_at().is_some_and(|at| at <= now)
    }
}

fn is_typed(event: &Event) -> bool {
    match event {
        Event::Paste(_) => true,
        Event::Mouse(mouse) => matches!(mouse.kind, MouseEventKind::Down(_)),
        event => event.is_key_press(),
    }
}

/// The most characters a text can have. More is cut off, so that a paste of a whole file does no harm.
const MAX_CHARACTERS: usize = 1_000;

/// A line of text being edited, with the usual keys: arrows, Home, End, Ctrl-A, Ctrl-E, Ctrl-W,
/// Ctrl-U, Ctrl-K, Ctrl-Y. A paste is inserted without its control characters.
#[derive(Debug, Default)]
pub struct TextField {
    input: Input,
}

impl TextField {
    /// A field that contains `text`, with the cursor at its end.
    pub fn new(text: impl Into<String>) -> Self {
        Self {
            input: Input::new(text.into()),
        }
    }

    /// The text.
    pub fn text(&self) -> &str {
        self.input.value()
    }

    /// The position of the cursor in the text, in bytes.
    pub fn cursor(&self) -> usize {
        let mut characters = self.text().char_indices();
        let at_cursor = characters.nth(self.input.cursor());
        at_cursor.map_or(self.text().len(), |(at, _)| at)
    }

    /// Puts `text` in the place of a part of the text, given in bytes, and the cursor after it.
    pub fn replace(&mut self, range: Range<usize>, text: &str) {
        let (before, after) = (&self.text()[..range.start], &self.text()[range.end..]);
        let room = MAX_CHARACTERS.saturating_sub(before.chars().count() + after.chars().count());
        let before: String = before.chars().chain(text.chars().take(room)).collect();
        let cursor = before.chars().count();
        self.input = Input::new(before + after).with_cursor(cursor);
    }

    /// Handles a terminal event. Returns whether the text or the cursor may have changed.
    pub fn handle(&mut self, event: &Event) -> bool {
        match event {
            Event::Paste(text) => {
                let text: String = text.chars().filter(|c| !c.is_control()).collect();
                let cursor = self.cursor();
                self.replace(cursor..cursor, &text);
                true
            }
            _ if self.text().chars().count() >= MAX_CHARACTERS && is_typed_character(event) => {
                false
            }
            _ => self.input.handle_event(event).is_some(),
        }
    }
}

fn is_typed_character(event: &Event) -> bool {
    let key = event.as_key_press_event();
    let altered = KeyModifiers::CONTROL | KeyModifiers::ALT;
    key.is_some_and(|key| {
        matches!(key.code, KeyCode::Char(_)) && !key.modifiers.intersects(altered)
    })
}
