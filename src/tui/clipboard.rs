//! The clipboard: of the desktop, or of the terminal, which also works over SSH; or else a file.
//!
//! A terminal takes a text for its clipboard in the escape sequence OSC 52. It does not say whether it
//! did, so nothing here claims that.

use std::fs;
use std::io::{self, Write as _};
use std::path::PathBuf;
use std::process::Stdio;
use std::sync::{Arc, Mutex, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use tokio::io::AsyncWriteExt as _;
use tokio::process::Command;

use crate::environment;

/// The most bytes of Base64 that are sent to a terminal: more is cut off by some, and takes others very
/// long.
const MAX_OSC52_BYTES: usize = 74_994;

/// `screen` takes strings of at most this many bytes.
const SCREEN_STRING_BYTES: usize = 252;

/// Which clipboard a text is copied to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum, schemars::JsonSchema)]
#[schemars(rename_all = "kebab-case")]
pub enum ClipboardChoice {
    /// The desktop's if there is one and it is this person's, otherwise the terminal's.
    #[default]
    Auto,
    /// The desktop's.
    Native,
    /// The terminal's.
    Osc52,
    /// Both.
    Both,
    /// Neither: into a file.
    Off,
}

/// The clipboards that there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Clipboards {
    /// Whether to try that of the desktop first.
    pub has_desktop: bool,
    /// How to reach that of the terminal; `None` if the terminal has none.
    pub terminal: Option<Multiplexer>,
}

/// What stands between the program and the terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Multiplexer {
    /// Nothing.
    None,
    /// tmux.
    Tmux,
    /// GNU screen.
    Screen,
}

impl Clipboards {
    /// The clipboards of a session with these environment variables.
    ///
    /// Over SSH the desktop is another machine's, and the terminal's clipboard is the person's.
    pub fn of_session(variable: impl Fn(&str) -> Option<String>) -> Self {
        let is_set = |name| variable(name).is_some();
        let is_remote = is_set("SSH_CONNECTION") || is_set("SSH_TTY");
        let has_display = cfg!(windows)
            || cfg!(target_os = "macos")
            || is_set("DISPLAY")
            || is_set("WAYLAND_DISPLAY");
        let term = variable("TERM").unwrap_or_default();
        let multiplexer = if is_set("TMUX") {
            Some(Multiplexer::Tmux)
        } else if is_set("STY") {
            Some(Multiplexer::Screen)
        } else if matches!(term.as_str(), "" | "dumb" | "linux")
            || variable("TERM_PROGRAM").as_deref() == Some("Apple_Terminal")
        {
            None
        } else {
            Some(Multiplexer::None)
        };
        Self {
            has_desktop: has_display && !is_remote,
            terminal: multiplexer,
        }
    }

    /// Those of them that a person has chosen.
    #[must_use]
    pub fn chosen(self, choice: ClipboardChoice) -> Self {
        match choice {
            ClipboardChoice::Auto | ClipboardChoice::Both => self,
            ClipboardChoice::Native => Self {
                has_desktop: true,
                terminal: None,
            },
            ClipboardChoice::Osc52 => Self {
                has_desktop: false,
                ..self
            },
            ClipboardChoice::Off => Self {
                has_desktop: false,
                terminal: None,
            },
        }
    }
}

/// The sequence that puts a text into the terminal's clipboard; `None` if the text is too long.
pub fn osc52(text: &str, multiplexer: Multiplexer) -> Option<Vec<u8>> {
    let encoded = STANDARD.encode(text);
    if encoded.len() > MAX_OSC52_BYTES {
        return None;
    }
    let sequence = format!("\u{1b}]52;c;{encoded}\u{7}");
    Some(match multiplexer {
        Multiplexer::None => sequence.into_bytes(),
        // For when the command `tmux` did not take it: tmux takes it itself if `set-clipboard` is on, and passes
        // it on if `allow-passthrough` is. By default neither is.
        Multiplexer::Tmux => {
            let doubled = sequence.replace('\u{1b}', "\u{1b}\u{1b}");
            format!("{sequence}\u{1b}Ptmux;{doubled}\u{1b}\\").into_bytes()
        }
        Multiplexer::Screen => {
            let pieces = sequence.as_bytes().chunks(SCREEN_STRING_BYTES);
            pieces
                .flat_map(|piece| [b"\x1bP", piece, b"\x1b\\"].concat())
                .collect()
        }
    })
}

/// The clipboard of the desktop. On X11 its content is gone when this is.
#[derive(Clone, Default)]
pub struct Desktop(Arc<Mutex<Option<arboard::Clipboard>>>);

impl Desktop {
    /// Puts a text into the clipboard. May wait for the desktop.
    pub fn copy(&self, text: &str) -> Result<(), arboard::Error> {
        let mut clipboard = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let clipboard = match &mut *clipboard {
            Some(clipboard) => clipboard,
            none => none.insert(arboard::Clipboard::new()?),
        };
        clipboard.set_text(text)
    }
}

/// Has the command `tmux` put a text into a buffer of tmux and, where the terminal takes it, into the
/// terminal's clipboard.
///
/// # Errors
///
/// If there is no such command, or it fails.
pub async fn copy_to_tmux(text: &str) -> io::Result<()> {
    let mut command = Command::new("tmux");
    command.args(["load-buffer", "-w", "-"]).kill_on_drop(true);
    command.stdin(Stdio::piped());
    command.stdout(Stdio::null()).stderr(Stdio::null());
    let mut tmux = command.spawn()?;
    if let Some(mut input) = tmux.stdin.take() {
        input.write_all(text.as_bytes()).await?;
    }
    let status = tmux.wait().await?;
    if status.success() {
        Ok(())
    } else {
        Err(io::Error::other(format!("tmux: {status}")))
    }
}

/// Saves a text in the state directory, for a session without any clipboard. Only its owner can read it.
/// Returns where it is.
pub fn save(text: &str) -> io::Result<PathBuf> {
    let path = environment::state_file("copied.txt")?;
    if let Some(directory) = path.parent() {
        fs::create_dir_all(directory)?;
    }
    let mut options = fs::File::options();
    options.create(true).write(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&path)?;
    file.write_all(text.as_bytes())?;
    Ok(path)
}
