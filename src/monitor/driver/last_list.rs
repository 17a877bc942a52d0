//! Makes a list cheap to merge: tasks that have not changed since the last list are the same object, and
//! the order is the same each time.

use std::sync::{Arc, Mutex, PoisonError};

use crate::task::BundleTask;

/// The last list of a connection.
#[derive(Clone, Debug, Default)]
pub struct LastList(Arc<Mutex<Vec<Arc<BundleTask>>>>);

impl LastList {
    /// Sorts a list by ID, puts the object of the last list in the place of each task that has not changed,
    /// and remembers the list.
    ///
    /// To be called where time does not matter: comparing 100,000 tasks, and freeing them, takes longer than
    /// a frame.
    pub fn share(&self, mut tasks: Vec<Arc<BundleTask>>) -> Vec<Arc<BundleTask>> {
        // Stable: of several tasks with one ID, the first stays the first.
        tasks.sort_by(|a, b| a.bundle_id.cmp(&b.bundle_id));
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut known = last.iter().peekable();
        for task in &mut tasks {
            while known
                .next_if(|known| known.bundle_id < task.bundle_id)
                .is_some()
            {}
            if let Some(unchanged) = known.next_if(|known| *known == task) {
                *task = Arc::clone(unchanged);
            }
        }
        last.clone_from(&tasks);
        tasks
    }
}
