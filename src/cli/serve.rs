//! `bundletop serve`: the embedded endpoint as a server of its own.

use std::io::{self, Write as _};
use std::net::{Ipv4Addr, SocketAddr};
use std::process::ExitCode;

use anyhow::Context as _;

use super::{Failure, Serve};
use crate::endpoint::{Clock, Endpoint, Faults, World};
use crate::tui::signals::{self, Signal};

/// Serves until SIGINT or SIGTERM.
pub fn run(serve: Serve) -> Result<ExitCode, Failure> {
    let world = match &serve.world {
        Some(file) => World::from_file(file).map_err(|error| Failure::usage(&error))?,
        None => World::built_in(),
    };
    let faults = Faults::none();
    for fault in serve.fault {
        faults.add(fault);
    }
    let runtime = tokio::runtime::Runtime::new().context("could not start")?;
    runtime.block_on(async {
        let listen = SocketAddr::from((Ipv4Addr::LOCALHOST, serve.port));
        let clock = Clock::real(serve.speed);
        let endpoint = Endpoint::start(world, clock, faults, listen)
            .await
            .map_err(|error| Failure::usage(&error))?;
        let mut signals = signals::listen().context("could not listen for signals")?;
        print_settings(&endpoint.url()).context("could not write to standard output")?;
        while let Some(signal) = signals.recv().await {
            match signal {
                Signal::Stop => signals::stop_self(),
                Signal::Continue => {}
                Signal::Interrupt | Signal::Terminate | Signal::HangUp | Signal::Quit => break,
            }
        }
        endpoint.stop().await;
        Ok(ExitCode::SUCCESS)
    })
}

/// The lines to paste into a shell whose programs are to ask this endpoint.
fn print_settings(url: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "export AWS_ENDPOINT_URL_EC2={url}")?;
    writeln!(out, "export AWS_ENDPOINT_URL_STS={url}")?;
    writeln!(out, "export AWS_ACCESS_KEY_ID=AKIAIOSFODNN7EXAMPLE")?;
    writeln!(
        out,
        "export AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
    )?;
    writeln!(
        out,
        "export AWS_DEFAULT_REGION=us-east-1 AWS_REGION=us-east-1"
    )?;
    out.flush()
}
