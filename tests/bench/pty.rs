//! Times a program in a pseudo-terminal.

use std::fmt;
use std::fs;
use std::io::{Read as _, Write};
use std::net::{Ipv4Addr, SocketAddr};
use std::num::NonZeroU16;
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use bundletop::endpoint::{Clock, Endpoint, Faults, World};
use portable_pty::{Child, CommandBuilder, PtySize, native_pty_system};

const SIZE: PtySize = PtySize {
    rows: 40,
    cols: 120,
    pixel_width: 0,
    pixel_height: 0,
};

/// How many key presses are timed.
const KEYS: usize = 300;

pub async fn serve(tasks: usize) -> Endpoint {
    let any_port = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    let world = World::of_size(tasks, 1);
    Endpoint::start(world, Clock::real(1.0), Faults::none(), any_port)
        .await
        .expect("the endpoint starts")
}

/// What was measured in one run.
#[derive(Clone)]
pub struct Run {
    first_frame: Duration,
    first_data: Duration,
    keys: Vec<Duration>,
    /// Seconds watched, bytes written, voluntary context switches.
    idle: Option<(u64, usize, u64)>,
    peak_kib: u64,
}

/// The medians of several runs.
pub struct Summary<'a>(pub &'a [Run]);

impl fmt::Display for Summary<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(runs) = self;
        let of = |figure: fn(&Run) -> Duration| median(runs.iter().map(figure).collect());
        let mut peaks: Vec<_> = runs.iter().map(|run| run.peak_kib).collect();
        peaks.sort_unstable();
        write!(
            f,
            "first frame {:.1?}, first data {:.1?}, key to frame p50 {:.3?} p99 {:.3?}, peak {} MiB",
            of(|run| run.first_frame),
            of(|run| run.first_data),
            of(|run| run.keys[run.keys.len() / 2]),
            of(|run| run.keys[run.keys.len() * 99 / 100]),
            peaks[peaks.len() / 2] / 1024,
        )?;
        if let Some((seconds, bytes, switches)) = runs.iter().find_map(|run| run.idle) {
            write!(f, ", idle {seconds} s: {bytes} bytes, {switches} wake-ups")?;
        }
        Ok(())
    }
}

/// The median.
pub fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}

struct Pty {
    keys: Box<dyn Write + Send>,
    output: Receiver<(Instant, Vec<u8>)>,
    child: Box<dyn Child + Send + Sync>,
    screen: vt100::Parser,
    bytes: usize,
    _home: tempfile::TempDir,
}

impl Pty {
    fn start(program: &str, args: &[&str]) -> Self {
        let pty = native_pty_system()
            .openpty(SIZE)
            .expect("a pseudo-terminal");
        let home = tempfile::tempdir().expect("a directory");
        let mut command = CommandBuilder::new(program);
        command.args(args);
        command.env_clear();
        for (name, value) in [
            ("PATH", "/usr/bin:/bin"),
            ("TERM", "xterm-256color"),
            ("LANG", "C.UTF-8"),
            ("AWS_EC2_METADATA_DISABLED", "true"),
            ("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE"),
            (
                "AWS_SECRET_ACCESS_KEY",
                "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
            ),
        ] {
            command.env(name, value);
        }
        command.env("HOME", home.path());
        let mut reader = pty.master.try_clone_reader().expect("the output");
        let (sender, output) = channel();
        std::thread::spawn(move || {
            let mut bytes = vec![0; 262_144];
            while let Ok(read @ 1..) = reader.read(&mut bytes) {
                if sender
                    .send((Instant::now(), bytes[..read].to_vec()))
                    .is_err()
                {
                    return;
                }
            }
        });
        let cells = |count| NonZeroU16::new(count).expect("a terminal has cells");
        Self {
            keys: pty.master.take_writer().expect("the input"),
            child: pty
                .slave
                .spawn_command(command)
                .expect("the program starts"),
            output,
            screen: vt100::Parser::new(cells(SIZE.rows), cells(SIZE.cols), 0),
            bytes: 0,
            _home: home,
        }
    }

    /// Reads output until `wanted` is true of the screen, and returns when the last byte was read.
    #[track_caller]
    fn until(&mut self, wanted: impl Fn(&vt100::Screen) -> bool) -> Instant {
        // For the whole wait: the program writes now and then whatever happens.
        let deadline = Instant::now() + Duration::from_secs(120);
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            let Ok((at, bytes)) = self.output.recv_timeout(left) else {
                panic!("not seen:\n{}", self.screen.screen().contents());
            };
            self.bytes += bytes.len();
            self.screen.process(&bytes);
            if wanted(self.screen.screen()) {
                return at;
            }
        }
    }

    fn drain(&mut self) {
        while let Ok((_, bytes)) = self.output.try_recv() {
            self.bytes += bytes.len();
            self.screen.process(&bytes);
        }
    }

    fn press(&mut self, keys: &[u8]) -> Instant {
        let at = Instant::now();
        self.keys.write_all(keys).expect("the terminal takes keys");
        at
    }

    /// A number from /proc, summed over the threads; 0 where there is no /proc.
    fn sum_of_threads(&self, name: &str) -> u64 {
        let pid = self.child.process_id().expect("it runs");
        let Ok(threads) = fs::read_dir(format!("/proc/{pid}/task")) else {
            return 0;
        };
        threads
            .flatten()
            .filter_map(|thread| fs::read_to_string(thread.path().join("status")).ok())
            .map(|status| field(&status, name))
            .sum()
    }

    /// Watches the idle program. Returns seconds, bytes written and voluntary context switches.
    fn watch_idle(&mut self, time: Duration) -> (u64, usize, u64) {
        std::thread::sleep(Duration::from_secs(2)); // By then the last key has no more effects.
        self.drain();
        let (bytes, switches) = (self.bytes, self.sum_of_threads("voluntary_ctxt_switches"));
        std::thread::sleep(time);
        self.drain();
        let switches = self.sum_of_threads("voluntary_ctxt_switches") - switches;
        (time.as_secs(), self.bytes - bytes, switches)
    }

    fn peak_kib(&self) -> u64 {
        let pid = self.child.process_id().expect("it runs");
        let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
        field(&status, "VmHWM")
    }
}

fn field(status: &str, name: &str) -> u64 {
    status
        .lines()
        .find_map(|line| line.strip_prefix(name)?.strip_prefix(':'))
        .and_then(|value| value.split_whitespace().next())
        .and_then(|value| value.parse().ok())
        .unwrap_or(0)
}

/// The median time a byte takes through a terminal to `cat` and back.
pub fn terminal_echo_time() -> Duration {
    let mut pty = Pty::start("/bin/cat", &[]);
    let times = (1..=100)
        .map(|count| {
            let start = pty.press(b"x");
            let end = pty.until(|screen| screen.contents().matches('x').count() >= count);
            end - start
        })
        .collect();
    let _ = pty.child.kill();
    median(times)
}

/// The time to the first frame with that file of settings.
pub fn first_frame(program: &str, settings: &str) -> Duration {
    // Nothing listens there: the first frame waits for no answer.
    let nowhere = "http://127.0.0.1:9";
    let args = [
        "--config",
        settings,
        "--endpoint-url",
        nowhere,
        "--region",
        "us-east-1",
    ];
    let start = Instant::now();
    let mut pty = Pty::start(program, &args);
    let time = pty.until(|screen| screen.contents().contains("bundletop")) - start;
    pty.press(b"q");
    let _ = pty.child.wait();
    time
}

pub fn measure(program: &str, url: &str, tasks: usize, idle: Duration) -> Run {
    let args = [
        "--endpoint-url",
        url,
        "--region",
        "us-east-1",
        "--interval",
        "3600",
    ];
    let start = Instant::now();
    let mut pty = Pty::start(program, &args);
    let first_frame = pty.until(|screen| screen.contents().contains("connecting")) - start;
    let place = format!("1 of {tasks} ");
    let first_data = pty.until(|screen| screen.contents().contains(&place)) - start;
    pty.until(|screen| screen.contents().contains("123456789012"));
    let mut keys: Vec<_> = (0..KEYS)
        .map(|press| {
            // Down and up in turn, so that a short list is long enough.
            let (key, row) = if press % 2 == 0 { (b"j", 2) } else { (b"k", 1) };
            let place = format!("{row} of {tasks} ");
            let start = pty.press(key);
            pty.until(|screen| screen.contents().contains(&place)) - start
        })
        .collect();
    keys.sort();
    let peak_kib = pty.peak_kib();
    let idle = (!idle.is_zero()).then(|| pty.watch_idle(idle));
    pty.press(b"q");
    let _ = pty.child.wait();
    Run {
        first_frame,
        first_data,
        keys,
        idle,
        peak_kib,
    }
}
