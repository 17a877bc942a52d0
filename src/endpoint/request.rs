//! A request with its parameters, checked and carried out on the world.
//!
//! The order of the checks, which AWS does not document: first unknown parameters, then missing and
//! malformed ones, then the dry run, then the existence and state of the task. A dry run tells
//! whether the caller has the permission, so it succeeds for a task that does not exist.

use std::collections::HashSet;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::SignedDuration;

use super::action::EndpointAction;
use super::aws_service::{self, AwsService, STS_VERSION};
use super::error::{ApiError, ErrorTemplate, is_not_xml, printable};
use super::filter::TaskFilters;
use super::parameters::RequestParameters;
use super::wire;
use super::world::{BundleStorage, CancelRefusal, LiveWorld, TaskView};

/// A request whose action and service have been determined.
#[derive(Debug)]
pub(super) struct ParsedRequest<'a> {
    parameters: &'a RequestParameters,
    /// `None` if the request names no action, or one that the service does not have.
    pub(super) action: Option<EndpointAction>,
    pub(super) service: AwsService,
    /// The request's ID, which the response repeats.
    pub(super) id: &'a str,
}

impl<'a> ParsedRequest<'a> {
    pub(super) fn new(parameters: &'a RequestParameters, id: &'a str) -> Self {
        let action = parameters.get("Action").and_then(EndpointAction::find);
        let service = AwsService::of_request(parameters.get("Version"), action);
        Self {
            parameters,
            action: action.filter(|action| service.has(*action)),
            service,
            id,
        }
    }

    /// Whether it is a dry run. A `DryRun` that is not a boolean counts as false here; `execute`
    /// returns an error for it.
    pub(super) fn is_dry_run(&self) -> bool {
        self.parameters.boolean("DryRun").unwrap_or(false)
    }

    /// Carries out the action on the world as it is now, and returns the response as XML. Lists
    /// show the world as it was `staleness` ago.
    pub(super) fn execute(
        &self,
        world: &LiveWorld,
        staleness: SignedDuration,
    ) -> Result<Vec<u8>, ApiError> {
        match self.require_action()? {
            EndpointAction::DescribeBundleTasks => self.describe_bundle_tasks(world, staleness),
            EndpointAction::CancelBundleTask => self.cancel_bundle_task(world),
            EndpointAction::BundleInstance => self.bundle_instance(world),
            EndpointAction::GetCallerIdentity => self.get_caller_identity(world),
        }
    }

    fn require_action(&self) -> Result<EndpointAction, ApiError> {
        let named = self.parameters.get("Action");
        let Some(name) = named.filter(|name| !name.is_empty()) else {
            let message = "The request must contain the parameter Action";
            return Err(ApiError::client("MissingAction", message));
        };
        if let (AwsService::Ec2 { .. }, Some(version)) =
            (&self.service, self.parameters.get("Version"))
            && !aws_service::is_ec2_version(version)
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
                    AwsService::Ec2 { .. } => {
                        format!("The action {name} is not valid for this web service.")
                    }
                    AwsService::Sts => {
                        format!("Could not find operation {name} for version {STS_VERSION}")
                    }
                },
            )
        })
    }

    fn describe_bundle_tasks(
        &self,
        world: &LiveWorld,
        staleness: SignedDuration,
    ) -> Result<Vec<u8>, ApiError> {
        let parameters = self.parameters;
        parameters.reject_unknown(&[
            "BundleId.#",
            "Filter.#.Name",
            "Filter.#.Value.#",
            "DryRun",
        ])?;
        let ids = parameters.list("BundleId");
        for id in &ids {
            check_bundle_id(id)?;
        }
        let filters = TaskFilters::parse(parameters)?;
        self.stop_if_dry_run()?;
        world.describe(staleness, |mut tasks| {
            if !ids.is_empty() {
                tasks = select_by_id(tasks, &ids)?;
            }
            tasks.retain(|task| filters.matches(task));
            Ok(wire::describe_response(&self.service, self.id, &tasks))
        })
    }

    fn cancel_bundle_task(&self, world: &LiveWorld) -> Result<Vec<u8>, ApiError> {
        self.parameters.reject_unknown(&["BundleId", "DryRun"])?;
        let id = self.parameters.required("BundleId")?;
        check_bundle_id(id)?;
        self.stop_if_dry_run()?;
        let response =
            |task: TaskView<'_>| self.single_task_response("CancelBundleTaskResponse", &task);
        world.cancel(id, response).map_err(|refusal| match refusal {
            CancelRefusal::NoSuchTask => ApiError::bundle_id_not_found(id),
            CancelRefusal::NotCancellable { state } => ApiError::client(
                "IncorrectState",
                format!("The bundle task '{id}' is in the state '{state}' and cannot be cancelled"),
            ),
        })
    }

    fn bundle_instance(&self, world: &LiveWorld) -> Result<Vec<u8>, ApiError> {
        let parameters = self.parameters;
        parameters.reject_unknown(&[
            "InstanceId",
            "Storage.S3.Bucket",
            "Storage.S3.Prefix",
            "Storage.S3.AWSAccessKeyId",
            "Storage.S3.UploadPolicy",
            "Storage.S3.UploadPolicySignature",
            "DryRun",
        ])?;
        let instance_id = parameters.required("InstanceId")?;
        check_instance_id(instance_id)?;
        let storage = requested_storage(parameters)?;
        self.stop_if_dry_run()?;
        let response =
            |task: TaskView<'_>| self.single_task_response("BundleInstanceResponse", &task);
        let started = world.start_task(instance_id, storage, response);
        started.ok_or_else(|| {
            ErrorTemplate::find("BundlingInProgress")
                .expect("the table has it")
                .for_service(&self.service)
        })
    }

    fn get_caller_identity(&self, world: &LiveWorld) -> Result<Vec<u8>, ApiError> {
        self.parameters.reject_unknown(&[])?;
        Ok(wire::caller_identity_response(self.id, world.caller()))
    }

    fn stop_if_dry_run(&self) -> Result<(), ApiError> {
        if self.parameters.boolean("DryRun")? {
            return Err(ApiError::dry_run());
        }
        Ok(())
    }

    fn single_task_response(&self, root_element: &str, task: &TaskView<'_>) -> Vec<u8> {
        wire::single_task_response(&self.service, root_element, self.id, task)
    }
}

fn check_bundle_id(id: &str) -> Result<(), ApiError> {
    if id.starts_with("bun-") {
        return Ok(());
    }
    Err(ApiError::invalid_value(id, "bundleId", "'bun-...'"))
}

/// Instance IDs have 8 hexadecimal digits or, since 2016, 17.
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

/// Reads the storage of `BundleInstance`.
///
/// Bucket and prefix are required here: AWS's model requires neither, but a bundle cannot be stored
/// without them. The policy is decoded only to check its Base64, and returned to clients as it was
/// sent.
fn requested_storage(parameters: &RequestParameters) -> Result<BundleStorage, ApiError> {
    const POLICY: &str = "Storage.S3.UploadPolicy";
    // XML cannot hold them, so no client could read a list with such a task.
    for (name, value) in parameters.pairs() {
        if name.starts_with("Storage.S3.") && value.contains(is_not_xml) {
            let expected = "text without control characters";
            return Err(ApiError::invalid_value(value, name, expected));
        }
    }
    let optional = |name| parameters.get(name).map(ToOwned::to_owned);
    let bucket = parameters.required("Storage.S3.Bucket")?.to_owned();
    let prefix = parameters.required("Storage.S3.Prefix")?.to_owned();
    let upload_policy = optional(POLICY);
    if let Some(policy) = &upload_policy
        && STANDARD.decode(policy).is_err()
    {
        let expected = "a document in Base64";
        return Err(ApiError::invalid_value(policy, POLICY, expected));
    }
    Ok(BundleStorage {
        bucket: Some(bucket),
        prefix: Some(prefix),
        aws_access_key_id: optional("Storage.S3.AWSAccessKeyId"),
        upload_policy,
        upload_policy_signature: optional("Storage.S3.UploadPolicySignature"),
    })
}

/// The tasks with these IDs, or `InvalidBundleID.NotFound` for the first ID that is not listed.
fn select_by_id<'a>(tasks: Vec<TaskView<'a>>, ids: &[&str]) -> Result<Vec<TaskView<'a>>, ApiError> {
    let listed: HashSet<&str> = tasks.iter().map(|task| task.bundle_id).collect();
    if let Some(id) = ids.iter().find(|id| !listed.contains(*id)) {
        return Err(ApiError::bundle_id_not_found(id));
    }
    let requested: HashSet<&str> = ids.iter().copied().collect();
    let is_requested = |task: &TaskView<'_>| requested.contains(task.bundle_id);
    Ok(tasks.into_iter().filter(is_requested).collect())
}
