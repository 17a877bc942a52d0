//! Layer 6, terminal: the program itself in a pseudo-terminal, as a user sees it. These tests are
//! few, and wait for what the screen shows.
#![cfg(unix)]

mod appearance;
mod commands;
mod config;
mod editor;
mod journal;
mod log;
mod man;
mod reload;

use std::io::{Read as _, Write};
use std::num::NonZeroU16;
use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant};

use bundletop::tui::terminal::{Screen as _, Tty, install_panic_hook};
use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, SlavePty, native_pty_system};

/// How long a condition may take before the test gives up.
const TIMEOUT: Duration = Duration::from_secs(60);

const SIZE: PtySize = PtySize {
    rows: 24,
    cols: 100,
    pixel_width: 0,
    pixel_height: 0,
};

/// Set for the programs that run in a terminal of these tests.
const IN_PTY: &str = "BUNDLETOP_TEST_IN_PTY";

fn cells(count: u16) -> NonZeroU16 {
    NonZeroU16::new(count).expect("a terminal has cells")
}

/// A terminal with a program in it.
struct Pty {
    master: Box<dyn MasterPty + Send>,
    /// Held so that the terminal outlives the program.
    slave: Box<dyn SlavePty + Send>,
    keys: Box<dyn Write + Send>,
    child: Box<dyn Child + Send + Sync>,
    screen: Arc<(Mutex<vt100::Parser>, Condvar)>,
    /// All that the program has written.
    written: Arc<Mutex<Vec<u8>>>,
    /// The home directory of the program.
    home: tempfile::TempDir,
}

impl Pty {
    fn bundletop(args: &[&str]) -> Self {
        Self::bundletop_in(args, &[])
    }

    /// The program, with more environment variables.
    fn bundletop_in(args: &[&str], variables: &[(&str, &str)]) -> Self {
        let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_bundletop"));
        command.args(args);
        Self::run_in(command, variables)
    }

    fn run(command: CommandBuilder) -> Self {
        Self::run_in(command, &[])
    }

    fn run_in(mut command: CommandBuilder, variables: &[(&str, &str)]) -> Self {
        let pty = native_pty_system()
            .openpty(SIZE)
            .expect("a pseudo-terminal");
        let home = tempfile::tempdir().expect("a directory");
        command.env_clear();
        for (name, value) in [
            ("PATH", "/usr/bin:/bin"),
            ("TERM", "xterm-256color"),
            ("LANG", "C.UTF-8"),
            ("AWS_EC2_METADATA_DISABLED", "true"),
            (IN_PTY, "1"),
        ] {
            command.env(name, value);
        }
        command.env("HOME", home.path());
        for (name, value) in variables {
            command.env(name, value);
        }
        command.cwd(home.path());
        let written = Arc::new(Mutex::new(Vec::new()));
        let bytes_written = Arc::clone(&written);
        let mut output = pty.master.try_clone_reader().expect("the output");
        let screen = Arc::new((
            Mutex::new(vt100::Parser::new(cells(SIZE.rows), cells(SIZE.cols), 0)),
            Condvar::new(),
        ));
        let shown = Arc::clone(&screen);
        std::thread::spawn(move || {
            let mut bytes = vec![0; 65_536];
            while let Ok(read @ 1..) = output.read(&mut bytes) {
                let read = &bytes[..read];
                bytes_written
                    .lock()
                    .expect("no panic")
                    .extend_from_slice(read);
                shown.0.lock().expect("no panic").process(read);
                shown.1.notify_all();
            }
        });
        Self {
            keys: pty.master.take_writer().expect("the input"),
            child: pty
                .slave
                .spawn_command(command)
                .expect("the program starts"),
            master: pty.master,
            slave: pty.slave,
            screen,
            written,
            home,
        }
    }

    /// Whether the program has written these bytes.
    fn has_written(&self, wanted: &[u8]) -> bool {
        let written = self.written.lock().expect("no panic");
        written.windows(wanted.len()).any(|bytes| bytes == wanted)
    }

    fn press(&mut self, keys: &[u8]) {
        self.keys.write_all(keys).expect("the terminal takes keys");
        self.keys.flush().expect("the terminal takes keys");
    }

    /// Waits until `is_so` is true of the screen.
    fn until(&self, what: &str, is_so: impl Fn(&vt100::Screen) -> bool) {
        let (screen, changed) = &*self.screen;
        let parser = screen.lock().expect("no panic");
        let (parser, waited) = changed
            .wait_timeout_while(parser, TIMEOUT, |parser| !is_so(parser.screen()))
            .expect("no panic");
        let text = parser.screen().contents();
        drop(parser);
        assert!(!waited.timed_out(), "never {what}:\n{text}");
    }

    fn until_shown(&self, words: &str) {
        self.until(words, |screen| screen.contents().contains(words));
    }

    /// Waits until the row of a task is the selected one and has these words in it.
    fn until_selected(&self, id: &str, words: &str) {
        self.until(&format!("{id} selected, {words}"), |screen| {
            let text = screen.contents();
            let mut rows = text.lines().filter(|line| line.contains('▌'));
            rows.any(|line| line.contains(id) && line.contains(words))
        });
    }

    fn shows(&self, words: &str) -> bool {
        self.text().contains(words)
    }

    /// What is on the screen.
    fn text(&self) -> String {
        let parser = self.screen.0.lock().expect("no panic");
        parser.screen().contents()
    }

    /// Waits until the program ends, and returns its exit code.
    fn end(&mut self) -> u32 {
        let start = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().expect("it can be waited for") {
                return status.exit_code();
            }
            assert!(start.elapsed() < TIMEOUT, "the program does not end");
            // `wait` has no timeout, so this polls.
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    fn signal(&self, signal: nix::sys::signal::Signal) {
        let pid = self.child.process_id().expect("it runs");
        let pid = nix::unistd::Pid::from_raw(i32::try_from(pid).expect("a process ID"));
        nix::sys::signal::kill(pid, signal).expect("the signal is sent");
    }

    /// Asserts that the terminal is as a shell expects it.
    fn assert_restored(&self) {
        self.until("restored", |screen| {
            !screen.alternate_screen() && !screen.hide_cursor() && !screen.bracketed_paste()
        });
        let start = Instant::now();
        loop {
            let modes = self.master.get_termios().expect("the terminal has modes");
            let modes = format!("{:?}", modes.local_flags);
            if ["ICANON", "ECHO |", "ISIG"]
                .iter()
                .all(|mode| modes.contains(mode))
            {
                return;
            }
            assert!(
                start.elapsed() < TIMEOUT,
                "not as a shell expects it: {modes}"
            );
            // Nothing reports a change of modes, so this polls.
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}

impl Drop for Pty {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = &self.slave;
    }
}

/// Selects the task of the demo that can always be cancelled.
fn select(pty: &mut Pty) {
    pty.until_shown("bun-2a4e041c");
    for row in 2..=5 {
        pty.press(b"j");
        pty.until_shown(&format!("{row} of "));
    }
    pty.until_selected("bun-2a4e041c", "");
}

#[test]
fn the_demo_from_start_to_quit() {
    let mut pty = Pty::bundletop(&["--demo"]);
    select(&mut pty);
    pty.press(b"c");
    pty.until_shown("allowed (dry run)");
    pty.press(b"\r");
    pty.until("kept", |screen| {
        !screen.contents().contains("Cancel this bundle task?")
    });
    pty.press(b"c");
    pty.until_shown("allowed (dry run)");
    pty.until_shown("Esc, n, Enter              y");
    pty.press(b"y");
    pty.until_shown("cancel requested");
    pty.until_selected("bun-2a4e041c", "⊘ cancelling");
    pty.press(b"q");
    assert_eq!(pty.end(), 0);
    pty.assert_restored();
}

#[test]
fn a_cancelled_task_ends_as_no_longer_listed() {
    let mut pty = Pty::bundletop(&["--demo", "--demo-speed", "20", "--interval", "0.5"]);
    pty.until_shown("bun-c8a7e615");
    // The task that never changes is always the last one, however fast time passes.
    pty.press(b"G");
    pty.until_selected("bun-c8a7e615", "");
    pty.press(b"c");
    pty.until_shown("allowed (dry run)");
    pty.until_shown("Esc, n, Enter              y");
    pty.press(b"y");
    pty.until_shown("no longer listed");
    pty.until_shown("No longer listed since");
    pty.press(b"x");
    pty.until("dismissed", |screen| {
        !screen.contents().contains("bun-c8a7e615")
    });
}

#[test]
fn keys_typed_at_once_do_not_cancel() {
    let mut pty = Pty::bundletop(&["--demo"]);
    select(&mut pty);
    pty.press(b"cy");
    pty.until_shown("press it again");
    assert!(!pty.shows("cancel requested"));
}

#[test]
fn signals_restore_the_terminal() {
    use nix::sys::signal::Signal::{SIGINT, SIGTERM};
    for (signal, code) in [(SIGTERM, 143), (SIGINT, 130)] {
        let mut pty = Pty::bundletop(&["--demo"]);
        pty.until_shown("● live");
        pty.signal(signal);
        assert_eq!(pty.end(), code);
        pty.assert_restored();
    }
}

#[test]
fn a_terminal_that_goes_away_ends_it_promptly() {
    let pty = Pty::bundletop(&["--demo"]);
    pty.until_shown("● live");
    let pid = pty.child.process_id().expect("it runs");
    pty.signal(nix::sys::signal::Signal::SIGHUP);
    let mut pty = pty;
    assert_eq!(pty.end(), 129, "process {pid}");
}

#[test]
fn ctrl_z_returns_to_the_shell_and_fg_to_the_program() {
    let mut command = CommandBuilder::new("/bin/sh");
    command.arg("-i");
    let mut pty = Pty::run(command);
    // Quoted so that the echo of the line does not match.
    pty.press(b"PS1=; echo rea''dy\r");
    pty.until_shown("ready");
    let line = format!(
        "'{}' --demo; echo code=$?\r",
        env!("CARGO_BIN_EXE_bundletop")
    );
    pty.press(line.as_bytes());
    pty.until_shown("● live");
    pty.press(b"\x1a");
    // 128 plus the number of the signal; the echo of the line has no number.
    pty.until_shown("code=1");
    pty.press(b"stty -a; jobs\r");
    pty.until("as a shell needs it", |screen| {
        let text = screen.contents();
        text.contains(" icanon") && text.contains(" echo ") && text.contains("Stopped")
    });
    pty.press(b"fg\r");
    pty.until("back", |screen| {
        screen.alternate_screen() && screen.contents().contains("● live")
    });
    pty.press(b"j");
    pty.until_shown("2 of ");
    pty.press(b"q");
    pty.until("left", |screen| !screen.alternate_screen());
    pty.assert_restored();
}

#[test]
fn a_new_size_is_drawn() {
    let mut pty = Pty::bundletop(&["--demo"]);
    pty.until_shown("● live");
    let resize = |pty: &Pty, rows, cols| {
        let mut parser = pty.screen.0.lock().expect("no panic");
        parser.screen_mut().set_size(cells(rows), cells(cols));
        let size = PtySize { rows, cols, ..SIZE };
        pty.master.resize(size).expect("it can be resized");
    };
    resize(&pty, 12, 40);
    pty.until_shown("DONE");
    resize(&pty, 1, 1);
    resize(&pty, 5, 20);
    pty.until_shown("Too small");
    resize(&pty, 40, 120);
    pty.until_shown("INSTANCE");
    pty.press(b"q");
    assert_eq!(pty.end(), 0);
}

#[test]
fn a_paste_of_a_hundred_kilobytes_does_nothing() {
    let mut pty = Pty::bundletop(&["--demo"]);
    pty.until_shown("● live");
    pty.press(b"\x1b[200~");
    for _ in 0..1000 {
        pty.press(&b"cyq\r".repeat(25));
    }
    pty.press(b"\x1b[201~?");
    pty.until_shown("╭ Keys ");
    assert!(!pty.shows("requested"));
}

#[test]
fn no_color_and_ascii_hold_for_every_byte() {
    let mut command = CommandBuilder::new("/usr/bin/env");
    command.args([
        "NO_COLOR=1",
        "LC_ALL=C",
        env!("CARGO_BIN_EXE_bundletop"),
        "--demo",
    ]);
    let pty = Pty::run(command);
    pty.until_shown("* live");
    pty.until_shown("bun-2a4e041c");
    let parser = pty.screen.0.lock().expect("no panic");
    let screen = parser.screen();
    assert!(screen.contents().is_ascii(), "{}", screen.contents());
    for y in 0..SIZE.rows {
        for x in 0..SIZE.cols {
            let cell = screen.cell(y, x).expect("a cell");
            assert_eq!(cell.fgcolor(), vt100::Color::Default);
            assert_eq!(cell.bgcolor(), vt100::Color::Default);
        }
    }
}

#[test]
fn a_panic_on_any_thread_restores_the_terminal_and_is_reported() {
    if std::env::var_os(IN_PTY).is_some() {
        install_panic_hook();
        let mut tty = Tty::open().expect("a terminal");
        tty.draw(|frame| frame.render_widget("all is well", frame.area()))
            .expect("a frame");
        let (panic_now, wait) = std::sync::mpsc::channel::<()>();
        let thread = std::thread::spawn(move || {
            wait.recv().expect("a message from the other thread");
            panic!("the unthinkable");
        });
        std::io::stdin().read_exact(&mut [0]).expect("a key");
        panic_now.send(()).expect("the thread waits");
        drop(thread.join());
        unreachable!("the panic ended the program");
    }
    let mut command = CommandBuilder::new(std::env::current_exe().expect("the tests"));
    let this = "terminal::a_panic_on_any_thread_restores_the_terminal_and_is_reported";
    command.args(["--exact", this, "--nocapture"]);
    let mut pty = Pty::run(command);
    pty.until_shown("all is well");
    pty.press(b"!");
    assert_eq!(pty.end(), 101);
    pty.until_shown("the unthinkable");
    pty.assert_restored();
}
