//! The program's log: in a file in the XDG state directory, or on standard error for `--debug`.
//! Never shown on the screen, and never contains secrets.

use std::fs::{self, File};
use std::io;
use std::sync::Mutex;

use tracing::level_filters::LevelFilter;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;

use crate::environment;

/// The environment variable that sets the level of the log file.
const LEVEL_VARIABLE: &str = "BUNDLETOP_LOG";

/// A log file larger than this, in bytes, is renamed when the program starts. One old file is kept.
const MAX_FILE_BYTES: u64 = 1 << 20;

/// Logs to the file, at the level of `BUNDLETOP_LOG`. If the file cannot be opened, the program
/// continues without a log: nothing depends on it.
pub fn init_file() {
    let Ok(file) = open_file() else {
        return;
    };
    let level = parse_level(environment::variable(LEVEL_VARIABLE).as_deref());
    start(level, Mutex::new(file));
}

/// Logs to standard error with all details, for `--debug`.
pub fn init_stderr() {
    start(LevelFilter::DEBUG, io::stderr);
}

/// The level for a value of `BUNDLETOP_LOG`: `off`, `error`, `warn`, `info`, `debug` or
/// `trace`, in any case. If there is no valid value, the level is `info`, at which each
/// cancel and each failure is logged.
pub fn parse_level(value: Option<&str>) -> LevelFilter {
    // The parser would treat an empty string as `error`.
    let value = value.map(str::trim).filter(|value| !value.is_empty());
    value
        .and_then(|value| value.parse().ok())
        .unwrap_or(LevelFilter::INFO)
}

/// Starts logging this program's own messages. Those of its libraries are left out: the SDK logs whole
/// requests, which contain keys.
fn start(level: LevelFilter, writer: impl for<'a> MakeWriter<'a> + Send + Sync + 'static) {
    // Fails only if logging has been started before.
    let _ = tracing_subscriber::fmt()
        .with_env_filter(EnvFilter::new(format!("off,bundletop={level}")))
        .with_ansi(false)
        .log_internal_errors(false)
        .with_writer(writer)
        .try_init();
}

fn open_file() -> io::Result<File> {
    let path = environment::state_file("bundletop.log")?;
    if let Some(directory) = path.parent() {
        fs::create_dir_all(directory)?;
    }
    match fs::metadata(&path) {
        // Opening a pipe would block until somebody reads from it.
        Ok(log) if !log.is_file() => return Err(io::ErrorKind::Unsupported.into()),
        Ok(log) if log.len() > MAX_FILE_BYTES => {
            fs::rename(&path, path.with_extension("log.old"))?;
        }
        Ok(_) | Err(_) => {}
    }
    File::options().create(true).append(true).open(path)
}
