//! From a list that was received to the tasks on the screen: whose list is it?
//!
//! Credentials change while the program runs, and new ones may belong to another account. So each list
//! is compared with the tasks on the screen by the access key that signed it:
//!
//! | the list was signed                        | what happens                                       |
//! |--------------------------------------------|----------------------------------------------------|
//! | with the same key, or by the same account  | it is merged                                       |
//! | by another account                         | it replaces the tasks                              |
//! | with a key that is not identified          | it waits for STS, if the account on the screen is known |
//! | with a key that STS could not identify     | it is merged if it has a task in common, as EC2's IDs are unique; else it replaces the tasks |

use std::sync::Arc;
use std::time::Duration;

use super::Scope;
use crate::ec2::{AccessKeyId, Ec2Error, Identity};
use crate::monitor::cancel::NotCancellable;
use crate::monitor::event::{Call, Listed, Now, Update};
use crate::monitor::request::{Purpose, SentRequest};
use crate::monitor::tasks::{Changes, MergeContext};
use crate::monitor::transition::NotSent;
use crate::task::{BundleId, BundleTask};

/// A list that EC2 sent.
#[derive(Debug)]
pub(super) struct ReceivedList {
    pub tasks: Vec<Arc<BundleTask>>,
    pub signed_by: Option<AccessKeyId>,
    /// The number of the request.
    pub request: u64,
    /// When the request was sent, in time since the program started.
    pub requested_at: Duration,
    /// When the list was received.
    pub at: Now,
}

/// Whether two access keys belong to the same account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SameAccount {
    Yes,
    No,
    /// One of them is not identified.
    Unknown,
}

impl Scope {
    /// Whether `key` belongs to the account that owns `known_key`. Equal keys do. `account` is that
    /// account, if it is known otherwise than from the key.
    pub(super) fn same_account(
        &self,
        known_key: Option<&AccessKeyId>,
        account: Option<&str>,
        key: Option<&AccessKeyId>,
    ) -> SameAccount {
        if key == known_key {
            return SameAccount::Yes;
        }
        match (
            account.or_else(|| self.account_of(known_key)),
            self.account_of(key),
        ) {
            (Some(account), Some(other)) if account == other => SameAccount::Yes,
            (Some(_), Some(_)) => SameAccount::No,
            (None, _) | (_, None) => SameAccount::Unknown,
        }
    }

    /// Whether `key` belongs to the account of the tasks on the screen.
    pub(super) fn is_of_account_on_screen(&self, key: Option<&AccessKeyId>) -> SameAccount {
        self.same_account(self.list_key.as_ref(), self.account.as_deref(), key)
    }

    pub(super) fn account_of(&self, key: Option<&AccessKeyId>) -> Option<&str> {
        Some(&self.identities.get(key?)?.account)
    }

    /// Remembers the key that signed the newest request of this connection, of those that are signed with
    /// whatever credentials are found.
    pub(super) fn note_key(&mut self, sent: &SentRequest, signed_by: Option<&AccessKeyId>) {
        match sent.purpose {
            // Signed with the key that an earlier request was signed with.
            Purpose::Identify | Purpose::Cancel(_) => return,
            Purpose::Connect
            | Purpose::Poll
            | Purpose::Follow(_)
            | Purpose::Permission(_)
            | Purpose::Recheck(_)
            | Purpose::LookUp(_) => {}
        }
        let is_newest = self
            .newest_key
            .as_ref()
            .is_none_or(|(_, number)| *number < sent.number);
        if let Some(key) = signed_by
            && is_newest
            && self.requests.is_of_this_connection(sent)
        {
            self.newest_key = Some((key.clone(), sent.number));
        }
    }

    /// Merges a list, or replaces the tasks by it, or waits until STS says whose it is: see the table
    /// above. Until then the poll is not over.
    pub(super) fn accept_list(&mut self, list: ReceivedList, now: Now, update: &mut Update) {
        let key = list.signed_by.as_ref();
        let same = match &self.list_key {
            None => SameAccount::Yes,
            Some(_) => self.is_of_account_on_screen(key),
        };
        match same {
            SameAccount::Yes => self.merge(list, now, update),
            SameAccount::No => {
                self.reset_for_new_place(now, update);
                self.merge(list, now, update);
            }
            SameAccount::Unknown
                if self.account.is_some() && self.identities.can_be_awaited(now.mono) =>
            {
                self.unmerged = Some(list);
            }
            SameAccount::Unknown => {
                let is_known = |task: &Arc<BundleTask>| self.tasks.by_id(&task.bundle_id).is_some();
                if !list.tasks.iter().any(is_known) {
                    self.reset_for_new_place(now, update);
                }
                self.merge(list, now, update);
            }
        }
    }

    fn merge(&mut self, list: ReceivedList, now: Now, update: &mut Update) {
        self.last_error = None;
        self.last_success = Some(list.at.wall);
        self.first_listed_at.get_or_insert(list.at.mono);
        if let Some(place) = self.place() {
            let is_listed = |id: &BundleId| list.tasks.iter().any(|task| task.bundle_id == *id);
            self.cancels.return_to(&place, is_listed);
        }
        let mut changes = Changes::new();
        let merge = MergeContext {
            request: list.request,
            requested_at: list.requested_at,
            now: list.at,
            pinned: self.pinned.as_ref(),
            is_partial: !self.filters.is_empty(),
            cancels: &mut self.cancels,
            changes: &mut changes,
        };
        let has_unreported = self.tasks.merge(list.tasks, merge);
        update.listed = Some(Listed {
            scope: self.id,
            at: list.at.wall,
            has_unreported,
            is_partial: !self.filters.is_empty(),
        });
        self.list_key = list.signed_by;
        self.update_account(now, update);
        self.transitions(changes, list.at, update);
        let any_under_way = self.tasks.counts().any_under_way();
        self.poll.succeeded(now.mono, any_under_way);
        self.follow_left_out(now, update);
    }

    /// Forgets all that belongs to the tasks on the screen, because they are about to be replaced by those
    /// of another account or region: the tasks, their account and errors, and cancels that are not sent.
    /// Cancels that were sent are left behind.
    pub(super) fn reset_for_new_place(&mut self, now: Now, update: &mut Update) {
        let unsent = NotSent::NotCancellable(NotCancellable::PlaceChanged);
        self.drop_unsent_cancels(&unsent, now, update);
        self.cancels.leave_behind();
        self.permissions.place_changed();
        self.requests.place_changed();
        self.place_number += 1;
        self.tasks = self.tasks.empty_with_next_revision();
        self.account = None;
        self.list_key = None;
        self.last_success = None;
        self.first_listed_at = None;
        self.last_error = None;
    }

    /// STS has answered.
    pub(super) fn identified(
        &mut self,
        key: Option<&AccessKeyId>,
        result: Result<Identity, Ec2Error>,
        now: Now,
        update: &mut Update,
    ) {
        self.identities.answered(key, result, now.mono);
        if let Some(key) = key
            && let Some(identity) = self.identities.get(key)
        {
            self.cancels.learn_account(key, &identity.account);
        }
        self.update_account(now, update);
        if let Some(list) = self.unmerged.take() {
            self.accept_list(list, now, update);
        }
        self.follow_newest_key(now, update);
        self.resume_cancels(now, update);
    }

    /// If requests are now signed by another account than that of the tasks on the screen, these cannot
    /// be followed any longer.
    pub(super) fn follow_newest_key(&mut self, now: Now, update: &mut Update) {
        let newest = self.newest_key.as_ref().map(|(key, _)| key);
        if self.list_key.is_some()
            && newest.is_some()
            && self.is_of_account_on_screen(newest) == SameAccount::No
        {
            self.reset_for_new_place(now, update);
            self.poll.refresh();
        }
    }

    /// The account of the tasks, from the key that signed their list.
    fn update_account(&mut self, now: Now, update: &mut Update) {
        let Some(account) = self.account_of(self.list_key.as_ref()).map(str::to_owned) else {
            return;
        };
        if self.account.as_ref().is_some_and(|known| *known != account) {
            self.reset_for_new_place(now, update);
            self.poll.refresh();
        } else {
            self.account = Some(account);
        }
    }

    /// The key that something waits for: a list and cancels in turn, so that neither waits for ever.
    pub(super) fn awaited_key(&self) -> Option<AccessKeyId> {
        let list = self
            .unmerged
            .as_ref()
            .and_then(|list| list.signed_by.clone());
        let cancels = self.cancels.awaiting_identity();
        let cancel = cancels.into_iter().next().map(|(_, key)| key);
        if self.is_turn_of_list {
            list.or(cancel)
        } else {
            cancel.or(list)
        }
    }

    /// The key that signed the newest request, or the list, if it is not identified.
    fn unidentified_key(&self) -> Option<AccessKeyId> {
        let newest = self.newest_key.as_ref().map(|(key, _)| key);
        let keys = [newest, self.list_key.as_ref()];
        let mut keys = keys.into_iter().flatten();
        keys.find(|key| self.identities.get(key).is_none()).cloned()
    }

    /// Asks STS for an identity that is missing, if it may be asked now.
    pub(super) fn identify_if_needed(&mut self, now: Now, update: &mut Update) {
        if self.identities.may_ask(now.mono)
            && let Some(key) = self.awaited_key().or_else(|| self.unidentified_key())
        {
            self.identify(Some(key), now, update);
        }
    }

    /// Asks STS whose key this is; without one, whose credentials are found now.
    pub(super) fn identify(&mut self, key: Option<AccessKeyId>, now: Now, update: &mut Update) {
        self.identities.asked(now.mono);
        self.is_turn_of_list = !self.is_turn_of_list;
        self.push(Purpose::Identify, Call::Identify(key), now, update);
    }
}
