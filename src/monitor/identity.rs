//! Whose credentials sign the requests. Every access key is identified once, by STS.

use std::time::Duration;

use backon::{BackoffBuilder, ExponentialBackoff, ExponentialBuilder};

use crate::ec2::{AccessKeyId, Ec2Error, Identity};

/// The pause between two requests to STS, so that a `credential_process` that returns a new key every
/// time does not lead to a request every time.
const MIN_INTERVAL: Duration = Duration::from_secs(10);
/// The longest pause after failures.
const MAX_INTERVAL: Duration = Duration::from_secs(300);
/// How many keys are remembered: the one that signed the list, and many that signed requests since.
const MAX_KEYS: usize = 64;

/// The identities known, by access key.
#[derive(Debug, Default)]
pub(super) struct Identities {
    /// The newest last.
    known: Vec<(AccessKeyId, Identity)>,
    is_in_flight: bool,
    /// When STS was last asked, in time since the program started.
    asked_at: Option<Duration>,
    /// The earliest time of the next request.
    next: Duration,
    /// `Some` after a request failed, until one succeeds.
    backoff: Option<ExponentialBackoff>,
}

impl Identities {
    /// The identity behind a key, once STS has returned it.
    pub fn get(&self, key: &AccessKeyId) -> Option<&Identity> {
        let mut known = self.known.iter();
        Some(&known.find(|(known, _)| known == key)?.1)
    }

    /// Whether no key has been identified yet.
    pub fn is_empty(&self) -> bool {
        self.known.is_empty()
    }

    /// Whether STS may be asked now.
    pub fn may_ask(&self, now: Duration) -> bool {
        !self.is_in_flight && self.next <= now
    }

    /// From when on STS may be asked, in time since the program started; `None` while it is being asked.
    pub fn may_ask_from(&self) -> Option<Duration> {
        (!self.is_in_flight).then_some(self.next)
    }

    /// Whether it is worthwhile to wait for an identity: STS is being asked, or did not fail the last
    /// time, or may be asked again now.
    pub fn can_be_awaited(&self, now: Duration) -> bool {
        self.is_in_flight || self.backoff.is_none() || self.next <= now
    }

    /// STS is asked.
    pub fn asked(&mut self, now: Duration) {
        self.is_in_flight = true;
        self.asked_at = Some(now);
        self.next = now + MIN_INTERVAL;
    }

    /// STS has answered, about the key that signed the request.
    pub fn answered(
        &mut self,
        key: Option<&AccessKeyId>,
        result: Result<Identity, Ec2Error>,
        now: Duration,
    ) {
        self.is_in_flight = false;
        let (Some(key), Ok(identity)) = (key, result) else {
            let backoff = self.backoff.get_or_insert_with(|| {
                ExponentialBuilder::new()
                    .with_min_delay(MIN_INTERVAL)
                    .with_max_delay(MAX_INTERVAL)
                    .with_factor(2.0)
                    .without_max_times()
                    .build()
            });
            self.next = now + backoff.next().unwrap_or(MAX_INTERVAL);
            return;
        };
        self.backoff = None;
        self.known.retain(|(known, _)| known != key);
        self.known.push((key.clone(), identity));
        if self.known.len() > MAX_KEYS {
            self.known.remove(0);
        }
    }

    /// A new connection was made: whatever made STS fail may be corrected.
    pub fn connected(&mut self) {
        if self.backoff.take().is_some() {
            self.next = self.asked_at.map_or(Duration::ZERO, |at| at + MIN_INTERVAL);
        }
    }
}
