//! `bundletop`: the terminal UI, against EC2 or against a demonstration inside this process.

use std::io::{self, IsTerminal as _};
use std::net::{Ipv4Addr, SocketAddr};
use std::process::ExitCode;

use anyhow::Context as _;
use jiff::Timestamp;

use super::{Demo, Failure, Top, say};
use crate::ec2::Settings;
use crate::endpoint::{Clock, Endpoint, Faults, World};
use crate::log;
use crate::tui::signals::Signal;
use crate::tui::terminal::{self, Tty};
use crate::tui::theme::Theme;
use crate::tui::view::text::clean;
use crate::tui::{self, Options, signals};

/// How long a cancel takes in the demo. EC2 takes its time too, and a person wants to see what the
/// screen says meanwhile.
const DEMO_CANCEL: &str = "CancelBundleTask-DryRun:latency=800ms";

/// Runs the UI. Everything that can fail with something to read comes before the terminal is
/// entered; nothing that takes time does.
pub fn run(top: Top) -> Result<ExitCode, Failure> {
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
        let signals = signals::listen().context("could not listen for signals")?;
        let mut tty = Tty::open().context("could not set up the terminal")?;
        let exit = tui::run(options, &mut tty, terminal::read_input(), signals).await;
        exit.context("the terminal failed").map_err(Failure::from)
    });
    // A call that hangs must not hold up the way out.
    runtime.shutdown_background();
    let exit = exit?;
    if let Some(farewell) = exit.farewell {
        say(&clean(&farewell, theme.is_ascii()));
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
