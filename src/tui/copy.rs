//! What can be copied: values of tasks, and the AWS CLI's commands for what the screen shows or does.

use super::aws_command;
use crate::ec2::{Filter, Session};
use crate::output::{self, Format, OutputTarget};
use crate::task::{BundleTask, Phase, S3Storage, SecretsShown};
use crate::text::{self, Charset};

/// What to copy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CopyContent {
    /// The bundle ID.
    BundleId,
    /// The instance ID.
    InstanceId,
    /// `s3://bucket/prefix`.
    Location,
    /// `s3://bucket/prefix.manifest.xml`.
    Manifest,
    /// The task in JSON, without its secrets.
    Json,
    /// The task in YAML, without its secrets.
    Yaml,
    /// The command that lists what is on the screen.
    ListCommand,
    /// The command that cancels the task.
    CancelCommand,
    /// The command that registers the image of a complete task.
    RegisterCommand,
}

impl CopyContent {
    /// Everything, with the letter that takes it in the menu and its name.
    pub const ALL: [(char, &'static str, Self); 9] = [
        ('b', "bundle ID", Self::BundleId),
        ('i', "instance ID", Self::InstanceId),
        ('s', "S3 location", Self::Location),
        ('m', "manifest", Self::Manifest),
        ('J', "JSON", Self::Json),
        ('Y', "YAML", Self::Yaml),
        ('l', "command to list this", Self::ListCommand),
        ('c', "command to cancel", Self::CancelCommand),
        ('r', "command to register the image", Self::RegisterCommand),
    ];

    /// Its name.
    pub fn name(self) -> &'static str {
        let mut all = Self::ALL.into_iter();
        all.find(|(_, _, content)| *content == self)
            .map_or("", |(_, name, _)| name)
    }
}

/// What the command to list depends on.
pub struct Listed {
    /// EC2's own filters.
    pub filters: Vec<Filter>,
    /// The only phase shown.
    pub phase: Option<Phase>,
    /// The IDs of the marked tasks, or else of those shown, if a filter of this program hides others.
    pub ids: Option<Vec<String>>,
}

/// The text to copy for tasks, one line for each; `None` if they have no such value.
pub fn text(
    content: CopyContent,
    tasks: &[&BundleTask],
    session: &Session,
    listed: &Listed,
) -> Option<String> {
    let each = |value: &dyn Fn(&BundleTask) -> Option<String>| {
        let values: Vec<_> = tasks.iter().filter_map(|task| value(task)).collect();
        (!values.is_empty()).then(|| values.join("\n"))
    };
    match content {
        CopyContent::BundleId => each(&|task| plain(task.bundle_id.as_str())),
        CopyContent::InstanceId => each(&|task| plain(task.instance_id.as_deref()?)),
        CopyContent::Location => each(&|task| {
            let path = task.storage.as_ref().map(S3Storage::path)?;
            plain(&path).map(|path| format!("s3://{path}"))
        }),
        CopyContent::Manifest => each(&|task| plain(&task.manifest()?)),
        CopyContent::Json => (!tasks.is_empty()).then(|| document(tasks, Format::Json)),
        CopyContent::Yaml => (!tasks.is_empty()).then(|| document(tasks, Format::Yaml)),
        CopyContent::ListCommand => list_command(session, listed),
        CopyContent::CancelCommand => each(&|task| {
            let can_be_cancelled = match task.state.phase() {
                Phase::Complete | Phase::Failed | Phase::Cancelling => false,
                Phase::Pending
                | Phase::WaitingForShutdown
                | Phase::Bundling
                | Phase::Storing
                | Phase::Unknown => true,
            };
            let id = task.bundle_id.as_str();
            can_be_cancelled.then(|| aws_command::cancel(id, false, session))?
        }),
        CopyContent::RegisterCommand => each(&|task| aws_command::register_image(task, session)),
    }
}

/// A value, without characters that a terminal would act on when it is pasted.
fn plain(value: &str) -> Option<String> {
    (!value.is_empty()).then(|| text::clean(value, Charset::Unicode).into_owned())
}

/// Tasks in a format that shows any value.
fn document(tasks: &[&BundleTask], format: Format) -> String {
    let value = match tasks {
        [task] => task.to_json(SecretsShown::Masked),
        tasks => tasks
            .iter()
            .map(|task| task.to_json(SecretsShown::Masked))
            .collect(),
    };
    let mut bytes = Vec::new();
    let target = OutputTarget {
        is_terminal: true,
        ..OutputTarget::PLAIN
    };
    // Memory does not fail.
    let _ = output::write(&mut bytes, format, "", &value, target);
    String::from_utf8_lossy(&bytes).into_owned()
}

fn list_command(session: &Session, listed: &Listed) -> Option<String> {
    let phase = listed.phase.map(|phase| Filter {
        name: Some("state".to_owned()),
        values: Some(vec![phase.as_str().to_owned()]),
    });
    let filters: Vec<_> = listed.filters.iter().cloned().chain(phase).collect();
    aws_command::describe(&filters, listed.ids.as_deref(), session)
}
