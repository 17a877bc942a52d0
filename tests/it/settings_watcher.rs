//! How changes of the files of the settings are told.

use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::time::Duration;

use bundletop::tui::settings::{SettingsSource, SettingsWatcher};

/// A source that counts how often it is read, and reads the file as the real one does.
fn source(file: &Path, reads: Arc<AtomicUsize>, read: mpsc::Sender<()>) -> SettingsSource {
    let path = file.to_owned();
    let read = Mutex::new(read);
    SettingsSource {
        file: file.to_owned(),
        template: String::new(),
        themes: file.parent().map(|it| it.join("themes")),
        read: Arc::new(move || {
            std::fs::read_to_string(&path).expect("it is there");
            reads.fetch_add(1, Ordering::SeqCst);
            let _ = read.lock().expect("no panic").send(());
            None
        }),
    }
}

/// To read a file is no change of it. If it were taken for one, the file would be read ten times a second.
#[test]
fn a_change_is_read_once() {
    let directory = tempfile::tempdir().expect("a directory");
    let file = directory.path().join("config.toml");
    std::fs::write(&file, "").expect("a file");
    let (sender, read) = mpsc::channel();
    let reads = Arc::new(AtomicUsize::new(0));
    let source = source(&file, Arc::clone(&reads), sender);
    let watcher = SettingsWatcher::start(source, |_| {}).expect("it can be watched");
    std::fs::write(&file, "mouse = true\n").expect("a file");
    read.recv_timeout(Duration::from_secs(60))
        .expect("it is read");
    // A file that is written in two steps may be read twice.
    std::thread::sleep(Duration::from_millis(800));
    let count = reads.load(Ordering::SeqCst);
    assert!(count <= 2, "it is read {count} times");
    drop(watcher);
}
