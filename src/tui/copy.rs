//! What can be copied: values of tasks, and the AWS CLI's commands for what the screen shows or does.

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
            let arguments = ["cancel-bundle-task", "--bundle-id", id].map(str::to_owned);
            (can_be_cancelled && !id.is_empty()).then(|| command(arguments, session))?
        }),
        CopyContent::RegisterCommand => each(&|task| register_command(task, session)),
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

/// `aws ec2` with arguments, quoted for a shell; `None` if an argument has characters that no command line
/// should have.
fn command(arguments: impl IntoIterator<Item = String>, session: &Session) -> Option<String> {
    let mut words = vec!["aws".to_owned(), "ec2".to_owned()];
    words.extend(arguments);
    let mut option = |name: &str, value: Option<&String>| {
        words.extend(
            value
                .into_iter()
                .flat_map(|value| [name.to_owned(), value.clone()]),
        );
    };
    option("--profile", session.profile.as_ref());
    option("--region", Some(&session.region));
    option("--endpoint-url", session.endpoint_url.as_ref());
    if words.iter().any(|word| text::has_harmful(word)) {
        return None;
    }
    shlex::try_join(words.iter().map(String::as_str)).ok()
}

fn list_command(session: &Session, listed: &Listed) -> Option<String> {
    let mut arguments = vec!["describe-bundle-tasks".to_owned()];
    if listed.ids.as_ref().is_some_and(Vec::is_empty) {
        return None; // Without an ID, all would be listed.
    }
    if let Some(ids) = &listed.ids {
        arguments.push("--bundle-ids".into());
        arguments.extend(ids.iter().cloned());
    }
    let phase = listed.phase.map(|phase| Filter {
        name: Some("state".to_owned()),
        values: Some(vec![phase.as_str().to_owned()]),
    });
    let filters = listed.filters.iter().cloned().chain(phase);
    // As JSON, in which every value can be written.
    let filters: Vec<_> = filters
        .map(|filter| serde_json::json!({"Name": filter.name, "Values": filter.values}).to_string())
        .collect();
    if !filters.is_empty() {
        arguments.push("--filters".into());
        arguments.push(format!("[{}]", filters.join(",")));
    }
    command(arguments, session)
}

/// The command that makes an image of what a complete task has stored.
fn register_command(task: &BundleTask, session: &Session) -> Option<String> {
    if task.state.phase() != Phase::Complete {
        return None;
    }
    let manifest = task.manifest()?;
    let location = manifest
        .strip_prefix("s3://")
        .unwrap_or(&manifest)
        .to_owned();
    let arguments = [
        "register-image".to_owned(),
        "--image-location".into(),
        location,
        "--name".into(),
        image_name(task),
    ];
    command(arguments, session)
}

/// A name for the image: the end of the prefix if EC2 takes that for a name, or else the bundle ID.
fn image_name(task: &BundleTask) -> String {
    let prefix = task.storage.as_ref().and_then(|s3| s3.prefix.as_deref());
    let end = prefix
        .and_then(|prefix| prefix.rsplit('/').next())
        .unwrap_or_default();
    let is_allowed = |c: char| c.is_ascii_alphanumeric() || "()[] ./-'@_".contains(c);
    if (3..=128).contains(&end.len()) && end.chars().all(is_allowed) {
        end.to_owned()
    } else {
        task.bundle_id.to_string()
    }
}
