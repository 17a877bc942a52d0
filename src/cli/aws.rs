//! The commands of the AWS page, `describe-bundle-tasks`, `cancel-bundle-task` and
//! `wait bundle-task-complete`: a script that calls `aws ec2` can call `bundletop` instead.
//!
//! Their options, output, messages and exit codes are those of the AWS CLI, version 2; README lists
//! the differences. What is wrong with the command line, the output format or the query is found
//! before anything is sent.

mod argv;
pub mod command;
pub(crate) mod failure;
mod globals;
mod params;
mod paramfile;
mod shorthand;
mod wait;

use std::io::{self, IsTerminal as _, Write as _};
use std::process::ExitCode;

use serde_json::Value;

use super::output::{self, Format, Pager, Style};
use crate::ec2::Operation;
use crate::ec2::answer::Times;
use crate::ec2::verbatim::Verbatim;
use crate::log;
use argv::Given;
use command::Asked;
use failure::Failure;
use globals::{Color, Globals};

/// The exit code of a command ended by SIGINT.
const INTERRUPTED: u8 = 130;

/// One call of a command, read from the command line.
struct Call {
    asked: Asked,
    given: Given,
    globals: Globals,
}

/// Whether the command line asks for one of these commands.
pub fn is_asked(args: &[String]) -> bool {
    let names = [command::DESCRIBE, command::CANCEL, command::WAIT];
    let is_ours = |word: &String| names.contains(&word.as_str());
    match argv::take(args, &command::globals(clap::Command::new("globals"))) {
        Ok((_, mut rest)) => argv::take_word(&mut rest).is_some_and(|word| is_ours(&word)),
        Err(_) => args.iter().any(is_ours),
    }
}

/// Runs the command that the command line asks for.
pub fn run(args: &[String]) -> ExitCode {
    let done = read(args).and_then(|call| {
        if call.globals.debug {
            log::to_stderr();
        }
        perform(&call)
    });
    match done {
        Ok(code) => code,
        Err(failure) => {
            say_error(&failure.message);
            failure.code.into()
        }
    }
}

/// An error in the AWS CLI's form.
fn say_error(message: &str) {
    let message = output::for_terminal(message.trim(), io::stderr().is_terminal());
    let _ = writeln!(io::stderr(), "\nbundletop: [ERROR]: {message}");
}

fn read(args: &[String]) -> Result<Call, Failure> {
    let table = command::globals(clap::Command::new("globals"));
    let (global, mut rest) = argv::take(args, &table).map_err(Failure::usage)?;
    let globals = Globals::new(&global)?;
    let asked = match argv::take_word(&mut rest).as_deref() {
        Some(command::DESCRIBE) => Asked::Describe,
        Some(command::CANCEL) => Asked::Cancel,
        _ => match argv::take_word(&mut rest).as_deref() {
            Some(command::BUNDLE_TASK_COMPLETE) => Asked::Wait,
            Some(other) => {
                return Err(Failure::usage(format!(
                    "argument subcommand: Found invalid choice '{other}'. The only waiter here is {}",
                    command::BUNDLE_TASK_COMPLETE
                )));
            }
            None => {
                return Err(Failure::usage(format!(
                    "the following arguments are required: subcommand, which is {}",
                    command::BUNDLE_TASK_COMPLETE
                )));
            }
        },
    };
    let table = asked.options();
    let (given, rest) = argv::take(&rest, &table).map_err(Failure::usage)?;
    let in_full = |name: &str| args.iter().any(|arg| *arg == format!("--{name}"));
    let is_elsewhere = in_full("cli-input-json") || in_full("generate-cli-skeleton");
    if let Some(name) = argv::missing(&given, &table).filter(|_| !is_elsewhere) {
        let message = format!("the following arguments are required: --{name}");
        return Err(Failure::usage(message));
    }
    let unknown: Vec<_> = rest.into_iter().filter(|word| word != "--").collect();
    if !unknown.is_empty() {
        return Err(Failure::unknown(&unknown));
    }
    Ok(Call {
        asked,
        given,
        globals,
    })
}

fn perform(call: &Call) -> Result<ExitCode, Failure> {
    let params = params::gather(call.asked, &call.given)?;
    if call.given.has("generate-cli-skeleton") {
        let skeleton = params::skeleton(call.asked.params());
        let mut out = io::stdout().lock();
        return finish(output::write(&mut out, Format::Json, "", &skeleton, &Style::default()));
    }
    // One thread is enough for one request, and quicker to start than several.
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::other(format!("could not start: {error}")))?;
    let code = runtime.block_on(async {
        tokio::select! {
            code = ask(call, &params) => code,
            _ = tokio::signal::ctrl_c() => Ok(INTERRUPTED.into()),
        }
    });
    // A call that hangs must not hold up the way out.
    runtime.shutdown_background();
    code
}

async fn ask(call: &Call, params: &serde_json::Map<String, Value>) -> Result<ExitCode, Failure> {
    let globals = &call.globals;
    let ec2 = Verbatim::connect(&globals.settings).await?;
    let times = times(&ec2)?;
    let format = format(globals, &ec2)?;
    params::check(call.asked, params)?;
    let request = params::request(call.asked, params);
    if call.asked == Asked::Wait {
        wait::until_complete(&ec2, &request).await?;
        return Ok(ExitCode::SUCCESS);
    }
    let answer = ec2.send(&request, times).await?;
    show(globals, &ec2, format, request.operation(), answer)
}

/// The profile's `cli_timestamp_format`. Without one, times are as on the page: as EC2 sends them.
fn times(ec2: &Verbatim) -> Result<Times, Failure> {
    match ec2.profile_setting("cli_timestamp_format") {
        None | Some("wire") => Ok(Times::Wire),
        Some("iso8601") => Ok(Times::Iso8601),
        Some(other) => Err(Failure::configuration(format!(
            "Unknown cli_timestamp_format value: {other}, valid values are \"wire\" or \"iso8601\""
        ))),
    }
}

/// `--output`, `AWS_DEFAULT_OUTPUT`, the profile's `output`, or JSON.
fn format(globals: &Globals, ec2: &Verbatim) -> Result<Format, Failure> {
    if let Some(format) = globals.output {
        return Ok(format);
    }
    let environment = std::env::var("AWS_DEFAULT_OUTPUT").ok();
    let named = environment.or_else(|| ec2.profile_setting("output").map(str::to_owned));
    match named {
        None => Ok(Format::Json),
        Some(name) => Format::named(&name)
            .ok_or_else(|| Failure::other(format!("Unknown output type: {name}"))),
    }
}

fn show(
    globals: &Globals,
    ec2: &Verbatim,
    format: Format,
    operation: Operation,
    answer: Value,
) -> Result<ExitCode, Failure> {
    let answer = match &globals.query {
        Some(query) => query.search(&answer).map_err(|error| Failure::other(error.to_string()))?,
        None => answer,
    };
    let is_terminal = io::stdout().is_terminal();
    let style = Style::new(
        match globals.color {
            Color::On => true,
            Color::Off => false,
            Color::Auto => is_terminal,
        },
        is_terminal,
    );
    let _ = ec2;
    let title = operation.to_string();
    let mut out = io::stdout().lock();
    finish(output::write(&mut out, format, &title, &answer, &style))
}

fn finish(written: io::Result<()>) -> Result<ExitCode, Failure> {
    match written {
        Ok(()) => Ok(ExitCode::SUCCESS),
        // Whoever read it has read enough.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(ExitCode::SUCCESS),
        Err(error) => Err(Failure::other(format!("could not write to standard output: {error}"))),
    }
}
