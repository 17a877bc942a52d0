//! What the dialogs of a cancel have in common: a box in the middle of the screen.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Color;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Clear, Padding, Paragraph};

use crate::tui::drawn::Target;
use crate::tui::render::RenderContext;
use crate::tui::theme::Role;

/// Columns a dialog takes if the screen has them, borders included.
const WIDTH: u16 = 64;

/// The same for a dialog that lists tasks.
const MAX_WIDTH: u16 = 100;

/// Columns for the text of a dialog on this screen.
pub(super) fn text_width(screen: Rect) -> usize {
    usize::from(WIDTH.min(screen.width).saturating_sub(4))
}

/// Columns for the text of a dialog that lists tasks.
pub(super) fn wide_text_width(screen: Rect) -> usize {
    usize::from(MAX_WIDTH.min(screen.width).saturating_sub(4))
}

/// How many lines of text a dialog can have on this screen: it has two borders, and the footer's line stays
/// free.
pub(super) fn max_lines(screen: Rect) -> usize {
    usize::from(screen.height.saturating_sub(3))
}

/// Appends external text, wrapped.
pub(super) fn push_wrapped(
    lines: &mut Vec<Line<'static>>,
    text: &str,
    role: Role,
    width: usize,
    context: &RenderContext,
) {
    for piece in context.wrap(text, width) {
        lines.push(context.span(role, piece).into());
    }
}

/// A label and its value.
pub(super) fn labelled(
    label: &'static str,
    value: Span<'static>,
    context: &RenderContext,
) -> Line<'static> {
    let label = context.span(Role::Label, format!("{label:<LABEL_WIDTH$}"));
    Line::from(vec![label, value])
}

/// Columns of the widest label and the space after it.
pub(super) const LABEL_WIDTH: usize = 11;

/// Draws lines in a box in the middle of the screen; the footer's line stays free. `hint` is shown in
/// the lower border. Returns the inside of the box.
pub(super) fn draw(
    frame: &mut Frame,
    kind: Kind,
    title: &'static str,
    hint: &str,
    lines: Vec<Line<'static>>,
    context: &RenderContext,
) -> Rect {
    draw_box(frame, kind, WIDTH, title.into(), hint, lines, context)
}

/// Draws lines in a box that is just wide enough for `width` columns of text. Returns the inside of the
/// box.
pub(super) fn draw_sized(
    frame: &mut Frame,
    kind: Kind,
    width: usize,
    title: String,
    hint: &str,
    lines: Vec<Line<'static>>,
    context: &RenderContext,
) -> Rect {
    let width = u16::try_from(width + 4).unwrap_or(WIDTH);
    draw_box(frame, kind, width, title, hint, lines, context)
}

/// Draws what is on the screen as something that is covered now. The footer stays as it is.
fn cover(frame: &mut Frame, height: u16, context: &RenderContext) {
    let style = context.theme.style(Role::Covered);
    let area = Rect {
        height,
        ..frame.area()
    };
    let buffer = frame.buffer_mut();
    for position in area.intersection(buffer.area).positions() {
        let cell = &mut buffer[position];
        cell.modifier = style.add_modifier;
        cell.bg = Color::Reset;
        cell.fg = style.fg.unwrap_or(Color::Reset);
    }
}

/// What a dialog is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Nothing can be lost.
    Plain,
    /// Something may be lost.
    Dangerous,
    /// What is behind it shows what is chosen, so that it is not covered, and the box is at the right.
    Preview,
}

fn draw_box(
    frame: &mut Frame,
    kind: Kind,
    width: u16,
    title: String,
    hint: &str,
    lines: Vec<Line<'static>>,
    context: &RenderContext,
) -> Rect {
    let screen = frame.area();
    let room = screen.height.saturating_sub(1);
    let width = width.min(screen.width);
    let height = u16::try_from(lines.len() + 2).unwrap_or(u16::MAX);
    let hint = if height > room {
        "cut: see it on a taller screen"
    } else {
        hint
    };
    let height = height.min(room);
    let left = screen.width - width;
    let area = Rect::new(
        if kind == Kind::Preview {
            left.saturating_sub(2)
        } else {
            left / 2
        },
        (room - height) / 2,
        width,
        height,
    );
    let hint = if hint.is_empty() {
        Line::default()
    } else {
        Line::from(format!(" {hint} ")).centered()
    };
    let danger = context.theme.style(Role::Danger);
    let block = context.block(title);
    let block = match kind {
        Kind::Plain | Kind::Preview => block,
        Kind::Dangerous => block.border_style(danger).title_style(danger),
    };
    let block = block
        .title_bottom(hint)
        .padding(Padding::horizontal(1))
        .style(context.theme.style(Role::Panel));
    let inside = block.inner(area);
    if kind != Kind::Preview {
        cover(frame, room, context);
    }
    frame.render_widget(Clear, area);
    frame.render_widget(block, area);
    frame.render_widget(Paragraph::new(lines), inside);
    // The keys in the footer can be clicked all the same.
    let below = Rect {
        height: room,
        ..screen
    };
    context.add_target(below, Target::Dialog);
    inside
}
