//! The key bindings, read from `assets/keys.toml`. Every key label on the screen is made here.

mod key;
mod rebind;

use std::collections::HashMap;
use std::sync::LazyLock;

use serde::{Deserialize, Deserializer, Serialize};

use crate::text::Charset;
pub use key::{Key, KeySequence};
pub use rebind::{Rebinding, rebind_all};

/// The bindings that are compiled in.
const BUILT_IN: &str = include_str!("../../assets/keys.toml");

/// Where a key binding applies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Context {
    /// The table of tasks.
    List,
    /// The full details of one task.
    Details,
    /// The event log.
    Events,
    /// The dialog that asks before a cancel.
    Confirm,
    /// The dialog that asks before several cancels.
    ConfirmTyped,
    /// The dialog that shows the outcome of a cancel.
    Outcome,
    /// The panel that shows what became of several cancels.
    Cancels,
    /// The dialog that asks before quitting while cancels are under way.
    Quit,
    /// The dialog that asks before a file is replaced.
    Overwrite,
    /// The help.
    Help,
    /// A menu.
    Menu,
    /// The command palette.
    Palette,
    /// A text field.
    Text,
}

impl Context {
    /// Every context.
    pub const ALL: [Self; 13] = [
        Self::List,
        Self::Details,
        Self::Events,
        Self::Confirm,
        Self::ConfirmTyped,
        Self::Outcome,
        Self::Cancels,
        Self::Quit,
        Self::Overwrite,
        Self::Help,
        Self::Menu,
        Self::Palette,
        Self::Text,
    ];

    /// Whether keys that are not bound are typed into a text.
    pub fn takes_text(self) -> bool {
        match self {
            Self::Palette | Self::Text | Self::ConfirmTyped => true,
            Self::List
            | Self::Details
            | Self::Events
            | Self::Confirm
            | Self::Outcome
            | Self::Cancels
            | Self::Quit
            | Self::Overwrite
            | Self::Help
            | Self::Menu => false,
        }
    }

    /// Its name in the help.
    fn name(self) -> &'static str {
        match self {
            Self::List => "list",
            Self::Details => "details",
            Self::Events => "events",
            Self::Confirm => "before a cancel",
            Self::ConfirmTyped => "before a typed cancel",
            Self::Outcome => "after a cancel",
            Self::Cancels => "after several cancels",
            Self::Quit => "before quitting",
            Self::Overwrite => "before a file is replaced",
            Self::Help => "help",
            Self::Menu => "menus",
            Self::Palette => "command palette",
            Self::Text => "text",
        }
    }
}

/// What a key does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
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
    /// Filter the list as text is typed.
    Filter,
    /// Have EC2 send only some tasks.
    Ec2Filters,
    /// Show only tasks in one state: which, depends on the key.
    ShowState,
    /// Undo, one after the other, what limits the list: the range, the filter, the state.
    ShowAll,
    /// Choose how to sort.
    Sort,
    /// Sort by the column to the left.
    SortLeft,
    /// Sort by the column to the right.
    SortRight,
    /// Sort the other way round.
    SortReverse,
    /// Keep the tasks that have ended at the end, or not.
    FinishedLast,
    /// Mark the selected task and move on.
    Mark,
    /// Begin a range to mark, or mark it.
    MarkRange,
    /// Mark all tasks shown.
    MarkAll,
    /// Remove every mark.
    Unmark,
    /// Open the command palette.
    Palette,
    /// Open the full details of the selected task.
    Details,
    /// Ask whether to cancel the selected task.
    AskToCancel,
    /// Open the panel that shows what became of several cancels.
    Cancels,
    /// Open the event log, or close it.
    Events,
    /// Show tasks of the past, or hide them.
    Past,
    /// In a recording: twice as fast.
    ReplayFaster,
    /// In a recording: half as fast.
    ReplaySlower,
    /// In a recording: a minute back.
    ReplayBack,
    /// In a recording: a minute ahead.
    ReplayAhead,
    /// In a recording: to the next event.
    ReplayNextEvent,
    /// Show changes of progress in the event log, or leave them out.
    ProgressEvents,
    /// Go to the task of an event.
    GoToTask,
    /// Copy what an event says.
    CopyEvent,
    /// Ask EC2 now.
    Refresh,
    /// Pause or resume polling.
    Pause,
    /// Dismiss a task that EC2 no longer lists.
    Dismiss,
    /// Open the details as JSON, or go back from JSON to the fields.
    Json,
    /// The same with YAML.
    Yaml,
    /// Search the details.
    Search,
    /// Go to the next place where the text is found.
    FindNext,
    /// Go to the previous place where the text is found.
    FindPrevious,
    /// Show the upload policy, and in JSON and YAML the access key ID, or hide them.
    Reveal,
    /// Choose what to copy.
    Copy,
    /// Export the rows to a file.
    Export,
    /// Replace a file that exists.
    Overwrite,
    /// Use the mouse, or leave it to the terminal.
    Mouse,
    /// Choose a theme.
    Theme,
    /// Open the file of the settings in an editor.
    EditSettings,
    /// Keep the task: close the dialog.
    KeepTask,
    /// Cancel the task.
    CancelTask,
    /// Move to the other button.
    OtherButton,
    /// Press the focused button.
    Press,
    /// Take what is selected in a menu.
    Choose,
    /// Keep what was typed.
    Accept,
    /// Discard what was typed.
    Discard,
    /// Complete what is being typed by the next suggestion.
    Complete,
    /// The same by the previous one.
    CompleteBack,
    /// Recall what was typed earlier.
    Earlier,
    /// Recall what was typed later.
    Later,
    /// Close what is open.
    Close,
    /// Open the help.
    Help,
    /// Return to the shell until `fg`.
    Suspend,
    /// End the program, or ask first if cancels are under way.
    Quit,
    /// End the program although cancels are under way.
    QuitAnyway,
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
    pub keys: Vec<KeySequence>,
    /// The sentence in the help.
    pub help: String,
    /// The word in the footer; `None` keeps it out of the footer.
    pub footer: Option<String>,
    /// The action whose key the footer shows beside this one's.
    shown_with: Option<Action>,
    /// In a narrow footer, the lowest is dropped first.
    #[serde(default)]
    pub priority: u8,
    /// Whether the settings cannot change it, so that there is always a way out.
    #[serde(default)]
    fixed: bool,
    /// Those of the keys that the settings cannot take away, for the same reason.
    #[serde(default)]
    fixed_keys: Vec<KeySequence>,
}

impl Binding {
    /// Sets other keys. Those that are fixed stay.
    fn set_keys(&mut self, keys: &[KeySequence]) {
        let fixed = self.fixed_keys.iter().filter(|key| !keys.contains(key));
        self.keys = keys.iter().chain(fixed).cloned().collect();
    }
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
    /// What keys do, and which of the binding's keys they are.
    actions: HashMap<(Context, KeySequence), (Action, usize)>,
}

/// What keys are bound to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bound {
    /// This action, and which of the binding's keys they are.
    To(Action, usize),
    /// They are the beginning of others that are bound.
    Beginning,
    /// Nothing.
    Nothing,
}

impl Keymap {
    /// The bindings that are compiled in. They are read once.
    pub fn built_in() -> &'static Self {
        static KEYMAP: LazyLock<Keymap> = LazyLock::new(|| {
            #[derive(Deserialize)]
            struct KeymapFile {
                binding: Vec<Binding>,
            }
            let file: KeymapFile = toml::from_str(BUILT_IN).expect("a test reads the same file");
            Keymap::of(file.binding)
        });
        &KEYMAP
    }

    fn of(bindings: Vec<Binding>) -> Self {
        let actions = bindings
            .iter()
            .flat_map(|binding| {
                let keys = binding.keys.iter().enumerate();
                keys.flat_map(|(number, keys)| {
                    let contexts = binding.contexts.iter();
                    let action = (binding.action, number);
                    contexts.map(move |context| ((*context, keys.clone()), action))
                })
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

    /// What keys that were pressed one after the other are bound to in a context.
    pub fn bound(&self, context: Context, pressed: &[Key]) -> Bound {
        let keys = KeySequence::from(pressed);
        if let Some(&(action, number)) = self.actions.get(&(context, keys)) {
            return Bound::To(action, number);
        }
        let mut all = self.bindings(context).flat_map(|binding| &binding.keys);
        if all.any(|keys| keys.keys().starts_with(pressed)) {
            Bound::Beginning
        } else {
            Bound::Nothing
        }
    }

    /// What can be pressed after the beginning of keys, and what that is bound to.
    pub fn following(
        &self,
        context: Context,
        pressed: &[Key],
    ) -> impl Iterator<Item = (KeySequence, &Binding)> {
        self.bindings(context).flat_map(move |binding| {
            let keys = binding.keys.iter();
            let rests = keys.filter_map(move |keys| keys.keys().strip_prefix(pressed));
            rests.map(move |rest| (KeySequence::from(rest), binding))
        })
    }

    /// The keys of an action in a context, in display order.
    pub fn keys(&self, context: Context, action: Action) -> impl Iterator<Item = &KeySequence> {
        let of_action = self.bindings(context).filter(move |b| b.action == action);
        of_action.flat_map(|binding| &binding.keys)
    }

    /// The name of an action's first key in a context; empty if it has none.
    pub fn key_name(&self, context: Context, action: Action, charset: Charset) -> String {
        let first = self.keys(context, action).next();
        first.map_or_else(String::new, |key| key.name(charset))
    }

    /// The keys of a binding as the footer shows them: `↑↓`, `c`, `⏎`.
    pub fn footer_keys(&self, context: Context, binding: &Binding, charset: Charset) -> String {
        let own = footer_symbol(binding.keys.iter(), charset);
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
fn footer_symbol<'a>(
    mut keys: impl Iterator<Item = &'a KeySequence>,
    charset: Charset,
) -> Option<String> {
    let is_short = |keys: &&KeySequence| charset == Charset::Unicode || !keys.is_arrow();
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
