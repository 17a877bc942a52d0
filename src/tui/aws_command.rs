//! Commands of the AWS CLI that do what is done here, quoted for a shell.

use crate::ec2::{Filter, Session};
use crate::task::{BundleTask, Phase};
use crate::text;

/// `aws ec2` with arguments; `None` if an argument has characters that no command line should have.
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

/// The command that lists tasks: all that the filters find, or those with these IDs. `None` without an ID if
/// IDs are given: then all would be listed.
pub fn describe(filters: &[Filter], ids: Option<&[String]>, session: &Session) -> Option<String> {
    let mut arguments = vec!["describe-bundle-tasks".to_owned()];
    if ids.is_some_and(<[_]>::is_empty) {
        return None;
    }
    if let Some(ids) = ids {
        arguments.push("--bundle-ids".into());
        arguments.extend(ids.iter().cloned());
    }
    // As JSON, in which every value can be written.
    let filters: Vec<_> = filters
        .iter()
        .map(|filter| serde_json::json!({"Name": filter.name, "Values": filter.values}).to_string())
        .collect();
    if !filters.is_empty() {
        arguments.push("--filters".into());
        arguments.push(format!("[{}]", filters.join(",")));
    }
    command(arguments, session)
}

/// The command that cancels a task, or only asks whether that would be permitted.
pub fn cancel(id: &str, is_dry_run: bool, session: &Session) -> Option<String> {
    let arguments = ["cancel-bundle-task", "--bundle-id", id].map(str::to_owned);
    let dry_run = is_dry_run.then(|| "--dry-run".to_owned());
    (!id.is_empty()).then(|| command(arguments.into_iter().chain(dry_run), session))?
}

/// The command that makes an image of what a complete task has stored.
pub fn register_image(task: &BundleTask, session: &Session) -> Option<String> {
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
