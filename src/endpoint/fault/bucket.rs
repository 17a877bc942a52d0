//! EC2's request throttling as AWS documents it: a token bucket for each kind of action.

use jiff::Timestamp;

use crate::endpoint::action::Action;

/// The buckets of an account in a region.
#[derive(Debug, Default)]
pub(super) struct Buckets {
    describe: Bucket,
    mutate: Bucket,
}

/// A bucket; full until the first request.
#[derive(Debug, Default)]
struct Bucket(Option<(f64, Timestamp)>);

impl Buckets {
    /// Takes a token, if there is one. What is no action of EC2's needs none.
    pub fn take(&mut self, action: Option<Action>, now: Timestamp) -> bool {
        match action {
            Some(Action::DescribeBundleTasks) => self.describe.take(100.0, 20.0, now),
            Some(Action::CancelBundleTask | Action::BundleInstance) => {
                self.mutate.take(50.0, 5.0, now)
            }
            Some(Action::GetCallerIdentity) | None => true,
        }
    }
}

impl Bucket {
    fn take(&mut self, size: f64, a_second: f64, now: Timestamp) -> bool {
        let (left, since) = self.0.unwrap_or((size, now));
        let filled = now.duration_since(since).as_secs_f64() * a_second;
        let tokens = (left + filled).min(size);
        let granted = tokens >= 1.0;
        self.0 = Some((if granted { tokens - 1.0 } else { tokens }, now));
        granted
    }
}
