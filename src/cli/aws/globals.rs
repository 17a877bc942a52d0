//! The global options, understood.

use std::path::PathBuf;
use std::time::Duration;

use super::argv::Given;
use super::failure::Failure;
use crate::ec2::{Conventions, Settings, Timeouts};
use crate::output::{Format, Query, QueryError};

/// The global options of a command.
#[derive(Debug)]
pub struct Globals {
    /// How EC2 is reached.
    pub settings: Settings,
    /// `--output`
    pub output: Option<Format>,
    /// `--query`
    pub query: Option<Query>,
    /// `--color`
    pub color: Color,
    /// `--no-cli-pager`
    pub no_cli_pager: bool,
    /// `--debug`
    pub debug: bool,
}

/// When tables have colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Color {
    /// Always.
    On,
    /// Never.
    Off,
    /// On a terminal.
    Auto,
}

impl Globals {
    /// Checks the global options.
    pub fn new(given: &Given) -> Result<Self, Failure> {
        let query = given.one("query").map(query).transpose()?;
        let endpoint_url = given.one("endpoint-url").map(endpoint_url).transpose()?;
        let text = |name| given.one(name).filter(|text| !text.is_empty());
        let settings = Settings {
            profile: text("profile").map(str::to_owned),
            region: text("region").map(str::to_owned),
            endpoint_url,
            ca_bundle: text("ca-bundle").map(PathBuf::from),
            no_sign_request: given.has("no-sign-request"),
            no_verify_ssl: given.has("no-verify-ssl"),
            timeouts: Timeouts {
                connect: seconds(given, "cli-connect-timeout")?,
                read: seconds(given, "cli-read-timeout")?,
                request: Duration::MAX,
                retried: Duration::MAX,
                ..Timeouts::default()
            },
            conventions: Conventions::AwsCli,
            ..Settings::default()
        };
        Ok(Self {
            settings,
            query,
            output: given.one("output").and_then(Format::parse),
            color: match given.one("color") {
                Some("on") => Color::On,
                Some("off") => Color::Off,
                _ => Color::Auto,
            },
            no_cli_pager: given.has("no-cli-pager"),
            debug: given.has("debug"),
        })
    }
}

fn query(expression: &str) -> Result<Query, Failure> {
    Query::parse(expression).map_err(|error| match error {
        QueryError::Syntax(why) => {
            Failure::usage(format!("Bad value for --query {expression}: {why}"))
        }
        QueryError::Function(_) | QueryError::Evaluation(_) => error.into(),
    })
}

fn endpoint_url(url: &str) -> Result<String, Failure> {
    let scheme = url.split_once(':').map_or("", |(scheme, _)| scheme);
    let is_scheme = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"+-.".contains(&b));
    if is_scheme {
        return Ok(url.to_owned());
    }
    Err(Failure::usage(format!(
        "Bad value for --endpoint-url \"{url}\": scheme is missing.  Must be of the form \
         http://<hostname>/ or https://<hostname>/"
    )))
}

/// From here on a timeout is none: the SDK panics on ends beyond the year 9999.
const A_YEAR: u64 = 366 * 24 * 60 * 60;

/// A timeout of the AWS CLI, in whole seconds; 0 is none.
fn seconds(given: &Given, name: &str) -> Result<Duration, Failure> {
    let text = given.one(name).unwrap_or("60");
    match text.trim().parse::<u64>() {
        Ok(0 | A_YEAR..) => Ok(Duration::MAX),
        Ok(seconds) => Ok(Duration::from_secs(seconds)),
        Err(_) => Err(Failure::other(format!(
            "\"{text}\" is no value for --{name}: a number of seconds, or 0 for no limit, is wanted."
        ))),
    }
}
