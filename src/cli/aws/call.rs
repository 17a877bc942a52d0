//! What a command line asks for: help, or one call of a command.

use super::argv::{self, Given};
use super::command::{self, Asked};
use super::failure::Failure;
use super::globals::Globals;

/// One call of a command, read from the command line.
pub struct Call {
    /// The command.
    pub asked: Asked,
    /// Its own options.
    pub given: Given,
    /// The global options.
    pub globals: Globals,
}

/// Whether the command line asks for one of these commands, or for one that does not exist: the AWS
/// CLI's answer to that is expected then. Not every command line that has a command's name in it
/// does: a profile can be called `wait`.
pub fn is_asked(args: &[String]) -> bool {
    let names = [command::DESCRIBE, command::CANCEL, command::WAIT];
    let has_name = |args: &[String]| args.iter().any(|arg| names.contains(&arg.as_str()));
    let Ok((_, rest)) = argv::take(args, &global_options()) else {
        return has_name(args);
    };
    match argv::take_word(&mut rest.clone()) {
        None => false,
        Some(first) if crate::cli::is_own_command(&first) => false,
        // Options of the program's own come with no command, nor with one of these.
        Some(first) => has_name(&rest) || rest.first() == Some(&first),
    }
}

fn global_options() -> clap::Command {
    command::globals(clap::Command::new("bundletop"))
}

/// The help or the version, if that is asked for: `--help`, `-h`, or `help` after the command.
pub fn asked_about(args: &[String]) -> Option<String> {
    let (global, mut rest) = argv::take(args, &global_options()).ok()?;
    if global.has("version") {
        return Some(format!("bundletop {}\n", env!("CARGO_PKG_VERSION")));
    }
    let words = rest.iter().all(|arg| !arg.starts_with('-'));
    let long = rest
        .iter()
        .any(|arg| arg == "--help" || (arg == "help" && words));
    let short = rest.iter().any(|arg| arg == "-h");
    if !long && !short {
        return None;
    }
    let mut command = crate::cli::command();
    command.build();
    let mut wanted = &mut command;
    while let Some(word) = argv::take_word(&mut rest) {
        if word == "help" || wanted.find_subcommand(&word).is_none() {
            break;
        }
        wanted = wanted.find_subcommand_mut(&word)?;
    }
    let help = if long {
        wanted.render_long_help()
    } else {
        wanted.render_help()
    };
    Some(help.to_string())
}

impl Call {
    /// Reads the command line.
    pub fn read(args: &[String]) -> Result<Self, Failure> {
        let (global, mut rest) = argv::take(args, &global_options()).map_err(Failure::usage)?;
        let globals = Globals::new(&global)?;
        let asked = asked(&mut rest)?;
        let table = asked.options();
        let (given, rest) = argv::take(&rest, &table).map_err(Failure::usage)?;
        let in_full = |name: &str| args.iter().any(|arg| *arg == format!("--{name}"));
        let is_elsewhere = in_full("cli-input-json") || in_full("generate-cli-skeleton");
        if let Some(name) = argv::missing(&given, &table).filter(|_| !is_elsewhere) {
            let message = format!("the following arguments are required: --{name}");
            return Err(Failure::usage(message));
        }
        // What a script's empty variable leaves behind means nothing.
        let unknown: Vec<_> = rest
            .into_iter()
            .filter(|word| !word.is_empty() && word != "--")
            .collect();
        if !unknown.is_empty() {
            return Err(Failure::unknown(&unknown));
        }
        if given.has("cli-input-yaml") {
            return Err(Failure::usage(
                "--cli-input-yaml is not there; --cli-input-json is",
            ));
        }
        Ok(Self {
            asked,
            given,
            globals,
        })
    }
}

/// The command, taken out of what the global options left.
fn asked(rest: &mut argv::Rest) -> Result<Asked, Failure> {
    let wrong = |which: &str, word: Option<&str>, choices: &str| {
        Err(Failure::usage(match word {
            Some(word) => {
                format!(
                    "argument {which}: Found invalid choice '{word}'. The choices are: {choices}"
                )
            }
            None => {
                format!("the following arguments are required: {which}. The choices are: {choices}")
            }
        }))
    };
    match argv::take_word(rest).as_deref() {
        Some(command::DESCRIBE) => Ok(Asked::Describe),
        Some(command::CANCEL) => Ok(Asked::Cancel),
        Some(command::WAIT) => match argv::take_word(rest).as_deref() {
            Some(command::BUNDLE_TASK_COMPLETE) => Ok(Asked::Wait),
            other => wrong("waiter", other, command::BUNDLE_TASK_COMPLETE),
        },
        other => {
            let choices = [command::DESCRIBE, command::CANCEL, command::WAIT].join(", ");
            wrong("command", other, &choices)
        }
    }
}
