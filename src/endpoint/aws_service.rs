//! The services that the endpoint simulates, EC2 and STS, distinguished by the API version.

use super::action::EndpointAction;

/// The version of EC2's API that current clients use.
const CURRENT_EC2_VERSION: &str = "2016-11-15";
/// No version of EC2's API is older: EC2 was launched in 2006.
const OLDEST_EC2_VERSION: &str = "2006-01-01";
/// The only version of STS's API.
pub(super) const STS_VERSION: &str = "2011-06-15";

/// The service that a request is for. EC2 and STS differ in their XML namespaces and their errors.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum AwsService {
    /// EC2, in the version of the API that the client asked for.
    Ec2 {
        api_version: String,
    },
    Sts,
}

impl AwsService {
    /// EC2 in the current version of its API.
    pub(super) fn current_ec2() -> Self {
        Self::Ec2 {
            api_version: CURRENT_EC2_VERSION.to_owned(),
        }
    }

    /// The service that a request with this `Version` and `Action` is for.
    ///
    /// A request without a version counts as one in the current version of the API that has the
    /// action; what EC2 does then is not documented. One in a version that does not exist counts
    /// as one for EC2.
    pub(super) fn of_request(version: Option<&str>, action: Option<EndpointAction>) -> Self {
        match version {
            Some(STS_VERSION) => Self::Sts,
            None if action.is_some_and(EndpointAction::belongs_to_sts) => Self::Sts,
            Some(version) if is_ec2_version(version) => Self::Ec2 {
                api_version: version.to_owned(),
            },
            Some(_) | None => Self::current_ec2(),
        }
    }

    /// Whether the action belongs to this service.
    pub(super) fn has(&self, action: EndpointAction) -> bool {
        match self {
            Self::Ec2 { .. } => !action.belongs_to_sts(),
            Self::Sts => action.belongs_to_sts(),
        }
    }

    /// The XML namespace of its responses.
    pub(super) fn xml_namespace(&self) -> String {
        match self {
            Self::Ec2 { api_version } => format!("http://ec2.amazonaws.com/doc/{api_version}/"),
            Self::Sts => format!("https://sts.amazonaws.com/doc/{STS_VERSION}/"),
        }
    }
}

/// Whether `version` is a date from 2006 to that of the current version. Any such date is accepted,
/// since EC2 still accepts old versions and these actions are the same in all of them.
pub(super) fn is_ec2_version(version: &str) -> bool {
    let shape: String = version
        .chars()
        .map(|c| if c.is_ascii_digit() { '0' } else { c })
        .collect();
    shape == "0000-00-00" && (OLDEST_EC2_VERSION..=CURRENT_EC2_VERSION).contains(&version)
}
