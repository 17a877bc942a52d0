//! `bundletop history`: what the journal has of tasks, of one task's life, and of cancels.

use std::env;
use std::io;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;
use clap::{Args, ValueEnum, ValueHint};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value, json};

use super::error::{CliError, print_error};
use super::setting_options::{self, ConfigOption};
use crate::config::{CommandsConfig, duration};
use crate::environment;
use crate::journal::{
    self, CancelSelection, JournalPlace, JournalTask, PastCancel, PastEvent, Store, TaskSelection,
};
use crate::output::{self, Format, OutputTarget, Pager, QueryExpression, write_csv};
use crate::signal::interrupt::InterruptHandler;

/// The arguments of `bundletop history`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  bundletop history --since 7d --state failed --output table
  bundletop history --cancels
  bundletop history --events bun-2a4e041c --output text")]
pub(super) struct HistoryArgs {
    /// Show who cancelled what, and what became of it, instead of the tasks.
    #[arg(long, conflicts_with_all = ["events", "state"])]
    cancels: bool,

    /// Show what happened to this task instead of the tasks.
    #[arg(long, value_name = "BUNDLE_ID", conflicts_with_all = ["state", "bundle_ids", "since"])]
    events: Option<String>,

    /// Show only tasks that were seen, or cancels that were requested, within this time, such as 7d.
    #[arg(long, value_name = "TIME", value_parser = duration)]
    since: Option<SignedDuration>,

    /// Show only tasks whose last state was this. Can be repeated.
    #[arg(long, value_name = "STATE")]
    state: Vec<String>,

    /// Show only these tasks.
    #[arg(long, value_name = "BUNDLE_ID", num_args = 1..)]
    bundle_ids: Vec<String>,

    /// The format of the output. By default it is that of the environment variable `AWS_DEFAULT_OUTPUT`, or of
    /// the settings, or JSON.
    #[arg(long, value_enum, value_name = "FORMAT")]
    output: Option<HistoryFormat>,

    /// Print only what this expression selects, as with the AWS CLI.
    #[arg(long, value_name = "JMESPATH")]
    query: Option<String>,

    /// The file of the journal.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    journal: Option<PathBuf>,

    #[command(flatten)]
    config: ConfigOption,
}

/// The values of `--output`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum HistoryFormat {
    Json,
    Text,
    Table,
    Yaml,
    Csv,
}

/// Prints what was asked for.
pub(super) fn run(args: &HistoryArgs) -> Result<ExitCode, CliError> {
    let query = args.query.as_deref().map(QueryExpression::parse);
    let query = query
        .transpose()
        .map_err(|error| CliError::usage(error.to_string()))?;
    let config = setting_options::load_for_commands(&args.config, None)?.config;
    let path = match &args.journal {
        Some(path) => path.clone(),
        None => setting_options::journal_file(&config).context("there is no home directory")?,
    };
    if !path.exists() {
        let path = path.display();
        return Err(CliError::usage(format!(
            "there is no journal at {path} yet. It is created when bundletop or bundletop watch runs"
        )));
    }
    let History {
        title,
        columns,
        mut value,
    } = read(args, &path)?;
    let mut columns = columns;
    if let Some(query) = query {
        value = query.search(&value).map_err(anyhow::Error::from)?;
        columns = &[];
    }
    let mut out = io::stdout().lock();
    let target = OutputTarget::standard_output();
    let Some(format) = format(args.output, &config.commands)? else {
        write_csv(&mut out, &value, columns, target.is_terminal).context("could not write CSV")?;
        return Ok(ExitCode::SUCCESS);
    };
    let pager = config.commands.pager.0.as_deref();
    let pager = Pager::choose(!target.is_terminal, pager, |name| env::var_os(name));
    let Some(pager) = pager.map_err(anyhow::Error::from)? else {
        output::write(&mut out, format, title, &value, target)?;
        return Ok(ExitCode::SUCCESS);
    };
    let mut text = Vec::new();
    output::write(&mut text, format, title, &value, target)?;
    InterruptHandler::install().ignore_from_now_on();
    let shown = pager.show(&text, &mut out);
    shown.map_err(anyhow::Error::from)?;
    Ok(ExitCode::SUCCESS)
}

/// The format of `--output`, `AWS_DEFAULT_OUTPUT` or the settings; `None` for CSV.
fn format(
    option: Option<HistoryFormat>,
    settings: &CommandsConfig,
) -> Result<Option<Format>, CliError> {
    if let Some(format) = option {
        return Ok(match format {
            HistoryFormat::Json => Some(Format::Json),
            HistoryFormat::Text => Some(Format::Text),
            HistoryFormat::Table => Some(Format::Table),
            HistoryFormat::Yaml => Some(Format::Yaml),
            HistoryFormat::Csv => None,
        });
    }
    let Some(name) = environment::variable("AWS_DEFAULT_OUTPUT") else {
        return Ok(Some(settings.output.0.unwrap_or(Format::Json)));
    };
    let unknown = || CliError::usage(format!("AWS_DEFAULT_OUTPUT is no format: {name}"));
    Format::from_name(&name).map(Some).ok_or_else(unknown)
}

/// What was asked for.
struct History {
    /// Its title in a table.
    title: &'static str,
    /// Its columns in CSV, so that scripts find them always and in the same order.
    columns: &'static [&'static str],
    value: Value,
}

const TASK_COLUMNS: &[&str] = &[
    "BundleId",
    "InstanceId",
    "State",
    "Progress",
    "StartTime",
    "UpdateTime",
    "Storage.S3.Bucket",
    "Storage.S3.Prefix",
    "BundleTaskError.Code",
    "BundleTaskError.Message",
    "Account",
    "Region",
    "EndpointUrl",
    "FirstSeen",
    "LastSeen",
    "NoLongerListedSince",
];
const EVENT_COLUMNS: &[&str] = &[
    "At",
    "BundleId",
    "Event",
    "Account",
    "Region",
    "EndpointUrl",
];
const CANCEL_COLUMNS: &[&str] = &[
    "RequestedAt",
    "BundleId",
    "RequestedBy",
    "Outcome",
    "OutcomeAt",
    "RequestId",
    "Verdict",
    "VerdictAt",
    "Account",
    "Region",
    "EndpointUrl",
];

fn read(args: &HistoryArgs, path: &std::path::Path) -> Result<History, CliError> {
    let store = Store::open_to_read(path, say_locked).map_err(anyhow::Error::from)?;
    let since = args
        .since
        .and_then(|since| Timestamp::now().checked_sub(since).ok());
    if args.cancels {
        let wanted = CancelSelection {
            since,
            bundle_ids: args.bundle_ids.clone(),
        };
        let cancels = store.cancels(&wanted).map_err(anyhow::Error::from)?;
        say_damaged(cancels.damaged);
        let cancels: Vec<_> = cancels.rows.iter().map(cancel_json).collect();
        return Ok(History {
            title: "Cancels",
            columns: CANCEL_COLUMNS,
            value: json!({ "Cancels": cancels }),
        });
    }
    if let Some(id) = &args.events {
        let events = store.events(id).map_err(anyhow::Error::from)?;
        say_damaged(events.damaged);
        let events: Vec<_> = events.rows.iter().map(event_json).collect();
        return Ok(History {
            title: "Events",
            columns: EVENT_COLUMNS,
            value: json!({ "Events": events }),
        });
    }
    let wanted = TaskSelection {
        since,
        states: args.state.clone(),
        bundle_ids: args.bundle_ids.clone(),
        ..TaskSelection::default()
    };
    let tasks = store.tasks(&wanted).map_err(anyhow::Error::from)?;
    say_damaged(tasks.damaged);
    let tasks: Vec<_> = tasks.rows.iter().map(task_json).collect();
    Ok(History {
        title: "BundleTasks",
        columns: TASK_COLUMNS,
        value: json!({ "BundleTasks": tasks }),
    })
}

/// Waits, and says so if it takes longer than a moment.
fn say_locked(tries: i32) -> bool {
    const MOMENT: i32 = 10;
    if tries == MOMENT {
        print_error("bundletop: another program has locked the journal; waiting for it");
    }
    journal::wait_for_lock(tries)
}

fn say_damaged(count: usize) {
    match count {
        0 => {}
        1 => print_error("bundletop: one row of the journal is damaged and left out"),
        _ => print_error(&format!(
            "bundletop: {count} rows of the journal are damaged and left out"
        )),
    }
}

/// The task as the AWS CLI prints it, and what the journal knows besides.
fn task_json(past: &JournalTask) -> Value {
    let mut members = past.json.as_object().cloned().unwrap_or_default();
    put_place(&mut members, &past.place);
    members.insert("FirstSeen".into(), time(past.first_seen));
    members.insert("LastSeen".into(), time(past.last_seen));
    let unlisted = past
        .unlisted_since
        .map(|since| ("NoLongerListedSince".into(), time(since)));
    members.extend(unlisted);
    Value::Object(members)
}

fn event_json(past: &PastEvent) -> Value {
    let mut members = Map::new();
    members.insert("At".into(), time(past.at));
    members.insert("BundleId".into(), past.bundle_id.as_str().into());
    members.insert("Event".into(), past.event.phrase("->").into());
    put_place(&mut members, &past.place);
    Value::Object(members)
}

fn cancel_json(past: &PastCancel) -> Value {
    let mut members = Map::new();
    members.insert("RequestedAt".into(), time(past.requested_at));
    members.insert("BundleId".into(), past.bundle_id.as_str().into());
    members.insert("RequestedBy".into(), past.arn.clone().into());
    members.insert("Outcome".into(), json!(past.outcome));
    members.insert("OutcomeAt".into(), time(past.outcome_at));
    members.insert("RequestId".into(), past.request_id.clone().into());
    let (verdict, at) = past.verdict.unzip();
    members.insert("Verdict".into(), json!(verdict));
    members.insert("VerdictAt".into(), at.map(time).into());
    put_place(&mut members, &past.place);
    Value::Object(members)
}

fn put_place(members: &mut Map<String, Value>, place: &JournalPlace) {
    members.insert("Account".into(), place.account.clone().into());
    members.insert("Region".into(), place.region.clone().into());
    if !place.endpoint.is_empty() {
        members.insert("EndpointUrl".into(), place.endpoint.clone().into());
    }
}

fn time(time: Timestamp) -> Value {
    time.strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string().into()
}
