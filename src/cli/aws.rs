//! The commands of the AWS page, `describe-bundle-tasks`, `cancel-bundle-task` and
//! `wait bundle-task-complete`: a script that calls `aws ec2` can call `bundletop` instead.
//!
//! Their options, output, messages and exit codes are those of the AWS CLI, version 2; README lists
//! the differences. What is wrong with the command line, the output format or the query is found
//! before anything is sent.

mod argv;
mod call;
pub mod command;
pub(crate) mod failure;
mod globals;
mod interrupt;
mod paramfile;
mod params;
mod shorthand;
mod show;
mod wait;

use std::ffi::OsString;
use std::io::{self, IsTerminal as _, Write as _};
use std::process::ExitCode;

use serde_json::{Map, Value};

use crate::ec2::{Client, Operation, Times};
use crate::log;
use crate::output::{self, WriteError};
use crate::text::{Charset, clean};
pub use call::is_asked;
use call::{Call, asked_about};
use command::Asked;
use failure::Failure;
pub use failure::USAGE;
use interrupt::Interrupt;
use show::Show;

/// Runs the command that the command line asks for.
pub fn run(args: &[OsString]) -> ExitCode {
    match words(args).and_then(|args| answer(&args)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            say_error(&failure.message, failure.code);
            failure.code.into()
        }
    }
}

fn words(args: &[OsString]) -> Result<Vec<String>, Failure> {
    let word = |arg: &OsString| {
        let word = arg.to_str().map(str::to_owned);
        let shown = arg.to_string_lossy();
        word.ok_or_else(|| Failure::usage(format!("an argument is not UTF-8: {shown}")))
    };
    args.iter().map(word).collect()
}

fn answer(args: &[String]) -> Result<(), Failure> {
    if let Some(text) = asked_about(args) {
        return Ok(output::print(&text).map_err(WriteError::from)?);
    }
    let call = Call::read(args)?;
    if call.globals.debug {
        log::to_stderr();
    }
    perform(&call)
}

/// An error in the AWS CLI's form. EC2's own words may be in it: a terminal gets them made harmless.
fn say_error(message: &str, code: u8) {
    let mut text = String::from("\nbundletop: [ERROR]: ");
    for line in message.trim().lines() {
        let is_harmless = !io::stderr().is_terminal();
        text += &if is_harmless {
            line.into()
        } else {
            clean(line, Charset::Unicode)
        };
        text.push('\n');
    }
    if code == USAGE {
        text.push_str("\nFor help: bundletop --help, or bundletop COMMAND --help\n");
    }
    let _ = io::stderr().write_all(text.as_bytes());
}

fn perform(call: &Call) -> Result<(), Failure> {
    let params = params::gather(call.asked, &call.given)?;
    if call.given.has("generate-cli-skeleton") {
        return show::skeleton(&params::skeleton(call.asked.params()));
    }
    let interrupt = Interrupt::ends_the_program();
    // One thread is enough for one request, and quicker to start than several.
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::other(format!("could not start: {error}")))?;
    let answered = runtime.block_on(ask(call, &params));
    // A call that hangs must not hold up the way out, nor the look-up of a name.
    runtime.shutdown_background();
    match answered? {
        Some((show, operation, answer)) => show.answer(operation, answer, &interrupt),
        None => Ok(()),
    }
}

/// Asks EC2. The answer, unless there is none to show, and how to show it.
async fn ask<'a>(
    call: &'a Call,
    params: &Map<String, Value>,
) -> Result<Option<(Show<'a>, Operation, Value)>, Failure> {
    let globals = &call.globals;
    let ec2 = Client::connect(&globals.settings).await?;
    check_retry_mode(&ec2)?;
    let times = times(&ec2)?;
    params::check(call.asked, params)?;
    let request = params::request(call.asked, params);
    if call.asked == Asked::Wait {
        wait::until_complete(&ec2, &request).await?;
        return Ok(None);
    }
    let show = Show::new(globals, &ec2)?;
    let answer = ec2.json(&request, times).await?;
    Ok(Some((show, request.operation(), answer)))
}

/// The AWS CLI, version 2, has no other retry modes than these; the SDK's gateway forgives some.
fn check_retry_mode(ec2: &Client) -> Result<(), Failure> {
    let environment = std::env::var("AWS_RETRY_MODE").ok();
    let mode = environment
        .as_deref()
        .or_else(|| ec2.profile_setting("retry_mode"));
    match mode {
        None | Some("" | "standard" | "adaptive") => Ok(()),
        Some(other) => Err(Failure::other(format!(
            "Invalid value provided to \"mode\": \"{other}\" must be one of: \"standard\" or \
             \"adaptive\""
        ))),
    }
}

/// The profile's `cli_timestamp_format`. Without one, times are as on the page: as EC2 sends them.
fn times(ec2: &Client) -> Result<Times, Failure> {
    match ec2.profile_setting("cli_timestamp_format") {
        None | Some("wire") => Ok(Times::Wire),
        Some("iso8601") => Ok(Times::Iso8601),
        Some(other) => Err(Failure::configuration(
            "Configuration",
            format!(
                "Unknown cli_timestamp_format value: {other}, valid values are \"wire\" or \"iso8601\""
            ),
        )),
    }
}
