//! The help: the whole keymap, explained.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use crate::task::Phase;
use crate::text::{self, Charset};
use crate::tui::keymap::{Binding, Context, contexts_title};
use crate::tui::render::RenderContext;
use crate::tui::theme::Role;

/// Maximum columns for the key names.
const KEYS_WIDTH: usize = 16;
/// A screen with fewer lines is low.
const LOW: u16 = 16;
/// Columns around the keys and the sentence: the indent, the gap, the borders.
const PADDING_WIDTH: usize = 7;

/// Draws the help over the body: the symbols, and the keys, those of `page` first.
pub fn draw(frame: &mut Frame, area: Rect, page: Context, scroll: u16, context: &RenderContext) {
    let width = usize::from(area.width).saturating_sub(4);
    let room = usize::from(area.width).saturating_sub(KEYS_WIDTH + PADDING_WIDTH);
    let mut lines = legend(width, context);
    let mut sections: Vec<(&[Context], Vec<&Binding>)> = Vec::new();
    for binding in context.keymap.all() {
        let same = sections
            .iter_mut()
            .find(|(contexts, _)| *contexts == binding.contexts);
        match same {
            Some((_, bindings)) => bindings.push(binding),
            None => sections.push((&binding.contexts, vec![binding])),
        }
    }
    sections.sort_by_key(|(contexts, _)| !contexts.contains(&page));
    for (contexts, bindings) in sections {
        lines.push(Line::default());
        let title = contexts_title(contexts);
        for piece in context.wrap(&title, width) {
            lines.push(context.span(Role::Heading, format!(" {piece}")).into());
        }
        for binding in bindings {
            push_binding(&mut lines, binding, room, context);
        }
    }
    // On a low screen there are no blank lines between sections.
    if area.height < LOW {
        lines.retain(|line| line.width() > 0);
    }
    context.draw_scrolled(frame, area, " Keys ".into(), lines, scroll);
}

/// What the symbols of the table and of the header mean.
fn legend(width: usize, context: &RenderContext) -> Vec<Line<'static>> {
    let symbols = context.symbols();
    let phases = Phase::ALL.into_iter().map(|phase| {
        let (symbol, role) = context.theme.phase(phase);
        (symbol, phase.as_str(), role)
    });
    let others = [
        ("!", "no news for an hour", Role::Warning),
        (symbols.mark, "marked", Role::Pointer),
        (symbols.freshness[1], "live", Role::Good),
        (symbols.freshness[0], "connecting", Role::Dim),
        (symbols.freshness[2], "paused", Role::Warning),
        (symbols.freshness[3], "stale", Role::Warning),
        (symbols.freshness[4], "offline", Role::Bad),
    ];
    let mut lines = vec![Line::from(context.span(Role::Heading, " Symbols"))];
    let mut line = Line::default();
    for (symbol, word, role) in phases.chain(others) {
        let piece = format!("{symbol} {word}");
        if line.width() > 0 && line.width() + 3 + text::width(&piece) > width {
            lines.push(std::mem::take(&mut line));
        }
        line.push_span(Span::raw("   "));
        line.push_span(context.span(role, piece));
    }
    lines.push(line);
    lines
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
            context.span(Role::Key, format!("   {keys}{pad} ")),
            Span::raw(sentence),
        ]));
    }
}

fn names(binding: &Binding, charset: Charset) -> String {
    let names: Vec<_> = binding.keys.iter().map(|key| key.name(charset)).collect();
    names.join(" ")
}
