//! The S3 upload policy of a task: what it allows, and until when.

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
    /// Until when the policy is valid, if it says so in a form we can read.
    pub expiration: Option<Timestamp>,
    /// One condition a line, as JSON.
    pub conditions: Vec<String>,
}

/// Why an upload policy cannot be shown decoded.
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
    /// EC2 documents the member as "Base64-encoded", and the wire encodes it once more, so a client
    /// that encoded it itself is answered with Base64 within Base64. Both are read.
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
