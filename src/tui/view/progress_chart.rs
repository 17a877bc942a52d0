//! How a task's progress went over time: as a chart, and as a line of a few cells.

use jiff::Timestamp;
use ratatui::buffer::Buffer;
use ratatui::layout::{Alignment, Rect};
use ratatui::style::Style;
use ratatui::symbols::Marker;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Axis, Chart, Dataset, GraphType, Widget as _};

use crate::monitor::estimate::Estimate;
use crate::monitor::{Observation, ProgressHistory, TrackedTask};
use crate::record::RecordedEvent;
use crate::task::Phase;
use crate::text::{self, Charset, TimeStyle};
use crate::tui::render::RenderContext;
use crate::tui::theme::Role;

/// The least lines and columns of a chart.
const MIN_HEIGHT: u16 = 7;
const MIN_WIDTH: u16 = 36;
/// Columns left of the graph: the labels of the percent axis, and the axis.
const LEFT: u16 = 5;
/// Lines below the graph: the time axis and its labels.
const BELOW: u16 = 2;

/// A state, from one observation to the first of the next.
struct Stretch {
    phase: Phase,
    from: f64,
    to: f64,
    points: Vec<(f64, f64)>,
}

/// The chart of a task as lines, for content that is scrolled; none if there is no room or not enough has been
/// observed.
pub fn lines(
    (width, height): (u16, u16),
    tracked: &TrackedTask,
    cancels: &[(Timestamp, RecordedEvent)],
    context: &RenderContext,
) -> Vec<Line<'static>> {
    let area = Rect::new(0, 0, width, height);
    let mut buffer = Buffer::empty(area);
    let Some(drawn) = draw(&mut buffer, area, tracked, cancels, context) else {
        return Vec::new();
    };
    let rows = drawn.rows().map(|row| {
        let cells = row.positions().map(|position| &buffer[position]);
        let spans = cells.map(|cell| Span::styled(cell.symbol().to_owned(), cell.style()));
        spans.collect()
    });
    rows.collect()
}

/// Draws the chart of a task, if there is room and enough has been observed. Returns where it is.
pub fn draw(
    buffer: &mut Buffer,
    area: Rect,
    tracked: &TrackedTask,
    cancels: &[(Timestamp, RecordedEvent)],
    context: &RenderContext,
) -> Option<Rect> {
    let has_history = tracked.history.observations().nth(1).is_some();
    if area.height < MIN_HEIGHT || area.width < MIN_WIDTH || !has_history {
        return None;
    }
    let history = &tracked.history;
    let has_progress = history.observations().any(|it| it.percent.is_some());
    let area = Rect {
        // Without progress there are only the bands of the states to draw.
        height: if has_progress {
            area.height
        } else {
            MIN_HEIGHT
        },
        ..area
    };
    let known_until = tracked.last_listed;
    let estimate = tracked.estimate();
    let stretches = stretches(history, known_until);
    let start = stretches.first().map_or(0.0, |stretch| stretch.from);
    let end = estimate.map_or(known_until, |estimate| estimate.end.max(known_until));
    let end = seconds(end).max(start + 1.0);
    let bounds = [start, end];
    let marker = match context.charset() {
        Charset::Unicode => Marker::Braille,
        Charset::Ascii => Marker::Custom('*'),
    };
    let future = estimate.map(|estimate| future(history, &estimate));
    let mut datasets: Vec<_> = stretches
        .iter()
        .map(|stretch| {
            let (_, role) = context.theme.phase(stretch.phase);
            Dataset::default()
                .marker(marker)
                .graph_type(GraphType::Line)
                .style(context.theme.style(role))
                .data(&stretch.points)
        })
        .collect();
    datasets.extend(future.as_ref().map(|future| {
        Dataset::default()
            .marker(marker)
            .graph_type(GraphType::Scatter)
            .style(context.theme.style(Role::Dim))
            .data(future)
    }));
    let label = |text: String| Span::styled(text, context.theme.style(Role::Label));
    let times = [start, f64::midpoint(start, end), end]
        .map(|at| label(clock_time(at, end - start, context.times)));
    let percents = ["  0%", " 50%", "100%"].map(|text| label(text.to_owned()));
    let chart = Chart::new(datasets)
        .style(Style::new())
        .x_axis(
            Axis::default()
                .bounds(bounds)
                .labels(times)
                .labels_alignment(Alignment::Right)
                .style(context.theme.style(Role::Border)),
        )
        .y_axis(
            Axis::default()
                .bounds([0.0, 100.0])
                .labels(percents)
                .style(context.theme.style(Role::Border)),
        );
    // The names of the states are above the graph.
    let below_names = Rect {
        y: area.y + 1,
        height: area.height - 1,
        ..area
    };
    chart.render(below_names, buffer);
    let graph = Rect {
        x: area.x + LEFT,
        width: area.width - LEFT,
        height: area.height - BELOW,
        ..area
    };
    let column = |at: f64| column(at, bounds, graph);
    draw_bands(buffer, graph, &stretches, column, context);
    let requested = cancels
        .iter()
        .filter(|(_, event)| matches!(event, RecordedEvent::CancelRequested { .. }));
    for (at, _) in requested {
        draw_mark(buffer, graph, column(seconds(*at)), "cancel", context);
    }
    if let Some(since) = tracked.stalled_since() {
        draw_mark(
            buffer,
            graph,
            column(seconds(since)),
            "no movement",
            context,
        );
    }
    if context.charset() == Charset::Ascii {
        to_ascii(buffer, area);
    }
    Some(area)
}

/// The states one after the other, up to the time until which something is known.
fn stretches(history: &ProgressHistory, known_until: Timestamp) -> Vec<Stretch> {
    let mut stretches: Vec<Stretch> = Vec::new();
    for observation in history.observations() {
        let at = seconds(observation.at);
        if let Some(last) = stretches.last_mut() {
            last.to = at;
        }
        match stretches.last_mut() {
            Some(last) if last.phase == observation.phase => last.points.extend(point(observation)),
            Some(_) | None => stretches.push(Stretch {
                phase: observation.phase,
                from: at,
                to: at,
                points: point(observation).into_iter().collect(),
            }),
        }
    }
    if let Some(stretch) = stretches.last_mut() {
        stretch.to = seconds(known_until).max(stretch.to);
        // What EC2 still says is known too.
        if let Some((_, percent)) = stretch.points.last().copied() {
            stretch.points.push((stretch.to, percent));
        }
    }
    stretches
}

fn point(observation: &Observation) -> Option<(f64, f64)> {
    Some((seconds(observation.at), observation.percent?))
}

/// Points from the last observation to the estimated end.
fn future(history: &ProgressHistory, estimate: &Estimate) -> Vec<(f64, f64)> {
    const POINTS: i32 = 24;
    let Some((from, percent)) = point(history.last()) else {
        return Vec::new();
    };
    let time = seconds(estimate.end) - from;
    let parts = (1..=POINTS).map(|number| f64::from(number) / f64::from(POINTS));
    parts
        .map(|part| (from + time * part, percent + (100.0 - percent) * part))
        .collect()
}

/// The states as bands behind the graph, with their names.
fn draw_bands(
    buffer: &mut Buffer,
    graph: Rect,
    stretches: &[Stretch],
    column: impl Fn(f64) -> u16,
    context: &RenderContext,
) {
    for (number, stretch) in stretches.iter().enumerate() {
        let (from, to) = (column(stretch.from), column(stretch.to));
        let is_last = number + 1 == stretches.len();
        let to = if is_last { to + 1 } else { to };
        let band = Rect {
            x: from,
            width: to.saturating_sub(from),
            ..graph
        }
        .intersection(graph);
        if number % 2 == 1 {
            let style = context.theme.style(Role::Panel);
            buffer.set_style(band, style);
        }
        let (symbol, role) = context.theme.phase(stretch.phase);
        let name = format!("{symbol} {}", stretch.phase.as_str());
        let width = usize::from(band.width);
        let name = if text::width(&name) < width {
            name
        } else {
            symbol.to_owned()
        };
        if text::width(&name) <= width {
            let top = Rect { height: 1, ..band };
            Line::from(context.span(role, name)).render(top, buffer);
        }
    }
}

/// A vertical line with a word beside it.
fn draw_mark(
    buffer: &mut Buffer,
    graph: Rect,
    column: u16,
    word: &'static str,
    context: &RenderContext,
) {
    let style = context.theme.style(Role::Warning);
    let line = match context.charset() {
        Charset::Unicode => "┊",
        Charset::Ascii => "|",
    };
    for y in graph.y + 1..graph.bottom() {
        if let Some(cell) = buffer.cell_mut((column, y))
            && cell.symbol() == " "
        {
            cell.set_symbol(line).set_style(style);
        }
    }
    let width = u16::try_from(word.len()).unwrap_or(0);
    // Beside the line, on the side where there is room.
    let x = if column + width + 1 < graph.right() {
        column + 1
    } else {
        column.saturating_sub(width)
    };
    let area = Rect::new(x, graph.y + 1, width, 1).intersection(graph);
    Line::from(context.span(Role::Warning, word)).render(area, buffer);
}

/// The column of a time.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a column of the screen"
)]
fn column(at: f64, [start, end]: [f64; 2], graph: Rect) -> u16 {
    let last = f64::from(graph.width.saturating_sub(1));
    let part = ((at - start) / (end - start)).clamp(0.0, 1.0);
    graph.x + (part * last).round() as u16
}

/// ratatui draws the axes with box characters.
fn to_ascii(buffer: &mut Buffer, area: Rect) {
    for position in area.positions() {
        if let Some(cell) = buffer.cell_mut(position) {
            let ascii = match cell.symbol() {
                "│" => "|",
                "─" => "-",
                "└" => "+",
                symbol if symbol.is_ascii() => continue,
                _ => "*",
            };
            cell.set_symbol(ascii);
        }
    }
}

fn seconds(at: Timestamp) -> f64 {
    at.as_duration().as_secs_f64()
}

/// The time of day, with seconds if the chart spans only some minutes.
#[expect(clippy::cast_possible_truncation, reason = "whole seconds")]
fn clock_time(seconds: f64, span: f64, times: &TimeStyle) -> String {
    let Ok(at) = Timestamp::from_second(seconds as i64) else {
        return String::new();
    };
    if span < 600.0 {
        times.time_of_day(at)
    } else {
        times.hour_and_minute(at)
    }
}

/// The progress in the present state over time, in `width` cells; empty before it has moved twice.
pub fn sparkline(tracked: &TrackedTask, width: usize, context: &RenderContext) -> String {
    let rising = tracked.history.rising();
    let points: Vec<_> = rising.iter().filter_map(point).collect();
    let (Some(&(start, low)), Some(&(_, high))) = (points.first(), points.last()) else {
        return String::new();
    };
    let end = seconds(tracked.last_listed);
    if points.len() < 3 || end <= start || high <= low || width == 0 {
        return String::new();
    }
    let levels = context.symbols().levels;
    #[expect(clippy::cast_precision_loss, reason = "a few cells")]
    let at = |cell: usize| start + (end - start) * (cell as f64 + 1.0) / width as f64;
    let cells = (0..width).map(|cell| {
        let until = at(cell);
        let known = points.iter().take_while(|(time, _)| *time <= until).last();
        let percent = known.map_or(low, |(_, percent)| *percent);
        level((percent - low) / (high - low), levels)
    });
    cells.collect()
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "an index into eight levels"
)]
fn level(part: f64, levels: &[&'static str]) -> &'static str {
    let last = levels.len() - 1;
    levels[((part * last as f64).round() as usize).min(last)]
}
