//! What a person types into a prompt: filters, a text to search for, a path.

use super::{App, Effect};
use crate::ec2::filter;
use crate::monitor::Command;
use crate::text::words::InputError;
use crate::tui::input::TextField;
use crate::tui::list::completion::Completion;

/// A text being typed.
#[derive(Debug)]
pub struct Prompt {
    /// What it is for.
    pub purpose: Purpose,
    /// The text.
    pub field: TextField,
    /// How the word at the cursor can be completed.
    pub completion: Completion,
    /// The suggestion that is in the text now.
    pub taken: Option<usize>,
    /// Why it cannot be accepted as it is.
    pub error: Option<InputError>,
    /// Which of the earlier texts is recalled, counted from the newest.
    recalled: Option<usize>,
    /// What was typed before an earlier text was recalled.
    typed: String,
}

/// What a text is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Purpose {
    /// To filter the list.
    Filter,
    /// To search the details.
    Search,
    /// To set EC2's own filters.
    Ec2Filters,
    /// To filter the event log.
    Events,
    /// To name the file for an export.
    Export,
}

impl Purpose {
    /// What stands before it on the screen.
    pub fn label(self) -> &'static str {
        match self {
            Self::Filter | Self::Events => " Filter: ",
            Self::Search => " Search: ",
            Self::Ec2Filters => " EC2 filters: ",
            Self::Export => " Export what is shown to: ",
        }
    }

    /// The footer's words for the keys that accept it and that discard it.
    pub fn key_words(self) -> [&'static str; 2] {
        match self {
            Self::Filter | Self::Search | Self::Events => ["keep", "clear"],
            Self::Ec2Filters => ["apply", "close"],
            Self::Export => ["export", "close"],
        }
    }
}

/// How many texts can be recalled.
const MAX_EARLIER: usize = 100;

impl Prompt {
    pub(super) fn new(purpose: Purpose, text: &str) -> Self {
        Self {
            purpose,
            field: TextField::new(text),
            completion: Completion::default(),
            taken: None,
            error: None,
            recalled: None,
            typed: String::new(),
        }
    }

    /// For a text to search for.
    pub(super) fn search(text: &str) -> Self {
        Self::new(Purpose::Search, text)
    }
}

impl App {
    pub(super) fn open_export(&mut self) {
        let earlier = self.earlier.get(&Purpose::Export);
        let last = earlier.and_then(|earlier| earlier.last());
        let path = last.map_or("bundle-tasks.json", String::as_str);
        self.prompt = Some(Prompt::new(Purpose::Export, path));
        self.prompt_edited();
    }

    pub(super) fn open_ec2_filters(&mut self) {
        let filters = filter::to_text(self.scope().filters());
        self.prompt = Some(Prompt::new(Purpose::Ec2Filters, &filters));
        self.prompt_edited();
    }

    pub(super) fn open_filter(&mut self) {
        self.prompt = Some(Prompt::new(Purpose::Filter, self.list.filter().text()));
    }

    /// The text in the open prompt has changed: what it is for follows at once.
    pub(super) fn prompt_edited(&mut self) {
        let Some(prompt) = &mut self.prompt else {
            return;
        };
        prompt.taken = None;
        let scope = self.monitor.scope(self.scope);
        let (text, cursor) = (prompt.field.text(), prompt.field.cursor());
        match prompt.purpose {
            Purpose::Filter => {
                prompt.completion = Completion::of_filter(text, cursor, scope, self.now.wall);
                if text != self.list.filter().text() {
                    self.list.set_filter(text, scope, self.now.wall);
                }
            }
            Purpose::Search => {
                let text = text.to_owned();
                self.search(&text);
            }
            Purpose::Events => {
                let text = text.to_owned();
                self.filter_events(&text);
            }
            Purpose::Ec2Filters => {
                prompt.error = None;
                prompt.completion = Completion::of_ec2_filters(text, cursor, scope);
            }
            Purpose::Export => {
                prompt.completion = Completion::default();
                self.paths_wanted = Some(text[..cursor].to_owned());
            }
        }
    }

    /// Paths were found that begin as typed. They count if nothing else was typed meanwhile.
    pub(super) fn paths_suggested(&mut self, typed: &str, suggestions: Vec<String>) {
        if let Some(prompt) = &mut self.prompt
            && prompt.purpose == Purpose::Export
            && prompt.taken.is_none()
            && prompt.field.text().get(..prompt.field.cursor()) == Some(typed)
        {
            prompt.completion = Completion {
                range: 0..typed.len(),
                suggestions,
            };
            self.is_dirty = true;
        }
    }

    /// Keeps what was typed.
    pub(super) fn accept_prompt(&mut self, effects: &mut Vec<Effect>) {
        let Some(prompt) = self.prompt.take() else {
            return;
        };
        let text = prompt.field.text().trim();
        // A name that was chosen, and still has no value.
        if prompt.taken.is_some() && text.ends_with([':', '=']) {
            self.prompt = Some(prompt);
            return self.prompt_edited();
        }
        match prompt.purpose {
            Purpose::Export => self.export(text, false, effects),
            Purpose::Ec2Filters => match filter::parse(prompt.field.text()) {
                Ok(filters) => self.command(Command::SetFilters(filters), effects),
                Err(error) => {
                    // It stays open, to be corrected.
                    self.prompt = Some(Prompt {
                        error: Some(error),
                        completion: Completion::default(),
                        ..prompt
                    });
                    return;
                }
            },
            // It stays open, to be corrected.
            Purpose::Filter if self.list.filter().error().is_some() => {
                self.prompt = Some(prompt);
                return;
            }
            // One that says nothing yet would look as if it did.
            Purpose::Filter if !self.list.filter().is_active() => {
                self.set_filter("");
                return;
            }
            Purpose::Filter | Purpose::Search | Purpose::Events => {}
        }
        if !text.is_empty() {
            let earlier = self.earlier.entry(prompt.purpose).or_default();
            earlier.retain(|earlier| earlier != text);
            earlier.push(text.to_owned());
            if earlier.len() > MAX_EARLIER {
                earlier.remove(0);
            }
        }
    }

    /// Discards what was typed.
    pub(super) fn discard_prompt(&mut self) {
        let Some(prompt) = self.prompt.take() else {
            return;
        };
        match prompt.purpose {
            Purpose::Filter => self.set_filter(""),
            Purpose::Search => self.search(""),
            Purpose::Events => self.filter_events(""),
            Purpose::Ec2Filters | Purpose::Export => {}
        }
    }

    /// What was typed before for the same purpose, the newest last.
    pub(super) fn earlier(&self) -> &[String] {
        let purpose = self.prompt.as_ref().map(|prompt| prompt.purpose);
        let earlier = purpose.and_then(|purpose| self.earlier.get(&purpose));
        earlier.map_or(&[], Vec::as_slice)
    }

    /// Puts the next suggestion into the text, or the one before.
    pub(super) fn complete(&mut self, is_forward: bool) {
        let Some(prompt) = &mut self.prompt else {
            return;
        };
        if prompt.purpose == Purpose::Filter && prompt.field.text().is_empty() {
            prompt.completion = Completion::of_columns();
        }
        let count = prompt.completion.suggestions.len();
        if count == 0 {
            return;
        }
        let next = match (prompt.taken, is_forward) {
            (None, true) => 0,
            (None, false) => count - 1,
            (Some(taken), true) => (taken + 1) % count,
            (Some(taken), false) => (taken + count - 1) % count,
        };
        let suggestion = prompt.completion.suggestions[next].clone();
        let range = prompt.completion.range.clone();
        prompt.field.replace(range.clone(), &suggestion);
        prompt.completion.range = range.start..prompt.field.cursor();
        prompt.taken = Some(next);
        let text = prompt.field.text().to_owned();
        match prompt.purpose {
            // There is no choice, so the next word can be suggested.
            _ if count == 1 => self.prompt_edited(),
            Purpose::Filter => self.set_filter(&text),
            Purpose::Search | Purpose::Ec2Filters | Purpose::Export | Purpose::Events => {}
        }
    }

    /// Recalls what was typed before, or after that.
    pub(super) fn recall(&mut self, is_earlier: bool) {
        let Some(prompt) = &mut self.prompt else {
            return;
        };
        let earlier = self
            .earlier
            .get(&prompt.purpose)
            .map_or(&[][..], Vec::as_slice);
        let next = match (prompt.recalled, is_earlier) {
            (None, true) => 0,
            (Some(number), true) => number + 1,
            (None | Some(0), false) => {
                if prompt.recalled.take().is_some() {
                    prompt.field = TextField::new(prompt.typed.clone());
                    self.prompt_edited();
                }
                return;
            }
            (Some(number), false) => number - 1,
        };
        let Some(index) = earlier.len().checked_sub(next + 1) else {
            return;
        };
        if prompt.recalled.is_none() {
            prompt.typed = prompt.field.text().to_owned();
        }
        prompt.recalled = Some(next);
        prompt.field = TextField::new(earlier[index].clone());
        self.prompt_edited();
    }

    pub(super) fn set_filter(&mut self, text: &str) {
        let scope = self.monitor.scope(self.scope);
        self.list.set_filter(text, scope, self.now.wall);
    }
}
