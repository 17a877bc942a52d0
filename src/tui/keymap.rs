//! Every key of the program, in one table. The footer, the help and the README's table read it;
//! nothing else names a key.

use std::fmt;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

/// Where a key means something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Context {
    /// The table of tasks.
    List,
    /// The full details of one task.
    Details,
    /// The dialog that asks before a cancel.
    Confirm,
    /// The dialog that says what became of a cancel.
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

    /// What a person would call it.
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

/// What a key asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
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
    Cancel,
    /// Ask EC2 now.
    Refresh,
    /// Stop or resume polling.
    Pause,
    /// Take a task that EC2 no longer lists off the screen.
    Dismiss,
    /// Decode the upload policy, or hide it again.
    Policy,
    /// Keep the task: close the dialog.
    Keep,
    /// Cancel the task.
    Confirm,
    /// Move to the other button.
    OtherButton,
    /// Press the focused button.
    Press,
    /// Close the dialog.
    Close,
    /// Open the help.
    Help,
    /// Leave to the shell until `fg`.
    Suspend,
    /// End the program.
    Quit,
}

/// One key, with its modifiers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Key(pub KeyCode, pub KeyModifiers);

const fn plain(code: KeyCode) -> Key {
    Key(code, KeyModifiers::NONE)
}

const fn char(c: char) -> Key {
    plain(KeyCode::Char(c))
}

const fn ctrl(c: char) -> Key {
    Key(KeyCode::Char(c), KeyModifiers::CONTROL)
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.1.contains(KeyModifiers::CONTROL) {
            f.write_str("Ctrl-")?;
        }
        match self.0 {
            KeyCode::Char(' ') => f.write_str("Space"),
            KeyCode::Char(c) if self.1.contains(KeyModifiers::CONTROL) => {
                write!(f, "{}", c.to_ascii_uppercase())
            }
            KeyCode::Char(c) => write!(f, "{c}"),
            // crossterm names this one after the platform; a table in a README can't.
            KeyCode::Enter => f.write_str("Enter"),
            KeyCode::BackTab => f.write_str("Shift-Tab"),
            KeyCode::PageUp => f.write_str("PgUp"),
            KeyCode::PageDown => f.write_str("PgDn"),
            KeyCode::Up => f.write_str("↑"),
            KeyCode::Down => f.write_str("↓"),
            KeyCode::Left => f.write_str("←"),
            KeyCode::Right => f.write_str("→"),
            other => write!(f, "{other}"),
        }
    }
}

/// One line of the table.
#[derive(Debug)]
pub struct Binding {
    /// Where it holds.
    pub contexts: &'static [Context],
    /// The keys, the one to show first in front.
    pub keys: &'static [Key],
    /// What they ask for.
    pub action: Action,
    /// The footer's words: the keys, then what they do. `None` keeps it out of the footer.
    pub footer: Option<(&'static str, &'static str)>,
    /// What gives way last when the footer is narrow: the higher stays longer.
    pub priority: u8,
    /// The help's sentence.
    pub help: &'static str,
}

const fn bind(
    contexts: &'static [Context],
    keys: &'static [Key],
    action: Action,
    footer: Option<(&'static str, &'static str)>,
    priority: u8,
    help: &'static str,
) -> Binding {
    Binding {
        contexts,
        keys,
        action,
        footer,
        priority,
        help,
    }
}

use Context::{Confirm, Details, Help, List, Outcome};

const EVERYWHERE: &[Context] = &Context::ALL;
const READING: &[Context] = &[List, Details, Help];
const TASKS: &[Context] = &[List, Details];

/// The table, in the order the footer and the help show it.
#[rustfmt::skip]
pub const BINDINGS: &[Binding] = &[
    bind(READING, &[plain(KeyCode::Up), char('k')], Action::Up, Some(("↑↓", "move")), 6, "the task or line above"),
    bind(READING, &[plain(KeyCode::Down), char('j')], Action::Down, None, 0, "the task or line below"),
    bind(READING, &[plain(KeyCode::PageUp), ctrl('b')], Action::PageUp, None, 0, "a page up"),
    bind(READING, &[plain(KeyCode::PageDown), ctrl('f')], Action::PageDown, None, 0, "a page down"),
    bind(READING, &[plain(KeyCode::Home), char('g')], Action::First, None, 0, "to the top"),
    bind(READING, &[plain(KeyCode::End), char('G')], Action::Last, None, 0, "to the bottom"),

    bind(TASKS, &[char('c')], Action::Cancel, Some(("c", "cancel")), 7, "cancel this task; a dialog asks first"),
    bind(TASKS, &[char('r')], Action::Refresh, Some(("r", "refresh")), 3, "ask EC2 now"),
    bind(TASKS, &[char('p')], Action::Pause, Some(("p", "pause")), 2, "stop asking EC2, or go on"),
    bind(TASKS, &[char('x')], Action::Dismiss, Some(("x", "dismiss")), 5, "take a task that EC2 no longer lists off the screen"),
    bind(TASKS, &[char('?')], Action::Help, Some(("?", "help")), 8, "this help"),

    bind(&[List], &[plain(KeyCode::Enter)], Action::Details, Some(("⏎", "details")), 5, "everything EC2 says about this task"),

    bind(&[Details], &[char('u')], Action::Policy, Some(("u", "upload policy")), 5, "show the upload policy decoded, or hide it again"),
    bind(&[Details], &[plain(KeyCode::Esc), plain(KeyCode::Enter)], Action::Close, Some(("Esc", "back")), 7, "back to the list"),

    bind(&[Confirm], &[plain(KeyCode::Esc), char('n')], Action::Keep, Some(("Esc", "keep it")), 7, "keep the task"),
    bind(&[Confirm], &[char('y')], Action::Confirm, Some(("y", "cancel the task")), 6, "cancel the task"),
    bind(&[Confirm], &[plain(KeyCode::Tab), plain(KeyCode::BackTab), plain(KeyCode::Left), plain(KeyCode::Right)], Action::OtherButton, Some(("Tab", "other button")), 4, "move to the other button"),
    bind(&[Confirm], &[plain(KeyCode::Enter)], Action::Press, Some(("⏎", "press")), 5, "press the button in focus; at first that one keeps the task"),

    bind(&[Outcome], &[plain(KeyCode::Esc), plain(KeyCode::Enter)], Action::Close, Some(("Esc", "close")), 7, "close"),

    bind(&[Help], &[plain(KeyCode::Esc), plain(KeyCode::Enter), char('?')], Action::Close, Some(("Esc", "close")), 7, "close"),

    bind(EVERYWHERE, &[char('q'), ctrl('c')], Action::Quit, Some(("q", "quit")), 9, "quit; that cancels nothing"),
    bind(EVERYWHERE, &[ctrl('z')], Action::Suspend, None, 0, "leave to the shell until `fg` (not on Windows)"),
];

/// Where keys hold, in words: `List, details, help`.
pub fn place(contexts: &[Context]) -> String {
    if contexts == EVERYWHERE {
        return "Everywhere".into();
    }
    let names: Vec<_> = contexts.iter().map(|context| context.name()).collect();
    let names = names.join(", ");
    let (first, rest) = names.split_at(1);
    first.to_uppercase() + rest
}

/// What a key press asks for where it was pressed, if anything.
pub fn find_action(context: Context, event: KeyEvent) -> Option<Action> {
    // Terminals differ in whether they send SHIFT along with an upper-case letter, so it counts for
    // nothing: the letter already says it.
    let key = Key(event.code, event.modifiers - KeyModifiers::SHIFT);
    bindings(context)
        .find(|binding| binding.keys.contains(&key))
        .map(|binding| binding.action)
}

/// The bindings that hold in a context, in the table's order.
pub fn bindings(context: Context) -> impl Iterator<Item = &'static Binding> {
    BINDINGS
        .iter()
        .filter(move |binding| binding.contexts.contains(&context))
}
