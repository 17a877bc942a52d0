//! A cancel, from the key to the end: ask, confirm, look again, send, and say what came of it.
//!
//! What cancel does in each state is documented nowhere, so nothing here claims more than EC2 said.
//! A cancel that was sent and whose answer was lost is neither done nor failed: it is looked up.

use super::{Dialog, Effect, Freshness, Look, State};
use crate::ec2::{Ec2Error, ErrorKind};
use crate::task::{BundleId, BundleTask, Phase};
use crate::tui::state::rows::{CancelMark, Row};

/// The dialog that asks before a cancel. It holds the task's ID; what it shows of the task is
/// looked up when it is drawn.
#[derive(Debug)]
pub struct Confirm {
    /// The task.
    pub id: BundleId,
    /// Whether EC2 would permit it.
    pub permission: Permission,
    /// The button in focus.
    pub focus: Focus,
    /// Whether the last confirming key came too early to be meant for this dialog.
    pub too_early: bool,
}

/// What EC2 said to the dry run.
#[derive(Debug)]
pub enum Permission {
    /// Nothing yet.
    Asking,
    /// `DryRunOperation`.
    Allowed,
    /// `UnauthorizedOperation`.
    Denied(Ec2Error),
    /// Something else: nobody knows.
    Unknown(Ec2Error),
}

/// A button of the dialog.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Focus {
    /// Keep it.
    Keep,
    /// Cancel the task.
    Cancel,
}

/// What became of a cancel that did not simply go through.
#[derive(Debug)]
pub struct Outcome {
    /// The task.
    pub id: BundleId,
    /// What became of it.
    pub verdict: Verdict,
}

/// What became of a cancel.
#[derive(Debug)]
pub enum Verdict {
    /// Nothing was sent: the task no longer allows it, for this reason.
    NotAllowed(String),
    /// Nothing was sent: the task could not be looked at first.
    NotLooked(Ec2Error),
    /// Nothing reached EC2.
    NotSent(Ec2Error),
    /// EC2 refused.
    Refused(Ec2Error),
    /// The request went out and its answer was lost.
    Unanswered {
        /// How it was lost.
        error: Ec2Error,
        /// What EC2 said when asked afterwards.
        since: Since,
    },
}

/// What EC2 said of a task after the answer to its cancel was lost.
#[derive(Debug)]
pub enum Since {
    /// Nothing yet.
    Asking,
    /// This state.
    State(String),
    /// That it does not list the task.
    NotListed,
    /// Nothing: asking failed too.
    Failed(Ec2Error),
}

/// Why a task in this phase is not cancelled, if so. States that EC2 does not document are left to
/// EC2 to judge.
fn refusal(task: &BundleTask) -> Option<String> {
    let word = task.state.as_str();
    match task.state.phase() {
        Phase::Complete => Some(format!("the task is already {word}")),
        Phase::Failed => Some(format!("the task has already {word}")),
        Phase::Cancelling => Some(format!("the task is already {word}")),
        Phase::Pending
        | Phase::WaitingForShutdown
        | Phase::Bundling
        | Phase::Storing
        | Phase::Unknown => None,
    }
}

impl State {
    /// Why a cancel of this task is not offered now, if so.
    pub fn why_not_cancel(&self, row: &Row) -> Option<String> {
        if row.gone.is_some() {
            return Some("EC2 no longer lists this task".into());
        }
        if row.task.bundle_id.as_str().is_empty() {
            return Some("EC2 sent no ID with this task".into());
        }
        if let Some(reason) = refusal(&row.task) {
            return Some(reason);
        }
        match row.cancel {
            CancelMark::Checking | CancelMark::Sent | CancelMark::Accepted => {
                return Some("a cancel of this task is already requested".into());
            }
            CancelMark::Unanswered => {
                return Some("an earlier cancel of this task is still unanswered".into());
            }
            CancelMark::None => {}
        }
        match self.freshness() {
            Freshness::Offline => Some("EC2 can't be reached, and this list is old".into()),
            Freshness::Stale => Some("the last poll failed, and this list is old".into()),
            Freshness::Connecting | Freshness::Live | Freshness::Paused => None,
        }
    }

    /// Opens the dialog on the selected task, or says why not.
    pub(super) fn ask_to_cancel(&mut self, effects: &mut Vec<Effect>) {
        let Some(row) = self.rows.selected() else {
            self.note = Some("There is no task to cancel.".into());
            return;
        };
        if let Some(reason) = self.why_not_cancel(row) {
            self.note = Some(format!("Not cancelled: {reason}."));
            return;
        }
        let id = row.task.bundle_id.clone();
        effects.push(Effect::DryRun(id.clone()));
        self.open(Dialog::Confirm(Confirm {
            id,
            permission: Permission::Asking,
            focus: Focus::Keep,
            too_early: false,
        }));
    }

    /// The person confirmed. The task is looked at once more before anything is sent.
    pub(super) fn confirm(&mut self, effects: &mut Vec<Effect>) {
        let Some(Dialog::Confirm(confirm)) = &self.dialog else {
            return;
        };
        let id = confirm.id.clone();
        let row = self.rows.find(&id);
        if row.is_none_or(|row| self.why_not_cancel(row).is_some()) {
            return; // The dialog shows the reason in the button's place.
        }
        self.rows.mark(&id, CancelMark::Checking);
        self.close();
        if self.poll.is_paused() {
            self.note =
                Some("Polling is paused: r asks once what becomes of it, p goes on.".into());
        }
        effects.push(Effect::Look(id, Look::BeforeCancel));
    }

    pub(super) fn dry_run_answered(&mut self, id: &BundleId, result: Result<(), Ec2Error>) {
        if let Some(Dialog::Confirm(confirm)) = &mut self.dialog
            && confirm.id == *id
        {
            confirm.permission = match result {
                Ok(()) => Permission::Allowed,
                Err(error) if error.kind == ErrorKind::Denied => Permission::Denied(error),
                Err(error) => Permission::Unknown(error),
            };
            self.dirty = true;
        }
    }

    pub(super) fn looked(
        &mut self,
        id: &BundleId,
        look: Look,
        result: Result<Option<BundleTask>, Ec2Error>,
        effects: &mut Vec<Effect>,
    ) {
        match look {
            Look::BeforeCancel => self.looked_before(id, result, effects),
            Look::AfterLostAnswer => self.looked_after(id, result),
        }
        self.dirty = true;
    }

    fn looked_before(
        &mut self,
        id: &BundleId,
        result: Result<Option<BundleTask>, Ec2Error>,
        effects: &mut Vec<Effect>,
    ) {
        let is_awaited = |row: &Row| row.cancel == CancelMark::Checking;
        if !self.rows.find(id).is_some_and(is_awaited) {
            return; // Given up meanwhile, and said so.
        }
        let verdict = match result {
            Ok(Some(task)) => {
                let refusal = refusal(&task);
                self.rows.put(task, self.poll.asked(), self.now);
                match refusal {
                    None => {
                        self.rows.mark(id, CancelMark::Sent);
                        effects.push(Effect::Cancel(id.clone()));
                        return;
                    }
                    Some(reason) => Verdict::NotAllowed(reason),
                }
            }
            Ok(None) => {
                self.rows.put_gone(id, self.poll.asked(), self.now);
                Verdict::NotAllowed("EC2 no longer lists this task".into())
            }
            Err(error) => Verdict::NotLooked(error),
        };
        self.rows.mark(id, CancelMark::None);
        self.report(id, verdict);
    }

    /// A new connection may lead elsewhere: what was confirmed on the old one is not sent on it.
    pub(super) fn drop_unsent_cancels(&mut self) {
        let unsent = |row: &&Row| row.cancel == CancelMark::Checking;
        let ids: Vec<_> = self
            .rows
            .iter()
            .filter(unsent)
            .map(|row| row.task.bundle_id.clone())
            .collect();
        for id in ids {
            self.rows.mark(&id, CancelMark::None);
            let reason = "the connection to EC2 was made anew meanwhile";
            self.report(&id, Verdict::NotAllowed(reason.into()));
        }
    }

    pub(super) fn cancelled(
        &mut self,
        id: &BundleId,
        result: Result<Option<BundleTask>, Ec2Error>,
        effects: &mut Vec<Effect>,
    ) {
        self.dirty = true;
        match result {
            Ok(task) => {
                self.rows.mark(id, CancelMark::Accepted);
                match task {
                    Some(task) if task.bundle_id == *id => {
                        self.rows.put_answer(task, self.poll.asked(), self.now);
                    }
                    // Nothing about the task: the next polls will tell, not the ones under way.
                    Some(_) | None => self.rows.distrust_until(id, self.poll.asked(), self.now),
                }
                self.poll.hurry(self.now.mono);
            }
            Err(error) if error.may_have_been_carried_out() => {
                self.rows.mark(id, CancelMark::Unanswered);
                self.rows.distrust_until(id, self.poll.asked(), self.now);
                self.report(
                    id,
                    Verdict::Unanswered {
                        error,
                        since: Since::Asking,
                    },
                );
                self.poll.hurry(self.now.mono);
                effects.push(Effect::Look(id.clone(), Look::AfterLostAnswer));
            }
            Err(error) => {
                self.rows.mark(id, CancelMark::None);
                let verdict = match error.code {
                    Some(_) => Verdict::Refused(error),
                    None => Verdict::NotSent(error),
                };
                self.report(id, verdict);
            }
        }
    }

    fn looked_after(&mut self, id: &BundleId, result: Result<Option<BundleTask>, Ec2Error>) {
        let found = match result {
            Ok(Some(task)) => {
                let word = task.state.to_string();
                self.rows.put(task, self.poll.asked(), self.now);
                Since::State(word)
            }
            Ok(None) => {
                self.rows.put_gone(id, self.poll.asked(), self.now);
                Since::NotListed
            }
            Err(error) => Since::Failed(error),
        };
        let mut outcomes = self.outcomes.iter_mut().collect::<Vec<_>>();
        if let Some(Dialog::Outcome(shown)) = &mut self.dialog {
            outcomes.push(shown);
        }
        for outcome in outcomes {
            if outcome.id == *id
                && let Verdict::Unanswered { since, .. } = &mut outcome.verdict
            {
                *since = found;
                return;
            }
        }
    }

    /// Shows what became of a cancel, after what is already on the screen.
    fn report(&mut self, id: &BundleId, verdict: Verdict) {
        self.outcomes.push(Outcome {
            id: id.clone(),
            verdict,
        });
    }

    /// Opens the next outcome once nothing covers the list.
    pub(super) fn show_next_outcome(&mut self) {
        if self.dialog.is_none() && !self.outcomes.is_empty() {
            let outcome = self.outcomes.remove(0);
            self.open(Dialog::Outcome(outcome));
        }
    }
}
