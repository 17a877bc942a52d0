//! The boxes of a table, and how they are laid out: all as wide as the widest one, the columns of
//! each widened to fill it.

use std::borrow::Cow;
use std::io::{self, Write};

use super::super::error::WriteError;
use super::super::target::OutputTarget;
use super::line_writer::{LineWriter, text_width};

/// The columns a cell takes in addition to its text.
const PADDING: usize = 4;

/// One box: a title, a header and rows, each of which may be missing.
pub(super) struct Section<'a> {
    title: Option<&'a str>,
    /// How many other boxes it is inside of.
    indent: usize,
    header: Vec<&'a str>,
    rows: Vec<Vec<Cow<'a, str>>>,
    /// The number of cells in a row, which the first header or row determines.
    cells_per_row: Option<usize>,
    /// The width of the widest text in each column.
    widths: Vec<usize>,
}

impl<'a> Section<'a> {
    /// A section without a header and rows, inside `indent` others.
    pub fn new(title: Option<&'a str>, indent: usize) -> Self {
        Self {
            title,
            indent,
            header: Vec::new(),
            rows: Vec::new(),
            cells_per_row: None,
            widths: Vec::new(),
        }
    }

    /// Sets the header. It may have fewer columns than the rows, as with the AWS CLI, but not more.
    pub fn set_header(&mut self, names: &[&'a str]) -> Result<(), WriteError> {
        self.cells_per_row.get_or_insert(names.len());
        if !self.widths.is_empty() && names.len() > self.widths.len() {
            return Err(uneven_row(self.widths.len(), names.len()));
        }
        self.widen_columns(names.iter().copied());
        self.header = names.to_vec();
        Ok(())
    }

    /// Adds a row, which must have as many cells as those before it.
    pub fn add_row(&mut self, cells: Vec<Cow<'a, str>>) -> Result<(), WriteError> {
        let expected = *self.cells_per_row.get_or_insert(cells.len());
        if cells.len() != expected {
            return Err(uneven_row(expected, cells.len()));
        }
        self.widen_columns(cells.iter().map(AsRef::as_ref));
        self.rows.push(cells);
        Ok(())
    }

    /// Makes the columns wide enough for the texts of a row.
    fn widen_columns<'b>(&mut self, texts: impl ExactSizeIterator<Item = &'b str>) {
        if self.widths.is_empty() {
            self.widths = vec![0; texts.len()];
        }
        for (width, text) in self.widths.iter_mut().zip(texts) {
            *width = text_width(text).max(*width);
        }
    }

    /// Turns a header above a single row into a column beside it.
    fn turn_vertical(&mut self) {
        if self.rows.len() != 1 || self.header.is_empty() {
            return;
        }
        let row = self.rows.pop().unwrap_or_default();
        let header = std::mem::take(&mut self.header);
        self.cells_per_row = Some(2);
        self.widths = vec![0; 2];
        for (name, cell) in header.into_iter().zip(row) {
            self.widen_columns([name, cell.as_ref()].into_iter());
            self.rows.push(vec![name.into(), cell]);
        }
    }

    /// The columns it needs, including the borders of the sections around it.
    fn needed_width(&self) -> usize {
        let borders = 2 + 2 * self.indent;
        // The AWS CLI measures a missing title as the string "None".
        let title = text_width(self.title.unwrap_or("None"));
        let columns: usize = self.widths.iter().map(|width| width + PADDING).sum();
        borders + title.max(columns)
    }

    /// The widths of the columns, scaled to fill `total` columns. An excess after rounding is taken
    /// from the first columns, and a shortfall is given to the last ones.
    fn scaled_widths(&self, total: usize) -> Vec<usize> {
        let padded: Vec<usize> = self.widths.iter().map(|width| width + PADDING).collect();
        let sum: usize = padded.iter().sum();
        if sum == 0 {
            return padded;
        }
        let factor = as_float(total) / as_float(sum);
        let mut scaled: Vec<usize> = padded
            .into_iter()
            .map(|width| rounded(factor * as_float(width)))
            .collect();
        let count = scaled.len();
        let sum: usize = scaled.iter().sum();
        for i in 0..sum.saturating_sub(total) {
            scaled[i % count] -= 1;
        }
        for i in 0..total.saturating_sub(sum) {
            scaled[count - 1 - i % count] += 1;
        }
        scaled
    }

    /// Draws the section in a table that is `table_width` columns wide.
    fn draw(&self, lines: &mut LineWriter<impl Write>, table_width: usize) -> io::Result<()> {
        let width = table_width - 2 * self.indent;
        if let Some(title) = self.title.filter(|title| !title.is_empty()) {
            lines.start_line();
            lines.push_centered(title, width, 1);
            lines.end_line(self.indent)?;
            if self.header.is_empty() && self.rows.is_empty() {
                lines.write_border(&[width], self.indent)?;
            }
        }
        let widths = self.scaled_widths(width);
        if widths.is_empty() {
            return Ok(());
        }
        if !self.header.is_empty() {
            lines.write_border(&widths, self.indent)?;
            lines.start_line();
            for (i, (name, &width)) in self.header.iter().zip(&widths).enumerate() {
                lines.push_centered(name, width, usize::from(i == 0));
            }
            lines.end_line(self.indent)?;
        }
        if self.rows.is_empty() {
            return Ok(());
        }
        lines.write_border(&widths, self.indent)?;
        for row in &self.rows {
            lines.start_line();
            for (i, (cell, &width)) in row.iter().zip(&widths).enumerate() {
                lines.push_cell(cell, width - usize::from(i == 0));
            }
            lines.end_line(self.indent)?;
        }
        lines.write_border(&widths, self.indent)
    }
}

/// Draws the sections from top to bottom. If the table is wider than the target, sections with one
/// row are turned vertical.
pub(super) fn draw(
    out: &mut impl Write,
    mut sections: Vec<Section>,
    target: OutputTarget,
) -> Result<(), WriteError> {
    let widest = |sections: &[Section]| sections.iter().map(Section::needed_width).max();
    let Some(mut width) = widest(&sections) else {
        return Ok(());
    };
    if width > target.width {
        sections.iter_mut().for_each(Section::turn_vertical);
        width = widest(&sections).unwrap_or(width);
    }
    let mut lines = LineWriter::new(out, target.color);
    lines.write_top(width)?;
    for section in &sections {
        section.draw(&mut lines, width)?;
    }
    Ok(())
}

fn uneven_row(expected: usize, cells: usize) -> WriteError {
    WriteError::Value(format!(
        "Row should have {expected} elements, instead it has {cells}"
    ))
}

fn as_float(width: usize) -> f64 {
    u32::try_from(width).map_or(f64::INFINITY, f64::from)
}

/// Python's `round()`, which rounds halves to the nearest even number.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a width is small and not negative"
)]
fn rounded(width: f64) -> usize {
    width.round_ties_even() as usize
}
