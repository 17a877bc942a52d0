//! From the settings in force to what the UI takes of them, at the start and when they change.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use itertools::Itertools as _;
use toml::Value;

use crate::cli::setting_options::{self, ConfigOption, SettingOptions};
use crate::config::{self, ColorChoice, InForce, LoadedConfig, SymbolChoice};
use crate::environment;
use crate::toml_file::Problem;
use crate::tui::app::{ChangedSettings, Restrictions, SettingsMessage};
use crate::tui::background_query;
use crate::tui::list::order::Order;
use crate::tui::notice::NoticeOptions;
use crate::tui::preferences::Preferences;
use crate::tui::settings::{ReadSettings, SettingsSource};
use crate::tui::symbols::SymbolSet;
use crate::tui::theme::{self, Background, ColorDepth, Theme};

/// How it looks at first.
pub(super) fn theme(settings: &LoadedConfig) -> Theme {
    let config = &settings.config;
    let hint = environment::variable("COLORFGBG");
    let background = hint.and_then(|hint| background_query::of_colorfgbg(&hint));
    let colors = match config.colors {
        ColorChoice::Truecolor => ColorDepth::TrueColor,
        ColorChoice::Palette256 => ColorDepth::Palette256,
        ColorChoice::Sixteen => ColorDepth::Sixteen,
        ColorChoice::Never => ColorDepth::None,
        ColorChoice::Auto => theme::color_depth_of(environment::variable),
    };
    // crossterm would leave colours out by itself if NO_COLOR is set, also those that --color asks for.
    crossterm::style::force_color_output(colors != ColorDepth::None);
    let symbols = match config.symbols {
        SymbolChoice::Auto => theme::charset_of(false, environment::variable).into(),
        SymbolChoice::Unicode => SymbolSet::Unicode,
        SymbolChoice::Ascii => SymbolSet::Ascii,
        SymbolChoice::Nerd => SymbolSet::Nerd,
    };
    let background = background.unwrap_or(Background::Dark);
    Theme::of(settings.themes.clone(), background, colors, symbols)
}

/// Whether to look as the terminal says that its background is.
pub(super) fn follows_background(settings: &LoadedConfig, theme: &Theme) -> bool {
    settings.config.theme == config::AUTO
        && theme.colors() != ColorDepth::None
        && environment::variable("TERM").is_some_and(|term| term != "linux")
}

/// What the settings say of the UI. What was recorded is no news, so that a replay gives no notices.
pub(super) fn preferences(settings: &LoadedConfig, is_replay: bool) -> Preferences {
    let config = &settings.config;
    Preferences {
        keymap: settings.keymap.clone(),
        interval: config.interval.0,
        mouse: config.mouse,
        restrictions: Restrictions {
            why_read_only: settings.why_read_only().map(|(reason, _)| reason),
            is_production: config.production,
        },
        confirmation: config.confirm,
        columns: config.list.columns.0.clone(),
        times: config.time_style(),
        notices: NoticeOptions {
            kinds: if is_replay {
                Vec::new()
            } else {
                config.notices.on.clone()
            },
            channels: config.notices.channels.clone(),
            command: config.notices.command.0.clone(),
        },
        theme_names: settings
            .catalog
            .themes()
            .into_iter()
            .map(|it| it.name)
            .collect(),
        clipboard: config.clipboard,
    }
}

/// What the rows are sorted by.
pub(super) fn order(settings: &LoadedConfig) -> Order {
    let list = &settings.config.list;
    Order {
        finished_last: list.finished_last,
        ..list.sort.0
    }
}

/// What to say of mistakes in the settings.
pub(super) fn mistakes(problems: &[Problem]) -> Option<SettingsMessage> {
    let mut first = problems.first()?.short();
    if !first.ends_with('?') {
        first.push('.');
    }
    let summary = match problems.len() {
        1 => format!("In the settings: {first}"),
        count => format!("{count} mistakes in the settings; the event log has all. {first}"),
    };
    Some(SettingsMessage {
        summary,
        entries: problems.iter().map(Problem::short).collect(),
    })
}

/// Where the settings are read again when they change.
pub(super) fn source(
    file: PathBuf,
    option: ConfigOption,
    profile: Option<String>,
    options: SettingOptions,
    is_replay: bool,
    first: LoadedConfig,
) -> SettingsSource {
    let themes = first.catalog.directory().map(ToOwned::to_owned);
    let had_file = file.exists();
    let last = Mutex::new((first, None, had_file));
    let settings_file = file.clone();
    let read = move || {
        let mut last = last.lock().unwrap_or_else(PoisonError::into_inner);
        let (before, last_error, had_file) = &mut *last;
        let profile = profile.as_deref();
        let loaded = setting_options::reload(&option, profile, &options, *had_file);
        *had_file |= settings_file.exists();
        let (after, message) = match loaded {
            Ok(after) => {
                let mended = last_error.take();
                let mended = mended.map(|_| said("The settings can be read again."));
                let all = changes(before, &after).into_iter().chain(mended);
                (after, all.reduce(joined)?)
            }
            // What was in force stays so.
            Err(problem) => {
                if last_error.replace(problem.clone()).as_ref() == Some(&problem) {
                    return None;
                }
                let message = SettingsMessage {
                    summary: format!("{}. Nothing has changed.", problem.short()),
                    entries: vec![problem.short()],
                };
                (before.clone(), message)
            }
        };
        let theme = theme(&after);
        let is_changed = |path: &str| before.in_force[path].value != after.in_force[path].value;
        let is_order_changed = is_changed("list.sort") || is_changed("list.finished_last");
        let filter = is_changed("list.filter").then(|| after.config.list.filter.clone());
        let read = ReadSettings {
            follows_background: follows_background(&after, &theme),
            theme,
            changed: ChangedSettings {
                preferences: preferences(&after, is_replay),
                order: is_order_changed.then(|| order(&after)),
                filter,
                message,
            },
        };
        *before = after;
        Some(read)
    };
    SettingsSource {
        file,
        template: template(),
        themes,
        read: Arc::new(read),
    }
}

/// The documented file with each setting commented out, so that later versions can have better defaults.
fn template() -> String {
    let lines = config::DEFAULT.lines().map(|line| {
        let is_said = line.is_empty() || line.starts_with('#') || line.starts_with('[');
        format!("{}{line}\n", if is_said { "" } else { "#" })
    });
    lines.collect()
}

fn said(sentence: &str) -> SettingsMessage {
    SettingsMessage {
        summary: sentence.to_owned(),
        entries: vec![sentence.to_owned()],
    }
}

fn joined(first: SettingsMessage, second: SettingsMessage) -> SettingsMessage {
    SettingsMessage {
        summary: format!("{} {}", first.summary, second.summary),
        entries: [first.entries, second.entries].concat(),
    }
}

/// What has changed; `None` if nothing has.
fn changes(before: &LoadedConfig, after: &LoadedConfig) -> Option<SettingsMessage> {
    const MOST: usize = 3;
    let all = before.in_force.keys().chain(after.in_force.keys()).unique();
    let value = |of: &BTreeMap<String, InForce>, path: &str| -> Option<Value> {
        of.get(path).map(|it| it.value.clone())
    };
    let changed = all
        .filter(|path| value(&before.in_force, path) != value(&after.in_force, path))
        .sorted()
        .collect_vec();
    let phrases = changed
        .iter()
        .map(|path| match value(&after.in_force, path) {
            Some(value) => format!("{path} is {}", value.to_string().trim()),
            None => format!("{path} is as by default"),
        })
        .collect_vec();
    let mut messages = Vec::new();
    // What is wrong comes first: there may not be room for all.
    if before.problems != after.problems {
        let mended = || said("All mistakes in the settings are fixed.");
        messages.push(mistakes(&after.problems).unwrap_or_else(mended));
    }
    if !changed.is_empty() {
        let later = changed.iter().any(|path| path.starts_with("journal."));
        let later = if later {
            " (of the journal at the next start)"
        } else {
            ""
        };
        let more = phrases.len().saturating_sub(MOST);
        let more = (more > 0).then(|| format!("{more} more"));
        let first = phrases.iter().take(MOST).chain(&more).join(", ");
        messages.push(SettingsMessage {
            summary: format!("Changed: {first}{later}."),
            entries: vec![format!("Changed: {}{later}.", phrases.join(", "))],
        });
    } else if before.themes != after.themes {
        messages.push(said("The theme has changed."));
    }
    messages.into_iter().reduce(joined)
}
