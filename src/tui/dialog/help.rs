//! The help: the keymap, spelt out.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use crate::text::{self, Charset};
use crate::tui::keymap::{Binding, contexts_title};
use crate::tui::render::RenderContext;
use crate::tui::theme::Role;

/// The most columns that the names of the keys take.
const MAX_KEYS: usize = 16;
/// Columns around the keys and the sentence: the indent, the gap, the borders.
const AROUND: usize = 6;

/// Draws the help over the body. Returns how many lines did not fit.
pub fn draw(frame: &mut Frame, area: Rect, scroll: u16, context: &RenderContext) -> u16 {
    let room = usize::from(area.width).saturating_sub(MAX_KEYS + AROUND);
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
    // What does not fit does without the space between its parts.
    if lines.len() + 2 > usize::from(area.height) {
        lines.retain(|line| line.width() > 0);
    }
    context.draw_scrolled(frame, area, " Keys ".into(), lines, scroll)
}

/// The keys on the left, what they do on the right, each in as many lines as it takes.
fn push_binding(
    lines: &mut Vec<Line<'static>>,
    binding: &Binding,
    room: usize,
    context: &RenderContext,
) {
    let keys = textwrap::wrap(&names(binding, context.charset()), MAX_KEYS)
        .into_iter()
        .map(std::borrow::Cow::into_owned)
        .collect::<Vec<_>>();
    let sentence = context.wrap(&binding.help, room);
    for i in 0..keys.len().max(sentence.len()) {
        let keys = keys.get(i).cloned().unwrap_or_default();
        let sentence = sentence.get(i).cloned().unwrap_or_default();
        let pad = " ".repeat(MAX_KEYS.saturating_sub(text::width(&keys)));
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
