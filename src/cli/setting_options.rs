//! The options of the command line that are settings too, and how both come together.

use std::io;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::{Args, ValueEnum};
use clap_complete::engine::ArgValueCandidates;
use shellexpand::path::tilde;
use toml::Value;

use super::candidates;
use super::error::{CliError, print_error};
use super::options::MonitorOptions;
use crate::config::{
    self, ColorChoice, Config, File, Layer, LoadedConfig, Source, Words, duration,
};
use crate::ec2;
use crate::environment;
use crate::journal;
use crate::output::Format;
use crate::text::{Charset, clean};
use crate::toml_file::{self, Problem};
use crate::tui::notice::{NoticeChannel, NoticeKind};

/// The environment variable that names the file of the settings.
const VARIABLE: &str = "BUNDLETOP_CONFIG";

/// The option that names the file of the settings.
#[derive(Debug, Default, Args)]
pub(super) struct ConfigOption {
    /// The file of the settings. By default it is the one that bundletop config path names.
    #[arg(
        long,
        value_name = "FILE",
        value_hint = clap::ValueHint::FilePath,
        env = VARIABLE,
        hide_env = true
    )]
    pub config: Option<PathBuf>,
}

impl ConfigOption {
    /// What the environment says, for commands that do not have the option.
    pub fn of_environment() -> Self {
        Self {
            // A name that is not UTF-8 is a name, too.
            config: std::env::var_os(VARIABLE)
                .filter(|name| !name.is_empty())
                .map(PathBuf::from),
        }
    }
}

/// The options of the UI that are settings too.
#[derive(Clone, Debug, Default, Args)]
pub(super) struct SettingOptions {
    #[command(flatten)]
    pub monitor: MonitorOptions,

    /// Use only ASCII characters.
    #[arg(long)]
    ascii: bool,

    /// Use the mouse from the start; m turns it on and off. While it is used, the terminal does not select
    /// text with it.
    #[arg(long)]
    mouse: bool,

    /// The theme, of those that bundletop config themes lists. By default the terminal is asked for its
    /// background.
    #[arg(long, value_name = "THEME", add = ArgValueCandidates::new(candidates::themes))]
    theme: Option<String>,

    /// How many colours to use. By default as many as the terminal has.
    #[arg(long, value_enum, value_name = "COLORS")]
    color: Option<ColorChoice>,

    /// Forget what is in the journal of tasks that were not seen for that long, such as 90d. By default it
    /// is 400d.
    #[arg(long, value_name = "TIME", value_parser = parse_duration)]
    journal_retention: Option<String>,

    /// How to give notices while the terminal is not in focus: the bell, or a desktop notice by one of three
    /// escape sequences. By default it is the bell.
    #[arg(long, value_enum, value_name = "CHANNEL", value_delimiter = ',')]
    notify: Option<Vec<NoticeChannel>>,

    /// What to give notices about. By default about failure, stall and verdict.
    #[arg(long, value_enum, value_name = "EVENT", value_delimiter = ',')]
    notify_on: Option<Vec<NoticeKind>>,

    /// A command to run for each notice, split into words as a shell would. It gets the event as JSON on
    /// standard input, and its parts in environment variables that begin with `BUNDLETOP_`.
    #[arg(long, value_name = "COMMAND", value_parser = parse_words)]
    notify_command: Option<String>,
}

impl SettingOptions {
    /// The settings that were given.
    fn layer(&self) -> Layer {
        let mut layer = self.monitor.layer();
        let mut set = |path, value: Option<Value>, option| {
            layer.extend(value.map(|value| (path, value, Source::Option(option))));
        };
        let words = self.notify_command.clone();
        set("symbols", self.ascii.then(|| "ascii".into()), "--ascii");
        set("mouse", self.mouse.then(|| true.into()), "--mouse");
        set("theme", self.theme.clone().map(Value::from), "--theme");
        set("colors", self.color.as_ref().map(name), "--color");
        set(
            "journal.retention",
            self.journal_retention.clone().map(Value::from),
            "--journal-retention",
        );
        set(
            "notices.channels",
            self.notify.as_deref().map(names),
            "--notify",
        );
        set(
            "notices.on",
            self.notify_on.as_deref().map(names),
            "--notify-on",
        );
        set(
            "notices.command",
            words.map(Value::from),
            "--notify-command",
        );
        layer
    }
}

impl MonitorOptions {
    /// The settings that were given.
    fn layer(&self) -> Layer {
        let interval = self.interval.as_deref().map(|it| {
            let value = Value::from(it);
            ("interval", value, Source::Option("--interval"))
        });
        let file = self.journal.as_deref().and_then(Path::to_str).map(|file| {
            let value = Value::from(file);
            ("journal.file", value, Source::Option("--journal"))
        });
        let keep = self
            .no_journal
            .then(|| ("journal.keep", false.into(), Source::Option("--no-journal")));
        interval.into_iter().chain(file).chain(keep).collect()
    }
}

fn name<T: ValueEnum>(choice: &T) -> Value {
    let value = choice.to_possible_value();
    Value::from(value.map_or_else(String::new, |it| it.get_name().to_owned()))
}

fn names<T: ValueEnum>(choices: &[T]) -> Value {
    choices.iter().map(name).collect::<Vec<_>>().into()
}

fn parse_duration(text: &str) -> Result<String, String> {
    duration(text).map(|_| text.to_owned())
}

fn parse_words(text: &str) -> Result<String, String> {
    match shlex::split(text) {
        Some(words) if !words.is_empty() => Ok(text.to_owned()),
        Some(_) => Err("is empty".into()),
        None => Err("has a quote that is not closed".into()),
    }
}

/// The settings that the environment gives. What the AWS CLI would not understand is left to the commands,
/// which say so as it does.
fn environment_layer() -> Layer {
    let output = environment::variable("AWS_DEFAULT_OUTPUT");
    let output = output.filter(|it| Format::from_name(it).is_some());
    let output = output.map(|it| ("commands.output", it, "AWS_DEFAULT_OUTPUT"));
    // If it is empty, there is to be no pager.
    let pager = std::env::var("AWS_PAGER").ok();
    let pager = pager.filter(|it| Words::try_from(it.clone()).is_ok());
    let pager = pager.map(|it| ("commands.pager", it, "AWS_PAGER"));
    let of_commands = output.into_iter().chain(pager);
    let of_commands = of_commands
        .map(|(path, value, name)| (path, Value::from(value), Source::Environment(name)));

    let never = |name| ("colors", Value::from("never"), Source::Environment(name));
    let is_off = environment::variable("CLICOLOR").as_deref() == Some("0");
    let without = environment::no_color(environment::variable).then(|| never("NO_COLOR"));
    is_off
        .then(|| never("CLICOLOR"))
        .into_iter()
        .chain(without)
        .chain(of_commands)
        .collect()
}

/// The file of the settings.
pub(super) fn file_path(option: &ConfigOption) -> Result<PathBuf, CliError> {
    match &option.config {
        Some(path) if !path.as_os_str().is_empty() => Ok(path.clone()),
        Some(_) | None => Ok(config::default_path().context("there is no home directory")?),
    }
}

/// The settings in force, with the options of the UI.
pub(super) fn load(
    option: &ConfigOption,
    profile: Option<&str>,
    options: &SettingOptions,
) -> Result<LoadedConfig, CliError> {
    load_layers(option, profile, options.layer())
}

/// The same, when the file has changed.
///
/// # Errors
///
/// If the file cannot be read, also if no option names it, or if it is gone and there was one.
pub(super) fn reload(
    option: &ConfigOption,
    profile: Option<&str>,
    options: &SettingOptions,
    had_file: bool,
) -> Result<LoadedConfig, Problem> {
    let path = file_path(option).ok();
    let may_be_missing = option.config.is_none() && !had_file;
    let text = path.as_deref().map(|path| read_file(path, may_be_missing));
    let text = text.transpose()?;
    // Some programs empty a file before they write it.
    if let (Some(path), Some("")) = (&path, text.as_deref())
        && had_file
    {
        return Err(Problem {
            place: Err(path.display().to_string()),
            message: "it is empty".to_owned(),
        });
    }
    with_layers(path.as_deref(), text.as_deref(), profile, options.layer())
}

/// The settings in force, with the options of `watch`.
pub(super) fn load_for_watch(
    option: &ConfigOption,
    profile: Option<&str>,
    options: &MonitorOptions,
) -> Result<LoadedConfig, CliError> {
    load_layers(option, profile, options.layer())
}

/// The settings in force for a command that has no options for them. Mistakes are printed.
pub(super) fn load_for_commands(
    option: &ConfigOption,
    profile: Option<&str>,
) -> Result<LoadedConfig, CliError> {
    let settings = load_layers(option, profile, Layer::new())?;
    print_problems(&settings);
    Ok(settings)
}

/// Prints what is wrong in the settings, for commands that go on all the same.
pub(super) fn print_problems(settings: &LoadedConfig) {
    for problem in &settings.problems {
        let problem = problem.to_string();
        print_error(&format!("bundletop: {}", clean(&problem, Charset::Unicode)));
    }
}

/// The text of the file; empty if there is none and need not be.
fn read_file(path: &Path, may_be_missing: bool) -> Result<String, Problem> {
    match toml_file::read(path) {
        Ok(text) => Ok(text),
        Err(error) if may_be_missing && error.is_missing() => Ok(String::new()),
        Err(error) => Err(Problem::unreadable(path, &error)),
    }
}

fn load_layers(
    option: &ConfigOption,
    profile: Option<&str>,
    options: Layer,
) -> Result<LoadedConfig, CliError> {
    let path = file_path(option).ok();
    let may_be_missing = option.config.is_none();
    let text = path.as_deref().map(|path| read_file(path, may_be_missing));
    let (text, unreadable) = match text.transpose() {
        Ok(text) => (text, None),
        Err(problem) if option.config.is_some() => {
            return Err(CliError::usage(problem.to_string()));
        }
        Err(problem) => (None, Some(problem)),
    };
    let loaded = with_layers(path.as_deref(), text.as_deref(), profile, options);
    let mut settings = loaded.map_err(|problem| CliError::usage(problem.to_string()))?;
    if let Some(problem) = unreadable {
        settings.refuse_cancels(problem);
    }
    Ok(settings)
}

/// The settings of a text and of what takes precedence over it.
///
/// # Errors
///
/// If an option has an impossible value.
fn with_layers(
    path: Option<&Path>,
    text: Option<&str>,
    profile: Option<&str>,
    options: Layer,
) -> Result<LoadedConfig, Problem> {
    let file = path.map(|path| File {
        text: text.unwrap_or_default(),
        path,
    });
    let layers = vec![environment_layer(), options];
    let profile = ec2::profile_name(profile);
    let profile = profile.as_deref().unwrap_or("default");
    let settings = LoadedConfig::load(file, profile, layers);
    let of_option = |it: &&Problem| it.place.as_ref().is_err_and(|name| name.starts_with("--"));
    match settings.problems.iter().find(of_option) {
        Some(problem) => Err(problem.clone()),
        None => Ok(settings),
    }
}

/// The file of the journal; `None` if none is to be kept, or there is no place for one.
pub(super) fn journal_path(config: &Config) -> Option<PathBuf> {
    config.journal.keep.then(|| journal_file(config).ok())?
}

/// The file of the journal, whether one is kept or not.
///
/// # Errors
///
/// If there is no home directory, and none is set.
pub(super) fn journal_file(config: &Config) -> io::Result<PathBuf> {
    let file = &config.journal.file;
    if file.as_os_str().is_empty() {
        journal::default_path()
    } else {
        Ok(tilde(file).into_owned())
    }
}
