//! A recording in the place of EC2.

use std::collections::HashMap;

use super::{App, Effect};
use crate::monitor::poll::PollSchedule;
use crate::monitor::{Command, Event, Monitor, Observation};
use crate::record::Record;
use crate::task::{BundleId, BundleTask};
use crate::tui::event_log::{Content, EventLog, EventPage};
use crate::tui::replay::{POLL_INTERVAL, ReplayCommand, ReplayStatus};

impl App {
    /// A recording is replayed.
    pub fn replays(&mut self, status: ReplayStatus) {
        self.replay = Some(status);
        self.forget_all();
    }

    /// The recording that is replayed, if one is.
    pub fn replay(&self) -> Option<ReplayStatus> {
        self.replay
    }

    /// Why nothing can be done with a replay.
    pub(super) fn why_no_replay(&self) -> Option<String> {
        let reason = "This is not a recording: --replay FILE shows one.";
        self.replay.is_none().then(|| reason.to_owned())
    }

    /// Does something with the replay, or says that there is none.
    pub(super) fn replay_command(&mut self, command: ReplayCommand, effects: &mut Vec<Effect>) {
        match self.why_no_replay() {
            Some(reason) => self.show_note(reason),
            None => effects.push(Effect::Replay(command)),
        }
    }

    /// A person did something with the replay.
    pub(super) fn replayed(
        &mut self,
        status: ReplayStatus,
        is_back: bool,
        effects: &mut Vec<Effect>,
    ) {
        self.replay = Some(status);
        self.is_dirty = true;
        if is_back {
            // What is known is of the future now.
            self.forget_all();
        }
        self.tell_monitor(Event::Tick, effects);
    }

    /// Notes what was recorded, in the log and in the tasks' histories.
    pub(super) fn recorded(&mut self, records: Vec<Record>, effects: &mut Vec<Effect>) {
        let mut observations: HashMap<BundleId, Vec<Observation>> = HashMap::new();
        for mut record in records {
            if let Some(json) = record.task.take() {
                let task = BundleTask::from_json(&json);
                let of_task = observations.entry(record.bundle_id.clone()).or_default();
                of_task.push(Observation::of(&task, record.at));
            }
            let content = Content::Event {
                bundle_id: record.bundle_id,
                event: record.event,
            };
            self.events.push(record.at, content);
        }
        self.command(Command::Recall(observations), effects);
    }

    fn forget_all(&mut self) {
        self.monitor = Monitor::new();
        self.scope = self.monitor.open(PollSchedule::new(Some(POLL_INTERVAL), 0));
        self.events = EventLog::default();
        self.changed.clear();
        if let Some(page) = &mut self.event_page {
            *page = EventPage::default();
            page.update(&self.events);
        }
        self.details = None;
        self.dialog = None;
        self.list.unmark_all();
        let scope = self.monitor.scope(self.scope);
        self.list.refresh(scope, self.now.wall);
    }
}
