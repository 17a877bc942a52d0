//! A line for each task that is under way, kept up to date below the others on a terminal.

use std::collections::HashMap;

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::watched::Watched;
use crate::monitor::Scope;
use crate::task::{BundleId, Progress};
use crate::text::{self, Charset, TimeStyle};

/// How many lines there are at most.
const MAX_LINES: usize = 10;

/// The lines.
pub(super) struct ProgressLines {
    /// `None` where there is no terminal.
    lines: Option<MultiProgress>,
    bars: HashMap<BundleId, ProgressBar>,
    times: TimeStyle,
}

impl ProgressLines {
    /// Lines on standard error, if that is a terminal.
    pub fn on_terminal(is_terminal: bool, times: TimeStyle) -> Self {
        let lines = || MultiProgress::with_draw_target(ProgressDrawTarget::stderr());
        Self {
            lines: is_terminal.then(lines),
            bars: HashMap::new(),
            times,
        }
    }

    /// Shows the watched tasks as they are now.
    pub fn update(&mut self, scope: &Scope, watched: &Watched) {
        let Some(lines) = &self.lines else {
            return;
        };
        let is_shown = |id: &BundleId| {
            let tracked = scope.tasks().by_id(id);
            tracked.filter(|tracked| {
                watched.has(id)
                    && tracked.unlisted_since.is_none()
                    && tracked.task.state.phase().is_under_way()
            })
        };
        self.bars.retain(|id, bar| {
            let is_shown = is_shown(id).is_some();
            if !is_shown {
                bar.finish_and_clear();
                lines.remove(bar);
            }
            is_shown
        });
        let mut tasks: Vec<_> = scope.tasks().iter().map(|(_, tracked)| tracked).collect();
        tasks.sort_by(|a, b| a.task.bundle_id.cmp(&b.task.bundle_id));
        for tracked in tasks {
            let id = &tracked.task.bundle_id;
            if is_shown(id).is_none() {
                continue;
            }
            if !self.bars.contains_key(id) {
                if self.bars.len() >= MAX_LINES {
                    break;
                }
                let bar = lines.add(ProgressBar::new(100).with_style(style()));
                bar.set_prefix(text::clean(id.as_str(), Charset::Unicode).into_owned());
                self.bars.insert(id.clone(), bar);
            }
            let state = text::clean(tracked.task.state.as_str(), Charset::Unicode);
            let end = tracked.estimate();
            let end = end.map_or_else(String::new, |estimate| {
                format!(", 100% ~{}", self.times.time_of_day_in_zone(estimate.end))
            });
            // What was known before EC2 stopped answering is not as it is now.
            let as_of = scope.last_error().and(scope.last_success());
            let as_of = as_of.map_or_else(String::new, |at| {
                format!(" as of {}", self.times.time_of_day_in_zone(at))
            });
            let bar = &self.bars[id];
            bar.set_message(format!("{state}{as_of}{end}"));
            let percent = tracked.task.progress.as_ref().and_then(Progress::percent);
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "0 to 100"
            )]
            bar.set_position(percent.unwrap_or(0.0) as u64);
        }
    }

    /// Writes something above the lines.
    pub fn above<T>(&self, write: impl FnOnce() -> T) -> T {
        match &self.lines {
            Some(lines) => lines.suspend(write),
            None => write(),
        }
    }

    /// Removes the lines.
    pub fn end(&mut self) {
        if let Some(lines) = &self.lines {
            let _ = lines.clear();
        }
    }
}

fn style() -> ProgressStyle {
    let style = ProgressStyle::with_template("{prefix}  {bar:24}  {pos:>3}%  {msg}");
    style.expect("a test runs it").progress_chars("━╸ ")
}
