//! Writes the lines of a table: borders, centred texts and cells, in colour if that is enabled.

use std::io::{self, Write};

use icu_properties::CodePointMapData;
use icu_properties::props::EastAsianWidth;

const RESET: &str = "\x1b[0m";
const CELL_COLOR: &str = "\x1b[1m\x1b[34m";
const BLANKS: &str = "                                                                ";
const DASHES: &str = "----------------------------------------------------------------";

/// The width of a text as the AWS CLI counts it: two for an East Asian wide or ambiguous character,
/// one for any other, even for one that combines with the character before it. The crate
/// `unicode-width` counts combining characters differently.
pub(super) fn text_width(text: &str) -> usize {
    if text.is_ascii() {
        return text.len();
    }
    let widths = CodePointMapData::<EastAsianWidth>::new();
    text.chars()
        .map(|c| match widths.get(c) {
            EastAsianWidth::Wide | EastAsianWidth::Fullwidth | EastAsianWidth::Ambiguous => 2,
            _ => 1,
        })
        .sum()
}

/// Builds one line after the other, and writes it.
pub(super) struct LineWriter<'a, W> {
    out: &'a mut W,
    /// The line so far, without the borders of the sections around it.
    line: String,
    color: bool,
}

impl<'a, W: Write> LineWriter<'a, W> {
    /// A writer at the start of its first line.
    pub fn new(out: &'a mut W, color: bool) -> Self {
        Self {
            out,
            line: String::new(),
            color,
        }
    }

    /// Writes the upper edge of a table that is `width` columns wide.
    pub fn write_top(&mut self, width: usize) -> io::Result<()> {
        self.push_repeated(DASHES, width);
        self.line.push('\n');
        self.write_line()
    }

    /// Starts a line of texts or cells with its left border.
    pub fn start_line(&mut self) {
        self.line.push('|');
    }

    /// Appends a text in the middle of `width` columns, and the border to its right. The width
    /// includes that border, and `left_border` columns that are already to its left.
    pub fn push_centered(&mut self, text: &str, width: usize, left_border: usize) {
        let length = text_width(text);
        let left = (width / 2).saturating_sub(length / 2 + 1);
        self.push_repeated(BLANKS, left);
        self.line.push_str(text);
        let right = width.saturating_sub(1 + left_border + left + length);
        self.push_repeated(BLANKS, right);
        self.line.push('|');
    }

    /// Appends a cell of `width` columns, which include the border to its right.
    pub fn push_cell(&mut self, text: &str, width: usize) {
        let blanks = width.saturating_sub(text_width(text) + 1);
        let left = if blanks < 2 { 0 } else { 2 };
        self.push_repeated(BLANKS, left);
        if self.color {
            self.line.push_str(CELL_COLOR);
        }
        self.line.push_str(text);
        if self.color {
            self.line.push_str(RESET);
        }
        self.push_repeated(BLANKS, blanks - left);
        self.line.push('|');
    }

    /// Writes a line above or below rows, such as `+-----+---+`, inside `indent` other sections.
    pub fn write_border(&mut self, widths: &[usize], indent: usize) -> io::Result<()> {
        self.line.push('+');
        for (i, width) in widths.iter().enumerate() {
            self.push_repeated(DASHES, width - 1 - usize::from(i == 0));
            self.line.push('+');
        }
        self.end_line(indent)
    }

    /// Writes the line between the borders of the `indent` sections around it.
    pub fn end_line(&mut self, indent: usize) -> io::Result<()> {
        self.write_outer_borders(indent)?;
        self.write_line()?;
        self.write_outer_borders(indent)?;
        self.write("\n")?;
        self.reset_color()
    }

    /// Appends `count` characters of a run of equal ones. A table is mostly blanks, and copying many
    /// at once is faster than appending one at a time.
    fn push_repeated(&mut self, run: &str, mut count: usize) {
        while count > 0 {
            let length = count.min(run.len());
            self.line.push_str(&run[..length]);
            count -= length;
        }
    }

    fn write_line(&mut self) -> io::Result<()> {
        self.out.write_all(self.line.as_bytes())?;
        self.line.clear();
        self.reset_color()
    }

    fn write_outer_borders(&mut self, count: usize) -> io::Result<()> {
        let border = if self.color {
            "\x1b[2m\x1b[33m|\x1b[0m"
        } else {
            "|"
        };
        for _ in 0..count {
            self.write(border)?;
        }
        self.reset_color()
    }

    /// The AWS CLI's library for colours resets them after every output. It does not when the
    /// output goes to a pager, but that looks the same.
    fn reset_color(&mut self) -> io::Result<()> {
        self.write(if self.color { RESET } else { "" })
    }

    fn write(&mut self, text: &str) -> io::Result<()> {
        self.out.write_all(text.as_bytes())
    }
}
