//! Parses options as the AWS CLI does.
//!
//! The AWS CLI parses a command line in passes: first the global options, wherever they are, then the
//! command's name, then the options of the command. An option can be abbreviated to a prefix that no
//! other option of its pass has. If an option is repeated, the last one counts. An option with a list
//! of values takes everything up to the next option of its pass. clap parses in a single pass and
//! cannot be configured to do this, so its declarations of the options are used (see
//! [`options`](super::options)), but not its parser.

use clap::Arg;
use clap::builder::PossibleValue;

/// Ends the options: no pass parses what follows it.
pub(super) const END_OF_OPTIONS: &str = "--";

/// The options that were given, by their names without dashes, each with its values.
#[derive(Clone, Debug, Default)]
pub(super) struct OptionValues(Vec<(String, Vec<String>)>);

impl OptionValues {
    /// Adds an option, which replaces an earlier one of that name.
    fn add(&mut self, name: &str, values: Vec<String>) {
        self.0.retain(|(known, _)| known != name);
        self.0.push((name.to_owned(), values));
    }

    /// Whether the option was given.
    pub fn has(&self, name: &str) -> bool {
        self.values(name).is_some()
    }

    /// The value of an option that has one.
    pub fn value(&self, name: &str) -> Option<&str> {
        self.values(name)?.first().map(String::as_str)
    }

    /// The values of an option that has a list of them.
    pub fn values(&self, name: &str) -> Option<&[String]> {
        let found = self.0.iter().find(|(known, _)| known == name);
        found.map(|(_, values)| values.as_slice())
    }

    /// Whether `--NAME` (true) or `--no-NAME` (false) was given last.
    pub fn switch(&self, name: &str) -> Option<bool> {
        let negated = format!("no-{name}");
        let last = self
            .0
            .iter()
            .rev()
            .find(|(known, _)| known == name || *known == negated);
        last.map(|(known, _)| known == name)
    }
}

/// One pass: parses the options in `known`. Returns their values, and the arguments that belong to
/// none of them, in their order. An error is a message for the user.
pub(super) fn parse_known_options(
    arguments: &[String],
    known: &[Arg],
) -> Result<(OptionValues, Vec<String>), String> {
    let (mut options, mut remaining) = (OptionValues::default(), Vec::new());
    let mut arguments = arguments.iter().peekable();
    while let Some(argument) = arguments.next() {
        if argument == END_OF_OPTIONS {
            remaining.push(argument.clone());
            remaining.extend(arguments.cloned());
            break;
        }
        let Some((option, attached)) = find_option(argument, known)? else {
            remaining.push(argument.clone());
            continue;
        };
        let (min, max) = value_count(option);
        let mut values = Vec::new();
        if let Some(value) = attached {
            values.push(value.to_owned());
        } else {
            while let Some(next) = arguments.peek().filter(|_| values.len() < max) {
                if ends_values(next, known)? {
                    break;
                }
                values.extend(arguments.next().cloned());
            }
        }
        if values.len() > max {
            let reason = format!("ignored explicit argument '{}'", values[0]);
            return Err(option_error(option, &reason));
        }
        if values.len() < min {
            return Err(option_error(option, "expected one argument"));
        }
        check_choice(option, &values)?;
        options.add(name(option), values);
    }
    Ok((options, remaining))
}

/// Removes the first word, which is the name of a command or a waiter, from the arguments that a pass
/// left. An [`END_OF_OPTIONS`] right after it is removed too.
pub(super) fn take_first_word(remaining: &mut Vec<String>) -> Option<String> {
    let position = first_word_position(remaining)?;
    let word = remaining.remove(position);
    if remaining
        .get(position)
        .is_some_and(|next| next == END_OF_OPTIONS)
    {
        remaining.remove(position);
    }
    Some(word)
}

/// The position of the first argument that does not look like an option.
pub(super) fn first_word_position(arguments: &[String]) -> Option<usize> {
    arguments.iter().position(|arg| !looks_like_option(arg))
}

/// The name of the first required option in `known` that was not given.
pub(super) fn first_missing_option<'a>(
    options: &OptionValues,
    known: &'a [Arg],
) -> Option<&'a str> {
    let mut required = known.iter().filter(|option| option.is_required_set());
    required.find_map(|option| Some(name(option)).filter(|name| !options.has(name)))
}

/// The option that the argument names, in full or abbreviated, and the value attached with `=`.
fn find_option<'k, 'a>(
    argument: &'a str,
    known: &'k [Arg],
) -> Result<Option<(&'k Arg, Option<&'a str>)>, String> {
    let Some(text) = argument.strip_prefix("--").filter(|text| !text.is_empty()) else {
        return Ok(None);
    };
    let (prefix, attached) = match text.split_once('=') {
        Some((prefix, value)) => (prefix, Some(value)),
        None => (text, None),
    };
    if let Some(exact) = known.iter().find(|option| name(option) == prefix) {
        return Ok(Some((exact, attached)));
    }
    let matching: Vec<_> = known
        .iter()
        .filter(|option| name(option).starts_with(prefix))
        .collect();
    match matching.as_slice() {
        [] => Ok(None),
        [option] => Ok(Some((option, attached))),
        several => {
            let names: Vec<_> = several
                .iter()
                .map(|option| format!("--{}", name(option)))
                .collect();
            Err(format!(
                "ambiguous option: {argument} could match {}",
                names.join(", ")
            ))
        }
    }
}

/// Whether the argument ends the values of the option before it.
fn ends_values(argument: &str, known: &[Arg]) -> Result<bool, String> {
    Ok(looks_like_option(argument) || find_option(argument, known)?.is_some())
}

/// Whether the argument looks like an option, known or not. Negative numbers and arguments with a space
/// do not.
fn looks_like_option(argument: &str) -> bool {
    argument.len() > 1
        && argument.starts_with('-')
        && !argument.contains(' ')
        && !is_number(&argument[1..])
}

/// Whether the text is a number such as `1`, `1.5` or `.5`. `f64::from_str` would also accept `inf`
/// and exponents, which are options to the AWS CLI.
fn is_number(text: &str) -> bool {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let is_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let has_point = text.contains('.');
    is_digits(whole)
        && is_digits(fraction)
        && !fraction.is_empty()
        && (has_point || !whole.is_empty())
}

fn name(option: &Arg) -> &str {
    option.get_long().unwrap_or_default()
}

/// The smallest and the largest number of values of an option.
fn value_count(option: &Arg) -> (usize, usize) {
    if !option.get_action().takes_values() {
        return (0, 0);
    }
    option
        .get_num_args()
        .map_or((1, 1), |range| (range.min_values(), range.max_values()))
}

/// Checks that the values are among the choices of an option that has some.
fn check_choice(option: &Arg, values: &[String]) -> Result<(), String> {
    let choices = option.get_possible_values();
    let is_choice = |value: &String| choices.iter().any(|choice| choice.matches(value, false));
    match values
        .iter()
        .find(|value| !choices.is_empty() && !is_choice(value))
    {
        None => Ok(()),
        Some(value) => {
            let names: Vec<_> = choices.iter().map(PossibleValue::get_name).collect();
            let reason = format!(
                "Found invalid choice '{value}'. The choices are: {}",
                names.join(", ")
            );
            Err(option_error(option, &reason))
        }
    }
}

fn option_error(option: &Arg, reason: &str) -> String {
    format!("argument --{}: {reason}", name(option))
}
