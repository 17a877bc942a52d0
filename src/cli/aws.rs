//! The AWS commands, `describe-bundle-tasks`, `cancel-bundle-task` and
//! `wait bundle-task-complete`: a script that calls `aws ec2` can call `bundletop` instead.
//!
//! Their options, output, messages and exit codes are those of the AWS CLI, version 2; README lists
//! the differences. Errors in the command line, the output format or the query are found before
//! anything is sent.

mod call;
pub(super) mod command;
mod error;
mod exit_code;
mod followed_cancel;
mod global_options;
mod help;
mod output_plan;
mod parameter;
mod parameter_file;
pub(super) mod parameter_values;
mod request;
mod shorthand;
mod validation;
mod wait;

use std::env;
use std::process::ExitCode;

use serde_json::{Map, Value};

use super::command_line::AwsCommandLine;
use super::error::print_error;
use super::setting_options::{self, ConfigOption};
use super::watch;
use crate::config::{self, Config};
use crate::ec2::{Client, JsonAnswer, Operation, TimeFormat};
use crate::log;
use crate::monitor::AcceptedCancel;
use crate::output;
use crate::signal::interrupt::InterruptHandler;
use crate::task::BundleId;
use call::AwsCall;
use command::AwsCommand;
pub(super) use error::CommandError;
pub(super) use exit_code::AwsExitCode;
use followed_cancel::FollowedCancel;
use output_plan::OutputPlan;

/// Runs the command that the command line names. `program` is the whole command line interface, for
/// its help, and `command_names` are those of all its commands.
pub(super) fn run(
    command_line: AwsCommandLine,
    program: &clap::Command,
    command_names: &[&str],
) -> ExitCode {
    match try_run(command_line, program, command_names) {
        Ok(code) => code,
        Err(error) => report_error(&error),
    }
}

fn try_run(
    command_line: AwsCommandLine,
    program: &clap::Command,
    command_names: &[&str],
) -> Result<ExitCode, CommandError> {
    if let Some(text) = help::help_or_version(&command_line, program) {
        output::print(&text)?;
        return Ok(AwsExitCode::Success.into());
    }
    let call = AwsCall::parse(command_line, command_names)?;
    if call.global.debug {
        log::init_stderr();
    }
    perform(&call)
}

/// Writes the error to standard error as the AWS CLI does, and returns the exit code to end with.
pub(super) fn report_error(error: &CommandError) -> ExitCode {
    let mut text = format!("\nbundletop: [ERROR]: {}\n", error.message.trim());
    if error.exit_code == AwsExitCode::Usage {
        text += "\nFor help: bundletop --help, or bundletop COMMAND --help\n";
    }
    print_error(&text);
    error.exit_code.into()
}

fn perform(call: &AwsCall) -> Result<ExitCode, CommandError> {
    let parameters = parameter_values::read(call.command, &call.options)?;
    if call.options.has("generate-cli-skeleton") {
        let skeleton = parameter::skeleton(call.command.parameters());
        output_plan::print_skeleton(&skeleton)?;
        return Ok(AwsExitCode::Success.into());
    }
    let profile = call.global.settings.profile.as_deref();
    let config = setting_options::load_for_commands(&ConfigOption::of_environment(), profile)
        .map_err(|error| CommandError::configuration("Configuration", error.to_string()))?;
    refuse_if_read_only(call, &parameters, &config)?;
    let interrupts = InterruptHandler::install();
    // One thread is enough for one request, and starts faster than several.
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| CommandError::other(format!("could not start: {error}")))?;
    let output = runtime.block_on(send(call, &parameters, &config.config));
    // Does not wait for a request or a host name lookup that hangs.
    runtime.shutdown_background();
    let Some(output) = output? else {
        return Ok(AwsExitCode::Success.into());
    };
    let title = output.operation.to_string();
    let JsonAnswer { json, request_id } = output.answer;
    output.plan.show(&title, json, &interrupts)?;
    let Some(cancel) = output.followed else {
        return Ok(AwsExitCode::Success.into());
    };
    let (sent, sent_at) = cancel.sent;
    let accepted = AcceptedCancel {
        bundle_id: cancel.bundle_id,
        request_id,
        sent_at,
        accepted_at: cancel.answered_at,
    };
    let settings = call.global.settings.clone();
    let followed = watch::follow(settings, sent, accepted, cancel.journal);
    followed.map_err(|error| CommandError::other(error.to_string()))
}

/// Refuses a cancel if the settings say so. A dry run cancels nothing.
fn refuse_if_read_only(
    call: &AwsCall,
    parameters: &Map<String, Value>,
    config: &config::LoadedConfig,
) -> Result<(), CommandError> {
    let cancels = call.command == AwsCommand::Cancel && !is_dry_run(parameters);
    match config.why_read_only() {
        Some((reason, source)) if cancels => Err(CommandError::configuration(
            "ReadOnly",
            format!("nothing is cancelled: {reason} ({source})"),
        )),
        Some(_) | None => Ok(()),
    }
}

fn is_dry_run(parameters: &Map<String, Value>) -> bool {
    parameters.get("DryRun").and_then(Value::as_bool) == Some(true)
}

/// EC2's answer, and how to show it.
struct PendingOutput<'a> {
    operation: Operation,
    answer: JsonAnswer,
    plan: OutputPlan<'a>,
    /// The cancel, if it is to be followed.
    followed: Option<FollowedCancel>,
}

/// Sends the request of the call. A wait has nothing to show.
async fn send<'a>(
    call: &'a AwsCall,
    parameters: &Map<String, Value>,
    settings: &Config,
) -> Result<Option<PendingOutput<'a>>, CommandError> {
    let ec2 = Client::connect(&call.global.settings).await?;
    let profile_setting = |key: &str| ec2.profile_setting(key);
    check_retry_mode(profile_setting("retry_mode"))?;
    let times = timestamp_format(profile_setting("cli_timestamp_format"))?;
    validation::validate(call.command, parameters)?;
    let request = request::build_request(call.command, parameters);
    if call.command == AwsCommand::Wait {
        wait::wait_until_complete(&ec2, &request).await?;
        return Ok(None);
    }
    let plan = OutputPlan::new(&call.global, &settings.commands, profile_setting)?;
    let caller = ec2.caller().await?;
    let id = parameters.get("BundleId").and_then(Value::as_str);
    let id = id.filter(|_| call.options.has(command::FOLLOW) && !is_dry_run(parameters));
    let mut followed = id.map(|id| {
        let journal = setting_options::journal_path(settings);
        FollowedCancel::begin(BundleId::new(id), ec2.session(), journal.as_deref())
    });
    let answer = caller.call_for_json(&request, times).await;
    if let Some(cancel) = &mut followed {
        cancel.answered(&answer);
    }
    Ok(Some(PendingOutput {
        operation: request.operation(),
        answer: answer?,
        plan,
        followed,
    }))
}

/// Checks the retry mode of the environment or the profile. The AWS CLI accepts only these; the SDK
/// would accept others.
fn check_retry_mode(profile_setting: Option<&str>) -> Result<(), CommandError> {
    let variable = env::var("AWS_RETRY_MODE").ok();
    match variable.as_deref().or(profile_setting) {
        None | Some("" | "standard" | "adaptive") => Ok(()),
        Some(other) => Err(CommandError::other(format!(
            "Invalid value provided to \"mode\": \"{other}\" must be one of: \"standard\" or \
             \"adaptive\""
        ))),
    }
}

/// How times are written, by the profile's `cli_timestamp_format`. Without one they are written as
/// EC2 sends them.
fn timestamp_format(profile_setting: Option<&str>) -> Result<TimeFormat, CommandError> {
    match profile_setting {
        None | Some("wire") => Ok(TimeFormat::Wire),
        Some("iso8601") => Ok(TimeFormat::Iso8601),
        Some(other) => Err(CommandError::configuration(
            "Configuration",
            format!(
                "Unknown cli_timestamp_format value: {other}, valid values are \"wire\" or \"iso8601\""
            ),
        )),
    }
}
