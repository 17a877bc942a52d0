//! What drawing a frame has found out, and the app needs: what fits, and where things are.

use ratatui::layout::{Position, Rect};

use super::column::Column;
use super::dialog::Button;
use super::keymap::Action;
use crate::task::Phase;

/// What is on the screen.
#[derive(Clone, Debug, Default)]
pub struct Drawn {
    /// How many lines of the scrollable content did not fit.
    pub max_scroll: u16,
    /// The lines of the scrollable content in which the text searched for was found.
    pub found: Vec<u16>,
    /// What can be clicked, what is on top last.
    pub targets: Vec<(Rect, Target)>,
}

/// What can be clicked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// A row of the list, by its number.
    Row(usize),
    /// The title of a column.
    Title(Column),
    /// How many tasks are in a phase; `None` for how many there are.
    Count(Option<Phase>),
    /// A button of the dialog before a cancel.
    Button(Button),
    /// An entry of the menu or the palette, by its number.
    Entry(usize),
    /// An event of the log, by its place.
    Event(usize),
    /// A key in the footer, by what it does.
    Key(Action),
    /// A dialog: what is below it cannot be clicked.
    Dialog,
}

impl Drawn {
    /// What is at a cell of the screen.
    pub fn target_at(&self, position: Position) -> Option<Target> {
        let mut targets = self.targets.iter().rev();
        let found = targets.find(|(area, _)| area.contains(position));
        found.map(|(_, target)| *target)
    }
}
