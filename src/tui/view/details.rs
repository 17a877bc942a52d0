//! The details of the selected task: a few lines below the table, or all of them on a screen of
//! their own.

use ratatui::Frame;
use ratatui::layout::{Margin, Rect};
use ratatui::text::{Line, Span};

use super::{Look, columns, draw_scrolled};
use crate::task::{BundleTask, Phase, Progress, S3Storage, UploadPolicy, mask_access_key_id};
use crate::text;
use crate::tui::state::{CancelMark, Details, Row, State};
use crate::tui::theme::Role;

/// One field, as a person reads it.
struct Field {
    label: &'static str,
    value: String,
    role: Role,
}

/// Columns of the widest label and the space behind it, in the full details.
const LABEL: usize = 15;
/// The same in the pane.
const PANE_LABEL: usize = 11;
/// Lines of the pane for fields.
const PANE_FIELDS: usize = 4;
/// Columns from which on the pane has two fields a line.
const TWO_COLUMNS: usize = 70;

/// Draws the pane below the table.
pub fn draw_pane(frame: &mut Frame, area: Rect, row: &Row, look: &Look) {
    let id = look.clean(row.task.bundle_id.as_str()).into_owned();
    let block = look.block(format!(" {id} "));
    let inside = block.inner(area).inner(Margin::new(1, 0));
    frame.render_widget(block, area);
    let width = usize::from(inside.width);
    let mut lines = vec![lifecycle(row, width, look)];
    let task = &row.task;
    let fields = [
        instance(task),
        bucket(task),
        started(task),
        prefix(task),
        updated(task),
        manifest(task),
        progress(task),
        access_key(task, look),
    ];
    let columns = if width < TWO_COLUMNS { 1 } else { 2 };
    for fields in fields.chunks(columns).take(PANE_FIELDS) {
        lines.push(
            fields
                .iter()
                .flat_map(|field| pane_field(field, width / columns, look))
                .collect(),
        );
    }
    lines.extend(
        remark(row, look)
            .map(|(words, role)| Line::from(look.span(role, look.keep_start(&words, width)))),
    );
    for (line, area) in lines.into_iter().zip(inside.rows()) {
        frame.render_widget(line, area);
    }
}

/// Label and value in `width` columns.
fn pane_field(field: &Field, width: usize, look: &Look) -> [Span<'static>; 2] {
    let room = width.saturating_sub(PANE_LABEL + 1);
    // Of places the end tells one from the other; of everything else, the beginning.
    let value = match field.label {
        "Prefix" | "Manifest" => look.keep_end(&field.value, room),
        _ => look.keep_start(&field.value, room),
    };
    let pad = " ".repeat(width.saturating_sub(PANE_LABEL + text::width(&value)));
    [
        look.span(Role::Label, format!("{:<PANE_LABEL$}", field.label)),
        look.span(field.role, format!("{value}{pad}")),
    ]
}

/// Draws all there is to know of the selected task over the body; says how many lines did not fit.
pub fn draw_full(
    frame: &mut Frame,
    area: Rect,
    state: &State,
    details: &Details,
    look: &Look,
) -> u16 {
    let Some(row) = state.rows.selected() else {
        return 0;
    };
    let id = look.clean(row.task.bundle_id.as_str()).into_owned();
    let width = usize::from(area.width.saturating_sub(4));
    let mut lines = vec![lifecycle(row, width, look), Line::default()];
    for field in all_fields(row, details.policy, look) {
        push_field(&mut lines, &field, width, look);
    }
    if let Some((words, role)) = remark(row, look) {
        lines.push(Line::default());
        for piece in textwrap::wrap(&words, width.max(1)) {
            lines.push(look.span(role, piece.into_owned()).into());
        }
    }
    let lines = lines
        .into_iter()
        .map(|line| std::iter::once(Span::raw(" ")).chain(line.spans).collect())
        .collect();
    draw_scrolled(frame, area, format!(" {id} "), lines, details.scroll, look)
}

fn push_field(lines: &mut Vec<Line<'static>>, field: &Field, width: usize, look: &Look) {
    let value = look.clean(&field.value).into_owned();
    let room = width.saturating_sub(LABEL).max(1);
    for (i, piece) in textwrap::wrap(&value, room).into_iter().enumerate() {
        let label = if i == 0 { field.label } else { "" };
        lines.push(Line::from(vec![
            look.span(Role::Label, format!("{label:<LABEL$}")),
            look.span(field.role, piece.into_owned()),
        ]));
    }
}

/// Every member of EC2's `BundleTask`, in the order a person asks for them.
fn all_fields(row: &Row, show_policy: bool, look: &Look) -> Vec<Field> {
    let task = &row.task;
    let mut fields = vec![
        field("Bundle ID", Some(task.bundle_id.as_str())),
        instance(task),
        state_field(row, look),
        progress(task),
        with_age(started(task), task.start_time, look),
        with_age(updated(task), task.update_time, look),
        bucket(task),
        prefix(task),
        manifest(task),
        access_key(task, look),
    ];
    fields.extend(policy_fields(task.storage.as_ref(), show_policy, look));
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
    field(
        "Started",
        task.start_time.map(text::date_and_time).as_deref(),
    )
}

fn updated(task: &BundleTask) -> Field {
    field(
        "Updated",
        task.update_time.map(text::date_and_time).as_deref(),
    )
}

fn progress(task: &BundleTask) -> Field {
    field("Progress", task.progress.as_ref().map(Progress::as_str))
}

fn with_age(mut field: Field, time: Option<jiff::Timestamp>, look: &Look) -> Field {
    if let Some(time) = time {
        field.value = format!("{} ({})", field.value, text::age(time, look.now));
    }
    field
}

fn state_field(row: &Row, look: &Look) -> Field {
    let (_, role) = look.theme.phase(row.task.state.phase());
    Field {
        role,
        ..field("State", Some(row.task.state.as_str()))
    }
}

fn access_key(task: &BundleTask, look: &Look) -> Field {
    let id = task
        .storage
        .as_ref()
        .and_then(|s3| s3.aws_access_key_id.as_deref())
        .map(|id| mask_access_key_id(&look.clean(id), look.theme.symbols().mask));
    field("Access key", id.as_deref())
}

/// The upload policy and its signature: the one decoded on demand, the other only said to be there.
fn policy_fields(storage: Option<&S3Storage>, show: bool, look: &Look) -> Vec<Field> {
    let policy = storage.and_then(|s3| s3.upload_policy.as_deref());
    let signature = storage.and_then(|s3| s3.upload_policy_signature.as_ref());
    let mut fields = vec![match policy {
        None => field("Upload policy", None),
        Some(_) if !show => field("Upload policy", Some("present; u shows it decoded")),
        Some(bytes) => match UploadPolicy::decode(bytes) {
            Err(error) => field(
                "Upload policy",
                Some(&format!("{} bytes, {error}", bytes.len())),
            ),
            Ok(policy) => return decoded(&policy, signature.is_some(), look),
        },
    }];
    fields.push(signature_field(signature.is_some()));
    fields
}

fn signature_field(is_present: bool) -> Field {
    field("Signature", is_present.then_some("present, not shown"))
}

fn decoded(policy: &UploadPolicy, is_signed: bool, look: &Look) -> Vec<Field> {
    let expiry = match policy.expiration {
        Some(time) if time <= look.now => Field {
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
        None => field("Upload policy", Some("names no time it expires")),
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

/// The road of a task's life and where it is on it. A state that is not on the road stands alone:
/// EC2 does not say where the task left it.
fn lifecycle(row: &Row, width: usize, look: &Look) -> Line<'static> {
    let symbols = look.theme.symbols();
    let phase = row.task.state.phase();
    let here = Phase::ROAD.iter().position(|step| *step == phase);
    let Some(here) = here else {
        let (_, role) = look.theme.phase(phase);
        let word = look.clean(row.task.state.as_str()).into_owned();
        return Line::from(vec![
            look.span(Role::Dim, symbols.arrow.trim_start()),
            look.span(role, word),
        ]);
    };
    let whole: usize = Phase::ROAD
        .iter()
        .map(|step| text::width(step.word()) + text::width(symbols.arrow))
        .sum();
    // Without room for the whole road, only the step before and the one after.
    let (from, to) = if whole > width {
        (here.saturating_sub(1), here + 2)
    } else {
        (0, Phase::ROAD.len())
    };
    let mut spans = Vec::new();
    for (i, step) in Phase::ROAD.iter().enumerate().take(to).skip(from) {
        if i == here {
            spans.push(look.span(
                Role::Text,
                if i == 0 {
                    symbols.arrow.trim_start()
                } else {
                    symbols.arrow
                },
            ));
            let (_, role) = look.theme.phase(*step);
            spans.push(Span::styled(
                step.word(),
                look.theme.style(role).patch(look.theme.style(Role::Strong)),
            ));
            continue;
        }
        if i > from {
            spans.push(look.span(Role::Dim, symbols.step));
        }
        let role = if i < here { Role::Text } else { Role::Dim };
        spans.push(look.span(role, step.word()));
    }
    if to < Phase::ROAD.len() {
        let more = format!("{}{}", symbols.step, look.theme.charset().ellipsis());
        spans.push(look.span(Role::Dim, more));
    }
    Line::from(spans)
}

/// What is worth saying of a task in a sentence, if anything.
fn remark(row: &Row, look: &Look) -> Option<(String, Role)> {
    if let Some(gone) = row.gone {
        let listed = text::time_of_day(row.listed);
        let gone = text::time_of_day(gone);
        let word = look.clean(row.task.state.as_str()).into_owned();
        return Some((
            format!("No longer listed since {gone}, last seen {word} at {listed}; x dismisses."),
            Role::Warning,
        ));
    }
    if row.is_cancel_requested() {
        let words = match row.cancel {
            CancelMark::Accepted => "Cancel requested; EC2 accepted it.",
            CancelMark::Checking => "Cancel requested; the task is looked at before it is sent.",
            CancelMark::None | CancelMark::Sent | CancelMark::Unanswered => {
                "Cancel requested and sent; EC2 has not answered yet."
            }
        };
        return Some((words.into(), Role::Warning));
    }
    if row.cancel == CancelMark::Unanswered {
        return Some((
            "A cancel was sent and its answer lost; what became of it is not known yet.".into(),
            Role::Warning,
        ));
    }
    let error = row.task.error.as_ref()?;
    let words = [&error.code, &error.message]
        .into_iter()
        .flatten()
        .map(String::as_str)
        .collect::<Vec<_>>()
        .join(": ");
    Some((look.clean(&words).into_owned(), Role::Bad))
}

/// `bucket/prefix` of a task, for the dialogs.
pub fn place(task: &BundleTask) -> Option<String> {
    let place = columns::place(task.storage.as_ref()?);
    Some(format!("s3://{place}"))
}
