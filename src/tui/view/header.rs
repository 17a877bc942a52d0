//! The lines above the table: who and where, how fresh, how many in which state, what is wrong.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

use super::{Look, text};
use crate::task::Phase;
use crate::tui::layout::Layout;
use crate::tui::state::{Freshness, State};
use crate::tui::theme::Role;

/// Draws the header, the counts and the banner.
pub fn draw(frame: &mut Frame, layout: &Layout, state: &State, look: &Look) {
    draw_identity(frame, layout.header, state, look);
    frame.render_widget(counts(state, look), layout.counts);
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
    let place = place(state).join(look.theme.symbols().dot);
    let place = look.cut_end(&look.clean(&place), room.saturating_sub(used + 2));
    left.push(Span::raw(format!("  {place}")));
    frame.render_widget(Line::from(left), area);
    frame.render_widget(Paragraph::new(right).right_aligned(), area);
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
        Freshness::Stale => (3, "stale", Role::Warning),
        Freshness::Offline => (4, "offline", Role::Bad),
    };
    let symbol = look.theme.symbols().freshness[index];
    let since = state.last_success.map(|time| match (wide, state.freshness()) {
        (true, Freshness::Live) => format!("   polled {} UTC ", text::clock(time)),
        (true, _) => format!("   last answer {} UTC ", text::clock(time)),
        (false, _) => format!(" {} ", text::clock(time)),
    });
    Line::from(vec![
        look.span(role, format!("{symbol} {word}")),
        Span::raw(since.unwrap_or_else(|| " ".into())),
    ])
}

fn counts(state: &State, look: &Look) -> Line<'static> {
    let counts = state.rows.counts();
    if state.last_success.is_none() {
        return Line::default();
    }
    let total = counts.total();
    let tasks = if total == 1 { "task" } else { "tasks" };
    let mut spans = vec![look.span(Role::Strong, format!(" {total} {tasks}"))];
    for phase in Phase::ALL {
        let count = counts.of(phase);
        if count > 0 {
            let (_, role) = look.theme.phase(phase);
            spans.push(Span::raw("  "));
            spans.push(look.span(role, format!("{count} {}", phase.word())));
        }
    }
    let gone = state.rows.len() - total;
    if gone > 0 {
        spans.push(look.span(Role::Dim, format!("  {gone} no longer listed")));
    }
    Line::from(spans)
}

fn draw_banner(frame: &mut Frame, area: Rect, state: &State, look: &Look) {
    let Some(error) = &state.trouble else {
        return;
    };
    let next = next_try(state).map_or_else(String::new, |next| format!("  {next} "));
    let room = usize::from(area.width).saturating_sub(text::width(&next) + 1);
    let why = look.clean(&error.summary()).into_owned();
    let why = format!(" {}", look.cut_end(&why, room));
    frame.render_widget(look.span(Role::Warning, why), area);
    frame.render_widget(Paragraph::new(next).right_aligned(), area);
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
    Some(format!("next try {}", text::clock(time)))
}
