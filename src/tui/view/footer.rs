//! The last line: the keys that do something now, or a note.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use crate::task::SecretsShown;
use crate::text;
use crate::tui::app::{App, DetailsFormat};
use crate::tui::drawn::Target;
use crate::tui::keymap::{Action, Context, KeySequence};
use crate::tui::render::RenderContext;
use crate::tui::theme::Role;

/// Draws the footer.
pub fn draw(frame: &mut Frame, area: Rect, app: &App, context: &RenderContext) {
    let room = usize::from(area.width).saturating_sub(1);
    if let Some(note) = app.note() {
        let note = context.keep_start(note, room);
        let note = context.span(Role::Warning, format!(" {note}"));
        return frame.render_widget(note, area);
    }
    if !app.pressed().is_empty() {
        return frame.render_widget(following(app, context), area);
    }
    let (line, actions) = keys(app, room, context);
    let mut x = area.x + 1;
    for (key, action) in line.spans[1..].chunks(2).zip(actions) {
        let width = key.iter().map(Span::width).sum::<usize>();
        let width = u16::try_from(width).unwrap_or(0);
        // Without the gap after it.
        let clickable = Rect::new(x, area.y, width.saturating_sub(2), 1);
        context.add_target(clickable.intersection(area), Target::Key(action));
        x = x.saturating_add(width);
    }
    frame.render_widget(line, area);
}

/// The keys that were pressed, and those that can follow: `g …   g go to the top`.
fn following(app: &App, context: &RenderContext) -> Line<'static> {
    let pressed = KeySequence::from(app.pressed()).name(context.charset());
    let ellipsis = context.charset().ellipsis();
    let mut line = Line::from(context.span(Role::Key, format!(" {pressed} {ellipsis}")));
    for (keys, binding) in app.keymap().following(app.context(), app.pressed()) {
        line.push_span(context.span(Role::Key, format!("   {}", keys.name(context.charset()))));
        line.push_span(context.span(Role::Dim, format!(" {}", binding.help)));
    }
    line
}

/// As many keys as fit: the least important are dropped first, the rest keep their order, and help
/// and quit come last, where people look for them.
fn keys(app: &App, room: usize, context: &RenderContext) -> (Line<'static>, Vec<Action>) {
    const GAP: usize = 3;
    let here = app.context();
    let (last, first): (Vec<_>, Vec<_>) = app
        .keymap()
        .bindings(here)
        .filter(|binding| binding.footer.is_some() && !binding.keys.is_empty())
        .filter(|binding| app.is_useful(binding.action))
        .partition(|binding| matches!(binding.action, Action::Help | Action::Quit));
    let mut shown: Vec<_> = first
        .into_iter()
        .chain(last)
        .filter_map(|binding| {
            let keys = app.keymap().footer_keys(here, binding, context.charset());
            let has_range = app.list().range().is_some();
            let is_revealed = app
                .details()
                .is_some_and(|details| details.secrets == SecretsShown::Revealed);
            let shows = |format| {
                app.details()
                    .is_some_and(|details| details.format == format)
            };
            let word = match binding.action {
                Action::Pause if app.scope().poll().is_paused() => "resume",
                Action::Pause if app.replay().is_some_and(|replay| replay.is_paused) => "resume",
                Action::ShowAll if has_range => "end range",
                Action::Mark if has_range => "mark range",
                Action::Reveal if is_revealed => "hide",
                Action::Json if shows(DetailsFormat::Json) => "fields",
                Action::Accept | Action::Discard if app.prompt().is_some() => {
                    let prompt = app.prompt()?;
                    let [accept, discard] = prompt.purpose.key_words();
                    if binding.action == Action::Accept {
                        accept
                    } else {
                        discard
                    }
                }
                _ => binding.footer.as_deref()?,
            };
            Some((binding.priority, keys, word.to_owned(), binding.action))
        })
        .collect();
    // Whatever the settings take away, one way out is shown.
    let has_quit = shown.iter().any(|(.., action)| *action == Action::Quit);
    let mut quit = app.keymap().keys(here, Action::Quit);
    if here == Context::List
        && !has_quit
        && let Some(keys) = quit.next()
    {
        let keys = keys.name(context.charset());
        shown.push((u8::MAX, keys, "quit".to_owned(), Action::Quit));
    }
    let taken = |(_, keys, word, _): &(u8, String, String, Action)| {
        text::width(keys) + 1 + text::width(word) + GAP
    };
    while shown.iter().map(taken).sum::<usize>() > room + GAP {
        let lowest = shown
            .iter()
            .enumerate()
            .min_by_key(|(_, (priority, ..))| *priority)
            .map(|(i, _)| i);
        match lowest {
            Some(i) => shown.remove(i),
            None => break,
        };
    }
    let actions = shown.iter().map(|(.., action)| *action).collect();
    let spans = shown.into_iter().flat_map(|(_, keys, word, _)| {
        [
            context.span(Role::Key, keys),
            context.span(Role::Dim, format!(" {word}   ")),
        ]
    });
    let line = std::iter::once(Span::raw(" ")).chain(spans).collect();
    (line, actions)
}
