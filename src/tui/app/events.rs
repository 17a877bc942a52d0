//! The event log: the commands that go into it besides what happens, and what its keys do.

use jiff::Timestamp;

use super::{App, Copy, Effect, Prompt, Purpose};
use crate::monitor::{self, Call, Command, TaskKey};
use crate::record::RecordedEvent;
use crate::task::BundleId;
use crate::tui::aws_command;
use crate::tui::event_log::{Content, EventPage};

impl App {
    /// What happened to the cancels of a task, and when, the oldest first.
    pub fn cancel_events(&self, id: &BundleId) -> Vec<(Timestamp, RecordedEvent)> {
        if self.replay.is_some() {
            let of_task = self.events.about(id);
            let cancels = of_task.filter(|(_, event)| event.is_of_cancel());
            return cancels.map(|(at, event)| (at, event.clone())).collect();
        }
        let here = self.scope().cancel_events(id);
        let earlier = self.cancels_in_journal(id).iter();
        // The journal has those of this run too, with times in whole milliseconds.
        let earlier = earlier.take_while(|(at, _)| {
            here.first()
                .is_none_or(|first| at.as_millisecond() < first.at.as_millisecond())
        });
        let here = here
            .iter()
            .map(|event| (event.at, RecordedEvent::of_cancel(&event.change)));
        earlier.cloned().chain(here).collect()
    }

    /// Notes the AWS command of what a person asked the monitor for.
    pub(super) fn log_command(&mut self, command: &Command) {
        let Some(session) = self.scope().session() else {
            return;
        };
        let command = match command {
            Command::Refresh => aws_command::describe(self.scope().filters(), None, session),
            Command::SetFilters(filters) => aws_command::describe(filters, None, session),
            // Those of cancels are noted when they are sent.
            Command::TogglePause
            | Command::SetInterval(_)
            | Command::CheckPermissions(_)
            | Command::StopCheckingPermissions
            | Command::Cancel(_)
            | Command::StopCancels
            | Command::FollowCancel(_)
            | Command::Dismiss(_)
            | Command::Recall(_)
            | Command::ShowPast(_)
            | Command::HidePast => None,
        };
        self.push_command(command);
    }

    /// Notes the AWS command of a call that a person's wish leads to.
    pub(super) fn log_call(&mut self, effect: &monitor::Effect) {
        let Some(session) = self.scope().session() else {
            return;
        };
        let command = match &effect.call {
            Call::Cancel { bundle_id, .. } => {
                aws_command::cancel(bundle_id.as_str(), false, session)
            }
            Call::DryRun(bundle_id) => aws_command::cancel(bundle_id.as_str(), true, session),
            Call::Connect
            | Call::Identify(_)
            | Call::Describe { .. }
            | Call::DescribeThese(_)
            | Call::DescribeOne(_) => None,
        };
        self.push_command(command);
    }

    fn push_command(&mut self, command: Option<String>) {
        if let Some(command) = command {
            self.events.push(self.now.wall, Content::Command(command));
        }
    }

    /// Adds a message to the log, where it can be read longer than in the footer.
    pub fn log_message(&mut self, message: String) {
        self.events.push(self.now.wall, Content::Message(message));
        self.update_event_page();
    }

    /// Opens the event log, or closes it.
    pub(super) fn toggle_events(&mut self) {
        if self.event_page.take().is_none() {
            self.event_page = Some(EventPage::default());
            self.update_event_page();
        }
    }

    /// Has the page take what is new in the log.
    pub(super) fn update_event_page(&mut self) {
        if let Some(page) = &mut self.event_page {
            page.update(&self.events);
        }
    }

    pub(super) fn toggle_progress_events(&mut self) {
        if let Some(page) = &mut self.event_page {
            page.toggle_progress(&self.events);
        }
    }

    pub(super) fn open_event_filter(&mut self) {
        if let Some(page) = &self.event_page {
            self.prompt = Some(Prompt::new(Purpose::Events, page.filter().text()));
        }
    }

    pub(super) fn filter_events(&mut self, text: &str) {
        if let Some(page) = &mut self.event_page {
            page.set_filter(text, &self.events);
        }
    }

    /// Goes to the task of the selected event in the list.
    pub(super) fn go_to_task(&mut self) {
        let page = self.event_page.as_ref();
        let entry = page.and_then(|page| page.selected(&self.events));
        let Some(id) = entry.and_then(|entry| entry.bundle_id()).cloned() else {
            return self.show_note("This entry does not belong to a task.");
        };
        let slot = self.tasks().slot_of(&TaskKey::of_id(id.clone()));
        match slot.and_then(|slot| self.list.row_of(slot)) {
            Some(row) => {
                let tasks = self.monitor.scope(self.scope).tasks();
                self.list.select(row, tasks);
                self.event_page = None;
                self.details = None;
            }
            None if slot.is_some() => self.show_note(format!("{id} is hidden by the filter.")),
            None => self.show_note(format!("{id} is not in the list any more.")),
        }
    }

    /// Copies what the selected entry says.
    pub(super) fn copy_event(&mut self, effects: &mut Vec<Effect>) {
        let page = self.event_page.as_ref();
        let Some(entry) = page.and_then(|page| page.selected(&self.events)) else {
            return;
        };
        let (name, text) = match &entry.content {
            Content::Command(command) => ("command", command.clone()),
            Content::Message(text) => ("entry", text.clone()),
            Content::Event { bundle_id, .. } => {
                let text = format!("{} {bundle_id} {}", entry.at, entry.text("->"));
                let text = crate::text::clean(&text, crate::text::Charset::Unicode);
                ("event", text.into_owned())
            }
        };
        effects.push(Effect::Copy(Copy {
            name: name.to_owned(),
            text,
        }));
    }
}
