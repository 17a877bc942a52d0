//! The help: the whole keymap, explained.

use itertools::Itertools as _;
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
/// A screen with more columns shows the keys in two.
const WIDE: u16 = 110;
/// Columns between the two.
const GUTTER_WIDTH: usize = 2;
/// Columns around the keys and the sentence: the indent and the gap.
const PADDING_WIDTH: usize = 4;

/// Draws the help over the body: the symbols, and the keys, those of `page` first.
pub fn draw(frame: &mut Frame, area: Rect, page: Context, scroll: u16, context: &RenderContext) {
    let width = usize::from(area.width).saturating_sub(4);
    let mut lines = legend(width, context);
    let sections = sections(page, context);
    if area.width < WIDE {
        lines.extend(sections_in_lines(&sections, width, context));
    } else {
        let column = (width - GUTTER_WIDTH) / 2;
        let in_lines = |sections: &[Section]| sections_in_lines(sections, column, context);
        // The first column is the longer one, or they are equally long.
        let height = in_lines(&sections).len();
        let split = (1..sections.len())
            .find(|count| in_lines(&sections[..*count]).len() * 2 >= height)
            .unwrap_or(sections.len());
        let (left, right) = sections.split_at(split);
        lines.extend(side_by_side(in_lines(left), in_lines(right), column));
    }
    // On a low screen there are no blank lines between sections.
    if area.height < LOW {
        lines.retain(|line| line.width() > 0);
    }
    context.draw_scrolled(frame, area, " Keys ".into(), lines, scroll);
}

/// The bindings of the same contexts.
struct Section<'a> {
    contexts: &'a [Context],
    bindings: Vec<&'a Binding>,
}

/// The sections, those of `page` first.
fn sections<'a>(page: Context, context: &RenderContext<'a>) -> Vec<Section<'a>> {
    let mut sections: Vec<Section> = Vec::new();
    for binding in context.keymap.all() {
        let same = sections
            .iter_mut()
            .find(|section| section.contexts == binding.contexts);
        match same {
            Some(section) => section.bindings.push(binding),
            None => sections.push(Section {
                contexts: &binding.contexts,
                bindings: vec![binding],
            }),
        }
    }
    sections.sort_by_key(|section| !section.contexts.contains(&page));
    sections
}

fn sections_in_lines(
    sections: &[Section],
    width: usize,
    context: &RenderContext,
) -> Vec<Line<'static>> {
    let room = width.saturating_sub(KEYS_WIDTH + PADDING_WIDTH);
    let mut lines = Vec::new();
    for section in sections {
        lines.push(Line::default());
        let title = contexts_title(section.contexts);
        for piece in context.wrap(&title, width) {
            lines.push(context.span(Role::Heading, format!(" {piece}")).into());
        }
        for binding in &section.bindings {
            push_binding(&mut lines, binding, room, context);
        }
    }
    lines
}

/// Two columns of lines, the first `width` cells wide.
fn side_by_side(
    left: Vec<Line<'static>>,
    right: Vec<Line<'static>>,
    width: usize,
) -> Vec<Line<'static>> {
    left.into_iter()
        .zip_longest(right)
        .map(|pair| {
            let (mut line, right) = pair.or_default();
            let pad = (width + GUTTER_WIDTH).saturating_sub(line.width());
            line.push_span(Span::raw(" ".repeat(pad)));
            line.spans.extend(right.spans);
            line
        })
        .collect()
}

/// What the symbols of the table and of the header mean.
fn legend(width: usize, context: &RenderContext) -> Vec<Line<'static>> {
    let symbols = context.symbols();
    let phases = Phase::ALL.into_iter().map(|phase| {
        let (symbol, role) = context.theme.phase(phase);
        (symbol, phase.as_str(), role)
    });
    let others = [
        ("!", "does not move any more", Role::Warning),
        (symbols.changed, "has just changed", Role::Pointer),
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
