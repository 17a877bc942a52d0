//! The lines above the table: who and where, how fresh, how many in which state, what is wrong.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Modifier;
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

use crate::monitor::Freshness;
use crate::task::Phase;
use crate::text;
use crate::tui::app::App;
use crate::tui::drawn::Target;
use crate::tui::layout::Layout;
use crate::tui::render::RenderContext;
use crate::tui::replay::ReplayStatus;
use crate::tui::theme::Role;

/// Draws the header, the counts and the banner.
pub fn draw(frame: &mut Frame, layout: &Layout, app: &App, context: &RenderContext) {
    draw_identity(frame, layout.header, app, context);
    let room = usize::from(layout.counts.width);
    let marks = marks(app, room, context);
    let room = room.saturating_sub(marks.width());
    let (counts, targets) = counts(app, room, context);
    let mut x = layout.counts.x;
    for (span, target) in counts.iter().zip(targets) {
        let width = u16::try_from(span.width()).unwrap_or(0);
        let area = Rect::new(x, layout.counts.y, width, 1);
        if let Some(target) = target {
            context.add_target(area.intersection(layout.counts), target);
        }
        x = x.saturating_add(width);
    }
    frame.render_widget(counts, layout.counts);
    frame.render_widget(Paragraph::new(marks).right_aligned(), layout.counts);
    if layout.banner.height > 0 {
        draw_banner(frame, layout.banner, app, context);
    }
}

fn draw_identity(frame: &mut Frame, area: Rect, app: &App, context: &RenderContext) {
    let wide = area.width >= 70;
    let right = freshness(app, context, wide);
    let room = usize::from(area.width).saturating_sub(right.width() + 2);
    let mut left = Vec::new();
    if wide || !app.is_demo() {
        left.push(context.span(Role::Title, " bundletop"));
    }
    if app.is_demo() {
        left.push(Span::raw(" "));
        left.push(context.span(Role::Demo, " DEMO "));
    }
    if let Some(replay) = app.replay() {
        left.push(Span::raw(" "));
        left.push(context.span(Role::Demo, replay_badge(&replay)));
    }
    let restrictions = app.restrictions();
    if restrictions.is_production {
        left.push(Span::raw(" "));
        left.push(context.span(Role::DangerInFocus, " PRODUCTION "));
    }
    if restrictions.why_read_only.is_some() {
        left.push(Span::raw(" "));
        left.push(context.span(Role::Button, " read-only "));
    }
    let used: usize = left.iter().map(Span::width).sum();
    let parts = fit_parts(&session_parts(app), room.saturating_sub(used + 2), context);
    left.push(Span::raw(format!("  {parts}")));
    frame.render_widget(Line::from(left), area);
    frame.render_widget(Paragraph::new(right).right_aligned(), area);
}

/// ` REPLAY x4 `, or ` REPLAY x4 paused `.
fn replay_badge(replay: &ReplayStatus) -> String {
    let paused = if replay.is_paused { " paused" } else { "" };
    format!(" REPLAY x{}{paused} ", replay.speed)
}

/// How far a replay has come: `2015-09-15 14:03:22 UTC, 3m of 47m`.
fn replay_position(replay: &ReplayStatus, app: &App) -> String {
    let now = app.now().wall;
    format!(
        " {}, {} of {} ",
        app.preferences().times.time_of_day_in_zone(now),
        text::duration(now.duration_since(replay.start)),
        text::duration(replay.end.duration_since(replay.start)),
    )
}

/// As many of the parts as fit. The last ones, the region and the endpoint, matter most.
fn fit_parts(parts: &[String], room: usize, context: &RenderContext) -> String {
    (0..parts.len())
        .map(|from| parts[from..].join(context.symbols().separator))
        .map(|joined| context.clean(&joined).into_owned())
        .find(|joined| text::width(joined) <= room)
        .or_else(|| Some(context.keep_start(parts.last()?, room)))
        .unwrap_or_default()
}

/// Profile, account, region and endpoint, as far as they are known. A demo has its own mark in place
/// of the endpoint.
fn session_parts(app: &App) -> Vec<String> {
    let session = app.scope().session();
    let profile = session.and_then(|session| session.profile.clone());
    let account = app.scope().identity().map(|who| who.account.clone());
    let region = session.map(|session| session.region.clone());
    let endpoint = session.and_then(|session| session.endpoint_url.clone());
    [profile, account, region, endpoint]
        .into_iter()
        .flatten()
        .collect()
}

fn freshness(app: &App, context: &RenderContext, wide: bool) -> Line<'static> {
    if let Some(replay) = app.replay() {
        return context
            .span(Role::Text, replay_position(&replay, app))
            .into();
    }
    let (index, word, role) = match app.scope().freshness() {
        Freshness::Connecting => (0, "connecting", Role::Dim),
        Freshness::Live => (1, "live", Role::Good),
        Freshness::Paused => (2, "paused", Role::Warning),
        // Without a list, nothing can be stale.
        Freshness::Stale if app.scope().last_success().is_none() => (3, "failing", Role::Warning),
        Freshness::Stale => (3, "stale", Role::Warning),
        Freshness::Offline => (4, "offline", Role::Bad),
    };
    let symbol = context.symbols().freshness[index];
    let zoned = |time| context.times.time_of_day_in_zone(time);
    let waiting = app.scope().slow_since(app.now()).filter(|_| wide);
    let since = match (waiting, app.scope().last_success()) {
        _ if app.scope().is_list_waiting() && wide => {
            Some("   new keys: asking STS whose they are ".into())
        }
        (Some(time), _) => Some(format!("   waiting since {} ", zoned(time))),
        (None, Some(time)) if !wide => Some(format!(" {} ", context.times.time_of_day(time))),
        (None, Some(time)) if app.scope().freshness() == Freshness::Live => {
            Some(format!("   polled {} ", zoned(time)))
        }
        (None, Some(time)) => Some(format!("   last answer {} ", zoned(time))),
        (None, None) => None,
    };
    Line::from(vec![
        context.span(role, format!("{symbol} {word}")),
        Span::raw(since.unwrap_or_else(|| " ".into())),
    ])
}

/// Minimum columns for counts in words: about what the documented states need.
const MIN_WIDTH_FOR_WORDS: usize = 105;

/// A piece of the second line.
struct Piece {
    /// What is before it, and it.
    spans: [Span<'static>; 2],
    /// What it is to a click.
    target: Option<Target>,
    /// Where room is short, the lowest is left out first; what has none never is.
    priority: Option<u8>,
}

/// How many tasks there are in each state: in words, or in the table's symbols where those do not
/// fit. With each span what it is to a click.
fn counts(app: &App, room: usize, context: &RenderContext) -> (Line<'static>, Vec<Option<Target>>) {
    if app.scope().last_success().is_none() {
        return (Line::default(), Vec::new());
    }
    // Decide by width alone if possible, so that the line keeps its form when the counts change.
    let in_words = pieces(app, true, context);
    let mut pieces = if room >= MIN_WIDTH_FOR_WORDS && width(&in_words) <= room {
        in_words
    } else {
        pieces(app, false, context)
    };
    while width(&pieces) > room {
        let can_go = pieces
            .iter()
            .enumerate()
            .filter(|(_, piece)| piece.priority.is_some());
        let Some((number, _)) = can_go.min_by_key(|(_, piece)| piece.priority) else {
            break;
        };
        pieces.remove(number);
    }
    let targets = pieces
        .iter()
        .flat_map(|piece| [None, piece.target])
        .collect();
    let spans = pieces.into_iter().flat_map(|piece| piece.spans);
    (spans.collect(), targets)
}

fn width(pieces: &[Piece]) -> usize {
    let spans = pieces.iter().flat_map(|piece| &piece.spans);
    spans.map(Span::width).sum()
}

fn pieces(app: &App, in_words: bool, context: &RenderContext) -> Vec<Piece> {
    let counts = app.tasks().counts();
    let is_part = !app.scope().filters().is_empty();
    // EC2's filters have not found what EC2 no longer lists.
    let unlisted = if is_part { 0 } else { counts.unlisted };
    let total = counts.listed() + unlisted;
    let tasks = if total == 1 { "task" } else { "tasks" };
    let mut pieces = vec![Piece {
        spans: [
            Span::raw(" "),
            context.span(Role::Strong, format!("{total} {tasks}")),
        ],
        target: Some(Target::Count(None)),
        priority: None,
    }];
    if is_part {
        let text = if in_words {
            "found by EC2 filters, not all"
        } else {
            "by EC2 filters"
        };
        pieces.push(Piece {
            spans: [Span::raw(" "), context.span(Role::Warning, text)],
            target: None,
            priority: None,
        });
    }
    for phase in Phase::ALL.into_iter().filter(|phase| counts.of(*phase) > 0) {
        let (symbol, role) = context.theme.phase(phase);
        let count = counts.of(phase);
        let (gap, text) = if in_words {
            ("  ", format!("{symbol} {count} {}", phase.as_str()))
        } else {
            (" ", format!("{symbol}{count}"))
        };
        let is_chosen = app.list().phase() == Some(phase);
        let style = context.theme.style(role);
        let style = if is_chosen {
            style.add_modifier(Modifier::REVERSED)
        } else {
            style
        };
        pieces.push(Piece {
            spans: [Span::raw(gap), Span::styled(text, style)],
            target: Some(Target::Count(Some(phase))),
            priority: Some(importance(phase)),
        });
    }
    if counts.unlisted > 0 {
        let text = format!("{} no longer listed", counts.unlisted);
        pieces.push(Piece {
            spans: [Span::raw("  "), context.span(Role::Dim, text)],
            target: None,
            priority: Some(0),
        });
    }
    if counts.past > 0 {
        let text = format!("{} past", counts.past);
        pieces.push(Piece {
            spans: [Span::raw("  "), context.span(Role::Dim, text)],
            target: None,
            priority: Some(0),
        });
    }
    pieces
}

/// What a person would miss least is the lowest.
fn importance(phase: Phase) -> u8 {
    match phase {
        Phase::Complete => 1,
        Phase::Pending => 2,
        Phase::WaitingForShutdown => 3,
        Phase::Unknown => 4,
        Phase::Bundling => 5,
        Phase::Storing => 6,
        Phase::Cancelling => 7,
        Phase::Failed => 8,
    }
}

/// How many tasks are marked, and how many of these are hidden.
fn marks(app: &App, room: usize, context: &RenderContext) -> Line<'static> {
    let list = app.list();
    let (marks, hidden) = (list.marks().len(), list.hidden_marks());
    let symbol = context.symbols().mark;
    let range = list.range().map_or(0, Iterator::count);
    let text = match (room < NARROW, range, marks, hidden) {
        (_, 0, 0, _) => String::new(),
        (_, range, 0, _) => format!(" range of {range} "),
        (true, _, marks, 0) => format!(" {symbol}{marks} "),
        (true, _, marks, hidden) => format!(" {symbol}{marks}, {hidden} hidden "),
        (false, 0, marks, 0) => format!(" {symbol} {marks} marked "),
        (false, 0, marks, hidden) => format!(" {symbol} {marks} marked, {hidden} hidden "),
        (false, range, marks, _) => format!(" range of {range}  {symbol} {marks} marked "),
    };
    context.span(Role::Pointer, text).into()
}

/// A line with fewer columns has no room for words.
const NARROW: usize = 60;

fn draw_banner(frame: &mut Frame, area: Rect, app: &App, context: &RenderContext) {
    let Some(error) = app.scope().last_error() else {
        return;
    };
    let next = retry_status(app).map_or_else(String::new, |next| format!("  {next} "));
    let room = usize::from(area.width).saturating_sub(text::width(&next) + 1);
    let why = format!(" {}", context.keep_start(&error.summary(), room));
    let room = usize::from(area.width).saturating_sub(2);
    let remedy = format!(" {}", context.keep_start(&error.remedy(), room));
    let lines = vec![context.span(Role::Warning, why).into(), Line::from(remedy)];
    frame.render_widget(Paragraph::new(lines), area);
    let first = Rect { height: 1, ..area };
    frame.render_widget(Paragraph::new(next).right_aligned(), first);
}

/// When EC2 will be asked again: `next try 14:03:30`, `asking again`, `asking STS`, or `paused`.
pub fn retry_status(app: &App) -> Option<String> {
    if app.scope().is_list_waiting() {
        return Some("asking STS".into());
    }
    if app.scope().poll().is_in_flight() {
        return Some("asking again".into());
    }
    if app.scope().poll().is_paused() {
        return Some("paused".into());
    }
    let time = app.scope().next_poll(app.now())?;
    Some(format!(
        "next try {}",
        app.preferences().times.time_of_day(time)
    ))
}
