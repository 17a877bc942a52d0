//! SIGINT: the AWS CLI ends with 130 wherever it is, and so must a command that computes, writes or
//! waits. Under a pager the interrupt is the pager's.

use std::fs;
use std::process;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

/// The exit code of a command ended by SIGINT.
const INTERRUPTED: i32 = 130;

/// Watches for SIGINT from a thread of its own.
#[derive(Clone, Debug, Default)]
pub struct Interrupt {
    is_the_pagers: Arc<AtomicBool>,
}

impl Interrupt {
    /// From now on SIGINT ends the program, unless it was ignored when the program began: a shell
    /// script starts what it runs in the background so.
    pub fn ends_the_program() -> Self {
        let interrupt = Self::default();
        if is_ignored() {
            return interrupt;
        }
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_io()
            .build();
        let Ok(runtime) = runtime else {
            return interrupt; // then the signal ends the program as it ends any
        };
        let is_the_pagers = Arc::clone(&interrupt.is_the_pagers);
        thread::spawn(move || {
            runtime.block_on(async {
                while tokio::signal::ctrl_c().await.is_ok() {
                    if !is_the_pagers.load(Ordering::Relaxed) {
                        process::exit(INTERRUPTED);
                    }
                }
            });
        });
        interrupt
    }

    /// From now on SIGINT is for the pager.
    pub fn leave_to_pager(&self) {
        self.is_the_pagers.store(true, Ordering::Relaxed);
    }
}

/// Whether SIGINT is ignored, as far as that can be told: Linux says.
fn is_ignored() -> bool {
    const SIGINT: u32 = 2;
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mut lines = status.lines();
    let mask = lines.find_map(|line| line.strip_prefix("SigIgn:"));
    let mask = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    mask.is_some_and(|mask| mask >> (SIGINT - 1) & 1 == 1)
}
