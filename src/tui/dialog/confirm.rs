//! Draws the dialog that asks before a cancel.

use ratatui::Frame;
use ratatui::layout::{Alignment, Rect};
use ratatui::text::{Line, Span};

use super::centered_box::{self, Kind, LABEL_WIDTH, labelled, push_wrapped};
use super::{Button, Confirm, Warning};
use crate::monitor::{Permission, Scope, TrackedTask};
use crate::task::{BundleTask, S3Storage};
use crate::text;
use crate::tui::drawn::Target;
use crate::tui::keymap::{Action, Context};
use crate::tui::render::RenderContext;
use crate::tui::theme::Role;

/// The most lines of a long value.
const MAX_VALUE_LINES: usize = 4;
/// Cells between the buttons.
const GAP: usize = 5;
/// Lines of the buttons and of their keys.
const BUTTON_LINES: u16 = 2;
/// How many of the keys for a button are named below it, besides the one that presses it.
const KEYS_NAMED: usize = 2;

/// Draws the question. `can_be_answered` says whether it has been on the screen long enough to be
/// answered.
pub fn draw(
    frame: &mut Frame,
    confirm: &Confirm,
    scope: &Scope,
    can_be_answered: bool,
    context: &RenderContext,
) {
    let width = centered_box::text_width(frame.area());
    let tracked = scope.tasks().by_id(&confirm.id);
    // IDs differ at their ends.
    let id = context.keep_end(confirm.id.as_str(), width);
    let mut lines = vec![summary(&id, tracked, width, context)];
    let answer = answer_lines(confirm, tracked, scope, can_be_answered, width, context);
    // A task that is gone may have belonged to another account than the one on the screen now.
    if let Some(tracked) = tracked {
        let room = centered_box::max_lines(frame.area());
        let room = room.saturating_sub(lines.len() + answer.len());
        lines.extend(fact_lines(
            &facts(scope, &tracked.task),
            width,
            room,
            context,
        ));
    }
    let shows_buttons = tracked.is_some_and(|tracked| scope.why_not_cancel(tracked).is_none());
    lines.extend(answer);
    let last_lines = u16::try_from(lines.len())
        .unwrap_or(0)
        .saturating_sub(BUTTON_LINES);
    let inside = centered_box::draw(
        frame,
        Kind::Dangerous,
        " Cancel this bundle task? ",
        "",
        lines,
        context,
    );
    if shows_buttons {
        let area = Rect {
            y: inside.y + last_lines,
            height: BUTTON_LINES,
            ..inside
        };
        let half = area.width / 2;
        let (keep, cancel) = (area.x, area.x + half);
        for (x, button) in [(keep, Button::KeepTask), (cancel, Button::CancelTask)] {
            let area = Rect {
                x,
                width: half,
                ..area
            };
            context.add_target(area.intersection(inside), Target::Button(button));
        }
    }
}

/// The lines below the facts: the permission and the buttons, or why there are none.
fn answer_lines(
    confirm: &Confirm,
    tracked: Option<&TrackedTask>,
    scope: &Scope,
    can_be_answered: bool,
    width: usize,
    context: &RenderContext,
) -> Vec<Line<'static>> {
    let mut lines = Vec::new();
    let reason = match tracked {
        Some(tracked) => scope
            .why_not_cancel(tracked)
            .map(|reason| reason.sentence()),
        None => Some("Not cancelled: the task is no longer on the screen.".into()),
    };
    if let Some(reason) = reason {
        lines.push(Line::default());
        push_wrapped(&mut lines, &reason, Role::Warning, width, context);
        lines.push(Line::default());
        let key = context.key_name(Context::Confirm, Action::KeepTask);
        let hint = context.span(Role::Dim, format!("{key} closes"));
        lines.push(Line::from(hint).alignment(Alignment::Center));
    } else {
        let permission = scope.permission(&confirm.id);
        let permission = permission.unwrap_or(&Permission::Asking);
        lines.push(permission_line(permission, width, context));
        lines.push(warning_line(confirm.warning, permission, width, context));
        lines.extend(buttons(
            confirm.focus,
            can_be_answered,
            permission,
            width,
            context,
        ));
    }
    lines
}

/// `bun-2a4e041c   storing 72%   started 12m ago`, as much of it as fits.
fn summary(
    id: &str,
    tracked: Option<&TrackedTask>,
    width: usize,
    context: &RenderContext,
) -> Line<'static> {
    let mut spans = vec![context.span(Role::Strong, id.to_owned())];
    if let Some(tracked) = tracked {
        let task = &tracked.task;
        let (symbol, role) = context.theme.phase(task.state.phase());
        let progress = task.progress.as_ref();
        let progress = progress.map_or_else(String::new, |progress| format!(" {progress}"));
        let state = format!("   {symbol} {}{progress}", task.state);
        spans.push(context.span(role, context.clean(&state).into_owned()));
        if let Some(start) = task.start_time {
            let age = text::age(start, context.now);
            spans.push(Span::raw(format!("   started {age}")));
        }
    }
    while spans.len() > 1 && spans.iter().map(Span::width).sum::<usize>() > width {
        spans.pop();
    }
    Line::from(spans)
}

/// What the task is, and who owns it.
fn facts(scope: &Scope, task: &BundleTask) -> Vec<(&'static str, String)> {
    let instance = task.instance_id.clone();
    let storage = task.storage.as_ref();
    let storage = storage.map(|storage: &S3Storage| format!("s3://{}", storage.path()));
    let absent = || "-".to_owned();
    let mut facts = vec![
        ("Instance", instance.unwrap_or_else(absent)),
        ("Storage", storage.unwrap_or_else(absent)),
        ("Account", account(scope)),
    ];
    let session = scope.session();
    if let Some(endpoint) = session.and_then(|session| session.endpoint_url.clone()) {
        facts.push(("Endpoint", endpoint));
    }
    facts
}

/// `123456789012 (prod), us-east-1`.
pub(super) fn account(scope: &Scope) -> String {
    let session = scope.session();
    let account = match scope.identity() {
        Some(who) => &who.account,
        None => "not known",
    };
    let profile = session
        .and_then(|session| session.profile.as_deref())
        .map_or_else(String::new, |profile| format!(" ({profile})"));
    let region = session.map_or_else(String::new, |session| format!(", {}", session.region));
    format!("{account}{profile}{region}")
}

/// The facts in at most `room` lines, if there are as many as facts: long values have several lines where
/// that leaves room for all.
fn fact_lines(
    facts: &[(&'static str, String)],
    width: usize,
    room: usize,
    context: &RenderContext,
) -> Vec<Line<'static>> {
    let with_values_of = |max_lines: usize| {
        let facts = facts.iter();
        let lines = facts.flat_map(|(label, value)| fact(label, value, width, max_lines, context));
        lines.collect::<Vec<_>>()
    };
    let sizes = (1..=MAX_VALUE_LINES).rev().map(with_values_of);
    let mut fitting = sizes.filter(|lines| lines.len() <= room);
    fitting.next().unwrap_or_else(|| with_values_of(1))
}

/// A label and its value in at most `max_lines` lines. If the value is longer, its end is shown too, which
/// is where values differ.
fn fact(
    label: &'static str,
    value: &str,
    width: usize,
    max_lines: usize,
    context: &RenderContext,
) -> Vec<Line<'static>> {
    let room = width.saturating_sub(LABEL_WIDTH);
    let mut pieces = context.wrap(value, room);
    if pieces.len() > max_lines {
        pieces.truncate(max_lines - 1);
        pieces.push(context.keep_end(value, room));
    }
    let labels = [label].into_iter().chain(std::iter::repeat(""));
    let lines = labels.zip(pieces);
    lines
        .map(|(label, piece)| labelled(label, context.span(Role::Text, piece), context))
        .collect()
}

fn permission_line(
    permission: &Permission,
    width: usize,
    context: &RenderContext,
) -> Line<'static> {
    let (text, role) = match permission {
        Permission::Asking => ("asking EC2 by a dry run".to_owned(), Role::Dim),
        Permission::Allowed => ("allowed (dry run)".to_owned(), Role::Good),
        Permission::Denied(error) => (
            format!("denied (dry run): {}", error.code.as_deref().unwrap_or("")),
            Role::Bad,
        ),
        Permission::Unknown(error) => (format!("not known: {}", error.summary()), Role::Warning),
        Permission::NotAnswered(reason) => (format!("not known: {reason}"), Role::Warning),
    };
    let text = context.keep_start(&text, width.saturating_sub(LABEL_WIDTH));
    labelled("Permission", context.span(role, text), context)
}

fn warning_line(
    warning: Option<Warning>,
    permission: &Permission,
    width: usize,
    context: &RenderContext,
) -> Line<'static> {
    let text = match warning {
        None if matches!(permission, Permission::Denied(_)) => {
            "Ask for ec2:CancelBundleTask, or use another --profile."
        }
        None => return Line::default(),
        Some(Warning::TooEarly) => "That key came too soon to be meant; press it again.",
        Some(Warning::Denied) => "EC2 would refuse this cancel, so it is not sent.",
    };
    context
        .span(Role::Warning, context.keep_start(text, width))
        .into()
}

/// The buttons, and below each one the keys that press it.
fn buttons(
    focus: Button,
    can_be_answered: bool,
    permission: &Permission,
    width: usize,
    context: &RenderContext,
) -> [Line<'static>; 2] {
    let is_denied = matches!(permission, Permission::Denied(_));
    let cells = [
        (Button::KeepTask, "Keep it", Action::KeepTask, true),
        (
            Button::CancelTask,
            "Cancel the task",
            Action::CancelTask,
            can_be_answered && !is_denied,
        ),
    ]
    .map(|(button, name, action, works)| {
        let (open, close) = context.symbols().button;
        let has_focus = focus == button;
        let (name, role) = match (has_focus, is_denied && button == Button::CancelTask) {
            (_, true) => (format!("  {name}  "), Role::Disabled),
            (true, false) if button == Button::CancelTask => {
                (format!("{open}{name}{close}"), Role::DangerInFocus)
            }
            (true, false) => (format!("{open}{name}{close}"), Role::ButtonInFocus),
            (false, false) => (format!("  {name}  "), Role::Button),
        };
        let press = has_focus.then_some(Action::Press);
        let keys = if works {
            key_names(action, press, context)
        } else {
            String::new()
        };
        (name, role, keys)
    });
    // Wide enough for the keys of a focused button, so that nothing moves when the focus does.
    let widest = [
        (&cells[0].0, Action::KeepTask),
        (&cells[1].0, Action::CancelTask),
    ]
    .map(|(name, action)| {
        let keys = key_names(action, Some(Action::Press), context);
        text::width(name).max(text::width(&keys))
    });
    let gap = GAP.min(width.saturating_sub(widest.iter().sum()));
    let gap = || Span::raw(" ".repeat(gap));
    let [
        (keep, keep_role, keep_keys),
        (cancel, cancel_role, cancel_keys),
    ] = cells;
    let line = |spans: Vec<Span<'static>>| Line::from(spans).alignment(Alignment::Center);
    let buttons = [
        centred(context.span(keep_role, keep), widest[0]),
        vec![gap()],
        centred(context.span(cancel_role, cancel), widest[1]),
    ];
    let hints = [
        centred(context.span(Role::Dim, keep_keys), widest[0]),
        vec![gap()],
        centred(context.span(Role::Dim, cancel_keys), widest[1]),
    ];
    [line(buttons.concat()), line(hints.concat())]
}

fn key_names(action: Action, press: Option<Action>, context: &RenderContext) -> String {
    let keys = |action, count| {
        let keys = context.keymap.keys(Context::Confirm, action).take(count);
        keys.map(|key| key.name(context.charset()))
            .collect::<Vec<_>>()
    };
    let mut names = keys(action, KEYS_NAMED);
    names.extend(press.into_iter().flat_map(|press| keys(press, 1)));
    names.join(", ")
}

/// A piece of text in the middle of `width` cells.
fn centred(span: Span<'static>, width: usize) -> Vec<Span<'static>> {
    let left = width.saturating_sub(span.width()) / 2;
    let right = width.saturating_sub(span.width() + left);
    vec![
        Span::raw(" ".repeat(left)),
        span,
        Span::raw(" ".repeat(right)),
    ]
}
