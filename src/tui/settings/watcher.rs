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

/// More links than that, one to the other, are a circle.
const MAX_LINKS: usize = 40;

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
                Err(error) => {
                    tracing::warn!(%error, directory = %directory.display(), "cannot be watched");
                }
            }
        }
    }
}

/// Where the file, the links that lead to it and the themes are; of what does not exist, the nearest directory above.
fn directories_of(source: &SettingsSource) -> BTreeSet<PathBuf> {
    let mut directories = BTreeSet::new();
    directories.extend(source.themes.as_deref().and_then(nearest_directory));
    let mut file = source.file.clone();
    for _ in 0..MAX_LINKS {
        let parent = file.parent().unwrap_or(Path::new("")).to_owned();
        directories.extend(nearest_directory(&parent));
        match file.read_link() {
            // It is written from where the link is.
            Ok(target) => file = parent.join(target),
            Err(_) => break,
        }
    }
    directories
}

fn nearest_directory(path: &Path) -> Option<PathBuf> {
    // The last name of a relative path is empty: that is the current directory.
    let all = path.ancestors().map(|path| match path.to_str() {
        Some("") => Path::new("."),
        _ => path,
    });
    all.into_iter().find(|it| it.is_dir()).map(Path::to_owned)
}
