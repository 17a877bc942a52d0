//! `bundletop serve`: the embedded endpoint as a server.

mod listen_address;

use std::fmt::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;
use clap::Args;

use super::error::{CliError, print_error};
use super::options::parse_speed;
use crate::endpoint::{Clock, Endpoint, FaultRule, Faults, World, fault};
use crate::output;
use crate::signal::{self, Signal};
use listen_address::ListenAddress;

/// The options of `bundletop serve`.
#[derive(Debug, Args)]
#[command(after_help = faults_and_examples())]
pub(super) struct ServeArgs {
    /// The address to listen on. Port 0 stands for any free port.
    #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:4599")]
    listen: ListenAddress,

    /// Allow an address in --listen that other machines can reach. Anyone who can reach it can use the
    /// server, which checks no signatures and uses plain HTTP.
    #[arg(long)]
    allow_anyone_on_the_network: bool,

    /// A JSON file with the tasks to serve, like assets/demo/default.json, which is the default.
    #[arg(long, value_name = "FILE")]
    world: Option<PathBuf>,

    /// How many times faster than real time the simulation runs.
    #[arg(long, value_name = "N", value_parser = parse_speed, default_value_t = 1.0)]
    speed: f64,

    /// The seed of all random choices: which requests a fault with a percentage hits, generated IDs, and
    /// the order of lists. The same seed gives the same choices. The default is the seed in the file of
    /// --world.
    #[arg(long, value_name = "N")]
    seed: Option<u64>,

    #[arg(
        long,
        value_name = "FAULT",
        help = "A fault to simulate, written [ACTION[+DryRun|-DryRun]:]FAULT[=VALUE][@N|@P%]. Can be \
                repeated"
    )]
    fault: Vec<FaultRule>,
}

/// The faults and examples, for the end of the help.
fn faults_and_examples() -> String {
    let mut text = String::from("Faults:\n");
    for (notation, description) in fault::table() {
        writeln!(text, "  {notation:<20}{description}").expect("writing to memory does not fail");
    }
    text += "
ACTION is DescribeBundleTasks, CancelBundleTask, BundleInstance or GetCallerIdentity; without it,
the fault applies to all of them. +DryRun limits it to dry runs, -DryRun to other requests. @3
limits it to the first three requests, @20% to one in five.

Examples:
  bundletop serve --speed 60
  bundletop serve --listen 127.0.0.1:0 --world world.json --fault throttle@2
  bundletop serve --fault CancelBundleTask-DryRun:drop --fault latency=300ms@50% --seed 7";
    text
}

/// Serves until SIGINT or SIGTERM.
pub(super) fn run(args: &ServeArgs) -> Result<ExitCode, CliError> {
    let world = load_world(args)?;
    let faults = Faults::seeded(world.seed());
    for fault in &args.fault {
        faults.add(fault.clone());
    }
    let address = args.listen.resolve(args.allow_anyone_on_the_network)?;
    let runtime = tokio::runtime::Runtime::new().context("could not start")?;
    runtime.block_on(async {
        let clock = Clock::real(args.speed);
        let endpoint = Endpoint::start(world, clock, faults, address).await;
        let endpoint = endpoint.map_err(|error| listen_address::start_error(&error))?;
        let mut signals = signal::listen().context("could not listen for signals")?;
        // All at once, so that whoever reads the first line can read the others too.
        output::print(&client_environment(&endpoint.url()))?;
        warn_unless_loopback(&endpoint);
        while let Some(signal) = signals.recv().await {
            match signal {
                Signal::Stop => signal::suspend_self(),
                Signal::Continue => {}
                Signal::Interrupt | Signal::Terminate | Signal::HangUp | Signal::Quit => break,
            }
        }
        endpoint.stop().await;
        Ok(ExitCode::SUCCESS)
    })
}

/// The world of `--world`, or the built-in one, with the seed of `--seed`.
fn load_world(args: &ServeArgs) -> Result<World, CliError> {
    let world = match &args.world {
        Some(file) => World::from_file(file).map_err(|error| {
            let remedy = "a world is a JSON file like assets/demo/default.json, which is served \
                          without --world";
            CliError::usage(format!("{error}\n{remedy}"))
        })?,
        None => World::built_in(),
    };
    Ok(match args.seed {
        Some(seed) => world.with_seed(seed),
        None => world,
    })
}

/// The shell commands that make the AWS CLI, SDKs and bundletop use the endpoint.
fn client_environment(url: &str) -> String {
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

fn warn_unless_loopback(endpoint: &Endpoint) {
    let address = endpoint.address();
    if listen_address::is_loopback(address) {
        return;
    }
    print_error(&format!(
        "bundletop: listening on {address}, for anyone who can reach this machine"
    ));
    if address.ip().is_unspecified() {
        print_error(
            "bundletop: the URL above is for this machine; others must use its name or address",
        );
    }
}
