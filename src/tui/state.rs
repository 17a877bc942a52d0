//! What the program knows and how it behaves: `State`, `Msg`, `Effect`, `update`.
//!
//! No input or output, no clock, no waiting. Time comes in with every message; what is to be done
//! goes out as [`Effect`]s, and what came of it comes back as another message.

mod cancel;
mod input;
mod msg;
mod rows;

use std::time::Duration;

use jiff::Timestamp;

pub use cancel::{Confirm, Focus, Outcome, Permission, Since, Verdict};
pub use msg::{Effect, Look, Msg};
pub use rows::{CancelMark, Counts, Row, Rows};

use crate::ec2::{Ec2Error, Identity, Session};
use crate::task::BundleTask;
use crate::tui::keymap::{Action, Context};
use crate::tui::layout::Layout;
use crate::tui::poll::Poll;

/// A reading of both clocks.
#[derive(Clone, Copy, Debug)]
pub struct Now {
    /// The calendar's time, to show.
    pub wall: Timestamp,
    /// Time since the program started, to wait by: it never jumps.
    pub mono: Duration,
}

/// What covers the screen, if anything does.
#[derive(Debug)]
pub enum Dialog {
    /// Whether to cancel a task.
    Confirm(Confirm),
    /// What became of a cancel.
    Outcome(Outcome),
    /// The keys.
    Help {
        /// Lines scrolled.
        scroll: u16,
    },
}

/// The full details of the selected task.
#[derive(Debug, Default)]
pub struct Details {
    /// Lines scrolled.
    pub scroll: u16,
    /// Whether the upload policy is shown decoded.
    pub policy: bool,
}

/// How fresh the list is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Freshness {
    /// Nothing has been answered yet.
    Connecting,
    /// The last request was answered.
    Live,
    /// Polling is paused; the last request was answered.
    Paused,
    /// EC2 answered the last request with a refusal, or with something that is no answer.
    Stale,
    /// EC2 could not be reached.
    Offline,
}

/// Everything the program knows.
#[derive(Debug)]
pub struct State {
    /// The time of the newest message.
    pub now: Now,
    /// The tasks on the screen.
    pub rows: Rows,
    /// Everything about the selected one, in the list's place.
    pub details: Option<Details>,
    /// What covers either.
    pub dialog: Option<Dialog>,
    /// Outcomes waiting for another dialog to close.
    pub outcomes: Vec<Outcome>,
    /// When to ask next.
    pub poll: Poll,
    /// Whom we act as, and where; `None` until the settings were read.
    pub session: Option<Session>,
    /// Whether the settings must be read, for the first time or again, before EC2 can be asked.
    connect_first: bool,
    /// Whose credentials these are, once EC2 told.
    pub identity: Option<Identity>,
    /// Why the newest request failed, until one succeeds.
    pub trouble: Option<Ec2Error>,
    /// When the list was last answered.
    pub last_success: Option<Timestamp>,
    /// A word about the last key, until the next one.
    pub note: Option<String>,
    /// Whether this is the demonstration.
    pub demo: bool,
    /// Columns and rows of the terminal.
    pub size: (u16, u16),
    /// When the open dialog was first on the screen as it is now.
    drawn: Option<Duration>,
    /// When the newest key was typed.
    last_key: Option<Duration>,
    /// How many lines of the open dialog do not fit.
    overflow: u16,
    /// Whether the screen no longer shows what is known.
    dirty: bool,
}

impl State {
    /// A program that knows nothing yet, on a terminal of `size` columns and rows.
    pub fn new(now: Now, size: (u16, u16), poll: Poll, demo: bool) -> Self {
        Self {
            now,
            rows: Rows::default(),
            details: None,
            dialog: None,
            outcomes: Vec::new(),
            poll,
            session: None,
            connect_first: true,
            identity: None,
            trouble: None,
            last_success: None,
            note: None,
            demo,
            size,
            drawn: None,
            last_key: None,
            overflow: 0,
            dirty: true,
        }
    }

    /// Takes in what happened and says what is to be done.
    #[must_use = "an effect that is not performed is a request that is never sent"]
    #[warn(clippy::wildcard_enum_match_arm)]
    pub fn update(&mut self, now: Now, msg: Msg) -> Vec<Effect> {
        self.now = now;
        let mut effects = Vec::new();
        let is_tick = matches!(msg, Msg::Tick);
        match msg {
            Msg::Input(events) => self.input(&events, &mut effects),
            Msg::Drawn { overflow } => {
                self.overflow = overflow;
                if !self.layout().is_too_small() {
                    self.drawn.get_or_insert(now.mono);
                }
            }
            Msg::Tick => {}
            Msg::Connected { asked, result } => self.connected(asked, result, &mut effects),
            Msg::KeysChanged => {
                self.identity = None;
                self.dirty = true;
                effects.push(Effect::Identify);
            }
            Msg::Identified(result) => {
                self.identity = result.ok();
                self.dirty = true;
            }
            Msg::Described { asked, result } => self.described(asked, result, &mut effects),
            Msg::DryRun { id, result } => self.dry_run_answered(&id, result),
            Msg::Looked { id, look, result } => self.looked(&id, look, result, &mut effects),
            Msg::Cancelled { id, result } => self.cancelled(&id, result, &mut effects),
        }
        match self.poll.take(now.mono) {
            Some(asked) => {
                effects.push(self.ask(asked));
                // While all is well a request shows nothing before its answer.
                self.dirty |= self.trouble.is_some();
            }
            None => self.dirty |= is_tick,
        }
        self.show_next_outcome();
        self.rows.scroll_to_selection(self.layout().rows);
        effects
    }

    /// Whether the screen must be drawn; asking clears it.
    pub fn take_dirty(&mut self) -> bool {
        std::mem::take(&mut self.dirty)
    }

    /// Has the next frame drawn whole.
    pub fn set_dirty(&mut self) {
        self.dirty = true;
    }

    /// Where everything is on the screen.
    pub fn layout(&self) -> Layout {
        self.layout_for(self.size)
    }

    /// Where everything would be on a screen of `size` columns and rows.
    pub fn layout_for(&self, size: (u16, u16)) -> Layout {
        // The reason for a failure stands above the table, or in place of it if it is empty; the
        // remedy below it, where that leaves the table enough.
        const TALL: u16 = 20;
        let has_banner = self.trouble.is_some() && !self.rows.is_empty();
        let lines = if size.1 < TALL { 1 } else { 2 };
        Layout::of(size, if has_banner { lines } else { 0 })
    }

    /// When [`Msg::Tick`] is to be sent, in time since the program started: when a request is due,
    /// when one has gone unanswered so long that it must be said, when a dialog may be confirmed, and
    /// once a minute to put the ages on the screen right where no poll does it.
    pub fn next_tick(&self) -> Option<Duration> {
        const AGES: Duration = Duration::from_secs(60);
        let ages = (!self.rows.is_empty()).then(|| self.now.mono + AGES);
        let slow = self.poll.slow_at().filter(|at| *at > self.now.mono);
        let armed = self.arms_at().filter(|at| *at > self.now.mono);
        [self.poll.due(), slow, ages, armed]
            .into_iter()
            .flatten()
            .min()
    }

    /// Since when the request in flight is unanswered, if that is long.
    pub fn waiting_since(&self) -> Option<Timestamp> {
        self.poll.slow_at().filter(|at| *at <= self.now.mono)?;
        let waited = self.now.mono.saturating_sub(self.poll.sent_at()?);
        self.now.wall.checked_sub(waited).ok()
    }

    /// How fresh the list is.
    pub fn freshness(&self) -> Freshness {
        match &self.trouble {
            Some(error) if error.kind.is_offline() => Freshness::Offline,
            Some(_) => Freshness::Stale,
            None if self.last_success.is_none() => Freshness::Connecting,
            None if self.poll.is_paused() => Freshness::Paused,
            None => Freshness::Live,
        }
    }

    /// The calendar time of the next request, if one will be sent by itself.
    pub fn next_try(&self) -> Option<Timestamp> {
        let wait = self.poll.due()?.saturating_sub(self.now.mono);
        self.now.wall.checked_add(wait).ok()
    }

    /// What to say on leaving, if a cancel is still unsettled. IDs come as EC2 sent them.
    pub fn farewell(&self) -> Option<String> {
        let say = |words: &str, marks: &[CancelMark]| {
            let rows = self.rows.iter().filter(|row| marks.contains(&row.cancel));
            let ids: Vec<_> = rows.map(|row| row.task.bundle_id.as_str()).collect();
            (!ids.is_empty()).then(|| format!("{words}: {}.", ids.join(", ")))
        };
        let unsent = say(
            "A cancel was confirmed and not sent any more",
            &[CancelMark::Checking],
        );
        let unanswered = say(
            "A cancel was sent and not answered yet; look again before you rely on it",
            &[CancelMark::Sent, CancelMark::Unanswered],
        );
        match (unsent, unanswered) {
            (Some(unsent), Some(unanswered)) => Some(format!("{unsent} {unanswered}")),
            (unsent, unanswered) => unsent.or(unanswered),
        }
    }

    /// Whether a key for `action` would do something now: the footer shows no other.
    pub fn is_useful(&self, action: Action) -> bool {
        let selected = self.rows.selected();
        match action {
            Action::Up | Action::Down if self.context() != Context::List => self.overflow > 0,
            Action::Up | Action::Down => self.rows.len() > 1,
            Action::Details | Action::Cancel => selected.is_some(),
            Action::Dismiss => selected.is_some_and(|row| row.gone.is_some()),
            Action::Policy => selected
                .and_then(|row| row.task.storage.as_ref())
                .is_some_and(|s3| s3.upload_policy.is_some()),
            Action::PageUp
            | Action::PageDown
            | Action::First
            | Action::Last
            | Action::Refresh
            | Action::Pause
            | Action::Keep
            | Action::Confirm
            | Action::OtherButton
            | Action::Press
            | Action::Close
            | Action::Help
            | Action::Suspend
            | Action::Quit => true,
        }
    }

    /// What request `asked` is: a connection has to be made before EC2 can be asked anything.
    fn ask(&self, asked: u64) -> Effect {
        if self.connect_first {
            Effect::Connect { asked }
        } else {
            Effect::Describe { asked }
        }
    }

    fn connected(
        &mut self,
        asked: u64,
        result: Result<Session, Ec2Error>,
        effects: &mut Vec<Effect>,
    ) {
        match result {
            Ok(session) => {
                self.drop_unsent_cancels();
                if self.session.as_ref() != Some(&session) {
                    // What was listed elsewhere says nothing of what is here.
                    self.rows = Rows::default();
                    self.identity = None;
                }
                self.session = Some(session);
                self.connect_first = false;
                self.dirty = true;
                effects.push(Effect::Describe { asked });
                // Also after new credentials in the same place: they may be somebody else's.
                effects.push(Effect::Identify);
            }
            Err(error) => self.request_failed(error),
        }
    }

    fn described(
        &mut self,
        asked: u64,
        result: Result<Vec<BundleTask>, Ec2Error>,
        effects: &mut Vec<Effect>,
    ) {
        match result {
            Ok(tasks) => {
                if self.trouble.take().is_some() && self.identity.is_none() {
                    effects.push(Effect::Identify);
                }
                self.last_success = Some(self.now.wall);
                self.rows.merge(asked, tasks, self.now);
                let busy = self.rows.counts().any_under_way();
                self.poll.succeeded(self.now.mono, busy);
                self.dirty = true;
            }
            Err(error) => self.request_failed(error),
        }
    }

    fn request_failed(&mut self, error: Ec2Error) {
        if error.kind.needs_new_settings() {
            // What a person will do about it, in a file or another terminal, is read only by
            // starting over.
            self.connect_first = true;
        }
        self.trouble = Some(error);
        self.poll.failed(self.now.mono);
        self.dirty = true;
    }
}
