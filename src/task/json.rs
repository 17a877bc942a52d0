//! A task as JSON: its members in the order of EC2's API, as the AWS CLI prints them.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use serde_json::{Map, Value};

use super::{
    BundleId, BundleTask, ParsedMember, Progress, S3Storage, State, TaskError, mask_access_key_id,
};

/// What is shown of the members that should not be seen by everyone. The signature of the upload policy
/// never is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SecretsShown {
    /// The access key ID is masked, and the upload policy is left out.
    #[default]
    Masked,
    /// Both are shown.
    Revealed,
    /// None of them is there, not even that there are some.
    Omitted,
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

    /// The task in such JSON. Members that are missing, or are no text, are `None`.
    pub fn from_json(json: &Value) -> Self {
        let member = |name: &str| json[name].as_str().map(str::to_owned);
        let time = |name: &str| json[name].as_str()?.parse::<Timestamp>().ok();
        let s3 = &json["Storage"]["S3"];
        let of_s3 = |name: &str| s3[name].as_str().map(str::to_owned);
        let error = &json["BundleTaskError"];
        let of_error = |name: &str| error[name].as_str().map(str::to_owned);
        Self {
            instance_id: member("InstanceId"),
            bundle_id: BundleId::new(member("BundleId").unwrap_or_default()),
            state: State::new(&member("State").unwrap_or_default()),
            start_time: time("StartTime"),
            update_time: time("UpdateTime"),
            storage: s3.is_object().then(|| S3Storage {
                bucket: of_s3("Bucket"),
                prefix: of_s3("Prefix"),
                ..S3Storage::default()
            }),
            progress: member("Progress").map(Progress::new),
            error: error.is_object().then(|| TaskError {
                code: of_error("Code"),
                message: of_error("Message"),
            }),
            unreadable: Vec::new(),
        }
    }

    fn time(&self, time: Option<Timestamp>, member: ParsedMember) -> Option<Value> {
        // As EC2 writes it.
        let time = time.map(|time| time.strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string());
        let unreadable = || self.unreadable(member).map(str::to_owned);
        time.or_else(unreadable).map(Value::String)
    }

    fn storage_to_json(&self, s3: &S3Storage, secrets: SecretsShown) -> Value {
        let is_revealed = secrets == SecretsShown::Revealed;
        let is_there = secrets != SecretsShown::Omitted;
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
            ("AWSAccessKeyId", text(key.as_deref().filter(|_| is_there))),
            ("Bucket", text(s3.bucket.as_deref())),
            ("Prefix", text(s3.prefix.as_deref())),
            ("UploadPolicy", text(policy.as_deref().filter(|_| is_there))),
            (
                "UploadPolicySignature",
                text(signature.filter(|_| is_there)),
            ),
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
