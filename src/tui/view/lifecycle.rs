//! A task's life as a line of steps: `✓ pending ── ◑ bundling ╌╌ · storing ╌╌ · complete`.

use ratatui::text::{Line, Span};

use crate::task::{BundleTask, Phase};
use crate::tui::render::RenderContext;
use crate::tui::theme::Role;

/// The states of a task's lifecycle and its place among them. Any other state is shown
/// alone: EC2 does not say where the task left the lifecycle.
pub(super) fn lifecycle(task: &BundleTask, width: usize, context: &RenderContext) -> Line<'static> {
    let phase = task.state.phase();
    let (symbol, role) = context.theme.phase(phase);
    let here = Phase::LIFECYCLE.iter().position(|step| *step == phase);
    let Some(here) = here else {
        let state = context.clean(task.state.as_str());
        let style = context
            .theme
            .style(role)
            .patch(context.theme.style(Role::Strong));
        return Line::from(Span::styled(format!("{symbol} {state}"), style));
    };
    // If they do not all fit, show only the current state and its neighbours.
    let all = steps(here, 0..Phase::LIFECYCLE.len(), context);
    if all.width() <= width {
        return all;
    }
    let (from, to) = (
        here.saturating_sub(1),
        (here + 2).min(Phase::LIFECYCLE.len()),
    );
    let few = steps(here, from..to, context);
    if few.width() <= width {
        return few;
    }
    steps(here, here..to, context)
}

fn steps(here: usize, shown: std::ops::Range<usize>, context: &RenderContext) -> Line<'static> {
    let symbols = context.symbols();
    let [behind, ahead] = symbols.joints;
    let mut line = Line::default();
    if shown.start > 0 {
        let ellipsis = context.charset().ellipsis();
        line.push_span(context.span(Role::Dim, format!("{ellipsis} {behind} ")));
    }
    let is_last = shown.end == Phase::LIFECYCLE.len();
    for number in shown.clone() {
        let step = Phase::LIFECYCLE[number];
        let (_, role) = context.theme.phase(step);
        if number > shown.start {
            let joint = if number <= here { behind } else { ahead };
            line.push_span(context.span(Role::Dim, format!(" {joint} ")));
        }
        let strong = context
            .theme
            .style(role)
            .patch(context.theme.style(Role::Strong));
        let (symbol, symbol_style, text_style) = match number.cmp(&here) {
            std::cmp::Ordering::Less => (
                symbols.steps[0],
                context.theme.style(role),
                context.theme.style(Role::Text),
            ),
            std::cmp::Ordering::Equal => (symbols.phase(step), strong, strong),
            std::cmp::Ordering::Greater => {
                let dim = context.theme.style(Role::Dim);
                (symbols.steps[1], dim, dim)
            }
        };
        line.push_span(Span::styled(symbol, symbol_style));
        line.push_span(Span::styled(format!(" {}", step.as_str()), text_style));
    }
    if !is_last {
        let ellipsis = context.charset().ellipsis();
        line.push_span(context.span(Role::Dim, format!(" {ahead} {ellipsis}")));
    }
    line
}
