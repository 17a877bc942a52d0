//! The bundle tasks of an answer, for the monitor. State and progress are kept as EC2 sent them,
//! and what is missing stays missing.

use super::members::{Shape, Structure};
use super::reader::{Builder, ReadError};
use crate::task::BundleTask;

/// Builds the tasks of an answer.
#[derive(Default)]
pub(super) struct TaskBuilder {
    tasks: Vec<BundleTask>,
}

impl TaskBuilder {
    pub fn finish(self) -> Vec<BundleTask> {
        self.tasks
    }
}

impl Builder for TaskBuilder {
    fn enter_structure(&mut self, _index: usize, structure: &'static Structure) {
        if structure.is_task {
            self.tasks.push(BundleTask::default());
        }
    }

    fn enter_list(&mut self, _index: usize) {}

    fn leave(&mut self) {}

    fn text(&mut self, _index: usize, shape: &Shape, text: String) -> Result<(), ReadError> {
        if let (Shape::Text(set) | Shape::Time(set), Some(task)) = (shape, self.tasks.last_mut()) {
            set(task, text);
        }
        Ok(())
    }
}
