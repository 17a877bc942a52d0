//! Where tasks are: which account, in which region.

use std::fmt;

/// Where tasks are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// Counts the places of a scope: the account or region changed in between.
    pub(super) number: u64,
    /// The region. Several profiles and endpoint URLs can lead to the same.
    pub region: String,
    /// The account; `None` if it is not known.
    pub account: Option<String>,
}

impl Place {
    /// Whether this is known to be the same place as another.
    pub fn is(&self, other: &Self) -> bool {
        let is_same_account = self.account.is_some() && self.account == other.account;
        self.number == other.number || self.region == other.region && is_same_account
    }

    /// Whether this could be the same place as another, as far as is known.
    pub(super) fn may_be(&self, other: &Self) -> bool {
        let is_other_account = match (&self.account, &other.account) {
            (Some(account), Some(other)) => account != other,
            (None, _) | (_, None) => false,
        };
        self.region == other.region && !is_other_account
    }
}

/// `us-east-1, account 123456789012`.
impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.region)?;
        match &self.account {
            Some(account) => write!(f, ", account {account}"),
            None => Ok(()),
        }
    }
}
