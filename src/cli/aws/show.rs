//! How an answer is shown: format, query, colours, pager.

use std::env;
use std::io::{self, IsTerminal as _};
use std::mem::ManuallyDrop;

use serde_json::Value;

use super::failure::Failure;
use super::globals::{Color, Globals};
use super::interrupt::Interrupt;
use crate::ec2::{Client, Operation};
use crate::output::{self, Format, Pager, PagerError, Query, QueryError, Style, WriteError};

/// How the answer is shown, decided before it is asked for.
#[derive(Debug)]
pub struct Show<'a> {
    format: Format,
    query: Option<&'a Query>,
    style: Style,
    pager: Option<Pager>,
}

impl<'a> Show<'a> {
    /// From the options, the environment and the profile. Off a terminal nothing is coloured unless
    /// asked for, and there is no pager.
    pub fn new(globals: &'a Globals, ec2: &Client) -> Result<Self, Failure> {
        let is_terminal = io::stdout().is_terminal();
        let width = crossterm::terminal::size().ok().filter(|_| is_terminal);
        let style = Style {
            color: match globals.color {
                Color::On => true,
                Color::Off => false,
                Color::Auto => is_terminal && !has_no_color(),
            },
            width: width.map_or(Style::WIDTH, |(columns, _)| columns.into()),
            terminal: is_terminal,
        };
        let setting = ec2.profile_setting("cli_pager");
        let pager = Pager::choose(globals.no_cli_pager || !is_terminal, setting, |name| {
            env::var_os(name)
        });
        Ok(Self {
            format: format(globals, ec2)?,
            query: globals.query.as_ref(),
            style,
            pager: pager?,
        })
    }

    /// Writes the answer to standard output, or has the pager show it until the user leaves.
    pub fn answer(
        &self,
        operation: Operation,
        answer: Value,
        interrupt: &Interrupt,
    ) -> Result<(), Failure> {
        let answer = match self.query {
            Some(query) => query.search(&answer)?,
            None => answer,
        };
        // The program ends after this; to free ten thousand tasks one by one takes a tenth of its
        // time.
        let answer = ManuallyDrop::new(answer);
        let title = operation.to_string();
        let write =
            |out: &mut dyn io::Write| output::write(out, self.format, &title, &answer, self.style);
        let mut out = io::stdout().lock();
        let Some(pager) = &self.pager else {
            return Ok(write(&mut out)?);
        };
        let mut text = Vec::new();
        // Even an answer that a format cannot show may be shown in part.
        let complete = write(&mut text);
        interrupt.leave_to_pager();
        pager.show(&text, &mut out)?;
        Ok(complete?)
    }
}

/// Prints the skeleton of parameters.
pub fn skeleton(skeleton: &Value) -> Result<(), Failure> {
    let style = Style {
        color: false,
        width: Style::WIDTH,
        terminal: false,
    };
    Ok(output::write(
        &mut io::stdout().lock(),
        Format::Json,
        "",
        skeleton,
        style,
    )?)
}

/// Whether `NO_COLOR` is set, and not empty.
fn has_no_color() -> bool {
    env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty())
}

/// `--output`, `AWS_DEFAULT_OUTPUT`, the profile's `output`, or JSON.
fn format(globals: &Globals, ec2: &Client) -> Result<Format, Failure> {
    if let Some(format) = globals.output {
        return Ok(format);
    }
    let environment = env::var("AWS_DEFAULT_OUTPUT").ok();
    let named = environment.or_else(|| ec2.profile_setting("output").map(str::to_owned));
    match named {
        None => Ok(Format::Json),
        Some(name) => Format::parse(&name)
            .ok_or_else(|| Failure::other(format!("Unknown output type: {name}"))),
    }
}

impl From<QueryError> for Failure {
    fn from(error: QueryError) -> Self {
        Self::other(error.to_string())
    }
}

impl From<WriteError> for Failure {
    fn from(error: WriteError) -> Self {
        Self::other(error.to_string())
    }
}

impl From<PagerError> for Failure {
    fn from(error: PagerError) -> Self {
        match error {
            PagerError::Start { .. } => Self::configuration("Pager", error.to_string()),
            PagerError::Command(_) | PagerError::Write(_) => Self::other(error.to_string()),
        }
    }
}
