//! The modes of the terminal: how it treats what is typed and written.

pub use platform::Modes;

#[cfg(unix)]
mod platform {
    use std::io;

    use nix::sys::termios::{SetArg, Termios, tcgetattr, tcsetattr};

    /// Modes of the terminal.
    pub struct Modes(Termios);

    impl Modes {
        /// Those that it has now; `None` if there is no terminal.
        pub fn current() -> Option<Self> {
            tcgetattr(io::stdin()).ok().map(Self)
        }

        /// Sets them. It only fails if the terminal is gone.
        pub fn set(&self) {
            let _ = tcsetattr(io::stdin(), SetArg::TCSADRAIN, &self.0);
        }
    }
}

#[cfg(not(unix))]
mod platform {
    /// Modes of the terminal, which are not known here.
    pub struct Modes;

    impl Modes {
        pub fn current() -> Option<Self> {
            None
        }

        pub fn set(&self) {}
    }
}
