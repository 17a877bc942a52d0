//! The dialogs of a cancel: the question before it, and what became of it.

use ratatui::Frame;
use ratatui::layout::{Alignment, Rect};
use ratatui::text::{Line, Span};
use ratatui::widgets::{Clear, Padding, Paragraph};

use super::{Look, details};
use crate::ec2::Ec2Error;
use crate::text;
use crate::tui::state::{Confirm, Focus, Outcome, Permission, Row, Since, State, Verdict};
use crate::tui::theme::Role;

/// Columns a dialog takes if the screen has them, borders included.
const WIDTH: u16 = 64;
const LABEL: usize = 11;
/// Lines of a screen that has room for long values; on others they are cut.
const TALL: u16 = 20;

/// Draws the question.
pub fn draw_confirm(frame: &mut Frame, state: &State, confirm: &Confirm, look: &Look) {
    let width = usize::from(WIDTH.min(frame.area().width) - 4);
    let row = state.rows.find(&confirm.id);
    let id = look.clean(confirm.id.as_str()).into_owned();
    let mut lines = vec![summary(&id, row, width, look)];
    let instance = row.and_then(|row| row.task.instance_id.as_deref());
    let place = row.and_then(|row| details::place(&row.task));
    for (label, value) in [
        ("Instance", instance.unwrap_or("-")),
        ("Storage", place.as_deref().unwrap_or("-")),
        ("Account", &account(state)),
    ] {
        let room = width.saturating_sub(LABEL);
        if frame.area().height < TALL {
            let value = look.keep_end(value, room);
            lines.push(labelled(label, look.span(Role::Text, value), look));
            continue;
        }
        for (i, piece) in textwrap::wrap(&look.clean(value), room)
            .into_iter()
            .take(4)
            .enumerate()
        {
            let label = if i == 0 { label } else { "" };
            let piece = look.span(Role::Text, piece.into_owned());
            lines.push(labelled(label, piece, look));
        }
    }
    let reason = match row {
        Some(row) => state.why_not_cancel(row),
        None => Some("the task is no longer on the screen".into()),
    };
    if let Some(reason) = reason {
        lines.push(Line::default());
        push_wrapped(
            &mut lines,
            &format!("Not cancelled: {reason}."),
            Role::Warning,
            width,
            look,
        );
        lines.push(Line::default());
        lines.push(hint("Esc closes", look));
    } else {
        lines.push(permission(&confirm.permission, width, look));
        lines.push(if confirm.too_early {
            let words = "That key came too soon to be meant; press it again.";
            look.span(Role::Warning, look.keep_start(words, width))
                .into()
        } else {
            Line::default()
        });
        lines.push(buttons(confirm.focus, look));
        lines.push(hint(
            match confirm.focus {
                Focus::Keep if !state.is_armed() => "Esc, n, Enter               ",
                Focus::Keep => "Esc, n, Enter              y",
                Focus::Cancel => "Esc, n             Enter, y",
            },
            look,
        ));
    }
    draw_box(frame, " Cancel this bundle task? ", "", lines, look);
}

/// `bun-2a4e041c   storing 72%   started 12m ago`, as much of it as fits.
fn summary(id: &str, row: Option<&Row>, width: usize, look: &Look) -> Line<'static> {
    let mut spans = vec![look.span(Role::Strong, id.to_owned())];
    if let Some(row) = row {
        let (_, role) = look.theme.phase(row.task.state.phase());
        let progress = row.task.progress.as_ref();
        let progress = progress.map_or_else(String::new, |progress| format!(" {progress}"));
        let state = look.clean(row.task.state.as_str());
        spans.push(look.span(role, format!("   {state}{}", look.clean(&progress))));
        if let Some(start) = row.task.start_time {
            spans.push(Span::raw(format!(
                "   started {}",
                text::age(start, look.now)
            )));
        }
    }
    while spans.len() > 1 && spans.iter().map(Span::width).sum::<usize>() > width {
        spans.pop();
    }
    Line::from(spans)
}

/// `123456789012 (prod), us-east-1`.
fn account(state: &State) -> String {
    let session = state.session.as_ref();
    let account = match &state.identity {
        Some(who) => &who.account,
        None => "not known",
    };
    let profile = session
        .and_then(|session| session.profile.as_deref())
        .map_or_else(String::new, |profile| format!(" ({profile})"));
    let region = session.map_or_else(String::new, |session| format!(", {}", session.region));
    format!("{account}{profile}{region}")
}

fn permission(permission: &Permission, width: usize, look: &Look) -> Line<'static> {
    let (words, role) = match permission {
        Permission::Asking => ("asking EC2 by a dry run".to_owned(), Role::Dim),
        Permission::Allowed => ("allowed (dry run)".to_owned(), Role::Good),
        Permission::Denied(error) => (
            format!("denied (dry run): {}", error.code.as_deref().unwrap_or("")),
            Role::Bad,
        ),
        Permission::Unknown(error) => (format!("not known: {}", error.summary()), Role::Warning),
    };
    let words = look.keep_start(&words, width.saturating_sub(LABEL));
    labelled("Permission", look.span(role, words), look)
}

fn buttons(focus: Focus, look: &Look) -> Line<'static> {
    let (open, close) = look.theme.symbols().button;
    let button = |words: &str, this: Focus| {
        if focus == this {
            look.span(Role::Button, format!("{open}{words}{close}"))
        } else {
            Span::raw(format!("  {words}  "))
        }
    };
    Line::from(vec![
        button("Keep it", Focus::Keep),
        Span::raw("     "),
        button("Cancel the task", Focus::Cancel),
    ])
    .alignment(Alignment::Center)
}

fn hint(words: &'static str, look: &Look) -> Line<'static> {
    Line::from(look.span(Role::Dim, words)).alignment(Alignment::Center)
}

fn labelled(label: &'static str, value: Span<'static>, look: &Look) -> Line<'static> {
    Line::from(vec![
        look.span(Role::Label, format!("{label:<LABEL$}")),
        value,
    ])
}

/// Draws what became of a cancel.
pub fn draw_outcome(frame: &mut Frame, outcome: &Outcome, look: &Look) {
    let width = usize::from(WIDTH.min(frame.area().width) - 4);
    let mut lines = vec![
        look.span(Role::Strong, look.clean(outcome.id.as_str()).into_owned())
            .into(),
    ];
    let mut say = |words: &str, role| push_wrapped(&mut lines, words, role, width, look);
    let title = match &outcome.verdict {
        Verdict::NotAllowed(reason) => {
            say(&format!("Nothing was sent: {reason}."), Role::Text);
            " Not cancelled "
        }
        Verdict::NotLooked(error) => {
            say(
                "Nothing was sent: the task could not be looked at first.",
                Role::Text,
            );
            push_error(&mut lines, error, width, look);
            " Not cancelled "
        }
        Verdict::NotSent(error) => {
            say("The cancel did not reach EC2.", Role::Text);
            push_error(&mut lines, error, width, look);
            " Not cancelled "
        }
        Verdict::Refused(error) => {
            push_error(&mut lines, error, width, look);
            " EC2 refused the cancel "
        }
        Verdict::Unanswered { error, since } => {
            let what = if error.code.is_some() {
                "EC2 failed on the cancel. It may or may not have been carried out."
            } else {
                "The cancel was sent and its answer was lost. It may or may not have been carried out."
            };
            say(what, Role::Warning);
            say(&error.summary(), Role::Text);
            if let Some(id) = &error.request_id {
                say(&format!("Request ID {id}"), Role::Dim);
            }
            let (words, role) = match since {
                Since::Asking => ("Asking EC2 what became of it.".to_owned(), Role::Dim),
                Since::State(word) => (format!("EC2 now says: {word}."), Role::Strong),
                Since::NotListed => ("EC2 no longer lists the task.".to_owned(), Role::Strong),
                Since::Failed(error) => (
                    format!(
                        "Asking EC2 what became of it failed too: {}",
                        error.summary()
                    ),
                    Role::Warning,
                ),
            };
            say(&words, role);
            " Not known whether it was cancelled "
        }
    };
    draw_box(frame, title, "Esc or Enter closes", lines, look);
}

/// What EC2 said, its code in front, what a person can do, and the request ID.
fn push_error(lines: &mut Vec<Line<'static>>, error: &Ec2Error, width: usize, look: &Look) {
    push_wrapped(lines, &error.summary(), Role::Bad, width, look);
    push_wrapped(lines, &error.remedy(), Role::Text, width, look);
    if let Some(id) = &error.request_id {
        push_wrapped(lines, &format!("Request ID {id}"), Role::Dim, width, look);
    }
}

fn push_wrapped(
    lines: &mut Vec<Line<'static>>,
    words: &str,
    role: Role,
    width: usize,
    look: &Look,
) {
    let words = look.clean(words);
    for piece in textwrap::wrap(&words, width.max(1)) {
        lines.push(look.span(role, piece.into_owned()).into());
    }
}

/// Draws lines in a box in the middle of the screen; the footer's line stays free.
fn draw_box(
    frame: &mut Frame,
    title: &'static str,
    below: &'static str,
    lines: Vec<Line<'static>>,
    look: &Look,
) {
    let screen = frame.area();
    let room = screen.height.saturating_sub(1);
    let width = WIDTH.min(screen.width);
    let height = u16::try_from(lines.len() + 2).unwrap_or(u16::MAX);
    let below = if height > room {
        "cut: see it on a taller screen"
    } else {
        below
    };
    let height = height.min(room);
    let area = Rect::new(
        (screen.width - width) / 2,
        (room - height) / 2,
        width,
        height,
    );
    let below = if below.is_empty() {
        Line::default()
    } else {
        Line::from(format!(" {below} ")).centered()
    };
    let block = look
        .block(title)
        .title_bottom(below)
        .padding(Padding::horizontal(1));
    let inside = block.inner(area);
    frame.render_widget(Clear, area);
    frame.render_widget(block, area);
    frame.render_widget(Paragraph::new(lines), inside);
}
