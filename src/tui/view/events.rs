//! The event log.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::Line;
use ratatui::widgets::{Clear, Paragraph};

use super::prompt;
use crate::record::RecordedEvent;
use crate::text;
use crate::tui::app::{App, JournalStatus, Purpose};
use crate::tui::drawn::Target;
use crate::tui::event_log::{Content, EventPage, LogEntry};
use crate::tui::keymap::{Action, Context};
use crate::tui::render::RenderContext;
use crate::tui::theme::Role;

/// Columns of the widest bundle ID that EC2 makes today, and of one of the older kind.
const ID_WIDTHS: [usize; 2] = [21, 12];
/// From this width on, times have their date.
const WIDE: u16 = 100;

/// Draws the event log over the body.
pub fn draw(frame: &mut Frame, area: Rect, app: &App, page: &EventPage, context: &RenderContext) {
    let block = context.block(" Events ");
    let block = match app.events().progress_count() {
        count if count > 0 && !page.shows_progress() => {
            let key = context.key_name(Context::Events, Action::ProgressEvents);
            let left_out = format!(" {count} changes of progress not shown: {key} ");
            block.title_bottom(Line::from(context.span(Role::Label, left_out)).right_aligned())
        }
        _ => block,
    };
    let inside = block.inner(area);
    frame.render_widget(Clear, area);
    frame.render_widget(block, area);
    draw_title(frame, area, app, page, context);
    if page.is_empty() {
        let text = if page.filter().is_active() {
            "No event meets the filter."
        } else {
            "Nothing has happened yet."
        };
        let text = context.span(Role::Dim, format!(" {text}"));
        return frame.render_widget(text, inside);
    }
    let cursor = page.cursor();
    let entries = page.visible(usize::from(inside.height), app.events());
    let entries: Vec<_> = entries.collect();
    let widest = entries.iter().filter_map(|(_, entry)| entry.bundle_id());
    let has_long = widest
        .map(|id| text::width(id.as_str()))
        .any(|width| width > ID_WIDTHS[1]);
    let id_width = ID_WIDTHS[usize::from(!has_long)];
    for ((place, entry), area) in entries.into_iter().zip(inside.rows()) {
        let line = line(entry, id_width, area.width, place == cursor, context);
        if place == cursor {
            frame
                .buffer_mut()
                .set_style(area, context.theme.style(Role::Selected));
        }
        frame.render_widget(line, area);
        context.add_target(area, Target::Event(place));
    }
}

/// The upper border: how many events there are, and the filter.
fn draw_title(frame: &mut Frame, area: Rect, app: &App, page: &EventPage, context: &RenderContext) {
    let line = Rect {
        x: area.x + 10,
        width: area.width.saturating_sub(12),
        height: 1,
        ..area
    };
    let journal = match app.journal_status() {
        JournalStatus::Off | JournalStatus::Temporary => String::new(),
        JournalStatus::Failed(_) => ", no journal".to_owned(),
        JournalStatus::NotSaved(count) => format!(", {count} not saved yet"),
        JournalStatus::Saved => ", saved".to_owned(),
    };
    let count = match page.len() {
        0 => String::new(),
        count => format!(" {} of {count}{journal} ", page.cursor() + 1),
    };
    let room = line
        .width
        .saturating_sub(u16::try_from(count.len()).unwrap_or(0));
    let left = Rect {
        width: room,
        ..line
    };
    let count = context.span(Role::Label, count);
    frame.render_widget(Paragraph::new(Line::from(count)).right_aligned(), line);
    let filter = page.filter();
    let typed = app.prompt();
    if let Some(typed) = typed.filter(|prompt| prompt.purpose == Purpose::Events) {
        prompt::draw(frame, left, typed, filter.error(), context);
    } else if !filter.text().is_empty() {
        let text = prompt::accepted(filter.text(), filter.error(), room.into(), context);
        frame.render_widget(Line::from_iter(text), left);
    }
}

/// `14:03:22  bun-2a4e041c  bundling → storing after 2m 5s`.
fn line(
    entry: &LogEntry,
    id_width: usize,
    width: u16,
    is_selected: bool,
    context: &RenderContext,
) -> Line<'static> {
    let marker = if is_selected {
        context.symbols().marker
    } else {
        " "
    };
    let time = if width < WIDE {
        context.times.time_of_day(entry.at)
    } else {
        context.times.date_and_time(entry.at)
    };
    let mut line = Line::from(vec![
        context.span(Role::Pointer, marker),
        context.span(Role::Label, format!(" {time}  ")),
    ]);
    let role = match &entry.content {
        Content::Command(_) | Content::Message(_) => Role::Dim,
        Content::Event { bundle_id, event } => {
            let id = context.keep_end(bundle_id.as_str(), id_width);
            let pad = " ".repeat(id_width.saturating_sub(text::width(&id)) + 2);
            line.push_span(context.span(Role::Text, format!("{id}{pad}")));
            role(event, context)
        }
    };
    let room = usize::from(width).saturating_sub(line.width() + 1);
    let text = context.keep_start(&entry.text(context.symbols().arrow), room);
    line.push_span(context.span(role, text));
    line
}

fn role(event: &RecordedEvent, context: &RenderContext) -> Role {
    match event {
        RecordedEvent::Error { .. } | RecordedEvent::CancelRefused { .. } => Role::Bad,
        RecordedEvent::Stalled { .. }
        | RecordedEvent::CancelNotSent { .. }
        | RecordedEvent::CancelAnswerLost { .. } => Role::Warning,
        RecordedEvent::NoLongerListed {} => Role::Dim,
        event => match event.state() {
            Some(state) => context.theme.phase(state.phase()).1,
            None => Role::Text,
        },
    }
}

/// Draws the newest event into the lower border of the list.
pub fn draw_newest(frame: &mut Frame, area: Rect, app: &App, context: &RenderContext) {
    let Some(entry) = app.events().newest() else {
        return;
    };
    let (Content::Event { bundle_id, event }, false) = (&entry.content, area.is_empty()) else {
        return;
    };
    // Room for how many more rows there are, and the corners.
    let room = usize::from(area.width).saturating_sub(18);
    let id = context.clean(bundle_id.as_str()).into_owned();
    let text = entry.text(context.symbols().arrow);
    let text = format!("{} {id} {text}", context.times.time_of_day(entry.at));
    let text = context.keep_start(&text, room);
    let line = Rect::new(
        area.x + 1,
        area.bottom() - 1,
        u16::try_from(text::width(&text) + 2).unwrap_or(area.width),
        1,
    );
    let text = context.span(role(event, context), format!(" {text} "));
    frame.render_widget(text, line.intersection(area));
}
