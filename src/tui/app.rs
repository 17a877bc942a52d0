//! The app: the UI's state on top of a [`Monitor`], and its behaviour.
//!
//! No input or output, no clock, no waiting. Time comes with every message; what to do is
//! returned as [`Effect`]s.

mod action;
mod cancel;
mod details;
mod events;
mod journal;
mod keys;
mod menus;
mod message;
mod monitoring;
mod mouse;
mod notices;
mod prompt;
mod replay;
mod restrictions;
mod settings;
mod take_away;

use std::collections::{HashMap, VecDeque};
use std::time::Duration;

use super::dialog::{CancelBatch, CancelOutcome, Dialog};
use super::drawn::Drawn;
use super::event_log::{EventLog, EventPage};
use super::input::KeyTiming;
use super::keymap::{Context, Key, Keymap};
use super::layout::Layout;
use super::list::List;
use super::list::order::Order;
use super::preferences::Preferences;
use super::replay::ReplayStatus;
use crate::monitor::poll::PollSchedule;
use crate::monitor::{self, Monitor, Now, Scope, ScopeId, Tasks, TrackedTask};
use crate::task::BundleId;
pub use details::{Details, DetailsFormat};
pub use journal::JournalStatus;
pub use message::{Effect, Msg};
pub use prompt::{Prompt, Purpose};
pub use restrictions::Restrictions;
pub use settings::{ChangedSettings, SettingsMessage};
pub use take_away::{Copied, Copy};

/// A sentence shown instead of the footer for a while.
#[derive(Debug)]
struct FooterNote {
    text: String,
    /// When it disappears, in time since the program started.
    until: Duration,
}

/// How long a note stays if no key is pressed.
const NOTE_DURATION: Duration = Duration::from_secs(6);

/// How often the ages on the screen are updated when no poll updates them.
const AGE_REDRAW_INTERVAL: Duration = Duration::from_secs(60);

/// The UI's state, on top of what the monitor knows.
#[derive(Debug)]
pub struct App {
    now: Now,
    monitor: Monitor,
    scope: ScopeId,
    preferences: Preferences,
    is_demo: bool,
    /// Columns and rows of the terminal.
    size: (u16, u16),
    list: List,
    details: Option<Details>,
    events: EventLog,
    /// How the last command for a notice failed.
    notice_failure: Option<String>,
    /// The event log, if it is open in place of the list.
    event_page: Option<EventPage>,
    journal: journal::JournalState,
    /// The recording that is replayed, if one is.
    replay: Option<ReplayStatus>,
    /// Whether the terminal has the focus, if it tells.
    has_focus: Option<bool>,
    /// Until when the rows of tasks that have changed are marked, in time since the program started.
    changed: HashMap<BundleId, Duration>,
    dialog: Option<Dialog>,
    /// Cancel outcomes waiting for another dialog to close.
    outcomes: VecDeque<CancelOutcome>,
    /// The cancels that were last confirmed together.
    batch: CancelBatch,
    /// What is being typed.
    prompt: Option<Prompt>,
    /// The path for which others are to be suggested.
    paths_wanted: Option<String>,
    /// What was typed and kept, for each purpose, the newest last.
    earlier: HashMap<Purpose, Vec<String>>,
    /// Keys that were pressed in a context and are the beginning of others.
    pressed: Option<(Context, Vec<Key>)>,
    note: Option<FooterNote>,
    key_timing: KeyTiming,
    mouse: mouse::Mouse,
    /// The name of the theme that was chosen in this run.
    theme: Option<String>,
    /// What is on the screen.
    drawn: Drawn,
    /// Whether the screen is out of date.
    is_dirty: bool,
}

impl App {
    /// An app that knows nothing yet, on a terminal of `size` columns and rows. `seed` makes the random
    /// pauses between polls that fail repeatable.
    pub fn new(
        now: Now,
        size: (u16, u16),
        preferences: Preferences,
        seed: u64,
        is_demo: bool,
    ) -> Self {
        let mut monitor = Monitor::new();
        let scope = monitor.open(PollSchedule::new(preferences.interval, seed));
        let mut list = List::default();
        list.write_times(preferences.times.clone());
        Self {
            now,
            monitor,
            scope,
            mouse: mouse::Mouse::new(preferences.mouse),
            preferences,
            is_demo,
            size,
            list,
            details: None,
            events: EventLog::default(),
            notice_failure: None,
            event_page: None,
            journal: journal::JournalState::default(),
            replay: None,
            has_focus: None,
            changed: HashMap::new(),
            dialog: None,
            outcomes: VecDeque::new(),
            batch: CancelBatch::default(),
            prompt: None,
            paths_wanted: None,
            earlier: HashMap::new(),
            pressed: None,
            note: None,
            key_timing: KeyTiming::default(),
            theme: None,
            drawn: Drawn::default(),
            is_dirty: true,
        }
    }

    /// Sorts and filters the list, which is empty yet.
    pub fn arrange(&mut self, order: Order, filter: &str) {
        let scope = self.monitor.scope(self.scope);
        self.list.set_order(order, scope, self.now.wall);
        self.list.set_filter(filter, scope, self.now.wall);
    }

    /// Handles what happened and returns what to do.
    #[must_use = "an effect that is not performed is a request that is never sent"]
    pub fn update(&mut self, now: Now, msg: Msg) -> Vec<Effect> {
        self.now = now;
        let mut effects = Vec::new();
        match msg {
            Msg::Input(events) => {
                self.input(&events, &mut effects);
                self.send_what_is_due(&mut effects);
            }
            Msg::Drawn(drawn) => {
                self.drawn = drawn;
                self.go_to_found();
                if !self.layout().is_too_small() {
                    self.key_timing.drawn(now.mono);
                    self.batch.is_unread &= !matches!(self.dialog, Some(Dialog::Cancels));
                }
                self.send_what_is_due(&mut effects);
            }
            Msg::Tick => {
                self.end_marks_of_changes();
                if self
                    .note
                    .as_ref()
                    .is_some_and(|note| note.until <= now.mono)
                {
                    self.note = None;
                    self.is_dirty = true;
                }
                self.tell_monitor(monitor::Event::Tick, &mut effects);
            }
            Msg::Work => {
                self.list.work(self.monitor.scope(self.scope), now.wall);
                self.is_dirty |= !self.list.has_work();
            }
            Msg::Monitor(event) => self.tell_monitor(event, &mut effects),
            Msg::Copied(copy, copied) => self.copied(&copy, &copied),
            Msg::Exported(outcome) => self.exported(outcome),
            Msg::NoticeFailed(reason) => self.notice_failed(reason),
            Msg::Recorded(records) => self.recorded(records, &mut effects),
            Msg::Replayed { status, is_back } => self.replayed(status, is_back, &mut effects),
            Msg::Journal(report) => self.journal_reports(&report, &mut effects),
            Msg::EarlierRuns(place, earlier) => {
                self.earlier_runs_read(&place, earlier, &mut effects);
            }
            Msg::Past(place, past) => self.past_read(&place, past, &mut effects),
            Msg::Settings(settings) => self.settings_changed(*settings, &mut effects),
            Msg::PathsSuggested { typed, suggestions } => self.paths_suggested(&typed, suggestions),
        }
        effects.extend(self.paths_wanted.take().map(Effect::SuggestPaths));
        self.show_next_outcome();
        self.list.scroll_to_selection(self.layout().rows);
        effects
    }

    /// The time of the newest message.
    pub fn now(&self) -> Now {
        self.now
    }

    /// The scope on the screen.
    pub fn scope(&self) -> &Scope {
        self.monitor.scope(self.scope)
    }

    /// The ID of the scope on the screen.
    pub fn scope_id(&self) -> ScopeId {
        self.scope
    }

    /// The tasks of the scope.
    pub fn tasks(&self) -> &Tasks {
        self.scope().tasks()
    }

    /// The list of tasks.
    pub fn list(&self) -> &List {
        &self.list
    }

    /// The selected task.
    pub fn selected(&self) -> Option<&TrackedTask> {
        self.list.selected(self.tasks())
    }

    /// The task that keys act on: that of the details if they are open, or else the selected one.
    pub fn subject(&self) -> Option<&TrackedTask> {
        match &self.details {
            Some(details) => self.tasks().get(&details.task),
            None => self.selected(),
        }
    }

    /// Whether rows are being worked out, for which [`Msg::Work`] is to be sent.
    pub fn has_work(&self) -> bool {
        self.list.has_work()
    }

    /// The full details, if open in place of the list.
    pub fn details(&self) -> Option<&Details> {
        self.details.as_ref()
    }

    /// The cancels that were last confirmed together.
    pub fn batch(&self) -> &CancelBatch {
        &self.batch
    }

    /// What happened in this run.
    pub fn events(&self) -> &EventLog {
        &self.events
    }

    /// The event log, if it is open in place of the list.
    pub fn event_page(&self) -> Option<&EventPage> {
        self.event_page.as_ref()
    }

    /// What covers the screen, if anything does.
    pub fn dialog(&self) -> Option<&Dialog> {
        self.dialog.as_ref()
    }

    /// The key bindings.
    pub fn keymap(&self) -> &Keymap {
        &self.preferences.keymap
    }

    /// Whether this is the demonstration.
    pub fn is_demo(&self) -> bool {
        self.is_demo
    }

    /// Columns and rows of the terminal.
    pub fn size(&self) -> (u16, u16) {
        self.size
    }

    /// The sentence shown instead of the footer, if there is one.
    pub fn note(&self) -> Option<&str> {
        self.note.as_ref().map(|note| note.text.as_str())
    }

    /// What is being typed, if a prompt is open.
    pub fn prompt(&self) -> Option<&Prompt> {
        self.prompt.as_ref()
    }

    /// Which bindings apply now.
    pub fn context(&self) -> Context {
        match &self.dialog {
            None if self.prompt.is_some() => Context::Text,
            None => self.page(),
            Some(Dialog::Confirm(_)) => Context::Confirm,
            Some(Dialog::ConfirmTyped(_)) => Context::ConfirmTyped,
            Some(Dialog::Cancels) => Context::Cancels,
            Some(Dialog::Quit) => Context::Quit,
            Some(Dialog::Outcome(_)) => Context::Outcome,
            Some(Dialog::Help { .. }) => Context::Help,
            Some(Dialog::Menu(_)) => Context::Menu,
            Some(Dialog::Palette(_)) => Context::Palette,
            Some(Dialog::Overwrite(_)) => Context::Overwrite,
        }
    }

    /// What is below the dialogs: the event log, the details or the list.
    pub fn page(&self) -> Context {
        match (&self.event_page, &self.details) {
            (Some(_), _) => Context::Events,
            (None, Some(_)) => Context::Details,
            (None, None) => Context::List,
        }
    }

    /// Whether the open dialog has been on the screen long enough to be answered.
    pub fn can_be_answered(&self) -> bool {
        self.dialog.is_some() && self.key_timing.can_be_answered(self.now.mono)
    }

    /// Whether the screen must be redrawn; calling this clears the flag.
    pub fn take_dirty(&mut self) -> bool {
        std::mem::take(&mut self.is_dirty)
    }

    /// The screen is out of date.
    pub fn redraw(&mut self) {
        self.is_dirty = true;
    }

    /// Where everything is on the screen.
    pub fn layout(&self) -> Layout {
        self.layout_for(self.size)
    }

    /// Where everything would be on a screen of `size` columns and rows.
    pub fn layout_for(&self, size: (u16, u16)) -> Layout {
        // The reason for a failure is shown above the table, or in its place if the table is empty.
        // The remedy is below the reason, if that leaves the table enough rows.
        const TALL: u16 = 20;
        let has_banner = self.scope().last_error().is_some() && !self.tasks().is_empty();
        let lines = if size.1 < TALL { 1 } else { 2 };
        let banner = if has_banner { lines } else { 0 };
        Layout::of(size, banner, self.tasks().len())
    }

    /// When to send [`Msg::Tick`], in time since the program started: when the monitor wants
    /// it, when a dialog may be confirmed, when a note disappears, and when the ages need an update.
    pub fn next_tick(&self) -> Option<Duration> {
        let later = |at: &Duration| *at > self.now.mono;
        let ages = (!self.tasks().is_empty()).then(|| self.now.mono + AGE_REDRAW_INTERVAL);
        let armed = self.dialog.as_ref().and(self.key_timing.answerable_at());
        let note = self.note.as_ref().map(|note| note.until);
        let own = [ages, armed.filter(later), note, self.next_mark_to_end()];
        let monitor = self.monitor.next_tick(self.now);
        own.into_iter().flatten().chain(monitor).min()
    }

    /// What to say when the program ends, if a cancel is unsettled, or its outcome was not on the screen
    /// yet. IDs are as EC2 sent them.
    pub fn exit_message(&self) -> Option<String> {
        let place = self.scope().place();
        let on_screen = match &self.dialog {
            Some(Dialog::Outcome(outcome)) if !self.key_timing.is_drawn() => Some(outcome),
            Some(_) | None => None,
        };
        let unread = on_screen.into_iter().chain(&self.outcomes);
        let unread = unread.filter_map(|outcome| outcome.sentence(place.as_ref()));
        let messages: Vec<_> = self
            .monitor
            .exit_message()
            .into_iter()
            .chain(unread)
            .chain(self.batch.unread(place.as_ref()))
            .collect();
        (!messages.is_empty()).then(|| messages.join(" "))
    }

    /// Shows a sentence instead of the footer, until the next key or for a few seconds.
    pub fn show_note(&mut self, text: impl Into<String>) {
        self.note = Some(FooterNote {
            text: text.into(),
            until: self.now.mono + NOTE_DURATION,
        });
        self.is_dirty = true;
    }

    /// Nothing is on the screen from now on, until it is drawn again.
    pub fn leaves_screen(&mut self) {
        self.key_timing.restart_reading_time();
    }

    fn open(&mut self, dialog: Dialog) {
        self.dialog = Some(dialog);
        self.key_timing.restart_reading_time();
        self.drawn.max_scroll = 0;
        self.is_dirty = true;
    }

    /// Closes what is on top: the dialog, or else the details.
    fn close(&mut self) {
        if self.dialog.take().is_none() && self.event_page.take().is_none() {
            self.details = None;
        }
        self.drawn.max_scroll = 0;
        self.is_dirty = true;
    }
}
