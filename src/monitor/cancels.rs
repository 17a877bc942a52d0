//! The cancels of a scope: which there are, whose turn is next, and what each comes to.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;

use super::cancel::{Cancel, CancelId, CancelState, NotCancellable, Settlement, Step};
use super::event::Now;
use super::place::Place;
use super::transition::{CancelChange, Change, Verdict};
use crate::ec2::AccessKeyId;
use crate::task::{BundleId, BundleTask};

/// The cancels of a scope.
#[derive(Debug, Default)]
pub(super) struct Cancels {
    last_id: u64,
    /// Those of tasks in the present place. A task has at most one.
    present: HashMap<BundleId, Cancel>,
    /// Those that were sent before the account or region changed.
    left_behind: Vec<Cancel>,
    /// Those that wait for their turn, the next first; and others, which are skipped.
    queue: VecDeque<CancelId>,
    /// What happened to the cancels of each task.
    events: HashMap<BundleId, Vec<CancelEvent>>,
}

/// Something that happened to a cancel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CancelEvent {
    /// Which cancel.
    pub cancel: CancelId,
    /// When.
    pub at: Timestamp,
    /// What.
    pub change: CancelChange,
}

/// How often EC2 may throttle a cancel before it is given up.
const MAX_THROTTLED: u32 = 5;

impl Cancels {
    /// The state of a task's cancel; `None` if none was requested.
    pub fn state(&self, id: &BundleId) -> Option<CancelState> {
        self.present.get(id).map(Cancel::state)
    }

    /// The ID of another cancel.
    pub fn next_id(&mut self) -> CancelId {
        self.last_id += 1;
        CancelId(self.last_id)
    }

    /// Registers a cancel that a person confirmed.
    pub fn confirm(
        &mut self,
        bundle_id: BundleId,
        place: Arc<Place>,
        key: Option<AccessKeyId>,
    ) -> CancelId {
        let id = self.next_id();
        let cancel = Cancel {
            id,
            bundle_id: bundle_id.clone(),
            place,
            key,
            throttled: 0,
            sent_at: None,
            is_cancelling_seen: false,
            verdict: None,
            step: Step::Queued,
        };
        self.present.insert(bundle_id, cancel);
        self.queue.push_back(id);
        id
    }

    /// Registers a cancel that was sent when the clock was started, and accepted.
    pub fn accepted(
        &mut self,
        bundle_id: BundleId,
        place: Arc<Place>,
        key: Option<AccessKeyId>,
    ) -> CancelId {
        let id = self.confirm(bundle_id, place, key);
        if let Some(cancel) = self.get_mut(id) {
            cancel.step = Step::Accepted(Duration::ZERO);
            cancel.sent_at = Some(Duration::ZERO);
        }
        id
    }

    /// What a change of a task in the present place says of its cancel.
    pub fn follow(
        &mut self,
        id: &BundleId,
        change: &Change,
        now: Now,
    ) -> Option<(CancelId, CancelChange)> {
        let cancel = self.present.get_mut(id)?;
        Some((cancel.id, cancel.follow(change, now)?))
    }

    /// The cancels of tasks that are still being cancelled, of which that is to be remarked now.
    pub fn still_cancelling(&mut self, now: Now) -> Vec<(BundleId, CancelId, CancelChange)> {
        let all = self.present.values_mut();
        let mut due: Vec<_> = all
            .filter_map(|cancel| {
                let change = cancel.remark_still_cancelling(now)?;
                Some((cancel.bundle_id.clone(), cancel.id, change))
            })
            .collect();
        due.sort_unstable_by_key(|(_, id, _)| *id);
        due
    }

    /// When to call [`still_cancelling`](Self::still_cancelling), in time since the program started.
    pub fn still_cancelling_at(&self) -> Option<Duration> {
        let all = self.present.values();
        all.filter_map(Cancel::still_cancelling_at).min()
    }

    /// What became of the cancel of a task, as far as that is known.
    pub fn verdict(&self, id: &BundleId) -> Option<Verdict> {
        self.present.get(id)?.verdict
    }

    /// Notes what happened to a cancel.
    pub fn note(&mut self, id: &BundleId, event: CancelEvent) {
        self.events.entry(id.clone()).or_default().push(event);
    }

    /// What happened to the cancels of a task, the oldest first.
    pub fn events(&self, id: &BundleId) -> &[CancelEvent] {
        self.events.get(id).map_or(&[], Vec::as_slice)
    }

    /// The next cancel that waits for its turn.
    pub fn next_queued(&mut self) -> Option<CancelId> {
        while let Some(&id) = self.queue.front() {
            let is_queued = |cancel: &Cancel| cancel.state() == CancelState::Queued;
            if self.get(id).is_some_and(is_queued) {
                return Some(id);
            }
            self.queue.pop_front();
        }
        None
    }

    /// Whether a cancel waits for its turn.
    pub fn has_queued(&self) -> bool {
        let mut all = self.present.values();
        all.any(|cancel| cancel.state() == CancelState::Queued)
    }

    /// It is a cancel's turn. Returns its task.
    pub fn start(&mut self, id: CancelId) -> Option<BundleId> {
        let cancel = self.get_mut(id)?;
        cancel.step = Step::Rechecking;
        Some(cancel.bundle_id.clone())
    }

    /// EC2 throttled a cancel, so it waits for its turn again. Returns whether it may.
    pub fn queue_again(&mut self, id: CancelId) -> bool {
        if self.is_left_behind(id) {
            return false;
        }
        let Some(cancel) = self.get_mut(id) else {
            return false;
        };
        cancel.throttled += 1;
        if cancel.throttled >= MAX_THROTTLED {
            return false;
        }
        cancel.step = Step::Queued;
        self.queue.push_back(id);
        true
    }

    /// How many cancels have had their turn and are not answered.
    pub fn in_flight(&self) -> usize {
        let all = self.present.values().chain(&self.left_behind);
        let is_in_flight =
            |cancel: &&Cancel| matches!(cancel.state(), CancelState::Checking | CancelState::Sent);
        all.filter(is_in_flight).count()
    }

    /// A cancel, wherever its task is.
    pub fn get(&self, id: CancelId) -> Option<&Cancel> {
        let mut all = self.present.values().chain(&self.left_behind);
        all.find(|cancel| cancel.id == id)
    }

    /// A cancel, wherever its task is.
    pub fn get_mut(&mut self, id: CancelId) -> Option<&mut Cancel> {
        let mut all = self.present.values_mut().chain(&mut self.left_behind);
        all.find(|cancel| cancel.id == id)
    }

    /// Whether the task of a cancel is in another place than the present one.
    pub fn is_left_behind(&self, id: CancelId) -> bool {
        self.left_behind.iter().any(|cancel| cancel.id == id)
    }

    /// Settles a cancel, wherever its task is, if a description does.
    pub fn settle_by_id(
        &mut self,
        id: CancelId,
        task: &BundleTask,
        requested_at: Duration,
    ) -> Option<CancelChange> {
        let cancel = self.get_mut(id)?;
        let settlement = cancel.settlement(task, requested_at)?;
        let state = task.state.clone();
        if settlement == Settlement::Settled {
            // Kept, because a list may still say what was true before.
            cancel.step = Step::Settled {
                state: state.clone(),
                at: requested_at,
            };
        } else {
            self.remove(id);
        }
        (settlement != Settlement::Outdated).then_some(CancelChange::Settled(state))
    }

    /// Why a task whose cancel was settled cannot be cancelled: the state that EC2 reported.
    pub fn why_settled(&self, id: &BundleId) -> Option<NotCancellable> {
        match &self.present.get(id)?.step {
            Step::Settled { state, .. } => NotCancellable::for_state(state),
            Step::Queued
            | Step::Rechecking
            | Step::AwaitingIdentity { .. }
            | Step::Sent
            | Step::Accepted(_)
            | Step::AnswerLost(_) => None,
        }
    }

    /// A key belongs to this account, which was not known when cancels were confirmed.
    pub fn learn_account(&mut self, key: &AccessKeyId, account: &str) {
        let all = self.present.values_mut().chain(&mut self.left_behind);
        for cancel in all.filter(|cancel| cancel.key.as_ref() == Some(key)) {
            let place = Arc::make_mut(&mut cancel.place);
            place.account.get_or_insert_with(|| account.to_owned());
        }
    }

    /// Takes back cancels that were left behind, because their place is on the screen again.
    pub fn return_to(&mut self, place: &Place, is_listed: impl Fn(&BundleId) -> bool) {
        let is_back =
            |cancel: &mut Cancel| cancel.place.may_be(place) && is_listed(&cancel.bundle_id);
        for cancel in self.left_behind.extract_if(.., is_back) {
            self.present.insert(cancel.bundle_id.clone(), cancel);
        }
    }

    /// Removes a cancel, wherever its task is.
    pub fn remove(&mut self, id: CancelId) -> Option<Cancel> {
        if let Some(at) = self.left_behind.iter().position(|cancel| cancel.id == id) {
            return Some(self.left_behind.remove(at));
        }
        let bundle_id = self.get(id)?.bundle_id.clone();
        self.present.remove(&bundle_id)
    }

    /// The cancels of the present place that are not sent yet, oldest first.
    pub fn unsent(&self) -> Vec<CancelId> {
        let is_unsent = |cancel: &&Cancel| {
            matches!(cancel.state(), CancelState::Queued | CancelState::Checking)
        };
        let unsent = self.present.values().filter(is_unsent);
        let mut unsent: Vec<_> = unsent.map(|cancel| cancel.id).collect();
        unsent.sort_unstable();
        unsent
    }

    /// The cancels that wait until a key is identified, with that key, oldest first.
    pub fn awaiting_identity(&self) -> Vec<(CancelId, AccessKeyId)> {
        let cancels = self.present.values();
        let mut awaiting: Vec<_> = cancels
            .filter_map(|cancel| match &cancel.step {
                Step::AwaitingIdentity { key, .. } => Some((cancel.id, key.clone())),
                Step::Queued
                | Step::Rechecking
                | Step::Sent
                | Step::Accepted(_)
                | Step::AnswerLost(_)
                | Step::Settled { .. } => None,
            })
            .collect();
        awaiting.sort_unstable_by_key(|(id, _)| *id);
        awaiting
    }

    /// The cancels whose outcome is unknown, by the IDs of their tasks: not sent yet, sent, left
    /// behind.
    pub fn unsettled(&self) -> [Vec<&Cancel>; 3] {
        let present = |states: &[CancelState]| {
            let found = self.present.values();
            found.filter(|it| states.contains(&it.state())).collect()
        };
        let mut unsettled: [Vec<&Cancel>; 3] = [
            present(&[CancelState::Queued, CancelState::Checking]),
            present(&[CancelState::Sent, CancelState::AnswerLost]),
            self.left_behind
                .iter()
                .filter(|it| matches!(it.state(), CancelState::Sent | CancelState::AnswerLost))
                .collect(),
        ];
        for cancels in &mut unsettled {
            cancels.sort_unstable_by_key(|cancel| (&cancel.bundle_id, cancel.id));
        }
        unsettled
    }

    /// The tasks of the cancels that are confirmed and not answered, oldest first, and whether these are
    /// sent.
    pub fn under_way(&self) -> Vec<(BundleId, bool)> {
        let all = self.present.values().chain(&self.left_behind);
        let mut under_way: Vec<_> = all
            .filter_map(|cancel| match cancel.state() {
                CancelState::Queued | CancelState::Checking => Some((cancel, false)),
                CancelState::Sent => Some((cancel, true)),
                CancelState::Accepted | CancelState::AnswerLost | CancelState::Settled => None,
            })
            .collect();
        under_way.sort_unstable_by_key(|(cancel, _)| cancel.id);
        let under_way = under_way.into_iter();
        under_way
            .map(|(cancel, is_sent)| (cancel.bundle_id.clone(), is_sent))
            .collect()
    }

    /// The tasks on the screen now belong to another account or region. Cancels that were sent are left
    /// behind; those not sent must have been removed.
    pub fn leave_behind(&mut self) {
        let cancels = self.present.drain().map(|(_, cancel)| cancel);
        self.left_behind.extend(cancels);
    }

    /// Whether no cancel of a task in the present place is known.
    pub fn is_empty(&self) -> bool {
        self.present.is_empty()
    }

    /// Settles the cancel of a task, if a description does that was requested at `requested_at`, in time
    /// since the program started.
    pub fn settle(
        &mut self,
        task: &BundleTask,
        requested_at: Duration,
    ) -> Option<(CancelId, CancelChange)> {
        let id = self.present.get(&task.bundle_id)?.id;
        Some((id, self.settle_by_id(id, task, requested_at)?))
    }
}
