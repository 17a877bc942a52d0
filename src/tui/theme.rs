//! What things look like: a style for each role, symbols for each state, Unicode or ASCII.
//!
//! The colours are the terminal's own sixteen, so they suit a dark and a light background alike.
//! Nothing is told by colour alone: every state has its word and its symbol.

use ratatui::style::{Color, Modifier, Style};
use ratatui::symbols::border;

use crate::environment;
use crate::task::Phase;
use crate::text::Charset;

/// What a piece of text is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    /// Ordinary text.
    Text,
    /// Text that may be overlooked.
    Dim,
    /// Names of things: columns, fields, titles.
    Label,
    /// What stands out: the program's name, the key to press.
    Strong,
    /// The selected row.
    Selected,
    /// Borders.
    Border,
    /// The mark that this is the demonstration.
    Demo,
    /// All is well.
    Good,
    /// Under way.
    Active,
    /// Needs attention.
    Warning,
    /// Went wrong.
    Bad,
    /// The button in focus.
    Button,
}

/// The characters that drawing uses beyond plain text.
#[derive(Clone, Copy, Debug)]
pub struct Symbols {
    /// Marks the selected row.
    pub marker: &'static str,
    /// Joins two steps of a task's life.
    pub step: &'static str,
    /// Leads to the step a task is at.
    pub arrow: &'static str,
    /// Between two facts on one line.
    pub dot: &'static str,
    /// Hides a character.
    pub mask: char,
    /// Around a button.
    pub button: (&'static str, &'static str),
    /// A bar's cells from empty to full, in equal steps.
    pub bar: &'static [&'static str],
    /// For freshness: connecting, live, paused, stale, offline.
    pub freshness: [&'static str; 5],
    /// For each of [`Phase::ALL`].
    phases: [&'static str; Phase::ALL.len()],
    /// A box.
    pub border: border::Set<'static>,
}

const UNICODE: Symbols = Symbols {
    marker: "▌",
    step: " ── ",
    arrow: " ──▶ ",
    dot: " · ",
    mask: '•',
    button: ("‹ ", " ›"),
    bar: &["░", "▏", "▎", "▍", "▌", "▋", "▊", "▉", "█"],
    freshness: ["○", "●", "‖", "▲", "✗"],
    phases: ["○", "◔", "◑", "◆", "⊘", "✓", "✗", "?"],
    border: border::PLAIN,
};

const ASCII: Symbols = Symbols {
    marker: ">",
    step: " -- ",
    arrow: " --> ",
    dot: " - ",
    mask: '*',
    button: ("< ", " >"),
    bar: &["-", "#"],
    freshness: ["o", "*", "=", "!", "x"],
    phases: [".", ":", "o", "+", "/", "v", "x", "?"],
    border: border::Set {
        top_left: "+",
        top_right: "+",
        bottom_left: "+",
        bottom_right: "+",
        vertical_left: "|",
        vertical_right: "|",
        horizontal_top: "-",
        horizontal_bottom: "-",
    },
};

/// How everything looks.
#[derive(Clone, Copy, Debug)]
pub struct Theme {
    color: bool,
    charset: Charset,
}

impl Theme {
    /// A theme with or without colour, in Unicode or ASCII.
    pub fn new(color: bool, charset: Charset) -> Self {
        Self { color, charset }
    }

    /// The theme the environment asks for: `NO_COLOR` (any value but the empty one) takes the
    /// colour, a locale that is not UTF-8 or `ascii` the characters beyond ASCII.
    pub fn from_env(ascii: bool, var: impl Fn(&str) -> Option<String>) -> Self {
        let set = |name: &str| var(name).filter(|value| !value.is_empty());
        let locale = ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().find_map(set);
        let is_utf8 = match locale {
            Some(locale) => {
                let locale = locale.to_ascii_lowercase();
                locale.contains("utf-8") || locale.contains("utf8")
            }
            // No locale at all is POSIX's, plain ASCII; Windows and macOS have another way.
            None => cfg!(windows) || cfg!(target_os = "macos"),
        };
        let charset = if ascii || !is_utf8 {
            Charset::Ascii
        } else {
            Charset::Unicode
        };
        Self::new(!environment::no_color(&var), charset)
    }

    /// The characters to draw with.
    pub fn symbols(&self) -> &'static Symbols {
        match self.charset {
            Charset::Unicode => &UNICODE,
            Charset::Ascii => &ASCII,
        }
    }

    /// The characters that may be written.
    pub fn charset(&self) -> Charset {
        self.charset
    }

    /// Whether only ASCII may be written.
    pub fn is_ascii(&self) -> bool {
        self.charset == Charset::Ascii
    }

    /// The style of a role.
    pub fn style(&self, role: Role) -> Style {
        let (color, modifier) = match role {
            Role::Text => (None, Modifier::empty()),
            Role::Dim | Role::Border => (None, Modifier::DIM),
            Role::Label => (Some(Color::Cyan), Modifier::empty()),
            Role::Strong | Role::Selected => (None, Modifier::BOLD),
            Role::Demo => (
                Some(Color::Magenta),
                Modifier::BOLD.union(Modifier::REVERSED),
            ),
            Role::Good => (Some(Color::Green), Modifier::empty()),
            Role::Active => (Some(Color::LightBlue), Modifier::empty()),
            Role::Warning => (Some(Color::Yellow), Modifier::empty()),
            Role::Bad => (Some(Color::Red), Modifier::empty()),
            Role::Button => (None, Modifier::BOLD.union(Modifier::REVERSED)),
        };
        let style = Style::new().add_modifier(modifier);
        match color {
            Some(color) if self.color => style.fg(color),
            Some(_) | None => style,
        }
    }

    /// The symbol and the role of a phase.
    pub fn phase(&self, phase: Phase) -> (&'static str, Role) {
        let role = match phase {
            Phase::Pending | Phase::WaitingForShutdown => Role::Text,
            Phase::Bundling | Phase::Storing => Role::Active,
            Phase::Cancelling | Phase::Unknown => Role::Warning,
            Phase::Complete => Role::Good,
            Phase::Failed => Role::Bad,
        };
        (self.symbols().phases[phase as usize], role)
    }
}
