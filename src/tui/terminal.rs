//! The terminal: restored on every exit path, one write per frame, read by one thread.

mod modes;

use std::io::{self, Write};
use std::mem::ManuallyDrop;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crossterm::event::{
    self, DisableBracketedPaste, DisableFocusChange, DisableMouseCapture, EnableBracketedPaste,
    EnableFocusChange, EnableMouseCapture, Event,
};
use crossterm::terminal::{
    BeginSynchronizedUpdate, Clear, ClearType, EndSynchronizedUpdate, EnterAlternateScreen,
    LeaveAlternateScreen, disable_raw_mode, enable_raw_mode,
};
use crossterm::{cursor, execute, queue};
use ratatui::backend::CrosstermBackend;
use ratatui::{Frame, Terminal};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use super::background_query::AnswerFinder;
use super::theme::Background;
use crate::signal;
use modes::Modes;

/// Whether this program has set up the terminal. A static, because there is one terminal per process.
static ENTERED: AtomicBool = AtomicBool::new(false);

/// The bytes of [`BeginSynchronizedUpdate`].
const FRAME_START: &[u8] = b"\x1b[?2026h";
/// The bytes of [`EndSynchronizedUpdate`].
const FRAME_END: &[u8] = b"\x1b[?2026l";

/// Where frames go.
pub trait Screen {
    /// Columns and rows.
    fn size(&self) -> io::Result<(u16, u16)>;
    /// Draws one frame.
    fn draw(&mut self, render: impl FnOnce(&mut Frame)) -> io::Result<()>;
    /// Sends bytes that draw nothing.
    fn send(&mut self, bytes: &[u8]) -> io::Result<()>;
    /// Has the terminal report the mouse, or not; that lasts while the terminal is left.
    fn capture_mouse(&mut self, is_on: bool) -> io::Result<()>;
    /// Gives the terminal back to the shell.
    fn leave(&mut self);
    /// Takes the terminal back; the next frame is drawn completely.
    fn enter(&mut self) -> io::Result<()>;
    /// Leaves the terminal to another program, which reads what is typed, until
    /// [`take_back`](Self::take_back).
    fn lend(&mut self);
    /// Takes the terminal back, however the other program left it.
    fn take_back(&mut self) -> io::Result<()>;
}

/// The real terminal.
pub struct Tty {
    /// Never dropped: ratatui would print to standard error if the cursor can't be shown, and panic
    /// if the terminal is gone. [`restore`] replaces its destructor.
    terminal: ManuallyDrop<Terminal<CrosstermBackend<FrameWriter>>>,
    captures_mouse: bool,
    /// The modes that another program got the terminal with.
    lent: Option<Modes>,
}

impl Tty {
    /// Enters the terminal. It is left again when the value is dropped, and by the panic hook.
    pub fn open() -> io::Result<Self> {
        let writer = FrameWriter::default();
        let mut tty = Self {
            terminal: ManuallyDrop::new(Terminal::new(CrosstermBackend::new(writer))?),
            captures_mouse: false,
            lent: None,
        };
        tty.enter()?;
        Ok(tty)
    }
}

impl Screen for Tty {
    fn size(&self) -> io::Result<(u16, u16)> {
        let size = self.terminal.size()?;
        Ok((size.width, size.height))
    }

    fn draw(&mut self, render: impl FnOnce(&mut Frame)) -> io::Result<()> {
        // A terminal that supports synchronized updates shows the frame at once; others ignore this.
        queue!(self.terminal.backend_mut(), BeginSynchronizedUpdate)?;
        self.terminal.draw(render)?;
        execute!(self.terminal.backend_mut(), EndSynchronizedUpdate)
    }

    fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        let backend = self.terminal.backend_mut();
        backend.write_all(bytes)?;
        backend.flush()
    }

    fn capture_mouse(&mut self, is_on: bool) -> io::Result<()> {
        self.captures_mouse = is_on;
        if is_on {
            execute!(self.terminal.backend_mut(), EnableMouseCapture)
        } else {
            execute!(self.terminal.backend_mut(), DisableMouseCapture)
        }
    }

    fn leave(&mut self) {
        restore();
    }

    fn enter(&mut self) -> io::Result<()> {
        if ENTERED.swap(true, Ordering::SeqCst) {
            // Stopped and continued without leaving first: the shell has changed the modes since,
            // and crossterm would not set modes that it believes are already set.
            let _ = disable_raw_mode();
        }
        enable_raw_mode()?;
        execute!(
            self.terminal.backend_mut(),
            EnterAlternateScreen,
            EnableBracketedPaste,
            EnableFocusChange,
            cursor::Hide,
            Clear(ClearType::All)
        )?;
        if self.captures_mouse {
            execute!(self.terminal.backend_mut(), EnableMouseCapture)?;
        }
        // The screen is empty now, and after this so is the buffer for the screen. Not
        // `Terminal::clear`, which asks the terminal where its cursor is and waits for the answer.
        self.terminal.swap_buffers();
        Ok(())
    }

    fn lend(&mut self) {
        READING.pause();
        self.leave();
        self.lent = Modes::current();
    }

    fn take_back(&mut self) -> io::Result<()> {
        self.reset_modes();
        self.enter()?;
        READING.resume();
        Ok(())
    }
}

impl Tty {
    /// A program that was killed has left its own modes.
    fn reset_modes(&mut self) {
        if let Some(modes) = self.lent.take() {
            modes.set();
        }
    }
}

impl Drop for Tty {
    fn drop(&mut self) {
        self.reset_modes();
        restore();
    }
}

/// Writes to the terminal, each frame at once: ratatui flushes before the synchronized update is ended, and
/// every write wakes the terminal.
#[derive(Default)]
struct FrameWriter {
    bytes: Vec<u8>,
}

impl Write for FrameWriter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.bytes.write(bytes)
    }

    /// Sends what was written, unless it is a frame that is not complete.
    fn flush(&mut self) -> io::Result<()> {
        let is_frame = self.bytes.starts_with(FRAME_START);
        if is_frame && !self.bytes.ends_with(FRAME_END) {
            return Ok(());
        }
        let mut stdout = io::stdout().lock();
        let sent = stdout.write_all(&self.bytes).and_then(|()| stdout.flush());
        self.bytes.clear();
        sent
    }
}

/// Gives the terminal back, if it is ours. Errors are ignored: it may be gone.
pub fn restore() {
    if ENTERED.swap(false, Ordering::SeqCst) {
        let mut stdout = io::stdout();
        let _ = execute!(
            stdout,
            EndSynchronizedUpdate,
            DisableMouseCapture,
            DisableFocusChange,
            DisableBracketedPaste,
            LeaveAlternateScreen,
            cursor::Show
        );
        let _ = stdout.flush();
        let _ = disable_raw_mode();
    }
}

/// Makes a panic on any thread restore the terminal, report what happened and end the program: a
/// screen that is no longer updated would only mislead.
pub fn install_panic_hook() {
    let default = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        restore();
        tracing::error!("{info}");
        default(info);
        std::process::exit(101);
    }));
}

/// How long continuous input is collected before it is passed on.
const BATCH: Duration = Duration::from_millis(20);

/// What the terminal sent, in order, and when it began to be read.
#[derive(Debug)]
pub struct Input {
    /// When the first of the events was read.
    pub at: Instant,
    /// Everything there was to read at that time.
    pub events: Vec<Event>,
    /// The terminal's background, if it has answered that question.
    pub background: Option<Background>,
}

/// Whether the terminal is read. A static, because there is one terminal per process.
static READING: Reading = Reading {
    state: Mutex::new(ReadingState::On),
    changed: Condvar::new(),
};

struct Reading {
    state: Mutex<ReadingState>,
    changed: Condvar,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum ReadingState {
    On,
    /// The thread is to stop reading.
    Pausing,
    /// It does not read.
    Paused,
}

/// How long to wait until the thread does not read any more.
const MAX_PAUSING: Duration = Duration::from_millis(500);

impl Reading {
    fn lock(&self) -> MutexGuard<'_, ReadingState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until the thread does not read any more.
    fn pause(&self) {
        let mut state = self.lock();
        *state = ReadingState::Pausing;
        // The thread waits for something to read, and a resize is something.
        signal::raise_resize();
        let is_pausing = |state: &mut ReadingState| *state == ReadingState::Pausing;
        let waited = self
            .changed
            .wait_timeout_while(state, MAX_PAUSING, is_pausing);
        drop(waited);
    }

    fn resume(&self) {
        *self.lock() = ReadingState::On;
        self.changed.notify_all();
    }

    /// Called by the thread before it reads.
    fn wait_while_paused(&self) {
        let mut state = self.lock();
        if *state == ReadingState::Pausing {
            *state = ReadingState::Paused;
            self.changed.notify_all();
        }
        let is_paused = |state: &mut ReadingState| *state != ReadingState::On;
        drop(self.changed.wait_while(state, is_paused));
    }
}

/// Reads the terminal on a thread of its own. The channel closes when the terminal is gone.
///
/// Not crossterm's `EventStream`: when it is polled without waiting, as draining it requires, it
/// loses its waker.
pub fn read_input() -> UnboundedReceiver<Input> {
    let (sender, receiver) = unbounded_channel();
    std::thread::spawn(move || {
        let mut answers = AnswerFinder::default();
        loop {
            READING.wait_while_paused();
            let Ok(first) = event::read() else { return };
            let at = Instant::now();
            let mut events = vec![first];
            while at.elapsed() < BATCH
                && let Ok(true) = event::poll(Duration::ZERO)
            {
                let Ok(next) = event::read() else { return };
                events.push(next);
            }
            let found = answers.find(events);
            let input = Input {
                at,
                events: found.events,
                background: found.background,
            };
            if sender.send(input).is_err() {
                return;
            }
        }
    });
    receiver
}
