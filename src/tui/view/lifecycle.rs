//! A task's lifecycle: `pending ── bundling ──▶ storing ── complete`.

use ratatui::text::{Line, Span};

use crate::task::{BundleTask, Phase};
use crate::text;
use crate::tui::render::RenderContext;
use crate::tui::theme::Role;

/// The states of a task's lifecycle and its place among them. Any other state is shown
/// alone: EC2 does not say where the task left the lifecycle.
pub(super) fn lifecycle(task: &BundleTask, width: usize, context: &RenderContext) -> Line<'static> {
    let symbols = context.symbols();
    let phase = task.state.phase();
    let here = Phase::LIFECYCLE.iter().position(|step| *step == phase);
    let Some(here) = here else {
        let (_, role) = context.theme.phase(phase);
        let state = context.clean(task.state.as_str()).into_owned();
        return Line::from(vec![
            context.span(Role::Dim, symbols.arrow.trim_start()),
            context.span(role, state),
        ]);
    };
    let whole: usize = Phase::LIFECYCLE
        .iter()
        .map(|step| text::width(step.as_str()) + text::width(symbols.arrow))
        .sum();
    // If they do not all fit, show only the current state and its neighbours.
    let (from, to) = if whole > width {
        (here.saturating_sub(1), here + 2)
    } else {
        (0, Phase::LIFECYCLE.len())
    };
    let mut spans = Vec::new();
    for (i, step) in Phase::LIFECYCLE.iter().enumerate().take(to).skip(from) {
        if i == here {
            spans.push(context.span(
                Role::Text,
                if i == 0 {
                    symbols.arrow.trim_start()
                } else {
                    symbols.arrow
                },
            ));
            let (_, role) = context.theme.phase(*step);
            spans.push(Span::styled(
                step.as_str(),
                context
                    .theme
                    .style(role)
                    .patch(context.theme.style(Role::Strong)),
            ));
            continue;
        }
        if i > from {
            spans.push(context.span(Role::Dim, symbols.step));
        }
        let role = if i < here { Role::Text } else { Role::Dim };
        spans.push(context.span(role, step.as_str()));
    }
    if to < Phase::LIFECYCLE.len() {
        let more = format!("{}{}", symbols.step, context.charset().ellipsis());
        spans.push(context.span(Role::Dim, more));
    }
    Line::from(spans)
}
