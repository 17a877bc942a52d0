//! `bundletop serve`: what it prints, what it refuses, and how it ends.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, ChildStderr, Command, ExitStatus, Stdio};

use super::{bundletop, stderr};

const LIST: &str = "Action=DescribeBundleTasks";

/// A running `bundletop serve`. It ends with the test.
struct Served {
    child: Child,
    /// What it printed before it was ready.
    lines: Vec<String>,
    /// Its address, as a client connects to it.
    address: String,
}

impl Served {
    /// Starts it, and waits until it has said where it is.
    fn start(args: &[&str]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_bundletop"))
            .arg("serve")
            .args(args)
            .env_clear()
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let stdout = child.stdout.take().unwrap();
        let lines = BufReader::new(stdout).lines().take(5);
        let lines: Vec<_> = lines.map(Result::unwrap).collect();
        let url = lines[0].strip_prefix("export AWS_ENDPOINT_URL_EC2=http://");
        let address = url.unwrap_or_else(|| panic!("{lines:?}")).to_owned();
        Self {
            child,
            lines,
            address,
        }
    }

    fn on_any_port(args: &[&str]) -> Self {
        Self::start(&[&["--listen", "127.0.0.1:0"], args].concat())
    }

    /// Sends a form, and leaves the answer to be read.
    fn send(&self, form: &str) -> TcpStream {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        let head = "POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length:";
        write!(stream, "{head} {}\r\n\r\n{form}", form.len()).unwrap();
        stream
    }

    fn ask(&self, form: &str) -> String {
        read(self.send(form))
    }

    fn wait(mut self) -> ExitStatus {
        self.child.wait().unwrap()
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn read(mut stream: TcpStream) -> String {
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

fn read_line(stderr: ChildStderr) -> String {
    let mut line = String::new();
    BufReader::new(stderr).read_line(&mut line).unwrap();
    line
}

/// Runs it where it must not come to serving, and returns what it says.
fn refused(args: &[&str]) -> String {
    let output = bundletop(&[&["serve"], args].concat());
    assert_eq!(output.status.code(), Some(2), "{args:?}");
    assert!(output.stdout.is_empty(), "{args:?}");
    stderr(&output).to_owned()
}

#[test]
fn the_lines_to_paste_come_first() {
    let served = Served::on_any_port(&[]);
    let url = format!("http://{}", served.address);
    assert!(!url.ends_with(":0"), "{url}");
    assert_eq!(
        served.lines,
        [
            format!("export AWS_ENDPOINT_URL_EC2={url}"),
            format!("export AWS_ENDPOINT_URL_STS={url}"),
            "export AWS_ACCESS_KEY_ID=AKIAIOSFODNN7EXAMPLE".to_owned(),
            "export AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY".to_owned(),
            "export AWS_DEFAULT_REGION=us-east-1 AWS_REGION=us-east-1".to_owned(),
        ]
    );
    assert!(served.ask(LIST).starts_with("HTTP/1.1 200"));
}

#[test]
fn it_listens_on_a_host_by_name_and_on_ipv6() {
    let mut hosts = vec![("localhost:0", "127.0.0.1:")];
    if TcpListener::bind("[::1]:0").is_ok() {
        hosts.push(("[::1]:0", "[::1]:"));
    }
    for (listen, printed) in hosts {
        let served = Served::start(&["--listen", listen]);
        assert!(served.address.starts_with(printed), "{}", served.address);
        assert!(served.ask(LIST).starts_with("HTTP/1.1 200"), "{listen}");
    }
}

#[test]
fn beyond_this_machine_it_listens_only_when_told_what_that_means() {
    for listen in ["0.0.0.0:0", "[::]:0", "192.0.2.1:0"] {
        let words = refused(&["--listen", listen]);
        assert!(
            words.contains("anyone who can reach this machine"),
            "{words}"
        );
        assert!(
            words.contains("no signature and speaks plain HTTP"),
            "{words}"
        );
        assert!(words.contains("--allow-anyone-on-the-network"), "{words}");
    }
    let args = ["--listen", "0.0.0.0:0", "--allow-anyone-on-the-network"];
    let mut served = Served::start(&args);
    assert!(served.address.starts_with("127.0.0.1:"));
    assert!(served.ask(LIST).starts_with("HTTP/1.1 200"));
    let line = read_line(served.child.stderr.take().unwrap());
    assert!(line.contains("anyone who can reach this machine"), "{line}");
}

#[test]
fn what_cannot_be_served_is_told_with_what_to_do() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let words = refused(&["--listen", &address]);
    assert!(
        words.contains(&format!("cannot listen on {address}: ")),
        "{words}"
    );
    assert!(words.contains("name another port with --listen"), "{words}");
    for listen in [
        "4599",
        ":4599",
        "::1:4599",
        "localhost",
        "localhost:65536",
        "[]:1",
    ] {
        let words = refused(&["--listen", listen]);
        assert!(
            words.contains("127.0.0.1:4599, localhost:4599 or [::1]:0"),
            "{words}"
        );
    }
    let words = refused(&["--listen", "nowhere..invalid:1"]);
    assert!(
        words.contains("nowhere..invalid") && words.contains("localhost:1"),
        "{words}"
    );
}

#[test]
fn a_bad_world_is_told_before_serving() {
    let words = refused(&["--world", "nowhere.json"]);
    assert!(
        words.contains("nowhere.json") && words.contains("assets/demo"),
        "{words}"
    );
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("world.json");
    std::fs::write(&path, "{\"tasks\": [\n{}]}").unwrap();
    let words = refused(&["--world", path.to_str().unwrap()]);
    assert!(
        words.contains("world.json:2:3: task 1: `bundleId` is missing"),
        "{words}"
    );
}

#[test]
fn a_bad_fault_is_told_with_those_there_are() {
    for (fault, told) in [
        ("throtle", "the faults are throttle, "),
        ("latency", "as in `latency=2s`"),
        ("Describe:deny", "the actions are DescribeBundleTasks, "),
        ("deny@often", "@3 for the first three requests"),
    ] {
        let words = refused(&["--fault", fault]);
        assert!(words.contains(told), "{fault}: {words}");
    }
}

#[test]
fn help_has_every_fault() {
    let help = bundletop(&["serve", "--help"]);
    let text = String::from_utf8(help.stdout).unwrap();
    for (written, what) in bundletop::endpoint::fault::table() {
        assert!(
            text.contains(&format!("  {written:<20}{what}\n")),
            "{written}: {text}"
        );
    }
}

#[test]
fn the_same_seed_gives_the_same_again() {
    let mut runs = Vec::new();
    for seed in ["7", "7", "8"] {
        let served = Served::on_any_port(&["--seed", seed, "--fault", "throttle@50%"]);
        let line = |answer: String| answer.lines().next().unwrap().to_owned();
        let statuses: Vec<_> = (0..20).map(|_| line(served.ask(LIST))).collect();
        let request_id = served.ask("Action=GetCallerIdentity&Version=2011-06-15");
        let (_, request_id) = request_id.split_once("<RequestId>").unwrap();
        runs.push((statuses, request_id.to_owned()));
    }
    assert_eq!(runs[0], runs[1]);
    assert_ne!(runs[0], runs[2]);
}

#[cfg(unix)]
mod signals {
    use std::time::{Duration, Instant};

    use nix::sys::signal::{Signal, kill};
    use nix::unistd::Pid;

    use super::{LIST, Served, TcpStream, read};

    /// Looks until it is so.
    fn until(is_so: impl Fn() -> bool) {
        let end = Instant::now() + Duration::from_secs(60);
        while !is_so() {
            assert!(Instant::now() < end, "it never came to that");
        }
    }

    impl Served {
        fn signal(&self, signal: Signal) {
            let pid = i32::try_from(self.child.id()).unwrap();
            kill(Pid::from_raw(pid), signal).unwrap();
        }
    }

    #[test]
    fn an_interrupt_and_a_termination_end_it_well() {
        for signal in [Signal::SIGINT, Signal::SIGTERM] {
            let served = Served::on_any_port(&[]);
            served.signal(signal);
            let address = served.address.clone();
            assert_eq!(served.wait().code(), Some(0), "{signal}");
            TcpStream::connect(address).unwrap_err();
        }
    }

    #[test]
    fn a_request_under_way_is_answered_before_the_end() {
        let served = Served::on_any_port(&["--fault", "BundleInstance:latency=1h"]);
        let slow = served.send(
            "Action=BundleInstance&InstanceId=i-0123456789abcdef0&Storage.S3.Bucket=slow&\
             Storage.S3.Prefix=p",
        );
        // The action is carried out before the wait, so the task is listed once it is under way.
        until(|| served.ask(LIST).contains("<bucket>slow</bucket>"));
        served.signal(Signal::SIGTERM);
        let answer = read(slow);
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        assert!(answer.ends_with("</BundleInstanceResponse>"), "{answer}");
        assert_eq!(served.wait().code(), Some(0));
    }

    #[test]
    fn a_request_that_hangs_does_not_hold_it_up() {
        let served = Served::on_any_port(&["--fault", "CancelBundleTask:hang"]);
        let hung = served.send("Action=CancelBundleTask&BundleId=bun-7c1d90e2");
        let cancelled = "Action=DescribeBundleTasks&BundleId.1=bun-7c1d90e2";
        until(|| served.ask(cancelled).contains("<state>cancelling</state>"));
        served.signal(Signal::SIGTERM);
        assert_eq!(read(hung), "");
        assert_eq!(served.wait().code(), Some(0));
    }
}
