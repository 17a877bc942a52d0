//! Signals, and what only Unix has: stopping until `fg`. Everything Unix is in this one file.

use std::io;

use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

/// A signal that the program answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signal {
    /// SIGINT; Ctrl-C in a terminal that is not raw.
    Interrupt,
    /// SIGTERM.
    Terminate,
    /// SIGHUP: the terminal is gone.
    HangUp,
    /// SIGTSTP: stop until SIGCONT.
    Stop,
}

impl Signal {
    /// The exit code by which a shell tells which signal ended a program.
    pub fn exit_code(self) -> u8 {
        match self {
            Self::HangUp => 129,
            Self::Interrupt => 130,
            Self::Terminate => 143,
            Self::Stop => 148,
        }
    }
}

/// Takes the signals over from the system's defaults, for good, and passes them on as they come.
/// Needs a tokio runtime.
pub fn listen() -> io::Result<UnboundedReceiver<Signal>> {
    let mut signals = platform::Signals::listen()?;
    let (sender, receiver) = unbounded_channel();
    tokio::spawn(async move { while sender.send(signals.next().await).is_ok() {} });
    Ok(receiver)
}

#[cfg(unix)]
mod platform {
    use std::io;

    use nix::sys::signal::{self, Signal as Unix};
    use nix::unistd;
    use tokio::signal::unix::{Signal as Stream, SignalKind, signal};

    use super::Signal;

    pub struct Signals {
        interrupt: Stream,
        terminate: Stream,
        hang_up: Stream,
        stop: Stream,
    }

    impl Signals {
        pub fn listen() -> io::Result<Self> {
            Ok(Self {
                interrupt: signal(SignalKind::interrupt())?,
                terminate: signal(SignalKind::terminate())?,
                hang_up: signal(SignalKind::hangup())?,
                stop: signal(SignalKind::from_raw(Unix::SIGTSTP as i32))?,
            })
        }

        pub async fn next(&mut self) -> Signal {
            tokio::select! {
                _ = self.interrupt.recv() => Signal::Interrupt,
                _ = self.terminate.recv() => Signal::Terminate,
                _ = self.hang_up.recv() => Signal::HangUp,
                _ = self.stop.recv() => Signal::Stop,
            }
        }
    }

    /// Asks the whole job to stop, as Ctrl-Z does in a terminal that is not raw: a shell waits for
    /// the program it started, and with `cargo run` that is cargo. Our own turn comes as
    /// [`Signal::Stop`]. Says whether there is a shell to come back from.
    pub fn stop_job() -> bool {
        let is_session_leader = unistd::getsid(None) == Ok(unistd::getpid());
        !is_session_leader && signal::kill(unistd::Pid::from_raw(0), Unix::SIGTSTP).is_ok()
    }

    /// Stops this process; returns when it is continued.
    pub fn stop_self() {
        let _ = signal::raise(Unix::SIGSTOP);
    }
}

#[cfg(not(unix))]
mod platform {
    use std::io;

    use super::Signal;

    pub struct Signals;

    impl Signals {
        pub fn listen() -> io::Result<Self> {
            Ok(Self)
        }

        pub async fn next(&mut self) -> Signal {
            match tokio::signal::ctrl_c().await {
                Ok(()) => Signal::Interrupt,
                Err(_) => std::future::pending().await,
            }
        }
    }

    /// There is nothing to stop to.
    pub fn stop_job() -> bool {
        false
    }

    /// There is nothing to stop to.
    pub fn stop_self() {}
}

pub use platform::{stop_job, stop_self};
