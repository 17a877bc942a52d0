//! The help: the keymap, spelt out.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::{Look, draw_scrolled, text};
use crate::tui::keymap::{self, Context, Key};
use crate::tui::theme::Role;

/// Draws the help over the body; says how many lines did not fit.
pub fn draw(frame: &mut Frame, area: Rect, scroll: u16, look: &Look) -> u16 {
    let mut lines = Vec::new();
    for context in Context::ALL {
        if !lines.is_empty() {
            lines.push(Line::default());
        }
        lines.push(look.span(Role::Label, format!(" {}", title(context))).into());
        for binding in keymap::bindings(context) {
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

/// Where a context is, as a person would call it.
pub fn title(context: Context) -> &'static str {
    match context {
        Context::List => "In the list",
        Context::Details => "In the details of a task",
        Context::Confirm => "Before a cancel",
        Context::Outcome => "After a cancel that did not simply go through",
        Context::Help => "In this help",
    }
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
