//! The members of a task as fields with labels.

use jiff::Timestamp;

use crate::monitor::TrackedTask;
use crate::task::{
    BundleTask, ParsedMember, Progress, SecretsShown, UploadPolicy, mask_access_key_id,
};
use crate::text;
use crate::tui::keymap::{Action, Context};
use crate::tui::render::RenderContext;
use crate::tui::theme::Role;

/// One field, in readable form.
pub(super) struct Field {
    pub label: &'static str,
    pub value: String,
    pub role: Role,
}

/// Every member of EC2's `BundleTask`, in the order people look for them.
pub(super) fn all_fields(
    tracked: &TrackedTask,
    secrets: SecretsShown,
    context: &RenderContext,
) -> Vec<Field> {
    let task = &tracked.task;
    let mut fields = vec![
        field("Bundle ID", Some(task.bundle_id.as_str())),
        instance(task),
        state_field(task, context),
        progress(task),
    ];
    fields.extend(estimate_field(tracked, context));
    fields.extend([
        with_age(started(task, context), task.start_time, context),
        with_age(updated(task, context), task.update_time, context),
        bucket(task),
        prefix(task),
        manifest(task),
        access_key(task, context),
    ]);
    fields.extend(policy_fields(task, secrets, context));
    if let Some(error) = &task.error {
        fields.push(Field {
            role: Role::Bad,
            ..field("Error code", error.code.as_deref())
        });
        fields.push(Field {
            role: Role::Bad,
            ..field("Error message", error.message.as_deref())
        });
    }
    fields
}

fn field(label: &'static str, value: Option<&str>) -> Field {
    match value {
        Some(value) => Field {
            label,
            value: value.to_owned(),
            role: Role::Text,
        },
        None => Field {
            label,
            value: "-".into(),
            role: Role::Dim,
        },
    }
}

pub(super) fn instance(task: &BundleTask) -> Field {
    field("Instance", task.instance_id.as_deref())
}

pub(super) fn bucket(task: &BundleTask) -> Field {
    let storage = task.storage.as_ref();
    field("Bucket", storage.and_then(|s3| s3.bucket.as_deref()))
}

pub(super) fn prefix(task: &BundleTask) -> Field {
    let storage = task.storage.as_ref();
    field("Prefix", storage.and_then(|s3| s3.prefix.as_deref()))
}

pub(super) fn manifest(task: &BundleTask) -> Field {
    field("Manifest", task.manifest().as_deref())
}

pub(super) fn started(task: &BundleTask, context: &RenderContext) -> Field {
    time_field(
        "Started",
        task,
        task.start_time,
        ParsedMember::StartTime,
        context,
    )
}

pub(super) fn updated(task: &BundleTask, context: &RenderContext) -> Field {
    time_field(
        "Updated",
        task,
        task.update_time,
        ParsedMember::UpdateTime,
        context,
    )
}

fn time_field(
    label: &'static str,
    task: &BundleTask,
    time: Option<Timestamp>,
    member: ParsedMember,
    context: &RenderContext,
) -> Field {
    if let Some(text) = task.unreadable(member) {
        return Field {
            role: Role::Warning,
            ..field(label, Some(&format!("\"{text}\" (not a time with a zone)")))
        };
    }
    let time = time.map(|time| context.times.date_and_time(time));
    field(label, time.as_deref())
}

pub(super) fn progress(task: &BundleTask) -> Field {
    field("Progress", task.progress.as_ref().map(Progress::as_str))
}

/// When the progress will reach 100%, if there are grounds for an estimate.
pub(super) fn estimate_field(tracked: &TrackedTask, context: &RenderContext) -> Option<Field> {
    let estimate = tracked.estimate()?;
    let time = |time| context.times.hour_and_minute(time);
    let latest = estimate.latest.map_or("later".into(), time);
    let value = format!(
        "100% ~{} {} ({} - {latest}), {:.1} %/min",
        time(estimate.end),
        context.times.zone_name(estimate.end),
        time(estimate.earliest),
        estimate.rate,
    );
    Some(field("Estimate", Some(&value)))
}

pub(super) fn with_age(
    mut field: Field,
    time: Option<Timestamp>,
    context: &RenderContext,
) -> Field {
    if let Some(time) = time {
        field.value = format!("{} ({})", field.value, text::age(time, context.now));
    }
    field
}

fn state_field(task: &BundleTask, context: &RenderContext) -> Field {
    let (_, role) = context.theme.phase(task.state.phase());
    Field {
        role,
        ..field("State", Some(task.state.as_str()))
    }
}

pub(super) fn access_key(task: &BundleTask, context: &RenderContext) -> Field {
    let storage = task.storage.as_ref();
    let id = storage.and_then(|s3| s3.aws_access_key_id.as_deref());
    let id = id.map(|id| mask_access_key_id(&context.clean(id), context.symbols().mask));
    field("Access key", id.as_deref())
}

/// The upload policy, decoded on demand, and the signature, which is never shown.
fn policy_fields(task: &BundleTask, secrets: SecretsShown, context: &RenderContext) -> Vec<Field> {
    const POLICY_LABEL: &str = "Upload policy";
    let storage = task.storage.as_ref();
    let policy = storage.and_then(|s3| s3.upload_policy.as_deref());
    let signature = storage.and_then(|s3| s3.upload_policy_signature.as_ref());
    let policy = match policy {
        None if task.unreadable(ParsedMember::UploadPolicy).is_some() => Field {
            role: Role::Warning,
            ..field(POLICY_LABEL, Some("present, but not in Base64"))
        },
        None => field(POLICY_LABEL, None),
        Some(_) if secrets != SecretsShown::Revealed => {
            let key = context.key_name(Context::Details, Action::Reveal);
            field(
                POLICY_LABEL,
                Some(&format!("present; {key} shows it decoded")),
            )
        }
        Some(bytes) => match UploadPolicy::decode(bytes) {
            Err(error) => field(
                POLICY_LABEL,
                Some(&format!("{} bytes, {error}", bytes.len())),
            ),
            Ok(policy) => return decoded(&policy, signature.is_some(), context),
        },
    };
    vec![policy, signature_field(signature.is_some())]
}

fn signature_field(is_present: bool) -> Field {
    field("Signature", is_present.then_some("present, not shown"))
}

fn decoded(policy: &UploadPolicy, is_signed: bool, context: &RenderContext) -> Vec<Field> {
    let expiry = match policy.expiration {
        Some(time) if time <= context.now => Field {
            role: Role::Warning,
            ..field(
                "Upload policy",
                Some(&format!("expired {}", context.times.date_and_time(time))),
            )
        },
        Some(time) => field(
            "Upload policy",
            Some(&format!(
                "valid until {}",
                context.times.date_and_time(time)
            )),
        ),
        None => field("Upload policy", Some("does not say when it expires")),
    };
    let conditions = policy
        .conditions
        .iter()
        .map(|condition| field("  condition", Some(condition)));
    std::iter::once(expiry)
        .chain(conditions)
        .chain([signature_field(is_signed)])
        .collect()
}
