//! The help: the keymap, spelt out.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::{Look, draw_scrolled, text};
use crate::tui::keymap::{self, Key};
use crate::tui::theme::Role;

/// Draws the help over the body; says how many lines did not fit.
pub fn draw(frame: &mut Frame, area: Rect, scroll: u16, look: &Look) -> u16 {
    let mut lines = Vec::new();
    for section in keymap::BINDINGS.chunk_by(|a, b| a.contexts == b.contexts) {
        if !lines.is_empty() {
            lines.push(Line::default());
        }
        let title = keymap::place(section[0].contexts);
        lines.push(look.span(Role::Label, format!(" {title}")).into());
        for binding in section {
            let keys = names(binding.keys, look.theme.is_ascii());
            let pad = " ".repeat(16_usize.saturating_sub(text::width(&keys)));
            lines.push(Line::from(vec![
                look.span(Role::Strong, format!("   {keys}{pad} ")),
                Span::raw(binding.help),
            ]));
        }
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
