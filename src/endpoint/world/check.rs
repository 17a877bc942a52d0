//! Checks of a whole world, once its JSON has been read.

use jiff::{SignedDuration, Timestamp};

use super::durations::StateDurations;
use super::file::{ArrivalsEntry, TaskEntry, WorldFile};
use super::task::SimulatedTask;
use super::task_state::TaskState;

/// Returns what is inconsistent in the world, if anything.
pub(super) fn check_world(file: &WorldFile) -> Result<(), String> {
    let durations = StateDurations::default().with_overrides(&file.durations);
    check_initial_states(&file.tasks, &durations)?;
    match &file.arrivals {
        Some(arrivals) => check_arrivals(arrivals, &durations),
        None => Ok(()),
    }
}

/// When the world begins, each task must still be in the state that the file gives it.
fn check_initial_states(tasks: &[TaskEntry], durations: &StateDurations) -> Result<(), String> {
    let begin = Timestamp::UNIX_EPOCH;
    for (index, file) in tasks.iter().enumerate() {
        let task = SimulatedTask::initial(file, durations, begin);
        let written_state = file.state.unwrap_or(TaskState::Pending);
        let actual_state = task.state_at(begin);
        if actual_state != Some(written_state) {
            let becomes = match actual_state {
                Some(state) => format!("`{}`", state.name()),
                None => "no longer listed".to_owned(),
            };
            return Err(format!(
                "task {} ({}): with this `updated`, the task would not be `{written}` when the \
                 world begins but {becomes}; give `{written}` more time in `takes`",
                index + 1,
                task.bundle_id,
                written = written_state.name(),
            ));
        }
    }
    Ok(())
}

/// Tasks that arrive must end at some time, and there must not be so many that memory fills up.
fn check_arrivals(arrivals: &ArrivalsEntry, durations: &StateDurations) -> Result<(), String> {
    const MAX_LISTED_TASKS: i128 = 10_000;
    if arrivals.every.0 < SignedDuration::from_secs(1) {
        return Err("arrivals: `every` must be at least one second".to_owned());
    }
    if arrivals.tasks.is_empty() {
        return Err("arrivals: `tasks` must have at least one task".to_owned());
    }
    for (index, task) in arrivals.tasks.iter().enumerate() {
        let number = index + 1;
        let durations = durations.with_overrides(&task.durations);
        let Some(listed_for) = durations.total(task.error.is_some()) else {
            return Err(format!(
                "arrivals: task {number}: a task that arrives cannot stay in a state `forever`"
            ));
        };
        if listed_for.as_nanos() / arrivals.every.0.as_nanos() > MAX_LISTED_TASKS {
            return Err(format!(
                "arrivals: task {number}: more than {MAX_LISTED_TASKS} tasks would be listed at \
                 once; make them arrive less often (`every`) or end sooner (`takes`)"
            ));
        }
    }
    Ok(())
}
