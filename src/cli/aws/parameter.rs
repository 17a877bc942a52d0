//! The parameters of the operations, as EC2's API model defines them.

use serde_json::Value;

use super::command::AwsCommand;

/// The type of a parameter.
#[derive(Clone, Copy, Debug)]
pub(super) enum ParameterType {
    String,
    Boolean,
    /// A list of items of this type.
    List(&'static Self),
    /// A map with these members.
    Structure(&'static [Parameter]),
}

/// A parameter of an operation, or a member of a structure.
#[derive(Clone, Copy, Debug)]
pub(super) struct Parameter {
    /// Its name in the API.
    pub name: &'static str,
    /// The option that sets it, without dashes; empty for a member of a structure.
    pub option: &'static str,
    /// Its type.
    pub kind: ParameterType,
    /// Whether a request must have it.
    pub is_required: bool,
}

const fn parameter(name: &'static str, option: &'static str, kind: ParameterType) -> Parameter {
    Parameter {
        name,
        option,
        kind,
        is_required: false,
    }
}

const fn member(name: &'static str, kind: ParameterType) -> Parameter {
    parameter(name, "", kind)
}

const STRING_LIST: ParameterType = ParameterType::List(&ParameterType::String);

const DRY_RUN: Parameter = parameter("DryRun", "dry-run", ParameterType::Boolean);

const DESCRIBE: &[Parameter] = &[
    parameter("BundleIds", "bundle-ids", STRING_LIST),
    DRY_RUN,
    FILTERS,
];

/// EC2's own filters.
pub(super) const FILTERS: Parameter = parameter(
    "Filters",
    "filters",
    ParameterType::List(&ParameterType::Structure(FILTER)),
);

const FILTER: &[Parameter] = &[
    member("Name", ParameterType::String),
    member("Values", STRING_LIST),
];

const CANCEL: &[Parameter] = &[
    Parameter {
        is_required: true,
        ..parameter("BundleId", "bundle-id", ParameterType::String)
    },
    DRY_RUN,
];

impl AwsCommand {
    /// The parameters of the command's operation.
    pub fn parameters(self) -> &'static [Parameter] {
        match self {
            Self::Describe | Self::Wait => DESCRIBE,
            Self::Cancel => CANCEL,
        }
    }
}

/// A template with all parameters, as `--generate-cli-skeleton` prints it.
pub(super) fn skeleton(parameters: &[Parameter]) -> Value {
    let members = parameters
        .iter()
        .map(|parameter| (parameter.name.to_owned(), skeleton_value(parameter.kind)));
    Value::Object(members.collect())
}

fn skeleton_value(kind: ParameterType) -> Value {
    match kind {
        ParameterType::String => "".into(),
        ParameterType::Boolean => true.into(),
        ParameterType::List(item) => vec![skeleton_value(*item)].into(),
        ParameterType::Structure(members) => skeleton(members),
    }
}
