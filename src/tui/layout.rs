//! Where everything is on the screen: from its size alone, so that keys and drawing agree.
//!
//! ```text
//!  header   who and where, how fresh              1 line
//!  counts   how many tasks in which state         1 line
//!  banner   why the last request failed           0 to 2 lines
//!  table    the tasks                             the rest
//!  details  of the selected task                  8 or 10 lines, if the table keeps enough
//!  footer   keys, or a note about the last one    1 line
//! ```
//! The table and the details are boxes that share a border line. A full-screen dialog takes the
//! place of both, the `body`.

use ratatui::layout::Rect;

/// The smallest screen that shows anything but a request for more room, in columns and rows. The
/// dialog before a cancel fits on it completely.
pub const MIN_SIZE: (u16, u16) = (40, 12);

/// Lines of the details, borders included.
const DETAILS_HEIGHT: u16 = 8;
/// The same on a screen with many lines: there is space between their parts.
const TALL_DETAILS_HEIGHT: u16 = 10;
/// How many lines are many.
const TALL: u16 = 32;
/// Minimum lines of the table when the details are shown, borders included.
const MIN_TABLE_HEIGHT: u16 = 8;

/// The regions of the screen. Those that are not shown are empty.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Layout {
    /// Who and where, how fresh.
    pub header: Rect,
    /// How many tasks in which state.
    pub counts: Rect,
    /// Why the last request failed.
    pub banner: Rect,
    /// The table and the details.
    pub body: Rect,
    /// The tasks, borders included.
    pub table: Rect,
    /// The selected task, borders included; its first line is the table's last.
    pub details_pane: Rect,
    /// Keys.
    pub footer: Rect,
    /// How many tasks fit.
    pub rows: usize,
}

impl Layout {
    /// The layout of a screen of `size` columns and rows with `banner` lines of banner.
    /// All of it is empty if the screen is smaller than [`MIN_SIZE`].
    pub fn of((width, height): (u16, u16), banner: u16) -> Self {
        if width < MIN_SIZE.0 || height < MIN_SIZE.1 {
            return Self::default();
        }
        let line = |y, height| Rect::new(0, y, width, height);
        let top = 2 + banner;
        let body = line(top, height - top - 1);
        let details_height = if height >= TALL {
            TALL_DETAILS_HEIGHT
        } else if body.height + 1 >= MIN_TABLE_HEIGHT + DETAILS_HEIGHT {
            DETAILS_HEIGHT
        } else {
            0
        };
        // The two boxes share one line.
        let shared = details_height.min(1);
        let table = line(top, body.height - details_height + shared);
        Self {
            header: line(0, 1),
            counts: line(1, 1),
            banner: line(2, banner),
            body,
            table,
            details_pane: line(table.bottom() - shared, details_height),
            footer: line(height - 1, 1),
            rows: usize::from(table.height.saturating_sub(3)),
        }
    }

    /// Whether the screen is too small to show anything.
    pub fn is_too_small(&self) -> bool {
        self.body.height == 0
    }
}
