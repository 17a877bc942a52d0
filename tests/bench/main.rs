//! Benchmarks: how long a user or a script waits for the release binary, with the embedded endpoint
//! as EC2. `cargo bench` prints the results; no result makes it fail.
//!
//! If `BENCH_BEFORE` names another build of the program, both are measured in turn. Compare only
//! the ratio: machines differ and are noisy. `BENCH_ROUNDS` is the number of rounds (3 by default),
//! and `IDLE_SECONDS` how long to watch the idle program (30 by default).
//!
//! | figure              | from                        | to                                        |
//! |---------------------|-----------------------------|-------------------------------------------|
//! | first frame, data   | the start of the process    | the frame's last byte, with the tasks     |
//! | key to frame        | `j` written to the terminal | the selected row's ID, changed            |
//! | echo                | a byte written to `cat`     | its echo: the terminal's own share        |
//! | idle                | over 30 s between two polls | bytes written, voluntary context switches |
//! | command             | the start of the process    | its end, the output read                  |
//! | settings            | a file of settings          | the settings in force                     |
//! | longest step        | a key, an answer or a frame | its end: how long the next key waits      |
//! | to the last frame   | a key or an answer          | everything worked out and drawn           |
//!
//! `cargo bench -- browse`, `-- config`, `-- terminal` or `-- command` measures a part.

mod browse;
#[cfg(unix)]
mod command;
mod config;
#[cfg(unix)]
mod pty;

#[cfg(unix)]
use std::time::Duration;

fn main() {
    // The first argument that is not an option of cargo's.
    let part = std::env::args().skip(1).find(|arg| !arg.starts_with('-'));
    let is_wanted = |name: &str| part.as_deref().is_none_or(|part| part == name);
    if is_wanted("browse") {
        for tasks in [10, 1_000, 10_000, 100_000] {
            browse::measure(tasks);
        }
    }
    if is_wanted("config") {
        config::measure();
        #[cfg(unix)]
        measure_first_frame();
    }
    #[cfg(unix)]
    if is_wanted("terminal") {
        measure_terminal();
    }
    #[cfg(unix)]
    if is_wanted("command") {
        measure_commands();
    }
}

#[cfg(unix)]
fn measure_terminal() {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let idle = Duration::from_secs(number("IDLE_SECONDS", 30));
    let rounds = number("BENCH_ROUNDS", 3);
    let programs = programs();
    println!(
        "echo of the terminal alone: p50 {:.3?}",
        pty::terminal_echo_time()
    );
    for tasks in [10, 1_000, 10_000, 100_000] {
        let endpoint = runtime.block_on(pty::serve(tasks));
        let mut runs = vec![Vec::new(); programs.len()];
        for round in 0..rounds {
            // One round is enough to watch the idle program.
            let idle = if round == 0 { idle } else { Duration::ZERO };
            for (program, runs) in programs.iter().zip(&mut runs) {
                runs.push(pty::measure(&program.path, &endpoint.url(), tasks, idle));
            }
        }
        for (program, runs) in programs.iter().zip(&runs) {
            println!("{tasks:>7} tasks, {}: {}", program.name, pty::Summary(runs));
        }
        runtime.block_on(endpoint.stop());
    }
}

/// The first frame with a large file of settings and without, in turn.
#[cfg(unix)]
fn measure_first_frame() {
    let directory = tempfile::tempdir().expect("a directory");
    let file = |name: &str, text: &str| {
        let path = directory.path().join(name);
        std::fs::write(&path, text).expect("a file");
        path.to_str().expect("UTF-8").to_owned()
    };
    let files = [file("none.toml", ""), file("large.toml", &config::large())];
    let rounds = 25 * number("BENCH_ROUNDS", 3);
    for program in programs() {
        let mut times = [Vec::new(), Vec::new()];
        for _ in 0..rounds {
            for (file, times) in files.iter().zip(&mut times) {
                times.push(pty::first_frame(&program.path, file));
            }
        }
        let [without, with] = times.map(pty::median);
        println!(
            "first frame, {}: {without:.2?} without settings, {with:.2?} with many",
            program.name
        );
    }
}

#[cfg(unix)]
fn measure_commands() {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let rounds = number("BENCH_ROUNDS", 3);
    let programs = programs();
    for tasks in [1, 10_000] {
        let endpoint = runtime.block_on(pty::serve(tasks));
        let mut times = vec![Vec::new(); programs.len()];
        for _ in 0..7 * rounds {
            for (program, times) in programs.iter().zip(&mut times) {
                times.push(command::describe(&program.path, &endpoint.url()));
            }
        }
        for (program, times) in programs.iter().zip(times) {
            let median = pty::median(times);
            println!(
                "describe-bundle-tasks, {tasks} tasks, {}: {median:.1?}",
                program.name
            );
        }
        runtime.block_on(endpoint.stop());
    }
}

/// A build of the program.
#[cfg(unix)]
struct Program {
    name: &'static str,
    path: String,
}

/// The builds to measure.
#[cfg(unix)]
fn programs() -> Vec<Program> {
    let before = std::env::var("BENCH_BEFORE").ok().map(|path| Program {
        name: "before",
        path,
    });
    let now = Program {
        name: "now",
        path: env!("CARGO_BIN_EXE_bundletop").to_owned(),
    };
    before.into_iter().chain([now]).collect()
}

#[cfg(unix)]
fn number(variable: &str, default: u64) -> u64 {
    let value = std::env::var(variable).ok();
    value
        .and_then(|value| value.parse().ok())
        .unwrap_or(default)
}
