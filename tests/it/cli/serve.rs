//! `bundletop serve`: what it prints, which arguments it refuses, and how it ends.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, ChildStderr, Command, ExitStatus, Stdio};

use super::{run_bundletop, stderr};

/// The form of a request for all tasks.
const DESCRIBE: &str = "Action=DescribeBundleTasks";

/// A running `bundletop serve`, which is killed at the end of the test.
struct Server {
    child: Child,
    /// The lines it printed when it was ready.
    lines: Vec<String>,
    /// The address for clients.
    address: String,
}

impl Server {
    /// Starts it, and waits until it has printed its address.
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

    /// Sends a form, and returns the stream with the answer.
    fn send(&self, form: &str) -> TcpStream {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        let head = "POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length:";
        write!(stream, "{head} {}\r\n\r\n{form}", form.len()).unwrap();
        stream
    }

    /// Sends a form, and returns the whole answer.
    fn request(&self, form: &str) -> String {
        read_answer(self.send(form))
    }

    fn wait_for_exit(mut self) -> ExitStatus {
        self.child.wait().unwrap()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn read_answer(mut stream: TcpStream) -> String {
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

fn read_line(stderr: ChildStderr) -> String {
    let mut line = String::new();
    BufReader::new(stderr).read_line(&mut line).unwrap();
    line
}

/// Runs it with arguments that it must refuse, and returns its error message.
fn usage_error(args: &[&str]) -> String {
    let output = run_bundletop(&[&["serve"], args].concat());
    assert_eq!(output.status.code(), Some(2), "{args:?}");
    assert!(output.stdout.is_empty(), "{args:?}");
    stderr(&output).to_owned()
}

#[test]
fn the_client_environment_is_printed_first() {
    let server = Server::on_any_port(&[]);
    let url = format!("http://{}", server.address);
    assert!(!url.ends_with(":0"), "{url}");
    assert_eq!(
        server.lines,
        [
            format!("export AWS_ENDPOINT_URL_EC2={url}"),
            format!("export AWS_ENDPOINT_URL_STS={url}"),
            "export AWS_ACCESS_KEY_ID=AKIAIOSFODNN7EXAMPLE".to_owned(),
            "export AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY".to_owned(),
            "export AWS_DEFAULT_REGION=us-east-1 AWS_REGION=us-east-1".to_owned(),
        ]
    );
    assert!(server.request(DESCRIBE).starts_with("HTTP/1.1 200"));
}

#[test]
fn it_listens_on_a_host_by_name_and_on_ipv6() {
    let mut hosts = vec![("localhost:0", "127.0.0.1:")];
    if TcpListener::bind("[::1]:0").is_ok() {
        hosts.push(("[::1]:0", "[::1]:"));
    }
    for (listen, printed) in hosts {
        let server = Server::start(&["--listen", listen]);
        assert!(server.address.starts_with(printed), "{}", server.address);
        assert!(
            server.request(DESCRIBE).starts_with("HTTP/1.1 200"),
            "{listen}"
        );
    }
}

#[test]
fn it_listens_on_the_network_only_with_an_option_that_says_what_that_means() {
    for listen in ["0.0.0.0:0", "[::]:0", "192.0.2.1:0"] {
        let message = usage_error(&["--listen", listen]);
        assert!(
            message.contains("anyone who can reach this machine"),
            "{message}"
        );
        assert!(
            message.contains("no signature and speaks plain HTTP"),
            "{message}"
        );
        assert!(
            message.contains("--allow-anyone-on-the-network"),
            "{message}"
        );
    }
    let args = ["--listen", "0.0.0.0:0", "--allow-anyone-on-the-network"];
    let mut server = Server::start(&args);
    assert!(server.address.starts_with("127.0.0.1:"));
    assert!(server.request(DESCRIBE).starts_with("HTTP/1.1 200"));
    let line = read_line(server.child.stderr.take().unwrap());
    assert!(line.contains("anyone who can reach this machine"), "{line}");
}

#[test]
fn an_address_that_cannot_be_used_is_reported_with_a_remedy() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let message = usage_error(&["--listen", &address]);
    assert!(
        message.contains(&format!("cannot listen on {address}: ")),
        "{message}"
    );
    assert!(
        message.contains("name another port with --listen"),
        "{message}"
    );
    for listen in [
        "4599",
        ":4599",
        "::1:4599",
        "localhost",
        "localhost:65536",
        "[]:1",
    ] {
        let message = usage_error(&["--listen", listen]);
        assert!(
            message.contains("127.0.0.1:4599, localhost:4599 or [::1]:0"),
            "{message}"
        );
    }
    let message = usage_error(&["--listen", "nowhere..invalid:1"]);
    assert!(
        message.contains("nowhere..invalid") && message.contains("localhost:1"),
        "{message}"
    );
}

#[test]
fn an_invalid_world_is_reported_before_serving() {
    let message = usage_error(&["--world", "nowhere.json"]);
    assert!(
        message.contains("nowhere.json") && message.contains("assets/demo"),
        "{message}"
    );
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("world.json");
    std::fs::write(&path, "{\"tasks\": [\n{}]}").unwrap();
    let message = usage_error(&["--world", path.to_str().unwrap()]);
    assert!(
        message.contains("world.json:2:3: task 1: `bundleId` is missing"),
        "{message}"
    );
}

#[test]
fn an_invalid_fault_is_reported_with_the_valid_ones() {
    for (fault, part) in [
        ("throtle", "the faults are throttle, "),
        ("latency", "as in `latency=2s`"),
        ("Describe:deny", "the actions are DescribeBundleTasks, "),
        ("deny@often", "@3 for the first three requests"),
    ] {
        let message = usage_error(&["--fault", fault]);
        assert!(message.contains(part), "{fault}: {message}");
    }
}

#[test]
fn the_help_lists_every_fault() {
    let help = run_bundletop(&["serve", "--help"]);
    let text = String::from_utf8(help.stdout).unwrap();
    for (notation, description) in bundletop::endpoint::fault::table() {
        assert!(
            text.contains(&format!("  {notation:<20}{description}\n")),
            "{notation}: {text}"
        );
    }
}

#[test]
fn the_same_seed_gives_the_same_results() {
    let mut runs = Vec::new();
    for seed in ["7", "7", "8"] {
        let server = Server::on_any_port(&["--seed", seed, "--fault", "throttle@50%"]);
        let line = |answer: String| answer.lines().next().unwrap().to_owned();
        let statuses: Vec<_> = (0..20).map(|_| line(server.request(DESCRIBE))).collect();
        let request_id = server.request("Action=GetCallerIdentity&Version=2011-06-15");
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

    use super::{DESCRIBE, Server, TcpStream, read_answer};

    /// Polls until the condition holds.
    fn wait_until(condition: impl Fn() -> bool) {
        let end = Instant::now() + Duration::from_secs(60);
        while !condition() {
            assert!(Instant::now() < end, "the condition never held");
        }
    }

    impl Server {
        fn signal(&self, signal: Signal) {
            let pid = i32::try_from(self.child.id()).unwrap();
            kill(Pid::from_raw(pid), signal).unwrap();
        }
    }

    #[test]
    fn sigint_and_sigterm_end_it_with_exit_code_0() {
        for signal in [Signal::SIGINT, Signal::SIGTERM] {
            let server = Server::on_any_port(&[]);
            server.signal(signal);
            let address = server.address.clone();
            assert_eq!(server.wait_for_exit().code(), Some(0), "{signal}");
            TcpStream::connect(address).unwrap_err();
        }
    }

    #[test]
    fn a_request_in_progress_is_answered_before_the_end() {
        let server = Server::on_any_port(&["--fault", "BundleInstance:latency=1h"]);
        let slow = server.send(
            "Action=BundleInstance&InstanceId=i-0123456789abcdef0&Storage.S3.Bucket=slow&\
             Storage.S3.Prefix=p",
        );
        // The action is carried out before the wait, so the task is listed once it is under way.
        wait_until(|| server.request(DESCRIBE).contains("<bucket>slow</bucket>"));
        server.signal(Signal::SIGTERM);
        let answer = read_answer(slow);
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        assert!(answer.ends_with("</BundleInstanceResponse>"), "{answer}");
        assert_eq!(server.wait_for_exit().code(), Some(0));
    }

    #[test]
    fn a_request_that_hangs_does_not_delay_the_end() {
        let server = Server::on_any_port(&["--fault", "CancelBundleTask:hang"]);
        let hung = server.send("Action=CancelBundleTask&BundleId=bun-7c1d90e2");
        let cancelled = "Action=DescribeBundleTasks&BundleId.1=bun-7c1d90e2";
        wait_until(|| {
            server
                .request(cancelled)
                .contains("<state>cancelling</state>")
        });
        server.signal(Signal::SIGTERM);
        assert_eq!(read_answer(hung), "");
        assert_eq!(server.wait_for_exit().code(), Some(0));
    }
}
