//! `bundletop man`: the manual pages.

use std::process::ExitCode;

use clap::Args;

use super::Failure;

/// The page to print.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  bundletop man | man -l -
  bundletop man describe-bundle-tasks > bundletop-describe-bundle-tasks.1")]
pub(super) struct Man {
    /// The command whose page is wanted; without it, the program's.
    command: Vec<String>,
}

/// Prints the page.
pub(super) fn run(man: &Man) -> Result<ExitCode, Failure> {
    let mut command = super::command();
    command.build();
    let mut wanted = &command;
    for name in &man.command {
        wanted = wanted.find_subcommand(name).ok_or_else(|| {
            let path = man.command.join(" ");
            Failure::usage(&format!(
                "there is no command \"{path}\" to have a manual page"
            ))
        })?;
    }
    let mut page = Vec::new();
    clap_mangen::Man::new(wanted.clone())
        .source(concat!("bundletop ", env!("CARGO_PKG_VERSION")))
        .render(&mut page)
        .expect("memory takes every write");
    super::print(&page)
}
