//! The members of EC2's and STS's responses in the API model `2016-11-15`. This one table is used
//! to build JSON for the commands and [`BundleTask`]s for the monitor.

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;

use crate::ec2::request::Operation;
use crate::task::{BundleId, BundleTask, ParsedMember, Progress, S3Storage, Secret, State};

/// A member of a structure.
pub(super) struct Member {
    /// Its name in the API, which is its name in JSON.
    pub name: &'static str,
    /// Its XML element in the response.
    pub element: &'static str,
    /// What it holds.
    pub shape: Shape,
}

/// What a member holds.
pub(super) enum Shape {
    /// A string.
    Text(SetField),
    /// A time.
    Time(SetField),
    /// A nested structure.
    Structure(&'static Structure),
    /// A list of structures, each in a child element of any name.
    List(&'static Structure),
}

/// Stores a member's text in its task.
pub(super) type SetField = fn(&mut BundleTask, Cow<str>);

/// A structure of the API.
pub(super) struct Structure {
    /// Its members, in the order of the API.
    pub members: &'static [Member],
    /// Whether this is a `BundleTask`, which starts a new task.
    pub is_task: bool,
}

/// The largest number of members in any structure, which `structure` checks.
pub(super) const MAX_MEMBERS: usize = 8;

/// The root elements of EC2's and STS's error responses.
pub(super) const ERROR_ROOTS: [&str; 2] = ["Response", "ErrorResponse"];

/// The members of a successful response.
pub(super) fn of_answer(operation: Operation) -> &'static Structure {
    const NOTHING: Structure = structure(&[]);
    match operation {
        Operation::DescribeBundleTasks => &DESCRIBE_BUNDLE_TASKS,
        Operation::CancelBundleTask => &CANCEL_BUNDLE_TASK,
        Operation::GetCallerIdentity => &GET_CALLER_IDENTITY,
        Operation::Connect => &NOTHING,
    }
}

const fn structure(members: &'static [Member]) -> Structure {
    assert!(members.len() <= MAX_MEMBERS, "MAX_MEMBERS is too small");
    Structure {
        members,
        is_task: false,
    }
}

const fn member(name: &'static str, element: &'static str, shape: Shape) -> Member {
    Member {
        name,
        element,
        shape,
    }
}

const DESCRIBE_BUNDLE_TASKS: Structure = structure(&[member(
    "BundleTasks",
    "bundleInstanceTasksSet",
    Shape::List(&BUNDLE_TASK),
)]);

const CANCEL_BUNDLE_TASK: Structure = structure(&[member(
    "BundleTask",
    "bundleInstanceTask",
    Shape::Structure(&BUNDLE_TASK),
)]);

const BUNDLE_TASK: Structure = Structure {
    is_task: true,
    ..structure(BUNDLE_TASK_MEMBERS)
};

#[rustfmt::skip]
const BUNDLE_TASK_MEMBERS: &[Member] = &[
    member("InstanceId", "instanceId", Shape::Text(|task, text| task.instance_id = Some(text.into_owned()))),
    member("BundleId", "bundleId", Shape::Text(|task, text| task.bundle_id = BundleId::new(text.as_ref()))),
    member("State", "state", Shape::Text(|task, text| task.state = State::new(&text))),
    member("StartTime", "startTime", Shape::Time(|task, text| task.start_time = time(task, ParsedMember::StartTime, &text))),
    member("UpdateTime", "updateTime", Shape::Time(|task, text| task.update_time = time(task, ParsedMember::UpdateTime, &text))),
    member("Storage", "storage", Shape::Structure(&STORAGE)),
    member("Progress", "progress", Shape::Text(|task, text| task.progress = Some(Progress::new(text.into_owned())))),
    member("BundleTaskError", "error", Shape::Structure(&TASK_ERROR)),
];

const STORAGE: Structure = structure(&[member("S3", "S3", Shape::Structure(&S3_STORAGE))]);

#[rustfmt::skip]
const S3_STORAGE: Structure = structure(&[
    member("AWSAccessKeyId", "AWSAccessKeyId", Shape::Text(|task, text| s3(task).aws_access_key_id = Some(text.into_owned()))),
    member("Bucket", "bucket", Shape::Text(|task, text| s3(task).bucket = Some(text.into_owned()))),
    member("Prefix", "prefix", Shape::Text(|task, text| s3(task).prefix = Some(text.into_owned()))),
    member("UploadPolicy", "uploadPolicy", Shape::Text(|task, text| s3(task).upload_policy = base64(task, &text))),
    member("UploadPolicySignature", "uploadPolicySignature", Shape::Text(|task, text| s3(task).upload_policy_signature = Some(Secret::new(text.into_owned())))),
]);

#[rustfmt::skip]
const TASK_ERROR: Structure = structure(&[
    member("Code", "code", Shape::Text(|task, text| task.error.get_or_insert_default().code = Some(text.into_owned()))),
    member("Message", "message", Shape::Text(|task, text| task.error.get_or_insert_default().message = Some(text.into_owned()))),
]);

const GET_CALLER_IDENTITY: Structure = structure(&[member(
    "GetCallerIdentityResult",
    "GetCallerIdentityResult",
    Shape::Structure(&CALLER_IDENTITY),
)]);

const CALLER_IDENTITY: Structure = structure(&[
    member("Arn", "Arn", Shape::Text(not_of_a_task)),
    member("Account", "Account", Shape::Text(not_of_a_task)),
]);

/// The members of an error response, in EC2's form and in that of other Query protocol services.
pub(super) const ERROR_ANSWER: Structure = structure(&[
    member("Errors", "Errors", Shape::List(&ERROR)),
    member("Error", "Error", Shape::Structure(&ERROR)),
]);

const ERROR: Structure = structure(&[
    member("Code", "Code", Shape::Text(not_of_a_task)),
    member("Message", "Message", Shape::Text(not_of_a_task)),
]);

fn not_of_a_task(_: &mut BundleTask, _: Cow<str>) {}

fn s3(task: &mut BundleTask) -> &mut S3Storage {
    task.storage.get_or_insert_default()
}

/// A time with its zone. An unreadable time is recorded in the task, which is shown without it.
fn time(task: &mut BundleTask, member: ParsedMember, text: &str) -> Option<Timestamp> {
    let time = text.trim().parse().ok();
    if time.is_none() {
        task.add_unreadable(member, text);
    }
    time
}

/// The bytes of a Base64 text. A text that cannot be decoded is recorded in the task.
fn base64(task: &mut BundleTask, text: &str) -> Option<Vec<u8>> {
    let bytes = STANDARD.decode(text.trim()).ok();
    if bytes.is_none() {
        task.add_unreadable(ParsedMember::UploadPolicy, text);
    }
    bytes
}
