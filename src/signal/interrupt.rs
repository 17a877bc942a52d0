//! SIGINT for the commands. Like the AWS CLI, they exit with code 130, whatever they are doing.
//! While a pager runs, the pager handles SIGINT.

use std::fs;
use std::future::{Future as _, poll_fn};
use std::process;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Sender};
use std::task::Poll;
use std::thread;

/// The exit code of a command that SIGINT ended.
pub(crate) const INTERRUPTED_EXIT_CODE: u8 = 130;

/// Handles SIGINT on its own thread.
#[derive(Debug)]
pub(crate) struct InterruptHandler {
    is_ignoring: Arc<AtomicBool>,
}

impl InterruptHandler {
    /// Ends the program at the next SIGINT. If SIGINT was ignored when the program started, it stays
    /// so: shell scripts start their background jobs with SIGINT ignored.
    pub fn install() -> Self {
        let is_ignoring = Arc::new(AtomicBool::new(false));
        if !is_interrupt_ignored() {
            let is_ignoring = Arc::clone(&is_ignoring);
            let (ready, is_ready) = mpsc::channel();
            thread::spawn(move || handle_interrupts(&is_ignoring, &ready));
            // Until then SIGINT has its default action, even if it should be ignored. An error means
            // that there is no handler.
            let _ = is_ready.recv();
        }
        Self { is_ignoring }
    }

    /// Ignores SIGINT from now on, because a pager handles it.
    pub fn ignore_from_now_on(&self) {
        self.is_ignoring.store(true, Ordering::Relaxed);
    }
}

/// Ends the program at the first SIGINT that is not ignored, and sends a message once it handles
/// SIGINT. Without a runtime SIGINT keeps its default action, which ends the program too.
fn handle_interrupts(is_ignoring: &AtomicBool, ready: &Sender<()>) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_io()
        .build();
    let Ok(runtime) = runtime else { return };
    runtime.block_on(async {
        let mut interrupt = Box::pin(tokio::signal::ctrl_c());
        // The first poll replaces the default action.
        let first = poll_fn(|context| Poll::Ready(interrupt.as_mut().poll(context))).await;
        let _ = ready.send(());
        let mut received = match first {
            Poll::Ready(received) => received,
            Poll::Pending => interrupt.await,
        };
        while received.is_ok() {
            if !is_ignoring.load(Ordering::Relaxed) {
                process::exit(INTERRUPTED_EXIT_CODE.into());
            }
            received = tokio::signal::ctrl_c().await;
        }
    });
}

/// Whether this process ignores SIGINT. nix needs `unsafe` code for that, so this reads /proc,
/// which only Linux has; elsewhere the result is false.
fn is_interrupt_ignored() -> bool {
    const SIGINT: u32 = 2;
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mut lines = status.lines();
    let mask = lines.find_map(|line| line.strip_prefix("SigIgn:"));
    let mask = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    mask.is_some_and(|mask| mask >> (SIGINT - 1) & 1 == 1)
}
