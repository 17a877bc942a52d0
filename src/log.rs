//! Logs: to a file below the XDG state directory, never to the screen, never with secrets.

use std::fs::{self, File};
use std::io;
use std::path::PathBuf;
use std::sync::Mutex;

use etcetera::BaseStrategy as _;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::EnvFilter;

/// A log larger than this, in bytes, is put aside when the program starts; one is kept.
const LARGE: u64 = 1 << 20;

/// Starts logging. Where that is not possible the program goes on without: nothing depends on it.
///
/// `BUNDLETOP_LOG` sets the level (`error` to `trace`; `info` without it) for this program alone:
/// the SDK's own log holds whole requests, and those hold keys.
pub fn init() {
    let Ok(file) = open() else {
        return;
    };
    let level = std::env::var("BUNDLETOP_LOG").unwrap_or_default();
    let level: LevelFilter = level.parse().unwrap_or(LevelFilter::INFO);
    // Fails only if logging is on already.
    let _ = tracing_subscriber::fmt()
        .with_env_filter(EnvFilter::new(format!("off,bundletop={level}")))
        .with_ansi(false)
        .log_internal_errors(false)
        .with_writer(Mutex::new(file))
        .try_init();
}

/// Logs to standard error, in full, for `--debug`. No secrets there either.
pub fn to_stderr() {
    // Fails only if logging is on already.
    let _ = tracing_subscriber::fmt()
        .with_env_filter(EnvFilter::new("off,bundletop=debug"))
        .with_ansi(false)
        .log_internal_errors(false)
        .with_writer(io::stderr)
        .try_init();
}

/// `$XDG_STATE_HOME/bundletop/bundletop.log`; on Windows below the data directory.
fn path() -> io::Result<PathBuf> {
    let base = etcetera::choose_base_strategy().map_err(io::Error::other)?;
    let state = base.state_dir().unwrap_or_else(|| base.data_dir());
    Ok(state.join("bundletop").join("bundletop.log"))
}

fn open() -> io::Result<File> {
    let path = path()?;
    if let Some(directory) = path.parent() {
        fs::create_dir_all(directory)?;
    }
    match fs::metadata(&path) {
        // A pipe would hold up the start until somebody reads it.
        Ok(log) if !log.is_file() => return Err(io::ErrorKind::Unsupported.into()),
        Ok(log) if log.len() > LARGE => fs::rename(&path, path.with_extension("log.old"))?,
        Ok(_) | Err(_) => {}
    }
    File::options().create(true).append(true).open(path)
}
