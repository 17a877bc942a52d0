//! The bundle tasks of a response, for the monitor. State and progress are kept as EC2 sent them,
//! and missing members stay missing.

use std::borrow::Cow;
use std::sync::Arc;

use super::members::{Shape, Structure};
use super::reader::{AnswerBuilder, ReadError};
use crate::task::BundleTask;

/// Builds the tasks of a response. Each has its own allocation from the start, so that a hundred
/// thousand of them move into the monitor without a copy.
#[derive(Default)]
pub(super) struct TaskBuilder {
    finished: Vec<Arc<BundleTask>>,
    current: Option<BundleTask>,
}

impl TaskBuilder {
    pub fn finish(mut self) -> Vec<Arc<BundleTask>> {
        self.finish_current();
        self.finished
    }

    fn finish_current(&mut self) {
        self.finished.extend(self.current.take().map(Arc::new));
    }
}

impl AnswerBuilder for TaskBuilder {
    fn enter_structure(&mut self, _index: usize, structure: &'static Structure) {
        if structure.is_task {
            self.finish_current();
            self.current = Some(BundleTask::default());
        }
    }

    fn enter_list(&mut self, _index: usize) {}

    fn leave(&mut self) {}

    fn text(&mut self, _index: usize, shape: &Shape, text: Cow<str>) -> Result<(), ReadError> {
        if let (Shape::Text(set) | Shape::Time(set), Some(task)) = (shape, &mut self.current) {
            set(task, text);
        }
        Ok(())
    }
}
