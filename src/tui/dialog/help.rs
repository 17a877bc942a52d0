//! The help: the whole keymap, explained.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use crate::text::{self, Charset};
use crate::tui::keymap::{Binding, contexts_title};
use crate::tui::render::RenderContext;
use crate::tui::theme::Role;

/// Maximum columns for the key names.
const KEYS_WIDTH: usize = 16;
/// Columns around the keys and the sentence: the indent, the gap, the borders.
const PADDING_WIDTH: usize = 6;

/// Draws the help over the body.
pub fn draw(frame: &mut Frame, area: Rect, scroll: u16, context: &RenderContext) {
    let room = usize::from(area.width).saturating_sub(KEYS_WIDTH + PADDING_WIDTH);
    let bindings = context.keymap.all();
    let mut lines = Vec::new();
    for section in bindings.chunk_by(|a, b| a.contexts == b.contexts) {
        if !lines.is_empty() {
            lines.push(Line::default());
        }
        let title = contexts_title(&section[0].contexts);
        lines.push(context.span(Role::Label, format!(" {title}")).into());
        for binding in section {
            push_binding(&mut lines, binding, room, context);
        }
    }
    // If the help does not fit, drop the blank lines between sections.
    if lines.len() + 2 > usize::from(area.height) {
        lines.retain(|line| line.width() > 0);
    }
    context.draw_scrolled(frame, area, " Keys ".into(), lines, scroll);
}

/// The keys on the left, what they do on the right, each in as many lines as it needs.
fn push_binding(
    lines: &mut Vec<Line<'static>>,
    binding: &Binding,
    room: usize,
    context: &RenderContext,
) {
    let keys = textwrap::wrap(&names(binding, context.charset()), KEYS_WIDTH)
        .into_iter()
        .map(std::borrow::Cow::into_owned)
        .collect::<Vec<_>>();
    let sentence = context.wrap(&binding.help, room);
    for i in 0..keys.len().max(sentence.len()) {
        let keys = keys.get(i).cloned().unwrap_or_default();
        let sentence = sentence.get(i).cloned().unwrap_or_default();
        let pad = " ".repeat(KEYS_WIDTH.saturating_sub(text::width(&keys)));
        lines.push(Line::from(vec![
            context.span(Role::Strong, format!("   {keys}{pad} ")),
            Span::raw(sentence),
        ]));
    }
}

fn names(binding: &Binding, charset: Charset) -> String {
    let names: Vec<_> = binding.keys.iter().map(|key| key.name(charset)).collect();
    names.join(" ")
}
