//! Reads the settings again when their files change.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use itertools::Itertools as _;
use notify_debouncer_mini::notify::{RecommendedWatcher, RecursiveMode};
use notify_debouncer_mini::{DebounceEventResult, Debouncer, new_debouncer};

use super::app::ChangedSettings;
use super::theme::Theme;

/// Editors write a file in several steps.
const QUIET_FOR: Duration = Duration::from_millis(100);

/// Where the settings come from.
#[derive(Clone)]
pub struct SettingsSource {
    /// The file. There may be none yet.
    pub file: PathBuf,
    /// What to write into the file if there is none and a person wants to edit it.
    pub template: String,
    /// The directory of a person's own themes.
    pub themes: Option<PathBuf>,
    /// Reads them again; `None` if nothing has changed since they were read last.
    pub read: Arc<dyn Fn() -> Option<ReadSettings> + Send + Sync>,
}

/// Settings that were read again.
pub struct ReadSettings {
    /// How everything looks.
    pub theme: Theme,
    /// Whether to look as the terminal's background is.
    pub follows_background: bool,
    /// What is for the app.
    pub changed: ChangedSettings,
}

/// Watches the files until it is dropped.
pub struct SettingsWatcher {
    _debouncer: Debouncer<RecommendedWatcher>,
}

impl SettingsWatcher {
    /// Begins to watch. `report` is called on another thread.
    ///
    /// # Errors
    ///
    /// If the system does not tell of changes.
    pub fn start(
        source: SettingsSource,
        report: impl Fn(ReadSettings) + Send + 'static,
    ) -> Result<Self, notify_debouncer_mini::notify::Error> {
        let directories = directories(&source);
        let files = [source.file.clone(), target(&source.file)];
        let themes = source.themes.clone();
        let is_of_settings = move |path: &Path| {
            let is_named = |file: &PathBuf| file.file_name() == path.file_name();
            let parent = path.parent().and_then(Path::file_name);
            let is_theme = themes
                .as_ref()
                .is_some_and(|themes| themes.file_name() == parent);
            is_theme || files.iter().any(is_named)
        };
        let read = source.read;
        let mut debouncer = new_debouncer(QUIET_FOR, move |events: DebounceEventResult| {
            let events = events.unwrap_or_default();
            if events.iter().any(|event| is_of_settings(&event.path))
                && let Some(settings) = read()
            {
                report(settings);
            }
        })?;
        for directory in directories {
            let watcher = debouncer.watcher();
            if let Err(error) = watcher.watch(&directory, RecursiveMode::NonRecursive) {
                tracing::warn!(%error, directory = %directory.display(), "cannot be watched");
            }
        }
        Ok(Self {
            _debouncer: debouncer,
        })
    }
}

/// The file itself, if the path is a link to it.
fn target(file: &Path) -> PathBuf {
    file.canonicalize().unwrap_or_else(|_| file.to_owned())
}

/// Directories are watched, not files: most editors replace a file by a new one.
fn directories(source: &SettingsSource) -> Vec<PathBuf> {
    let file = source.file.parent().map(Path::to_owned);
    let target = target(&source.file).parent().map(Path::to_owned);
    let all = [file, target, source.themes.clone()].into_iter().flatten();
    all.filter(|directory| directory.is_dir())
        .unique()
        .collect()
}
