//! A menu: a list of choices, each with a letter that takes it.

use ratatui::Frame;
use ratatui::text::{Line, Span};

use super::centered_box::{self, Kind};
use crate::task::Phase;
use crate::text;
use crate::tui::column::Column;
use crate::tui::copy::CopyContent;
use crate::tui::drawn::Target;
use crate::tui::render::RenderContext;
use crate::tui::theme::Role;

/// A menu.
#[derive(Debug)]
pub struct Menu {
    /// What is chosen.
    pub title: String,
    /// The choices.
    pub entries: Vec<MenuEntry>,
    /// The selected entry.
    pub cursor: usize,
}

/// An entry of a menu.
#[derive(Debug)]
pub struct MenuEntry {
    /// The key that takes it.
    pub letter: char,
    /// What it is called.
    pub text: String,
    /// What is said of it at the right.
    pub hint: String,
    /// What taking it means.
    pub choice: Choice,
}

/// What taking an entry means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Choice {
    /// Sort by a column, or the other way round if the list is sorted by it.
    Sort(Column),
    /// Keep tasks that have ended at the end, or not.
    FinishedLast,
    /// Show only one phase, or all.
    Show(Option<Phase>),
    /// Copy something.
    Copy(CopyContent),
    /// Look like the theme with that number among those that there are; like that of the settings if `None`.
    Theme(Option<usize>),
}

impl Menu {
    /// A menu with an entry selected.
    pub fn new(title: impl Into<String>, entries: Vec<MenuEntry>, cursor: usize) -> Self {
        Self {
            title: title.into(),
            entries,
            cursor,
        }
    }

    /// The selected entry.
    pub fn selected(&self) -> Option<&MenuEntry> {
        self.entries.get(self.cursor)
    }

    /// Selects the entry that many places below.
    pub fn move_by(&mut self, by: isize) {
        let last = self.entries.len().saturating_sub(1);
        self.cursor = self.cursor.saturating_add_signed(by).min(last);
    }
}

/// Draws a menu in the middle of the screen.
pub fn draw(frame: &mut Frame, menu: &Menu, context: &RenderContext) {
    // The marker, the letter and the spaces around them.
    const PADDING: usize = 5;
    let max = usize::from(frame.area().width).saturating_sub(4);
    let texts = menu.entries.iter().map(|entry| text::width(&entry.text));
    let room_for_hint = max.saturating_sub(PADDING + 2 + texts.max().unwrap_or(0));
    let hints: Vec<_> = menu
        .entries
        .iter()
        .map(|entry| context.keep_start(&entry.hint, room_for_hint))
        .collect();
    let entries = menu.entries.iter().zip(&hints);
    let widths =
        entries.map(|(entry, hint)| PADDING + text::width(&entry.text) + text::width(hint));
    let width = (widths.max().unwrap_or(0) + 2).min(max);
    let room = centered_box::max_lines(frame.area()).max(1);
    let first = (menu.cursor + 1).saturating_sub(room);
    let shown = menu.entries.iter().enumerate().skip(first).take(room);
    let lines = shown.map(|(number, entry)| {
        let is_selected = number == menu.cursor;
        let hint = &hints[number];
        let gap = width.saturating_sub(PADDING + text::width(&entry.text) + text::width(hint));
        let line = Line::from(vec![
            Span::raw(if is_selected {
                context.symbols().marker
            } else {
                " "
            }),
            context.span(Role::Key, format!(" {} ", entry.letter)),
            Span::raw(context.clean(&entry.text).into_owned()),
            Span::raw(" ".repeat(gap)),
            context.span(Role::Dim, hint.clone()),
            Span::raw(" "),
        ]);
        if is_selected {
            line.patch_style(context.theme.style(Role::Selected))
        } else {
            line
        }
    });
    let title = format!(" {} ", menu.title);
    let count = menu.entries.len();
    let position = if count > room {
        format!("{} of {count}", menu.cursor + 1)
    } else {
        String::new()
    };
    let shows_theme = matches!(
        menu.selected().map(|entry| entry.choice),
        Some(Choice::Theme(_))
    );
    let inside = centered_box::draw_sized(
        frame,
        if shows_theme {
            Kind::Preview
        } else {
            Kind::Plain
        },
        width,
        title,
        &position,
        lines.collect(),
        context,
    );
    for (number, row) in (first..count).zip(inside.rows()) {
        context.add_target(row, Target::Entry(number));
    }
}
