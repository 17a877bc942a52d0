//! The key bindings, read from `assets/keys.toml`. Every key label on the screen is made here.

use std::collections::HashMap;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use serde::{Deserialize, Deserializer};

use crate::text::Charset;

/// The bindings that are compiled in.
const BUILT_IN: &str = include_str!("../../assets/keys.toml");

/// Where a key binding applies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Context {
    /// The table of tasks.
    List,
    /// The full details of one task.
    Details,
    /// The dialog that asks before a cancel.
    Confirm,
    /// The dialog that shows the outcome of a cancel.
    Outcome,
    /// The help.
    Help,
}

impl Context {
    /// Every context.
    pub const ALL: [Self; 5] = [
        Self::List,
        Self::Details,
        Self::Confirm,
        Self::Outcome,
        Self::Help,
    ];

    /// Its name in the help.
    fn name(self) -> &'static str {
        match self {
            Self::List => "list",
            Self::Details => "details",
            Self::Confirm => "before a cancel",
            Self::Outcome => "after a cancel",
            Self::Help => "help",
        }
    }
}

/// What a key does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Action {
    /// One row or line up.
    Up,
    /// One row or line down.
    Down,
    /// One page up.
    PageUp,
    /// One page down.
    PageDown,
    /// To the first row or line.
    First,
    /// To the last row or line.
    Last,
    /// Open the full details of the selected task.
    Details,
    /// Ask whether to cancel the selected task.
    AskToCancel,
    /// Ask EC2 now.
    Refresh,
    /// Pause or resume polling.
    Pause,
    /// Dismiss a task that EC2 no longer lists.
    Dismiss,
    /// Show or hide the decoded upload policy.
    Policy,
    /// Keep the task: close the dialog.
    KeepTask,
    /// Cancel the task.
    CancelTask,
    /// Move to the other button.
    OtherButton,
    /// Press the focused button.
    Press,
    /// Close what is open.
    Close,
    /// Open the help.
    Help,
    /// Return to the shell until `fg`.
    Suspend,
    /// End the program.
    Quit,
}

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

    /// The name in as few cells as possible: `⏎` for Enter.
    fn symbol(self, charset: Charset) -> String {
        match self.code {
            KeyCode::Enter if charset == Charset::Unicode => "⏎".to_owned(),
            _ => self.name(charset),
        }
    }

    fn is_arrow(self) -> bool {
        matches!(
            self.code,
            KeyCode::Up | KeyCode::Down | KeyCode::Left | KeyCode::Right
        )
    }
}

impl<'de> Deserialize<'de> for Key {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text)
            .ok_or_else(|| serde::de::Error::custom(format!("\"{text}\" is not a key")))
    }
}

/// One binding.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Binding {
    /// Where it applies.
    #[serde(deserialize_with = "contexts")]
    pub contexts: Vec<Context>,
    /// What it does.
    pub action: Action,
    /// The keys, in display order.
    pub keys: Vec<Key>,
    /// The sentence in the help.
    pub help: String,
    /// The word in the footer; `None` keeps it out of the footer.
    pub footer: Option<String>,
    /// The action whose key the footer shows beside this one's.
    shown_with: Option<Action>,
    /// In a narrow footer, the lowest is dropped first.
    #[serde(default)]
    pub priority: u8,
}

fn contexts<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Context>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Written {
        One(Context),
        Everywhere(Everywhere),
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "kebab-case")]
    enum Everywhere {
        Everywhere,
    }
    let written = Vec::<Written>::deserialize(deserializer)?;
    let contexts = written.into_iter().flat_map(|context| match context {
        Written::One(context) => vec![context],
        Written::Everywhere(Everywhere::Everywhere) => Context::ALL.to_vec(),
    });
    Ok(contexts.collect())
}

/// The bindings, in the order the footer and help show them.
#[derive(Clone, Debug)]
pub struct Keymap {
    bindings: Vec<Binding>,
    actions: HashMap<(Context, Key), Action>,
}

impl Keymap {
    /// The bindings that are compiled in.
    #[expect(clippy::missing_panics_doc, reason = "a test reads the same file")]
    pub fn built_in() -> Self {
        #[derive(Deserialize)]
        struct KeymapFile {
            binding: Vec<Binding>,
        }
        let file: KeymapFile = toml::from_str(BUILT_IN).expect("a test reads the same file");
        let bindings = file.binding;
        let actions = bindings
            .iter()
            .flat_map(|binding| {
                let keys = binding.keys.iter();
                keys.flat_map(|key| binding.contexts.iter().map(|context| (*context, *key)))
                    .map(|place| (place, binding.action))
            })
            .collect();
        Self { bindings, actions }
    }

    /// Every binding.
    pub fn all(&self) -> &[Binding] {
        &self.bindings
    }

    /// The bindings that apply in a context.
    pub fn bindings(&self, context: Context) -> impl Iterator<Item = &Binding> {
        let holds = move |binding: &&Binding| binding.contexts.contains(&context);
        self.bindings.iter().filter(holds)
    }

    /// The action bound to a key press in a context, if any.
    pub fn action(&self, context: Context, event: KeyEvent) -> Option<Action> {
        self.actions.get(&(context, event.into())).copied()
    }

    /// The keys of an action in a context, in display order.
    pub fn keys(&self, context: Context, action: Action) -> impl Iterator<Item = Key> {
        let of_action = self.bindings(context).filter(move |b| b.action == action);
        of_action.flat_map(|binding| binding.keys.iter().copied())
    }

    /// The name of an action's first key in a context; empty if it has none.
    pub fn key_name(&self, context: Context, action: Action, charset: Charset) -> String {
        let first = self.keys(context, action).next();
        first.map_or_else(String::new, |key| key.name(charset))
    }

    /// The keys of a binding as the footer shows them: `↑↓`, `c`, `⏎`.
    pub fn footer_keys(&self, context: Context, binding: &Binding, charset: Charset) -> String {
        let own = footer_symbol(binding.keys.iter().copied(), charset);
        let other = binding
            .shown_with
            .and_then(|action| footer_symbol(self.keys(context, action), charset));
        let mut symbols: Vec<_> = own.into_iter().chain(other).collect();
        // Sorting puts `jk` and `↑↓` in the order people expect.
        symbols.sort_unstable();
        symbols.concat()
    }
}

/// The symbol of the first short key: in ASCII an arrow takes a whole word, and another
/// key for the same action is shorter.
fn footer_symbol(mut keys: impl Iterator<Item = Key>, charset: Charset) -> Option<String> {
    let is_short = |key: &Key| charset == Charset::Unicode || !key.is_arrow();
    keys.find(is_short).map(|key| key.symbol(charset))
}

/// Where keys apply, as a title: `List, details, help`.
pub fn contexts_title(contexts: &[Context]) -> String {
    if contexts == Context::ALL {
        return "Everywhere".into();
    }
    let names: Vec<_> = contexts.iter().map(|context| context.name()).collect();
    crate::text::capitalized(&names.join(", "))
}
