//! `bundletop man`: the manual pages.

use std::process::ExitCode;

use clap::{Args, Command};

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
    super::print(&page(wanted))
}

/// The page, with the notes at its end as they are written: roff would fill their lines.
fn page(command: &Command) -> String {
    let mut page = Vec::new();
    clap_mangen::Man::new(command.clone())
        .source(concat!("bundletop ", env!("CARGO_PKG_VERSION")))
        .render(&mut page)
        .expect("memory takes every write");
    let page = String::from_utf8(page).expect("a page is text");
    let Some((before, notes)) = page.split_once(".SH EXTRA\n") else {
        return page;
    };
    let end = notes.find("\n.SH ").map_or(notes.len(), |at| at + 1);
    let (notes, after) = notes.split_at(end);
    format!("{before}.SH NOTES\n.nf\n{notes}.fi\n{after}")
}
