//! `bundletop config`: the file of the settings, checked, explained and described.

use std::fmt::Write as _;
use std::io::{self, IsTerminal as _};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Subcommand, ValueHint};
use itertools::Itertools as _;
use ratatui::backend::IntoCrossterm as _;
use ratatui::style::Style;
use toml::Value;

use super::error::{CliError, print_error};
use super::options::ConnectionOptions;
use super::setting_options::{self, ConfigOption, SettingOptions};
use crate::config::{self, File, InForce, LoadedConfig};
use crate::environment;
use crate::names::name_of;
use crate::output;
use crate::task::Phase;
use crate::text::{self, Charset};
use crate::toml_file::{self, Problem};
use crate::tui::keymap::{Context, KeySequence, Keymap};
use crate::tui::theme::{self, Background, ColorDepth, NamedTheme, Theme, ThemeCatalog, Themes};

/// The arguments of `bundletop config`.
#[derive(Debug, Args)]
pub(super) struct ConfigArgs {
    #[command(subcommand)]
    command: ConfigCommand,
}

#[derive(Debug, Subcommand)]
enum ConfigCommand {
    /// Print the documented defaults, to begin a file with.
    Default,
    /// Name each mistake in the file with its line and column. The exit code is 1 if there is one.
    Check {
        /// The file to check. By default it is the one that bundletop config path names.
        #[arg(value_name = "FILE", value_hint = ValueHint::FilePath)]
        file: Option<PathBuf>,

        #[command(flatten)]
        config: ConfigOption,
    },
    /// Print the settings in force, and where each comes from.
    Show {
        #[command(flatten)]
        connection: ConnectionOptions,

        #[command(flatten)]
        config: ConfigOption,

        #[command(flatten)]
        options: Box<SettingOptions>,
    },
    /// Print every action, where it can be bound, and the keys in force.
    Keys {
        #[command(flatten)]
        connection: ConnectionOptions,

        #[command(flatten)]
        config: ConfigOption,
    },
    /// List the themes, each with the states of tasks as it shows them.
    Themes {
        #[command(flatten)]
        config: ConfigOption,
    },
    /// Print the JSON Schema of the file, with which editors complete and check it.
    Schema,
    /// Print where the file is.
    Path {
        #[command(flatten)]
        config: ConfigOption,
    },
}

/// Does what was asked for.
pub(super) fn run(args: &ConfigArgs) -> Result<ExitCode, CliError> {
    match &args.command {
        ConfigCommand::Default => output::print(config::DEFAULT)?,
        ConfigCommand::Check { file, config } => return check(file.as_ref(), config),
        ConfigCommand::Show {
            connection,
            config,
            options,
        } => {
            let profile = connection.profile.as_deref();
            let settings = setting_options::load(config, profile, options)?;
            output::print(&shown(&settings))?;
            print_problems(&settings);
        }
        ConfigCommand::Keys { connection, config } => {
            let profile = connection.profile.as_deref();
            let options = SettingOptions::default();
            let settings = setting_options::load(config, profile, &options)?;
            output::print(&keys(&settings.keymap))?;
            print_problems(&settings);
        }
        ConfigCommand::Themes { config } => {
            let path = setting_options::file_path(config)?;
            output::print(&themes(&ThemeCatalog::beside(&path)))?;
        }
        ConfigCommand::Schema => output::print(&format!("{:#}\n", config::schema()))?,
        ConfigCommand::Path { config } => {
            let path = setting_options::file_path(config)?;
            output::print(&format!("{}\n", path.display()))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn check(file: Option<&PathBuf>, config: &ConfigOption) -> Result<ExitCode, CliError> {
    let path = match file {
        Some(file) => file.clone(),
        None => setting_options::file_path(config)?,
    };
    let is_named = file.is_some() || config.config.is_some();
    let text = match toml_file::read(&path) {
        Ok(text) => text,
        Err(error) if error.is_missing() && !is_named => {
            print_error(&format!(
                "There is no file {}: all settings have their defaults.",
                path.display()
            ));
            return Ok(ExitCode::SUCCESS);
        }
        Err(error) => {
            let problem = Problem::unreadable(&path, &error);
            return Err(anyhow::anyhow!(problem.to_string()).into());
        }
    };
    let file = File {
        text: &text,
        path: &path,
    };
    let settings = LoadedConfig::check(file);
    print_problems(&settings);
    Ok(if settings.problems.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn print_problems(settings: &LoadedConfig) {
    for problem in &settings.problems {
        print_error(&clean(&problem.to_string()));
    }
}

/// The settings as a file, with the source of each as a comment.
fn shown(settings: &LoadedConfig) -> String {
    let mut text = String::new();
    let section = |path: &str| path.rsplit_once('.').map(|(section, _)| section.to_owned());
    let lines = settings.in_force.iter();
    // In TOML, what has no section comes first.
    let lines = lines.sorted_by_key(|(path, _)| section(path));
    let mut last = None;
    for (path, InForce { value, source }) in lines {
        let section = section(path);
        if let Some(section) = section.as_ref().filter(|_| section != last) {
            let _ = writeln!(text, "\n[{section}]");
        }
        last.clone_from(&section);
        let name = path.rsplit('.').next().unwrap_or_default();
        let setting = clean(&format!("{name} = {value}"));
        let chosen_by = match (path.as_str(), value.as_str()) {
            ("time_zone", Some(config::AUTO)) => by_variable("TZ"),
            ("commands.pager", Some(config::AUTO)) => by_variable("PAGER"),
            _ => String::new(),
        };
        let source = clean(&source.to_string());
        let _ = writeln!(text, "{setting:<45} # {source}{chosen_by}");
    }
    text
}

/// What "auto" means because of an environment variable.
fn by_variable(name: &str) -> String {
    let value = environment::variable(name);
    value.map_or_else(String::new, |value| clean(&format!(", by {name}={value}")))
}

/// The keys as a file, with what each does as a comment.
fn keys(keymap: &Keymap) -> String {
    let mut text = String::new();
    for context in Context::ALL {
        let section = name_of(context).unwrap_or_default();
        let _ = writeln!(text, "[keys.{section}]");
        // An action that has a binding that cannot be changed has two.
        for binding in keymap.bindings(context).unique_by(|it| it.action) {
            let action = name_of(binding.action).unwrap_or_default();
            let keys = keymap
                .keys(context, binding.action)
                .map(KeySequence::written);
            let keys = keys.map(Value::from).collect::<Vec<_>>();
            let keys = match &keys[..] {
                [] => Value::from("none"),
                [one] => one.clone(),
                _ => Value::from(keys),
            };
            let setting = format!("{action} = {keys}");
            let _ = writeln!(text, "{setting:<45} # {}", binding.help);
        }
        text.push('\n');
    }
    text
}

/// The themes: name, background, file, and on a terminal the states in their colours.
fn themes(catalog: &ThemeCatalog) -> String {
    let colors = if io::stdout().is_terminal() {
        theme::color_depth_of(environment::variable)
    } else {
        ColorDepth::None
    };
    let charset = theme::charset_of(false, environment::variable);
    let mut text = String::new();
    for NamedTheme { name, file } in catalog.themes() {
        let place = file.map_or_else(
            || "built in".to_owned(),
            |it| clean(&it.display().to_string()),
        );
        let found = catalog.get(&name);
        let name = clean(&name);
        let theme = match found {
            Ok(theme) => theme,
            Err(reason) => {
                let _ = writeln!(text, "{name:<16}{}", clean(&reason.to_string()));
                continue;
            }
        };
        let background = match theme.background() {
            Background::Dark => "dark",
            Background::Light => "light",
        };
        let _ = write!(text, "{name:<16}{background:<8}{place}");
        if colors != ColorDepth::None {
            let behind = theme.terminal_background(colors).unwrap_or_default();
            let behind = Style::new().bg(behind);
            let themes = Themes::only(theme);
            let theme = Theme::of(themes, Background::Dark, colors, charset.into());
            text += "  ";
            for phase in Phase::ALL.into_iter().filter(|it| *it != Phase::Unknown) {
                let (symbol, role) = theme.phase(phase);
                let style = behind.patch(theme.style(role)).into_crossterm();
                let sample = format!("  {symbol} {}", phase.as_str());
                let _ = write!(text, "{}", style.apply(sample));
            }
            let _ = write!(text, "{}", behind.into_crossterm().apply("  "));
        }
        text.push('\n');
    }
    text
}

fn clean(text: &str) -> String {
    text::clean(text, Charset::Unicode).into_owned()
}
