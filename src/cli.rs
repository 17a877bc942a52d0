//! The command line.

use std::io::{self, IsTerminal as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context as _;
use clap::Parser;

use crate::ec2::Settings;
use crate::endpoint::{Clock, Endpoint, Faults, World};
use crate::log;
use crate::tui::terminal::{self, Tty};
use crate::tui::theme::Theme;
use crate::tui::{self, Options};

/// A terminal UI manager for Amazon EC2 bundle tasks.
///
/// Shows the bundle tasks of an account in a region, follows them, and cancels one after asking.
/// A bundle task packages an instance store-backed Windows instance into Amazon S3.
#[derive(Debug, Parser)]
#[command(version, after_help = EXAMPLES)]
pub struct Cli {
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

    /// Show a made-up world, asked through the real protocol. Needs no AWS account.
    #[arg(long, conflicts_with_all = ["profile", "region", "endpoint_url", "ca_bundle"])]
    demo: bool,

    /// The demo's world, a JSON file like assets/demo/default.json. Implies --demo.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["profile", "region", "endpoint_url", "ca_bundle"])]
    demo_world: Option<PathBuf>,

    /// How many times faster than the clock the demo's time passes. Implies --demo.
    #[arg(long, value_name = "N", value_parser = speed, conflicts_with_all = ["profile", "region", "endpoint_url", "ca_bundle"])]
    demo_speed: Option<f64>,
}

const EXAMPLES: &str = "\
Examples:
  bundletop --demo
  bundletop --profile prod --region us-east-1

Colours go with NO_COLOR. Logs are written below the XDG state directory; BUNDLETOP_LOG=debug says more.";

/// Not a terminal: as other full-screen programs, and clap, say that they were called wrongly.
const USAGE: u8 = 2;

impl Cli {
    fn demo(&self) -> bool {
        self.demo || self.demo_world.is_some() || self.demo_speed.is_some()
    }
}

/// Runs what the command line asks for.
pub fn run() -> ExitCode {
    let cli = Cli::parse();
    if !io::stdin().is_terminal() || !io::stdout().is_terminal() {
        say("bundletop draws on a terminal, and standard input or output is not one.");
        return ExitCode::from(USAGE);
    }
    match start(cli) {
        Ok(code) => code,
        Err(error) => {
            say(&format!("bundletop: {error:#}"));
            ExitCode::FAILURE
        }
    }
}

/// Writes a line to standard error. `eprintln!` would panic where that is gone.
fn say(line: &str) {
    let _ = writeln!(io::stderr(), "{line}");
}

/// Everything that can fail with something to read comes before the terminal is entered.
fn start(cli: Cli) -> anyhow::Result<ExitCode> {
    log::init();
    terminal::install_panic_hook();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .context("could not start the threads that do the work")?;
    let theme = Theme::from_env(cli.ascii, |name| std::env::var(name).ok());
    let result = runtime.block_on(async {
        let (settings, endpoint) = if cli.demo() {
            let endpoint = start_demo(&cli).await?;
            (Settings::demo(endpoint.url()), Some(endpoint))
        } else {
            (settings(&cli), None)
        };
        let options = Options {
            settings,
            demo: endpoint.is_some(),
            interval: cli.interval,
            theme,
        };
        let mut tty = Tty::open().context("could not set up the terminal")?;
        let input = terminal::read_input();
        let exit = tui::run(options, &mut tty, input).await;
        drop(tty);
        exit.context("the terminal failed")
    });
    // A call that hangs must not hold up the way out.
    runtime.shutdown_background();
    let exit = result?;
    if let Some(farewell) = exit.farewell {
        say(&farewell);
    }
    Ok(exit
        .signal
        .map_or(ExitCode::SUCCESS, |signal| signal.exit_code().into()))
}

fn settings(cli: &Cli) -> Settings {
    Settings {
        profile: cli.profile.clone(),
        region: cli.region.clone(),
        endpoint_url: cli.endpoint_url.clone(),
        ca_bundle: cli.ca_bundle.clone(),
        ..Settings::default()
    }
}

async fn start_demo(cli: &Cli) -> anyhow::Result<Endpoint> {
    let world = match &cli.demo_world {
        Some(file) => World::from_file(file)?,
        None => World::built_in(),
    };
    let clock = Clock::real(cli.demo_speed.unwrap_or(1.0));
    let any_port = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    Ok(Endpoint::start(world, clock, Faults::default(), any_port).await?)
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
