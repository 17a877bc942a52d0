//! The lines above the table: who and where, how fresh, how many in which state, what is wrong.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

use super::Look;
use crate::task::Phase;
use crate::text;
use crate::tui::layout::Layout;
use crate::tui::state::{Freshness, State};
use crate::tui::theme::Role;

/// Draws the header, the counts and the banner.
pub fn draw(frame: &mut Frame, layout: &Layout, state: &State, look: &Look) {
    draw_identity(frame, layout.header, state, look);
    let room = usize::from(layout.counts.width);
    frame.render_widget(counts(state, room, look), layout.counts);
    if layout.banner.height > 0 {
        draw_banner(frame, layout.banner, state, look);
    }
}

fn draw_identity(frame: &mut Frame, area: Rect, state: &State, look: &Look) {
    let wide = area.width >= 70;
    let right = freshness(state, look, wide);
    let room = usize::from(area.width).saturating_sub(right.width() + 2);
    let mut left = Vec::new();
    if wide || !state.demo {
        left.push(look.span(Role::Strong, " bundletop"));
    }
    if state.demo {
        left.push(Span::raw(" "));
        left.push(look.span(Role::Demo, " DEMO "));
    }
    let used: usize = left.iter().map(Span::width).sum();
    let place = fit_place(&place(state), room.saturating_sub(used + 2), look);
    left.push(Span::raw(format!("  {place}")));
    frame.render_widget(Line::from(left), area);
    frame.render_widget(Paragraph::new(right).right_aligned(), area);
}

/// As much of a place as fits. The region, at its end, says most.
fn fit_place(place: &[String], room: usize, look: &Look) -> String {
    (0..place.len())
        .map(|from| place[from..].join(look.theme.symbols().dot))
        .map(|place| look.clean(&place).into_owned())
        .find(|place| text::width(place) <= room)
        .unwrap_or_default()
}

/// Profile, account and region, as far as they are known.
fn place(state: &State) -> Vec<String> {
    let session = state.session.as_ref();
    let profile = session.and_then(|session| session.profile.clone());
    let account = state.identity.as_ref().map(|who| who.account.clone());
    let region = session.map(|session| session.region.clone());
    profile.into_iter().chain(account).chain(region).collect()
}

fn freshness(state: &State, look: &Look, wide: bool) -> Line<'static> {
    let (index, word, role) = match state.freshness() {
        Freshness::Connecting => (0, "connecting", Role::Dim),
        Freshness::Live => (1, "live", Role::Good),
        Freshness::Paused => (2, "paused", Role::Warning),
        // Without a list there is nothing to be stale.
        Freshness::Stale if state.last_success.is_none() => (3, "failing", Role::Warning),
        Freshness::Stale => (3, "stale", Role::Warning),
        Freshness::Offline => (4, "offline", Role::Bad),
    };
    let symbol = look.theme.symbols().freshness[index];
    let waiting = state.waiting_since().filter(|_| wide);
    let since = match (waiting, state.last_success) {
        (Some(time), _) => Some(format!(
            "   no answer since {} UTC ",
            text::time_of_day(time)
        )),
        (None, Some(time)) if !wide => Some(format!(" {} ", text::time_of_day(time))),
        (None, Some(time)) if state.freshness() == Freshness::Live => {
            Some(format!("   polled {} UTC ", text::time_of_day(time)))
        }
        (None, Some(time)) => Some(format!("   last answer {} UTC ", text::time_of_day(time))),
        (None, None) => None,
    };
    Line::from(vec![
        look.span(role, format!("{symbol} {word}")),
        Span::raw(since.unwrap_or_else(|| " ".into())),
    ])
}

/// Columns from which on the counts are in words: about those that the documented states take.
const IN_WORDS: usize = 110;

/// How many tasks there are in each state: in words, or on narrow screens in the table's symbols.
fn counts(state: &State, room: usize, look: &Look) -> Line<'static> {
    if state.last_success.is_none() {
        return Line::default();
    }
    let line = |in_words: bool| {
        let counts = state.rows.counts();
        let total = counts.total();
        let tasks = if total == 1 { "task" } else { "tasks" };
        let mut spans = vec![look.span(Role::Strong, format!(" {total} {tasks}"))];
        for phase in Phase::ALL.into_iter().filter(|phase| counts.of(*phase) > 0) {
            let (symbol, role) = look.theme.phase(phase);
            let count = counts.of(phase);
            let words = if in_words {
                format!("  {count} {}", phase.word())
            } else {
                format!(" {symbol}{count}")
            };
            spans.push(look.span(role, words));
        }
        let gone = state.rows.len() - total;
        if gone > 0 {
            spans.push(look.span(Role::Dim, format!("  {gone} no longer listed")));
        }
        Line::from(spans)
    };
    // By the room alone, so that the line keeps its form when the counts change.
    line(room >= IN_WORDS)
}

fn draw_banner(frame: &mut Frame, area: Rect, state: &State, look: &Look) {
    let Some(error) = &state.trouble else {
        return;
    };
    let next = next_try(state).map_or_else(String::new, |next| format!("  {next} "));
    let room = usize::from(area.width).saturating_sub(text::width(&next) + 1);
    let why = format!(" {}", look.keep_start(&error.summary(), room));
    let room = usize::from(area.width).saturating_sub(2);
    let remedy = format!(" {}", look.keep_start(&error.remedy(), room));
    let lines = vec![look.span(Role::Warning, why).into(), Line::from(remedy)];
    frame.render_widget(Paragraph::new(lines), area);
    let first = Rect { height: 1, ..area };
    frame.render_widget(Paragraph::new(next).right_aligned(), first);
}

/// When EC2 will be asked again, if that happens by itself: `next try 14:03:30`.
pub fn next_try(state: &State) -> Option<String> {
    if state.poll.is_in_flight() {
        return Some("asking again".into());
    }
    if state.poll.is_paused() {
        return Some("paused".into());
    }
    let time = state.next_try()?;
    Some(format!("next try {}", text::time_of_day(time)))
}
