//! `bundletop`: the terminal UI, against EC2 or against a demonstration inside this process.

use std::io::{self, IsTerminal as _};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context as _;
use clap::Args;
use jiff::Timestamp;

use super::{Failure, say};
use crate::ec2::Settings;
use crate::endpoint::{Clock, Endpoint, FaultRule, Faults, World};
use crate::log;
use crate::signal::{self, Signal};
use crate::text::clean;
use crate::tui::terminal::{self, Tty};
use crate::tui::theme::Theme;
use crate::tui::{self, Options};

/// The terminal UI.
#[derive(Debug, Args)]
pub(super) struct Top {
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
    #[arg(long, value_name = "N", value_parser = super::speed, conflicts_with_all = REAL)]
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

/// How long a cancel takes in the demo. EC2 takes its time too, and a person wants to see what the
/// screen says meanwhile.
const DEMO_CANCEL: &str = "CancelBundleTask-DryRun:latency=800ms";

/// Runs the UI. Everything that can fail with something to read comes before the terminal is
/// entered; nothing that takes time does.
pub(super) fn run(top: Top) -> Result<ExitCode, Failure> {
    if !io::stdin().is_terminal() || !io::stdout().is_terminal() {
        return Err(Failure::usage(
            &"this draws on a terminal, and standard input or output is not one",
        ));
    }
    log::init();
    terminal::install_panic_hook();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .context("could not start the threads that do the work")?;
    let theme = Theme::from_env(top.ascii, |name| std::env::var(name).ok());
    let charset = theme.charset();
    let exit = runtime.block_on(async {
        let (settings, endpoint) = if top.demo.is_asked() {
            let endpoint = start_demo(top.demo).await?;
            (Settings::demo(endpoint.url()), Some(endpoint))
        } else {
            (
                Settings {
                    profile: top.profile,
                    region: top.region,
                    endpoint_url: top.endpoint_url,
                    ca_bundle: top.ca_bundle,
                    ..Settings::default()
                },
                None,
            )
        };
        let demo_clock = endpoint.as_ref().map(|endpoint| endpoint.clock().clone());
        let options = Options {
            settings,
            demo: endpoint.is_some(),
            wall: match demo_clock {
                Some(clock) => Box::new(move || clock.now()),
                None => Box::new(Timestamp::now),
            },
            interval: top.interval,
            theme,
        };
        let signals = signal::listen().context("could not listen for signals")?;
        let mut tty = Tty::open().context("could not set up the terminal")?;
        let exit = tui::run(options, &mut tty, terminal::read_input(), signals).await;
        exit.context("the terminal failed").map_err(Failure::from)
    });
    // A call that hangs must not hold up the way out.
    runtime.shutdown_background();
    let exit = exit?;
    if let Some(message) = exit.exit_message {
        say(&clean(&message, charset));
    }
    let code = exit.signal.and_then(Signal::exit_code);
    Ok(code.map_or(ExitCode::SUCCESS, ExitCode::from))
}

async fn start_demo(demo: Demo) -> Result<Endpoint, Failure> {
    let world = match &demo.demo_world {
        Some(file) => World::from_file(file).map_err(|error| Failure::usage(&error))?,
        None => World::built_in(),
    };
    let clock = Clock::real(demo.demo_speed.unwrap_or(1.0));
    let faults = Faults::none();
    faults.add(DEMO_CANCEL.parse().expect("a test starts the demo"));
    for fault in demo.demo_fault {
        faults.add(fault);
    }
    let any_port = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    let endpoint = Endpoint::start(world, clock, faults, any_port).await;
    endpoint.map_err(|error| Failure::usage(&error))
}

fn seconds(text: &str) -> Result<Duration, String> {
    let seconds: f64 = text.parse().map_err(|_| "not a number of seconds")?;
    if (0.5..=86_400.0).contains(&seconds) {
        Ok(Duration::from_secs_f64(seconds))
    } else {
        Err("0.5 to 86400 seconds: EC2 limits how often it is asked".into())
    }
}
