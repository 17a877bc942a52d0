//! The command line as it was typed. It is decoded and its global options are parsed once, here; what
//! they mean, together with the environment and the AWS files, is found out later (see
//! [`GlobalOptions`](super::aws::GlobalOptions)). So a mistake in an option is reported before
//! anything is read or sent.

use std::ffi::OsString;

use clap::Arg;

use super::option_parser::{OptionValues, first_word_position, parse_known_options};
use super::options;

/// Which parser a command line is for.
#[derive(Debug)]
pub(super) enum CommandLine {
    /// The terminal UI, or one of the program's own commands: clap parses it.
    OwnCommand,
    /// A command of the AWS page, or one that does not exist, for which the AWS CLI's error is
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

/// What can be told apart by the command's name.
#[derive(Clone, Copy, Debug)]
pub(super) struct CommandNames<'a> {
    /// The program's own commands.
    pub own: &'a [&'a str],
    /// The commands of the AWS page.
    pub aws: &'a [&'a str],
}

impl CommandLine {
    /// Parses the arguments after the program's name. `ui_options` are those of the terminal UI.
    pub fn parse(arguments: &[OsString], names: CommandNames, ui_options: &[Arg]) -> Self {
        let mut invalid_utf8 = None;
        let arguments: Vec<_> = arguments
            .iter()
            .map(|argument| {
                let decoded = argument.to_string_lossy().into_owned();
                if argument.to_str().is_none() {
                    invalid_utf8.get_or_insert_with(|| decoded.clone());
                }
                decoded
            })
            .collect();
        let has_aws_name = |arguments: &[String]| {
            arguments
                .iter()
                .any(|arg| names.aws.contains(&arg.as_str()))
        };
        let (global, remaining) = match parse_known_options(&arguments, &options::global_options())
        {
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
        if names.own.contains(&without_ui_options[position].as_str()) {
            return Self::OwnCommand;
        }
        // A word behind an option that is not known may be that option's value: clap reports the
        // option.
        if position > 0 && !has_aws_name(&without_ui_options) {
            return Self::OwnCommand;
        }
        if let Some(argument) = invalid_utf8 {
            return Self::Invalid(format!("an argument is not UTF-8: {argument}"));
        }
        Self::AwsCommand(AwsCommandLine {
            arguments,
            global,
            remaining,
        })
    }
}
