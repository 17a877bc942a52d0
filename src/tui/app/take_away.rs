//! Copying and exporting what is on the screen.

use std::sync::Arc;

use super::{App, Effect};
use crate::monitor::TrackedTask;
use crate::output::ExportedTask;
use crate::task::BundleTask;
use crate::tui::copy::{self, CopyContent, Listed};
use crate::tui::dialog::{Choice, Dialog, Menu, MenuEntry};
use crate::tui::export::{self, EXTENSIONS, Export, ExportOutcome};
use crate::tui::keymap::{Action, Context};

/// A text for the clipboard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Copy {
    /// What it is.
    pub name: String,
    /// The text.
    pub text: String,
}

/// Where a copied text is.
#[derive(Debug)]
pub enum Copied {
    /// In the clipboard of the desktop.
    Desktop,
    /// In a buffer of tmux, which passes it on to the terminal.
    Tmux,
    /// It was sent to the terminal, which may have put it into its clipboard.
    Terminal,
    /// In a file, because there is no clipboard that takes it.
    File(std::path::PathBuf),
    /// Nowhere.
    Failed(String),
}

/// With more rows than this, a command that names each of them would be too long.
const MAX_IDS: usize = 200;

impl App {
    /// The tasks that are copied: the marked ones, or the one to act on.
    fn copied_tasks(&self) -> Vec<&BundleTask> {
        let tasks = self.tasks();
        let is_list = self.page() == Context::List;
        let marked = self.list.marked_in_order().into_iter().filter(|_| is_list);
        let marked: Vec<_> = marked.filter_map(|slot| tasks.at(slot)).collect();
        let tracked = if marked.is_empty() {
            self.subject().into_iter().collect()
        } else {
            marked
        };
        tracked.into_iter().map(|tracked| &*tracked.task).collect()
    }

    /// What the command to list depends on.
    fn listed(&self) -> Listed {
        let has_filter = self.list.filter().is_active();
        let marked = self.copied_tasks();
        if marked.len() > 1 && marked.len() <= MAX_IDS {
            let ids = marked.iter().map(|task| task.bundle_id.to_string());
            return Listed {
                filters: Vec::new(),
                phase: None,
                ids: Some(ids.collect()),
            };
        }
        let rows = (0..self.list.len()).filter_map(|row| self.list.row(row, self.tasks()));
        let ids = rows.map(|row| row.task.bundle_id.to_string());
        Listed {
            filters: self.scope().filters().to_vec(),
            phase: self.list.phase().filter(|_| !has_filter),
            ids: (has_filter && self.list.len() <= MAX_IDS).then(|| ids.collect()),
        }
    }

    fn copied_text(&self, content: CopyContent) -> Option<String> {
        let session = self.scope().session()?;
        copy::text(content, &self.copied_tasks(), session, &self.listed())
    }

    pub(super) fn open_copy_menu(&mut self) {
        let entries: Vec<_> = CopyContent::ALL
            .into_iter()
            .filter_map(|(letter, name, content)| {
                let copied = self.copied_text(content)?;
                let mut lines = copied.lines();
                let hint = match (content, lines.next(), lines.count()) {
                    (CopyContent::Json | CopyContent::Yaml, ..) => "secrets masked".to_owned(),
                    (_, None, _) => String::new(),
                    (_, Some(only), 0) => only.to_owned(),
                    (_, Some(_), more) => format!("{} lines", more + 1),
                };
                Some(MenuEntry {
                    letter,
                    text: name.to_owned(),
                    hint,
                    choice: Choice::Copy(content),
                })
            })
            .collect();
        if entries.is_empty() {
            return self.show_note("There is nothing to copy yet.");
        }
        let title = match self.copied_tasks().len() {
            0 | 1 => "Copy".to_owned(),
            count => format!("Copy of {count} marked tasks"),
        };
        self.open(Dialog::Menu(Menu::new(title, entries, 0)));
    }

    pub(super) fn copy(&mut self, content: CopyContent, effects: &mut Vec<Effect>) {
        match self.copied_text(content) {
            Some(text) => {
                // Of several tasks, some may have no such value.
                let lines = text.lines().count();
                let name = match (content, self.copied_tasks().len()) {
                    (_, 0 | 1) | (CopyContent::ListCommand, _) => content.name().to_owned(),
                    (CopyContent::Json | CopyContent::Yaml, tasks) => {
                        format!("{} of {tasks} tasks", content.name())
                    }
                    (_, tasks) => format!("{} of {lines} of {tasks} tasks", content.name()),
                };
                effects.push(Effect::Copy(Copy { name, text }));
            }
            None => self.show_note("There is nothing to copy any more."),
        }
    }

    /// Says where a copied text is.
    pub(super) fn copied(&mut self, copy: &Copy, copied: &Copied) {
        let name = &copy.name;
        self.show_note(match copied {
            Copied::Desktop => format!("Copied: {name}."),
            Copied::Tmux => format!("Copied through tmux: {name}."),
            Copied::Terminal => format!("Copied through the terminal (OSC 52): {name}."),
            Copied::File(path) => {
                format!("No clipboard takes it; the {name} is in {}", path.display())
            }
            Copied::Failed(why) => format!("Not copied: {why}"),
        });
    }

    /// Exports the rows to the file that was typed.
    pub(super) fn export(&mut self, path: &str, overwrites: bool, effects: &mut Vec<Effect>) {
        if export::format_of(path).is_none() {
            self.show_note(format!("Not exported: the name must end in {EXTENSIONS}."));
            return;
        }
        let rows = (0..self.list.len()).filter_map(|row| self.list.row(row, self.tasks()));
        let tasks = rows
            .map(|row: &TrackedTask| ExportedTask {
                task: Arc::clone(&row.task),
                is_listed: row.unlisted_since.is_none(),
            })
            .collect();
        effects.push(Effect::Export(Export {
            path: path.to_owned(),
            tasks,
            overwrites,
        }));
    }

    /// A person wants an existing file to be replaced.
    pub(super) fn overwrite(&mut self, is_deliberate: bool, effects: &mut Vec<Effect>) {
        if !is_deliberate {
            return;
        }
        if let Some(Dialog::Overwrite(export)) = self.dialog.take() {
            effects.push(Effect::Export(Export {
                overwrites: true,
                ..export
            }));
        }
    }

    /// Says what became of an export, or asks whether to replace a file.
    pub(super) fn exported(&mut self, outcome: ExportOutcome) {
        match outcome {
            ExportOutcome::Written { path, count } => {
                let tasks = if count == 1 { "task" } else { "tasks" };
                self.show_note(format!("Exported {count} {tasks} to {}", path.display()));
            }
            // Whatever is on top now, the file stays as it is.
            ExportOutcome::Exists(export) if self.dialog.is_some() || self.prompt.is_some() => {
                self.show_note(format!("Not exported: {} exists.", export.path));
            }
            ExportOutcome::Exists(export) => self.open(Dialog::Overwrite(export)),
            ExportOutcome::Failed { path, error } => {
                // The path comes last, because it may be long.
                let error = error.to_string();
                let reason = error.split(" at path ").next().unwrap_or_default();
                let key = self.key_name(Action::Export);
                self.show_note(format!("Not exported: {reason}. {key} tries again. {path}"));
            }
        }
    }
}
