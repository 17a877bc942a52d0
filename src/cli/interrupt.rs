//! SIGINT. The AWS CLI ends with exit code 130 wherever it is, and so do commands here while they
//! compute, write or wait. While a pager runs, the interrupt is the pager's.

use std::fs;
use std::process;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

/// The exit code of a command that SIGINT ended.
pub(super) const INTERRUPTED_EXIT_CODE: u8 = 130;

/// Handles SIGINT on a thread of its own.
#[derive(Clone, Debug, Default)]
pub(super) struct InterruptHandler {
    is_ignoring: Arc<AtomicBool>,
}

impl InterruptHandler {
    /// Ends the program at the next SIGINT. If SIGINT was ignored when the program started, it stays
    /// so: a shell script starts its background jobs in that way.
    pub fn install() -> Self {
        let handler = Self::default();
        if is_interrupt_ignored() {
            return handler;
        }
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_io()
            .build();
        let Ok(runtime) = runtime else {
            return handler; // SIGINT keeps its default action, which ends the program too
        };
        let is_ignoring = Arc::clone(&handler.is_ignoring);
        thread::spawn(move || {
            runtime.block_on(async {
                while tokio::signal::ctrl_c().await.is_ok() {
                    if !is_ignoring.load(Ordering::Relaxed) {
                        process::exit(INTERRUPTED_EXIT_CODE.into());
                    }
                }
            });
        });
        handler
    }

    /// Ignores SIGINT from now on, because a pager handles it.
    pub fn ignore_from_now_on(&self) {
        self.is_ignoring.store(true, Ordering::Relaxed);
    }
}

/// Whether this process ignores SIGINT. Only Linux tells without `unsafe` code, which is why nix is
/// not used here; elsewhere the answer is no.
fn is_interrupt_ignored() -> bool {
    const SIGINT: u32 = 2;
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mut lines = status.lines();
    let mask = lines.find_map(|line| line.strip_prefix("SigIgn:"));
    let mask = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    mask.is_some_and(|mask| mask >> (SIGINT - 1) & 1 == 1)
}
