//! The actions: what each takes, checks and answers.
//!
//! The order of the checks, where AWS documents none: parameters nobody knows, parameters missing
//! or malformed, the dry run, then the task's existence and state. A dry run says whether the
//! caller *may*, so it succeeds for a task that does not exist.

use std::collections::HashSet;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::SignedDuration;

use super::error::{ApiError, Known, printable};
use super::filter::Filters;
use super::query::Query;
use super::wire::{self, Service};
use super::world::{CancelRefused, LiveWorld, Storage, TaskView};

/// What the endpoint can be asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Action {
    DescribeBundleTasks,
    CancelBundleTask,
    BundleInstance,
    GetCallerIdentity,
}

impl Action {
    const ALL: [Self; 4] = [
        Self::DescribeBundleTasks,
        Self::CancelBundleTask,
        Self::BundleInstance,
        Self::GetCallerIdentity,
    ];

    fn name(self) -> &'static str {
        match self {
            Self::DescribeBundleTasks => "DescribeBundleTasks",
            Self::CancelBundleTask => "CancelBundleTask",
            Self::BundleInstance => "BundleInstance",
            Self::GetCallerIdentity => "GetCallerIdentity",
        }
    }

    /// The action of that name.
    pub fn find(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|action| action.name() == name)
    }

    /// All names, to be read.
    pub fn names() -> String {
        Self::ALL.map(Self::name).join(", ")
    }

    fn is_of(self, service: &Service) -> bool {
        let wants_sts = match self {
            Self::DescribeBundleTasks | Self::CancelBundleTask | Self::BundleInstance => false,
            Self::GetCallerIdentity => true,
        };
        wants_sts == (*service == Service::Sts)
    }
}

/// A request that has been read, as far as it could be.
#[derive(Debug)]
pub(super) struct Request<'a> {
    pub query: &'a Query,
    pub action: Option<Action>,
    pub service: Service,
    /// Its ID, for the answer.
    pub id: &'a str,
}

impl<'a> Request<'a> {
    /// Finds out which service and action are meant: the version tells them apart.
    ///
    /// A request without a version is taken as one for the action's own service, in today's
    /// version; what EC2 does then is not documented.
    pub fn new(query: &'a Query, id: &'a str) -> Self {
        let action = query.get("Action").and_then(Action::find);
        let service = match query.get("Version") {
            Some(wire::STS_VERSION) => Service::Sts,
            None if action == Some(Action::GetCallerIdentity) => Service::Sts,
            Some(version) if is_ec2_version(version) => Service::Ec2 {
                version: version.to_owned(),
            },
            Some(_) | None => Service::Ec2 {
                version: wire::EC2_VERSION.to_owned(),
            },
        };
        Self {
            query,
            action: action.filter(|action| action.is_of(&service)),
            service,
            id,
        }
    }

    /// Whether it asks for a dry run.
    pub fn is_dry_run(&self) -> bool {
        self.query.boolean("DryRun").unwrap_or(false)
    }

    /// Carries the action out, on the world as it is; lists show it as it was `stale` ago.
    pub fn perform(&self, world: &LiveWorld, stale: SignedDuration) -> Result<Vec<u8>, ApiError> {
        let action = self.checked_action()?;
        match action {
            Action::DescribeBundleTasks => self.describe(world, stale),
            Action::CancelBundleTask => self.cancel(world),
            Action::BundleInstance => self.bundle(world),
            Action::GetCallerIdentity => self.identify(world),
        }
    }

    fn checked_action(&self) -> Result<Action, ApiError> {
        let Some(name) = self.query.get("Action").filter(|name| !name.is_empty()) else {
            let message = "The request must contain the parameter Action";
            return Err(ApiError::client("MissingAction", message));
        };
        if let (Service::Ec2 { .. }, Some(version)) = (&self.service, self.query.get("Version"))
            && !is_ec2_version(version)
        {
            let version = printable(version);
            return Err(ApiError::client(
                "NoSuchVersion",
                format!("The requested version ({version}) of service AmazonEC2 does not exist"),
            ));
        }
        self.action.ok_or_else(|| {
            let name = printable(name);
            ApiError::client(
                "InvalidAction",
                match self.service {
                    Service::Ec2 { .. } => {
                        format!("The action {name} is not valid for this web service.")
                    }
                    Service::Sts => format!(
                        "Could not find operation {name} for version {}",
                        wire::STS_VERSION
                    ),
                },
            )
        })
    }

    fn describe(&self, world: &LiveWorld, stale: SignedDuration) -> Result<Vec<u8>, ApiError> {
        let query = self.query;
        query.refuse_unknown(&["BundleId.#", "Filter.#.Name", "Filter.#.Value.#", "DryRun"])?;
        let ids = query.list("BundleId");
        for id in &ids {
            check_bundle_id(id)?;
        }
        let filters = Filters::parse(query)?;
        self.stop_at_dry_run()?;
        world.describe(stale, |mut tasks| {
            if !ids.is_empty() {
                tasks = select(tasks, &ids)?;
            }
            tasks.retain(|task| filters.pass(task));
            Ok(wire::tasks(&self.service, self.id, &tasks))
        })
    }

    fn cancel(&self, world: &LiveWorld) -> Result<Vec<u8>, ApiError> {
        self.query.refuse_unknown(&["BundleId", "DryRun"])?;
        let id = self.query.required("BundleId")?;
        check_bundle_id(id)?;
        self.stop_at_dry_run()?;
        let answer = |task: TaskView<'_>| self.one_task("CancelBundleTaskResponse", &task);
        world.cancel(id, answer).map_err(|refused| match refused {
            CancelRefused::NoSuchTask => ApiError::no_such_bundle(id),
            CancelRefused::State(state) => ApiError::client(
                "IncorrectState",
                format!("The bundle task '{id}' is in the state '{state}' and cannot be cancelled"),
            ),
        })
    }

    fn bundle(&self, world: &LiveWorld) -> Result<Vec<u8>, ApiError> {
        let query = self.query;
        query.refuse_unknown(&[
            "InstanceId",
            "Storage.S3.Bucket",
            "Storage.S3.Prefix",
            "Storage.S3.AWSAccessKeyId",
            "Storage.S3.UploadPolicy",
            "Storage.S3.UploadPolicySignature",
            "DryRun",
        ])?;
        let instance_id = query.required("InstanceId")?;
        check_instance_id(instance_id)?;
        let storage = requested_storage(query)?;
        self.stop_at_dry_run()?;
        let answer = |task: TaskView<'_>| self.one_task("BundleInstanceResponse", &task);
        world.bundle(instance_id, storage, answer).ok_or_else(|| {
            let known = Known::find("BundlingInProgress").expect("the table has it");
            known.ec2()
        })
    }

    fn identify(&self, world: &LiveWorld) -> Result<Vec<u8>, ApiError> {
        self.query.refuse_unknown(&[])?;
        Ok(wire::identity(self.id, &world.caller()))
    }

    fn stop_at_dry_run(&self) -> Result<(), ApiError> {
        if self.query.boolean("DryRun")? {
            return Err(ApiError::dry_run());
        }
        Ok(())
    }

    fn one_task(&self, root: &str, task: &TaskView<'_>) -> Vec<u8> {
        wire::one_task(&self.service, root, self.id, task)
    }
}

/// EC2 answers in every version of its API since 2006, and these actions have not changed.
fn is_ec2_version(version: &str) -> bool {
    let shape: String = version
        .chars()
        .map(|c| if c.is_ascii_digit() { '0' } else { c })
        .collect();
    shape == "0000-00-00" && ("2006-01-01"..=wire::EC2_VERSION).contains(&version)
}

fn check_bundle_id(id: &str) -> Result<(), ApiError> {
    if id.starts_with("bun-") {
        return Ok(());
    }
    Err(ApiError::invalid_value(id, "bundleId", "'bun-...'"))
}

fn check_instance_id(id: &str) -> Result<(), ApiError> {
    let digits = id.strip_prefix("i-").unwrap_or_default();
    let is_hex = digits
        .bytes()
        .all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
    if is_hex && matches!(digits.len(), 8 | 17) {
        return Ok(());
    }
    let message = format!("Invalid id: \"{}\"", printable(id));
    Err(ApiError::client("InvalidInstanceID.Malformed", message))
}

/// Bucket and prefix are required here: AWS's model requires neither, but there is no bundle
/// without them. The policy's Base64 is undone to see that it can be, and sent back as it came.
fn requested_storage(query: &Query) -> Result<Storage, ApiError> {
    const POLICY: &str = "Storage.S3.UploadPolicy";
    let optional = |name| query.get(name).map(ToOwned::to_owned);
    let bucket = query.required("Storage.S3.Bucket")?.to_owned();
    let prefix = query.required("Storage.S3.Prefix")?.to_owned();
    let upload_policy = optional(POLICY);
    if let Some(policy) = &upload_policy
        && STANDARD.decode(policy).is_err()
    {
        return Err(ApiError::invalid_value(
            policy,
            POLICY,
            "a document in Base64",
        ));
    }
    Ok(Storage {
        bucket: Some(bucket),
        prefix: Some(prefix),
        aws_access_key_id: optional("Storage.S3.AWSAccessKeyId"),
        upload_policy,
        upload_policy_signature: optional("Storage.S3.UploadPolicySignature"),
    })
}

/// The tasks of these IDs, or an error if one of them is not there.
fn select<'a>(tasks: Vec<TaskView<'a>>, ids: &[&str]) -> Result<Vec<TaskView<'a>>, ApiError> {
    let listed: HashSet<&str> = tasks.iter().map(|task| task.bundle_id).collect();
    if let Some(id) = ids.iter().find(|id| !listed.contains(*id)) {
        return Err(ApiError::no_such_bundle(id));
    }
    let wanted: HashSet<&str> = ids.iter().copied().collect();
    let is_wanted = |task: &TaskView<'_>| wanted.contains(task.bundle_id);
    Ok(tasks.into_iter().filter(is_wanted).collect())
}
