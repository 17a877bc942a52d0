//! The characters that drawing uses beyond plain text: in Unicode, or in ASCII.

use ratatui::symbols::border;

use crate::task::Phase;
use crate::text::Charset;

/// A set of symbols.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SymbolSet {
    /// Of Unicode.
    Unicode,
    /// Of ASCII.
    Ascii,
    /// Of a Nerd Font, where it has better ones.
    Nerd,
}

impl SymbolSet {
    /// The characters that may be written.
    pub fn charset(self) -> Charset {
        match self {
            Self::Unicode | Self::Nerd => Charset::Unicode,
            Self::Ascii => Charset::Ascii,
        }
    }
}

impl From<Charset> for SymbolSet {
    fn from(charset: Charset) -> Self {
        match charset {
            Charset::Unicode => Self::Unicode,
            Charset::Ascii => Self::Ascii,
        }
    }
}

/// The characters that drawing uses beyond plain text.
#[derive(Clone, Copy, Debug)]
pub struct Symbols {
    /// Points to the selected row.
    pub marker: &'static str,
    /// The same where the row is reversed.
    pub plain_marker: &'static str,
    /// Marks a marked row.
    pub mark: &'static str,
    /// Marks the column that the rows are sorted by: ascending, descending.
    pub sorted: [&'static str; 2],
    /// A step of a task's life that is behind it, and one ahead.
    pub steps: [&'static str; 2],
    /// Joins two steps of a task's life: behind it, and ahead.
    pub joints: [&'static str; 2],
    /// From what was to what is.
    pub arrow: &'static str,
    /// Marks a row that has just changed.
    pub changed: &'static str,
    /// Between two facts on one line.
    pub separator: &'static str,
    /// Hides a character.
    pub mask: char,
    /// Around a button.
    pub button: (&'static str, &'static str),
    /// A bar's cells from empty to full, in equal steps, on the colour of the part that is not filled.
    pub bar: &'static [&'static str],
    /// The same where there are no colours.
    pub plain_bar: &'static [&'static str],
    /// Levels of a sparkline, the lowest first.
    pub levels: &'static [&'static str],
    /// For freshness: connecting, live, paused, stale, offline.
    pub freshness: [&'static str; 5],
    /// A box.
    pub border: border::Set<'static>,
    phases: [&'static str; Phase::ALL.len()],
}

impl Symbols {
    /// The symbols of a set.
    pub fn of(set: SymbolSet) -> &'static Self {
        match set {
            SymbolSet::Unicode => &UNICODE,
            SymbolSet::Ascii => &ASCII,
            SymbolSet::Nerd => &NERD,
        }
    }

    /// The symbol of a phase.
    pub fn phase(&self, phase: Phase) -> &'static str {
        self.phases[phase as usize]
    }
}

const UNICODE: Symbols = Symbols {
    marker: "▌",
    plain_marker: "▸",
    mark: "●",
    sorted: ["▴", "▾"],
    steps: ["✓", "·"],
    joints: ["──", "╌╌"],
    arrow: "→",
    changed: "◇",
    separator: " · ",
    mask: '•',
    button: ("‹ ", " ›"),
    bar: &[" ", "▏", "▎", "▍", "▌", "▋", "▊", "▉", "█"],
    plain_bar: &["░", "█"],
    levels: &["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"],
    freshness: ["○", "●", "‖", "▲", "✗"],
    phases: ["○", "◔", "◑", "◆", "⊘", "✓", "✗", "?"],
    border: border::ROUNDED,
};

/// Font Awesome's part of the Nerd Fonts, each one cell wide.
const NERD: Symbols = Symbols {
    mark: "\u{f00c}",
    sorted: ["\u{f0de}", "\u{f0dd}"],
    // Connecting, live, paused, stale, offline: spinner, circle, pause, warning sign, broken link.
    freshness: ["\u{f110}", "\u{f111}", "\u{f04c}", "\u{f071}", "\u{f127}"],
    // Clock, power, archive, upload to a cloud, ban, check, cross, question mark.
    phases: [
        "\u{f017}", "\u{f011}", "\u{f187}", "\u{f0ee}", "\u{f05e}", "\u{f058}", "\u{f057}",
        "\u{f059}",
    ],
    ..UNICODE
};

const ASCII: Symbols = Symbols {
    marker: ">",
    plain_marker: ">",
    mark: "*",
    sorted: ["^", "v"],
    steps: ["v", "."],
    joints: ["--", ".."],
    arrow: "->",
    changed: "~",
    separator: " - ",
    mask: '*',
    button: ("< ", " >"),
    bar: &["-", "#"],
    plain_bar: &["-", "#"],
    levels: &["_", ".", "-", "=", "^"],
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
