//! Benchmarks: the release binary in a pseudo-terminal against the embedded endpoint, as a person
//! waits for it. `cargo bench` prints a table; nothing here fails on a figure. `BENCH_BINARY` names
//! another build to measure, `IDLE_SECONDS` how long to watch it do nothing.
//!
//! | figure              | from                        | to                                        |
//! |---------------------|-----------------------------|-------------------------------------------|
//! | first frame, data   | the start of the process    | the frame's last byte, with the tasks     |
//! | key to frame        | `j` written to the terminal | the selected row's ID, changed            |
//! | floor               | a byte written to `cat`     | its echo: the terminal's own share        |
//! | idle                | over 30 s between two polls | bytes written, voluntary context switches |

#[cfg(unix)]
mod pty;

#[cfg(unix)]
fn main() {
    use std::time::Duration;

    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let idle: u64 = std::env::var("IDLE_SECONDS")
        .ok()
        .and_then(|seconds| seconds.parse().ok())
        .unwrap_or(30);
    println!("floor of the terminal: p50 {:?}", pty::floor());
    for tasks in [10, 1_000, 10_000, 100_000] {
        let endpoint = runtime.block_on(pty::serve(tasks));
        let run = pty::measure(&endpoint.url(), tasks, Duration::from_secs(idle));
        println!("{tasks:>7} tasks: {run}");
        runtime.block_on(endpoint.stop());
    }
}

#[cfg(not(unix))]
fn main() {
    println!("the benchmarks need a Unix pseudo-terminal");
}
