//! The details of the selected task: a few lines below the table, or all of them on a screen of
//! their own.

mod fields;
mod remark;

use ratatui::Frame;
use ratatui::layout::{Margin, Rect};
use ratatui::text::{Line, Span};

use self::fields::{
    Field, access_key, all_fields, bucket, estimate_field, instance, manifest, prefix, progress,
    started, updated, with_age,
};
use self::remark::{failure, remark};
use super::document::{self, Notation};
use super::lifecycle::lifecycle;
use super::{columns, progress_chart, search};
use crate::monitor::TrackedTask;
use crate::task::{BundleTask, Progress};
use crate::text;
use crate::tui::app::{App, Details, DetailsFormat};
use crate::tui::render::RenderContext;
use crate::tui::theme::Role;

/// Columns of the widest label and the space after it, in the full details.
const LABEL_WIDTH: usize = 15;
/// The same in the pane.
const PANE_LABEL_WIDTH: usize = 12;
/// Lines inside the pane from which it has a bar, and space between its parts.
const ROOMY_PANE: u16 = 10;
/// Lines of the pane for fields.
const PANE_FIELDS: usize = 4;
/// Minimum columns for two fields per line in the pane.
const TWO_COLUMNS: usize = 70;

/// Draws the pane below the table.
pub fn draw_pane(
    frame: &mut Frame,
    area: Rect,
    app: &App,
    tracked: &TrackedTask,
    context: &RenderContext,
) {
    let task = &tracked.task;
    let id = context.clean(task.bundle_id.as_str()).into_owned();
    let block = context.block(format!(" {id} "));
    let inside = block.inner(area).inner(Margin::new(1, 0));
    frame.render_widget(block, area);
    let width = usize::from(inside.width);
    let has_room = inside.height >= ROOMY_PANE;
    let mut lines = vec![lifecycle(task, width, context)];
    if has_room {
        lines.push(Line::default());
        lines.extend(progress_line(task, width, context));
    }
    let mut fields = [
        instance(task),
        bucket(task),
        started(task, context),
        prefix(task),
        updated(task, context),
        manifest(task),
        progress(task),
        estimate_field(tracked, context).unwrap_or_else(|| access_key(task, context)),
    ];
    if has_room {
        fields[2] = with_age(started(task, context), task.start_time, context);
        fields[4] = with_age(updated(task, context), task.update_time, context);
    }
    let columns = if width < TWO_COLUMNS { 1 } else { 2 };
    let lines_of_fields = if has_room { fields.len() } else { PANE_FIELDS };
    for fields in fields.chunks(columns).take(lines_of_fields) {
        let cells = fields.iter();
        lines.push(
            cells
                .flat_map(|field| pane_field(field, width / columns, context))
                .collect(),
        );
    }
    let remark = remark(app.scope(), tracked, context).or_else(|| failure(task));
    if let Some((text, role)) = remark {
        if has_room {
            lines.push(Line::default());
            let pieces = context.wrap(&text, width).into_iter();
            lines.extend(pieces.map(|piece| Line::from(context.span(role, piece))));
        } else {
            lines.push(context.span(role, context.keep_start(&text, width)).into());
        }
    }
    let used = u16::try_from(lines.len()).unwrap_or(u16::MAX);
    for (line, area) in lines.into_iter().zip(inside.rows()) {
        frame.render_widget(line, area);
    }
    let below = Rect {
        y: inside.y.saturating_add(used + 1),
        height: inside.height.saturating_sub(used + 1),
        ..inside
    };
    let cancels = app.cancel_events(&task.bundle_id);
    progress_chart::draw(frame.buffer_mut(), below, tracked, &cancels, context);
}

/// The progress as a bar over the whole width, and an empty line.
fn progress_line(task: &BundleTask, width: usize, context: &RenderContext) -> Vec<Line<'static>> {
    let percent = task.progress.as_ref().and_then(Progress::whole_percent);
    let Some(percent) = percent else {
        return Vec::new();
    };
    let (_, role) = context.theme.phase(task.state.phase());
    let bar = columns::bar(percent, width.saturating_sub(5), role, context);
    let number = context.span(role, format!("{:>5}", format!("{percent:.0}%")));
    vec![Line::from(vec![bar, number]), Line::default()]
}

/// Label and value in `width` columns.
fn pane_field(field: &Field, width: usize, context: &RenderContext) -> [Span<'static>; 2] {
    let room = width.saturating_sub(PANE_LABEL_WIDTH + 1);
    // Locations differ at the end, other values at the beginning.
    let value = match field.label {
        "Prefix" | "Manifest" => context.keep_end(&field.value, room),
        _ => context.keep_start(&field.value, room),
    };
    let pad = " ".repeat(width.saturating_sub(PANE_LABEL_WIDTH + text::width(&value)));
    [
        context.span(Role::Label, format!("{:<PANE_LABEL_WIDTH$}", field.label)),
        context.span(field.role, format!("{value}{pad}")),
    ]
}

/// Draws everything about a task over the body.
pub fn draw_full(
    frame: &mut Frame,
    area: Rect,
    app: &App,
    details: &Details,
    context: &RenderContext,
) {
    let Some(tracked) = app.subject() else {
        return;
    };
    let id = context.clean(tracked.task.bundle_id.as_str()).into_owned();
    let width = usize::from(area.width.saturating_sub(4));
    let (lines, format) = match details.format {
        DetailsFormat::Fields => {
            let mut lines = field_lines(app, tracked, details, width, context);
            lines.extend(chart_lines(app, tracked, lines.len(), area, context));
            (lines, "")
        }
        DetailsFormat::Json => (
            document::lines(&tracked.task, Notation::Json, details.secrets, context),
            "JSON",
        ),
        DetailsFormat::Yaml => (
            document::lines(&tracked.task, Notation::Yaml, details.secrets, context),
            "YAML",
        ),
    };
    let title = if format.is_empty() {
        format!(" {id} ")
    } else {
        format!(" {id}{}{format} ", context.symbols().separator)
    };
    let lines = search::search(lines, &details.search, width, context);
    let at_found = context.drawn.borrow().found.get(details.at_found).copied();
    let lines: Vec<Line> = (0_u16..)
        .zip(lines)
        .map(|(number, line)| {
            let margin = if at_found == Some(number) {
                context.span(Role::Pointer, context.symbols().plain_marker)
            } else {
                Span::raw(" ")
            };
            std::iter::once(margin).chain(line.spans).collect()
        })
        .collect();
    context.draw_scrolled(frame, area, title, lines, details.scroll);
    search::draw_prompt(frame, area, app, details, context);
}

/// The least lines of the chart: where there are fewer, it is scrolled to.
const CHART_HEIGHT: u16 = 12;

/// The chart, after `used` lines; it takes what is left of the screen.
fn chart_lines(
    app: &App,
    tracked: &TrackedTask,
    used: usize,
    area: Rect,
    context: &RenderContext,
) -> Vec<Line<'static>> {
    let used = u16::try_from(used).unwrap_or(u16::MAX);
    let left = area.height.saturating_sub(used.saturating_add(3));
    let size = (area.width.saturating_sub(4), left.max(CHART_HEIGHT));
    let cancels = app.cancel_events(&tracked.task.bundle_id);
    let lines = progress_chart::lines(size, tracked, &cancels, context);
    if lines.is_empty() {
        return lines;
    }
    std::iter::once(Line::default()).chain(lines).collect()
}

/// The lines of the fields.
fn field_lines(
    app: &App,
    tracked: &TrackedTask,
    details: &Details,
    width: usize,
    context: &RenderContext,
) -> Vec<Line<'static>> {
    let task = &tracked.task;
    let mut lines = vec![lifecycle(task, width, context), Line::default()];
    for field in all_fields(tracked, details.secrets, context) {
        push_field(&mut lines, &field, width, context);
    }
    lines.extend(cancel_lines(app, task, width, context));
    if let Some((text, role)) = remark(app.scope(), tracked, context) {
        lines.push(Line::default());
        for piece in context.wrap(&text, width) {
            lines.push(context.span(role, piece).into());
        }
    }
    lines
}

fn push_field(
    lines: &mut Vec<Line<'static>>,
    field: &Field,
    width: usize,
    context: &RenderContext,
) {
    let room = width.saturating_sub(LABEL_WIDTH).max(1);
    for (i, piece) in context.wrap(&field.value, room).into_iter().enumerate() {
        let label = if i == 0 { field.label } else { "" };
        lines.push(Line::from(vec![
            context.span(Role::Label, format!("{label:<LABEL_WIDTH$}")),
            context.span(field.role, piece),
        ]));
    }
}

/// What happened to the cancels of a task, with times and request IDs.
fn cancel_lines(
    app: &App,
    task: &BundleTask,
    width: usize,
    context: &RenderContext,
) -> Vec<Line<'static>> {
    let mut lines = Vec::new();
    let events = app.cancel_events(&task.bundle_id);
    for (number, (at, event)) in events.into_iter().enumerate() {
        let phrase = event.phrase(context.symbols().arrow);
        let field = Field {
            label: if number == 0 { "Cancel" } else { "" },
            value: format!("{} {phrase}", context.times.near(at, context.now)),
            role: Role::Text,
        };
        push_field(&mut lines, &field, width, context);
    }
    lines
}
