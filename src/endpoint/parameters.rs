//! The parameters of a request in EC2's Query protocol, decoded and checked.

use std::collections::BTreeMap;

use super::error::{ApiError, printable};

/// The parameters that every request may have, whatever its action and however it is signed. Those
/// that begin with `X-Amz-` are allowed too.
const COMMON_PARAMETERS: &[&str] = &[
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

/// The parameters of one request, as names and values, decoded, in the order of the request.
#[derive(Clone, Debug, Default)]
pub(super) struct RequestParameters(Vec<(String, String)>);

impl RequestParameters {
    /// Decodes the query string of the URL and the form in the body; EC2 accepts either or both.
    pub(super) fn decode(query_string: Option<&str>, body: &[u8]) -> Self {
        let query_string = query_string.unwrap_or_default().as_bytes();
        let forms = [query_string, body.trim_ascii()];
        let pairs = forms.into_iter().flat_map(form_urlencoded::parse);
        Self(
            pairs
                .map(|(name, value)| (name.into_owned(), value.into_owned()))
                .collect(),
        )
    }

    /// All names and values.
    pub(super) fn pairs(&self) -> &[(String, String)] {
        &self.0
    }

    /// The value of the first parameter with that name.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        first_value(&self.0, name)
    }

    /// The value of a required parameter; `MissingParameter` if it is absent or empty.
    pub(super) fn required(&self, name: &str) -> Result<&str, ApiError> {
        self.get(name)
            .filter(|value| !value.is_empty())
            .ok_or_else(|| ApiError::missing_parameter(name))
    }

    /// The value of a boolean parameter, which is false if absent; `InvalidParameterValue` if it
    /// is neither `true` nor `false`, in any case.
    pub(super) fn boolean(&self, name: &str) -> Result<bool, ApiError> {
        match self.get(name) {
            None => Ok(false),
            Some(value) if value.eq_ignore_ascii_case("true") => Ok(true),
            Some(value) if value.eq_ignore_ascii_case("false") => Ok(false),
            Some(value) => Err(ApiError::invalid_value(value, name, "'true' or 'false'")),
        }
    }

    /// The items of a list, `NAME.1`, `NAME.2` and so on, ordered by number. Numbers may be
    /// skipped.
    pub(super) fn list(&self, name: &str) -> Vec<&str> {
        let mut items = BTreeMap::new();
        for (key, value) in &self.0 {
            if let Some(index) = strip_list_name(key, name).and_then(parse_index) {
                items.entry(index).or_insert(value.as_str());
            }
        }
        items.into_values().collect()
    }

    /// The items of a list of structures, ordered by number. For `Filter`, the parameters
    /// `Filter.1.Name` and `Filter.1.Value.1` become one item with `Name` and `Value.1`.
    pub(super) fn structures(&self, name: &str) -> Vec<Self> {
        let mut items: BTreeMap<u64, Self> = BTreeMap::new();
        for (key, value) in &self.0 {
            let rest = strip_list_name(key, name);
            let Some((index, member)) = rest.and_then(|rest| rest.split_once('.')) else {
                continue;
            };
            if let Some(index) = parse_index(index) {
                let item = items.entry(index).or_default();
                item.0.push((member.to_owned(), value.clone()));
            }
        }
        items.into_values().collect()
    }

    /// Returns `UnknownParameter` if there is a parameter that is neither common to all actions
    /// nor one of `allowed`, where `#` stands for the index of a list.
    pub(super) fn reject_unknown(&self, allowed: &[&str]) -> Result<(), ApiError> {
        let is_known = |name: &str| {
            COMMON_PARAMETERS.contains(&name)
                || name.starts_with("X-Amz-")
                || allowed.iter().any(|pattern| matches_name(pattern, name))
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

/// The value of the first of these parameters that has that name.
pub(super) fn first_value<'a>(parameters: &'a [(String, String)], name: &str) -> Option<&'a str> {
    let found = parameters.iter().find(|(key, _)| key == name);
    found.map(|(_, value)| value.as_str())
}

/// What follows `NAME.` in the name of a list's item.
fn strip_list_name<'a>(key: &'a str, name: &str) -> Option<&'a str> {
    key.strip_prefix(name)?.strip_prefix('.')
}

/// The index of a list's item. EC2 documents counting from 1; any number is accepted here.
fn parse_index(text: &str) -> Option<u64> {
    let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| text.parse().ok()).flatten()
}

/// Whether a parameter's name matches a pattern such as `Filter.#.Value.#`.
fn matches_name(pattern: &str, name: &str) -> bool {
    let mut pattern_parts = pattern.split('.');
    let mut name_parts = name.split('.');
    loop {
        match (pattern_parts.next(), name_parts.next()) {
            (None, None) => return true,
            (Some("#"), Some(part)) if parse_index(part).is_some() => {}
            (Some(word), Some(part)) if part == word => {}
            _ => return false,
        }
    }
}
