//! The filters of `DescribeBundleTasks`: the ten names and the limits that AWS documents.

mod pattern;

use std::borrow::Cow;

use super::error::{ApiError, printable};
use super::parameters::RequestParameters;
use super::wire;
use super::world::TaskView;
use pattern::ValuePattern;

/// The most filters in a request.
const MAX_FILTERS: usize = 50;
/// The most values of a filter.
const MAX_VALUES: usize = 200;
/// The most characters in a value.
const MAX_VALUE_CHARS: usize = 255;

/// All filters of a request. A task must match every one of them.
#[derive(Debug)]
pub(super) struct TaskFilters(Vec<TaskFilter>);

/// A filter: a task matches if its field matches one of the values. A field that the task does not
/// have matches no value.
#[derive(Debug)]
struct TaskFilter {
    field: FilterField,
    values: Vec<ValuePattern>,
}

/// The field of a task that a filter compares.
#[derive(Clone, Copy, Debug)]
enum FilterField {
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
const FILTER_NAMES: &[(&str, FilterField)] = &[
    ("bundle-id", FilterField::BundleId),
    ("error-code", FilterField::ErrorCode),
    ("error-message", FilterField::ErrorMessage),
    ("instance-id", FilterField::InstanceId),
    ("progress", FilterField::Progress),
    ("s3-bucket", FilterField::S3Bucket),
    ("s3-prefix", FilterField::S3Prefix),
    ("start-time", FilterField::StartTime),
    ("state", FilterField::State),
    ("update-time", FilterField::UpdateTime),
];

impl TaskFilters {
    /// Reads `Filter.N.Name` and `Filter.N.Value.M`.
    ///
    /// The messages about limits and about a filter without a name are EC2's. What EC2 answers to a
    /// filter without values is not documented.
    pub(super) fn parse(parameters: &RequestParameters) -> Result<Self, ApiError> {
        let filters = parameters.structures("Filter");
        if filters.len() > MAX_FILTERS {
            return Err(limit_exceeded(
                "The maximum number of filters specified on a single call is 50",
            ));
        }
        filters
            .iter()
            .map(TaskFilter::parse)
            .collect::<Result<_, _>>()
            .map(Self)
    }

    /// Whether the task matches every filter.
    pub(super) fn matches(&self, task: &TaskView<'_>) -> bool {
        self.0.iter().all(|filter| filter.matches(task))
    }
}

impl TaskFilter {
    /// Reads a filter from its members, `Name` and `Value.M`.
    fn parse(members: &RequestParameters) -> Result<Self, ApiError> {
        let name = members.get("Name").unwrap_or("null");
        let Some(&(_, field)) = FILTER_NAMES.iter().find(|(known, _)| *known == name) else {
            let message = format!("The filter '{}' is invalid", printable(name));
            return Err(ApiError::client("InvalidParameterValue", message));
        };
        let values = members.list("Value");
        if values.is_empty() {
            let message = format!("The filter '{name}' must have at least one value");
            return Err(ApiError::client("InvalidParameterValue", message));
        }
        if values.len() > MAX_VALUES {
            return Err(limit_exceeded(
                "The maximum number of filter values specified on a single call is 200",
            ));
        }
        let is_too_long = |value: &&str| value.chars().count() > MAX_VALUE_CHARS;
        if values.iter().any(is_too_long) {
            return Err(limit_exceeded(
                "The maximum length for a filter value is 255 characters",
            ));
        }
        let values = values.into_iter().map(ValuePattern::parse).collect();
        Ok(Self { field, values })
    }

    fn matches(&self, task: &TaskView<'_>) -> bool {
        let text = self.field.text(task);
        text.is_some_and(|text| self.values.iter().any(|value| value.matches(&text)))
    }
}

fn limit_exceeded(message: &'static str) -> ApiError {
    ApiError::client("FilterLimitExceeded", message)
}

impl FilterField {
    /// The field as the response shows it, or `None` if the task does not have it.
    fn text<'a>(self, task: &'a TaskView<'_>) -> Option<Cow<'a, str>> {
        let storage = task.storage;
        match self {
            Self::BundleId => Some(task.bundle_id.into()),
            Self::ErrorCode => Some(task.error?.code.as_str().into()),
            Self::ErrorMessage => Some(task.error?.message.as_str().into()),
            Self::InstanceId => Some(task.instance_id?.into()),
            Self::Progress => Some(wire::format_progress(task.progress?).into()),
            Self::S3Bucket => Some(storage.bucket.as_deref()?.into()),
            Self::S3Prefix => Some(storage.prefix.as_deref()?.into()),
            Self::StartTime => Some(wire::format_time(task.start_time).into()),
            Self::State => Some(task.state.into()),
            Self::UpdateTime => Some(wire::format_time(task.update_time).into()),
        }
    }
}
