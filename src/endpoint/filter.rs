//! The filters of `DescribeBundleTasks`: the ten names, wildcards and limits AWS documents.

use std::borrow::Cow;

use super::error::{ApiError, printable};
use super::query::Query;
use super::wire;
use super::world::TaskView;

/// At most this many filters a request.
const MOST_FILTERS: usize = 50;
/// At most this many values a filter.
const MOST_VALUES: usize = 200;
/// At most this many characters a value.
const LONGEST_VALUE: usize = 255;

/// All filters of a request. A task passes if it passes every one of them.
#[derive(Debug)]
pub(super) struct Filters(Vec<Filter>);

/// A filter: a task passes if one of the values fits. A member that is absent fits nothing.
#[derive(Debug)]
struct Filter {
    member: Member,
    values: Vec<Pattern>,
}

/// What a filter looks at.
#[derive(Clone, Copy, Debug)]
enum Member {
    BundleId,
    ErrorCode,
    ErrorMessage,
    InstanceId,
    Progress,
    S3Bucket,
    S3Prefix,
    StartTime,
    State,
    UpdateTime,
}

/// The names of the filters, as AWS documents them. They are case-sensitive.
const NAMES: &[(&str, Member)] = &[
    ("bundle-id", Member::BundleId),
    ("error-code", Member::ErrorCode),
    ("error-message", Member::ErrorMessage),
    ("instance-id", Member::InstanceId),
    ("progress", Member::Progress),
    ("s3-bucket", Member::S3Bucket),
    ("s3-prefix", Member::S3Prefix),
    ("start-time", Member::StartTime),
    ("state", Member::State),
    ("update-time", Member::UpdateTime),
];

impl Filters {
    /// Reads `Filter.N.Name` and `Filter.N.Value.M`.
    ///
    /// The messages about limits and about a filter without a name are EC2's; what EC2 says to a
    /// filter without values is not documented.
    pub fn parse(query: &Query) -> Result<Self, ApiError> {
        let filters = query.structures("Filter");
        if filters.len() > MOST_FILTERS {
            return Err(limit(
                "The maximum number of filters specified on a single call is 50",
            ));
        }
        filters
            .iter()
            .map(Filter::parse)
            .collect::<Result<_, _>>()
            .map(Self)
    }

    /// Whether the task passes every filter.
    pub fn pass(&self, task: &TaskView<'_>) -> bool {
        self.0.iter().all(|filter| filter.passes(task))
    }
}

impl Filter {
    fn parse(filter: &Query) -> Result<Self, ApiError> {
        let name = filter.get("Name").unwrap_or("null");
        let Some(&(_, member)) = NAMES.iter().find(|(known, _)| *known == name) else {
            let message = format!("The filter '{}' is invalid", printable(name));
            return Err(ApiError::client("InvalidParameterValue", message));
        };
        let values = filter.list("Value");
        if values.is_empty() {
            let message = format!("The filter '{name}' must have at least one value");
            return Err(ApiError::client("InvalidParameterValue", message));
        }
        if values.len() > MOST_VALUES {
            return Err(limit(
                "The maximum number of filter values specified on a single call is 200",
            ));
        }
        if values
            .iter()
            .any(|value| value.chars().count() > LONGEST_VALUE)
        {
            return Err(limit(
                "The maximum length for a filter value is 255 characters",
            ));
        }
        let values = values.into_iter().map(Pattern::parse).collect();
        Ok(Self { member, values })
    }

    fn passes(&self, task: &TaskView<'_>) -> bool {
        self.member
            .of(task)
            .is_some_and(|text| self.values.iter().any(|value| value.fits(&text)))
    }
}

fn limit(message: &'static str) -> ApiError {
    ApiError::client("FilterLimitExceeded", message)
}

impl Member {
    fn of<'a>(self, task: &'a TaskView<'_>) -> Option<Cow<'a, str>> {
        let storage = task.storage;
        match self {
            Self::BundleId => Some(task.bundle_id.into()),
            Self::ErrorCode => Some(task.error?.code.as_str().into()),
            Self::ErrorMessage => Some(task.error?.message.as_str().into()),
            Self::InstanceId => Some(task.instance_id?.into()),
            Self::Progress => Some(wire::percent(task.progress?).into()),
            Self::S3Bucket => Some(storage.bucket.as_deref()?.into()),
            Self::S3Prefix => Some(storage.prefix.as_deref()?.into()),
            Self::StartTime => Some(wire::time(task.start_time).into()),
            Self::State => Some(task.state.into()),
            Self::UpdateTime => Some(wire::time(task.update_time).into()),
        }
    }
}

/// A filter's value: `*` stands for any run of characters, `?` for none or one, and a backslash
/// takes the meaning from the character after it.
#[derive(Debug)]
enum Pattern {
    /// No wildcard in it: the usual case, and the quick one.
    Exactly(String),
    Wild(Vec<Token>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Token {
    Character(char),
    AnyRun,
    NoneOrOne,
}

impl Pattern {
    fn parse(value: &str) -> Self {
        let mut tokens = Vec::new();
        let mut characters = value.chars();
        while let Some(character) = characters.next() {
            tokens.push(match character {
                '*' => Token::AnyRun,
                '?' => Token::NoneOrOne,
                '\\' => Token::Character(characters.next().unwrap_or('\\')),
                other => Token::Character(other),
            });
        }
        let plain: Option<String> = tokens
            .iter()
            .map(|token| match token {
                Token::Character(character) => Some(*character),
                Token::AnyRun | Token::NoneOrOne => None,
            })
            .collect();
        plain.map_or(Self::Wild(tokens), Self::Exactly)
    }

    fn fits(&self, text: &str) -> bool {
        match self {
            Self::Exactly(plain) => plain == text,
            Self::Wild(tokens) => fits(tokens, text),
        }
    }
}

/// Follows every way to read the pattern at once, so that `*a*a*a*a*b` costs no more than any
/// other pattern of its length. `here[i]` says that the text so far fits the first `i` tokens.
fn fits(tokens: &[Token], text: &str) -> bool {
    let mut here = vec![false; tokens.len() + 1];
    let mut next = here.clone();
    here[0] = true;
    skip_wildcards(tokens, &mut here);
    for character in text.chars() {
        next.fill(false);
        for (i, token) in tokens.iter().enumerate().filter(|(i, _)| here[*i]) {
            match token {
                Token::AnyRun => next[i] = true,
                Token::NoneOrOne => next[i + 1] = true,
                Token::Character(wanted) => next[i + 1] |= *wanted == character,
            }
        }
        skip_wildcards(tokens, &mut next);
        std::mem::swap(&mut here, &mut next);
    }
    here[tokens.len()]
}

/// Both wildcards also fit no character at all.
fn skip_wildcards(tokens: &[Token], places: &mut [bool]) {
    for (i, token) in tokens.iter().enumerate() {
        let may_be_nothing = match token {
            Token::AnyRun | Token::NoneOrOne => true,
            Token::Character(_) => false,
        };
        if places[i] && may_be_nothing {
            places[i + 1] = true;
        }
    }
}
