//! The global options, checked and converted to what the rest of the program works with.

use std::path::PathBuf;
use std::time::Duration;

use super::error::CommandError;
use crate::cli::option_parser::OptionValues;
use crate::cli::options::{self, ConnectionOptions};
use crate::ec2::{ClientBehavior, Settings, Timeouts};
use crate::output::{Format, QueryError, QueryExpression};

/// The global options of a command.
#[derive(Debug)]
pub(crate) struct GlobalOptions {
    /// How EC2 is reached.
    pub settings: Settings,
    /// `--output`
    pub output: Option<Format>,
    /// `--query`
    pub query: Option<QueryExpression>,
    /// `--color`
    pub color: ColorMode,
    /// `--no-cli-pager`
    pub no_cli_pager: bool,
    /// `--debug`
    pub debug: bool,
}

/// When tables are coloured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ColorMode {
    /// Always.
    On,
    /// Never.
    Off,
    /// On a terminal, unless `NO_COLOR` is set.
    Auto,
}

impl GlobalOptions {
    /// Checks and converts the values that were given.
    pub fn resolve(values: &OptionValues) -> Result<Self, CommandError> {
        let query = values.value("query").map(parse_query).transpose()?;
        let endpoint_url = values.value(options::ENDPOINT_URL);
        let endpoint_url = endpoint_url.map(check_endpoint_url).transpose()?;
        let connection = ConnectionOptions {
            profile: values.value(options::PROFILE).map(str::to_owned),
            region: values.value(options::REGION).map(str::to_owned),
            endpoint_url,
            ca_bundle: values.value(options::CA_BUNDLE).map(PathBuf::from),
        };
        let settings = Settings {
            no_sign_request: values.has("no-sign-request"),
            no_verify_ssl: values.has("no-verify-ssl"),
            behavior: ClientBehavior::AwsCli,
            timeouts: Timeouts {
                connect: parse_timeout(values, "cli-connect-timeout")?,
                read: parse_timeout(values, "cli-read-timeout")?,
                request: Duration::MAX,
                whole_call: Duration::MAX,
                ..Timeouts::default()
            },
            ..connection.into_settings()
        };
        Ok(Self {
            settings,
            query,
            output: values.value("output").and_then(Format::from_name),
            color: match values.value("color") {
                Some("on") => ColorMode::On,
                Some("off") => ColorMode::Off,
                _ => ColorMode::Auto,
            },
            no_cli_pager: values.has("no-cli-pager"),
            debug: values.has("debug"),
        })
    }
}

fn parse_query(expression: &str) -> Result<QueryExpression, CommandError> {
    QueryExpression::parse(expression).map_err(|error| match error {
        QueryError::Syntax(message) => {
            CommandError::usage(format!("Bad value for --query {expression}: {message}"))
        }
        QueryError::Function(_) | QueryError::Evaluation(_) => error.into(),
    })
}

/// Checks that a URL has a scheme. The crate `http` would accept the first part of `127.0.0.1:80`
/// as one.
fn check_endpoint_url(url: &str) -> Result<String, CommandError> {
    let scheme = url.split_once(':').map_or("", |(scheme, _)| scheme);
    let is_scheme = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"+-.".contains(&b));
    if is_scheme {
        return Ok(url.to_owned());
    }
    Err(CommandError::usage(format!(
        "Bad value for --endpoint-url \"{url}\": scheme is missing.  Must be of the form \
         http://<hostname>/ or https://<hostname>/"
    )))
}

/// A timeout of this many seconds or more is treated as no limit: the SDK panics if a timeout ends
/// after the year 9999.
const SECONDS_OF_NO_LIMIT: u64 = 366 * 24 * 60 * 60;

/// The value of `--cli-read-timeout` or `--cli-connect-timeout`, in whole seconds; 0 means no limit,
/// which is `Duration::MAX` here.
fn parse_timeout(values: &OptionValues, name: &str) -> Result<Duration, CommandError> {
    let text = values.value(name).unwrap_or("60");
    match text.trim().parse::<u64>() {
        Ok(0 | SECONDS_OF_NO_LIMIT..) => Ok(Duration::MAX),
        Ok(seconds) => Ok(Duration::from_secs(seconds)),
        Err(_) => Err(CommandError::other(format!(
            "\"{text}\" is not a valid value for --{name}: it must be a number of seconds, or 0 for \
             no limit."
        ))),
    }
}
