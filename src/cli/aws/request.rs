//! Builds the request from validated parameters.

use serde_json::{Map, Value};

use super::command::AwsCommand;
use crate::ec2::{Filter, Request};

/// The request of a command. The parameters must have been validated.
pub(super) fn build_request(command: AwsCommand, parameters: &Map<String, Value>) -> Request {
    let dry_run = parameters.get("DryRun").and_then(Value::as_bool);
    match command {
        AwsCommand::Describe | AwsCommand::Wait => Request::Describe {
            bundle_ids: parameters.get("BundleIds").map(strings),
            filters: parameters.get("Filters").map(filters),
            dry_run,
        },
        AwsCommand::Cancel => Request::Cancel {
            bundle_id: parameters.get("BundleId").map(string).unwrap_or_default(),
            dry_run,
        },
    }
}

/// Filters that have been validated.
pub(super) fn filters(filters: &Value) -> Vec<Filter> {
    let filters = filters.as_array().into_iter().flatten();
    let filter = |filter: &Value| Filter {
        name: filter.get("Name").map(string),
        values: filter.get("Values").map(strings),
    };
    filters.map(filter).collect()
}

fn strings(list: &Value) -> Vec<String> {
    list.as_array().into_iter().flatten().map(string).collect()
}

fn string(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
