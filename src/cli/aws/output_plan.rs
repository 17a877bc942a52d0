//! How the answer is shown: format, query, colours, pager.

use std::env;
use std::io;
use std::mem::ManuallyDrop;

use serde_json::Value;

use super::error::CommandError;
use super::global_options::{ColorMode, GlobalOptions};
use crate::config::CommandsConfig;
use crate::output::{self, Format, OutputTarget, Pager, QueryExpression};
use crate::signal::interrupt::InterruptHandler;

/// How the answer is shown. It is decided before the request is sent, so that an invalid setting is
/// found before anything is cancelled.
#[derive(Debug)]
pub(super) struct OutputPlan<'a> {
    format: Format,
    query: Option<&'a QueryExpression>,
    target: OutputTarget,
    pager: Option<Pager>,
}

impl<'a> OutputPlan<'a> {
    /// Decides by the options, the environment, the settings, and those of the profile, which
    /// `profile_setting` looks up. If standard output is not a terminal there is no pager, and
    /// nothing is coloured unless `--color on` is given.
    pub fn new<'p>(
        options: &'a GlobalOptions,
        settings: &CommandsConfig,
        profile_setting: impl Fn(&str) -> Option<&'p str>,
    ) -> Result<Self, CommandError> {
        let mut target = OutputTarget::standard_output();
        match options.color {
            ColorMode::On => target.color = true,
            ColorMode::Off => target.color = false,
            ColorMode::Auto => {}
        }
        let no_pager = options.no_cli_pager || !target.is_terminal;
        let pager = settings.pager.0.as_deref();
        let pager = pager.or_else(|| profile_setting("cli_pager"));
        let pager = Pager::choose(no_pager, pager, |name| env::var_os(name));
        Ok(Self {
            format: choose_format(options.output, settings.output.0, profile_setting("output"))?,
            query: options.query.as_ref(),
            target,
            pager: pager?,
        })
    }

    /// Writes the answer to standard output, or shows it in the pager until the user quits it.
    /// `title` is the operation's name.
    pub fn show(
        &self,
        title: &str,
        answer: Value,
        interrupts: &InterruptHandler,
    ) -> Result<(), CommandError> {
        let answer = match self.query {
            Some(query) => query.search(&answer)?,
            None => answer,
        };
        // The program ends soon: freeing ten thousand tasks would take a tenth of the run time.
        let answer = ManuallyDrop::new(answer);
        let write =
            |out: &mut dyn io::Write| output::write(out, self.format, title, &answer, self.target);
        let mut out = io::stdout().lock();
        let Some(pager) = &self.pager else {
            return Ok(write(&mut out)?);
        };
        let mut text = Vec::new();
        // What was written before an error is shown too.
        let written = write(&mut text);
        interrupts.ignore_from_now_on();
        pager.show(&text, &mut out)?;
        Ok(written?)
    }
}

/// Prints a JSON template for `--cli-input-json`.
pub(super) fn print_skeleton(skeleton: &Value) -> Result<(), CommandError> {
    let mut out = io::stdout().lock();
    let target = OutputTarget::PLAIN;
    Ok(output::write(&mut out, Format::Json, "", skeleton, target)?)
}

/// The format of `--output`, `AWS_DEFAULT_OUTPUT`, the settings or the profile's `output`; JSON without
/// any.
fn choose_format(
    option: Option<Format>,
    setting: Option<Format>,
    profile_setting: Option<&str>,
) -> Result<Format, CommandError> {
    if let Some(format) = option {
        return Ok(format);
    }
    let variable = env::var("AWS_DEFAULT_OUTPUT").ok();
    if let (None, Some(format)) = (&variable, setting) {
        return Ok(format);
    }
    match variable.as_deref().or(profile_setting) {
        None => Ok(Format::Json),
        Some(name) => Format::from_name(name)
            .ok_or_else(|| CommandError::other(format!("Unknown output type: {name}"))),
    }
}
