//! Tells when the files of the settings change.

use std::path::{Path, PathBuf};
use std::time::Duration;

use itertools::Itertools as _;
use notify_debouncer_mini::notify::{RecommendedWatcher, RecursiveMode};
use notify_debouncer_mini::{DebounceEventResult, Debouncer, new_debouncer};

use super::{ReadSettings, SettingsSource};

/// Editors write a file in several steps.
const QUIET_FOR: Duration = Duration::from_millis(100);

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
