//! The menus and the command palette: what is in them, and what choosing an entry does.

use std::collections::HashSet;

use crossterm::event::{KeyCode, KeyEvent};

use super::{App, Effect};
use crate::task::Phase;
use crate::text::Charset;
use crate::tui::column::Column;
use crate::tui::dialog::{Choice, Command, Dialog, Menu, MenuEntry, Palette};
use crate::tui::keymap::Action;
use crate::tui::list::order::Order;

impl App {
    pub(super) fn open_sort_menu(&mut self) {
        let order = self.list.order();
        let mut entries: Vec<_> = Column::ALL
            .into_iter()
            .zip('1'..)
            .map(|(column, letter)| MenuEntry {
                letter,
                text: column.title().to_owned(),
                hint: if column == order.column {
                    format!(
                        "{} now; take it for {}",
                        order_words(order),
                        order_words(order.reversed())
                    )
                } else {
                    order_words(order.choose(column)).to_owned()
                },
                choice: Choice::Sort(column),
            })
            .collect();
        entries.push(MenuEntry {
            letter: 'f',
            text: "Ended tasks last".into(),
            hint: if order.finished_last { "on" } else { "off" }.into(),
            choice: Choice::FinishedLast,
        });
        let here = Column::ALL
            .iter()
            .position(|column| *column == order.column);
        self.open(Dialog::Menu(Menu::new(
            "Sort by",
            entries,
            here.unwrap_or(0),
        )));
    }

    pub(super) fn open_state_menu(&mut self) {
        let counts = self.tasks().counts();
        let all = MenuEntry {
            letter: '0',
            text: "all".into(),
            hint: self.tasks().len().to_string(),
            choice: Choice::Show(None),
        };
        let phases = Phase::ALL
            .into_iter()
            .filter(|phase| *phase != Phase::Unknown);
        let phases = phases.zip('1'..).map(|(phase, letter)| MenuEntry {
            letter,
            text: phase.as_str().to_owned(),
            hint: counts.of(phase).to_string(),
            choice: Choice::Show(Some(phase)),
        });
        let entries: Vec<_> = std::iter::once(all).chain(phases).collect();
        self.open(Dialog::Menu(Menu::new("Show", entries, 0)));
    }

    /// Opens the menu of the themes. The selected one is shown at once.
    pub(super) fn open_theme_menu(&mut self) {
        let names = &self.preferences.theme_names;
        let of_settings = MenuEntry {
            letter: '0',
            text: "as in the settings".into(),
            hint: String::new(),
            choice: Choice::Theme(None),
        };
        let letters = ('1'..='9').chain('a'..='z').chain(std::iter::repeat(' '));
        let themes = names.iter().enumerate().zip(letters);
        let themes = themes.map(|((number, name), letter)| MenuEntry {
            letter,
            text: name.clone(),
            hint: String::new(),
            choice: Choice::Theme(Some(number)),
        });
        let entries: Vec<_> = std::iter::once(of_settings).chain(themes).collect();
        let here = self.theme.as_ref();
        let here = here.and_then(|theme| names.iter().position(|name| name == theme));
        self.open(Dialog::Menu(Menu::new(
            "Theme",
            entries,
            here.map_or(0, |here| here + 1),
        )));
    }

    /// The name of the theme that a person has chosen in this run, or looks at; `None` for that of the
    /// settings.
    pub fn chosen_theme(&self) -> Option<&str> {
        if let Some(Dialog::Menu(menu)) = &self.dialog
            && let Some(Choice::Theme(number)) = menu.selected().map(|entry| entry.choice)
        {
            return self.theme_name(number);
        }
        self.theme.as_deref()
    }

    fn theme_name(&self, number: Option<usize>) -> Option<&str> {
        let name = self.preferences.theme_names.get(number?);
        name.map(String::as_str)
    }

    fn take_theme(&mut self, number: Option<usize>) {
        self.theme = self.theme_name(number).map(str::to_owned);
        if let Some(name) = &self.theme {
            let note =
                format!("Until the end of this run; theme = \"{name}\" in the settings keeps it.");
            self.show_note(note);
        }
    }

    pub(super) fn open_palette(&mut self) {
        let page = self.page();
        let bindings = self.preferences.keymap.bindings(page);
        let others = bindings.filter(|binding| binding.action != Action::Palette);
        // Nobody looks for these.
        let (motions, others): (Vec<_>, Vec<_>) = others.partition(|binding| {
            matches!(
                binding.action,
                Action::Up
                    | Action::Down
                    | Action::PageUp
                    | Action::PageDown
                    | Action::First
                    | Action::Last
            )
        });
        let mut seen = HashSet::new();
        let all = others.into_iter().chain(motions);
        let each_once = all.filter(|binding| seen.insert(binding.action));
        let commands = each_once.map(|binding| {
            let keys = self.preferences.keymap.keys(page, binding.action);
            let keys = keys.map(|key| key.name(Charset::Unicode));
            Command {
                action: binding.action,
                text: binding.help.clone(),
                word: binding.footer.clone().unwrap_or_default(),
                keys: keys.collect::<Vec<_>>().join(" "),
                why_not: self.why_not(binding.action),
            }
        });
        let palette = Palette::new(commands.collect());
        self.open(Dialog::Palette(palette));
    }

    /// Takes what is selected in the menu or the palette.
    pub(super) fn choose(&mut self, effects: &mut Vec<Effect>) {
        match &self.dialog {
            Some(Dialog::Menu(menu)) => {
                if let Some(entry) = menu.selected() {
                    let choice = entry.choice;
                    self.take(choice, effects);
                }
            }
            Some(Dialog::Palette(palette)) => {
                if let Some(command) = palette.selected() {
                    let (action, why_not) = (command.action, command.why_not.clone());
                    self.close();
                    match why_not {
                        Some(reason) => self.show_note(reason),
                        None => self.act(action, None, effects),
                    }
                }
            }
            Some(_) | None => {}
        }
    }

    /// Takes the entry of the menu with that letter.
    pub(super) fn choose_by_letter(&mut self, key: KeyEvent, effects: &mut Vec<Effect>) {
        let Some(Dialog::Menu(menu)) = &self.dialog else {
            return;
        };
        let KeyCode::Char(letter) = key.code else {
            return;
        };
        if let Some(entry) = menu.entries.iter().find(|entry| entry.letter == letter) {
            let choice = entry.choice;
            self.take(choice, effects);
        }
    }

    fn take(&mut self, choice: Choice, effects: &mut Vec<Effect>) {
        self.close();
        match choice {
            Choice::Sort(column) => self.set_order(self.list.order().choose(column)),
            Choice::FinishedLast => self.toggle_finished_last(),
            Choice::Show(phase) => self.set_phase(phase),
            Choice::Copy(content) => self.copy(content, effects),
            Choice::Theme(number) => self.take_theme(number),
        }
    }
}

/// What an order puts first.
fn order_words(order: Order) -> &'static str {
    match (order.column, order.is_descending) {
        (Column::Started | Column::Updated, true) => "newest first",
        (Column::Started | Column::Updated, false) => "oldest first",
        (Column::Progress, true) => "most first",
        (Column::Progress, false) => "least first",
        (Column::State, false) => "in life order",
        (Column::State, true) => "life reversed",
        (Column::BundleId | Column::Instance | Column::Storage | Column::Error, false) => "A to Z",
        (Column::BundleId | Column::Instance | Column::Storage | Column::Error, true) => "Z to A",
    }
}
