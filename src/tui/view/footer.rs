//! The last line: the keys that mean something here, or a word about the last one pressed.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::Look;
use crate::text;
use crate::tui::keymap::{self, Action};
use crate::tui::state::State;
use crate::tui::theme::Role;

/// Draws the footer.
pub fn draw(frame: &mut Frame, area: Rect, state: &State, look: &Look) {
    let room = usize::from(area.width).saturating_sub(1);
    let line = match &state.note {
        Some(note) => {
            let note = look.keep_start(note, room);
            look.span(Role::Warning, format!(" {note}")).into()
        }
        None => keys(state, room, look),
    };
    frame.render_widget(line, area);
}

/// As many keys as fit: the least important give way first, the rest keep their order, and help
/// and the way out stand last, where people look for them.
fn keys(state: &State, room: usize, look: &Look) -> Line<'static> {
    const GAP: usize = 3;
    let (ending, leading): (Vec<_>, Vec<_>) = keymap::bindings(state.context())
        .filter(|binding| binding.footer.is_some() && state.is_useful(binding.action))
        .partition(|binding| matches!(binding.action, Action::Help | Action::Quit));
    let mut shown: Vec<_> = leading
        .into_iter()
        .chain(ending)
        .filter_map(|binding| {
            let (keys, what) = binding.footer?;
            let is_resume = binding.action == Action::Pause && state.poll.is_paused();
            let what = if is_resume { "resume" } else { what };
            Some((binding.priority, (keys, what)))
        })
        .collect();
    let taken =
        |(_, (keys, what)): &(u8, (&str, &str))| text::width(keys) + 1 + text::width(what) + GAP;
    while shown.iter().map(taken).sum::<usize>() > room + GAP {
        let least = shown
            .iter()
            .enumerate()
            .min_by_key(|(_, (priority, _))| *priority)
            .map(|(i, _)| i);
        match least {
            Some(i) => shown.remove(i),
            None => break,
        };
    }
    let spans = shown.into_iter().flat_map(|(_, (keys, what))| {
        [
            look.span(Role::Strong, keymap_symbols(keys, look)),
            Span::raw(format!(" {what}   ")),
        ]
    });
    std::iter::once(Span::raw(" ")).chain(spans).collect()
}

/// The keys' symbols, spelt out where only ASCII may be written.
fn keymap_symbols(keys: &'static str, look: &Look) -> &'static str {
    match keys {
        "↑↓" if look.theme.is_ascii() => "jk",
        "⏎" if look.theme.is_ascii() => "Enter",
        keys => keys,
    }
}
