//! The command line: what can be asked for, and the exit code it ends in.

pub mod output;
mod serve;
mod top;

use std::io::{self, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::{Args, Parser, Subcommand};

use crate::endpoint::FaultRule;

/// A terminal UI manager for Amazon EC2 bundle tasks.
///
/// Shows the bundle tasks of an account in a region, follows them, and cancels one after asking.
/// A bundle task packages an instance store-backed Windows instance into Amazon S3.
#[derive(Debug, Parser)]
#[command(version, after_help = EXAMPLES, args_conflicts_with_subcommands = true)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,

    #[command(flatten)]
    top: Top,
}

const EXAMPLES: &str = "\
Examples:
  bundletop --demo
  bundletop --profile prod --region us-east-1

Colours go with NO_COLOR. Logs are written below the XDG state directory; BUNDLETOP_LOG=debug says \
more.";

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve a made-up world as EC2 would, for other programs to ask.
    Serve(Serve),
}

/// The terminal UI.
#[derive(Debug, Args)]
struct Top {
    /// Use this profile of the AWS config files. It beats credentials in the environment.
    #[arg(long, value_name = "NAME")]
    profile: Option<String>,

    /// The region to ask, such as us-east-1.
    #[arg(long, value_name = "REGION")]
    region: Option<String>,

    /// Ask this endpoint in place of EC2's own.
    #[arg(long, value_name = "URL")]
    endpoint_url: Option<String>,

    /// Trust the certificates of this PEM file in place of the system's.
    #[arg(long, value_name = "FILE")]
    ca_bundle: Option<PathBuf>,

    /// Ask EC2 every so many seconds. Without it: 5 while a task is under way, 2 for a minute after
    /// a cancel, 30 when all are at rest.
    #[arg(long, value_name = "SECONDS", value_parser = seconds)]
    interval: Option<Duration>,

    /// Draw with ASCII characters only.
    #[arg(long)]
    ascii: bool,

    #[command(flatten)]
    demo: Demo,
}

/// The demonstration.
#[derive(Debug, Args)]
struct Demo {
    /// Show a made-up world, asked through the real protocol. Needs no AWS account.
    #[arg(long, conflicts_with_all = REAL)]
    demo: bool,

    /// The demo's world, a JSON file like those in assets/demo. Implies --demo.
    #[arg(long, value_name = "FILE", conflicts_with_all = REAL)]
    demo_world: Option<PathBuf>,

    /// How many times faster than the clock the demo's time passes. Implies --demo.
    #[arg(long, value_name = "N", value_parser = speed, conflicts_with_all = REAL)]
    demo_speed: Option<f64>,

    /// Something to go wrong in the demo, such as throttle, hang or CancelBundleTask:deny; can be
    /// given more than once. Implies --demo.
    #[arg(long, value_name = "FAULT", conflicts_with_all = REAL)]
    demo_fault: Vec<FaultRule>,
}

/// What says which EC2 to ask; a demo asks its own.
const REAL: [&str; 4] = ["profile", "region", "endpoint_url", "ca_bundle"];

impl Demo {
    fn is_asked(&self) -> bool {
        self.demo
            || self.demo_world.is_some()
            || self.demo_speed.is_some()
            || !self.demo_fault.is_empty()
    }
}

/// The endpoint as a server of its own.
#[derive(Debug, Args)]
struct Serve {
    /// The port to listen on, on the loopback address; 0 takes any that is free.
    #[arg(long, default_value_t = 4599)]
    port: u16,

    /// The world to serve, a JSON file like those in assets/demo.
    #[arg(long, value_name = "FILE")]
    world: Option<PathBuf>,

    /// How many times faster than the clock its time passes.
    #[arg(long, value_name = "N", value_parser = speed, default_value_t = 1.0)]
    speed: f64,

    /// Something to go wrong, such as throttle, hang or CancelBundleTask:deny; can be given more
    /// than once.
    #[arg(long, value_name = "FAULT")]
    fault: Vec<FaultRule>,
}

/// The exit code, as other programs have it, for being called in a way that cannot work.
const USAGE: u8 = 2;

/// Why a command did not do what it was asked to.
#[derive(Debug)]
struct Failure {
    code: u8,
    words: String,
}

impl Failure {
    /// It was called in a way that cannot work.
    fn usage(error: &impl ToString) -> Self {
        Self {
            code: USAGE,
            words: error.to_string(),
        }
    }
}

impl From<anyhow::Error> for Failure {
    fn from(error: anyhow::Error) -> Self {
        Self {
            code: 1,
            words: format!("{error:#}"),
        }
    }
}

/// Runs what the command line asks for.
pub fn run() -> ExitCode {
    let cli = Cli::parse();
    let done = match cli.command {
        None => top::run(cli.top),
        Some(Command::Serve(serve)) => serve::run(serve),
    };
    done.unwrap_or_else(|failure| {
        say(&format!("bundletop: {}", failure.words));
        failure.code.into()
    })
}

/// Writes a line to standard error. `eprintln!` would panic where that is gone.
fn say(line: &str) {
    let _ = writeln!(io::stderr(), "{line}");
}

fn seconds(text: &str) -> Result<Duration, String> {
    let seconds: f64 = text.parse().map_err(|_| "not a number of seconds")?;
    if (0.5..=86_400.0).contains(&seconds) {
        Ok(Duration::from_secs_f64(seconds))
    } else {
        Err("0.5 to 86400 seconds: EC2 limits how often it is asked".into())
    }
}

fn speed(text: &str) -> Result<f64, String> {
    let speed: f64 = text.parse().map_err(|_| "not a number")?;
    if (0.01..=10_000.0).contains(&speed) {
        Ok(speed)
    } else {
        Err("0.01 to 10000 times".into())
    }
}
