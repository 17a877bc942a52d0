//! The details of the selected task: a few lines below the table, or all of them on a screen of
//! their own.

use jiff::Timestamp;
use ratatui::Frame;
use ratatui::layout::{Margin, Rect};
use ratatui::text::{Line, Span};

use super::document::{self, Notation};
use super::lifecycle::lifecycle;
use super::{columns, progress_chart, search};
use crate::monitor::estimate::estimate;
use crate::monitor::{CancelState, Change, Scope, TrackedTask};
use crate::record::RecordedEvent;
use crate::task::{
    BundleTask, ParsedMember, Progress, SecretsShown, UploadPolicy, mask_access_key_id,
};
use crate::text;
use crate::tui::app::{App, Details, DetailsFormat};
use crate::tui::keymap::{Action, Context};
use crate::tui::render::RenderContext;
use crate::tui::theme::Role;

/// One field, in readable form.
struct Field {
    label: &'static str,
    value: String,
    role: Role,
}

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
        started(task),
        prefix(task),
        updated(task),
        manifest(task),
        progress(task),
        estimate_field(tracked).unwrap_or_else(|| access_key(task, context)),
    ];
    if has_room {
        fields[2] = with_age(started(task), task.start_time, context);
        fields[4] = with_age(updated(task), task.update_time, context);
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
    let cancels = app.scope().cancel_events(&task.bundle_id);
    progress_chart::draw(frame.buffer_mut(), below, tracked, cancels, context);
}

/// The progress as a bar over the whole width, and an empty line.
fn progress_line(task: &BundleTask, width: usize, context: &RenderContext) -> Vec<Line<'static>> {
    let percent = task.progress.as_ref().and_then(Progress::percent);
    let Some(percent) = percent.map(|percent| percent.abs().floor()) else {
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
    let cancels = app.scope().cancel_events(&tracked.task.bundle_id);
    let lines = progress_chart::lines(size, tracked, cancels, context);
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
    lines.extend(cancel_lines(app.scope(), task, width, context));
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

/// Every member of EC2's `BundleTask`, in the order people look for them.
fn all_fields(tracked: &TrackedTask, secrets: SecretsShown, context: &RenderContext) -> Vec<Field> {
    let task = &tracked.task;
    let mut fields = vec![
        field("Bundle ID", Some(task.bundle_id.as_str())),
        instance(task),
        state_field(task, context),
        progress(task),
        with_age(started(task), task.start_time, context),
        with_age(updated(task), task.update_time, context),
        bucket(task),
        prefix(task),
        manifest(task),
        access_key(task, context),
    ];
    fields.splice(4..4, estimate_field(tracked));
    fields.extend(policy_fields(task, secrets, context));
    if let Some(error) = &task.error {
        fields.push(Field {
            role: Role::Bad,
            ..field("Error code", error.code.as_deref())
        });
        fields.push(Field {
            role: Role::Bad,
            ..field("Error message", error.message.as_deref())
        });
    }
    fields
}

fn field(label: &'static str, value: Option<&str>) -> Field {
    match value {
        Some(value) => Field {
            label,
            value: value.to_owned(),
            role: Role::Text,
        },
        None => Field {
            label,
            value: "-".into(),
            role: Role::Dim,
        },
    }
}

fn instance(task: &BundleTask) -> Field {
    field("Instance", task.instance_id.as_deref())
}

fn bucket(task: &BundleTask) -> Field {
    let storage = task.storage.as_ref();
    field("Bucket", storage.and_then(|s3| s3.bucket.as_deref()))
}

fn prefix(task: &BundleTask) -> Field {
    let storage = task.storage.as_ref();
    field("Prefix", storage.and_then(|s3| s3.prefix.as_deref()))
}

fn manifest(task: &BundleTask) -> Field {
    field("Manifest", task.manifest().as_deref())
}

fn started(task: &BundleTask) -> Field {
    time_field("Started", task, task.start_time, ParsedMember::StartTime)
}

fn updated(task: &BundleTask) -> Field {
    time_field("Updated", task, task.update_time, ParsedMember::UpdateTime)
}

fn time_field(
    label: &'static str,
    task: &BundleTask,
    time: Option<Timestamp>,
    member: ParsedMember,
) -> Field {
    match task.unreadable(member) {
        Some(text) => Field {
            role: Role::Warning,
            ..field(label, Some(&format!("\"{text}\" (not a time with a zone)")))
        },
        None => field(label, time.map(text::date_and_time).as_deref()),
    }
}

fn progress(task: &BundleTask) -> Field {
    field("Progress", task.progress.as_ref().map(Progress::as_str))
}

/// When the progress will reach 100%, if there are grounds for an estimate.
fn estimate_field(tracked: &TrackedTask) -> Option<Field> {
    let estimate = estimate(&tracked.history, tracked.last_listed)?;
    let time = |at: Timestamp| {
        let time = text::time_of_day(at);
        time[..5].to_owned()
    };
    let latest = estimate.latest.map_or("later".into(), time);
    let value = format!(
        "100% ~{} UTC ({} - {latest}), {:.1} %/min",
        time(estimate.end),
        time(estimate.earliest),
        estimate.rate,
    );
    Some(field("Estimate", Some(&value)))
}

/// What happened to the cancels of a task, with times and request IDs.
fn cancel_lines(
    scope: &Scope,
    task: &BundleTask,
    width: usize,
    context: &RenderContext,
) -> Vec<Line<'static>> {
    let mut lines = Vec::new();
    let room = width.saturating_sub(LABEL_WIDTH).max(1);
    for (number, event) in scope.cancel_events(&task.bundle_id).iter().enumerate() {
        let change = Change::Cancel(event.cancel, event.change.clone());
        let phrase = RecordedEvent::of(&change).phrase(context.symbols().arrow);
        let said = format!("{} {phrase}", text::time_of_day(event.at));
        for (piece_number, piece) in context.wrap(&said, room).into_iter().enumerate() {
            let label = if number + piece_number == 0 {
                "Cancel"
            } else {
                ""
            };
            lines.push(Line::from(vec![
                context.span(Role::Label, format!("{label:<LABEL_WIDTH$}")),
                context.span(Role::Text, piece),
            ]));
        }
    }
    lines
}

/// That the upload policy expires before the task is likely to end.
fn expiry_warning(tracked: &TrackedTask, context: &RenderContext) -> Option<String> {
    let task = &tracked.task;
    let storage = task.storage.as_ref()?;
    let policy = UploadPolicy::decode(storage.upload_policy.as_deref()?).ok()?;
    let expiration = policy.expiration?;
    let is_needed = task.state.phase().is_under_way() && tracked.unlisted_since.is_none();
    if !is_needed {
        return None;
    }
    let time = text::date_and_time(expiration);
    if expiration <= context.now {
        return Some(format!(
            "The upload policy expired at {time}: storing may fail."
        ));
    }
    let end = estimate(&tracked.history, tracked.last_listed)?.end;
    (expiration < end).then(|| {
        format!("The upload policy expires at {time}, before the estimated end: storing may fail.")
    })
}

fn with_age(mut field: Field, time: Option<Timestamp>, context: &RenderContext) -> Field {
    if let Some(time) = time {
        field.value = format!("{} ({})", field.value, text::age(time, context.now));
    }
    field
}

fn state_field(task: &BundleTask, context: &RenderContext) -> Field {
    let (_, role) = context.theme.phase(task.state.phase());
    Field {
        role,
        ..field("State", Some(task.state.as_str()))
    }
}

fn access_key(task: &BundleTask, context: &RenderContext) -> Field {
    let storage = task.storage.as_ref();
    let id = storage.and_then(|s3| s3.aws_access_key_id.as_deref());
    let id = id.map(|id| mask_access_key_id(&context.clean(id), context.symbols().mask));
    field("Access key", id.as_deref())
}

/// The upload policy, decoded on demand, and the signature, which is never shown.
fn policy_fields(task: &BundleTask, secrets: SecretsShown, context: &RenderContext) -> Vec<Field> {
    const POLICY_LABEL: &str = "Upload policy";
    let storage = task.storage.as_ref();
    let policy = storage.and_then(|s3| s3.upload_policy.as_deref());
    let signature = storage.and_then(|s3| s3.upload_policy_signature.as_ref());
    let policy = match policy {
        None if task.unreadable(ParsedMember::UploadPolicy).is_some() => Field {
            role: Role::Warning,
            ..field(POLICY_LABEL, Some("present, but not in Base64"))
        },
        None => field(POLICY_LABEL, None),
        Some(_) if secrets != SecretsShown::Revealed => {
            let key = context.key_name(Context::Details, Action::Reveal);
            field(
                POLICY_LABEL,
                Some(&format!("present; {key} shows it decoded")),
            )
        }
        Some(bytes) => match UploadPolicy::decode(bytes) {
            Err(error) => field(
                POLICY_LABEL,
                Some(&format!("{} bytes, {error}", bytes.len())),
            ),
            Ok(policy) => return decoded(&policy, signature.is_some(), context),
        },
    };
    vec![policy, signature_field(signature.is_some())]
}

fn signature_field(is_present: bool) -> Field {
    field("Signature", is_present.then_some("present, not shown"))
}

fn decoded(policy: &UploadPolicy, is_signed: bool, context: &RenderContext) -> Vec<Field> {
    let expiry = match policy.expiration {
        Some(time) if time <= context.now => Field {
            role: Role::Warning,
            ..field(
                "Upload policy",
                Some(&format!("expired {}", text::date_and_time(time))),
            )
        },
        Some(time) => field(
            "Upload policy",
            Some(&format!("valid until {}", text::date_and_time(time))),
        ),
        None => field("Upload policy", Some("does not say when it expires")),
    };
    let conditions = policy
        .conditions
        .iter()
        .map(|condition| field("  condition", Some(condition)));
    std::iter::once(expiry)
        .chain(conditions)
        .chain([signature_field(is_signed)])
        .collect()
}

/// What to say about a task besides what EC2 says.
fn remark(scope: &Scope, tracked: &TrackedTask, context: &RenderContext) -> Option<(String, Role)> {
    let task = &tracked.task;
    if let Some(since) = tracked.unlisted_since {
        if tracked.is_past {
            let listed = text::date_and_time(tracked.last_listed);
            let text = format!("From the journal: EC2 last listed this task at {listed}.");
            return Some((text, Role::Dim));
        }
        let listed = text::time_of_day(tracked.last_listed);
        let since = text::time_of_day(since);
        let state = &task.state;
        let key = context.key_name(Context::List, Action::Dismiss);
        return Some((
            format!(
                "No longer listed since {since}, last seen {state} at {listed}; {key} dismisses."
            ),
            Role::Warning,
        ));
    }
    if tracked.is_left_out {
        let text = "The EC2 filters leave this task out; it is asked for by its ID.";
        return Some((text.to_owned(), Role::Warning));
    }
    let cancel = scope.cancel_state(&task.bundle_id);
    let text = match cancel {
        Some(CancelState::Queued) => "Cancel requested; it waits for its turn.",
        Some(CancelState::Checking) => {
            "Cancel requested; the task is described once more before it is sent."
        }
        Some(CancelState::Sent) => "Cancel requested and sent; EC2 has not answered yet.",
        Some(CancelState::Accepted) if scope.shows_as_cancel_requested(task) => {
            "Cancel requested; EC2 accepted it."
        }
        Some(CancelState::AnswerLost) => {
            "A cancel was sent and its answer lost; what became of it is not known yet."
        }
        Some(CancelState::Accepted | CancelState::Settled) | None => {
            if let Some(warning) = expiry_warning(tracked, context) {
                return Some((warning, Role::Warning));
            }
            let since = tracked.stalled_since()?;
            let text = format!(
                "No movement for {}, since {}.",
                text::duration(context.now.duration_since(since)),
                text::date_and_time(since)
            );
            return Some((text, Role::Warning));
        }
    };
    Some((text.to_owned(), Role::Warning))
}

/// Why a task failed, in one line.
fn failure(task: &BundleTask) -> Option<(String, Role)> {
    let error = task.error.as_ref()?;
    Some((error.to_string(), Role::Bad))
}
