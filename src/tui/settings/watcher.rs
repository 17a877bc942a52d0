//! Tells when the files of the settings change.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::time::{Duration, Instant};

use notify::event::{AccessKind, AccessMode};
use notify::{Error, Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher as _};

use super::{ReadSettings, SettingsSource};

/// Editors write a file in several steps: it is read when that long nothing has changed.
const QUIET_FOR: Duration = Duration::from_millis(100);

/// Or that long after the first change: in a home directory it may never be quiet.
const MAX_WAIT: Duration = Duration::from_secs(1);

/// More paths than that, by links from one to the other, are a circle.
const MAX_PATHS: usize = 100;

/// Watches the files until it is dropped.
pub struct SettingsWatcher {
    /// Dropping it closes the channel, which ends the thread.
    _directories: Arc<Mutex<WatchedDirectories>>,
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
    ) -> Result<Self, Error> {
        let (sender, changes) = mpsc::channel();
        let watcher = notify::recommended_watcher(move |event: Result<Event, Error>| {
            // To read the files is no change, and would never end.
            if !event.is_ok_and(|event| is_reading(event.kind)) {
                let _ = sender.send(());
            }
        })?;
        let mut directories = WatchedDirectories {
            watcher,
            watched: BTreeSet::new(),
        };
        directories.watch(directories_of(&source));
        let directories = Arc::new(Mutex::new(directories));
        let for_thread = Arc::downgrade(&directories);
        std::thread::spawn(move || {
            while changes.recv().is_ok() {
                let latest = Instant::now() + MAX_WAIT;
                while Instant::now() < latest && changes.recv_timeout(QUIET_FOR).is_ok() {}
                let Some(directories) = for_thread.upgrade() else {
                    return;
                };
                // Before the files are read: what changes after that is told again.
                let mut directories = directories.lock().unwrap_or_else(PoisonError::into_inner);
                directories.watch(directories_of(&source));
                drop(directories);
                if let Some(settings) = (source.read)() {
                    report(settings);
                }
            }
        });
        Ok(Self {
            _directories: directories,
        })
    }
}

/// Whether that changes nothing. The end of writing is an access, too.
fn is_reading(kind: EventKind) -> bool {
    match kind {
        EventKind::Access(AccessKind::Close(AccessMode::Write)) => false,
        EventKind::Access(_) => true,
        _ => false,
    }
}

/// Directories are watched, not files: most editors replace a file by a new one.
struct WatchedDirectories {
    watcher: RecommendedWatcher,
    watched: BTreeSet<PathBuf>,
}

impl WatchedDirectories {
    /// Watches these and no others. One that was removed and made again is another than it was.
    fn watch(&mut self, directories: BTreeSet<PathBuf>) {
        for directory in std::mem::take(&mut self.watched) {
            // Fails if it is gone.
            let _ = self.watcher.unwatch(&directory);
        }
        for directory in directories {
            match self.watcher.watch(&directory, RecursiveMode::NonRecursive) {
                Ok(()) => drop(self.watched.insert(directory)),
                // Those above need not be readable.
                Err(error) => {
                    tracing::debug!(%error, directory = %directory.display(), "cannot be watched");
                }
            }
        }
    }
}

/// The directories of the file, of the themes, and all above them: each can be replaced, or be a link that is changed.
/// Of links also those that they lead to.
fn directories_of(source: &SettingsSource) -> BTreeSet<PathBuf> {
    let mut directories = BTreeSet::new();
    let mut paths = vec![source.file.clone()];
    paths.extend(source.themes.as_ref().map(|it| it.join("*.toml")));
    let mut seen = BTreeSet::new();
    while let Some(path) = paths.pop() {
        let path = std::path::absolute(&path).unwrap_or(path);
        if seen.len() >= MAX_PATHS || !seen.insert(path.clone()) {
            continue;
        }
        for above in path.ancestors() {
            if above.is_dir() {
                directories.insert(above.to_owned());
            }
            // A link is written from where it is.
            if let (Ok(target), Some(parent)) = (above.read_link(), above.parent()) {
                let rest = path.strip_prefix(above).unwrap_or(Path::new(""));
                paths.push(parent.join(target).join(rest));
            }
        }
    }
    directories
}
