//! Logs: to a file below the XDG state directory, never to the screen, never with secrets.

use std::path::PathBuf;

use etcetera::BaseStrategy as _;
use tracing_appender::rolling::{RollingFileAppender, Rotation};
use tracing_subscriber::EnvFilter;

/// Where the log files are: `$XDG_STATE_HOME/bundletop`, on Windows below the data directory.
pub fn directory() -> Option<PathBuf> {
    let base = etcetera::choose_base_strategy().ok()?;
    let state = base.state_dir().unwrap_or_else(|| base.data_dir());
    Some(state.join("bundletop"))
}

/// Starts logging. Where that is not possible the program goes on without: nothing depends on it.
///
/// `BUNDLETOP_LOG` sets the level (`error` to `trace`; `info` without it) for this program alone:
/// the SDK's own log holds whole requests, and those hold keys.
pub fn init() {
    let Some(directory) = directory() else {
        return;
    };
    let level = std::env::var("BUNDLETOP_LOG").unwrap_or_default();
    let level: tracing::level_filters::LevelFilter = level
        .parse()
        .unwrap_or(tracing::level_filters::LevelFilter::INFO);
    let appender = RollingFileAppender::builder()
        .rotation(Rotation::DAILY)
        .filename_prefix("bundletop")
        .filename_suffix("log")
        .max_log_files(7)
        .build(directory);
    if let Ok(appender) = appender {
        let filter = EnvFilter::new(format!("off,bundletop={level}"));
        // Fails only if logging is on already.
        let _ = tracing_subscriber::fmt()
            .with_env_filter(filter)
            .with_ansi(false)
            .with_writer(std::sync::Mutex::new(appender))
            .try_init();
    }
}
