//! A task as JSON: its members in the order of EC2's API, as the AWS CLI prints them.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use serde_json::{Map, Value};

use super::{BundleTask, ParsedMember, Progress, S3Storage, TaskError, mask_access_key_id};

/// What is shown of the members that should not be seen by everyone. The signature of the upload policy
/// never is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SecretsShown {
    /// The access key ID is masked, and the upload policy is left out.
    #[default]
    Masked,
    /// Both are shown.
    Revealed,
}

/// What stands in the place of what is not shown.
const NOT_SHOWN: &str = "(not shown)";

impl BundleTask {
    /// The task as JSON. Members that EC2 did not send are left out; what cannot be read is there as it
    /// came.
    pub fn to_json(&self, secrets: SecretsShown) -> Value {
        let mut members = Map::new();
        let mut put = |name: &str, value: Option<Value>| {
            if let Some(value) = value {
                members.insert(name.to_owned(), value);
            }
        };
        put("InstanceId", text(self.instance_id.as_deref()));
        put("BundleId", text(not_empty(self.bundle_id.as_str())));
        put("State", text(not_empty(self.state.as_str())));
        put(
            "StartTime",
            self.time(self.start_time, ParsedMember::StartTime),
        );
        put(
            "UpdateTime",
            self.time(self.update_time, ParsedMember::UpdateTime),
        );
        let storage = self.storage.as_ref();
        put(
            "Storage",
            storage.map(|s3| self.storage_to_json(s3, secrets)),
        );
        put(
            "Progress",
            text(self.progress.as_ref().map(Progress::as_str)),
        );
        put("BundleTaskError", self.error.as_ref().map(error_to_json));
        Value::Object(members)
    }

    fn time(&self, time: Option<Timestamp>, member: ParsedMember) -> Option<Value> {
        // As EC2 writes it.
        let time = time.map(|time| time.strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string());
        let unreadable = || self.unreadable(member).map(str::to_owned);
        time.or_else(unreadable).map(Value::String)
    }

    fn storage_to_json(&self, s3: &S3Storage, secrets: SecretsShown) -> Value {
        let is_revealed = secrets == SecretsShown::Revealed;
        let key = s3.aws_access_key_id.as_deref();
        let key = key.map(|id| {
            if is_revealed {
                id.to_owned()
            } else {
                mask_access_key_id(id, '*')
            }
        });
        let policy = s3
            .upload_policy
            .as_ref()
            .map(|bytes| STANDARD.encode(bytes));
        let unreadable = || {
            self.unreadable(ParsedMember::UploadPolicy)
                .map(str::to_owned)
        };
        let policy = policy.or_else(unreadable);
        let policy = policy.map(|policy| {
            if is_revealed {
                policy
            } else {
                NOT_SHOWN.to_owned()
            }
        });
        let signature = s3.upload_policy_signature.as_ref().map(|_| NOT_SHOWN);
        let members = [
            ("AWSAccessKeyId", text(key.as_deref())),
            ("Bucket", text(s3.bucket.as_deref())),
            ("Prefix", text(s3.prefix.as_deref())),
            ("UploadPolicy", text(policy.as_deref())),
            ("UploadPolicySignature", text(signature)),
        ];
        let s3 = members
            .into_iter()
            .filter_map(|(name, value)| Some((name.to_owned(), value?)));
        let storage = [("S3".to_owned(), Value::Object(s3.collect()))];
        Value::Object(storage.into_iter().collect())
    }
}

fn text(text: Option<&str>) -> Option<Value> {
    text.map(|text| Value::String(text.to_owned()))
}

fn not_empty(text: &str) -> Option<&str> {
    (!text.is_empty()).then_some(text)
}

fn error_to_json(error: &TaskError) -> Value {
    let members = [("Code", &error.code), ("Message", &error.message)];
    let members = members.into_iter().filter_map(|(name, value)| {
        let value = value.clone()?;
        Some((name.to_owned(), Value::String(value)))
    });
    Value::Object(members.collect())
}
