//! The responses as XML.
//!
//! Names, capitals and order of the elements are those of the API models that AWS publishes for EC2
//! and STS.

mod xml;

use jiff::Timestamp;

use super::aws_service::AwsService;
use super::error::ApiError;
use super::world::{CallerIdentity, TaskView};
use xml::XmlDocument;

/// A time as EC2 writes it, with the milliseconds always zero: `2015-09-15T13:24:35.000Z`.
pub(super) fn format_time(time: Timestamp) -> String {
    let whole_second = Timestamp::from_second(time.as_second()).unwrap_or(time);
    format!("{whole_second:.3}")
}

/// A progress in percent as EC2 writes it: `72%`.
pub(super) fn format_progress(percent: u8) -> String {
    format!("{percent}%")
}

/// The response to `DescribeBundleTasks`.
pub(super) fn describe_response(
    service: &AwsService,
    request_id: &str,
    tasks: &[TaskView<'_>],
) -> Vec<u8> {
    const BYTES_PER_TASK: usize = 512;
    let mut xml = XmlDocument::with_capacity(BYTES_PER_TASK * (tasks.len() + 1));
    let namespace = service.xml_namespace();
    xml.root("DescribeBundleTasksResponse", &namespace, |xml| {
        xml.text_element("requestId", request_id);
        xml.element("bundleInstanceTasksSet", |xml| {
            for task in tasks {
                xml.element("item", |xml| write_task(xml, task));
            }
        });
    });
    xml.into_bytes()
}

/// The response to `CancelBundleTask` or `BundleInstance`: one task. `root_element` is
/// `CancelBundleTaskResponse` or `BundleInstanceResponse`.
pub(super) fn single_task_response(
    service: &AwsService,
    root_element: &str,
    request_id: &str,
    task: &TaskView<'_>,
) -> Vec<u8> {
    let mut xml = XmlDocument::with_capacity(1024);
    xml.root(root_element, &service.xml_namespace(), |xml| {
        xml.text_element("requestId", request_id);
        xml.element("bundleInstanceTask", |xml| write_task(xml, task));
    });
    xml.into_bytes()
}

fn write_task(xml: &mut XmlDocument, task: &TaskView<'_>) {
    xml.optional_text_element("instanceId", task.instance_id);
    xml.text_element("bundleId", task.bundle_id);
    xml.text_element("state", task.state);
    xml.text_element("startTime", &format_time(task.start_time));
    xml.text_element("updateTime", &format_time(task.update_time));
    let storage = task.storage;
    if !storage.is_empty() {
        xml.element("storage", |xml| {
            xml.element("S3", |xml| {
                xml.optional_text_element("bucket", storage.bucket.as_deref());
                xml.optional_text_element("prefix", storage.prefix.as_deref());
                xml.optional_text_element("AWSAccessKeyId", storage.aws_access_key_id.as_deref());
                xml.optional_text_element("uploadPolicy", storage.upload_policy.as_deref());
                xml.optional_text_element(
                    "uploadPolicySignature",
                    storage.upload_policy_signature.as_deref(),
                );
            });
        });
    }
    if let Some(percent) = task.progress {
        xml.text_element("progress", &format_progress(percent));
    }
    if let Some(error) = task.error {
        xml.element("error", |xml| {
            xml.text_element("code", &error.code);
            xml.text_element("message", &error.message);
        });
    }
}

/// The response to `GetCallerIdentity`.
pub(super) fn caller_identity_response(request_id: &str, caller: &CallerIdentity) -> Vec<u8> {
    let mut xml = XmlDocument::with_capacity(1024);
    let namespace = AwsService::Sts.xml_namespace();
    xml.root("GetCallerIdentityResponse", &namespace, |xml| {
        xml.element("GetCallerIdentityResult", |xml| {
            xml.text_element("Arn", &caller.arn);
            xml.text_element("UserId", &caller.user_id);
            xml.text_element("Account", &caller.account);
        });
        xml.element("ResponseMetadata", |xml| {
            xml.text_element("RequestId", request_id);
        });
    });
    xml.into_bytes()
}

/// An error response in the format of the service.
pub(super) fn error_response(service: &AwsService, request_id: &str, error: &ApiError) -> Vec<u8> {
    let mut xml = XmlDocument::with_capacity(512);
    match service {
        AwsService::Ec2 { .. } => xml.element("Response", |xml| {
            xml.element("Errors", |xml| {
                xml.element("Error", |xml| {
                    xml.text_element("Code", error.code);
                    xml.text_element("Message", &error.message);
                });
            });
            xml.text_element("RequestID", request_id);
        }),
        AwsService::Sts => xml.root("ErrorResponse", &service.xml_namespace(), |xml| {
            xml.element("Error", |xml| {
                let is_client_error = error.status < 500;
                let error_type = if is_client_error {
                    "Sender"
                } else {
                    "Receiver"
                };
                xml.text_element("Type", error_type);
                xml.text_element("Code", error.code);
                xml.text_element("Message", &error.message);
            });
            xml.text_element("RequestId", request_id);
        }),
    }
    xml.into_bytes()
}
