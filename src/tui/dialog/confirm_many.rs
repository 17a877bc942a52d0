//! The dialog that asks before several cancels.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::centered_box::{self, Kind, push_wrapped};
use super::confirm::account;
use super::scrolled::{ListScroll, window};
use crate::monitor::{Permission, Scope, TrackedTask};
use crate::task::{BundleId, S3Storage};
use crate::text;
use crate::tui::input::TextField;
use crate::tui::keymap::{Action, Context};
use crate::tui::render::RenderContext;
use crate::tui::theme::Role;
use crate::tui::view::text_field;

/// How many tasks can be cancelled at once. EC2 allows five requests a second, so that these take minutes.
pub const MAX_TASKS: usize = 1_000;

/// The dialog that asks before several cancels. It holds the tasks' IDs; what it shows of them is looked up
/// when it is drawn.
#[derive(Debug)]
pub struct ConfirmMany {
    /// The tasks.
    pub ids: Vec<BundleId>,
    /// How many of them the filter hides.
    pub hidden: usize,
    /// The number that a person types to confirm.
    pub field: TextField,
    /// Where the list of tasks is scrolled to.
    pub scroll: ListScroll,
    /// Why the last confirming key did nothing.
    pub warning: Option<String>,
}

impl ConfirmMany {
    /// A dialog that asks whether to cancel these tasks.
    pub fn new(ids: Vec<BundleId>, hidden: usize) -> Self {
        Self {
            ids,
            hidden,
            field: TextField::default(),
            scroll: ListScroll::default(),
            warning: None,
        }
    }

    /// The tasks that can be cancelled now.
    pub fn cancellable(&self, scope: &Scope) -> Vec<BundleId> {
        let ids = self.ids.iter();
        ids.filter(|id| why_not(id, scope).is_none())
            .cloned()
            .collect()
    }
}

/// Why a task is not cancelled with the others; `None` if it is.
fn why_not(id: &BundleId, scope: &Scope) -> Option<String> {
    let Some(tracked) = scope.tasks().by_id(id) else {
        return Some("Not cancelled: the task is no longer on the screen.".into());
    };
    if let Some(reason) = scope.why_not_cancel(tracked) {
        return Some(reason.sentence());
    }
    match scope.permission(id) {
        Some(Permission::Denied(error)) => {
            let code = error.code.as_deref().unwrap_or_default();
            Some(format!("Not cancelled: EC2 would refuse ({code})."))
        }
        Some(
            Permission::Asking
            | Permission::Allowed
            | Permission::Unknown(_)
            | Permission::NotAnswered(_),
        )
        | None => None,
    }
}

/// A dialog with fewer lines has none to spare between its parts.
const LOW: usize = 14;

/// Draws the question.
pub fn draw(frame: &mut Frame, dialog: &ConfirmMany, scope: &Scope, context: &RenderContext) {
    let width = centered_box::wide_text_width(frame.area());
    let can_be_cancelled = dialog.cancellable(scope).len();
    let mut above = vec![
        context
            .span(Role::Text, context.keep_start(&account(scope), width))
            .into(),
    ];
    if dialog.hidden > 0 {
        let hidden = format!(
            "{} of them are not shown: the filter hides them.",
            dialog.hidden
        );
        push_wrapped(&mut above, &hidden, Role::Warning, width, context);
    }
    let room = centered_box::max_lines(frame.area());
    let gaps = usize::from(room >= LOW);
    above.extend(vec![Line::default(); gaps]);
    let below = below(dialog, can_be_cancelled, gaps, scope, width, context);
    let room = room.saturating_sub(above.len() + below.len()).max(1);
    let list = window(dialog.ids.len(), dialog.scroll, room, |number| {
        entry(&dialog.ids[number], scope, width, context)
    });
    let hint = if list.shown.len() < dialog.ids.len() {
        let (from, to) = (list.shown.start + 1, list.shown.end);
        format!("tasks {from}-{to} of {}", dialog.ids.len())
    } else {
        String::new()
    };
    let field_line = above.len() + list.lines.len() + below.len() - 1;
    let lines = [above, list.lines, below].concat();
    let title = format!(
        " Cancel {can_be_cancelled} of {} bundle tasks? ",
        dialog.ids.len()
    );
    let inside =
        centered_box::draw_sized(frame, Kind::Dangerous, width, title, &hint, lines, context);
    if can_be_cancelled > 0 {
        let line = Rect {
            y: inside.y + u16::try_from(field_line).unwrap_or(0),
            height: 1,
            ..inside
        };
        let label = format!("Type {can_be_cancelled} and Enter to cancel: ");
        text_field::draw(
            frame,
            line.intersection(inside),
            &label,
            &dialog.field,
            context,
        );
    }
}

/// The lines below the tasks; the last one is that of the text field.
fn below(
    dialog: &ConfirmMany,
    can_be_cancelled: usize,
    gaps: usize,
    scope: &Scope,
    width: usize,
    context: &RenderContext,
) -> Vec<Line<'static>> {
    let mut lines = vec![Line::default(); gaps];
    if can_be_cancelled == 0 {
        let key = context.key_name(Context::ConfirmMany, Action::KeepTask);
        let text = format!("None of these can be cancelled; {key} closes.");
        push_wrapped(&mut lines, &text, Role::Warning, width, context);
        return lines;
    }
    lines.push(match &dialog.warning {
        Some(warning) => {
            let warning = context.keep_start(warning, width);
            context.span(Role::Warning, warning).into()
        }
        None => permissions(dialog, scope, width, context),
    });
    lines.extend(vec![Line::default(); gaps]);
    lines.push(Line::default());
    lines
}

/// What the dry runs have said so far.
fn permissions(
    dialog: &ConfirmMany,
    scope: &Scope,
    width: usize,
    context: &RenderContext,
) -> Line<'static> {
    let [mut asking, mut allowed, mut denied, mut unknown] = [0; 4];
    for permission in dialog.ids.iter().filter_map(|id| scope.permission(id)) {
        match permission {
            Permission::Asking => asking += 1,
            Permission::Allowed => allowed += 1,
            Permission::Denied(_) => denied += 1,
            Permission::Unknown(_) | Permission::NotAnswered(_) => unknown += 1,
        }
    }
    let parts = [
        (allowed, "allowed", Role::Good),
        (denied, "denied", Role::Bad),
        (unknown, "not known", Role::Warning),
        (asking, "being asked", Role::Dim),
    ];
    let mut line = Line::from(context.span(Role::Label, "Permission (dry runs): "));
    let mut separator = "";
    for (count, what, role) in parts.into_iter().filter(|(count, ..)| *count > 0) {
        line.push_span(Span::raw(separator));
        line.push_span(context.span(role, format!("{count} {what}")));
        separator = ", ";
    }
    if line.width() > width {
        let text = line.to_string();
        return context.keep_start(&text, width).into();
    }
    line
}

/// A task, and why it is not cancelled with the others.
fn entry(
    id: &BundleId,
    scope: &Scope,
    width: usize,
    context: &RenderContext,
) -> Vec<Line<'static>> {
    let reason = why_not(id, scope);
    let tracked = scope.tasks().by_id(id);
    let mut lines = Vec::new();
    let role = if reason.is_some() {
        Role::Dim
    } else {
        Role::Strong
    };
    let mut first = vec![context.span(role, context.keep_end(id.as_str(), width))];
    if let Some(tracked) = tracked {
        first.push(state(tracked, context));
    }
    lines.push(Line::from(first));
    if let Some(tracked) = tracked {
        let place = place(tracked, context);
        let used = lines[0].width() + 3;
        // Beside the ID where that fits, or else below it.
        if used + text::width(&place) <= width {
            lines[0].push_span(Span::raw("   "));
            lines[0].push_span(context.span(Role::Text, place));
        } else {
            let place = context.keep_end(&place, width.saturating_sub(2));
            lines.push(Line::from(vec![
                Span::raw("  "),
                context.span(Role::Text, place),
            ]));
        }
    }
    let permission = scope.permission(id).filter(|_| reason.is_none());
    let said = reason.or_else(|| match permission? {
        Permission::Unknown(error) => Some(format!("Permission not known: {}", error.summary())),
        Permission::NotAnswered(why) => Some(format!("Permission not known: {why}")),
        Permission::Asking | Permission::Allowed | Permission::Denied(_) => None,
    });
    if let Some(said) = said {
        let said = context.keep_start(&said, width.saturating_sub(2));
        lines.push(Line::from(vec![
            Span::raw("  "),
            context.span(Role::Warning, said),
        ]));
    }
    lines
}

fn state(tracked: &TrackedTask, context: &RenderContext) -> Span<'static> {
    let task = &tracked.task;
    let (symbol, role) = context.theme.phase(task.state.phase());
    let progress = task.progress.as_ref();
    let progress = progress.map_or_else(String::new, |progress| format!(" {progress}"));
    let text = format!("   {symbol} {}{progress}", task.state);
    context.span(role, context.clean(&text).into_owned())
}

/// Instance and storage.
fn place(tracked: &TrackedTask, context: &RenderContext) -> String {
    let task = &tracked.task;
    let storage = task.storage.as_ref().map(S3Storage::path);
    let storage = storage.map(|path| format!("s3://{path}"));
    let parts: Vec<_> = [task.instance_id.clone(), storage]
        .into_iter()
        .flatten()
        .collect();
    context.clean(&parts.join("   ")).into_owned()
}
