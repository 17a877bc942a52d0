//! Drawing: from the state to cells. It reads and never decides.
//!
//! ```text
//!  bundletop  prod · 123456789012 · us-east-1          ● live   polled 14:03:22 UTC   header
//!  8 tasks   1 pending  2 bundling  3 storing                                         header
//!  Throttled: …                                                  next try 14:03:30    header
//! ┌ Bundle tasks ────────────────────────────────────────────────────────── 1 of 8 ┐
//! │   BUNDLE ID      STATE          PROGRESS           S3 STORAGE          STARTED │  table, columns
//! ├ bun-2a4e041c ──────────────────────────────────────────────────────────────────┤  or notice
//! │ pending ── waiting-for-shutdown ── bundling ──▶ storing ── complete            │  details
//! └────────────────────────────────────────────────────────────────────────────────┘
//!  ↑↓ move   c cancel   ⏎ details   ? help   q quit                                   footer
//! ```
//! Over the body: the full details and the help; over everything: the dialogs of a cancel.

mod columns;
mod details;
mod dialog;
mod footer;
mod header;
mod help;
mod notice;
mod table;

use std::borrow::Cow;

use jiff::Timestamp;
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Modifier;
use ratatui::symbols::merge::MergeStrategy;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, Borders, Clear, Paragraph};

use super::layout::Layout;
use super::state::{Dialog, State};
use super::theme::{Role, Theme};
use crate::text;

pub use columns::bar;

/// What drawing needs beside the state: the theme, and the time that ages are counted to.
pub struct Look<'a> {
    /// How things look.
    pub theme: &'a Theme,
    /// The time of the newest message.
    pub now: Timestamp,
}

impl Look<'_> {
    /// Text from outside, made harmless.
    pub fn clean<'t>(&self, text: &'t str) -> Cow<'t, str> {
        text::clean(text, self.theme.charset())
    }

    /// The beginning of a text from outside, in at most `max` columns.
    fn keep_start(&self, text: &str, max: usize) -> String {
        text::keep_start(text, max, self.theme.charset()).into_owned()
    }

    /// The end of a text from outside, in at most `max` columns.
    fn keep_end(&self, text: &str, max: usize) -> String {
        text::keep_end(text, max, self.theme.charset()).into_owned()
    }

    fn span(&self, role: Role, text: impl Into<Cow<'static, str>>) -> Span<'static> {
        Span::styled(text, self.theme.style(role))
    }

    /// A box with a title.
    fn block(&self, title: impl Into<Line<'static>>) -> Block<'static> {
        Block::new()
            .borders(Borders::ALL)
            .border_set(self.theme.symbols().border)
            .border_style(self.theme.style(Role::Border))
            .title(title.into())
            // The title is drawn over the border and would take its dimness on.
            .title_style(self.theme.style(Role::Label).remove_modifier(Modifier::DIM))
            .merge_borders(MergeStrategy::Exact)
    }
}

/// Draws one frame and says how many lines of the open dialog did not fit.
pub fn draw(frame: &mut Frame, state: &State, theme: &Theme) -> u16 {
    let look = Look {
        theme,
        now: state.now.wall,
    };
    // The frame's own size: a resize may have come whose message is still on its way.
    let area = frame.area();
    let layout = state.layout_for((area.width, area.height));
    if layout.is_too_small() {
        notice::draw_too_small(frame, &look);
        return 0;
    }
    header::draw(frame, &layout, state, &look);
    footer::draw(frame, layout.footer, state, &look);
    if let Some(Dialog::Help { scroll }) = &state.dialog {
        return help::draw(frame, layout.body, *scroll, &look);
    }
    let overflow = if let Some(details) = &state.details {
        details::draw_full(frame, layout.body, state, details, &look)
    } else {
        draw_list(frame, &layout, state, &look);
        0
    };
    match &state.dialog {
        Some(Dialog::Confirm(confirm)) => dialog::draw_confirm(frame, state, confirm, &look),
        Some(Dialog::Outcome(outcome)) => dialog::draw_outcome(frame, outcome, &look),
        Some(Dialog::Help { .. }) | None => {}
    }
    overflow
}

/// The table and the details, or what there is to say in their place.
fn draw_list(frame: &mut Frame, layout: &Layout, state: &State, look: &Look) {
    let Some(row) = state.rows.selected() else {
        let block = look.block(" Bundle tasks ");
        let inside = block.inner(layout.body);
        frame.render_widget(block, layout.body);
        notice::draw(frame, inside, state, look);
        return;
    };
    let place = format!(" {} of {} ", state.rows.cursor() + 1, state.rows.len());
    let block = look
        .block(" Bundle tasks ")
        .title_top(Line::from(place).right_aligned());
    let inside = block.inner(layout.table);
    frame.render_widget(block, layout.table);
    table::draw(frame, inside, state, look);
    if layout.details.height > 0 {
        details::draw_pane(frame, layout.details, row, look);
    }
}

/// Lines in a box over the whole body, scrolled; says how many lines did not fit.
fn draw_scrolled(
    frame: &mut Frame,
    area: Rect,
    title: String,
    lines: Vec<Line<'static>>,
    scroll: u16,
    look: &Look,
) -> u16 {
    let block = look.block(title);
    let inside = block.inner(area);
    let count = u16::try_from(lines.len()).unwrap_or(u16::MAX);
    let overflow = count.saturating_sub(inside.height);
    let scroll = scroll.min(overflow);
    let block = if overflow > 0 {
        let end = count.min(scroll + inside.height);
        let place = format!(" lines {}-{} of {count} ", scroll + 1, end);
        block.title_bottom(Line::from(place).right_aligned())
    } else {
        block
    };
    frame.render_widget(Clear, area);
    frame.render_widget(block, area);
    frame.render_widget(Paragraph::new(lines).scroll((scroll, 0)), inside);
    overflow
}
