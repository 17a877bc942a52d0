//! Where everything is on the screen: from its size alone, so that keys and drawing agree.
//!
//! ```text
//!  header   who and where, how fresh              1 line
//!  counts   how many tasks in which state         1 line
//!  banner   why the last request failed           0 to 2 lines
//!  table    the tasks                             the rest
//!  details  of the selected task                  8 to 24 lines, if the table keeps enough
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
/// The most lines that the details take where the table does not need them, borders included.
const MAX_DETAILS_HEIGHT: u16 = 24;
/// Lines of the table besides its rows: borders, titles, and one below the last row.
const TABLE_EXTRA: u16 = 4;
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
    /// The layout of a screen of `size` columns and rows with `banner` lines of banner, for that many
    /// tasks. All of it is empty if the screen is smaller than [`MIN_SIZE`].
    pub fn of((width, height): (u16, u16), banner: u16, tasks: usize) -> Self {
        if width < MIN_SIZE.0 || height < MIN_SIZE.1 {
            return Self::default();
        }
        let line = |y, height| Rect::new(0, y, width, height);
        let top = 2 + banner;
        let body = line(top, height - top - 1);
        // What a short list leaves is for the details.
        let tasks = u16::try_from(tasks).unwrap_or(u16::MAX);
        let left = (body.height + 1).saturating_sub(tasks.saturating_add(TABLE_EXTRA));
        let details_height = if body.height + 1 >= MIN_TABLE_HEIGHT + DETAILS_HEIGHT {
            let max = (body.height + 1 - MIN_TABLE_HEIGHT).min(MAX_DETAILS_HEIGHT);
            left.clamp(DETAILS_HEIGHT, max)
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
