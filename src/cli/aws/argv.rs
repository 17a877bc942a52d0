//! Reads a command line as the AWS CLI does.
//!
//! The AWS CLI reads it in passes: the global options first, wherever they stand, then the command,
//! then what belongs to the command. An option can be shortened to anything that no other option of
//! its pass begins with; the last of a repeated option counts; an option that takes a list takes all
//! that follows up to the next option of its pass. clap reads in one pass and cannot be told all of
//! this, so it only holds the table of options (see [`command`](super::command)): the help, the
//! completions, the manual page and this reader go by that one table.

use clap::{Arg, ArgAction, Command};

/// The options that were given, by their names without dashes, each with its values.
#[derive(Debug, Default)]
pub struct Given(Vec<(String, Vec<String>)>);

impl Given {
    fn add(&mut self, name: &str, values: Vec<String>) {
        self.0.retain(|(known, _)| known != name);
        self.0.push((name.to_owned(), values));
    }

    /// Whether an option was given.
    pub fn has(&self, name: &str) -> bool {
        self.all(name).is_some()
    }

    /// The value of an option.
    pub fn one(&self, name: &str) -> Option<&str> {
        self.all(name)?.first().map(String::as_str)
    }

    /// The values of an option that takes a list.
    pub fn all(&self, name: &str) -> Option<&[String]> {
        let found = self.0.iter().find(|(known, _)| known == name);
        found.map(|(_, values)| values.as_slice())
    }

    /// Of `--NAME` and `--no-NAME`, the one that was given last.
    pub fn yes_or_no(&self, name: &str) -> Option<bool> {
        let no = format!("no-{name}");
        let last = self
            .0
            .iter()
            .rev()
            .find(|(known, _)| known == name || *known == no);
        last.map(|(known, _)| known == name)
    }
}

/// What one pass leaves to the next.
pub type Rest = Vec<String>;

/// One pass: takes the options of `table` out of `args`. What remains are words and unknown options,
/// in their order. Behind a `--` no pass looks for options.
pub fn take(args: &[String], table: &Command) -> Result<(Given, Rest), String> {
    let (mut given, mut rest) = (Given::default(), Rest::new());
    let mut args = args.iter().peekable();
    while let Some(arg) = args.next() {
        if arg == "--" {
            rest.push(arg.clone());
            rest.extend(args.cloned());
            break;
        }
        let Some((option, attached)) = option(arg, table)? else {
            rest.push(arg.clone());
            continue;
        };
        let (least, most) = arity(option);
        let mut values = Vec::new();
        if let Some(value) = attached {
            values.push(value.to_owned());
        } else {
            while let Some(word) = args.peek().filter(|_| values.len() < most) {
                if is_option(word, table)? {
                    break;
                }
                values.extend(args.next().cloned());
            }
        }
        if values.len() > most {
            let why = format!("ignored explicit argument '{}'", values[0]);
            return Err(bad(option, &why));
        }
        if values.len() < least {
            return Err(bad(option, "expected one argument"));
        }
        check_choice(option, &values)?;
        given.add(name(option), values);
    }
    Ok((given, rest))
}

/// Takes the first word, a command or a waiter's name, out of what a pass left. A `--` behind it goes
/// with it.
pub fn take_word(rest: &mut Rest) -> Option<String> {
    let at = rest.iter().position(|arg| !looks_like_option(arg))?;
    let word = rest.remove(at);
    if rest.get(at).is_some_and(|next| next == "--") {
        rest.remove(at);
    }
    Some(word)
}

/// The first option of `table` that is required and missing.
pub fn missing<'a>(given: &Given, table: &'a Command) -> Option<&'a str> {
    let mut required = table.get_arguments().filter(|arg| arg.is_required_set());
    required.find_map(|arg| Some(name(arg)).filter(|name| !given.has(name)))
}

/// The option that `arg` names, in whole or in part, and the value attached with `=`.
fn option<'t, 'a>(
    arg: &'a str,
    table: &'t Command,
) -> Result<Option<(&'t Arg, Option<&'a str>)>, String> {
    let Some(text) = arg.strip_prefix("--").filter(|text| !text.is_empty()) else {
        return Ok(None);
    };
    let (prefix, attached) = match text.split_once('=') {
        Some((prefix, value)) => (prefix, Some(value)),
        None => (text, None),
    };
    let options = || table.get_arguments().filter(|arg| arg.get_long().is_some());
    if let Some(exact) = options().find(|option| name(option) == prefix) {
        return Ok(Some((exact, attached)));
    }
    let fitting: Vec<_> = options()
        .filter(|option| name(option).starts_with(prefix))
        .collect();
    match fitting.as_slice() {
        [] => Ok(None),
        [one] => Ok(Some((one, attached))),
        several => {
            let names: Vec<_> = several
                .iter()
                .map(|option| format!("--{}", name(option)))
                .collect();
            Err(format!(
                "ambiguous option: {arg} could match {}",
                names.join(", ")
            ))
        }
    }
}

/// Whether something ends the values of the option before it.
fn is_option(arg: &str, table: &Command) -> Result<bool, String> {
    Ok(looks_like_option(arg) || option(arg, table)?.is_some())
}

/// Whether something is meant as an option, known or not. A number below zero and what has a space in
/// it are not.
fn looks_like_option(arg: &str) -> bool {
    arg.len() > 1 && arg.starts_with('-') && !arg.contains(' ') && !is_number(&arg[1..])
}

/// `1`, `1.5` or `.5`
fn is_number(text: &str) -> bool {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let has_point = text.contains('.');
    digits(whole) && digits(fraction) && !fraction.is_empty() && (has_point || !whole.is_empty())
}

fn name(option: &Arg) -> &str {
    option.get_long().unwrap_or_default()
}

/// The least and the most values an option takes.
fn arity(option: &Arg) -> (usize, usize) {
    match (option.get_action(), option.get_num_args()) {
        (ArgAction::Set, Some(range)) => (range.min_values(), range.max_values()),
        (ArgAction::Set, None) => (1, 1),
        _ => (0, 0),
    }
}

fn check_choice(option: &Arg, values: &[String]) -> Result<(), String> {
    let choices = option.get_possible_values();
    let is_choice = |value: &String| choices.iter().any(|choice| choice.matches(value, false));
    match values
        .iter()
        .find(|value| !choices.is_empty() && !is_choice(value))
    {
        None => Ok(()),
        Some(value) => {
            let names: Vec<_> = choices
                .iter()
                .map(clap::builder::PossibleValue::get_name)
                .collect();
            let why = format!(
                "Found invalid choice '{value}'. The choices are: {}",
                names.join(", ")
            );
            Err(bad(option, &why))
        }
    }
}

fn bad(option: &Arg, why: &str) -> String {
    format!("argument --{}: {why}", name(option))
}
