//! The command line as it was typed. It is decoded and its global options are parsed once, here. What
//! the options mean, together with the environment and the AWS files, is determined later, in
//! `aws/global_options.rs`, so that a mistake in an option is reported before anything is read or
//! sent.

use std::ffi::OsString;

use clap::Arg;

use super::option_parser::{OptionValues, first_word_position, parse_known_options};
use super::options;

/// Which parser a command line is for.
#[derive(Debug)]
pub(super) enum CommandLine {
    /// The terminal UI, or one of the program's own commands: clap parses it.
    OwnCommand,
    /// An AWS command, or one that does not exist, for which the AWS CLI's error is
    /// expected. The AWS CLI's rules apply.
    AwsCommand(AwsCommandLine),
    /// Such a command, but the command line cannot be parsed, for this reason.
    Invalid(String),
}

/// The command line of an AWS command, its global options parsed.
#[derive(Debug)]
pub(super) struct AwsCommandLine {
    /// All arguments.
    pub arguments: Vec<String>,
    /// The global options.
    pub global: OptionValues,
    /// The arguments that belong to no global option, in their order.
    pub remaining: Vec<String>,
}

/// The names of the commands, which decide between the parsers.
#[derive(Clone, Debug)]
pub(super) struct CommandNames<'a> {
    aws: &'a [&'a str],
    own: Vec<&'a str>,
}

impl<'a> CommandNames<'a> {
    /// The names of all commands, and which of them are AWS commands.
    pub fn new(all: impl Iterator<Item = &'a str>, aws: &'a [&'a str]) -> Self {
        let own = all.filter(|name| !aws.contains(name)).collect();
        Self { aws, own }
    }

    /// The names of all commands, the AWS commands first.
    pub fn all(&self) -> Vec<&'a str> {
        [self.aws, &self.own].concat()
    }

    fn is_aws(&self, name: &str) -> bool {
        self.aws.contains(&name)
    }

    /// Whether it is one of the program's own commands, or the help command that clap adds to them.
    fn is_own(&self, name: &str) -> bool {
        self.own.contains(&name) || name == "help"
    }
}

impl CommandLine {
    /// Parses the arguments after the program's name. `ui_options` are those of the terminal UI.
    pub fn parse(arguments: &[OsString], names: &CommandNames, ui_options: &[Arg]) -> Self {
        let (arguments, invalid_utf8) = decode(arguments);
        let has_aws_name =
            |arguments: &[String]| arguments.iter().any(|argument| names.is_aws(argument));
        let (global, remaining) =
            match parse_known_options(&arguments, &options::aws_global_options()) {
                Ok(parsed) => parsed,
                Err(_) if !has_aws_name(&arguments) => return Self::OwnCommand,
                Err(reason) => return Self::Invalid(reason),
            };
        // Otherwise a value of the UI's options could be taken for a command's name.
        let without_ui_options = match parse_known_options(&remaining, ui_options) {
            Ok((_, without_ui_options)) => without_ui_options,
            Err(_) => remaining.clone(),
        };
        let Some(position) = first_word_position(&without_ui_options) else {
            return Self::OwnCommand;
        };
        let command = without_ui_options[position].as_str();
        if names.is_own(command) {
            return Self::OwnCommand;
        }
        // The first word may be the value of an unknown option before it. clap reports that option.
        if position > 0 && !has_aws_name(&without_ui_options) {
            return Self::OwnCommand;
        }
        if let Some(argument) = invalid_utf8 {
            return Self::Invalid(format!("an argument is not UTF-8: {argument}"));
        }
        // With a known command, the UI's options are reported as unknown ones. With an unknown command,
        // only its name is reported.
        let is_known = names.is_aws(command);
        Self::AwsCommand(AwsCommandLine {
            arguments,
            global,
            remaining: if is_known {
                remaining
            } else {
                without_ui_options
            },
        })
    }
}

/// Decodes the arguments. Also returns the first one that is not UTF-8, if there is one. Invalid bytes
/// are decoded as U+FFFD.
fn decode(arguments: &[OsString]) -> (Vec<String>, Option<String>) {
    let decode = |argument: &OsString| argument.to_string_lossy().into_owned();
    let invalid = arguments
        .iter()
        .find(|argument| argument.to_str().is_none());
    (arguments.iter().map(decode).collect(), invalid.map(decode))
}
