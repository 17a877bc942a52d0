//! EC2's throttling as AWS documents it in "Request throttling for the Amazon EC2 API": each
//! request takes a token from a bucket, and buckets are refilled at a constant rate.

use jiff::Timestamp;

use crate::endpoint::action::EndpointAction;

/// The buckets of an account in a region: one for describing actions, one for those that change
/// something.
#[derive(Debug, Default)]
pub(super) struct TokenBuckets {
    describing: TokenBucket,
    mutating: TokenBucket,
}

/// A token bucket, `None` until the first request, when it is full.
#[derive(Debug, Default)]
struct TokenBucket(Option<BucketLevel>);

#[derive(Debug)]
struct BucketLevel {
    /// How many tokens there were, after the last request took its own. Fractions accumulate.
    tokens: f64,
    /// The time of the last request.
    at: Timestamp,
}

/// How many tokens a bucket holds, and how many are added per second.
struct BucketLimits {
    capacity: f64,
    refill_per_second: f64,
}

const DESCRIBING: BucketLimits = BucketLimits {
    capacity: 100.0,
    refill_per_second: 20.0,
};
const MUTATING: BucketLimits = BucketLimits {
    capacity: 50.0,
    refill_per_second: 5.0,
};

impl TokenBuckets {
    /// Takes a token for a request at `now`; false if there is none left. Requests for other
    /// services, and for actions that EC2 does not have, need no token.
    pub(super) fn take_token(&mut self, action: Option<EndpointAction>, now: Timestamp) -> bool {
        match action {
            Some(EndpointAction::DescribeBundleTasks) => self.describing.take(&DESCRIBING, now),
            Some(EndpointAction::CancelBundleTask | EndpointAction::BundleInstance) => {
                self.mutating.take(&MUTATING, now)
            }
            Some(EndpointAction::GetCallerIdentity) | None => true,
        }
    }
}

impl TokenBucket {
    fn take(&mut self, limits: &BucketLimits, now: Timestamp) -> bool {
        let tokens = match &self.0 {
            None => limits.capacity,
            Some(level) => {
                let elapsed = now.duration_since(level.at).as_secs_f64();
                (level.tokens + elapsed * limits.refill_per_second).min(limits.capacity)
            }
        };
        let is_granted = tokens >= 1.0;
        let tokens = if is_granted { tokens - 1.0 } else { tokens };
        self.0 = Some(BucketLevel { tokens, at: now });
        is_granted
    }
}
