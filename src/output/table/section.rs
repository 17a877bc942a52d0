//! One box of a table, and how boxes are drawn: all as wide as the widest, the columns of each
//! scaled up to fill it.

use std::borrow::Cow;
use std::io::{self, Write};

use icu_properties::CodePointMapData;
use icu_properties::props::EastAsianWidth;

use super::super::{Style, WriteError};

/// The columns a cell takes beyond its text.
const PADDING: usize = 4;

/// A title, a header and rows below it, each of which may be missing.
pub(super) struct Section<'a> {
    title: Option<&'a str>,
    indent: usize,
    header: Vec<&'a str>,
    rows: Vec<Vec<Cow<'a, str>>>,
    /// The cells of a row, fixed by the first header or row.
    columns: Option<usize>,
    /// The widest text of each column.
    widths: Vec<usize>,
}

impl<'a> Section<'a> {
    pub(super) fn new(title: Option<&'a str>, indent: usize) -> Self {
        Self {
            title,
            indent,
            header: Vec::new(),
            rows: Vec::new(),
            columns: None,
            widths: Vec::new(),
        }
    }

    pub(super) fn add_header(&mut self, names: &[&'a str]) -> Result<(), WriteError> {
        self.columns.get_or_insert(names.len());
        if !self.widths.is_empty() && names.len() > self.widths.len() {
            return Err(uneven(self.widths.len(), names.len()));
        }
        self.widen(names.iter().copied());
        self.header = names.to_vec();
        Ok(())
    }

    pub(super) fn add_row(&mut self, cells: Vec<Cow<'a, str>>) -> Result<(), WriteError> {
        let columns = *self.columns.get_or_insert(cells.len());
        if cells.len() != columns {
            return Err(uneven(columns, cells.len()));
        }
        self.widen(cells.iter().map(AsRef::as_ref));
        self.rows.push(cells);
        Ok(())
    }

    fn widen<'b>(&mut self, texts: impl ExactSizeIterator<Item = &'b str>) {
        if self.widths.is_empty() {
            self.widths = vec![0; texts.len()];
        }
        for (width, text) in self.widths.iter_mut().zip(texts) {
            *width = text_width(text).max(*width);
        }
    }

    /// A header above a single row becomes a column beside it.
    fn turn_vertical(&mut self) {
        if self.rows.len() != 1 || self.header.is_empty() {
            return;
        }
        let row = self.rows.pop().unwrap_or_default();
        let header = std::mem::take(&mut self.header);
        self.columns = Some(2);
        self.widths = vec![0; 2];
        for (name, cell) in header.into_iter().zip(row) {
            self.widen([name, cell.as_ref()].into_iter());
            self.rows.push(vec![name.into(), cell]);
        }
    }

    /// The columns it needs, the borders of the sections around it included.
    fn width(&self) -> usize {
        let borders = 2 + 2 * self.indent;
        // Python measures the missing title, too: "None".
        let title = text_width(self.title.unwrap_or("None"));
        let columns: usize = self.widths.iter().map(|width| width + PADDING).sum();
        borders + title.max(columns)
    }

    /// The columns scaled to fill a width. What rounding gained or lost is taken from the first
    /// columns or given to the last.
    fn scaled(&self, width: usize) -> Vec<usize> {
        let wanted: Vec<usize> = self.widths.iter().map(|width| width + PADDING).collect();
        let sum: usize = wanted.iter().sum();
        if sum == 0 {
            return wanted;
        }
        let factor = as_float(width) / as_float(sum);
        let mut scaled: Vec<usize> = wanted
            .into_iter()
            .map(|width| rounded(factor * as_float(width)))
            .collect();
        let count = scaled.len();
        let sum: usize = scaled.iter().sum();
        for i in 0..sum.saturating_sub(width) {
            scaled[i % count] -= 1;
        }
        for i in 0..width.saturating_sub(sum) {
            scaled[count - 1 - i % count] += 1;
        }
        scaled
    }

    fn draw(&self, pen: &mut Pen<impl Write>, width: usize) -> io::Result<()> {
        let width = width - 2 * self.indent;
        if let Some(title) = self.title.filter(|title| !title.is_empty()) {
            pen.line.push('|');
            pen.centre(title, width, 1);
            pen.end_line(self.indent)?;
            if self.header.is_empty() && self.rows.is_empty() {
                pen.border(&[width], self.indent)?;
            }
        }
        let widths = self.scaled(width);
        if widths.is_empty() {
            return Ok(());
        }
        if !self.header.is_empty() {
            pen.border(&widths, self.indent)?;
            pen.line.push('|');
            for (i, (name, &width)) in self.header.iter().zip(&widths).enumerate() {
                pen.centre(name, width, usize::from(i == 0));
            }
            pen.end_line(self.indent)?;
        }
        if self.rows.is_empty() {
            return Ok(());
        }
        pen.border(&widths, self.indent)?;
        for row in &self.rows {
            pen.line.push('|');
            for (i, (cell, &width)) in row.iter().zip(&widths).enumerate() {
                pen.cell(cell, width - usize::from(i == 0));
            }
            pen.end_line(self.indent)?;
        }
        pen.border(&widths, self.indent)
    }
}

/// Draws the sections.
pub(super) fn draw(
    out: &mut impl Write,
    mut sections: Vec<Section>,
    style: Style,
) -> Result<(), WriteError> {
    let widest = |sections: &[Section]| sections.iter().map(Section::width).max();
    let Some(mut width) = widest(&sections) else {
        return Ok(());
    };
    if width > style.width {
        sections.iter_mut().for_each(Section::turn_vertical);
        width = widest(&sections).unwrap_or(width);
    }
    let mut pen = Pen {
        out,
        line: "-".repeat(width) + "\n",
        color: style.color,
    };
    pen.put_line()?;
    for section in &sections {
        section.draw(&mut pen, width)?;
    }
    Ok(())
}

/// Writes lines, in colour if asked to.
struct Pen<'a, W> {
    out: &'a mut W,
    /// The line so far, but for the borders of the sections around it.
    line: String,
    color: bool,
}

impl<W: Write> Pen<'_, W> {
    /// Puts text in the middle of a width, which its right border and `edge` columns of a left one
    /// belong to, and the right border.
    fn centre(&mut self, text: &str, width: usize, edge: usize) {
        let length = text_width(text);
        let left = (width / 2).saturating_sub(length / 2 + 1);
        self.run(BLANKS, left);
        self.line.push_str(text);
        self.run(BLANKS, width.saturating_sub(1 + edge + left + length));
        self.line.push('|');
    }

    /// Puts a cell of a width, which its right border belongs to.
    fn cell(&mut self, text: &str, width: usize) {
        let room = width.saturating_sub(text_width(text) + 1);
        let left = if room < 2 { 0 } else { 2 };
        self.run(BLANKS, left);
        if self.color {
            self.line.push_str("\x1b[1m\x1b[34m");
        }
        self.line.push_str(text);
        if self.color {
            self.line.push_str(RESET);
        }
        self.run(BLANKS, room - left);
        self.line.push('|');
    }

    /// The line above and below rows: `+-----+---+`.
    fn border(&mut self, widths: &[usize], indent: usize) -> io::Result<()> {
        self.line.push('+');
        for (i, width) in widths.iter().enumerate() {
            self.run(DASHES, width - 1 - usize::from(i == 0));
            self.line.push('+');
        }
        self.end_line(indent)
    }

    /// Puts so many of the characters of a run: more than one at a time, since a table is mostly
    /// blanks.
    fn run(&mut self, run: &str, mut count: usize) {
        while count > 0 {
            let length = count.min(run.len());
            self.line.push_str(&run[..length]);
            count -= length;
        }
    }

    /// Writes the line between the borders of the sections around it.
    fn end_line(&mut self, indent: usize) -> io::Result<()> {
        self.borders(indent)?;
        self.put_line()?;
        self.borders(indent)?;
        self.put("\n")?;
        self.reset()
    }

    fn put_line(&mut self) -> io::Result<()> {
        self.out.write_all(self.line.as_bytes())?;
        self.line.clear();
        self.reset()
    }

    fn borders(&mut self, count: usize) -> io::Result<()> {
        let border = if self.color {
            "\x1b[2m\x1b[33m|\x1b[0m"
        } else {
            "|"
        };
        for _ in 0..count {
            self.put(border)?;
        }
        self.reset()
    }

    /// AWS CLI's library for colours resets them after every piece of output, unless that goes to a
    /// pager, which makes no difference to see.
    fn reset(&mut self) -> io::Result<()> {
        self.put(if self.color { RESET } else { "" })
    }

    fn put(&mut self, text: &str) -> io::Result<()> {
        self.out.write_all(text.as_bytes())
    }
}

const RESET: &str = "\x1b[0m";
const BLANKS: &str = "                                                                ";
const DASHES: &str = "----------------------------------------------------------------";

fn uneven(columns: usize, cells: usize) -> WriteError {
    WriteError::Value(format!(
        "Row should have {columns} elements, instead it has {cells}"
    ))
}

/// Columns of a text as AWS CLI counts them: two for what is wide in East Asia, or may be, and one
/// for all else, even for characters that combine with the one before.
fn text_width(text: &str) -> usize {
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

fn as_float(width: usize) -> f64 {
    u32::try_from(width).map_or(f64::INFINITY, f64::from)
}

/// Python's `round()`: halves go to the even neighbour.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a width"
)]
fn rounded(width: f64) -> usize {
    width.round_ties_even() as usize
}
