//! Help and version for the AWS commands: the AWS CLI has no `--help`, but users expect it.

use crate::cli::command_line::AwsCommandLine;
use crate::cli::option_parser::take_first_word;

/// The help or the version, if the command line asks for it: with `--help`, `-h`, `--version`, or
/// `help` after the command. `program` is the whole command line interface.
pub(super) fn help_or_version(
    command_line: &AwsCommandLine,
    program: &clap::Command,
) -> Option<String> {
    if command_line.global.has("version") {
        return Some(format!("bundletop {}\n", env!("CARGO_PKG_VERSION")));
    }
    let remaining = &command_line.remaining;
    let has_options = remaining.iter().any(|argument| argument.starts_with('-'));
    let wants_long = remaining
        .iter()
        .any(|argument| argument == "--help" || (argument == "help" && !has_options));
    let wants_short = remaining.iter().any(|argument| argument == "-h");
    if !wants_long && !wants_short {
        return None;
    }
    let mut program = program.clone();
    program.build();
    let mut command = &mut program;
    let mut remaining = remaining.clone();
    while let Some(word) = take_first_word(&mut remaining) {
        if word == "help" || command.find_subcommand(&word).is_none() {
            break;
        }
        command = command.find_subcommand_mut(&word)?;
    }
    let help = if wants_long {
        command.render_long_help()
    } else {
        command.render_help()
    };
    Some(help.to_string())
}
