//! The parameters of a request: EC2's Query protocol, undone and checked.

use std::collections::BTreeMap;

use super::error::{ApiError, printable};

/// The parameters that belong to no action: what every request may carry, signed in any way.
const COMMON: &[&str] = &[
    "Action",
    "Version",
    "AWSAccessKeyId",
    "Expires",
    "SecurityToken",
    "Signature",
    "SignatureMethod",
    "SignatureVersion",
    "Timestamp",
];

/// The parameters of one request, decoded, in the order they came.
#[derive(Clone, Debug, Default)]
pub(super) struct Query(Vec<(String, String)>);

impl Query {
    /// Reads the query string of the address and the form in the body; EC2 takes either or both.
    pub fn parse(address: Option<&str>, body: &[u8]) -> Self {
        let address = address.unwrap_or_default().as_bytes();
        let parts = [address, body.trim_ascii()];
        let parameters = parts.into_iter().flat_map(form_urlencoded::parse);
        Self(
            parameters
                .map(|(name, value)| (name.into_owned(), value.into_owned()))
                .collect(),
        )
    }

    /// Every parameter.
    pub fn all(&self) -> &[(String, String)] {
        &self.0
    }

    /// The first parameter of that name.
    pub fn get(&self, name: &str) -> Option<&str> {
        let found = self.0.iter().find(|(key, _)| key == name);
        found.map(|(_, value)| value.as_str())
    }

    /// The parameter of that name, which must be there and say something.
    pub fn required(&self, name: &str) -> Result<&str, ApiError> {
        self.get(name)
            .filter(|value| !value.is_empty())
            .ok_or_else(|| ApiError::missing_parameter(name))
    }

    /// A boolean, false if absent.
    pub fn boolean(&self, name: &str) -> Result<bool, ApiError> {
        match self.get(name) {
            None => Ok(false),
            Some(value) if value.eq_ignore_ascii_case("true") => Ok(true),
            Some(value) if value.eq_ignore_ascii_case("false") => Ok(false),
            Some(value) => Err(ApiError::invalid_value(value, name, "'true' or 'false'")),
        }
    }

    /// The members of a list, `name.1`, `name.2` and so on, by number; gaps are allowed.
    pub fn list(&self, name: &str) -> Vec<&str> {
        let mut members = BTreeMap::new();
        for (key, value) in &self.0 {
            let rest = key.strip_prefix(name).and_then(|r| r.strip_prefix('.'));
            if let Some(number) = rest.and_then(number) {
                members.entry(number).or_insert(value.as_str());
            }
        }
        members.into_values().collect()
    }

    /// The members of a list of structures, by number: `Filter.1.Name`, `Filter.1.Value.1` under
    /// `Filter` become one member with `Name` and `Value.1`.
    pub fn structures(&self, name: &str) -> Vec<Self> {
        let mut members: BTreeMap<u64, Self> = BTreeMap::new();
        for (key, value) in &self.0 {
            let rest = key.strip_prefix(name).and_then(|r| r.strip_prefix('.'));
            let Some((index, member)) = rest.and_then(|r| r.split_once('.')) else {
                continue;
            };
            if let Some(index) = number(index) {
                let structure = members.entry(index).or_default();
                structure.0.push((member.to_owned(), value.clone()));
            }
        }
        members.into_values().collect()
    }

    /// Refuses a parameter that is neither common to all actions nor one of `known`, in which `#`
    /// stands for a number.
    pub fn refuse_unknown(&self, known: &[&str]) -> Result<(), ApiError> {
        let is_known = |name: &str| {
            COMMON.contains(&name)
                || name.starts_with("X-Amz-")
                || known.iter().any(|pattern| fits(name, pattern))
        };
        match self.0.iter().find(|(name, _)| !is_known(name)) {
            None => Ok(()),
            Some((name, _)) => Err(ApiError::client(
                "UnknownParameter",
                format!("The parameter {} is not recognized", printable(name)),
            )),
        }
    }
}

/// A list's index. EC2 documents counting from 1; any numbers are taken, in their order.
fn number(text: &str) -> Option<u64> {
    let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| text.parse().ok()).flatten()
}

fn fits(name: &str, pattern: &str) -> bool {
    let mut parts = name.split('.');
    let mut wanted = pattern.split('.');
    loop {
        match (parts.next(), wanted.next()) {
            (None, None) => return true,
            (Some(part), Some("#")) if number(part).is_some() => {}
            (Some(part), Some(word)) if part == word => {}
            _ => return false,
        }
    }
}
