//! What all drawing has in common: the theme, the keys' names, the time, and pieces used by several
//! regions.

use std::borrow::Cow;
use std::cell::RefCell;

use jiff::Timestamp;
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Modifier;
use ratatui::symbols::merge::MergeStrategy;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, Borders, Clear, Paragraph};
use unicode_segmentation::UnicodeSegmentation as _;

use super::drawn::{Drawn, Target};
use super::keymap::{Action, Context, Keymap};
use super::symbols::Symbols;
use super::theme::{Role, Theme};
use crate::text::{self, Charset, TimeStyle};

/// What drawing needs besides the state.
pub struct RenderContext<'a> {
    /// How things look.
    pub theme: &'a Theme,
    /// What the keys are called.
    pub keymap: &'a Keymap,
    /// The time that ages are measured against.
    pub now: Timestamp,
    /// How times are written.
    pub times: &'a TimeStyle,
    /// What has been drawn so far.
    pub drawn: RefCell<Drawn>,
}

impl RenderContext<'_> {
    /// The characters that may be written.
    pub fn charset(&self) -> Charset {
        self.theme.charset()
    }

    /// The characters to draw with.
    pub fn symbols(&self) -> &'static Symbols {
        self.theme.symbols()
    }

    /// External text, made safe to print.
    pub fn clean<'t>(&self, text: &'t str) -> Cow<'t, str> {
        text::clean(text, self.charset())
    }

    /// The beginning of an external text, in at most `max` columns.
    pub fn keep_start(&self, text: &str, max: usize) -> String {
        text::keep_start(text, max, self.charset()).into_owned()
    }

    /// The end of an external text, in at most `max` columns.
    pub fn keep_end(&self, text: &str, max: usize) -> String {
        text::keep_end(text, max, self.charset()).into_owned()
    }

    /// A path in at most `max` columns: its first part and its end, if both fit.
    pub fn keep_path(&self, path: &str, max: usize) -> String {
        let whole = self.clean(path);
        if text::width(&whole) <= max {
            return whole.into_owned();
        }
        let first = path.split_inclusive('/').next().unwrap_or_default();
        let first = self.clean(first);
        let rest = max.saturating_sub(text::width(&first));
        // The end is what paths differ in.
        if path.len() > first.len() && rest >= max / 2 {
            let end = self.keep_end(&path[first.len()..], rest);
            format!("{first}{end}")
        } else {
            self.keep_end(path, max)
        }
    }

    /// The lines of an external text, none longer than `width` columns.
    pub fn wrap(&self, text: &str, width: usize) -> Vec<String> {
        let text = self.clean(text);
        let lines = textwrap::wrap(&text, width.max(1)).into_iter();
        lines.map(Cow::into_owned).collect()
    }

    /// The name of the key for an action in a context.
    pub fn key_name(&self, context: Context, action: Action) -> String {
        self.keymap.key_name(context, action, self.charset())
    }

    /// A piece of text in the style of a role.
    pub fn span(&self, role: Role, text: impl Into<Cow<'static, str>>) -> Span<'static> {
        Span::styled(text, self.theme.style(role))
    }

    /// A line with some of its characters highlighted, given by the numbers of their grapheme clusters in
    /// ascending order.
    pub fn highlight(&self, line: Line<'static>, found: &[u32]) -> Line<'static> {
        if found.is_empty() {
            return line;
        }
        let style = self.theme.style(Role::Found);
        let mut found = found.iter().copied().peekable();
        let mut number = 0;
        let mut spans = Vec::new();
        for span in line.spans {
            for cluster in span.content.graphemes(true) {
                let is_found = found.next_if_eq(&number).is_some();
                let style = if is_found {
                    span.style.patch(style)
                } else {
                    span.style
                };
                number += 1;
                spans.push(Span::styled(cluster.to_owned(), style));
            }
        }
        Line { spans, ..line }
    }

    /// A box with a title.
    pub fn block(&self, title: impl Into<Line<'static>>) -> Block<'static> {
        Block::new()
            .borders(Borders::ALL)
            .border_set(self.symbols().border)
            .border_style(self.theme.style(Role::Border))
            .title(title.into())
            // The title is drawn over the border and would inherit its dim style.
            .title_style(self.theme.style(Role::Title).remove_modifier(Modifier::DIM))
            // Two boxes share a line; rounded corners are only merged by similarity.
            .merge_borders(MergeStrategy::Fuzzy)
    }

    /// Notes that something can be clicked.
    pub fn add_target(&self, area: Rect, target: Target) {
        self.drawn.borrow_mut().targets.push((area, target));
    }

    /// Draws lines in a box, scrolled.
    pub fn draw_scrolled(
        &self,
        frame: &mut Frame,
        area: Rect,
        title: String,
        lines: Vec<Line<'static>>,
        scroll: u16,
    ) {
        let block = self.block(title);
        let inside = block.inner(area);
        let count = u16::try_from(lines.len()).unwrap_or(u16::MAX);
        let max_scroll = count.saturating_sub(inside.height);
        let scroll = scroll.min(max_scroll);
        let block = if max_scroll > 0 {
            let end = count.min(scroll + inside.height);
            let position = format!(" lines {}-{} of {count} ", scroll + 1, end);
            block.title_bottom(Line::from(position).right_aligned())
        } else {
            block
        };
        frame.render_widget(Clear, area);
        frame.render_widget(block, area);
        frame.render_widget(Paragraph::new(lines).scroll((scroll, 0)), inside);
        self.drawn.borrow_mut().max_scroll = max_scroll;
    }
}
