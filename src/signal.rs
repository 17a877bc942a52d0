//! Signals and Unix job control (stopping until `fg`).
//!
//! [`listen`] is for the UI and `serve`, which shut down gracefully. `interrupt` is for the commands,
//! which end at once.

pub(crate) mod interrupt;

use std::io;
use std::time::Duration;

use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

/// A signal that the program handles.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signal {
    /// SIGINT; Ctrl-C in a terminal that is not raw.
    Interrupt,
    /// SIGTERM.
    Terminate,
    /// SIGHUP: the terminal is gone.
    HangUp,
    /// SIGQUIT.
    Quit,
    /// SIGTSTP: stop until SIGCONT.
    Stop,
    /// SIGCONT: continue after any kind of stop.
    Continue,
}

impl Signal {
    /// The exit code that tells a shell which signal ended the program; `None` for a signal that does
    /// not end it.
    pub fn exit_code(self) -> Option<u8> {
        match self {
            Self::HangUp => Some(129),
            Self::Interrupt => Some(130),
            Self::Quit => Some(131),
            Self::Terminate => Some(143),
            Self::Stop | Self::Continue => None,
        }
    }
}

/// How long a graceful shutdown may take.
const TIME_TO_END: Duration = Duration::from_secs(3);

/// Handles the signals from now on, instead of the system's defaults, and forwards them as they
/// arrive. Needs a tokio runtime with a spare thread: if the program does not exit in time after a
/// terminating signal, for example because nothing reads its output, that thread ends it.
pub fn listen() -> io::Result<UnboundedReceiver<Signal>> {
    let mut signals = platform::Signals::listen()?;
    let (sender, receiver) = unbounded_channel();
    tokio::spawn(async move {
        loop {
            let signal = signals.next().await;
            if sender.send(signal).is_err() {
                return;
            }
            if let Some(code) = signal.exit_code() {
                tokio::time::sleep(TIME_TO_END).await;
                let _ = crossterm::terminal::disable_raw_mode();
                std::process::exit(code.into());
            }
        }
    });
    Ok(receiver)
}

#[cfg(unix)]
mod platform {
    use std::io;
    use std::os::unix::process::ExitStatusExt as _;
    use std::process::ExitStatus;

    use nix::sys::signal::{self, Signal as Unix};
    use nix::unistd;
    use tokio::signal::unix::{Signal as Stream, SignalKind, signal};

    use super::Signal;

    pub struct Signals {
        interrupt: Stream,
        terminate: Stream,
        hang_up: Stream,
        quit: Stream,
        stop: Stream,
        go_on: Stream,
    }

    impl Signals {
        pub fn listen() -> io::Result<Self> {
            Ok(Self {
                interrupt: signal(SignalKind::interrupt())?,
                terminate: signal(SignalKind::terminate())?,
                hang_up: signal(SignalKind::hangup())?,
                quit: signal(SignalKind::quit())?,
                stop: signal(SignalKind::from_raw(Unix::SIGTSTP as i32))?,
                go_on: signal(SignalKind::from_raw(Unix::SIGCONT as i32))?,
            })
        }

        pub async fn next(&mut self) -> Signal {
            tokio::select! {
                _ = self.interrupt.recv() => Signal::Interrupt,
                _ = self.terminate.recv() => Signal::Terminate,
                _ = self.hang_up.recv() => Signal::HangUp,
                _ = self.quit.recv() => Signal::Quit,
                _ = self.stop.recv() => Signal::Stop,
                _ = self.go_on.recv() => Signal::Continue,
            }
        }
    }

    /// Asks the whole job to stop, as Ctrl-Z does in a terminal that is not raw: a shell waits for
    /// the program it started, and with `cargo run` that is cargo. This process then gets
    /// [`Signal::Stop`]. Returns whether there is a shell that can continue it.
    pub fn suspend_job() -> bool {
        let is_session_leader = unistd::getsid(None) == Ok(unistd::getpid());
        !is_session_leader && signal::kill(unistd::Pid::from_raw(0), Unix::SIGTSTP).is_ok()
    }

    /// Whether an error of the terminal means that it is no longer there.
    pub fn is_hang_up(error: &io::Error) -> bool {
        error.kind() == io::ErrorKind::BrokenPipe
            || error.raw_os_error() == Some(nix::errno::Errno::EIO as i32)
    }

    /// Stops this process; returns when it is continued.
    pub fn suspend_self() {
        let _ = signal::raise(Unix::SIGSTOP);
    }

    /// Asks a process to end.
    pub fn terminate(child: &mut tokio::process::Child) {
        let id = child.id().and_then(|id| i32::try_from(id).ok());
        if let Some(id) = id {
            let _ = signal::kill(unistd::Pid::from_raw(id), Unix::SIGTERM);
        }
    }

    /// Has the thread that reads the terminal read a resize.
    pub fn raise_resize() {
        let _ = signal::raise(Unix::SIGWINCH);
    }

    /// Whether a process was ended by Ctrl-C or Ctrl-\\, or a shell reports that of another.
    pub fn is_interrupted(status: &ExitStatus) -> bool {
        let signals = [Unix::SIGINT as i32, Unix::SIGQUIT as i32];
        let by_signal = status.signal().is_some_and(|it| signals.contains(&it));
        by_signal
            || status
                .code()
                .is_some_and(|it| signals.contains(&(it - 128)))
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

    /// Does nothing: there is no shell to return to.
    pub fn suspend_job() -> bool {
        false
    }

    /// Does nothing: there is no shell to return to.
    pub fn suspend_self() {}

    /// Ends a process.
    pub fn terminate(child: &mut tokio::process::Child) {
        let _ = child.start_kill();
    }

    /// Has the thread that reads the terminal read a resize; not here.
    pub fn raise_resize() {}

    /// Whether a process was ended by Ctrl-C; that is not known here.
    pub fn is_interrupted(_: &std::process::ExitStatus) -> bool {
        false
    }

    /// Whether an error of the terminal means that it is no longer there.
    pub fn is_hang_up(error: &io::Error) -> bool {
        error.kind() == io::ErrorKind::BrokenPipe
    }
}

pub use platform::{
    is_hang_up, is_interrupted, raise_resize, suspend_job, suspend_self, terminate,
};
