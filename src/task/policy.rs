//! The S3 upload policy of a task: what it allows, and when it expires.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use serde_json::Value;
use thiserror::Error;

/// A decoded upload policy: the JSON document that gives EC2 permission to upload to the bucket.
///
/// Its form is Amazon S3's: `{"expiration": …, "conditions": [{"bucket": …}, …]}`.
#[derive(Clone, Debug, PartialEq)]
pub struct UploadPolicy {
    /// When the policy expires, if it states that in a readable form.
    pub expiration: Option<Timestamp>,
    /// The conditions, each as one line of JSON.
    pub conditions: Vec<String>,
}

/// Why an upload policy cannot be decoded.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum PolicyError {
    /// Neither JSON, nor the Base64 of JSON.
    #[error("not a JSON document")]
    NotJson,
    /// JSON, but not an object.
    #[error("not a JSON object")]
    NotAnObject,
}

impl UploadPolicy {
    /// Reads a policy from the bytes EC2 sent.
    ///
    /// EC2 documents the member as "Base64-encoded", and the API encodes it once more, so a client
    /// that encoded it itself receives doubly encoded Base64. Both forms are accepted.
    pub fn decode(bytes: &[u8]) -> Result<Self, PolicyError> {
        let document: Value = serde_json::from_slice(bytes)
            .or_else(|_| {
                let inner = STANDARD
                    .decode(bytes.trim_ascii())
                    .map_err(|_| PolicyError::NotJson)?;
                serde_json::from_slice(&inner).map_err(|_| PolicyError::NotJson)
            })
            .map_err(|_: PolicyError| PolicyError::NotJson)?;
        let document = document.as_object().ok_or(PolicyError::NotAnObject)?;
        let expiration = document
            .get("expiration")
            .and_then(Value::as_str)
            .and_then(|text| text.parse().ok());
        let conditions = document
            .get("conditions")
            .and_then(Value::as_array)
            .map(|all| all.iter().map(Value::to_string).collect())
            .unwrap_or_default();
        Ok(Self {
            expiration,
            conditions,
        })
    }
}
