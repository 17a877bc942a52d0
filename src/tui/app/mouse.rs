//! The mouse: what clicks and the wheel do. At first the terminal keeps it, so that text can be selected.

use std::time::Duration;

use crossterm::event::{MouseButton, MouseEvent, MouseEventKind};
use ratatui::layout::Position;

use super::keys::KeyPress;
use super::{App, DetailsFormat, Effect};
use crate::tui::dialog::{Button, Dialog};
use crate::tui::drawn::Target;

/// Two clicks on a row within this time open its details.
const DOUBLE_CLICK: Duration = Duration::from_millis(400);

/// How many rows or lines the wheel moves.
const WHEEL_ROWS: isize = 3;

/// What is known of the mouse.
#[derive(Debug, Default)]
pub(super) struct Mouse {
    /// Whether the terminal reports it.
    is_on: bool,
    /// The row that was clicked last, and when.
    last_click: Option<(usize, Duration)>,
}

impl Mouse {
    /// A mouse that is used, or left to the terminal.
    pub fn new(is_on: bool) -> Self {
        Self {
            is_on,
            ..Self::default()
        }
    }
}

impl App {
    /// Uses the mouse, or leaves it to the terminal.
    pub(super) fn use_mouse(&mut self, is_on: bool, effects: &mut Vec<Effect>) {
        if is_on != self.mouse.is_on {
            self.mouse.is_on = is_on;
            effects.push(Effect::CaptureMouse(is_on));
        }
    }

    pub(super) fn toggle_mouse(&mut self, effects: &mut Vec<Effect>) {
        self.use_mouse(!self.mouse.is_on, effects);
        self.show_note(if self.mouse.is_on {
            "The mouse is used here: click, double click, wheel."
        } else {
            "The mouse is left to the terminal, to select text."
        });
    }

    pub(super) fn mouse(&mut self, event: MouseEvent, is_lone: bool, effects: &mut Vec<Effect>) {
        if self.layout().is_too_small() {
            return;
        }
        match event.kind {
            MouseEventKind::ScrollUp => self.scroll(-WHEEL_ROWS),
            MouseEventKind::ScrollDown => self.scroll(WHEEL_ROWS),
            MouseEventKind::Down(MouseButton::Left) => {
                let position = Position::new(event.column, event.row);
                if let Some(target) = self.drawn.target_at(position) {
                    self.click(target, is_lone, effects);
                }
            }
            _ => return,
        }
        self.is_dirty = true;
    }

    fn click(&mut self, target: Target, is_lone: bool, effects: &mut Vec<Effect>) {
        let is_deliberate = is_lone && self.can_be_answered();
        match target {
            Target::Row(row) => self.click_row(row),
            Target::Title(column) => self.set_order(self.list.order().choose(column)),
            Target::Count(phase) => {
                let is_shown = self.list.phase() == phase;
                self.set_phase(if is_shown { None } else { phase });
            }
            Target::Button(button) => {
                if let Some(Dialog::Confirm(confirm)) = &mut self.dialog
                    && (is_deliberate || button == Button::KeepTask)
                {
                    confirm.focus = button;
                }
                self.press(button, is_deliberate, effects);
            }
            Target::Entry(number) => {
                match &mut self.dialog {
                    Some(Dialog::Menu(menu)) => menu.cursor = number,
                    Some(Dialog::Palette(palette)) => palette.select(number),
                    Some(_) | None => {}
                }
                self.choose(effects);
            }
            Target::Event(place) => {
                if let Some(page) = &mut self.event_page {
                    page.select(place);
                }
            }
            Target::Key(action) => {
                let press = KeyPress {
                    number: 0,
                    is_deliberate,
                };
                self.act(action, Some(press), effects);
            }
            Target::Dialog => {}
        }
    }

    fn click_row(&mut self, row: usize) {
        let tasks = self.monitor.scope(self.scope).tasks();
        self.list.select(row, tasks);
        let is_second = self.mouse.last_click.take().is_some_and(|(last, at)| {
            last == row && self.now.mono.saturating_sub(at) <= DOUBLE_CLICK
        });
        if is_second {
            self.open_details(DetailsFormat::Fields);
        } else {
            self.mouse.last_click = Some((row, self.now.mono));
        }
    }
}
