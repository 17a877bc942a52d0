//! The dialog in which what is to be cancelled is typed: several tasks by their number, one by the end of its
//! ID.

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

/// The dialog in which what is to be cancelled is typed. It holds the tasks' IDs; what it shows of them is looked up
/// when it is drawn.
#[derive(Debug)]
pub struct ConfirmTyped {
    /// The tasks.
    pub ids: Vec<BundleId>,
    /// How many of them the filter hides.
    pub hidden: usize,
    /// What a person types to confirm.
    pub field: TextField,
    /// Where the list of tasks is scrolled to.
    pub scroll: ListScroll,
    /// Why the last confirming key did nothing.
    pub warning: Option<TypedWarning>,
}

/// Why a confirming key did nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TypedWarning {
    /// Something else is typed than [`ConfirmTyped::expected`].
    Wrong,
    /// It came too early to be meant for the dialog.
    TooEarly,
}

impl ConfirmTyped {
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

    /// What is to be typed if these tasks can be cancelled: their number; if it is only one, the last characters
    /// of its ID.
    pub fn expected(cancellable: &[BundleId]) -> String {
        const CHARACTERS: usize = 4;
        match cancellable {
            [id] => {
                let id = id.as_str();
                let start = id.char_indices().rev().nth(CHARACTERS - 1);
                id[start.map_or(0, |(start, _)| start)..].to_owned()
            }
            _ => cancellable.len().to_string(),
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
pub fn draw(frame: &mut Frame, dialog: &ConfirmTyped, scope: &Scope, context: &RenderContext) {
    let width = centered_box::wide_text_width(frame.area());
    let cancellable = dialog.cancellable(scope);
    let (can_be_cancelled, expected) = (cancellable.len(), ConfirmTyped::expected(&cancellable));
    let expected = context.clean(&expected);
    let mut above = vec![
        context
            .span(Role::Text, context.keep_start(&account(scope), width))
            .into(),
    ];
    if dialog.hidden > 0 {
        let hidden = format!(
            "{} of the {} marked tasks are not in the list now.",
            dialog.hidden,
            dialog.ids.len()
        );
        push_wrapped(&mut above, &hidden, Role::Warning, width, context);
    }
    let room = centered_box::max_lines(frame.area());
    let gaps = usize::from(room >= LOW);
    above.extend(vec![Line::default(); gaps]);
    let below = below(dialog, &cancellable, gaps, scope, width, context);
    let room = room.saturating_sub(above.len() + below.len()).max(1);
    // Those that are cancelled come first.
    let (cancelled, kept): (Vec<_>, Vec<_>) = dialog
        .ids
        .iter()
        .partition(|id| why_not(id, scope).is_none());
    let ids = [cancelled, kept].concat();
    let list = window(ids.len(), dialog.scroll, room, |number| {
        entry(ids[number], scope, width, context)
    });
    let hint = if list.shown.len() < dialog.ids.len() {
        let (from, to) = (list.shown.start + 1, list.shown.end);
        format!("tasks {from}-{to} of {}", dialog.ids.len())
    } else {
        String::new()
    };
    let field_line = above.len() + list.lines.len() + below.len() - 1;
    let lines = [above, list.lines, below].concat();
    let title = match dialog.ids.len() {
        1 => " Cancel this bundle task? ".to_owned(),
        count => format!(" Cancel {can_be_cancelled} of {count} bundle tasks? "),
    };
    let inside =
        centered_box::draw_sized(frame, Kind::Dangerous, width, title, &hint, lines, context);
    if can_be_cancelled > 0 {
        let line = Rect {
            y: inside.y + u16::try_from(field_line).unwrap_or(0),
            height: 1,
            ..inside
        };
        let label = match can_be_cancelled {
            1 => format!("To cancel this task, type {expected} and press Enter: "),
            count => format!("To cancel these {count} tasks, type {expected} and press Enter: "),
        };
        let label = if text::width(&label) + 6 > width {
            format!("Type {expected} and press Enter: ")
        } else {
            label
        };
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
    dialog: &ConfirmTyped,
    cancellable: &[BundleId],
    gaps: usize,
    scope: &Scope,
    width: usize,
    context: &RenderContext,
) -> Vec<Line<'static>> {
    let mut lines = vec![Line::default(); gaps];
    if cancellable.is_empty() {
        let key = context.key_name(Context::ConfirmTyped, Action::KeepTask);
        let what = match dialog.ids.len() {
            1 => "It cannot be cancelled",
            _ => "None of these can be cancelled",
        };
        let text = format!("{what}; {key} closes.");
        push_wrapped(&mut lines, &text, Role::Warning, width, context);
        return lines;
    }
    lines.push(match &dialog.warning {
        Some(warning) => {
            let warning = match warning {
                TypedWarning::Wrong => {
                    let typed = dialog.field.text().trim();
                    match dialog.ids.len() {
                        1 => format!("The ID does not end with \"{typed}\"."),
                        _ => format!(
                            "{} can be cancelled, and \"{typed}\" is typed.",
                            cancellable.len()
                        ),
                    }
                }
                TypedWarning::TooEarly => {
                    "That key came too soon to be meant; press it again.".to_owned()
                }
            };
            let warning = context.keep_start(&warning, width);
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
    dialog: &ConfirmTyped,
    scope: &Scope,
    width: usize,
    context: &RenderContext,
) -> Line<'static> {
    let [mut asking, mut allowed, mut denied, mut unknown] = [0; 4];
    let is_asked_about = |id: &&BundleId| {
        let task = scope.tasks().by_id(id);
        task.is_some_and(|task| scope.why_not_cancel(task).is_none())
    };
    let ids = dialog.ids.iter().filter(is_asked_about);
    for permission in ids.filter_map(|id| scope.permission(id)) {
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
    let is_one = dialog.ids.len() == 1;
    let label = if is_one {
        "Permission (dry run): "
    } else {
        "Permission (dry runs): "
    };
    let mut line = Line::from(context.span(Role::Label, label));
    let mut separator = "";
    for (count, what, role) in parts.into_iter().filter(|(count, ..)| *count > 0) {
        line.push_span(Span::raw(separator));
        let text = if is_one {
            what.to_owned()
        } else {
            format!("{count} {what}")
        };
        line.push_span(context.span(role, text));
        separator = ", ";
    }
    if line.width() > width {
        let text = line.to_string();
        return context.keep_start(&text, width).into();
    }
    line
}

/// Columns that one line for each task needs.
const WIDE: usize = 84;
/// Columns of a state with its progress, and of an instance ID.
const STATE_WIDTH: usize = 24;
const INSTANCE_WIDTH: usize = 19;
/// Columns of a bundle ID as EC2 makes them today, and the least that the list leaves for it.
const ID_WIDTH: usize = 21;

/// A task in one line, or in two if it is narrow; below it, why it is not cancelled with the others.
fn entry(
    id: &BundleId,
    scope: &Scope,
    width: usize,
    context: &RenderContext,
) -> Vec<Line<'static>> {
    let reason = why_not(id, scope);
    let tracked = scope.tasks().by_id(id);
    let role = if reason.is_some() {
        Role::Dim
    } else {
        Role::Strong
    };
    let (instance, storage) = tracked.map(places).unwrap_or_default();
    let mut lines = if width >= WIDE {
        let rest = width.saturating_sub(ID_WIDTH + STATE_WIDTH + INSTANCE_WIDTH + 6);
        let mut line = Line::from(column(
            role,
            context.keep_end(id.as_str(), ID_WIDTH),
            ID_WIDTH,
            context,
        ));
        line.extend(state(tracked, STATE_WIDTH, context));
        let instance = context.keep_end(&instance, INSTANCE_WIDTH);
        line.extend(column(Role::Text, instance, INSTANCE_WIDTH, context));
        line.push_span(context.span(Role::Text, context.keep_path(&storage, rest)));
        vec![line]
    } else {
        let id_width = width
            .saturating_sub(STATE_WIDTH + 4)
            .max(ID_WIDTH.min(width / 2));
        let mut first = Line::from(column(
            role,
            context.keep_end(id.as_str(), id_width),
            id_width.min(ID_WIDTH),
            context,
        ));
        let room = width.saturating_sub(first.width());
        first.extend(state(tracked, room, context));
        let instance = context.clean(&instance).into_owned();
        let rest = width.saturating_sub(text::width(&instance) + 4);
        let storage = context.keep_path(&storage, rest);
        let second = vec![
            Span::raw("  "),
            context.span(Role::Text, format!("{instance}  {storage}")),
        ];
        vec![first, Line::from(second)]
    };
    let permission = scope.permission(id).filter(|_| reason.is_none());
    let said = reason.or_else(|| match permission? {
        Permission::Unknown(error) => Some(format!("Permission not known: {}", error.summary())),
        Permission::NotAnswered(why) => Some(format!("Permission not known: {why}")),
        Permission::Asking | Permission::Allowed | Permission::Denied(_) => None,
    });
    if let Some(said) = said {
        let said = context.keep_start(&said, width.saturating_sub(2));
        let said = [Span::raw("  "), context.span(Role::Warning, said)];
        lines.push(Line::from_iter(said));
    }
    lines
}

/// A text in `width` columns, and the space after them.
fn column(role: Role, text: String, width: usize, context: &RenderContext) -> Vec<Span<'static>> {
    let pad = " ".repeat(width.saturating_sub(text::width(&text)) + 2);
    vec![context.span(role, text), Span::raw(pad)]
}

fn state(
    tracked: Option<&TrackedTask>,
    width: usize,
    context: &RenderContext,
) -> Vec<Span<'static>> {
    let Some(tracked) = tracked else {
        return column(Role::Text, String::new(), width, context);
    };
    let task = &tracked.task;
    let (symbol, role) = context.theme.phase(task.state.phase());
    let progress = task.progress.as_ref();
    let progress = progress.map_or_else(String::new, |progress| format!(" {progress}"));
    let text = context.keep_start(
        &format!("{}{progress}", task.state),
        width.saturating_sub(2),
    );
    column(role, format!("{symbol} {text}"), width, context)
}

/// Instance and storage.
fn places(tracked: &TrackedTask) -> (String, String) {
    let task = &tracked.task;
    let instance = task.instance_id.clone().unwrap_or_default();
    let storage = task
        .storage
        .as_ref()
        .map(S3Storage::path)
        .unwrap_or_default();
    (instance, storage)
}
