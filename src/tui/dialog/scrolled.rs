//! A part of a long list of things that take several lines each: only what is on the screen is built.

use ratatui::text::Line;

/// Where a list is scrolled to, in entries.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ListScroll {
    /// The first entry on the screen.
    pub first: usize,
}

impl ListScroll {
    /// Scrolls by that many entries, to the last one at most.
    pub fn move_by(&mut self, by: isize, count: usize) {
        let last = count.saturating_sub(1);
        self.first = self.first.saturating_add_signed(by).min(last);
    }
}

/// What is on the screen of a list.
pub(super) struct Window {
    /// The lines.
    pub lines: Vec<Line<'static>>,
    /// The numbers of the entries, the last one excluded.
    pub shown: std::ops::Range<usize>,
}

/// The lines from entry `first` on that fit into `height`. The end of the list does not leave room free
/// above it.
pub(super) fn window(
    count: usize,
    scroll: ListScroll,
    height: usize,
    entry: impl Fn(usize) -> Vec<Line<'static>>,
) -> Window {
    let mut first = scroll.first.min(count);
    let mut lines = Vec::new();
    let mut end = first;
    while end < count {
        let more = entry(end);
        if lines.len() + more.len() > height && end > first {
            break;
        }
        lines.extend(more);
        end += 1;
    }
    // What is before it, if there is room.
    while end == count && first > 0 {
        let mut more = entry(first - 1);
        if lines.len() + more.len() > height {
            break;
        }
        more.append(&mut lines);
        lines = more;
        first -= 1;
    }
    lines.truncate(height);
    Window {
        lines,
        shown: first..end,
    }
}
