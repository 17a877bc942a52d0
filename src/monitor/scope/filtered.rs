//! EC2's own filters: the list is then a part of what there is.
//!
//! A task that is not in such a list need not be gone, so it is never said to be. It is dropped, unless a
//! person looks at it or has cancelled it here: then it stays, and is asked for by its ID.

use std::sync::Arc;

use super::Scope;
use super::list::SameAccount;
use crate::ec2::{AccessKeyId, Filter};
use crate::monitor::event::{Call, Now, Update};
use crate::monitor::request::{Purpose, SentRequest};
use crate::task::{BundleId, BundleTask};

/// How many tasks are asked for by their IDs: as many values as EC2 takes in a filter.
const MAX_FOLLOWED: usize = 200;

impl Scope {
    /// From now on the list has only what these filters find.
    pub(super) fn set_filters(&mut self, filters: Vec<Filter>, now: Now) {
        if self.filters == filters {
            return;
        }
        self.filters = filters;
        self.tasks.expect_other_tasks();
        // What is in flight was asked for with the old filters.
        let is_waiting = self.unmerged.take().is_some();
        if self.requests.forget_poll() || is_waiting {
            self.poll.abandon(now.mono);
        } else {
            self.poll.refresh();
        }
    }

    pub(super) fn push_poll(&mut self, now: Now, update: &mut Update) {
        let filters = self.filters.clone();
        self.push(Purpose::Poll, Call::Describe { filters }, now, update);
    }

    /// Asks for the tasks that are on the screen although the filters leave them out.
    pub(super) fn follow_left_out(&mut self, now: Now, update: &mut Update) {
        let ids: Vec<_> = self.tasks.left_out().take(MAX_FOLLOWED).collect();
        if ids.is_empty() {
            return;
        }
        let call = Call::DescribeThese(ids.clone());
        self.push(Purpose::Follow(ids), call, now, update);
    }

    /// EC2 has described these tasks, of those that were asked for.
    pub(super) fn followed(
        &mut self,
        ids: &[BundleId],
        tasks: &[Arc<BundleTask>],
        sent: &SentRequest,
        signed_by: Option<&AccessKeyId>,
        now: Now,
        update: &mut Update,
    ) {
        if self.is_of_account_on_screen(signed_by) != SameAccount::Yes {
            return; // The next list says what is to be shown.
        }
        for id in ids {
            let described = tasks.iter().find(|task| task.bundle_id == *id);
            let described = described.map(|task| BundleTask::clone(task));
            self.merge_answer(
                sent.number,
                sent.at,
                now,
                update,
                |tasks, answer| match described {
                    Some(task) => tasks.apply_description(task, answer),
                    None => tasks.mark_unlisted(id, answer),
                },
            );
        }
    }
}
