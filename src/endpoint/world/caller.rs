//! The identity of whoever calls the endpoint.

use super::file::WorldFile;

/// The account of a world that names none.
const DEFAULT_ACCOUNT: &str = "123456789012";

/// The user ID of an example in the documentation of `GetCallerIdentity`.
const USER_ID: &str = "AIDACKCEVSQ6C2EXAMPLE";

/// What `GetCallerIdentity` returns. It is the same for all callers.
#[derive(Debug)]
pub(in crate::endpoint) struct CallerIdentity {
    pub(in crate::endpoint) account: String,
    pub(in crate::endpoint) arn: String,
    pub(in crate::endpoint) user_id: String,
}

impl CallerIdentity {
    pub(super) fn new(file: &WorldFile) -> Self {
        let account = file.account.as_deref().unwrap_or(DEFAULT_ACCOUNT);
        let default_arn = || format!("arn:aws:iam::{account}:user/demo");
        Self {
            account: account.to_owned(),
            arn: file.arn.clone().unwrap_or_else(default_arn),
            user_id: USER_ID.to_owned(),
        }
    }
}
