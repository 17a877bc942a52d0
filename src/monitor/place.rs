//! Where tasks are: which account, in which region.

use std::fmt;

use crate::ec2::Session;

/// Where tasks are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The profile, region and endpoint.
    pub session: Session,
    /// The account; `None` if it is not known.
    pub account: Option<String>,
}

impl Place {
    /// Whether both may be the same place: the same region and endpoint, and no different account.
    pub fn may_be(&self, other: &Self) -> bool {
        let is_other_account = match (&self.account, &other.account) {
            (Some(account), Some(other)) => account != other,
            (None, _) | (_, None) => false,
        };
        self.session == other.session && !is_other_account
    }
}

/// `us-east-1, account 123456789012`.
impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.session.region)?;
        match &self.account {
            Some(account) => write!(f, ", account {account}"),
            None => Ok(()),
        }
    }
}
