//! Where the output goes.

use std::io::{self, IsTerminal as _};

use crate::environment;

/// Where the output goes, as far as the formats need to know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OutputTarget {
    /// Whether tables are coloured.
    pub color: bool,
    /// How many columns a table may take before its sections with one row are turned vertical: the
    /// width of the terminal, or [`OutputTarget::DEFAULT_WIDTH`].
    pub width: usize,
    /// Whether it is a terminal. Control characters are then never written as they are, since a
    /// bucket's name or an error message from EC2 could hold an escape sequence. For a file or a
    /// pipe the bytes are those of the AWS CLI.
    pub is_terminal: bool,
}

impl OutputTarget {
    /// The width in columns that the AWS CLI assumes where the output is not a terminal.
    pub const DEFAULT_WIDTH: usize = 80;

    /// Standard output as it is: coloured on a terminal, unless `NO_COLOR` is set.
    pub fn standard_output() -> Self {
        let is_terminal = io::stdout().is_terminal();
        let size = crossterm::terminal::size().ok().filter(|_| is_terminal);
        Self {
            color: is_terminal && !environment::no_color(environment::variable),
            width: size.map_or(Self::DEFAULT_WIDTH, |(columns, _)| columns.into()),
            is_terminal,
        }
    }

    /// A file or a pipe, without colours.
    pub const PLAIN: Self = Self {
        color: false,
        width: Self::DEFAULT_WIDTH,
        is_terminal: false,
    };
}
