//! The answers, as XML. Every byte goes through quick-xml's writer.
//!
//! Names, capitals and order of the elements are those of EC2's and STS's models.

use jiff::Timestamp;
use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesEnd, BytesRef, BytesStart, BytesText, Event};

use super::error::ApiError;
use super::world::TaskView;

/// The version of EC2's API that current clients speak.
pub(super) const EC2_VERSION: &str = "2016-11-15";
/// The one version of STS's API.
pub(super) const STS_VERSION: &str = "2011-06-15";

/// Whose protocol a request speaks. EC2 and STS differ in their namespaces and their errors.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Service {
    /// EC2, in the version of the API that the client asked for.
    Ec2 {
        version: String,
    },
    Sts,
}

impl Service {
    fn namespace(&self) -> String {
        match self {
            Self::Ec2 { version } => format!("http://ec2.amazonaws.com/doc/{version}/"),
            Self::Sts => format!("https://sts.amazonaws.com/doc/{STS_VERSION}/"),
        }
    }
}

/// A time as EC2 writes it, to the second: `2015-09-15T13:24:35.000Z`.
pub(super) fn time(moment: Timestamp) -> String {
    let second = Timestamp::from_second(moment.as_second()).unwrap_or(moment);
    format!("{second:.3}")
}

/// Progress as EC2 writes it.
pub(super) fn percent(progress: u8) -> String {
    format!("{progress}%")
}

/// The answer to `DescribeBundleTasks`.
pub(super) fn tasks(service: &Service, request_id: &str, tasks: &[TaskView<'_>]) -> Vec<u8> {
    const A_TASK: usize = 512;
    let mut xml = Xml::with_capacity(A_TASK * (tasks.len() + 1));
    xml.within_root("DescribeBundleTasksResponse", service, |xml| {
        xml.leaf("requestId", request_id);
        xml.within("bundleInstanceTasksSet", |xml| {
            for view in tasks {
                xml.within("item", |xml| task(xml, view));
            }
        });
    });
    xml.finish()
}

/// The answer to `CancelBundleTask` and `BundleInstance`: one task.
pub(super) fn one_task(
    service: &Service,
    root: &str,
    request_id: &str,
    view: &TaskView<'_>,
) -> Vec<u8> {
    let mut xml = Xml::with_capacity(1024);
    xml.within_root(root, service, |xml| {
        xml.leaf("requestId", request_id);
        xml.within("bundleInstanceTask", |xml| task(xml, view));
    });
    xml.finish()
}

fn task(xml: &mut Xml, view: &TaskView<'_>) {
    xml.optional("instanceId", view.instance_id);
    xml.leaf("bundleId", view.bundle_id);
    xml.leaf("state", view.state);
    xml.leaf("startTime", &time(view.start_time));
    xml.leaf("updateTime", &time(view.update_time));
    let storage = view.storage;
    if !storage.is_empty() {
        xml.within("storage", |xml| {
            xml.within("S3", |xml| {
                xml.optional("bucket", storage.bucket.as_deref());
                xml.optional("prefix", storage.prefix.as_deref());
                xml.optional("AWSAccessKeyId", storage.aws_access_key_id.as_deref());
                xml.optional("uploadPolicy", storage.upload_policy.as_deref());
                xml.optional(
                    "uploadPolicySignature",
                    storage.upload_policy_signature.as_deref(),
                );
            });
        });
    }
    if let Some(progress) = view.progress {
        xml.leaf("progress", &percent(progress));
    }
    if let Some(error) = view.error {
        xml.within("error", |xml| {
            xml.leaf("code", &error.code);
            xml.leaf("message", &error.message);
        });
    }
}

/// Who the caller is, in STS's answer to `GetCallerIdentity`.
pub(super) struct Identity<'a> {
    pub arn: &'a str,
    pub user_id: &'a str,
    pub account: &'a str,
}

/// The answer to `GetCallerIdentity`.
pub(super) fn identity(request_id: &str, identity: &Identity<'_>) -> Vec<u8> {
    let mut xml = Xml::with_capacity(1024);
    xml.within_root("GetCallerIdentityResponse", &Service::Sts, |xml| {
        xml.within("GetCallerIdentityResult", |xml| {
            xml.leaf("Arn", identity.arn);
            xml.leaf("UserId", identity.user_id);
            xml.leaf("Account", identity.account);
        });
        xml.within("ResponseMetadata", |xml| xml.leaf("RequestId", request_id));
    });
    xml.finish()
}

/// An error, in the shape of the service that was asked.
pub(super) fn error(service: &Service, request_id: &str, error: &ApiError) -> Vec<u8> {
    let mut xml = Xml::with_capacity(512);
    match service {
        Service::Ec2 { .. } => xml.within("Response", |xml| {
            xml.within("Errors", |xml| {
                xml.within("Error", |xml| {
                    xml.leaf("Code", &error.code);
                    xml.leaf("Message", &error.message);
                });
            });
            xml.leaf("RequestID", request_id);
        }),
        Service::Sts => xml.within_root("ErrorResponse", service, |xml| {
            xml.within("Error", |xml| {
                let fault = if error.status < 500 {
                    "Sender"
                } else {
                    "Receiver"
                };
                xml.leaf("Type", fault);
                xml.leaf("Code", &error.code);
                xml.leaf("Message", &error.message);
            });
            xml.leaf("RequestId", request_id);
        }),
    }
    xml.finish()
}

/// A document being written into memory.
struct Xml(Writer<Vec<u8>>);

impl Xml {
    fn with_capacity(bytes: usize) -> Self {
        let mut xml = Self(Writer::new(Vec::with_capacity(bytes)));
        xml.write(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)));
        xml.write(Event::Text(BytesText::new("\n")));
        xml
    }

    fn write(&mut self, event: Event<'_>) {
        self.0.write_event(event).expect("memory takes every write");
    }

    fn within_root(&mut self, name: &str, service: &Service, content: impl FnOnce(&mut Self)) {
        let namespace = service.namespace();
        let start = BytesStart::new(name).with_attributes([("xmlns", namespace.as_str())]);
        self.write(Event::Start(start));
        content(self);
        self.write(Event::End(BytesEnd::new(name)));
    }

    fn within(&mut self, name: &str, content: impl FnOnce(&mut Self)) {
        self.write(Event::Start(BytesStart::new(name)));
        content(self);
        self.write(Event::End(BytesEnd::new(name)));
    }

    fn leaf(&mut self, name: &str, text: &str) {
        self.within(name, |xml| xml.text(text));
    }

    /// An absent member is left out, as EC2 does.
    fn optional(&mut self, name: &str, text: Option<&str>) {
        if let Some(text) = text {
            self.leaf(name, text);
        }
    }

    /// Writes text with its control characters as references such as `&#27;`, as S3 does with
    /// keys that hold them. XML 1.0 forbids them even so, but many parsers let them through, and
    /// a world may hold them to try a client.
    fn text(&mut self, mut text: &str) {
        // All of them are single bytes in UTF-8, and bytes are quicker to look for.
        let needs_reference = |byte: u8| byte < b' ' && byte != b'\n' && byte != b'\t';
        while let Some(at) = text.bytes().position(needs_reference) {
            let (plain, rest) = text.split_at(at);
            self.write(Event::Text(BytesText::new(plain)));
            let reference = format!("#{}", u32::from(rest.as_bytes()[0]));
            self.write(Event::GeneralRef(BytesRef::new(reference)));
            text = &rest[1..];
        }
        self.write(Event::Text(BytesText::new(text)));
    }

    fn finish(self) -> Vec<u8> {
        self.0.into_inner()
    }
}
