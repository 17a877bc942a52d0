//! `bundletop serve`: the embedded endpoint as a server of its own.

mod listen;

use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;
use clap::Args;

use super::{Failure, say};
use crate::endpoint::{Clock, Endpoint, FaultRule, Faults, World, fault};
use crate::signal::{self, Signal};
use listen::Listen;

/// The endpoint as a server of its own.
#[derive(Debug, Args)]
#[command(after_help = notes())]
pub(super) struct Serve {
    /// Where to listen. Port 0 takes any that is free.
    #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:4599")]
    listen: Listen,

    /// Let --listen name an address beyond this machine. Anyone who can reach this machine can
    /// then use the endpoint: no signature is checked, and it speaks plain HTTP.
    #[arg(long)]
    allow_anyone_on_the_network: bool,

    /// The world to serve, a JSON file like those in assets/demo. Without it: the demo's.
    #[arg(long, value_name = "FILE")]
    world: Option<PathBuf>,

    /// How many times faster than the clock its time passes.
    #[arg(long, value_name = "N", value_parser = super::speed, default_value_t = 1.0)]
    speed: f64,

    /// What is left to chance follows this number: which requests a fault with a percentage hits,
    /// the IDs that are made up, the order of the lists. The same number gives the same again.
    /// Without it: the world's own seed.
    #[arg(long, value_name = "N")]
    seed: Option<u64>,

    /// Something to go wrong, written [ACTION[+DryRun|-DryRun]:]FAULT[=VALUE][@N|@P%]; can be given
    /// more than once.
    #[arg(long, value_name = "FAULT")]
    fault: Vec<FaultRule>,
}

/// The faults and examples, for the end of the help.
fn notes() -> String {
    let mut notes = String::from("Faults:\n");
    for (written, what) in fault::table() {
        writeln!(notes, "  {written:<20}{what}").expect("memory takes every write");
    }
    notes += "
The actions are DescribeBundleTasks, CancelBundleTask, BundleInstance and GetCallerIdentity; without
one a fault is for all. +DryRun is for dry runs only, -DryRun for all others. @3 is for the first
three requests, @20% for one in five.

Examples:
  bundletop serve --speed 60
  bundletop serve --listen 127.0.0.1:0 --world world.json --fault throttle@2
  bundletop serve --fault CancelBundleTask-DryRun:drop --fault latency=300ms@50% --seed 7";
    notes
}

/// Serves until SIGINT or SIGTERM.
pub(super) fn run(serve: &Serve) -> Result<ExitCode, Failure> {
    let (world, faults) = made_up(serve)?;
    let listen = serve.listen.resolve(serve.allow_anyone_on_the_network)?;
    let runtime = tokio::runtime::Runtime::new().context("could not start")?;
    runtime.block_on(async {
        let clock = Clock::real(serve.speed);
        let endpoint = Endpoint::start(world, clock, faults, listen).await;
        let endpoint = endpoint.map_err(|error| listen::refused(&error))?;
        let mut signals = signal::listen().context("could not listen for signals")?;
        let settings = settings(&endpoint.url());
        print(&settings).context("could not write to standard output")?;
        warn_beyond_loopback(&endpoint);
        while let Some(signal) = signals.recv().await {
            match signal {
                Signal::Stop => signal::stop_self(),
                Signal::Continue => {}
                Signal::Interrupt | Signal::Terminate | Signal::HangUp | Signal::Quit => break,
            }
        }
        endpoint.stop().await;
        Ok(ExitCode::SUCCESS)
    })
}

/// The world and what goes wrong in it.
fn made_up(serve: &Serve) -> Result<(World, Faults), Failure> {
    let mut world = match &serve.world {
        Some(file) => World::from_file(file).map_err(|error| {
            let remedy = "a world is a JSON file like assets/demo/default.json, which is served \
                          without --world";
            Failure::usage(&format!("{error}\n{remedy}"))
        })?,
        None => World::built_in(),
    };
    if let Some(seed) = serve.seed {
        world = world.with_seed(seed);
    }
    let faults = Faults::seeded(world.seed());
    for fault in &serve.fault {
        faults.add(fault.clone());
    }
    Ok((world, faults))
}

/// The lines to paste into a shell whose programs are to ask this endpoint.
fn settings(url: &str) -> String {
    format!(
        "\
export AWS_ENDPOINT_URL_EC2={url}
export AWS_ENDPOINT_URL_STS={url}
export AWS_ACCESS_KEY_ID=AKIAIOSFODNN7EXAMPLE
export AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY
export AWS_DEFAULT_REGION=us-east-1 AWS_REGION=us-east-1
"
    )
}

/// All at once: whoever waits for the first line may read them all.
fn print(settings: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(settings.as_bytes())?;
    out.flush()
}

fn warn_beyond_loopback(endpoint: &Endpoint) {
    let address = endpoint.address();
    if listen::is_loopback(address) {
        return;
    }
    say(&format!(
        "bundletop: listening on {address}, for anyone who can reach this machine"
    ));
    if address.ip().is_unspecified() {
        say("bundletop: the URL above is for this machine; others put its name or address there");
    }
}
