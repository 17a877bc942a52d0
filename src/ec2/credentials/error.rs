//! Why there are no credentials, and what to do about it.

use std::error::Error;

use aws_config::meta::ProviderChainError;
use aws_credential_types::provider::error::CredentialsError;
use aws_sdk_sts::operation::assume_role::AssumeRoleError;
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_types::error::metadata::{ErrorMetadata, ProvideErrorMetadata as _};

use crate::ec2::error::{DispatchOutcome, Ec2Error, ErrorKind, dispatch_outcome};
use crate::ec2::error::{causes, find_cause, innermost_message, why_not_connected};
use crate::ec2::profile::{LoginMethod, ProfileChoice, Profiles};
use crate::ec2::request::Operation;

/// Explains an error of the SDK's credential providers.
pub(super) fn credentials_error(error: &CredentialsError, profiles: &Profiles) -> Ec2Error {
    let new = |kind, message: String| Ec2Error::new(kind, Operation::Connect, message);
    if let CredentialsError::CredentialsNotLoaded(_) = error {
        return nothing_found(error, profiles);
    }
    if let CredentialsError::ProviderTimedOut(timeout) = error {
        let seconds = timeout.timeout_duration().as_secs();
        let message = format!("No credentials came within {seconds} s.");
        return new(ErrorKind::BadCredentials, message);
    }
    if let Some(connector) = find_cause::<ConnectorError>(error) {
        return no_answer(error, connector);
    }
    if let Some(refused) = find_cause::<AssumeRoleError>(error) {
        return role_refused(refused, profiles);
    }
    match profiles.login_method() {
        LoginMethod::Sso { profile } => sso(error, &profile),
        LoginMethod::Console { profile } => new(
            ErrorKind::LoginNeeded,
            format!("The AWS sign-in session of profile \"{profile}\" is missing or has ended."),
        )
        .with_remedy(login_command("aws login", &profile)),
        LoginMethod::Other => other(error, profiles),
    }
}

fn nothing_found(error: &CredentialsError, profiles: &Profiles) -> Ec2Error {
    if let Some((profile, source)) = profiles.missing_source() {
        return Ec2Error::bad_settings(format!(
            "There is no profile \"{source}\", which the profile \"{profile}\" names as its \
             source_profile."
        ))
        .with_remedy("Correct source_profile in the AWS config file.");
    }
    let name = profiles.name();
    // Only the profile's reason is useful, not those of the other sources.
    let reason = find_cause::<ProviderChainError<CredentialsError>>(error)
        .and_then(|chain| {
            chain
                .attempts()
                .iter()
                .find(|tried| tried.name() == "Profile")
        })
        .and_then(|tried| tried.error().source())
        .map(|reason| format!(" ({})", reason.to_string().trim_end_matches('.')))
        .unwrap_or_default();
    let places = match profiles.chosen_name() {
        Some(name) => format!("for the profile \"{name}\""),
        None => "in the environment, the AWS files or the metadata of this machine".to_owned(),
    };
    Ec2Error::new(
        ErrorKind::NoCredentials,
        Operation::Connect,
        format!("No AWS credentials were found {places}{reason}."),
    )
    .with_remedy(match profiles.chosen() {
        // The flag overrides the environment, so keys there have no effect.
        ProfileChoice::Flag => format!(
            "Run `aws configure --profile {name}` or `aws configure sso --profile {name}`, or leave \
             out --profile to use other credentials."
        ),
        ProfileChoice::Environment(_) | ProfileChoice::Default => format!(
            "Run `aws configure --profile {name}` or `aws configure sso --profile {name}`, or set \
             AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY."
        ),
    })
}

/// The service that issues the credentials did not respond.
fn no_answer(error: &CredentialsError, connector: &ConnectorError) -> Ec2Error {
    let (kind, why) = match dispatch_outcome(connector) {
        DispatchOutcome::NotConnected => (ErrorKind::Unreachable, why_not_connected(error)),
        DispatchOutcome::NoAnswer => (ErrorKind::TimedOut, "no answer came in time".to_owned()),
        DispatchOutcome::ConnectionLost => (
            ErrorKind::AnswerLost,
            "the connection ended before the answer".to_owned(),
        ),
        DispatchOutcome::NotHttp => (ErrorKind::Unparsable, "what answers is not HTTP".to_owned()),
        DispatchOutcome::NotSent => (ErrorKind::BadCredentials, innermost_message(error)),
    };
    let message = format!("The service the credentials come from cannot be asked: {why}.");
    Ec2Error::new(kind, Operation::Connect, message)
}

fn role_refused(refused: &AssumeRoleError, profiles: &Profiles) -> Ec2Error {
    let code = refused.code();
    // STS refused its own request, not the operation on screen.
    let kind = match ErrorKind::of_code(code.unwrap_or_default(), 400) {
        kind @ (ErrorKind::Expired | ErrorKind::Throttled | ErrorKind::ServerError) => kind,
        _ => ErrorKind::BadCredentials,
    };
    let message = refused.message().unwrap_or("STS gave no reason");
    let error = Ec2Error::new(
        kind,
        Operation::Connect,
        format!("The role of the profile cannot be assumed: {message}."),
    )
    .with_code(code);
    match profiles.profile_asking_for_mfa() {
        Some(profile) => error.with_remedy(format!(
            "The profile \"{profile}\" asks for an MFA code, which only the AWS CLI can ask for: run \
             `eval \"$(aws configure export-credentials --profile {profile} --format env)\"` and \
             start again without --profile."
        )),
        None if kind == ErrorKind::BadCredentials => error.with_remedy(
            "Ask for sts:AssumeRole on the role, or check the profile's role_arn and \
             source_profile.",
        ),
        None => error,
    }
}

fn sso(error: &CredentialsError, profile: &str) -> Ec2Error {
    // "service error" means that the service responded: a token was sent, and the response
    // gives the reason. Otherwise there was no token to send.
    let refused = causes(error).any(|cause| cause.to_string() == "service error");
    let refusal = refused.then(|| match find_cause::<ErrorMetadata>(error) {
        Some(unmodelled) => {
            let reason = [unmodelled.code(), unmodelled.message()];
            reason.into_iter().flatten().collect::<Vec<_>>().join(": ")
        }
        None => innermost_message(error),
    });
    match refusal {
        Some(reason) if !reason.starts_with("UnauthorizedException") => Ec2Error::new(
            ErrorKind::BadCredentials,
            Operation::Connect,
            format!(
                "IAM Identity Center gives no credentials for profile \"{profile}\": {reason}."
            ),
        )
        .with_remedy("Check sso_account_id and sso_role_name of the profile."),
        Some(_) | None => Ec2Error::new(
            ErrorKind::LoginNeeded,
            Operation::Connect,
            format!("The SSO session of profile \"{profile}\" is missing or has ended."),
        )
        .with_remedy(login_command("aws sso login", profile)),
    }
}

fn login_command(command: &str, profile: &str) -> String {
    format!("Run `{command} --profile {profile}`.")
}

fn other(error: &CredentialsError, profiles: &Profiles) -> Ec2Error {
    let reason = innermost_message(error);
    if let CredentialsError::InvalidConfiguration(_) = error {
        let mut error =
            Ec2Error::bad_settings(format!("The AWS profile cannot be used: {reason}."));
        let has_secret = profiles.get_along_chain("aws_secret_access_key").is_some();
        if has_secret && profiles.get_along_chain("aws_access_key_id").is_none() {
            error.kind = ErrorKind::NoCredentials;
        }
        return error.with_remedy("Correct the profile in the AWS config file.");
    }
    let message = match reason.split_once("Stderr:") {
        // The user's own program: its message helps, but may contain the secret.
        Some((_, stderr)) if stderr.trim().is_empty() => {
            "credential_process failed without a message.".to_owned()
        }
        Some((_, stderr)) => format!("credential_process failed: {}", without_secrets(stderr)),
        None => format!(
            "No credentials could be obtained: {}.",
            without_secrets(&reason)
        ),
    };
    let error = Ec2Error::new(ErrorKind::BadCredentials, Operation::Connect, message);
    match profiles.get_along_chain("credential_process") {
        Some(_) => error.with_remedy(format!(
            "Run the credential_process of profile \"{}\" by hand to see why it fails.",
            profiles.name()
        )),
        None => error,
    }
}

/// The text without words that look like keys or tokens: long, in the alphabet of Base64, with digits,
/// upper and lower case. Paths and sentences do not look like that.
fn without_secrets(text: &str) -> String {
    let is_secret = |word: &str| {
        let has = |class: fn(&char) -> bool| word.chars().any(|c| class(&c));
        word.len() >= 16
            && word
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || "+/=_-".contains(c))
            && has(char::is_ascii_digit)
            && has(char::is_ascii_uppercase)
            && (has(char::is_ascii_lowercase) || word.len() == 20)
    };
    text.split(|c: char| c.is_whitespace() || "\"'`:,;()<>{}".contains(c))
        .filter(|word| is_secret(word))
        .fold(text.to_owned(), |text, secret| text.replace(secret, "…"))
}
