//! When a cancel may be sent a second time.
//!
//! A cancel whose answer is lost may have been carried out. Sent again, it would be refused with
//! `IncorrectState`, and a cancel that worked would look like one that failed. So only what surely
//! did nothing, or what EC2 itself answered, is tried again.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use aws_sdk_ec2::operation::cancel_bundle_task::CancelBundleTaskError;
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::Intercept;
use aws_smithy_runtime_api::client::interceptors::context::{
    FinalizerInterceptorContextRef, InterceptorContext,
};
use aws_smithy_runtime_api::client::retries::classifiers::{ClassifyRetry, RetryAction};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::config_bag::ConfigBag;
use aws_smithy_types::error::metadata::ProvideErrorMetadata as _;

use super::classify::{Fate, fate, kind_of};
use super::error::{Ec2Error, ErrorKind, Operation};

/// Forbids the SDK every retry but those.
#[derive(Debug)]
pub(super) struct OnlyWhatEc2Answered;

impl ClassifyRetry for OnlyWhatEc2Answered {
    fn classify_retry(&self, context: &InterceptorContext) -> RetryAction {
        let Some(Err(error)) = context.output_or_error() else {
            return RetryAction::NoActionIndicated;
        };
        if let Some(connector) = error.as_connector_error() {
            return match fate(connector) {
                Fate::NotConnected => RetryAction::transient_error(),
                Fate::NotSent | Fate::Silence | Fate::Lost | Fate::NotHttp => {
                    RetryAction::RetryForbidden
                }
            };
        }
        match code(context) {
            // The SDK knows which of EC2's codes are worth it.
            Some(_) => RetryAction::NoActionIndicated,
            None => RetryAction::RetryForbidden,
        }
    }

    fn name(&self) -> &'static str {
        "OnlyWhatEc2Answered"
    }
}

/// EC2's error code, if this attempt was answered with one.
fn code(context: &InterceptorContext) -> Option<&str> {
    let error = context.output_or_error()?.err()?.as_operation_error()?;
    error.downcast_ref::<CancelBundleTaskError>()?.code()
}

/// Remembers whether EC2 failed on one of the attempts of a cancel: that one, too, may have been
/// carried out.
#[derive(Clone, Debug, Default)]
pub(super) struct Doubt(Arc<AtomicBool>);

impl Intercept for Doubt {
    fn name(&self) -> &'static str {
        "Doubt"
    }

    fn read_after_attempt(
        &self,
        context: &FinalizerInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        _config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let status = context
            .response()
            .map_or(0, |answer| answer.status().as_u16());
        let kind = code(context.inner()).map(|code| kind_of(code, status));
        if kind == Some(ErrorKind::ServerError) {
            self.0.store(true, Ordering::Relaxed);
        }
        Ok(())
    }
}

impl Doubt {
    /// The error of a cancel in the light of its earlier attempts.
    pub fn weigh(&self, error: Ec2Error) -> Ec2Error {
        if error.may_have_been_carried_out() || !self.0.load(Ordering::Relaxed) {
            return error;
        }
        let message = format!(
            "EC2 failed on one try, which may have been carried out, and on the next: {}",
            error.message
        );
        Ec2Error {
            message,
            ..Ec2Error::new(ErrorKind::ServerError, Operation::CancelBundleTask, "")
                .with_code(error.code.as_deref())
                .with_request_id(error.request_id.as_deref())
        }
    }
}
