//! The full details of one task: as fields, as JSON or as YAML, scrolled and searched.

use super::{App, Prompt};
use crate::monitor::{TaskKey, TrackedTask};
use crate::task::SecretsShown;
use crate::tui::keymap::Action;

/// The full details of one task.
#[derive(Debug)]
pub struct Details {
    /// The task. It stays, even if the list no longer shows it.
    pub task: TaskKey,
    /// How it is shown.
    pub format: DetailsFormat,
    /// Lines scrolled.
    pub scroll: u16,
    /// Whether the upload policy is shown, and in JSON and YAML the access key ID.
    pub secrets: SecretsShown,
    /// The text searched for; empty if none is.
    pub search: String,
    /// Which of the lines where it is found was gone to last.
    pub at_found: usize,
    /// Whether to scroll to the first place where it is found, once that is known.
    goes_to_found: bool,
}

/// How the details are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DetailsFormat {
    /// A line for each field, made readable.
    Fields,
    /// As the AWS CLI prints it.
    Json,
    /// The same in YAML.
    Yaml,
}

impl Details {
    fn of(task: TaskKey, format: DetailsFormat) -> Self {
        Self {
            task,
            format,
            scroll: 0,
            secrets: SecretsShown::Masked,
            search: String::new(),
            at_found: 0,
            goes_to_found: false,
        }
    }
}

impl App {
    /// Opens the details of the selected task in a format. If they are open, they change to it, and from it
    /// to the fields.
    pub(super) fn open_details(&mut self, format: DetailsFormat) {
        if let Some(details) = &mut self.details {
            let is_shown = details.format == format;
            details.format = if is_shown {
                DetailsFormat::Fields
            } else {
                format
            };
            // What was revealed in one may show more in another.
            details.secrets = SecretsShown::Masked;
            details.scroll = 0;
            details.goes_to_found = !details.search.is_empty();
        } else if let Some(task) = self.selected().map(TrackedTask::key) {
            self.details = Some(Details::of(task, format));
        }
    }

    /// Shows what is masked, or masks it.
    pub(super) fn toggle_secrets(&mut self) {
        match (self.why_not(Action::Reveal), &mut self.details) {
            (Some(reason), _) => self.show_note(reason),
            (None, Some(details)) => {
                details.secrets = match details.secrets {
                    SecretsShown::Masked => SecretsShown::Revealed,
                    SecretsShown::Revealed | SecretsShown::Omitted => SecretsShown::Masked,
                };
            }
            (None, None) => {}
        }
    }

    pub(super) fn open_search(&mut self) {
        if let Some(details) = &self.details {
            self.prompt = Some(Prompt::search(&details.search));
        }
    }

    /// Searches for a text, beginning on the screen.
    pub(super) fn search(&mut self, text: &str) {
        if let Some(details) = &mut self.details
            && details.search != text
        {
            text.clone_into(&mut details.search);
            details.goes_to_found = true;
            self.is_dirty = true;
        }
    }

    /// A frame is on the screen: where the text was found is known.
    pub(super) fn go_to_found(&mut self) {
        let Some(details) = &mut self.details else {
            return;
        };
        if std::mem::take(&mut details.goes_to_found) {
            let found = &self.drawn.found;
            let next = found.iter().position(|line| *line >= details.scroll);
            details.at_found = next.unwrap_or(0);
            if let Some(line) = found.get(details.at_found) {
                details.scroll = (*line).min(self.drawn.max_scroll);
                self.is_dirty = true;
            }
        }
    }

    /// Scrolls to the next line in which the text is found, or to the one before; after the last comes
    /// the first.
    pub(super) fn find_next(&mut self, is_forward: bool) {
        if let Some(reason) = self.why_not(Action::FindNext) {
            return self.show_note(reason);
        }
        let Some(details) = &mut self.details else {
            return;
        };
        let count = self.drawn.found.len();
        let step = if is_forward { 1 } else { count - 1 };
        details.at_found = (details.at_found + step) % count;
        let line = self.drawn.found[details.at_found];
        details.scroll = line.min(self.drawn.max_scroll);
    }
}
