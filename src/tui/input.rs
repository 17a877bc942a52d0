//! What the terminal sends: which keys were pressed on purpose, and editing in a text field.

use std::time::Duration;

use crossterm::event::{Event, KeyCode, KeyEvent, KeyModifiers};
use tui_input::backend::crossterm::EventHandler as _;
use tui_input::{Input, InputRequest};

/// Where keys go.
#[derive(Debug, Default)]
pub enum Mode {
    /// To the actions that the keymap binds them to.
    #[default]
    Normal,
    /// Into a text field.
    Text(TextField),
}

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
        let mut events = events.iter().filter(|event| !event.is_key_release());
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
    event.is_key_press() || matches!(event, Event::Paste(_))
}

/// A line of text being edited, with the usual keys: arrows, Home, End, Ctrl-A, Ctrl-E, Ctrl-W,
/// Ctrl-U, Ctrl-K, Ctrl-Y. A paste is inserted as is, without control characters.
#[derive(Debug, Default)]
pub struct TextField {
    /// What is asked for.
    pub label: String,
    input: Input,
}

/// What a key does to a text field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TextEdit {
    /// Nothing.
    Ignored,
    /// It changed the text or moved the cursor.
    Edited,
    /// Enter: the text is finished.
    Accepted(String),
    /// Esc or Ctrl-C: the text is discarded.
    Dismissed,
}

impl TextField {
    /// A field that contains `text`, with the cursor at its end.
    pub fn new(label: impl Into<String>, text: impl Into<String>) -> Self {
        Self {
            label: label.into(),
            input: Input::new(text.into()),
        }
    }

    /// The text.
    pub fn text(&self) -> &str {
        self.input.value()
    }

    /// The columns before the cursor.
    pub fn cursor(&self) -> usize {
        self.input.visual_cursor()
    }

    /// Handles a terminal event.
    pub fn handle(&mut self, event: &Event) -> TextEdit {
        if let Event::Paste(text) = event {
            for c in text.chars().filter(|c| !c.is_control()) {
                self.input.handle(InputRequest::InsertChar(c));
            }
            return TextEdit::Edited;
        }
        match event.as_key_press_event() {
            Some(KeyEvent {
                code: KeyCode::Enter,
                ..
            }) => TextEdit::Accepted(self.text().to_owned()),
            Some(KeyEvent {
                code: KeyCode::Esc, ..
            }) => TextEdit::Dismissed,
            Some(KeyEvent {
                code: KeyCode::Char('c'),
                modifiers: KeyModifiers::CONTROL,
                ..
            }) => TextEdit::Dismissed,
            Some(_) if self.input.handle_event(event).is_some() => TextEdit::Edited,
            Some(_) | None => TextEdit::Ignored,
        }
    }
}
