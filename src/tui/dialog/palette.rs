//! The command palette: every command, found by its description.

use nucleo_matcher::pattern::{CaseMatching, Normalization, Pattern};
use nucleo_matcher::{Config, Matcher, Utf32Str};
use ratatui::Frame;
use ratatui::text::{Line, Span};

use super::centered_box::{self, Kind};
use crate::text;
use crate::tui::drawn::Target;
use crate::tui::input::TextField;
use crate::tui::keymap::Action;
use crate::tui::render::RenderContext;
use crate::tui::theme::Role;
use crate::tui::view::text_field;

/// The score per letter from which letters count as close together.
const MIN_SCORE_PER_LETTER: u32 = 15;

/// The command palette.
#[derive(Debug)]
pub struct Palette {
    /// What is searched for.
    pub field: TextField,
    commands: Vec<Command>,
    /// The commands that fit, the best first.
    found: Vec<Found>,
    cursor: usize,
}

/// A command.
#[derive(Debug)]
pub struct Command {
    /// What it does.
    pub action: Action,
    /// The same in words.
    pub text: String,
    /// Its word in the footer, by which it is found too.
    pub word: String,
    /// The keys that do it too.
    pub keys: String,
    /// Why it would do nothing now.
    pub why_not: Option<String>,
}

#[derive(Debug)]
struct Found {
    command: usize,
    /// The letters of its text that were searched for.
    letters: Vec<u32>,
}

impl Palette {
    /// A palette of commands.
    pub fn new(commands: Vec<Command>) -> Self {
        let mut palette = Self {
            field: TextField::default(),
            commands,
            found: Vec::new(),
            cursor: 0,
        };
        palette.update();
        palette
    }

    /// The text has changed.
    pub fn update(&mut self) {
        let pattern = Pattern::parse(
            self.field.text(),
            CaseMatching::Ignore,
            Normalization::Smart,
        );
        let letters_typed = self.field.text().chars().filter(|c| !c.is_whitespace());
        let min_score = MIN_SCORE_PER_LETTER * u32::try_from(letters_typed.count()).unwrap_or(0);
        let mut matcher = Matcher::new(Config::DEFAULT);
        let mut buffer = Vec::new();
        let mut found: Vec<_> = self
            .commands
            .iter()
            .enumerate()
            .filter_map(|(number, command)| {
                let mut letters = Vec::new();
                let text = Utf32Str::new(&command.text, &mut buffer);
                let mut score = pattern
                    .indices(text, &mut matcher, &mut letters)
                    .filter(|score| *score >= min_score);
                if score.is_none() {
                    letters.clear();
                    let word = Utf32Str::new(&command.word, &mut buffer);
                    score = pattern.score(word, &mut matcher);
                }
                let score = score.filter(|score| *score >= min_score)?;
                letters.sort_unstable();
                letters.dedup();
                let found = Found {
                    command: number,
                    letters,
                };
                Some((score, found))
            })
            .collect();
        // Of those that fit equally well, the one that begins with it.
        let place = |found: &Found| found.letters.first().copied();
        found.sort_by_key(|(score, found)| (std::cmp::Reverse(*score), place(found)));
        self.found = found.into_iter().map(|(_, found)| found).collect();
        self.cursor = 0;
    }

    /// The selected command.
    pub fn selected(&self) -> Option<&Command> {
        Some(&self.commands[self.found.get(self.cursor)?.command])
    }

    /// Selects the command with that number among those found.
    pub fn select(&mut self, number: usize) {
        self.cursor = number.min(self.found.len().saturating_sub(1));
    }

    /// Selects the command that many places below.
    pub fn move_by(&mut self, by: isize) {
        let last = self.found.len().saturating_sub(1);
        self.cursor = self.cursor.saturating_add_signed(by).min(last);
    }
}

/// Draws the palette in the middle of the screen.
pub fn draw(frame: &mut Frame, palette: &Palette, context: &RenderContext) {
    let width = centered_box::wide_text_width(frame.area());
    let room = centered_box::max_lines(frame.area())
        .saturating_sub(3)
        .clamp(1, 16);
    let first = (palette.cursor + 1).saturating_sub(room);
    let mut lines = vec![Line::default(), Line::default()];
    let shown = palette.found.iter().enumerate().skip(first).take(room);
    lines.extend(shown.map(|(number, found)| {
        let command = &palette.commands[found.command];
        entry(
            command,
            &found.letters,
            number == palette.cursor,
            width,
            context,
        )
    }));
    if palette.found.is_empty() {
        lines.push(context.span(Role::Dim, "No command is called that.").into());
    }
    // The box keeps its size while one types.
    lines.resize(room.min(palette.commands.len()) + 2, Line::default());
    let why_not = palette
        .selected()
        .and_then(|command| command.why_not.as_deref());
    let why_not = context.keep_start(why_not.unwrap_or_default(), width);
    lines.push(context.span(Role::Warning, why_not).into());
    let hint = match palette.found.len() {
        0 => String::new(),
        count => format!("{} of {count}", palette.cursor + 1),
    };
    let title = " Commands ".to_owned();
    let inside = centered_box::draw_sized(frame, Kind::Plain, width, title, &hint, lines, context);
    for (number, row) in (first..palette.found.len()).zip(inside.rows().skip(2)) {
        context.add_target(row, Target::Entry(number));
    }
    let line = ratatui::layout::Rect {
        height: 1,
        ..inside
    };
    text_field::draw(frame, line, ": ", &palette.field, context);
}

fn entry(
    command: &Command,
    letters: &[u32],
    is_selected: bool,
    width: usize,
    context: &RenderContext,
) -> Line<'static> {
    let keys = context.clean(&command.keys).into_owned();
    let room = width.saturating_sub(text::width(&keys) + 3);
    let role = match &command.why_not {
        Some(_) => Role::Dim,
        None => Role::Text,
    };
    let text = context.keep_start(&command.text, room);
    let gap = room.saturating_sub(text::width(&text)) + 1;
    let style = context.theme.style(role);
    let text = Line::styled(text, style);
    let text = context.highlight(text, letters);
    let marker = if is_selected {
        context.symbols().marker
    } else {
        " "
    };
    let line: Line = std::iter::once(Span::raw(format!("{marker} ")))
        .chain(text.spans.into_iter().map(|span| span.patch_style(style)))
        .chain([Span::raw(" ".repeat(gap)), context.span(Role::Key, keys)])
        .collect();
    if is_selected {
        line.patch_style(context.theme.style(Role::Selected))
    } else {
        line
    }
}
