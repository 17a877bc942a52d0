//! How often a request is sent: `AWS_RETRY_MODE` and `AWS_MAX_ATTEMPTS`, or the profile's
//! `retry_mode` and `max_attempts`. The SDK panics on a value it does not know.

use aws_smithy_types::retry::RetryConfig;

use crate::ec2::environment::variable;
use crate::ec2::error::Ec2Error;
use crate::ec2::profile::Profiles;

/// The AWS SDKs' "standard" mode, with what the settings change in it.
pub(super) fn configured(profiles: &Profiles) -> Result<RetryConfig, Ec2Error> {
    let mode = setting(profiles, "AWS_RETRY_MODE", "retry_mode");
    let retries = match mode {
        None => RetryConfig::standard(),
        Some((mode, named_by)) => match mode.trim().to_ascii_lowercase().as_str() {
            // `legacy` is the AWS CLI's older mode; the SDK has none but these two.
            "standard" | "legacy" => RetryConfig::standard(),
            "adaptive" => RetryConfig::adaptive(),
            _ => return Err(bad(&mode, named_by, "standard or adaptive")),
        },
    };
    match setting(profiles, "AWS_MAX_ATTEMPTS", "max_attempts") {
        None => Ok(retries),
        Some((count, named_by)) => match count.trim().parse() {
            Ok(attempts) if attempts > 0 => Ok(retries.with_max_attempts(attempts)),
            Ok(_) | Err(_) => Err(bad(&count, named_by, "a number from 1")),
        },
    }
}

fn setting(
    profiles: &Profiles,
    key: &'static str,
    in_profile: &'static str,
) -> Option<(String, &'static str)> {
    let from_profile = || Some((profiles.get(in_profile)?.to_owned(), in_profile));
    variable(key)
        .map(|value| (value, key))
        .or_else(from_profile)
}

fn bad(value: &str, named_by: &str, wanted: &str) -> Ec2Error {
    Ec2Error::settings(format!("\"{value}\" is no value for {named_by}."))
        .advise(format!("Set {named_by} to {wanted}, or unset it."))
}
