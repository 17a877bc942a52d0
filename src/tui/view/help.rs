//! The help: the keymap, spelt out.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::{Look, draw_scrolled};
use crate::text;
use crate::tui::keymap::{self, Key};
use crate::tui::theme::Role;

/// Columns of the keys' names.
const KEYS: usize = 16;

/// Draws the help over the body; says how many lines did not fit.
pub fn draw(frame: &mut Frame, area: Rect, scroll: u16, look: &Look) -> u16 {
    let room = usize::from(area.width).saturating_sub(KEYS + 6);
    let mut lines = Vec::new();
    for section in keymap::BINDINGS.chunk_by(|a, b| a.contexts == b.contexts) {
        if !lines.is_empty() {
            lines.push(Line::default());
        }
        let title = keymap::place(section[0].contexts);
        lines.push(look.span(Role::Label, format!(" {title}")).into());
        for binding in section {
            let mut keys = names(binding.keys, look.theme.is_ascii());
            for words in textwrap::wrap(binding.help, room) {
                let pad = " ".repeat(KEYS.saturating_sub(text::width(&keys)));
                lines.push(Line::from(vec![
                    look.span(Role::Strong, format!("   {keys}{pad} ")),
                    Span::raw(words),
                ]));
                keys.clear();
            }
        }
    }
    // What does not fit does without the space between its parts.
    if lines.len() + 2 > usize::from(area.height) {
        lines.retain(|line| line.width() > 0);
    }
    draw_scrolled(frame, area, " Keys ".into(), lines, scroll, look)
}

fn names(keys: &[Key], ascii: bool) -> String {
    keys.iter()
        .map(|key| match key.to_string().as_str() {
            "↑" if ascii => "Up".into(),
            "↓" if ascii => "Down".into(),
            "←" if ascii => "Left".into(),
            "→" if ascii => "Right".into(),
            name => name.to_owned(),
        })
        .collect::<Vec<_>>()
        .join(" ")
}
